//! What must always hold, one function for each promise of the session's design, asked after every step.
//!
//! An invariant looks at the world from outside: at what a process was told, at what it wants done, at the disk and at
//! what the store knows. It takes nothing from the rules on trust but the name of their state.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "an observer looks for a few cases; a new one is no wrong branch"
)]

use std::fmt::{self, Write as _};

use evertill_session::{Effect, Event, Record, Serial, State, StateName, policy};

use crate::{
    plan::{HOUR, MINUTE, SECOND},
    random::seal,
    store::{Fate, Truth, session_number},
    world::{Heard, Pid, Process, Seen, TILL, World},
};

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: &'static str,
    /// How.
    pub words: String,
}

impl Violation {
    pub(crate) fn new(invariant: &'static str, words: String) -> Self {
        Self { invariant, words }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.words)
    }
}

/// One step of one process, before its effects are performed.
pub(crate) struct Turn<'a> {
    pub(crate) pid: Pid,
    pub(crate) before: StateName,
    pub(crate) after: StateName,
    pub(crate) seen: &'a Seen,
    pub(crate) effects: &'a [Effect],
}

impl Turn<'_> {
    fn enters(&self, state: StateName) -> bool {
        self.after == state && self.before != state
    }
}

type Check = fn(&World, &Process, &Turn<'_>) -> Option<String>;

/// All of them, by the names of the design.
const ALL: &[(&str, Check)] = &[
    ("one_flight", one_flight),
    ("early", early),
    ("verdict_only", verdict_only),
    ("second_opinion", second_opinion),
    ("no_needless_sign_out", no_needless_sign_out),
    ("durable_first", durable_first),
    ("no_dead_token", no_dead_token),
    ("living_token_goes_along", living_token_goes_along),
    ("keyed", keyed),
    ("one_retry", one_retry),
    ("polite", polite),
    ("retry_after", retry_after),
    ("time", time),
    ("quiet", quiet),
    ("sign_out_means_out", sign_out_means_out),
    ("stays_signed_in", stays_signed_in),
    ("known_horizon", known_horizon),
    ("alarm", alarm),
];

/// How many there are.
pub(crate) const COUNT: u64 = ALL.len() as u64;

/// The names of all invariants, with those that are checked where things happen rather than after a step.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter()
        .map(|(name, _)| *name)
        .chain(["compare_and_clear", "undisturbed", "no_lost_work", "liveness"])
}

/// Asks all of them.
pub(crate) fn check(world: &World, turn: &Turn<'_>) -> Option<Violation> {
    let process = world.process(turn.pid)?;
    ALL.iter()
        .find_map(|(name, check)| Some(Violation::new(name, check(world, process, turn)?)))
}

fn asks<'a>(turn: &'a Turn<'_>) -> impl Iterator<Item = &'a Effect> {
    turn.effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Ask { .. }))
}

/// One renewal at a time on a machine, by the holder of the lock, with the newest token there is.
fn one_flight(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let device = &world.devices[turn.pid.device];
    for effect in asks(turn) {
        let Effect::Ask { refresh, .. } = effect else {
            continue;
        };
        if device.lock.is_none_or(|(holder, _)| holder != turn.pid) {
            return Some("a renewal left without the lock".into());
        }
        let other = device
            .slots
            .iter()
            .flatten()
            .find(|other| other.id != turn.pid && other.watch.asking.is_some());
        if other.is_some() {
            return Some("two renewals of one machine were on their way".into());
        }
        let state = process.rules.engine().state();
        if let (Some(Record { grant, .. }), State::Renewing { held, .. }) = (device.disk.record(), state)
            && grant.session == held.grant.session
            && grant.serial > held.grant.serial
            && grant.refresh != *refresh
        {
            return Some("a renewal left with an older token than the vault holds".into());
        }
    }
    None
}

/// Renewal starts between 70 and 80 % of a token's life (90 % where the store says when), never at its end.
fn early(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    if *turn.seen != Seen::Due || turn.before != StateName::Active {
        return None;
    }
    let published = process.published.as_ref()?;
    let (end, life) = true_life(world, turn.pid, &published.access)?;
    let share = 1_000 - (end.saturating_sub(world.now)) * 1_000 / life.max(1);
    // A grant that came late (slow answer, hanging disk) and a machine that woke late begin late.
    let from = world.devices[turn.pid.device].woke_at.max(published.given_at);
    let was_awake = from + life / 4 < end;
    let ended = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Note(Event::TokenEnded)));
    if ended && was_awake {
        return Some("a token ended before anybody asked for the next one".into());
    }
    let has_begun = turn.after == StateName::Renewing;
    let latest = if world.plan.shop.has_hints { 920 } else { 820 };
    let earliest = if world.plan.shop.has_hints { 450 } else { 680 };
    if was_awake && share > latest && life > MINUTE {
        return Some(format!("renewal began at {share} per mille of the token's life"));
    }
    // The rules count from the request, which may be as much older as an answer may be under way.
    let under_way = 41 * SECOND * 1_000 / life.max(1);
    (has_begun && share + under_way < earliest).then(|| format!("renewal began at {share} per mille already"))
}

/// When a token ends at the store, and how long it lives.
fn true_life(world: &World, pid: Pid, access: &str) -> Option<(u64, u64)> {
    let sealed = seal(0, access.as_bytes());
    world.devices[pid.device]
        .issued
        .iter()
        .rev()
        .find(|(issued, _, _)| *issued == sealed)
        .map(|(_, at, life)| (at + life, *life))
}

/// A person is asked to sign in after a verdict, and after nothing else.
fn verdict_only(_: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    if !turn.enters(StateName::SignInNeeded) {
        return None;
    }
    match turn.seen {
        Seen::Answered {
            heard:
                Heard::Answer {
                    truth: Truth::Verdict | Truth::Lie,
                    ..
                },
            ..
        } => None,
        Seen::Arrived {
            has_arrived: true, ..
        } if process.watch.fresh_refused.len() + 1 >= usize::from(policy::FRESH_REFUSALS_MAX) => None,
        // Another process of this machine wrote the verdict down.
        Seen::Start | Seen::LockTaken | Seen::VaultChanged => None,
        seen => Some(format!("a person is asked to sign in because: {seen}")),
    }
}

/// An unsigned verdict is asked about once more, at least five seconds later.
fn second_opinion(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let is_by_answer = matches!(turn.seen, Seen::Answered { .. });
    let is_signed = world.store.verdict_keys().is_some();
    if !turn.enters(StateName::SignInNeeded) || !is_by_answer || is_signed {
        return None;
    }
    let pause = world.now - process.watch.last_verdict_at;
    if process.watch.verdicts == 0 {
        return Some("one refusal was enough".into());
    }
    (pause < 5 * SECOND).then(|| format!("asked again after {pause} ms only"))
}

/// Nobody signs in for nothing: the store really ended the session, or half ended it, or called it ended each time it was asked.
fn no_needless_sign_out(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let is_own_decision = matches!(turn.seen, Seen::Answered { .. } | Seen::Arrived { .. });
    if !turn.enters(StateName::SignInNeeded) || !is_own_decision {
        return None;
    }
    let lies_now = matches!(
        turn.seen,
        Seen::Answered {
            heard: Heard::Answer {
                truth: Truth::Lie,
                ..
            },
            ..
        }
    );
    let was_lied_to = lies_now && process.watch.lies > 0;
    let device = &world.devices[turn.pid.device];
    let session = session_held(process)?;
    if world.fate_of(turn.pid) == Fate::Theft
        && !device.stolen.contains(&session)
        && !device.damaged.contains(&session)
    {
        return Some("the store took the till for a thief, and nobody had stolen anything".into());
    }
    (world.fate_of(turn.pid) == Fate::Living && !was_lied_to)
        .then(|| "a person is asked to sign in although the session lives".into())
}

/// The session a process holds, by the store's number.
pub(crate) fn session_held(process: &Process) -> Option<u32> {
    match process.rules.engine().state() {
        State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
            session_number(held.grant.session.as_str())
        }
        State::SignInNeeded { grant, .. } => session_number(grant.session.as_str()),
        State::SignedOut => None,
    }
}

/// A grant is on the disk before anybody is given it.
fn durable_first(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let device = &world.devices[turn.pid.device];
    turn.effects.iter().find_map(|effect| {
        let Effect::Publish { access, serial, .. } = effect else {
            return None;
        };
        let sealed = seal(0, access.expose().as_bytes());
        let was_saved = device.durable.iter().any(|(_, _, saved)| *saved == sealed);
        // A full disk: the refresh token on it still renews, so a session that does not rotate goes on from memory.
        let renews_all_the_same = *turn.seen == Seen::SaveFailed
            && device
                .disk
                .record()
                .is_none_or(|record| match process.rules.engine().state() {
                    State::Active(held) => held.grant.refresh == record.grant.refresh,
                    State::SignedOut
                    | State::Renewing { .. }
                    | State::Troubled { .. }
                    | State::SignInNeeded { .. } => false,
                });
        let is_given_again = process.watch.given == sealed;
        (!was_saved && !renews_all_the_same && !is_given_again)
            .then(|| format!("token {} was given out before it was saved", serial.0))
    })
}

/// Nobody holds a token past its end, and nobody loses one that lives.
fn no_dead_token(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    for effect in turn.effects {
        if let Effect::Publish { access, serial, .. } = effect
            && world.true_end(turn.pid.device, access.expose()) <= world.now
        {
            return Some(format!("token {} was given out after its end", serial.0));
        }
    }
    let withdrawn = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Withdraw));
    let published = process.published.as_ref()?;
    let is_kept = !withdrawn
        && !turn
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Publish { .. }));
    let is_given = process.rules.clock(world.clocks(turn.pid.device)).moment < published.ends_at;
    if is_kept && is_given && world.now > published.true_end + 2 * SECOND {
        return Some(format!(
            "token {} is still given out after its end",
            published.serial.0
        ));
    }
    let goes_on = matches!(
        turn.after,
        StateName::Active | StateName::Renewing | StateName::Troubled
    );
    let was_refused = matches!(turn.seen, Seen::TokenRefused { .. });
    let left = published.true_end.saturating_sub(world.now);
    (withdrawn && goes_on && !was_refused && left > 2 * MINUTE).then(|| {
        format!(
            "token {} was taken away with {left} ms to live",
            published.serial.0
        )
    })
}

/// The living access token goes along with a renewal: some sites answer nobody else.
fn living_token_goes_along(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let published = process.published.as_ref()?;
    let lives = published.true_end > world.now + 2 * MINUTE;
    asks(turn).find_map(|effect| match effect {
        Effect::Ask { access: None, .. } if lives => {
            Some("a renewal left without the access token that still lives".into())
        }
        _ => None,
    })
}

/// The vault's later sign-in is taken up whenever the vault is looked at, whatever the clocks said at either sign-in.
fn keyed(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    if !matches!(turn.seen, Seen::VaultChanged | Seen::LockTaken) || turn.before == StateName::SignedOut {
        return None;
    }
    let record = world.devices[turn.pid.device].disk.record()?;
    let stored = session_number(record.grant.session.as_str())?;
    let held = session_held(process)?;
    (held < stored)
        .then(|| format!("the vault holds {stored:08x}, signed in after {held:08x}, which goes on"))
}

/// A refused token is looked for before it starts a renewal, an older one is not, and a 403 never starts anything.
fn one_retry(_: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let begins = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::TakeLock(_)));
    // A half-ended session is a verdict after three fresh tokens, and never a loop.
    let fresh = process.watch.fresh_refused.len();
    if matches!(turn.seen, Seen::Arrived { .. }) && begins && fresh >= usize::from(policy::FRESH_REFUSALS_MAX)
    {
        return Some(format!(
            "{fresh} fresh tokens were refused, and another renewal began"
        ));
    }
    let Seen::TokenRefused { serial, status } = turn.seen else {
        return None;
    };
    if begins {
        return Some("a token was blamed and nobody had looked whether it arrived".into());
    }
    let looks = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::LookForToken(_)));
    if looks && *status == 403 {
        return Some("a missing permission put the token under suspicion".into());
    }
    let newest = match process.rules.engine().state() {
        State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. } => {
            held.grant.serial
        }
        State::SignedOut | State::SignInNeeded { .. } => Serial(0),
    };
    (looks && *serial < newest).then(|| format!("old token {} put the newest under suspicion", serial.0))
}

/// No storms: few attempts in ten minutes, and a pause after each that failed.
fn polite(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let device = &world.devices[turn.pid.device];
    let begins = asks(turn).next().is_some();
    if !begins {
        return None;
    }
    let from = world.now.saturating_sub(10 * MINUTE);
    let recent = device.asks.iter().rev().take_while(|at| **at >= from).count() as u64;
    let bound = 60 + 2 * 600 / world.plan.shop.access_life_s.max(60);
    if recent > bound {
        return Some(format!("{recent} renewals asked for in ten minutes"));
    }
    let since = process.watch.trouble_at.map(|at| world.now - at)?;
    let is_too_soon = !process.watch.is_hurried && since < 250 && turn.pid.slot == TILL;
    is_too_soon.then(|| format!("tried again {since} ms after it failed"))
}

/// A pause that the store asked for is kept.
fn retry_after(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let left = process.watch.quiet_until.saturating_sub(world.now);
    (asks(turn).next().is_some() && left > 0)
        .then(|| format!("asked {left} ms before the store wanted to be asked"))
}

/// The rules never want to be called in the past, and what is given out ends when the store says, whatever clocks do.
fn time(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    if *turn.seen == Seen::Due
        && let Some(span) = process.rules.due_in(world.clocks(turn.pid.device))
        && span.is_zero()
    {
        return Some("the rules were called and want to be called at once again".into());
    }
    turn.effects.iter().find_map(|effect| {
        let Effect::Publish {
            access,
            serial,
            ends_at,
        } = effect
        else {
            return None;
        };
        let true_end = world.true_end(turn.pid.device, access.expose());
        let shown = process.rules.clock(world.clocks(turn.pid.device)).moment;
        let told = world.now + u64::try_from(shown.until(*ends_at).as_millis()).unwrap_or(u64::MAX / 4);
        (told > true_end + SECOND).then(|| {
            format!(
                "token {} is said to live {} ms longer than it does",
                serial.0,
                told - true_end
            )
        })
    })
}

/// Looks through text as it is written, and keeps none of it.
#[derive(Default)]
struct Listener {
    heard: bool,
}

/// How the tokens of all stores here begin.
const TOKEN_BEGINNINGS: &[&str] = &["eyJ0eXAi", "ert1.", "eat1."];

impl fmt::Write for Listener {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.heard |= text.len() > 16 && TOKEN_BEGINNINGS.iter().any(|token| text.contains(token));
        Ok(())
    }
}

/// No secret is in anything that is written for people.
fn quiet(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let mut listener = Listener::default();
    for effect in turn.effects {
        let is_worth_it = matches!(effect, Effect::Note(_)) || turn.enters(StateName::Troubled);
        if is_worth_it && write!(listener, "{effect:?}").is_err() {
            return Some("an effect cannot be written".into());
        }
    }
    if turn.before != turn.after {
        let status = process.rules.engine().status(world.clocks(turn.pid.device));
        // The rest of a status is numbers, and writing those down takes longer than everything else in a step.
        let _ = write!(
            listener,
            "{:?} {:?} {:?}",
            status.user, status.cause, status.ended
        );
    }
    listener
        .heard
        .then(|| "a token was written into words for people".into())
}

/// After a sign-out no process of the machine is given that session's tokens any more.
fn sign_out_means_out(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let device = &world.devices[turn.pid.device];
    let given = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Publish { .. }));
    if *turn.seen == Seen::SignOut && turn.before != StateName::SignedOut {
        let told = |wanted: fn(&Effect) -> bool| turn.effects.iter().any(wanted);
        if !told(|effect| matches!(effect, Effect::Revoke(_))) {
            return Some("a sign-out does not reach the store".into());
        }
        if !told(|effect| matches!(effect, Effect::Erase(_))) {
            return Some("a sign-out leaves the grant in the vault".into());
        }
    }
    let session = session_held(process)?;
    let out_at = device.signed_out.get(&session)?;
    (given && world.now > out_at + MINUTE)
        .then(|| format!("session {session:08x} was signed out and is used again"))
}

/// Nobody is signed out but by signing out, here or in another process of the machine.
fn stays_signed_in(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let device = &world.devices[turn.pid.device];
    if *turn.seen == Seen::Start && turn.after == StateName::SignedOut && device.disk.record().is_some() {
        return Some("a process started without the session that the vault holds".into());
    }
    if !turn.enters(StateName::SignedOut) || *turn.seen == Seen::SignOut {
        return None;
    }
    let was = process.published.as_ref().map(|published| published.session);
    // Also when somebody signed in over it elsewhere and that later session was signed out.
    let is_signed_out = match was {
        Some(session) => device.signed_out.range(session..).next().is_some(),
        None => !device.signed_out.is_empty(),
    };
    (!is_signed_out).then(|| format!("signed out without a sign-out, because: {}", turn.seen))
}

/// A horizon is announced a week ahead, to whoever is there to hear it.
fn known_horizon(world: &World, process: &Process, turn: &Turn<'_>) -> Option<String> {
    let is_over = turn.enters(StateName::SignInNeeded) && world.fate_of(turn.pid) == Fate::Horizon;
    let device = &world.devices[turn.pid.device];
    let ran_long = world.now - process.watch.started_at.max(device.woke_at) > HOUR;
    if !is_over || device.is_wall_wrong || !ran_long || turn.pid.slot != TILL {
        return None;
    }
    let session = session_held(process)?;
    (!device.announced.contains(&session))
        .then(|| "a session reached its horizon and nobody had been told".into())
}

/// The rules never meet a case that cannot happen.
fn alarm(_: &World, _: &Process, turn: &Turn<'_>) -> Option<String> {
    turn.effects.iter().find_map(|effect| match effect {
        Effect::Note(Event::Alarm { state, input }) => Some(format!("{input} while {state}")),
        _ => None,
    })
}
