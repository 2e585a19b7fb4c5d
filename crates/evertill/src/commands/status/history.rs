//! The journal of a session, one line for each entry.

use evertill_session::{Event, JournalEntry, Place};
use jiff::Timestamp;

/// When, what, and the code where there is one.
pub(super) fn line(entry: &JournalEntry) -> String {
    let at = Timestamp::from_millisecond(entry.at.as_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{}  {}", at.strftime("%Y-%m-%d %H:%M:%SZ"), words(&entry.event))
}

fn words(event: &Event) -> String {
    match event {
        Event::SignedIn { user } => format!("{user} signed in"),
        Event::Resumed { user } => format!("the session of {user} was taken up again"),
        Event::Renewed {
            took_ms,
            tries_before,
            ..
        } => match tries_before {
            0 => format!("renewed in {took_ms} ms"),
            1 => format!("renewed in {took_ms} ms, after 1 failed try"),
            tries => format!("renewed in {took_ms} ms, after {tries} failed tries"),
        },
        Event::Adopted => "another process renewed".into(),
        Event::Trouble {
            cause,
            evidence,
            next_try_ms,
            ..
        } => format!(
            "not renewed ({cause}): {evidence}; next try in {} s",
            next_try_ms.div_ceil(1_000)
        ),
        Event::LooksWrong { cause } => format!("the same trouble again and again ({cause})"),
        Event::Doubted {
            reason,
            words,
            again_ms,
        } => format!(
            "the store refused ({}): {words}; asked again in {} s",
            reason.code(),
            again_ms.div_ceil(1_000)
        ),
        Event::Refused {
            reason,
            is_theft: true,
            ..
        } => format!(
            "the store ended the session ({}): somebody else used a copy of it",
            reason.code()
        ),
        Event::Refused {
            reason, words, by, ..
        } if by.is_empty() => {
            format!("the store ended the session ({}): {words}", reason.code())
        }
        Event::Refused {
            reason, words, by, ..
        } => {
            format!("{by} ended the session ({}): {words}", reason.code())
        }
        Event::FreshTokenRefused { in_a_row } => format!("a fresh token was refused, {in_a_row} in a row"),
        Event::PlaceChanged { to: Place::Parameter } => {
            "the header with the token did not arrive; it travels in the address now".into()
        }
        Event::PlaceChanged { to: Place::Header } => "the token travels in the header again".into(),
        Event::ClocksDiffer { ahead_s } => {
            let by = crate::duration::say(ahead_s.unsigned_abs());
            let way = if *ahead_s > 0 { "ahead of" } else { "behind" };
            format!("the store's clock is {by} {way} this device's")
        }
        Event::TokenEnded => "the token ended and no new one was there".into(),
        Event::HorizonNear { in_s } => {
            format!("a sign-in is due in {}", crate::duration::say(*in_s))
        }
        Event::NotSaved { cause } => format!("a new token could not be saved ({cause})"),
        Event::SignedOut => "signed out".into(),
        Event::SignedOutElsewhere => "another process signed out".into(),
        Event::Alarm { state, input } => format!("a case that cannot happen: {input} while {state}"),
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::{TroubleKind, WallTime};
    use evertill_wire::Code;

    use super::*;

    #[test]
    fn a_line_reads_alone_and_names_its_code() {
        let entry = JournalEntry {
            at: WallTime::from_millis(1_795_398_738_000),
            event: Event::Trouble {
                cause: Code::CONNECTION_TIMEOUT,
                kind: TroubleKind::Network,
                evidence: "no answer within 15 s".into(),
                next_try_ms: 1_200,
            },
        };
        assert_eq!(
            line(&entry),
            "2026-11-23 01:52:18Z  not renewed (API01001): no answer within 15 s; next try in 2 s"
        );
    }
}
