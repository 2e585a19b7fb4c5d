//! Faults as they begin and end.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each function names the faults it is about"
)]

use evertill_session::engine::Input;

use super::{Event, Power, Seen, World};
use crate::{
    plan::{Fault, FaultKind as K, SECOND},
    store::{Store, session_number},
};

impl World {
    pub(super) fn begin_fault(&mut self, index: usize) {
        if self.is_calm {
            return;
        }
        let fault = self.plan.faults[index];
        self.tally.count_fault(fault.kind);
        self.say(None, || format!("begins: {fault}"));
        if is_window(fault.kind) {
            self.queue.plan(self.now + fault.span, Event::FaultEnds(index));
        }
        self.open_window(fault);
        self.strike(fault);
    }

    pub(super) fn end_fault(&mut self, index: usize) {
        if self.is_calm {
            return;
        }
        let fault = self.plan.faults[index];
        self.say(None, || format!("ends: {}", fault.kind.label()));
        self.close_window(fault);
    }

    fn open_window(&mut self, fault: Fault) {
        if is_of_the_line(fault.kind) {
            *self.devices[fault.till].line.entry(fault.kind).or_default() += 1;
        } else if is_of_the_store(fault.kind) {
            *self.front.entry(fault.kind).or_default() += 1;
        }
        self.apply_windows();
    }

    pub(super) fn close_window(&mut self, fault: Fault) {
        let windows = if is_of_the_line(fault.kind) {
            &mut self.devices[fault.till].line
        } else {
            &mut self.front
        };
        if let Some(open) = windows.get_mut(&fault.kind) {
            *open -= 1;
            if *open == 0 {
                windows.remove(&fault.kind);
            }
        }
        self.apply_windows();
        match fault.kind {
            K::Offline | K::CaptivePortal => self.line_returns(fault.till),
            K::StoreClockBehind | K::StoreClockAhead => self.set_store_clock(0),
            K::StoreRestored => {
                self.store.restore();
            }
            K::UserDeleted => self.store.set_user_exists(self.devices[fault.till].user, true),
            _ => {}
        }
    }

    /// What follows from the windows that are open.
    pub(super) fn apply_windows(&mut self) {
        let is_busy = self.is_hit(K::Busy);
        let is_read_only = self.is_hit(K::DatabaseReadOnly);
        let is_unreadable = self.is_hit(K::TableUnreadable);
        self.store.set_busy(is_busy);
        self.store.set_read_only(is_read_only);
        self.store.set_unreadable(is_unreadable);
        for device in 0..self.devices.len() {
            self.devices[device].disk.is_full = self.is_line_open(device, K::DiskFull);
            self.devices[device].disk.is_slow = self.is_line_open(device, K::DiskSlow);
        }
    }

    fn line_returns(&mut self, device: usize) {
        if !self.is_online(device) {
            return;
        }
        let pids: Vec<_> = self.devices[device]
            .slots
            .iter()
            .flatten()
            .map(|process| process.id)
            .collect();
        for pid in pids {
            self.feed(pid, Input::NetworkUp, Seen::NetworkUp);
        }
        self.plan_revoke(device, SECOND);
    }

    fn strike(&mut self, fault: Fault) {
        let device = fault.till;
        let is_on = self.devices[device].power == Power::On;
        match fault.kind {
            K::StoreClockBehind => self.set_store_clock(-seconds(fault.span)),
            K::StoreClockAhead => self.set_store_clock(seconds(fault.span)),
            K::StoreCrash => self.store.crash(),
            K::StoreRestored => self.store.back_up(),
            K::SecretsChanged => self.store.change_secrets(),
            K::WallClockBack => self.set_wall(device, -i64::try_from(fault.span).unwrap_or(0)),
            K::WallClockAhead => self.set_wall(device, i64::try_from(fault.span).unwrap_or(0)),
            K::Sleep if is_on => self.fall_asleep(device, fault.span),
            K::PowerCut if is_on => {
                self.tally.power_cuts += 1;
                self.power_off(device, fault.span);
            }
            K::Crash => self.doom(device),
            K::TornWrite => self.devices[device].tears_next = true,
            K::VaultDamaged => self.damage_vault(device),
            K::SignOut => {
                if let Some(pid) = self.till_of(device) {
                    self.sign_out(pid);
                }
            }
            K::PressRenew => {
                if let Some(pid) = self.till_of(device) {
                    self.feed(pid, Input::RenewNow, Seen::RenewNow);
                }
            }
            K::SignInAgain => {
                if let Some(pid) = self.till_of(device) {
                    let _ = self.sign_in(pid);
                }
            }
            K::OwnerRevokes => self.owner_ends(device),
            K::OwnerRevokesAll => {
                let wall_s = self.wall_s();
                let _ = self.store.end_all(wall_s);
                self.tally.owner_endings += 1;
            }
            K::UserDeleted => self.store.set_user_exists(self.devices[device].user, false),
            K::HelperRenews | K::HelperUses | K::HelperSignsIn | K::HelperSignsOut => {
                self.start_helper(device, fault.kind, fault.span);
            }
            K::TokenStolen => self.steal(device, fault.span),
            // A stock store keeps sessions through a change of password, and so does ours unless its owner says
            // otherwise.
            K::PasswordChanged => {}
            _ => {}
        }
    }

    pub(super) fn right_the_clocks(&mut self) {
        self.set_store_clock(0);
    }

    /// The till program dies a few effects from now.
    fn doom(&mut self, device: usize) {
        let effects = u32::try_from(self.takes(0, 12)).unwrap_or(0);
        if let Some(pid) = self.till_of(device)
            && let Some(process) = self.process_mut(pid)
        {
            process.dies_after = Some(effects);
        }
    }

    /// What was only in that file is gone: a spare is older, and so is what other processes remember.
    fn damage_vault(&mut self, device: usize) {
        let machine = &mut self.devices[device];
        let session = machine
            .disk
            .record()
            .and_then(|record| session_number(record.grant.session.as_str()));
        machine.damaged.extend(session);
        machine.disk.damage();
        if session.is_some() && machine.disk.record().is_none() {
            self.tally.vaults_gone += 1;
        }
    }

    fn set_store_clock(&mut self, off_s: i64) {
        match &mut self.store {
            Store::Stock(store) => store.clock_off_s = off_s,
            Store::Evertill(store) => store.clock_off_s = off_s,
        }
    }
}

fn seconds(ms: u64) -> i64 {
    i64::try_from(ms / SECOND).unwrap_or(0)
}

fn is_of_the_line(kind: K) -> bool {
    matches!(
        kind,
        K::Offline
            | K::LosesRequests
            | K::LosesAnswers
            | K::Slow
            | K::Duplicates
            | K::Truncates
            | K::Resets
            | K::CaptivePortal
            | K::DiskFull
            | K::DiskSlow
    )
}

fn is_of_the_store(kind: K) -> bool {
    matches!(
        kind,
        K::ServerErrors
            | K::Maintenance
            | K::PluginOff
            | K::Firewall
            | K::GluedAnswers
            | K::PhpNotices
            | K::TooManyRequests
            | K::Redirected
            | K::DatabaseReadOnly
            | K::TableUnreadable
            | K::Busy
            | K::HeadersStripped
            | K::StoreCrash
    )
}

fn is_window(kind: K) -> bool {
    is_of_the_line(kind)
        || is_of_the_store(kind)
        || matches!(
            kind,
            K::StoreClockBehind | K::StoreClockAhead | K::StoreRestored | K::UserDeleted
        )
}
