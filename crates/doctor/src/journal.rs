//! The journal of a session in words, one line for each entry: the same on the command line and in a report.

use evertill_session::{Event, JournalEntry, Place};
use evertill_wire::Code;
use jiff::Timestamp;

/// When, what, and the code where there is one. The words of a store stand in it as they came.
#[must_use]
pub fn line(entry: &JournalEntry) -> String {
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
            was_recovered,
            ..
        } => {
            let tries = match tries_before {
                0 => String::new(),
                1 => ", after 1 failed try".into(),
                tries => format!(", after {tries} failed tries"),
            };
            let noise = match was_recovered {
                true => format!(
                    "; the answer stood behind other output ({})",
                    Code::JSON_RECOVERY_ATTEMPTED
                ),
                false => String::new(),
            };
            format!("renewed in {took_ms} ms{tries}{noise}")
        }
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
            let way = if *ahead_s > 0 { "ahead of" } else { "behind" };
            format!(
                "the store's clock is {} {way} this device's",
                span(ahead_s.unsigned_abs())
            )
        }
        Event::TokenEnded => "the token ended and no new one was there".into(),
        Event::HorizonNear { in_s } => format!("a sign-in is due in {}", span(*in_s)),
        Event::OtherRoute => {
            "the store is asked by ?rest_route= from now on; /wp-json/ leads to a web page".into()
        }
        Event::NotSaved { cause } => format!("a new token could not be saved ({cause})"),
        Event::SignedOut => "signed out".into(),
        Event::SignedOutElsewhere => "another process signed out".into(),
        Event::Alarm { state, input } => format!("a case that cannot happen: {input} while {state}"),
    }
}

/// A span in its largest unit.
fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::{Reason, TroubleKind, WallTime};

    use super::*;

    fn said(event: Event) -> String {
        let at = WallTime::from_millis(1_795_398_738_000);
        let line = line(&JournalEntry { at, event });
        let words = line.strip_prefix("2026-11-23 01:52:18Z  ").unwrap();
        words.to_owned()
    }

    #[test]
    fn a_line_reads_alone_and_names_its_code() {
        let trouble = Event::Trouble {
            cause: Code::CONNECTION_TIMEOUT,
            kind: TroubleKind::Network,
            evidence: "no answer within 15 s".into(),
            next_try_ms: 1_200,
        };
        assert_eq!(
            said(trouble),
            "not renewed (API01001): no answer within 15 s; next try in 2 s"
        );
        let refused = |by: &str| Event::Refused {
            reason: Reason::Ended,
            words: "Refresh token has been revoked".into(),
            by: by.into(),
            is_theft: false,
        };
        assert_eq!(
            said(refused("")),
            "the store ended the session (API02008): Refresh token has been revoked"
        );
        assert_eq!(
            said(refused("Ann")),
            "Ann ended the session (API02008): Refresh token has been revoked"
        );
        let doubted = Event::Doubted {
            reason: Reason::Ended,
            words: "no".into(),
            again_ms: 5_001,
        };
        assert_eq!(
            said(doubted),
            "the store refused (API02008): no; asked again in 6 s"
        );
        assert_eq!(
            said(Event::HorizonNear { in_s: 7 * 86_400 }),
            "a sign-in is due in 7 d"
        );
        assert_eq!(
            said(Event::HorizonNear { in_s: 7_300 }),
            "a sign-in is due in 2 h"
        );
        assert!(said(Event::OtherRoute).contains("?rest_route="));
    }

    #[test]
    fn an_answer_behind_other_output_is_noted_with_its_code() {
        let renewed = |tries_before, was_recovered| Event::Renewed {
            took_ms: 40,
            tries_before,
            life_s: 1_800,
            was_recovered,
        };
        assert_eq!(said(renewed(0, false)), "renewed in 40 ms");
        assert_eq!(
            said(renewed(2, true)),
            "renewed in 40 ms, after 2 failed tries; the answer stood behind other output (API04005)"
        );
    }
}
