//! Sales: rung up in every state of the session, kept on the disk, sent by the shipped rules, booked once.

use evertill_sale::{
    booked::{StoreReply, judge},
    cart::{Cart, CartAction, CartRules, Item},
    outbox::{Chance, Dispatch, Input as Step, Outbox, Output, State, Write},
    sale::{Cashier, PaidSale, Place, SaleStamp, UnpaidSale},
    tax::TaxSetup,
    tender::CashRounding,
};
use evertill_session::{Place as TokenPlace, Serial};
use evertill_wire::{Code, json};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Errand, Event, NoAnswer, Pid, Power, TILL, World};
use crate::{
    invariants::Violation,
    plan::{HOUR, MINUTE, SECOND},
    store::Raw,
};

/// How long a request waits for a token before it goes back to the outbox.
const TOKEN_WAIT: u64 = 20 * SECOND;

/// The selling part of a machine.
#[derive(Debug, Default)]
pub(crate) struct Till {
    /// In memory; gone with the process.
    outbox: Outbox,
    /// On the disk.
    kept: Vec<Dispatch>,
    sales: Vec<PaidSale>,
    /// Requests that wait for a token.
    waiting: Vec<Waiting>,
    /// Sales whose request was repeated with a newer token.
    repeated: Vec<Uuid>,
    push_at: Option<u64>,
}

/// A request that waits for a token.
#[derive(Debug)]
struct Waiting {
    sale: Uuid,
    write: Box<Write>,
    /// The token that will not do, and the way it travelled.
    not: Option<(Serial, TokenPlace)>,
    until: u64,
}

impl World {
    pub(super) fn plan_sales_of_the_day(&mut self, device: usize) {
        let most = self.plan.shop.sales_a_day_max;
        if most == 0 || self.now >= self.plan.days * 24 * HOUR {
            return;
        }
        let many = self.takes(0, most);
        for _ in 0..many {
            let at = self.now + self.takes(MINUTE, 10 * HOUR);
            self.queue.plan(at, Event::RingUp(device));
        }
    }

    /// A cashier takes money. Nothing about the session is asked.
    pub(super) fn ring_up(&mut self, device: usize) {
        if self.devices[device].power != Power::On || self.devices[device].slots[TILL].is_none() {
            return;
        }
        let Some(sale) = self.sell(device) else {
            self.violate(Violation::new(
                "undisturbed",
                "a sale could not be rung up".into(),
            ));
            return;
        };
        self.tally.sales += 1;
        let now_ms = self.wall_ms(device);
        let state = State::of(&sale, now_ms);
        let till = &mut self.devices[device].till;
        till.kept.push(Dispatch::new(sale.uuid(), state.clone()));
        till.outbox.insert(sale.uuid(), state);
        till.sales.push(sale);
        self.push_sales(device);
    }

    fn sell(&mut self, device: usize) -> Option<PaidSale> {
        let mut identity = || Uuid::from_u64_pair(self.random.draw(), self.random.draw());
        let (uuid, mutation_id, line) = (identity(), identity(), identity());
        let mut cart = Cart::default();
        let price = Decimal::new(i64::try_from(self.random.between(50, 9_999)).unwrap_or(50), 2);
        let quantity = Decimal::from(self.random.between(1, 4));
        let item = Item {
            product_id: 7,
            ..Item::custom("Coffee", price, "", true)
        };
        let action = CartAction::Add {
            line,
            item: Box::new(item),
            quantity,
        };
        cart.apply(action, &CartRules::default()).ok()?;
        let stamp = SaleStamp {
            uuid,
            mutation_id,
            number: format!("{device}-{}", self.tally.sales),
            place: Place {
                store_id: 0,
                currency: "GBP".into(),
                country: "GB".into(),
                till: format!("Till {device}"),
            },
            rung_up_by: Cashier {
                id: 3,
                name: "Ada".into(),
            },
            at_unix_s: self.wall_s(),
        };
        UnpaidSale::of(&cart, &TaxSetup::default())
            .ok()?
            .pay_cash(Decimal::from(50_000), CashRounding::NONE, stamp)
            .ok()
    }

    fn wall_ms(&self, device: usize) -> u64 {
        u64::try_from(self.clocks(device).wall.as_millis()).unwrap_or(0)
    }

    fn chance(&mut self) -> Chance {
        Chance {
            jitter: self.random.draw(),
            mutation_id: Uuid::from_u64_pair(self.random.draw(), self.random.draw()),
        }
    }

    pub(super) fn till_stopped(&mut self, device: usize) {
        let till = &mut self.devices[device].till;
        till.outbox = Outbox::default();
        till.waiting.clear();
        till.repeated.clear();
        till.push_at = None;
    }

    pub(super) fn till_started(&mut self, device: usize) {
        let chance = self.chance();
        let now_ms = self.wall_ms(device);
        let till = &mut self.devices[device].till;
        till.outbox = Outbox::restore(till.kept.iter().cloned(), now_ms, chance);
        self.push_sales(device);
        self.plan_sign_in(device);
        self.plan_revoke(device, SECOND);
    }

    /// Sends what is due, and plans the next look.
    pub(super) fn push_sales(&mut self, device: usize) {
        if self.devices[device].power != Power::On || self.devices[device].slots[TILL].is_none() {
            return;
        }
        self.give_up_waiting(device);
        let now_ms = self.wall_ms(device);
        while let Some(sale) = self.devices[device].till.outbox.due(now_ms) {
            let Some(Output::Send(write)) = self.step_sale(device, sale, Step::Due) else {
                break;
            };
            self.devices[device].till.repeated.retain(|other| *other != sale);
            self.send_sale(device, sale, Box::new(write), None);
        }
        self.plan_push(device);
    }

    fn plan_push(&mut self, device: usize) {
        let now_ms = self.wall_ms(device);
        let till = &self.devices[device].till;
        // A sale that is due and was not sent waits for one that is under way, and that one's end leads here again.
        let outbox = till
            .outbox
            .poll_deadline(now_ms)
            .filter(|at_ms| *at_ms > now_ms)
            .map(|at_ms| self.now + at_ms.saturating_sub(now_ms).clamp(20, HOUR));
        let waiting = till.waiting.iter().map(|waiting| waiting.until).min();
        let Some(at) = [outbox, waiting].into_iter().flatten().min() else {
            return;
        };
        if till
            .push_at
            .is_none_or(|planned| at < planned || planned <= self.now)
        {
            self.devices[device].till.push_at = Some(at);
            self.queue.plan(at, Event::Push(device));
        }
    }

    /// One step of a sale, kept on the disk before anything is sent.
    fn step_sale(&mut self, device: usize, sale: Uuid, input: Step) -> Option<Output> {
        let chance = self.chance();
        let now_ms = self.wall_ms(device);
        let till = &mut self.devices[device].till;
        let (dispatch, output) = till.outbox.step(sale, now_ms, input, chance)?;
        if let Some(Output::Alarm { state, input }) = output {
            let words = format!("the outbox met {input} while {state}");
            self.violate(Violation::new("alarm", words));
            return None;
        }
        let is_booked = dispatch.state.is_booked();
        let is_parked = matches!(dispatch.state, State::Parked { .. });
        let till = &mut self.devices[device].till;
        if is_booked {
            till.kept.retain(|kept| kept.sale != sale);
            till.outbox.forget_booked(sale);
            self.tally.booked += 1;
        } else if let Some(kept) = till.kept.iter_mut().find(|kept| kept.sale == sale) {
            *kept = dispatch;
        }
        if is_parked {
            let words = format!("the store would take sale {sale} and it was parked");
            self.violate(Violation::new("no_lost_work", words));
        }
        output
    }

    /// Sends a sale with a token that may be used, or waits for one.
    fn send_sale(&mut self, device: usize, sale: Uuid, write: Box<Write>, not: Option<(Serial, TokenPlace)>) {
        let token = self
            .usable_token(device, TILL)
            .filter(|(serial, place, _)| Some((*serial, *place)) != not);
        match token {
            Some((serial, _, access)) => {
                let from = self.devices[device].slots[TILL]
                    .as_ref()
                    .map(|process| process.id);
                self.send(
                    device,
                    from,
                    Errand::Push {
                        serial,
                        access,
                        sale,
                        write,
                    },
                );
            }
            None => {
                let until = self.now + TOKEN_WAIT;
                self.devices[device].till.waiting.push(Waiting {
                    sale,
                    write,
                    not,
                    until,
                });
                self.plan_push(device);
            }
        }
    }

    /// The token a caller gets, as the shipped driver hands it out: while the rules say that it lives.
    pub(super) fn usable_token(
        &mut self,
        device: usize,
        slot: usize,
    ) -> Option<(Serial, TokenPlace, String)> {
        let now = self.clocks(device);
        let process = self.devices[device].slots[slot].as_ref()?;
        let published = process.published.as_ref()?;
        if process.rules.clock(now).moment >= published.ends_at {
            return None;
        }
        if self.now >= published.true_end {
            let words = format!(
                "a request left with a token that ended {} ms before",
                self.now - published.true_end
            );
            self.violate(Violation::new("no_dead_token", words));
            return None;
        }
        Some((published.serial, published.place, published.access.clone()))
    }

    /// A token was published: what waited for one goes.
    pub(super) fn token_is_there(&mut self, pid: Pid) {
        if pid.slot != TILL {
            return;
        }
        let waiting = std::mem::take(&mut self.devices[pid.device].till.waiting);
        for Waiting {
            sale,
            write,
            not,
            until,
        } in waiting
        {
            if self.now < until {
                self.send_sale(pid.device, sale, write, not);
            } else {
                let _ = self.step_sale(pid.device, sale, no_token());
            }
        }
        self.plan_push(pid.device);
    }

    fn give_up_waiting(&mut self, device: usize) {
        let now = self.now;
        let waiting = std::mem::take(&mut self.devices[device].till.waiting);
        let (over, still): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|waiting| waiting.until <= now);
        self.devices[device].till.waiting = still;
        for Waiting { sale, .. } in over {
            let _ = self.step_sale(device, sale, no_token());
        }
    }

    pub(super) fn push_at_store(&mut self, device: usize, sale: Uuid, write: &Write) -> Raw {
        match self.devices[device]
            .till
            .sales
            .iter()
            .rev()
            .find(|sold| sold.uuid() == sale)
        {
            Some(sold) => self.orders.push(sold, &write.envelope(sold)),
            None => Raw::no_route(),
        }
    }

    pub(super) fn push_answered(
        &mut self,
        device: usize,
        from: Option<Pid>,
        serial: Serial,
        sale: Uuid,
        answer: Result<Raw, NoAnswer>,
    ) {
        if from.is_none_or(|pid| self.process(pid).is_none()) {
            return;
        }
        let place = from
            .and_then(|pid| self.process(pid))
            .map(|process| process.place);
        let goes_again = self.hear_about_token(from, serial, &answer);
        let Some(State::Sending { write, .. }) = self.devices[device].till.outbox.state(sale).cloned() else {
            return;
        };
        let till = &mut self.devices[device].till;
        if goes_again && !till.repeated.contains(&sale) {
            till.repeated.push(sale);
            let not = place.map(|place| (serial, place));
            return self.send_sale(device, sale, Box::new(write), not);
        }
        let reply = match &answer {
            Ok(raw) => StoreReply::Answer {
                status: raw.status,
                body: json::read(raw.body.as_bytes()),
                retry_after_s: None,
            },
            Err(why) => StoreReply::NoAnswer { code: why.code() },
        };
        let Some(sold) = till.sales.iter().rev().find(|sold| sold.uuid() == sale) else {
            return;
        };
        let verdict = judge(sold, &reply);
        let _ = self.step_sale(device, sale, Step::Heard(verdict));
        self.push_sales(device);
    }

    /// Sales that are not booked exactly once: lost ones and doubled ones.
    pub(super) fn unbooked(&self) -> (u64, u64) {
        let mut lost = 0;
        let mut doubled = 0;
        for device in &self.devices {
            for sale in &device.till.sales {
                match self.orders.born(sale.uuid()) {
                    0 => lost += 1,
                    1 => {}
                    _ => doubled += 1,
                }
            }
        }
        let strangers = self.orders.count().saturating_sub(self.tally.sales);
        (lost, doubled + strangers)
    }

    pub(super) fn unsent(&self, device: usize) -> usize {
        self.devices[device].till.kept.len()
    }
}

fn no_token() -> Step {
    Step::Heard(evertill_sale::booked::Verdict::Wait {
        code: Code::TOKEN_EXPIRED,
        retry_after_ms: None,
    })
}
