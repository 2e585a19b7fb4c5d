//! What the store keeps, apart from how a database keeps it.

use std::sync::Arc;

use evertill_issuer::{Counter, Ending, Limits, Row, Seconds};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::accounts::{PasswordHash, Role};

/// Somebody the shop knows: who works there and who buys there, as on WordPress.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) role: Role,
    /// None for customers: they do not sign in.
    pub(crate) password: Option<PasswordHash>,
    /// Since when signing in is over for them, seconds since 1970.
    pub(crate) disabled_at: Option<i64>,
    pub(crate) person: Person,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Seconds since 1970.
    pub(crate) modified_at: i64,
}

impl Account {
    /// An owner who can sign in.
    pub(crate) fn is_acting_owner(&self) -> bool {
        self.role == Role::Administrator && self.disabled_at.is_none() && self.password.is_some()
    }

    /// The name to show.
    pub(crate) fn display_name(&self) -> String {
        let full = format!("{} {}", self.person.first_name, self.person.last_name);
        match full.trim() {
            "" => self.username.clone(),
            name => name.to_owned(),
        }
    }
}

#[cfg(test)]
impl Account {
    /// Somebody at the till, for a test.
    pub(crate) fn for_tests(id: i64) -> Self {
        Self {
            id,
            uuid: Uuid::nil(),
            username: format!("person{id}"),
            email: format!("person{id}@example.com"),
            role: Role::Cashier,
            password: None,
            person: Person::default(),
            created_at: 0,
            modified_at: 0,
            disabled_at: None,
        }
    }
}

/// The part of an account that only people read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Person {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) billing: Address,
    pub(crate) shipping: Address,
    pub(crate) meta: Vec<Meta>,
}

/// A postal address as WooCommerce writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Address {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) company: String,
    pub(crate) address_1: String,
    pub(crate) address_2: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postcode: String,
    pub(crate) country: String,
    pub(crate) email: String,
    pub(crate) phone: String,
}

/// A key and a value of any shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) value: Value,
}

/// A signed-in till or client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    pub(crate) account_id: i64,
    /// Seconds since 1970.
    pub(crate) signed_in_at: i64,
    /// Last renewal or first use of the newest access token, seconds since 1970.
    pub(crate) renewed_at: i64,
    /// How often its refresh token was rotated.
    pub(crate) counter: u64,
    /// Highest counter that is known to have arrived.
    pub(crate) seen: u64,
    pub(crate) visitor: Visitor,
    /// The registered client it was opened for; none for a till.
    pub(crate) client: Option<Arc<str>>,
    /// Thumbprint of the key its holder must prove to have; none where a token is enough.
    pub(crate) sender_key: Option<[u8; 32]>,
    pub(crate) ended: Option<Ended>,
}

impl Session {
    /// The part that renewals move.
    pub(crate) fn row(&self) -> Row {
        Row {
            counter: Counter(self.counter),
            seen: Counter(self.seen),
            signed_in_at: Seconds(self.signed_in_at),
            renewed_at: Seconds(self.renewed_at),
            ending: self.ended.as_ref().map(|ended| ended.reason),
        }
    }

    /// When it ends by itself unless it is renewed before, seconds since 1970.
    pub(crate) fn ends_at(&self, limits: Limits) -> i64 {
        limits
            .ends_at(Seconds(self.signed_in_at), Seconds(self.renewed_at))
            .0
    }
}

/// Where a session came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Visitor {
    pub(crate) ip_address: String,
    pub(crate) user_agent: String,
    pub(crate) device: Device,
}

/// What signed in, as stock clients see it in the list of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Device {
    pub(crate) device_type: String,
    pub(crate) browser: String,
    pub(crate) browser_version: String,
    pub(crate) os: String,
    pub(crate) app_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) build: Option<String>,
}

/// Who ended a session, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// Why; earlier versions kept only what a person ended.
    #[serde(default = "revoked")]
    pub(crate) reason: Ending,
    /// Seconds since 1970.
    pub(crate) at: i64,
    /// Account of the person who did it, 0 when nobody did.
    pub(crate) by_id: i64,
    /// Name of that person, empty when nobody did.
    pub(crate) by: String,
    pub(crate) by_role: String,
    /// What they gave as the reason, may be empty.
    pub(crate) note: String,
}

impl Ended {
    /// An end that no person brought about.
    pub(crate) fn by_itself(reason: Ending, at: i64) -> Self {
        Self {
            reason,
            at,
            by_id: 0,
            by: String::new(),
            by_role: String::new(),
            note: String::new(),
        }
    }
}

fn revoked() -> Ending {
    Ending::Revoked
}

/// In which quarters of an hour of a half day a session was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) session: Uuid,
    /// Half days since 1970.
    pub(crate) half_day: i64,
    /// One bit for each quarter of an hour, the first in the lowest; 48 in all.
    pub(crate) quarters: i64,
    /// The same, for renewals that were refused.
    pub(crate) refused: i64,
}

/// Something for sale: a product or one of its variations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    /// The variable product around a variation, else 0.
    pub(crate) parent_id: i64,
    pub(crate) kind: Kind,
    pub(crate) status: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) sku: String,
    pub(crate) barcode: String,
    /// What it is sold by, `kg`; empty for pieces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    pub(crate) description: String,
    pub(crate) regular_price: Option<Decimal>,
    pub(crate) sale_price: Option<Decimal>,
    /// Of a variable product: the cheapest and the dearest of its variations.
    pub(crate) range: Option<PriceRange>,
    pub(crate) is_taxable: bool,
    pub(crate) tax_class: String,
    pub(crate) stock: Stock,
    pub(crate) categories: Vec<Term>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) variations: Vec<i64>,
    /// Name of its picture.
    pub(crate) picture: Option<String>,
    pub(crate) menu_order: i64,
    pub(crate) total_sales: Decimal,
    /// Seconds since 1970.
    pub(crate) created_at: i64,
    /// Seconds since 1970.
    pub(crate) modified_at: i64,
}

impl Item {
    /// What it costs now.
    pub(crate) fn price(&self) -> Option<Decimal> {
        match &self.range {
            Some(range) => Some(range.price.0),
            None => self.sale_price.or(self.regular_price),
        }
    }

    /// Whether a lower price than the regular one holds now.
    pub(crate) fn is_on_sale(&self) -> bool {
        match &self.range {
            Some(range) => range.sale.is_some(),
            None => self.sale_price.is_some(),
        }
    }

    /// Name without and with what was chosen: `T-shirt - Small, Navy`.
    pub(crate) fn full_name(&self) -> String {
        let chosen: Vec<&str> = self
            .choices
            .iter()
            .filter_map(|choice| choice.option.as_deref())
            .collect();
        if chosen.is_empty() {
            self.name.clone()
        } else {
            format!("{} - {}", self.name, chosen.join(", "))
        }
    }

    /// `instock`, `outofstock` or `onbackorder`.
    pub(crate) fn stock_status(&self) -> &'static str {
        match &self.stock {
            Stock::Uncounted | Stock::OfParent => "instock",
            Stock::Counted { quantity, .. } if *quantity > Decimal::ZERO => "instock",
            Stock::Counted { backorders: true, .. } => "onbackorder",
            Stock::Counted { .. } => "outofstock",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Simple,
    Variable,
    Variation,
}

impl Kind {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Variable => "variable",
            Self::Variation => "variation",
        }
    }
}

/// Lowest and highest of each price among the variations of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PriceRange {
    pub(crate) price: (Decimal, Decimal),
    pub(crate) regular: (Decimal, Decimal),
    pub(crate) sale: Option<(Decimal, Decimal)>,
}

/// How much is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stock {
    Uncounted,
    OfParent,
    Counted {
        quantity: Decimal,
        low_at: Option<Decimal>,
        backorders: bool,
    },
}

/// A category a product stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Term {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
}

/// A choice a variable product offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) options: Vec<String>,
}

/// What a variation says about one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Choice {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) slug: String,
    /// None when it covers every option.
    pub(crate) option: Option<String>,
}

/// A shelf of the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) parent: i64,
    pub(crate) menu_order: i64,
    pub(crate) count: i64,
}

/// The shop's own settings, with its taxes: small, read often, changed as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shop {
    /// The store's key; survives a change of address and is never reused.
    pub(crate) uuid: Uuid,
    /// Key of the change feed.
    pub(crate) epoch: Uuid,
    pub(crate) name: String,
    pub(crate) address: Address,
    pub(crate) currency: String,
    pub(crate) decimals: u32,
    pub(crate) prices_include_tax: bool,
    pub(crate) round_at_subtotal: bool,
    pub(crate) timezone: String,
    pub(crate) vat_number: String,
    pub(crate) tax_classes: Vec<TaxClass>,
    pub(crate) tax_rates: Vec<TaxRate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaxClass {
    /// Empty for the standard class.
    pub(crate) slug: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaxRate {
    pub(crate) id: i64,
    pub(crate) country: String,
    pub(crate) class: String,
    pub(crate) percent: Decimal,
    pub(crate) label: String,
    pub(crate) priority: i64,
    pub(crate) compound: bool,
    pub(crate) shipping: bool,
}

/// A picture as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) slug: String,
    pub(crate) svg: String,
}

/// One row of the change feed: a pointer, not a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) sequence: i64,
    pub(crate) collection: String,
    pub(crate) object_id: i64,
    pub(crate) is_deleted: bool,
    pub(crate) revision: String,
    /// Seconds since 1970.
    pub(crate) modified_at: i64,
}
