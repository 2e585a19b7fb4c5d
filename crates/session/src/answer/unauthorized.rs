//! Whose word a 401 is: the API's about the token, the lock's before it, or that of something in between.

use evertill_wire::json::{self, Body};

use super::{RawAnswer, is_rest_lock, wp_code};

/// What a 401 says about the token the request carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthorized {
    /// The API itself does not take the token.
    TokenRefused,
    /// The site lets in nobody who is not signed in. That is trouble with the site (`API05004`) and no word about the
    /// token, unless the token was lost on the way.
    Locked,
}

/// Reads a 401; nothing when it is not the API's, is packed so that it cannot be read, or is no 401.
#[must_use]
pub fn unauthorized(raw: &RawAnswer<'_>) -> Option<Unauthorized> {
    if raw.status != 401 {
        return None;
    }
    match json::read(raw.body) {
        Body::Clean(value) | Body::Recovered { value, .. } => Some(match wp_code(&value)? {
            code if is_rest_lock(code) => Unauthorized::Locked,
            _ => Unauthorized::TokenRefused,
        }),
        Body::Glued | Body::Broken | Body::Html { .. } | Body::Empty | Body::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: Option<Unauthorized>) {
        let raw = RawAnswer {
            status,
            headers: &[],
            body: body.as_bytes(),
        };
        assert_eq!(unauthorized(&raw), expected, "{status} {body}");
    }

    #[test]
    fn only_the_apis_own_401_is_a_word_about_the_token() {
        let refused = r#"{"code":"woocommerce_pos_rest_unauthorized","message":"Authentication required."}"#;
        check(401, refused, Some(Unauthorized::TokenRefused));
        check(
            401,
            &format!("<br />\n<b>Warning</b>: x\n{refused}"),
            Some(Unauthorized::TokenRefused),
        );
        check(403, refused, None);
        check(
            401,
            r#"{"code":"rest_not_logged_in"}"#,
            Some(Unauthorized::Locked),
        );
        check(401, r#"{"error":"invalid_grant"}"#, None);
        check(401, r#"{"code":401}"#, None);
        check(401, &format!("{refused}{refused}"), None);
        check(401, &refused[..30], None);
        check(
            401,
            "<html><title>401 Authorization Required</title></html>",
            None,
        );
        check(401, "", None);
        check(401, "\u{1f}\u{8b}\u{8}", None);
    }
}
