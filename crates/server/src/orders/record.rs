//! An order as the store keeps it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::store::{Address, Meta};

/// Statuses an order may have, in a stock store's order.
pub(crate) const STATUSES: [&str; 11] = [
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
    "pos-open",
    "pos-partial",
];

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) status: String,
    pub(crate) order_key: String,
    pub(crate) currency: String,
    pub(crate) prices_include_tax: bool,
    pub(crate) customer_id: i64,
    /// Who sold it: stamped by the store from whoever asked, never taken from the till.
    pub(crate) cashier_id: i64,
    /// Who sent it first.
    pub(crate) created_by: i64,
    pub(crate) billing: Address,
    pub(crate) shipping: Address,
    pub(crate) payment_method: String,
    pub(crate) payment_method_title: String,
    pub(crate) transaction_id: String,
    pub(crate) customer_note: String,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Seconds since 1970.
    pub(crate) modified_at: i64,
    /// Seconds since 1970.
    pub(crate) paid_at: Option<i64>,
    /// Seconds since 1970.
    pub(crate) completed_at: Option<i64>,
    pub(crate) lines: Vec<Line>,
    pub(crate) fees: Vec<Fee>,
    pub(crate) shipping_lines: Vec<Shipping>,
    pub(crate) tax_lines: Vec<TaxLine>,
    pub(crate) totals: Totals,
    pub(crate) meta: Vec<Meta>,
}

impl Order {
    /// Names this state of the order. It hangs on nothing outside the record, so a store that moves to another
    /// address keeps its revisions.
    pub(crate) fn revision(&self) -> String {
        use std::fmt::Write as _;
        let text = serde_json::to_vec(self).expect("plain structs of texts and numbers always serialize");
        let mut revision = String::from("sha256:");
        for byte in Sha256::digest(text) {
            write!(revision, "{byte:02x}").expect("a String takes any text");
        }
        revision
    }

    /// Whether the money is in and the sale stands: only an owner or manager may change it now.
    pub(crate) fn is_final(&self) -> bool {
        matches!(
            self.status.as_str(),
            "completed" | "processing" | "refunded" | "cancelled"
        )
    }

    /// Whether its goods have left the shelf.
    pub(crate) fn takes_stock(&self) -> bool {
        matches!(
            self.status.as_str(),
            "completed" | "processing" | "on-hold" | "refunded"
        )
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) uuid: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) parent_name: Option<String>,
    pub(crate) product_id: i64,
    pub(crate) variation_id: i64,
    pub(crate) sku: String,
    pub(crate) quantity: Decimal,
    pub(crate) tax_class: String,
    pub(crate) is_taxable: bool,
    pub(crate) subtotal: Decimal,
    pub(crate) subtotal_tax: Decimal,
    pub(crate) total: Decimal,
    pub(crate) total_tax: Decimal,
    pub(crate) taxes: Vec<LineTax>,
    /// How many of it were taken off the shelf so far.
    pub(crate) reduced_stock: Decimal,
    /// What was chosen: key, shown key, value, shown value.
    pub(crate) chosen: Vec<Chosen>,
    pub(crate) meta: Vec<Meta>,
}

/// An attribute of the variation that was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) display_key: String,
    pub(crate) display_value: String,
}

/// Tax of one rate on one item, fee or shipping cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LineTax {
    pub(crate) rate_id: i64,
    pub(crate) total: Decimal,
    pub(crate) subtotal: Option<Decimal>,
}

/// A fee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fee {
    pub(crate) id: i64,
    pub(crate) uuid: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) tax_class: String,
    pub(crate) is_taxable: bool,
    pub(crate) total: Decimal,
    pub(crate) total_tax: Decimal,
    pub(crate) taxes: Vec<LineTax>,
    pub(crate) meta: Vec<Meta>,
}

/// A shipping cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shipping {
    pub(crate) id: i64,
    pub(crate) uuid: Option<Uuid>,
    pub(crate) method_id: String,
    pub(crate) method_title: String,
    pub(crate) total: Decimal,
    pub(crate) total_tax: Decimal,
    pub(crate) taxes: Vec<LineTax>,
    pub(crate) meta: Vec<Meta>,
}

/// What one rate brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaxLine {
    pub(crate) id: i64,
    pub(crate) rate_id: i64,
    pub(crate) rate_code: String,
    pub(crate) label: String,
    pub(crate) compound: bool,
    pub(crate) percent: Decimal,
    pub(crate) tax_total: Decimal,
    pub(crate) shipping_tax_total: Decimal,
}

/// What the whole order comes to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) total: Decimal,
    pub(crate) total_tax: Decimal,
    pub(crate) cart_tax: Decimal,
    pub(crate) shipping_total: Decimal,
    pub(crate) shipping_tax: Decimal,
    pub(crate) discount_total: Decimal,
    pub(crate) discount_tax: Decimal,
}
