//! What a store remembers when its log is cut, and after a restore: every till stays signed in, what was ended stays
//! ended.

use std::{fs, path::Path};

use evertill_server::{ServeOptions, start};
use serde_json::json;

use crate::support::{Answer, Shop, Till, send};

const DATABASE: &str = "store.sqlite3";

async fn rotate(shop: &Shop, refresh: &str) -> Answer {
    rotate_at(shop.handle.address(), refresh).await
}

async fn rotate_at(address: std::net::SocketAddr, refresh: &str) -> Answer {
    let body = json!({"refresh_token": refresh, "rotate": true}).to_string();
    let headers = [("Content-Type", "application/json")];
    send(address, "POST", "/wp-json/wcpos/v2/auth/refresh", &headers, &body).await
}

/// Renews and keeps the new token.
async fn step(shop: &Shop, till: &mut Till) {
    let answer = rotate(shop, &till.refresh).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    till.refresh = answer["refresh_token"].as_str().unwrap().to_owned();
    till.access = answer["access_token"].as_str().unwrap().to_owned();
}

/// Ends the session of a till, as the owner.
async fn end(shop: &Shop, owner: &Till, till: &Till) {
    let list = shop.get_as(till, "auth/sessions").await.json();
    let rows = list["sessions"].as_array().unwrap();
    let own = rows.iter().find(|row| row["is_current"] == true).unwrap();
    let jti = own["jti"].as_str().unwrap();
    let route = format!("auth/sessions/{jti}?user_id={}&reason=lost", till.user_id);
    assert_eq!(shop.delete_as(owner, &route).await.status, 200);
}

/// Stops the store, lets somebody change its directory, and starts it again.
async fn while_closed(shop: Shop, change: impl FnOnce(&Path)) -> Shop {
    let Shop { handle, clock, home } = shop;
    handle.shutdown().await;
    change(home.path());
    let options = ServeOptions {
        clock: clock.clone(),
        ..ServeOptions::new(([127, 0, 0, 1], 0).into(), home.path())
    };
    let handle = start(options).await.unwrap();
    Shop { handle, clock, home }
}

#[tokio::test]
async fn last_nights_backup_signs_nobody_out_and_forgets_no_ending() {
    let shop = Shop::open().await;
    let mut old = [
        shop.sign_in("cashier").await,
        shop.sign_in("cashier2").await,
        shop.sign_in("cashier").await,
    ];
    for till in &mut old {
        step(&shop, till).await;
    }
    let backup = tempfile::tempdir().unwrap();
    let kept = backup.path().join(DATABASE);
    let shop = while_closed(shop, |home| {
        fs::copy(home.join(DATABASE), &kept).unwrap();
    })
    .await;
    shop.pass(3_600);
    let mut new = [shop.sign_in("cashier").await, shop.sign_in("cashier").await];
    for _ in 0..5 {
        shop.pass(600);
        for till in old.iter_mut().chain(&mut new) {
            step(&shop, till).await;
        }
    }
    let owner = shop.sign_in("owner").await;
    end(&shop, &owner, &old[2]).await;
    end(&shop, &owner, &new[1]).await;

    let shop = while_closed(shop, |home| {
        for file in [DATABASE, "store.sqlite3-wal", "store.sqlite3-shm"] {
            // Only the first is always there.
            let _ = fs::remove_file(home.join(file));
        }
        fs::copy(&kept, home.join(DATABASE)).unwrap();
    })
    .await;
    for till in old[..2].iter_mut().chain(&mut new[..1]) {
        step(&shop, till).await;
        assert_eq!(shop.get_as(till, "auth/sessions").await.status, 200);
    }
    for till in [&old[2], &new[1]] {
        let refused = rotate(&shop, &till.refresh).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.json()["evertill"]["reason"], "revoked");
        assert_eq!(refused.json()["evertill"]["note"], "lost");
        assert_eq!(shop.get_as(till, "auth/sessions").await.status, 401);
    }
    let again = while_closed(shop, |_| {}).await;
    step(&again, &mut new[0]).await;
}

/// A copy of a data directory with `wal` bytes of the database's log and `journal` bytes of the endings. Whether
/// anything was synced it cannot tell: that is seen from outside the process, in the system tests.
fn cut(home: &Path, wal: u64, journal: u64) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (file, length) in [
        (DATABASE, None),
        ("keys.json", None),
        ("store.sqlite3-wal", Some(wal)),
        ("endings.journal", Some(journal)),
    ] {
        let to = copy.path().join(file);
        fs::copy(home.join(file), &to).unwrap();
        if let Some(length) = length {
            fs::File::options()
                .write(true)
                .open(&to)
                .unwrap()
                .set_len(length)
                .unwrap();
        }
    }
    copy
}

fn length(home: &Path, file: &str) -> u64 {
    fs::metadata(home.join(file)).unwrap().len()
}

#[tokio::test]
async fn a_log_of_the_database_that_is_cut_anywhere_behind_an_ending_signs_nobody_out() {
    let shop = Shop::open().await;
    let home = shop.home.path().to_owned();
    let mut tills = Vec::new();
    for _ in 0..6 {
        tills.push(shop.sign_in("cashier").await);
    }
    let ended = tills.pop().unwrap();
    let owner = shop.sign_in("owner").await;
    for till in &mut tills {
        step(&shop, till).await;
    }
    end(&shop, &owner, &ended).await;
    let (synced, journal) = (
        length(&home, "store.sqlite3-wal"),
        length(&home, "endings.journal"),
    );
    for _ in 0..4 {
        shop.pass(300);
        for till in &mut tills {
            step(&shop, till).await;
        }
        // A list is read from the disk, so what renewals left in memory goes there first.
        assert_eq!(shop.get_as(&tills[0], "auth/sessions").await.status, 200);
    }
    let written = length(&home, "store.sqlite3-wal");
    assert!(written > synced, "there is something to lose");
    let lost = (written - synced) / 7;
    for part in 0..=7 {
        let copy = cut(&home, synced + part * lost, journal);
        let options = ServeOptions {
            clock: shop.clock.clone(),
            ..ServeOptions::new(([127, 0, 0, 1], 0).into(), copy.path())
        };
        let restarted = start(options).await.unwrap();
        for till in &tills {
            let answer = rotate_at(restarted.address(), &till.refresh).await;
            assert_eq!(answer.status, 200, "part {part}: {}", answer.body);
        }
        let refused = rotate_at(restarted.address(), &ended.refresh).await;
        assert_eq!(refused.status, 401, "part {part}");
        assert_eq!(refused.json()["evertill"]["note"], "lost", "part {part}");
        restarted.shutdown().await;
    }
}

#[tokio::test]
async fn twenty_sign_ins_and_sixty_four_renewals_of_one_person_at_once_lose_nothing() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let renewals = (0..64).map(|_| rotate(&shop, &till.refresh));
    let sign_ins = (0..20).map(|_| shop.sign_in("cashier"));
    let (renewed, mut opened) = tokio::join!(
        futures_util::future::join_all(renewals),
        futures_util::future::join_all(sign_ins)
    );
    let mut successors: Vec<String> = renewed
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.body);
            answer.json()["refresh_token"].as_str().unwrap().to_owned()
        })
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1, "all get the same");
    for till in &mut opened {
        step(&shop, till).await;
    }
    assert_eq!(rotate(&shop, &successors[0]).await.status, 200);
    let listed = shop.get_as(&opened[0], "auth/sessions").await.json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 21);
}
