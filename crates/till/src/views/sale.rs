//! A paid sale: where it is, what stands on its receipt, and all of them in a list.

pub(crate) mod file;

use evertill_sale::booked::{Difference, Field};
use evertill_sale::outbox::{Dispatch, ParkedWhy, State};
use evertill_sale::receipt::{Receipt, Shop, TaxId};
use evertill_sale::record;
use evertill_wire::Code;
use evertill_wire::money::CurrencyFormat;
use evertill_wire::rest::de::unescape;

use super::bar::Standing;
use super::cart::{items, rate_name, with_unit};
use crate::clock::Wall;
use crate::db::events::{EventRow, PRINTED};
use crate::db::sales::{SaleRow, SaleState, Tally};
use crate::outbox::SENT;
use crate::pages::{
    Fact, Journey, ReceiptLine, ReceiptPage, ReceiptTax, Refusal, SaleRow as ListRow, SalesDay, Step, SumRow,
    Tone, format,
};
use crate::shelf::Shelf;

/// How the sending of a sale stands, as colour and words.
pub(crate) fn state_words(row: &SaleRow) -> (Tone, String) {
    match row.state {
        SaleState::Booked => {
            let order = row.order_number.as_deref().unwrap_or_default();
            (Tone::Ok, format!("Sent · order {order}"))
        }
        SaleState::Sending => (Tone::Info, "Sending".into()),
        SaleState::Waiting => (Tone::Off, "Waiting".into()),
        SaleState::Parked => match why(row) {
            Some(ParkedWhy::Refused { .. }) | None => (Tone::Bad, "Refused by shop".into()),
            Some(ParkedWhy::Differs { .. } | ParkedWhy::NotKept) => (Tone::Bad, "Differs in the shop".into()),
        },
    }
}

/// The stations of a sale. `page` is the address that answers them again.
pub(crate) fn journey(
    row: &SaleRow,
    events: &[EventRow],
    standing: Standing,
    wall: &Wall,
    page: &str,
) -> Journey {
    let at = |at_ms: i64| format::clock_s(&wall.at(at_ms));
    let mut steps: Vec<Step> = events
        .iter()
        .filter(|event| event.kind != PRINTED)
        .map(|event| Step {
            tone: match event.kind.as_str() {
                "parked" => Tone::Bad,
                "waiting" => Tone::Off,
                "note" => Tone::Info,
                _ => Tone::Ok,
            },
            text: event.words.clone(),
            more: event.code.clone().unwrap_or_default(),
            at: at(event.at_ms),
            ..Step::default()
        })
        .collect();
    match (row.state, steps.last_mut()) {
        (SaleState::Booked | SaleState::Parked, _) => {}
        // It has just gone out: that is the station it is at.
        (SaleState::Sending, Some(last)) if last.text == SENT => last.tone = Tone::Info,
        (SaleState::Waiting | SaleState::Sending, _) => steps.push(next(row.state, standing)),
    }
    Journey {
        href: page.to_owned(),
        steps,
        open: matches!(row.state, SaleState::Waiting | SaleState::Sending),
    }
}

/// What is still to come.
fn next(state: SaleState, standing: Standing) -> Step {
    let (tone, text, more) = match (state, standing) {
        (SaleState::Sending, _) => (Tone::Info, "On its way to the shop", ""),
        (_, Standing::SignInNeeded | Standing::SignedOut) => (
            Tone::Warn,
            "Waits for a sign-in",
            "It is safe here and will be sent after the next sign-in.",
        ),
        (_, Standing::Well | Standing::Renewing { .. } | Standing::Troubled { .. }) => (
            Tone::Off,
            "Not yet in the shop",
            "It will be sent when the shop answers.",
        ),
    };
    Step {
        tone,
        text: text.into(),
        more: more.into(),
        ..Step::default()
    }
}

/// Why a sale is parked, in words.
pub(crate) fn refusal(row: &SaleRow) -> Option<Refusal> {
    if row.state != SaleState::Parked {
        return None;
    }
    let why = why(row);
    let code = why.as_ref().map_or(Code::SALE_REFUSED, ParkedWhy::code);
    let (title, store_words) = match &why {
        Some(ParkedWhy::Refused { store_code, words }) => (
            "The shop did not book this sale.".to_owned(),
            match words.as_str() {
                "" => store_code.clone(),
                words => words.to_owned(),
            },
        ),
        Some(ParkedWhy::Differs { booking, differences }) => (
            format!(
                "The shop has order {}, and it is not what was sold here.",
                booking.number
            ),
            differences.iter().map(difference).collect::<Vec<_>>().join("; "),
        ),
        Some(ParkedWhy::NotKept) => (
            "The shop takes this sale and does not keep it as it was sold.".to_owned(),
            String::new(),
        ),
        None => ("The shop did not book this sale.".to_owned(), String::new()),
    };
    Some(Refusal {
        title,
        remedy: format!(
            "The sale and the money are safe on this till. {}",
            code.entry().remedy
        ),
        store_words,
        code: code.to_string(),
    })
}

/// One difference in words, `Total: 27.48 here, 30.00 in the shop`.
fn difference(found: &Difference) -> String {
    let what = match found.field {
        Field::Identity => "Identity",
        Field::Status => "Status",
        Field::Total => "Total",
        Field::TotalTax => "Taxes",
        Field::Received => "Cash received",
        Field::Lines => "Number of lines",
        Field::Line => "Line",
        Field::Product => "Product",
        Field::Quantity => "Quantity",
        Field::LineSubtotal => "Amount before discounts",
        Field::LineTotal => "Amount",
    };
    let line = found
        .line
        .as_deref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    format!("{what}{line}: {} here, {} in the shop", found.sent, found.store)
}

fn why(row: &SaleRow) -> Option<ParkedWhy> {
    match record::read::<Dispatch>(&row.outbox).ok()?.state {
        State::Parked { why, .. } => Some(why),
        State::Waiting { .. } | State::Sending { .. } | State::Booked { .. } => None,
    }
}

/// The sales by day, newest first.
pub(crate) fn days(rows: &[SaleRow], currency: &CurrencyFormat, wall: &Wall) -> Vec<SalesDay> {
    let now = wall.now();
    let mut days: Vec<(jiff::civil::Date, Tally, SalesDay)> = Vec::new();
    for row in rows {
        let at = wall.at(row.paid_at_ms);
        if days.last().is_none_or(|(date, ..)| *date != at.date()) {
            let day = SalesDay {
                name: format::day_name(&at, &now),
                ..SalesDay::default()
            };
            days.push((at.date(), Tally::default(), day));
        }
        if let Some((_, tally, day)) = days.last_mut() {
            tally.count += 1;
            tally.sum += row.sale.totals().total;
            day.rows.push(list_row(row, currency, wall));
        }
    }
    days.into_iter()
        .map(|(_, tally, day)| SalesDay {
            count: format::counted(tally.count, "sale", "sales"),
            sum: currency.money(tally.sum),
            ..day
        })
        .collect()
}

fn list_row(row: &SaleRow, currency: &CurrencyFormat, wall: &Wall) -> ListRow {
    let (tone, state) = state_words(row);
    let lines: Vec<_> = row.sale.lines().iter().map(|sold| sold.line.clone()).collect();
    let person = &row.sale.stamp().rung_up_by.name;
    ListRow {
        uuid: row.sale.uuid().to_string(),
        number: row.number.to_string(),
        at: format::clock(&wall.at(row.paid_at_ms)),
        items: items(&lines),
        by: match person.is_empty() {
            true => "cash".into(),
            false => format!("{person} · cash"),
        },
        total: currency.money(row.sale.totals().total),
        tone,
        state,
    }
}

/// The receipt of a sale; a copy when it was printed before.
pub(crate) fn receipt(shelf: &Shelf, row: &SaleRow, events: &[EventRow], wall: &Wall) -> Receipt {
    let settings = &shelf.settings;
    let town = [settings.store_city.as_str(), settings.store_postcode.as_str()];
    let address = [
        settings.store_address.clone(),
        settings.store_address_2.clone(),
        town.into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    ];
    let shop = Shop {
        name: shelf.shop_name(),
        address: address
            .iter()
            .filter(|line| !line.is_empty())
            .map(|line| unescape(line))
            .collect(),
        phone: settings.phone.clone(),
        tax_ids: settings.tax_ids.iter().filter_map(tax_id).collect(),
        returns: String::new(),
        currency: shelf.currency.clone(),
        utc_offset_s: wall.at(row.paid_at_ms).offset().seconds(),
    };
    let is_copy = events.iter().any(|event| event.kind == PRINTED);
    Receipt::of(&row.sale, shop, row.order_number.clone(), is_copy)
}

fn tax_id(value: &serde_json::Value) -> Option<TaxId> {
    let text = |key: &str| {
        value[key]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    Some(TaxId {
        label: text("label").unwrap_or_else(|| "Tax number".into()),
        value: text("value")?,
    })
}

/// The receipt as a page. Everything beside the frame comes from the receipt.
pub(crate) fn receipt_page(
    row: &SaleRow,
    events: &[EventRow],
    receipt: &Receipt,
    wall: &Wall,
    frame: crate::pages::Frame,
    csrf: String,
) -> ReceiptPage {
    let currency = &receipt.shop.currency;
    let paid = wall.at(row.paid_at_ms);
    let mut shop_lines = receipt.shop.address.clone();
    shop_lines.extend((!receipt.shop.phone.is_empty()).then(|| receipt.shop.phone.clone()));
    shop_lines.extend(
        receipt
            .shop
            .tax_ids
            .iter()
            .map(|id| format!("{} {}", id.label, id.value)),
    );
    ReceiptPage {
        frame,
        csrf,
        uuid: receipt.order_uuid.clone(),
        number: receipt.number.clone(),
        shop: receipt.shop.name.clone(),
        shop_lines,
        copy: receipt.is_copy,
        till: receipt.till.clone(),
        served_by: receipt.cashier.clone(),
        day: format::full_day(&paid),
        time: format::clock(&paid),
        order: receipt.order_number.clone(),
        lines: receipt_lines(receipt),
        sums: receipt_sums(receipt),
        total: currency.money(receipt.total),
        payments: payments(receipt),
        change: (!receipt.change.is_zero()).then(|| currency.figure(receipt.change)),
        taxes: receipt_taxes(receipt),
        net: currency.figure(receipt.net),
        note: receipt.note.clone(),
        foot: vec!["Thank you".into()],
        facts: facts(row, events, wall),
    }
}

/// The lines of a receipt.
pub(crate) fn receipt_lines(receipt: &Receipt) -> Vec<ReceiptLine> {
    let currency = &receipt.shop.currency;
    let one_rate = receipt.taxes.len() < 2;
    receipt
        .lines
        .iter()
        .map(|line| ReceiptLine {
            name: format::soft_hyphens(&line.name),
            detail: match line.quantity == rust_decimal::Decimal::ONE && line.unit.is_empty() {
                true => String::new(),
                false => format!(
                    "{} × {}",
                    with_unit(line.quantity, &line.unit),
                    currency.figure(line.unit_price)
                ),
            },
            note: line.note.clone(),
            amount: currency.figure(line.amount),
            rate: if one_rate {
                String::new()
            } else {
                line.tax_letters.clone()
            },
        })
        .collect()
}

/// The rows of a receipt before its total.
pub(crate) fn receipt_sums(receipt: &Receipt) -> Vec<SumRow> {
    let currency = &receipt.shop.currency;
    let mut rows = Vec::new();
    let mut row = |label: &str, amount: rust_decimal::Decimal| {
        rows.push(SumRow {
            label: label.to_owned(),
            more: String::new(),
            amount: currency.figure(amount),
        });
    };
    if !receipt.discounts.is_zero() || !receipt.prices_include_tax {
        row("Items", receipt.items);
    }
    if !receipt.discounts.is_zero() {
        row("Discounts", -receipt.discounts);
    }
    if !receipt.prices_include_tax {
        row("Tax", receipt.total_tax);
    }
    if !receipt.rounding.is_zero() {
        row("Rounding of taxes", receipt.rounding);
    }
    rows
}

/// How a sale was paid.
pub(crate) fn payments(receipt: &Receipt) -> Vec<SumRow> {
    let currency = &receipt.shop.currency;
    let row = |label: &str, amount| SumRow {
        label: label.to_owned(),
        more: String::new(),
        amount: currency.figure(amount),
    };
    let mut rows = Vec::new();
    if !receipt.cash_rounding.is_zero() {
        rows.push(row("Rounding", receipt.cash_rounding));
    }
    rows.push(row("Cash received", receipt.received));
    rows
}

fn receipt_taxes(receipt: &Receipt) -> Vec<ReceiptTax> {
    let currency = &receipt.shop.currency;
    let one_rate = receipt.taxes.len() < 2;
    receipt
        .taxes
        .iter()
        .map(|tax| {
            let words = format!(
                "{} in {}",
                rate_name(&tax.label, tax.percent),
                currency.figure(tax.gross)
            );
            ReceiptTax {
                label: match one_rate {
                    true => words,
                    false => format!("{} · {words}", tax.letter),
                },
                amount: currency.figure(tax.tax),
            }
        })
        .collect()
}

fn facts(row: &SaleRow, events: &[EventRow], wall: &Wall) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact {
        label: label.to_owned(),
        value,
    };
    let mut facts = vec![
        fact("Paid", format::moment(&wall.at(row.paid_at_ms), &wall.now())),
        fact(
            "Order in the shop",
            row.order_number.clone().unwrap_or_else(|| "not yet".into()),
        ),
    ];
    let prints = events.iter().filter(|event| event.kind == PRINTED);
    facts.extend(prints.map(|print| fact("Printed", format::moment(&wall.at(print.at_ms), &wall.now()))));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_that_waits_for_a_person_says_that_it_is_safe() {
        let step = next(SaleState::Waiting, Standing::SignInNeeded);
        assert_eq!(step.tone, Tone::Warn);
        assert!(step.more.contains("safe"));
        let step = next(SaleState::Waiting, Standing::Troubled { since_ms: 0 });
        assert_eq!(step.tone, Tone::Off);
    }
}
