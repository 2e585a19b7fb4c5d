//! Text of the catalogue as HTML: code in backticks, codes as links, everything else escaped.

use evertill_wire::Code;

use crate::ADDRESS;

/// Turns a text into HTML.
pub(crate) fn rich(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    for (number, part) in text.split('`').enumerate() {
        // Every second part stands between backticks.
        if number % 2 == 1 {
            html.push_str("<code dir=\"ltr\">");
            escape(part, &mut html);
            html.push_str("</code>");
        } else {
            linked(part, &mut html);
        }
    }
    html
}

/// Escapes a text and makes links of the codes in it.
fn linked(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_alphanumeric()) {
        let (before, word_on) = rest.split_at(start);
        escape(before, html);
        let end = word_on
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(word_on.len());
        let (word, after) = word_on.split_at(end);
        match code_of(word) {
            Some(code) => {
                html.push_str(&format!(
                    "<a href=\"{ADDRESS}/{code}\"><code dir=\"ltr\">{code}</code></a>"
                ));
            }
            None => html.push_str(word),
        }
        rest = after;
    }
    escape(rest, html);
}

/// The code that a word is, when it is written as one.
fn code_of(word: &str) -> Option<Code> {
    let is_written_so = word.len() >= 6
        && word.ends_with(|last: char| last.is_ascii_digit())
        && word.starts_with(|first: char| first.is_ascii_uppercase());
    is_written_so.then(|| Code::find(word)).flatten()
}

fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_links_and_markup_becomes_text() {
        assert_eq!(
            rich("See API02008, not <b>API99999</b>: `a < b`."),
            "See <a href=\"/error-codes/API02008\"><code dir=\"ltr\">API02008</code></a>, \
             not &lt;b&gt;API99999&lt;/b&gt;: <code dir=\"ltr\">a &lt; b</code>."
        );
    }

    #[test]
    fn letters_beyond_ascii_stay_what_they_are() {
        assert_eq!(rich("für Käufer · 100 %"), "für Käufer · 100 %");
    }
}
