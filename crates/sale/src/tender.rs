//! Taking cash: what to pay, what people give, what they get back.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::{error::SaleError, totals::AMOUNT_MAX};

/// How cash amounts are rounded to the coins there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashRounding {
    /// Smallest coin; zero for no rounding.
    pub step: Decimal,
    /// Which way.
    pub mode: CashRoundingMode,
}

/// Which way cash is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CashRoundingMode {
    /// To the nearest coin, the middle up.
    #[default]
    HalfUp,
    /// To the nearest coin, the middle down.
    HalfDown,
    /// To the next coin above.
    Up,
    /// To the next coin below.
    Down,
}

impl CashRounding {
    /// No rounding.
    pub const NONE: Self = Self {
        step: Decimal::ZERO,
        mode: CashRoundingMode::HalfUp,
    };

    /// What is to pay in cash for a total.
    #[must_use]
    pub fn payable(&self, total: Decimal) -> Decimal {
        if self.step <= Decimal::ZERO {
            return total;
        }
        let strategy = match self.mode {
            CashRoundingMode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            CashRoundingMode::HalfDown => RoundingStrategy::MidpointTowardZero,
            CashRoundingMode::Up => RoundingStrategy::AwayFromZero,
            CashRoundingMode::Down => RoundingStrategy::ToZero,
        };
        (total / self.step).round_dp_with_strategy(0, strategy) * self.step
    }
}

/// A cash payment that covers the sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashTender {
    total: Decimal,
    payable: Decimal,
    received: Decimal,
}

impl CashTender {
    /// Takes cash for a total.
    ///
    /// # Errors
    /// Less was received than is to pay, or it is no amount of cash.
    pub fn take(total: Decimal, received: Decimal, rounding: CashRounding) -> Result<Self, SaleError> {
        if received.is_sign_negative() || received > AMOUNT_MAX {
            return Err(SaleError::TenderNotCash { received });
        }
        let payable = rounding.payable(total);
        if received < payable {
            return Err(SaleError::TenderTooLow { received, payable });
        }
        Ok(Self {
            total,
            payable,
            received,
        })
    }

    /// Total of the order, unrounded.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.total
    }

    /// What was to pay in cash.
    #[must_use]
    pub fn payable(&self) -> Decimal {
        self.payable
    }

    /// What was received.
    #[must_use]
    pub fn received(&self) -> Decimal {
        self.received
    }

    /// What is given back; never negative.
    #[must_use]
    pub fn change(&self) -> Decimal {
        self.received - self.payable
    }

    /// What rounding to coins adds to the total, or takes from it.
    #[must_use]
    pub fn rounding(&self) -> Decimal {
        self.payable - self.total
    }
}

/// Most buttons with round amounts, beside the exact one.
const ROUND_AMOUNTS: usize = 4;

/// Amounts that people are likely to give, the exact one first: the next 5, 10, 20 and 50, filled up with tens in
/// between. Where money has no decimals, hundreds of them.
#[must_use]
pub fn quick_amounts(payable: Decimal, decimals: u32) -> Vec<Decimal> {
    let unit = match decimals {
        0 => Decimal::ONE_HUNDRED,
        _ => Decimal::ONE,
    };
    let next = |step: Decimal| ((payable / step).floor() + Decimal::ONE) * step;
    let mut round: Vec<Decimal> = [5, 10, 20, 50]
        .map(|step| next(Decimal::from(step) * unit))
        .to_vec();
    round.sort();
    round.dedup();
    let ten = Decimal::TEN * unit;
    let last = round.last().copied().unwrap_or_default();
    let mut between = next(ten) + ten;
    while round.len() < ROUND_AMOUNTS && between < last {
        if !round.contains(&between) {
            round.push(between);
        }
        between += ten;
    }
    round.sort();
    let mut amounts = vec![payable];
    amounts.extend(round);
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn check_rounding(step: &str, mode: CashRoundingMode, pairs: &[(&str, &str)]) {
        let rounding = CashRounding {
            step: amount(step),
            mode,
        };
        for (total, payable) in pairs {
            assert_eq!(
                rounding.payable(amount(total)),
                amount(payable),
                "{total} by {step}"
            );
        }
    }

    #[test]
    fn cash_is_rounded_to_the_coins_there_are() {
        use CashRoundingMode::{Down, HalfDown, HalfUp, Up};
        let fives = [
            ("10.02", "10"),
            ("10.03", "10.05"),
            ("10.07", "10.05"),
            ("10.08", "10.10"),
            ("0.02", "0"),
        ];
        check_rounding("0.05", HalfUp, &fives);
        check_rounding("0.10", HalfUp, &[("1.04", "1.00"), ("1.05", "1.10")]);
        check_rounding(
            "0.10",
            HalfDown,
            &[("1.04", "1.00"), ("1.05", "1.00"), ("1.06", "1.10")],
        );
        check_rounding("1", HalfUp, &[("10.49", "10"), ("10.50", "11")]);
        check_rounding(
            "0.50",
            HalfUp,
            &[("1.24", "1.00"), ("1.25", "1.50"), ("1.75", "2.00")],
        );
        check_rounding("0.05", Up, &[("10.01", "10.05"), ("10.05", "10.05")]);
        check_rounding("0.05", Down, &[("10.04", "10.00"), ("10.05", "10.05")]);
        check_rounding("0", HalfUp, &[("10.01", "10.01")]);
    }

    #[test]
    fn change_is_what_was_given_less_what_was_to_pay() {
        let rounding = CashRounding {
            step: amount("0.05"),
            mode: CashRoundingMode::HalfUp,
        };
        let tender = CashTender::take(amount("67.92"), amount("70"), rounding).unwrap();
        assert_eq!(
            (tender.payable(), tender.change(), tender.rounding()),
            (amount("67.90"), amount("2.10"), amount("-0.02"))
        );
        assert_eq!(tender.total(), amount("67.92"));
    }

    #[test]
    fn too_little_cash_pays_nothing() {
        let short = CashTender::take(amount("67.92"), amount("67.91"), CashRounding::NONE);
        assert!(matches!(short, Err(SaleError::TenderTooLow { .. })));
        let negative = CashTender::take(amount("0"), amount("-1"), CashRounding::NONE);
        assert!(matches!(negative, Err(SaleError::TenderNotCash { .. })));
    }

    #[test]
    fn quick_amounts_are_what_people_take_out_of_a_purse() {
        let check = |payable: &str, decimals, expected: &[&str]| {
            let expected: Vec<Decimal> = expected.iter().map(|text| amount(text)).collect();
            assert_eq!(quick_amounts(amount(payable), decimals), expected, "{payable}");
        };
        check("52.75", 2, &["52.75", "55", "60", "70", "100"]);
        check("116.30", 2, &["116.30", "120", "130", "140", "150"]);
        check("3.80", 2, &["3.80", "5", "10", "20", "50"]);
        check("20", 2, &["20", "25", "30", "40", "50"]);
        check("1234", 0, &["1234", "1500", "2000", "3000", "5000"]);
    }
}
