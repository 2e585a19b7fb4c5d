//! In which quarters of an hour each session was renewed, or refused: only for the drawing in the office.
//!
//! A renewal sets one bit in memory. Once a minute, or when much has come together, one of them takes the lot to the
//! database. A crash costs a minute of dots and nothing else.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use uuid::Uuid;

use crate::store::{Activity, Store, StoreError};

/// Length of a quarter of an hour, in seconds.
const QUARTER_S: i64 = 15 * 60;

/// Quarters in a half day: the bits of one row.
const QUARTERS: i64 = 48;

/// How long renewals are gathered, in seconds.
const GATHER_S: i64 = 60;

/// Rows that are gathered at most; some 60 bytes each.
const GATHERED_MAX: usize = 20_000;

/// How long the database keeps them, in seconds: the ninety days that are drawn, and a day.
const KEPT_S: i64 = 91 * 24 * 60 * 60;

/// How a renewal went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Went {
    Renewed,
    Refused,
}

/// Renewals that are not in the database yet.
#[derive(Debug, Default)]
pub(crate) struct Renewals(Mutex<Gathered>);

#[derive(Debug, Default)]
struct Gathered {
    rows: HashMap<(Uuid, i64), Quarters>,
    since: Option<i64>,
}

/// Bits of a half day.
#[derive(Debug, Default, Clone, Copy)]
struct Quarters {
    renewed: i64,
    refused: i64,
}

impl Renewals {
    /// Notes a renewal. One in a minute waits for the database.
    ///
    /// # Errors
    /// The database's; the session is renewed all the same.
    pub(crate) async fn note(
        &self,
        store: &dyn Store,
        session: Uuid,
        went: Went,
        now: i64,
    ) -> Result<(), StoreError> {
        match self.gather(session, went, now) {
            None => Ok(()),
            Some(rows) => store.note_activity(rows, half_day(now - KEPT_S)).await,
        }
    }

    /// Takes what is gathered to the database, so that a drawing shows it.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn flush(&self, store: &dyn Store, now: i64) -> Result<(), StoreError> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner).taken();
        match rows.is_empty() {
            true => Ok(()),
            false => store.note_activity(rows, half_day(now - KEPT_S)).await,
        }
    }

    fn gather(&self, session: Uuid, went: Went, now: i64) -> Option<Vec<Activity>> {
        let mut gathered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bit = now.div_euclid(QUARTER_S).rem_euclid(QUARTERS);
        let row = gathered.rows.entry((session, half_day(now))).or_default();
        match went {
            Went::Renewed => row.renewed |= 1 << bit,
            Went::Refused => row.refused |= 1 << bit,
        }
        let since = *gathered.since.get_or_insert(now);
        let is_due = (now - since).abs() >= GATHER_S || gathered.rows.len() >= GATHERED_MAX;
        is_due.then(|| gathered.taken())
    }
}

impl Gathered {
    fn taken(&mut self) -> Vec<Activity> {
        self.since = None;
        let rows = std::mem::take(&mut self.rows);
        rows.into_iter()
            .map(|((session, half_day), quarters)| Activity {
                session,
                half_day,
                quarters: quarters.renewed,
                refused: quarters.refused,
            })
            .collect()
    }
}

/// The half day a moment is in, counted from 1970.
pub(crate) fn half_day(at: i64) -> i64 {
    at.div_euclid(QUARTER_S * QUARTERS)
}

/// First seconds of the quarters of a row in which renewals went like this, rising.
pub(crate) fn quarters(row: &Activity, went: Went) -> impl Iterator<Item = i64> + use<> {
    let begins = row.half_day * QUARTERS * QUARTER_S;
    let bits = match went {
        Went::Renewed => row.quarters,
        Went::Refused => row.refused,
    };
    (0..QUARTERS)
        .filter(move |bit| bits & (1 << bit) != 0)
        .map(move |bit| begins + bit * QUARTER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewal_is_one_bit_that_reads_back_as_its_quarter() {
        let renewals = Renewals::default();
        let session = Uuid::new_v4();
        for at in [0, 10, 900, 47 * 900] {
            renewals.0.lock().unwrap().since = Some(at);
            assert_eq!(renewals.gather(session, Went::Renewed, at), None);
        }
        renewals.0.lock().unwrap().since = Some(1_800);
        assert_eq!(renewals.gather(session, Went::Refused, 1_800), None);
        let rows = renewals.0.lock().unwrap().taken();
        assert_eq!(rows.len(), 1);
        assert_eq!(quarters(&rows[0], Went::Refused).collect::<Vec<_>>(), [1_800]);
        assert_eq!(
            quarters(&rows[0], Went::Renewed).collect::<Vec<_>>(),
            [0, 900, 47 * 900]
        );
    }

    #[test]
    fn the_lot_is_handed_over_once_a_minute() {
        let renewals = Renewals::default();
        let session = Uuid::new_v4();
        assert_eq!(renewals.gather(session, Went::Renewed, 1_000), None);
        assert_eq!(renewals.gather(session, Went::Renewed, 1_059), None);
        assert_eq!(
            renewals
                .gather(session, Went::Renewed, 1_060)
                .map(|rows| rows.len()),
            Some(1)
        );
        assert_eq!(renewals.gather(session, Went::Renewed, 1_061), None);
    }

    #[test]
    fn what_is_gathered_has_a_bound() {
        let renewals = Renewals::default();
        let mut handed_over = 0;
        for n in 0..GATHERED_MAX as u128 * 2 {
            handed_over += renewals
                .gather(Uuid::from_u128(n), Went::Refused, 1_000)
                .map_or(0, |rows| rows.len());
        }
        assert_eq!(handed_over, GATHERED_MAX * 2);
    }
}
