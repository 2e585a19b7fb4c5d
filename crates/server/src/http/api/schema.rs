//! A small builder for JSON Schema 2020-12, the dialect of OpenAPI 3.1.
//!
//! Answers are made with `json!` where they are sent, in a stock store's shapes; the structs in `evertill-wire` are
//! tolerant readers and would describe less than is true. So schemas are written here, strictly, and a test holds
//! every answer of the other tests against them.

use serde_json::{Map, Value, json};

/// A schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Schema(Value);

/// Text.
pub(super) fn text() -> Schema {
    Schema(json!({"type": "string"}))
}

/// One of these words.
pub(super) fn word(words: &[&str]) -> Schema {
    Schema(json!({"type": "string", "enum": words}))
}

/// A whole number.
pub(super) fn whole() -> Schema {
    Schema(json!({"type": "integer", "format": "int64"}))
}

/// A number.
pub(super) fn number() -> Schema {
    Schema(json!({"type": "number"}))
}

/// True or false.
pub(super) fn fact() -> Schema {
    Schema(json!({"type": "boolean"}))
}

/// Anything.
pub(super) fn anything() -> Schema {
    Schema(json!({}))
}

/// This and nothing else.
pub(super) fn only(value: impl Into<Value>) -> Schema {
    let value: Value = value.into();
    Schema(json!({"const": value}))
}

/// A UUID.
pub(super) fn uuid() -> Schema {
    Schema(json!({"type": "string", "format": "uuid"}))
}

/// An address.
pub(super) fn address() -> Schema {
    Schema(json!({"type": "string", "format": "uri"}))
}

/// Seconds since 1970.
pub(super) fn seconds() -> Schema {
    whole().about("Seconds since 1970 on the store's clock.")
}

/// A moment as WordPress writes it, UTC without saying so.
pub(super) fn moment() -> Schema {
    text().shaped(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")
}

/// Money on the order routes: six decimals.
pub(super) fn money() -> Schema {
    text().shaped(r"^-?\d+\.\d{6}$")
}

/// A price of the catalogue as it is stored; empty when there is none.
pub(super) fn price() -> Schema {
    text().shaped(r"^(-?\d+(\.\d+)?)?$")
}

/// A list.
pub(super) fn list(of: Schema) -> Schema {
    Schema(json!({"type": "array", "items": of.0}))
}

/// A list that this store always leaves empty.
pub(super) fn no_list() -> Schema {
    Schema(json!({"type": "array", "maxItems": 0}))
}

/// An object whose keys are not known beforehand.
pub(super) fn map(of: Schema) -> Schema {
    Schema(json!({"type": "object", "additionalProperties": of.0}))
}

/// Any of these.
pub(super) fn either(all: impl IntoIterator<Item = Schema>) -> Schema {
    let mut all: Vec<Value> = all.into_iter().map(|schema| schema.0).collect();
    all.dedup();
    match all.len() {
        1 => Schema(all.remove(0)),
        _ => Schema(json!({"anyOf": all})),
    }
}

/// The first, and with these values of a property.
pub(super) fn narrowed(schema: Schema, property: &str, words: &[&str]) -> Schema {
    Schema(json!({"allOf": [schema.0, {"properties": {property: {"enum": words}}}]}))
}

/// A schema of the document's own list.
pub(super) fn named(name: &str) -> Schema {
    Schema(json!({"$ref": format!("#/components/schemas/{name}")}))
}

/// The beginning of an object.
pub(super) fn object() -> Object {
    Object::default()
}

/// An object under way.
#[derive(Debug, Default)]
pub(super) struct Object {
    fields: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Object {
    /// A field that is always there.
    pub(super) fn field(mut self, name: &'static str, schema: Schema) -> Self {
        self.required.push(name);
        self.may(name, schema)
    }

    /// A field that may be missing.
    pub(super) fn may(mut self, name: &str, schema: Schema) -> Self {
        self.fields.insert(name.to_owned(), schema.0);
        self
    }

    /// Fields of one kind, always there.
    pub(super) fn each(self, names: &[&'static str], schema: &Schema) -> Self {
        names
            .iter()
            .fold(self, |object, name| object.field(name, schema.clone()))
    }

    /// Texts that are always there.
    pub(super) fn texts(self, names: &[&'static str]) -> Self {
        self.each(names, &text())
    }

    /// Whole numbers that are always there.
    pub(super) fn wholes(self, names: &[&'static str]) -> Self {
        self.each(names, &whole())
    }

    /// Facts that are always there.
    pub(super) fn facts(self, names: &[&'static str]) -> Self {
        self.each(names, &fact())
    }

    /// Nothing else may be in it.
    pub(super) fn closed(self) -> Schema {
        let mut schema = self.open();
        schema.set("additionalProperties", false.into());
        schema
    }

    /// More may be in it, each a text: a form whose parameters come once.
    pub(super) fn form(self) -> Schema {
        let mut schema = self.open();
        schema.set("additionalProperties", json!({"type": "string"}));
        schema
    }

    /// More may be in it.
    pub(super) fn open(self) -> Schema {
        let mut schema = Schema(json!({"type": "object", "properties": self.fields}));
        if !self.required.is_empty() {
            schema.set("required", json!(self.required));
        }
        schema
    }
}

impl Schema {
    fn set(&mut self, key: &str, value: Value) {
        if let Some(all) = self.0.as_object_mut() {
            all.insert(key.to_owned(), value);
        }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set(key, value.into());
        self
    }

    /// What it means.
    pub(super) fn about(self, words: &str) -> Self {
        self.with("description", words)
    }

    /// The regular expression a text fits.
    pub(super) fn shaped(self, pattern: &str) -> Self {
        self.with("pattern", pattern)
    }

    /// Letters a text has at least.
    pub(super) fn letters_min(self, count: u32) -> Self {
        self.with("minLength", count)
    }

    /// The least number.
    pub(super) fn at_least(self, least: i64) -> Self {
        self.with("minimum", least)
    }

    /// The greatest number.
    pub(super) fn at_most(self, most: i64) -> Self {
        self.with("maximum", most)
    }

    /// What holds when nobody says.
    pub(super) fn unless_said(self, value: impl Into<Value>) -> Self {
        self.with("default", value)
    }

    /// The same, or null.
    pub(super) fn or_null(self) -> Self {
        let mut schema = self;
        match schema.0.get("type").cloned() {
            Some(kind) => schema.set("type", json!([kind, "null"])),
            None => schema = Self(json!({"anyOf": [schema.0, {"type": "null"}]})),
        }
        schema
    }

    pub(super) fn as_value(&self) -> &Value {
        &self.0
    }

    pub(super) fn into_value(self) -> Value {
        self.0
    }
}
