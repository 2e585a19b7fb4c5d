//! Failures of the site itself, told apart by what it says: database, PHP, maintenance, nobody behind the web server.

use evertill_wire::Code;
use evertill_wire::json::Body;
use serde_json::Value;

use super::Problem;
use crate::finding::Layer;
use crate::remedies;
use crate::reply::Reply;

/// How much of a page is searched, in bytes.
const SEARCHED_BYTES: usize = 64 * 1024;

/// Names the failure.
pub(super) fn fault(code: Code, reply: &Reply) -> Problem {
    if code == Code::MALFORMED_JSON_RESPONSE {
        return Problem::new(
            Layer::WordPress,
            code,
            "The store's answer arrives damaged: cut short, or two answers glued together.",
            remedies::damaged(),
        );
    }
    if code == Code::MISSING_RESPONSE_DATA {
        return Problem::new(
            Layer::Wcpos,
            code,
            "The store's answer can be read and lacks what was asked for.",
            remedies::incomplete(),
        );
    }
    if code != Code::WEBSITE_UNAVAILABLE {
        return Problem::new(
            Layer::WordPress,
            code,
            format!("The store answers with status {}.", reply.status),
            remedies::server_error(),
        );
    }
    let body = reply.json();
    let words = words(reply, &body);
    if words.contains("database connection") || words.contains("database error") {
        return Problem::new(
            Layer::WordPress,
            code,
            "The store's database does not answer.",
            remedies::database(),
        );
    }
    if words.contains("scheduled maintenance") {
        return Problem::new(
            Layer::WordPress,
            code,
            "The store is in maintenance.",
            remedies::maintenance(),
        );
    }
    if words.contains("critical error") {
        return php(code, &body);
    }
    if matches!(reply.status, 502..=504) {
        return Problem::new(
            Layer::WordPress,
            code,
            format!(
                "The web server answers and gets nothing from WordPress behind it (status {}).",
                reply.status
            ),
            remedies::nobody_behind(),
        );
    }
    Problem::new(
        Layer::WordPress,
        code,
        format!("The store's server fails with status {}.", reply.status),
        remedies::server_error(),
    )
}

fn php(code: Code, body: &Body) -> Problem {
    let error = body
        .value()
        .and_then(|value| value.get("data"))
        .and_then(|data| data.get("error"));
    let text = |key: &str| {
        error
            .and_then(|error| error.get(key))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let message = text("message").lines().next().unwrap_or_default();
    // The path of the host's disk is nobody's business; which plugin it was is.
    let message: String = message
        .split(" in /")
        .next()
        .unwrap_or_default()
        .chars()
        .take(160)
        .collect();
    let place = place(text("file"));
    let sentence = if place.is_empty() {
        "PHP fails at the store: WordPress reports a critical error.".to_owned()
    } else {
        format!("PHP fails at the store, in {place}.")
    };
    Problem::new(Layer::WordPress, code, sentence, remedies::php_fatal(&place)).seen("PHP says", message)
}

/// `plugins/some-plugin` of `/srv/www/wp-content/plugins/some-plugin/file.php`.
fn place(file: &str) -> String {
    let Some((_, inside)) = file.split_once("/wp-content/") else {
        return String::new();
    };
    inside.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// The words of an error, in small letters: the message of the JSON, or the page.
fn words(reply: &Reply, body: &Body) -> String {
    match body.value() {
        Some(value) => value
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase(),
        None => String::from_utf8_lossy(&reply.body[..reply.body.len().min(SEARCHED_BYTES)]).to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plugin_is_named_and_the_hosts_disk_is_not() {
        assert_eq!(
            place("/srv/shop/wp-content/plugins/some-plugin/inc/a.php"),
            "plugins/some-plugin"
        );
        assert_eq!(place("/srv/shop/index.php"), "");
    }
}
