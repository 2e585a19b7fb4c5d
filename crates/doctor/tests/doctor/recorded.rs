//! Every recorded exchange of a real WordPress, WooCommerce and WCPOS that is not a success.
//!
//! The expected layer, code and remedy in the fixture were written by reading what those exchanges mean, not by running
//! the doctor.

use evertill_doctor::{Fixer, Layer, Verdict};
use evertill_wire::Code;
use serde::Deserialize;

use crate::store::{Reply, Route};
use crate::world::{World, examined};

#[derive(Deserialize)]
struct Recorded {
    names: Vec<String>,
    route: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    index: String,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    layer: Layer,
    code: Option<Code>,
    verdict: Verdict,
    who: Option<Fixer>,
    remedy: String,
}

fn no_route() -> Reply {
    Reply::json(
        404,
        r#"{"code":"rest_no_route","message":"No route was found.","data":{"status":404}}"#,
    )
}

fn world_of(case: &Recorded) -> World {
    let mut world = World::default();
    let reply = Reply::Says(case.status, case.headers.clone(), case.body.clone());
    let route = match case.route.as_str() {
        "site" => Route::Site,
        "ping" => Route::Ping,
        "wp-json" => Route::WpJson,
        "auth-test" => Route::AuthTest,
        "sign-in" => Route::SignIn,
        "protected" => Route::Protected,
        "refresh" => Route::Refresh,
        other => panic!("unknown route {other}"),
    };
    world.may_renew = route == Route::Refresh;
    match case.index.as_str() {
        "whole" => {}
        "without wcpos" => world.script.namespaces = r#"["wc/v3","wp/v2"]"#,
        "without woocommerce" => world.script.namespaces = r#"["wp/v2"]"#,
        "old wcpos" => world.script.namespaces = r#"["wcpos/v1","wc/v3"]"#,
        other => panic!("unknown index {other}"),
    }
    if case.index != "whole" {
        // A plugin that is off is off on all of its routes.
        world.script.answer(Route::Site, no_route());
    }
    if route == Route::AuthTest {
        world.script.answer(Route::Echo, no_route());
    }
    if case
        .names
        .iter()
        .any(|name| name.contains("header-stripped-valid"))
    {
        world.script.strips_header = true;
        world.script.strips_parameter = true;
    }
    if case.status == 0 {
        // Nobody listens on the port of discarding.
        world.store = Some("http://127.0.0.1:9".into());
    } else {
        world.script.answer(route, reply);
    }
    world
}

#[tokio::test]
async fn each_recorded_exchange_is_named_by_layer_code_and_remedy() {
    let cases: Vec<Recorded> = serde_json::from_str(include_str!("../fixtures/recorded.json")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in &cases {
        count += case.names.len();
        let report = examined(world_of(case)).await.report;
        let expected = &case.expected;
        if expected.verdict == Verdict::Note {
            let row = report.row("site.rest").unwrap();
            if report.first_cause.is_some() || row.verdict != Verdict::Note || row.layer != expected.layer {
                wrong.push(format!("{:?}: {:?}", case.names, report.first_cause));
            }
            continue;
        }
        let found = report.first_cause.as_ref();
        let row = found.and_then(|cause| report.row(&cause.id));
        let is_right = found.is_some_and(|cause| {
            cause.layer == expected.layer
                && cause.code == expected.code
                && Some(cause.who) == expected.who
                && cause.remedy.contains(&expected.remedy)
        }) && row.is_some_and(|row| row.verdict == expected.verdict);
        if !is_right {
            wrong.push(format!("{:?} {}: {found:?}", case.names, case.route));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 210);
}
