//! What a check costs inside the store, for the bench: it cannot reach in from outside.

use std::{hint::black_box, sync::Arc, time::Instant};

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};
use evertill_issuer::Limits;
use evertill_wire::AccessToken;

use crate::{
    Clock,
    keys::Keys,
    sessions::{Opening, Sessions},
    store::{Store, Visitor, sqlite::Sqlite},
    tokens::Mint,
};

/// Costs in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Checks {
    /// An access token that was seen before.
    pub seen_ns: f64,
    /// Reading one that was not: decoding and verifying.
    pub unseen_ns: f64,
    /// Verifying one Ed25519 signature over as many bytes, and nothing else.
    pub bare_ns: f64,
    /// Refusing what is no token.
    pub junk_ns: f64,
}

/// Measures in a new store in this directory.
///
/// # Errors
/// When the store cannot be made.
pub async fn checks(directory: &std::path::Path) -> Result<Checks, Box<dyn std::error::Error>> {
    let keys = Arc::new(Keys::open(directory, true)?);
    let store = Arc::new(Sqlite::open(directory, &Clock::system())?);
    let clock = Clock::system();
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
    let following = tokio::spawn(Arc::clone(&sessions).follow());
    let opening = Opening {
        account_id: account.id,
        visitor: Visitor::default(),
        client: None,
        sender_key: None,
    };
    let (grant, _) = sessions.open(opening).await?;
    let token = grant.access.token;
    while !sessions.remembers(&token).await? {
        tokio::task::yield_now().await;
    }
    let mut seen_ns = f64::INFINITY;
    for _ in 0..20 {
        let began = Instant::now();
        for _ in 0..10_000 {
            black_box(sessions.check(black_box(&token)).await?);
        }
        seen_ns = seen_ns.min(began.elapsed().as_nanos() as f64 / 10_000.0);
        tokio::task::yield_now().await;
    }
    following.abort();
    let now = clock.seconds();
    let unseen_ns = least(|| {
        black_box(mint.read_access(black_box(&token), now));
    });
    let key = SigningKey::from_bytes(&[7; 32]);
    let message = token.expose().as_bytes();
    let signature = key.sign(message);
    let verifying = key.verifying_key();
    let bare_ns = least(|| {
        let _is_good = black_box(verifying.verify(black_box(message), &signature));
    });
    let junk = AccessToken::new("x".repeat(600));
    let junk_ns = least(|| {
        black_box(Mint::may_be_access(black_box(&junk)));
    });
    Ok(Checks {
        seen_ns,
        unseen_ns,
        bare_ns,
        junk_ns,
    })
}

/// The best of twenty rounds: what others did on the machine is left out.
fn least(mut work: impl FnMut()) -> f64 {
    (0..20)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..500 {
                work();
            }
            began.elapsed().as_nanos() as f64 / 500.0
        })
        .fold(f64::INFINITY, f64::min)
}
