//! The shop: machines, processes, a store, people, and one queue of what happens next.
//!
//! The driver here does what the shipped driver does, in the same order, with everything that can go wrong between two
//! effects going wrong now and then. Rules decide, the world only carries: no `if` in it is about sessions.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use evertill_session::{
    AttemptId, BootId, Effect, Moment, Now, Place, Record, Roll, Serial, SessionId, State, StateName,
    WallTime,
    audit::{Audit, Standing},
    engine::Input,
};
use evertill_wire::Code;

use crate::{
    disk::Disk,
    invariants::{self, Turn, Violation},
    plan::{Clock, DAY, FaultKind, HOUR, Plan, StoreKind},
    planted::{Planted, Rules},
    queue::Queue,
    random::Random,
    store::{Evertill, LateWrite, Orders, Stock, Store},
    tally::Tally,
};

mod calls;
mod effects;
mod faults;
mod finish;
mod machines;
mod people;
mod sales;
mod watch;

pub(crate) use calls::{Call, Errand, Reply};
pub(crate) use sales::Till;
pub(crate) use watch::{Heard, Seen, Watch};

/// What the wall clock shows when a run begins, in milliseconds since 1970.
const WALL_BEGIN_MS: i64 = 1_795_392_000_000;

/// What a boot clock shows when its machine has started.
const BOOT_BEGIN_MS: u64 = 30_000;

/// How long the world stays calm at the end before everything must be well again.
pub(crate) const CALM: u64 = 8 * HOUR;

/// Most steps at one instant; more is a loop.
const STEPS_AT_ONCE_MAX: u32 = 400;

/// Names a process: its machine, its place there, and the how manieth it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pid {
    pub(crate) device: usize,
    pub(crate) slot: usize,
    run: u32,
}

/// The place of the till program among the processes of a machine.
pub(crate) const TILL: usize = 0;

/// Processes that a machine runs at most.
const SLOTS: usize = 3;

/// Most events in an hour of the shop; more is a loop.
const EVENTS_AN_HOUR_MAX: u32 = 200_000;

/// What happens next.
#[derive(Debug)]
pub(crate) enum Event {
    Due(Pid, u32),
    LockTry(Pid, AttemptId),
    SaveTry(Pid, AttemptId, Box<Record>, u64),
    SaveDone(Pid, AttemptId, Box<Record>),
    EraseTry(Pid, SessionId, u64),
    ProveTry(Pid, u64),
    Arrive(Box<Call>),
    Return(Box<Reply>),
    Written(LateWrite),
    VaultNotice(Pid),
    FaultBegins(usize),
    FaultEnds(usize),
    Wake(usize, u32),
    PowerOn(usize, u32),
    Opening(usize),
    Closing(usize),
    RingUp(usize),
    Push(usize),
    SignIn(usize),
    RevokeTry(usize),
    HelperActs(Pid, FaultKind),
    HelperEnds(Pid),
    ThiefActs(usize),
    Calm,
    End,
}

/// Whether a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    On,
    Asleep,
    Off,
}

/// A machine.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) power: Power,
    /// Counts changes of power, so that late events are known as such.
    power_turn: u32,
    boots: u32,
    boot: BootId,
    booted_at: u64,
    pub(crate) woke_at: u64,
    slept_from: u64,
    wall_off: i64,
    pub(crate) disk: Disk,
    pub(crate) lock: Option<(Pid, AttemptId)>,
    /// A write by the holder of the lock is on its way; the lock is kept until it is done.
    writing: Option<Pid>,
    /// Somebody let go of the lock while the write was on its way.
    releases: bool,
    /// The power goes in the middle of the next write.
    tears_next: bool,
    pub(crate) slots: [Option<Process>; SLOTS],
    /// Windows of line trouble that are open, by kind.
    pub(crate) line: BTreeMap<FaultKind, u32>,
    user: usize,
    till: Till,
    /// Where tokens travel, as it is remembered on the disk.
    place: Place,
    /// Sessions to be ended at the store; kept on the disk.
    revokes: VecDeque<u32>,
    revoke_is_planned: bool,
    sign_in_is_planned: bool,
    /// Tokens as the store issued them: their seal, when, and for how long.
    pub(crate) issued: VecDeque<(u64, u64, u64)>,
    /// Grants that were on the disk: session and serial, newest last.
    pub(crate) durable: VecDeque<(u32, Serial, u64)>,
    /// Sessions that were signed out here, and when that was done.
    pub(crate) signed_out: BTreeMap<u32, u64>,
    /// When renewals were asked for.
    pub(crate) asks: VecDeque<u64>,
    /// The wall clock was set by more than an hour since this session's sign-in.
    pub(crate) is_wall_wrong: bool,
    /// What a thief copied.
    loot: Option<String>,
    /// Sessions whose horizon was announced here.
    pub(crate) announced: BTreeSet<u32>,
    /// Sessions that a thief used.
    pub(crate) stolen: BTreeSet<u32>,
    /// Sessions whose newest grant may be gone, because the vault was damaged while it held it.
    pub(crate) damaged: BTreeSet<u32>,
    /// What happens once the machine is awake again.
    put_off: Vec<Event>,
}

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) id: Pid,
    pub(crate) rules: Rules,
    pub(crate) published: Option<Published>,
    due_turn: u32,
    due_at: Option<u64>,
    /// Effects that are still performed before the process is killed.
    dies_after: Option<u32>,
    pub(crate) watch: Watch,
    pub(crate) place: Place,
    audit: Audit,
    /// The last sign-in that was to be written, and those before it.
    newest_sign_in: Option<AttemptId>,
    overtaken: Vec<AttemptId>,
}

/// A token that callers of a process may use.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) access: String,
    pub(crate) session: u32,
    pub(crate) serial: Serial,
    /// Where it travels.
    pub(crate) place: Place,
    /// As the rules say, on the rules' clock.
    pub(crate) ends_at: Moment,
    /// As the store says, on the world's.
    pub(crate) true_end: u64,
    pub(crate) given_at: u64,
}

/// One run of one seed.
pub(crate) struct World {
    pub(crate) now: u64,
    queue: Queue<Event>,
    random: Random,
    pub(crate) plan: Plan,
    planted: Option<Planted>,
    pub(crate) store: Store,
    orders: Orders,
    /// Windows of store trouble that are open, by kind.
    front: BTreeMap<FaultKind, u32>,
    pub(crate) devices: Vec<Device>,
    runs: u32,
    inbox: VecDeque<(Pid, Input, Seen)>,
    is_draining: bool,
    pub(crate) is_calm: bool,
    pub(crate) tally: Tally,
    pub(crate) violation: Option<Violation>,
    journal: Option<Vec<String>>,
    steps_at_once: (u64, u32),
    events_of_hour: (u64, u32),
}

impl World {
    pub(crate) fn new(plan: Plan, planted: Option<Planted>, keeps_journal: bool) -> Self {
        let people = plan.shop.tills + 1;
        let store = match plan.shop.store {
            StoreKind::Stock => Store::Stock(Stock::new(
                plan.seed,
                people,
                plan.shop.access_life_s,
                plan.shop.is_rest_locked,
            )),
            StoreKind::Evertill => Store::Evertill(Box::new(Evertill::new(
                plan.seed,
                people,
                plan.shop.access_life_s,
                plan.shop.has_hints,
            ))),
        };
        let mut world = Self {
            now: 0,
            queue: Queue::new(),
            random: Random::fork(plan.seed, 2),
            planted,
            store,
            orders: Orders::default(),
            front: BTreeMap::new(),
            devices: Vec::new(),
            runs: 0,
            inbox: VecDeque::new(),
            is_draining: false,
            is_calm: false,
            tally: Tally::default(),
            violation: None,
            journal: keeps_journal.then(Vec::new),
            steps_at_once: (0, 0),
            events_of_hour: (0, 0),
            plan,
        };
        world.set_up();
        world
    }

    fn set_up(&mut self) {
        let end = self.plan.days * DAY;
        for (index, fault) in self.plan.faults.iter().enumerate() {
            self.queue.plan(fault.at, Event::FaultBegins(index));
        }
        for device in 0..self.plan.shop.tills {
            let user = if self.plan.shop.is_one_account { 0 } else { device };
            self.devices.push(Device::new(device, user));
            self.queue.plan(8 * HOUR, Event::Opening(device));
        }
        self.queue.plan(end, Event::Calm);
        self.queue.plan(end + CALM, Event::End);
    }

    /// Runs to the end, or to the first broken invariant.
    pub(crate) fn run(&mut self) {
        while self.violation.is_none()
            && let Some((at, event)) = self.queue.take()
        {
            self.count_event(at);
            self.now = at;
            if matches!(event, Event::End) {
                self.finish();
                break;
            }
            self.happen(event);
        }
    }

    /// A world that does not get on is a mistake of the world or of the rules, and not to be waited for.
    fn count_event(&mut self, at: u64) {
        let hour = at / HOUR;
        if self.events_of_hour.0 != hour {
            self.events_of_hour = (hour, 0);
        }
        self.events_of_hour.1 += 1;
        if self.events_of_hour.1 > EVENTS_AN_HOUR_MAX {
            let words = format!("more than {EVENTS_AN_HOUR_MAX} events in an hour");
            self.violate(Violation::new("time", words));
        }
    }

    pub(crate) fn into_journal(self) -> Vec<String> {
        self.journal.unwrap_or_default()
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Due(pid, turn) => self.due(pid, turn),
            Event::LockTry(pid, attempt) => self.try_lock(pid, attempt),
            Event::SaveTry(pid, attempt, record, until) => self.try_save(pid, attempt, record, until),
            Event::SaveDone(pid, attempt, record) => self.save_done(pid, attempt, *record),
            Event::EraseTry(pid, session, until) => self.try_erase(pid, session, until),
            Event::ProveTry(pid, until) => self.try_prove(pid, until),
            Event::Arrive(call) => self.arrive(*call),
            Event::Return(reply) => self.come_back(*reply),
            Event::Written(write) => self.store.write_late(write),
            Event::VaultNotice(pid) => self.notice_vault(pid),
            Event::FaultBegins(index) => self.begin_fault(index),
            Event::FaultEnds(index) => self.end_fault(index),
            Event::Wake(device, turn) => self.wake(device, turn),
            Event::PowerOn(device, turn) => self.power_on(device, turn),
            Event::Opening(device) => self.open_shop(device),
            Event::Closing(device) => self.close_shop(device),
            Event::RingUp(device) => self.ring_up(device),
            Event::Push(device) => self.push_sales(device),
            Event::SignIn(device) => self.person_signs_in(device),
            Event::RevokeTry(device) => self.try_revoke(device),
            Event::HelperActs(pid, kind) => self.helper_acts(pid, kind),
            Event::HelperEnds(pid) => self.end_process(pid),
            Event::ThiefActs(device) => self.thief_acts(device),
            Event::Calm => self.calm_down(),
            Event::End => {}
        }
    }

    pub(crate) fn process(&self, pid: Pid) -> Option<&Process> {
        self.devices[pid.device].slots[pid.slot]
            .as_ref()
            .filter(|process| process.id == pid)
    }

    fn process_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.devices[pid.device].slots[pid.slot]
            .as_mut()
            .filter(|process| process.id == pid)
    }

    /// The true wall clock, in seconds.
    pub(crate) fn wall_s(&self) -> i64 {
        (WALL_BEGIN_MS + i64::try_from(self.now).unwrap_or(0)) / 1_000
    }

    /// Both clocks of a machine.
    pub(crate) fn clocks(&self, device: usize) -> Now {
        let machine = &self.devices[device];
        Now {
            moment: Moment::from_millis(self.now - machine.booted_at + BOOT_BEGIN_MS),
            wall: WallTime::from_millis(
                WALL_BEGIN_MS + i64::try_from(self.now).unwrap_or(0) + machine.wall_off,
            ),
        }
    }

    /// Gives a process an input, and does what comes of it.
    fn feed(&mut self, pid: Pid, input: Input, seen: Seen) {
        self.inbox.push_back((pid, input, seen));
        if self.is_draining {
            return;
        }
        self.is_draining = true;
        while let Some((pid, input, seen)) = self.inbox.pop_front() {
            self.step(pid, input, &seen);
            self.plan_due(pid);
        }
        self.is_draining = false;
    }

    fn step(&mut self, pid: Pid, input: Input, seen: &Seen) {
        if self.violation.is_some() {
            return;
        }
        let now = self.clocks(pid.device);
        let roll = Roll(self.random.draw());
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        let before = name_of(process.rules.engine().state());
        let standing = Standing::of(process.rules.engine().state());
        process.audit.hear(&input);
        let forgets = process.rules.forgets_refusals();
        if forgets && let Input::TokenRefused(serial) = &input {
            let _ = process.rules.step(now, roll, Input::TokenAccepted(*serial));
        }
        let effects = process.rules.step(now, roll, input);
        let after = name_of(process.rules.engine().state());
        let is_alarmed = process
            .audit
            .is_needless(standing, process.rules.engine().state());
        self.tally.steps += 1;
        self.tally.alarms += u64::from(is_alarmed);
        self.count_loop();
        if self.journal.is_some() {
            self.write_step(pid, seen, before, after, &effects);
        }
        let turn = Turn {
            pid,
            before,
            after,
            seen,
            effects: &effects,
        };
        if let Some(violation) = invariants::check(self, &turn) {
            self.violate(violation);
            return;
        }
        if is_alarmed {
            let words = format!("the shipped alarm went off for nothing, because: {seen}");
            self.violate(Violation::new("no_needless_sign_out", words));
            return;
        }
        watch::note(self, &turn);
        self.perform_all(pid, effects);
        self.consequences(pid, before, after);
    }

    fn count_loop(&mut self) {
        if self.steps_at_once.0 == self.now {
            self.steps_at_once.1 += 1;
            if self.steps_at_once.1 > STEPS_AT_ONCE_MAX {
                let words = format!("more than {STEPS_AT_ONCE_MAX} steps at one instant");
                self.violate(Violation::new("time", words));
            }
        } else {
            self.steps_at_once = (self.now, 1);
        }
    }

    fn due(&mut self, pid: Pid, turn: u32) {
        let asleep = self.devices[pid.device].power == Power::Asleep;
        let Some(process) = self.process_mut(pid).filter(|process| process.due_turn == turn) else {
            return;
        };
        process.due_at = None;
        if !asleep {
            self.feed(pid, Input::Due, Seen::Due);
        }
    }

    /// Plans the next call of the rules, when that changed.
    fn plan_due(&mut self, pid: Pid) {
        let now = self.clocks(pid.device);
        let instant = self.now;
        let Some(process) = self.process_mut(pid) else {
            return;
        };
        let due_at = process
            .rules
            .due_in(now)
            .map(|span| instant + u64::try_from(span.as_millis()).unwrap_or(u64::MAX / 4));
        if process.due_at == due_at {
            return;
        }
        process.due_at = due_at;
        process.due_turn = process.due_turn.wrapping_add(1);
        if let Some(at) = due_at {
            let turn = process.due_turn;
            self.queue.plan(at, Event::Due(pid, turn));
        }
    }

    pub(crate) fn violate(&mut self, violation: Violation) {
        if self.violation.is_none() {
            let line = format!("BROKEN {}: {}", violation.invariant, violation.words);
            self.say(None, || line);
            self.violation = Some(violation);
        }
    }

    /// Writes a line into the journal, when one is kept.
    fn say(&mut self, pid: Option<Pid>, words: impl FnOnce() -> String) {
        if let Some(journal) = &mut self.journal {
            let who = match pid {
                Some(pid) if pid.slot == TILL => format!("till {}", pid.device),
                Some(pid) => format!("till {} helper {}", pid.device, pid.run),
                None => "world".into(),
            };
            journal.push(format!("{}  {who:<18} {}", Clock(self.now), words()));
        }
    }

    fn write_step(&mut self, pid: Pid, seen: &Seen, before: StateName, after: StateName, effects: &[Effect]) {
        let words = effects
            .iter()
            .map(effects::describe)
            .collect::<Vec<_>>()
            .join("; ");
        self.say(Some(pid), || {
            if before == after {
                format!("{seen} | {after:?} | {words}")
            } else {
                format!("{seen} | {before:?} -> {after:?} | {words}")
            }
        });
    }

    /// A span that something takes, in milliseconds.
    fn takes(&mut self, low: u64, high: u64) -> u64 {
        self.random.between(low, high)
    }

    fn is_hit(&self, kind: FaultKind) -> bool {
        self.front.contains_key(&kind)
    }
}

/// The name of a state of the rules.
pub(crate) fn name_of(state: &State) -> StateName {
    match state {
        State::SignedOut => StateName::SignedOut,
        State::Active(_) => StateName::Active,
        State::Renewing { .. } => StateName::Renewing,
        State::Troubled { .. } => StateName::Troubled,
        State::SignInNeeded { .. } => StateName::SignInNeeded,
    }
}

/// What a transport says when no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    Unreachable,
    TimedOut,
    Reset,
}

impl NoAnswer {
    fn code(self) -> Code {
        match self {
            Self::Unreachable => Code::NETWORK_UNREACHABLE,
            Self::TimedOut => Code::CONNECTION_TIMEOUT,
            Self::Reset => Code::CONNECTION_RESET,
        }
    }
}
