//! What a seed stands for: a shop, its habits, and the faults that will befall it.
//!
//! Everything that goes wrong is in the plan before the run begins, so that a failing run can be shrunk by leaving
//! faults out. Faults come in storms: a few minutes or hours in which several overlap, with calm weeks in between.
//! That makes rare schedules frequent and till-days cheap.

#![expect(clippy::wildcard_enum_match_arm, reason = "most faults need no company")]

use std::fmt;

use crate::random::Random;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

/// Which store the shop runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// WordPress with WooCommerce and the WCPOS plugin, unmodified.
    Stock,
    /// Our own server.
    Evertill,
}

/// What a till does at night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Night {
    /// It stays on.
    On,
    /// It sleeps.
    Asleep,
    /// It is switched off.
    Off,
}

/// The shop and its habits.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Which store.
    pub store: StoreKind,
    /// Tills.
    pub tills: usize,
    /// All tills share one account.
    pub is_one_account: bool,
    /// How long access tokens live, in seconds.
    pub access_life_s: u64,
    /// The site answers renewals only when a living access token comes along.
    pub is_rest_locked: bool,
    /// What tills do at night.
    pub night: Night,
    /// Most sales of a till on one day.
    pub sales_a_day_max: u64,
    /// The store says when it wants to be asked again.
    pub has_hints: bool,
}

/// Something that goes wrong, or that a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// When it begins, in milliseconds.
    pub at: u64,
    /// How long it lasts, in milliseconds; nothing for what happens at once.
    pub span: u64,
    /// Which till it befalls, where that matters.
    pub till: usize,
    /// What.
    pub kind: FaultKind,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each name is the sentence, and `label` is its text")]
pub enum FaultKind {
    Offline,
    LosesRequests,
    LosesAnswers,
    Slow,
    Duplicates,
    Truncates,
    Resets,
    CaptivePortal,
    ServerErrors,
    Maintenance,
    PluginOff,
    Firewall,
    GluedAnswers,
    PhpNotices,
    TooManyRequests,
    Redirected,
    DatabaseReadOnly,
    TableUnreadable,
    Busy,
    StoreClockBehind,
    StoreClockAhead,
    HeadersStripped,
    StoreCrash,
    StoreRestored,
    SecretsChanged,
    WallClockBack,
    WallClockAhead,
    Sleep,
    PowerCut,
    Crash,
    DiskFull,
    DiskSlow,
    TornWrite,
    VaultDamaged,
    SignOut,
    PressRenew,
    SignInAgain,
    OwnerRevokes,
    OwnerRevokesAll,
    PasswordChanged,
    UserDeleted,
    HelperRenews,
    HelperUses,
    HelperSignsIn,
    HelperSignsOut,
    TokenStolen,
}

use FaultKind as K;

/// Every kind, its weight, its shortest and longest span.
const KINDS: &[(u64, FaultKind, u64, u64)] = &[
    (10, K::Offline, SECOND, 8 * HOUR),
    (8, K::LosesRequests, 10 * SECOND, 2 * HOUR),
    (14, K::LosesAnswers, 10 * SECOND, 4 * HOUR),
    (8, K::Slow, 10 * SECOND, HOUR),
    (6, K::Duplicates, MINUTE, 4 * HOUR),
    (6, K::Truncates, 10 * SECOND, HOUR),
    (6, K::Resets, 10 * SECOND, HOUR),
    (3, K::CaptivePortal, MINUTE, 4 * HOUR),
    (6, K::ServerErrors, SECOND, 4 * HOUR),
    (3, K::Maintenance, 5 * SECOND, 20 * MINUTE),
    (3, K::PluginOff, 5 * SECOND, 30 * MINUTE),
    (3, K::Firewall, SECOND, 8 * HOUR),
    (3, K::GluedAnswers, SECOND, 10 * MINUTE),
    (2, K::PhpNotices, MINUTE, 2 * DAY),
    (4, K::TooManyRequests, 10 * SECOND, 2 * HOUR),
    (2, K::Redirected, MINUTE, HOUR),
    (2, K::DatabaseReadOnly, SECOND, 10 * MINUTE),
    (2, K::TableUnreadable, SECOND, MINUTE),
    (4, K::Busy, MINUTE, 2 * HOUR),
    (3, K::StoreClockBehind, MINUTE, 6 * HOUR),
    (2, K::StoreClockAhead, MINUTE, 6 * HOUR),
    (2, K::HeadersStripped, MINUTE, 6 * HOUR),
    (4, K::StoreCrash, SECOND, 5 * MINUTE),
    (2, K::StoreRestored, MINUTE, 2 * DAY),
    (1, K::SecretsChanged, 0, 0),
    (5, K::WallClockBack, SECOND, 400 * DAY),
    (5, K::WallClockAhead, SECOND, 400 * DAY),
    (6, K::Sleep, SECOND, 12 * HOUR),
    (5, K::PowerCut, SECOND, 2 * HOUR),
    (16, K::Crash, 0, 0),
    (5, K::DiskFull, SECOND, 4 * HOUR),
    (4, K::DiskSlow, SECOND, 10 * MINUTE),
    (6, K::TornWrite, 0, 0),
    (3, K::VaultDamaged, 0, 0),
    (2, K::SignOut, 0, 0),
    (4, K::PressRenew, 0, 0),
    (4, K::SignInAgain, 0, 0),
    (3, K::OwnerRevokes, 0, 0),
    (1, K::OwnerRevokesAll, 0, 0),
    (2, K::PasswordChanged, 0, 0),
    (1, K::UserDeleted, MINUTE, HOUR),
    (10, K::HelperRenews, SECOND, 5 * MINUTE),
    (6, K::HelperUses, SECOND, 30 * MINUTE),
    (4, K::HelperSignsIn, SECOND, MINUTE),
    (2, K::HelperSignsOut, SECOND, MINUTE),
    (1, K::TokenStolen, MINUTE, DAY),
];

impl FaultKind {
    /// All kinds, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|(_, kind, _, _)| *kind)
    }

    /// What it is, in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            K::Offline => "line down",
            K::LosesRequests => "line loses requests",
            K::LosesAnswers => "line loses answers after the store acted",
            K::Slow => "line slow, answers after minutes",
            K::Duplicates => "requests arrive twice",
            K::Truncates => "answers cut short",
            K::Resets => "connections reset",
            K::CaptivePortal => "captive portal answers",
            K::ServerErrors => "server errors",
            K::Maintenance => "maintenance page",
            K::PluginOff => "plugin off or updating",
            K::Firewall => "firewall page",
            K::GluedAnswers => "two answers glued together",
            K::PhpNotices => "notices before the answer",
            K::TooManyRequests => "429 with Retry-After",
            K::Redirected => "redirect to another host",
            K::DatabaseReadOnly => "database read-only",
            K::TableUnreadable => "session table unreadable",
            K::Busy => "store busy, writes overlap",
            K::StoreClockBehind => "store clock stepped back",
            K::StoreClockAhead => "store clock ahead",
            K::HeadersStripped => "Authorization header stripped",
            K::StoreCrash => "store killed",
            K::StoreRestored => "store restored from a backup",
            K::SecretsChanged => "signing secrets changed",
            K::WallClockBack => "till clock set back",
            K::WallClockAhead => "till clock set ahead",
            K::Sleep => "till sleeps",
            K::PowerCut => "power cut",
            K::Crash => "process killed between two effects",
            K::DiskFull => "disk full",
            K::DiskSlow => "disk hangs",
            K::TornWrite => "power cut in the middle of a write",
            K::VaultDamaged => "vault file damaged",
            K::SignOut => "person signs out",
            K::PressRenew => "person presses renew",
            K::SignInAgain => "another person signs in",
            K::OwnerRevokes => "owner ends a session",
            K::OwnerRevokesAll => "owner ends all sessions",
            K::PasswordChanged => "password changed",
            K::UserDeleted => "account deleted",
            K::HelperRenews => "second process renews",
            K::HelperUses => "second process uses the session",
            K::HelperSignsIn => "second process signs in",
            K::HelperSignsOut => "second process signs out",
            K::TokenStolen => "copy of the vault used by a thief",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Clock(self.at), self.kind.label())?;
        if self.span > 0 {
            write!(f, " for {}", Span(self.span))?;
        }
        write!(f, " (till {})", self.till)
    }
}

/// A point of the run, as day and time.
pub(crate) struct Clock(pub(crate) u64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0 % DAY;
        write!(
            f,
            "day {} {:02}:{:02}:{:02}.{:03}",
            self.0 / DAY,
            ms / HOUR,
            ms / MINUTE % 60,
            ms / SECOND % 60,
            ms % SECOND
        )
    }
}

/// A span, in a unit that fits.
pub(crate) struct Span(pub(crate) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..SECOND => write!(f, "{} ms", self.0),
            SECOND..MINUTE => write!(f, "{} s", self.0 / SECOND),
            MINUTE..HOUR => write!(f, "{} min", self.0 / MINUTE),
            HOUR..DAY => write!(f, "{} h", self.0 / HOUR),
            DAY.. => write!(f, "{} days", self.0 / DAY),
        }
    }
}

/// A shop and its faults.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many days the shop is watched; a calm half day follows.
    pub days: u64,
    /// The shop.
    pub shop: Shop,
    /// What befalls it, by time.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn new(seed: u64, days: u64, store: StoreKind) -> Self {
        let mut random = Random::fork(seed, 1);
        let shop = shop(&mut random, store);
        let mut faults = Vec::new();
        let storms = random.between(days / 10 + 1, days / 3 + 2);
        for _ in 0..storms {
            storm(&mut random, &shop, days * DAY, &mut faults);
        }
        faults.retain(|fault| fault.at < days * DAY);
        faults.sort_by_key(|fault| fault.at);
        Self {
            seed,
            days,
            shop,
            faults,
        }
    }
}

fn shop(random: &mut Random, store: StoreKind) -> Shop {
    let access_life_s = match store {
        StoreKind::Stock => random.weighted(&[(8, 1_800), (4, 3_600), (1, 600), (5, 28_800)]),
        StoreKind::Evertill => random.weighted(&[(6, 900), (6, 3_600), (1, 120), (5, 28_800)]),
    };
    Shop {
        store,
        tills: usize::try_from(random.weighted(&[(5, 1), (3, 2), (2, 3)])).unwrap_or(1),
        is_one_account: random.permille(600),
        access_life_s,
        is_rest_locked: store == StoreKind::Stock && random.permille(80),
        night: random.weighted(&[(2, Night::On), (5, Night::Asleep), (5, Night::Off)]),
        sales_a_day_max: random.weighted(&[(3, 0), (6, 3), (2, 10), (1, 30)]),
        has_hints: store == StoreKind::Evertill && random.permille(300),
    }
}

/// A few faults close together, some of one theme.
fn storm(random: &mut Random, shop: &Shop, end: u64, faults: &mut Vec<Fault>) {
    // Most of it befalls the open shop, where tills are awake.
    let day = random.below((end / DAY).max(1)) * DAY;
    let begin = day + random.between(9 * HOUR, 19 * HOUR);
    let breadth = random.magnitude(10 * SECOND, 6 * HOUR);
    let till = random.below(shop.tills as u64);
    let choices: Vec<(u64, usize)> = KINDS
        .iter()
        .enumerate()
        .map(|(index, (weight, _, _, _))| (*weight, index))
        .collect();
    let theme = random.weighted(&choices);
    let many = random.weighted(&[(4, 1), (5, 2), (5, 3), (4, 5), (2, 9)]);
    for _ in 0..many {
        let index = if random.permille(250) {
            theme
        } else {
            random.weighted(&choices)
        };
        let (_, kind, shortest, longest) = KINDS[index];
        let at = (begin + random.below(breadth)).min(end.saturating_sub(1));
        let span = if longest == 0 {
            0
        } else {
            random.magnitude(shortest, longest)
        };
        let till = if random.permille(700) {
            till
        } else {
            random.below(shop.tills as u64)
        };
        let fault = Fault {
            at,
            span,
            till: usize::try_from(till).unwrap_or(0),
            kind,
        };
        faults.push(fault);
        if random.permille(500) {
            company(random, shop, fault, faults);
        }
    }
}

/// What makes a fault bite: a clock that steps back after a sign-in, a session ended while its siblings renew, requests
/// while a header is stripped.
fn company(random: &mut Random, shop: &Shop, fault: Fault, faults: &mut Vec<Fault>) {
    match fault.kind {
        K::StoreClockBehind => faults.push(Fault {
            at: fault.at.saturating_sub(random.magnitude(SECOND, fault.span)),
            span: 0,
            kind: K::SignInAgain,
            ..fault
        }),
        K::OwnerRevokes => {
            faults.push(Fault {
                at: fault.at.saturating_sub(20 * SECOND),
                span: 10 * MINUTE,
                kind: K::Busy,
                ..fault
            });
            for till in (0..shop.tills).filter(|till| *till != fault.till) {
                faults.push(Fault {
                    at: (fault.at + random.below(800)).saturating_sub(400),
                    kind: K::PressRenew,
                    till,
                    ..fault
                });
            }
        }
        // Somebody has to ask for something, or nobody notices.
        K::HeadersStripped => {
            for part in 1..4 {
                faults.push(Fault {
                    at: fault.at + fault.span * part / 4,
                    span: MINUTE,
                    kind: K::HelperUses,
                    ..fault
                });
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_makes_the_same_plan() {
        let one = Plan::new(5, 120, StoreKind::Stock);
        let two = Plan::new(5, 120, StoreKind::Stock);
        assert_eq!(one.faults, two.faults);
        assert!(!one.faults.is_empty());
        assert!(one.faults.is_sorted_by_key(|fault| fault.at));
    }

    #[test]
    fn a_hundred_seeds_meet_every_kind_of_fault() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..100 {
            for fault in Plan::new(seed, 60, StoreKind::Evertill).faults {
                seen.insert(fault.kind);
                assert!(fault.at < 60 * DAY);
            }
        }
        assert_eq!(seen.len(), FaultKind::all().count());
    }

    #[test]
    fn a_fault_tells_when_how_long_and_where() {
        let fault = Fault {
            at: 2 * DAY + 9 * HOUR + 61 * SECOND,
            span: 90 * SECOND,
            till: 1,
            kind: K::Offline,
        };
        assert_eq!(
            fault.to_string(),
            "day 2 09:01:01.000 line down for 1 min (till 1)"
        );
    }
}
