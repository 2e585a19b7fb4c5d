//! Access tokens that were checked before.
//!
//! A till sends one token with every request of a quarter of an hour. Its signature is verified and its session looked
//! up once; then it is found here by its digest. Whoever ends sessions or changes accounts takes them out; what was
//! looked up before such a change is not put in after it.
//!
//! Two generations bound the memory: when the young one is full, the old one goes. Fingerprints of what is inside stand
//! in a table without a lock, so that a token that was never seen is verified, and junk refused, before any lock.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use evertill_wire::AccessToken;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Caller;

/// Parts with a lock of their own; checks on several cores seldom meet.
const SHARDS: usize = 32;

/// Tokens of one generation in one part: 16,384 tokens in all. A till has one.
const YOUNG_MAX: usize = 256;

/// Places for fingerprints, a power of two: few tokens share one.
const PLACES: usize = 1 << 16;

/// What is remembered of a token.
#[derive(Debug, Clone)]
struct Entry {
    caller: Caller,
    /// Seconds since 1970.
    ends_at: i64,
}

type Tokens = HashMap<Key, Entry, BuildHasherDefault<Bits>>;

#[derive(Default)]
struct Shard {
    young: Tokens,
    old: Tokens,
}

/// The tokens.
pub(crate) struct Seen {
    shards: Vec<Mutex<Shard>>,
    fingerprints: Vec<AtomicU64>,
    /// Moves on whenever something is taken out.
    changes: AtomicU64,
}

/// A token's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn of(token: &AccessToken) -> Self {
        Self(Sha256::digest(token.expose().as_bytes()).into())
    }

    fn bits(self, at: usize) -> u64 {
        let mut bits = [0; 8];
        bits.copy_from_slice(&self.0[at..at + 8]);
        u64::from_le_bytes(bits)
    }
}

/// How things stood when a token was looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(u64);

impl Default for Seen {
    fn default() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            fingerprints: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            changes: AtomicU64::new(0),
        }
    }
}

impl Seen {
    /// Whose token this is, when it was seen before and has not ended.
    pub(crate) fn find(&self, key: Key, now: i64) -> Option<Caller> {
        if self.place(key).load(Ordering::Acquire) != key.bits(8) {
            return None;
        }
        let mut shard = self.shard(key);
        let entry = match shard.young.get(&key) {
            Some(entry) => entry.clone(),
            None => {
                let entry = shard.old.remove(&key)?;
                shard.add(key, entry.clone());
                entry
            }
        };
        (entry.ends_at > now).then_some(entry.caller)
    }

    /// To be asked before a session is looked up.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.changes.load(Ordering::SeqCst))
    }

    /// Remembers a token, unless something was taken out since `moment`.
    pub(crate) fn add(&self, key: Key, caller: Caller, ends_at: i64, moment: Moment) {
        let mut shard = self.shard(key);
        // Whoever takes something out moves on first and then waits for this lock.
        if self.changes.load(Ordering::SeqCst) != moment.0 {
            return;
        }
        shard.add(key, Entry { caller, ends_at });
        drop(shard);
        self.place(key).store(key.bits(8), Ordering::Release);
    }

    /// Takes out the tokens of these sessions.
    pub(crate) fn forget(&self, sessions: &[Uuid]) {
        if sessions.is_empty() {
            return;
        }
        let sessions: HashSet<&Uuid> = sessions.iter().collect();
        self.keep(|entry| !sessions.contains(&entry.caller.session));
    }

    /// Takes out everything.
    pub(crate) fn forget_all(&self) {
        self.keep(|_| false);
    }

    fn keep(&self, mut is_kept: impl FnMut(&Entry) -> bool) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.retain(|_, entry| is_kept(entry));
            shard.old.retain(|_, entry| is_kept(entry));
        }
    }

    fn place(&self, key: Key) -> &AtomicU64 {
        &self.fingerprints[key.bits(16) as usize & (PLACES - 1)]
    }

    fn shard(&self, key: Key) -> std::sync::MutexGuard<'_, Shard> {
        self.shards[key.bits(24) as usize & (SHARDS - 1)]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn add(&mut self, key: Key, entry: Entry) {
        if self.young.len() >= YOUNG_MAX {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, entry);
    }
}

/// A digest needs no hashing.
#[derive(Default)]
struct Bits(u64);

impl Hasher for Bits {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(bits) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*bits);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// One copy of each account, however many tokens are remembered.
#[derive(Default)]
pub(crate) struct Accounts(Mutex<HashMap<i64, Arc<crate::store::Account>>>);

/// Accounts that are kept at most.
const ACCOUNTS_MAX: usize = 16_384;

impl Accounts {
    /// The shared copy of an account as it was just read.
    pub(crate) fn share(&self, account: crate::store::Account) -> Arc<crate::store::Account> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = known.get(&account.id).filter(|same| ***same == account) {
            return Arc::clone(same);
        }
        if known.len() >= ACCOUNTS_MAX {
            known.clear();
        }
        let account = Arc::new(account);
        known.insert(account.id, Arc::clone(&account));
        account
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Account;

    fn key(number: usize) -> Key {
        Key::of(&AccessToken::new(format!("token {number}")))
    }

    fn caller(session: Uuid) -> Caller {
        Caller {
            account: Arc::new(Account::for_tests(3)),
            session,
            sender_key: None,
        }
    }

    #[test]
    fn a_token_is_found_until_it_ends() {
        let seen = Seen::default();
        let session = Uuid::new_v4();
        seen.add(key(1), caller(session), 100, seen.moment());
        assert_eq!(seen.find(key(1), 99).unwrap().session, session);
        assert!(seen.find(key(1), 100).is_none());
        assert!(seen.find(key(2), 99).is_none());
    }

    #[test]
    fn what_was_looked_up_before_an_ending_is_not_remembered_after_it() {
        let seen = Seen::default();
        let (ended, living) = (Uuid::new_v4(), Uuid::new_v4());
        let before = seen.moment();
        seen.add(key(1), caller(ended), 100, before);
        seen.add(key(2), caller(living), 100, before);
        seen.forget(&[ended]);
        assert!(seen.find(key(1), 0).is_none());
        assert!(seen.find(key(2), 0).is_some());
        seen.add(key(3), caller(ended), 100, before);
        assert!(seen.find(key(3), 0).is_none());
        seen.forget_all();
        assert!(seen.find(key(2), 0).is_none());
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let seen = Seen::default();
        let (kept, other) = (caller(Uuid::new_v4()), caller(Uuid::new_v4()));
        let mut looked_up = 0;
        for number in 1..=SHARDS * YOUNG_MAX * 4 {
            seen.add(key(number), other.clone(), 100, seen.moment());
            // A till comes every now and then; whoever is not found is looked up and remembered again.
            if number % 1_000 == 0 && seen.find(key(0), 0).is_none() {
                looked_up += 1;
                seen.add(key(0), kept.clone(), 100, seen.moment());
            }
        }
        assert!((1..=4).contains(&looked_up), "{looked_up}");
        let held: usize = seen
            .shards
            .iter()
            .map(|shard| {
                let shard = shard.lock().unwrap();
                shard.young.len() + shard.old.len()
            })
            .sum();
        assert!(held <= SHARDS * YOUNG_MAX * 2, "{held}");
    }
}
