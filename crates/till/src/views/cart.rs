//! The sale on the right of the register.

use std::collections::BTreeMap;

use evertill_sale::cart::{CartLine as Line, CartSummary};
use evertill_wire::money::CurrencyFormat;
use rust_decimal::Decimal;

use crate::db::carts::OpenCart;
use crate::pages::{CartLine, CartView, EmptyCart, InCart, RecapLine, SumRow, format};
use crate::shelf::Shelf;

/// The open sale. `added` is set when its touched line was put in just now.
pub(crate) fn cart(shelf: &Shelf, open: &OpenCart, added: bool, parked: u32, empty: EmptyCart) -> CartView {
    let summary = open.cart.summary(&shelf.setup);
    let lines = open.cart.lines();
    let current = open
        .touched
        .filter(|uuid| open.cart.line(*uuid).is_some())
        .or_else(|| lines.last().map(|line| line.uuid));
    let mut in_cart: BTreeMap<i64, Decimal> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.item.is_custom()) {
        *in_cart.entry(line.item.product_id).or_default() += line.quantity;
    }
    CartView {
        number: open.number.to_string(),
        lines: lines
            .iter()
            .map(|held| CartLine {
                current: Some(held.uuid) == current,
                is_new: added && Some(held.uuid) == open.touched,
                ..line(shelf, held)
            })
            .collect(),
        sums: sums(&shelf.currency, &summary),
        total: shelf.currency.money(summary.total),
        count: format::counted(u32::try_from(lines.len()).unwrap_or(u32::MAX), "line", "lines"),
        note: open.cart.note().to_owned(),
        parked,
        can_undo: open.cart.can_undo(),
        in_cart: in_cart
            .into_iter()
            .map(|(product_id, quantity)| InCart {
                product_id,
                quantity: format::quantity(quantity),
            })
            .collect(),
        empty,
    }
}

fn line(shelf: &Shelf, held: &Line) -> CartLine {
    CartLine {
        uuid: held.uuid.to_string(),
        quantity: format::quantity(held.quantity),
        unit: held.item.unit.clone(),
        name: format::soft_hyphens(&held.item.name),
        detail: detail(shelf, held),
        note: held.note.clone(),
        amount: shelf.currency.figure(held.amount(shelf.currency.decimals)),
        ..CartLine::default()
    }
}

fn detail(shelf: &Shelf, held: &Line) -> String {
    let currency = &shelf.currency;
    let mut parts = Vec::new();
    let unit = &held.item.unit;
    if !unit.is_empty() {
        parts.push(format!("{} a {unit}", currency.money(held.price)));
    } else if held.quantity != Decimal::ONE {
        parts.push(format!("{} each", currency.money(held.price)));
    }
    if held.price < held.item.regular_price {
        parts.push(format!("was {}", currency.money(held.item.regular_price)));
    }
    if !held.item.tax_class.is_empty() || !held.item.is_taxable {
        parts.push(rate_words(shelf, &held.item.tax_class, held.item.is_taxable));
    }
    parts.join(" · ")
}

/// The taxes of a class in words, `VAT 20 %`.
pub(crate) fn rate_words(shelf: &Shelf, class: &str, is_taxable: bool) -> String {
    let rates = shelf.setup.rates_for(class);
    if !is_taxable || rates.is_empty() {
        return "No tax".into();
    }
    let words: Vec<String> = rates
        .iter()
        .map(|rate| rate_name(&rate.label, rate.percent))
        .collect();
    words.join(" + ")
}

/// A rate by its name and percent, the percent once: many shops write it into the name.
pub(crate) fn rate_name(label: &str, percent: Decimal) -> String {
    match label {
        "" => format!("Tax {} %", percent.normalize()),
        label if label.contains('%') => label.to_owned(),
        label => format!("{label} {} %", percent.normalize()),
    }
}

/// The rows between the lines and the total.
pub(crate) fn sums(currency: &CurrencyFormat, summary: &CartSummary) -> Vec<SumRow> {
    let mut rows = Vec::new();
    let row = |label: &str, more: String, amount: Decimal| SumRow {
        label: label.to_owned(),
        more,
        amount: currency.figure(amount),
    };
    if !summary.discounts.is_zero() || !summary.prices_include_tax {
        rows.push(row("Items", String::new(), summary.items));
    }
    if !summary.discounts.is_zero() {
        rows.push(row("Discounts", String::new(), -summary.discounts));
    }
    for tax in summary.taxes.iter().filter(|tax| !tax.tax_total.is_zero()) {
        let name = rate_name(&tax.label, tax.percent);
        let (words, base) = match summary.prices_include_tax {
            true => (format!("{name} included"), tax.net + tax.tax_total),
            false => (name, tax.net),
        };
        let more = format!(" in {}", currency.figure(base));
        rows.push(row(&words, more, tax.tax_total));
    }
    if !summary.rounding.is_zero() {
        rows.push(row("Rounding of taxes", String::new(), summary.rounding));
    }
    rows
}

/// The lines in short.
pub(crate) fn recap(shelf: &Shelf, lines: &[Line]) -> Vec<RecapLine> {
    lines
        .iter()
        .map(|held| RecapLine {
            quantity: with_unit(held.quantity, &held.item.unit),
            name: format::soft_hyphens(&held.item.name),
            amount: shelf.currency.figure(held.amount(shelf.currency.decimals)),
        })
        .collect()
}

/// A quantity with what it counts, `0.375 kg`.
pub(crate) fn with_unit(quantity: Decimal, unit: &str) -> String {
    match unit {
        "" => format::quantity(quantity),
        unit => format!("{} {unit}", format::quantity(quantity)),
    }
}

/// What is in a sale, `Flat White, Butter Croissant and 2 more`.
pub(crate) fn items(lines: &[Line]) -> String {
    let names: Vec<&str> = lines.iter().map(|line| line.item.name.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one}, {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percent_of_a_rate_is_said_once() {
        let twenty = Decimal::new(200_000, 4);
        assert_eq!(rate_name("VAT", twenty), "VAT 20 %");
        assert_eq!(rate_name("VAT 20 %", twenty), "VAT 20 %");
        assert_eq!(rate_name("", twenty), "Tax 20 %");
    }
}
