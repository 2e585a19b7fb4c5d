//! The way a token can take: in the header, or as a parameter where something strips the header.

use evertill_wire::rest::auth::AuthTest;
use serde_json::Value;

use super::root::Root;
use crate::error::ClientError;
use crate::http::{Answer, Http, Request};
use crate::profile::{TokenPlace, route_url};

/// What is sent instead of a token.
const MADE_UP: &str = "mock.connect.test";

/// The way that works.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) place: TokenPlace,
    pub(super) note: Option<String>,
}

/// What arrived at the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(super) header: bool,
    pub(super) parameter: bool,
}

/// Sends a made-up token both ways and reads which of them arrived.
pub(super) async fn find(http: &Http, root: &Root) -> Result<Way, ClientError> {
    for (route, read) in [
        ("wcpos/v2/echo", read_echo as fn(&Answer) -> Option<Arrived>),
        ("wcpos/v2/auth/test", read_auth_test),
    ] {
        let url = route_url(
            &root.root,
            root.style,
            route,
            &[("wcpos", "1"), ("authorization", MADE_UP)],
        );
        let request = Request::get(url).header("authorization", &format!("Bearer {MADE_UP}"));
        if let Some(arrived) = read(&http.send(request).await?) {
            return Ok(decide(arrived, &root.site.wcpos_version));
        }
    }
    Ok(Way {
        place: TokenPlace::Header,
        note: Some("The store does not tell which way a token arrives; the header is tried.".into()),
    })
}

/// `{"v":1,"headers":{"authorization":{"received":true,…}},"params":{"authorization":false}}`
pub(crate) fn read_echo(answer: &Answer) -> Option<Arrived> {
    let body = answer.json();
    let value = body
        .value()
        .filter(|value| answer.status.is_success() && value["v"].as_i64() == Some(1))?;
    Some(Arrived {
        header: value["headers"]["authorization"]["received"].as_bool()?,
        parameter: value["params"]["authorization"].as_bool().unwrap_or(false),
    })
}

pub(crate) fn read_auth_test(answer: &Answer) -> Option<Arrived> {
    let body = answer.json();
    let value = body
        .value()
        .filter(|value| answer.status.is_success() && value.get("status").is_some_and(Value::is_string))?;
    let test: AuthTest = serde_json::from_value(value.clone()).ok()?;
    matches!(test.status.as_str(), "success" | "error").then_some(Arrived {
        header: test.received_header_auth,
        parameter: test.received_param_auth,
    })
}

fn decide(arrived: Arrived, wcpos_version: &str) -> Way {
    let place = if takes_bare_parameter(wcpos_version) {
        TokenPlace::BareParameter
    } else {
        TokenPlace::BearerParameter
    };
    match arrived {
        Arrived { header: true, .. } => Way { place: TokenPlace::Header, note: None },
        Arrived { parameter: true, .. } => Way {
            place,
            note: Some("Something strips the header with the token; the address carries it instead. It works, but tokens may show in the host's logs.".into()),
        },
        Arrived { .. } => Way {
            place,
            note: Some("No way for a token was seen to work; the address is tried. The host's settings need a look.".into()),
        },
    }
}

/// The bare form is understood from 1.10 on.
fn takes_bare_parameter(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (major, minor) >= (1, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_and_the_version_decides_the_form_of_the_parameter() {
        let way = |header, parameter, version| decide(Arrived { header, parameter }, version).place;
        assert_eq!(way(true, true, "1.10.0"), TokenPlace::Header);
        assert_eq!(way(false, true, "1.10.0"), TokenPlace::BareParameter);
        assert_eq!(way(false, true, "1.9.17"), TokenPlace::BearerParameter);
        assert_eq!(way(false, true, "2.0"), TokenPlace::BareParameter);
        assert!(
            decide(
                Arrived {
                    header: false,
                    parameter: false
                },
                "1.10.0"
            )
            .note
            .is_some()
        );
    }
}
