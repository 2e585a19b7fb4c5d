//! Taking the money.

use evertill_sale::tender::{CashRounding, quick_amounts};
use rust_decimal::Decimal;
use url::form_urlencoded;

use super::cart::{recap, sums};
use super::sheets::typed;
use crate::checkout::SaleKey;
use crate::db::carts::OpenCart;
use crate::pages::{CheckoutPage, Frame, QuickAmount, Take, format};
use crate::shelf::Shelf;

/// The page for an open sale; `received` is what was typed so far.
pub(crate) fn checkout(
    shelf: &Shelf,
    open: &OpenCart,
    received: &str,
    amount: Option<Decimal>,
    problem: Option<String>,
    frame: Frame,
    csrf: String,
) -> CheckoutPage {
    let summary = open.cart.summary(&shelf.setup);
    let total = summary.total;
    let href = |value: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("received", value)
            .finish();
        format!("/checkout?{query}")
    };
    let quick = quick_amounts(total, shelf.currency.decimals)
        .into_iter()
        .enumerate()
        .map(|(place, quick)| {
            let value = typed(shelf, quick);
            QuickAmount {
                label: match place {
                    0 => format!("Exact {}", shelf.currency.figure(quick)),
                    _ => short(shelf, quick),
                },
                href: href(&value),
                chosen: amount == Some(quick),
                value,
            }
        })
        .collect();
    CheckoutPage {
        frame,
        csrf,
        number: open.number.to_string(),
        lines: recap(shelf, open.cart.lines()),
        sums: sums(&shelf.currency, &summary),
        total: shelf.currency.money(total),
        note: open.cart.note().to_owned(),
        quick,
        take: take(shelf, total, received, amount, problem),
        sale_key: SaleKey::of(open, total).written(),
        symbol: shelf.currency.symbol.clone(),
        decimal_separator: shelf.currency.decimal_separator.clone(),
        foot: String::new(),
    }
}

/// What was handed over and what comes back.
pub(crate) fn take(
    shelf: &Shelf,
    total: Decimal,
    received: &str,
    amount: Option<Decimal>,
    problem: Option<String>,
) -> Take {
    let payable = CashRounding::NONE.payable(total);
    let change = amount.unwrap_or(payable) - payable;
    Take {
        received: received.to_owned(),
        exact: typed(shelf, payable),
        change: shelf.currency.money(change.abs()),
        short: change < Decimal::ZERO,
        coins: format::coins(change, &shelf.currency.code),
        problem,
    }
}

/// Round amounts without their zeros, `£20`.
fn short(shelf: &Shelf, amount: Decimal) -> String {
    let mut currency = shelf.currency.clone();
    if amount.fract().is_zero() {
        currency.decimals = 0;
    }
    currency.money(amount)
}
