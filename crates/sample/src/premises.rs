//! The shop itself: name, address and taxes.

use rust_decimal::Decimal;

use crate::model::{Address, Settings, TaxClass, TaxRate};

/// Slug of the class most things are in.
pub(crate) const STANDARD: &str = "";
/// Slug of the class of fuel for the home.
pub(crate) const REDUCED: &str = "reduced-rate";
/// Slug of the class of food, books and children's clothes.
pub(crate) const ZERO: &str = "zero-rate";

pub(crate) fn settings() -> Settings {
    Settings {
        name: "Corner & Co.",
        address: Address {
            street: "14 Lantern Street",
            city: "Bristol",
            postcode: "BS1 5LN",
            country: "GB",
        },
        phone: "0117 496 0142",
        email: "hello@corner.example.com",
        vat_number: "GB 000 0000 00 (sample)",
        currency: "GBP",
        decimals: 2,
        prices_include_tax: true,
        round_at_subtotal: false,
        timezone: "Europe/London",
    }
}

pub(crate) fn tax_classes() -> Vec<TaxClass> {
    vec![
        TaxClass {
            slug: STANDARD,
            name: "Standard",
        },
        TaxClass {
            slug: REDUCED,
            name: "Reduced rate",
        },
        TaxClass {
            slug: ZERO,
            name: "Zero rate",
        },
    ]
}

pub(crate) fn tax_rates() -> Vec<TaxRate> {
    vec![
        rate(1, STANDARD, 20, "VAT 20 %"),
        rate(2, REDUCED, 5, "VAT 5 %"),
        rate(3, ZERO, 0, "VAT 0 %"),
    ]
}

fn rate(id: i64, class: &'static str, percent: i64, label: &'static str) -> TaxRate {
    TaxRate {
        id,
        class,
        percent: Decimal::new(percent * 10_000, 4),
        label,
        country: "GB",
        priority: 1,
        compound: false,
        shipping: true,
    }
}
