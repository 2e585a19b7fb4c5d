//! Which taxes apply, and how much they are on one amount.
//!
//! The arithmetic is that of WooCommerce's `WC_Tax`: rates of one class in order of priority, one rate a
//! priority, compound rates on top of what came before. Amounts are kept to [`TaxSetup::precision`] decimals;
//! rounding to what is charged happens in [`totals`](crate::totals).

use evertill_wire::rest::catalogue::{self, StoreSettings};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// Most decimals a price can have.
pub const DECIMALS_MAX: u32 = 8;

/// How a shop taxes: the options that decide a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSetup {
    /// Shelf prices contain their taxes.
    pub prices_include_tax: bool,
    /// Taxes are summed unrounded and rounded once.
    pub round_at_subtotal: bool,
    /// Decimals that prices are charged with, at most [`DECIMALS_MAX`].
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
    /// The setup of a store that sells at its own address, with the rates that apply there.
    ///
    /// `discounts_sequential` is no part of a store's settings on the wire and stays off.
    #[must_use]
    pub fn of_store(settings: &StoreSettings, rates: &[catalogue::TaxRate], wc_version: &str) -> Self {
        let (country, state) = settings
            .default_country
            .split_once(':')
            .unwrap_or((&settings.default_country, ""));
        let rates = match charges_taxes(settings) {
            true => rates_at(rates, country, state),
            false => Vec::new(),
        };
        Self {
            prices_include_tax: settings.prices_include_tax,
            round_at_subtotal: settings.tax_round_at_subtotal,
            decimals: settings
                .price_num_decimals
                .and_then(|decimals| decimals.to_u32())
                .unwrap_or(2)
                .min(DECIMALS_MAX),
            rates,
            shipping_tax_class: match settings.shipping_tax_class.as_str() {
                "inherit" => None,
                class => Some(class_of(class).to_owned()),
            },
            discounts_sequential: false,
            coupon_order: CouponOrder::of_version(wc_version),
        }
    }

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

/// The rates that apply at a place, best match first: by priority, then those that name the country, then those
/// that name the state, then the older ones. Postcodes and cities are not on the wire and not looked at.
#[must_use]
pub fn rates_at(rates: &[catalogue::TaxRate], country: &str, state: &str) -> Vec<TaxRate> {
    let covers = |named: &str, place: &str| named.is_empty() || named.eq_ignore_ascii_case(place);
    let mut here: Vec<&catalogue::TaxRate> = rates
        .iter()
        .filter(|rate| covers(&rate.country, country) && covers(&rate.state, state))
        .collect();
    here.sort_by_key(|rate| {
        (
            rate.priority,
            rate.country.is_empty(),
            rate.state.is_empty(),
            rate.id,
        )
    });
    here.into_iter()
        .map(|rate| TaxRate {
            id: rate.id,
            percent: rate.rate,
            compound: rate.compound,
            priority: rate.priority,
            class: class_of(&rate.class).to_owned(),
            shipping: rate.shipping,
            label: rate.name.clone(),
        })
        .collect()
}

/// The tax routes say `standard` for the class that products and lines call the empty one.
#[must_use]
pub fn class_of(name: &str) -> &str {
    if name == "standard" { "" } else { name }
}

fn charges_taxes(settings: &StoreSettings) -> bool {
    use serde_json::Value;
    match &settings.calc_taxes {
        None | Some(Value::Null | Value::Array(_) | Value::Object(_)) => true,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        Some(Value::String(text)) => !matches!(text.as_str(), "no" | "0" | "false"),
    }
}

/// Rounds half away from zero, as PHP does.
pub(crate) fn half_up(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn fraction(percent: Decimal) -> Decimal {
    percent / Decimal::ONE_HUNDRED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_wire(id: i64, country: &str, state: &str, class: &str) -> catalogue::TaxRate {
        catalogue::TaxRate {
            id,
            country: country.into(),
            state: state.into(),
            rate: Decimal::from(id),
            class: class.into(),
            priority: 1,
            ..catalogue::TaxRate::default()
        }
    }

    #[test]
    fn the_rate_that_names_the_place_best_counts_alone() {
        let settings = StoreSettings {
            default_country: "US:CA".into(),
            shipping_tax_class: "inherit".into(),
            ..StoreSettings::default()
        };
        let rates = [
            on_wire(1, "", "", "standard"),
            on_wire(2, "US", "", "standard"),
            on_wire(3, "US", "CA", "standard"),
            on_wire(4, "US", "NY", "standard"),
            on_wire(5, "GB", "", "standard"),
        ];
        let setup = TaxSetup::of_store(&settings, &rates, "10.0.2");
        let ids: Vec<i64> = setup.rates_for("").iter().map(|rate| rate.id).collect();
        assert_eq!(ids, [3]);
        assert_eq!((setup.decimals, setup.shipping_tax_class), (2, None));
    }

    #[test]
    fn a_shop_that_charges_no_taxes_has_no_rates() {
        let settings = StoreSettings {
            calc_taxes: Some("no".into()),
            ..StoreSettings::default()
        };
        let setup = TaxSetup::of_store(&settings, &[on_wire(1, "", "", "")], "");
        assert!(setup.rates.is_empty());
    }

    #[test]
    fn versions_before_ten_hand_out_coupon_cents_the_old_way() {
        assert_eq!(
            CouponOrder::of_version("9.9.5"),
            CouponOrder::LineTotalTimesQuantity
        );
        assert_eq!(CouponOrder::of_version("10.0.2"), CouponOrder::UnitPrice);
        assert_eq!(CouponOrder::of_version(""), CouponOrder::UnitPrice);
    }
}
