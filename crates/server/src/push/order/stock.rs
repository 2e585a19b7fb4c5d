//! What an order does to the shelves: each unit leaves once, however often the order is written.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{
    orders::record::{Line, Order},
    store::{Item, Stock},
};

/// Notes on each line how much of it has left, and says by how much the shelf of each item changes.
pub(crate) fn moves(before: Option<&Order>, after: Option<&mut Order>) -> BTreeMap<i64, Decimal> {
    let mut shelves = BTreeMap::new();
    let mut shelve = |line: &Line, quantity: Decimal| {
        let id = if line.variation_id != 0 {
            line.variation_id
        } else {
            line.product_id
        };
        if id != 0 && !quantity.is_zero() {
            *shelves.entry(id).or_insert(Decimal::ZERO) += quantity;
        }
    };
    for line in before.map(|order| order.lines.as_slice()).unwrap_or_default() {
        shelve(line, line.reduced_stock);
    }
    if let Some(order) = after {
        let takes = order.takes_stock();
        for line in &mut order.lines {
            line.reduced_stock = if takes { line.quantity } else { Decimal::ZERO };
            shelve(line, -line.reduced_stock);
        }
    }
    shelves.retain(|_, change| !change.is_zero());
    shelves
}

/// Changes the counted stock of an item; false when nobody counts it.
pub(crate) fn apply(item: &mut Item, change: Decimal, now: i64) -> bool {
    let Stock::Counted { quantity, .. } = &mut item.stock else {
        return false;
    };
    *quantity += change;
    item.total_sales -= change;
    item.modified_at = now;
    true
}
