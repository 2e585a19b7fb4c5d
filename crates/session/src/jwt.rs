//! Reading what a token says about itself, without believing it for more than its own lifetime.
//!
//! The client cannot verify a store's signature; it reads only spans (`exp − iat`) and the session's name, both of
//! which hurt nobody but itself when wrong. Opaque tokens are fine: there is then nothing to read.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// Longest token that is looked into, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// The claims this crate reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// `iat`, seconds since 1970 on the store's clock.
    pub issued_at: Option<i64>,
    /// `exp`, seconds since 1970 on the store's clock.
    pub expires_at: Option<i64>,
    /// `iss`: the address of the site that issued it.
    pub issuer: Option<String>,
    /// `jti`.
    pub id: Option<String>,
    /// `refresh_jti`: the session an access token belongs to.
    pub session: Option<String>,
}

impl Claims {
    /// `exp − iat`, when both are there and in order.
    #[must_use]
    pub fn life(&self) -> Option<Duration> {
        let seconds = self.expires_at?.checked_sub(self.issued_at?)?;
        u64::try_from(seconds)
            .ok()
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs)
    }
}

/// Reads the claims of a token in JWT form; nothing when it has another form.
#[must_use]
pub fn claims(token: &str) -> Option<Claims> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.as_object()?;
    Some(Claims {
        issued_at: number(&value["iat"]),
        expires_at: number(&value["exp"]),
        issuer: text(&value["iss"]),
        id: text(&value["jti"]),
        session: text(&value["refresh_jti"]),
    })
}

/// A whole number, also in a string or with decimals, as PHP filters may leave it.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn life_and_names_are_read_from_a_stock_token() {
        let claims = claims(&token(r#"{"iat":100,"exp":"1900","jti":"a","refresh_jti":"s"}"#)).unwrap();
        assert_eq!(claims.life(), Some(Duration::from_secs(1800)));
        assert_eq!(
            (claims.id.as_deref(), claims.session.as_deref()),
            (Some("a"), Some("s"))
        );
    }

    #[test]
    fn opaque_and_broken_tokens_say_nothing() {
        for text in ["ert1.AAAA", "a.b.c.d", "", "e30.%%%.x", &token("[1]")] {
            assert_eq!(claims(text), None, "{text}");
        }
        assert_eq!(claims(&token(r#"{"iat":200,"exp":100}"#)).unwrap().life(), None);
    }
}
