//! The person behind a till, customers, and the store object.

use serde_json::{Value, json};

use super::{App, Ask, Caller, Reply, params};
use crate::{
    accounts::Role,
    catalogue,
    fold::words,
    store::{Account, CustomerQuery, OrderBy, StoreError},
};

/// `GET cashier/{id}`: oneself, or anybody for an owner or manager.
pub(super) async fn cashier(app: &App, caller: &Caller, id: &str) -> Result<Reply, StoreError> {
    let account = match whose(caller, id) {
        Err(reply) => return Ok(reply),
        Ok(id) if id == caller.account.id => Account::clone(&caller.account),
        Ok(id) => match app.store.account(id).await? {
            Some(account) if account.role.may_sell() => account,
            Some(_) | None => return Ok(not_found()),
        },
    };
    let shop = app.shop().await?;
    Ok(Reply::json(json!({
        "uuid": account.uuid.to_string(), "id": account.id, "username": account.username,
        "first_name": account.person.first_name, "last_name": account.person.last_name,
        "email": account.email, "display_name": account.display_name(),
        "nice_name": catalogue::slug(&account.username), "roles": [account.role.slug()],
        "capabilities": account.role.capabilities(), "last_access": "", "avatar_url": "",
        "stores": [catalogue::store(&shop, &app.home)],
    })))
}

fn whose(caller: &Caller, id: &str) -> Result<i64, Reply> {
    let id: i64 = id.parse().map_err(|_| Reply::no_route())?;
    if id != caller.account.id && !caller.account.role.may_manage() {
        return Err(Reply::error(
            403,
            "woocommerce_pos_rest_forbidden",
            "You can only access your own cashier data.",
        ));
    }
    Ok(id)
}

fn not_found() -> Reply {
    Reply::error(404, "woocommerce_pos_cashier_not_found", "Cashier not found.")
}

/// `GET cashier/{id}/stores`.
pub(super) async fn cashier_stores(app: &App, caller: &Caller, id: &str) -> Result<Reply, StoreError> {
    match whose(caller, id) {
        Err(reply) => Ok(reply),
        Ok(_) => stores(app).await,
    }
}

/// `GET cashier/{id}/stores/{store}`.
pub(super) async fn cashier_store(
    app: &App,
    caller: &Caller,
    id: &str,
    store_id: &str,
) -> Result<Reply, StoreError> {
    match whose(caller, id) {
        Err(reply) => Ok(reply),
        Ok(_) => store(app, store_id).await,
    }
}

/// `GET stores`: there is one.
pub(super) async fn stores(app: &App) -> Result<Reply, StoreError> {
    let shop = app.shop().await?;
    Ok(Reply::json(json!([catalogue::store(&shop, &app.home)])).counted(1, 1))
}

/// `GET stores/{id}`.
pub(super) async fn store(app: &App, id: &str) -> Result<Reply, StoreError> {
    if id != "0" {
        return Ok(Reply::error(
            404,
            "woocommerce_pos_store_not_found",
            "Store not found.",
        ));
    }
    let shop = app.shop().await?;
    Ok(Reply::json(catalogue::store(&shop, &app.home)))
}

/// `GET customers`: every account, as on a stock store.
pub(super) async fn customers(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let query = match customer_query(ask) {
        Ok(query) => query,
        Err(reply) => return Ok(reply),
    };
    let per_page = query.paging.map_or(1, |paging| paging.window.per_page);
    let page = app.store.customers(query).await?;
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|account| catalogue::listed_customer(account, &app.home))
        .collect();
    Ok(Reply::json(rows.into()).counted(page.total, per_page))
}

fn customer_query(ask: &Ask) -> Result<CustomerQuery, Reply> {
    Ok(CustomerQuery {
        paging: Some(params::paging(ask, OrderBy::Id)?),
        include: params::ids(ask, "include")?,
        exclude: params::ids(ask, "exclude")?.unwrap_or_default(),
        words: words(ask.query("search").unwrap_or_default()),
        email: ask
            .query("email")
            .filter(|email| !email.is_empty())
            .map(str::to_owned),
        role: match ask.query("role") {
            None | Some("all" | "") => None,
            Some(role) => Some(
                Role::parse(role)
                    .ok_or_else(|| Reply::invalid("role", "rest_not_in_enum", "role is not a known role."))?,
            ),
        },
    })
}
