//! The `Link` header (or element) in which WordPress names its REST root.

use url::Url;

use crate::http::Answer;

const REL: &str = "https://api.w.org/";

/// Longest part of a page that is searched for the element, in bytes; it stands in the head.
const HEAD_BYTES_MAX: usize = 200 * 1024;

/// The REST root an answer names, in its headers or in the page.
pub(crate) fn rest_root(answer: &Answer) -> Option<Url> {
    answer
        .headers_named("link")
        .find_map(in_header)
        .or_else(|| in_page(&answer.body))
}

/// `<https://shop.example/wp-json/>; rel="https://api.w.org/", <…>; rel=shortlink`
fn in_header(text: &str) -> Option<Url> {
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let close = open + rest[open..].find('>')?;
        let target = &rest[open + 1..close];
        let after = &rest[close + 1..];
        let end = after.find('<').unwrap_or(after.len());
        if after[..end].contains(REL) {
            return Url::parse(target.trim()).ok();
        }
        rest = &after[end..];
    }
    None
}

/// `<link rel="https://api.w.org/" href="https://shop.example/wp-json/" />`
fn in_page(body: &[u8]) -> Option<Url> {
    let head = String::from_utf8_lossy(&body[..body.len().min(HEAD_BYTES_MAX)]);
    let rel = head.find(REL)?;
    let open = head[..rel].rfind('<')?;
    let close = open + head[open..].find('>')?;
    let tag = &head[open..close];
    let href = tag.find("href=")? + 5;
    let quote = tag[href..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = tag[href + 1..].split(quote).next()?;
    Url::parse(&value.replace("&amp;", "&").replace("&#038;", "&")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_among_other_links() {
        for (text, expected) in [
            (
                "<http://127.0.0.1:8085/wp-json/>; rel=\"https://api.w.org/\"",
                Some("http://127.0.0.1:8085/wp-json/"),
            ),
            (
                "<https://a.example/?p=2>; rel=shortlink, <https://a.example/index.php?rest_route=/>; rel=\"https://api.w.org/\"",
                Some("https://a.example/index.php?rest_route=/"),
            ),
            ("<https://a.example/x>; rel=preload, <https://a.example/wp", None),
            ("", None),
        ] {
            assert_eq!(in_header(text).map(String::from).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_root_is_found_in_the_head_of_a_page() {
        let page = b"<html><head><link rel='stylesheet' href='x'><link rel='https://api.w.org/' href='https://a.example/?x=1&#038;rest_route=/' /></head>";
        assert_eq!(
            in_page(page).unwrap().as_str(),
            "https://a.example/?x=1&rest_route=/"
        );
        assert_eq!(in_page(b"https://api.w.org/"), None);
    }
}
