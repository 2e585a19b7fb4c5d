//! Reading JSON that a real WordPress wrapped in something else.
//!
//! PHP notices printed before the body, a byte order mark, or stray output after it are recovered when there
//! is exactly one JSON value to find; two values glued together are refused, because nobody can say which of
//! them is the answer (a database dying in mid-request makes a real store send such a pair).

use serde_json::Value;

/// Longest body that is searched for JSON, in bytes. Longer answers are not from the API.
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Number of places in the noise where a value may begin; more means the body is not ours to guess.
const CANDIDATES_MAX: usize = 256;

/// What a body turned out to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Exactly one JSON value and nothing else.
    Clean(Value),
    /// One JSON object or array with other text before it (PHP notices, a byte order mark).
    Recovered {
        /// The value.
        value: Value,
        /// How many bytes of noise stood before it.
        noise_bytes: usize,
    },
    /// Several JSON values one after the other.
    Glued,
    /// Starts like JSON and ends too early or goes wrong inside.
    Broken,
    /// A web page.
    Html {
        /// Text of its `<title>`, shortened, empty when there is none.
        title: String,
    },
    /// Nothing at all.
    Empty,
    /// Text that is neither.
    Other,
}

impl Body {
    /// The value, when there is exactly one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Clean(value) | Self::Recovered { value, .. } => Some(value),
            Self::Glued | Self::Broken | Self::Html { .. } | Self::Empty | Self::Other => None,
        }
    }
}

/// Reads a body as tolerantly as can be done without guessing.
#[must_use]
pub fn read(bytes: &[u8]) -> Body {
    if bytes.len() > BODY_BYTES_MAX {
        return Body::Other;
    }
    let text = String::from_utf8_lossy(bytes);
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if trimmed.is_empty() {
        return Body::Empty;
    }
    if let Ok(value) = serde_json::from_str::<Value>(trimmed) {
        return Body::Clean(value);
    }
    if trimmed.starts_with('{') || (trimmed.starts_with('[') && looks_like_array(trimmed)) {
        return from_start(trimmed);
    }
    let title = title(trimmed);
    let is_page = is_page(trimmed);
    if !is_page && let Some(found) = behind_noise(trimmed) {
        return found;
    }
    if is_page || title.is_some() {
        return Body::Html {
            title: title.unwrap_or_default(),
        };
    }
    Body::Other
}

/// `[Warning] text` is noise, `[{…` and `["…` and `[1` and `[]` are arrays.
fn looks_like_array(text: &str) -> bool {
    text[1..]
        .trim_start()
        .starts_with(|c: char| matches!(c, '{' | '[' | '"' | ']' | '-') || c.is_ascii_digit())
}

fn from_start(text: &str) -> Body {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => {
            let rest = text[values.byte_offset()..].trim();
            if rest.is_empty() {
                Body::Clean(value)
            } else if rest.starts_with(['{', '[']) {
                Body::Glued
            } else if value.is_object() || value.is_array() {
                Body::Recovered {
                    value,
                    noise_bytes: rest.len(),
                }
            } else {
                Body::Broken
            }
        }
        Some(Err(_)) | None => Body::Broken,
    }
}

fn behind_noise(text: &str) -> Option<Body> {
    for (start, _) in text.match_indices(['{', '[']).take(CANDIDATES_MAX) {
        let candidate = &text[start..];
        if candidate.starts_with('[') && !looks_like_array(candidate) {
            continue;
        }
        match from_start(candidate) {
            Body::Clean(value) => {
                return Some(Body::Recovered {
                    value,
                    noise_bytes: start,
                });
            }
            Body::Recovered { value, noise_bytes } => {
                return Some(Body::Recovered {
                    value,
                    noise_bytes: start + noise_bytes,
                });
            }
            Body::Glued => return Some(Body::Glued),
            Body::Broken | Body::Html { .. } | Body::Empty | Body::Other => {}
        }
    }
    None
}

/// A whole document, as opposed to the bold `Warning` line PHP prints.
fn is_page(text: &str) -> bool {
    let head: String = text.chars().take(512).collect::<String>().to_ascii_lowercase();
    head.starts_with("<!doctype") || head.contains("<html") || head.contains("<head")
}

fn title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(text.get(start..end)?.trim().chars().take(80).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expected: Body) {
        assert_eq!(read(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn a_plain_value_is_clean() {
        check("{\"a\":1}", Body::Clean(json!({"a": 1})));
        check("\u{feff} []\n", Body::Clean(json!([])));
    }

    #[test]
    fn php_notices_before_the_value_are_stepped_over() {
        check(
            "<br />\n<b>Warning</b>:  Undefined variable [x] in /x/y.php on line 3<br />\n{\"a\":1}",
            Body::Recovered {
                value: json!({"a": 1}),
                noise_bytes: 75,
            },
        );
        check(
            "[Warning] {x} {\"a\":[1]}",
            Body::Recovered {
                value: json!({"a": [1]}),
                noise_bytes: 14,
            },
        );
    }

    #[test]
    fn two_values_glued_together_are_nobodys_answer() {
        check("{\"code\":\"a\"}{\"code\":\"b\"}", Body::Glued);
        check("Notice: x {\"code\":\"a\"} {\"code\":\"b\"}", Body::Glued);
    }

    #[test]
    fn a_value_cut_short_is_broken() {
        check("{\"access_token\":\"ey", Body::Broken);
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        check(
            "<!DOCTYPE html><html><head><title> 403 Forbidden </title></head>",
            Body::Html {
                title: "403 Forbidden".into(),
            },
        );
        check("", Body::Empty);
        check("upstream failure", Body::Other);
    }
}
