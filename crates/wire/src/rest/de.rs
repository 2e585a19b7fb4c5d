//! Field readers that forgive what PHP and plugins do to JSON.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads a decimal from a string, a number, an empty string or null (the last two are absent).
///
/// # Errors
/// A string that is not a number.
pub fn decimal_opt<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => parse_decimal(&text).map(Some).ok_or_else(|| bad(&text)),
        Value::Number(number) => {
            let text = number.to_string();
            parse_decimal(&text).map(Some).ok_or_else(|| bad(&text))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Ok(None),
    }
}

/// Reads a decimal like [`decimal_opt`]; what is absent counts as zero.
///
/// # Errors
/// A string that is not a number.
pub fn decimal<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
    Ok(decimal_opt(from)?.unwrap_or_default())
}

/// Reads a whole number from a number or a numeric string; anything else is zero.
///
/// # Errors
/// Input that is not JSON.
pub fn int<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|f| f as i64))
            .unwrap_or(0),
        Value::String(text) => text.trim().parse().unwrap_or(0),
        Value::Bool(flag) => i64::from(flag),
        Value::Null | Value::Array(_) | Value::Object(_) => 0,
    })
}

/// Reads a text; numbers become their digits, null, false, arrays and objects become empty.
///
/// # Errors
/// Input that is not JSON.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    })
}

/// Reads a fact: `true`, `1`, `"1"`, `"yes"`, `"true"`, `"on"` are true, everything else is false.
///
/// # Errors
/// Input that is not JSON.
pub fn fact<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Bool(flag) => flag,
        Value::Number(number) => number.as_f64().is_some_and(|f| f != 0.0),
        Value::String(text) => matches!(text.to_ascii_lowercase().as_str(), "1" | "yes" | "true" | "on"),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    })
}

/// Reads a list; PHP writes an empty map as `[]` and a list with holes as an object, whose values are taken.
/// Elements that do not fit are left out.
///
/// # Errors
/// Input that is not JSON.
pub fn list<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(from)? {
        Value::Array(values) => values,
        Value::Object(map) => map.into_iter().map(|(_, value)| value).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    Ok(values
        .into_iter()
        .filter_map(|value| serde_json::from_value(value).ok())
        .collect())
}

/// Parses a plain or scientific decimal.
#[must_use]
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    text.parse().ok().or_else(|| Decimal::from_scientific(text).ok())
}

fn bad<E: serde::de::Error>(text: &str) -> E {
    E::custom(format!(
        "`{}` is not a number",
        text.chars().take(40).collect::<String>()
    ))
}

/// Undoes the HTML escaping WordPress applies to names (`Coffee &amp; tea`).
#[must_use]
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .char_indices()
            .take(12)
            .find(|(_, c)| *c == ';')
            .map(|(index, _)| index);
        match end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end))) {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "hellip" => Some('…'),
        "pound" => Some('£'),
        "euro" => Some('€'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Probe {
        #[serde(default, deserialize_with = "decimal_opt")]
        price: Option<Decimal>,
        #[serde(default, deserialize_with = "int")]
        id: i64,
        #[serde(default, deserialize_with = "fact")]
        on: bool,
        #[serde(default, deserialize_with = "list")]
        rows: Vec<i64>,
    }

    #[test]
    fn numbers_may_be_strings_and_maps_may_be_lists() {
        let probe: Probe =
            serde_json::from_str(r#"{"price":"17.5","id":"12","on":"yes","rows":{"1":5,"3":6,"4":"x"}}"#)
                .unwrap();
        assert_eq!(probe.price, Some(Decimal::new(175, 1)));
        assert_eq!((probe.id, probe.on, probe.rows), (12, true, vec![5, 6]));
        let probe: Probe = serde_json::from_str(r#"{"price":"","id":7,"on":0,"rows":[]}"#).unwrap();
        assert_eq!(
            (probe.price, probe.id, probe.on, probe.rows),
            (None, 7, false, vec![])
        );
    }

    #[test]
    fn escaped_names_are_read_as_people_wrote_them() {
        assert_eq!(
            unescape("Coffee &amp; tea &#8211; &quot;dark&quot; &unknown; & co"),
            "Coffee & tea – \"dark\" &unknown; & co"
        );
    }
}
