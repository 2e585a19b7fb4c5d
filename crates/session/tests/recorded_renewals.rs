//! What a real WordPress answered to renewals, case by case, and what each answer is to us.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use evertill_session::{
    Answer, BootId, Effect, Engine, Grant, Input, Moment, Now, RawAnswer, Reason, Record, Roll, Serial,
    SessionId, Stamp, StateName, TroubleKind, User, WallTime, answer, engine::Stored,
};
use evertill_wire::{AccessToken, Code, RefreshToken};
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    name: String,
    /// Other exchanges that brought the same answer.
    #[serde(default)]
    also: Vec<String>,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Debug, PartialEq)]
enum Expected {
    Renewed,
    Recovered,
    Refused(Reason),
    Trouble(Code, TroubleKind),
}

use Expected::{Recovered, Refused, Renewed, Trouble};

/// Read off the notes on what each situation is, not off the code.
fn expected(name: &str) -> Option<Expected> {
    let name = name.strip_prefix("v2-").or_else(|| name.strip_prefix("v1-"))?;
    Some(match name {
        "success"
        | "success-form-encoded"
        | "success-no-marker"
        | "success-rest-route"
        | "success-with-expired-access-header"
        | "after-all"
        | "after-password-change"
        | "after-role-loses-pos"
        | "database-back"
        | "database-read-only"
        | "final-ok"
        | "header-stripped"
        | "home-url-gains-trailing-slash"
        | "no-exp"
        | "plain-permalinks-rest-route"
        | "rest-requires-login-with-valid-access-token"
        | "secrets-restored" => Renewed,
        "php-warning-before-json" => Recovered,
        "expired" => Refused(Reason::Expired),
        "deleted-user-row-only" => Refused(Reason::UserGone),
        "after-own-sign-out"
        | "deleted-user"
        | "login-write-lost"
        | "revoked-all-sessions"
        | "revoked-by-admin"
        | "unknown-jti" => Refused(Reason::Ended),
        "access-claims-signed-with-refresh-key"
        | "access-token-as-refresh"
        | "alg-hs512"
        | "alg-none"
        | "expired-and-wrong-signature"
        | "garbage-one-segment"
        | "garbage-three-segments"
        | "garbage-valid-json-bad-sig"
        | "no-iss"
        | "secrets-changed"
        | "secrets-deleted"
        | "site-url-changed"
        | "wrong-iss-in-token"
        | "wrong-signature" => Refused(Reason::Foreign),
        "get-method" | "plugin-deactivated" | "woocommerce-deactivated" => {
            Trouble(Code::WCPOS_PLUGIN_NOT_FOUND, TroubleKind::Configuration)
        }
        "rest-disabled-filter"
        | "rest-requires-login-filter"
        | "rest-requires-login-with-expired-access-token" => {
            Trouble(Code::WORDPRESS_API_DISABLED, TroubleKind::Configuration)
        }
        "database-down"
        | "database-down-accept-json"
        | "database-down-accept-any-no-json"
        | "maintenance"
        | "nginx-502-fpm-down"
        | "options-table-missing"
        | "php-fatal-in-init"
        | "php-fatal-in-init-accept-any-no-ct"
        | "php-fatal-in-init-accept-json"
        | "php-fatal-in-rest"
        | "php-max-execution-time"
        | "php-parse-error" => Trouble(Code::WEBSITE_UNAVAILABLE, TroubleKind::Server),
        "nginx-403" | "redirect-301-https" => Trouble(Code::INVALID_RESPONSE_FORMAT, TroubleKind::Blocked),
        "nginx-413" => Trouble(Code::REQUEST_TOO_LARGE, TroubleKind::Blocked),
        "rate-limited-429" => Trouble(Code::RATE_LIMIT_EXCEEDED, TroubleKind::Pause),
        "invalid-json" => Trouble(Code::INVALID_REQUEST_FORMAT, TroubleKind::Blocked),
        "missing-parameter" | "no-body" | "null" | "empty-string" => {
            Trouble(Code::MISSING_REQUIRED_PARAMETERS, TroubleKind::Blocked)
        }
        "array" | "number" => Trouble(Code::INVALID_PARAMETER_VALUE, TroubleKind::Blocked),
        _ => return None,
    })
}

fn read(recorded: &Recorded) -> Answer {
    let headers: Vec<(&str, &str)> = recorded
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    answer::read(&RawAnswer {
        status: recorded.status,
        headers: &headers,
        body: recorded.body.as_bytes(),
    })
}

fn recordings() -> Vec<Recorded> {
    serde_json::from_str(include_str!("fixtures/renewals.json")).expect("the fixture is JSON of this shape")
}

#[test]
fn every_recorded_renewal_is_read_for_what_it_is() {
    let recordings = recordings();
    assert!(recordings.len() > 60);
    for recorded in &recordings {
        let found = match read(recorded) {
            Answer::Renewed(renewed) => {
                assert_eq!(renewed.access_life.as_secs(), 1800, "{}", recorded.name);
                assert!(
                    renewed.refresh.is_none(),
                    "{}: a stock store does not rotate",
                    recorded.name
                );
                if renewed.was_recovered { Recovered } else { Renewed }
            }
            Answer::Refused(refusal) => Refused(refusal.reason),
            Answer::Trouble(trouble) => Trouble(trouble.cause, trouble.kind),
        };
        assert_eq!(Some(found), expected(&recorded.name), "{}", recorded.name);
    }
}

/// A session that gets this answer whenever it asks, until it is well again, in trouble, or over.
fn lived_through(answer: &Answer) -> (StateName, Option<Code>) {
    let boot = BootId::new("boot");
    let mut now = Now {
        moment: Moment::from_millis(0),
        wall: WallTime::from_millis(1_795_398_000_000),
    };
    let stamp = Stamp {
        boot: boot.clone(),
        moment: now.moment,
        wall: now.wall,
    };
    let grant = Grant {
        access: AccessToken::new("a"),
        refresh: RefreshToken::new("r"),
        session: SessionId::new("s"),
        user: User::default(),
        access_life: Duration::from_secs(1_800),
        refresh_in: None,
        renewable_for: None,
        received: stamp.clone(),
        signed_in: stamp,
        serial: Serial(1),
        renewals: 0,
    };
    let stored = Stored::Found(Box::new(Record { grant, refusal: None }));
    let mut engine = Engine::new(boot);
    let mut inputs = VecDeque::from([Input::Start(stored.clone())]);
    let mut asked = 0;
    loop {
        while let Some(input) = inputs.pop_front() {
            for effect in engine.step(now, Roll(9), input) {
                match effect {
                    Effect::TakeLock(attempt) => inputs.push_back(Input::LockTaken(attempt, stored.clone())),
                    Effect::Save { attempt, .. } => inputs.push_back(Input::Saved(attempt)),
                    Effect::Ask { attempt, .. } => {
                        asked += 1;
                        inputs.push_back(Input::Answered(attempt, answer.clone()));
                    }
                    Effect::Publish { .. }
                    | Effect::Withdraw
                    | Effect::ReleaseLock(_)
                    | Effect::LookForToken(_)
                    | Effect::UsePlace(_)
                    | Effect::SaveRefusal { .. }
                    | Effect::Erase(_)
                    | Effect::Revoke(_)
                    | Effect::Note(_) => {}
                }
            }
        }
        let status = engine.status(now);
        if asked > 0 && status.state != StateName::Renewing {
            let opinions = if status.state == StateName::SignInNeeded {
                3
            } else {
                1
            };
            assert_eq!(asked, opinions, "opinions until {:?}", status.state);
            return (status.state, status.cause.map(|cause| cause.code));
        }
        let (at, _) = engine.deadline().expect("somebody to wake up for");
        now.wall = now.wall.after(now.moment.until(at));
        now.moment = at;
        inputs.push_back(Input::Due);
    }
}

/// Exchange, state and code of every renewal, from the index of what was recorded.
fn index() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("fixtures/exchanges.tsv").lines().filter_map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        (columns[1] == "session/renewals").then(|| (columns[0], columns[3], columns[4]))
    })
}

#[test]
fn every_recorded_renewal_leads_the_session_where_the_index_says() {
    let mut met = BTreeSet::new();
    for recorded in recordings() {
        let (state, code) = lived_through(&read(&recorded));
        let state = serde_json::to_value(state).expect("a state has a name");
        let code = code.map_or("-".to_owned(), |code| code.to_string());
        for name in [&recorded.name].into_iter().chain(&recorded.also) {
            let name = format!("refresh-{name}");
            let expected = index().find(|(listed, _, _)| *listed == name);
            let found = (name.as_str(), state.as_str().unwrap_or_default(), code.as_str());
            assert_eq!(Some(found), expected);
            met.insert(name);
        }
    }
    let listed: BTreeSet<String> = index().map(|(name, _, _)| name.to_owned()).collect();
    assert_eq!(met, listed, "each exchange of the index has its answer");
}

#[test]
fn only_the_auth_apis_own_words_are_a_verdict() {
    for recorded in recordings() {
        let is_refused = matches!(read(&recorded), Answer::Refused(_));
        assert_eq!(
            is_refused,
            recorded.body.contains("\"invalid_grant\""),
            "{}",
            recorded.name
        );
    }
}

#[test]
fn maintenance_and_rate_limits_say_how_long_to_wait() {
    for name in ["v2-maintenance", "v2-rate-limited-429"] {
        let recorded = recordings()
            .into_iter()
            .find(|recorded| recorded.name == name)
            .unwrap();
        let wanted = recorded
            .headers
            .iter()
            .find(|(header, _)| header == "retry-after")
            .map(|(_, value)| value.clone());
        let Answer::Trouble(trouble) = read(&recorded) else {
            panic!("{name}")
        };
        assert_eq!(
            trouble.retry_after.map(|pause| pause.as_secs().to_string()),
            wanted,
            "{name}"
        );
    }
}

fn check(status: u16, headers: &[(&str, &str)], body: &str, cause: Code, kind: TroubleKind, words: &str) {
    match answer::read(&RawAnswer {
        status,
        headers,
        body: body.as_bytes(),
    }) {
        Answer::Trouble(trouble) => {
            assert_eq!((trouble.cause, trouble.kind), (cause, kind), "{status} {body}");
            assert!(trouble.evidence.contains(words), "{}", trouble.evidence);
        }
        other @ (Answer::Renewed(_) | Answer::Refused(_)) => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn a_server_whose_clock_is_behind_refuses_nobody() {
    let body = r#"{"error":"invalid_grant","error_description":"Cannot handle token with iat prior to 2026-11-23T10:00:00+0000"}"#;
    check(
        200,
        &[],
        body,
        Code::INVALID_SITE_CONFIGURATION,
        TroubleKind::Configuration,
        "clock",
    );
}

#[test]
fn two_answers_glued_together_are_nobodys_verdict() {
    let one = r#"{"error":"invalid_grant","error_description":"Refresh token has been revoked"}"#;
    check(
        500,
        &[],
        &format!("{one}{one}"),
        Code::MALFORMED_JSON_RESPONSE,
        TroubleKind::Server,
        "glued",
    );
    check(
        200,
        &[],
        "{\"access_token\":\"ey",
        Code::MALFORMED_JSON_RESPONSE,
        TroubleKind::Server,
        "cut short",
    );
}

#[test]
fn security_layers_are_named_as_evidence() {
    let blocked = TroubleKind::Blocked;
    let code = Code::INVALID_RESPONSE_FORMAT;
    check(
        403,
        &[("CF-Ray", "8f")],
        "<html><title>Just a moment...</title></html>",
        code,
        blocked,
        "Cloudflare",
    );
    check(
        503,
        &[],
        "<html><body>Generated by Wordfence at …</body></html>",
        code,
        blocked,
        "Wordfence",
    );
    check(
        200,
        &[("x-sucuri-id", "1")],
        "<html></html>",
        code,
        blocked,
        "Sucuri",
    );
    check(
        406,
        &[],
        "<html>Mod_Security blocked</html>",
        code,
        blocked,
        "ModSecurity",
    );
    check(
        401,
        &[("WWW-Authenticate", "Basic realm=x")],
        "<html>",
        code,
        blocked,
        "password prompt",
    );
    check(
        302,
        &[("Location", "http://login.hotspot.example/x?u=1")],
        "",
        code,
        blocked,
        "http://login.hotspot.example",
    );
    check(
        200,
        &[],
        "<!doctype html><title>Corner &amp; Co.</title>",
        code,
        TroubleKind::WrongRoute,
        "web page",
    );
}

#[test]
fn an_answer_without_what_was_asked_for_is_trouble() {
    let code = Code::MISSING_RESPONSE_DATA;
    check(
        200,
        &[],
        "{\"token_type\":\"Bearer\"}",
        code,
        TroubleKind::Server,
        "no access token",
    );
    check(
        200,
        &[],
        "{\"access_token\":\"opaque\"}",
        code,
        TroubleKind::Server,
        "no lifetime",
    );
    check(200, &[], "[]", code, TroubleKind::Server, "no access token");
}

#[test]
fn a_verdict_may_come_with_a_real_status_and_may_say_who() {
    let body = r#"{"error":"invalid_grant","error_description":"Refresh token has been revoked",
        "evertill":{"session":"s","reason":"revoked","by":"Ann","by_role":"owner","note":"lost","at":1795398837}}"#;
    let Answer::Refused(refusal) = answer::read(&RawAnswer {
        status: 401,
        headers: &[],
        body: body.as_bytes(),
    }) else {
        panic!()
    };
    assert_eq!(refusal.reason, Reason::Ended);
    assert_eq!(refusal.ended.unwrap().by, "Ann");
}
