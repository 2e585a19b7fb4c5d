//! What a check costs inside the store, and tokens nobody was handed, for the bench: it cannot reach in from outside.

use std::{hint::black_box, path::Path, sync::Arc, time::Instant};

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};
use evertill_issuer::Limits;
use evertill_wire::AccessToken;
use uuid::Uuid;

use crate::{
    Clock,
    keys::Keys,
    sessions::{Opening, Sessions},
    store::{Store, Visitor, sqlite::Sqlite},
    tokens::{Holder, Mint, Origin},
};

/// Rounds of each measurement. The best one counts: what others did on the machine is left out.
const ROUNDS: usize = 20;

/// Costs in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Checks {
    /// An access token that was seen before.
    pub seen_ns: f64,
    /// One that was not: decoding, verifying, looking at its session, remembering it.
    pub unseen_ns: f64,
    /// Verifying one Ed25519 signature over as many bytes, and nothing else.
    pub bare_ns: f64,
    /// How many bare verifications one that was not seen costs: in the middle of the rounds, each of which measures
    /// both, so that whatever else the machine does weighs on both alike.
    pub unseen_in_bare: f64,
    /// Refusing what is no token.
    pub junk_ns: f64,
    /// Refusing a token that looks like one of ours and has another's signature.
    pub forged_ns: f64,
    /// Making a token.
    pub signing_ns: f64,
    /// Whether junk and forged tokens were refused.
    pub are_bad_ones_refused: bool,
}

struct Fixture {
    sessions: Arc<Sessions>,
    mint: Mint,
    clock: Clock,
    holder: Holder,
}

/// Measures in a new store in this directory.
///
/// # Errors
/// When the store cannot be made.
pub async fn checks(directory: &Path) -> Result<Checks, Box<dyn std::error::Error>> {
    let fixture = Fixture::open(directory).await?;
    let Fixture {
        sessions,
        mint,
        clock,
        holder,
    } = &fixture;
    let following = tokio::spawn(Arc::clone(sessions).follow());
    let now = clock.seconds();
    let token = mint.access(*holder, now, Uuid::new_v4()).token;
    while !sessions.remembers(&token).await? {
        tokio::task::yield_now().await;
    }
    let seen_ns = least(10_000, async || sessions.check(&token).await.is_ok()).await;
    let (unseen_ns, bare_ns, unseen_in_bare) = unseen(&fixture, &token).await;
    let junk = AccessToken::new("x".repeat(600));
    let junk_ns = least(10_000, async || sessions.check(&junk).await.is_ok()).await;
    let forged = forged(&token, &mint.access(*holder, now, Uuid::new_v4()).token);
    let forged_ns = least(200, async || sessions.check(&forged).await.is_ok()).await;
    let are_bad_ones_refused =
        sessions.check(&junk).await?.is_none() && sessions.check(&forged).await?.is_none();
    following.abort();
    let signing_ns = least(200, async || {
        let issued = mint.access(*holder, now, black_box(Uuid::nil()));
        black_box(issued).expires_in > 0
    })
    .await;
    Ok(Checks {
        seen_ns,
        unseen_ns,
        bare_ns,
        unseen_in_bare,
        junk_ns,
        forged_ns,
        signing_ns,
        are_bad_ones_refused,
    })
}

/// A token that was not seen, a bare verification, and how many of these the other is.
async fn unseen(fixture: &Fixture, token: &AccessToken) -> (f64, f64, f64) {
    let now = fixture.clock.seconds();
    let key = SigningKey::from_bytes(&[7; 32]);
    let message = token.expose().as_bytes();
    let (signature, verifying) = (key.sign(message), key.verifying_key());
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut fresh: Vec<AccessToken> = (0..200)
            .map(|_| fixture.mint.access(fixture.holder, now, Uuid::new_v4()).token)
            .collect();
        let unseen = once(200, async || match fresh.pop() {
            Some(token) => fixture.sessions.check(&token).await.is_ok(),
            None => false,
        })
        .await;
        let bare = once(200, async || {
            verifying.verify(black_box(message), &signature).is_ok()
        })
        .await;
        rounds.push((unseen, bare));
        tokio::task::yield_now().await;
    }
    let least = |part: fn(&(f64, f64)) -> f64| rounds.iter().map(part).fold(f64::INFINITY, f64::min);
    let mut ratios: Vec<f64> = rounds.iter().map(|(unseen, bare)| unseen / bare).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    (
        least(|round| round.0),
        least(|round| round.1),
        ratios[ratios.len() / 2],
    )
}

impl Fixture {
    /// A store with a cashier who is signed in.
    async fn open(directory: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let keys = Arc::new(Keys::open(directory, true)?);
        let clock = Clock::system();
        let store = Arc::new(Sqlite::open(directory, &clock)?);
        crate::sample::load(store.as_ref(), &clock).await?;
        let account = store
            .account_named("cashier")
            .await?
            .ok_or("the sample shop has a cashier")?;
        let mint = Mint::new(keys, "https://shop.example".into(), "store".into(), 900);
        let limits = Limits {
            idle_s: 86_400,
            absolute_s: None,
        };
        let sessions = Arc::new(Sessions::new(store, mint.clone(), clock.clone(), limits));
        let opening = Opening {
            account_id: account.id,
            visitor: Visitor::default(),
            client: None,
            sender_key: None,
        };
        let (grant, _) = sessions.open(opening).await?;
        let holder = Holder {
            session: grant.session,
            account_id: account.id,
            counter: 0,
            sender_key: None,
        };
        Ok(Self {
            sessions,
            mint,
            clock,
            holder,
        })
    }
}

/// What a token says, with the signature of another.
fn forged(token: &AccessToken, other: &AccessToken) -> AccessToken {
    let part = |text: &str, is_signature: bool| {
        let dot = text.rfind('.').map_or(0, |dot| dot + 1);
        let (signed, signature) = text.split_at(dot);
        if is_signature { signature } else { signed }.to_owned()
    };
    AccessToken::new(part(token.expose(), false) + &part(other.expose(), true))
}

/// Nanoseconds of one piece of work, in the best of the rounds.
async fn least(times: u32, mut work: impl AsyncFnMut() -> bool) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        best = best.min(once(times, &mut work).await);
        // Lets the news come in, without which nothing is taken for seen.
        tokio::task::yield_now().await;
    }
    best
}

/// Nanoseconds of one piece of work, in one round.
async fn once(times: u32, mut work: impl AsyncFnMut() -> bool) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        black_box(work().await);
    }
    began.elapsed().as_nanos() as f64 / f64::from(times)
}

/// The refresh tokens of sessions (key, account, counter) of the store in this directory, as it would hand them out
/// now.
///
/// # Errors
/// When the store has no keys that can be read.
pub fn refresh_tokens(
    directory: &Path,
    sessions: &[([u8; 16], i64, i64)],
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let keys = Arc::new(Keys::open(directory, false)?);
    let mint = Mint::new(keys, String::new(), String::new(), 900);
    let sealed_at = Clock::system().seconds();
    let token = |(id, account_id, counter): &([u8; 16], i64, i64)| {
        let origin = Origin {
            account_id: *account_id,
            sealed_at,
            sender_key: None,
        };
        let session = Uuid::from_bytes(*id);
        mint.refresh(session, counter.cast_unsigned(), origin)
            .expose()
            .to_owned()
    };
    Ok(sessions.iter().map(token).collect())
}
