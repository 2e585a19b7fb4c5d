//! What stands on a receipt, independent of paper and screen.
//!
//! One object feeds the printed, the shown and the mailed receipt, so that they cannot disagree. Every figure
//! comes from the sale as it was sent; nothing is computed anew.

use evertill_wire::money::CurrencyFormat;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    sale::{PaidSale, SaleLine},
    time::Civil,
    totals::{OrderTotals, TaxLine},
};

/// The head and foot of a shop's receipts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shop {
    /// Name.
    pub name: String,
    /// Address, line by line.
    pub address: Vec<String>,
    /// Telephone, may be empty.
    pub phone: String,
    /// Tax numbers.
    pub tax_ids: Vec<TaxId>,
    /// Text about returns, may be empty.
    pub returns: String,
    /// How amounts are written.
    pub currency: CurrencyFormat,
    /// Seconds that the shop's zone is ahead of UTC at the moment of the sale.
    pub utc_offset_s: i32,
}

/// A tax number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxId {
    /// What it is, `VAT`.
    pub label: String,
    /// The number.
    pub value: String,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Head and foot.
    pub shop: Shop,
    /// Number on the till.
    pub number: String,
    /// Number at the store, once it is known.
    pub order_number: Option<String>,
    /// When it was paid, in the shop's zone.
    pub at: Civil,
    /// Name of the till.
    pub till: String,
    /// Name of the person who rang it up.
    pub cashier: String,
    /// Lines.
    pub lines: Vec<ReceiptLine>,
    /// Items before discounts, in the mode of the prices.
    pub items: Decimal,
    /// Discounts in the same mode, as a positive figure.
    pub discounts: Decimal,
    /// What rounding taxes line by line adds to the sum of the lines.
    pub rounding: Decimal,
    /// One row a rate.
    pub taxes: Vec<ReceiptTax>,
    /// Prices on the lines contain their taxes.
    pub prices_include_tax: bool,
    /// What was charged, without taxes.
    pub net: Decimal,
    /// All taxes.
    pub total_tax: Decimal,
    /// What was charged.
    pub total: Decimal,
    /// How it was paid; the amounts add up to the total and the cash rounding.
    pub payments: Vec<Payment>,
    /// Cash received.
    pub received: Decimal,
    /// Cash given back.
    pub change: Decimal,
    /// What rounding to coins added to the total, or took from it.
    pub cash_rounding: Decimal,
    /// Note on the sale, empty for none.
    pub note: String,
    /// Permanent identity, for the barcode.
    pub order_uuid: String,
    /// Printed before.
    pub is_copy: bool,
    /// The store has it.
    pub is_registered: bool,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLine {
    /// How many.
    pub quantity: Decimal,
    /// What the quantity counts, `kg`; empty for pieces.
    pub unit: String,
    /// Name.
    pub name: String,
    /// Choices of a variation, `Colour: Navy`.
    pub choices: Vec<String>,
    /// Stock keeping unit, may be empty.
    pub sku: String,
    /// Price of a unit as charged.
    pub unit_price: Decimal,
    /// Regular price of a unit, where it is higher.
    pub regular_price: Option<Decimal>,
    /// What a changed price took off the line, as a positive figure; zero for nothing.
    pub discount: Decimal,
    /// What the line came to, in the mode of the prices.
    pub amount: Decimal,
    /// Letters of its tax rows.
    pub tax_letters: String,
    /// Note, empty for none.
    pub note: String,
}

/// A tax row of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTax {
    /// Letter that the lines refer to.
    pub letter: char,
    /// Label of the rate.
    pub label: String,
    /// Percent.
    pub percent: Decimal,
    /// Net amount of what bears it.
    pub net: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// Net amount and this tax together.
    pub gross: Decimal,
}

/// A payment on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// How.
    pub method: PaymentMethod,
    /// How much of the total it covers.
    pub amount: Decimal,
}

/// How a sale is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Notes and coins.
    Cash,
}

impl Receipt {
    /// The receipt of a sale; `order_number` is the store's, once it has the sale.
    #[must_use]
    pub fn of(sale: &PaidSale, shop: Shop, order_number: Option<String>, is_copy: bool) -> Self {
        let stamp = sale.stamp();
        let totals = sale.totals();
        let summary = sale.summary();
        let tender = sale.tender();
        Self {
            number: stamp.number.clone(),
            is_registered: order_number.is_some(),
            order_number,
            at: Civil::at(stamp.at_unix_s, shop.utc_offset_s),
            till: stamp.place.till.clone(),
            cashier: stamp.rung_up_by.name.clone(),
            lines: sale
                .lines()
                .iter()
                .enumerate()
                .map(|(place, sold)| line(sold, letters(totals, place), sale.decimals()))
                .collect(),
            items: summary.items,
            discounts: summary.discounts,
            rounding: summary.rounding,
            taxes: totals.tax_lines.iter().enumerate().map(tax_row).collect(),
            prices_include_tax: sale.prices_include_tax(),
            net: totals.total - totals.total_tax,
            total_tax: totals.total_tax,
            total: totals.total,
            payments: vec![Payment {
                method: PaymentMethod::Cash,
                amount: tender.payable(),
            }],
            received: tender.received(),
            change: tender.change(),
            cash_rounding: tender.rounding(),
            note: sale.note().to_owned(),
            order_uuid: sale.uuid().to_string(),
            is_copy,
            shop,
        }
    }
}

fn line(sold: &SaleLine, tax_letters: String, decimals: u32) -> ReceiptLine {
    let line = &sold.line;
    let item = &line.item;
    ReceiptLine {
        quantity: line.quantity,
        unit: item.unit.clone(),
        name: item.name.clone(),
        choices: item
            .choices
            .iter()
            .map(|choice| format!("{}: {}", choice.name, choice.option))
            .collect(),
        sku: item.sku.clone(),
        unit_price: line.price,
        regular_price: (item.regular_price > line.price).then_some(item.regular_price),
        discount: line.discount(decimals),
        amount: line.amount(decimals),
        tax_letters,
        note: line.note.clone(),
    }
}

fn letters(totals: &OrderTotals, line: usize) -> String {
    let Some(line) = totals.lines.get(line) else {
        return String::new();
    };
    totals
        .tax_lines
        .iter()
        .enumerate()
        .filter(|(_, row)| line.taxes.iter().any(|tax| tax.rate_id == row.rate_id))
        .map(|(place, _)| letter(place))
        .collect()
}

/// `A`, `B`, …; a shop with more rates in one sale than letters begins again.
fn letter(place: usize) -> char {
    char::from(b'A' + (place % 26) as u8)
}

fn tax_row((place, row): (usize, &TaxLine)) -> ReceiptTax {
    ReceiptTax {
        letter: letter(place),
        label: row.label.clone(),
        percent: row.percent,
        net: row.net,
        tax: row.tax(),
        gross: row.net + row.tax(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cart::{CartAction, Choice, Item},
        sale::tests::{COFFEE, SALE, WINE, add, amount, cart, pay, product},
    };

    fn corner_shop() -> Shop {
        Shop {
            name: "Corner & Co.".into(),
            address: vec!["14 Cooper's Row".into(), "Bristol BS1 5LN".into()],
            tax_ids: vec![TaxId {
                label: "VAT".into(),
                value: "GB 346 7719 02".into(),
            }],
            utc_offset_s: 3_600,
            ..Shop::default()
        }
    }

    fn sale() -> PaidSale {
        let tote = Item {
            sku: "TOT-NAT".into(),
            choices: vec![Choice {
                key: "pa_colour".into(),
                name: "Colour".into(),
                option: "Natural".into(),
                is_any: false,
            }],
            ..product(2, "Canvas tote", "12", "")
        };
        let beans = Item {
            unit: "kg".into(),
            regular_price: amount("11"),
            ..product(1, "Espresso beans", "9.50", "zero-rate")
        };
        let line = WINE.parse().unwrap();
        pay(
            &cart(vec![
                add(COFFEE, beans, "2"),
                add(WINE, tote, "1"),
                CartAction::SetPrice {
                    line,
                    price: amount("10.80"),
                },
                CartAction::SetNote("thank you".into()),
            ]),
            SALE,
            "40",
        )
    }

    #[test]
    fn every_figure_is_the_orders() {
        let sale = sale();
        let totals = sale.totals();
        let receipt = Receipt::of(&sale, corner_shop(), None, false);
        assert_eq!(receipt.total, totals.total);
        assert_eq!(receipt.total_tax, totals.total_tax);
        assert_eq!(receipt.net, totals.total - totals.total_tax);
        assert_eq!(receipt.discounts, totals.discount_total + totals.discount_tax);
        assert_eq!(receipt.items - receipt.discounts, receipt.total);
        assert_eq!(receipt.received, sale.tender().received());
        assert_eq!(receipt.change, sale.tender().change());
        let paid: Decimal = receipt.payments.iter().map(|payment| payment.amount).sum();
        assert_eq!(paid, receipt.total + receipt.cash_rounding);
        for (row, order) in receipt.taxes.iter().zip(&totals.tax_lines) {
            assert_eq!((row.net, row.tax), (order.net, order.tax_total));
            assert_eq!((row.percent, &row.label), (order.percent, &order.label));
        }
        let lines: Decimal = receipt.lines.iter().map(|line| line.amount).sum();
        assert_eq!(lines + receipt.rounding, receipt.total);
    }

    #[test]
    fn amounts_are_what_the_customer_saw() {
        let receipt = Receipt::of(&sale(), corner_shop(), None, false);
        assert_eq!(
            [receipt.items, receipt.discounts, receipt.total, receipt.change],
            [amount("31.00"), amount("1.20"), amount("29.80"), amount("10.20")]
        );
        let [zero, standard] = [&receipt.taxes[0], &receipt.taxes[1]];
        assert_eq!(
            (zero.letter, zero.gross, zero.tax),
            ('A', amount("19.00"), amount("0"))
        );
        assert_eq!(
            (standard.letter, standard.gross, standard.tax),
            ('B', amount("10.80"), amount("1.80"))
        );
        assert_eq!((standard.net, receipt.net), (amount("9.00"), amount("28.00")));
    }

    #[test]
    fn a_line_says_what_was_sold_and_what_it_cost_before() {
        let receipt = Receipt::of(&sale(), corner_shop(), None, false);
        let [beans, tote] = [&receipt.lines[0], &receipt.lines[1]];
        assert_eq!((beans.quantity, beans.unit_price), (amount("2"), amount("9.50")));
        assert_eq!((beans.unit.as_str(), tote.unit.as_str()), ("kg", ""));
        assert_eq!(beans.regular_price, Some(amount("11")));
        assert_eq!((beans.discount, beans.amount), (amount("0"), amount("19.00")));
        assert_eq!(
            (beans.tax_letters.as_str(), tote.tax_letters.as_str()),
            ("A", "B")
        );
        assert_eq!(
            (tote.name.as_str(), tote.sku.as_str()),
            ("Canvas tote", "TOT-NAT")
        );
        assert_eq!(tote.choices, ["Colour: Natural"]);
        assert_eq!((tote.discount, tote.amount), (amount("1.20"), amount("10.80")));
        assert_eq!(tote.regular_price, Some(amount("12")));
    }

    #[test]
    fn it_says_where_when_and_by_whom() {
        let receipt = Receipt::of(&sale(), corner_shop(), Some("10482".into()), true);
        assert_eq!(receipt.at.iso(), "2026-11-23T03:56:43");
        assert_eq!(
            (receipt.number.as_str(), receipt.till.as_str()),
            ("2-2047", "Till 2")
        );
        assert_eq!(
            (receipt.cashier.as_str(), receipt.note.as_str()),
            ("Ada", "thank you")
        );
        assert_eq!(receipt.order_number.as_deref(), Some("10482"));
        assert_eq!(receipt.order_uuid, SALE);
        assert!(receipt.is_copy && receipt.is_registered);
        assert!(!Receipt::of(&sale(), corner_shop(), None, false).is_registered);
        assert_eq!(receipt.shop.tax_ids[0].value, "GB 346 7719 02");
    }
}
