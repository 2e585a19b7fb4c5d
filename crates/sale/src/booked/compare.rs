//! The store's order beside the sale that was sent, figure by figure.

use evertill_wire::rest::order::{Order, OrderLine};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::sale::{PaidSale, STATUS_PAID, SaleLine};

/// One thing that the store has otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What.
    pub field: Field,
    /// Name of the line it is on, where it is on one.
    pub line: Option<String>,
    /// As it was sent.
    pub sent: String,
    /// As the store has it.
    pub store: String,
}

/// A thing that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Permanent identity of the order.
    Identity,
    /// Status of the order.
    Status,
    /// What the customer pays.
    Total,
    /// All taxes.
    TotalTax,
    /// Cash received; the store takes it once only.
    Received,
    /// Number of lines.
    Lines,
    /// A line that is not in the order.
    Line,
    /// Product or variation of a line.
    Product,
    /// Quantity of a line.
    Quantity,
    /// Net amount of a line before discounts.
    LineSubtotal,
    /// Net amount of a line.
    LineTotal,
}

pub(super) fn differences(sent: &PaidSale, order: &Order) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut note = |field, sent: String, store: String| {
        if sent != store {
            found.push(Difference {
                field,
                line: None,
                sent,
                store,
            });
        }
    };
    let totals = sent.totals();
    note(
        Field::Identity,
        sent.uuid().to_string(),
        order.uuid().unwrap_or_default().to_owned(),
    );
    note(Field::Status, STATUS_PAID.to_owned(), order.status.clone());
    note(Field::Total, figure(totals.total), figure(order.total));
    note(Field::TotalTax, figure(totals.total_tax), figure(order.total_tax));
    if let Some(received) = received(order) {
        note(Field::Received, figure(sent.tender().received()), received);
    }
    note(
        Field::Lines,
        sent.lines().len().to_string(),
        order.line_items.len().to_string(),
    );
    for line in sent.lines() {
        found.extend(line_differences(line, order));
    }
    found
}

fn line_differences(sent: &SaleLine, order: &Order) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut note = |field, as_sent: String, store: String| {
        if as_sent != store {
            found.push(Difference {
                field,
                line: Some(sent.line.item.name.clone()),
                sent: as_sent,
                store,
            });
        }
    };
    let uuid = sent.line.uuid.to_string();
    match order.line_items.iter().find(|held| held.uuid() == Some(&uuid)) {
        None => note(Field::Line, uuid, String::new()),
        Some(held) => {
            let item = &sent.line.item;
            note(
                Field::Product,
                product(item.product_id, item.variation_id),
                product_of(held),
            );
            note(Field::Quantity, figure(sent.line.quantity), figure(held.quantity));
            note(Field::LineSubtotal, figure(sent.subtotal), figure(held.subtotal));
            note(Field::LineTotal, figure(sent.total), figure(held.total));
        }
    }
    found
}

fn product_of(line: &OrderLine) -> String {
    product(line.product_id, line.variation_id)
}

fn product(product_id: i64, variation_id: i64) -> String {
    match variation_id {
        0 => product_id.to_string(),
        _ => format!("{product_id}/{variation_id}"),
    }
}

/// Equal amounts have equal figures, however many zeros the store adds.
fn figure(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn received(order: &Order) -> Option<String> {
    let entry = order
        .meta_data
        .iter()
        .find(|entry| entry.key == "_pos_cash_amount_tendered")?;
    let text = entry.value.as_str()?;
    Some(text.parse().map_or_else(|_| text.to_owned(), figure))
}
