//! Bugs planted on purpose, to show that the simulator can see.
//!
//! Each re-creates a failure that a real client or server had. The shipped rules stay as they are: a thin layer round
//! the engine changes what goes in, what comes out, or what time it is.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a planted bug changes one case and passes the others on"
)]

use std::time::Duration;

use evertill_session::{
    Answer, Arrival, BootId, Effect, Engine, Event, Input, Moment, Now, Place, Reason, Record, Refusal, Roll,
    State,
    engine::{Step, Stored},
};
use evertill_wire::Code;

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each name is the sentence, and `label` is its text")]
pub enum Planted {
    RenewsOnlyAtExpiry,
    NotFoundIsAVerdict,
    FirewallIsAVerdict,
    TooManyIsAVerdict,
    ServerErrorIsAVerdict,
    ClockRefusalIsAVerdict,
    NoReadAfterTheLock,
    UsesBeforeSaving,
    UsesARotationThatWasNotSaved,
    NoSecondOpinion,
    RefusesWithoutCompare,
    LoserErasesTheWinner,
    CountsOnTheWallClock,
    ClockStopsInSleep,
    IgnoresRetryAfter,
    RetriesWithoutAPause,
    FreezesAfterAFailure,
    ServesEndedTokens,
    DropsALivingTokenToRenew,
    TakesAnyAnswer,
    KeepsTheOldRefreshToken,
    ForgetsAtRestart,
    DamageIsASignOut,
    OfflineIsSignedOut,
    RenewsOnForbidden,
    LoopsOnAHalfEndedSession,
    SignsOutOnlyHere,
    LeavesTheVaultAtSignOut,
    KeepsTheRefusalAfterSignIn,
    SilentAboutTheHorizon,
    RenewsWithoutTheLivingToken,
    SaysTheToken,
    BelievesUnsigned,
    BlamesTheToken,
    NeverLooksBack,
    MovesDamageAway,
}

use Planted as P;

/// Every planted bug, with the failure it re-creates.
const ALL: &[(Planted, &str, &str)] = &[
    (
        P::RenewsOnlyAtExpiry,
        "renews only once the token has ended",
        "stock WCPOS client: renewal only after a 401",
    ),
    (
        P::NotFoundIsAVerdict,
        "takes 404 for a verdict",
        "stock WCPOS client during a plugin update",
    ),
    (
        P::FirewallIsAVerdict,
        "takes a firewall's 403 for a verdict",
        "garfiec/Librechat-Mobile#379",
    ),
    (
        P::TooManyIsAVerdict,
        "takes 429 for a verdict",
        "decocms/studio#6122",
    ),
    (
        P::ServerErrorIsAVerdict,
        "takes 5xx for a verdict",
        "supabase auth-js: 500 deletes the session",
    ),
    (
        P::ClockRefusalIsAVerdict,
        "takes `iat prior to` for a verdict",
        "WCPOS plugin: a clock stepped back",
    ),
    (
        P::NoReadAfterTheLock,
        "does not read the vault after taking the lock",
        "railwayapp/cli#991, nhost/nhost#555",
    ),
    (
        P::UsesBeforeSaving,
        "uses a grant before it is saved",
        "nhost/nhost#853; AWS login credentials",
    ),
    (
        P::UsesARotationThatWasNotSaved,
        "takes a failed save for a save",
        "AWS login: a failed save only warns",
    ),
    (
        P::NoSecondOpinion,
        "believes the first unsigned refusal",
        "WCPOS plugin: unreadable table says revoked",
    ),
    (
        P::RefusesWithoutCompare,
        "writes a refusal over whatever the vault holds",
        "MoonshotAI/kimi-code#3186",
    ),
    (
        P::LoserErasesTheWinner,
        "clears the vault when a renewal fails",
        "opendefender/OpenRisk#700",
    ),
    (
        P::CountsOnTheWallClock,
        "counts lifetimes on the wall clock",
        "okta/okta-signin-widget#1899",
    ),
    (
        P::ClockStopsInSleep,
        "counts lifetimes on a clock that stops in sleep",
        "google-cloud-rust token cache",
    ),
    (
        P::IgnoresRetryAfter,
        "ignores Retry-After",
        "vstorm-co/agenticos#1426",
    ),
    (
        P::RetriesWithoutAPause,
        "tries again at once",
        "GlycemicGPT#859, owncloud/client#8883",
    ),
    (
        P::FreezesAfterAFailure,
        "never tries again after a failure",
        "supabase-swift#486",
    ),
    (
        P::ServesEndedTokens,
        "serves tokens past their end",
        "manfredsteyer/angular-oauth2-oidc#1135",
    ),
    (
        P::DropsALivingTokenToRenew,
        "takes a living token away while it renews",
        "azure-sdk-for-rust in the last 300 s",
    ),
    (
        P::TakesAnyAnswer,
        "takes the answer of another attempt",
        "jetstreamapp/jetstream#1729",
    ),
    (
        P::KeepsTheOldRefreshToken,
        "throws the rotated refresh token away",
        "kurrent-io/kcap-cli#875",
    ),
    (
        P::ForgetsAtRestart,
        "starts without its vault",
        "boardsesh/boardsesh#4001: cold start signs out",
    ),
    (
        P::DamageIsASignOut,
        "takes a damaged vault for a sign-out",
        "anthropics/claude-code#27933",
    ),
    (
        P::OfflineIsSignedOut,
        "takes a missing network for signed out",
        "aws-amplify/amplify-js#10393",
    ),
    (
        P::RenewsOnForbidden,
        "renews on 403",
        "wcpos/monorepo PR 74 and 491",
    ),
    (
        P::LoopsOnAHalfEndedSession,
        "renews for ever when fresh tokens are refused",
        "wcpos/monorepo PR 290",
    ),
    (
        P::SignsOutOnlyHere,
        "does not tell the store about a sign-out",
        "Tr3kkR/Yuzu#4283",
    ),
    (
        P::LeavesTheVaultAtSignOut,
        "leaves the grant in the vault at sign-out",
        "ScaleOvenStove/crosswithfriends#566",
    ),
    (
        P::KeepsTheRefusalAfterSignIn,
        "keeps an old refusal beside a new sign-in",
        "wcpos/monorepo 27f87edd4",
    ),
    (
        P::SilentAboutTheHorizon,
        "does not announce the horizon",
        "stock WCPOS client: the 30-day cliff",
    ),
    (
        P::RenewsWithoutTheLivingToken,
        "renews without the living access token",
        "sites that lock their REST interface",
    ),
    (
        P::SaysTheToken,
        "writes a token into the journal",
        "panva/node-oidc-provider debug output",
    ),
    (
        P::BelievesUnsigned,
        "believes a refusal that is not signed, of a store that signs",
        "a proxy in front of the store that answers by itself",
    ),
    (
        P::BlamesTheToken,
        "takes a token that was lost on the way for a refused one",
        "WCPOS plugin: a host strips the Authorization header",
    ),
    (
        P::NeverLooksBack,
        "goes on sending tokens in addresses for ever",
        "WCPOS plugin: tokens in the logs of the host",
    ),
    (
        P::MovesDamageAway,
        "puts a damaged vault out of the way when it reads it",
        "this client before its first release",
    ),
];

impl Planted {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|(planted, _, _)| *planted)
    }

    /// What it does.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.entry().1
    }

    /// Where the like of it happened.
    #[must_use]
    pub fn origin(self) -> &'static str {
        self.entry().2
    }

    fn entry(self) -> &'static (Self, &'static str, &'static str) {
        ALL.iter()
            .find(|(planted, _, _)| *planted == self)
            .unwrap_or(&ALL[0])
    }
}

/// The rules of one process: the real engine, and the bug planted round it.
#[derive(Debug)]
pub(crate) struct Rules {
    engine: Engine,
    planted: Option<Planted>,
    slept: Duration,
    is_frozen: bool,
}

impl Rules {
    pub(crate) fn new(boot: BootId, planted: Option<Planted>) -> Self {
        Self {
            engine: Engine::new(boot),
            planted,
            slept: Duration::ZERO,
            is_frozen: false,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The clocks as the rules are shown them.
    pub(crate) fn clock(&self, now: Now) -> Now {
        let moment = match self.planted {
            Some(P::CountsOnTheWallClock) => {
                Moment::from_millis(u64::try_from(now.wall.as_millis()).unwrap_or(0))
            }
            Some(P::ClockStopsInSleep) => Moment::from_millis(
                now.moment
                    .as_millis()
                    .saturating_sub(u64::try_from(self.slept.as_millis()).unwrap_or(0)),
            ),
            Some(_) | None => now.moment,
        };
        Now { moment, ..now }
    }

    /// The machine slept.
    pub(crate) fn slept(&mut self, span: Duration) {
        self.slept += span;
    }

    /// How long until the rules want to be called.
    pub(crate) fn due_in(&self, now: Now) -> Option<Duration> {
        if self.is_frozen {
            return None;
        }
        let (at, _) = self.engine.deadline()?;
        let at = match (self.planted, self.engine.state()) {
            (Some(P::RenewsOnlyAtExpiry), State::Active(held)) => held.ends_at.max(held.renew_at),
            (Some(_) | None, _) => at,
        };
        Some(self.clock(now).moment.until(at))
    }

    pub(crate) fn step(&mut self, now: Now, roll: Roll, input: Input) -> Vec<Effect> {
        let now = self.clock(now);
        let Some(planted) = self.planted else {
            return self.engine.step(now, roll, input);
        };
        if self.is_frozen && matches!(input, Input::Due) {
            return Vec::new();
        }
        let input = self.twist(planted, now, input);
        let was_trouble = matches!(&input, Input::Answered(_, Answer::Trouble(_)));
        let effects = self.engine.step(now, roll, input);
        if planted == P::FreezesAfterAFailure && was_trouble {
            self.is_frozen = true;
        }
        self.bend(planted, now, roll, effects, was_trouble)
    }

    /// Changes what goes in.
    fn twist(&self, planted: Planted, now: Now, input: Input) -> Input {
        match (planted, input) {
            (P::NotFoundIsAVerdict, input) => {
                verdict_if(input, |cause| cause == Code::WCPOS_PLUGIN_NOT_FOUND)
            }
            (P::FirewallIsAVerdict, input) => {
                verdict_if(input, |cause| cause == Code::INVALID_RESPONSE_FORMAT)
            }
            (P::TooManyIsAVerdict, input) => verdict_if(input, |cause| cause == Code::RATE_LIMIT_EXCEEDED),
            (P::ServerErrorIsAVerdict, input) => {
                verdict_if(input, |cause| cause == Code::WEBSITE_UNAVAILABLE)
            }
            (P::ClockRefusalIsAVerdict, input) => {
                verdict_if(input, |cause| cause == Code::INVALID_SITE_CONFIGURATION)
            }
            (P::NoReadAfterTheLock, Input::LockTaken(attempt, _)) => {
                Input::LockTaken(attempt, self.own_record())
            }
            (P::UsesARotationThatWasNotSaved, Input::SaveFailed(attempt, _)) => Input::Saved(attempt),
            (P::NoSecondOpinion, Input::Answered(attempt, Answer::Refused(refusal))) => Input::Answered(
                attempt,
                Answer::Refused(Refusal {
                    is_signed: true,
                    ..refusal
                }),
            ),
            (P::IgnoresRetryAfter, Input::Answered(attempt, Answer::Trouble(mut trouble))) => {
                trouble.retry_after = None;
                Input::Answered(attempt, Answer::Trouble(trouble))
            }
            (P::TakesAnyAnswer, Input::Answered(given, answer)) => match self.engine.state() {
                State::Renewing {
                    step: Step::Asking { attempt, .. },
                    ..
                } => Input::Answered(*attempt, answer),
                State::SignedOut
                | State::Active(_)
                | State::Renewing { .. }
                | State::Troubled { .. }
                | State::SignInNeeded { .. } => Input::Answered(given, answer),
            },
            (P::KeepsTheOldRefreshToken, Input::Answered(attempt, Answer::Renewed(mut renewed))) => {
                renewed.refresh = None;
                Input::Answered(attempt, Answer::Renewed(renewed))
            }
            (P::ForgetsAtRestart, Input::Start(_)) => Input::Start(Stored::Nothing),
            (P::DamageIsASignOut, Input::LockTaken(attempt, Stored::Unreadable)) => {
                Input::LockTaken(attempt, Stored::Nothing)
            }
            (P::DamageIsASignOut, Input::VaultChanged(Stored::Unreadable)) => {
                Input::VaultChanged(Stored::Nothing)
            }
            (P::OfflineIsSignedOut, Input::Answered(_, Answer::Trouble(trouble)))
                if trouble.cause == Code::NETWORK_UNREACHABLE =>
            {
                Input::SignOut
            }
            (P::SilentAboutTheHorizon, Input::SignedIn(mut grant)) => {
                grant.renewable_for = None;
                Input::SignedIn(grant)
            }
            (P::RenewsOnlyAtExpiry, Input::Due) => match self.engine.state() {
                State::Active(held) if now.moment < held.ends_at => Input::TokenAccepted(held.grant.serial),
                State::SignedOut
                | State::Active(_)
                | State::Renewing { .. }
                | State::Troubled { .. }
                | State::SignInNeeded { .. } => Input::Due,
            },
            (_, input) => input,
        }
    }

    /// Changes what comes out.
    fn bend(
        &mut self,
        planted: Planted,
        now: Now,
        roll: Roll,
        effects: Vec<Effect>,
        was_trouble: bool,
    ) -> Vec<Effect> {
        let mut bent = Vec::with_capacity(effects.len());
        for effect in effects {
            match (planted, effect) {
                (P::UsesBeforeSaving, Effect::Save { attempt, record }) => {
                    bent.extend(self.engine.step(now, roll, Input::Saved(attempt)));
                    bent.push(Effect::Save { attempt, record });
                }
                (
                    P::ServesEndedTokens,
                    Effect::Publish {
                        access,
                        serial,
                        ends_at,
                    },
                ) => bent.push(Effect::Publish {
                    access,
                    serial,
                    ends_at: ends_at.after(Duration::from_secs(600)),
                }),
                (P::ServesEndedTokens, Effect::Withdraw)
                    if !matches!(self.engine.state(), State::SignedOut | State::SignInNeeded { .. }) => {}
                (P::DropsALivingTokenToRenew, Effect::TakeLock(attempt)) => {
                    bent.push(Effect::Withdraw);
                    bent.push(Effect::TakeLock(attempt));
                }
                (P::SignsOutOnlyHere, Effect::Revoke(_)) | (P::LeavesTheVaultAtSignOut, Effect::Erase(_)) => {
                }
                (P::KeepsTheRefusalAfterSignIn, Effect::Save { attempt, mut record }) => {
                    if let State::SignInNeeded { refusal, .. } = self.engine.state() {
                        record.refusal = Some(refusal.clone());
                    }
                    bent.push(Effect::Save { attempt, record });
                }
                (P::RenewsWithoutTheLivingToken, Effect::Ask { attempt, refresh, .. }) => {
                    bent.push(Effect::Ask {
                        attempt,
                        refresh,
                        access: None,
                    })
                }
                (
                    P::SaysTheToken,
                    Effect::Publish {
                        access,
                        serial,
                        ends_at,
                    },
                ) => {
                    let mut user = access.expose().to_owned();
                    user.truncate(80);
                    bent.push(Effect::Note(Event::Resumed { user }));
                    bent.push(Effect::Publish {
                        access,
                        serial,
                        ends_at,
                    });
                }
                (P::BlamesTheToken, Effect::LookForToken(attempt)) => {
                    let input = Input::Arrived {
                        attempt,
                        place: Place::Header,
                        arrival: Some(Arrival {
                            header: true,
                            parameter: true,
                        }),
                    };
                    bent.extend(self.engine.step(now, roll, input));
                }
                (P::NeverLooksBack, Effect::LookForToken(_)) if !self.engine.is_looking() => {}
                (_, effect) => bent.push(effect),
            }
        }
        if planted == P::RetriesWithoutAPause && was_trouble {
            bent.extend(self.engine.step(now, roll, Input::RenewNow));
        }
        if planted == P::LoserErasesTheWinner
            && was_trouble
            && let State::Troubled { held, .. } = self.engine.state()
        {
            bent.push(Effect::Erase(held.grant.session.clone()));
        }
        bent
    }

    fn own_record(&self) -> Stored {
        let (State::Active(held) | State::Renewing { held, .. } | State::Troubled { held, .. }) =
            self.engine.state()
        else {
            return Stored::Unreadable;
        };
        Stored::Found(Box::new(Record {
            grant: held.grant.clone(),
            refusal: None,
        }))
    }

    /// Whether the vault is changed without looking at what it holds.
    pub(crate) fn compares(&self) -> bool {
        !matches!(
            self.planted,
            Some(P::RefusesWithoutCompare | P::LoserErasesTheWinner)
        )
    }

    /// Whether a damaged vault is gone once it was read.
    pub(crate) fn moves_damage(&self) -> bool {
        self.planted == Some(P::MovesDamageAway)
    }

    /// Whether a refusal needs no signature at a store that signs.
    pub(crate) fn believes_unsigned(&self) -> bool {
        self.planted == Some(P::BelievesUnsigned)
    }

    /// Whether a 403 is taken for a refused token.
    pub(crate) fn renews_on_forbidden(&self) -> bool {
        self.planted == Some(P::RenewsOnForbidden)
    }

    /// Whether a refused fresh token is taken for one that had worked.
    pub(crate) fn forgets_refusals(&self) -> bool {
        self.planted == Some(P::LoopsOnAHalfEndedSession)
    }
}

fn verdict_if(input: Input, is_meant: impl Fn(Code) -> bool) -> Input {
    match input {
        Input::Answered(attempt, Answer::Trouble(trouble)) if is_meant(trouble.cause) => Input::Answered(
            attempt,
            Answer::Refused(Refusal {
                reason: Reason::Ended,
                words: trouble.evidence,
                ended: None,
                is_signed: false,
            }),
        ),
        input => input,
    }
}
