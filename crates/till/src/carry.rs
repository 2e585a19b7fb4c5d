//! Sales that leave this till in a sealed file and are sent by another one.
//!
//! A carried sale keeps its identity, its first write and where it was on its way: the store recognises it, whichever
//! till asks first and however often. The till that made the file keeps its sales and sends them too when it comes
//! back; the store books each of them once.
//!
//! **Invariant:** *carrying takes nothing away, and changes nothing in a sale.*

use evertill_client::{ClientError, StoreAddress, parcel};
use evertill_sale::outbox::Dispatch;
use evertill_sale::record::{self, Format, Record};
use evertill_sale::sale::PaidSale;
use evertill_wire::Passphrase;
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::db::events::{self, EventRow};
use crate::db::goods::to_json;
use crate::db::sales::{self, SaleRow, SaleState};
use crate::db::{carts, settings};
use crate::error::TillError;

/// Newest format of a file of sales.
const FORMAT: u32 = 1;

/// Kind of the event that a sale went into a file.
const EXPORTED: &str = "exported";
/// Kind of the event that a sale came out of a file.
const IMPORTED: &str = "imported";

/// What a file of sales holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Load {
    format: Format<FORMAT>,
    /// Address of the store the sales are for.
    store: String,
    /// Name of the till that made the file.
    till: String,
    /// When, milliseconds since 1970.
    made_at_ms: i64,
    sales: Vec<Carried>,
}

impl Record for Load {
    const FORMAT: u32 = FORMAT;
}

/// One sale of the file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Carried {
    sale: PaidSale,
    paid_at_ms: i64,
    is_parked: bool,
    outbox: Dispatch,
    attempts: i64,
}

/// How many sales, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many.
    pub count: u32,
    /// What they come to with the currency, `56.90 EUR`; empty without sales.
    pub sum: String,
}

impl Sum {
    fn of<'a>(sales: impl Iterator<Item = &'a PaidSale>) -> Self {
        let mut total = rust_decimal::Decimal::ZERO;
        let (mut count, mut currency) = (0, String::new());
        for sale in sales {
            total += sale.totals().total;
            count += 1;
            currency.clone_from(&sale.stamp().place.currency);
        }
        let sum = match count {
            0 => String::new(),
            _ => format!("{total} {currency}").trim_end().to_owned(),
        };
        Self { count, sum }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            0 => write!(f, "no sales"),
            1 => write!(f, "1 sale over {}", self.sum),
            count => write!(f, "{count} sales over {}", self.sum),
        }
    }
}

/// What came of taking in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenIn {
    /// Sales that were new here.
    pub new: Sum,
    /// Sales of the file that this till had already.
    pub known: u32,
    /// Name of the till that made the file.
    pub from: String,
}

/// The sales that the store does not have yet.
pub(crate) fn unsent(db: &Connection) -> rusqlite::Result<Sum> {
    Ok(Sum::of(sales::unsent_all(db)?.iter().map(|row| &row.sale)))
}

/// Those of them that are in no file yet.
pub(crate) fn not_exported(db: &Connection) -> rusqlite::Result<Sum> {
    let mut left = Vec::new();
    for row in sales::unsent_all(db)? {
        if !events::has(db, row.sale.uuid(), EXPORTED)? {
            left.push(row.sale);
        }
    }
    Ok(Sum::of(left.iter()))
}

/// Everything that is not booked, ready to be sealed.
pub(crate) fn load(db: &Connection) -> rusqlite::Result<(Load, Sum)> {
    let rows = sales::unsent_all(db)?;
    let sum = Sum::of(rows.iter().map(|row| &row.sale));
    let load = Load {
        format: Format,
        store: settings::find(db, settings::STORE)?.unwrap_or_default(),
        till: settings::find(db, settings::TILL_NAME)?.unwrap_or_else(|| "Till 1".to_owned()),
        made_at_ms: clock::now_ms(),
        sales: rows.into_iter().map(Carried::of).collect::<Result<_, _>>()?,
    };
    Ok((load, sum))
}

/// Writes down for each sale of a file that it is in one, once the file is safe.
pub(crate) fn note_exported(tx: &Transaction<'_>, load: &Load) -> rusqlite::Result<()> {
    let now_ms = clock::now_ms();
    for carried in &load.sales {
        let words = "Copied into a sealed file for another till".to_owned();
        events::add(tx, Some(carried.sale.uuid()), &event(EXPORTED, now_ms, words))?;
    }
    Ok(())
}

impl Carried {
    fn of(row: SaleRow) -> rusqlite::Result<Self> {
        Ok(Self {
            outbox: record::read(&row.outbox).map_err(|error| carts::unreadable(4, error))?,
            paid_at_ms: row.paid_at_ms,
            is_parked: row.state == SaleState::Parked,
            attempts: row.attempts,
            sale: row.sale,
        })
    }
}

/// Puts the sales of a file among those of this till, unless they are there already.
pub(crate) fn take_in(tx: &Transaction<'_>, load: &Load) -> rusqlite::Result<TakenIn> {
    let now_ms = clock::now_ms();
    let mut new = Vec::new();
    let mut known = 0;
    for carried in &load.sales {
        let sale = &carried.sale;
        if sales::is_paid(tx, sale.uuid())? {
            known += 1;
            continue;
        }
        let number = carts::next_number(tx)?;
        let outbox = to_json(&carried.outbox)?;
        sales::insert(tx, sale, number, carried.paid_at_ms, &outbox)?;
        if carried.is_parked {
            sales::park(tx, sale.uuid())?;
        }
        let words = format!(
            "Brought here from {}, sale {} there",
            load.till,
            sale.stamp().number
        );
        events::add(tx, Some(sale.uuid()), &event(IMPORTED, now_ms, words))?;
        new.push(sale);
    }
    let taken = TakenIn {
        new: Sum::of(new.into_iter()),
        known,
        from: load.till.clone(),
    };
    let words = format!("Took in {} from {}", taken.new, taken.from);
    events::add(tx, None, &event(IMPORTED, now_ms, words))?;
    Ok(taken)
}

/// Seals a file of sales, and opens it again to be sure.
pub(crate) fn seal(load: &Load, passphrase: &Passphrase) -> Result<Vec<u8>, TillError> {
    let content = serde_json::to_vec(load).map_err(TillError::SalesNotWritten)?;
    let sealed = parcel::seal(parcel::Kind::Sales, passphrase, &content).map_err(TillError::SealedFile)?;
    let opened = parcel::open(parcel::Kind::Sales, passphrase, &sealed).map_err(TillError::SealedFile)?;
    if *opened != content {
        return Err(TillError::SealedFile(ClientError::ParcelNotOpened));
    }
    Ok(sealed)
}

/// Opens a file of sales for a till of this store.
pub(crate) fn open(sealed: &[u8], passphrase: &Passphrase, store: &str) -> Result<Load, TillError> {
    let content = parcel::open(parcel::Kind::Sales, passphrase, sealed).map_err(TillError::SealedFile)?;
    let text =
        std::str::from_utf8(&content).map_err(|_| TillError::SealedFile(ClientError::ParcelNotOpened))?;
    let load: Load = record::read(text).map_err(TillError::SalesNotRead)?;
    let key = |text: &str| StoreAddress::parse(text).ok().map(|store| store.key());
    if key(&load.store).is_none() || key(&load.store) != key(store) {
        return Err(TillError::SalesOfOtherStore {
            found: load.store,
            wanted: store.to_owned(),
        });
    }
    Ok(load)
}

fn event(kind: &str, at_ms: i64, words: String) -> EventRow {
    EventRow {
        at_ms,
        kind: kind.to_owned(),
        code: None,
        words,
    }
}
