//! What each endpoint does, chapter by chapter. One exhaustive `match` for each part of the table.

use super::{
    operation::{JSON, Operation},
    schema::{Schema, list, text, whole, word},
};
use crate::http::endpoint::{Endpoint, Open, Plain, Till};

mod catalogue;
mod discovery;
mod oauth;
mod orders;
mod pages;
mod people;
mod process;
mod sessions;

/// The description of an endpoint, with what all of its kind have in common.
pub(super) fn describe(endpoint: Endpoint) -> Operation {
    let told = match endpoint {
        Endpoint::Open(open) => describe_open(open),
        Endpoint::Till(till) => gated(describe_till(till)),
        Endpoint::Plain(plain) => describe_plain(plain),
    };
    let told = match endpoint.path().contains("{version}") {
        true => versioned(told),
        false => told,
    };
    let told = match told.body.is_some() {
        true => told
            .refuses(408, &["evertill_too_slow"])
            .refuses(413, &["rest_too_large"]),
        false => told,
    };
    let mut told = match endpoint {
        Endpoint::Plain(Plain::Health) => told,
        Endpoint::Open(_) | Endpoint::Till(_) | Endpoint::Plain(_) => busy(told),
    };
    told.answers.sort_by_key(|answer| answer.status);
    told
}

fn describe_open(endpoint: Open) -> Operation {
    match endpoint {
        Open::Renew => sessions::renew(),
        Open::TestAuthorization => discovery::test_authorization(),
        Open::Namespace => discovery::namespace(),
        Open::Site => discovery::site(),
        Open::Ping => discovery::ping(),
        Open::Echo => discovery::echo(),
    }
}

fn describe_till(endpoint: Till) -> Operation {
    match endpoint {
        Till::Sessions => sessions::list(),
        Till::EndSessions => sessions::end_all(),
        Till::EndSession => sessions::end_one(),
        Till::EverybodysSessions => sessions::everybody(),
        Till::Cashier => people::cashier(),
        Till::CashierStores => people::cashier_stores(),
        Till::CashierStore => people::cashier_store(),
        Till::Customers => people::customers(),
        Till::Stores => people::stores(),
        Till::Store => people::store(),
        Till::Products => catalogue::products(),
        Till::Categories => catalogue::categories(),
        Till::Tags => catalogue::nothing("List tags"),
        Till::Brands => catalogue::nothing("List brands"),
        Till::Coupons => catalogue::nothing("List coupons"),
        Till::Variations => catalogue::variations(),
        Till::ResolveBarcode => catalogue::resolve(),
        Till::Taxes => catalogue::taxes(),
        Till::TaxClasses => catalogue::tax_classes(),
        Till::PaymentGateways => catalogue::payment_gateways(),
        Till::OrderStatuses => catalogue::order_statuses(),
        Till::ShippingMethods => catalogue::shipping_methods(),
        Till::Settings => people::settings(),
        Till::SettingsGroup => people::settings_group("See a group of settings"),
        Till::WriteSettingsGroup => people::settings_group("Change a group of settings"),
        Till::Status => discovery::status(),
        Till::Tick => orders::tick(),
        Till::SequenceLog => orders::sequence_log(),
        Till::ConfigFingerprint => orders::fingerprint(),
        Till::Orders => orders::list(),
        Till::PullOrders => orders::pull(),
        Till::Push => orders::push(),
    }
}

fn describe_plain(endpoint: Plain) -> Operation {
    match endpoint {
        Plain::Index => discovery::index(),
        Plain::Token => oauth::token(),
        Plain::Revoke => oauth::revoke(),
        Plain::Introspect => oauth::introspect(),
        Plain::Authorize => oauth::authorize(),
        Plain::AuthorizeSignIn => oauth::authorize_sign_in(),
        Plain::Metadata => oauth::metadata(),
        Plain::Keys => oauth::keys(),
        Plain::Health => process::health(),
        Plain::Readiness => process::ready(),
        Plain::Figures => process::figures(),
        Plain::Document => process::document(),
        Plain::DocumentPage => process::page(),
        Plain::Home => pages::home(),
        Plain::SignInPage => pages::sign_in_page(),
        Plain::SignIn => pages::sign_in(),
        Plain::HelpIndex => pages::help_index(),
        Plain::HelpPage => pages::help_page(),
        Plain::Picture => pages::picture(),
        Plain::SignInStyles => pages::styles("Style sheet of the sign-in page"),
        Plain::HelpStyles => pages::styles("Style sheet of the help pages"),
        Plain::DocumentStyles => pages::styles("Style sheet of the description"),
        Plain::Font => pages::font(),
    }
}

/// Every route for somebody who may use a till.
fn gated(told: Operation) -> Operation {
    told.refuses(401, &["woocommerce_pos_rest_unauthorized"])
        .may_send(
            401,
            "WWW-Authenticate",
            text(),
            "What is missing of a proof of possession.",
        )
        .refuses(403, &["woocommerce_pos_rest_forbidden"])
}

/// Every route that stands under both versions.
fn versioned(told: Operation) -> Operation {
    told.path("version", word(&["v1", "v2"]), "Both answer the same.")
        .refuses(404, &["rest_no_route"])
}

/// Everything but the question whether the process is there.
fn busy(told: Operation) -> Operation {
    told.refuses(503, &["evertill_busy", "evertill_store_trouble"])
        .may_send(503, "Retry-After", whole(), "Seconds after which to come again.")
}

/// The parameters of a list's page.
fn paged(told: Operation) -> Operation {
    told.query(
        "page",
        whole().at_least(1).at_most(4_294_967_295).unless_said(1),
        "Which page.",
    )
    .query(
        "per_page",
        whole().at_least(1).at_most(100).unless_said(10),
        "Rows of a page.",
    )
    .query(
        "orderby",
        word(&[
            "date",
            "modified",
            "id",
            "include",
            "registered_date",
            "title",
            "name",
            "slug",
            "last_name",
            "first_name",
            "price",
            "menu_order",
            "popularity",
            "rating",
        ]),
        "What to sort by.",
    )
    .query("order", word(&["asc", "desc"]), "Upwards or downwards.")
    .query("include", list(whole()), "Only these ids, with commas between.")
    .refuses(400, &["rest_invalid_param"])
}

/// A list in JSON, with its totals in the headers.
fn lists(told: Operation, about: &'static str, of: Schema) -> Operation {
    counted(told.answers_in(JSON, 200, about, list(of)))
}

fn counted(told: Operation) -> Operation {
    told.sends(200, "X-WP-Total", whole().at_least(0), "Rows there are.")
        .sends(200, "X-WP-TotalPages", whole().at_least(0), "Pages there are.")
}

/// A moment in a query; a day that a month does not have is refused all the same.
fn since() -> Schema {
    text().shaped(
        "^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))\
         T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?Z?$",
    )
}
