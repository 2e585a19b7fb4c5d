//! A connection that sends what it is told, and no faster client between it and the server.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const SIGN_IN: &str = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s";

/// How a server wants to be asked for a renewal.
#[derive(Clone, Copy)]
pub(crate) enum Dialect {
    /// As a till asks a store.
    Till,
    /// As RFC 6749 has it, at `/token`, for a client `till` without a secret.
    OAuth,
}

/// What a renewal came to.
pub(crate) enum Answer {
    /// The next token.
    Granted(String),
    /// Come again.
    Busy,
    /// Anything else, as it came.
    Refused(String),
}

impl Answer {
    pub(crate) fn is_granted(&self) -> bool {
        matches!(self, Self::Granted(_))
    }
}

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            address,
            buffer: vec![0; 64 * 1024],
        }
    }

    fn send(&mut self, method: &str, target: &str, media_type: &str, body: &str) -> Option<String> {
        self.send_with(method, target, media_type, "", body)
    }

    fn send_with(
        &mut self,
        method: &str,
        target: &str,
        media_type: &str,
        headers: &str,
        body: &str,
    ) -> Option<String> {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media_type}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).ok()?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).ok()?;
            filled += read;
            if let Some(answer) = whole(&self.buffer[..filled]) {
                return Some(answer.to_owned());
            }
            if read == 0 {
                return None;
            }
        }
    }

    /// Sends the form of the sign-in page with a wrong password, as the client of this address; how long the answer
    /// took.
    pub(crate) fn guess(&mut self, name: &str, client: &str) -> Duration {
        let form = self.form(name, "wrong").expect("the page has a form");
        let header = format!("X-Forwarded-For: {client}\r\n");
        let asked = Instant::now();
        let answer = self
            .send_with(
                "POST",
                SIGN_IN,
                "application/x-www-form-urlencoded",
                &header,
                &form,
            )
            .expect("the store answers");
        let took = asked.elapsed();
        assert!(answer.contains("Invalid username or password."), "{answer}");
        took
    }

    pub(crate) fn sign_in(&mut self, name: &str) -> String {
        self.try_sign_in(name).expect("the store lets the cashier in")
    }

    pub(crate) fn try_sign_in(&mut self, name: &str) -> Option<String> {
        let form = self.form(name, &format!("{name}-demo"))?;
        let answer = self.send("POST", SIGN_IN, "application/x-www-form-urlencoded", &form)?;
        answer
            .contains("refresh_token=")
            .then(|| between(&answer, "refresh_token=", "&").to_owned())
    }

    /// The filled-in form of the sign-in page.
    fn form(&mut self, name: &str, password: &str) -> Option<String> {
        let page = self.send("GET", SIGN_IN, "text/plain", "")?;
        let field = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            page.contains(&mark)
                .then(|| between(&page, &mark, "\"").to_owned())
        };
        Some(format!(
            "_wpnonce={}&auth_session={}&wcpos-log={name}&wcpos-pwd={password}&wcpos_website=",
            encoded(&field("_wpnonce")?),
            encoded(&field("auth_session")?)
        ))
    }
}

/// A connection that does nothing but renew, one of many on a thread.
pub(crate) struct Renewer {
    stream: tokio::net::TcpStream,
    dialect: Dialect,
    buffer: Vec<u8>,
}

impl Renewer {
    pub(crate) async fn open(address: SocketAddr, dialect: Dialect) -> Self {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            dialect,
            buffer: vec![0; 16 * 1024],
        }
    }

    /// Spends a refresh token.
    pub(crate) async fn renew(&mut self, token: &str) -> Answer {
        let dialect = self.dialect;
        match self.ask(token).await {
            Ok(Some(answer)) => dialect.read(token, answer),
            Ok(None) => Answer::Refused("the server hung up".into()),
            Err(error) => Answer::Refused(error.to_string()),
        }
    }

    async fn ask(&mut self, token: &str) -> std::io::Result<Option<&str>> {
        let request = self.dialect.write(token);
        self.stream.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        while whole(&self.buffer[..filled]).is_none() {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Ok(None);
            }
            filled += read;
        }
        Ok(whole(&self.buffer[..filled]))
    }
}

impl Dialect {
    fn write(self, token: &str) -> String {
        let (target, media_type, body) = match self {
            Self::Till => (
                "/wp-json/wcpos/v2/auth/refresh",
                "application/json",
                format!("{{\"refresh_token\":\"{token}\",\"rotate\":true}}"),
            ),
            Self::OAuth => (
                "/token",
                "application/x-www-form-urlencoded",
                format!("grant_type=refresh_token&client_id=till&refresh_token={token}"),
            ),
        };
        format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn read(self, token: &str, answer: &str) -> Answer {
        match (answer.get(..12), value(answer, "refresh_token")) {
            (Some("HTTP/1.1 200"), Some(successor)) if successor != token => {
                Answer::Granted(successor.to_owned())
            }
            (Some("HTTP/1.1 503"), _) => Answer::Busy,
            _ => Answer::Refused(answer.to_owned()),
        }
    }
}

/// An answer that has come whole.
fn whole(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
    (rest.len() >= length).then_some(text)
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// A text of a JSON object.
fn value<'a>(answer: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = answer.split_once(&format!("\"{key}\":\""))?;
    rest.split('"').next()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).expect("the answer has it");
    rest.split(end).next().unwrap_or_default()
}
