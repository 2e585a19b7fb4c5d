//! What databases keep beside a record so that it can be found and sorted. The same for every database.

use rust_decimal::prelude::ToPrimitive as _;
use uuid::Uuid;

use evertill_issuer::Ending;

use super::{Account, Address, Item, Kind, Lane, Moments, Order, SessionState, Shop, TaxClass};
use crate::{audit::AuditEntry, fold::fold};

/// Status under which a removal is remembered; its answer is 200.
pub(crate) const REMOVAL: u16 = 204;

/// The shop of a store that has no settings yet.
pub(crate) fn bare_shop() -> Shop {
    Shop {
        uuid: Uuid::new_v4(),
        epoch: Uuid::new_v4(),
        name: "Evertill store".into(),
        address: Address {
            country: "GB".into(),
            ..Address::default()
        },
        currency: "GBP".into(),
        decimals: 2,
        prices_include_tax: true,
        round_at_subtotal: false,
        timezone: "UTC".into(),
        vat_number: String::new(),
        tax_classes: vec![TaxClass {
            slug: String::new(),
            name: "Standard rate".into(),
        }],
        tax_rates: Vec::new(),
    }
}

/// The rows of a lane, as a condition on the feed's table.
pub(crate) fn lane_condition(lane: Lane) -> &'static str {
    match lane {
        Lane::Catalogue => "collection <> 'orders'",
        Lane::Products => "collection IN ('products', 'variations')",
        Lane::TaxRates => "collection = 'tax_rates'",
        Lane::Orders => "collection = 'orders'",
    }
}

/// The lane an item's changes are told in.
pub(crate) fn item_collection(item: &Item) -> &'static str {
    match item.kind {
        Kind::Variation => "variations",
        Kind::Simple | Kind::Variable => "products",
    }
}

/// What a search for customers looks through.
pub(crate) fn account_search(account: &Account) -> String {
    let billing = &account.person.billing;
    fold(&format!(
        "{} {} {} {} {} {} {} {} {}",
        account.username,
        account.email,
        account.person.first_name,
        account.person.last_name,
        billing.first_name,
        billing.last_name,
        billing.company,
        billing.email,
        billing.phone
    ))
}

/// Products are found by name and codes, variations by codes only, as on a stock store.
pub(crate) fn item_search(item: &Item) -> String {
    let name = if item.kind == Kind::Variation {
        ""
    } else {
        item.name.as_str()
    };
    fold(&format!("{name} {} {}", item.sku, item.barcode))
}

/// Price in ten-thousandths: for sorting, never for money.
pub(crate) fn price_sort(item: &Item) -> i64 {
    let price = item.price().unwrap_or_default();
    (price * rust_decimal::Decimal::from(10_000))
        .to_i64()
        .unwrap_or_default()
}

/// What a search for orders looks through.
pub(crate) fn order_search(order: &Order) -> String {
    let billing = &order.billing;
    let mut text = format!(
        "{} {} {} {} {}",
        order.id, billing.first_name, billing.last_name, billing.company, billing.email
    );
    for line in &order.lines {
        text.push(' ');
        text.push_str(&line.name);
    }
    fold(&text)
}

/// The highest number any part of the order took from the series of items.
pub(crate) fn highest_part(order: &Order) -> i64 {
    let lines = order.lines.iter().flat_map(|line| {
        let inner = line
            .meta
            .iter()
            .map(|meta| meta.id)
            .chain(line.chosen.iter().map(|chosen| chosen.id));
        inner.chain([line.id])
    });
    let fees = order
        .fees
        .iter()
        .flat_map(|fee| fee.meta.iter().map(|meta| meta.id).chain([fee.id]));
    let costs = order
        .shipping_lines
        .iter()
        .flat_map(|cost| cost.meta.iter().map(|meta| meta.id).chain([cost.id]));
    let taxes = order.tax_lines.iter().map(|line| line.id);
    let meta = order.meta.iter().map(|meta| meta.id);
    lines
        .chain(fees)
        .chain(costs)
        .chain(taxes)
        .chain(meta)
        .max()
        .unwrap_or(0)
}

/// What a search of the audit log looks through.
pub(crate) fn audit_search(entry: &AuditEntry) -> String {
    fold(&format!(
        "{} {} {} {} {} {}",
        entry.sentence,
        entry.actor.name,
        entry.subject.name,
        entry.session,
        entry.address,
        entry.kind.title()
    ))
}

/// The condition under which a session stands like this. Its moments are written into it: numbers are no danger.
pub(crate) fn state_condition(state: SessionState, at: &Moments) -> String {
    let visit = "agents.agent LIKE '%\"app_type\":\"office\"%'";
    let living = format!(
        "sessions.ended_at IS NULL AND (CASE WHEN {visit} THEN sessions.signed_in_at > {} \
         ELSE sessions.renewed_at > {} AND sessions.signed_in_at > {} END)",
        at.visit_after,
        at.renewed_after,
        at.signed_in_after.max(0)
    );
    let heard = format!("({visit} OR sessions.renewed_at >= {})", at.heard_since);
    match state {
        SessionState::Theft => cause_condition(Ending::Theft),
        SessionState::SignedIn => format!("{living} AND {heard}"),
        SessionState::Quiet => format!("{living} AND NOT {heard}"),
        SessionState::SignedOut => format!(
            "sessions.ended_at IS NOT NULL AND NOT ({}) AND NOT ({})",
            cause_condition(Ending::Theft),
            cause_condition(Ending::Expired)
        ),
        SessionState::RanOut => format!(
            "(({}) OR (sessions.ended_at IS NULL AND NOT ({living})))",
            cause_condition(Ending::Expired)
        ),
    }
}

/// The condition under which a session ended like this: how is the first thing its record says. Earlier versions kept
/// only what a person ended, and did not say so.
pub(crate) fn cause_condition(cause: Ending) -> String {
    let begins = |word: &str| format!("coalesce(sessions.ended, '') LIKE '{{\"reason\":\"{word}\"%'");
    match cause {
        Ending::Expired => begins("expired"),
        Ending::Theft => begins("theft"),
        Ending::UserGone => begins("user_gone"),
        Ending::Revoked => format!(
            "sessions.ended_at IS NOT NULL AND NOT ({} OR {} OR {})",
            begins("expired"),
            begins("theft"),
            begins("user_gone")
        ),
    }
}

/// What a search for sessions looks through.
pub(crate) const SESSION_SEARCH: &str = "(coalesce(accounts.search, '') || ' ' || coalesce(names.search, '') || ' ' || \
     lower(agents.agent) || ' ' || sessions.address)";

/// Where the office's lists of sessions look.
pub(crate) const SESSION_TABLES: &str = "sessions JOIN agents ON agents.id = sessions.agent_id \
     LEFT JOIN accounts ON accounts.id = sessions.account_id LEFT JOIN names ON names.session = sessions.id";

/// A word as a pattern that finds it anywhere; `\` escapes.
pub(crate) fn containing(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
