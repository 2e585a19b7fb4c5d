//! Which taxes apply, and how much they are on one amount.
//!
//! The arithmetic is that of WooCommerce's `WC_Tax`: rates of one class in order of priority, one rate a
//! priority, compound rates on top of what came before. Amounts are kept to [`TaxSetup::precision`] decimals;
//! rounding to what is charged happens in [`totals`](crate::totals).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// How a shop taxes: the options that decide a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSetup {
    /// Shelf prices contain their taxes.
    pub prices_include_tax: bool,
    /// Taxes are summed unrounded and rounded once.
    pub round_at_subtotal: bool,
    /// Decimals that prices are charged with.
    pub decimals: u32,
    /// Rates of the place of sale, best match first within a class and priority.
    pub rates: Vec<TaxRate>,
    /// Class of shipping costs; `None` takes it from the items.
    pub shipping_tax_class: Option<String>,
    /// A percent coupon works on what earlier coupons left.
    pub discounts_sequential: bool,
    /// Which line is first when cents of a coupon are handed out.
    pub coupon_order: CouponOrder,
}

impl Default for TaxSetup {
    /// A shop with two decimals, prices without tax and no rates.
    fn default() -> Self {
        Self {
            prices_include_tax: false,
            round_at_subtotal: false,
            decimals: 2,
            rates: Vec::new(),
            shipping_tax_class: None,
            discounts_sequential: false,
            coupon_order: CouponOrder::default(),
        }
    }
}

/// One tax rate that applies at the place of sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Number at the store.
    pub id: i64,
    /// Percent, `20` for a fifth.
    pub percent: Decimal,
    /// Taxes the other taxes too.
    pub compound: bool,
    /// Only one rate a priority counts.
    pub priority: i64,
    /// Tax class, empty for the standard one.
    pub class: String,
    /// Taxes shipping costs.
    pub shipping: bool,
    /// Label on receipts.
    pub label: String,
}

/// The order in which lines take part in a coupon; WooCommerce changed it in 10.0.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponOrder {
    /// Dearest unit first (10.0.0 and newer).
    #[default]
    UnitPrice,
    /// Largest line total times quantity first (up to 9.9).
    LineTotalTimesQuantity,
}

impl CouponOrder {
    /// The order that a WooCommerce of this version uses; an unreadable version counts as a new one.
    #[must_use]
    pub fn of_version(wc_version: &str) -> Self {
        let major = wc_version
            .trim()
            .split('.')
            .next()
            .and_then(|part| part.parse::<u32>().ok());
        match major {
            Some(major) if major < 10 => Self::LineTotalTimesQuantity,
            Some(_) | None => Self::UnitPrice,
        }
    }
}

/// Tax of one rate on one amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxAmount {
    /// The rate.
    pub rate_id: i64,
    /// The tax, to [`TaxSetup::precision`] decimals.
    pub amount: Decimal,
}

impl TaxSetup {
    /// Decimals that unrounded taxes are kept with: two more than prices have, six at least.
    #[must_use]
    pub fn precision(&self) -> u32 {
        (self.decimals + 2).max(6)
    }

    /// The rates of a class in the order they are charged: by priority, the first of each priority only.
    #[must_use]
    pub fn rates_for(&self, class: &str) -> Vec<&TaxRate> {
        let mut of_class: Vec<&TaxRate> = self.rates.iter().filter(|rate| rate.class == class).collect();
        of_class.sort_by_key(|rate| rate.priority);
        of_class.dedup_by_key(|rate| rate.priority);
        of_class
    }

    /// The rates that shipping costs of a class bear.
    #[must_use]
    pub fn shipping_rates_for(&self, class: &str) -> Vec<&TaxRate> {
        let mut of_class: Vec<&TaxRate> = self
            .rates
            .iter()
            .filter(|rate| rate.class == class && rate.shipping)
            .collect();
        of_class.sort_by_key(|rate| rate.priority);
        of_class.dedup_by_key(|rate| rate.priority);
        of_class
    }

    /// Taxes that come on top of an amount.
    #[must_use]
    pub fn taxes_on(&self, net: Decimal, rates: &[&TaxRate]) -> Vec<TaxAmount> {
        let mut taxes: Vec<(&TaxRate, Decimal)> = rates
            .iter()
            .filter(|rate| !rate.compound)
            .map(|rate| (*rate, net * fraction(rate.percent)))
            .collect();
        for rate in rates.iter().filter(|rate| rate.compound) {
            let before: Decimal = taxes.iter().map(|(_, tax)| tax).sum();
            taxes.push((rate, (net + before) * fraction(rate.percent)));
        }
        self.in_order_of(rates, &taxes)
    }

    /// Taxes that an amount contains.
    #[must_use]
    pub fn taxes_in(&self, gross: Decimal, rates: &[&TaxRate]) -> Vec<TaxAmount> {
        let mut taxes: Vec<(&TaxRate, Decimal)> = Vec::with_capacity(rates.len());
        let mut left = gross;
        for rate in rates.iter().rev().filter(|rate| rate.compound) {
            let tax = left - left / (Decimal::ONE + fraction(rate.percent));
            taxes.push((rate, tax));
            left -= tax;
        }
        let regular: Decimal = rates
            .iter()
            .filter(|rate| !rate.compound)
            .map(|rate| fraction(rate.percent))
            .sum();
        for rate in rates.iter().filter(|rate| !rate.compound) {
            taxes.push((rate, left * fraction(rate.percent) / (Decimal::ONE + regular)));
        }
        self.in_order_of(rates, &taxes)
    }

    fn in_order_of(&self, rates: &[&TaxRate], taxes: &[(&TaxRate, Decimal)]) -> Vec<TaxAmount> {
        rates
            .iter()
            .filter_map(|rate| taxes.iter().find(|(taxed, _)| taxed.id == rate.id))
            .map(|(rate, tax)| TaxAmount {
                rate_id: rate.id,
                amount: half_up(*tax, self.precision()),
            })
            .collect()
    }

    /// Rounds a tax to what is charged: half-down where prices contain it, else half-up.
    #[must_use]
    pub fn round_tax(&self, tax: Decimal) -> Decimal {
        tax.round_dp_with_strategy(self.decimals, self.tax_rounding())
    }

    pub(crate) fn tax_rounding(&self) -> RoundingStrategy {
        if self.prices_include_tax {
            RoundingStrategy::MidpointTowardZero
        } else {
            RoundingStrategy::MidpointAwayFromZero
        }
    }
}

/// Rounds half away from zero, as PHP does.
#[must_use]
pub(crate) fn half_up(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn fraction(percent: Decimal) -> Decimal {
    percent / Decimal::ONE_HUNDRED
}
