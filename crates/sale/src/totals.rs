//! What WooCommerce charges for an order.
//!
//! [`total_order`] follows `abstract-wc-order.php` and `class-wc-discounts.php`, the path that orders made over
//! REST take (the web shop's cart computes slightly differently). Every order-level and line-level figure equals
//! what a live WooCommerce 10.0.2 answered for the carts under `tests/vectors`.
//!
//! Coupons lie in `totals::coupons`, the two places where PHP's doubles decide a cent in `totals::doubles`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::tax::{TaxAmount, TaxRate, TaxSetup, half_up};

mod coupons;
mod doubles;
mod shapes;

pub use shapes::{
    AMOUNT_MAX, ChargeTotals, CouponInput, CouponKind, CouponTotals, FeeInput, LineInput, LineTax,
    LineTotals, OrderInput, OrderTotals, QUANTITY_MAX, ShippingInput, TaxLine,
};

/// Computes what a store charges for an order.
///
/// Amounts beyond [`AMOUNT_MAX`] and quantities beyond [`QUANTITY_MAX`] are not for it: see
/// [`OrderInput::is_in_range`].
#[must_use]
pub fn total_order(setup: &TaxSetup, input: &OrderInput) -> OrderTotals {
    let (line_nets, coupons) = coupons::apply(setup, input);
    let lines: Vec<LineTotals> = input
        .lines
        .iter()
        .zip(&line_nets)
        .map(|(line, net)| line_totals(setup, line, *net))
        .collect();

    let as_entering = |amount: Decimal| match setup.round_at_subtotal {
        true => amount,
        false => half_up(amount, setup.decimals),
    };
    let items_subtotal: Decimal = input.lines.iter().map(|line| as_entering(line.subtotal)).sum();
    let items_total: Decimal = line_nets.iter().map(|net| as_entering(*net)).sum();
    let shipping_total: Decimal = input
        .shipping
        .iter()
        .map(|cost| half_up(cost.total, setup.decimals))
        .sum();
    let fee_nets = fee_nets(setup, input, items_total + shipping_total);
    let fees_total: Decimal = fee_nets.iter().sum();

    let fees: Vec<ChargeTotals> = input
        .fees
        .iter()
        .zip(&fee_nets)
        .map(|(fee, net)| {
            let rates = rates_if(fee.is_taxable, || setup.rates_for(&fee.tax_class));
            charge(setup, *net, &rates)
        })
        .collect();
    let shipping_rates = shipping_class(setup, &input.lines)
        .map(|class| setup.shipping_rates_for(&class))
        .unwrap_or_default();
    let shipping: Vec<ChargeTotals> = input
        .shipping
        .iter()
        .map(|cost| charge(setup, cost.total, &shipping_rates))
        .collect();

    let tax_lines = tax_lines(setup, &lines, &fees, &shipping);
    let cart_tax: Decimal = tax_lines.iter().map(|line| line.tax_total).sum();
    let shipping_tax: Decimal = tax_lines.iter().map(|line| line.shipping_tax_total).sum();
    OrderTotals {
        total: half_up(
            items_total + fees_total + shipping_total + cart_tax + shipping_tax,
            setup.decimals,
        ),
        total_tax: half_up(cart_tax + shipping_tax, setup.decimals),
        cart_tax,
        shipping_total,
        shipping_tax,
        discount_total: half_up(items_subtotal - items_total, setup.decimals),
        discount_tax: doubles::discount_tax(setup, &lines),
        items_total,
        items_subtotal,
        fees_total,
        tax_lines,
        lines,
        fees,
        shipping,
        coupons,
    }
}

/// Taxes are computed anew on the net amount; a total above the subtotal lifts the subtotal.
fn line_totals(setup: &TaxSetup, line: &LineInput, net: Decimal) -> LineTotals {
    let rates = rates_if(line.is_taxable, || setup.rates_for(&line.tax_class));
    let on_total = setup.taxes_on(net, &rates);
    let mut on_subtotal = setup.taxes_on(line.subtotal, &rates);
    let sum = |taxes: &[TaxAmount]| -> Decimal { taxes.iter().map(|tax| tax.amount).sum() };
    if sum(&on_subtotal) < sum(&on_total) {
        on_subtotal.clone_from(&on_total);
    }
    LineTotals {
        subtotal: line.subtotal.max(net),
        subtotal_tax: charged_tax(setup, &on_subtotal),
        total: net,
        total_tax: charged_tax(setup, &on_total),
        taxes: on_total
            .iter()
            .zip(&on_subtotal)
            .map(|(total, subtotal)| LineTax {
                rate_id: total.rate_id,
                total: total.amount,
                subtotal: subtotal.amount,
            })
            .collect(),
    }
}

/// A negative fee takes off no more than there is to pay at that point.
fn fee_nets(setup: &TaxSetup, input: &OrderInput, before_fees: Decimal) -> Vec<Decimal> {
    let mut so_far = before_fees;
    input
        .fees
        .iter()
        .map(|fee| {
            let most_off = -half_up(so_far, setup.decimals);
            let net = match fee.total < most_off && most_off.is_sign_negative() {
                true => most_off,
                false => fee.total,
            };
            so_far += net;
            net
        })
        .collect()
}

fn charge(setup: &TaxSetup, net: Decimal, rates: &[&TaxRate]) -> ChargeTotals {
    let taxes = setup.taxes_on(net, rates);
    ChargeTotals {
        total: net,
        total_tax: charged_tax(setup, &taxes),
        taxes: taxes.iter().map(|tax| (tax.rate_id, tax.amount)).collect(),
    }
}

fn rates_if<'a>(is_taxable: bool, rates: impl FnOnce() -> Vec<&'a TaxRate>) -> Vec<&'a TaxRate> {
    if is_taxable { rates() } else { Vec::new() }
}

/// The sum of taxes as it is charged: each rounded on its own, unless rounding happens at the subtotal.
fn charged_tax(setup: &TaxSetup, taxes: &[TaxAmount]) -> Decimal {
    taxes.iter().map(|tax| rounded_per_line(setup, tax.amount)).sum()
}

fn rounded_per_line(setup: &TaxSetup, tax: Decimal) -> Decimal {
    match setup.round_at_subtotal {
        true => tax,
        false => setup.round_tax(tax),
    }
}

/// The configured class, else the first class among the taxable items: the standard one, then by name.
fn shipping_class(setup: &TaxSetup, lines: &[LineInput]) -> Option<String> {
    match &setup.shipping_tax_class {
        Some(class) => Some(class.clone()),
        None => lines
            .iter()
            .filter(|line| line.is_taxable)
            .map(|line| line.tax_class.as_str())
            .min()
            .map(str::to_owned),
    }
}

#[derive(Default)]
struct Taxed {
    place: usize,
    on_cart: Decimal,
    on_shipping: Decimal,
    net: Decimal,
}

fn tax_lines(
    setup: &TaxSetup,
    lines: &[LineTotals],
    fees: &[ChargeTotals],
    shipping: &[ChargeTotals],
) -> Vec<TaxLine> {
    let mut by_rate: BTreeMap<i64, Taxed> = BTreeMap::new();
    let mut add = |rate_id: i64, tax: Decimal, net: Decimal, is_shipping: bool| {
        let place = by_rate.len();
        let taxed = by_rate.entry(rate_id).or_insert_with(|| Taxed {
            place,
            ..Taxed::default()
        });
        let tax = rounded_per_line(setup, tax);
        if is_shipping {
            taxed.on_shipping += tax;
        } else {
            taxed.on_cart += tax;
        }
        taxed.net += half_up(net, setup.decimals);
    };
    for line in lines {
        for tax in &line.taxes {
            add(tax.rate_id, tax.total, line.total, false);
        }
    }
    for (charges, is_shipping) in [(fees, false), (shipping, true)] {
        for charge in charges {
            for (rate_id, tax) in &charge.taxes {
                add(*rate_id, *tax, charge.total, is_shipping);
            }
        }
    }
    let mut taxed: Vec<(i64, Taxed)> = by_rate.into_iter().collect();
    taxed.sort_by_key(|(_, taxed)| taxed.place);
    taxed
        .into_iter()
        .filter_map(|(rate_id, taxed)| {
            let rate = setup.rates.iter().find(|rate| rate.id == rate_id)?;
            Some(TaxLine {
                rate_id,
                label: rate.label.clone(),
                percent: rate.percent,
                compound: rate.compound,
                tax_total: taxed.on_cart,
                shipping_tax_total: taxed.on_shipping,
                net: taxed.net,
            })
        })
        .collect()
}
