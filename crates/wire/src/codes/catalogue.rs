//! The catalogue itself: what is known about each code, one file for each family.
//!
//! To add a code: give it a constant in `table.rs` (when the program raises it) and an [`Entry`] in the file of its
//! family. The tests of this crate then say what is missing. Sentences stand once: what is true of many codes
//! belongs into one of the enums of `entry.rs`.

use super::Entry;

mod address;
mod auth;
mod checkout;
mod client;
mod connection;
mod device;
mod host;
mod licence;
mod local;
mod payment;
mod print;
mod product;
mod record;
mod renewal;
mod request;
mod response;
mod storage;
mod store;
mod sync_device;
mod sync_record;
mod token;

/// Every family, in the order of the codes.
static FAMILIES: &[&[Entry]] = &[
    connection::ENTRIES,
    token::ENTRIES,
    renewal::ENTRIES,
    request::ENTRIES,
    response::ENTRIES,
    store::ENTRIES,
    address::ENTRIES,
    storage::ENTRIES,
    record::ENTRIES,
    device::ENTRIES,
    local::ENTRIES,
    payment::ENTRIES,
    auth::ENTRIES,
    sync_device::ENTRIES,
    sync_record::ENTRIES,
    checkout::ENTRIES,
    print::ENTRIES,
    product::ENTRIES,
    licence::ENTRIES,
    client::ENTRIES,
    host::ENTRIES,
];

/// Every entry, in that order.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().flat_map(|family| family.iter())
}
