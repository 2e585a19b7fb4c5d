//! What goes into [`total_order`](super::total_order) and what comes out.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Largest amount, in either direction, that [`total_order`](super::total_order) is made for.
pub const AMOUNT_MAX: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

/// Largest quantity of a line that [`total_order`](super::total_order) is made for.
pub const QUANTITY_MAX: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// What an order consists of, in net amounts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderInput {
    /// Items.
    pub lines: Vec<LineInput>,
    /// Fees.
    pub fees: Vec<FeeInput>,
    /// Shipping costs.
    pub shipping: Vec<ShippingInput>,
    /// Coupons, in the order they were entered.
    pub coupons: Vec<CouponInput>,
}

impl OrderInput {
    /// Whether every amount lies within [`AMOUNT_MAX`] and every quantity within [`QUANTITY_MAX`]; figures from
    /// outside must pass it first.
    #[must_use]
    pub fn is_in_range(&self) -> bool {
        let lines = self.lines.iter().flat_map(|line| [line.subtotal, line.total]);
        let fees = self.fees.iter().map(|fee| fee.total);
        let shipping = self.shipping.iter().map(|cost| cost.total);
        let coupons = self.coupons.iter().map(|coupon| coupon.amount);
        lines
            .chain(fees)
            .chain(shipping)
            .chain(coupons)
            .all(|figure| figure.abs() <= AMOUNT_MAX)
            && self.lines.iter().all(|line| line.quantity.abs() <= QUANTITY_MAX)
    }
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineInput {
    /// How many; may have decimals.
    pub quantity: Decimal,
    /// Net amount before discounts, at most six decimals.
    pub subtotal: Decimal,
    /// Net amount; thrown away in favour of `subtotal` as soon as there is a coupon.
    pub total: Decimal,
    /// Tax class, empty for the standard one.
    pub tax_class: String,
    /// Bears tax.
    pub is_taxable: bool,
    /// Costs less than its regular price; coupons may leave such lines out.
    pub is_on_sale: bool,
    /// Coupons on items apply; false for a custom line without till data.
    pub takes_item_coupons: bool,
}

impl LineInput {
    /// A line that is neither discounted nor on sale.
    #[must_use]
    pub fn new(quantity: Decimal, net: Decimal, tax_class: &str, is_taxable: bool) -> Self {
        Self {
            quantity,
            subtotal: net,
            total: net,
            tax_class: tax_class.to_owned(),
            is_taxable,
            is_on_sale: false,
            takes_item_coupons: true,
        }
    }
}

/// A fee of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeInput {
    /// Net amount.
    pub total: Decimal,
    /// Tax class, empty for the standard one.
    pub tax_class: String,
    /// Bears tax.
    pub is_taxable: bool,
}

/// A shipping cost of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingInput {
    /// Net amount.
    pub total: Decimal,
}

/// A coupon of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponInput {
    /// Its code.
    pub code: String,
    /// What its amount means.
    pub kind: CouponKind,
    /// Percent or money, in the shop's own price mode.
    pub amount: Decimal,
    /// At most so many units are discounted.
    pub units_max: Option<u32>,
    /// Lines on sale are left out.
    pub excludes_sale_items: bool,
}

/// What the amount of a coupon means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponKind {
    /// Percent of each line.
    Percent,
    /// Money off each unit.
    FixedProduct,
    /// Money off the whole cart.
    FixedCart,
}

/// Everything a store computes for an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderTotals {
    /// What the customer pays.
    pub total: Decimal,
    /// All taxes in it.
    pub total_tax: Decimal,
    /// Taxes on items and fees.
    pub cart_tax: Decimal,
    /// Shipping costs, net.
    pub shipping_total: Decimal,
    /// Taxes on shipping.
    pub shipping_tax: Decimal,
    /// Discounts, net.
    pub discount_total: Decimal,
    /// Taxes that were saved by discounts.
    pub discount_tax: Decimal,
    /// Items after discounts, net, as they enter the total.
    pub items_total: Decimal,
    /// Items before discounts, net.
    pub items_subtotal: Decimal,
    /// Fees, net.
    pub fees_total: Decimal,
    /// One line a rate, in order of first use.
    pub tax_lines: Vec<TaxLine>,
    /// Items, in the order of the input.
    pub lines: Vec<LineTotals>,
    /// Fees, in the order of the input.
    pub fees: Vec<ChargeTotals>,
    /// Shipping costs, in the order of the input.
    pub shipping: Vec<ChargeTotals>,
    /// Coupons, in the order of the input.
    pub coupons: Vec<CouponTotals>,
}

/// What one rate brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// Number of the rate.
    pub rate_id: i64,
    /// Label on receipts.
    pub label: String,
    /// Percent.
    pub percent: Decimal,
    /// Taxes the other taxes too.
    pub compound: bool,
    /// Tax on items and fees.
    pub tax_total: Decimal,
    /// Tax on shipping.
    pub shipping_tax_total: Decimal,
    /// Net amount of everything that bears the rate, each part rounded as money; for receipts, not sent.
    pub net: Decimal,
}

impl TaxLine {
    /// Tax on items, fees and shipping together.
    #[must_use]
    pub fn tax(&self) -> Decimal {
        self.tax_total + self.shipping_tax_total
    }
}

/// What a store computes for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTotals {
    /// Net amount before discounts.
    pub subtotal: Decimal,
    /// Tax on it.
    pub subtotal_tax: Decimal,
    /// Net amount.
    pub total: Decimal,
    /// Tax on it.
    pub total_tax: Decimal,
    /// Taxes by rate, to the setup's precision.
    pub taxes: Vec<LineTax>,
}

/// Tax of one rate on one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTax {
    /// The rate.
    pub rate_id: i64,
    /// Tax on the net amount.
    pub total: Decimal,
    /// Tax on the net amount before discounts.
    pub subtotal: Decimal,
}

/// What a store computes for a fee or a shipping cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeTotals {
    /// Net amount.
    pub total: Decimal,
    /// Tax on it.
    pub total_tax: Decimal,
    /// Taxes by rate: number of the rate and amount.
    pub taxes: Vec<(i64, Decimal)>,
}

/// What a store computes for a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTotals {
    /// Its code.
    pub code: String,
    /// Net discount; need not add up to the order's.
    pub discount: Decimal,
    /// Tax saved.
    pub discount_tax: Decimal,
}
