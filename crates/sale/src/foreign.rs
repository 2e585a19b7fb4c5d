//! Every parser of this crate that reads bytes from outside, for tests and the fuzzer.
//!
//! Each function takes any bytes and panics when something that must hold does not.

use evertill_wire::{foreign::Exchange, json};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    booked::{StoreReply, Verdict, judge},
    cart::{Cart, CartAction, CartRules, Item},
    outbox::{Chance, Dispatch, Input, Outbox, State},
    record,
    sale::{Cashier, PaidSale, Place, SaleStamp, UnpaidSale},
    search::{Findable, Index, ItemKey, Scanned, barcode},
    tax::TaxSetup,
    tender::CashRounding,
};

/// The readers by name.
#[expect(
    clippy::type_complexity,
    reason = "a list of names and functions is no more than that"
)]
pub const READERS: &[(&str, fn(&[u8]))] = &[("barcode", barcode), ("kept", kept), ("reply", reply)];

/// What a scanner read finds what carries it, and a check digit is right for one digit in ten.
pub fn barcode(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let code: String = text.chars().take(64).collect();
    if let Some(twin) = barcode::zero_twin(&code) {
        assert_eq!(barcode::zero_twin(&twin).as_deref(), Some(code.as_str()));
        assert_eq!(
            barcode::has_right_check_digit(&twin),
            barcode::has_right_check_digit(&code)
        );
    }
    let item = |number: i64, code: &str| Findable {
        key: ItemKey {
            product_id: number,
            variation_id: 0,
        },
        name: text.chars().take(200).collect(),
        sku: String::new(),
        barcode: code.to_owned(),
        global_unique_id: String::new(),
        attributes: String::new(),
    };
    let index = Index::build([item(1, &code), item(2, "another")]);
    let is_blank = code.trim().is_empty();
    assert_eq!(index.scan(&code) == Scanned::Unknown, is_blank, "{code:?}");
    let found = index.search(&text, 10);
    assert!(found.len() <= 2);
}

/// What a store answers to a sale is booked only with the sale's own identity, and the outbox goes on whatever it was.
pub fn reply(bytes: &[u8]) {
    let exchange = Exchange::of(bytes);
    let sale = sale();
    let reply = StoreReply::Answer {
        status: exchange.status(),
        body: json::read(exchange.body),
        retry_after_s: exchange
            .headers
            .iter()
            .find_map(|(name, value)| (name == "retry-after").then(|| value.parse().ok()).flatten()),
    };
    let verdict = judge(&sale, &reply);
    if let Verdict::Booked(booking) = &verdict {
        let text = String::from_utf8_lossy(exchange.body);
        assert!(
            text.contains(&sale.uuid().to_string()) || text.contains("\\u"),
            "booked as somebody else's"
        );
        assert_ne!(booking.order_id, 0);
    }
    let chance = Chance {
        jitter: 7,
        mutation_id: Uuid::from_u128(9),
    };
    let (state, _) = State::of(&sale, 0).step(1, Input::Due, chance);
    let (state, _) = state.step(2, Input::Heard(verdict.clone()), chance);
    assert_eq!(
        state.is_booked(),
        matches!(verdict, Verdict::Booked(_)),
        "{state:?}"
    );
    let (again, _) = state.step(u64::MAX, Input::Due, chance);
    let _ = again.is_due(u64::MAX);
}

/// What a till kept: sales, their places in the outbox, open carts.
pub fn kept(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(dispatch) = record::read::<Dispatch>(&text) {
        let written = serde_json::to_string(&dispatch).expect("what was read is written");
        assert_eq!(record::read::<Dispatch>(&written).ok(), Some(dispatch.clone()));
        let chance = Chance {
            jitter: u64::MAX,
            mutation_id: Uuid::from_u128(9),
        };
        let mut outbox = Outbox::restore([dispatch.clone()], u64::MAX, chance);
        let _ = (outbox.due(0), outbox.poll_deadline(u64::MAX), outbox.unsent());
        for input in [
            Input::Due,
            Input::Interrupted,
            Input::Hurry,
            Input::SendAgain,
            Input::Accept,
        ] {
            let _ = outbox.step(dispatch.sale, u64::MAX, input, chance);
        }
    }
    if let Ok(sale) = record::read::<PaidSale>(&text) {
        let written = serde_json::to_string(&sale).expect("what was read is written");
        assert_eq!(record::read::<PaidSale>(&written).ok(), Some(sale.clone()));
        let _ = (sale.envelope(), sale.totals());
    }
    if let Ok(mut cart) = record::read::<Cart>(&text) {
        let _ = cart.undo();
        let _ = cart.apply(CartAction::Clear, &CartRules::default());
    }
}

fn sale() -> PaidSale {
    let mut cart = Cart::default();
    let item = Item {
        product_id: 5560,
        ..Item::custom("House red 75cl", Decimal::new(999, 2), "", true)
    };
    let line = Uuid::from_u128(0x11);
    cart.apply(
        CartAction::Add {
            line,
            item: Box::new(item),
            quantity: Decimal::TWO,
        },
        &CartRules::default(),
    )
    .expect("a line");
    let stamp = SaleStamp {
        uuid: Uuid::from_u128(0x22),
        mutation_id: Uuid::from_u128(7),
        number: "2-2047".into(),
        place: Place {
            store_id: 0,
            currency: "GBP".into(),
            country: "GB".into(),
            till: "Till 2".into(),
        },
        rung_up_by: Cashier {
            id: 3,
            name: "Ada".into(),
        },
        at_unix_s: 1_795_402_603,
    };
    UnpaidSale::of(&cart, &TaxSetup::default())
        .and_then(|sale| sale.pay_cash(Decimal::from(30), CashRounding::NONE, stamp))
        .expect("a sale that is paid for")
}

#[cfg(test)]
mod tests {
    #[test]
    fn seeds_are_borne() {
        evertill_foreign::replay("sale", super::READERS);
    }

    #[test]
    fn disturbed_seeds_are_borne() {
        evertill_foreign::disturb("sale", super::READERS);
    }
}
