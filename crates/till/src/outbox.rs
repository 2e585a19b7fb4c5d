//! Sends paid sales to the store, in order, once each.
//!
//! The rules are `evertill-sale`'s; this driver keeps each new state on the disk *before* it acts on it and asks
//! nobody whether it may: a killed till finds its sales where they were and goes on with the same writes, which
//! the store recognises. While a person must sign in nothing is sent and nothing is lost.
//!
//! **Invariant:** *no sale leaves this till before its state says so on the disk.*

mod journey;
pub(crate) use journey::{SENT, paid};
mod letter;

use std::future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use evertill_sale::booked::{StoreReply, Verdict, judge};
use evertill_sale::outbox::{Chance, Dispatch, Input, Outbox, Output, PARALLEL_MAX, State, Write};
use evertill_sale::record;
use evertill_sale::sale::PaidSale;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use crate::clock;
use crate::db::sales::{self, Progress, SaleState};
use crate::db::{events, goods::to_json};
use crate::error::TillError;
use crate::hub;
use crate::till::Till;
use crate::views::bar::Standing;

/// Sales taken from the disk into memory at once.
const TAKEN_MAX: u32 = 500;

/// Pause after the till's own disk failed.
const DISK_PAUSE: Duration = Duration::from_secs(5);

/// Nudges that may wait; beyond that the sender looks by itself.
pub(crate) const NUDGES_MAX: usize = 64;

/// What the sender is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nudge {
    /// A sale was paid.
    Paid,
    /// A person wants a parked sale sent again.
    SendAgain(Uuid),
}

/// The sending as the state bar shows it.
#[derive(Debug, Default)]
pub(crate) struct Run {
    done: u32,
    open: u32,
    is_sending: bool,
    unreachable_since_ms: Option<i64>,
}

impl Run {
    /// Sales of this run that are done, and all of them, while one is on its way.
    pub(crate) fn progress(&self) -> Option<(u32, u32)> {
        self.is_sending.then(|| (self.done, self.done + self.open))
    }

    /// Since when the store has not answered, milliseconds since 1970.
    pub(crate) fn unreachable_since_ms(&self) -> Option<i64> {
        self.unreachable_since_ms
    }
}

/// What came back for one sale.
struct Heard {
    sale: Box<PaidSale>,
    reply: StoreReply,
    sent_by: Option<String>,
}

/// Sends until it is told to stop. A request that is on its way then is given up; it is asked for again later.
pub(crate) async fn drive(till: Arc<Till>, nudges: mpsc::Receiver<Nudge>, stop: watch::Receiver<bool>) {
    let mut sender = Sender {
        till,
        outbox: Outbox::default(),
        letters: JoinSet::new(),
        done_in_run: 0,
        has_news: true,
        was_well: false,
    };
    sender.serve(nudges, stop).await;
}

/// What the sender wakes up for.
enum News {
    Due,
    Session,
    Nudged(Nudge),
    Heard(Result<Box<Heard>, JoinError>),
}

struct Sender {
    till: Arc<Till>,
    outbox: Outbox,
    letters: JoinSet<Heard>,
    done_in_run: u32,
    /// There may be sales on the disk that are not in the outbox.
    has_news: bool,
    /// The session was well when it was looked at last.
    was_well: bool,
}

impl Sender {
    async fn serve(&mut self, mut nudges: mpsc::Receiver<Nudge>, mut stop: watch::Receiver<bool>) {
        let mut session = self.till.session.watch();
        loop {
            if let Err(error) = self.work().await {
                tracing::error!(code = %error.code(), "could not keep the state of the sales: {error}");
                tokio::select! {
                    () = tokio::time::sleep(DISK_PAUSE) => continue,
                    _ = stop.wait_for(|stopping| *stopping) => return,
                }
            }
            let due = next_due(&self.outbox, self.may_send());
            let news = tokio::select! {
                _ = stop.wait_for(|stopping| *stopping) => return,
                Some(nudge) = nudges.recv() => News::Nudged(nudge),
                Some(heard) = self.letters.join_next() => News::Heard(heard.map(Box::new)),
                Ok(()) = session.changed() => News::Session,
                () = due => News::Due,
            };
            let outcome = match news {
                News::Due => Ok(()),
                News::Session => {
                    self.session_changed();
                    Ok(())
                }
                News::Nudged(nudge) => self.nudged(nudge).await,
                News::Heard(Ok(heard)) => self.heard(*heard).await,
                News::Heard(Err(error)) => {
                    tracing::error!(%error, "a sending task ended early");
                    self.restore().await;
                    Ok(())
                }
            };
            if let Err(error) = outcome {
                tracing::error!(code = %error.code(), "could not keep the state of the sales: {error}");
            }
        }
    }

    /// Takes in what is new and sends what is due.
    async fn work(&mut self) -> Result<(), TillError> {
        if self.has_news {
            self.take_in().await?;
            self.has_news = false;
        }
        while self.may_send() {
            let Some(sale) = self.outbox.due(now_ms()) else {
                break;
            };
            self.send(sale).await?;
        }
        self.show();
        Ok(())
    }

    fn may_send(&self) -> bool {
        match self.till.session.standing() {
            Standing::Well | Standing::Renewing { .. } | Standing::Troubled { .. } => true,
            Standing::SignInNeeded | Standing::SignedOut => false,
        }
    }

    async fn take_in(&mut self) -> Result<(), TillError> {
        let rows = self
            .till
            .db
            .read("look which sales wait", |db| sales::unsent(db, TAKEN_MAX))
            .await?;
        for row in rows {
            if self.outbox.state(row.sale.uuid()).is_some() {
                continue;
            }
            let kept = match record::read::<Dispatch>(&row.outbox) {
                Ok(dispatch) => dispatch,
                Err(error) => {
                    tracing::error!(%error, sale.number = row.number, "the state of a sale cannot be read, it starts anew");
                    Dispatch::new(row.sale.uuid(), State::of(&row.sale, now_ms()))
                }
            };
            let (state, _) = kept.state.step(now_ms(), Input::Interrupted, chance());
            self.outbox.insert(row.sale.uuid(), state);
        }
        Ok(())
    }

    /// Gives up what is on its way, forgets what is in memory and reads the disk again.
    async fn restore(&mut self) {
        self.letters.shutdown().await;
        self.outbox = Outbox::default();
        self.has_news = true;
    }

    async fn send(&mut self, uuid: Uuid) -> Result<(), TillError> {
        let question = "read the sale to be sent";
        let Some(row) = self
            .till
            .db
            .read(question, move |db| sales::find(db, uuid))
            .await?
        else {
            return Ok(());
        };
        let before = self.outbox.state(uuid).cloned();
        let Some((dispatch, Some(Output::Send(write)))) =
            self.outbox.step(uuid, now_ms(), Input::Due, chance())
        else {
            return Ok(());
        };
        let is_first = row.attempts == 0;
        let event = is_first.then(|| journey::sending(clock::now_ms()));
        if let Err(error) = self.keep(&dispatch, 1, None, event).await {
            if let Some(before) = before {
                self.outbox.insert(uuid, before);
            }
            return Err(error);
        }
        self.post(row.sale, write);
        Ok(())
    }

    fn post(&mut self, sale: PaidSale, write: Write) {
        let till = Arc::clone(&self.till);
        self.letters.spawn(async move {
            let reply = letter::post(&till.session, &sale, &write).await;
            Heard {
                sent_by: till.session.person().map(|person| person.name),
                sale: Box::new(sale),
                reply,
            }
        });
    }

    async fn heard(&mut self, heard: Heard) -> Result<(), TillError> {
        let uuid = heard.sale.uuid();
        let verdict = judge(&heard.sale, &heard.reply);
        self.note_reach(&heard.reply);
        let before = self.outbox.state(uuid).cloned();
        let told = journey::told(
            &heard.sale,
            before.as_ref(),
            &verdict,
            heard.sent_by.as_deref(),
            clock::now_ms(),
        );
        let is_booked = matches!(verdict, Verdict::Booked(_));
        let Some((dispatch, output)) = self.outbox.step(uuid, now_ms(), Input::Heard(verdict), chance())
        else {
            return Ok(());
        };
        if let Some(Output::Alarm { state, input }) = output {
            tracing::error!(sale.id = %uuid, "a sale in state {state} met {input}");
        }
        let kept = self
            .keep(&dispatch, 0, heard.sent_by.filter(|_| is_booked), told)
            .await;
        if let Err(error) = kept {
            self.put_back(uuid, before, &error);
            return Err(error);
        }
        match is_booked {
            true => {
                self.done_in_run += 1;
                tracing::info!(sale.id = %uuid, sale.number = %heard.sale.stamp().number, "the store booked sale {uuid}");
                self.outbox.forget_booked(uuid);
                // More sales than fit into memory wait on the disk.
                self.has_news |= self.outbox.unsent() + 1 >= TAKEN_MAX as usize;
                self.hurry();
            }
            false => self.show(),
        }
        self.till.hub.tell(hub::News::Sales);
        Ok(())
    }

    /// The answer could not be written down: the sale waits and asks again, which the store recognises.
    fn put_back(&mut self, uuid: Uuid, before: Option<State>, error: &TillError) {
        if let Some(before) = before {
            let wait = Input::Heard(Verdict::Wait {
                code: error.code(),
                retry_after_ms: None,
            });
            let (state, _) = before.step(now_ms(), wait, chance());
            self.outbox.insert(uuid, state);
        }
    }

    async fn nudged(&mut self, nudge: Nudge) -> Result<(), TillError> {
        match nudge {
            Nudge::Paid => {
                self.has_news = true;
                Ok(())
            }
            Nudge::SendAgain(uuid) => self.send_again(uuid).await,
        }
    }

    /// A session that is well again is a reason not to wait; a renewal in between is none.
    fn session_changed(&mut self) {
        match self.till.session.standing() {
            Standing::Well if !self.was_well => {
                self.was_well = true;
                self.hurry();
            }
            Standing::Well | Standing::Renewing { .. } => {}
            Standing::Troubled { .. } | Standing::SignInNeeded | Standing::SignedOut => self.was_well = false,
        }
    }

    /// Ends the pauses that we chose ourselves.
    fn hurry(&mut self) {
        let waiting: Vec<Uuid> = self.outbox.iter().map(|(sale, _)| sale).collect();
        for sale in waiting {
            self.outbox.step(sale, now_ms(), Input::Hurry, chance());
        }
    }

    async fn send_again(&mut self, uuid: Uuid) -> Result<(), TillError> {
        let question = "read the sale to be sent again";
        let Some(row) = self
            .till
            .db
            .read(question, move |db| sales::find(db, uuid))
            .await?
        else {
            return Ok(());
        };
        if row.state != SaleState::Parked {
            self.hurry();
            return Ok(());
        }
        let Ok(kept) = record::read::<Dispatch>(&row.outbox) else {
            return Ok(());
        };
        let (state, _) = kept.state.step(now_ms(), Input::SendAgain, chance());
        let dispatch = Dispatch::new(uuid, state.clone());
        self.keep(&dispatch, 0, None, Some(journey::again(clock::now_ms())))
            .await?;
        self.outbox.insert(uuid, state);
        self.till.hub.tell(hub::News::Sales);
        Ok(())
    }

    async fn keep(
        &self,
        dispatch: &Dispatch,
        attempts: i64,
        sent_by: Option<String>,
        event: Option<events::EventRow>,
    ) -> Result<(), TillError> {
        let uuid = dispatch.sale;
        let (state, order, booked_at_ms) = match &dispatch.state {
            State::Waiting { .. } => (SaleState::Waiting, None, None),
            State::Sending { .. } => (SaleState::Sending, None, None),
            State::Booked { booking, at_ms } => (
                SaleState::Booked,
                Some((booking.order_id, booking.number.clone())),
                i64::try_from(*at_ms).ok(),
            ),
            State::Parked { .. } => (SaleState::Parked, None, None),
        };
        let dispatch = dispatch.clone();
        self.till
            .db
            .write("keep the state of a sale", move |tx| {
                let progress = Progress {
                    state,
                    outbox: to_json(&dispatch)?,
                    attempts,
                    order,
                    sent_by,
                    booked_at_ms,
                };
                sales::advance(tx, uuid, &progress)?;
                match &event {
                    Some(event) => events::add(tx, Some(uuid), event),
                    None => Ok(()),
                }
            })
            .await
    }

    fn note_reach(&self, reply: &StoreReply) {
        let mut run = self.till.run.lock().unwrap_or_else(PoisonError::into_inner);
        match reply {
            StoreReply::Answer { status, .. } if *status < 500 => run.unreachable_since_ms = None,
            StoreReply::Answer { .. } | StoreReply::NoAnswer { .. } => {
                run.unreachable_since_ms.get_or_insert_with(clock::now_ms);
            }
        }
    }

    /// Lets the state bar know.
    fn show(&mut self) {
        let open = self
            .outbox
            .iter()
            .filter(|(_, state)| matches!(state, State::Waiting { .. } | State::Sending { .. }))
            .count();
        let is_sending = !self.letters.is_empty();
        if open == 0 {
            self.done_in_run = 0;
        }
        let mut run = self.till.run.lock().unwrap_or_else(PoisonError::into_inner);
        let open = u32::try_from(open).unwrap_or(u32::MAX);
        let has_changed = (run.done, run.open, run.is_sending) != (self.done_in_run, open, is_sending);
        (run.done, run.open, run.is_sending) = (self.done_in_run, open, is_sending);
        if has_changed {
            self.till.hub.tell(hub::News::Bar);
        }
    }
}

/// Resolves when a sale is due; never while none waits, none may be sent, or enough are on their way.
fn next_due(outbox: &Outbox, may_send: bool) -> impl Future<Output = ()> + use<> {
    let sending = outbox
        .iter()
        .filter(|(_, state)| matches!(state, State::Sending { .. }))
        .count();
    let now_ms = now_ms();
    let left_ms = outbox
        .poll_deadline(now_ms)
        .filter(|_| may_send && sending < PARALLEL_MAX)
        .map(|at_ms| at_ms.saturating_sub(now_ms));
    async move {
        match left_ms {
            None => future::pending().await,
            Some(left_ms) => tokio::time::sleep(Duration::from_millis(left_ms)).await,
        }
    }
}

fn now_ms() -> u64 {
    u64::try_from(clock::now_ms()).unwrap_or(0)
}

fn chance() -> Chance {
    let mutation_id = Uuid::new_v4();
    Chance {
        jitter: mutation_id.as_u64_pair().1,
        mutation_id,
    }
}
