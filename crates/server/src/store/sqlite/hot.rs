//! Rows of sessions that are in use, ahead of the database.
//!
//! A renewal is decided on the row in memory and answered; the writer takes what changed to the disk a moment later,
//! many rows with one sync. What a crash takes with it costs nobody a session (see `evertill-issuer`). Endings never
//! come this way: they are on the disk first, and are marked here after.
//!
//! Rows that are on the disk go when room is needed; a row that is not yet there stays until it is.

use std::{
    collections::HashMap,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
};

use evertill_issuer::{Change, Counter, Row, Seconds, access_used};
use uuid::Uuid;

use crate::{
    sessions::renewal::{Held, RenewalAsk, Renewed, Write, decide},
    store::{Ended, Session, StoreError},
};

/// Parts with a lock of their own.
const SHARDS: usize = 16;

/// Rows of one generation in one part: at most 32,768 in all, some 7 MiB, beyond those that wait for the disk.
const YOUNG_MAX: usize = 1_024;

/// Rows that may wait for the disk. Past it the disk is so far behind that saying so is better than promising more.
const UNWRITTEN_MAX: usize = 65_536;

/// A row in memory.
#[derive(Debug, Clone)]
struct Entry {
    held: Held,
    ended: Option<Box<Ended>>,
    /// The state of the accounts in which its account was there.
    accounts: i64,
    /// The whole session where the database has no row of it yet.
    lost: Option<Box<Lost>>,
    is_unwritten: bool,
    is_being_written: bool,
}

#[derive(Default)]
struct Shard {
    young: HashMap<Uuid, Entry>,
    old: HashMap<Uuid, Entry>,
    unwritten: Vec<Uuid>,
}

/// Rows of sessions in use.
#[derive(Default)]
pub(super) struct Hot {
    shards: [Mutex<Shard>; SHARDS],
    /// Moves on after every ending, before it is marked here.
    endings: AtomicU64,
    accounts: AtomicI64,
    unwritten: AtomicUsize,
}

/// How things stood when a row was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    endings: u64,
    accounts: i64,
}

impl Moment {
    /// Whether the accounts were then as they were at the other moment.
    pub(super) fn has_accounts_of(self, other: Self) -> bool {
        self.accounts == other.accounts
    }
}

/// What the row in memory says about a renewal.
pub(super) enum Said {
    /// This.
    Answer(Renewed),
    /// The session of this account ends, once that is on the disk.
    End(Ended, i64),
    /// There is no such row in memory, or the account must be looked at again.
    Read,
}

/// A row as the database has it.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) held: Held,
    pub(super) ended: Option<Ended>,
    /// The whole session where the database has no row of it.
    pub(super) lost: Option<Box<Lost>>,
}

/// A session that is taken back.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    pub(super) session: Session,
    /// When, seconds since 1970.
    pub(super) taken_back_at: i64,
}

/// A row to be written.
#[derive(Debug)]
pub(super) struct Unwritten {
    pub(super) id: Uuid,
    pub(super) row: Row,
    pub(super) lost: Option<Box<Lost>>,
}

impl Hot {
    pub(super) fn moment(&self) -> Moment {
        Moment {
            endings: self.endings.load(Ordering::SeqCst),
            accounts: self.accounts.load(Ordering::SeqCst),
        }
    }

    /// Decides about a renewal on the row in memory.
    pub(super) fn renew(&self, ask: &RenewalAsk) -> Result<Said, StoreError> {
        let id = ask.claims.session;
        let accounts = self.accounts.load(Ordering::SeqCst);
        let mut shard = self.shard(id);
        let Some(entry) = shard.find(id).filter(|entry| entry.accounts == accounts) else {
            return Ok(Said::Read);
        };
        if let Some(ended) = &entry.ended {
            return Ok(Said::Answer(Renewed::Ended(Ended::clone(ended))));
        }
        let (renewed, write) = decide(&entry.held, true, ask);
        match write {
            Write::Nothing => {}
            Write::Lazy(row) => self.change(&mut shard, id, row)?,
            Write::End(ended) => return Ok(Said::End(ended, entry.held.account_id)),
        }
        Ok(Said::Answer(renewed))
    }

    /// Notes that an access token of a session with a row in memory arrived.
    /// False when it has ended.
    pub(super) fn access_used(&self, id: Uuid, counter: Counter, now: i64) -> Result<bool, StoreError> {
        let mut shard = self.shard(id);
        let Some(entry) = shard.find(id).filter(|entry| entry.ended.is_none()) else {
            return Ok(false);
        };
        match access_used(&entry.held.row, counter, Seconds(now)) {
            Change::None => {}
            Change::Lazy(row) | Change::Durable(row) => self.change(&mut shard, id, row)?,
        }
        Ok(true)
    }

    /// As [`Hot::access_used`], where the row in memory also says whose session it is: its account is as it was when the
    /// row was read.
    pub(super) fn access_used_by(
        &self,
        id: Uuid,
        counter: Counter,
        now: i64,
    ) -> Result<Option<(i64, Moment)>, StoreError> {
        let moment = self.moment();
        let account_id = match self.shard(id).find(id) {
            Some(entry) if entry.accounts == moment.accounts && entry.lost.is_none() => entry.held.account_id,
            Some(_) | None => return Ok(None),
        };
        let is_living = self.access_used(id, counter, now)?;
        Ok(is_living.then_some((account_id, moment)))
    }

    fn change(&self, shard: &mut Shard, id: Uuid, row: Row) -> Result<(), StoreError> {
        let Some(entry) = shard.young.get_mut(&id) else {
            return Ok(());
        };
        if !entry.is_unwritten {
            if self.unwritten.load(Ordering::Relaxed) >= UNWRITTEN_MAX {
                return Err(StoreError::Busy);
            }
            entry.is_unwritten = true;
            shard.unwritten.push(id);
            self.unwritten.fetch_add(1, Ordering::Relaxed);
        }
        entry.held.row = row;
        Ok(())
    }

    /// Takes a row that was read from the database, or is lost there, into memory; false when an ending came
    /// between, and the row must be read again. A row that is in memory already is newer and stays.
    pub(super) fn add(&self, id: Uuid, loaded: Loaded, moment: Moment) -> bool {
        let mut shard = self.shard(id);
        // Whoever marks an ending moves on first and then waits for this lock.
        if self.endings.load(Ordering::SeqCst) != moment.endings {
            return false;
        }
        if let Some(entry) = shard.find(id) {
            entry.accounts = moment.accounts;
            return true;
        }
        shard.add(
            id,
            Entry {
                held: loaded.held,
                ended: loaded.ended.map(Box::new),
                accounts: moment.accounts,
                lost: loaded.lost,
                is_unwritten: false,
                is_being_written: false,
            },
        );
        true
    }

    /// Whether the session was taken back and waits for its row.
    pub(super) fn is_lost(&self, id: Uuid) -> bool {
        self.shard(id)
            .find(id)
            .is_some_and(|entry| entry.lost.is_some() && entry.is_unwritten)
    }

    /// Marks sessions whose end is on the disk.
    pub(super) fn mark_ended(&self, ids: &[Uuid], ended: &Ended) {
        self.endings.fetch_add(1, Ordering::SeqCst);
        for id in ids {
            if let Some(entry) = self.shard(*id).find(*id) {
                entry.ended = Some(Box::new(ended.clone()));
            }
        }
    }

    /// Forgets sessions that another process ended: their rows are read again.
    pub(super) fn forget(&self, ids: &[Uuid]) {
        self.endings.fetch_add(1, Ordering::SeqCst);
        for id in ids {
            let mut shard = self.shard(*id);
            if let Some(entry) = shard.find(*id)
                && entry.ended.is_none()
            {
                if entry.is_unwritten {
                    self.unwritten.fetch_sub(1, Ordering::Relaxed);
                }
                shard.young.remove(id);
            }
        }
    }

    /// Says in which state the accounts are now.
    pub(super) fn accounts_are(&self, version: i64) {
        self.accounts.store(version, Ordering::SeqCst);
    }

    pub(super) fn has_unwritten(&self) -> bool {
        self.unwritten.load(Ordering::Relaxed) > 0
    }

    /// What has to be written now. It comes back when [`Batch::written`] was not told.
    pub(super) fn take(self: &Arc<Self>) -> Batch {
        let mut rows = Vec::new();
        for shard in &self.shards {
            let mut shard = lock(shard);
            for id in mem::take(&mut shard.unwritten) {
                let Some(entry) = shard.find(id).filter(|entry| entry.is_unwritten) else {
                    continue;
                };
                entry.is_unwritten = false;
                entry.is_being_written = true;
                self.unwritten.fetch_sub(1, Ordering::Relaxed);
                rows.push(Unwritten {
                    id,
                    row: entry.held.row,
                    lost: entry.lost.take(),
                });
            }
        }
        // Neighbours in the database are written one after the other.
        rows.sort_unstable_by_key(|row| row.id);
        Batch {
            hot: Arc::clone(self),
            rows,
            is_written: false,
        }
    }

    fn shard(&self, id: Uuid) -> MutexGuard<'_, Shard> {
        lock(&self.shards[usize::from(id.as_bytes()[15]) % SHARDS])
    }
}

impl Shard {
    /// The row, among the young ones from now on.
    fn find(&mut self, id: Uuid) -> Option<&mut Entry> {
        if !self.young.contains_key(&id) {
            let entry = self.old.remove(&id)?;
            self.add(id, entry);
        }
        self.young.get_mut(&id)
    }

    fn add(&mut self, id: Uuid, entry: Entry) {
        if self.young.len() >= YOUNG_MAX {
            let mut kept = mem::take(&mut self.old);
            kept.retain(|_, entry| entry.is_unwritten || entry.is_being_written);
            mem::swap(&mut self.old, &mut self.young);
            self.old.extend(kept);
        }
        self.young.insert(id, entry);
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rows on their way to the disk.
pub(super) struct Batch {
    hot: Arc<Hot>,
    pub(super) rows: Vec<Unwritten>,
    is_written: bool,
}

impl Batch {
    /// The rows are on the disk.
    pub(super) fn written(mut self) {
        self.is_written = true;
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        for row in self.rows.drain(..) {
            let mut shard = self.hot.shard(row.id);
            let Some(entry) = shard.find(row.id) else { continue };
            entry.is_being_written = false;
            if self.is_written {
                continue;
            }
            entry.lost = row.lost;
            if !entry.is_unwritten {
                entry.is_unwritten = true;
                shard.unwritten.push(row.id);
                self.hot.unwritten.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use evertill_issuer::{Ending, Limits, Rotation};

    use super::*;
    use crate::tokens::RefreshClaims;

    fn ask(session: Uuid, counter: u64) -> RenewalAsk {
        RenewalAsk {
            claims: RefreshClaims {
                session,
                counter,
                origin: None,
            },
            rotation: Rotation::Wanted,
            sender_key: None,
            client: None,
            limits: Limits {
                idle_s: 1_000,
                absolute_s: None,
            },
            now: 10,
        }
    }

    fn loaded() -> Loaded {
        Loaded {
            held: Held {
                row: Row::new(Seconds(0)),
                account_id: 3,
                sender_key: None,
                client: None,
            },
            ended: None,
            lost: None,
        }
    }

    fn granted(hot: &Hot, session: Uuid, counter: u64) -> Option<u64> {
        match hot.renew(&ask(session, counter)).unwrap() {
            Said::Answer(Renewed::Granted { counter, .. }) => Some(counter.0),
            Said::Answer(_) | Said::End(..) | Said::Read => None,
        }
    }

    #[test]
    fn a_row_that_was_read_before_an_ending_is_not_taken_in_after_it() {
        let hot = Hot::default();
        let session = Uuid::new_v4();
        let before = hot.moment();
        hot.mark_ended(&[session], &Ended::by_itself(Ending::Revoked, 5));
        assert!(!hot.add(session, loaded(), before));
        assert!(hot.add(session, loaded(), hot.moment()));
        hot.mark_ended(&[session], &Ended::by_itself(Ending::Revoked, 5));
        assert_eq!(granted(&hot, session, 0), None);
        assert!(!hot.access_used(session, Counter(0), 10).unwrap());
    }

    #[test]
    fn what_could_not_be_written_comes_back_with_what_happened_since() {
        let hot = Arc::new(Hot::default());
        let session = Uuid::new_v4();
        assert!(hot.add(session, loaded(), hot.moment()));
        assert_eq!(granted(&hot, session, 0), Some(1));
        let failed = hot.take();
        assert_eq!(failed.rows.len(), 1);
        assert!(!hot.has_unwritten());
        assert_eq!(granted(&hot, session, 1), Some(2));
        drop(failed);
        let batch = hot.take();
        assert_eq!((batch.rows.len(), batch.rows[0].row.counter), (1, Counter(2)));
        batch.written();
        assert!(!hot.has_unwritten());
        assert!(hot.take().rows.is_empty());
    }

    #[test]
    fn rows_on_the_disk_make_room_and_others_stay() {
        let hot = Arc::new(Hot::default());
        let waiting = Uuid::new_v4();
        assert!(hot.add(waiting, loaded(), hot.moment()));
        assert_eq!(granted(&hot, waiting, 0), Some(1));
        for _ in 0..SHARDS * YOUNG_MAX * 4 {
            assert!(hot.add(Uuid::new_v4(), loaded(), hot.moment()));
        }
        let held: usize = hot
            .shards
            .iter()
            .map(|shard| {
                let shard = lock(shard);
                shard.young.len() + shard.old.len()
            })
            .sum();
        assert!(held <= SHARDS * YOUNG_MAX * 2 + 1, "{held}");
        assert_eq!(granted(&hot, waiting, 1), Some(2));
    }

    #[test]
    fn more_than_the_disk_gets_through_is_not_promised() {
        let hot = Arc::new(Hot::default());
        for _ in 0..UNWRITTEN_MAX {
            let session = Uuid::new_v4();
            assert!(hot.add(session, loaded(), hot.moment()));
            assert_eq!(granted(&hot, session, 0), Some(1));
        }
        let session = Uuid::new_v4();
        assert!(hot.add(session, loaded(), hot.moment()));
        assert!(matches!(hot.renew(&ask(session, 0)), Err(StoreError::Busy)));
        hot.take().written();
        assert!(hot.add(session, loaded(), hot.moment()), "it may have made room");
        assert_eq!(granted(&hot, session, 0), Some(1));
    }

    #[test]
    fn a_row_that_was_forgotten_and_read_again_is_written_once() {
        let hot = Arc::new(Hot::default());
        let session = Uuid::new_v4();
        for _ in 0..2 {
            assert!(hot.add(session, loaded(), hot.moment()));
            assert_eq!(granted(&hot, session, 0), Some(1));
            hot.forget(&[session]);
        }
        assert!(!hot.has_unwritten());
        assert!(hot.add(session, loaded(), hot.moment()));
        assert_eq!(granted(&hot, session, 0), Some(1));
        assert_eq!(hot.take().rows.len(), 1);
    }
}
