//! WordPress with the WCPOS plugin, as it was measured.
//!
//! No rotation; a session ends thirty days after sign-in however busy it is; refusals come as 200; all sessions of a
//! person are one list that is read, changed and written without a lock, so that overlapping writes lose each other.

use std::{collections::BTreeMap, rc::Rc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Fate, LateWrite, Raw, SignedIn, Truth};
use crate::random::seal;

/// How long a refresh token lives.
pub(crate) const REFRESH_LIFE_S: i64 = 30 * 86_400;

const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

/// A row of a person's list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    session: u32,
    expires_s: i64,
}

#[derive(Debug, Clone)]
struct Person {
    exists: bool,
    rows: Rc<Vec<Row>>,
}

/// What the world knows about a session that was handed out.
#[derive(Debug, Clone, Copy)]
struct Known {
    user: usize,
    secret: u64,
    expires_s: i64,
    is_ended: bool,
}

/// The store.
#[derive(Debug)]
pub(crate) struct Stock {
    /// How far its clock is from the true one, in seconds.
    pub(crate) clock_off_s: i64,
    /// Changes of a person's list take their time and overlap.
    pub(crate) is_busy: bool,
    /// Changes are lost, and nobody is told.
    pub(crate) is_read_only: bool,
    /// The list cannot be read and looks empty.
    pub(crate) is_unreadable: bool,
    is_rest_locked: bool,
    secret: u64,
    life_s: i64,
    people: Vec<Person>,
    /// Sessions whose access tokens are refused, until when.
    blacklist: BTreeMap<u32, i64>,
    known: Vec<Known>,
    backup: Option<Vec<Person>>,
}

/// A person's list as it will be written later.
#[derive(Debug)]
pub(crate) struct LateRows {
    user: usize,
    rows: Rc<Vec<Row>>,
}

/// The claims of a token that checked out.
struct Claims {
    session: u32,
    issued_s: i64,
    expires_s: i64,
    is_refresh: bool,
}

impl Stock {
    pub(crate) fn new(seed: u64, people: usize, life_s: u64, is_rest_locked: bool) -> Self {
        Self {
            clock_off_s: 0,
            is_busy: false,
            is_read_only: false,
            is_unreadable: false,
            is_rest_locked,
            secret: seed,
            life_s: i64::try_from(life_s).unwrap_or(1_800),
            people: vec![
                Person {
                    exists: true,
                    rows: Rc::new(Vec::new()),
                };
                people
            ],
            blacklist: BTreeMap::new(),
            known: Vec::new(),
            backup: None,
        }
    }

    fn clock_s(&self, wall_s: i64) -> i64 {
        wall_s + self.clock_off_s
    }

    pub(crate) fn fate(&self, session: u32, wall_s: i64) -> Fate {
        let Some(known) = self.known.get(session as usize) else {
            return Fate::Lost;
        };
        let person = &self.people[known.user];
        if known.secret != self.secret {
            return Fate::Secrets;
        }
        if self.clock_s(wall_s) >= known.expires_s {
            return Fate::Horizon;
        }
        if !person.exists {
            return Fate::UserGone;
        }
        let is_listed = person.rows.iter().any(|row| row.session == session);
        match (known.is_ended, is_listed) {
            (true, true) => Fate::Zombie,
            (true, false) => Fate::Ended,
            (false, true) => Fate::Living,
            (false, false) => Fate::Lost,
        }
    }

    pub(crate) fn sign_in(&mut self, user: usize, wall_s: i64) -> Option<(SignedIn, Option<LateWrite>)> {
        if !self.people[user].exists {
            return None;
        }
        let now = self.clock_s(wall_s);
        let session = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let expires_s = now + REFRESH_LIFE_S;
        self.known.push(Known {
            user,
            secret: self.secret,
            expires_s,
            is_ended: false,
        });
        // Expired rows are dropped at a sign-in and only then.
        let mut rows: Vec<Row> = self.people[user]
            .rows
            .iter()
            .filter(|row| row.expires_s > now)
            .copied()
            .collect();
        rows.push(Row { session, expires_s });
        let late = self.write(user, rows);
        let signed_in = SignedIn {
            access: self.token(session, now, now + self.life_s, false),
            refresh: self.token(session, now, expires_s, true),
            session,
            life_s: self.life_s.unsigned_abs(),
            slides: false,
        };
        Some((signed_in, late))
    }

    pub(crate) fn renew(
        &mut self,
        refresh: &str,
        access: Option<&str>,
        wall_s: i64,
    ) -> (Raw, Option<LateWrite>) {
        if self.is_rest_locked && access.is_none_or(|access| self.admit(access, wall_s).is_err()) {
            return (Raw::rest_locked(), None);
        }
        let now = self.clock_s(wall_s);
        let claims = match self.check(refresh, now) {
            Ok(claims) if claims.is_refresh => claims,
            Ok(_) => return (Raw::refused(200, "Invalid token type"), None),
            Err(words) => return (Raw::refused(200, &words), None),
        };
        let user = self.known[claims.session as usize].user;
        let person = &self.people[user];
        let is_listed = person.rows.iter().any(|row| row.session == claims.session);
        if !person.exists || !is_listed || self.is_unreadable {
            let mut raw = Raw::refused(200, "Refresh token has been revoked");
            if person.exists && is_listed {
                raw.truth = Truth::Lie;
            }
            return (raw, None);
        }
        // The list is written back with a new time of last use: the same rows, from what was read.
        let late = self.is_busy.then(|| {
            LateWrite(LateRows {
                user,
                rows: Rc::clone(&person.rows),
            })
        });
        let access = self.token(claims.session, now, now + self.life_s, false);
        let raw = Raw::granted(&access, None, self.life_s.unsigned_abs(), None, now);
        (raw, late)
    }

    pub(crate) fn admit(&mut self, access: &str, wall_s: i64) -> Result<(), Raw> {
        let now = self.clock_s(wall_s);
        let claims = self.check(access, now).map_err(|_| Raw::unauthorized())?;
        let is_barred = self
            .blacklist
            .get(&claims.session)
            .is_some_and(|until| *until > now);
        let user = self.known[claims.session as usize].user;
        if claims.is_refresh || is_barred || !self.people[user].exists {
            return Err(Raw::unauthorized());
        }
        if self.is_unreadable {
            return Err(Raw::forbidden());
        }
        Ok(())
    }

    pub(crate) fn end(&mut self, session: u32, wall_s: i64) -> (bool, Option<LateWrite>) {
        let Some(known) = self.known.get_mut(session as usize) else {
            return (false, None);
        };
        let user = known.user;
        if !self.people[user].rows.iter().any(|row| row.session == session) {
            return (false, None);
        }
        if self.is_read_only {
            return (false, None);
        }
        known.is_ended = true;
        let until = self.clock_s(wall_s) + self.life_s;
        self.blacklist.insert(session, until);
        let rows = self.people[user]
            .rows
            .iter()
            .filter(|row| row.session != session)
            .copied()
            .collect();
        (true, self.write(user, rows))
    }

    pub(crate) fn end_all(&mut self, wall_s: i64) -> Option<LateWrite> {
        if self.is_read_only {
            return None;
        }
        let until = self.clock_s(wall_s) + self.life_s;
        for user in 0..self.people.len() {
            let rows = std::mem::take(&mut self.people[user].rows);
            for row in rows.iter() {
                self.known[row.session as usize].is_ended = true;
                self.blacklist.insert(row.session, until);
            }
        }
        None
    }

    fn write(&mut self, user: usize, rows: Vec<Row>) -> Option<LateWrite> {
        if self.is_read_only {
            return None;
        }
        let rows = Rc::new(rows);
        if self.is_busy {
            return Some(LateWrite(LateRows { user, rows }));
        }
        self.people[user].rows = rows;
        None
    }

    pub(crate) fn write_late(&mut self, write: LateRows) {
        self.people[write.user].rows = write.rows;
    }

    pub(crate) fn set_user_exists(&mut self, user: usize, exists: bool) {
        let person = &mut self.people[user];
        if !exists {
            for row in person.rows.iter() {
                self.known[row.session as usize].is_ended = true;
            }
            person.rows = Rc::new(Vec::new());
        }
        person.exists = exists;
    }

    pub(crate) fn change_secrets(&mut self) {
        self.secret = crate::random::scramble(self.secret.wrapping_add(1));
    }

    pub(crate) fn back_up(&mut self) {
        self.backup = Some(self.people.clone());
    }

    pub(crate) fn restore(&mut self) {
        if let Some(mut people) = self.backup.take() {
            for (old, new) in people.iter_mut().zip(&self.people) {
                old.exists = new.exists;
            }
            self.people = people;
        }
    }

    fn token(&self, session: u32, issued_s: i64, expires_s: i64, is_refresh: bool) -> String {
        let own = session_name(session);
        let payload = if is_refresh {
            format!(
                "{{\"iss\":\"https://shop.example\",\"iat\":{issued_s},\"exp\":{expires_s},\"jti\":\"{own}\",\"type\":\"refresh\"}}"
            )
        } else {
            format!(
                "{{\"iss\":\"https://shop.example\",\"iat\":{issued_s},\"exp\":{expires_s},\"refresh_jti\":\"{own}\",\"type\":\"access\"}}"
            )
        };
        let sealed = seal(self.secret, payload.as_bytes());
        let mut token = String::with_capacity(HEADER.len() + payload.len() * 4 / 3 + 24);
        token.push_str(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        token.push_str(&format!(".{sealed:016x}"));
        token
    }

    /// Signature, times and type, in the order and the words of the plugin's JWT library.
    fn check(&self, token: &str, now: i64) -> Result<Claims, String> {
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(sealed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("Wrong number of segments".into());
        };
        let payload = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| "Syntax error, malformed JSON".to_owned())?;
        if u64::from_str_radix(sealed, 16) != Ok(seal(self.secret, &payload)) {
            return Err("Signature verification failed".into());
        }
        let payload = String::from_utf8(payload).map_err(|_| "Syntax error, malformed JSON".to_owned())?;
        let number = |key: &str| {
            let digits = after(&payload, key);
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            digits[..end].parse().unwrap_or_default()
        };
        let is_refresh = payload.ends_with("\"type\":\"refresh\"}");
        let name = after(
            &payload,
            if is_refresh {
                "\"jti\":\""
            } else {
                "\"refresh_jti\":\""
            },
        );
        let claims = Claims {
            session: session_number(name).ok_or("Wrong number of segments")?,
            issued_s: number("\"iat\":"),
            expires_s: number("\"exp\":"),
            is_refresh,
        };
        if claims.issued_s > now {
            return Err(format!(
                "Cannot handle token with iat prior to {}",
                claims.issued_s
            ));
        }
        if now >= claims.expires_s {
            return Err("Expired token".into());
        }
        Ok(claims)
    }
}

/// What follows a word; the store reads only what it wrote itself and sealed.
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text.find(word).map_or("", |at| &text[at + word.len()..])
}

/// The store's name of a session.
pub(crate) fn session_name(session: u32) -> String {
    format!("{session:08x}-5e55-4b1d-9d1e-0123456789ab")
}

/// The number behind a name.
pub(crate) fn session_number(name: &str) -> Option<u32> {
    u32::from_str_radix(name.get(..8)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use evertill_session::{Answer, Reason, answer};

    use super::*;

    fn store() -> Stock {
        Stock::new(7, 2, 1_800, false)
    }

    fn read(raw: &Raw) -> Answer {
        raw.with_view(answer::read)
    }

    #[test]
    fn a_session_renews_for_thirty_days_and_not_longer_however_busy() {
        let mut store = store();
        let (grant, _) = store.sign_in(0, 1_000).unwrap();
        for day in 0..30 {
            let (raw, _) = store.renew(&grant.refresh, None, 1_000 + day * 86_400);
            assert!(matches!(read(&raw), Answer::Renewed(_)), "{raw:?}");
        }
        let (raw, _) = store.renew(&grant.refresh, None, 1_000 + REFRESH_LIFE_S);
        assert!(matches!(read(&raw), Answer::Refused(refusal) if refusal.reason == Reason::Expired));
        assert_eq!(store.fate(grant.session, 1_000 + REFRESH_LIFE_S), Fate::Horizon);
    }

    #[test]
    fn overlapping_sign_ins_lose_each_other() {
        let mut store = store();
        store.is_busy = true;
        let (first, early) = store.sign_in(0, 10).unwrap();
        let (second, late) = store.sign_in(0, 10).unwrap();
        store.write_late(early.unwrap().0);
        store.write_late(late.unwrap().0);
        assert_eq!(store.fate(first.session, 11), Fate::Lost);
        assert_eq!(store.fate(second.session, 11), Fate::Living);
        let (raw, _) = store.renew(&first.refresh, None, 11);
        assert!(matches!(read(&raw), Answer::Refused(refusal) if refusal.reason == Reason::Ended));
    }

    #[test]
    fn a_session_that_is_ended_while_a_sibling_renews_comes_back_half() {
        let mut store = store();
        let (one, _) = store.sign_in(0, 10).unwrap();
        let (two, _) = store.sign_in(0, 10).unwrap();
        store.is_busy = true;
        let (_, renewing) = store.renew(&two.refresh, None, 20);
        let (is_ended, ending) = store.end(one.session, 20);
        assert!(is_ended);
        store.write_late(ending.unwrap().0);
        store.write_late(renewing.unwrap().0);
        assert_eq!(store.fate(one.session, 21), Fate::Zombie);
        let (raw, _) = store.renew(&one.refresh, None, 21);
        let Answer::Renewed(renewed) = read(&raw) else {
            panic!("{raw:?}")
        };
        assert!(store.admit(renewed.access.expose(), 21).is_err());
    }

    #[test]
    fn a_clock_behind_the_sign_in_is_not_a_refusal() {
        let mut store = store();
        let (grant, _) = store.sign_in(0, 10_000).unwrap();
        store.clock_off_s = -3_600;
        let (raw, _) = store.renew(&grant.refresh, None, 10_010);
        assert!(matches!(read(&raw), Answer::Trouble(_)), "{raw:?}");
        assert_eq!(raw.truth, Truth::Noise);
    }

    #[test]
    fn changed_secrets_refuse_every_old_token() {
        let mut store = store();
        let (grant, _) = store.sign_in(0, 10).unwrap();
        store.change_secrets();
        let (raw, _) = store.renew(&grant.refresh, None, 20);
        assert!(matches!(read(&raw), Answer::Refused(refusal) if refusal.reason == Reason::Foreign));
        assert_eq!(store.fate(grant.session, 20), Fate::Secrets);
    }
}
