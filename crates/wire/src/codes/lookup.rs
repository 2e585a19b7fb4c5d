//! From what somebody has in hand to a code: a code, a server's code, a status, or a pasted message.
//!
//! Pure: the same question always has the same answer, and nothing outside the catalogue is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{Code, Entry, catalogue};

/// Points for a code that stands in the text.
const POINTS_CODE: u32 = 10_000;
/// Points for a server code that stands in the text.
const POINTS_SERVER_CODE: u32 = 4_000;
/// Points for a known text that stands in it whole, plus its length: the longer, the surer.
const POINTS_PHRASE: u32 = 2_000;
/// Points for a text that is itself a part of a known one.
const POINTS_INSIDE: u32 = 1_000;
/// Characters a text needs to be looked for inside known ones.
const PART_LEAST: usize = 8;
/// A search shows nothing below this.
const POINTS_LEAST: u32 = 90;
/// Words of a pasted text that are looked at; the message is at the beginning of any log line.
const WORDS_MAX: usize = 60;
/// Characters of a pasted text that are looked at.
const TEXT_MAX: usize = 4_000;

/// A code that fits a server's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapped {
    /// The code.
    pub code: Code,
    /// What it was found by.
    pub by: MappedBy,
}

/// What a server's answer was recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappedBy {
    /// The catalogue knows the server code.
    ServerCode,
    /// There was no server code; the status decided.
    Status,
    /// There was a server code that nobody knows: worth a look by a person.
    StatusOfUnknownCode,
    /// The server code is not even a word, so it was left aside.
    StatusOfInvalidCode,
}

/// Finds the code for an error answer of a store: its server code first, then its status.
///
/// `status` is the one in the body (`data.status`) where there is one, else that of the HTTP answer.
#[must_use]
pub fn from_server(server_code: Option<&str>, status: Option<u16>) -> Mapped {
    if let Some(code) = server_code.and_then(by_server_code) {
        return Mapped {
            code,
            by: MappedBy::ServerCode,
        };
    }
    let by = match server_code {
        None => MappedBy::Status,
        Some(word) if is_server_code(word) => MappedBy::StatusOfUnknownCode,
        Some(_) => MappedBy::StatusOfInvalidCode,
    };
    Mapped {
        code: by_status(status),
        by,
    }
}

/// The entry that a server code belongs to.
#[must_use]
pub fn by_server_code(server_code: &str) -> Option<Code> {
    catalogue::entries()
        .find(|entry| entry.server_codes.contains(&server_code))
        .map(|entry| entry.code)
}

/// The current code that WCPOS gives to a bare status.
fn by_status(status: Option<u16>) -> Code {
    match status {
        Some(400) => Code("SYNC211"),
        Some(401) => Code("AUTH101"),
        Some(403) => Code("AUTH201"),
        Some(404) => Code("AUTH311"),
        Some(429) => Code("SYNC141"),
        Some(500..) => Code("SYNC131"),
        _ => Code("CLIENT999"),
    }
}

/// Whether a word can be a server code at all (`^[A-Za-z0-9_.:-]{1,64}$`).
fn is_server_code(word: &str) -> bool {
    (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-'))
}

/// A result of [`search`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The code.
    pub code: Code,
    /// How well it fits; only good for comparing hits of one search.
    pub points: u32,
    /// What spoke for it most.
    pub by: HitBy,
}

/// What a hit of a search rests on, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HitBy {
    /// Words in common with title, meaning or causes.
    Words,
    /// The text is a part of a known message.
    PartOfPhrase,
    /// A known message stands in the text.
    Phrase,
    /// A server code stands in the text.
    ServerCode,
    /// The code itself stands in the text.
    Code,
}

/// Finds codes for a pasted text, the best first, at most `limit`.
#[must_use]
pub fn search(text: &str, limit: usize) -> Vec<Hit> {
    let question = Question::read(text);
    let mut hits: Vec<Hit> = INDEX
        .iter()
        .filter_map(|indexed| question.rate(indexed))
        .collect();
    hits.sort_by(|a, b| b.points.cmp(&a.points).then(a.code.cmp(&b.code)));
    hits.truncate(limit);
    hits
}

/// A text, prepared once for all entries.
struct Question {
    /// Lower case, one blank between words.
    folded: String,
    /// Words as they stand, in lower case, for codes and server codes.
    marks: BTreeSet<String>,
    /// Stems of the words that carry meaning.
    stems: BTreeSet<String>,
    /// Whether the text is long enough to be looked for inside known ones.
    is_a_part_worth_asking: bool,
}

impl Question {
    fn read(text: &str) -> Self {
        let cut: String = text.chars().take(TEXT_MAX).collect();
        let folded = fold(&cut);
        let marks = folded
            .split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-')))
            .filter(|word| !word.is_empty())
            .take(WORDS_MAX)
            .map(str::to_owned)
            .collect();
        let stems = stems(&folded).take(WORDS_MAX).collect();
        let is_a_part_worth_asking = folded.chars().count() >= PART_LEAST;
        Self {
            folded,
            marks,
            stems,
            is_a_part_worth_asking,
        }
    }

    fn rate(&self, indexed: &Indexed) -> Option<Hit> {
        let mut points = self.words(indexed);
        let mut by = HitBy::Words;
        let mut raise = |more: u32, reason: HitBy| {
            points += more;
            by = by.max(reason);
        };
        for phrase in &indexed.phrases {
            if stands_in(phrase, &self.folded) {
                raise(POINTS_PHRASE + 20 * count(phrase.chars()), HitBy::Phrase);
            } else if self.is_a_part_worth_asking && stands_in(&self.folded, phrase) {
                raise(POINTS_INSIDE, HitBy::PartOfPhrase);
            }
        }
        if indexed
            .entry
            .server_codes
            .iter()
            .any(|code| self.marks.contains(*code))
        {
            raise(POINTS_SERVER_CODE, HitBy::ServerCode);
        }
        if self.marks.contains(&indexed.name) {
            raise(POINTS_PHRASE, HitBy::Phrase);
        }
        if self.marks.contains(&indexed.code) {
            raise(POINTS_CODE, HitBy::Code);
        }
        (points >= POINTS_LEAST).then_some(Hit {
            code: indexed.entry.code,
            points,
            by,
        })
    }

    /// Words in common, weighed by where they stand, as a share of all words asked for.
    fn words(&self, indexed: &Indexed) -> u32 {
        let points: u32 = self
            .stems
            .iter()
            .filter_map(|stem| indexed.weights.get(stem))
            .sum();
        points * 4 / (count(self.stems.iter()) + 1)
    }
}

/// The catalogue, folded once; it never changes while the program runs.
static INDEX: LazyLock<Vec<Indexed>> = LazyLock::new(|| catalogue::entries().map(Indexed::read).collect());

/// An entry, prepared for searches.
struct Indexed {
    entry: &'static Entry,
    /// The code in lower case.
    code: String,
    /// The name in lower case.
    name: String,
    /// Known texts, folded.
    phrases: Vec<String>,
    /// What each stem of the entry's words is worth.
    weights: BTreeMap<String, u32>,
}

impl Indexed {
    fn read(entry: &'static Entry) -> Self {
        let mut weights = BTreeMap::new();
        let mut weigh = |text: &str, worth: u32| {
            for stem in stems(&fold(text)).collect::<BTreeSet<_>>() {
                *weights.entry(stem).or_insert(0) += worth;
            }
        };
        weigh(entry.title, 40);
        weigh(&entry.name.replace('_', " "), 40);
        weigh(&entry.phrases.join(" "), 30);
        weigh(entry.meaning, 20);
        weigh(
            &entry
                .causes
                .iter()
                .map(|cause| cause.what)
                .collect::<Vec<_>>()
                .join(" "),
            15,
        );
        Self {
            entry,
            code: entry.code.as_str().to_lowercase(),
            name: entry.name.to_lowercase(),
            phrases: entry.phrases.iter().map(|phrase| fold(phrase)).collect(),
            weights,
        }
    }
}

fn count(items: impl Iterator) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// Lower case, typographic quotes made plain, one blank between words.
fn fold(text: &str) -> String {
    let plain = text.to_lowercase().replace(['\u{2018}', '\u{2019}'], "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `part` stands in `whole` with no letter or digit directly before or after it.
fn stands_in(part: &str, whole: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    whole.match_indices(part).any(|(at, _)| {
        let before = is_letter(whole[..at].chars().next_back()) && is_letter(part.chars().next());
        let after = is_letter(whole[at + part.len()..].chars().next()) && is_letter(part.chars().next_back());
        !before && !after
    })
}

/// Words that tell one message from another, without their endings.
fn stems(folded: &str) -> impl Iterator<Item = String> {
    folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3 && !COMMON.contains(word))
        .map(|word| {
            let bare = ["ing", "ed", "es", "s", "e"]
                .iter()
                .find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= 3));
            bare.unwrap_or(word).to_owned()
        })
}

/// Words that stand in every message.
const COMMON: &[&str] = &[
    "and", "are", "but", "can", "could", "error", "for", "from", "has", "have", "its", "not", "please",
    "that", "the", "this", "till", "was", "were", "with", "you", "your",
];

#[cfg(test)]
mod tests;
