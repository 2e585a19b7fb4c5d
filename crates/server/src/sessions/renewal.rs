//! What a renewal does to a stored session: the rules of `evertill-issuer`, with what only a store knows around them.
//!
//! Pure. Every database calls [`decide`] between reading and writing, and [`adopt`] where it finds no row.

use std::sync::Arc;

use crate::{
    store::{Ended, Session, Visitor},
    tokens::{Origin, RefreshClaims},
};
use evertill_issuer::{Change, Counter, Ending, Limits, Rotation, Row, Seconds, Verdict};

/// A refresh token with a good seal, presented.
#[derive(Debug, Clone)]
pub(crate) struct RenewalAsk {
    pub(crate) claims: RefreshClaims,
    pub(crate) rotation: Rotation,
    /// Thumbprint of the key the sender has proved to hold.
    pub(crate) sender_key: Option<[u8; 32]>,
    /// The registered client that asks; none where clients have no name.
    pub(crate) client: Option<Arc<str>>,
    pub(crate) limits: Limits,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// What is known of a session when a renewal is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) row: Row,
    pub(crate) account_id: i64,
    pub(crate) sender_key: Option<[u8; 32]>,
    pub(crate) client: Option<Arc<str>>,
}

impl Held {
    /// Of a session that nothing is known of but that it ended.
    pub(crate) fn of_nothing(account_id: i64) -> Self {
        Self {
            row: Row::new(Seconds(0)),
            account_id,
            sender_key: None,
            client: None,
        }
    }
}

impl From<&Session> for Held {
    fn from(session: &Session) -> Self {
        Self {
            row: session.row(),
            account_id: session.account_id,
            sender_key: session.sender_key,
            client: session.client.clone(),
        }
    }
}

/// What a renewal comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Renewed {
    /// A new access token, and the refresh token of this counter.
    Granted {
        counter: Counter,
        account_id: i64,
        /// When the session was rotated to this counter: the token is the same however often it is handed out.
        sealed_at: i64,
        /// Thumbprint of the key the session is bound to.
        sender_key: Option<[u8; 32]>,
    },
    /// A request from before the last renewal: neither token nor refusal.
    Late,
    /// The session is over.
    Ended(Ended),
    /// The session was living until this renewal, which ended it.
    EndedNow(Ended),
    /// The account is gone; nothing is written.
    UserGone,
    /// The session is bound to a key that the sender did not prove to hold; nothing is written.
    WrongSender,
    /// The session was opened for another client; nothing is written.
    WrongClient,
}

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Write {
    Nothing,
    /// This row, at leisure.
    Lazy(Row),
    /// The end of the session, before the answer.
    End(Ended),
}

/// Decides about a session that has not ended. `has_account` says whether its account is still there.
pub(crate) fn decide(held: &Held, has_account: bool, ask: &RenewalAsk) -> (Renewed, Write) {
    if !has_account {
        return (Renewed::UserGone, Write::Nothing);
    }
    if held.sender_key.is_some() && held.sender_key != ask.sender_key {
        return (Renewed::WrongSender, Write::Nothing);
    }
    if let (Some(theirs), Some(asking)) = (&held.client, &ask.client)
        && theirs != asking
    {
        return (Renewed::WrongClient, Write::Nothing);
    }
    let counter = Counter(ask.claims.counter);
    let (verdict, change) =
        evertill_issuer::renew(&held.row, counter, ask.rotation, ask.limits, Seconds(ask.now));
    let (row, write) = match change {
        Change::None => (held.row, Write::Nothing),
        Change::Lazy(row) => (row, Write::Lazy(row)),
        Change::Durable(row) => {
            let reason = row.ending.unwrap_or(Ending::Expired);
            (row, Write::End(ended(reason, &row, ask)))
        }
    };
    let renewed = match verdict {
        Verdict::Granted(counter) => Renewed::Granted {
            counter,
            account_id: held.account_id,
            sealed_at: row.renewed_at.0,
            sender_key: held.sender_key,
        },
        Verdict::Late => Renewed::Late,
        Verdict::Refused(reason) => Renewed::EndedNow(ended(reason, &row, ask)),
    };
    (renewed, write)
}

fn ended(reason: Ending, row: &Row, ask: &RenewalAsk) -> Ended {
    let at = match reason {
        Ending::Expired => ask.limits.ends_at(row.signed_in_at, row.renewed_at).0,
        Ending::Revoked | Ending::Theft | Ending::UserGone => ask.now,
    };
    Ended::by_itself(reason, at)
}

/// The session of a token whose row this store does not have: it was sealed here, and the row was lost with what
/// was written after a backup. None when the token is too old to tell, or older than the account that now has the
/// number. The caller has made sure that the session is not among the endings.
pub(crate) fn adopt(ask: &RenewalAsk, account_created_at: Option<i64>) -> Option<Session> {
    let Origin {
        account_id,
        sealed_at,
        sender_key,
    } = ask.claims.origin?;
    let is_fresh = Seconds(ask.now) < ask.limits.ends_at(Seconds(sealed_at), Seconds(sealed_at));
    let is_theirs = account_created_at? <= sealed_at;
    (is_fresh && is_theirs).then(|| Session {
        id: ask.claims.session,
        account_id,
        signed_in_at: sealed_at,
        renewed_at: sealed_at,
        counter: ask.claims.counter,
        seen: ask.claims.counter,
        visitor: Visitor::default(),
        client: ask.client.clone(),
        sender_key,
        ended: None,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: i64 = 1_795_402_593;
    const DAY_S: i64 = 86_400;

    fn ask(counter: u64) -> RenewalAsk {
        RenewalAsk {
            claims: RefreshClaims {
                session: Uuid::nil(),
                counter,
                origin: Some(Origin {
                    account_id: 3,
                    sealed_at: NOW - DAY_S,
                    sender_key: None,
                }),
            },
            rotation: Rotation::Wanted,
            sender_key: None,
            client: None,
            limits: Limits {
                idle_s: 60 * DAY_S,
                absolute_s: None,
            },
            now: NOW,
        }
    }

    fn held(renewed_at: i64) -> Held {
        Held {
            row: Row::new(Seconds(renewed_at)),
            account_id: 3,
            sender_key: None,
            client: None,
        }
    }

    #[test]
    fn a_token_handed_out_again_carries_the_time_of_the_first() {
        let mut now = held(NOW - DAY_S);
        let (first, Write::Lazy(row)) = decide(&now, true, &ask(0)) else {
            panic!("a renewal is written at leisure");
        };
        now.row = row;
        let mut later = ask(0);
        later.now += 7 * DAY_S;
        assert_eq!(decide(&now, true, &later), (first, Write::Nothing));
    }

    #[test]
    fn a_session_bound_to_a_key_or_a_client_is_renewed_by_nobody_else() {
        let bound = Held {
            sender_key: Some([1; 32]),
            client: Some("app".into()),
            ..held(NOW - DAY_S)
        };
        let with = |key: Option<u8>, client: Option<&str>| RenewalAsk {
            sender_key: key.map(|byte| [byte; 32]),
            client: client.map(Arc::from),
            ..ask(0)
        };
        let refused = (Renewed::WrongSender, Write::Nothing);
        assert_eq!(decide(&bound, true, &with(None, None)), refused);
        assert_eq!(decide(&bound, true, &with(Some(2), Some("app"))), refused);
        let refused = (Renewed::WrongClient, Write::Nothing);
        assert_eq!(decide(&bound, true, &with(Some(1), Some("other"))), refused);
        let (renewed, _) = decide(&bound, true, &with(Some(1), Some("app")));
        assert!(matches!(renewed, Renewed::Granted { .. }), "{renewed:?}");
    }

    #[test]
    fn an_unused_session_ended_when_its_time_was_up_not_when_somebody_noticed() {
        let (renewed, write) = decide(&held(NOW - 90 * DAY_S), true, &ask(0));
        let ended = Ended::by_itself(Ending::Expired, NOW - 30 * DAY_S);
        assert_eq!(
            (renewed, write),
            (Renewed::EndedNow(ended.clone()), Write::End(ended))
        );
    }

    #[test]
    fn a_session_without_an_account_is_refused_and_nothing_is_written() {
        assert_eq!(
            decide(&held(NOW), false, &ask(0)),
            (Renewed::UserGone, Write::Nothing)
        );
    }

    #[test]
    fn a_lost_row_is_made_again_from_a_sealed_token() {
        let session = adopt(&ask(5), Some(0)).unwrap();
        assert_eq!((session.account_id, session.counter), (3, 5));
        let (renewed, _) = decide(&Held::from(&session), true, &ask(5));
        assert!(
            matches!(
                renewed,
                Renewed::Granted {
                    counter: Counter(6),
                    ..
                }
            ),
            "{renewed:?}"
        );
    }

    #[test]
    fn nothing_is_made_from_a_token_that_is_too_old_or_of_another_owner_of_the_number() {
        let mut old = ask(5);
        old.now += 60 * DAY_S;
        assert_eq!(adopt(&old, Some(0)), None);
        assert_eq!(adopt(&ask(5), Some(NOW)), None, "the account is younger");
        assert_eq!(adopt(&ask(5), None), None, "there is no such account");
        let mut earlier_version = ask(5);
        earlier_version.claims.origin = None;
        assert_eq!(adopt(&earlier_version, Some(0)), None);
    }
}
