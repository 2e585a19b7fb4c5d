//! All tills at once, after the store or its database was away: what answers say about coming again.

use std::{collections::BTreeSet, time::Duration};

use crate::support::{Answer, Shop, Till};

/// Where a renewal of a token of fifteen minutes may be placed, in seconds.
const PLACES: std::ops::RangeInclusive<i64> = 270..=765;

/// A token's life, in seconds.
const LIFE_S: u64 = 900;

async fn hint(shop: &Shop, till: &Till) -> Option<i64> {
    let answer = shop.renew(&till.refresh).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
        .json()
        .get("refresh_in")
        .map(|seconds| seconds.as_i64().unwrap())
}

/// Reaches behind the store, as a broken disk would.
fn behind(shop: &Shop, sql: &str) {
    let database = rusqlite::Connection::open(shop.home.path().join("store.sqlite3")).unwrap();
    database.execute_batch(sql).unwrap();
}

/// Asks until an answer is as wanted.
async fn until(what: &str, mut ask: impl AsyncFnMut() -> Answer, is_wanted: impl Fn(&Answer) -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        while !is_wanted(&ask().await) {
            tokio::task::yield_now().await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

#[tokio::test]
async fn tills_are_told_different_moments_after_a_start_and_after_the_database_was_away_and_no_others() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let mut hints = BTreeSet::new();
    for _ in 0..20 {
        let seconds = hint(&shop, &till).await.unwrap();
        assert!(PLACES.contains(&seconds), "{seconds}");
        hints.insert(seconds);
    }
    assert_eq!(hints.len(), 20, "no two tills come together");
    shop.pass(LIFE_S);
    let renewed = shop.renew(&till.refresh).await.json();
    assert_eq!(renewed.get("refresh_in"), None, "the herd is spread");
    let access = renewed["access_token"].as_str().unwrap().to_owned();
    let till = Till { access, ..till };

    let ask = async || shop.get_as(&till, "taxes").await;
    until("the store to know the token", ask, |answer| answer.status == 200).await;
    behind(
        &shop,
        "ALTER TABLE sessions RENAME TO sessions_away; ALTER TABLE endings RENAME TO endings_away",
    );
    // A token that was seen is believed until nothing has been heard of endings for a while: by then the look-out for
    // them has failed. Taxes need neither table.
    let mut retries = BTreeSet::new();
    until("the store to notice", ask, |answer| answer.status == 503).await;
    for _ in 0..20 {
        let answer = ask().await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert_eq!(answer.json()["data"]["retry_after_seconds"], seconds);
        retries.insert(seconds);
    }
    assert!(
        retries.len() >= 8 && retries.iter().all(|s| (3..=12).contains(s)),
        "{retries:?}"
    );
    behind(
        &shop,
        "ALTER TABLE sessions_away RENAME TO sessions; ALTER TABLE endings_away RENAME TO endings",
    );
    let ask = async || shop.renew(&till.refresh).await;
    until("the schedule to begin again", ask, |answer| {
        answer.json().get("refresh_in").is_some()
    })
    .await;
    shop.pass(LIFE_S);
    assert_eq!(hint(&shop, &till).await, None);
}
