//! Whether a token arrives at the store at all.
//!
//! A host that begins to strip the `Authorization` header makes a store refuse every token, the freshest too, while
//! renewals go on well: they carry theirs in the body. Blaming the session would call a person who cannot help. So the
//! store is asked with a made-up token which way it arrives: `wcpos/v2/echo` tells, and `auth/test` on every version.

use evertill_wire::rest::auth::AuthTest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::RawAnswer;

/// Where a token travels in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// `Authorization: Bearer …`.
    #[default]
    Header,
    /// A parameter of the address, where something strips the header.
    Parameter,
}

impl Place {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Header => Self::Parameter,
            Self::Parameter => Self::Header,
        }
    }
}

/// What arrived at the store of a token that was sent both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The header.
    pub header: bool,
    /// The parameter.
    pub parameter: bool,
}

impl Arrival {
    /// Whether a token that travels there arrives.
    #[must_use]
    pub fn arrives(self, place: Place) -> bool {
        match place {
            Place::Header => self.header,
            Place::Parameter => self.parameter,
        }
    }
}

/// Reads the answer of `echo` or of `auth/test`; nothing when it is neither's.
#[must_use]
pub fn read(raw: &RawAnswer<'_>) -> Option<Arrival> {
    if !(200..300).contains(&raw.status) {
        return None;
    }
    let body = evertill_wire::json::read(raw.body);
    let value = body.value()?;
    read_echo(value).or_else(|| read_auth_test(value))
}

/// `{"v":1,"headers":{"authorization":{"received":true,…}},"params":{"authorization":false}}`
fn read_echo(value: &Value) -> Option<Arrival> {
    if value["v"].as_i64() != Some(1) {
        return None;
    }
    Some(Arrival {
        header: value["headers"]["authorization"]["received"].as_bool()?,
        parameter: value["params"]["authorization"].as_bool().unwrap_or(false),
    })
}

fn read_auth_test(value: &Value) -> Option<Arrival> {
    value.get("status").filter(|status| status.is_string())?;
    let test = AuthTest::deserialize(value).ok()?;
    matches!(test.status.as_str(), "success" | "error").then_some(Arrival {
        header: test.received_header_auth,
        parameter: test.received_param_auth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: Option<(bool, bool)>) {
        let found = read(&RawAnswer {
            status,
            headers: &[],
            body: body.as_bytes(),
        });
        let expected = expected.map(|(header, parameter)| Arrival { header, parameter });
        assert_eq!(found, expected, "{status} {body}");
    }

    #[test]
    fn both_routes_tell_what_arrived_and_nothing_else_does() {
        let echo = r#"{"v":1,"headers":{"authorization":{"received":false,"length":0}},"params":{"authorization":true}}"#;
        check(200, echo, Some((false, true)));
        check(503, echo, None);
        let test = r#"{"status":"success","received_header_auth":true,"received_param_auth":false}"#;
        check(200, test, Some((true, false)));
        check(
            200,
            r#"{"status":"error","message":"No authorization token detected"}"#,
            Some((false, false)),
        );
        check(200, "<html><title>Welcome</title></html>", None);
        check(200, r#"{"success":true}"#, None);
        check(404, r#"{"code":"rest_no_route"}"#, None);
    }
}
