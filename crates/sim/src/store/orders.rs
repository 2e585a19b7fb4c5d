//! Orders at the store: born once, recognised by their identity, handed back as they are.

use std::collections::BTreeMap;

use evertill_sale::sale::PaidSale;
use evertill_wire::rest::push::PushEnvelope;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Raw, Truth};

/// An order.
#[derive(Debug)]
struct Order {
    /// The answer to every push of it, in JSON; written once.
    answer: String,
    mutations: Vec<Uuid>,
    /// How many times an order of this identity was made.
    born: u32,
}

/// All orders of a store.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    orders: BTreeMap<Uuid, Order>,
}

impl Orders {
    /// Takes a push and answers as the store does.
    pub(crate) fn push(&mut self, sale: &PaidSale, envelope: &PushEnvelope) -> Raw {
        let next_id = 5_000 + i64::try_from(self.orders.len()).unwrap_or(0);
        let (status, order) = match self.orders.entry(envelope.record_id) {
            std::collections::btree_map::Entry::Occupied(known) => {
                let order = known.into_mut();
                let is_replay = order.mutations.contains(&envelope.mutation_id);
                order.mutations.push(envelope.mutation_id);
                (if is_replay { 201 } else { 200 }, order)
            }
            std::collections::btree_map::Entry::Vacant(free) => {
                let order = free.insert(Order {
                    answer: answer(sale, envelope, next_id),
                    mutations: vec![envelope.mutation_id],
                    born: 1,
                });
                (201, order)
            }
        };
        Raw::json(status, order.answer.clone(), Truth::Noise)
    }

    /// How many orders a sale became.
    pub(crate) fn born(&self, sale: Uuid) -> u32 {
        self.orders.get(&sale).map_or(0, |order| order.born)
    }

    /// How many orders there are.
    pub(crate) fn count(&self) -> u64 {
        self.orders.values().map(|order| u64::from(order.born)).sum()
    }
}

/// The order as the store writes it back: what was sent, with what the store works out itself.
fn answer(sale: &PaidSale, envelope: &PushEnvelope, id: i64) -> String {
    let mut document = envelope.payload.clone().unwrap_or(Value::Null);
    let totals = sale.totals();
    document["id"] = json!(id);
    document["number"] = json!(id.to_string());
    document["total"] = json!(totals.total.to_string());
    document["total_tax"] = json!(totals.total_tax.to_string());
    if let Some(lines) = document["line_items"].as_array_mut() {
        for (index, line) in lines.iter_mut().enumerate() {
            line["id"] = json!(index + 1);
        }
    }
    format!("{{\"document\":{document},\"currentRevision\":\"sha256:{id:x}\"}}")
}
