//! A whole document around a help page, for a server that has no layout of its own.

use askama::Template;

use crate::Locale;

/// Tokens and shared classes for [`standalone`]; [`STYLES`](crate::STYLES) goes after it in the same file.
pub const STANDALONE_STYLES: &str = include_str!("../assets/standalone.css");

#[derive(Template)]
#[template(path = "standalone.html")]
struct Document<'a> {
    lang: &'a str,
    direction: &'a str,
    title: &'a str,
    stylesheet: &'a str,
    body: &'a str,
}

/// Puts a document around a page. `stylesheet` is the address of a file with [`STANDALONE_STYLES`] and [`STYLES`](crate::STYLES).
///
/// # Errors
///
/// When the template cannot be drawn.
pub fn standalone(title: &str, body: &str, locale: Locale, stylesheet: &str) -> askama::Result<String> {
    Document {
        lang: locale.tag(),
        direction: locale.direction(),
        title,
        stylesheet,
        body,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use evertill_wire::Code;

    use super::*;
    use crate::{code_body, index_body};

    #[test]
    fn every_icon_of_a_page_is_in_the_document() {
        let index = index_body("offline", Locale::English).unwrap();
        let code = code_body(Code::TOKEN_REFRESH_FAILED, Locale::English, None).unwrap();
        for body in [index, code] {
            let html = standalone("Help", &body, Locale::English, "/style.css").unwrap();
            for part in html.split("href=\"#i-").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                assert!(html.contains(&format!("id=\"i-{name}\"")), "{name}");
            }
        }
    }

    #[test]
    fn the_mirrored_language_turns_the_document() {
        let html = standalone("Help", "", Locale::Mirrored, "/style.css").unwrap();
        assert!(html.contains("dir=\"rtl\""), "{html}");
    }
}
