//! A language nobody speaks: English with accents and longer words, set from right to left.
//!
//! It shows at a glance which words of a page are fixed in a template, which layout breaks when texts grow by a
//! third, and what is not mirrored.

/// Starts and ends an isolated right-to-left run.
const OPEN: &str = "\u{2067}";
const CLOSE: &str = "\u{2069}";

/// Puts accents on the vowels and lengthens the text by about a third. What stands in backticks stays.
pub(crate) fn mirrored(text: &str) -> String {
    let mut out = String::from(OPEN);
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 1 {
            out.push('`');
            out.push_str(part);
            out.push('`');
        } else {
            part.chars().for_each(|letter| push(letter, &mut out));
        }
    }
    out.push_str(CLOSE);
    out
}

fn push(letter: char, out: &mut String) {
    match letter {
        'a' => out.push_str("áá"),
        'e' => out.push('é'),
        'i' => out.push('í'),
        'o' => out.push_str("óó"),
        'u' => out.push_str("úú"),
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_grow_and_code_stays() {
        assert_eq!(mirrored("a till `wp-json`"), "\u{2067}áá tíll `wp-json`\u{2069}");
    }
}
