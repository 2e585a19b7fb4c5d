//! What can be sold, taxes, and the change feed.

use crate::http::api::{
    schema::{
        Schema, address, anything, either, fact, list, moment, no_list, number, object, only, price, text,
        uuid, whole, word,
    },
    shapes::Shape,
};

fn term() -> Schema {
    object().field("id", whole()).texts(&["name", "slug"]).closed()
}

fn attribute() -> Schema {
    let of_product = object()
        .wholes(&["id", "position"])
        .texts(&["name", "slug"])
        .facts(&["visible", "variation"])
        .field("options", list(text()))
        .closed();
    let of_variation = object()
        .field("id", whole())
        .texts(&["name", "slug", "option"])
        .closed();
    either([of_product, of_variation])
}

fn image() -> Schema {
    object()
        .field("id", whole())
        .field("src", address())
        .texts(&["name", "alt"])
        .each(
            &[
                "date_created",
                "date_created_gmt",
                "date_modified",
                "date_modified_gmt",
            ],
            &moment(),
        )
        .closed()
}

fn product_fields() -> crate::http::api::schema::Object {
    let nothing = only(serde_json::Value::Null);
    object()
        .wholes(&[
            "id",
            "parent_id",
            "rating_count",
            "download_limit",
            "download_expiry",
            "shipping_class_id",
            "menu_order",
        ])
        .texts(&[
            "name",
            "slug",
            "permalink",
            "catalog_visibility",
            "description",
            "short_description",
            "sku",
            "external_url",
            "button_text",
            "tax_class",
            "weight",
            "shipping_class",
            "average_rating",
            "purchase_note",
            "price_html",
            "post_password",
        ])
        .field("global_unique_id", text().about("The barcode."))
        .each(
            &[
                "date_created",
                "date_created_gmt",
                "date_modified",
                "date_modified_gmt",
            ],
            &moment(),
        )
        .field("type", word(&["simple", "variable", "variation"]))
        .field("status", text())
        .facts(&[
            "featured",
            "on_sale",
            "purchasable",
            "virtual",
            "downloadable",
            "sold_individually",
            "shipping_required",
            "shipping_taxable",
            "reviews_allowed",
            "backorders_allowed",
            "backordered",
            "has_options",
        ])
        .each(&["price", "regular_price", "sale_price"], &price())
        .each(
            &[
                "date_on_sale_from",
                "date_on_sale_from_gmt",
                "date_on_sale_to",
                "date_on_sale_to_gmt",
            ],
            &nothing,
        )
        .field("total_sales", either([number(), text()]))
        .each(
            &[
                "downloads",
                "upsell_ids",
                "cross_sell_ids",
                "brands",
                "tags",
                "default_attributes",
                "grouped_products",
                "related_ids",
            ],
            &no_list(),
        )
        .field("tax_status", word(&["taxable", "none"]))
        .field(
            "dimensions",
            object().texts(&["length", "width", "height"]).closed(),
        )
        .field("manage_stock", either([fact(), only("parent")]))
        .each(&["stock_quantity", "low_stock_amount"], &number().or_null())
        .field("backorders", word(&["no", "notify"]))
        .field("stock_status", word(&["instock", "outofstock", "onbackorder"]))
        .field("categories", list(term()))
        .field("images", list(image()))
        .field("attributes", list(attribute()))
        .field("variations", list(whole()))
        .field("meta_data", list(Shape::Meta.named()))
        .field("_links", Shape::Links.named())
}

/// A product or a variation of one.
pub(super) fn product() -> Schema {
    product_fields().closed()
}

/// A product as the list gives it.
pub(super) fn listed_product() -> Schema {
    product_fields()
        .field("_rxdb_revision", text().about("Names this state of the product."))
        .closed()
}

pub(super) fn variations() -> Schema {
    let one = object()
        .wholes(&["id", "parent_id"])
        .field("payload", Shape::Product.named())
        .closed();
    let meta = object()
        .wholes(&["duration_ms", "requested", "returned"])
        .may("total", whole())
        .may("page", whole())
        .may("per_page", whole())
        .closed();
    object()
        .field("documents", list(one))
        .field("meta", meta)
        .closed()
}

pub(super) fn resolved() -> Schema {
    let kind = word(&["product", "variation"]);
    let found = object()
        .wholes(&["id", "parent_id"])
        .field("type", kind.clone())
        .field("payload", Shape::Product.named())
        .closed();
    let other = object().field("id", whole()).field("type", kind).closed();
    let meta = object().wholes(&["duration_ms", "candidates"]).closed();
    object()
        .field("code", text())
        .field("found", fact())
        .field("match", found.or_null())
        .field("ambiguous", list(other))
        .field("meta", meta)
        .closed()
}

pub(super) fn category() -> Schema {
    object()
        .wholes(&["id", "parent", "menu_order", "count"])
        .texts(&["name", "slug", "description", "display", "_rxdb_revision"])
        .field("image", only(serde_json::Value::Null))
        .field("_links", Shape::Links.named())
        .field("meta_data", list(Shape::Meta.named()))
        .closed()
}

pub(super) fn tax_rate() -> Schema {
    object()
        .wholes(&["id", "priority", "order"])
        .texts(&[
            "country",
            "state",
            "postcode",
            "city",
            "name",
            "class",
            "_rxdb_revision",
        ])
        .field("rate", text().shaped(r"^\d+\.\d{4}$").about("Per cent."))
        .facts(&["compound", "shipping"])
        .each(&["postcodes", "cities"], &no_list())
        .field("_links", Shape::Links.named())
        .closed()
}

pub(super) fn tax_class() -> Schema {
    object()
        .texts(&["slug", "name"])
        .field("_links", Shape::Links.named())
        .closed()
}

pub(super) fn payment_gateway() -> Schema {
    let able = object()
        .facts(&[
            "supports_checkout",
            "supports_automatic_refunds",
            "supports_provider_refunds",
            "requires_hardware",
        ])
        .closed();
    object()
        .texts(&["id", "title", "description", "provider", "pos_type"])
        .field("enabled", fact())
        .field("provider_data", no_list())
        .field("capabilities", able)
        .closed()
}

pub(super) fn order_status() -> Schema {
    object()
        .texts(&["status", "label"])
        .field("_links", Shape::Links.named())
        .closed()
}

pub(super) fn shipping_method() -> Schema {
    object()
        .texts(&["id", "title", "description"])
        .field("_links", Shape::Links.named())
        .closed()
}

fn supported() -> Schema {
    object().field("supported", only(true)).closed()
}

pub(super) fn fingerprints() -> Schema {
    let kinds = ["products", "variations", "tax_rates"];
    object()
        .field("fingerprints", object().texts(&kinds).closed())
        .field("barcode_fields", object().each(&kinds, &list(text())).closed())
        .field("meta", supported())
        .closed()
        .about("Moves when settings change what products and taxes mean.")
}

pub(super) fn checkpoint() -> Schema {
    object()
        .wholes(&["since", "head", "horizon"])
        .field("epoch", uuid().about("Another one means: start over."))
        .closed()
}

pub(super) fn tick() -> Schema {
    object()
        .field("checkpoint", Shape::Checkpoint.named())
        .field("changes", no_list())
        .field("complete", only(true))
        .field("config_fingerprint", Shape::Fingerprints.named())
        .field("meta", supported())
        .closed()
}

pub(super) fn sequence_log() -> Schema {
    let row = object()
        .wholes(&["sequence", "id"])
        .field("deleted", whole().at_least(0).at_most(1))
        .field("revision", anything())
        .field("modified_gmt", text())
        .may("collection", text())
        .closed();
    object()
        .field("collection", word(&["all", "products", "tax_rates"]))
        .field("checkpoint", Shape::Checkpoint.named())
        .field("changes", list(row))
        .field("complete", fact())
        .field("meta", supported())
        .field("config_fingerprint", Shape::Fingerprints.named())
        .closed()
}
