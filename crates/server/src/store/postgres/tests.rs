//! What only a database that several nodes share has to show.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use evertill_wire::Code;
use tokio::sync::Barrier;

use super::{testing::Database, *};
use crate::audit::{AuditEntry, AuditKind};

async fn say(node: &Postgres, sentence: &str) {
    let entry = AuditEntry::new(1, AuditKind::Backup, sentence);
    node.audit(entry).await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn nodes_that_start_together_on_a_new_database_become_one_store() {
    let database = Database::new().await;
    let nodes = futures_util::future::join_all((0..5).map(|_| database.open())).await;
    let shop = nodes[0].shop().await.unwrap();
    for node in &nodes {
        assert_eq!(node.shop().await.unwrap().uuid, shop.uuid);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_database_from_a_newer_version_is_refused_untouched() {
    let database = Database::new().await;
    drop(database.open().await);
    let beside = database.beside().await;
    beside
        .batch_execute("UPDATE schema_version SET version = 99")
        .await
        .unwrap();
    let error = Postgres::open(&database.options, &database.home(), Clock::system())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::LOCAL_SCHEMA_TOO_NEW);
    let row = beside
        .query_one("SELECT version FROM schema_version", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 99);
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_database_keeps_to_the_keys_of_its_first_node_and_takes_new_ones_beside_them() {
    let database = Database::new().await;
    let node = database.open().await;
    let print = |name: &str| name.to_owned();
    assert!(!node.is_tied().await.unwrap());
    assert!(node.tie_keys(vec![print("a")]).await.unwrap());
    assert!(node.is_tied().await.unwrap());
    assert!(!node.tie_keys(vec![print("b")]).await.unwrap());
    assert!(node.tie_keys(vec![print("a"), print("b")]).await.unwrap());
    assert!(
        !node.tie_keys(vec![print("a")]).await.unwrap(),
        "tokens sealed with b would be taken for forged"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_reader_that_follows_the_feed_misses_nothing_however_writers_overlap() {
    let database = Database::new().await;
    let nodes: Vec<_> = futures_util::future::join_all((0..3).map(|_| database.open())).await;
    let reader = database.open().await;
    let writing = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&writing);
    let following = tokio::spawn(async move {
        let (mut seen, mut last) = (Vec::new(), 0);
        loop {
            let is_last_look = !still.load(Ordering::SeqCst);
            for row in reader.changes(Lane::Catalogue, last, 7).await.unwrap() {
                last = row.sequence;
                seen.push(row.sequence);
            }
            if is_last_look && reader.head(Lane::Catalogue).await.unwrap() == last {
                return seen;
            }
        }
    });
    let writes = nodes.iter().enumerate().flat_map(|(node, store)| {
        (0..40).map(move |number| {
            store
                .engine
                .write(Mode::Shop, (node, number), |db, (node, number)| {
                    Box::pin(async move {
                        let id = i64::try_from(node * 1_000 + number).unwrap();
                        changes::append(db, "products", id, false, "", 0).await?;
                        changes::append(db, "products", id, false, "", 1).await
                    })
                })
        })
    });
    for written in futures_util::future::join_all(writes).await {
        written.unwrap();
    }
    writing.store(false, Ordering::SeqCst);
    let seen = following.await.unwrap();
    assert_eq!(
        seen,
        (1..=240).collect::<Vec<i64>>(),
        "no number is left out, none comes late"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_write_that_is_undone_leaves_no_gap_in_the_feed() {
    let database = Database::new().await;
    let node = database.open().await;
    let undone = node.engine.write(Mode::Shop, (), |db, ()| {
        Box::pin(async move {
            changes::append(db, "products", 1, false, "", 0).await?;
            Err::<(), _>(StoreError::Value("thing"))
        })
    });
    assert!(undone.await.is_err());
    let kept = node.engine.write(Mode::Shop, (), |db, ()| {
        Box::pin(changes::append(db, "products", 2, false, "", 0))
    });
    kept.await.unwrap();
    let rows = node.changes(Lane::Catalogue, 0, 10).await.unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| (row.sequence, row.object_id))
            .collect::<Vec<_>>(),
        [(1, 2)]
    );
}

/// Takes two rows in this order. The first try meets the other one halfway, so that each waits for the other.
struct Crossing {
    rows: [&'static str; 2],
    halfway: Arc<Barrier>,
    is_first_try: AtomicBool,
}

async fn cross(db: &engine::Db, crossing: &Crossing) -> Result<(), StoreError> {
    let take = "UPDATE numbers SET next = next + 1 WHERE name = $1";
    db.run(take, &[&crossing.rows[0]]).await?;
    if crossing.is_first_try.swap(false, Ordering::SeqCst) {
        crossing.halfway.wait().await;
    }
    db.run(take, &[&crossing.rows[1]]).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn transactions_that_lock_each_other_out_both_succeed() {
    let database = Database::new().await;
    let node = database.open().await;
    let halfway = Arc::new(Barrier::new(2));
    let both = [["order", "account"], ["account", "order"]].map(|rows| {
        let crossing = Crossing {
            rows,
            halfway: Arc::clone(&halfway),
            is_first_try: AtomicBool::new(true),
        };
        node.engine.write(Mode::Transaction, crossing, |db, crossing| {
            Box::pin(cross(db, crossing))
        })
    });
    for done in futures_util::future::join_all(both).await {
        done.unwrap();
    }
    let counted = node
        .engine
        .read((), |db, ()| Box::pin(settings::next_number(db, "order")));
    assert_eq!(counted.await.unwrap(), 5_001 + 2);
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn connections_the_database_cut_are_replaced_unseen() {
    let database = Database::new().await;
    let node = database.open().await;
    let beside = database.beside().await;
    for round in 0..5 {
        say(&node, &format!("round {round}")).await;
        beside
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name = current_schema() AND pid <> pg_backend_pid()",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(node.shop().await.unwrap().currency, "GBP");
    }
    assert_eq!(node.audit_log(AuditQuery::default()).await.unwrap().total, 5);
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_request_that_is_dropped_halfway_leaves_whole_transactions() {
    let database = Database::new().await;
    let node = database.open().await;
    for number in 0..20 {
        let write = node.engine.write(Mode::Shop, number, |db, number| {
            Box::pin(async move {
                changes::append(db, "products", *number, false, "", 0).await?;
                changes::append(db, "variations", *number, false, "", 0).await
            })
        });
        drop(write);
    }
    // Queues behind all of them.
    let last = node.engine.write(Mode::Shop, (), |db, ()| {
        Box::pin(changes::append(db, "products", 99, false, "", 0))
    });
    last.await.unwrap();
    let rows = node.changes(Lane::Catalogue, 0, 100).await.unwrap();
    assert_eq!(rows.len(), 41);
    for pair in rows[..40].chunks(2) {
        assert_eq!(pair[0].object_id, pair[1].object_id);
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_trouble_and_says_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let options = Options {
        url: format!("postgres://till:hunter2@127.0.0.1:{port}/shop")
            .parse()
            .unwrap(),
        connections: 2,
        isolation: Isolation::ReadCommitted,
        notify: false,
    };
    let home = tempfile::tempdir().unwrap();
    let error = Postgres::open(&options, home.path(), Clock::system())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::SERVICE_UNAVAILABLE);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn word_of_an_ending_comes_to_the_other_node_by_itself() {
    let database = Database::new().await;
    let (here, there) = (database.open().await, database.open().await);
    let hearing = tokio::spawn(there.news());
    let telling = async {
        // The other node may not listen yet when the first word is sent.
        while !hearing.is_finished() {
            here.news.tell(&here.engine);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), telling)
        .await
        .expect("word comes");
    hearing.await.unwrap().unwrap();
}

/// A copy of the tables a night's backup has, and the way back.
const COPIED: [&str; 6] = ["sessions", "endings", "settings", "numbers", "versions", "audit"];

async fn copy(beside: &tokio_postgres::Client) {
    for table in COPIED {
        let sql = format!("DROP TABLE IF EXISTS night_{table}; CREATE TABLE night_{table} AS TABLE {table}");
        beside.batch_execute(&sql).await.unwrap();
    }
}

async fn put_back(beside: &tokio_postgres::Client) {
    let tables = COPIED.map(|table| format!("DELETE FROM {table}; INSERT INTO {table} TABLE night_{table};"));
    let sql = format!("BEGIN; {} COMMIT", tables.join(" "));
    beside.batch_execute(&sql).await.unwrap();
}

async fn open_session(node: &Postgres) -> Uuid {
    let session = Session {
        id: Uuid::new_v4(),
        account_id: 3,
        signed_in_at: 900,
        renewed_at: 900,
        counter: 0,
        seen: 0,
        visitor: Visitor::default(),
        client: None,
        sender_key: None,
        ended: None,
    };
    let id = session.id;
    assert!(node.open_session(session).await.unwrap());
    id
}

async fn end(node: &Postgres, id: Uuid) {
    let ended = Ended {
        note: "lost".into(),
        ..Ended::by_itself(evertill_issuer::Ending::Revoked, 950)
    };
    let which = Which::One { account_id: 3, id };
    assert_eq!(node.end_sessions(which, ended).await.unwrap(), [id]);
}

async fn is_over(node: &Postgres, id: Uuid) -> bool {
    let (session, _) = node.session(id).await.unwrap().unwrap();
    session.ended.is_some_and(|ended| ended.note == "lost")
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_database_that_was_put_back_is_told_what_ended_by_nodes_that_run_and_by_nodes_that_start() {
    let database = Database::new().await;
    let beside = database.beside().await;
    let (home, other_home) = (database.home(), database.home());
    let (here, there) = (database.open_at(&home).await, database.open_at(&other_home).await);
    let (living, heard, unheard) = (
        open_session(&here).await,
        open_session(&here).await,
        open_session(&here).await,
    );
    copy(&beside).await;
    end(&here, heard).await;
    let mark = here.ended_since(Mark::NOW).await.unwrap().1;
    there.ended_since(Mark::NOW).await.unwrap();
    end(&here, unheard).await;

    put_back(&beside).await;
    assert!(
        !is_over(&here, heard).await && !is_over(&here, unheard).await,
        "forgotten"
    );
    let (mut told, _) = here.ended_since(mark).await.unwrap();
    told.sort_unstable();
    let mut both = [heard, unheard];
    both.sort_unstable();
    assert_eq!(
        told, both,
        "the node that runs has noticed, and forgets what it had seen"
    );
    for (id, over) in [(heard, true), (unheard, true), (living, false)] {
        assert_eq!(is_over(&there, id).await, over);
    }
    let log = here.audit_log(AuditQuery::default()).await.unwrap();
    assert_eq!(log.total, 1, "said once");
    assert_eq!(log.rows[0].entry.kind, AuditKind::Restored);

    here.close();
    there.close();
    put_back(&beside).await;
    let other = database.open_at(&other_home).await;
    assert!(is_over(&other, heard).await, "the other node had heard of it");
    let again = database.open_at(&home).await;
    assert!(
        is_over(&again, unheard).await,
        "the node that ended it comes back"
    );
    assert!(!is_over(&again, living).await);
    let new = database.open().await;
    assert!(
        is_over(&new, heard).await,
        "a node without a past begins with what the database knows"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn an_ending_is_remembered_although_the_database_was_put_back_before_anybody_looked() {
    let database = Database::new().await;
    let beside = database.beside().await;
    let node = database.open().await;
    let id = open_session(&node).await;
    let mark = node.ended_since(Mark::NOW).await.unwrap().1;
    copy(&beside).await;
    end(&node, id).await;
    put_back(&beside).await;
    assert_eq!(node.ended_since(mark).await.unwrap().0, [id]);
    assert!(is_over(&node, id).await);
}
