//! The shape of an entry: text that is particular to a code, and ratings whose wording many codes share.

use serde::Serialize;

use super::{Code, Exit};

/// What is known about a code.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The code.
    pub code: Code,
    /// Its name in the schemes of WCPOS, or ours in the same manner: `TOKEN_REFRESH_FAILED`.
    pub name: &'static str,
    /// Which scheme it comes from.
    pub origin: Origin,
    /// Where the index lists it.
    pub topic: Topic,
    /// At most twelve words.
    pub title: &'static str,
    /// One sentence: what happened.
    pub meaning: &'static str,
    /// What to do next, in a line.
    pub remedy: &'static str,
    /// How soon a person has to look at it.
    pub severity: Severity,
    /// Whether asking again helps.
    pub retry: Retry,
    /// How a command that ends on it exits.
    pub exit: Exit,
    /// HTTP status of an answer that carries it, where one makes sense.
    pub status: Option<u16>,
    /// Whether sales and data are safe.
    pub safety: Safety,
    /// Whether selling goes on.
    pub selling: Selling,
    /// Whether sales still reach the store.
    pub sending: Sending,
    /// Who can mend it.
    pub who: Who,
    /// Common causes, the likeliest first.
    pub causes: &'static [Cause],
    /// Steps for the person at the till.
    pub cashier: &'static [&'static str],
    /// Steps for the person who owns the shop or looks after its website.
    pub owner: &'static [&'static str],
    /// Status, body, log line, a way to see it happen.
    pub developer: &'static [&'static str],
    /// What Evertill does about it by itself; empty where Evertill never raises the code.
    pub by_itself: &'static str,
    /// Codes in a store's error answers that map to this one.
    pub server_codes: &'static [&'static str],
    /// Texts of other programs that mean this code.
    pub phrases: &'static [&'static str],
    /// Codes to read next; each of them names this one too.
    pub related: &'static [Code],
    /// The same condition in the other scheme of WCPOS: current codes of a legacy one and the other way round.
    pub counterparts: &'static [Code],
}

impl Entry {
    /// The name as a person says it, `Token refresh failed`.
    #[must_use]
    pub fn spoken_name(&self) -> String {
        let words = self.name.to_lowercase().replace('_', " ");
        let mut letters = words.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }

    /// Whether the code is an addition of Evertill.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.origin == Origin::Ours
    }
}

/// A common cause and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What is the matter, as a clause.
    pub what: &'static str,
    /// How to check or mend it.
    pub fix: &'static str,
    /// A line to copy into some settings.
    pub copy: Option<&'static str>,
}

/// A cause without a line to copy.
pub(super) const fn cause(what: &'static str, fix: &'static str) -> Cause {
    Cause {
        what,
        fix,
        copy: None,
    }
}

impl Cause {
    /// The same cause with a line to copy.
    pub(super) const fn copy(self, line: &'static str) -> Self {
        Self {
            copy: Some(line),
            ..self
        }
    }
}

/// The scheme a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The documented scheme of WCPOS before 1.10, still the one Evertill speaks.
    Legacy,
    /// Seen in WCPOS before 1.10 and never documented there.
    Undocumented,
    /// The scheme of WCPOS since 1.10.
    Current,
    /// Continues the legacy scheme; only Evertill has it.
    Ours,
}

impl Origin {
    /// The scheme in a few words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Legacy => "WCPOS before 1.10",
            Self::Undocumented => "WCPOS before 1.10, undocumented there",
            Self::Current => "WCPOS since 1.10",
            Self::Ours => "Evertill",
        }
    }
}

/// A group of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Signing in and staying signed in.
    Session,
    /// The way from the till to the store.
    Connection,
    /// The store's website, its plugins and its host.
    Site,
    /// Sales on their way to the store.
    Sending,
    /// Taking money.
    Payment,
    /// Receipts.
    Printing,
    /// The catalogue.
    Products,
    /// This device and the program on it.
    Till,
    /// The paid edition of WCPOS.
    Licence,
}

impl Topic {
    /// Every group, in the order of the index.
    pub const ALL: [Self; 9] = [
        Self::Session,
        Self::Connection,
        Self::Site,
        Self::Sending,
        Self::Payment,
        Self::Products,
        Self::Till,
        Self::Printing,
        Self::Licence,
    ];

    /// Its heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Session => "Session",
            Self::Connection => "Connection",
            Self::Site => "Website",
            Self::Sending => "Sending",
            Self::Payment => "Payment",
            Self::Printing => "Printer",
            Self::Products => "Products",
            Self::Till => "This till",
            Self::Licence => "Licence",
        }
    }
}

/// How soon a person has to look at a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Ordinary; passes by itself.
    Normal,
    /// Somebody has to do something before the day ends.
    ActToday,
    /// Money or data may be wrong.
    CheckNow,
}

impl Severity {
    /// Two words for a badge.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::ActToday => "Act today",
            Self::CheckNow => "Check now",
        }
    }
}

/// Whether asking again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The program asks again by itself.
    Automatic,
    /// A person may ask again.
    Manual,
    /// Only after something has been put right.
    AfterChange,
    /// Not before somebody has looked how it ended.
    Never,
}

impl Retry {
    /// The rule as a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Automatic => "It is tried again automatically.",
            Self::Manual => "It is tried again when a person asks for it.",
            Self::AfterChange => "Another try helps after something was put right.",
            Self::Never => "It is not repeated before somebody has checked how it ended.",
        }
    }
}

/// Whether sales and data are safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// Nothing was touched.
    NoImpact,
    /// Everything is on this till.
    LocalOnly,
    /// The sale or record at hand is kept.
    OrderSafe,
    /// Something may be missing or mixed up.
    DataAtRisk,
    /// Money has changed hands.
    MoneyMoved,
    /// Nobody knows yet how it ended.
    OutcomeUnknown,
}

impl Safety {
    /// The answer to "is my sale safe?".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoImpact => "Sales are not affected",
            Self::LocalOnly => "Sales are safe on this till",
            Self::OrderSafe => "This one is kept as it is",
            Self::DataAtRisk => "Look now: something may be missing",
            Self::MoneyMoved => "Paid: compare the amount",
            Self::OutcomeUnknown => "Not known yet: look before repeating",
        }
    }
}

/// Whether selling goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Selling {
    /// Without any limit.
    GoesOn,
    /// All but the sale at hand.
    ThisSaleWaits,
    /// By another way to pay.
    AnotherWay,
    /// Not on this till until it is mended.
    Paused,
    /// Not yet: something must be set up first.
    NotStarted,
}

impl Selling {
    /// The answer to "may I go on?".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::GoesOn => "You can keep selling",
            Self::ThisSaleWaits => "This sale waits, others go on",
            Self::AnotherWay => "Sell, with another way to pay",
            Self::Paused => "This till pauses until it is mended",
            Self::NotStarted => "Selling starts once this is set up",
        }
    }
}

/// Whether sales still reach the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// As always.
    GoesOn,
    /// Resumes alone.
    WaitsByItself,
    /// Until somebody signs in.
    WaitsForSignIn,
    /// Until something is put right.
    WaitsForChange,
    /// Only the one at hand waits.
    OneWaits,
    /// Nothing is repeated before somebody has looked.
    CheckFirst,
}

impl Sending {
    /// The answer to "does it reach the store?".
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::GoesOn => "Sending goes on",
            Self::WaitsByItself => "Sending waits, by itself",
            Self::WaitsForSignIn => "Nothing is sent until sign-in",
            Self::WaitsForChange => "Sending waits until it is mended",
            Self::OneWaits => "One waits, the others are sent",
            Self::CheckFirst => "Look first, then send",
        }
    }
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// It mends itself.
    Nobody,
    /// The person at the till.
    Cashier,
    /// The owner of the shop.
    Owner,
    /// Whoever runs the website.
    SiteAdmin,
    /// The provider of the payment.
    PaymentProvider,
    /// Support, with a saved report.
    Support,
}

impl Who {
    /// The person in a few words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nobody => "nobody: it mends itself",
            Self::Cashier => "the person at the till",
            Self::Owner => "the owner",
            Self::SiteAdmin => "whoever runs the website",
            Self::PaymentProvider => "the payment provider",
            Self::Support => "support, with a saved report",
        }
    }
}
