//! The session: does a token arrive, is it accepted, how long does it last.

use evertill_client::profile::TokenPlace;
use evertill_session::policy::HORIZON_NOTICE;
use evertill_session::{Answer, Reason, StateName, jwt};
use evertill_wire::Code;
use evertill_wire::rest::auth::SessionRow;
use url::Url;

use super::device::span;
use super::{Asked, site};
use crate::context::{Context, SessionKnown};
use crate::finding::{Action, Finding, Fixer, Layer, Remedy, Verdict};
use crate::probe::Outcome;
use crate::reading::{self, Problem};
use crate::remedies;
use crate::reply::Reply;

/// An access token that lives shorter than this turns each slow minute of the store into an interruption, in seconds.
const LIFE_FINE_S: u64 = 60;

/// How far a beginning may lie in the store's future: seconds are rounded, and two clocks of one host differ.
const ISSUED_FINE_S: i64 = 5;

/// Lengthens the life of access tokens on a stock store.
const LIFE_LINE: &str =
    "add_filter( 'woocommerce_pos_jwt_access_token_expire', fn( $end, $start ) => $start + 900, 10, 2 );";

/// A store that saw the session this much later than this device last asked was asked by somebody else, in seconds.
const SHARED_S: i64 = 120;

/// The header with the token arrives.
pub(super) async fn token_way(asked: Asked, context: &Context) -> Finding {
    let echo = match context.probes().echo(context).await {
        Outcome::Seen(echo) => echo,
        Outcome::Silent { code, evidence } => {
            return reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken);
        }
        Outcome::NotAsked(why) => return asked.after(why),
    };
    let stripped = |sentence: &str, remedy: Remedy| {
        Problem::new(Layer::Proxy, Code::INVALID_SITE_CONFIGURATION, sentence, remedy)
    };
    let is_in_header = context
        .profile
        .as_ref()
        .is_some_and(|profile| profile.token_place == TokenPlace::Header);
    match echo.arrived {
        Some((true, _)) => asked.ok("The sign-in header arrives."),
        Some((false, true)) if is_in_header => stripped(
            "Something in front of WordPress removes the sign-in header, and this till still sends it there.",
            remedies::header_stripped().with_action(Action::Transport),
        )
        .into_finding(asked.id, Verdict::Broken)
        .seen("spare route", "free"),
        Some((false, true)) => stripped(
            "Something in front of WordPress removes the sign-in header; the address carries the sign-in instead.",
            remedies::header_stripped(),
        )
        .into_finding(asked.id, Verdict::Warn)
        .seen("spare route", "in use"),
        Some((false, false)) => stripped(
            "Something in front of WordPress removes the sign-in on every way.",
            remedies::header_stripped(),
        )
            .into_finding(asked.id, Verdict::Broken),
        None => match reading::problem(&echo.reply) {
            Some(problem) if problem.code != Code::WCPOS_PLUGIN_NOT_FOUND => {
                problem.into_finding(asked.id, Verdict::Broken)
            }
            Some(_) | None => asked.not_checked("This store does not tell which way a sign-in arrives."),
        },
    }
}

/// Somebody is signed in.
pub(super) async fn signed_in(asked: Asked, context: &Context) -> Finding {
    let kept = match &context.session {
        SessionKnown::NotLooked => return asked.not_checked("No session was looked for."),
        SessionKnown::Unreadable { .. } => return asked.after("device.vault"),
        SessionKnown::Nobody => {
            return Finding::fault(
                asked.id,
                asked.layer,
                Verdict::Broken,
                Code::AUTH_REQUIRED,
                "Nobody is signed in.",
                remedies::of_code(Code::AUTH_REQUIRED, Fixer::Cashier).with_action(Action::SignIn),
            );
        }
        SessionKnown::Kept(kept) => kept,
    };
    match (kept.state, &kept.cause) {
        (StateName::SignInNeeded, Some((code, evidence))) => Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Broken,
            *code,
            "The store ended the session; a person has to sign in.",
            remedies::sign_in(),
        )
        .seen("store said", evidence.clone()),
        (StateName::Troubled, Some((code, evidence))) => asked
            .note("Renewals do not get through at this moment; the session is kept and tried again.")
            .seen("code", code.as_str())
            .seen("seen", evidence.clone()),
        _ => asked.ok(format!("{} is signed in.", named(&kept.user))),
    }
}

fn named(user: &str) -> &str {
    if user.is_empty() { "Somebody" } else { user }
}

/// The access token is accepted.
pub(super) async fn token(asked: Asked, context: &Context) -> Finding {
    match context.probes().sessions(context).await {
        Outcome::Seen(seen) => match protected(&seen.reply) {
            Some((problem, verdict)) => problem.into_finding(asked.id, verdict),
            None => asked.ok("The store accepts the session."),
        },
        Outcome::Silent { code, evidence } => {
            reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken)
        }
        Outcome::NotAsked(why) => asked.after(why),
    }
}

/// What a route that needs the session says; nothing when it serves.
fn protected(reply: &Reply) -> Option<(Problem, Verdict)> {
    let body = reply.json();
    let code = reading::wp_code(&body);
    match (reply.status, code) {
        (401, Some(code)) => Some((token_refused(code), Verdict::Broken)),
        (403, Some(code)) if !code.starts_with("rest_disabled") && !code.contains("rest_api") => {
            Some((forbidden(code), Verdict::Broken))
        }
        (400, Some("rest_missing_callback_param")) => {
            Some((altered(Code::MISSING_REQUIRED_PARAMETERS), Verdict::Broken))
        }
        (400, Some("rest_invalid_param")) => Some((altered(Code::INVALID_PARAMETER_VALUE), Verdict::Broken)),
        _ => match reading::problem(reply) {
            Some(problem) => Some((problem, Verdict::Broken)),
            None if body.value().is_some_and(|value| value["success"] == false) => Some((
                Problem::new(
                    Layer::Wcpos,
                    Code::MISSING_RESPONSE_DATA,
                    "The store says that it could not do what was asked.",
                    remedies::incomplete(),
                )
                .seen("answer", reply.in_short()),
                Verdict::Broken,
            )),
            None if matches!(body, evertill_wire::json::Body::Recovered { .. }) => {
                Some((site::noise(reply), Verdict::Warn))
            }
            None => None,
        },
    }
}

fn token_refused(code: &str) -> Problem {
    Problem::new(
        Layer::Session,
        Code::TOKEN_INVALID,
        "The store does not accept the session, and does not say why.",
        Remedy::new(
            Fixer::Cashier,
            "Nothing, for a moment: the till renews the session by itself. If it is refused again, sign in \
             again; sales that wait stay on the till.",
        )
        .with_action(Action::Renew),
    )
    .seen("store said", code)
}

fn forbidden(code: &str) -> Problem {
    Problem::new(
        Layer::Session,
        Code::INSUFFICIENT_PERMISSIONS,
        "The person is signed in and the store does not let them use the till.",
        remedies::rights(),
    )
    .seen("store said", code)
}

fn altered(code: Code) -> Problem {
    Problem::new(
        Layer::Proxy,
        code,
        "The request is changed on its way to the store.",
        remedies::altered(),
    )
}

/// What the token says about itself.
pub(super) async fn claims(asked: Asked, context: &Context) -> Finding {
    let Some(token) = context.session.kept().and_then(|kept| kept.access.as_ref()) else {
        return asked.after("session.signed-in");
    };
    let Some(claims) = jwt::claims(token.expose()) else {
        return asked.ok("The access is of a kind that says nothing about itself.");
    };
    let front = context.probes().front(context).await;
    let (Some(ends_s), Some(store_ms)) = (
        claims.expires_at,
        front.seen().and_then(|front| front.last.date_ms),
    ) else {
        return asked.ok("What the store gave for access can be read.");
    };
    let store_s = store_ms / 1_000;
    if let Some(problem) = misfit(&claims, store_s, front.seen().map(|front| &front.base)) {
        return problem
            .into_finding(asked.id, Verdict::Warn)
            .seen("fingerprint", token.fingerprint().to_string());
    }
    let left_s = ends_s - store_s;
    let finding = if left_s > 0 {
        asked.ok(format!(
            "By the store's clock the access lasts {} more.",
            span(left_s)
        ))
    } else {
        Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::TOKEN_EXPIRED,
            format!("By the store's clock the access ended {} ago.", span(-left_s)),
            remedies::of_code(Code::TOKEN_EXPIRED, Fixer::Time),
        )
    };
    finding.seen("fingerprint", token.fingerprint().to_string())
}

/// What a token says of itself that does not fit the store it is for: a beginning in the store's future, another site as
/// its issuer. The plugin refuses both, and does not say why.
fn misfit(claims: &jwt::Claims, store_s: i64, base: Option<&Url>) -> Option<Problem> {
    let early_s = claims.issued_at.map_or(0, |at| at - store_s);
    if early_s > ISSUED_FINE_S {
        return Some(
            Problem::new(
                Layer::WordPress,
                Code::INVALID_SITE_CONFIGURATION,
                format!(
                    "The store's clock stands {} before the moment the access was issued at.",
                    span(early_s)
                ),
                Remedy::new(
                    Fixer::Website,
                    "Set the clock of the store's server by the network (NTP).",
                ),
            )
            .seen("ahead of the store", span(early_s)),
        );
    }
    let issuer = Url::parse(claims.issuer.as_deref()?).ok()?;
    if base.is_none_or(|base| reading::is_same_store(base, &issuer)) {
        return None;
    }
    let issuer = issuer.origin().ascii_serialization();
    Some(
        Problem::new(
            Layer::WordPress,
            Code::INVALID_SITE_CONFIGURATION,
            format!("The access was issued by {issuer}, which is not the address the till asks at."),
            Remedy::new(
                Fixer::Website,
                "Make the site's address in WordPress under Settings, General the one the till uses, and sign in again.",
            ),
        )
        .seen("issuer", issuer),
    )
}

/// The refresh token is accepted. Looked at only with consent.
pub(super) async fn renewal(asked: Asked, context: &Context) -> Finding {
    if !context.may_renew {
        return without_consent(asked, context);
    }
    let seen = match context.probes().renewal(context).await {
        Outcome::Seen(seen) => seen,
        Outcome::Silent { code, evidence } => {
            return reading::silence(*code, evidence).into_finding(asked.id, Verdict::Broken);
        }
        Outcome::NotAsked(why) => return asked.after(why),
    };
    match &seen.answer {
        Answer::Refused(refusal) if refusal.is_theft() => Problem::new(
            Layer::Session,
            refusal.reason.code(),
            "Somebody else used a copy of this session, so the store ended it for both.",
            remedies::sign_in(),
        )
        .seen("store said", refusal.words.clone())
        .into_finding(asked.id, Verdict::Broken),
        Answer::Refused(refusal) if refusal.reason == Reason::Ended && contradicts(context).await => {
            contradiction()
                .seen("store said", refusal.words.clone())
                .into_finding(asked.id, Verdict::Broken)
        }
        Answer::Refused(refusal) => refused(refusal.reason)
            .seen("store said", refusal.words.clone())
            .into_finding(asked.id, Verdict::Broken),
        Answer::Trouble(trouble) => {
            reading::of_trouble(trouble, &seen.reply).into_finding(asked.id, Verdict::Broken)
        }
        Answer::Renewed(renewed) => {
            let is_half_ended = seen
                .with_fresh_token
                .as_ref()
                .is_some_and(|reply| reply.status == 401 && reading::wp_code(&reply.json()).is_some());
            if is_half_ended {
                return refused(Reason::HalfEnded).into_finding(asked.id, Verdict::Broken);
            }
            if let Some(error) = &seen.not_kept {
                return Problem::new(
                    Layer::Device,
                    error.code(),
                    "The store renews the session, and what it gave cannot be written down.",
                    remedies::of_code(error.code(), Fixer::Device),
                )
                .seen("system", error.to_string())
                .into_finding(asked.id, Verdict::Broken);
            }
            if renewed.was_recovered {
                return site::noise(&seen.reply).into_finding(asked.id, Verdict::Warn);
            }
            asked.ok("The store renews the session.").seen(
                "new access lasts",
                span(i64::try_from(renewed.access_life.as_secs()).unwrap_or(i64::MAX)),
            )
        }
    }
}

/// Whether the store takes the token of the session it calls ended, and denies its person every right: of an ended
/// session it would not take the token. A table of the users' data that cannot be read answers so.
async fn contradicts(context: &Context) -> bool {
    let sessions = context.probes().sessions(context).await;
    sessions.seen().is_some_and(|seen| {
        seen.reply.status == 403
            && reading::wp_code(&seen.reply.json()).is_some_and(|code| code.ends_with("_rest_forbidden"))
    })
}

fn contradiction() -> Problem {
    Problem::new(
        Layer::WordPress,
        Code::WEBSITE_UNAVAILABLE,
        "The store takes the session's token and calls the session ended: it cannot read what it keeps of its users.",
        remedies::users_table(),
    )
}

/// What is known without asking, and the button by which somebody allows it.
fn without_consent(asked: Asked, context: &Context) -> Finding {
    let now_ms = context.clock.now().wall.as_millis();
    let known = match context.session.kept().and_then(|kept| kept.renewed_ms) {
        Some(at_ms) => format!(
            "The store last renewed the session {} ago; ",
            span((now_ms - at_ms).max(0) / 1_000)
        ),
        None => String::new(),
    };
    let finding = asked.not_checked(reading::capitalised(&format!(
        "{known}it is asked for another renewal only when somebody allows it."
    )));
    let can_ask = context
        .session
        .kept()
        .is_some_and(|kept| kept.state != StateName::SignInNeeded);
    if !can_ask {
        return finding;
    }
    Finding {
        remedy: Some(
            Remedy::new(
                Fixer::Nobody,
                "Ask the store for a renewal now; nobody has to sign in.",
            )
            .with_action(Action::Renew),
        ),
        ..finding
    }
}

fn refused(reason: Reason) -> Problem {
    let sentence = match reason {
        Reason::Expired => "The session came to the end the store set for it.",
        Reason::Ended => "The session was ended at the store.",
        Reason::Foreign => "The store's keys or its address changed since the sign-in.",
        Reason::UserGone => "The account is gone from the store.",
        Reason::HalfEnded => {
            "The store renews this session and refuses it all the same: it is half ended there."
        }
    };
    let remedy = match reason {
        Reason::UserGone => remedies::other_account(),
        Reason::Expired | Reason::Ended | Reason::Foreign | Reason::HalfEnded => remedies::sign_in(),
    };
    Problem::new(Layer::Session, reason.code(), sentence, remedy)
}

/// Access tokens live long enough.
pub(super) async fn life(asked: Asked, context: &Context) -> Finding {
    let Some(life_s) = context.session.kept().and_then(|kept| kept.access_life_s) else {
        return asked.after("session.signed-in");
    };
    let shown = span(i64::try_from(life_s).unwrap_or(i64::MAX));
    if life_s >= LIFE_FINE_S {
        return asked.ok(format!("Access lasts {shown} at a time."));
    }
    Finding::fault(
        asked.id,
        asked.layer,
        Verdict::Warn,
        Code::INVALID_SITE_CONFIGURATION,
        format!("Access lasts only {shown} at a time; every slow moment of the store is felt at the till."),
        Remedy::new(Fixer::Website, "Let access last fifteen minutes or longer.").with_lines(LIFE_LINE),
    )
}

/// How long the session can go on without a person.
pub(super) async fn horizon(asked: Asked, context: &Context) -> Finding {
    let Some(kept) = context.session.kept() else {
        return asked.after("session.signed-in");
    };
    let Some(left_s) = kept.horizon_in_s else {
        return asked.ok("The session goes on as long as it is used.");
    };
    let shown = span(i64::try_from(left_s).unwrap_or(i64::MAX));
    if left_s > HORIZON_NOTICE.as_secs() {
        return asked.ok(format!("The next sign-in is due in {shown}."));
    }
    Finding::fault(
        asked.id,
        asked.layer,
        Verdict::Warn,
        Code::REFRESH_TOKEN_EXPIRED,
        format!("The store ends this session in {shown}."),
        Remedy::new(Fixer::Cashier, "Sign in again at a quiet moment before that.")
            .with_action(Action::SignIn),
    )
}

/// One till for one session.
pub(super) async fn shared(asked: Asked, context: &Context) -> Finding {
    let sessions = context.probes().sessions(context).await;
    let (Some(kept), Some(seen)) = (context.session.kept(), sessions.seen()) else {
        return asked.without(sessions, "session.token");
    };
    let body = seen.reply.json();
    let rows: Option<Vec<SessionRow>> = body
        .value()
        .and_then(|value| value.get("sessions"))
        .and_then(|rows| serde_json::from_value(rows.clone()).ok());
    let Some(rows) = rows else {
        return asked.after("session.token");
    };
    let own = rows
        .iter()
        .find(|row| row.is_current || kept.session.as_deref() == Some(row.jti.as_str()));
    let (Some(own), Some(asked_ms), Some(store_ms)) = (own, kept.last_asked_ms, seen.reply.date_ms) else {
        return asked.ok("Only this till uses the session, as far as the store tells.");
    };
    let skew_s = store_ms / 1_000 - context.clock.now().wall.as_millis() / 1_000;
    let later_s = own.last_active - (asked_ms / 1_000 + skew_s);
    let finding = if later_s > SHARED_S {
        Finding::fault(
            asked.id,
            asked.layer,
            Verdict::Warn,
            Code::INVALID_CONFIGURATION,
            format!(
                "Another device uses this session too: the store was asked to renew it {} after this till last asked.",
                span(later_s)
            ),
            Remedy::new(
                Fixer::Cashier,
                "Sign in on each till by itself; a data directory must not be copied from one till to another.",
            ),
        )
    } else {
        asked.ok("Only this till uses the session.")
    };
    finding.seen("sessions of this account", rows.len().to_string())
}
