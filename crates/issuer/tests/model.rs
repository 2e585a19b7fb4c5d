//! Every schedule of lost requests, lost replies, late doubles, crashes on both sides, a revocation and a thief, up to
//! a bound.
//!
//! The client does what that of `evertill-session` does, written down again in a few lines: it presents the token that
//! is on its disk, and uses a new one only after it was written. (The engine itself meets these rules in the
//! simulator.) The store may lose what it has not synced, and may come back with last night's rows; the journal of
//! endings is then told to it, as every start does. Time is one of two moments: long after the last renewal, where an
//! older token has no excuse, and within [`LATE_S`] of it, where a double of a request that the client gave up arrives.
//!
//! The walks take the rule they look at. Rules that other servers have are walked too, and are seen to fail.

use std::collections::{BTreeSet, VecDeque};

use evertill_issuer::{
    Change, Counter, Ending, LATE_S, Limits, Rotation, Row, Seconds, Verdict, access_used, renew,
};

const LIMITS: Limits = Limits {
    idle_s: 1_000_000,
    absolute_s: None,
};

/// Long after the last renewal.
const NOW: Seconds = Seconds(1_000);

/// As long after the last renewal as a request may be under way.
const SOON: Seconds = Seconds(LATE_S);

/// Longest schedule that is looked at, in steps.
const STEPS_MAX: usize = 24;

/// Renewals per schedule: enough for two parties to pass each other twice.
const COUNTER_MAX: u64 = 8;

/// Decides about a token with a good seal.
type Rule = fn(&Row, Counter, Seconds) -> (Verdict, Change);

/// The rule that ships.
fn ours(row: &Row, presented: Counter, now: Seconds) -> (Verdict, Change) {
    renew(row, presented, Rotation::Wanted, LIMITS, now)
}

/// Rotation as RFC 9700 can be read: whatever is not the newest is theft.
fn strict(row: &Row, presented: Counter, now: Seconds) -> (Verdict, Change) {
    if row.ending.is_none() && presented < row.counter {
        return theft(row);
    }
    ours(row, presented, now)
}

/// No belief in a counter that the row has never heard of.
fn disbelieving(row: &Row, presented: Counter, now: Seconds) -> (Verdict, Change) {
    if row.ending.is_none() && presented > row.counter {
        return theft(row);
    }
    ours(row, presented, now)
}

/// Every older token is theft at once, also one that was under way for long.
fn hasty(row: &Row, presented: Counter, _now: Seconds) -> (Verdict, Change) {
    ours(row, presented, NOW)
}

/// The predecessor is good for ever: nobody is ever found.
fn lenient(row: &Row, presented: Counter, now: Seconds) -> (Verdict, Change) {
    match ours(row, presented, now) {
        (Verdict::Refused(Ending::Theft), _) if row.ending.is_none() => {
            (Verdict::Granted(row.counter), Change::None)
        }
        decided => decided,
    }
}

fn theft(row: &Row) -> (Verdict, Change) {
    let ended = Row {
        ending: Some(Ending::Theft),
        ..*row
    };
    (Verdict::Refused(Ending::Theft), Change::Durable(ended))
}

/// Who is there besides the client and its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cast {
    /// An owner who ends the session, and a network that delivers requests twice and late.
    Owner,
    /// Somebody who copies the client's disk.
    Thief,
}

/// Everything that can differ between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    /// What the store works with.
    row: Known,
    /// What is on its disk.
    synced: Known,
    /// Last night's copy.
    backup: Known,
    /// The owner's ending was acknowledged: it is in the journal, which no restore touches.
    is_revoked: bool,
    /// What is on the client's disk.
    saved: u64,
    /// An answer that arrived and is not written yet.
    arrived: Option<u64>,
    /// A request that the client gave up and that is still under way.
    under_way: Option<u64>,
    /// What the thief holds.
    stolen: Option<u64>,
}

/// The part of a row that changes here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    counter: u64,
    seen: u64,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Living,
    Revoked,
    Theft,
}

impl Known {
    fn row(self) -> Row {
        Row {
            counter: Counter(self.counter),
            seen: Counter(self.seen),
            ending: match self.end {
                End::Living => None,
                End::Revoked => Some(Ending::Revoked),
                End::Theft => Some(Ending::Theft),
            },
            ..Row::new(Seconds(0))
        }
    }

    fn of(row: Row) -> Self {
        Self {
            counter: row.counter.0,
            seen: row.seen.0,
            end: match row.ending {
                None => End::Living,
                Some(Ending::Revoked) => End::Revoked,
                Some(Ending::Theft) => End::Theft,
                Some(other @ (Ending::Expired | Ending::UserGone)) => {
                    panic!("nobody brought {other:?} about")
                }
            },
        }
    }
}

/// The worlds that are one step away from another one.
struct Steps {
    from: World,
    worlds: Vec<World>,
}

impl Steps {
    fn add(&mut self, change: impl Fn(&mut World)) {
        let mut world = self.from;
        change(&mut world);
        self.worlds.push(world);
    }
}

impl World {
    fn start() -> Self {
        let row = Known {
            counter: 0,
            seen: 0,
            end: End::Living,
        };
        Self {
            row,
            synced: row,
            backup: row,
            is_revoked: false,
            saved: 0,
            arrived: None,
            under_way: None,
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

    fn present(&mut self, counter: u64, now: Seconds, rule: Rule) -> Option<u64> {
        let (verdict, change) = rule(&self.row.row(), Counter(counter), now);
        self.write(change);
        match verdict {
            Verdict::Granted(counter) => Some(counter.0),
            Verdict::Late | Verdict::Refused(_) => None,
        }
    }

    fn use_access(&mut self, counter: u64) {
        self.write(access_used(&self.row.row(), Counter(counter), NOW));
    }

    fn crash(&mut self) {
        self.row = self.synced;
        self.replay();
    }

    fn restore(&mut self) {
        self.row = self.backup;
        self.synced = self.backup;
        self.replay();
    }

    /// A store that starts is told by its journal what ended.
    fn replay(&mut self) {
        if self.is_revoked {
            self.row.end = End::Revoked;
            self.synced.end = End::Revoked;
        }
    }

    /// Renew, write, use, with nothing in between.
    fn client_round(&mut self, rule: Rule) {
        if let Some(counter) = self.present(self.saved, NOW, rule) {
            self.saved = counter;
            self.use_access(counter);
        }
    }

    fn thief_round(&mut self, rule: Rule) {
        if let Some(counter) = self.stolen.and_then(|counter| self.present(counter, NOW, rule)) {
            self.stolen = Some(counter);
            self.use_access(counter);
        }
    }

    /// Every world one step away.
    fn next(self, cast: Cast, rule: Rule) -> Vec<Self> {
        let mut steps = Steps {
            from: self,
            worlds: Vec::new(),
        };
        if self.saved < COUNTER_MAX {
            steps.add(|world| {
                let _lost_reply = world.present(world.saved, NOW, rule);
            });
            steps.add(|world| {
                if let Some(counter) = world.present(world.saved, NOW, rule) {
                    world.arrived = Some(counter);
                }
            });
        }
        if let Some(counter) = self.arrived {
            steps.add(|world| {
                world.saved = counter;
                world.arrived = None;
            });
            steps.add(|world| world.arrived = None);
        }
        steps.add(|world| world.use_access(world.saved));
        steps.add(|world| world.synced = world.row);
        steps.add(|world| world.crash());
        steps.add(|world| world.backup = world.synced);
        steps.add(|world| world.restore());
        match cast {
            Cast::Owner => self.with_an_owner(rule, &mut steps),
            Cast::Thief => self.with_a_thief(rule, &mut steps),
        }
        steps.worlds
    }

    fn with_an_owner(self, rule: Rule, steps: &mut Steps) {
        if self.row.end == End::Living {
            steps.add(|world| {
                world.row.end = End::Revoked;
                world.synced = world.row;
                world.is_revoked = true;
            });
        }
        match self.under_way {
            None if self.saved < COUNTER_MAX => steps.add(|world| world.under_way = Some(world.saved)),
            None => {}
            Some(counter) => {
                // It arrives, and perhaps once more: nobody reads the answer.
                steps.add(|world| {
                    let _unread = world.present(counter, SOON, rule);
                });
                steps.add(|world| world.under_way = None);
            }
        }
    }

    fn with_a_thief(self, rule: Rule, steps: &mut Steps) {
        steps.add(|world| world.stolen = Some(world.saved));
        if let Some(counter) = self.stolen.filter(|counter| *counter < COUNTER_MAX) {
            steps.add(|world| {
                if let Some(counter) = world.present(counter, NOW, rule) {
                    world.stolen = Some(counter);
                }
            });
            steps.add(|world| world.use_access(counter));
        }
    }
}

/// Walks every schedule up to the bound and shows each world once, until one is found wanting. Says how many worlds
/// were looked at.
fn walk(cast: Cast, rule: Rule, mut look: impl FnMut(&World) -> Result<(), String>) -> Result<usize, String> {
    let mut known = BTreeSet::from([World::start()]);
    let mut open = VecDeque::from([(World::start(), 0)]);
    while let Some((world, steps)) = open.pop_front() {
        look(&world)?;
        if steps == STEPS_MAX {
            continue;
        }
        for next in world.next(cast, rule) {
            if known.insert(next) {
                open.push_back((next, steps + 1));
            }
        }
    }
    Ok(known.len())
}

/// What is wrong with a world in which nobody stole anything: a session that ended by itself, a client that is refused,
/// or an ending that was forgotten; now, after a crash, after a restore.
fn lost(world: &World, rule: Rule) -> Result<(), String> {
    if [world.row.end, world.synced.end].contains(&End::Theft) {
        return Err(format!("taken for a theft: {world:?}"));
    }
    let (mut crashed, mut restored) = (*world, *world);
    crashed.crash();
    restored.restore();
    for (when, mut then) in [
        ("now", *world),
        ("after a crash", crashed),
        ("after a restore", restored),
    ] {
        let is_renewed = then.present(world.saved, NOW, rule).is_some();
        if is_renewed == world.is_revoked {
            let what = if is_renewed { "lives again" } else { "is refused" };
            return Err(format!("the client {what} {when}: {world:?}"));
        }
    }
    Ok(())
}

/// What is wrong with a world in which two parties hold the session: they renew twice each, and nobody is found.
fn unnoticed(world: &World, rule: Rule) -> Result<(), String> {
    if world.stolen.is_none() || world.row.end == End::Theft {
        return Ok(());
    }
    let (mut client_first, mut thief_first) = (*world, *world);
    for _ in 0..2 {
        client_first.client_round(rule);
        client_first.thief_round(rule);
        thief_first.thief_round(rule);
        thief_first.client_round(rule);
    }
    for after in [client_first, thief_first] {
        if after.row.end != End::Theft || after.synced.end != End::Theft {
            return Err(format!("{world:?} → {after:?}"));
        }
    }
    Ok(())
}

#[test]
fn no_schedule_ends_an_unrevoked_session_and_none_brings_a_revoked_one_back() {
    let worlds = walk(Cast::Owner, ours, |world| lost(world, ours)).unwrap();
    assert!(worlds > 30_000, "only {worlds} worlds were looked at");
}

#[test]
fn two_parties_with_one_session_are_found_within_two_renewals_each() {
    let mut shared = 0;
    let looked = walk(Cast::Thief, ours, |world| {
        shared += usize::from(world.stolen.is_some() && world.row.end == End::Living);
        unnoticed(world, ours)
    });
    let worlds = looked.unwrap();
    assert!(
        worlds > 10_000 && shared > 1_000,
        "only {worlds} worlds, {shared} with a thief"
    );
}

#[test]
fn the_model_sees_what_other_rules_break() {
    let strict_rotation = walk(Cast::Owner, strict, |world| lost(world, strict)).unwrap_err();
    assert!(
        strict_rotation.contains("refused now"),
        "a lost reply: {strict_rotation}"
    );
    let no_belief = walk(Cast::Owner, disbelieving, |world| lost(world, disbelieving)).unwrap_err();
    assert!(no_belief.contains("after a crash"), "a lost write: {no_belief}");
    let no_patience = walk(Cast::Owner, hasty, |world| lost(world, hasty)).unwrap_err();
    assert!(
        no_patience.contains("taken for a theft"),
        "a late double: {no_patience}"
    );
    let no_end = walk(Cast::Thief, lenient, |world| unnoticed(world, lenient)).unwrap_err();
    assert!(no_end.contains("→"), "a thief: {no_end}");
}
