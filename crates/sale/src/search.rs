//! Finding things to sell: by words, and by the code a scanner read.
//!
//! All text of the catalogue lies folded in one string, an item after the other, so that one pass finds the
//! candidates among a hundred thousand items; only those are looked at closer. The index is built anew when the
//! catalogue changes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub mod barcode;
mod fold;

pub use fold::fold;

/// Shortest query, in characters.
pub const QUERY_MIN: usize = 2;

/// Words of a query that are looked at.
const WORDS_MAX: usize = 8;

/// Between the texts of an item. Never part of folded text.
const FIELD_END: char = '\u{1f}';

/// Between items.
const ITEM_END: char = '\n';

/// What a found item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemKey {
    /// The product.
    pub product_id: i64,
    /// The variation, 0 for none.
    pub variation_id: i64,
}

/// An item as it is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findable {
    /// What it is.
    pub key: ItemKey,
    /// Name.
    pub name: String,
    /// Stock keeping unit, may be empty.
    pub sku: String,
    /// Barcode, may be empty.
    pub barcode: String,
    /// GTIN, UPC, EAN or ISBN, may be empty; often the barcode itself.
    pub global_unique_id: String,
    /// Attributes and other words people look for, may be empty.
    pub attributes: String,
}

/// What a scanned code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// This item.
    One(ItemKey),
    /// Several items carry it: let a person choose.
    Several(Vec<ItemKey>),
    /// Nothing on this device carries it.
    Unknown,
}

/// All items, to be found.
#[derive(Debug, Clone, Default)]
pub struct Index {
    keys: Vec<ItemKey>,
    /// Folded texts of all items.
    text: String,
    /// Where the text of each item begins.
    starts: Vec<usize>,
    by_barcode: HashMap<String, Vec<u32>>,
    by_global_unique_id: HashMap<String, Vec<u32>>,
    by_sku: HashMap<String, Vec<u32>>,
}

impl Index {
    /// Builds the index; among equally good finds, items keep the order they come in.
    #[must_use]
    pub fn build(items: impl IntoIterator<Item = Findable>) -> Self {
        let mut index = Self::default();
        for item in items {
            index.push(&item);
        }
        index
    }

    fn push(&mut self, item: &Findable) {
        let Ok(place) = u32::try_from(self.keys.len()) else {
            return;
        };
        self.keys.push(item.key);
        self.starts.push(self.text.len());
        for text in [
            &item.name,
            &item.sku,
            &item.barcode,
            &item.global_unique_id,
            &item.attributes,
        ] {
            self.text.push_str(&fold(text));
            self.text.push(FIELD_END);
        }
        self.text.push(ITEM_END);
        let remember = |map: &mut HashMap<String, Vec<u32>>, code: &str| {
            let code = code.trim();
            if !code.is_empty() {
                map.entry(code.to_owned()).or_default().push(place);
            }
        };
        remember(&mut self.by_barcode, &item.barcode);
        remember(&mut self.by_global_unique_id, &item.global_unique_id);
        remember(&mut self.by_sku, &fold(&item.sku));
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The best finds, best first: items that hold every word of the query, in any order, accents and case aside.
    ///
    /// A query of fewer than [`QUERY_MIN`] characters finds nothing; a word of one letter must begin a word.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<ItemKey> {
        let folded = fold(query);
        if folded.chars().count() < QUERY_MIN {
            return Vec::new();
        }
        let mut words: Vec<&str> = folded.split_whitespace().take(WORDS_MAX).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let Some((longest, others)) = words.split_first() else {
            return Vec::new();
        };
        let mut found: Vec<(Rank, u32)> = self
            .places_of(longest)
            .filter(|place| others.iter().all(|word| holds(self.text_of(*place), word)))
            .map(|place| (self.rank(place, &folded, &words), place as u32))
            .collect();
        if limit < found.len() {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        found
            .into_iter()
            .filter_map(|(_, place)| self.keys.get(place as usize).copied())
            .collect()
    }

    /// The item with a code: its barcode, else the barcode with or without a leading zero (UPC-A and EAN-13), else
    /// its global id in either form, else its stock keeping unit in any case.
    #[must_use]
    pub fn scan(&self, code: &str) -> Scanned {
        let code = code.trim();
        let twin = barcode::zero_twin(code);
        let twin = twin.as_deref();
        let found = self
            .by_barcode
            .get(code)
            .or_else(|| self.by_barcode.get(twin?))
            .or_else(|| self.by_global_unique_id.get(code))
            .or_else(|| self.by_global_unique_id.get(twin?))
            .or_else(|| self.by_sku.get(&fold(code)));
        let keys: Vec<ItemKey> = found
            .into_iter()
            .flatten()
            .filter_map(|place| self.keys.get(*place as usize).copied())
            .collect();
        match keys.as_slice() {
            [] => Scanned::Unknown,
            [one] => Scanned::One(*one),
            _ => Scanned::Several(keys),
        }
    }

    /// Items whose text holds a word, each once, in order.
    fn places_of<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let hit = at + self.text.get(at..)?.find(word)?;
            let place = self.starts.partition_point(|start| *start <= hit) - 1;
            at = self.starts.get(place + 1).copied().unwrap_or(self.text.len());
            Some(place)
        })
        .filter(move |place| holds(self.text_of(*place), word))
    }

    fn text_of(&self, place: usize) -> &str {
        let end = self.starts.get(place + 1).copied().unwrap_or(self.text.len());
        &self.text[self.starts[place]..end]
    }

    fn rank(&self, place: usize, query: &str, words: &[&str]) -> Rank {
        let text = self.text_of(place);
        let mut fields = text.split(FIELD_END);
        let name = fields.next().unwrap_or_default();
        let is_code = fields.by_ref().take(3).any(|code| code == query);
        let begins = words.iter().filter(|word| begins_a_word(name, word)).count();
        let class = if is_code || name == query {
            0
        } else if name.starts_with(query) {
            1
        } else if begins == words.len() {
            2
        } else if words.iter().all(|word| name.contains(word)) {
            3
        } else {
            4
        };
        Rank {
            class,
            words_not_begun: words.len() - begins,
            name_length: name.len(),
        }
    }
}

/// How good a find is; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    class: u8,
    words_not_begun: usize,
    name_length: usize,
}

fn holds(text: &str, word: &str) -> bool {
    match word.chars().count() {
        1 => begins_a_word(text, word),
        _ => text.contains(word),
    }
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        text[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests;
