//! Tills that renew without a pause, lose some answers, and know what they may be told.
//!
//! Whatever a store does to them, a till is refused only after somebody set out to end its session, and once that was
//! acknowledged it is never renewed again. Every status is counted; one that is not expected stops the scenario.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::{JoinHandle, JoinSet};

use super::{
    store::{Store, Tokens},
    until,
};

/// How long a till waits before it tries a store again that is away.
const PAUSE: Duration = Duration::from_millis(10);

/// One in so many answers reaches a till that is killed before it has written it down.
const LOST_EVERY: u64 = 7;

/// Ended tills that ask at the same time: with those that live, fewer than the store lets in from one address.
const ASKED_AT_ONCE: usize = 32;

/// What a till may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Living,
    /// Somebody is about to end its session.
    Leaving,
    /// The ending was acknowledged.
    Ended,
}

/// One till: what is on its disk, and how it stands.
#[derive(Debug)]
pub(crate) struct Member {
    number: usize,
    state: Mutex<(Tokens, Standing)>,
}

/// What all tills together have met with.
#[derive(Debug, Default)]
struct Day {
    is_over: AtomicBool,
    renewals: AtomicU64,
    lost: AtomicU64,
    away: AtomicU64,
    statuses: Mutex<BTreeMap<u16, u64>>,
}

/// What came of a day.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) renewals: u64,
    pub(crate) lost: u64,
    pub(crate) away: u64,
    pub(crate) statuses: BTreeMap<u16, u64>,
    pub(crate) living: usize,
    pub(crate) ended: usize,
}

/// All tills of a store.
#[derive(Debug)]
pub(crate) struct Crew {
    store: Store,
    day: Arc<Day>,
    members: Vec<Arc<Member>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Crew {
    pub(crate) async fn of(store: &Store, count: usize) -> Self {
        let mut crew = Self {
            store: store.clone(),
            day: Arc::default(),
            members: Vec::new(),
            tasks: Vec::new(),
        };
        for _ in 0..count {
            crew.join().await;
        }
        crew
    }

    /// One more till signs in and begins to renew.
    pub(crate) async fn join(&mut self) -> Arc<Member> {
        let signed_in = self.store.sign_in("joins", "cashier", "cashier-demo").await;
        let member = Arc::new(Member {
            number: self.members.len(),
            state: Mutex::new((signed_in.expect("the password is right"), Standing::Living)),
        });
        self.members.push(Arc::clone(&member));
        let work = work(self.store.clone(), Arc::clone(&member), Arc::clone(&self.day));
        self.tasks.push(tokio::spawn(work));
        member
    }

    /// The tills whose session nobody has ended.
    pub(crate) fn living(&self) -> Vec<Arc<Member>> {
        let living = self
            .members
            .iter()
            .filter(|member| member.stands(Standing::Living));
        living.cloned().collect()
    }

    /// Waits until the tills have renewed so many times more.
    pub(crate) async fn renew(&self, more: u64) {
        let goal = self.day.renewals.load(Ordering::Relaxed) + more;
        until("the tills to renew", || {
            // A till that stopped has something to say; it is heard at the end of the day.
            let is_enough = self.day.renewals.load(Ordering::Relaxed) >= goal;
            let has_stopped = self
                .tasks
                .iter()
                .zip(&self.members)
                .any(|(task, member)| task.is_finished() && member.stands(Standing::Living));
            std::future::ready((is_enough || has_stopped).then_some(()))
        })
        .await;
    }

    /// Ends the session of a till while it renews; returns when the store has acknowledged it.
    pub(crate) async fn end(&self, member: &Member) {
        let tokens = {
            let mut state = member.state();
            state.1 = Standing::Leaving;
            state.0.clone()
        };
        assert_eq!(self.store.end("looks", "ends", &tokens).await, Some(true));
        member.state().1 = Standing::Ended;
    }

    /// Asks for every till whose session was ended: none may renew.
    pub(crate) async fn ended_stay_ended(&self) -> usize {
        let ended: Vec<_> = self
            .members
            .iter()
            .filter(|member| member.stands(Standing::Ended))
            .collect();
        for some in ended.chunks(ASKED_AT_ONCE) {
            let mut asking = JoinSet::new();
            for member in some {
                let (store, member) = (self.store.clone(), Arc::clone(member));
                asking.spawn(async move {
                    let refresh = member.state().0.refresh.clone();
                    let (status, answer) = store.renew("q", &refresh).await.expect("the store answers");
                    assert_eq!(
                        status,
                        StatusCode::UNAUTHORIZED,
                        "till {}: {answer}",
                        member.number
                    );
                    assert_eq!(answer["evertill"]["reason"], "revoked", "till {}", member.number);
                });
            }
            asking.join_all().await;
        }
        ended.len()
    }

    /// Ends the day: every till that nobody ended renews once more.
    pub(crate) async fn close(self) -> Figures {
        self.day.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await
                .expect("no till is signed out, and none lives that was ended");
        }
        let (mut living, mut ended) = (0, 0);
        for member in &self.members {
            if !member.stands(Standing::Living) {
                ended += 1;
                continue;
            }
            let refresh = member.state().0.refresh.clone();
            let (status, answer) = self.store.renew("q", &refresh).await.expect("the store answers");
            assert_eq!(status, StatusCode::OK, "till {}: {answer}", member.number);
            living += 1;
        }
        Figures {
            renewals: self.day.renewals.load(Ordering::Relaxed),
            lost: self.day.lost.load(Ordering::Relaxed),
            away: self.day.away.load(Ordering::Relaxed),
            statuses: self.day.statuses.lock().expect("not poisoned").clone(),
            living,
            ended,
        }
    }
}

impl Member {
    fn state(&self) -> MutexGuard<'_, (Tokens, Standing)> {
        self.state.lock().expect("nobody panics with it in hand")
    }

    fn stands(&self, standing: Standing) -> bool {
        self.state().1 == standing
    }
}

/// Renews until the day is over, or until it was told that its session was ended.
async fn work(store: Store, member: Arc<Member>, day: Arc<Day>) {
    while !day.is_over.load(Ordering::Relaxed) {
        let (refresh, before) = {
            let state = member.state();
            (state.0.refresh.clone(), state.1)
        };
        let Some((status, answer)) = store.renew("works", &refresh).await else {
            day.away.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        *day.statuses
            .lock()
            .expect("not poisoned")
            .entry(status.as_u16())
            .or_default() += 1;
        match status {
            StatusCode::OK => {
                assert_ne!(
                    before,
                    Standing::Ended,
                    "till {} lives again: {answer}",
                    member.number
                );
                let count = day.renewals.fetch_add(1, Ordering::Relaxed);
                if count.is_multiple_of(LOST_EVERY) {
                    day.lost.fetch_add(1, Ordering::Relaxed);
                } else {
                    member.state().0 = Tokens::of(&answer);
                }
            }
            StatusCode::UNAUTHORIZED => {
                assert_is_leaving(&member, &answer);
                if before == Standing::Ended {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
            // A store that starts, stops or has too much to do.
            StatusCode::SERVICE_UNAVAILABLE => tokio::time::sleep(PAUSE).await,
            other => panic!("till {} was answered {other}: {answer}", member.number),
        }
    }
}

fn assert_is_leaving(member: &Member, answer: &Value) {
    assert!(
        !member.stands(Standing::Living),
        "till {} was signed out: {answer}",
        member.number
    );
    assert_eq!(answer["evertill"]["reason"], "revoked", "till {}", member.number);
}
