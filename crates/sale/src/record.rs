//! Records that outlive the program carry the number of their format.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::error::SaleError;

/// The format number of a record whose newest known format is `KNOWN`; a newer one is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Format<const KNOWN: u32>;

impl<const KNOWN: u32> Serialize for Format<KNOWN> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u32(KNOWN)
    }
}

impl<'de, const KNOWN: u32> Deserialize<'de> for Format<KNOWN> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let found = u32::deserialize(from)?;
        if found > KNOWN {
            return Err(serde::de::Error::custom(format!(
                "format {found} is newer than {KNOWN}"
            )));
        }
        Ok(Self)
    }
}

/// A record with a format number.
pub trait Record: DeserializeOwned {
    /// Newest format that this version reads and the one it writes.
    const FORMAT: u32;
}

/// Reads a kept record.
///
/// # Errors
/// The record was written by a newer version, or cannot be read.
pub fn read<T: Record>(json: &str) -> Result<T, SaleError> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let head: Head = serde_json::from_str(json).map_err(SaleError::RecordDamaged)?;
    if head.format > T::FORMAT {
        return Err(SaleError::RecordTooNew {
            found: head.format,
            known: T::FORMAT,
        });
    }
    serde_json::from_str(json).map_err(SaleError::RecordDamaged)
}
