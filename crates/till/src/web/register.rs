//! The register: its page, its products, its sheets.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::reply::{Failed, answer, page, to};
use super::visit::Visit;
use crate::catalogue::pictures;
use crate::clock;
use crate::db::carts::OpenCart;
use crate::db::sales;
use crate::error::TillError;
use crate::hub::News;
use crate::pages::{
    CartFragment, EmptyCart, GoodsFragment, LastSale, Nav, RegisterPage, Sheet, SheetFragment, Toast, format,
};
use crate::till::Till;
use crate::views;
use crate::views::goods::Asked;

/// What the address of the register says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Address {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    view: String,
}

impl Address {
    fn asked(self) -> Asked {
        Asked {
            query: self.q.trim().chars().take(100).collect(),
            category: self.category.parse().ok(),
            page: self.page.parse::<usize>().unwrap_or(1).saturating_sub(1),
            as_list: self.view == "list",
        }
    }
}

/// `GET /`
pub(super) async fn show(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Query(address): Query<Address>,
) -> Response {
    let shown = async {
        if !till.was_signed_in().await? {
            return Ok(to("/sign-in"));
        }
        let asked = address.asked();
        let open = till.desk.open_cart().await?;
        if visit.wants_fragment {
            return page(&GoodsFragment {
                csrf: visit.csrf.clone(),
                goods: goods(&till, &asked, &open),
            });
        }
        register(&till, &visit, &asked, &open, None, None).await
    };
    answer(&till, shown.await).await
}

/// The whole register.
pub(super) async fn register(
    till: &Till,
    visit: &Visit,
    asked: &Asked,
    open: &OpenCart,
    sheet: Option<Sheet>,
    toast: Option<Toast>,
) -> Result<Response, Failed> {
    page(&RegisterPage {
        frame: till.frame("Register", Nav::Sell).await?,
        csrf: visit.csrf.clone(),
        goods: goods(till, asked, open),
        cart: cart(till, open, false).await?,
        sheet,
        toast,
    })
}

/// The sale after a change: the fragment, or the page where no script asked.
pub(super) async fn after_change(
    till: &Till,
    visit: &Visit,
    open: &OpenCart,
    is_added: bool,
    sheet: Option<Sheet>,
    toast: Option<Toast>,
) -> Result<Response, Failed> {
    if open.cart.lines().len() <= 1 {
        // A sale began or ended: what is for quiet moments comes or goes.
        till.hub.tell(News::Bar);
    }
    if visit.wants_fragment {
        return page(&CartFragment {
            csrf: visit.csrf.clone(),
            cart: cart(till, open, is_added).await?,
            sheet,
            toast,
        });
    }
    match (&sheet, &toast) {
        (None, None) => Ok(to("/")),
        _ => register(till, visit, &Asked::default(), open, sheet, toast).await,
    }
}

/// One sheet: the fragment, or the register with it.
pub(super) async fn sheet(till: &Till, visit: &Visit, sheet: Option<Sheet>) -> Result<Response, Failed> {
    if visit.wants_fragment {
        return page(&SheetFragment {
            csrf: visit.csrf.clone(),
            sheet,
        });
    }
    let open = till.desk.open_cart().await?;
    register(till, visit, &Asked::default(), &open, sheet, None).await
}

fn goods(till: &Till, asked: &Asked, open: &OpenCart) -> crate::pages::Goods {
    let shelf = till.shelf();
    let found = (!asked.query.is_empty()).then(|| shelf.search(&asked.query));
    views::goods::goods(&shelf, asked, found.as_deref(), &open.cart)
}

async fn cart(till: &Till, open: &OpenCart, is_added: bool) -> Result<crate::pages::CartView, TillError> {
    let parked = till.desk.count_parked().await?;
    let empty = match open.cart.is_empty() {
        true => empty(till).await?,
        false => EmptyCart::default(),
    };
    Ok(views::cart::cart(&till.shelf(), open, is_added, parked, empty))
}

async fn empty(till: &Till) -> Result<EmptyCart, TillError> {
    let wall = till.wall();
    let midnight_ms = wall
        .now()
        .start_of_day()
        .map_or_else(|_| clock::now_ms(), |start| start.timestamp().as_millisecond());
    let (last, today) = till
        .db
        .read("look up the sales of today", move |db| {
            Ok((sales::recent(db, 1)?, sales::tally_since(db, midnight_ms)?))
        })
        .await?;
    let shelf = till.shelf();
    let money = |amount| shelf.currency.money(amount);
    Ok(EmptyCart {
        last: last.first().map(|row| LastSale {
            uuid: row.sale.uuid().to_string(),
            number: row.number.to_string(),
            total: money(row.sale.totals().total),
            paid: match row.sale.tender().change() {
                change if change.is_zero() => "cash".into(),
                change => format!("cash, change {}", money(change)),
            },
            at: format::moment(&wall.at(row.paid_at_ms), &wall.now()),
        }),
        today: match today.count {
            0 => String::new(),
            count => format!(
                "{} today, {}",
                format::counted(count, "sale", "sales"),
                money(today.sum)
            ),
        },
    })
}

/// `GET /product/{id}/choose`
pub(super) async fn choose(State(till): State<Arc<Till>>, visit: Visit, Path(id): Path<i64>) -> Response {
    let shown = async {
        let shelf = till.shelf();
        let product = shelf.product(id).ok_or(Failed::NotFound)?;
        let variations = views::sheets::variations(&shelf, product);
        sheet(&till, &visit, Some(Sheet::Variation(variations))).await
    };
    answer(&till, shown.await).await
}

/// `GET /picture/{product id}`
pub(super) async fn picture(State(till): State<Arc<Till>>, Path(id): Path<i64>) -> Response {
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse;

    match pictures::of_product(&till, id).await {
        Ok(Some(picture)) => (
            [
                (header::CONTENT_TYPE, picture.content_type),
                (
                    header::CACHE_CONTROL,
                    "private, max-age=31536000, immutable".into(),
                ),
                // A drawing may hold scripts; opened by itself it must not run them.
                (
                    header::CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; sandbox".into(),
                ),
            ],
            picture.body,
        )
            .into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => Failed::Till(error).into_page(&till).await,
    }
}
