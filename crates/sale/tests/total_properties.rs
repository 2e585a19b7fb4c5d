//! What holds for every order, however odd.

use evertill_sale::{
    tax::{CouponOrder, DECIMALS_MAX, TaxRate, TaxSetup},
    totals::{
        AMOUNT_MAX, CouponInput, CouponKind, FeeInput, LineInput, OrderInput, QUANTITY_MAX, ShippingInput,
        total_order,
    },
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn amount() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (0..100_000_000_i64, 0..=6_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        1 => Just(Decimal::ZERO),
        1 => Just(AMOUNT_MAX),
    ]
}

fn quantity() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (1..1_000_i64).prop_map(Decimal::from),
        3 => (1..100_000_i64).prop_map(|digits| Decimal::new(digits, 3)),
        1 => Just(QUANTITY_MAX),
        1 => Just(Decimal::ZERO),
    ]
}

fn class() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "reduced-rate", "zero-rate"]).prop_map(str::to_owned)
}

fn setups() -> impl Strategy<Value = TaxSetup> {
    let rate = (0..40_000_i64, any::<bool>(), 1..4_i64, class(), any::<bool>()).prop_map(
        |(digits, compound, priority, class, shipping)| TaxRate {
            id: 0,
            percent: Decimal::new(digits, 3),
            compound,
            priority,
            class,
            shipping,
            label: String::new(),
        },
    );
    (
        any::<[bool; 4]>(),
        0..=DECIMALS_MAX,
        prop::collection::vec(rate, 0..6),
        prop::option::of(class()),
    )
        .prop_map(|(flags, decimals, rates, shipping_tax_class)| TaxSetup {
            prices_include_tax: flags[0],
            round_at_subtotal: flags[1],
            decimals,
            rates: rates
                .into_iter()
                .zip(1..)
                .map(|(rate, id)| TaxRate { id, ..rate })
                .collect(),
            shipping_tax_class,
            discounts_sequential: flags[2],
            coupon_order: match flags[3] {
                true => CouponOrder::UnitPrice,
                false => CouponOrder::LineTotalTimesQuantity,
            },
        })
}

fn inputs() -> impl Strategy<Value = OrderInput> {
    let line =
        (quantity(), amount(), class(), any::<[bool; 3]>()).prop_map(|(quantity, net, class, flags)| {
            LineInput {
                is_on_sale: flags[1],
                takes_item_coupons: flags[2],
                ..LineInput::new(quantity, net, &class, flags[0])
            }
        });
    let fee = (amount(), class(), any::<bool>(), any::<bool>()).prop_map(
        |(total, tax_class, is_taxable, is_negative)| FeeInput {
            total: if is_negative { -total } else { total },
            tax_class,
            is_taxable,
        },
    );
    let kinds = vec![
        CouponKind::Percent,
        CouponKind::FixedProduct,
        CouponKind::FixedCart,
    ];
    let coupon = (
        prop::sample::select(kinds),
        amount(),
        prop::option::of(0..20_u32),
        any::<bool>(),
    )
        .prop_map(|(kind, amount, units_max, excludes_sale_items)| CouponInput {
            code: "c".into(),
            kind,
            amount,
            units_max,
            excludes_sale_items,
        });
    (
        prop::collection::vec(line, 0..6),
        prop::collection::vec(fee, 0..3),
        prop::collection::vec(amount().prop_map(|total| ShippingInput { total }), 0..3),
        prop::collection::vec(coupon, 0..3),
    )
        .prop_map(|(lines, fees, shipping, coupons)| OrderInput {
            lines,
            fees,
            shipping,
            coupons,
        })
}

proptest! {
    #[test]
    fn every_order_in_range_has_a_total_that_is_the_sum_of_its_parts(setup in setups(), input in inputs()) {
        prop_assert!(input.is_in_range());
        let totals = total_order(&setup, &input);
        let parts = totals.items_total + totals.fees_total + totals.shipping_total + totals.cart_tax + totals.shipping_tax;
        prop_assert!((totals.total - parts).abs() * Decimal::TWO <= Decimal::new(1, setup.decimals));
        let cart_tax: Decimal = totals.tax_lines.iter().map(|line| line.tax_total).sum();
        prop_assert_eq!(cart_tax, totals.cart_tax);
        let on_lines: Decimal = totals.lines.iter().map(|line| line.total_tax).sum();
        let on_fees: Decimal = totals.fees.iter().map(|fee| fee.total_tax).sum();
        prop_assert_eq!(on_lines + on_fees, totals.cart_tax);
        prop_assert_eq!(totals.lines.len(), input.lines.len());
    }

    #[test]
    fn a_coupon_takes_no_line_below_zero(setup in setups(), input in inputs()) {
        for line in total_order(&setup, &input).lines {
            prop_assert!(line.total >= Decimal::ZERO && line.total <= line.subtotal);
        }
    }
}
