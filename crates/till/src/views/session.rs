//! The session: who, how long, and what happened, drawn.

mod timeline;

use evertill_client::SessionStatus;
use evertill_session::{Event as Happened, JournalEntry, Place, Reason, StateName};
use evertill_wire::Code;
use evertill_wire::money::CurrencyFormat;

use super::bar::waiting;
use crate::clock::Wall;
use crate::db::sales::Tally;
use crate::pages::{Event, Fact, Horizon, Life, Person, SessionSheet, SessionView, SignOut, Tone, format};
use crate::watch::Found;

/// Rows of the list of what happened.
const EVENTS_MAX: usize = 50;

/// How long before the store's own limit a person is told.
const HORIZON_NOTED_S: u64 = 7 * 86_400;

/// What is said before the moment at which the shop noticed that two parties hold the session.
const THEFT: &str = "Somebody else used a copy of this session, so the shop ended it for both at";

/// What a person does then.
const THEFT_NEXT: &str = "Sign in again, and tell the owner: this is how a stolen session looks.";

/// Everything the page needs to know.
pub(crate) struct SessionFacts<'a> {
    /// What the session is doing.
    pub(crate) status: &'a SessionStatus,
    /// What happened, oldest first.
    pub(crate) history: &'a [JournalEntry],
    /// When the sales of the last day were paid, milliseconds since 1970.
    pub(crate) paid_at_ms: &'a [i64],
    /// Sales that are on this till only.
    pub(crate) unsent: Tally,
    /// How the store writes money.
    pub(crate) currency: &'a CurrencyFormat,
    /// The shop's clock.
    pub(crate) wall: &'a Wall,
    /// What the doctor found by itself.
    pub(crate) found: Option<&'a Found>,
    /// Name of this till.
    pub(crate) till: &'a str,
    /// Now, milliseconds since 1970.
    pub(crate) now_ms: i64,
}

/// The page.
pub(crate) fn session(facts: &SessionFacts<'_>) -> SessionView {
    let status = facts.status;
    let (tone, state) = standing(status.state);
    let is_well = matches!(status.state, StateName::Active | StateName::Renewing);
    SessionView {
        person: person_name(status).map(|name| Person::named(&name)),
        place: format!("{} · {}", host(&status.store), facts.till),
        life: life(facts),
        tone,
        state: state.into(),
        cause: match is_well {
            true => String::new(),
            false => why(status, facts.wall),
        },
        code: match is_well {
            true => String::new(),
            false => code(status),
        },
        facts: rows(facts),
        horizon: horizon(status),
        can_renew: matches!(status.state, StateName::Active | StateName::Troubled),
        can_sign_in: status.needs_person(),
        sign_out: sign_out(facts),
        timeline: timeline::drawn(
            facts.history,
            facts.status,
            facts.paid_at_ms,
            facts.wall,
            facts.now_ms,
        ),
        events: events(facts),
    }
}

/// Why the session needs a person, as the sheet says it.
pub(crate) fn sheet(facts: &SessionFacts<'_>) -> SessionSheet {
    let status = facts.status;
    let (tone, title) = match status.state {
        StateName::SignInNeeded => (Tone::Warn, "The shop wants you to sign in again"),
        StateName::SignedOut => (Tone::Off, "Nobody is signed in"),
        StateName::Troubled => (Tone::Off, "The shop does not answer"),
        StateName::Active | StateName::Renewing => (Tone::Ok, "Signed in, nothing to do"),
    };
    SessionSheet {
        tone,
        title: title.into(),
        code: match status.state {
            StateName::Active | StateName::Renewing => String::new(),
            StateName::SignedOut | StateName::SignInNeeded | StateName::Troubled => code(status),
        },
        safe: "Your sale is safe on this till, and you can keep selling.".into(),
        waiting: waiting(facts.unsent, facts.currency),
        why: why(status, facts.wall),
        found: facts.found.map(found).unwrap_or_default(),
        person: match status.state {
            StateName::SignedOut => String::new(),
            StateName::SignInNeeded | StateName::Troubled | StateName::Active | StateName::Renewing => {
                first_name(&person_name(status).unwrap_or_default())
            }
        },
        can_sign_in: status.needs_person(),
    }
}

/// A finding, what mends it, and who can.
fn found(found: &Found) -> String {
    format!(
        "{} {} Who can fix it: {}.",
        found.sentence, found.remedy, found.who
    )
}

/// The first name alone.
pub(crate) fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

fn person_name(status: &SessionStatus) -> Option<String> {
    let user = status.user.as_ref()?;
    Some(match user.display_name.is_empty() {
        true => user.username.clone(),
        false => user.display_name.clone(),
    })
}

fn host(store: &str) -> String {
    store
        .split_once("://")
        .map_or(store, |(_, rest)| rest)
        .trim_end_matches('/')
        .to_owned()
}

fn standing(state: StateName) -> (Tone, &'static str) {
    match state {
        StateName::Active => (Tone::Ok, "Signed in, nothing to do"),
        StateName::Renewing => (Tone::Info, "Renewing"),
        StateName::Troubled => (Tone::Off, "The shop does not answer, it is tried again"),
        StateName::SignInNeeded => (Tone::Warn, "A person has to sign in"),
        StateName::SignedOut => (Tone::Off, "Nobody is signed in"),
    }
}

/// The code that says most: the cause inside, else the one outside.
fn code(status: &SessionStatus) -> String {
    let inside = status.cause.as_ref().map(|cause| cause.code);
    inside
        .or(status.code)
        .map(|code| code.to_string())
        .unwrap_or_default()
}

/// The cause in plain words.
fn why(status: &SessionStatus, wall: &Wall) -> String {
    if let Some(ended) = status.ended.as_ref().filter(|ended| !ended.by.is_empty()) {
        let role = match ended.by_role.as_str() {
            "" => String::new(),
            role => format!(" ({role})"),
        };
        let at = format::moment(&wall.at(ended.at.saturating_mul(1000)), &wall.now());
        let note = match ended.note.as_str() {
            "" => ".".to_owned(),
            note => format!(": “{note}”."),
        };
        return format!("{}{role} ended this session at {at}{note}", ended.by);
    }
    if let Some(ended) = status.ended.as_ref().filter(|ended| ended.is_theft()) {
        let at = format::moment(&wall.at(ended.at.saturating_mul(1000)), &wall.now());
        return format!("{THEFT} {at}. {THEFT_NEXT}");
    }
    let words = match &status.cause {
        Some(cause) if cause.evidence.is_empty() => cause.code.entry().meaning.to_owned(),
        Some(cause) => capitalised(&cause.evidence),
        None => status
            .code
            .map(|code| code.entry().meaning.to_owned())
            .unwrap_or_default(),
    };
    match words.trim_end_matches('.') {
        "" => status.next.clone(),
        words => format!("{words}. {}", status.next),
    }
}

/// The text with a capital at its beginning.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn life(facts: &SessionFacts<'_>) -> Life {
    let status = facts.status;
    let (Some(left), Some(whole)) = (status.access_expires_in_s, status.access_life_s) else {
        return over(status.state);
    };
    if matches!(status.state, StateName::SignInNeeded | StateName::SignedOut) {
        return over(status.state);
    }
    let share = |part: u64| {
        let part = u32::try_from(part.min(whole)).unwrap_or(u32::MAX);
        f64::from(part) / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
    };
    let renews_in = status.renews_in_s.unwrap_or(0);
    let at_ms = facts.now_ms + seconds(renews_in).saturating_mul(1000);
    let drawn = Life::drawn(share(left), Some(share(left.saturating_sub(renews_in))));
    Life {
        above: match status.state {
            StateName::Troubled => "next try in".into(),
            StateName::Active | StateName::Renewing | StateName::SignInNeeded | StateName::SignedOut => {
                "renews in".into()
            }
        },
        large: match status.state {
            StateName::Renewing => "now".into(),
            StateName::Active | StateName::Troubled | StateName::SignInNeeded | StateName::SignedOut => {
                format::duration(seconds(renews_in))
            }
        },
        below: format!("at {}", format::clock(&facts.wall.at(at_ms))),
        ..drawn
    }
}

/// The ring of a session that is over: closed, with the word that says so.
fn over(state: StateName) -> Life {
    let (above, large, below) = match state {
        StateName::SignInNeeded => ("session", "Ended", "sign in to send"),
        StateName::SignedOut => ("session", "None", "sign in to begin"),
        StateName::Active | StateName::Renewing | StateName::Troubled => ("session", "Kept", "no token now"),
    };
    Life {
        above: above.into(),
        large: large.into(),
        below: below.into(),
        ..Life::drawn(1.0, None)
    }
}

fn rows(facts: &SessionFacts<'_>) -> Vec<Fact> {
    let status = facts.status;
    let moment = |at_ms: i64| format::moment(&facts.wall.at(at_ms), &facts.wall.at(facts.now_ms));
    let mut rows = Vec::new();
    let mut row = |label: &str, value: String| {
        rows.push(Fact {
            label: label.to_owned(),
            value,
        });
    };
    if let Some(at) = status.last_renewed_at.filter(|_| status.renewals > 0) {
        let times = u32::try_from(status.renewals).unwrap_or(u32::MAX);
        let times = format::counted(times, "renewal", "renewals");
        row("Last renewed", format!("{} · {times}", moment(at.as_millis())));
    }
    if let Some(left) = status.access_expires_in_s {
        row("Good until", moment(facts.now_ms + seconds(left) * 1000));
    }
    if let Some(at) = status.signed_in_at {
        row("Signed in", moment(at.as_millis()));
    }
    rows
}

/// How long until the store wants a new sign-in, once that is near enough to be told.
pub(crate) fn horizon_words(status: &SessionStatus) -> Option<String> {
    let (left, whole) = (status.horizon_in_s?, status.renewable_for_s?);
    is_horizon_near(left, whole).then(|| format::duration(seconds(left)))
}

/// A session of few days would be told about all the time.
fn is_horizon_near(left_s: u64, whole_s: u64) -> bool {
    left_s < HORIZON_NOTED_S && whole_s / 86_400 > 7
}

fn horizon(status: &SessionStatus) -> Option<Horizon> {
    let (left, whole) = (status.horizon_in_s?, status.renewable_for_s?);
    let used = whole.saturating_sub(left);
    let per_mille = used.saturating_mul(1000) / whole.max(1);
    let days = |s: u64| s / 86_400;
    Some(Horizon {
        used: format!("{}.{}%", per_mille / 10, per_mille % 10),
        words: match days(whole) {
            0 | 1 => format!(
                "{} of {}",
                format::duration(seconds(used)),
                format::duration(seconds(whole))
            ),
            whole_days => format!("{} of {whole_days} days", days(used)),
        },
        left: format!("{} left", format::duration(seconds(left))),
        note: match is_horizon_near(left, whole) {
            true => "The shop will ask for a new sign-in then. Any quiet moment before will do.".into(),
            false => String::new(),
        },
    })
}

fn sign_out(facts: &SessionFacts<'_>) -> SignOut {
    match (facts.status.state, waiting(facts.unsent, facts.currency)) {
        (StateName::SignedOut, _) => SignOut::None,
        (_, Some(waiting)) => SignOut::Refused(unsent_words(&waiting)),
        (_, None) => SignOut::Offered,
    }
}

/// Why signing out is refused, with count and sum.
pub(crate) fn unsent_words(waiting: &crate::pages::Waiting) -> String {
    let verb = if waiting.count == 1 { "is" } else { "are" };
    format!(
        "{} ({}) {verb} not in the shop yet. {}",
        waiting.words(),
        waiting.sum,
        Code::UNSENT_SALES
    )
}

/// What happened, newest first, runs of renewals folded into one row.
pub(crate) fn events(facts: &SessionFacts<'_>) -> Vec<Event> {
    let now = facts.wall.at(facts.now_ms);
    let moment = |at_ms: i64| format::moment(&facts.wall.at(at_ms), &now);
    let mut rows: Vec<Event> = Vec::new();
    let mut newest = facts.history.iter().rev().peekable();
    while let Some(entry) = newest.next() {
        if rows.len() == EVENTS_MAX {
            break;
        }
        let at_ms = entry.at.as_millis();
        if let Happened::Trouble { cause, .. } = &entry.event {
            let (mut count, mut first_ms) = (1_u32, at_ms);
            while let Some(older) = newest.next_if(|older| is_trouble_of(older, *cause)) {
                count += 1;
                first_ms = older.at.as_millis();
            }
            let one = row(entry, moment(at_ms));
            rows.push(match count {
                1 => one,
                _ => Event {
                    text: format!("{}, {count} times since {}", one.text, moment(first_ms)),
                    ..one
                },
            });
            continue;
        }
        if !is_plain_renewal(entry) {
            rows.push(row(entry, moment(at_ms)));
            continue;
        }
        let (mut count, mut first_ms) = (1_u32, at_ms);
        while let Some(older) = newest.next_if(|older| is_plain_renewal(older)) {
            count += 1;
            first_ms = older.at.as_millis();
        }
        rows.push(match count {
            1 => row(entry, moment(at_ms)),
            _ => Event {
                text: format!("Renewed {count} times since {}", moment(first_ms)),
                ..row(entry, moment(at_ms))
            },
        });
    }
    rows
}

fn is_trouble_of(entry: &JournalEntry, wanted: Code) -> bool {
    matches!(&entry.event, Happened::Trouble { cause, .. } if *cause == wanted)
}

fn is_plain_renewal(entry: &JournalEntry) -> bool {
    matches!(
        &entry.event,
        Happened::Renewed {
            tries_before: 0,
            was_recovered: false,
            ..
        }
    )
}

fn row(entry: &JournalEntry, at: String) -> Event {
    let (tone, icon, text, more, code) = told(&entry.event);
    Event {
        tone,
        icon,
        at,
        text,
        more,
        code: code.map(|code| code.to_string()).unwrap_or_default(),
    }
}

fn told(event: &Happened) -> (Tone, &'static str, String, String, Option<Code>) {
    let none = String::new;
    match event {
        Happened::SignedIn { user } => (Tone::Ok, "key", format!("{user} signed in"), none(), None),
        Happened::Resumed { user } => (
            Tone::Ok,
            "user",
            format!("The session of {user} was taken up again"),
            none(),
            None,
        ),
        Happened::Renewed {
            was_recovered: true, ..
        } => (
            Tone::Ok,
            "sync",
            "Renewed".into(),
            "the answer stood behind other output of the website".into(),
            Some(Code::JSON_RECOVERY_ATTEMPTED),
        ),
        Happened::OtherRoute => (
            Tone::Ok,
            "sync",
            "The shop is asked another way".into(),
            "/wp-json/ leads to a web page; ?rest_route= leads to the shop".into(),
            None,
        ),
        Happened::Renewed {
            took_ms,
            tries_before: 0,
            ..
        } => (
            Tone::Ok,
            "sync",
            "Renewed".into(),
            format!("took {took_ms} ms"),
            None,
        ),
        Happened::Renewed { tries_before, .. } => {
            let tries = format::counted(*tries_before, "failed try", "failed tries");
            (Tone::Ok, "sync", format!("Renewed after {tries}"), none(), None)
        }
        Happened::Adopted => (
            Tone::Ok,
            "sync",
            "Renewed by another program on this device".into(),
            none(),
            None,
        ),
        Happened::Trouble { cause, evidence, .. } => (
            Tone::Off,
            "offline",
            cause.title().into(),
            capitalised(evidence),
            Some(*cause),
        ),
        Happened::LooksWrong { cause } => (
            Tone::Warn,
            "warn",
            "The same trouble again and again".into(),
            cause.entry().remedy.into(),
            Some(*cause),
        ),
        Happened::Doubted { reason, words, .. } => (
            Tone::Off,
            "sync",
            "The shop said no; it is asked once more".into(),
            words.clone(),
            Some(reason.code()),
        ),
        Happened::Refused {
            reason,
            words,
            by,
            is_theft,
        } => refused(*reason, words, by, *is_theft),
        Happened::FreshTokenRefused { in_a_row } => (
            Tone::Off,
            "warn",
            format!("A fresh token was not accepted ({in_a_row} in a row)"),
            none(),
            Some(Code::TOKEN_INVALID),
        ),
        Happened::PlaceChanged { to: Place::Parameter } => (
            Tone::Warn,
            "warn",
            "The website drops the sign-in from requests; it travels in the address now".into(),
            "It works, and may show in the website's logs. Its host can mend that.".into(),
            None,
        ),
        Happened::PlaceChanged { to: Place::Header } => (
            Tone::Ok,
            "sync",
            "The sign-in travels in the header of requests again".into(),
            none(),
            None,
        ),
        Happened::ClocksDiffer { ahead_s } => (
            Tone::Warn,
            "warn",
            clocks(*ahead_s),
            "Nothing depends on it; times on receipts do.".into(),
            None,
        ),
        Happened::TokenEnded => (
            Tone::Off,
            "offline",
            "The token ended before a new one came".into(),
            none(),
            Some(Code::TOKEN_EXPIRED),
        ),
        Happened::HorizonNear { in_s } => (
            Tone::Warn,
            "warn",
            format!(
                "The shop will want a new sign-in in {}",
                format::duration(seconds(*in_s))
            ),
            none(),
            None,
        ),
        Happened::NotSaved { cause } => (
            Tone::Warn,
            "warn",
            cause.title().into(),
            cause.entry().remedy.into(),
            Some(*cause),
        ),
        Happened::SignedOut => (Tone::Off, "ban", "Signed out here".into(), none(), None),
        Happened::SignedOutElsewhere => (
            Tone::Off,
            "ban",
            "Signed out by another program on this device".into(),
            none(),
            None,
        ),
        Happened::Alarm { state, input } => (
            Tone::Bad,
            "stop",
            "Something happened that cannot happen".into(),
            format!("{state} met {input}"),
            Some(Code::SERVICE_UNAVAILABLE),
        ),
    }
}

fn refused(
    reason: Reason,
    words: &str,
    by: &str,
    is_theft: bool,
) -> (Tone, &'static str, String, String, Option<Code>) {
    let text = match (reason, by) {
        _ if is_theft => "Somebody else used a copy of this session; the shop ended it".into(),
        (Reason::Ended, by) if !by.is_empty() => format!("{by} ended the session at the shop"),
        (Reason::Ended, _) => "The shop ended the session".into(),
        (Reason::Expired, _) => "The session came to its end".into(),
        (Reason::UserGone, _) => "The account is gone from the shop".into(),
        (Reason::Foreign | Reason::HalfEnded, _) => "The shop does not accept this session any more".into(),
    };
    let tone = if is_theft { Tone::Bad } else { Tone::Warn };
    (tone, "ban", text, words.to_owned(), Some(reason.code()))
}

/// How far apart the clocks of shop and till are, in words.
fn clocks(ahead_s: i64) -> String {
    let by = format::duration(seconds(ahead_s.unsigned_abs()));
    if ahead_s > 0 {
        format!("The shop's clock is {by} ahead of this till's")
    } else {
        format!("The shop's clock is {by} behind this till's")
    }
}

fn seconds(s: u64) -> i64 {
    i64::try_from(s).unwrap_or(i64::MAX / 1000)
}
