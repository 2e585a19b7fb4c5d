//! From the store's settings and rates to the taxes of this till.

use evertill_sale::tax::{CouponOrder, TaxRate, TaxSetup};
use evertill_wire::rest::catalogue::{StoreSettings, TaxRate as WireRate};
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

/// The rates that hold at the shop's own address: a till sells over the counter.
pub(super) fn setup(settings: &StoreSettings, rates: &[WireRate], wc_version: &str) -> TaxSetup {
    let (country, state) = settings
        .default_country
        .split_once(':')
        .unwrap_or((&settings.default_country, ""));
    let holds = |rate: &&WireRate| {
        (rate.country.is_empty() || rate.country.eq_ignore_ascii_case(country))
            && (rate.state.is_empty() || rate.state.eq_ignore_ascii_case(state))
    };
    let mut here: Vec<&WireRate> = match charges_taxes(settings) {
        true => rates.iter().filter(holds).collect(),
        false => Vec::new(),
    };
    // The best match of a priority is the one that counts: a named country before everywhere, a named state
    // before the whole country, then the shop's own order.
    here.sort_by_key(|rate| {
        (
            rate.priority,
            rate.country.is_empty(),
            rate.state.is_empty(),
            rate.order,
            rate.id,
        )
    });
    TaxSetup {
        prices_include_tax: settings.prices_include_tax,
        round_at_subtotal: settings.tax_round_at_subtotal,
        decimals: settings
            .price_num_decimals
            .and_then(|decimals| decimals.to_u32())
            .map_or(2, |decimals| decimals.min(4)),
        rates: here.into_iter().map(rate).collect(),
        shipping_tax_class: match settings.shipping_tax_class.as_str() {
            "inherit" => None,
            class => Some(class.to_owned()),
        },
        discounts_sequential: false,
        coupon_order: CouponOrder::of_version(wc_version),
    }
}

fn charges_taxes(settings: &StoreSettings) -> bool {
    match &settings.calc_taxes {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text != "no",
        Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => true,
    }
}

fn rate(rate: &WireRate) -> TaxRate {
    TaxRate {
        id: rate.id,
        percent: rate.rate,
        compound: rate.compound,
        priority: rate.priority,
        class: if rate.class == "standard" {
            String::new()
        } else {
            rate.class.clone()
        },
        shipping: rate.shipping,
        label: rate.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(id: i64, country: &str, class: &str) -> WireRate {
        WireRate {
            id,
            country: country.into(),
            class: class.into(),
            rate: 20.into(),
            priority: 1,
            ..WireRate::default()
        }
    }

    #[test]
    fn rates_of_other_countries_are_left_out_and_the_nearest_comes_first() {
        let settings = StoreSettings {
            default_country: "GB".into(),
            ..StoreSettings::default()
        };
        let rates = [
            wire(1, "", "standard"),
            wire(2, "FR", "standard"),
            wire(3, "GB", "standard"),
        ];
        let setup = setup(&settings, &rates, "10.0.2");
        let ids: Vec<i64> = setup.rates_for("").iter().map(|rate| rate.id).collect();
        assert_eq!(ids, [3]);
        assert_eq!(setup.rates.len(), 2);
    }

    #[test]
    fn a_shop_without_taxes_charges_none() {
        let settings = StoreSettings {
            default_country: "GB".into(),
            calc_taxes: Some(Value::String("no".into())),
            ..StoreSettings::default()
        };
        assert!(
            setup(&settings, &[wire(3, "GB", "standard")], "10.0.2")
                .rates
                .is_empty()
        );
    }
}
