//! The clients a store knows: the two of this project, and those its owner registered.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::{Host, Url};

use super::{
    params::Params,
    refusal::{Kind, Refusal},
};
use crate::{http::Ask, sign_in::redirect::Redirect};

/// Our till, wherever it listens on the device it runs on.
const TILL: &str = "evertill-till";

/// Our command line.
const CLI: &str = "evertill-cli";

/// Longest address to return to, in bytes.
const REDIRECT_BYTES_MAX: usize = 2000;

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(super) id: Arc<str>,
    redirects: Vec<String>,
    secret: Option<[u8; 32]>,
}

/// What the configuration says about a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    secret_sha256: Option<String>,
}

/// A client of the configuration that makes sense.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Entry")]
struct Registered(Client);

impl TryFrom<Entry> for Registered {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, Self::Error> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if entry.id.is_empty() || entry.id.len() > 64 || !entry.id.bytes().all(is_name) {
            return Err("a client's id is 1 to 64 letters, digits, dots, dashes and underscores".into());
        }
        if entry.id == TILL || entry.id == CLI {
            return Err(format!("the client {} is built in", entry.id));
        }
        if let Some(bad) = entry.redirect_uris.iter().find(|text| !may_register(text)) {
            return Err(format!(
                "the client {} cannot return to {bad}: https, http on this device, or an app's own scheme, without fragment",
                entry.id
            ));
        }
        let secret = entry.secret_sha256.as_deref().map(digest).transpose()?;
        Ok(Self(Client {
            id: entry.id.into(),
            redirects: entry.redirect_uris,
            secret,
        }))
    }
}

fn digest(hex: &str) -> Result<[u8; 32], String> {
    let wrong = || "secret_sha256 is 64 hex digits, the SHA-256 of a long random secret".to_owned();
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).map_err(|_| wrong())?;
    }
    Ok(bytes)
}

fn may_register(text: &str) -> bool {
    let Some(url) = plain(text) else {
        return false;
    };
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        "javascript" | "data" | "file" | "blob" | "about" | "ws" | "wss" | "ftp" => false,
        _ => true,
    }
}

fn plain(text: &str) -> Option<Url> {
    if text.len() > REDIRECT_BYTES_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain.then_some(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl Client {
    /// The address to return to, where it is one of this client's: to the letter, but for the port on this device
    /// (RFC 8252 §7.3).
    pub(super) fn redirect(&self, text: &str) -> Option<Redirect> {
        let asked = plain(text)?;
        let fits = |registered: &String| {
            registered == text
                || Url::parse(registered).is_ok_and(|registered| is_same_but_for_port(&registered, &asked))
        };
        self.redirects
            .iter()
            .any(fits)
            .then(|| Redirect::registered(asked))
    }

    /// Whether it has a secret.
    pub(super) fn is_confidential(&self) -> bool {
        self.secret.is_some()
    }

    fn is_secret(&self, sent: &str) -> bool {
        let digest = Sha256::digest(sent.as_bytes());
        self.secret
            .is_some_and(|secret| secret.ct_eq(digest.as_slice()).into())
    }
}

fn is_same_but_for_port(registered: &Url, asked: &Url) -> bool {
    registered.scheme() == "http"
        && asked.scheme() == "http"
        && is_loopback(registered)
        && registered.host() == asked.host()
        && registered.path() == asked.path()
        && registered.query() == asked.query()
}

/// Clients of the configuration, each there once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Vec<Registered>")]
pub(crate) struct Roll(Vec<Registered>);

impl TryFrom<Vec<Registered>> for Roll {
    type Error = String;

    fn try_from(all: Vec<Registered>) -> Result<Self, Self::Error> {
        for (at, Registered(client)) in all.iter().enumerate() {
            if all[..at].iter().any(|Registered(other)| other.id == client.id) {
                return Err(format!("the client {} is there twice", client.id));
            }
        }
        Ok(Self(all))
    }
}

/// Every client a store knows.
#[derive(Debug, Clone)]
pub(crate) struct Clients(Vec<Client>);

impl Clients {
    /// The built-in ones and those of the configuration. `till_redirects` are further addresses the till may have.
    pub(crate) fn new(registered: &Roll, till_redirects: &[String]) -> Self {
        let on_this_device = |path: &str| -> Vec<String> {
            ["127.0.0.1", "localhost", "[::1]"]
                .iter()
                .map(|host| format!("http://{host}{path}"))
                .collect()
        };
        let mut till = on_this_device("/sign-in/callback");
        till.extend_from_slice(till_redirects);
        let mut all = vec![
            Client {
                id: TILL.into(),
                redirects: till,
                secret: None,
            },
            Client {
                id: CLI.into(),
                redirects: on_this_device("/callback"),
                secret: None,
            },
        ];
        all.extend(registered.0.iter().map(|Registered(client)| client.clone()));
        Self(all)
    }

    /// The client of this name.
    pub(super) fn find(&self, id: &str) -> Option<&Client> {
        self.0.iter().find(|client| &*client.id == id)
    }

    /// Who sent a request: with a secret in the `Authorization` header or in the body where the client has one, by
    /// name alone where it has none (RFC 6749 §2.3 and §3.2.1).
    pub(super) fn authenticate(&self, ask: &Ask, params: &Params) -> Result<&Client, Refusal> {
        let refused = |description| Refusal::new(Kind::InvalidClient, description);
        let basic = ask
            .header("authorization")
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let in_body = (params.find("client_id"), params.find("client_secret"));
        let (id, secret) = match (basic, in_body) {
            (Some(_), (_, Some(_))) => {
                return Err(Refusal::new(
                    Kind::InvalidRequest,
                    "authenticate the client in one way only",
                ));
            }
            (Some((_, text)), (id, None)) => {
                let (user, secret) =
                    decoded(text).ok_or_else(|| refused("the credentials cannot be read"))?;
                if id.is_some_and(|id| id != user) {
                    return Err(Refusal::new(
                        Kind::InvalidRequest,
                        "client_id names another client",
                    ));
                }
                (user, Some(secret))
            }
            (None, (Some(id), secret)) => (id.to_owned(), secret.map(str::to_owned)),
            (None, (None, _)) => return Err(refused("client_id is missing")),
        };
        let client = self.find(&id).ok_or_else(|| refused("the client is not known"))?;
        match (client.is_confidential(), secret) {
            (true, Some(secret)) if client.is_secret(&secret) => Ok(client),
            (true, Some(_)) => Err(refused("the secret is not the client's")),
            (true, None) => Err(refused("the client has to show its secret")),
            (false, None) => Ok(client),
            (false, Some(secret)) if secret.is_empty() => Ok(client),
            (false, Some(_)) => Err(refused("the client has no secret")),
        }
    }
}

/// Name and secret, each encoded like a form inside of the Base64.
pub(crate) fn decoded(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let encoded = format!("v={}", text.replace('&', "%26").replace('=', "%3D"));
    url::form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(toml: &str) -> Result<Registered, toml::de::Error> {
        toml::from_str(toml)
    }

    fn clients() -> Clients {
        let books = registered(
            "id = \"books\"\nredirect_uris = [\"https://books.example/back?a=1\", \"books.app:/back\"]\n",
        );
        let roll = Roll::try_from(vec![books.unwrap()]).unwrap();
        Clients::new(&roll, &["https://till.example/sign-in/callback".to_owned()])
    }

    #[track_caller]
    fn check(client: &str, redirect: &str, is_fine: bool) {
        let clients = clients();
        let found = clients.find(client).unwrap().redirect(redirect);
        assert_eq!(found.is_some(), is_fine, "{client} {redirect}");
    }

    #[test]
    fn addresses_to_return_to_fit_to_the_letter() {
        check("books", "https://books.example/back?a=1", true);
        check("books", "books.app:/back", true);
        for other in [
            "https://books.example/back",
            "https://books.example/back?a=1&b=2",
            "https://books.example/back?a=1#x",
            "https://books.example:444/back?a=1",
            "https://BOOKS.example/back?a=1",
            "https://books.example/./back?a=1",
            "http://books.example/back?a=1",
            "https://x@books.example/back?a=1",
            "https://evil.example/",
            "http://127.0.0.1/callback",
            "books.app:/back/more",
            "",
        ] {
            check("books", other, false);
        }
    }

    #[test]
    fn on_this_device_any_port_is_fine_and_nothing_else_may_differ() {
        check(CLI, "http://127.0.0.1:49152/callback", true);
        check(CLI, "http://[::1]:1/callback", true);
        check(TILL, "http://localhost:8420/sign-in/callback", true);
        check(TILL, "https://till.example/sign-in/callback", true);
        for other in [
            "http://127.0.0.1:1/callback/",
            "http://127.0.0.1:1/callback?x=1",
            "https://127.0.0.1:1/callback",
            "http://127.0.0.2:1/callback",
            "http://127.0.0.1.evil.example/callback",
            "http://127.0.0.1@evil.example/callback",
        ] {
            check(CLI, other, false);
        }
    }

    #[test]
    fn a_client_that_makes_no_sense_is_refused_with_a_reason() {
        for (toml, word) in [
            ("id = \"a b\"", "1 to 64"),
            ("id = \"evertill-till\"", "built in"),
            (
                "id = \"x\"\nredirect_uris = [\"javascript:alert(1)\"]",
                "cannot return",
            ),
            (
                "id = \"x\"\nredirect_uris = [\"http://x.example/\"]",
                "cannot return",
            ),
            (
                "id = \"x\"\nredirect_uris = [\"https://x.example/#f\"]",
                "cannot return",
            ),
            ("id = \"x\"\nsecret_sha256 = \"abc\"", "64 hex"),
            ("id = \"x\"\nsecret = \"abc\"", "unknown field"),
        ] {
            let error = registered(toml).unwrap_err().to_string();
            assert!(error.contains(word), "{toml}: {error}");
        }
        let twice = registered("id = \"x\"").unwrap();
        let error = Roll::try_from(vec![twice.clone(), twice]).unwrap_err();
        assert_eq!(error, "the client x is there twice");
    }

    #[test]
    fn name_and_secret_are_encoded_like_a_form() {
        let text = STANDARD.encode("books:a%2Fb+c%3A%C3%A4:x");
        assert_eq!(decoded(&text), Some(("books".into(), "a/b c:ä:x".into())));
        assert_eq!(decoded("!"), None);
    }
}
