//! The figures under the lines of an open sale.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::CartLine;
use crate::totals::{OrderTotals, TaxLine};

/// What the till shows below the lines; the rows add up to the total, to the cent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartSummary {
    /// Number of lines.
    pub lines: usize,
    /// Items before discounts, in the shop's own price mode.
    pub items: Decimal,
    /// Discounts in the same mode, as a positive figure.
    pub discounts: Decimal,
    /// One row a rate, with its net amount and tax.
    pub taxes: Vec<TaxLine>,
    /// All taxes.
    pub total_tax: Decimal,
    /// Taxes are part of `items`; otherwise they come on top.
    pub prices_include_tax: bool,
    /// What the customer pays.
    pub total: Decimal,
    /// What rounding taxes line by line adds to (or takes from) the sum of the lines as shown; only where prices
    /// include tax.
    pub rounding: Decimal,
}

impl CartSummary {
    pub(crate) fn of<'a>(
        lines: impl Iterator<Item = &'a CartLine>,
        totals: &OrderTotals,
        prices_include_tax: bool,
        decimals: u32,
    ) -> Self {
        let (discounts, after_discounts) = if prices_include_tax {
            (totals.discount_total + totals.discount_tax, totals.total)
        } else {
            (totals.discount_total, totals.total - totals.total_tax)
        };
        let (count, shown) = lines.fold((0, Decimal::ZERO), |(count, shown), line| {
            (count + 1, shown + line.amount(decimals))
        });
        Self {
            lines: count,
            items: after_discounts + discounts,
            discounts,
            taxes: totals.tax_lines.clone(),
            total_tax: totals.total_tax,
            prices_include_tax,
            total: totals.total,
            rounding: match prices_include_tax {
                true => totals.total - shown,
                false => Decimal::ZERO,
            },
        }
    }
}
