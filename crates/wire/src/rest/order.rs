//! An order as the store writes it back.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{catalogue::Meta, de};

/// Key of the identity every order and line carries.
pub const UUID_KEY: &str = "_woocommerce_pos_uuid";

/// The order document of a push reply.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Number people see.
    #[serde(deserialize_with = "de::text")]
    pub number: String,
    /// `completed`, `pos-open`, `checkout-draft`, …
    #[serde(deserialize_with = "de::text")]
    pub status: String,
    /// ISO 4217 code.
    #[serde(deserialize_with = "de::text")]
    pub currency: String,
    /// What the customer pays.
    #[serde(deserialize_with = "de::decimal")]
    pub total: Decimal,
    /// All taxes in it.
    #[serde(deserialize_with = "de::decimal")]
    pub total_tax: Decimal,
    /// Customer, 0 for a guest.
    #[serde(deserialize_with = "de::int")]
    pub customer_id: i64,
    /// Method slug, `pos_cash`.
    #[serde(deserialize_with = "de::text")]
    pub payment_method: String,
    /// UTC without zone.
    #[serde(deserialize_with = "de::text")]
    pub date_created_gmt: String,
    /// Items.
    #[serde(deserialize_with = "de::list")]
    pub line_items: Vec<OrderLine>,
    /// Keys and values.
    #[serde(deserialize_with = "de::list")]
    pub meta_data: Vec<Meta>,
}

impl Order {
    /// The identity the order carries, when it carries exactly one.
    #[must_use]
    pub fn uuid(&self) -> Option<&str> {
        only(&self.meta_data)
    }
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderLine {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name on the line.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Product, 0 when there is none (any more).
    #[serde(deserialize_with = "de::int")]
    pub product_id: i64,
    /// Variation, 0 for none.
    #[serde(deserialize_with = "de::int")]
    pub variation_id: i64,
    /// How many.
    #[serde(deserialize_with = "de::decimal")]
    pub quantity: Decimal,
    /// Tax class, empty for the standard one.
    #[serde(deserialize_with = "de::text")]
    pub tax_class: String,
    /// Net before discounts.
    #[serde(deserialize_with = "de::decimal")]
    pub subtotal: Decimal,
    /// Net.
    #[serde(deserialize_with = "de::decimal")]
    pub total: Decimal,
    /// Tax on it.
    #[serde(deserialize_with = "de::decimal")]
    pub total_tax: Decimal,
    /// Stock keeping unit.
    #[serde(deserialize_with = "de::text")]
    pub sku: String,
    /// Keys and values.
    #[serde(deserialize_with = "de::list")]
    pub meta_data: Vec<Meta>,
}

impl OrderLine {
    /// The identity the line carries, when it carries exactly one.
    #[must_use]
    pub fn uuid(&self) -> Option<&str> {
        only(&self.meta_data)
    }
}

fn only(meta: &[Meta]) -> Option<&str> {
    let mut found = meta
        .iter()
        .filter(|entry| entry.key == UUID_KEY)
        .filter_map(|entry| entry.value.as_str());
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}
