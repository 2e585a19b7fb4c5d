//! Sessions as the office lists, counts, names and forgets them.

use uuid::Uuid;

use super::{
    accounts, audit,
    engine::Db,
    filter::{Bind, Filter},
    sessions, settings,
    text::plain,
};
use crate::{
    audit::AuditEntry,
    fold::fold,
    store::{
        Account, Forgetting, Listed, Living, RecentQuery, SessionState, StoreError,
        derived::{SESSION_SEARCH, SESSION_TABLES, cause_condition, state_condition},
    },
};

/// Columns of an account.
const ACCOUNT_WIDTH: usize = 10;

fn filter(query: &RecentQuery, state: Option<SessionState>) -> Filter {
    let mut filter = Filter::default();
    filter.with(
        "(sessions.ended_at IS NULL OR sessions.ended_at > ?)",
        Bind::Number(query.ended_after),
    );
    filter.number("sessions.account_id = ?", query.account_id);
    if let Some((first, last)) = query.keys {
        filter.with("sessions.id >= ?", Bind::Key(first));
        filter.with("sessions.id <= ?", Bind::Key(last));
    }
    filter.words(SESSION_SEARCH, &query.words);
    if let Some(state) = state {
        filter.plain(&state_condition(state, &query.at));
    }
    if let Some(cause) = query.cause {
        filter.plain(&cause_condition(cause));
    }
    filter
}

/// Sessions that live, or ended lately; newest first.
pub(super) async fn recent(db: &Db, query: &RecentQuery) -> Result<Vec<Listed>, StoreError> {
    let question = |condition: &str| {
        format!(
            "SELECT {}, {}, coalesce(names.name, '') FROM {SESSION_TABLES} WHERE {condition}
             ORDER BY sessions.signed_in_at DESC, sessions.id LIMIT {} OFFSET {}",
            sessions::COLUMNS,
            accounts::COLUMNS,
            query.limit,
            query.skip
        )
    };
    let rows = filter(query, query.state).rows(db, question).await?;
    rows.iter()
        .map(|row| {
            let (session, account) = sessions::read(row)?;
            Ok(Listed {
                session,
                account,
                name: row.try_get(sessions::WIDTH + ACCOUNT_WIDTH)?,
            })
        })
        .collect()
}

/// How many stand how.
pub(super) async fn states(db: &Db, query: &RecentQuery) -> Result<Vec<(SessionState, u64)>, StoreError> {
    let sums: Vec<String> = SessionState::ALL
        .iter()
        .map(|state| format!("count(*) FILTER (WHERE {})", state_condition(*state, &query.at)))
        .collect();
    let question = |condition: &str| {
        format!(
            "SELECT {} FROM {SESSION_TABLES} WHERE {condition}",
            sums.join(", ")
        )
    };
    let rows = filter(query, None).rows(db, question).await?;
    let row = rows.first().ok_or(StoreError::Value("number of sessions"))?;
    let counts = SessionState::ALL.iter().enumerate();
    counts
        .map(|(at, state)| Ok((*state, row.try_get::<_, i64>(at)?.unsigned_abs())))
        .collect()
}

/// Accounts with living sessions, and how many.
pub(super) async fn signed_in(db: &Db, of: Living) -> Result<Vec<(Account, u64)>, StoreError> {
    let sql = format!(
        "SELECT {}, living.many FROM accounts JOIN (
           SELECT account_id, count(*) AS many FROM sessions
           WHERE ended_at IS NULL AND renewed_at > $1 AND signed_in_at > $2 GROUP BY account_id
         ) AS living ON living.account_id = accounts.id ORDER BY accounts.id",
        accounts::COLUMNS
    );
    let rows = db
        .all(&sql, &[&of.renewed_after(), &of.signed_in_after()])
        .await?;
    rows.iter()
        .map(|row| {
            let count: i64 = row.try_get(ACCOUNT_WIDTH)?;
            Ok((accounts::read(row, 0)?, count.unsigned_abs()))
        })
        .collect()
}

/// Names a session, or takes the name away, and notes it.
pub(super) async fn name(
    db: &Db,
    (id, name, entry): &(Uuid, Option<String>, AuditEntry),
) -> Result<(), StoreError> {
    match name {
        None => db.run("DELETE FROM names WHERE session = $1", &[id]).await?,
        Some(name) => {
            let (name, search) = (plain(name).into_owned(), plain(&fold(name)).into_owned());
            db.run(
                "INSERT INTO names (session, name, search) VALUES ($1, $2, $3)
                 ON CONFLICT (session) DO UPDATE SET name = excluded.name, search = excluded.search",
                &[id, &name, &search],
            )
            .await?
        }
    };
    audit::append(db, entry).await
}

/// Forgets what is over, its names and its endings.
pub(super) async fn forget(db: &Db, what: Forgetting) -> Result<u64, StoreError> {
    settings::forget_before(db, what.ended_before).await?;
    let rows = db
        .all(
            "DELETE FROM sessions WHERE id IN (
               SELECT id FROM sessions
               WHERE ended_at < $1 OR (ended_at IS NULL AND renewed_at < $2) LIMIT $3) RETURNING id",
            &[&what.ended_before, &what.renewed_before, &i64::from(what.limit)],
        )
        .await?;
    let gone: Vec<Uuid> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    for table in ["names", "activity"] {
        let sql = format!("DELETE FROM {table} WHERE session = ANY($1)");
        db.run(&sql, &[&gone]).await?;
    }
    // The newest stays: whoever reads endings in order finds where they are.
    db.run(
        "DELETE FROM endings WHERE (ended::jsonb->>'at')::BIGINT < $1
           AND sequence < (SELECT max(sequence) FROM endings)",
        &[&what.ended_before],
    )
    .await?;
    Ok(gone.len() as u64)
}
