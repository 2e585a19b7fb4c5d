//! Exchanges recorded from a stock store: asked the same, this store answers in the same shape, with the same
//! keys and types. Where it means to answer with another status, the fixture says so under `here`.

use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, Shop, Till};

struct Tills {
    cashier: Till,
    manager: Till,
    owner: Till,
}

/// A token of another kind of store: well formed, and signed by nobody here.
const JUNK: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwOi8vc2hvcC50ZXN0In0.c2lnbmF0dXJl";

async fn replay(group: &str, fixtures: &str) {
    let shop = Shop::open().await;
    let tills = Tills {
        cashier: shop.sign_in("cashier").await,
        manager: shop.sign_in("manager").await,
        owner: shop.sign_in("owner").await,
    };
    let fixtures: Value = serde_json::from_str(fixtures).unwrap();
    let mut faults = Vec::new();
    for (name, fixture) in fixtures.as_object().unwrap() {
        let answer = ask(&shop, &tills, &fixture["ask"]).await;
        for fault in compare(fixture, &answer) {
            faults.push(format!("{group}/{name}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn ask(shop: &Shop, tills: &Tills, ask: &Value) -> Answer {
    let text = |value: &Value| filled(value.as_str().unwrap(), tills);
    let headers: Vec<(String, String)> = ask["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let method = ask["method"].as_str().unwrap();
    shop.send(method, &text(&ask["target"]), &headers, &text(&ask["body"]))
        .await
}

fn filled(text: &str, tills: &Tills) -> String {
    let foreign = format!(
        "{}AAAA",
        &tills.cashier.refresh[..tills.cashier.refresh.len() - 4]
    );
    let mut text = text
        .replace("{cashier}", &tills.cashier.access)
        .replace("{manager}", &tills.manager.access)
        .replace("{owner}", &tills.owner.access)
        .replace("{refresh}", &tills.cashier.refresh)
        .replace("{foreign}", &foreign)
        .replace("{junk}", JUNK);
    while text.contains("{uuid}") {
        text = text.replacen("{uuid}", &Uuid::new_v4().to_string(), 1);
    }
    text
}

fn compare(fixture: &Value, answer: &Answer) -> Vec<String> {
    let stock = &fixture["stock"];
    let mut faults = Vec::new();
    let expected = fixture.get("here").unwrap_or(&stock["status"]);
    if *expected != answer.status {
        faults.push(format!(
            "status {} instead of {expected}: {}",
            answer.status, answer.body
        ));
        return faults;
    }
    for name in [
        "content-type",
        "cache-control",
        "access-control-allow-origin",
        "access-control-max-age",
    ] {
        if let Some(expected) = stock["headers"][name].as_str()
            && answer.header(name) != Some(expected)
        {
            faults.push(format!(
                "{name}: {:?} instead of {expected:?}",
                answer.header(name)
            ));
        }
    }
    for name in ["link", "etag", "x-wp-total", "x-wp-totalpages"] {
        if stock["headers"].get(name).is_some() && answer.header(name).is_none() {
            faults.push(format!("{name} is missing"));
        }
    }
    if let Some(expected) = stock.get("body") {
        let loose: Vec<&str> = fixture["loose"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        shape("", expected, &answer.json(), &loose, &mut faults);
    }
    faults
}

/// Every key of the expected value is there, with a value of the same type.
fn shape(path: &str, expected: &Value, found: &Value, loose: &[&str], faults: &mut Vec<String>) {
    if loose.iter().any(|loose| path.starts_with(loose) || *loose == "/") {
        return;
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let path = format!("{path}/{key}");
                match found.get(key) {
                    Some(found) => shape(&path, value, found, loose, faults),
                    None if loose.iter().any(|loose| path.starts_with(loose)) => {}
                    None if IGNORED.contains(&key.as_str()) => {}
                    None => faults.push(format!("{path} is missing")),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            if let (Some(expected), Some(found)) = (expected.first(), found.first()) {
                shape(&format!("{path}/0"), expected, found, loose, faults);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ if std::mem::discriminant(expected) == std::mem::discriminant(found) => {}
        _ => faults.push(format!("{path}: {found} is not like {expected}")),
    }
}

/// Keys a stock store adds that carry nothing here: its digests, and links that only hint.
const IGNORED: [&str; 5] = ["_rxdb_digest", "targetHints", "up", "display_value", "build"];

macro_rules! recorded {
    ($($name:ident: $group:literal;)*) => {
        $(#[tokio::test]
        async fn $name() {
            replay($group, include_str!(concat!("../fixtures/", $group, ".json"))).await;
        })*
    };
}

recorded! {
    the_token_test_answers_like_a_stock_store: "auth_test";
    discovery_answers_like_a_stock_store: "discovery";
    renewals_answer_like_a_stock_store_with_real_statuses: "refresh";
    protected_routes_answer_like_a_stock_store: "protected";
    session_routes_answer_like_a_stock_store: "sessions";
    catalogue_routes_answer_like_a_stock_store: "catalogue";
    order_routes_answer_like_a_stock_store: "orders";
}
