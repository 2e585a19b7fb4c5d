//! Accounts as customers: listed, found, booked.

use rusqlite::Connection;

use super::{accounts, catalogue::Filter, orders, settings};
use crate::{
    push::{
        customer::{CustomerFacts, CustomerPush, decide},
        outcome::{Decision, Pushed},
    },
    store::{Account, CustomerQuery, Page, StoreError},
};

pub(super) fn page(db: &Connection, query: &CustomerQuery) -> Result<Page<Account>, StoreError> {
    let mut filter = Filter::default();
    filter.ids("id", query.include.as_deref(), &query.exclude);
    filter.words("search", &query.words);
    filter.text("email", query.email.as_deref());
    filter.text("role", query.role.map(|role| role.slug()));
    filter.page(db, "accounts", accounts::COLUMNS, query.paging, |row| {
        accounts::read(row, 0)
    })
}

/// Reads what the decision needs, decides, writes: one transaction.
pub(super) fn push(db: &Connection, push: &CustomerPush) -> Result<Pushed<Account>, StoreError> {
    let prior = orders::mutation(db, push.envelope.mutation_id)?;
    let record = match &prior {
        Some(prior) => accounts::by_id(db, prior.object_id)?,
        None => accounts::by_uuid(db, &push.envelope.record_id.to_string())?,
    };
    let facts = CustomerFacts {
        has_email: match push.email() {
            Some(email) => accounts::named(db, &email)?,
            None => None,
        },
        has_username: match push.username() {
            Some(username) => accounts::named(db, &username)?.is_some(),
            None => false,
        },
        next_id: settings::next_number(db, "account")?,
        prior,
        record,
    };
    match decide(push, &facts) {
        Decision::Refuse(refusal) => Ok(Pushed::Refused(refusal)),
        Decision::Answer { status, record } => {
            if facts.prior.is_none() {
                let object_id = record.as_ref().map_or(0, |account| account.id);
                orders::remember(db, &push.envelope, &push.fingerprint, object_id, status, push.now)?;
            }
            Ok(Pushed::Taken { status, record })
        }
        Decision::Remove { .. } => Err(StoreError::Value("removal of a customer")),
        Decision::Write { status, record } => {
            settings::numbers_taken(db, "account", record.id + 1)?;
            accounts::insert(db, &record)?;
            orders::remember(db, &push.envelope, &push.fingerprint, record.id, status, push.now)?;
            Ok(Pushed::Taken {
                status,
                record: Some(record),
            })
        }
    }
}
