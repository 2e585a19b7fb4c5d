//! How a shop writes an amount. Rounding rules are not here: they live in `evertill-sale`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Where the currency sign stands, in WooCommerce's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignPosition {
    /// `£9.50`
    #[default]
    Left,
    /// `9.50£`
    Right,
    /// `£ 9.50`
    LeftSpace,
    /// `9.50 £`
    RightSpace,
}

/// How a shop writes money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyFormat {
    /// ISO 4217 code, `GBP`.
    pub code: String,
    /// Sign, `£`.
    pub symbol: String,
    /// Where the sign stands.
    #[serde(default)]
    pub position: SignPosition,
    /// Number of decimals prices are shown and charged with.
    pub decimals: u32,
    /// Between the whole part and the decimals.
    pub decimal_separator: String,
    /// Between groups of three digits.
    pub thousand_separator: String,
}

impl Default for CurrencyFormat {
    fn default() -> Self {
        Self {
            code: "GBP".into(),
            symbol: "£".into(),
            position: SignPosition::Left,
            decimals: 2,
            decimal_separator: ".".into(),
            thousand_separator: ",".into(),
        }
    }
}

impl CurrencyFormat {
    /// The bare figure, grouped, with a true minus sign: `−1,204.50`.
    ///
    /// The amount is expected to be rounded already; further decimals are rounded half away from zero.
    #[must_use]
    pub fn figure(&self, amount: Decimal) -> String {
        let rounded = amount.round_dp_with_strategy(
            self.decimals,
            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
        );
        let text = format!("{:.*}", self.decimals as usize, rounded.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::new();
        if rounded.is_sign_negative() && !rounded.is_zero() {
            out.push('\u{2212}');
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                out.push_str(&self.thousand_separator);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push_str(&self.decimal_separator);
            out.push_str(fraction);
        }
        out
    }

    /// The figure with the currency sign: `£1,204.50`, `−£1.20`.
    #[must_use]
    pub fn money(&self, amount: Decimal) -> String {
        let figure = self.figure(amount);
        let (minus, figure) = match figure.strip_prefix('\u{2212}') {
            Some(rest) => ("\u{2212}", rest),
            None => ("", figure.as_str()),
        };
        let symbol = &self.symbol;
        match self.position {
            SignPosition::Left => format!("{minus}{symbol}{figure}"),
            SignPosition::Right => format!("{minus}{figure}{symbol}"),
            SignPosition::LeftSpace => format!("{minus}{symbol}\u{a0}{figure}"),
            SignPosition::RightSpace => format!("{minus}{figure}\u{a0}{symbol}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_signed_and_padded() {
        let shop = CurrencyFormat::default();
        assert_eq!(shop.money(Decimal::new(120_450, 2)), "£1,204.50");
        assert_eq!(shop.money(Decimal::new(-12, 1)), "\u{2212}£1.20");
        assert_eq!(shop.figure(Decimal::new(99_999_999, 2)), "999,999.99");
        assert_eq!(shop.figure(Decimal::ZERO), "0.00");
        let yen = CurrencyFormat {
            decimals: 0,
            position: SignPosition::RightSpace,
            ..CurrencyFormat::default()
        };
        assert_eq!(yen.money(Decimal::new(1200, 0)), "1,200\u{a0}£");
    }
}
