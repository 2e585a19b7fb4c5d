//! A session over its life.

use std::time::Duration;

use evertill_client::status::StateName;
use evertill_client::{App, ClientError, Keeper, SessionStatus, SignedOut};
use evertill_session::{Event, JournalEntry, policy};
use evertill_wire::{Code, Exit, Password};
use url::Url;

use crate::shop::{Device, LIFE, Mood, Shop};

/// Waits until the status fits. The keeper looks at the clock by itself every two seconds; a nudge makes it look now.
pub(crate) async fn until(keeper: &Keeper, fits: impl Fn(&SessionStatus) -> bool) -> SessionStatus {
    let mut changes = keeper.watch();
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            keeper.network_up();
            let status = keeper.status();
            if fits(&status) {
                return status;
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), changes.changed()).await;
        }
    });
    waited
        .await
        .unwrap_or_else(|_| panic!("still {:?}", keeper.status()))
}

/// Waits until the store has said no once.
async fn until_doubted(keeper: &Keeper) {
    let is_doubt = |entry: &JournalEntry| matches!(entry.event, Event::Doubted { .. });
    until(keeper, |_| keeper.history().iter().any(is_doubt)).await;
}

/// Lets time pass until the store has been asked as often as it takes to believe that the session is over.
pub(crate) async fn until_believed(keeper: &Keeper, device: &Device) -> SessionStatus {
    let doubts = || {
        let history = keeper.history();
        let doubts = history
            .iter()
            .filter(|entry| matches!(entry.event, Event::Doubted { .. }));
        doubts.count()
    };
    until_doubted(keeper).await;
    assert_ne!(keeper.status().state, StateName::SignInNeeded);
    device
        .clock
        .pass(policy::SECOND_OPINION_FIRST + policy::SECOND_OPINION_SPREAD);
    until(keeper, |status| {
        status.state == StateName::SignInNeeded || doubts() > 1
    })
    .await;
    device
        .clock
        .pass(policy::THIRD_OPINION_FIRST + policy::THIRD_OPINION_SPREAD);
    until(keeper, |status| status.state == StateName::SignInNeeded).await
}

#[tokio::test]
async fn a_sign_in_is_durable_sealed_and_knows_the_person() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let status = keeper.status();
    assert_eq!(status.state, StateName::Active);
    let user = status.user.unwrap();
    assert_eq!(
        (user.display_name.as_str(), user.username.as_str(), user.id),
        ("Ann Ö", "ann", 3)
    );
    assert_eq!(user.roles, ["cashier"]);
    assert_eq!(
        status.access_expires_in_s,
        Some(evertill_session::policy::usable(LIFE).as_secs())
    );
    assert_eq!(status.horizon_in_s, Some(2_592_000));

    let token = keeper.access_token().await.unwrap();
    assert!(shop.books.lock().unwrap().access.contains(token.expose()));
    keeper.shutdown().await;
    let again = device.keeper(&shop).await;
    assert_eq!(again.access_token().await.unwrap(), token);
    assert_eq!(again.status().user.unwrap().display_name, "Ann Ö");
    let bytes = device.everything();
    for secret in [token.expose(), "ann-demo"] {
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        );
    }
    assert!(!format!("{again:?} {:?}", again.history()).contains(token.expose()));
}

#[tokio::test]
async fn a_wrong_password_is_refused_in_the_stores_words() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.keeper(&shop).await;
    let error = keeper.sign_in("ann", &Password::new("guess")).await.unwrap_err();
    assert_eq!(error.code(), Code::INVALID_CREDENTIALS);
    assert!(error.to_string().contains("Invalid username or password."));
    assert_eq!(keeper.status().state, StateName::SignedOut);
    assert_eq!(
        keeper.access_token().await.unwrap_err().code(),
        Code::AUTH_REQUIRED
    );
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_the_old_one_serves_meanwhile() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let first = keeper.access_token().await.unwrap();
    device.clock.pass(LIFE * 69 / 100);
    keeper.network_up();
    assert_eq!(keeper.access_token().await.unwrap(), first);
    assert_eq!(shop.renewals(), 0);
    device.clock.pass(LIFE * 12 / 100);
    until(&keeper, |status| {
        status.renewals == 1 && status.state == StateName::Active
    })
    .await;
    assert_ne!(keeper.access_token().await.unwrap(), first);
    assert_eq!(shop.renewals(), 1);
    assert!(
        !shop.log().iter().any(|line| line.ends_with(" 401")),
        "{:?}",
        shop.log()
    );
}

#[tokio::test]
async fn twenty_that_open_at_expiry_share_one_renewal() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    device.clock.pass(LIFE);
    let (shop, device) = (std::sync::Arc::new(shop), std::sync::Arc::new(device));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (shop, device) = (shop.clone(), device.clone());
        tasks.spawn(async move { device.keeper(&shop).await.access_token().await.unwrap() });
    }
    let tokens = tasks.join_all().await;
    assert_eq!(shop.renewals(), 1);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
}

#[tokio::test]
async fn many_callers_of_one_keeper_wait_for_the_same_renewal() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    device.clock.pass(LIFE);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let keeper = keeper.clone();
        tasks.spawn(async move { keeper.access_token().await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(shop.renewals(), 1);
}

#[tokio::test]
async fn a_session_ended_at_the_store_is_asked_twice_and_then_told_everybody() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.books.lock().unwrap().revoke_all();
    device.clock.pass(LIFE * 81 / 100);
    let status = until_believed(&keeper, &device).await;
    assert_eq!(status.code, Some(Code::TOKEN_REFRESH_FAILED));
    assert_eq!(status.cause.unwrap().code, Code::REFRESH_TOKEN_INVALID);
    assert!(status.user.is_some());

    let error = keeper.access_token().await.unwrap_err();
    assert!(matches!(error, ClientError::SessionEnded { .. }));
    assert_eq!(
        (error.code(), error.exit()),
        (Code::TOKEN_REFRESH_FAILED, Exit::SignIn)
    );
    let asked = shop.log().len();
    let other = device.keeper(&shop).await;
    assert_eq!(other.status().state, StateName::SignInNeeded);
    assert_eq!(shop.log().len(), asked, "the verdict is known without a request");

    keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    assert_eq!(keeper.status().state, StateName::Active);
    until(&other, |status| status.state == StateName::Active).await;
}

#[tokio::test]
async fn a_lost_reply_costs_nothing_but_a_second_try() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.set(Mood::LosesReplies);
    let error = keeper.renew_now().await.unwrap_err();
    assert!(matches!(error, ClientError::NotRenewed { .. }), "{error:?}");
    assert_eq!(error.cause().unwrap().code, Code::CONNECTION_RESET);
    assert!(keeper.access_token().await.is_ok());
    shop.set(Mood::Well);
    device.clock.pass(Duration::from_secs(1));
    until(&keeper, |status| status.state != StateName::Troubled).await;
    let status = keeper.settled(Duration::from_secs(20)).await;
    assert_eq!((status.state, shop.renewals()), (StateName::Active, 2));
}

#[tokio::test]
async fn a_store_that_is_away_for_days_signs_nobody_out() {
    for (mood, cause) in [
        (Mood::Down, Code::WEBSITE_UNAVAILABLE),
        (Mood::Firewall, Code::INVALID_RESPONSE_FORMAT),
    ] {
        let (shop, device) = (Shop::open().await, Device::new());
        let keeper = device.signed_in(&shop).await;
        shop.set(mood);
        for _ in 0..6 {
            device.clock.pass(Duration::from_secs(12 * 3_600));
            let status = until(&keeper, |status| status.state == StateName::Troubled).await;
            assert_eq!(status.cause.unwrap().code, cause, "{mood:?}");
        }
        let error = keeper.access_token().await.unwrap_err();
        assert_eq!(
            (error.code(), error.cause().unwrap().code),
            (Code::TOKEN_EXPIRED, cause)
        );
        shop.set(Mood::Well);
        device.clock.pass(Duration::from_secs(61));
        until(&keeper, |status| status.state == StateName::Active).await;
        keeper.access_token().await.unwrap();
    }
}

#[tokio::test]
async fn a_site_that_turns_to_plain_permalinks_is_followed() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.set(Mood::PlainPermalinks);
    keeper.renew_now().await.unwrap();
    let root = keeper.profile().unwrap().rest_root;
    assert!(!root.as_str().contains("wp-json"), "{root}");
    keeper.renew_now().await.unwrap();
    assert_eq!(
        shop.log()
            .iter()
            .filter(|line| line.starts_with("POST /wp-json"))
            .count(),
        1
    );
    assert_eq!(device.home().profile(&shop.address()), keeper.profile());
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_store() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let other = device.keeper(&shop).await;
    assert_eq!(other.status().state, StateName::Active);
    assert_eq!(keeper.sign_out().await.unwrap(), SignedOut::Everywhere);
    assert!(shop.books.lock().unwrap().sessions.is_empty());
    assert_eq!(
        keeper.access_token().await.unwrap_err().code(),
        Code::AUTH_REQUIRED
    );
    assert_eq!(device.keeper(&shop).await.status().state, StateName::SignedOut);
    assert!(
        !std::fs::read_dir(device.home().vault_dir())
            .unwrap()
            .any(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.ends_with(".sealed") || name.ends_with(".prev")
            })
    );
    assert_eq!(keeper.sign_out().await.unwrap(), SignedOut::NobodyWasIn);
    until(&other, |status| status.state == StateName::SignedOut).await;
}

#[tokio::test]
async fn signing_out_while_the_store_is_away_is_made_good_later_by_whoever_comes() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    shop.set(Mood::Down);
    assert_eq!(
        keeper.sign_out().await.unwrap(),
        SignedOut::StoreLater(Code::WEBSITE_UNAVAILABLE)
    );
    assert_eq!(keeper.status().state, StateName::SignedOut);
    keeper.shutdown().await;
    assert_eq!(shop.books.lock().unwrap().sessions.len(), 1);
    shop.set(Mood::Well);
    device.clock.pass(LIFE * 2);
    let later = device.keeper(&shop).await;
    until(&later, |_| shop.books.lock().unwrap().sessions.is_empty()).await;
    assert_eq!(later.status().state, StateName::SignedOut);
}

#[tokio::test]
async fn a_damaged_session_file_is_said_so_and_replaced_by_a_new_sign_in() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    let file = sealed_file(&device);
    std::fs::write(&file, b"rubbish").unwrap();
    let _ = std::fs::remove_file(file.with_extension("sealed.prev"));
    let keeper = device.keeper(&shop).await;
    let status = keeper.status();
    assert_eq!(
        (status.state, status.code),
        (StateName::SignedOut, Some(Code::VAULT_DAMAGED))
    );
    assert_eq!(
        keeper.access_token().await.unwrap_err().code(),
        Code::VAULT_DAMAGED
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"rubbish", "looking moves nothing");
    keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    assert_eq!(keeper.status().state, StateName::Active);
    assert_eq!(
        std::fs::read(file.with_extension("sealed.damaged-1")).unwrap(),
        b"rubbish"
    );
}

#[tokio::test]
async fn a_session_file_that_is_ruined_under_a_running_till_costs_no_session() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    let keeper = device.keeper(&shop).await;
    let file = sealed_file(&device);
    std::fs::write(&file, b"rubbish").unwrap();
    let _ = std::fs::remove_file(file.with_extension("sealed.prev"));
    shop.set(Mood::Down);
    for _ in 0..3 {
        keeper.renew_now().await.unwrap_err();
        device.clock.pass(Duration::from_secs(61));
    }
    // A second program looks at the file, finds nothing it can use, and goes.
    let other = device.keeper(&shop).await;
    assert_eq!(other.status().code, Some(Code::VAULT_DAMAGED));
    other.shutdown().await;
    keeper.renew_now().await.unwrap_err();
    assert_eq!(keeper.status().state, StateName::Troubled);
    assert!(keeper.fresh_token().is_some());
    shop.set(Mood::Well);
    keeper.renew_now().await.unwrap();
    keeper.shutdown().await;
    let again = device.keeper(&shop).await;
    assert_eq!(again.status().state, StateName::Active, "and is written anew");
}

#[tokio::test]
async fn a_sign_in_in_the_browser_finishes_with_its_own_answer_only() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.keeper(&shop).await;
    let redirect_uri = Url::parse("http://127.0.0.1:9/callback").unwrap();
    let pending = keeper
        .begin_sign_in(App::CommandLine, &redirect_uri)
        .await
        .unwrap();
    let answer = |state: &str| {
        let tokens =
            "access_token=a.e30.c&refresh_token=r.e30.t&uuid=u-ann&id=3&display_name=ann&expires_at=9";
        Url::parse(&format!("{redirect_uri}?{tokens}&state={state}")).unwrap()
    };
    let error = keeper
        .finish_sign_in(pending.clone(), &answer("other"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::SIGN_IN_ABANDONED);
    assert_eq!(keeper.status().state, StateName::SignedOut);
    let state = pending.state().to_owned();
    keeper.finish_sign_in(pending, &answer(&state)).await.unwrap();
    assert_eq!(keeper.status().user.unwrap().display_name, "ann");
}

#[tokio::test]
async fn another_person_takes_over_and_the_session_before_is_ended() {
    let (shop, device) = (Shop::open().await, Device::new());
    let keeper = device.signed_in(&shop).await;
    let first = keeper.status().session.unwrap();
    keeper.sign_in("ben", &Password::new("ben-demo")).await.unwrap();
    assert_ne!(keeper.status().session.as_ref(), Some(&first));
    until(&keeper, |_| {
        !shop
            .books
            .lock()
            .unwrap()
            .sessions
            .values()
            .any(|session| *session == first)
    })
    .await;
    assert_eq!(shop.books.lock().unwrap().sessions.len(), 1);
    keeper.renew_now().await.unwrap();
}

#[tokio::test]
async fn a_session_file_of_a_newer_version_is_left_alone_even_by_a_sign_in() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    let file = sealed_file(&device);
    let mut newer = b"EVTV\x02\x00\x00\x00".to_vec();
    newer[5..].copy_from_slice(&<sha2::Sha256 as sha2::Digest>::digest(b"EVTV\x02")[..3]);
    std::fs::write(&file, &newer).unwrap();
    let keeper = device.keeper(&shop).await;
    assert_eq!(keeper.status().code, Some(Code::VAULT_TOO_NEW));
    let error = keeper
        .sign_in("ann", &Password::new("ann-demo"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::VAULT_TOO_NEW);
    assert_eq!(keeper.status().state, StateName::SignedOut);
    assert_eq!(std::fs::read(&file).unwrap(), newer);
    keeper.shutdown().await;
    assert_eq!(
        shop.books.lock().unwrap().sessions.len(),
        1,
        "the session that could not be saved is ended"
    );
}

#[tokio::test]
async fn a_lost_key_is_said_so_and_a_new_sign_in_keeps_the_old_file() {
    let (shop, device) = (Shop::open().await, Device::new());
    device.signed_in(&shop).await.shutdown().await;
    let sealed = std::fs::read(sealed_file(&device)).unwrap();
    std::fs::remove_file(device.dir.path().join("vault.key")).unwrap();
    let keeper = device.keeper(&shop).await;
    assert_eq!(
        keeper.access_token().await.unwrap_err().code(),
        Code::VAULT_KEY_MISSING
    );
    keeper.sign_in("ann", &Password::new("ann-demo")).await.unwrap();
    assert_eq!(keeper.status().state, StateName::Active);
    let aside = sealed_file(&device).with_extension("sealed.damaged-1");
    assert_eq!(std::fs::read(aside).unwrap(), sealed);
}

fn sealed_file(device: &Device) -> std::path::PathBuf {
    std::fs::read_dir(device.home().vault_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "sealed"))
        .unwrap()
}
