//! The OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::{
    describe::describe,
    operation::{Answer, Body, JSON, Operation, Param, Place, Tag},
    schema::{either, object, whole},
    shapes::Shape,
};
use crate::{http::endpoint::Endpoint, oauth};

/// Makes the document of a store that is reached at `home`.
pub(crate) fn document(home: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in Endpoint::all() {
        let item = paths.entry(endpoint.path()).or_insert_with(|| json!({}));
        item[endpoint.verb().name().to_ascii_lowercase()] = operation(endpoint, &describe(endpoint));
    }
    let schemas: Map<String, Value> = Shape::ALL
        .iter()
        .map(|shape| (shape.name().to_owned(), shape.schema().into_value()))
        .collect();
    let tags: Vec<Value> = Tag::ALL
        .iter()
        .map(|tag| json!({"name": tag.title(), "description": tag.about()}))
        .collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Evertill store server",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Sessions that stay, a catalogue and orders, in the protocol of WordPress with WooCommerce and the WCPOS plugin.",
            "description": super::ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": home, "description": "This store"}],
        "tags": tags,
        "externalDocs": {"description": "What every error code means", "url": format!("{home}/error-codes")},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security_schemes(home)},
    })
}

fn security_schemes(home: &str) -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token of a session. It lives for minutes; renew it before it ends.",
        },
        "query": {
            "type": "apiKey", "in": "query", "name": "authorization",
            "description": "`Bearer` and the access token, for hosts that take the header away. Looked at where there is no header.",
        },
        "oauth": {
            "type": "oauth2",
            "description": "Authorization code with PKCE (S256). The client is registered by the owner of the store.",
            "flows": {"authorizationCode": {
                "authorizationUrl": format!("{home}/oauth/authorize"),
                "tokenUrl": format!("{home}/oauth/token"),
                "refreshUrl": format!("{home}/oauth/token"),
                "scopes": {oauth::SCOPE: "What the person who signs in may do at a till."},
            }},
        },
        "dpop": {
            "type": "http", "scheme": "DPoP",
            "description": "A session that was opened with a proof of possession (RFC 9449) is bound to that key: every request carries `Authorization: DPoP` with the access token, and a fresh proof in the header `DPoP`, signed with ES256 or EdDSA. The store answers with a `DPoP-Nonce` to put into the next proof.",
        },
        "client": {
            "type": "http", "scheme": "basic",
            "description": "Name and secret of a registered OAuth client. Clients without a secret send `client_id` in the body.",
        },
    })
}

fn operation(endpoint: Endpoint, told: &Operation) -> Value {
    let mut value = json!({
        "operationId": lower_first(endpoint.name()),
        "tags": [told.tag.title()],
        "summary": told.summary,
        "description": told.about,
        "security": security(endpoint),
    });
    if !told.params.is_empty() {
        value["parameters"] = told.params.iter().map(param).collect();
    }
    if let Some(sent) = &told.body {
        value["requestBody"] = body(sent);
    }
    let can_be_wrapped = endpoint.needs_token() && endpoint.verb() == crate::http::endpoint::Verb::Get;
    let answers: Map<String, Value> = told
        .answers
        .iter()
        .map(|one| (one.status.to_string(), answer(one, can_be_wrapped)))
        .collect();
    value["responses"] = answers.into();
    value
}

/// `EndSession` as a name in the document.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

fn security(endpoint: Endpoint) -> Value {
    use crate::http::endpoint::Plain;
    match endpoint {
        Endpoint::Till(_) => json!([{"bearer": []}, {"query": []}, {"oauth": [oauth::SCOPE]}, {"dpop": []}]),
        Endpoint::Plain(Plain::Introspect) => json!([{"client": []}, {"bearer": []}]),
        Endpoint::Plain(Plain::Token | Plain::Revoke) => json!([{"client": []}, {}]),
        Endpoint::Open(_) | Endpoint::Plain(_) => json!([]),
    }
}

fn param(param: &Param) -> Value {
    let mut value = json!({
        "name": param.name, "in": param.place.word(), "description": param.about, "required": param.is_required,
        "schema": param.schema.as_value(),
    });
    let is_list = param.schema.as_value()["type"] == "array";
    if is_list && param.place == Place::Query {
        value["style"] = "form".into();
        value["explode"] = false.into();
    }
    value
}

fn body(body: &Body) -> Value {
    let content: Map<String, Value> = body
        .media
        .iter()
        .map(|media| {
            let content = json!({"schema": body.schema.as_value(), "example": body.example});
            ((*media).to_owned(), content)
        })
        .collect();
    json!({"required": true, "content": content})
}

fn answer(answer: &Answer, can_be_wrapped: bool) -> Value {
    let mut value = json!({"description": answer.about});
    let mut content = Map::new();
    for (media, schema) in answer.bodies() {
        let schema = match (answer.status, media) {
            (200, JSON) if can_be_wrapped => {
                let wrapped = object()
                    .field("data", schema.clone())
                    .field("_wcpos", Shape::Envelope.named());
                either([schema, wrapped.closed()])
            }
            _ => schema,
        };
        let mut body = json!({"schema": schema.as_value()});
        if let (JSON, Some(example)) = (media, &answer.example) {
            body["example"] = example.clone();
        }
        content.insert(media.to_owned(), body);
    }
    if !content.is_empty() {
        value["content"] = content.into();
    }
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .map(|header| {
            let told = json!({
                "description": header.about, "required": header.is_required, "schema": header.schema.as_value(),
            });
            (header.name.to_owned(), told)
        })
        .collect();
    if !headers.is_empty() {
        value["headers"] = headers.into();
    }
    value
}

/// What stands around an answer where `_wcpos_envelope=1` asks for it.
pub(super) fn envelope() -> super::schema::Schema {
    object()
        .field("v", whole())
        .may("total", whole())
        .may("total_pages", whole())
        .may("page", whole())
        .may("validator", super::schema::text())
        .closed()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    found.insert(target.clone());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_shape_is_used_and_every_reference_leads_to_one() {
        let document = document("http://store.test");
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        let shapes: BTreeSet<String> = Shape::ALL
            .iter()
            .map(|shape| shape.named().into_value()["$ref"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, shapes);
    }

    #[test]
    fn every_parameter_of_a_path_is_described_and_no_other() {
        for endpoint in Endpoint::all() {
            let told = describe(endpoint);
            let in_path: BTreeSet<&str> = endpoint
                .path()
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next())
                .collect();
            let described: BTreeSet<&str> = told
                .params
                .iter()
                .filter(|param| param.place == Place::Path)
                .map(|param| param.name)
                .collect();
            assert_eq!(in_path, described, "{endpoint:?}");
            assert!(
                told.answers.iter().all(|answer| !answer.about.is_empty()),
                "{endpoint:?}"
            );
        }
    }
}
