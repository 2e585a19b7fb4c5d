//! People and the store's settings.

use super::{lists, paged};
use crate::http::api::{
    operation::{Operation, Tag},
    schema::{list, text, whole, word},
    shapes::Shape,
};

pub(super) fn cashier() -> Operation {
    Operation::new(
        Tag::People,
        "Who is behind the till",
        "Oneself; an owner or manager may ask about anybody who may use a till.",
    )
    .path("id", whole(), "The number of the account.")
    .answers(200, "The person.", Shape::Cashier.named())
    .refuses(404, &["woocommerce_pos_cashier_not_found"])
}

pub(super) fn cashier_stores() -> Operation {
    let told = Operation::new(Tag::People, "List the stores of a person", "There is one.").path(
        "id",
        whole(),
        "The number of the account.",
    );
    lists(told, "The stores.", Shape::Store.named())
}

pub(super) fn cashier_store() -> Operation {
    Operation::new(
        Tag::People,
        "A store of a person",
        "The same object as under `stores`.",
    )
    .path("id", whole(), "The number of the account.")
    .path("store", whole(), "The number of the store: 0.")
    .answers(200, "The store.", Shape::Store.named())
    .refuses(404, &["woocommerce_pos_store_not_found"])
}

pub(super) fn customers() -> Operation {
    let told = Operation::new(
        Tag::People,
        "List customers",
        "Every account, as on a stock store: who works here may buy here.",
    )
    .query("exclude", list(whole()), "Without these ids.")
    .query("search", text(), "Words in name, username and e-mail address.")
    .query("email", text(), "With this e-mail address.")
    .query(
        "role",
        word(&["all", "administrator", "shop_manager", "cashier", "customer"]),
        "With this role.",
    );
    lists(paged(told), "A page of customers.", Shape::Customer.named())
}

pub(super) fn stores() -> Operation {
    let told = Operation::new(
        Tag::People,
        "List the stores",
        "There is one, and its number is 0.",
    );
    lists(told, "The store.", Shape::Store.named())
}

pub(super) fn store() -> Operation {
    Operation::new(
        Tag::People,
        "The store's settings",
        "Address, money and tax: what a till needs to reckon as the store does.",
    )
    .path("id", whole(), "The number of the store: 0.")
    .answers(200, "The store.", Shape::Store.named())
    .refuses(404, &["woocommerce_pos_store_not_found"])
}

pub(super) fn settings() -> Operation {
    Operation::new(
        Tag::People,
        "List groups of settings",
        "A stock store does not serve this either; clients expect its refusal.",
    )
    .refuses(405, &["invalid-method"])
}

pub(super) fn settings_group(summary: &'static str) -> Operation {
    Operation::new(
        Tag::People,
        summary,
        "Settings are kept by the owner, in the configuration and the office; nobody gets them here.",
    )
    .path("group", text().letters_min(1), "The group.")
    .refuses(403, &["rest_forbidden"])
}
