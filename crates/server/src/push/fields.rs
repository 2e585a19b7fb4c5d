//! Typed reading of a payload's fields, with WordPress' words for what is not of the right type.

use evertill_sale::totals::AMOUNT_MAX;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::outcome::Refusal;
use crate::store::{Address, Meta};

/// Entries of meta data that one record may carry.
const META_MAX: usize = 200;

/// Longest text of a field, in bytes.
const TEXT_BYTES_MAX: usize = 10_000;

/// The fields of one object, and how the wire names it: `line_items[0]`.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    fields: &'a Map<String, Value>,
    /// Parameter the refusal names.
    param: String,
    /// Path of the object inside the parameter, empty at the top.
    path: String,
}

impl<'a> Fields<'a> {
    /// The payload itself.
    pub(crate) fn top(fields: &'a Map<String, Value>) -> Self {
        Self {
            fields,
            param: String::new(),
            path: String::new(),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// Whether the field is there and null: how a line says that it is to go.
    pub(crate) fn is_null(&self, key: &str) -> bool {
        self.fields.get(key).is_some_and(Value::is_null)
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    fn wrong<T>(&self, key: &str, kind: &str) -> Box<Refusal<T>> {
        let (param, name) = if self.param.is_empty() {
            (key.to_owned(), key.to_owned())
        } else {
            (self.param.clone(), format!("{}[{key}]", self.path))
        };
        let message = format!("{name} is not of type {kind}.");
        Box::new(Refusal::invalid(&param, "rest_invalid_type", &message))
    }

    pub(crate) fn text<T>(&self, key: &str) -> Result<Option<String>, Box<Refusal<T>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= TEXT_BYTES_MAX => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(key, "string")),
        }
    }

    /// A whole number, also as digits in a string.
    pub(crate) fn whole<T>(&self, key: &str) -> Result<Option<i64>, Box<Refusal<T>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Number(number)) => number
                .as_i64()
                .map(Some)
                .ok_or_else(|| self.wrong(key, "integer")),
            Some(Value::String(text)) => text
                .trim()
                .parse()
                .map(Some)
                .map_err(|_| self.wrong(key, "integer")),
            Some(_) => Err(self.wrong(key, "integer")),
        }
    }

    pub(crate) fn fact<T>(&self, key: &str) -> Result<Option<bool>, Box<Refusal<T>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(fact)) => Ok(Some(*fact)),
            Some(_) => Err(self.wrong(key, "boolean")),
        }
    }

    /// An amount of money: a string on the wire, never a JSON number.
    pub(crate) fn money<T>(&self, key: &str) -> Result<Option<Decimal>, Box<Refusal<T>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => {
                let amount = text.trim().parse().map_err(|_| self.wrong(key, "string"))?;
                self.in_range(key, amount).map(Some)
            }
            Some(_) => Err(self.wrong(key, "string")),
        }
    }

    /// Figures beyond what the arithmetic is made for are refused before anything is computed with them.
    fn in_range<T>(&self, key: &str, figure: Decimal) -> Result<Decimal, Box<Refusal<T>>> {
        if figure.abs() <= AMOUNT_MAX {
            return Ok(figure);
        }
        let message = format!("{}[{key}] must be at most {AMOUNT_MAX}.", self.path);
        Err(Box::new(Refusal::invalid(
            &self.param,
            "rest_out_of_bounds",
            &message,
        )))
    }

    /// A quantity: a JSON number on the wire.
    pub(crate) fn quantity<T>(&self, key: &str) -> Result<Option<Decimal>, Box<Refusal<T>>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Number(number)) => {
                let text = number.to_string();
                let read = text.parse().or_else(|_| Decimal::from_scientific(&text));
                let quantity = read.map_err(|_| self.wrong(key, "number"))?;
                self.in_range(key, quantity).map(Some)
            }
            Some(_) => Err(self.wrong(key, "number")),
        }
    }

    /// A list of objects.
    pub(crate) fn list<T>(&self, key: &str) -> Result<Option<Vec<Fields<'a>>>, Box<Refusal<T>>> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let list = value.as_array().ok_or_else(|| self.wrong(key, "array"))?;
        let mut entries = Vec::with_capacity(list.len());
        for (index, entry) in list.iter().enumerate() {
            entries.push(Fields {
                fields: entry.as_object().ok_or_else(|| self.wrong(key, "object"))?,
                param: if self.param.is_empty() {
                    key.to_owned()
                } else {
                    self.param.clone()
                },
                path: format!("{}{key}[{index}]", self.path),
            });
        }
        Ok(Some(entries))
    }

    /// Keys and values; the till's identity is told apart.
    pub(crate) fn meta<T>(&self) -> Result<Vec<(String, Value)>, Box<Refusal<T>>> {
        let mut entries = Vec::new();
        for entry in self
            .list("meta_data")?
            .unwrap_or_default()
            .into_iter()
            .take(META_MAX)
        {
            if let Some(key) = entry.text("key")? {
                entries.push((key, entry.fields.get("value").cloned().unwrap_or(Value::Null)));
            }
        }
        Ok(entries)
    }

    /// Changes an address where fields of it are sent.
    pub(crate) fn address<T>(&self, key: &str, to: &mut Address) -> Result<(), Box<Refusal<T>>> {
        let Some(value) = self.value(key) else {
            return Ok(());
        };
        let fields = Fields {
            fields: value.as_object().ok_or_else(|| self.wrong(key, "object"))?,
            param: key.to_owned(),
            path: key.to_owned(),
        };
        for (name, place) in [
            ("first_name", &mut to.first_name),
            ("last_name", &mut to.last_name),
            ("company", &mut to.company),
            ("address_1", &mut to.address_1),
            ("address_2", &mut to.address_2),
            ("city", &mut to.city),
            ("state", &mut to.state),
            ("postcode", &mut to.postcode),
            ("country", &mut to.country),
            ("email", &mut to.email),
            ("phone", &mut to.phone),
        ] {
            if let Some(text) = fields.text(name)? {
                *place = text;
            }
        }
        Ok(())
    }
}

/// Sets an entry of meta data, keeping its number when it is there already.
pub(crate) fn set_meta(list: &mut Vec<Meta>, key: &str, value: Value, next_id: &mut i64) {
    if let Some(entry) = list.iter_mut().find(|entry| entry.key == key) {
        entry.value = value;
    } else if list.len() < META_MAX {
        list.push(Meta {
            id: *next_id,
            key: key.to_owned(),
            value,
        });
        *next_id += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_wrong_type_is_named_with_its_place() {
        let payload = json!({"line_items": [{"subtotal": 8.3, "quantity": "2"}]});
        let top = Fields::top(payload.as_object().unwrap());
        let line = &top.list::<()>("line_items").unwrap().unwrap()[0];
        let refusal = line.money::<()>("subtotal").unwrap_err();
        assert_eq!(refusal.code, "rest_invalid_param");
        assert_eq!(
            refusal.data["params"]["line_items"],
            "line_items[0][subtotal] is not of type string."
        );
        assert!(line.quantity::<()>("quantity").is_err());
    }

    #[test]
    fn absent_and_null_are_not_there() {
        let payload = json!({"a": null});
        let top = Fields::top(payload.as_object().unwrap());
        assert_eq!(top.text::<()>("a").unwrap(), None);
        assert_eq!(top.text::<()>("b").unwrap(), None);
        assert!(top.is_null("a") && !top.is_null("b"));
    }
}
