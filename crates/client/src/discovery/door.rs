//! The first knock: does anything answer, over which scheme, under which name.

use evertill_wire::Code;
use reqwest::Method;
use url::Url;

use super::link;
use crate::address::StoreAddress;
use crate::error::ClientError;
use crate::http::{Answer, Http, Request};

/// Redirects followed by hand before it is called a circle.
const REDIRECTS_MAX: usize = 5;

/// The address that answered.
#[derive(Debug)]
pub(super) struct Door {
    /// Scheme and host as they turned out to be.
    pub(super) address: StoreAddress,
    /// The REST root the home page names, put on this address.
    pub(super) named_root: Option<Url>,
    /// Something a person should know.
    pub(super) note: Option<Note>,
}

#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) code: Code,
    pub(super) sentence: String,
}

/// Knocks at the address: `https` first, and plain `http` only where it was asked for or stays in a private network.
pub(super) async fn find(http: &Http, given: &StoreAddress) -> Result<Door, ClientError> {
    if given.is_scheme_given() {
        let mut door = knock(http, given.clone()).await?;
        if door.address.url().scheme() == "http" && !door.address.is_private() {
            let sentence = "It works, but over plain http anybody on the way can read passwords and tokens.";
            door.note = Some(Note {
                code: Code::STORE_WANTS_HTTPS,
                sentence: sentence.to_owned(),
            });
        }
        return Ok(door);
    }
    let secure = knock(http, given.with_scheme("https")).await;
    if secure.is_ok() || !given.is_private() {
        return secure;
    }
    match knock(http, given.with_scheme("http")).await {
        Ok(mut door) => {
            let sentence = format!(
                "{} answers over plain http only; fine within this network.",
                door.address
            );
            door.note.get_or_insert(Note {
                code: Code::STORE_WANTS_HTTPS,
                sentence,
            });
            Ok(door)
        }
        Err(_) => secure,
    }
}

async fn knock(http: &Http, address: StoreAddress) -> Result<Door, ClientError> {
    let mut door = Door {
        address,
        named_root: None,
        note: None,
    };
    let mut url = door.address.url().clone();
    for _ in 0..REDIRECTS_MAX {
        let answer = http
            .send(Request::new(Method::HEAD, url.clone()).header("accept", "*/*"))
            .await?;
        let answer = if wants_another_method(&answer) {
            http.send(Request::get(url.clone()).header("accept", "*/*"))
                .await?
        } else {
            answer
        };
        if let Some(root) = link::rest_root(&answer) {
            door.named_root = on_same_origin(&root, door.address.url());
            return Ok(door);
        }
        let Some(target) = redirect_target(&answer, &url) else {
            return Ok(door);
        };
        if target.origin() != url.origin() {
            door.move_to(&target)?;
        }
        url = target;
    }
    // A home page that goes round in circles may still have an interface beside it.
    Ok(door)
}

/// Hosts that do not know `HEAD` say so in different ways.
fn wants_another_method(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 400 | 403 | 405 | 500 | 501) && link::rest_root(answer).is_none()
}

fn redirect_target(answer: &Answer, from: &Url) -> Option<Url> {
    if !answer.status.is_redirection() {
        return None;
    }
    let target = from.join(answer.header("location")).ok()?;
    matches!(target.scheme(), "http" | "https").then_some(target)
}

impl Door {
    /// Accepts another origin when it is plainly the same store.
    fn move_to(&mut self, target: &Url) -> Result<(), ClientError> {
        let from = self.address.url().clone();
        let seen = target.origin().ascii_serialization();
        let refused = |code: Code, evidence: String| {
            Err(ClientError::NotAStore {
                address: self.address.to_string(),
                code,
                evidence,
            })
        };
        if without_www(&from) != without_www(target) {
            let evidence =
                format!("The address leads on to {seen}. If that is your store, give its address instead.");
            return refused(Code::INVALID_RESPONSE_FORMAT, evidence);
        }
        if from.scheme() == "https" && target.scheme() == "http" {
            let evidence = format!("The store leads from https back to {seen}, which anybody can listen to.");
            return refused(Code::STORE_WANTS_HTTPS, evidence);
        }
        let base = format!("{seen}{}", from.path());
        self.address = StoreAddress::parse(&base)?;
        let (code, sentence) = if from.scheme() == target.scheme() {
            (
                Code::INVALID_SITE_CONFIGURATION,
                format!(
                    "The store's own address is {}; it is used from now on.",
                    self.address
                ),
            )
        } else {
            (
                Code::STORE_WANTS_HTTPS,
                format!("The store wants https; {} is used from now on.", self.address),
            )
        };
        self.note = Some(Note { code, sentence });
        Ok(())
    }
}

fn without_www(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// A site may give itself another name than the one that reaches it; its paths are right all the same.
fn on_same_origin(root: &Url, base: &Url) -> Option<Url> {
    let mut url = base.clone();
    url.set_path(root.path());
    url.set_query(root.query());
    (url.origin() == base.origin()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(from: &str, to: &str) -> Result<Door, ClientError> {
        let mut door = Door {
            address: StoreAddress::parse(from).unwrap(),
            named_root: None,
            note: None,
        };
        door.move_to(&Url::parse(to).unwrap())?;
        Ok(door)
    }

    #[test]
    fn a_store_may_move_to_https_and_to_www_and_nowhere_else() {
        let door = moved("http://shop.example/x", "https://shop.example/x").unwrap();
        assert_eq!(door.address.to_string(), "https://shop.example/x");
        assert_eq!(door.note.unwrap().code, Code::STORE_WANTS_HTTPS);
        assert_eq!(
            moved("https://shop.example", "https://www.shop.example/")
                .unwrap()
                .address
                .to_string(),
            "https://www.shop.example"
        );
        for (from, to) in [
            ("http://shop.example", "http://portal.hotel.example/login"),
            ("https://shop.example", "http://shop.example/"),
            ("https://shop.example", "https://shop.example.evil.example/"),
        ] {
            assert!(moved(from, to).is_err(), "{from} to {to}");
        }
    }

    #[test]
    fn the_named_root_is_put_on_the_address_that_answered() {
        let root = Url::parse("http://localhost:1/index.php?rest_route=/").unwrap();
        let base = Url::parse("http://127.0.0.1:2/").unwrap();
        assert_eq!(
            on_same_origin(&root, &base).unwrap().as_str(),
            "http://127.0.0.1:2/index.php?rest_route=/"
        );
    }
}
