//! Taking the money.

use askama::Template;

use super::frame::Frame;

/// Paying in cash.
#[derive(Debug, Clone, Template)]
#[template(path = "checkout.html")]
pub struct CheckoutPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for every form of the page.
    pub csrf: String,
    /// Number of the sale, `2047`.
    pub number: String,
    /// The lines in short.
    pub lines: Vec<RecapLine>,
    /// Rows between the lines and the total, `VAT included`.
    pub sums: Vec<super::SumRow>,
    /// Total with the sign.
    pub total: String,
    /// The note on the sale; empty when there is none.
    pub note: String,
    /// What the customer may hand over.
    pub quick: Vec<QuickAmount>,
    /// What was handed over and what comes back.
    pub take: Take,
    /// Key of this payment: the same key never takes money twice.
    pub sale_key: String,
    /// Currency sign.
    pub symbol: String,
    /// What stands between pounds and pence, `.`.
    pub decimal_separator: String,
    /// What is said about rounding and the rest, `No cash rounding.`; may be empty.
    pub foot: String,
}

/// One line of the sale in short.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecapLine {
    /// Quantity with its unit, `2` or `0.375 kg`.
    pub quantity: String,
    /// Name with soft hyphens.
    pub name: String,
    /// Amount without the sign.
    pub amount: String,
}

/// An amount a customer may hand over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuickAmount {
    /// On the button, `Exact 116.30` or `£120`.
    pub label: String,
    /// As typed, `120.00`.
    pub value: String,
    /// Address of the checkout with this amount.
    pub href: String,
    /// Whether it is the amount received.
    pub chosen: bool,
}

/// What was handed over and what comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Take {
    /// As typed, `120`; empty takes the exact amount.
    pub received: String,
    /// The exact amount as it would be typed, shown while nothing is.
    pub exact: String,
    /// Change or what is missing, with the sign.
    pub change: String,
    /// Whether less was handed over than is to be paid.
    pub short: bool,
    /// Coins and notes the change can be made of, `£2 + £1 + 50p + 20p`; may be empty.
    pub coins: String,
    /// What was wrong with the last try, in plain words.
    pub problem: Option<String>,
}

/// The change again while an amount is typed, targets `#take-sums` and `#finish`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/take.html")]
pub struct TakeFragment {
    /// What was handed over and what comes back.
    pub take: Take,
}
