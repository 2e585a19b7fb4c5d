//! Ending sessions, with a reason that the till shows and an entry in the audit log.

use evertill_issuer::Ending;

use super::Visitor;
use crate::{
    audit::{AuditEntry, Party},
    http::{App, Ask},
    store::{Account, Ended, StoreError, Which},
};

/// Longest reason, in characters.
const NOTE_MAX: usize = 200;

/// Whether the visitor may end sessions of this account and change it. Everybody may end their own.
pub(super) fn may_govern(visitor: &Visitor, whom: &Account) -> bool {
    visitor.account.id == whom.id || visitor.account.role.may_govern(whom.role)
}

/// Ends sessions; says how many there were.
pub(super) async fn end(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
    which: Which,
    whom: Party,
    note: &str,
) -> Result<usize, StoreError> {
    let ended = Ended {
        reason: Ending::Revoked,
        at: app.clock.seconds(),
        by_id: visitor.account.id,
        by: visitor.account.display_name(),
        by_role: visitor.account.role.title().to_owned(),
        note: note
            .trim()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(NOTE_MAX)
            .collect(),
    };
    let count = app.sessions.end(which, ended.clone()).await?.len();
    if let Some(mut entry) = AuditEntry::sessions_ended(&ended, whom, count) {
        if let Which::One { id, .. } = which {
            entry = entry.in_session(id);
        }
        app.store.audit(entry.from(ask.peer.ip())).await?;
    }
    Ok(count)
}
