//! People, the store's settings, and the small parts that other records share.

use crate::http::api::{
    schema::{Schema, address, anything, fact, list, moment, no_list, object, only, text, uuid, whole, word},
    shapes::Shape,
};

/// An address of the REST interface about the same thing.
pub(super) fn links() -> Schema {
    let all = || list(object().field("href", address()).closed());
    object()
        .may("self", all())
        .may("collection", all())
        .may("up", all())
        .closed()
}

pub(super) fn meta() -> Schema {
    object()
        .may("id", whole())
        .field("key", text())
        .field("value", anything())
        .may("display_key", text())
        .may("display_value", text())
        .closed()
}

pub(super) fn address_of() -> Schema {
    object()
        .texts(&[
            "first_name",
            "last_name",
            "company",
            "address_1",
            "address_2",
            "city",
            "state",
            "postcode",
            "country",
            "phone",
        ])
        .may("email", text().about("Only of a billing address."))
        .closed()
}

fn role() -> Schema {
    word(&["administrator", "shop_manager", "cashier", "customer"])
}

pub(super) fn cashier() -> Schema {
    object()
        .field("uuid", uuid())
        .field("id", whole())
        .texts(&[
            "username",
            "first_name",
            "last_name",
            "email",
            "display_name",
            "nice_name",
        ])
        .field("roles", list(role()))
        .field("capabilities", list(text()))
        .texts(&["last_access", "avatar_url"])
        .field("stores", list(Shape::Store.named()))
        .closed()
}

pub(super) fn customer() -> Schema {
    object()
        .field("id", whole())
        .each(
            &[
                "date_created",
                "date_created_gmt",
                "date_modified",
                "date_modified_gmt",
            ],
            &moment(),
        )
        .texts(&["email", "first_name", "last_name", "username", "avatar_url"])
        .field("role", role())
        .each(&["billing", "shipping"], &Shape::Address.named())
        .field("is_paying_customer", fact())
        .field("meta_data", list(Shape::Meta.named()))
        .field("tax_ids", no_list())
        .field("_links", Shape::Links.named())
        .may(
            "_rxdb_revision",
            text().about("Opaque; the base of the next change. In lists."),
        )
        .closed()
}

pub(super) fn store() -> Schema {
    let yes = word(&["yes", "no"]);
    let shown = word(&["incl", "excl"]);
    let place = object().texts(&["country", "state", "postcode", "city"]).closed();
    let tax_id = object().texts(&["type", "value", "country"]).closed();
    object()
        .field("id", only(0))
        .texts(&[
            "name",
            "locale",
            "timezone",
            "store_address",
            "store_address_2",
            "store_city",
            "store_postcode",
            "store_state",
            "store_country",
            "default_country",
            "default_customer_address",
            "currency",
            "currency_pos",
            "price_thousand_sep",
            "price_decimal_sep",
            "tax_based_on",
            "shipping_tax_class",
            "price_display_suffix",
            "tax_total_display",
            "url",
            "phone",
            "email",
            "opening_hours_notes",
            "personal_notes",
            "policies_and_conditions",
            "footer_imprint",
        ])
        .each(
            &[
                "calc_taxes",
                "enable_coupons",
                "calc_discounts_sequentially",
                "prices_include_tax",
                "tax_round_at_subtotal",
            ],
            &yes,
        )
        .wholes(&["price_num_decimals", "default_customer"])
        .facts(&["prevent_overselling", "default_customer_is_cashier"])
        .field("tax_address", place)
        .each(&["tax_display_shop", "tax_display_cart"], &shown)
        .field("opening_hours", no_list())
        .field("tax_ids", list(tax_id))
        .field("meta_data", no_list())
        .field("receipt_i18n", object().closed())
        .field("_links", Shape::Links.named())
        .closed()
}
