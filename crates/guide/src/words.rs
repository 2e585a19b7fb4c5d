//! The words of the pages themselves, from the Fluent files under `locales/`.

use std::fmt::Debug;
use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::{Locale, pseudo::mirrored};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::English));
static GERMAN: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::German));
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::French));
static SPANISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Spanish));

/// The files of a language.
pub(crate) const fn sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::English | Locale::Mirrored => &[include_str!("../locales/en/ui.ftl")],
        Locale::German => &[
            include_str!("../locales/de/ui.ftl"),
            include_str!("../locales/de/codes.ftl"),
        ],
        Locale::French => &[
            include_str!("../locales/fr/ui.ftl"),
            include_str!("../locales/fr/codes.ftl"),
        ],
        Locale::Spanish => &[
            include_str!("../locales/es/ui.ftl"),
            include_str!("../locales/es/codes.ftl"),
        ],
    }
}

fn bundle(locale: Locale) -> Bundle {
    let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks would end up in text that people copy.
    bundle.set_use_isolating(false);
    for source in sources(locale) {
        // A line that does not parse is left out by Fluent; a test sees to it that there is none.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn of(locale: Locale) -> &'static Bundle {
    match locale {
        Locale::English | Locale::Mirrored => &ENGLISH,
        Locale::German => &GERMAN,
        Locale::French => &FRENCH,
        Locale::Spanish => &SPANISH,
    }
}

/// A message, or one of its attributes, in exactly this language.
pub(crate) fn exactly(
    locale: Locale,
    id: &str,
    attribute: Option<&str>,
    args: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let bundle = of(locale);
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    // An argument that is missing shows as its own name, which is better than no text.
    let mut ignored = Vec::new();
    Some(bundle.format_pattern(pattern, args, &mut ignored).into_owned())
}

/// A word of the pages: in this language, else in English, else its own id.
pub(crate) fn say(locale: Locale, id: &str) -> String {
    say_with(locale, id, None)
}

/// A word of the pages with a number in it.
pub(crate) fn say_count(locale: Locale, id: &str, count: usize) -> String {
    let mut args = FluentArgs::new();
    args.set("count", count);
    say_with(locale, id, Some(&args))
}

fn say_with(locale: Locale, id: &str, args: Option<&FluentArgs<'_>>) -> String {
    let text = exactly(locale, id, None, args)
        .or_else(|| exactly(Locale::English, id, None, args))
        .unwrap_or_else(|| id.to_owned());
    finish(locale, text)
}

/// The label of a rating, `safety-LocalOnly`: from the files, else the English of the catalogue.
pub(crate) fn rating(locale: Locale, family: &str, value: impl Debug, english: &str) -> String {
    let text =
        exactly(locale, &format!("{family}-{value:?}"), None, None).unwrap_or_else(|| english.to_owned());
    finish(locale, text)
}

/// Last step for every text of a language.
pub(crate) fn finish(locale: Locale, text: String) -> String {
    match locale {
        Locale::Mirrored => mirrored(&text),
        Locale::English | Locale::German | Locale::French | Locale::Spanish => text,
    }
}

#[cfg(test)]
mod tests;
