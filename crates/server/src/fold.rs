//! Letters as people search for them; the same folding as in the till, so that both find the same things.

pub(crate) use evertill_sale::search::fold;

/// Words of a search that count.
const WORDS_MAX: usize = 10;

/// The words of a search, folded.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split_whitespace()
        .take(WORDS_MAX)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_has_at_most_ten_words_without_accents() {
        assert_eq!(words(" Núñez  José "), ["nunez", "jose"]);
        assert_eq!(words(&"a ".repeat(50)).len(), 10);
    }
}
