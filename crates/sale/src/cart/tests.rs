//! What a cart promises.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::{record, tax::TaxRate};

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn item(product_id: i64, price: &str) -> Item {
    Item {
        product_id,
        name: format!("Item {product_id}"),
        ..Item::custom("x", amount(price), "", true)
    }
}

fn identity(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn add(line: u128, product_id: i64, price: &str, quantity: &str) -> CartAction {
    CartAction::Add {
        line: identity(line),
        item: Box::new(item(product_id, price)),
        quantity: amount(quantity),
    }
}

fn cart(actions: Vec<CartAction>) -> Cart {
    let mut cart = Cart::default();
    for action in actions {
        cart.apply(action, &CartRules::default()).unwrap();
    }
    cart
}

fn shop(prices_include_tax: bool) -> TaxSetup {
    let rate = |id, percent: i64, class: &str| TaxRate {
        id,
        percent: percent.into(),
        compound: false,
        priority: 1,
        class: class.into(),
        shipping: true,
        label: "VAT".into(),
    };
    TaxSetup {
        prices_include_tax,
        rates: vec![rate(1, 20, ""), rate(2, 0, "zero-rate")],
        ..TaxSetup::default()
    }
}

fn quantities(cart: &Cart) -> Vec<Decimal> {
    cart.lines().iter().map(|line| line.quantity).collect()
}

#[test]
fn the_same_item_added_twice_is_one_line() {
    let cart = cart(vec![
        add(1, 31, "9.99", "1"),
        add(2, 32, "4", "1"),
        add(3, 31, "9.99", "2"),
    ]);
    assert_eq!(quantities(&cart), [amount("3"), amount("1")]);
    assert_eq!(cart.lines()[0].uuid, identity(1));
    assert_eq!(cart.quantity_of(31, None), amount("3"));
}

#[test]
fn another_price_or_a_note_makes_another_line() {
    let line = identity(1);
    for apart in [
        CartAction::SetPrice {
            line,
            price: amount("8"),
        },
        CartAction::SetLineNote {
            line,
            note: "gift".into(),
        },
    ] {
        let cart = cart(vec![add(1, 31, "9.99", "1"), apart, add(2, 31, "9.99", "1")]);
        assert_eq!(quantities(&cart), [Decimal::ONE, Decimal::ONE]);
    }
}

#[test]
fn a_changed_price_keeps_the_regular_one_and_the_catalogue() {
    let line = identity(1);
    let cart = cart(vec![
        add(1, 31, "9.99", "2"),
        CartAction::SetPrice {
            line,
            price: amount("8"),
        },
    ]);
    let held = cart.line(line).unwrap();
    assert_eq!((held.price, held.item.price), (amount("8"), amount("9.99")));
    assert_eq!(held.item.regular_price, amount("9.99"));
    assert!(held.is_price_changed());
    let input = cart.to_order_input(&shop(true));
    assert_eq!(
        (input.lines[0].subtotal, input.lines[0].total),
        (amount("16.65"), amount("13.333333"))
    );
}

#[test]
fn a_raised_price_is_no_negative_discount() {
    let line = identity(1);
    let cart = cart(vec![
        add(1, 31, "10", "1"),
        CartAction::SetPrice {
            line,
            price: amount("12"),
        },
    ]);
    let totals = cart.totals(&shop(false));
    assert_eq!(
        (totals.total, totals.discount_total),
        (amount("14.40"), amount("0"))
    );
}

#[test]
fn what_the_rules_forbid_changes_nothing() {
    let rules = CartRules {
        lines_max: 1,
        ..CartRules::default()
    };
    let line = identity(1);
    let before = cart(vec![add(1, 31, "9.99", "1")]);
    let forbidden = [
        add(2, 31, "9.99", "0"),
        add(2, 31, "9.99", "-1"),
        add(2, 31, "9.99", "0.5"),
        add(2, 31, "9.99", "9999"),
        add(2, 32, "5", "1"),
        CartAction::SetQuantity {
            line,
            quantity: amount("10000"),
        },
        CartAction::SetQuantity {
            line: identity(9),
            quantity: amount("1"),
        },
        CartAction::SetPrice {
            line,
            price: amount("-0.01"),
        },
        CartAction::SetPrice {
            line,
            price: amount("1.005"),
        },
        CartAction::SetLineNote {
            line,
            note: "n".repeat(TEXT_MAX + 1),
        },
        CartAction::Remove { line: identity(9) },
        CartAction::Add {
            line: identity(2),
            item: Box::new(Item::custom("  ", amount("1"), "", true)),
            quantity: amount("1"),
        },
    ];
    for action in forbidden {
        let mut after = before.clone();
        assert!(after.apply(action.clone(), &rules).is_err(), "{action:?}");
        assert_eq!(after, before, "{action:?}");
    }
}

#[test]
fn danger_8_no_line_is_without_quantity_and_no_empty_sale_is_paid() {
    let line = identity(1);
    let mut cart = cart(vec![add(1, 31, "9.99", "1")]);
    let zero = CartAction::SetQuantity {
        line,
        quantity: amount("0"),
    };
    cart.apply(zero, &CartRules::default()).unwrap();
    assert!(cart.line(line).is_none());
    let unpaid = crate::sale::UnpaidSale::of(&cart, &shop(true));
    assert!(matches!(unpaid, Err(SaleError::SaleEmpty)));
}

#[test]
fn weighed_goods_need_a_shop_that_sells_by_weight() {
    let rules = CartRules::default().with_decimal_quantities();
    let mut cart = Cart::default();
    assert!(cart.apply(add(1, 31, "12.80", "0.375"), &rules).is_ok());
    assert!(cart.apply(add(1, 31, "12.80", "0.3755"), &rules).is_err());
    assert_eq!(cart.lines()[0].amount(2), amount("4.80"));
}

#[test]
fn a_line_that_reaches_zero_is_gone_and_undo_brings_it_back() {
    let line = identity(1);
    let mut cart = cart(vec![
        add(1, 31, "9.99", "1"),
        CartAction::ChangeQuantity {
            line,
            by: amount("-1"),
        },
    ]);
    assert!(cart.is_empty());
    assert!(cart.undo());
    assert_eq!(quantities(&cart), [Decimal::ONE]);
}

#[test]
fn a_custom_item_needs_a_name_and_a_price() {
    let custom = |name: &str| CartAction::Add {
        line: identity(1),
        item: Box::new(Item::custom(name, amount("10"), "zero-rate", false)),
        quantity: amount("1"),
    };
    let cart = cart(vec![custom("Custom mug")]);
    assert!(cart.lines()[0].item.is_custom());
    assert_eq!(cart.totals(&shop(true)).total, amount("10"));
}

#[test]
fn the_rows_under_the_lines_add_up() {
    let line = identity(3);
    let cart = cart(vec![
        add(1, 31, "9.50", "2"),
        add(2, 32, "14", "1"),
        add(3, 33, "12", "1"),
        CartAction::SetPrice {
            line,
            price: amount("10.80"),
        },
    ]);
    let summary = cart.summary(&shop(true));
    assert_eq!(summary.items, amount("45.00"));
    assert_eq!(summary.discounts, amount("1.20"));
    assert_eq!(summary.total, amount("43.80"));
    assert_eq!(summary.total_tax, amount("7.30"));
    assert_eq!(summary.taxes[0].net, amount("36.50"));
    let summary = cart.summary(&shop(false));
    assert_eq!(
        summary.items - summary.discounts + summary.total_tax,
        summary.total
    );
}

#[test]
fn a_cent_between_the_lines_and_the_total_is_named() {
    let cart = cart(vec![
        add(1, 31, "9.99", "1"),
        add(2, 32, "9.99", "1"),
        add(3, 33, "9.99", "1"),
    ]);
    let summary = cart.summary(&shop(true));
    assert_eq!(summary.total, amount("29.97") + summary.rounding);
}

#[test]
fn a_cart_survives_being_kept() {
    let kept = cart(vec![
        add(1, 31, "9.99", "2"),
        CartAction::SetNote("call when ready".into()),
        CartAction::Clear,
    ]);
    let json = serde_json::to_string(&kept).unwrap();
    let mut read: Cart = record::read(&json).unwrap();
    assert_eq!(read, kept);
    assert!(read.undo());
    assert_eq!(read.note(), "call when ready");
}

#[test]
fn a_cart_of_a_newer_version_is_left_alone() {
    let json = serde_json::to_string(&Cart::default())
        .unwrap()
        .replace("\"format\":1", "\"format\":2");
    assert!(matches!(
        record::read::<Cart>(&json),
        Err(SaleError::RecordTooNew { found: 2, known: 1 })
    ));
    assert!(matches!(
        record::read::<Cart>("{}"),
        Err(SaleError::RecordDamaged(_))
    ));
}

/// An action on a line chosen among those there are.
#[derive(Debug, Clone)]
enum Draw {
    Add(i64, i64, i64),
    Quantity(Index, i64),
    By(Index, i64),
    Price(Index, i64),
    Note(Index, String),
    SaleNote(String),
    Remove(Index),
    Clear,
}

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let one = prop_oneof![
        6 => (1..6_i64, 0..2_000_i64, 1..5_i64).prop_map(|(id, cents, n)| Draw::Add(id, cents, n)),
        2 => (any::<Index>(), 0..5_i64).prop_map(|(line, n)| Draw::Quantity(line, n)),
        2 => (any::<Index>(), -3..3_i64).prop_map(|(line, n)| Draw::By(line, n)),
        2 => (any::<Index>(), 0..2_000_i64).prop_map(|(line, cents)| Draw::Price(line, cents)),
        1 => (any::<Index>(), "[a-z]{0,4}").prop_map(|(line, note)| Draw::Note(line, note)),
        1 => "[a-z]{0,4}".prop_map(Draw::SaleNote),
        2 => any::<Index>().prop_map(Draw::Remove),
        1 => Just(Draw::Clear),
    ];
    prop::collection::vec(one, 1..80)
}

fn action(cart: &Cart, draw: &Draw, place: usize) -> CartAction {
    let line = |index: &Index| match cart.lines() {
        [] => identity(0),
        lines => index.get(lines).uuid,
    };
    match draw {
        Draw::Add(id, cents, n) => CartAction::Add {
            line: identity(place as u128 + 1),
            item: Box::new(Item {
                product_id: *id,
                ..Item::custom("x", Decimal::new(cents % 3 * 100, 2), "", true)
            }),
            quantity: Decimal::from(*n),
        },
        Draw::Quantity(index, n) => CartAction::SetQuantity {
            line: line(index),
            quantity: (*n).into(),
        },
        Draw::By(index, n) => CartAction::ChangeQuantity {
            line: line(index),
            by: (*n).into(),
        },
        Draw::Price(index, cents) => CartAction::SetPrice {
            line: line(index),
            price: Decimal::new(*cents, 2),
        },
        Draw::Note(index, note) => CartAction::SetLineNote {
            line: line(index),
            note: note.clone(),
        },
        Draw::SaleNote(note) => CartAction::SetNote(note.clone()),
        Draw::Remove(index) => CartAction::Remove { line: line(index) },
        Draw::Clear => CartAction::Clear,
    }
}

proptest! {
    #[test]
    fn undo_brings_back_exactly_the_cart_before(draws in draws()) {
        let rules = CartRules::default();
        let mut cart = Cart::default();
        let mut before = Vec::new();
        for (place, draw) in draws.iter().enumerate() {
            let was = cart.clone();
            if cart.apply(action(&cart, draw, place), &rules).is_ok() {
                before.push(was);
            } else {
                prop_assert_eq!(&cart, &was);
            }
        }
        prop_assert!(cart.history.len() <= UNDO_MAX);
        for was in before.iter().rev().take(UNDO_MAX) {
            prop_assert!(cart.undo());
            prop_assert_eq!(cart.lines(), was.lines());
            prop_assert_eq!(cart.note(), was.note());
        }
        prop_assert_eq!(cart.can_undo(), false);
    }

    #[test]
    fn one_line_of_shelf_prices_costs_what_the_shelf_says(
        cents in 1..1_000_000_i64,
        quantity in 1..200_i64,
        percent in 0..300_i64,
        round_at_subtotal in any::<bool>(),
    ) {
        let mut setup = shop(true);
        setup.round_at_subtotal = round_at_subtotal;
        setup.rates[0].percent = Decimal::new(percent, 1);
        let price = Decimal::new(cents, 2);
        let mut cart = Cart::default();
        let line = CartAction::Add {
            line: identity(1),
            item: Box::new(Item::custom("x", price, "", true)),
            quantity: quantity.into(),
        };
        cart.apply(line, &CartRules::default()).unwrap();
        prop_assert_eq!(cart.totals(&setup).total, price * Decimal::from(quantity));
    }

    #[test]
    fn rows_add_up_whatever_is_in_the_sale(
        lines in prop::collection::vec((1..100_000_i64, 1..20_i64, any::<bool>(), 0..100_i64), 1..12),
        prices_include_tax in any::<bool>(),
        round_at_subtotal in any::<bool>(),
    ) {
        let mut setup = shop(prices_include_tax);
        setup.round_at_subtotal = round_at_subtotal;
        let rules = CartRules::default();
        let mut cart = Cart::default();
        for (place, (cents, quantity, is_taxable, off)) in lines.iter().enumerate() {
            let line = identity(place as u128 + 1);
            let item = Box::new(Item { product_id: place as i64, ..Item::custom("x", Decimal::new(*cents, 2), "", *is_taxable) });
            cart.apply(CartAction::Add { line, item, quantity: (*quantity).into() }, &rules).unwrap();
            let price = Decimal::new(cents - cents * off / 100, 2);
            cart.apply(CartAction::SetPrice { line, price }, &rules).unwrap();
        }
        let summary = cart.summary(&setup);
        let on_top = if prices_include_tax { Decimal::ZERO } else { summary.total_tax };
        prop_assert_eq!(summary.items - summary.discounts + on_top, summary.total);
        prop_assert!(summary.discounts >= Decimal::ZERO);
    }
}
