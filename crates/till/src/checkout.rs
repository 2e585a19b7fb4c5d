//! Taking the money: one cart, one payment, on the disk before anybody says "Paid".

use evertill_sale::SaleError;
use evertill_sale::outbox::{Dispatch, State};
use evertill_sale::sale::{Cashier, Place, SaleStamp, UnpaidSale};
use evertill_sale::tender::CashRounding;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::clock;
use crate::db::carts::{self, OpenCart};
use crate::db::{events, goods::to_json, sales};
use crate::error::TillError;
use crate::outbox::{Nudge, paid};
use crate::till::Till;

/// What a payment is for: this sale, as it was on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SaleKey {
    /// The cart, and then the sale.
    pub(crate) uuid: Uuid,
    revision: i64,
    total: Decimal,
}

impl SaleKey {
    /// The key of an open sale at a total.
    pub(crate) fn of(open: &OpenCart, total: Decimal) -> Self {
        Self {
            uuid: open.uuid,
            revision: open.revision,
            total: total.normalize(),
        }
    }

    /// As it stands in the form.
    pub(crate) fn written(&self) -> String {
        format!("{}_{}_{}", self.uuid, self.revision, self.total)
    }

    /// Reads it back from the form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '_');
        Some(Self {
            uuid: parts.next()?.parse().ok()?,
            revision: parts.next()?.parse().ok()?,
            total: parts.next()?.parse::<Decimal>().ok()?.normalize(),
        })
    }
}

/// What became of a payment.
#[derive(Debug)]
pub(crate) enum Payment {
    /// It is on the disk, by this request or by an earlier one with the same key.
    Done,
    /// The money does not cover the sale, or there is nothing to pay for.
    Refused(SaleError),
    /// The sale is not any more what was on the screen.
    Changed,
}

/// Takes cash for the open sale. `received` is what was handed over; none means the exact amount.
pub(crate) async fn pay_cash(
    till: &Till,
    key: SaleKey,
    received: Option<Decimal>,
) -> Result<Payment, TillError> {
    let shelf = till.shelf();
    let person = till.session.cashier();
    let (fresh, mutation_id) = (Uuid::new_v4(), Uuid::new_v4());
    let place = Place {
        store_id: shelf.settings.id,
        currency: shelf.currency.code.clone(),
        country: shelf.settings.default_country.chars().take(2).collect(),
        till: till.name(),
    };
    let rung_up_by = Cashier {
        id: person.as_ref().map_or(0, |person| person.id),
        name: person.map(|person| person.name).unwrap_or_default(),
    };
    let payment = till
        .db
        .write("save the sale", move |tx| {
            if sales::is_paid(tx, key.uuid)? {
                return Ok(Payment::Done);
            }
            let now_ms = clock::now_ms();
            let open = carts::current(tx, fresh, now_ms)?;
            let unpaid = match UnpaidSale::of(&open.cart, &shelf.setup) {
                Ok(unpaid) => unpaid,
                Err(error) => return Ok(Payment::Refused(error)),
            };
            let total = unpaid.totals().total;
            if SaleKey::of(&open, total) != key {
                return Ok(Payment::Changed);
            }
            let stamp = SaleStamp {
                uuid: open.uuid,
                mutation_id,
                number: open.number.to_string(),
                place,
                rung_up_by,
                at_unix_s: now_ms.div_euclid(1000),
            };
            let received = received.unwrap_or(total);
            let sale = match unpaid.pay_cash(received, CashRounding::NONE, stamp) {
                Ok(sale) => sale,
                Err(error) => return Ok(Payment::Refused(error)),
            };
            let state = State::of(&sale, u64::try_from(now_ms).unwrap_or(0));
            let outbox = to_json(&Dispatch::new(sale.uuid(), state))?;
            sales::insert(tx, &sale, open.number, now_ms, &outbox)?;
            events::add(tx, Some(sale.uuid()), &paid(now_ms))?;
            carts::remove(tx, open.uuid)?;
            Ok(Payment::Done)
        })
        .await?;
    if matches!(payment, Payment::Done) {
        till.nudge(Nudge::Paid);
    }
    Ok(payment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_key_survives_the_form_and_nothing_else_is_one() {
        let key = SaleKey {
            uuid: Uuid::new_v4(),
            revision: 7,
            total: "116.3".parse().unwrap(),
        };
        assert_eq!(SaleKey::parse(&key.written()), Some(key));
        for text in [
            "",
            "x_1_2",
            "921d2ac6-b67d-4025-bb23-d77363faab79",
            "921d2ac6-b67d-4025-bb23-d77363faab79_1_x",
        ] {
            assert_eq!(SaleKey::parse(text), None, "{text}");
        }
    }
}
