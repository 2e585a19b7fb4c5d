//! From the price on the shelf to the net amount of a line on the wire.

use rust_decimal::Decimal;

use crate::tax::{TaxSetup, half_up};

/// Decimals of every amount that is sent to a store.
pub const WIRE_DECIMALS: u32 = 6;

/// The net amount of a line, to [`WIRE_DECIMALS`]: unit price times quantity less the taxes it contains.
///
/// `unit_price` is in the shop's own mode, with or without tax. Each contained tax is rounded to the precision of
/// the setup before it is taken off.
#[must_use]
pub fn net_of(
    setup: &TaxSetup,
    unit_price: Decimal,
    quantity: Decimal,
    class: &str,
    is_taxable: bool,
) -> Decimal {
    let shelf = unit_price * quantity;
    if !setup.prices_include_tax || !is_taxable {
        return half_up(shelf, WIRE_DECIMALS);
    }
    let contained: Decimal = setup
        .taxes_in(shelf, &setup.rates_for(class))
        .iter()
        .map(|tax| tax.amount)
        .sum();
    half_up(shelf - contained, WIRE_DECIMALS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tax::TaxRate;

    fn setup(prices_include_tax: bool) -> TaxSetup {
        TaxSetup {
            prices_include_tax,
            rates: vec![TaxRate {
                id: 1,
                percent: Decimal::from(20),
                compound: false,
                priority: 1,
                class: String::new(),
                shipping: true,
                label: "VAT".into(),
            }],
            ..TaxSetup::default()
        }
    }

    fn check(prices_include_tax: bool, is_taxable: bool, expected: &str) {
        let price = "0.01".parse().unwrap();
        let net = net_of(&setup(prices_include_tax), price, Decimal::TWO, "", is_taxable);
        assert_eq!(net, expected.parse().unwrap());
    }

    #[test]
    fn contained_tax_is_taken_off_to_the_sixth_decimal() {
        check(true, true, "0.016667");
    }

    #[test]
    fn a_price_without_tax_is_the_net_amount() {
        check(false, true, "0.02");
        check(true, false, "0.02");
    }
}
