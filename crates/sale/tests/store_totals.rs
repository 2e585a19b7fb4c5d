//! Every figure of every recorded order, computed again.

use std::collections::BTreeMap;

use evertill_sale::{
    line::net_of,
    tax::{CouponOrder, TaxRate, TaxSetup},
    totals::{
        ChargeTotals, CouponInput, CouponKind, FeeInput, LineInput, OrderInput, OrderTotals, ShippingInput,
        total_order,
    },
};
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    decimals: u32,
    #[serde(default)]
    flags: Vec<String>,
    shipping_class: Option<String>,
    rates: Vec<(i64, Decimal, i64, String, Vec<String>)>,
    lines: Vec<Line>,
    #[serde(default)]
    fees: Vec<Charge>,
    #[serde(default)]
    shipping: Vec<Charge>,
    #[serde(default)]
    coupons: Vec<Coupon>,
    order: BTreeMap<String, Decimal>,
    tax_lines: BTreeMap<i64, (Decimal, Decimal)>,
}

#[derive(Deserialize)]
struct Line {
    price: Decimal,
    quantity: Decimal,
    regular_price: Option<Decimal>,
    #[serde(default)]
    class: String,
    #[serde(default)]
    flags: Vec<String>,
    sent: (Decimal, Decimal),
    charged: [Decimal; 4],
    taxes: BTreeMap<i64, Decimal>,
    subtotal_taxes: Option<BTreeMap<i64, Decimal>>,
}

#[derive(Deserialize)]
struct Charge {
    sent: Decimal,
    #[serde(default)]
    class: String,
    #[serde(default)]
    taxable: bool,
    charged: [Decimal; 2],
    taxes: BTreeMap<i64, Decimal>,
}

#[derive(Deserialize)]
struct Coupon {
    code: String,
    kind: CouponKind,
    amount: Decimal,
    units_max: Option<u32>,
    #[serde(default)]
    excludes_sale_items: bool,
    charged: [Decimal; 2],
}

fn has(flags: &[String], flag: &str) -> bool {
    flags.iter().any(|set| set == flag)
}

impl Case {
    fn setup(&self) -> TaxSetup {
        TaxSetup {
            prices_include_tax: has(&self.flags, "inclusive"),
            round_at_subtotal: has(&self.flags, "subtotal"),
            decimals: self.decimals,
            rates: self
                .rates
                .iter()
                .map(|(id, percent, priority, class, flags)| TaxRate {
                    id: *id,
                    percent: *percent,
                    compound: has(flags, "compound"),
                    priority: *priority,
                    class: class.clone(),
                    shipping: has(flags, "shipping"),
                    label: format!("Tax {id}"),
                })
                .collect(),
            shipping_tax_class: self.shipping_class.clone(),
            discounts_sequential: has(&self.flags, "sequential"),
            coupon_order: CouponOrder::UnitPrice,
        }
    }

    fn input(&self) -> OrderInput {
        OrderInput {
            lines: self
                .lines
                .iter()
                .map(|line| LineInput {
                    quantity: line.quantity,
                    subtotal: line.sent.0,
                    total: line.sent.1,
                    tax_class: line.class.clone(),
                    is_taxable: !has(&line.flags, "untaxed"),
                    is_on_sale: has(&line.flags, "on_sale"),
                    takes_item_coupons: !has(&line.flags, "bare"),
                })
                .collect(),
            fees: self
                .fees
                .iter()
                .map(|fee| FeeInput {
                    total: fee.sent,
                    tax_class: fee.class.clone(),
                    is_taxable: fee.taxable,
                })
                .collect(),
            shipping: self
                .shipping
                .iter()
                .map(|cost| ShippingInput { total: cost.sent })
                .collect(),
            coupons: self
                .coupons
                .iter()
                .map(|coupon| CouponInput {
                    code: coupon.code.clone(),
                    kind: coupon.kind,
                    amount: coupon.amount,
                    units_max: coupon.units_max,
                    excludes_sale_items: coupon.excludes_sale_items,
                })
                .collect(),
        }
    }

    /// Every figure that differs, named.
    fn differences(&self) -> Vec<String> {
        let totals = total_order(&self.setup(), &self.input());
        let mut found = Differences {
            id: &self.id,
            found: Vec::new(),
        };
        self.compare_order(&totals, &mut found);
        self.compare_lines(&totals, &mut found);
        compare_charges("fee", &self.fees, &totals.fees, &mut found);
        compare_charges("shipping", &self.shipping, &totals.shipping, &mut found);
        for (coupon, ours) in self.coupons.iter().zip(&totals.coupons) {
            let place = format!("coupon {}", coupon.code);
            found.compare(&place, &coupon.charged, &[ours.discount, ours.discount_tax]);
        }
        found.found
    }

    fn compare_order(&self, totals: &OrderTotals, found: &mut Differences<'_>) {
        let ours = BTreeMap::from(
            [
                ("total", totals.total),
                ("total_tax", totals.total_tax),
                ("cart_tax", totals.cart_tax),
                ("shipping_total", totals.shipping_total),
                ("shipping_tax", totals.shipping_tax),
                ("discount_total", totals.discount_total),
                ("discount_tax", totals.discount_tax),
            ]
            .map(|(name, amount)| (name.to_owned(), amount)),
        );
        for (name, amount) in &self.order {
            found.compare(name, amount, &ours[name]);
        }
        let tax_lines: BTreeMap<i64, (Decimal, Decimal)> = totals
            .tax_lines
            .iter()
            .map(|line| (line.rate_id, (line.tax_total, line.shipping_tax_total)))
            .collect();
        found.compare("tax lines", &self.tax_lines, &tax_lines);
    }

    fn compare_lines(&self, totals: &OrderTotals, found: &mut Differences<'_>) {
        for (index, (line, ours)) in self.lines.iter().zip(&totals.lines).enumerate() {
            let amounts = [ours.subtotal, ours.subtotal_tax, ours.total, ours.total_tax];
            found.compare(&format!("line {index}"), &line.charged, &amounts);
            let taxes: BTreeMap<i64, Decimal> =
                ours.taxes.iter().map(|tax| (tax.rate_id, tax.total)).collect();
            found.compare(&format!("line {index} taxes"), &line.taxes, &taxes);
            let taxes: BTreeMap<i64, Decimal> =
                ours.taxes.iter().map(|tax| (tax.rate_id, tax.subtotal)).collect();
            let expected = line.subtotal_taxes.as_ref().unwrap_or(&line.taxes);
            found.compare(&format!("line {index} subtotal taxes"), expected, &taxes);
        }
    }
}

fn compare_charges(what: &str, expected: &[Charge], ours: &[ChargeTotals], found: &mut Differences<'_>) {
    for (index, (charge, ours)) in expected.iter().zip(ours).enumerate() {
        let place = format!("{what} {index}");
        found.compare(&place, &charge.charged, &[ours.total, ours.total_tax]);
        let taxes: BTreeMap<i64, Decimal> = ours.taxes.iter().copied().collect();
        found.compare(&format!("{place} taxes"), &charge.taxes, &taxes);
    }
}

struct Differences<'a> {
    id: &'a str,
    found: Vec<String>,
}

impl Differences<'_> {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, place: &str, expected: &T, ours: &T) {
        if expected != ours {
            self.found
                .push(format!("{} {place}: store {expected:?}, till {ours:?}", self.id));
        }
    }
}

fn cases(json: &str) -> Vec<Case> {
    serde_json::from_str(json).expect("the vectors are in the shape of `Case`")
}

fn named() -> Vec<Case> {
    cases(include_str!("vectors/cases.json"))
}

fn random() -> Vec<Case> {
    cases(include_str!("vectors/random.json"))
}

fn check(cases: &[Case], with_coupons: bool, count: usize) {
    let chosen: Vec<&Case> = cases
        .iter()
        .filter(|case| case.coupons.is_empty() != with_coupons)
        .collect();
    assert_eq!(chosen.len(), count);
    let differences: Vec<String> = chosen.iter().flat_map(|case| case.differences()).collect();
    assert!(
        differences.is_empty(),
        "{} figures differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn named_orders_without_coupons_cost_what_the_store_says() {
    check(&named(), false, 31);
}

#[test]
fn named_orders_with_coupons_cost_what_the_store_says() {
    check(&named(), true, 17);
}

#[test]
fn drawn_orders_without_coupons_cost_what_the_store_says() {
    check(&random(), false, 236);
}

#[test]
fn drawn_orders_with_coupons_cost_what_the_store_says() {
    check(&random(), true, 264);
}

/// Before WooCommerce 10.0.0 the cents of a coupon fell on other lines.
#[test]
fn older_stores_hand_out_coupon_cents_by_line_total_times_quantity() {
    let amount = |text: &str| text.parse::<Decimal>().expect("an amount");
    let cases = named();
    let older = |id: &str| {
        let case = cases.iter().find(|case| case.id == id).expect("a named case");
        let setup = TaxSetup {
            coupon_order: CouponOrder::LineTotalTimesQuantity,
            ..case.setup()
        };
        total_order(&setup, &case.input())
    };
    let nets = |id: &str| -> Vec<Decimal> { older(id).lines.iter().map(|line| line.total).collect() };
    assert_eq!(nets("V10"), [amount("7.5"), amount("10.116667")]);
    assert_eq!(nets("V11"), [amount("16.67"), amount("9.31")]);
    assert_eq!(
        (older("V19").total, older("V19").total_tax),
        (amount("144.34"), amount("24.06"))
    );
    assert_eq!(
        (older("V20").total, older("V20").total_tax),
        (amount("600.68"), amount("45.66"))
    );
}

#[test]
fn shelf_prices_become_the_net_lines_that_were_sent() {
    for case in named().iter().chain(&random()) {
        let setup = case.setup();
        for line in &case.lines {
            let is_taxable = !has(&line.flags, "untaxed");
            let net = |price| net_of(&setup, price, line.quantity, &line.class, is_taxable);
            assert_eq!(net(line.price), line.sent.1, "{} total", case.id);
            let regular = line.regular_price.unwrap_or(line.price);
            assert_eq!(net(regular), line.sent.0, "{} subtotal", case.id);
        }
    }
}
