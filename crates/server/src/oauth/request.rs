//! What an authorization request asks for, and what is wrong with it.

use super::{
    clients::{Client, Clients},
    code::Challenge,
    params::{BadParam, Params},
    refusal::{Kind, Refusal},
};
use crate::sign_in::redirect::Redirect;

/// The one thing a client can be allowed: what the person who signs in may do.
pub(crate) const SCOPE: &str = "pos";

/// Longest state a client may send, in bytes.
const STATE_BYTES_MAX: usize = 1024;

/// A request that can be granted once somebody has signed in.
#[derive(Debug)]
pub(super) struct AuthorizationRequest<'a> {
    pub(super) way_back: WayBack<'a>,
    pub(super) challenge: Challenge,
    pub(super) dpop_jkt: Option<String>,
    pub(super) platform: Option<String>,
    pub(super) build: Option<String>,
}

/// Who asks and where the answer goes. Only with both known does anything go there, even a refusal.
#[derive(Debug)]
pub(super) struct WayBack<'a> {
    pub(super) client: &'a Client,
    pub(super) redirect: Redirect,
    pub(super) redirect_text: String,
    pub(super) state: Option<String>,
}

/// Why a request is not granted.
#[derive(Debug)]
pub(super) enum Fault<'a> {
    /// To be told to the person: nobody knows where else.
    Shown(&'static str),
    /// To be told to the client.
    Returned(Box<WayBack<'a>>, Refusal),
}

/// Reads a request.
pub(super) fn read(
    clients: &Clients,
    pairs: Vec<(String, String)>,
) -> Result<AuthorizationRequest<'_>, Fault<'_>> {
    // Where the way back itself is clear, the client hears of a parameter that came twice.
    let once: Vec<(String, String)> = ["client_id", "redirect_uri", "state"]
        .iter()
        .flat_map(|name| pairs.iter().filter(move |(key, _)| key == name).cloned())
        .collect();
    let way_back = Params::read(once)
        .map_err(|BadParam(_)| Fault::Shown("The request names its app or its way back twice."))
        .and_then(|params| way_back(clients, &params))?;
    let refused = |way_back, kind, description| {
        Err(Fault::Returned(
            Box::new(way_back),
            Refusal::new(kind, description),
        ))
    };
    let Ok(params) = Params::read(pairs) else {
        return refused(
            way_back,
            Kind::InvalidRequest,
            "a parameter came twice or is too long",
        );
    };
    if way_back
        .state
        .as_ref()
        .is_some_and(|state| state.len() > STATE_BYTES_MAX)
    {
        return refused(way_back, Kind::InvalidRequest, "state is too long");
    }
    match params.find("response_type") {
        Some("code") => {}
        None => return refused(way_back, Kind::InvalidRequest, "response_type is missing"),
        Some(_) => return refused(way_back, Kind::UnsupportedResponseType, "only code is supported"),
    }
    if params.find("response_mode").is_some_and(|mode| mode != "query") {
        return refused(
            way_back,
            Kind::InvalidRequest,
            "only the response mode query is supported",
        );
    }
    if params.find("code_challenge_method") != Some("S256") {
        return refused(
            way_back,
            Kind::InvalidRequest,
            "code_challenge_method must be S256",
        );
    }
    let Some(challenge) = params.find("code_challenge").and_then(Challenge::parse) else {
        return refused(
            way_back,
            Kind::InvalidRequest,
            "code_challenge must be a SHA-256 in base64url",
        );
    };
    if let Some(scope) = params.find("scope")
        && !scope.split(' ').any(|word| word == SCOPE)
    {
        return refused(way_back, Kind::InvalidScope, "the one scope is pos");
    }
    let kept = |name: &str| {
        params
            .find(name)
            .map(|text| text.chars().take(40).collect::<String>())
    };
    Ok(AuthorizationRequest {
        way_back,
        challenge,
        dpop_jkt: params.find("dpop_jkt").map(str::to_owned),
        platform: kept("platform"),
        build: kept("build"),
    })
}

fn way_back<'a>(clients: &'a Clients, params: &Params) -> Result<WayBack<'a>, Fault<'a>> {
    let client = params
        .find("client_id")
        .and_then(|id| clients.find(id))
        .ok_or(Fault::Shown("The app that asks is not known to this store."))?;
    let text = params
        .find("redirect_uri")
        .ok_or(Fault::Shown("The request does not say where to return to."))?;
    let redirect = client.redirect(text).ok_or(Fault::Shown(
        "The app that asks may not return to the address it names.",
    ))?;
    Ok(WayBack {
        client,
        redirect,
        redirect_text: text.to_owned(),
        state: params.find("state").map(str::to_owned),
    })
}

impl WayBack<'_> {
    /// The address to return to with an answer in it; it names who answers (RFC 9207).
    pub(super) fn with(&self, answer: &[(&str, &str)], issuer: &str) -> String {
        let mut more = answer.to_vec();
        if let Some(state) = &self.state {
            more.push(("state", state));
        }
        more.push(("iss", issuer));
        self.redirect.with(&more)
    }

    /// The address that tells a client of a refusal.
    pub(super) fn refused(&self, refusal: &Refusal, issuer: &str) -> String {
        let answer = [
            ("error", refusal.kind.code()),
            ("error_description", refusal.description),
        ];
        self.with(&answer, issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::clients::Roll;

    const GOOD: &str = "response_type=code&client_id=evertill-cli&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback\
&state=s1&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    /// What comes of a request: `ok`, `shown`, or the code that is returned.
    fn outcome(query: &str) -> &'static str {
        let clients = Clients::new(&Roll::default(), &[]);
        let pairs = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        match read(&clients, pairs) {
            Ok(_) => "ok",
            Err(Fault::Shown(_)) => "shown",
            Err(Fault::Returned(_, refusal)) => refusal.kind.code(),
        }
    }

    #[test]
    fn a_good_request_is_read() {
        assert_eq!(outcome(GOOD), "ok");
        assert_eq!(
            outcome(&format!("{GOOD}&scope=pos&response_mode=query&unknown=1")),
            "ok"
        );
        assert_eq!(
            outcome(&GOOD.replace("&state=s1", "")),
            "ok",
            "PKCE protects where state is absent"
        );
    }

    #[test]
    fn nothing_is_ever_returned_to_an_address_that_is_not_the_clients() {
        for query in [
            "",
            "response_type=code",
            &GOOD.replace("evertill-cli", "nobody"),
            &GOOD.replace("127.0.0.1%3A5", "evil.example"),
            &GOOD.replace("callback", "other"),
            &GOOD.replace("&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback", ""),
            &format!("{GOOD}&redirect_uri=https%3A%2F%2Fevil.example"),
            &format!("{GOOD}&client_id=evertill-till"),
            &format!("{GOOD}&state=s2"),
        ] {
            assert_eq!(outcome(query), "shown", "{query}");
        }
    }

    #[test]
    fn a_client_hears_what_is_wrong_with_its_request() {
        for (query, code) in [
            (
                GOOD.replace("response_type=code", "response_type=token"),
                "unsupported_response_type",
            ),
            (GOOD.replace("response_type=code&", ""), "invalid_request"),
            (GOOD.replace("=S256", "=plain"), "invalid_request"),
            (GOOD.replace("&code_challenge_method=S256", ""), "invalid_request"),
            (GOOD.replace("E9Mel", ""), "invalid_request"),
            (format!("{GOOD}&scope=openid"), "invalid_scope"),
            (format!("{GOOD}&scope=pos&scope=pos"), "invalid_request"),
            (format!("{GOOD}&response_mode=fragment"), "invalid_request"),
            (GOOD.replace("s1", &"s".repeat(1025)), "invalid_request"),
        ] {
            assert_eq!(outcome(&query), code, "{query}");
        }
    }

    #[test]
    fn the_way_back_carries_the_state_and_who_answers() {
        let clients = Clients::new(&Roll::default(), &[]);
        let pairs = url::form_urlencoded::parse(GOOD.as_bytes())
            .into_owned()
            .collect();
        let request = read(&clients, pairs).unwrap();
        assert_eq!(
            request.way_back.with(&[("code", "c")], "https://shop.example"),
            "http://127.0.0.1:5/callback?code=c&state=s1&iss=https%3A%2F%2Fshop.example"
        );
    }
}
