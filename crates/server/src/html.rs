//! Text inside HTML.

/// Escapes what has a meaning in HTML, as WordPress does with names: `Coffee &amp; tea`.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            other => out.push(other),
        }
    }
    out
}

/// The text that [`escape`] made this of.
pub(crate) fn unescape(text: &str) -> String {
    // The sign that begins them all comes last, so that nothing is taken apart twice.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape("Coffee & <b>tea</b> \"x\""),
            "Coffee &amp; &lt;b&gt;tea&lt;/b&gt; &quot;x&quot;"
        );
    }

    #[test]
    fn text_comes_back_as_it_was() {
        for text in ["Lund & Søn", "O'Neil <\"x\">", "&lt;", "&amp;amp;", ""] {
            assert_eq!(unescape(&escape(text)), text);
        }
    }
}
