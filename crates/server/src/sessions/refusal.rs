//! Why a refresh token is refused, and the proof that this store refused it.

use evertill_wire::{RefreshToken, verdict};
use uuid::Uuid;

use crate::{
    store::Ended,
    tokens::{Mint, RefreshRefusal},
};

/// Why a refresh token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It was not sealed by this store.
    NotOurs(RefreshRefusal),
    /// It was sealed by this store, which knows nothing of its session any more.
    Unknown,
    /// The session is over.
    Ended { session: Uuid, ended: Ended },
    /// The session is bound to a key that the sender did not prove to hold. The session goes on.
    WrongSender,
    /// The session was opened for another client. The session goes on.
    WrongClient,
}

impl Refusal {
    /// The signed verdict that goes with the refusal of `token`; none where the session goes on.
    pub(crate) fn verdict(&self, mint: &Mint, token: &RefreshToken, now: i64) -> Option<String> {
        let mut claims = verdict::Claims {
            iss: mint.issuer().to_owned(),
            aud: mint.audience().to_owned(),
            rth: verdict::token_hash(token),
            reason: "foreign".into(),
            at: now,
            ..verdict::Claims::default()
        };
        match self {
            Self::NotOurs(_) | Self::Unknown => {}
            Self::Ended { session, ended } => {
                claims.sub = session.to_string();
                claims.reason = ended.reason.name().into();
                claims.at = ended.at;
                claims.by.clone_from(&ended.by);
                claims.note.clone_from(&ended.note);
            }
            Self::WrongSender | Self::WrongClient => return None,
        }
        Some(mint.sign_verdict(&claims, now))
    }
}
