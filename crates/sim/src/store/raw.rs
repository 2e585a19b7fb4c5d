//! Answers as they go over the wire, worded and headed as real stores and the things in front of them do.

use evertill_session::RawAnswer;
use serde_json::Value;

/// What an answer to a renewal means, known to whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    /// New tokens.
    Granted,
    /// The store itself refuses.
    Verdict,
    /// The store itself refuses, and the session lives.
    Lie,
    /// Anything else.
    Noise,
}

/// An HTTP answer, owned.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) truth: Truth,
    /// The access token in it, when it holds a new one.
    pub(crate) issued: Option<String>,
}

impl Raw {
    pub(crate) fn json(status: u16, body: String, truth: Truth) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json; charset=UTF-8".into())],
            body,
            truth,
            issued: None,
        }
    }

    fn page(status: u16, title: &str, text: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "text/html; charset=UTF-8".into())],
            body: format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body>{text}</body></html>\n"
            ),
            truth: Truth::Noise,
            issued: None,
        }
    }

    /// Reads it with the eyes of the session's rules.
    pub(crate) fn with_view<T>(&self, look: impl FnOnce(&RawAnswer<'_>) -> T) -> T {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        look(&RawAnswer {
            status: self.status,
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    pub(crate) fn granted(
        access: &str,
        refresh: Option<&str>,
        life_s: u64,
        hint_s: Option<u64>,
        wall_s: i64,
    ) -> Self {
        let ends = wall_s.saturating_add_unsigned(life_s);
        let mut body = format!(
            "{{\"access_token\":\"{access}\",\"token_type\":\"Bearer\",\"expires_in\":{life_s},\"expires_at\":{ends}"
        );
        if let Some(refresh) = refresh {
            body.push_str(&format!(",\"refresh_token\":\"{refresh}\""));
        }
        if let Some(hint_s) = hint_s {
            body.push_str(&format!(",\"refresh_in\":{hint_s}"));
        }
        body.push('}');
        Self {
            issued: Some(access.to_owned()),
            ..Self::json(200, body, Truth::Granted)
        }
    }

    /// A refusal in the words of the auth API. A refusal about the server's clock is none.
    pub(crate) fn refused(status: u16, words: &str) -> Self {
        let truth = if words.starts_with("Cannot handle token") {
            Truth::Noise
        } else {
            Truth::Verdict
        };
        Self::json(
            status,
            format!("{{\"error\":\"invalid_grant\",\"error_description\":\"{words}\"}}"),
            truth,
        )
    }

    /// A refusal to the letter, written by something that is not the store.
    pub(crate) fn imitation() -> Self {
        Self {
            truth: Truth::Noise,
            ..Self::refused(401, "Refresh token has been revoked")
        }
    }

    /// The reason that an Evertill store gives beside a refusal.
    pub(crate) fn reason(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["evertill"]["reason"]
            .as_str()
            .unwrap_or("foreign")
            .to_owned()
    }

    /// With the store's signature beside the refusal.
    pub(crate) fn with_verdict(mut self, verdict: &str) -> Self {
        let mut body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["verdict"] = verdict.into();
        self.body = body.to_string();
        self
    }

    pub(crate) fn overtaken() -> Self {
        Self::json(
            409,
            "{\"code\":\"renewed_meanwhile\",\"message\":\"A later request renewed this session.\",\"data\":{\"status\":409}}"
                .into(),
            Truth::Noise,
        )
    }

    pub(crate) fn unauthorized() -> Self {
        Self::json(
            401,
            "{\"code\":\"woocommerce_pos_rest_unauthorized\",\"message\":\"Sorry, you are not allowed to do that.\",\"data\":{\"status\":401}}"
                .into(),
            Truth::Noise,
        )
    }

    pub(crate) fn forbidden() -> Self {
        Self::json(
            403,
            "{\"code\":\"woocommerce_pos_rest_forbidden\",\"message\":\"You do not have permission.\",\"data\":{\"status\":403}}"
                .into(),
            Truth::Noise,
        )
    }

    pub(crate) fn rest_locked() -> Self {
        Self::json(
            401,
            "{\"code\":\"rest_not_logged_in\",\"message\":\"You are not currently logged in.\",\"data\":{\"status\":401}}"
                .into(),
            Truth::Noise,
        )
    }

    /// What arrived of a token that was sent both ways.
    pub(crate) fn echo(header: bool, parameter: bool) -> Self {
        Self::json(
            200,
            format!(
                "{{\"v\":1,\"headers\":{{\"authorization\":{{\"received\":{header},\"length\":24}}}},\"params\":{{\"authorization\":{parameter}}}}}"
            ),
            Truth::Noise,
        )
    }

    pub(crate) fn captive_portal() -> Self {
        Self::page(
            200,
            "Welcome",
            "<h1>Hotspot login</h1><form action=\"/accept\"></form>",
        )
    }

    pub(crate) fn firewall(roll: u64) -> Self {
        match roll % 4 {
            0 => Self::page(
                403,
                "403 Forbidden",
                "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>",
            ),
            1 => Self::page(403, "Access denied", "<p>Generated by Wordfence</p>"),
            2 => {
                let mut raw = Self::page(503, "Just a moment...", "<p>Checking your browser</p>");
                raw.headers.push(("cf-ray", "8f0a".into()));
                raw
            }
            _ => {
                let mut raw = Self::page(401, "401 Authorization Required", "");
                raw.headers
                    .push(("WWW-Authenticate", "Basic realm=\"staging\"".into()));
                raw
            }
        }
    }

    pub(crate) fn server_error(roll: u64) -> Self {
        match roll % 5 {
            0 => Self::json(
                500,
                "{\"code\":\"wp_die\",\"message\":\"<h1>Error establishing a database connection<\\/h1>\",\"data\":{\"status\":500},\"additional_errors\":[]}"
                    .into(),
                Truth::Noise,
            ),
            1 => Self::json(
                500,
                "{\"code\":\"internal_server_error\",\"message\":\"<p>There has been a critical error on this website.<\\/p>\",\"data\":{\"status\":500,\"error\":{\"type\":1,\"message\":\"Uncaught Error\"}}}"
                    .into(),
                Truth::Noise,
            ),
            2 => Self::page(502, "502 Bad Gateway", "<center>nginx</center>"),
            3 => Self::page(504, "504 Gateway Time-out", ""),
            _ => Self {
                status: 500,
                headers: Vec::new(),
                body: String::new(),
                truth: Truth::Noise,
                issued: None,
            },
        }
    }

    pub(crate) fn maintenance(pause_s: u64) -> Self {
        let mut raw = Self::json(
            503,
            "{\"code\":\"wp_die\",\"message\":\"Briefly unavailable for scheduled maintenance. Check back in a minute.\",\"data\":{\"status\":503},\"additional_errors\":[]}"
                .into(),
            Truth::Noise,
        );
        raw.headers.push(("Retry-After", pause_s.to_string()));
        raw
    }

    pub(crate) fn no_route() -> Self {
        Self::json(
            404,
            "{\"code\":\"rest_no_route\",\"message\":\"No route was found matching the URL and request method.\",\"data\":{\"status\":404}}"
                .into(),
            Truth::Noise,
        )
    }

    pub(crate) fn too_many(pause_s: u64) -> Self {
        let mut raw = Self::page(429, "Too Many Requests", "");
        raw.headers.push(("Retry-After", pause_s.to_string()));
        raw
    }

    pub(crate) fn redirected() -> Self {
        let mut raw = Self::page(302, "302 Found", "");
        raw.headers.push((
            "Location",
            "https://elsewhere.example/wp-json/wcpos/v2/auth/refresh".into(),
        ));
        raw
    }

    /// The database died in the middle: two answers in one body.
    pub(crate) fn glued(&self) -> Self {
        Self {
            status: 500,
            body: format!(
                "{}{}",
                "{\"code\":\"wp_die\",\"message\":\"<h1>Error establishing a database connection<\\/h1>\",\"data\":{\"status\":500}}",
                self.body
            ),
            headers: self.headers.clone(),
            truth: Truth::Noise,
            issued: None,
        }
    }

    pub(crate) fn with_notice(mut self) -> Self {
        self.body = format!(
            "<br />\n<b>Warning</b>:  Undefined array key \"x\" in <b>/var/www/plugin.php</b> on line <b>7</b><br />\n{}",
            self.body
        );
        self
    }

    /// Cut short somewhere inside.
    pub(crate) fn truncated(mut self, roll: u64) -> Self {
        let keep = usize::try_from(roll % (self.body.len() as u64).max(1)).unwrap_or(0);
        self.body.truncate(keep);
        self.truth = Truth::Noise;
        self
    }
}
