//! Our own server: the real rules of `evertill-issuer` over a memory that forgets in a crash what it has not written.

use ed25519_dalek::{Signer as _, SigningKey};
use evertill_issuer::{Change, Counter, Ending, Limits, Rotation, Row, Seconds, Verdict, access_used, renew};
use evertill_wire::{
    RefreshToken,
    rest::site::{Jwk, SignedVerdicts},
    verdict,
};

use super::{Fate, Raw, SignedIn, Truth, stock::session_name};
use crate::random::seal;

/// Idle limit, in seconds: the server's default.
const IDLE_S: i64 = 60 * 86_400;

/// Name of the key that signs refusals.
const KID: &str = "k1";

/// What the world knows about a session.
#[derive(Debug, Clone, Copy)]
struct Known {
    user: usize,
    /// A person ended it, or the account.
    is_ended: bool,
}

/// The store.
#[derive(Debug)]
pub(crate) struct Evertill {
    /// How far its clock is from the true one, in seconds.
    pub(crate) clock_off_s: i64,
    key: u64,
    signing: SigningKey,
    life_s: u64,
    has_hints: bool,
    people: Vec<bool>,
    /// Rows as they are answered from.
    rows: Vec<Option<Row>>,
    /// Rows as they are on the disk.
    durable: Vec<Option<Row>>,
    dirty: Vec<u32>,
    known: Vec<Known>,
    backup: Option<Vec<Option<Row>>>,
}

impl Evertill {
    pub(crate) fn new(seed: u64, people: usize, life_s: u64, has_hints: bool) -> Self {
        Self {
            clock_off_s: 0,
            key: seed ^ 0x6b65_7973,
            signing: SigningKey::from_bytes(&[1; 32]),
            life_s,
            has_hints,
            people: vec![true; people],
            rows: Vec::new(),
            durable: Vec::new(),
            dirty: Vec::new(),
            known: Vec::new(),
            backup: None,
        }
    }

    fn limits() -> Limits {
        Limits {
            idle_s: IDLE_S,
            absolute_s: None,
        }
    }

    pub(crate) fn fate(&self, session: u32, wall_s: i64) -> Fate {
        let Some(known) = self.known.get(session as usize) else {
            return Fate::Lost;
        };
        let row = self.rows.get(session as usize).copied().flatten();
        match row {
            _ if !self.people[known.user] => Fate::UserGone,
            None => Fate::Lost,
            Some(row) => match row.ending {
                Some(Ending::Theft) => Fate::Theft,
                Some(Ending::Expired) => Fate::Horizon,
                Some(Ending::Revoked) => Fate::Ended,
                Some(Ending::UserGone) => Fate::UserGone,
                None if wall_s + self.clock_off_s - row.renewed_at.0 > IDLE_S => Fate::Horizon,
                None if known.is_ended => Fate::Zombie,
                None => Fate::Living,
            },
        }
    }

    pub(crate) fn sign_in(&mut self, user: usize, wall_s: i64) -> Option<SignedIn> {
        if !self.people[user] {
            return None;
        }
        let session = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.known.push(Known {
            user,
            is_ended: false,
        });
        let row = Row::new(Seconds(wall_s + self.clock_off_s));
        self.rows.resize(session as usize, None);
        self.rows.push(Some(row));
        self.durable.resize(session as usize, None);
        self.durable.push(Some(row));
        Some(SignedIn {
            access: self.access(session, Counter(0), wall_s),
            refresh: self.refresh(session, Counter(0)),
            session,
            life_s: self.life_s,
            slides: true,
        })
    }

    /// Decides about a refresh token, and signs a refusal.
    pub(crate) fn renew(&mut self, refresh: &str, wall_s: i64) -> Raw {
        let raw = self.decide(refresh, wall_s);
        if raw.truth != Truth::Verdict {
            return raw;
        }
        let claims = verdict::Claims {
            rth: verdict::token_hash(&RefreshToken::new(refresh)),
            reason: raw.reason(),
            ..verdict::Claims::default()
        };
        let sealed = verdict::seal(&claims, KID, |bytes| self.signing.sign(bytes).to_bytes());
        raw.with_verdict(&sealed)
    }

    /// The keys the store announces.
    pub(crate) fn verdict_keys(&self) -> SignedVerdicts {
        SignedVerdicts {
            keys: vec![Jwk::ed25519(KID, self.signing.verifying_key().as_bytes())],
        }
    }

    fn decide(&mut self, refresh: &str, wall_s: i64) -> Raw {
        let Some((session, counter)) = self.open(refresh, "ert1") else {
            return Raw::refused(400, "Refresh token is not of this store");
        };
        let exists = self
            .known
            .get(session as usize)
            .is_some_and(|known| self.people[known.user]);
        let Some(row) = self.rows.get(session as usize).copied().flatten() else {
            return Self::ended(session, "revoked");
        };
        if !exists {
            return Self::ended(session, "user_gone");
        }
        let now = Seconds(wall_s + self.clock_off_s);
        let (verdict, change) = renew(&row, counter, Rotation::Wanted, Self::limits(), now);
        self.apply(session, change);
        match verdict {
            Verdict::Granted(counter) => Raw::granted(
                &self.access(session, counter, wall_s),
                Some(&self.refresh(session, counter)),
                self.life_s,
                self.has_hints.then_some(self.life_s / 2),
                now.0,
            ),
            Verdict::Late => Raw::overtaken(),
            Verdict::Refused(ending) => Self::ended(
                session,
                match ending {
                    Ending::Revoked => "revoked",
                    Ending::Expired => "expired",
                    Ending::Theft => "theft",
                    Ending::UserGone => "user_gone",
                },
            ),
        }
    }

    pub(crate) fn admit(&mut self, access: &str, wall_s: i64) -> Result<(), Raw> {
        let opened = access.rsplit_once('.').and_then(|(head, sealed)| {
            let (name, ends) = head.rsplit_once('.')?;
            let is_ours = u64::from_str_radix(sealed, 16).ok()? == seal(self.key, head.as_bytes());
            let (session, counter) = self.numbers(name, "eat1")?;
            is_ours.then_some((session, counter, ends.parse::<i64>().ok()?))
        });
        let Some((session, counter, ends_s)) = opened else {
            return Err(Raw::unauthorized());
        };
        let row = self.rows.get(session as usize).copied().flatten();
        let is_person = self
            .known
            .get(session as usize)
            .is_some_and(|known| self.people[known.user]);
        let Some(row) = row.filter(|row| row.ending.is_none() && is_person) else {
            return Err(Raw::unauthorized());
        };
        if wall_s + self.clock_off_s >= ends_s {
            return Err(Raw::unauthorized());
        }
        let change = access_used(&row, counter, Seconds(wall_s + self.clock_off_s));
        self.apply(session, change);
        Ok(())
    }

    pub(crate) fn end(&mut self, session: u32) -> bool {
        let Some(known) = self.known.get_mut(session as usize) else {
            return false;
        };
        known.is_ended = true;
        match self.rows.get(session as usize).copied().flatten() {
            Some(row) => {
                if row.ending.is_none() {
                    let ending = Some(Ending::Revoked);
                    self.apply(session, Change::Durable(Row { ending, ..row }));
                }
                true
            }
            None => false,
        }
    }

    pub(crate) fn end_all(&mut self) {
        for session in 0..self.known.len() {
            let _ = self.end(u32::try_from(session).unwrap_or(u32::MAX));
        }
    }

    pub(crate) fn set_user_exists(&mut self, user: usize, exists: bool) {
        self.people[user] = exists;
        if !exists {
            for session in 0..self.known.len() {
                if self.known[session].user == user {
                    let _ = self.end(u32::try_from(session).unwrap_or(u32::MAX));
                }
            }
        }
    }

    pub(crate) fn crash(&mut self) {
        self.rows.clone_from(&self.durable);
        self.dirty.clear();
    }

    pub(crate) fn flush(&mut self) {
        for session in std::mem::take(&mut self.dirty) {
            self.durable[session as usize] = self.rows[session as usize];
        }
    }

    pub(crate) fn back_up(&mut self) {
        self.backup = Some(self.durable.clone());
    }

    pub(crate) fn restore(&mut self) {
        if let Some(mut rows) = self.backup.take() {
            rows.resize(self.known.len(), None);
            self.durable.clone_from(&rows);
            self.rows = rows;
            self.dirty.clear();
        }
    }

    fn apply(&mut self, session: u32, change: Change) {
        match change {
            Change::None => {}
            Change::Lazy(row) => {
                self.rows[session as usize] = Some(row);
                if !self.dirty.contains(&session) {
                    self.dirty.push(session);
                }
            }
            Change::Durable(row) => {
                self.rows[session as usize] = Some(row);
                self.durable[session as usize] = Some(row);
            }
        }
    }

    fn ended(session: u32, reason: &str) -> Raw {
        let name = session_name(session);
        Raw::json(
            400,
            format!(
                "{{\"error\":\"invalid_grant\",\"error_description\":\"Refresh token has been revoked\",\"evertill\":{{\"session\":\"{name}\",\"reason\":\"{reason}\"}}}}"
            ),
            Truth::Verdict,
        )
    }

    fn refresh(&self, session: u32, counter: Counter) -> String {
        let head = format!("ert1.{session:08x}.{:x}", counter.0);
        let sealed = seal(self.key, head.as_bytes());
        format!("{head}.{sealed:016x}")
    }

    fn access(&self, session: u32, counter: Counter, wall_s: i64) -> String {
        let ends = (wall_s + self.clock_off_s).saturating_add_unsigned(self.life_s);
        let head = format!("eat1.{session:08x}.{:x}.{ends}", counter.0);
        let sealed = seal(self.key, head.as_bytes());
        format!("{head}.{sealed:016x}")
    }

    fn open(&self, token: &str, kind: &str) -> Option<(u32, Counter)> {
        let (head, sealed) = token.rsplit_once('.')?;
        let is_ours = u64::from_str_radix(sealed, 16).ok()? == seal(self.key, head.as_bytes());
        is_ours.then(|| self.numbers(head, kind)).flatten()
    }

    fn numbers(&self, head: &str, kind: &str) -> Option<(u32, Counter)> {
        let mut parts = head.split('.');
        if parts.next()? != kind {
            return None;
        }
        let session = u32::from_str_radix(parts.next()?, 16).ok()?;
        let counter = u64::from_str_radix(parts.next()?, 16).ok()?;
        Some((session, Counter(counter)))
    }
}

#[cfg(test)]
mod tests {
    use evertill_session::{Answer, answer};

    use super::*;

    fn renewed(raw: &Raw) -> (String, String) {
        let Answer::Renewed(renewed) = raw.with_view(answer::read) else {
            panic!("{raw:?}")
        };
        (
            renewed.access.expose().to_owned(),
            renewed.refresh.unwrap().expose().to_owned(),
        )
    }

    #[test]
    fn a_crash_forgets_rotations_and_no_session() {
        let mut store = Evertill::new(1, 1, 900, false);
        let mut refresh = store.sign_in(0, 0).unwrap().refresh;
        for now in 1..9 {
            refresh = renewed(&store.renew(&refresh, now)).1;
        }
        store.crash();
        let (access, _) = renewed(&store.renew(&refresh, 10));
        assert!(store.admit(&access, 11).is_ok());
        assert_eq!(store.fate(0, 11), Fate::Living);
    }

    #[test]
    fn a_thief_is_found_at_the_next_renewal_of_either() {
        let mut store = Evertill::new(1, 1, 900, false);
        let first = store.sign_in(0, 0).unwrap().refresh;
        let second = renewed(&store.renew(&first, 1)).1;
        let _ = renewed(&store.renew(&second, 2));
        assert!(matches!(
            store.renew(&first, 123).with_view(answer::read),
            Answer::Refused(_)
        ));
        assert_eq!(store.fate(0, 124), Fate::Theft);
    }

    #[test]
    fn an_ending_survives_the_crash_and_is_forgotten_only_by_an_old_backup() {
        let mut store = Evertill::new(1, 1, 900, false);
        let grant = store.sign_in(0, 0).unwrap();
        store.back_up();
        assert!(store.end(grant.session));
        store.crash();
        assert_eq!(store.fate(grant.session, 1), Fate::Ended);
        assert!(store.admit(&grant.access, 1).is_err());
        store.restore();
        assert_eq!(store.fate(grant.session, 1), Fate::Zombie);
    }
}
