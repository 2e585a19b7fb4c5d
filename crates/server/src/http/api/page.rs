//! The description as a page for people: no script, nothing from elsewhere.

use askama::Template;
use axum::http::header;
use evertill_guide::STANDALONE_STYLES;
use evertill_wire::Code;
use serde_json::Value;

use super::{
    describe::describe,
    operation::{Answer, Operation, Param, Tag},
    shapes::Shape,
};
use crate::{
    http::{
        App, Reply,
        endpoint::{Endpoint, Open},
    },
    store::StoreError,
};

/// Nothing on the page comes from elsewhere, runs, or leads a form away.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

const STYLES: &str = include_str!("../../../assets/api.css");

/// How deep objects inside of objects are told.
const DEPTH_MAX: usize = 4;

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    shop: String,
    home: String,
    version: &'static str,
    about: Vec<Vec<Piece>>,
    chapters: Vec<Chapter>,
    shapes: Vec<ShapeView>,
}

struct Chapter {
    anchor: String,
    title: &'static str,
    about: &'static str,
    operations: Vec<OperationView>,
}

struct OperationView {
    anchor: &'static str,
    method: &'static str,
    path: Vec<Piece>,
    summary: &'static str,
    about: Vec<Piece>,
    needs_token: bool,
    /// The first of all, so that one can see what there is to see.
    is_open: bool,
    params: Vec<Row>,
    body: Option<BodyView>,
    answers: Vec<AnswerView>,
}

/// A piece of a text: plain, or set apart.
struct Piece {
    is_marked: bool,
    is_strong: bool,
    text: String,
}

/// A parameter or a field.
struct Row {
    name: String,
    place: &'static str,
    kind: String,
    shape: Option<&'static str>,
    about: Vec<Piece>,
    is_required: bool,
}

struct BodyView {
    media: String,
    kind: Kind,
    example: String,
}

struct AnswerView {
    status: u16,
    tone: &'static str,
    about: Vec<Piece>,
    kinds: Vec<Kind>,
    headers: Vec<&'static str>,
    codes: Vec<CodeView>,
    example: Option<String>,
}

/// What a body is: a name that leads to a shape, or words.
struct Kind {
    words: String,
    shape: Option<&'static str>,
}

struct CodeView {
    text: String,
    help: Option<String>,
}

struct ShapeView {
    name: &'static str,
    about: Vec<Piece>,
    kind: String,
    rows: Vec<Row>,
}

/// The style sheet of the page.
pub(crate) fn styles() -> String {
    format!("{STANDALONE_STYLES}{STYLES}")
}

/// `GET /api`.
pub(crate) async fn page(app: &App) -> Result<Reply, StoreError> {
    let template = ApiPage {
        shop: app.shop().await?.name,
        home: app.home.clone(),
        version: env!("CARGO_PKG_VERSION"),
        about: super::ABOUT.split("\n\n").map(pieces).collect(),
        chapters: Tag::ALL.into_iter().map(chapter).collect(),
        shapes: Shape::ALL.iter().copied().map(shape).collect(),
    };
    Ok(match template.render() {
        Ok(text) => Reply::html(200, text)
            .with(header::CACHE_CONTROL, "no-cache")
            .with(header::REFERRER_POLICY, "no-referrer")
            .with(header::CONTENT_SECURITY_POLICY, POLICY),
        Err(error) => {
            tracing::error!(%error, "the page of the interface could not be drawn");
            Reply::html(
                500,
                "<!doctype html>\n<p>The page could not be drawn.</p>\n".to_owned(),
            )
        }
    })
}

fn chapter(tag: Tag) -> Chapter {
    let operations = Endpoint::all()
        .map(|endpoint| (endpoint, describe(endpoint)))
        .filter(|(_, told)| told.tag == tag)
        .map(|(endpoint, told)| operation(endpoint, told))
        .collect();
    Chapter {
        anchor: tag.title().to_lowercase().replace(' ', "-"),
        title: tag.title(),
        about: tag.about(),
        operations,
    }
}

fn operation(endpoint: Endpoint, told: Operation) -> OperationView {
    OperationView {
        anchor: endpoint.name(),
        method: endpoint.verb().name(),
        path: path(endpoint.path()),
        summary: told.summary,
        about: pieces(told.about),
        needs_token: endpoint.needs_token(),
        is_open: endpoint == Endpoint::Open(Open::Renew),
        params: told.params.iter().map(param).collect(),
        body: told.body.map(|body| BodyView {
            media: body.media.join(" or "),
            kind: kind_of(body.schema.as_value()),
            example: pretty(&body.example),
        }),
        answers: told.answers.iter().map(answer).collect(),
    }
}

fn param(param: &Param) -> Row {
    let kind = kind_of(param.schema.as_value());
    Row {
        name: param.name.to_owned(),
        place: param.place.word(),
        kind: kind.words,
        shape: kind.shape,
        about: pieces(param.about),
        is_required: param.is_required,
    }
}

fn answer(answer: &Answer) -> AnswerView {
    let kinds = answer.content.iter().map(|(media, schema)| match *media {
        super::operation::JSON => kind_of(schema.as_value()),
        media => Kind {
            words: media.to_owned(),
            shape: None,
        },
    });
    let shapes = [
        (!answer.codes.is_empty(), Shape::WordPressError),
        (!answer.errors.is_empty(), Shape::OAuthError),
        (!answer.problems.is_empty(), Shape::Problem),
    ];
    let errors = shapes
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, shape)| kind_of(shape.named().as_value()));
    let words = answer.codes.iter().chain(&answer.errors).map(|code| CodeView {
        text: (*code).to_owned(),
        help: explained(code).map(Code::page),
    });
    let problems = answer.problems.iter().map(|code| CodeView {
        text: code.to_string(),
        help: Some(code.page()),
    });
    AnswerView {
        status: answer.status,
        tone: if answer.status < 400 { "ok" } else { "bad" },
        about: pieces(answer.about),
        kinds: kinds.chain(errors).collect(),
        headers: answer.headers.iter().map(|header| header.name).collect(),
        codes: words.chain(problems).collect(),
        example: answer.example.as_ref().map(pretty),
    }
}

/// The code of the catalogue that explains a store's word.
fn explained(word: &str) -> Option<Code> {
    match word {
        "evertill_busy" | "evertill_store_trouble" | "temporarily_unavailable" => {
            Some(Code::SERVICE_UNAVAILABLE)
        }
        _ => Code::all().find(|code| code.entry().server_codes.contains(&word)),
    }
}

fn shape(shape: Shape) -> ShapeView {
    let schema = shape.schema();
    let value = schema.as_value();
    let mut rows = Vec::new();
    fields("", value, 0, &mut rows);
    ShapeView {
        name: shape.name(),
        about: pieces(value["description"].as_str().unwrap_or_default()),
        kind: if rows.is_empty() {
            kind_of(value).words
        } else {
            String::new()
        },
        rows,
    }
}

/// Tells the fields of an object, and of the objects in it that have no name of their own.
fn fields(prefix: &str, value: &Value, depth: usize, rows: &mut Vec<Row>) {
    if depth > DEPTH_MAX {
        return;
    }
    for choice in value["anyOf"].as_array().into_iter().flatten() {
        fields(prefix, choice, depth + 1, rows);
    }
    if value["type"] == "array" {
        return fields(&format!("{prefix}[]"), &value["items"], depth + 1, rows);
    }
    let required = value["required"].as_array();
    for (name, field) in value["properties"].as_object().into_iter().flatten() {
        let full = match prefix {
            "" => name.clone(),
            _ => format!("{prefix}.{name}"),
        };
        if rows.iter().any(|row| row.name == full) {
            continue;
        }
        let kind = kind_of(field);
        rows.push(Row {
            name: full.clone(),
            place: "",
            kind: kind.words,
            shape: kind.shape,
            about: pieces(field["description"].as_str().unwrap_or_default()),
            is_required: required.is_some_and(|all| all.iter().any(|one| one == name.as_str())),
        });
        fields(&full, field, depth + 1, rows);
    }
}

/// A schema in words.
fn kind_of(value: &Value) -> Kind {
    if let Some(target) = value["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        let shape = Shape::ALL.iter().find(|shape| shape.name() == name);
        return Kind {
            words: name.to_owned(),
            shape: shape.map(|shape| shape.name()),
        };
    }
    if value["type"] == "array" {
        if value["maxItems"] == 0 {
            return plain("an empty list");
        }
        let of = kind_of(&value["items"]);
        return Kind {
            words: format!("list of {}", of.words),
            shape: of.shape,
        };
    }
    if let Some(words) = value["enum"].as_array() {
        return plain(&joined(words.iter().map(written)));
    }
    if let Some(only) = value.get("const") {
        return plain(&written(only));
    }
    if let Some(choices) = value["anyOf"].as_array() {
        let mut kinds: Vec<Kind> = choices.iter().map(kind_of).collect();
        kinds.dedup_by(|one, other| one.words == other.words);
        let shape = kinds.iter().find_map(|kind| kind.shape);
        return Kind {
            words: joined(kinds.into_iter().map(|kind| kind.words)),
            shape,
        };
    }
    plain(&match value["type"].as_array() {
        Some(types) => joined(types.iter().map(|kind| simple(kind, value))),
        None => simple(&value["type"], value),
    })
}

fn simple(kind: &Value, of: &Value) -> String {
    match (kind.as_str(), of["format"].as_str()) {
        (Some("string"), Some("uuid")) => "UUID".to_owned(),
        (Some("string"), Some("uri")) => "address".to_owned(),
        (Some("string"), _) => "text".to_owned(),
        (Some("integer"), _) => match (of["minimum"].as_i64(), of["maximum"].as_i64()) {
            (Some(least), Some(most)) if most < 1000 => format!("whole number, {least} to {most}"),
            _ => "whole number".to_owned(),
        },
        (Some("boolean"), _) => "true or false".to_owned(),
        (Some(other), _) => other.to_owned(),
        (None, _) => "anything".to_owned(),
    }
}

fn plain(words: &str) -> Kind {
    Kind {
        words: words.to_owned(),
        shape: None,
    }
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `a, b or c`.
fn joined(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

/// A path whose parameters are set apart.
fn path(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        all.push(piece(false, false, before));
        all.push(piece(true, false, &format!("{{{name}}}")));
        rest = behind;
    }
    all.push(piece(false, false, rest));
    all
}

/// A text with `code` and **strong words**.
fn pieces(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for (at, part) in text.split("**").enumerate() {
        for (inner, bit) in part.split('`').enumerate() {
            if !bit.is_empty() {
                all.push(piece(inner % 2 == 1, at % 2 == 1, bit));
            }
        }
    }
    all
}

fn piece(is_marked: bool, is_strong: bool, text: &str) -> Piece {
    Piece {
        is_marked,
        is_strong,
        text: text.to_owned(),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_told_in_words() {
        for (schema, words) in [
            (json!({"type": "string"}), "text"),
            (json!({"type": ["string", "null"]}), "text or null"),
            (json!({"enum": ["a", "b", "c"]}), "a, b or c"),
            (
                json!({"type": "array", "items": {"type": "integer"}}),
                "list of whole number",
            ),
            (
                json!({"type": "integer", "minimum": 1, "maximum": 100}),
                "whole number, 1 to 100",
            ),
            (json!({"$ref": "#/components/schemas/Order"}), "Order"),
            (json!({}), "anything"),
        ] {
            assert_eq!(kind_of(&schema).words, words);
        }
    }

    #[test]
    fn most_codes_lead_to_a_page_that_explains_them() {
        assert!(explained("rest_no_route").is_some());
        assert!(explained("invalid_grant").is_some());
        assert!(explained("evertill_busy").is_some());
    }
}
