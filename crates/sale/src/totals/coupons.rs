//! What coupons take off the lines: `class-wc-discounts.php`, counted in cents.

use std::cmp::Reverse;

use rust_decimal::{Decimal, RoundingStrategy};

use super::{CouponInput, CouponKind, CouponTotals, OrderInput, doubles, line_totals};
use crate::tax::{CouponOrder, TaxSetup, half_up};

/// Passes of a fixed cart coupon; each gives away at least one cent a unit or is the last.
const PASSES_MAX: usize = 64;

/// A line as coupons see it.
struct Item {
    /// Its place in the order.
    place: usize,
    quantity: Decimal,
    /// What may be discounted, in cents and parts of a cent, in the shop's own price mode.
    base: Decimal,
    /// Discounted so far, in cents.
    given: Decimal,
    is_on_sale: bool,
    takes_item_coupons: bool,
}

impl Item {
    /// Whole cents that are left to discount.
    fn left(&self) -> Decimal {
        half_up(self.base - self.given, 0).abs()
    }
}

/// What one coupon took off each item, in cents, in the order of the items.
type Given = Vec<Decimal>;

/// Net amounts of the lines after coupons, and the coupons' own figures.
pub(super) fn apply(setup: &TaxSetup, input: &OrderInput) -> (Vec<Decimal>, Vec<CouponTotals>) {
    if input.coupons.is_empty() {
        return (input.lines.iter().map(|line| line.total).collect(), Vec::new());
    }
    let mut items = items(setup, input);
    let mut coupons = Vec::with_capacity(input.coupons.len());
    for coupon in &input.coupons {
        let before: Given = items.iter().map(|item| item.given).collect();
        apply_one(setup, coupon, &mut items);
        let taken: Vec<(usize, Decimal)> = items
            .iter()
            .zip(before)
            .map(|(item, before)| (item.place, money(setup, item.given - before)))
            .collect();
        coupons.push(coupon_totals(setup, input, coupon, &taken));
    }
    let mut nets: Vec<Decimal> = input.lines.iter().map(|line| line.subtotal).collect();
    for item in &items {
        let off = net_discount(setup, input, item.place, money(setup, item.given));
        let net = (nets[item.place] - off).max(Decimal::ZERO);
        nets[item.place] = half_up(net, setup.precision());
    }
    (nets, coupons)
}

fn items(setup: &TaxSetup, input: &OrderInput) -> Vec<Item> {
    let mut items: Vec<Item> = input
        .lines
        .iter()
        .enumerate()
        .map(|(place, line)| {
            let mut base = cents(setup, line.subtotal);
            if setup.prices_include_tax {
                base += cents(setup, line_totals(setup, line, line.subtotal).subtotal_tax);
            }
            Item {
                place,
                quantity: line.quantity,
                base,
                given: Decimal::ZERO,
                is_on_sale: line.is_on_sale,
                takes_item_coupons: line.takes_item_coupons,
            }
        })
        .collect();
    items.sort_by_key(|item| {
        Reverse(match setup.coupon_order {
            CouponOrder::UnitPrice if item.quantity > Decimal::ONE => item.base / item.quantity,
            CouponOrder::UnitPrice => item.base,
            CouponOrder::LineTotalTimesQuantity => {
                item.base.checked_mul(item.quantity).unwrap_or(Decimal::MAX)
            }
        })
    });
    items
}

fn apply_one(setup: &TaxSetup, coupon: &CouponInput, items: &mut [Item]) {
    let mut eligible: Vec<&mut Item> = items
        .iter_mut()
        .filter(|item| !item.left().is_zero() && item.quantity > Decimal::ZERO)
        .filter(|item| coupon.kind == CouponKind::FixedCart || item.takes_item_coupons)
        .filter(|item| !(coupon.excludes_sale_items && item.is_on_sale))
        .collect();
    match coupon.kind {
        CouponKind::Percent => percent(setup, coupon, &mut eligible),
        CouponKind::FixedProduct => {
            let amount = cents(setup, coupon.amount);
            fixed_product(amount, coupon.units_max, &mut eligible);
        }
        CouponKind::FixedCart => fixed_cart(cents(setup, coupon.amount), &mut eligible),
    }
}

fn percent(setup: &TaxSetup, coupon: &CouponInput, items: &mut [&mut Item]) {
    let mut units = Units::new(coupon.units_max);
    let mut discountable = Decimal::ZERO;
    let mut given = Decimal::ZERO;
    for item in items.iter_mut() {
        let left = item.left();
        let base = match setup.discounts_sequential {
            true => left,
            false => half_up(item.base, 0),
        };
        let taken = units.take(item.quantity);
        let discount = doubles::percent_share(base, item.quantity, taken, coupon.amount).min(left);
        discountable += base / item.quantity * taken;
        given += discount;
        item.given += discount;
    }
    let share = coupon.amount / Decimal::ONE_HUNDRED;
    let due = (discountable * share).round_dp_with_strategy(0, RoundingStrategy::MidpointTowardZero);
    if given < due {
        single_cents(due - given, items);
    }
}

/// Takes an amount off each unit; answers what it took altogether.
fn fixed_product(amount: Decimal, units_max: Option<u32>, items: &mut [&mut Item]) -> Decimal {
    let mut units = Units::new(units_max);
    let mut given = Decimal::ZERO;
    for item in items.iter_mut() {
        let taken = units.take(item.quantity);
        let per_unit = match units_max {
            Some(_) => amount.min(item.base / item.quantity),
            None => amount,
        };
        let discount = (per_unit * taken).min(item.left());
        given += discount;
        item.given += discount;
    }
    given
}

fn fixed_cart(amount: Decimal, items: &mut [&mut Item]) {
    let mut remaining = amount;
    for _ in 0..PASSES_MAX {
        let mut with_price: Vec<&mut Item> = items
            .iter_mut()
            .map(|item| &mut **item)
            .filter(|item| !item.left().is_zero())
            .collect();
        let quantity: Decimal = with_price.iter().map(|item| item.quantity).sum();
        if quantity.is_zero() || remaining <= Decimal::ZERO {
            return;
        }
        let per_unit = (remaining / quantity).floor();
        if per_unit.is_zero() {
            single_cents(remaining, &mut with_price);
            return;
        }
        let given = fixed_product(per_unit, None, &mut with_price);
        if given.is_zero() {
            return;
        }
        remaining -= given;
    }
}

/// Hands out what is missing cent by cent, one a unit, in the order of the items.
fn single_cents(missing: Decimal, items: &mut [&mut Item]) {
    let mut given = Decimal::ZERO;
    for item in items.iter_mut() {
        let mut unit = Decimal::ZERO;
        while unit < item.quantity {
            let left = item.left();
            if left.is_zero() {
                break;
            }
            given += Decimal::ONE;
            item.given += Decimal::ONE;
            if given >= missing {
                return;
            }
            unit += Decimal::ONE;
        }
    }
}

/// How many units a coupon may still discount.
struct Units(Option<Decimal>);

impl Units {
    fn new(units_max: Option<u32>) -> Self {
        Self(units_max.map(Decimal::from))
    }

    fn take(&mut self, quantity: Decimal) -> Decimal {
        match &mut self.0 {
            None => quantity,
            Some(left) => {
                let taken = quantity.min(*left);
                *left -= taken;
                taken
            }
        }
    }
}

/// The tax in a coupon's discount is rounded per line, so coupon lines need not add up to the order's fields.
fn coupon_totals(
    setup: &TaxSetup,
    input: &OrderInput,
    coupon: &CouponInput,
    taken: &[(usize, Decimal)],
) -> CouponTotals {
    let mut discount = Decimal::ZERO;
    let mut discount_tax = Decimal::ZERO;
    for (place, amount) in taken {
        let line = &input.lines[*place];
        discount += amount;
        if !line.is_taxable {
            continue;
        }
        let rates = setup.rates_for(&line.tax_class);
        let taxes = match setup.prices_include_tax {
            true => setup.taxes_in(*amount, &rates),
            false => setup.taxes_on(*amount, &rates),
        };
        let sum: Decimal = taxes.iter().map(|tax| tax.amount).sum();
        let tax = match setup.round_at_subtotal {
            true => sum,
            false => setup.round_tax(sum),
        };
        discount_tax += tax;
        if setup.prices_include_tax {
            discount -= tax;
        }
    }
    CouponTotals {
        code: coupon.code.clone(),
        discount: half_up(discount, setup.precision()),
        discount_tax: half_up(discount_tax, setup.precision()),
    }
}

/// A discount without the taxes it contains.
fn net_discount(setup: &TaxSetup, input: &OrderInput, place: usize, amount: Decimal) -> Decimal {
    let line = &input.lines[place];
    if !setup.prices_include_tax || !line.is_taxable {
        return amount;
    }
    let contained: Decimal = setup
        .taxes_in(amount, &setup.rates_for(&line.tax_class))
        .iter()
        .map(|tax| tax.amount)
        .sum();
    amount - contained
}

fn cents(setup: &TaxSetup, amount: Decimal) -> Decimal {
    let factor = Decimal::from(10_u64.pow(setup.decimals));
    half_up(amount * factor, setup.precision() - setup.decimals)
}

fn money(setup: &TaxSetup, cents: Decimal) -> Decimal {
    cents / Decimal::from(10_u64.pow(setup.decimals))
}
