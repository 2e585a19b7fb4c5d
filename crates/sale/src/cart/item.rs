//! What a line of a sale holds.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::tax::half_up;

/// Something that can be sold, as the catalogue has it at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Product, 0 for a custom item.
    pub product_id: i64,
    /// Variation, 0 for none.
    #[serde(default)]
    pub variation_id: i64,
    /// Name as people read it.
    pub name: String,
    /// Stock keeping unit, or the code of a custom item; may be empty.
    #[serde(default)]
    pub sku: String,
    /// What it is sold by, `kg`; empty for pieces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Choices of a variation.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Price to charge now, in the shop's own mode.
    pub price: Decimal,
    /// Price without a sale.
    pub regular_price: Decimal,
    /// Tax class, empty for the standard one.
    #[serde(default)]
    pub tax_class: String,
    /// Bears tax.
    pub is_taxable: bool,
}

impl Item {
    /// Something that is not in the catalogue.
    #[must_use]
    pub fn custom(name: &str, price: Decimal, tax_class: &str, is_taxable: bool) -> Self {
        Self {
            product_id: 0,
            variation_id: 0,
            name: name.trim().to_owned(),
            sku: String::new(),
            unit: String::new(),
            choices: Vec::new(),
            price,
            regular_price: price,
            tax_class: tax_class.to_owned(),
            is_taxable,
        }
    }

    /// Whether it is in no catalogue.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.product_id == 0
    }

    fn is_same_as(&self, other: &Self) -> bool {
        self.product_id == other.product_id
            && self.variation_id == other.variation_id
            && self.choices == other.choices
            && self.tax_class == other.tax_class
            && self.is_taxable == other.is_taxable
            && self.regular_price == other.regular_price
            && (!self.is_custom() || (self.name == other.name && self.sku == other.sku))
    }
}

/// One choice of a variation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Name for the wire, `pa_colour`.
    pub key: String,
    /// Name as people read it, `Colour`.
    pub name: String,
    /// What was chosen.
    pub option: String,
    /// The variation leaves it open, so the order must say it.
    pub is_any: bool,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Identity, kept into the store's order.
    pub uuid: Uuid,
    /// What it holds.
    pub item: Item,
    /// How many.
    pub quantity: Decimal,
    /// Price of a unit on this line, in the shop's own mode.
    pub price: Decimal,
    /// Note, empty for none.
    #[serde(default)]
    pub note: String,
}

impl CartLine {
    /// What the shelf price of the line comes to, in the shop's own mode, rounded as money.
    #[must_use]
    pub fn amount(&self, decimals: u32) -> Decimal {
        half_up(self.price * self.quantity, decimals)
    }

    /// What a changed price takes off the line, in the shop's own mode; zero when it is not lower.
    #[must_use]
    pub fn discount(&self, decimals: u32) -> Decimal {
        half_up(self.undiscounted_price() * self.quantity, decimals) - self.amount(decimals)
    }

    /// Whether somebody set another price than the catalogue's.
    #[must_use]
    pub fn is_price_changed(&self) -> bool {
        self.price != self.item.price
    }

    /// The catalogue's price, or the line's own where it is higher.
    #[must_use]
    pub fn undiscounted_price(&self) -> Decimal {
        self.item.price.max(self.price)
    }

    /// Whether adding the item raises this line's quantity instead of making another line.
    pub(super) fn merges_with(&self, item: &Item) -> bool {
        self.note.is_empty() && self.price == item.price && self.item.is_same_as(item)
    }
}
