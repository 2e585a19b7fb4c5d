//! A sale from the moment nothing can be changed any more.
//!
//! `Cart` → [`UnpaidSale`] (frozen, totalled) → [`PaidSale`] (paid, to be kept before anybody is told so). A paid
//! sale never changes again; its [`payload`](PaidSale::payload) is the same on every attempt to send it, because
//! the store recognises a repeated write by its content.

use evertill_wire::rest::push::{Operation, PushEnvelope};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    cart::{Cart, CartLine, CartSummary},
    error::SaleError,
    record::{Format, Record},
    tax::TaxSetup,
    tender::{CashRounding, CashTender},
    totals::OrderTotals,
};

mod payload;

/// Collection that sales are pushed to.
pub const COLLECTION: &str = "orders";

/// Status of an order that was paid in cash.
pub const STATUS_PAID: &str = "completed";

/// Where a sale is rung up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Store within the shop, 0 for the only one.
    pub store_id: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Country of the shop, two letters.
    pub country: String,
    /// Name of the till.
    pub till: String,
}

/// Who rings up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cashier {
    /// Account at the store.
    pub id: i64,
    /// Name to print.
    pub name: String,
}

/// A line that can no longer be changed, with the net amounts that are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// The line as it was rung up.
    pub line: CartLine,
    /// Net before discounts, six decimals.
    pub subtotal: Decimal,
    /// Net, six decimals.
    pub total: Decimal,
}

/// A frozen sale, to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpaidSale {
    lines: Vec<SaleLine>,
    note: String,
    totals: OrderTotals,
    prices_include_tax: bool,
    decimals: u32,
}

impl UnpaidSale {
    /// Freezes a cart.
    ///
    /// # Errors
    /// The cart is empty.
    pub fn of(cart: &Cart, setup: &TaxSetup) -> Result<Self, SaleError> {
        if cart.is_empty() {
            return Err(SaleError::SaleEmpty);
        }
        let input = cart.to_order_input(setup);
        let lines = cart
            .lines()
            .iter()
            .zip(&input.lines)
            .map(|(line, order)| SaleLine {
                line: line.clone(),
                subtotal: order.subtotal,
                total: order.total,
            })
            .collect();
        Ok(Self {
            lines,
            note: cart.note().to_owned(),
            totals: cart.totals(setup),
            prices_include_tax: setup.prices_include_tax,
            decimals: setup.decimals,
        })
    }

    /// What the store will charge.
    #[must_use]
    pub fn totals(&self) -> &OrderTotals {
        &self.totals
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[SaleLine] {
        &self.lines
    }

    /// The figures under the lines.
    #[must_use]
    pub fn summary(&self) -> CartSummary {
        let lines = self.lines.iter().map(|sold| &sold.line);
        CartSummary::of(lines, &self.totals, self.prices_include_tax, self.decimals)
    }

    /// Takes cash for it.
    ///
    /// # Errors
    /// Less was received than is to pay.
    pub fn pay_cash(
        self,
        received: Decimal,
        rounding: CashRounding,
        stamp: SaleStamp,
    ) -> Result<PaidSale, SaleError> {
        let tender = CashTender::take(self.totals.total, received, rounding)?;
        Ok(PaidSale {
            format: Format,
            stamp,
            lines: self.lines,
            note: self.note,
            totals: self.totals,
            prices_include_tax: self.prices_include_tax,
            decimals: self.decimals,
            tender,
        })
    }
}

/// What makes a sale this one: identities, number, place, person and moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleStamp {
    /// Permanent identity of the sale and of the store's order.
    pub uuid: Uuid,
    /// Identity of the write that creates the order.
    pub mutation_id: Uuid,
    /// Number on this till, as printed.
    pub number: String,
    /// Where.
    pub place: Place,
    /// Who.
    pub rung_up_by: Cashier,
    /// When it was paid, seconds since 1970.
    pub at_unix_s: i64,
}

/// Newest format of a kept sale.
const FORMAT: u32 = 1;

/// A sale that was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidSale {
    format: Format<FORMAT>,
    stamp: SaleStamp,
    lines: Vec<SaleLine>,
    note: String,
    totals: OrderTotals,
    prices_include_tax: bool,
    decimals: u32,
    tender: CashTender,
}

impl Record for PaidSale {
    const FORMAT: u32 = FORMAT;
}

impl PaidSale {
    /// Identity, number, place, person and moment.
    #[must_use]
    pub fn stamp(&self) -> &SaleStamp {
        &self.stamp
    }

    /// Permanent identity.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        self.stamp.uuid
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[SaleLine] {
        &self.lines
    }

    /// Note on the sale, empty for none.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// What the store charges.
    #[must_use]
    pub fn totals(&self) -> &OrderTotals {
        &self.totals
    }

    /// The figures under the lines.
    #[must_use]
    pub fn summary(&self) -> CartSummary {
        let lines = self.lines.iter().map(|sold| &sold.line);
        CartSummary::of(lines, &self.totals, self.prices_include_tax, self.decimals)
    }

    /// How it was paid.
    #[must_use]
    pub fn tender(&self) -> &CashTender {
        &self.tender
    }

    /// Prices on the lines contain their taxes.
    #[must_use]
    pub fn prices_include_tax(&self) -> bool {
        self.prices_include_tax
    }

    /// Decimals of the shop's money.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// The order as the store takes it.
    #[must_use]
    pub fn payload(&self) -> serde_json::Value {
        payload::order(self, &payload::LineIds::default())
    }

    /// The write that creates the order; the same on every attempt.
    #[must_use]
    pub fn envelope(&self) -> PushEnvelope {
        PushEnvelope {
            mutation_id: self.stamp.mutation_id,
            operation: Operation::Create,
            collection: COLLECTION.to_owned(),
            record_id: self.stamp.uuid,
            base_revision: None,
            payload: Some(self.payload()),
            force: None,
        }
    }

    /// The write that creates the order anew after the store lost it, under another mutation.
    #[must_use]
    pub fn envelope_again(&self, mutation_id: Uuid) -> PushEnvelope {
        PushEnvelope {
            mutation_id,
            ..self.envelope()
        }
    }

    /// The write that turns an order the store holds under this identity into this sale.
    ///
    /// All lines are in it, because the store deletes those that are not; `line_ids` are the numbers of those that
    /// it has already.
    #[must_use]
    pub fn update_envelope(
        &self,
        mutation_id: Uuid,
        revision: &str,
        line_ids: &std::collections::BTreeMap<Uuid, i64>,
    ) -> PushEnvelope {
        PushEnvelope {
            mutation_id,
            operation: Operation::Update,
            base_revision: Some(revision.to_owned()),
            payload: Some(payload::order(self, line_ids)),
            ..self.envelope()
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
