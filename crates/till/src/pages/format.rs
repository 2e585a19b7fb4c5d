//! Words and figures as the pages write them.

/// The first letters of up to two words, for a tile or a person without a picture: `Gift Card` gives `GC`.
#[must_use]
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let take = match words.as_slice() {
        [] => return "?".into(),
        [one] => one.chars().take(2).collect::<String>(),
        [first, second, ..] => [first, second]
            .into_iter()
            .filter_map(|word| word.chars().next())
            .collect(),
    };
    take.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_two_words_or_two_letters() {
        assert_eq!(initials("Gift Card"), "GC");
        assert_eq!(initials("ada"), "AD");
        assert_eq!(initials("Oat & Choc Cookie"), "OC");
        assert_eq!(initials(" – "), "?");
    }
}
