//! Accounts as customers: listed, found, booked.

use super::{accounts, engine::Db, filter::Filter, orders, settings, text::key};
use crate::{
    push::{
        customer::{CustomerFacts, CustomerPush, decide},
        outcome::{Decision, Pushed},
    },
    store::{Account, CustomerQuery, Page, StoreError},
};

pub(super) async fn page(db: &Db, query: &CustomerQuery) -> Result<Page<Account>, StoreError> {
    let mut filter = Filter::default();
    filter.ids("id", query.include.as_deref(), &query.exclude);
    filter.words("search", &query.words);
    filter.text("email_key", query.email.as_deref().map(key).as_deref());
    filter.text("role", query.role.map(|role| role.slug()));
    let read = |row: &tokio_postgres::Row| accounts::read(row, 0);
    filter
        .page(db, "accounts", accounts::COLUMNS, query.paging, read)
        .await
}

/// Reads what the decision needs, decides, writes: one transaction.
pub(super) async fn push(db: &Db, push: &CustomerPush) -> Result<Pushed<Account>, StoreError> {
    let facts = facts(db, push).await?;
    match decide(push, &facts) {
        Decision::Refuse(refusal) => Ok(Pushed::Refused(refusal)),
        Decision::Answer { status, record } => {
            if facts.prior.is_none() {
                let object_id = record.as_ref().map_or(0, |account| account.id);
                orders::remember(db, &push.envelope, &push.fingerprint, object_id, status, push.now).await?;
            }
            Ok(Pushed::Taken { status, record })
        }
        Decision::Remove { .. } => Err(StoreError::Value("removal of a customer")),
        Decision::Write { status, record } => {
            settings::numbers_taken(db, "account", record.id + 1).await?;
            accounts::insert(db, &record).await?;
            orders::remember(db, &push.envelope, &push.fingerprint, record.id, status, push.now).await?;
            Ok(Pushed::Taken {
                status,
                record: Some(record),
            })
        }
    }
}

async fn facts(db: &Db, push: &CustomerPush) -> Result<CustomerFacts, StoreError> {
    let prior = orders::mutation(db, push.envelope.mutation_id).await?;
    let record = match &prior {
        Some(prior) => accounts::by_id(db, prior.object_id).await?,
        None => accounts::by_uuid(db, push.envelope.record_id).await?,
    };
    Ok(CustomerFacts {
        has_email: match push.email() {
            Some(email) => accounts::named(db, &email).await?,
            None => None,
        },
        has_username: match push.username() {
            Some(username) => accounts::named(db, &username).await?.is_some(),
            None => false,
        },
        next_id: settings::next_number(db, "account").await?,
        prior,
        record,
    })
}
