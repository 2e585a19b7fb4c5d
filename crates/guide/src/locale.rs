//! The languages of the help pages.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English, complete.
    #[default]
    English,
    /// German: every word of the pages, and the codes of session and connection.
    German,
    /// French, to the same extent.
    French,
    /// Spanish, to the same extent.
    Spanish,
    /// English letters in a right-to-left frame, for looking at layouts.
    Mirrored,
}

impl Locale {
    /// The languages a person can ask for.
    pub const SPOKEN: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// Its tag, as in `lang="…"`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Mirrored => "en-XB",
        }
    }

    /// Its writing direction, as in `dir="…"`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German | Self::French | Self::Spanish => "ltr",
            Self::Mirrored => "rtl",
        }
    }

    /// The language of a tag, `de-AT`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        if tag.eq_ignore_ascii_case(Self::Mirrored.tag()) {
            return Some(Self::Mirrored);
        }
        let language = tag.split(['-', '_']).next()?;
        Self::SPOKEN
            .into_iter()
            .find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// The first language of an `Accept-Language` header that is known here, by weight.
    #[must_use]
    pub fn preferred(accept_language: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.split(',').take(RANGES_MAX) {
            let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            if let Some(locale) = Self::of_tag(tag)
                && weight > best.map_or(0.0, |(most, _)| most)
            {
                best = Some((weight, locale));
            }
        }
        best.map_or_else(Self::default, |(_, locale)| locale)
    }
}

/// Ranges of an `Accept-Language` header that are looked at.
const RANGES_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(Locale::preferred("de-AT,de;q=0.9,en;q=0.8"), Locale::German);
        assert_eq!(Locale::preferred("nl,fr;q=0.5,en;q=0.8"), Locale::English);
        assert_eq!(Locale::preferred("es-MX"), Locale::Spanish);
        assert_eq!(Locale::preferred("nl"), Locale::English);
        assert_eq!(Locale::preferred(""), Locale::English);
        assert_eq!(Locale::preferred("de;q=0"), Locale::English);
    }

    #[test]
    fn the_mirrored_one_is_only_had_by_its_own_name() {
        assert_eq!(Locale::of_tag("en-XB"), Some(Locale::Mirrored));
        assert_eq!(Locale::of_tag("en-GB"), Some(Locale::English));
        assert_eq!(Locale::Mirrored.direction(), "rtl");
    }
}
