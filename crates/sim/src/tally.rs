//! What happened in a run, counted.

use std::{collections::BTreeMap, fmt};

use crate::{plan::FaultKind, store::Fate};

/// Counts of one run or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Days times tills.
    pub till_days: u64,
    /// Steps of the session's rules.
    pub steps: u64,
    /// Requests for a renewal that left a till.
    pub asks: u64,
    /// Renewals that the store granted.
    pub grants: u64,
    /// Renewals that arrived and were saved.
    pub renewals: u64,
    /// Grants taken over from another process of the machine.
    pub adoptions: u64,
    /// Renewals of a session that another process of the machine had renewed already.
    pub double_renewals: u64,
    /// Refusals that were asked about once more.
    pub doubts: u64,
    /// Attempts that ended in trouble.
    pub troubles: u64,
    /// Requests that were refused for their token.
    pub refused_tokens: u64,
    /// Times it was looked which way a token arrives.
    pub looks: u64,
    /// Changes of the way tokens travel.
    pub detours: u64,
    /// Times the shipped alarm went off.
    pub alarms: u64,
    /// Sign-ins by people.
    pub sign_ins: u64,
    /// Sign-outs by people.
    pub sign_outs: u64,
    /// Sessions ended by an owner.
    pub owner_endings: u64,
    /// Announcements of a horizon.
    pub horizon_notices: u64,
    /// Times a person had to sign in, by what had really become of the session.
    pub sign_in_needed: BTreeMap<&'static str, u64>,
    /// Times a person had to sign in for nothing.
    pub needless_sign_outs: u64,
    /// Times a stock store said `revoked` each time it was asked about a session that lived.
    pub lied_to: u64,
    /// Times a till came up with a damaged vault and nothing to stand in for it.
    pub vaults_gone: u64,
    /// Processes killed.
    pub crashes: u64,
    /// Power cuts.
    pub power_cuts: u64,
    /// Second programs started.
    pub helpers: u64,
    /// Stolen copies used.
    pub thefts: u64,
    /// Sales rung up.
    pub sales: u64,
    /// Sales that the store has and the till knows it.
    pub booked: u64,
    /// Sales that were never booked.
    pub lost_sales: u64,
    /// Sales that were booked more than once.
    pub doubled_sales: u64,
    /// Secrets found where words for people are.
    pub secrets_seen: u64,
    /// Checks of an invariant.
    pub checks: u64,
    /// Faults, by kind.
    pub faults: BTreeMap<FaultKind, u64>,
}

impl Tally {
    pub(crate) fn count_fault(&mut self, kind: FaultKind) {
        *self.faults.entry(kind).or_default() += 1;
    }

    pub(crate) fn count_sign_in_needed(&mut self, fate: Fate) {
        *self.sign_in_needed.entry(fate.label()).or_default() += 1;
    }

    pub(crate) fn had_restore(&self) -> bool {
        self.faults.contains_key(&FaultKind::StoreRestored)
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *mine += theirs.1;
        }
        for (kind, count) in &other.faults {
            *self.faults.entry(*kind).or_default() += count;
        }
        for (fate, count) in &other.sign_in_needed {
            *self.sign_in_needed.entry(fate).or_default() += count;
        }
    }

    /// How many faults there were.
    #[must_use]
    pub fn faults_total(&self) -> u64 {
        self.faults.values().sum()
    }

    fn numbers(&self) -> [(&'static str, u64); 30] {
        [
            ("till-days", self.till_days),
            ("steps of the rules", self.steps),
            ("checks of an invariant", self.checks),
            ("renewals asked for", self.asks),
            ("renewals granted by the store", self.grants),
            ("renewals saved", self.renewals),
            ("grants taken over from another process", self.adoptions),
            ("refusals asked about once more", self.doubts),
            ("attempts that ended in trouble", self.troubles),
            ("requests refused for their token", self.refused_tokens),
            ("looks which way a token arrives", self.looks),
            ("changes of the way tokens travel", self.detours),
            ("sign-ins", self.sign_ins),
            ("sign-outs", self.sign_outs),
            ("sessions ended by an owner", self.owner_endings),
            ("announcements of a horizon", self.horizon_notices),
            ("processes killed", self.crashes),
            ("power cuts", self.power_cuts),
            ("second programs started", self.helpers),
            ("stolen copies used", self.thefts),
            ("sales rung up", self.sales),
            ("sales booked", self.booked),
            ("vaults damaged beyond their spare", self.vaults_gone),
            (
                "a stock store called a living session revoked until it was believed",
                self.lied_to,
            ),
            ("needless sign-outs", self.needless_sign_outs),
            ("alarms of the shipped audit", self.alarms),
            ("double renewals", self.double_renewals),
            ("sales lost", self.lost_sales),
            ("sales doubled", self.doubled_sales),
            ("secrets seen", self.secrets_seen),
        ]
    }

    fn numbers_mut(&mut self) -> [&mut u64; 30] {
        [
            &mut self.till_days,
            &mut self.steps,
            &mut self.checks,
            &mut self.asks,
            &mut self.grants,
            &mut self.renewals,
            &mut self.adoptions,
            &mut self.doubts,
            &mut self.troubles,
            &mut self.refused_tokens,
            &mut self.looks,
            &mut self.detours,
            &mut self.sign_ins,
            &mut self.sign_outs,
            &mut self.owner_endings,
            &mut self.horizon_notices,
            &mut self.crashes,
            &mut self.power_cuts,
            &mut self.helpers,
            &mut self.thefts,
            &mut self.sales,
            &mut self.booked,
            &mut self.vaults_gone,
            &mut self.lied_to,
            &mut self.needless_sign_outs,
            &mut self.alarms,
            &mut self.double_renewals,
            &mut self.lost_sales,
            &mut self.doubled_sales,
            &mut self.secrets_seen,
        ]
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in self.numbers() {
            writeln!(f, "{:>15}  {name}", grouped(count))?;
        }
        writeln!(f, "\na person had to sign in, because the session was")?;
        for (fate, count) in &self.sign_in_needed {
            writeln!(f, "{:>15}  {fate}", grouped(*count))?;
        }
        writeln!(f, "\nfaults ({})", grouped(self.faults_total()))?;
        for (kind, count) in &self.faults {
            writeln!(f, "{:>15}  {}", grouped(*count), kind.label())?;
        }
        Ok(())
    }
}

/// A number with its thousands apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_are_shown_with_their_thousands_apart() {
        let mut sum = Tally::default();
        let one = Tally {
            sales: 1_234_567,
            secrets_seen: 1,
            ..Tally::default()
        };
        sum.add(&one);
        sum.add(&one);
        assert_eq!((sum.sales, sum.secrets_seen), (2_469_134, 2));
        assert!(sum.to_string().contains("2,469,134  sales rung up"));
        assert_eq!(grouped(999), "999");
    }
}
