//! The two places where PHP's doubles, not decimal arithmetic, decide what a store answers.

use rust_decimal::Decimal;

use super::LineTotals;
use crate::tax::TaxSetup;

/// A computation that is done in doubles.
enum InDoubles<'a> {
    /// Sum of the first amounts less the sum of the second.
    Difference(&'a [Decimal], &'a [Decimal]),
    /// `base / quantity * taken * percent / 100`, cut to a whole number.
    Share {
        base: Decimal,
        quantity: Decimal,
        taken: Decimal,
        percent: Decimal,
    },
}

/// Taxes saved by discounts, rounded.
pub(super) fn discount_tax(setup: &TaxSetup, lines: &[LineTotals]) -> Decimal {
    let taxes = || lines.iter().flat_map(|line| &line.taxes);
    let subtotals: Vec<Decimal> = taxes().map(|tax| tax.subtotal).collect();
    let totals: Vec<Decimal> = taxes().map(|tax| tax.total).collect();
    setup.round_tax(as_php_computes(InDoubles::Difference(&subtotals, &totals)))
}

/// Whole cents that a percent coupon takes off one line.
pub(super) fn percent_share(base: Decimal, quantity: Decimal, taken: Decimal, percent: Decimal) -> Decimal {
    as_php_computes(InDoubles::Share {
        base,
        quantity,
        taken,
        percent,
    })
}

/// The only function that computes in `f64`: WooCommerce does, and after a subtraction of doubles an exact half
/// cent may lie a hair below itself, while `998 / 3 * 3` may be less than 998. Both change a cent on the wire.
///
/// The result comes back with the 15 significant digits that PHP 8.2 looks at before it rounds.
#[expect(
    clippy::disallowed_types,
    reason = "the store computes these two figures in doubles"
)]
fn as_php_computes(what: InDoubles<'_>) -> Decimal {
    // Going through text is the correctly rounded conversion, and the one PHP makes from stored amounts.
    let double = |amount: Decimal| amount.to_string().parse::<f64>().unwrap_or_default();
    let result = match what {
        InDoubles::Difference(first, second) => {
            let sum = |amounts: &[Decimal]| amounts.iter().fold(0.0, |sum, amount| sum + double(*amount));
            sum(first) - sum(second)
        }
        InDoubles::Share {
            base,
            quantity,
            taken,
            percent,
        } => (double(base) / double(quantity) * double(taken) * (double(percent) / 100.0)).floor(),
    };
    // A result too small for a decimal is far below any cent.
    Decimal::from_scientific(&format!("{result:.14e}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_doubles_misses_the_exact_half_cent() {
        let [first, second] = [["81.484", "508.613"], ["62.472", "527.48"]]
            .map(|row| row.map(|amount| amount.parse().unwrap()));
        let half_cent: Decimal = "0.145".parse().unwrap();
        assert_eq!(
            first.iter().sum::<Decimal>() - second.iter().sum::<Decimal>(),
            half_cent
        );
        assert!(as_php_computes(InDoubles::Difference(&first, &second)) < half_cent);
    }

    #[test]
    fn a_share_is_cut_where_the_doubles_stand() {
        let share = percent_share(120.into(), 11.into(), 11.into(), 100.into());
        assert_eq!(share, 119.into());
    }
}
