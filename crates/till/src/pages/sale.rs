//! A finished sale: done, receipt, list, one sale.

use askama::Template;

use super::checkout::RecapLine;
use super::frame::{Frame, Tone};
use super::register::SumRow;

/// Right after the payment.
#[derive(Debug, Clone, Template)]
#[template(path = "sale-done.html")]
pub struct SaleDonePage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the form that takes the first scan of the next sale.
    pub csrf: String,
    /// Id of the sale.
    pub uuid: String,
    /// Number, `2047`.
    pub number: String,
    /// Change with the sign; none when the amount was exact.
    pub change: Option<String>,
    /// Coins and notes the change can be made of; may be empty.
    pub coins: String,
    /// Total with the sign.
    pub total: String,
    /// How it was paid, `received £120.00 in cash`.
    pub paid: String,
    /// The lines in short.
    pub lines: Vec<RecapLine>,
    /// Where the sale is now.
    pub journey: Journey,
    /// Seconds until a new sale opens by itself; 0 stays.
    pub new_sale_after_s: u32,
}

/// Where a sale is on its way to the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journey {
    /// Address that answers this journey again.
    pub href: String,
    /// The stations, in order.
    pub steps: Vec<Step>,
    /// Whether more is to come; the page then asks again after each `sales` event.
    pub open: bool,
}

/// One station of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// How it went.
    pub tone: Tone,
    /// What happened, `Sent to the shop`.
    pub text: String,
    /// What is stressed after it, `Order 10482`; may be empty.
    pub strong: String,
    /// A second line, `It will be sent when the shop answers.`; may be empty.
    pub more: String,
    /// Clock time with seconds; empty while it is still to come.
    pub at: String,
}

/// Where one sale is, target `#journey`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/journey.html")]
pub struct JourneyFragment {
    /// The journey.
    pub journey: Journey,
}

/// The receipt on screen and on 80 mm paper.
#[derive(Debug, Clone, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the form that notes a print.
    pub csrf: String,
    /// Id of the sale.
    pub uuid: String,
    /// Number, `2047`.
    pub number: String,
    /// Name of the store.
    pub shop: String,
    /// Lines under the name: address, phone, tax number.
    pub shop_lines: Vec<String>,
    /// Whether this is a reprint.
    pub copy: bool,
    /// Till, `Till 2`.
    pub till: String,
    /// Who rang it up, `Ada`.
    pub served_by: String,
    /// Day, `23 Nov 2026`.
    pub day: String,
    /// Clock time.
    pub time: String,
    /// Number of the order in the store; none while it is not registered there.
    pub order: Option<String>,
    /// The lines.
    pub lines: Vec<ReceiptLine>,
    /// Rows before the total, `Items`; may be empty.
    pub sums: Vec<SumRow>,
    /// Total with the sign.
    pub total: String,
    /// Payment rows, `Cash`, `Rounding`.
    pub payments: Vec<SumRow>,
    /// Change without the sign; none when there was none.
    pub change: Option<String>,
    /// Tax per rate.
    pub taxes: Vec<ReceiptTax>,
    /// Net sum without the sign.
    pub net: String,
    /// Note on the sale; empty when there is none.
    pub note: String,
    /// Closing lines, `Thank you`.
    pub foot: Vec<String>,
    /// What stands beside the paper, `Paid`, `Order in the shop`, `Printed`.
    pub facts: Vec<Fact>,
}

/// One line of the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptLine {
    /// Name with soft hyphens.
    pub name: String,
    /// `2 × 9.50`; empty for a single piece.
    pub detail: String,
    /// Note on the line; empty when there is none.
    pub note: String,
    /// Amount without the sign.
    pub amount: String,
    /// Letter of the tax rate, `A`; empty when there is one rate only.
    pub rate: String,
}

/// Tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiptTax {
    /// `A · VAT 20 % in 76.90`.
    pub label: String,
    /// Tax without the sign.
    pub amount: String,
}

/// A label and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fact {
    /// `Order in the shop`.
    pub label: String,
    /// `10482`.
    pub value: String,
}

/// The sales of this till.
#[derive(Debug, Clone, Template)]
#[template(path = "sales.html")]
pub struct SalesPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// The days, newest first.
    pub days: Vec<SalesDay>,
    /// One sentence on what waits; none when everything is sent.
    pub waiting: Option<String>,
}

/// The list again, target `#sales`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/sales.html")]
pub struct SalesFragment {
    /// The days, newest first.
    pub days: Vec<SalesDay>,
    /// One sentence on what waits.
    pub waiting: Option<String>,
}

/// The sales of one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SalesDay {
    /// `Today`, `Sunday 22 Nov`.
    pub name: String,
    /// `12 sales`.
    pub count: String,
    /// Sum with the sign.
    pub sum: String,
    /// The sales, newest first.
    pub rows: Vec<SaleRow>,
}

/// One sale of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SaleRow {
    /// Id of the sale.
    pub uuid: String,
    /// Number, `2047`.
    pub number: String,
    /// Clock time.
    pub at: String,
    /// What was sold, `Flat White, Butter Croissant and 2 more`.
    pub items: String,
    /// Who and how, `Ada · cash`.
    pub by: String,
    /// Total with the sign.
    pub total: String,
    /// How the sending stands.
    pub tone: Tone,
    /// The state in words, `Sent · order 10482`, `Waiting`, `Refused by shop`.
    pub state: String,
}

/// One sale with everything known about it.
#[derive(Debug, Clone, Template)]
#[template(path = "sale.html")]
pub struct SalePage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for the forms.
    pub csrf: String,
    /// Id of the sale.
    pub uuid: String,
    /// Number.
    pub number: String,
    /// When and by whom, `Mon 23 Nov, 10:43 · Ada · Till 2`.
    pub when: String,
    /// How the sending stands.
    pub tone: Tone,
    /// The state in words.
    pub state: String,
    /// The lines.
    pub lines: Vec<ReceiptLine>,
    /// Rows before the total.
    pub sums: Vec<SumRow>,
    /// Total with the sign.
    pub total: String,
    /// How it was paid, `Cash received`, `Change`.
    pub payments: Vec<SumRow>,
    /// The note; empty when there is none.
    pub note: String,
    /// Where the sale is.
    pub journey: Journey,
    /// Why the store refused it, when it did.
    pub refused: Option<Refusal>,
    /// Whether `Send again` helps now.
    pub can_send_again: bool,
}

/// Why the store refused a sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// In our words, `The shop did not book this sale.`
    pub title: String,
    /// What is safe and what to do next.
    pub remedy: String,
    /// The store's own words.
    pub store_words: String,
    /// Error code, small.
    pub code: String,
}
