//! Text as this database takes it.

use std::borrow::Cow;

/// PostgreSQL keeps every character but NUL. Nobody types one; a request may hold one.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// A name as it is compared: letters of ASCII in either case are the same.
pub(super) fn key(name: &str) -> String {
    plain(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_as_it_is_but_for_what_cannot_be_kept() {
        assert_eq!(plain("Zoë 🍞"), "Zoë 🍞");
        assert_eq!(plain("a\0b"), "a\u{fffd}b");
        assert_eq!(key("Ann@Example.COM"), "ann@example.com");
    }
}
