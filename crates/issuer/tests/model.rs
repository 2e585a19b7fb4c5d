//! Every schedule of lost requests, lost replies, crashes on both sides and a thief, up to a bound.
//!
//! The client is the one of `evertill-session`: it presents the token that is on its disk, and uses a new one only
//! after it was written. The store may lose what it has not synced, and may come back with last night's rows.
//! Everything here happens long after the last renewal, where an older token has no excuse; requests that are overtaken
//! by their own repetition are the simulator's part.

use std::collections::{BTreeSet, VecDeque};

use evertill_issuer::{Change, Counter, Ending, Limits, Rotation, Row, Seconds, Verdict, access_used, renew};

const LIMITS: Limits = Limits {
    idle_s: 1_000_000,
    absolute_s: None,
};
const NOW: Seconds = Seconds(1_000);

/// Longest schedule that is looked at, in steps.
const STEPS_MAX: usize = 24;

/// Renewals per schedule: enough for two parties to pass each other twice.
const COUNTER_MAX: u64 = 8;

/// Everything that can differ between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    /// What the store works with.
    row: Known,
    /// What is on its disk.
    synced: Known,
    /// Last night's copy.
    backup: Known,
    /// What is on the client's disk.
    saved: u64,
    /// An answer that arrived and is not written yet.
    arrived: Option<u64>,
    /// What the thief holds.
    stolen: Option<u64>,
}

/// The part of a row that changes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    counter: u64,
    seen: u64,
    is_ended: bool,
}

impl Known {
    fn row(self) -> Row {
        Row {
            counter: Counter(self.counter),
            seen: Counter(self.seen),
            ending: self.is_ended.then_some(Ending::Theft),
            ..Row::new(Seconds(0))
        }
    }

    fn of(row: Row) -> Self {
        Self {
            counter: row.counter.0,
            seen: row.seen.0,
            is_ended: row.ending.is_some(),
        }
    }
}

impl World {
    fn start() -> Self {
        let row = Known {
            counter: 0,
            seen: 0,
            is_ended: false,
        };
        Self {
            row,
            synced: row,
            backup: row,
            saved: 0,
            arrived: None,
            stolen: None,
        }
    }

    fn write(&mut self, change: Change) {
        match change {
            Change::None => {}
            Change::Lazy(row) => self.row = Known::of(row),
            Change::Durable(row) => {
                self.row = Known::of(row);
                self.synced = self.row;
            }
        }
    }

    fn present(&mut self, counter: u64) -> Option<u64> {
        let (verdict, change) = renew(&self.row.row(), Counter(counter), Rotation::Wanted, LIMITS, NOW);
        self.write(change);
        match verdict {
            Verdict::Granted(counter) => Some(counter.0),
            Verdict::Late | Verdict::Refused(_) => None,
        }
    }

    fn use_access(&mut self, counter: u64) {
        self.write(access_used(&self.row.row(), Counter(counter), NOW));
    }

    /// Renew, write, use, with nothing in between.
    fn client_round(&mut self) {
        if let Some(counter) = self.present(self.saved) {
            self.saved = counter;
            self.use_access(counter);
        }
    }

    fn thief_round(&mut self) {
        if let Some(counter) = self.stolen.and_then(|counter| self.present(counter)) {
            self.stolen = Some(counter);
            self.use_access(counter);
        }
    }

    /// Every world one step away.
    fn next(self, with_thief: bool) -> Vec<Self> {
        let mut worlds = Vec::new();
        let mut add = |change: &dyn Fn(&mut Self)| {
            let mut world = self;
            change(&mut world);
            worlds.push(world);
        };
        if self.saved < COUNTER_MAX {
            add(&|world| {
                let _lost_reply = world.present(world.saved);
            });
            add(&|world| {
                if let Some(counter) = world.present(world.saved) {
                    world.arrived = Some(counter);
                }
            });
        }
        if let Some(counter) = self.arrived {
            add(&|world| {
                world.saved = counter;
                world.arrived = None;
            });
            add(&|world| world.arrived = None);
        }
        add(&|world| world.use_access(world.saved));
        add(&|world| world.synced = world.row);
        add(&|world| world.row = world.synced);
        add(&|world| world.backup = world.synced);
        add(&|world| {
            world.row = world.backup;
            world.synced = world.backup;
        });
        if with_thief {
            add(&|world| world.stolen = Some(world.saved));
            if let Some(counter) = self.stolen.filter(|counter| *counter < COUNTER_MAX) {
                add(&|world| {
                    if let Some(counter) = world.present(counter) {
                        world.stolen = Some(counter);
                    }
                });
                add(&|world| world.use_access(counter));
            }
        }
        worlds
    }
}

/// Walks every schedule up to the bound and shows each world once.
fn walk(with_thief: bool, mut look: impl FnMut(&World)) -> usize {
    let mut known = BTreeSet::from([World::start()]);
    let mut open = VecDeque::from([(World::start(), 0)]);
    while let Some((world, steps)) = open.pop_front() {
        look(&world);
        if steps == STEPS_MAX {
            continue;
        }
        for next in world.next(with_thief) {
            if known.insert(next) {
                open.push_back((next, steps + 1));
            }
        }
    }
    known.len()
}

#[test]
fn no_schedule_of_loss_and_crash_ends_an_unrevoked_session() {
    let worlds = walk(false, |world| {
        assert!(!world.row.is_ended && !world.synced.is_ended, "{world:?}");
        let mut now = *world;
        assert!(
            now.present(world.saved).is_some(),
            "the client is refused: {world:?}"
        );
        let mut crashed = *world;
        crashed.row = crashed.synced;
        assert!(
            crashed.present(world.saved).is_some(),
            "refused after a crash: {world:?}"
        );
        let mut restored = *world;
        restored.row = restored.backup;
        assert!(
            restored.present(world.saved).is_some(),
            "refused after a restore: {world:?}"
        );
    });
    assert!(worlds > 1_000, "only {worlds} worlds were looked at");
}

#[test]
fn two_parties_with_one_session_are_found_within_two_renewals_each() {
    let mut shared = 0;
    let worlds = walk(true, |world| {
        if world.stolen.is_none() || world.row.is_ended {
            return;
        }
        shared += 1;
        let mut client_first = *world;
        client_first.client_round();
        client_first.thief_round();
        client_first.client_round();
        client_first.thief_round();
        assert!(
            client_first.row.is_ended && client_first.synced.is_ended,
            "{world:?} → {client_first:?}"
        );
        let mut thief_first = *world;
        thief_first.thief_round();
        thief_first.client_round();
        thief_first.thief_round();
        thief_first.client_round();
        assert!(
            thief_first.row.is_ended && thief_first.synced.is_ended,
            "{world:?} → {thief_first:?}"
        );
    });
    assert!(
        worlds > 10_000 && shared > 1_000,
        "only {worlds} worlds, {shared} with a thief"
    );
}

/// The rules without "the successor was not seen yet": any predecessor is theft. The walk must see what that breaks.
#[test]
fn the_model_sees_a_rule_that_forgets_lost_replies() {
    let mut refused = 0;
    walk(false, |world| {
        let is_strict_theft = world.saved < world.row.counter;
        refused += usize::from(is_strict_theft);
    });
    assert!(
        refused > 0,
        "strict rotation would sign a client out in some schedule"
    );
}
