//! Single rows: what each says when its one thing is out of order.

use std::sync::Arc;

use evertill_client::StoreAddress;
use evertill_client::clock::{Clock, SystemClock};
use evertill_doctor::{
    Action, CatalogueState, Context, Finding, HopState, PrinterState, SessionKnown, TillView, UnsentSales,
    Verdict,
};
use evertill_wire::{AccessToken, Code};

use crate::store::{Reply, Route, Script, Store};
use crate::world::{World, examined, kept};

async fn row(world: World, id: &str) -> Finding {
    examined(world).await.report.row(id).unwrap().clone()
}

fn now_s() -> i64 {
    SystemClock::new().now().wall.as_millis() / 1_000
}

/// A token in the form of a stock store's, which says this of itself.
fn saying(payload: &str) -> AccessToken {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::from("e30.");
    for group in payload.as_bytes().chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(alphabet[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    AccessToken::new(format!("{text}.c2ln"))
}

fn with_session(change: impl FnOnce(&mut evertill_doctor::SessionKept)) -> World {
    let mut session = kept();
    change(&mut session);
    World {
        session: SessionKnown::Kept(Box::new(session)),
        ..World::default()
    }
}

#[tokio::test]
async fn another_time_zone_is_a_note_and_the_same_one_is_fine() {
    let mut world = World::default();
    world.device.offset_s = 7_200;
    let found = row(world, "device.time-zone").await;
    assert_eq!(found.verdict, Verdict::Note);
    assert!(found.sentence.contains("UTC+02:00"), "{}", found.sentence);
    assert_eq!(
        row(World::default(), "device.time-zone").await.verdict,
        Verdict::Ok
    );
}

#[tokio::test]
async fn a_proxy_that_applies_to_the_store_is_named() {
    let mut world = World {
        store: Some("http://shop.invalid".into()),
        ..World::default()
    };
    world.device.variables = &[("http_proxy", "http://ann:secret@proxy.invalid:3128")];
    let report = examined(world).await.report;
    let found = report.row("device.proxy").unwrap();
    assert_eq!(found.verdict, Verdict::Note);
    assert_eq!(
        found.sentence,
        "Requests go through the proxy proxy.invalid:3128."
    );
    assert!(!report.to_text().contains("secret"));
}

#[tokio::test]
async fn access_that_lasts_too_short_comes_with_the_line_that_lengthens_it() {
    let found = row(
        with_session(|session| session.access_life_s = Some(30)),
        "session.life",
    )
    .await;
    assert_eq!(found.verdict, Verdict::Warn);
    assert!(
        found
            .remedy
            .unwrap()
            .copyable
            .unwrap()
            .contains("woocommerce_pos_jwt_access_token_expire")
    );
    let fine = row(
        with_session(|session| session.access_life_s = Some(60)),
        "session.life",
    )
    .await;
    assert_eq!(fine.verdict, Verdict::Ok);
}

#[tokio::test]
async fn a_token_from_the_stores_future_and_one_of_another_site_are_told_apart_from_a_good_one() {
    let early = format!(r#"{{"iat":{},"exp":4102444800}}"#, now_s() + 600);
    let found = row(
        with_session(|session| session.access = Some(saying(&early))),
        "session.claims",
    )
    .await;
    assert_eq!(
        (found.verdict, found.code),
        (Verdict::Warn, Some(Code::INVALID_SITE_CONFIGURATION))
    );
    assert!(found.sentence.contains("clock"), "{}", found.sentence);

    let foreign = r#"{"iat":1,"exp":4102444800,"iss":"https://old-name.example"}"#;
    let found = row(
        with_session(|session| session.access = Some(saying(foreign))),
        "session.claims",
    )
    .await;
    assert_eq!(found.verdict, Verdict::Warn);
    assert!(found.sentence.contains("old-name.example"), "{}", found.sentence);

    let own = r#"{"iat":1,"exp":4102444800,"iss":"http://127.0.0.1"}"#;
    let found = row(
        with_session(|session| session.access = Some(saying(own))),
        "session.claims",
    )
    .await;
    assert_eq!(found.verdict, Verdict::Ok, "{}", found.sentence);
}

fn last_active(at_s: i64) -> Script {
    let mut script = Script::default();
    let body = format!(
        r#"{{"user_id":3,"sessions":[{{"jti":"s1","created":1,"last_active":{at_s},"expires":9,"is_current":true}}]}}"#
    );
    script.answer(Route::Protected, Reply::json(200, &body));
    script
}

#[tokio::test]
async fn a_session_two_tills_use_is_noticed() {
    let world = World {
        script: last_active(now_s()),
        ..with_session(|session| session.last_asked_ms = Some((now_s() - 600) * 1_000))
    };
    let found = row(world, "session.shared").await;
    assert_eq!(found.verdict, Verdict::Warn, "{}", found.sentence);
    assert!(found.sentence.contains("Another device"), "{}", found.sentence);
}

#[tokio::test]
async fn a_lost_reply_or_a_renewal_somebody_allowed_looks_like_no_second_till() {
    let world = World {
        script: last_active(now_s()),
        ..with_session(|session| {
            session.renewed_ms = Some((now_s() - 3_600) * 1_000);
            session.last_asked_ms = Some(now_s() * 1_000);
        })
    };
    let found = row(world, "session.shared").await;
    assert_eq!(found.verdict, Verdict::Ok, "{}", found.sentence);
}

#[tokio::test]
async fn without_consent_the_row_of_the_renewal_offers_the_button() {
    let found = row(World::default(), "session.renewal").await;
    assert_eq!(found.verdict, Verdict::NotChecked);
    assert_eq!(found.remedy.unwrap().action, Some(Action::Renew));
}

#[tokio::test]
async fn pages_in_front_of_the_site_are_called_by_their_names() {
    for (name, page) in [
        (
            "Imunify360",
            "<html><body>Access denied by Imunify360 bot-protection</body></html>",
        ),
        (
            "Imperva",
            "<html><body>Request unsuccessful. Incapsula incident ID: 1</body></html>",
        ),
        (
            "DDoS-Guard",
            "<html><head><title>DDoS-Guard</title></head><body></body></html>",
        ),
        (
            "A bot check",
            "<html><body>Please verify you are human</body></html>",
        ),
    ] {
        let mut world = World::default();
        world.script.answer(Route::Interface, Reply::html(403, page));
        let cause = examined(world).await.report.first_cause.unwrap();
        assert_eq!(cause.sentence, format!("{name} answers instead of the store."));
    }
}

#[tokio::test]
async fn a_way_that_is_blocked_says_how_the_other_way_fares() {
    let mut world = World::default();
    world.script.answer(
        Route::WpJson,
        Reply::html(403, "<html><head><title>403 Forbidden</title></head></html>"),
    );
    let found = row(world, "site.rest").await;
    assert_eq!(found.verdict, Verdict::Broken);
    let other = found.evidence.iter().find(|(label, _)| label == "?rest_route=");
    assert_eq!(
        other.map(|(_, seen)| seen.as_str()),
        Some("200 application/json"),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_blank_answer_is_no_interface_and_the_other_way_is_tried() {
    let mut world = World::default();
    world.script.answer(Route::WpJson, Reply::html(200, ""));
    let found = row(world, "site.rest").await;
    assert_eq!(found.verdict, Verdict::Note, "{}", found.sentence);
    let mut world = World::default();
    world.script.answer(Route::Interface, Reply::html(200, ""));
    let found = row(world, "site.rest").await;
    assert_eq!(
        (found.verdict, found.code),
        (Verdict::Broken, Some(Code::MISSING_RESPONSE_DATA))
    );
}

#[tokio::test]
async fn leading_to_https_and_to_www_of_the_same_store_is_said_with_the_address_to_give() {
    for (target, code) in [
        ("https://127.0.0.1:9/", Code::STORE_WANTS_HTTPS),
        ("http://www.127.0.0.1.example/", Code::INVALID_RESPONSE_FORMAT),
    ] {
        let mut world = World::default();
        world.script.answer(Route::Front, Reply::leads_to(target));
        let found = row(world, "site.redirect").await;
        assert_eq!(
            (found.verdict, found.code),
            (Verdict::Broken, Some(code)),
            "{target}"
        );
        let lines = found.remedy.unwrap().copyable.unwrap();
        assert!(target.starts_with(&lines), "{lines}");
    }
}

#[tokio::test]
async fn a_portal_in_front_of_an_https_store_is_found_over_plain_http() {
    let mut script = Script::default();
    script.answer(
        Route::Everything,
        Reply::leads_to("http://192.168.7.1/hotspot/login"),
    );
    let portal = Store::start(script).await;
    let report = examined(World {
        store: Some(format!("https://{}", portal.address)),
        ..World::default()
    })
    .await
    .report;
    let cause = report.first_cause.clone().unwrap();
    assert_eq!(cause.id, "network.portal", "{}", report.to_text());
    let asked = portal.log();
    assert!(!asked.is_empty());
    for request in asked {
        assert!(
            !request.head.to_lowercase().contains("authorization"),
            "{}",
            request.head
        );
    }
}

#[tokio::test]
async fn a_store_that_refuses_the_session_marks_the_last_station() {
    let mut world = World::default();
    let refused = r#"{"code":"woocommerce_pos_rest_unauthorized","message":"No.","data":{"status":401}}"#;
    world.script.answer(Route::Protected, Reply::json(401, refused));
    let report = examined(world).await.report;
    let last = report.path.last().unwrap();
    assert_eq!(
        (last.state, last.note.as_str()),
        (HopState::Broken, "session refused")
    );
}

#[tokio::test]
async fn another_process_that_renews_is_noticed_and_the_lock_is_left_alone() {
    use evertill_client::vault::{KeyChoice, Vault};
    use evertill_client::{Home, StoreAddress};

    let directory = tempfile::tempdir().unwrap();
    let store = StoreAddress::parse("http://127.0.0.1:9").unwrap();
    let home = Home::open(directory.path()).unwrap();
    let vault = Vault::new(&home, &store, KeyChoice::File);
    assert!(!vault.is_held().unwrap());
    let lock = vault.try_lock().unwrap().unwrap();
    assert!(vault.is_held().unwrap());
    let mut context = Context::new(store);
    context.data_dir = Some(directory.path().to_path_buf());
    context.session = SessionKnown::Kept(Box::new(kept()));
    let report = evertill_doctor::examine(&context).await;
    let found = report.row("device.process").unwrap();
    assert_eq!(found.verdict, Verdict::Note, "{}", found.sentence);
    drop(lock);
    assert!(!vault.is_held().unwrap());
    assert!(vault.try_lock().unwrap().is_some());
}

#[derive(Debug)]
struct Till {
    items: u64,
    age_s: Option<u64>,
}

impl TillView for Till {
    fn unsent(&self) -> Option<UnsentSales> {
        None
    }

    fn catalogue(&self) -> Option<CatalogueState> {
        Some(CatalogueState {
            items: self.items,
            of: Some(1_240),
            age_s: self.age_s,
        })
    }

    fn printer(&self) -> Option<PrinterState> {
        None
    }
}

#[test]
fn every_check_has_words_for_those_who_wait() {
    let mut context = Context::new(StoreAddress::parse("http://127.0.0.1:9").unwrap());
    context.till = Some(Arc::new(Till {
        items: 1,
        age_s: None,
    }));
    let checks = evertill_doctor::all(&context);
    assert!(checks.len() > 30);
    for check in checks {
        assert_ne!(
            evertill_doctor::title(check.id()),
            "Another check",
            "{}",
            check.id()
        );
    }
}

#[tokio::test]
async fn an_old_catalogue_is_to_be_mended_and_an_empty_one_is_broken() {
    for (items, age_s, verdict) in [
        (1_240, Some(60), Verdict::Ok),
        (1_200, Some(60), Verdict::Note),
        (1_240, Some(2 * 86_400), Verdict::Warn),
        (0, None, Verdict::Broken),
    ] {
        let store = Store::start(Script::default()).await;
        let mut context = Context::new(StoreAddress::parse(&format!("http://{}", store.address)).unwrap());
        context.till = Some(Arc::new(Till { items, age_s }));
        let report = evertill_doctor::examine(&context).await;
        let found = report.row("till.catalogue").unwrap();
        assert_eq!(found.verdict, verdict, "{}", found.sentence);
    }
}
