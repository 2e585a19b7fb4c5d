//! Who is in the office, and which forms are believed. Cashiers come in as well, as far as their own account.
//!
//! A cookie names a session of the ordinary kind, sealed under the key for pages: an office visit is listed, ended
//! and audited like a till, and holds no token that a till's routes would take. The cookie is `HttpOnly` and
//! `SameSite=Strict`; behind TLS it is `Secure` and bound to this host. A form is believed when the browser says it
//! comes from this origin and it carries the seal of its visit.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;
use url::Url;
use uuid::Uuid;

use crate::{
    http::{App, Ask},
    keys::Keys,
    store::{Account, StoreError},
};

/// How long a visit lasts, in seconds: a working day. It does not slide.
pub(super) const VISIT_S: i64 = 12 * 60 * 60;

/// What the device of a visit is called in the list of sessions.
pub(super) const APP_TYPE: &str = "office";

/// Bytes of a seal that are kept.
const SEAL_BYTES: usize = 16;

/// Somebody in the office.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) account: Account,
    pub(super) session: Uuid,
    /// What a form of this visit must carry.
    pub(super) form_seal: String,
}

/// Who sends the request; none when nobody is signed in.
pub(super) async fn admit(app: &App, ask: &Ask) -> Result<Option<Visitor>, StoreError> {
    let name = cookie_name(&app.home);
    let Some(id) = cookie(ask, name).and_then(|value| opened(&app.keys, value)) else {
        return Ok(None);
    };
    let Some((session, Some(account))) = app.store.session(id).await? else {
        return Ok(None);
    };
    let is_good = session.ended.is_none()
        && session.signed_in_at + VISIT_S > app.clock.seconds()
        && account.disabled_at.is_none()
        && account.role.may_sell();
    Ok(is_good.then(|| Visitor {
        form_seal: form_seal(&app.keys, id),
        account,
        session: id,
    }))
}

/// Whether a form comes from a page of this visit.
pub(super) fn is_own_form(app: &App, ask: &Ask, visitor: &Visitor) -> bool {
    let sent = ask.param_text("seal").unwrap_or_default();
    is_own_origin(ask, &app.home) && bool::from(sent.as_bytes().ct_eq(visitor.form_seal.as_bytes()))
}

/// Whether the browser says that a form stands on a page of this store. A browser that says nothing is too old to
/// be asked; the seal still holds.
pub(super) fn is_own_origin(ask: &Ask, home: &str) -> bool {
    let site_is_own = matches!(ask.header("sec-fetch-site"), None | Some("same-origin" | "none"));
    let origin_is_own = ask.header("origin").is_none_or(|origin| {
        let host = ask.header("host").unwrap_or_default();
        let is_of_host = Url::parse(origin).is_ok_and(|url| authority(&url) == host);
        is_of_host || Url::parse(home).is_ok_and(|url| url.origin().ascii_serialization() == origin)
    });
    site_is_own && origin_is_own
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The cookie that begins a visit.
pub(super) fn begun(app: &App, session: Uuid) -> String {
    let mut bytes = session.as_bytes().to_vec();
    bytes.extend(&seal(&app.keys, "office", session));
    cookie_text(&app.home, &URL_SAFE_NO_PAD.encode(bytes), VISIT_S)
}

/// The cookie that ends a visit.
pub(super) fn over(app: &App) -> String {
    cookie_text(&app.home, "", 0)
}

fn cookie_text(home: &str, value: &str, age_s: i64) -> String {
    let name = cookie_name(home);
    let secure = if is_secure(home) { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}")
}

/// A browser takes the longer name only over TLS, for this very host.
fn cookie_name(home: &str) -> &'static str {
    match is_secure(home) {
        true => "__Host-evertill_office",
        false => "evertill_office",
    }
}

fn is_secure(home: &str) -> bool {
    home.starts_with("https://")
}

fn cookie<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    let pairs = ask.header("cookie")?.split(';');
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn opened(keys: &Keys, value: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (id, sent) = bytes.split_at_checked(16)?;
    let id = Uuid::from_slice(id).ok()?;
    bool::from(sent.ct_eq(&seal(keys, "office", id))).then_some(id)
}

fn form_seal(keys: &Keys, session: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(seal(keys, "office form", session))
}

fn seal(keys: &Keys, purpose: &str, session: Uuid) -> [u8; SEAL_BYTES] {
    let whole = keys.page_mac(format!("{purpose}\n{session}").as_bytes());
    let mut kept = [0; SEAL_BYTES];
    kept.copy_from_slice(&whole[..SEAL_BYTES]);
    kept
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, http::Request};

    use super::*;

    fn ask(headers: &[(&str, &str)]) -> Ask {
        let mut request = Request::builder().method("POST").uri("/admin");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        Ask::read(parts, Bytes::new(), ([127, 0, 0, 1], 1).into())
    }

    #[test]
    fn only_a_cookie_sealed_here_is_opened() {
        let keys = Keys::for_tests(1);
        let id = Uuid::new_v4();
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend(&seal(&keys, "office", id));
        let value = URL_SAFE_NO_PAD.encode(&bytes);
        assert_eq!(opened(&keys, &value), Some(id));
        assert_eq!(opened(&Keys::for_tests(9), &value), None);
        bytes[3] ^= 1;
        for junk in [
            URL_SAFE_NO_PAD.encode(&bytes).as_str(),
            "",
            "AA",
            "§",
            &value[..22],
        ] {
            assert_eq!(opened(&keys, junk), None, "{junk}");
        }
        assert_ne!(
            form_seal(&keys, id),
            URL_SAFE_NO_PAD.encode(seal(&keys, "office", id))
        );
    }

    #[test]
    fn the_cookie_is_bound_to_tls_where_there_is_tls() {
        let plain = cookie_text("http://127.0.0.1:8421", "x", 9);
        assert_eq!(
            plain,
            "evertill_office=x; Path=/; Max-Age=9; HttpOnly; SameSite=Strict"
        );
        let secure = cookie_text("https://shop.example", "x", 9);
        assert!(secure.starts_with("__Host-evertill_office=x; Path=/;") && secure.ends_with("; Secure"));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let ask = ask(&[("cookie", "a=b; evertill_office=v1=; z=")]);
        assert_eq!(cookie(&ask, "evertill_office"), Some("v1="));
        assert_eq!(cookie(&ask, "office"), None);
    }

    #[test]
    fn a_form_of_another_site_is_not_believed() {
        let home = "https://shop.example";
        let host = ("host", "shop.example");
        for good in [
            &[host][..],
            &[
                host,
                ("origin", "https://shop.example"),
                ("sec-fetch-site", "same-origin"),
            ],
            &[("host", "127.0.0.1:8421"), ("origin", "http://127.0.0.1:8421")],
        ] {
            assert!(is_own_origin(&ask(good), home), "{good:?}");
        }
        for bad in [
            &[host, ("origin", "https://evil.example")][..],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://shop.example.evil.example")],
            &[host, ("sec-fetch-site", "cross-site")],
            &[host, ("sec-fetch-site", "same-site")],
        ] {
            assert!(!is_own_origin(&ask(bad), home), "{bad:?}");
        }
    }
}
