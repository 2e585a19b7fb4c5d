//! A connection that sends what it is told, and no faster client between it and the server.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

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
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).ok()?;
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).ok()?;
            filled += read;
            let text = std::str::from_utf8(&self.buffer[..filled]).ok()?;
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let length = header(head, "content-length").map_or(0, |text| text.parse().unwrap());
                if rest.len() >= length {
                    return Some(text.to_owned());
                }
            }
            if read == 0 {
                return None;
            }
        }
    }

    /// Spends a refresh token and answers its successor.
    pub(crate) fn renew(&mut self, token: &str) -> String {
        let body = format!("{{\"refresh_token\":\"{token}\",\"rotate\":true}}");
        let answer = self
            .send(
                "POST",
                "/wp-json/wcpos/v2/auth/refresh",
                "application/json",
                &body,
            )
            .expect("the store answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        between(&answer, "\"refresh_token\":\"", "\"").to_owned()
    }

    pub(crate) fn sign_in(&mut self, name: &str) -> String {
        self.try_sign_in(name).expect("the store lets the cashier in")
    }

    pub(crate) fn try_sign_in(&mut self, name: &str) -> Option<String> {
        let target = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s";
        let page = self.send("GET", target, "text/plain", "")?;
        let field = |name: &str| {
            let mark = format!("name=\"{name}\" value=\"");
            page.contains(&mark)
                .then(|| between(&page, &mark, "\"").to_owned())
        };
        let form = format!(
            "_wpnonce={}&auth_session={}&wcpos-log={name}&wcpos-pwd={name}-demo&wcpos_website=",
            encoded(&field("_wpnonce")?),
            encoded(&field("auth_session")?)
        );
        let answer = self.send("POST", target, "application/x-www-form-urlencoded", &form)?;
        answer
            .contains("refresh_token=")
            .then(|| between(&answer, "refresh_token=", "&").to_owned())
    }
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

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).expect("the answer has it");
    rest.split(end).next().unwrap_or_default()
}
