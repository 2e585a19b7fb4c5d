//! A door on this device that opens once, for a browser to bring the answer of a sign-in.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::error::ClientError;

/// How long a person may take; the store's form lives as long.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// Longest request that is read, in bytes; two tokens and a name fit many times.
const REQUEST_BYTES_MAX: usize = 32 * 1024;

/// A browser that says nothing is sent away after this long.
const REQUEST_MAX: Duration = Duration::from_secs(5);

/// After the answer, the browser asks once more for the page without tokens in its address; it is waited for this long.
const FAREWELL_MAX: Duration = Duration::from_secs(3);

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Evertill</title>\
<style>body{font:16px/1.5 system-ui;margin:20vh auto;max-width:30em;padding:0 1em}</style>\
<h1>That is all</h1><p>Evertill has the store's answer. This window can be closed.</p></html>";

/// Listens on this device for the end of a sign-in.
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    redirect_uri: Url,
}

impl Loopback {
    /// Opens a free port.
    ///
    /// # Errors
    /// [`ClientError::LoopbackNotOpened`] when the system gives none.
    pub async fn open() -> Result<Self, ClientError> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(ClientError::LoopbackNotOpened)?;
        let address = listener.local_addr().map_err(ClientError::LoopbackNotOpened)?;
        let redirect_uri = Url::parse(&format!("http://{address}/callback"))
            .map_err(|error| ClientError::LoopbackNotOpened(std::io::Error::other(error)))?;
        Ok(Self {
            listener,
            redirect_uri,
        })
    }

    /// Where the store is to lead back to.
    #[must_use]
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// Waits for the browser for at most so long, and returns the address it came with. The browser is led on to an
    /// address without tokens, so that none stays in its history.
    ///
    /// # Errors
    /// [`ClientError::SignInAbandoned`] when nobody came.
    pub async fn wait(self, patience: Duration) -> Result<Url, ClientError> {
        let abandoned = || ClientError::SignInAbandoned {
            minutes: patience.as_secs() / 60,
        };
        let Ok(found) = tokio::time::timeout(patience, self.accept()).await else {
            return Err(abandoned());
        };
        let (callback, socket) = found.ok_or_else(abandoned)?;
        answer(socket, "303 See Other", "Location: /done\r\n", "").await;
        // A browser that does not come back has shown something all the same.
        let _ = tokio::time::timeout(FAREWELL_MAX, self.say_farewell()).await;
        Ok(callback)
    }

    async fn accept(&self) -> Option<(Url, TcpStream)> {
        loop {
            let (mut socket, _) = self.listener.accept().await.ok()?;
            let Some(target) = self.target_of(&mut socket).await else {
                continue;
            };
            match callback_at(&self.redirect_uri, &target) {
                Some(url) => return Some((url, socket)),
                None => answer(socket, "404 Not Found", "", "").await,
            }
        }
    }

    async fn say_farewell(&self) {
        while let Ok((mut socket, _)) = self.listener.accept().await {
            let is_done = self
                .target_of(&mut socket)
                .await
                .is_some_and(|target| target == "/done");
            if is_done {
                answer(socket, "200 OK", "", PAGE).await;
                return;
            }
            answer(socket, "404 Not Found", "", "").await;
        }
    }

    /// The target of a `GET` that names this very address as its host; anything else is not a browser led back.
    async fn target_of(&self, socket: &mut TcpStream) -> Option<String> {
        let head = tokio::time::timeout(REQUEST_MAX, read_head(socket))
            .await
            .ok()??;
        target_in(&head, self.redirect_uri.authority())
    }
}

/// The address of the callback with what came in its query; nothing for any other.
pub(crate) fn callback_at(redirect_uri: &Url, target: &str) -> Option<Url> {
    let url = redirect_uri.join(target).ok()?;
    (url.path() == redirect_uri.path() && url.origin() == redirect_uri.origin()).then_some(url)
}

/// The target in the head of a `GET` that names this host.
pub(crate) fn target_in(head: &str, expected_host: &str) -> Option<String> {
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    (method == "GET" && target.starts_with('/') && host == expected_host).then(|| target.to_owned())
}

async fn read_head(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = socket.read(&mut chunk).await.ok()?;
        if read == 0 || bytes.len() + read > REQUEST_BYTES_MAX {
            return None;
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8(bytes).ok()
}

async fn answer(mut socket: TcpStream, status: &str, extra: &str, body: &str) {
    let text = format!(
        "HTTP/1.1 {status}\r\n{extra}Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // A browser that hung up has no use for the page.
    let _ = socket.write_all(text.as_bytes()).await;
    let _ = socket.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(address: &str, request: String) -> String {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        let _ = socket.read_to_string(&mut text).await;
        text
    }

    #[tokio::test]
    async fn the_answer_is_taken_and_the_browser_led_to_an_address_without_it() {
        let loopback = Loopback::open().await.unwrap();
        let address = loopback.redirect_uri().authority().to_owned();
        let waiting = tokio::spawn(loopback.wait(PATIENCE));
        let other = ask(
            &address,
            format!("GET /favicon.ico HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        )
        .await;
        assert!(other.starts_with("HTTP/1.1 404"));
        let foreign = ask(
            &address,
            "GET /callback?state=x HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(),
        )
        .await;
        assert!(foreign.is_empty());
        let led = ask(
            &address,
            format!("GET /callback?state=s&uuid=u HTTP/1.1\r\nHost: {address}\r\n\r\n"),
        )
        .await;
        assert!(led.starts_with("HTTP/1.1 303") && led.contains("Location: /done"));
        let page = ask(&address, format!("GET /done HTTP/1.1\r\nHost: {address}\r\n\r\n")).await;
        assert!(page.contains("can be closed"));
        assert_eq!(waiting.await.unwrap().unwrap().query(), Some("state=s&uuid=u"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_person_who_does_not_come_back_is_an_abandoned_sign_in() {
        let error = Loopback::open().await.unwrap().wait(PATIENCE).await.unwrap_err();
        assert_eq!(error.code().as_str(), "API02012");
    }
}
