//! Products, variations, categories, taxes, and the short lists around them.

use serde_json::{Value, json};

use super::{App, Ask, Reply, params};
use crate::{
    catalogue,
    fold::{fold, words},
    store::{Item, ItemQuery, Kind, OrderBy, StoreError},
};

/// SKUs of one question.
const SKUS_MAX: usize = 100;

/// `GET products`.
pub(super) async fn products(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let query = match product_query(ask) {
        Ok(query) => query,
        Err(reply) => return Ok(reply),
    };
    let per_page = query.paging.map_or(1, |paging| paging.window.per_page);
    let page = app.store.items(query).await?;
    let shop = app.shop().await?;
    let list: Vec<Value> = page
        .rows
        .iter()
        .map(|item| catalogue::listed_item(item, &shop, &app.home))
        .collect();
    Ok(Reply::json(list.into()).counted(page.total, per_page))
}

fn product_query(ask: &Ask) -> Result<ItemQuery, Reply> {
    Ok(ItemQuery {
        is_variation: false,
        paging: Some(params::paging(ask, OrderBy::Date)?),
        include: params::ids(ask, "include")?,
        exclude: params::ids(ask, "exclude")?.unwrap_or_default(),
        status: ask
            .query("status")
            .filter(|status| *status != "any")
            .map(str::to_owned),
        words: words(ask.query("search").unwrap_or_default()),
        skus: skus(ask),
        category: params::ids(ask, "category")?.and_then(|ids| ids.first().copied()),
        stock_status: ask.query("stock_status").map(str::to_owned),
        modified_after: params::moment(ask, "modified_after")?,
    })
}

fn skus(ask: &Ask) -> Vec<String> {
    ask.query_list("sku")
        .unwrap_or_default()
        .into_iter()
        .take(SKUS_MAX)
        .map(fold)
        .collect()
}

/// `GET variations`: by id, by SKU, or by words in SKU and barcode.
pub(super) async fn variations(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let query = match variation_query(ask) {
        Ok(query) => query,
        Err(reply) => return Ok(reply),
    };
    let requested = query.include.as_ref().map(Vec::len);
    let window = query.paging.map(|paging| paging.window);
    let page = app.store.items(query).await?;
    let shop = app.shop().await?;
    let documents: Vec<Value> = page
        .rows
        .iter()
        .map(|item| catalogue::variation(item, &shop, &app.home))
        .collect();
    let mut meta = json!({
        "duration_ms": 0, "requested": requested.unwrap_or(documents.len()), "returned": documents.len(),
    });
    if let (None, Some(window)) = (requested, window) {
        meta["total"] = page.total.into();
        meta["page"] = window.page.into();
        meta["per_page"] = window.per_page.into();
    }
    Ok(Reply::json(json!({"documents": documents, "meta": meta})))
}

fn variation_query(ask: &Ask) -> Result<ItemQuery, Reply> {
    let include = params::ids(ask, "include")?;
    let search = words(ask.query("search").unwrap_or_default());
    let skus = skus(ask);
    if include.is_none() && search.is_empty() && skus.is_empty() {
        return Err(Reply::error(
            400,
            "woocommerce_pos_sync_missing_ids",
            "variations requires a non-empty include list",
        ));
    }
    Ok(ItemQuery {
        is_variation: true,
        paging: match include {
            Some(_) => None,
            None => Some(params::paging(ask, OrderBy::Id)?),
        },
        include,
        words: search,
        skus,
        ..ItemQuery::default()
    })
}

/// `GET resolve/barcode`: the exact code, then the same article spelled as UPC or EAN, then a SKU.
pub(super) async fn resolve(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let code = ask.query("code").unwrap_or_default().trim();
    if code.is_empty() {
        return Ok(Reply::error(
            400,
            "woocommerce_pos_sync_missing_code",
            "Barcode resolve requires a non-empty code parameter",
        ));
    }
    let found = app.store.items_by_code(catalogue::code_spellings(code)).await?;
    let shop = app.shop().await?;
    let kind = |item: &Item| match item.kind {
        Kind::Variation => "variation",
        Kind::Simple | Kind::Variable => "product",
    };
    let matched = found.first().map(|item| {
        json!({"id": item.id, "type": kind(item), "parent_id": item.parent_id,
               "payload": catalogue::item(item, &shop, &app.home)})
    });
    let others: Vec<Value> = found
        .iter()
        .skip(1)
        .map(|item| json!({"id": item.id, "type": kind(item)}))
        .collect();
    Ok(Reply::json(json!({
        "code": code, "found": matched.is_some(), "match": matched, "ambiguous": others,
        "meta": {"duration_ms": 0, "candidates": found.len()},
    })))
}

/// `GET products/categories`, in the shop's own order.
pub(super) async fn categories(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let (paging, include) = match (params::paging(ask, OrderBy::Menu), params::ids(ask, "include")) {
        (Ok(paging), Ok(include)) => (paging, include),
        (Err(reply), _) | (_, Err(reply)) => return Ok(reply),
    };
    let all = app.store.categories().await?;
    let wanted: Vec<Value> = all
        .iter()
        .filter(|category| include.as_ref().is_none_or(|ids| ids.contains(&category.id)))
        .map(|category| catalogue::category(category, &app.home))
        .collect();
    Ok(page_of(wanted, paging.window.page, paging.window.per_page))
}

/// `GET taxes`.
pub(super) async fn taxes(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let (paging, include) = match (params::paging(ask, OrderBy::Menu), params::ids(ask, "include")) {
        (Ok(paging), Ok(include)) => (paging, include),
        (Err(reply), _) | (_, Err(reply)) => return Ok(reply),
    };
    let shop = app.shop().await?;
    let rates: Vec<Value> = shop
        .tax_rates
        .iter()
        .enumerate()
        .filter(|(_, rate)| include.as_ref().is_none_or(|ids| ids.contains(&rate.id)))
        .map(|(order, rate)| catalogue::tax_rate(rate, order, &app.home))
        .collect();
    Ok(page_of(rates, paging.window.page, paging.window.per_page))
}

/// `GET taxes/classes`.
pub(super) async fn tax_classes(app: &App) -> Result<Reply, StoreError> {
    let href = format!("{}/wp-json/wcpos/v2/taxes/classes", app.home);
    let shop = app.shop().await?;
    let classes: Vec<Value> = shop
        .tax_classes
        .iter()
        .map(|class| {
            let slug = if class.slug.is_empty() {
                "standard"
            } else {
                class.slug.as_str()
            };
            json!({"slug": slug, "name": class.name, "_links": {"collection": [{"href": href}]}})
        })
        .collect();
    let count = classes.len() as u64;
    Ok(Reply::json(classes.into()).counted(count, 100))
}

fn page_of(all: Vec<Value>, page: u32, per_page: u32) -> Reply {
    let total = all.len() as u64;
    let skipped = (page as usize - 1).saturating_mul(per_page as usize);
    let rows: Vec<Value> = all.into_iter().skip(skipped).take(per_page as usize).collect();
    Reply::json(rows.into()).counted(total, per_page)
}

/// Tags, brands, coupons: this store has none.
pub(super) fn nothing() -> Reply {
    Reply::json(json!([])).counted(0, 10)
}

/// `GET payment-gateways`: cash in the drawer and a card on a terminal of its own.
pub(super) fn payment_gateways() -> Reply {
    let gateway = |id: &str, title: &str| {
        json!({
            "id": id, "title": title, "description": "", "enabled": true, "provider": "wcpos",
            "pos_type": "manual", "provider_data": [],
            "capabilities": {
                "supports_checkout": true, "supports_automatic_refunds": false,
                "supports_provider_refunds": false, "requires_hardware": false,
            },
        })
    };
    Reply::json(json!([gateway("pos_cash", "Cash"), gateway("pos_card", "Card")]))
}

/// `GET data/order_statuses`.
pub(super) fn order_statuses(home: &str) -> Reply {
    let href = format!("{home}/wp-json/wcpos/v2/data/order_statuses");
    let statuses = [
        ("pending", "Pending payment"),
        ("processing", "Processing"),
        ("on-hold", "On hold"),
        ("completed", "Completed"),
        ("cancelled", "Cancelled"),
        ("refunded", "Refunded"),
        ("failed", "Failed"),
        ("checkout-draft", "Draft"),
        ("pos-open", "POS - Open"),
        ("pos-partial", "POS - Partial Payment"),
    ];
    let rows: Vec<Value> = statuses
        .iter()
        .map(|(status, label)| {
            json!({"status": status, "label": label, "_links": {"collection": [{"href": href}]}})
        })
        .collect();
    Reply::json(rows.into())
}

/// `GET shipping_methods`.
pub(super) fn shipping_methods(home: &str) -> Reply {
    let base = format!("{home}/wp-json/wcpos/v2/shipping_methods");
    let method = |id: &str, title: &str, description: &str| {
        json!({"id": id, "title": title, "description": description, "_links": {
            "self": [{"href": format!("{base}/{id}")}], "collection": [{"href": base}],
        }})
    };
    Reply::json(json!([
        method("flat_rate", "Flat rate", "One price for delivery."),
        method("free_shipping", "Free delivery", "Delivery without a charge."),
        method("local_pickup", "Collection", "The customer collects."),
    ]))
    .counted(3, 100)
}

/// `GET settings`, which a stock store does not serve either.
pub(super) fn settings_index() -> Reply {
    Reply::error(
        405,
        "invalid-method",
        "Method 'WP_REST_Controller::get_items' not implemented. Must be overridden in subclass.",
    )
}
