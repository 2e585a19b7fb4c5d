//! What can be sold, and the short lists around it.

use super::{counted, lists, paged, since};
use crate::http::api::{
    operation::{Operation, Tag},
    schema::{list, no_list, text, whole},
    shapes::Shape,
};

pub(super) fn products() -> Operation {
    let told = Operation::new(
        Tag::Catalogue,
        "List products",
        "Products with their stock and prices; variations have a route of their own.",
    )
    .query("exclude", list(whole()), "Without these ids.")
    .query("search", text(), "Words in name, SKU and barcode.")
    .query("status", text(), "With this status; `any` for all.")
    .query("sku", text(), "With one of these SKUs, with commas between.")
    .query("category", list(whole()), "In this category.")
    .query(
        "stock_status",
        text(),
        "`instock`, `outofstock` or `onbackorder`.",
    )
    .query("modified_after", since(), "Changed after this moment, UTC.");
    lists(paged(told), "A page of products.", Shape::ListedProduct.named())
}

pub(super) fn variations() -> Operation {
    let told = Operation::new(
        Tag::Catalogue,
        "Find variations",
        "By id, by SKU, or by words. One of the three has to be there.",
    )
    .query("search", text(), "Words in SKU and barcode.")
    .query("sku", text(), "With one of these SKUs, with commas between.")
    .answers(200, "The variations.", Shape::Variations.named());
    paged(told).refuses(400, &["woocommerce_pos_sync_missing_ids"])
}

pub(super) fn resolve() -> Operation {
    Operation::new(
        Tag::Catalogue,
        "What a barcode is",
        "The exact code first, then the same article spelled as UPC or EAN, then a SKU.",
    )
    .needed_query("code", text().shaped(r"\S"), "What was scanned.")
    .answers(
        200,
        "What was found, if anything.",
        Shape::ResolvedBarcode.named(),
    )
    .refuses(400, &["woocommerce_pos_sync_missing_code"])
}

pub(super) fn categories() -> Operation {
    let told = Operation::new(Tag::Catalogue, "List categories", "In the shop's own order.");
    lists(paged(told), "A page of categories.", Shape::Category.named())
}

pub(super) fn nothing(summary: &'static str) -> Operation {
    let told = Operation::new(
        Tag::Catalogue,
        summary,
        "This store has none; stock clients ask all the same.",
    );
    counted(told.answers(200, "An empty list.", no_list()))
}

pub(super) fn taxes() -> Operation {
    let told = Operation::new(
        Tag::Catalogue,
        "List tax rates",
        "This route calls the standard class by its name, as a stock store does.",
    );
    lists(paged(told), "A page of rates.", Shape::TaxRate.named())
}

pub(super) fn tax_classes() -> Operation {
    let told = Operation::new(Tag::Catalogue, "List tax classes", "All of them.");
    lists(told, "The classes.", Shape::TaxClass.named())
}

pub(super) fn payment_gateways() -> Operation {
    Operation::new(
        Tag::Catalogue,
        "List ways to pay",
        "Cash in the drawer, and a card on a terminal of its own.",
    )
    .answers(200, "The ways.", list(Shape::PaymentGateway.named()))
}

pub(super) fn order_statuses() -> Operation {
    Operation::new(
        Tag::Catalogue,
        "List statuses of orders",
        "With their names for people.",
    )
    .answers(200, "The statuses.", list(Shape::OrderStatus.named()))
}

pub(super) fn shipping_methods() -> Operation {
    let told = Operation::new(Tag::Catalogue, "List ways to deliver", "All of them.");
    lists(told, "The ways.", Shape::ShippingMethod.named())
}
