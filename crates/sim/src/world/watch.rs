//! What an observer notes about each process, without looking into the rules.

use std::{collections::BTreeSet, fmt};

use evertill_session::{AttemptId, Effect, Event, Serial, StateName};

use super::{Pid, World};
use crate::{invariants::Turn, random::seal, store::Truth};

/// What a process was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Start,
    SignedIn,
    Due,
    RenewNow,
    LockTaken,
    LockBusy,
    Answered { attempt: AttemptId, heard: Heard },
    Saved,
    SaveFailed,
    TokenRefused { serial: Serial, status: u16 },
    RestLocked(Serial),
    Arrived { attempt: AttemptId, has_arrived: bool },
    TravelsBy,
    TokenAccepted(Serial),
    NetworkUp,
    VaultChanged,
    SignOut,
}

/// What an answer was, known to whoever gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Answer {
        truth: Truth,
        status: u16,
        pause_s: Option<u64>,
    },
    Nothing,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("starts"),
            Self::SignedIn => f.write_str("a person signed in"),
            Self::Due => f.write_str("due"),
            Self::RenewNow => f.write_str("renew now"),
            Self::LockTaken => f.write_str("lock taken, vault read"),
            Self::LockBusy => f.write_str("lock busy"),
            Self::Answered {
                heard: Heard::Nothing,
                ..
            } => f.write_str("no answer"),
            Self::Answered {
                heard: Heard::Answer { truth, status, .. },
                ..
            } => write!(f, "answer {status} ({truth:?})"),
            Self::Saved => f.write_str("saved"),
            Self::SaveFailed => f.write_str("not saved"),
            Self::TokenRefused { serial, status } => write!(f, "token {} refused with {status}", serial.0),
            Self::RestLocked(serial) => write!(f, "token {} met a lock", serial.0),
            Self::Arrived {
                has_arrived: true, ..
            } => f.write_str("tokens arrive"),
            Self::Arrived { .. } => f.write_str("tokens do not arrive, or nobody can tell"),
            Self::TravelsBy => f.write_str("told how tokens travel"),
            Self::TokenAccepted(serial) => write!(f, "token {} accepted", serial.0),
            Self::NetworkUp => f.write_str("network up"),
            Self::VaultChanged => f.write_str("vault changed"),
            Self::SignOut => f.write_str("sign out"),
        }
    }
}

/// Notes about one process.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Refusals by the store itself since the last grant.
    pub(crate) verdicts: u32,
    pub(crate) last_verdict_at: u64,
    /// The store asked for quiet until then.
    pub(crate) quiet_until: u64,
    /// When the last attempt failed without a verdict.
    pub(crate) trouble_at: Option<u64>,
    /// Something came after that trouble which allows an early try.
    pub(crate) is_hurried: bool,
    /// A renewal is on its way to the store.
    pub(crate) asking: Option<AttemptId>,
    /// A save failed; an unrotated session may go on from memory.
    pub(crate) save_failed: bool,
    /// A refused token that is being looked for.
    pub(crate) suspect: Option<Serial>,
    /// The token that was given out last.
    pub(crate) given: u64,
    /// Fresh tokens that were refused, had arrived and were never accepted.
    pub(crate) fresh_refused: BTreeSet<Serial>,
    pub(crate) accepted: Option<Serial>,
    /// The session whose tokens were given out last.
    pub(crate) session: Option<u32>,
    /// How many of the refusals in a row were lies.
    pub(crate) lies: u32,
    pub(crate) started_at: u64,
}

/// Takes down what a step showed.
pub(super) fn note(world: &mut World, turn: &Turn<'_>) {
    let now = world.now;
    let pid = turn.pid;
    let session = session_of(world, pid);
    let Some(process) = world.process_mut(pid) else {
        return;
    };
    let watch = &mut process.watch;
    match turn.seen {
        // An answer that nobody waits for any more says nothing.
        Seen::Answered { attempt, .. } if watch.asking != Some(*attempt) => {}
        Seen::Answered { heard, .. } => {
            watch.asking = None;
            match heard {
                Heard::Answer {
                    truth: Truth::Granted,
                    ..
                } => {
                    watch.verdicts = 0;
                    watch.lies = 0;
                }
                Heard::Answer {
                    truth: truth @ (Truth::Verdict | Truth::Lie),
                    ..
                } => {
                    watch.verdicts += 1;
                    watch.last_verdict_at = now;
                    watch.lies += u32::from(*truth == Truth::Lie);
                }
                Heard::Answer {
                    truth: Truth::Noise,
                    pause_s,
                    ..
                } => {
                    watch.quiet_until = pause_s.map_or(0, |pause_s| now + pause_s.min(3_600) * 1_000);
                }
                Heard::Nothing => {}
            }
        }
        Seen::SaveFailed => watch.save_failed = true,
        Seen::RenewNow => {
            watch.is_hurried = true;
            watch.quiet_until = 0;
        }
        Seen::NetworkUp => watch.is_hurried = true,
        Seen::TokenRefused { serial, .. } => watch.suspect = Some(*serial),
        Seen::Arrived { has_arrived, .. } => {
            if let Some(serial) = watch.suspect.take().filter(|_| *has_arrived)
                && watch.accepted != Some(serial)
            {
                watch.fresh_refused.insert(serial);
            }
        }
        Seen::TokenAccepted(serial) => {
            watch.accepted = Some(*serial);
            watch.fresh_refused.clear();
        }
        Seen::SignedIn => watch.quiet_until = 0,
        Seen::Start
        | Seen::Due
        | Seen::LockTaken
        | Seen::LockBusy
        | Seen::RestLocked(_)
        | Seen::TravelsBy
        | Seen::Saved
        | Seen::VaultChanged
        | Seen::SignOut => {}
    }
    if turn.after == StateName::Troubled && turn.before != StateName::Troubled {
        watch.trouble_at = Some(now);
        watch.is_hurried = false;
    }
    if turn.after == StateName::Active || turn.after == StateName::SignedOut {
        watch.trouble_at = None;
    }
    let mut is_announced = false;
    let mut is_new = false;
    for effect in turn.effects {
        match effect {
            Effect::Ask { attempt, .. } => {
                watch.asking = Some(*attempt);
                watch.save_failed = false;
            }
            Effect::ReleaseLock(attempt) if watch.asking == Some(*attempt) => watch.asking = None,
            Effect::Note(Event::HorizonNear { .. }) => is_announced = true,
            // What another process renewed begins anew.
            Effect::Note(Event::Adopted) => watch.fresh_refused.clear(),
            // The same token again, which travels another way.
            Effect::Publish { access, .. } if seal(0, access.expose().as_bytes()) == watch.given => {}
            // A newer grant, also another process's, shows that the store answers again.
            Effect::Publish { serial, access, .. } => {
                watch.given = seal(0, access.expose().as_bytes());
                watch.quiet_until = 0;
                watch.verdicts = 0;
                watch.lies = 0;
                if watch.session != session {
                    watch.session = session;
                    watch.fresh_refused.clear();
                }
                is_new |= *serial == Serial(1);
            }
            Effect::Withdraw
            | Effect::TakeLock(_)
            | Effect::LookForToken(_)
            | Effect::UsePlace(_)
            | Effect::ReleaseLock(_)
            | Effect::Save { .. }
            | Effect::SaveRefusal { .. }
            | Effect::Erase(_)
            | Effect::Revoke(_)
            | Effect::Note(_) => {}
        }
    }
    if is_new && *turn.seen == Seen::Saved {
        world.devices[pid.device].is_wall_wrong = false;
    }
    if is_announced {
        world.devices[pid.device].announced.extend(session);
    }
}

/// The session a process holds, by the store's number.
pub(super) fn session_of(world: &World, pid: Pid) -> Option<u32> {
    crate::invariants::session_held(world.process(pid)?)
}
