//! What holds for every examination: healthy stores are called so, dead ones do not take long, nothing is changed,
//! nothing leaks.

use evertill_client::StoreAddress;
use evertill_doctor::{
    CatalogueState, Context, EXAMINATION_MAX, HopState, PrinterState, Readiness, Report, SessionKnown,
    TillView, UnsentSales, Verdict, examine_and_tell,
};
use evertill_session::StateName;
use evertill_wire::{Code, Exit};

use crate::store::{Reply, Route, Script, Store};
use crate::world::{ACCESS, REFRESH, World, examined, kept};

#[tokio::test]
async fn a_healthy_store_makes_a_till_that_is_ready_to_sell() {
    let examined = examined(World::default()).await;
    let report = examined.report;
    assert_eq!(
        report.verdict,
        "This till is ready to sell.",
        "{}",
        report.to_text()
    );
    assert_eq!((report.readiness, report.exit()), (Readiness::Ready, None));
    assert!(
        report.path.iter().all(|hop| hop.state == HopState::Ok),
        "{:?}",
        report.path
    );
}

#[tokio::test]
async fn without_consent_the_refresh_token_stays_where_it_is() {
    let examined = examined(World::default()).await;
    assert!(
        examined
            .log
            .iter()
            .all(|asked| !asked.target.contains("auth/refresh"))
    );
    let row = examined.report.row("session.renewal").unwrap().clone();
    assert_eq!(row.verdict, Verdict::NotChecked);
}

#[tokio::test]
async fn with_consent_it_is_presented_once_and_the_new_token_is_tried_once() {
    let examined = examined(World {
        may_renew: true,
        ..World::default()
    })
    .await;
    let renewals = examined.log.iter().filter(|asked| asked.method == "POST").count();
    assert_eq!(renewals, 1);
    assert_eq!(
        examined.report.row("session.renewal").unwrap().verdict,
        Verdict::Ok
    );
}

#[tokio::test]
async fn a_store_that_takes_connections_and_says_nothing_is_given_up_in_time() {
    let mut script = Script::default();
    script.answer(Route::Everything, Reply::Nothing);
    let report = examined(World {
        script,
        ..World::default()
    })
    .await
    .report;
    assert!(u128::from(report.took_ms) < EXAMINATION_MAX.as_millis());
    assert_eq!(report.exit(), Some(Exit::Trouble));
}

#[tokio::test]
async fn what_hangs_behind_a_good_front_page_is_given_up_in_time() {
    let mut script = Script::default();
    script.answer(Route::Echo, Reply::Nothing);
    script.answer(Route::SignIn, Reply::Nothing);
    script.answer(Route::Protected, Reply::Nothing);
    let report = examined(World {
        script,
        ..World::default()
    })
    .await
    .report;
    assert!(u128::from(report.took_ms) < EXAMINATION_MAX.as_millis());
    assert_eq!(report.first_cause.unwrap().code, Some(Code::CONNECTION_TIMEOUT));
}

#[tokio::test]
async fn each_finding_is_told_as_soon_as_it_is_there() {
    let store = Store::start(Script::default()).await;
    let context = Context::new(StoreAddress::parse(&format!("http://{}", store.address)).unwrap());
    let mut told = Vec::new();
    let report = examine_and_tell(&context, |finding| told.push(finding.id.clone())).await;
    let mut rows: Vec<String> = report.rows.iter().map(|row| row.id.clone()).collect();
    told.sort();
    rows.sort();
    assert_eq!(told, rows);
}

#[tokio::test]
async fn a_shared_report_holds_no_secret_no_address_and_no_name_and_says_so() {
    let mut session = kept();
    session.state = StateName::SignInNeeded;
    session.cause = Some((
        Code::REFRESH_TOKEN_INVALID,
        format!("ann@shop.example ended it, token {REFRESH}, Bearer {ACCESS}"),
    ));
    let report = examined(World {
        session: SessionKnown::Kept(Box::new(session)),
        ..World::default()
    })
    .await
    .report;
    assert_eq!(report.exit(), Some(Exit::SignIn));
    let shared = report.to_share();
    for text in [shared.to_text(), shared.to_json().unwrap()] {
        for secret in [ACCESS, REFRESH, "ann@shop.example", "Ann Baker"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert!(
            text.contains("tokens") && text.contains("e-mail addresses"),
            "{text}"
        );
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.json");
    report.save(&path).unwrap();
    let saved: Report = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(saved, shared);
}

#[tokio::test]
async fn the_terminal_and_json_use_the_same_words() {
    let script = Script {
        strips_header: true,
        ..Script::default()
    };
    let report = examined(World {
        script,
        ..World::default()
    })
    .await
    .report;
    let (text, json) = (report.to_text(), report.to_json().unwrap());
    let row = report.row("session.header").unwrap();
    assert!(text.contains(&row.sentence) && json.contains(&row.sentence));
    assert!(text.starts_with("Ready to sell. 1 thing to fix today."));
    assert!(text.contains("| fastcgi_param HTTP_AUTHORIZATION $http_authorization;"));
}

#[derive(Debug)]
struct BusyTill;

impl TillView for BusyTill {
    fn unsent(&self) -> Option<UnsentSales> {
        Some(UnsentSales {
            count: 3,
            sum: "41.50 €".into(),
            oldest_s: 3_600,
            parked: 0,
        })
    }

    fn catalogue(&self) -> Option<CatalogueState> {
        Some(CatalogueState {
            items: 1_240,
            of: Some(1_240),
            age_s: Some(120),
        })
    }

    fn printer(&self) -> Option<PrinterState> {
        None
    }
}

#[tokio::test]
async fn the_till_tells_of_sales_that_wait_and_has_no_row_for_a_printer_it_does_not_have() {
    let store = Store::start(Script::default()).await;
    let mut context = Context::new(StoreAddress::parse(&format!("http://{}", store.address)).unwrap());
    context.till = Some(std::sync::Arc::new(BusyTill));
    let report = evertill_doctor::examine(&context).await;
    let unsent = report.row("till.unsent").unwrap();
    assert_eq!(
        (unsent.verdict, unsent.code),
        (Verdict::Warn, Some(Code::UNSENT_SALES))
    );
    assert!(unsent.sentence.contains("3 sales wait, 41.50 €"));
    assert_eq!(report.row("till.catalogue").unwrap().verdict, Verdict::Ok);
    assert!(report.row("till.printer").is_none());
}

#[tokio::test]
async fn a_data_directory_that_does_not_exist_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("not-there");
    let store = StoreAddress::parse("http://127.0.0.1:9").unwrap();
    let context = Context::in_data_dir(store, &path);
    let report = evertill_doctor::examine(&context).await;
    assert!(!path.exists());
    assert_eq!(
        report.row("device.data-directory").unwrap().verdict,
        Verdict::Note
    );
    assert_eq!(report.first_cause.unwrap().code, Some(Code::CONNECTION_REFUSED));
}
