//! Reading the sign-in form without a browser: just enough HTML to find its fields.

use evertill_wire::{Code, Password};
use url::Url;

use crate::error::ClientError;

/// Longest page that is looked at, in bytes.
const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// Most fields a form may have.
const FIELDS_MAX: usize = 64;

/// A page with a sign-in form on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    action: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    value: String,
    kind: String,
}

impl Page {
    /// Finds the form with a password field.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let html = text_of(body);
        let mut from = 0;
        while let Some(open) = find_tag(&html, "form", from) {
            let end =
                find_ignoring_case(&html[open.end..], "</form").map_or(html.len(), |found| open.end + found);
            let fields = inputs(&html[open.end..end]);
            if fields.iter().any(|field| field.kind == "password") {
                let action = open.attribute("action").unwrap_or_default();
                return Some(Self { action, fields });
            }
            from = end;
        }
        None
    }

    /// The fields to send: everything as it came, so that nonce and session return and the trap for robots stays
    /// empty, with name and password filled in.
    pub(crate) fn fill_in(
        &self,
        username: &str,
        password: &Password,
    ) -> Result<Vec<(String, String)>, ClientError> {
        let secret_at = self.fields.iter().position(|field| field.kind == "password");
        let name_at = secret_at.and_then(|at| {
            let before = &self.fields[..at];
            let named = before
                .iter()
                .position(|field| matches!(field.name.as_str(), "wcpos-log" | "log"));
            named.or_else(|| {
                before
                    .iter()
                    .rposition(|field| matches!(field.kind.as_str(), "text" | "email"))
            })
        });
        let (Some(name_at), Some(secret_at)) = (name_at, secret_at) else {
            return Err(ClientError::Answered {
                operation: "fill in the sign-in page",
                code: Code::INVALID_RESPONSE_FORMAT,
                evidence: "its form has no field for a name".into(),
            });
        };
        let mut filled: Vec<(String, String)> = Vec::with_capacity(self.fields.len());
        for (at, field) in self.fields.iter().enumerate() {
            let value = if at == name_at {
                username.to_owned()
            } else if at == secret_at {
                password.expose().to_owned()
            } else {
                field.value.clone()
            };
            filled.push((field.name.clone(), value));
        }
        Ok(filled)
    }

    /// Where the form is sent, which has to be the origin of the page.
    pub(crate) fn target(&self, page: &Url) -> Result<Url, ClientError> {
        let target = if self.action.is_empty() {
            page.clone()
        } else {
            page.join(&self.action).unwrap_or_else(|_| page.clone())
        };
        if target.origin() == page.origin() {
            return Ok(target);
        }
        Err(ClientError::OtherOrigin {
            expected: page.origin().ascii_serialization(),
            actual: target.origin().ascii_serialization(),
        })
    }
}

/// The sentence in the page's `#login_error`, without tags.
pub(crate) fn error_words(body: &[u8]) -> Option<String> {
    let html = text_of(body);
    let mut from = 0;
    while let Some(open) = find_tag(&html, "div", from) {
        if open.attribute("id").as_deref() == Some("login_error") {
            let end = find_ignoring_case(&html[open.end..], "</div")?;
            let words = without_tags(&html[open.end..open.end + end]);
            return (!words.is_empty()).then_some(words);
        }
        from = open.end;
    }
    None
}

fn text_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(PAGE_BYTES_MAX)]).into_owned()
}

/// Where an ASCII word begins, in capitals or not. Looks no further than that: a page may hold a form in every line.
fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let mut windows = text.as_bytes().windows(word.len());
    windows.position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn inputs(html: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut from = 0;
    while let Some(tag) = find_tag(html, "input", from) {
        from = tag.end;
        let kind = tag
            .attribute("type")
            .unwrap_or_else(|| "text".into())
            .to_ascii_lowercase();
        let name = tag.attribute("name").unwrap_or_default();
        let is_sent = !matches!(
            kind.as_str(),
            "checkbox" | "radio" | "file" | "button" | "reset" | "image"
        );
        if !name.is_empty() && is_sent && fields.len() < FIELDS_MAX {
            let value = tag.attribute("value").unwrap_or_default();
            fields.push(Field { name, value, kind });
        }
    }
    fields
}

/// An opening tag: its text between the name and `>`, and where it ends.
struct Tag<'a> {
    inside: &'a str,
    end: usize,
}

fn find_tag<'a>(html: &'a str, name: &str, from: usize) -> Option<Tag<'a>> {
    let mut at = from;
    loop {
        let start = at + html.get(at..)?.find('<')?;
        let after = start + 1;
        let rest = html.get(after..)?;
        let is_it = rest
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
            && rest[name.len()..].starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
        if is_it {
            let inside_at = after + name.len();
            let length = end_of_tag(&html[inside_at..])?;
            return Some(Tag {
                inside: &html[inside_at..inside_at + length],
                end: inside_at + length + 1,
            });
        }
        at = after;
    }
}

/// The `>` that ends a tag, skipping those in quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

impl Tag<'_> {
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inside;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let name_end = rest
                .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
                .unwrap_or(rest.len());
            if name_end == 0 {
                return None;
            }
            let name = &rest[..name_end];
            rest = rest[name_end..].trim_start();
            let value = match rest.strip_prefix('=') {
                None => "",
                Some(after) => {
                    let (value, left) = value_and_rest(after.trim_start());
                    rest = left;
                    value
                }
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decoded(value));
            }
        }
    }
}

fn value_and_rest(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => {
            let inside = &text[1..];
            let end = inside.find(quote).unwrap_or(inside.len());
            (&inside[..end], inside.get(end + 1..).unwrap_or_default())
        }
        None => text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len())),
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut is_in_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_in_tag = true,
            '>' => is_in_tag = false,
            c if !is_in_tag => text.push(c),
            _ => {}
        }
    }
    let words = decoded(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Undoes the character references that WordPress writes.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .char_indices()
            .take(12)
            .find(|(_, c)| *c == ';')
            .map(|(end, _)| end);
        match end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
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

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"<!doctype html><html><body>
        <form action="/search"><input name=s></form>
        <FORM name="f" action='' method=post>
          <div id="login_error" style="color: red">Wrong <b>name</b> &amp; word.</div>
          <input type="text" name="wcpos-log" value="" required />
          <input type='password' name='wcpos-pwd'>
          <input type=hidden name=_wpnonce value=b094fcdd30>
          <input type="hidden" name="back" value="/a?x=1&#038;y=&#x22;2>3&quot;" />
          <div style="left:-9999px"><input type="text" name="wcpos_website" value="" tabindex="-1"></div>
          <input type="checkbox" name="remember"><input type="submit" name="go" value="Log In">
        </FORM></body></html>"##;

    #[test]
    fn every_field_returns_as_it_came_and_the_trap_stays_empty() {
        let page = Page::read(PAGE.as_bytes()).unwrap();
        let filled = page.fill_in("ann", &Password::new("p&w")).unwrap();
        let pairs: Vec<(&str, &str)> = filled
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("wcpos-log", "ann"),
                ("wcpos-pwd", "p&w"),
                ("_wpnonce", "b094fcdd30"),
                ("back", "/a?x=1&y=\"2>3\""),
                ("wcpos_website", ""),
                ("go", "Log In"),
            ]
        );
    }

    #[test]
    fn the_sentence_of_a_refusal_is_plain_text() {
        assert_eq!(
            error_words(PAGE.as_bytes()).as_deref(),
            Some("Wrong name & word.")
        );
        assert_eq!(error_words(b"<div id='login_error'> </div>"), None);
        assert_eq!(error_words(b"<p>hello"), None);
    }

    #[test]
    fn a_page_without_a_password_field_is_no_sign_in_page() {
        for html in [
            "",
            "<form><input name=a></form>",
            "<form",
            "<input type=password>",
            "\u{fffd}<<form<",
        ] {
            assert_eq!(Page::read(html.as_bytes()), None, "{html}");
        }
    }

    #[test]
    fn a_form_that_leads_to_another_site_gets_no_password() {
        let page =
            Page::read(b"<form action='https://evil.example/x'><input type=password name=p></form>").unwrap();
        let at = Url::parse("https://shop.example/wcpos-auth/?a=1").unwrap();
        assert!(matches!(
            page.target(&at).unwrap_err(),
            ClientError::OtherOrigin { .. }
        ));
        assert!(page.fill_in("ann", &Password::new("x")).is_err());
        let page = Page::read(PAGE.as_bytes()).unwrap();
        assert_eq!(page.target(&at).unwrap(), at);
    }

    #[test]
    fn no_page_however_broken_makes_the_reader_stumble() {
        let mut seed = 7_u64;
        let mut roll = |limit: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % limit
        };
        for _ in 0..3_000 {
            let mut bytes = PAGE.as_bytes().to_vec();
            for _ in 0..=roll(12) {
                let at = roll(bytes.len());
                match roll(3) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes[at] = b"<>\"'=&;#/ \xc3\xff"[roll(12)],
                    _ => bytes
                        .splice(at..at, "&#x1F4A9;\u{e9}<input".bytes())
                        .for_each(drop),
                }
            }
            let page = Page::read(&bytes);
            let filled = page.map(|page| page.fill_in("ann", &Password::new("x")));
            assert!(filled.is_none_or(|fields| fields.is_err() || fields.unwrap().len() <= FIELDS_MAX));
            assert!(error_words(&bytes).is_none_or(|words| words.chars().count() <= 200));
        }
    }
}
