//! A week behind a shop, written into its database while it is closed: pictures of an office need something to show.

use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};

use super::signs_in;
use crate::harness::world::World;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Length of a quarter of an hour, and of the half day that one row stands for.
const QUARTER: i64 = 15 * 60;
const HALF_DAY: i64 = 48 * QUARTER;

/// Tills of the shop: who signed in there, what the owner calls it.
const TILLS: [(&str, &str, &str); 7] = [
    ("till-1", "cashier", "Till 1, front counter"),
    ("till-2", "cashier2", "Till 2, main counter"),
    ("till-3", "cashier", "Till 3, gift corner"),
    ("stall", "cashier2", "Market stall"),
    ("ipad", "manager", "iPad, café tables"),
    ("event", "cashier", "Event till"),
    ("back", "owner", ""),
];

/// Signs the tills in, and gives each a past of its own.
pub(super) async fn fill(world: &mut World) {
    for (home, name, _) in TILLS {
        signs_in(world, home, name);
    }
    world.kill_store();
    let path = world.store_home().join("store.sqlite3");
    let database = Connection::open(path).expect("the store's database opens");
    let now = i64::try_from(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_secs(),
    )
    .expect("seconds fit");
    let ids: Vec<Vec<u8>> = database
        .prepare("SELECT session FROM (SELECT id AS session, rowid_of.n FROM sessions JOIN (SELECT session AS key, min(id) AS n FROM audit GROUP BY session) AS rowid_of ON rowid_of.key = substr(lower(hex(sessions.id)), 1, 8)) ORDER BY n")
        .expect("a question")
        .query_map([], |row| row.get(0))
        .expect("sessions")
        .collect::<Result<_, _>>()
        .expect("keys of sessions");
    assert_eq!(ids.len(), TILLS.len());
    for (number, (id, (_, _, name))) in ids.iter().zip(TILLS).enumerate() {
        give_past(&database, number, id, name, now);
    }
    sell(&database, now);
    drop(database);
    world.start_store().await;
}

/// Renewed on every day from nine to six and today until now, with what befell each till.
fn give_past(database: &Connection, number: usize, id: &[u8], name: &str, now: i64) {
    let midnight = now - now % DAY;
    let opened = midnight - 6 * DAY + 8 * HOUR;
    let heard = match number {
        5 => midnight - DAY + 17 * HOUR,
        4 => now - 2 * HOUR,
        _ => now - 60,
    };
    database
        .execute(
            "UPDATE sessions SET signed_in_at = ?2, renewed_at = ?3 WHERE id = ?1",
            params![id, opened - number as i64, heard],
        )
        .expect("a session");
    let mut at = opened;
    while at <= heard {
        let is_away =
            number == 1 && (midnight - 2 * DAY + 9 * HOUR..midnight - 2 * DAY + 15 * HOUR).contains(&at);
        if !is_away {
            note(database, id, at, "quarters");
        }
        at += QUARTER;
    }
    if !name.is_empty() {
        database
            .execute(
                "INSERT INTO names (session, name, search) VALUES (?1, ?2, lower(?2))",
                params![id, name],
            )
            .expect("a name");
    }
    match number {
        2 => {
            end(database, id, now - HOUR, "theft", "", "");
            tell_of_theft(database, now - HOUR);
        }
        4 => {
            end(database, id, now - 2 * HOUR, "revoked", "Ann Whitaker", "lost");
            note(database, id, now - HOUR, "refused");
        }
        _ => {}
    }
}

/// The log's word of it, made of one that is there.
fn tell_of_theft(database: &Connection, at: i64) {
    database
        .execute(
            "INSERT INTO audit (at, kind, actor_id, actor, subject_id, subject, session, address, sentence, search)
             SELECT ?1, 'theft', NULL, 'the store', subject_id, subject, session, '',
                    'a session of ' || subject || ' was ended: an old key of it was used again', 'theft'
             FROM audit WHERE subject_id = 3 LIMIT 1",
            [at],
        )
        .expect("an entry");
}

fn note(database: &Connection, id: &[u8], at: i64, column: &str) {
    let (half_day, bit) = (at / HALF_DAY, at / QUARTER % 48);
    let sql = format!(
        "INSERT INTO activity (session, half_day, quarters, {column}) VALUES (?1, ?2, 0, ?3)
         ON CONFLICT (session, half_day) DO UPDATE SET {column} = {column} | ?3"
    );
    let sql = match column {
        "quarters" => sql.replace(
            "quarters, quarters) VALUES (?1, ?2, 0, ?3)",
            "quarters) VALUES (?1, ?2, ?3)",
        ),
        _ => sql,
    };
    database
        .execute(&sql, params![id, half_day, 1_i64 << bit])
        .expect("an activity");
}

fn end(database: &Connection, id: &[u8], at: i64, reason: &str, by: &str, note: &str) {
    let ended = serde_json::json!({"at": at, "by_id": 1, "by": by, "by_role": "owner", "note": note});
    let ended = ended
        .to_string()
        .replacen('{', &format!("{{\"reason\":\"{reason}\","), 1);
    database
        .execute(
            "UPDATE sessions SET ended_at = ?2, ended = ?3 WHERE id = ?1",
            params![id, at, ended],
        )
        .expect("an ending");
    database
        .execute(
            "INSERT INTO endings (session, ended) VALUES (?1, ?2)",
            params![id, ended],
        )
        .expect("an ending");
}

/// Sales through the days of the week, more of them at noon.
fn sell(database: &Connection, now: i64) {
    let midnight = now - now % DAY;
    let mut number = 9_000_000_i64;
    for (cashier, busy) in [(3, 5), (4, 3), (2, 2)] {
        for day in 0..7 {
            for hour in 9..18 {
                let at = midnight - day * DAY + hour * HOUR + 600;
                let many = busy + 6 - (hour - 13_i64).abs() + (day * 7 + hour * 3) % 4 - 3;
                for _ in 0..many.max(0) {
                    if at < now {
                        number += 1;
                        sale(database, number, cashier, at);
                    }
                }
            }
        }
    }
}

fn sale(database: &Connection, number: i64, cashier: i64, at: i64) {
    database
        .execute(
            "INSERT INTO orders (id, uuid, status, customer_id, cashier_id, search, created_at, modified_at, record)
             VALUES (?1, 'seed-' || ?1, 'completed', 0, ?2, '', ?3, ?3, '{}')",
            params![number, cashier, at],
        )
        .expect("an order");
}
