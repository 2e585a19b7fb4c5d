//! What an order costs, by the rules the till uses too.

use evertill_sale::{
    tax::{CouponOrder, TaxRate, TaxSetup},
    totals::{FeeInput, LineInput, OrderInput, ShippingInput, total_order},
};

use super::record::{LineTax, Order, TaxLine, Totals};
use crate::store::Shop;

/// The shop's tax rules as the arithmetic takes them.
pub(crate) fn setup(shop: &Shop) -> TaxSetup {
    TaxSetup {
        prices_include_tax: shop.prices_include_tax,
        round_at_subtotal: shop.round_at_subtotal,
        decimals: shop.decimals,
        rates: shop
            .tax_rates
            .iter()
            .map(|rate| TaxRate {
                id: rate.id,
                percent: rate.percent,
                compound: rate.compound,
                priority: rate.priority,
                class: rate.class.clone(),
                shipping: rate.shipping,
                label: rate.label.clone(),
            })
            .collect(),
        shipping_tax_class: None,
        discounts_sequential: false,
        coupon_order: CouponOrder::of_version(crate::WC_VERSION),
    }
}

fn input(order: &Order) -> OrderInput {
    OrderInput {
        lines: order
            .lines
            .iter()
            .map(|line| LineInput {
                total: line.total,
                ..LineInput::new(line.quantity, line.subtotal, &line.tax_class, line.is_taxable)
            })
            .collect(),
        fees: order
            .fees
            .iter()
            .map(|fee| FeeInput {
                total: fee.total,
                tax_class: fee.tax_class.clone(),
                is_taxable: fee.is_taxable,
            })
            .collect(),
        shipping: order
            .shipping_lines
            .iter()
            .map(|cost| ShippingInput { total: cost.total })
            .collect(),
        coupons: Vec::new(),
    }
}

/// An amount or a quantity is larger than the arithmetic is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfRange;

/// Computes every tax and total of the order anew from its net amounts.
pub(crate) fn reckon(shop: &Shop, order: &mut Order, next_id: &mut i64) -> Result<(), OutOfRange> {
    let input = input(order);
    if !input.is_in_range() {
        return Err(OutOfRange);
    }
    let found = total_order(&setup(shop), &input);
    for (line, totals) in order.lines.iter_mut().zip(found.lines) {
        line.subtotal = totals.subtotal;
        line.subtotal_tax = totals.subtotal_tax;
        line.total = totals.total;
        line.total_tax = totals.total_tax;
        line.taxes = totals
            .taxes
            .iter()
            .map(|tax| LineTax {
                rate_id: tax.rate_id,
                total: tax.total,
                subtotal: Some(tax.subtotal),
            })
            .collect();
    }
    let on_charge = |taxes: &[(i64, rust_decimal::Decimal)]| {
        taxes
            .iter()
            .map(|(rate_id, total)| LineTax {
                rate_id: *rate_id,
                total: *total,
                subtotal: None,
            })
            .collect()
    };
    for (fee, totals) in order.fees.iter_mut().zip(found.fees) {
        fee.total = totals.total;
        fee.total_tax = totals.total_tax;
        fee.taxes = on_charge(&totals.taxes);
    }
    for (cost, totals) in order.shipping_lines.iter_mut().zip(found.shipping) {
        cost.total = totals.total;
        cost.total_tax = totals.total_tax;
        cost.taxes = on_charge(&totals.taxes);
    }
    let before = std::mem::take(&mut order.tax_lines);
    for line in found.tax_lines {
        let known = before.iter().find(|known| known.rate_id == line.rate_id);
        let id = known.map_or_else(|| take(next_id), |known| known.id);
        order.tax_lines.push(TaxLine {
            id,
            rate_id: line.rate_id,
            rate_code: rate_code(shop, line.rate_id),
            label: line.label,
            compound: line.compound,
            percent: line.percent,
            tax_total: line.tax_total,
            shipping_tax_total: line.shipping_tax_total,
        });
    }
    order.totals = Totals {
        total: found.total,
        total_tax: found.total_tax,
        cart_tax: found.cart_tax,
        shipping_total: found.shipping_total,
        shipping_tax: found.shipping_tax,
        discount_total: found.discount_total,
        discount_tax: found.discount_tax,
    };
    Ok(())
}

/// The next number of a series.
pub(crate) fn take(next: &mut i64) -> i64 {
    let taken = *next;
    *next += 1;
    taken
}

/// `GB-VAT-1`, WooCommerce's name of a rate.
fn rate_code(shop: &Shop, rate_id: i64) -> String {
    shop.tax_rates
        .iter()
        .find(|rate| rate.id == rate_id)
        .map(|rate| format!("{}-{}-{}", rate.country, rate.label.to_uppercase(), rate.priority))
        .unwrap_or_default()
}
