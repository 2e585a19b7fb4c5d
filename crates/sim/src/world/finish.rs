//! The end of a run: everything calms down, and then everything must be well again.

#![expect(clippy::wildcard_enum_match_arm, reason = "everything but well is told alike")]

use evertill_session::{Place, State, engine::Input};

use super::{Event, Power, Seen, TILL, World, name_of};
use crate::{
    invariants::Violation,
    plan::{MINUTE, SECOND},
    store::Fate,
};

impl World {
    /// Faults stop, machines run, people are at hand.
    pub(super) fn calm_down(&mut self) {
        self.is_calm = true;
        self.say(None, || "everything calms down".into());
        self.front.clear();
        for user in 0..=self.devices.len() {
            self.store.set_user_exists(user, true);
        }
        for device in 0..self.devices.len() {
            let machine = &mut self.devices[device];
            machine.line.clear();
            machine.tears_next = false;
            for process in machine.slots.iter_mut().flatten() {
                process.dies_after = None;
            }
            let turn = machine.power_turn;
            match machine.power {
                Power::Asleep => self.wake(device, turn),
                Power::Off => self.power_on(device, turn),
                Power::On => {}
            }
        }
        self.apply_windows();
        self.right_the_clocks();
        for device in 0..self.devices.len() {
            if let Some(pid) = self.till_of(device) {
                self.feed(pid, Input::NetworkUp, Seen::NetworkUp);
            }
            self.queue.plan(self.now + MINUTE, Event::Push(device));
            self.plan_sign_in(device);
            self.plan_revoke(device, SECOND);
        }
    }

    /// What must be true when everything has been calm for hours.
    pub(super) fn finish(&mut self) {
        self.tally.till_days = self.plan.days * self.devices.len() as u64;
        let (lost, doubled) = self.unbooked();
        self.tally.lost_sales = lost;
        self.tally.doubled_sales = doubled;
        if lost > 0 || doubled > 0 {
            let words = format!("{lost} sales were not booked, {doubled} more than once");
            self.violate(Violation::new("no_lost_work", words));
        }
        for device in 0..self.devices.len() {
            self.finish_device(device);
        }
    }

    fn finish_device(&mut self, device: usize) {
        if self.devices[device].place == Place::Parameter {
            let words =
                format!("till {device} still sends tokens in addresses, and the header arrives again");
            self.violate(Violation::new("liveness", words));
            return;
        }
        let unsent = self.unsent(device);
        let machine = &self.devices[device];
        let words = match machine.slots[TILL].as_ref() {
            None => Some("the till program does not run".to_owned()),
            Some(process) => match process.rules.engine().state() {
                State::Active(_) if process.published.is_some() && unsent == 0 => None,
                State::Renewing { .. } if process.published.is_some() && unsent == 0 => None,
                state => Some(format!(
                    "till {device} is {:?} with {unsent} unsent sales",
                    name_of(state)
                )),
            },
        };
        if let Some(words) = words {
            self.violate(Violation::new("liveness", words));
            return;
        }
        let wall_s = self.wall_s();
        let living = self.devices[device]
            .signed_out
            .keys()
            .find(|session| self.store.fate(**session, wall_s) == Fate::Living)
            .copied();
        if let Some(session) = living
            && !self.tally.had_restore()
        {
            let words = format!("session {session:08x} was signed out and lives on at the store");
            self.violate(Violation::new("sign_out_means_out", words));
        }
    }
}
