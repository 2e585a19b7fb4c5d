//! The OpenAPI document against the store that serves it. Every answer that any of these tests gets is held against
//! the document ([`hold`]); the tests below see to it that no operation is left out, and that the examples are true.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Answer, FORM, Shop, Till, hidden, parameter};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let home = "http://store.test".parse().unwrap();
    serde_json::from_str(&evertill_server::openapi(&home)).unwrap()
});

/// Schemas made ready, by where they stand in the document.
static READY: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails where the document says something else about an answer. What it does not describe is let pass: wrong methods,
/// preflights, the office.
#[track_caller]
pub(crate) fn hold(method: &str, target: &str, headers: &[(&str, &str)], answer: &Answer) {
    let is_renamed = target.contains("_method=")
        || headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("x-http-method-override"));
    // Without a name it is the socket's own answer: nobody read the request.
    let is_read = answer.header("x-request-id").is_some();
    let described = operation(method, target).filter(|_| is_read && !is_renamed);
    let Some((path, operation)) = described else {
        return;
    };
    let asked = format!("{method} {path}");
    let told = &operation["responses"][answer.status.to_string()];
    assert!(
        told.is_object(),
        "{asked}: {} is not described: {}",
        answer.status,
        answer.body
    );
    for (name, header) in told["headers"].as_object().into_iter().flatten() {
        let is_there = answer.header(name).is_some();
        assert!(is_there || header["required"] == false, "{asked}: no {name}");
    }
    let kind = answer.header("content-type").unwrap_or_default();
    let media = kind.split(';').next().unwrap().trim();
    if media.is_empty() {
        assert!(told.get("content").is_none(), "{asked}: an answer without a type");
        return;
    }
    let content = &told["content"][media];
    assert!(content.is_object(), "{asked}: {} in {media}", answer.status);
    if media.ends_with("json") {
        let key = format!("{asked} {} {media}", answer.status);
        fits(&key, &content["schema"], &answer.json());
    }
}

/// The operation that a request meets, its own path before one with parameters.
fn operation(method: &str, target: &str) -> Option<(&'static str, &'static Value)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let route = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "rest_route" && matches!(path, "/" | "/index.php"))
        .map(|(_, route)| format!("/wp-json/{}", route.trim_matches('/')));
    let path = match (&route, path) {
        (Some(route), _) => route.as_str(),
        (None, "/wcpos-auth") => "/wcpos-auth/",
        (None, path) => path,
    };
    let path = match path.strip_prefix("/wp-json") {
        Some("" | "/") => "/wp-json/",
        Some(_) => path.trim_end_matches('/'),
        None => path,
    };
    let is_at = |pattern: &str| {
        let (patterns, parts) = (pattern.split('/'), path.split('/'));
        patterns.clone().count() == parts.clone().count()
            && patterns.zip(parts).all(|(pattern, part)| match pattern {
                "{version}" => matches!(part, "v1" | "v2"),
                _ => pattern == part || (pattern.starts_with('{') && !part.is_empty()),
            })
    };
    let method = method.to_ascii_lowercase();
    DOCUMENT["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(pattern, item)| is_at(pattern) && item.get(&method).is_some())
        .min_by_key(|(pattern, _)| pattern.matches('{').count())
        .map(|(pattern, item)| (pattern.as_str(), &item[&method]))
}

#[track_caller]
fn fits(key: &str, schema: &Value, value: &Value) {
    let mut ready = READY.lock().unwrap();
    let validator = ready.entry(key.to_owned()).or_insert_with(|| {
        let whole = json!({"$ref": "#/it", "it": schema, "components": DOCUMENT["components"]});
        let made = jsonschema::options().should_validate_formats(true).build(&whole);
        Arc::new(made.unwrap())
    });
    let validator = Arc::clone(validator);
    drop(ready);
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{key}\n{}\n{value:#}", faults.join("\n"));
}

/// Every operation of the document: its id, method, path and description.
fn operations() -> Vec<(&'static str, String, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(|(method, told)| {
                let id = told["operationId"].as_str().unwrap();
                (id, method.to_ascii_uppercase(), path.as_str(), told)
            })
        })
        .collect()
}

#[test]
fn every_example_of_the_document_is_true_to_its_schema() {
    let mut count = 0;
    for (id, .., told) in operations() {
        let answers = told["responses"].as_object().unwrap().values();
        for (place, content) in answers.chain([&told["requestBody"]]).enumerate() {
            for (media, content) in content["content"].as_object().into_iter().flatten() {
                if let Some(example) = content.get("example") {
                    fits(
                        &format!("example {id} {place} {media}"),
                        &content["schema"],
                        example,
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_committed_document_is_the_one_the_code_makes() {
    let home = "https://store.example".parse().unwrap();
    let committed = include_str!("../../../../docs/openapi.json");
    assert!(
        committed == evertill_server::openapi(&home),
        "run `cargo xtask gen-docs`"
    );
}

#[tokio::test]
async fn the_document_is_served_with_the_address_of_the_store() {
    let shop = Shop::open().await;
    let answer = shop.get("/openapi.json").await;
    assert_eq!(answer.status, 200);
    let document = answer.json();
    assert_eq!(
        document["servers"][0]["url"],
        shop.handle.url().as_str().trim_end_matches('/')
    );
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["paths"], {
        let home = shop.handle.url();
        serde_json::from_str::<Value>(&evertill_server::openapi(&home)).unwrap()["paths"].clone()
    });
}

#[tokio::test]
async fn every_operation_is_on_the_page() {
    let shop = Shop::open().await;
    let page = shop.get("/api").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(!page.body.contains("<script"));
    for (id, method, path, told) in operations() {
        let shown = path.replace('{', "<var>{").replace('}', "}</var>");
        let summary = told["summary"].as_str().unwrap().replace('\'', "&#39;");
        for text in [shown, summary, method] {
            assert!(page.body.contains(&text), "{id}: {text}");
        }
    }
    for link in page.body.split("href=\"#").skip(1) {
        let anchor = link.split('"').next().unwrap();
        assert!(page.body.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    for link in page.body.split("href=\"/error-codes/").skip(1) {
        let code = link.split('"').next().unwrap();
        assert!(evertill_wire::Code::find(code).is_some(), "{code}");
    }
}

#[tokio::test]
async fn every_operation_that_is_described_is_served_as_it_is_described() {
    let shop = Shop::open().await;
    let owner = shop.sign_in("owner").await;
    let cashier = shop.sign_in("cashier").await;
    let mut met = BTreeSet::new();
    for (id, method, path, told) in operations() {
        let request = Request::of(&shop, id, path, &owner, &cashier).await;
        let headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = shop.send(&method, &request.target, &headers, &request.body).await;
        let best = match id {
            "push" => "201",
            "settings" => "405",
            "settingsGroup" | "writeSettingsGroup" => "403",
            "signIn" => "302",
            "authorizeSignIn" => "303",
            _ => told["responses"].as_object().unwrap().keys().next().unwrap(),
        };
        assert_eq!(answer.status.to_string(), *best, "{id}: {}", answer.body);
        let open =
            told["security"].as_array().unwrap().is_empty() || told["security"][0].get("client").is_some();
        if !open {
            let refused = shop.send(&method, &request.target, &[], &request.body).await;
            assert_eq!(refused.status, 401, "{id} without a token");
        }
        met.insert(id);
    }
    assert_eq!(met.len(), operations().len());
}

/// A request that is answered the best way there is.
struct Request {
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Request {
    async fn of(shop: &Shop, id: &str, path: &str, owner: &Till, cashier: &Till) -> Self {
        // Somebody whose sessions may end.
        let (spare, jti) = match id {
            "endSession" | "endSessions" => {
                let spare = shop.sign_in("cashier2").await;
                let sessions = shop.get_as(&spare, "auth/sessions").await.json();
                let jti = sessions["sessions"][0]["jti"].as_str().unwrap().to_owned();
                (spare, jti)
            }
            _ => (cashier.clone(), String::new()),
        };
        let target = path
            .replace("{version}", "v2")
            .replace("{jti}", &jti)
            .replace("{store}", "0")
            .replace("{collection}", "orders")
            .replace("{group}", "general")
            .replace("{code}", "API02007")
            .replace("{file}", "bananas.svg");
        let target = match id {
            "store" => target.replace("{id}", "0"),
            _ => target.replace("{id}", &owner.user_id.to_string()),
        };
        let (query, form) = match id {
            "endSession" | "endSessions" => (format!("?user_id={}", spare.user_id), String::new()),
            "variations" => ("?include=1".to_owned(), String::new()),
            "resolveBarcode" => ("?code=5012345600017".to_owned(), String::new()),
            "authorize" | "authorizeSignIn" => (
                AUTHORIZE.to_owned(),
                visit(shop, "/oauth/authorize", AUTHORIZE).await,
            ),
            "signIn" | "signInPage" => (SIGN_IN.to_owned(), visit(shop, "/wcpos-auth/", SIGN_IN).await),
            "token" => (String::new(), code(shop).await),
            "revoke" => (String::new(), "client_id=evertill-cli&token=x".to_owned()),
            "introspect" => (String::new(), format!("token={}", cashier.access)),
            _ => Default::default(),
        };
        let (kind, body) = match id {
            "push" => ("application/json", push().to_string()),
            "renew" => (
                "application/json",
                json!({"refresh_token": cashier.refresh}).to_string(),
            ),
            _ => (FORM[0].1, form),
        };
        let mut headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        if !matches!(id, "token" | "revoke") {
            headers.push(("Authorization".to_owned(), format!("Bearer {}", owner.access)));
        }
        let target = match id {
            "picture" => picture(shop, owner).await,
            _ => format!("{target}{query}"),
        };
        Self {
            target,
            headers,
            body,
        }
    }
}

const SIGN_IN: &str = "?redirect_uri=wcpos%3A%2F%2Fauth&state=s1";

const AUTHORIZE: &str = "?response_type=code&client_id=evertill-cli&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback\
&state=s1&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// The filled-in form of a sign-in page.
async fn visit(shop: &Shop, path: &str, query: &str) -> String {
    let page = shop.get(&format!("{path}{query}")).await;
    crate::support::encoded(&[
        ("_wpnonce", hidden(&page.body, "_wpnonce")),
        ("auth_session", hidden(&page.body, "auth_session")),
        ("wcpos-log", "cashier".to_owned()),
        ("wcpos-pwd", "cashier-demo".to_owned()),
        ("wcpos_website", String::new()),
    ])
}

/// A request for tokens with the code of a sign-in.
async fn code(shop: &Shop) -> String {
    let form = visit(shop, "/oauth/authorize", AUTHORIZE).await;
    let target = format!("/oauth/authorize{AUTHORIZE}");
    let answer = shop.send("POST", &target, &FORM, &form).await;
    crate::support::encoded(&[
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", "evertill-cli".to_owned()),
        ("redirect_uri", "http://127.0.0.1:5/callback".to_owned()),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        ),
        ("code", parameter(answer.header("location").unwrap(), "code")),
    ])
}

/// A sale that the store has not seen.
fn push() -> Value {
    json!({
        "mutationId": "0d04776a-7ae9-4a45-b02c-f278edc9894a", "operation": "create", "collection": "orders",
        "recordId": "fd04776a-7ae9-4a45-b02c-f278edc9894a", "baseRevision": null,
        "payload": {"line_items": [{"name": "Gift wrap", "quantity": 1, "total": "2.50"}]},
    })
}

/// Address of the picture of some product.
async fn picture(shop: &Shop, till: &Till) -> String {
    let products = shop.get_as(till, "products?per_page=20").await.json();
    let found = products
        .as_array()
        .unwrap()
        .iter()
        .find_map(|product| product["images"][0]["src"].as_str());
    let (_, file) = found.unwrap().split_once("/pictures/").unwrap();
    format!("/pictures/{file}")
}
