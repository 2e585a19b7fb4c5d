//! What can go wrong with a sale before it is on its way.

use evertill_wire::Code;
use rust_decimal::Decimal;
use uuid::Uuid;

/// Why an action on a sale was not taken; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SaleError {
    /// A line would hold nothing or less.
    #[error("a line needs a quantity above zero, not {quantity}")]
    QuantityTooLow {
        /// The quantity asked for.
        quantity: Decimal,
    },
    /// A line would hold more than the shop allows.
    #[error("{quantity} is more than the {quantity_max} a line may hold")]
    QuantityTooHigh {
        /// The quantity asked for.
        quantity: Decimal,
        /// Most that a line may hold.
        quantity_max: Decimal,
    },
    /// The shop sells whole units only, or the quantity is finer than its scale.
    #[error("the quantity {quantity} has more than {decimals} decimals")]
    QuantityTooFine {
        /// The quantity asked for.
        quantity: Decimal,
        /// Decimals that a quantity may have.
        decimals: u32,
    },
    /// A price is negative, too high or finer than the shop's money.
    #[error("{price} is not a price this shop can charge")]
    PriceNotChargeable {
        /// The price asked for.
        price: Decimal,
    },
    /// A custom item has no name.
    #[error("an item needs a name")]
    NameMissing,
    /// A name or note is too long.
    #[error("the text has {length} characters and may have {length_max}")]
    TextTooLong {
        /// Characters given.
        length: usize,
        /// Characters allowed.
        length_max: usize,
    },
    /// The sale has no such line (any more).
    #[error("the sale has no line {line}")]
    LineMissing {
        /// The line asked for.
        line: Uuid,
    },
    /// The sale has a line of that identity already.
    #[error("the sale has a line {line} already")]
    LineExists {
        /// The identity given.
        line: Uuid,
    },
    /// The sale has as many lines as it may have.
    #[error("the sale has {lines_max} lines, and no more fit")]
    LinesFull {
        /// Most lines of a sale.
        lines_max: usize,
    },
    /// A sale without lines cannot be paid.
    #[error("the sale is empty")]
    SaleEmpty,
    /// The customer gave less than the amount to pay.
    #[error("{received} was received and {payable} is to pay")]
    TenderTooLow {
        /// Cash received.
        received: Decimal,
        /// Cash to pay.
        payable: Decimal,
    },
    /// The amount received is no amount of money.
    #[error("{received} is not an amount of cash")]
    TenderNotCash {
        /// Cash received.
        received: Decimal,
    },
    /// A kept record was written by a newer version.
    #[error("the record has format {found}, and this version reads up to {known}")]
    RecordTooNew {
        /// Format of the record.
        found: u32,
        /// Newest format known here.
        known: u32,
    },
    /// A kept record cannot be read.
    #[error("could not read the record")]
    RecordDamaged(#[source] serde_json::Error),
}

impl SaleError {
    /// The documented code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::QuantityTooLow { .. }
            | Self::QuantityTooHigh { .. }
            | Self::QuantityTooFine { .. }
            | Self::PriceNotChargeable { .. }
            | Self::TextTooLong { .. }
            | Self::LineExists { .. }
            | Self::LinesFull { .. }
            | Self::TenderNotCash { .. } => Code::INVALID_PARAMETER_VALUE,
            Self::NameMissing | Self::SaleEmpty => Code::MISSING_REQUIRED_PARAMETERS,
            Self::LineMissing { .. } => Code::RESOURCE_NOT_FOUND,
            Self::TenderTooLow { .. } => Code::TENDER_TOO_LOW,
            Self::RecordTooNew { .. } => Code::LOCAL_SCHEMA_TOO_NEW,
            Self::RecordDamaged(_) => Code::LOCAL_DATABASE_FAILED,
        }
    }

    /// What to do next, one sentence.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::SaleEmpty => "Add an item first.".to_owned(),
            Self::LinesFull { .. } => {
                "Take payment for this sale and ring up the rest as another one.".to_owned()
            }
            Self::QuantityTooLow { .. }
            | Self::QuantityTooHigh { .. }
            | Self::QuantityTooFine { .. }
            | Self::PriceNotChargeable { .. }
            | Self::NameMissing
            | Self::TextTooLong { .. }
            | Self::LineMissing { .. }
            | Self::LineExists { .. }
            | Self::TenderTooLow { .. }
            | Self::TenderNotCash { .. }
            | Self::RecordTooNew { .. }
            | Self::RecordDamaged(_) => self.code().entry().remedy.to_owned(),
        }
    }
}
