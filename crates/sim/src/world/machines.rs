//! Machines and processes: started, asleep, killed, cut off.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use evertill_session::{BootId, Place, Record, audit::Audit, engine::Input};

use super::{Device, Event, Pid, Power, Process, Rules, SLOTS, Seen, TILL, Till, Watch, World};
use crate::plan::{DAY, FaultKind, HOUR, MINUTE, Night, SECOND};

impl Device {
    pub(super) fn new(number: usize, user: usize) -> Self {
        Self {
            power: Power::Off,
            power_turn: 0,
            boots: 0,
            boot: BootId::new(format!("boot {number}.0")),
            booted_at: 0,
            woke_at: 0,
            slept_from: 0,
            wall_off: 0,
            disk: crate::disk::Disk::default(),
            lock: None,
            writing: None,
            releases: false,
            tears_next: false,
            slots: [const { None }; SLOTS],
            line: BTreeMap::new(),
            user,
            till: Till::default(),
            place: Place::default(),
            revokes: VecDeque::new(),
            revoke_is_planned: false,
            sign_in_is_planned: false,
            issued: VecDeque::new(),
            durable: VecDeque::new(),
            signed_out: BTreeMap::new(),
            asks: VecDeque::new(),
            is_wall_wrong: false,
            loot: None,
            announced: BTreeSet::new(),
            stolen: BTreeSet::new(),
            damaged: BTreeSet::new(),
            put_off: Vec::new(),
        }
    }
}

impl World {
    pub(super) fn start_process(&mut self, device: usize, slot: usize) -> Option<Pid> {
        let machine = &self.devices[device];
        if machine.power != Power::On || machine.slots[slot].is_some() {
            return None;
        }
        self.runs += 1;
        let id = Pid {
            device,
            slot,
            run: self.runs,
        };
        let process = Process {
            id,
            rules: Rules::new(machine.boot.clone(), self.planted),
            published: None,
            due_turn: 0,
            due_at: None,
            dies_after: None,
            watch: Watch {
                started_at: self.now,
                ..Watch::default()
            },
            place: machine.place,
            audit: Audit::default(),
            newest_sign_in: None,
            overtaken: Vec::new(),
        };
        let stored = machine.disk.read();
        let place = machine.place;
        self.devices[device].slots[slot] = Some(process);
        self.feed(id, Input::TravelsBy(place), Seen::TravelsBy);
        self.feed(id, Input::Start(stored), Seen::Start);
        Some(id)
    }

    /// The process is gone, in the middle of whatever it did; the system frees its lock.
    pub(super) fn kill(&mut self, pid: Pid) {
        if self.process(pid).is_none() {
            return;
        }
        self.end_process(pid);
        if pid.slot == TILL {
            self.tally.crashes += 1;
            self.till_stopped(pid.device);
            let at = self.now + self.takes(SECOND, MINUTE);
            let turn = self.devices[pid.device].power_turn;
            self.queue.plan(at, Event::PowerOn(pid.device, turn));
        }
    }

    pub(super) fn end_process(&mut self, pid: Pid) {
        if self.process(pid).is_none() {
            return;
        }
        let device = &mut self.devices[pid.device];
        device.slots[pid.slot] = None;
        if device.lock.is_some_and(|(holder, _)| holder == pid) {
            device.lock = None;
        }
        if device.writing == Some(pid) {
            device.writing = None;
            device.releases = false;
        }
    }

    /// The machine has power: it starts where it was off, and the till program with it.
    pub(super) fn power_on(&mut self, device: usize, turn: u32) {
        let now = self.now;
        let machine = &mut self.devices[device];
        if machine.power_turn != turn {
            return;
        }
        if machine.power == Power::Off {
            machine.power = Power::On;
            machine.power_turn += 1;
            machine.boots += 1;
            machine.boot = BootId::new(format!("boot {device}.{}", machine.boots));
            machine.booted_at = now;
            machine.woke_at = now;
            self.say(None, || format!("machine {device} starts"));
        }
        if self.start_process(device, TILL).is_some() {
            self.till_started(device);
        }
    }

    pub(super) fn power_off(&mut self, device: usize, span: u64) {
        let machine = &mut self.devices[device];
        machine.power = Power::Off;
        machine.power_turn += 1;
        machine.lock = None;
        machine.writing = None;
        machine.releases = false;
        machine.slots = [const { None }; SLOTS];
        machine.put_off.clear();
        let turn = machine.power_turn;
        self.till_stopped(device);
        self.queue.plan(self.now + span, Event::PowerOn(device, turn));
    }

    /// The power goes while a record is written: the file is the old one or the new one, and nobody was told.
    pub(super) fn tear(&mut self, device: usize, record: Record) {
        if self.random.permille(400) && !self.devices[device].disk.is_full {
            self.devices[device].disk.replace(record);
        }
        self.tally.power_cuts += 1;
        self.say(None, || {
            format!("machine {device} loses power in the middle of a write")
        });
        let span = self.takes(5 * SECOND, 10 * MINUTE);
        self.power_off(device, span);
    }

    pub(super) fn fall_asleep(&mut self, device: usize, span: u64) {
        let now = self.now;
        let machine = &mut self.devices[device];
        machine.power = Power::Asleep;
        machine.power_turn += 1;
        machine.slept_from = now;
        let turn = machine.power_turn;
        self.queue.plan(now + span, Event::Wake(device, turn));
    }

    pub(super) fn wake(&mut self, device: usize, turn: u32) {
        let now = self.now;
        let machine = &mut self.devices[device];
        if machine.power_turn != turn || machine.power != Power::Asleep {
            return;
        }
        machine.power = Power::On;
        machine.power_turn += 1;
        machine.woke_at = now;
        let slept = Duration::from_millis(now - machine.slept_from);
        for process in machine.slots.iter_mut().flatten() {
            process.rules.slept(slept);
        }
        let pids: Vec<Pid> = self.devices[device]
            .slots
            .iter()
            .flatten()
            .map(|process| process.id)
            .collect();
        // What waited in the sockets and the watcher of the clock race each other.
        let waited = std::mem::take(&mut self.devices[device].put_off);
        for event in waited {
            let at = now + self.takes(0, 200);
            self.queue.plan(at, event);
        }
        for pid in pids {
            let at = now + self.takes(0, 200);
            if let Some(process) = self.process(pid) {
                let turn = process.due_turn;
                self.queue.plan(at, Event::Due(pid, turn));
            }
        }
        if self.start_process(device, TILL).is_some() {
            self.till_started(device);
        }
        self.push_sales(device);
        self.plan_sign_in(device);
        self.plan_revoke(device, SECOND);
    }

    /// While the machine sleeps, an event waits for it to wake.
    pub(super) fn put_off_while_asleep(&mut self, device: usize, event: impl FnOnce() -> Event) -> bool {
        if self.devices[device].power != Power::Asleep {
            return false;
        }
        self.devices[device].put_off.push(event());
        true
    }

    pub(super) fn open_shop(&mut self, device: usize) {
        let opening_soon = self.now + DAY;
        let machine = &self.devices[device];
        let turn = machine.power_turn;
        match machine.power {
            Power::Off => self.power_on(device, turn),
            Power::Asleep => self.wake(device, turn),
            Power::On => {}
        }
        if self.now + DAY < self.plan.days * DAY {
            self.queue.plan(opening_soon, Event::Opening(device));
        }
        let closing = self.now + self.takes(9 * HOUR, 13 * HOUR);
        if closing < self.plan.days * DAY {
            self.queue.plan(closing, Event::Closing(device));
        }
        self.plan_sales_of_the_day(device);
        self.plan_sign_in(device);
    }

    pub(super) fn close_shop(&mut self, device: usize) {
        if self.is_calm || self.devices[device].power != Power::On {
            return;
        }
        let until_opening = (DAY - self.now % DAY) + 8 * HOUR + SECOND;
        match self.plan.shop.night {
            Night::On => {}
            Night::Asleep => self.fall_asleep(device, until_opening),
            Night::Off => self.power_off(device, until_opening),
        }
    }

    pub(super) fn set_wall(&mut self, device: usize, by: i64) {
        let machine = &mut self.devices[device];
        machine.wall_off += by;
        machine.is_wall_wrong |= by.unsigned_abs() > HOUR;
    }

    pub(super) fn is_line_open(&self, device: usize, kind: FaultKind) -> bool {
        self.devices[device].line.contains_key(&kind)
    }
}
