//! Whatever bytes arrive, reading them ends, panics never, and signs nobody out by accident.

use evertill_session::{Answer, RawAnswer, answer, jwt};
use evertill_wire::json;
use proptest::prelude::*;

/// Pieces of real answers, glued together in any order: nearer to the truth than plain noise.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{\"access_token\":\"ey.ey.ey\",\"expires_in\":1800}".to_owned()),
        Just("{\"error\":\"invalid_grant\",\"error_description\":\"Expired token\"}".to_owned()),
        Just("{\"code\":\"rest_no_route\",\"data\":{\"status\":404}}".to_owned()),
        Just("<br />\n<b>Warning</b>: x [y] in {z}\n".to_owned()),
        Just("<!doctype html><title>x</title>".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("{".to_owned()),
        Just("[".to_owned()),
        Just("\"".to_owned()),
        "[a-zA-Z0-9_:,.{}\\[\\]\" \\\\-]{0,40}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_as_something(bytes in prop::collection::vec(any::<u8>(), 0..400), status in 100_u16..600) {
        let _ = json::read(&bytes);
        let raw = RawAnswer { status, headers: &[], body: &bytes };
        prop_assert!(!matches!(answer::read(&raw), Answer::Refused(_) | Answer::Renewed(_)));
        let _ = answer::not_from_the_api(&raw);
        let _ = jwt::claims(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_verdict_needs_the_auth_apis_word_and_one_answer(body in pieces(), status in 100_u16..600) {
        let raw = RawAnswer { status, headers: &[], body: body.as_bytes() };
        match answer::read(&raw) {
            Answer::Refused(_) => {
                prop_assert!(body.contains("invalid_grant"));
                prop_assert!(!(300..400).contains(&status), "a redirect is never a verdict");
            }
            Answer::Renewed(renewed) => {
                prop_assert!((200..300).contains(&status));
                prop_assert!(!renewed.access.is_empty());
            }
            Answer::Trouble(trouble) => prop_assert!(!trouble.evidence.contains("ey.ey.ey")),
        }
    }

    #[test]
    fn a_store_name_in_a_redirect_is_shown_without_its_query(path in "[a-z0-9=&/?#.]{0,60}") {
        let location = format!("https://elsewhere.example/{path}?token=secret");
        let headers = [("location", location.as_str())];
        let Answer::Trouble(trouble) = answer::read(&RawAnswer { status: 302, headers: &headers, body: b"" }) else {
            panic!("a redirect is trouble")
        };
        prop_assert!(trouble.evidence.contains("https://elsewhere.example"));
        prop_assert!(!trouble.evidence.contains("secret"));
    }
}
