//! A till of the measurement: one connection that is kept, and the tokens it holds.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// A signed-in till.
pub(crate) struct Till {
    number: u32,
    address: String,
    stream: BufReader<TcpStream>,
    access: String,
    refresh: String,
}

/// What the node answered.
struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Till {
    /// Signs in through the form of the sign-in page.
    ///
    /// # Errors
    ///
    /// When the node refuses or does not answer.
    pub(crate) fn sign_in(address: &str, name: &str) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let stream = TcpStream::connect(address).context("the node does not listen")?;
        stream.set_nodelay(true).context("the socket takes no options")?;
        let mut till = Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            address: address.to_owned(),
            stream: BufReader::new(stream),
            access: String::new(),
            refresh: String::new(),
        };
        let target = "/wcpos-auth/?redirect_uri=wcpos%3A%2F%2Fauth&state=s1&platform=electron";
        let page = till.send("GET", target, "text/html", "")?.body;
        let form = format!(
            "_wpnonce={}&auth_session={}&wcpos-log={name}&wcpos-pwd={name}-demo&wcpos_website=",
            hidden(&page, "_wpnonce")?,
            hidden(&page, "auth_session")?,
        );
        let answer = till.send("POST", target, "application/x-www-form-urlencoded", &form)?;
        let value = |key: &str| -> Result<String> {
            let (_, rest) = answer
                .location
                .split_once(&format!("{key}="))
                .with_context(|| format!("the sign-in was answered with {}", answer.status))?;
            Ok(rest.split('&').next().unwrap_or_default().to_owned())
        };
        till.access = value("access_token")?;
        till.refresh = value("refresh_token")?;
        Ok(till)
    }

    /// A number no other till has.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Spends the refresh token and keeps its successor.
    ///
    /// # Errors
    ///
    /// When the node refuses or does not answer.
    pub(crate) fn renew(&mut self) -> Result<()> {
        let body = json!({"refresh_token": self.refresh, "rotate": true}).to_string();
        let answer = self.send(
            "POST",
            "/wp-json/wcpos/v2/auth/refresh",
            "application/json",
            &body,
        )?;
        ensure!(
            answer.status == 200,
            "a renewal was answered with {}",
            answer.status
        );
        let body: Value = serde_json::from_str(&answer.body).context("an answer is not JSON")?;
        self.access = text(&body, "access_token")?;
        self.refresh = text(&body, "refresh_token")?;
        Ok(())
    }

    /// Books an order.
    ///
    /// # Errors
    ///
    /// When the node refuses or does not answer.
    pub(crate) fn push(&mut self, body: &Value) -> Result<()> {
        let answer = self.send(
            "POST",
            "/wp-json/wcpos/v2/push/orders",
            "application/json",
            &body.to_string(),
        )?;
        ensure!(
            matches!(answer.status, 200 | 201),
            "a sale was answered with {}",
            answer.status
        );
        Ok(())
    }

    fn send(&mut self, method: &str, target: &str, media_type: &str, body: &str) -> Result<Answer> {
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
             Authorization: Bearer {}\r\nX-WCPOS: 1\r\n\r\n{body}",
            self.address,
            body.len(),
            self.access,
        );
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.context("the node hung up")?;
        self.read()
    }

    fn read(&mut self) -> Result<Answer> {
        let mut line = String::new();
        let mut next = |stream: &mut BufReader<TcpStream>| -> Result<String> {
            line.clear();
            stream.read_line(&mut line).context("the node hung up")?;
            Ok(line.trim_end().to_owned())
        };
        let first = next(&mut self.stream)?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let (mut length, mut location) = (0, String::new());
        loop {
            let header = next(&mut self.stream)?;
            let Some((name, value)) = header.split_once(": ") else {
                break;
            };
            match name {
                "content-length" => length = value.parse().context("an answer has no length")?,
                "location" => value.clone_into(&mut location),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).context("the node hung up")?;
        Ok(Answer {
            status: status.context("the node does not speak HTTP")?,
            location,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

fn text(body: &Value, key: &str) -> Result<String> {
    body[key]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("an answer has no {key}"))
}

fn hidden(page: &str, name: &str) -> Result<String> {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .with_context(|| format!("the sign-in page has no {name}"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
