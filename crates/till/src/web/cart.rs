//! Changes of the open sale.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use evertill_sale::SaleError;
use evertill_sale::cart::{CartAction, CartRules, Item};
use evertill_sale::search::Scanned;
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

use super::register::{after_change, sheet};
use super::reply::{Failed, answer};
use super::typed;
use super::visit::{Posted, Visit};
use crate::catalogue;
use crate::desk::Changed;
use crate::pages::{Sheet, Toast};
use crate::shelf::{Article, Bar, Shelf};
use crate::till::Till;
use crate::views::sheets;

/// Longest code that is looked up, in characters.
const CODE_MAX: usize = 120;

/// Stands for what is not in the catalogue.
const CUSTOM: i64 = 0;

/// What the shop allows; goods by weight may have three decimals.
fn rules(shelf: &Shelf, product_id: i64) -> CartRules {
    let rules = CartRules {
        price_decimals: shelf.currency.decimals,
        ..CartRules::default()
    };
    match shelf.sells_in_parts(product_id) {
        true => rules.with_decimal_quantities(),
        false => rules,
    }
}

/// `POST /cart/add`
pub(super) async fn add(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let shelf = till.shelf();
        let (product, variation) = (posted.int("product_id"), posted.int("variation_id"));
        let article = product
            .and_then(|product| shelf.article(product, variation.filter(|id| *id != 0)))
            .ok_or(Failed::NotFound)?
            .chosen(|key| posted.find(&sheets::option_field(key)).map(str::to_owned));
        add_article(&till, &posted.visit, &article, posted.text("quantity")).await
    };
    answer(&till, done.await).await
}

/// Rings an article up, or asks for what must be chosen first. No `quantity` means one.
async fn add_article(
    till: &Arc<Till>,
    visit: &Visit,
    article: &Article,
    quantity: &str,
) -> Result<Response, Failed> {
    let shelf = till.shelf();
    match article.bar {
        None => {}
        Some(Bar::ChooseFirst) => {
            let product = shelf.product(article.product_id).ok_or(Failed::NotFound)?;
            let variations = sheets::variations(&shelf, product);
            return sheet(till, visit, Some(Sheet::Variation(variations))).await;
        }
        Some(bar) => {
            let open = till.desk.open_cart().await?;
            let toast = Toast {
                text: format!("{} \u{2013} {}", article.name, bar.words().to_lowercase()),
                undo: false,
            };
            return after_change(till, visit, &open, false, None, Some(toast)).await;
        }
    }
    if let Some(open) = sheets::open_choice(&shelf, article, quantity) {
        return sheet(till, visit, Some(Sheet::Open(open))).await;
    }
    let action = CartAction::Add {
        line: Uuid::new_v4(),
        item: Box::new(article.item()),
        quantity: typed::quantity(quantity).unwrap_or(Decimal::ONE),
    };
    let changed = till.desk.act(action, rules(&shelf, article.product_id)).await?;
    plain(till, visit, changed, None).await
}

/// A change without a sheet; what was refused is said in words.
async fn plain(
    till: &Till,
    visit: &Visit,
    changed: Changed,
    toast: Option<Toast>,
) -> Result<Response, Failed> {
    let toast = match &changed.refused {
        Some(error) => Some(Toast {
            text: refusal(error),
            undo: false,
        }),
        None => toast,
    };
    let is_added = changed.refused.is_none();
    after_change(till, visit, &changed.cart, is_added, None, toast).await
}

/// A refusal in words for a cashier.
pub(super) fn refusal(error: &SaleError) -> String {
    match error {
        SaleError::QuantityTooLow { .. } => "A line needs a quantity above zero.".into(),
        SaleError::QuantityTooHigh { quantity_max, .. } => {
            format!("A line holds {} at most.", quantity_max.normalize())
        }
        SaleError::QuantityTooFine { decimals: 0, .. } => "This is sold in whole pieces only.".into(),
        SaleError::QuantityTooFine { decimals, .. } => format!("The quantity may have {decimals} decimals."),
        SaleError::PriceNotChargeable { .. } => "That is not a price this shop can charge.".into(),
        SaleError::NameMissing => "The item needs a name.".into(),
        SaleError::TextTooLong { length_max, .. } => format!("The text may have {length_max} letters."),
        SaleError::LineMissing { .. } => "That line is not in the sale any more.".into(),
        SaleError::LineExists { .. } => "That line is in the sale already.".into(),
        SaleError::LinesFull { lines_max } => {
            format!(
                "The sale has {lines_max} lines. Take payment for it and ring up the rest as another one."
            )
        }
        SaleError::SaleEmpty => "There is nothing to pay for yet.".into(),
        SaleError::TenderTooLow { .. } => "That is less than there is to pay.".into(),
        SaleError::TenderNotCash { .. } => "That is not an amount of cash.".into(),
        SaleError::RecordTooNew { .. } | SaleError::RecordDamaged(_) => error.remedy(),
    }
}

/// `POST /cart/scan`
pub(super) async fn scan(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let code: String = posted.text("code").trim().chars().take(CODE_MAX).collect();
        let visit = &posted.visit;
        let shelf = till.shelf();
        let (found, tried) = match shelf.scan(&code) {
            Scanned::Unknown if code.is_empty() => (Scanned::Unknown, "No code was read."),
            Scanned::Unknown => catalogue::lookup(&till, &code).await?,
            found @ (Scanned::One(_) | Scanned::Several(_)) => (found, ""),
        };
        match found {
            Scanned::One(key) => {
                let variation = (key.variation_id != 0).then_some(key.variation_id);
                let article = till
                    .shelf()
                    .article(key.product_id, variation)
                    .ok_or(Failed::NotFound)?;
                add_article(&till, visit, &article, "").await
            }
            Scanned::Several(keys) => {
                let several = sheets::several(&till.shelf(), &code, &keys);
                sheet(&till, visit, Some(Sheet::Several(several))).await
            }
            Scanned::Unknown => {
                sheet(
                    &till,
                    visit,
                    Some(Sheet::UnknownCode(sheets::unknown_code(&code, tried))),
                )
                .await
            }
        }
    };
    answer(&till, done.await).await
}

/// What the address of the custom item says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CustomAddress {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

/// `GET /cart/custom`
pub(super) async fn custom_sheet(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Query(address): Query<CustomAddress>,
) -> Response {
    let custom = sheets::custom(&till.shelf(), &address.name, "", &address.code, "", None);
    answer(&till, sheet(&till, &visit, Some(Sheet::Custom(custom))).await).await
}

/// `POST /cart/custom`
pub(super) async fn custom(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let shelf = till.shelf();
        let (name, typed) = (posted.text("name"), posted.text("price"));
        let (code, class) = (posted.text("code"), posted.text("tax_class"));
        let again =
            |problem: String| Sheet::Custom(sheets::custom(&shelf, name, typed, code, class, Some(problem)));
        if name.chars().any(char::is_control) {
            let problem = "The name holds characters that cannot be printed.";
            return sheet(&till, &posted.visit, Some(again(problem.into()))).await;
        }
        let price = posted.amount("price", &shelf.currency.decimal_separator);
        let (Some(price), false) = (price, name.trim().is_empty()) else {
            let problem = match name.trim() {
                "" => "The item needs a name.",
                _ => "The price is not a number.",
            };
            return sheet(&till, &posted.visit, Some(again(problem.into()))).await;
        };
        let item = Item {
            sku: code.chars().take(CODE_MAX).collect(),
            ..Item::custom(name, price, class, true)
        };
        let action = CartAction::Add {
            line: Uuid::new_v4(),
            item: Box::new(item),
            quantity: Decimal::ONE,
        };
        let changed = till.desk.act(action, rules(&shelf, CUSTOM)).await?;
        let problem = changed.refused.as_ref().map(|error| again(refusal(error)));
        let is_added = problem.is_none();
        after_change(&till, &posted.visit, &changed.cart, is_added, problem, None).await
    };
    answer(&till, done.await).await
}

/// `GET /cart/line/{uuid}`
pub(super) async fn line_sheet(
    State(till): State<Arc<Till>>,
    visit: Visit,
    Path(uuid): Path<Uuid>,
) -> Response {
    let shown = async {
        let open = till.desk.open_cart().await?;
        let line = open
            .cart
            .line(uuid)
            .map(|held| sheets::line(&till.shelf(), held, None));
        sheet(&till, &visit, line.map(Sheet::Line)).await
    };
    answer(&till, shown.await).await
}

/// `POST /cart/line/{uuid}`
pub(super) async fn line(State(till): State<Arc<Till>>, Path(uuid): Path<Uuid>, posted: Posted) -> Response {
    let done = async {
        let shelf = till.shelf();
        let open = till.desk.open_cart().await?;
        let Some(held) = open.cart.line(uuid) else {
            return after_change(&till, &posted.visit, &open, false, None, None).await;
        };
        let separator = &shelf.currency.decimal_separator;
        let mut actions = Vec::new();
        for (field, wants_number) in [
            ("delta", true),
            ("quantity", true),
            ("price", true),
            ("note", false),
        ] {
            let Some(text) = posted.find(field) else { continue };
            let amount = match field {
                "price" => posted.amount(field, separator),
                _ => posted.quantity(field),
            };
            let action = match (field, amount) {
                ("delta", Some(by)) => CartAction::ChangeQuantity { line: uuid, by },
                ("quantity", Some(quantity)) if quantity != held.quantity => {
                    CartAction::SetQuantity { line: uuid, quantity }
                }
                ("price", Some(price)) if price != held.price => CartAction::SetPrice { line: uuid, price },
                ("note", _) if text.trim() != held.note => CartAction::SetLineNote {
                    line: uuid,
                    note: text.to_owned(),
                },
                (_, None) if wants_number => {
                    let problem = format!("The {field} is not a number.");
                    let again = sheets::line(&shelf, held, Some(problem));
                    return sheet(&till, &posted.visit, Some(Sheet::Line(again))).await;
                }
                _ => continue,
            };
            actions.push(action);
        }
        let name = held.item.name.clone();
        let rules = rules(&shelf, held.item.product_id);
        change_line(&till, &posted.visit, uuid, &name, actions, &rules).await
    };
    answer(&till, done.await).await
}

async fn change_line(
    till: &Till,
    visit: &Visit,
    uuid: Uuid,
    name: &str,
    actions: Vec<CartAction>,
    rules: &CartRules,
) -> Result<Response, Failed> {
    let is_step = matches!(actions.as_slice(), [CartAction::ChangeQuantity { .. }]);
    let mut open = None;
    // One sheet is one change: when a part of it is refused, no other part is made.
    let before = till.desk.open_cart().await?;
    let mut trial = before.cart.clone();
    for action in &actions {
        if let Err(error) = trial.apply(action.clone(), rules)
            && let Some(held) = before.cart.line(uuid).filter(|_| !is_step)
        {
            let again = sheets::line(&till.shelf(), held, Some(refusal(&error)));
            return after_change(till, visit, &before, false, Some(Sheet::Line(again)), None).await;
        }
    }
    for action in actions {
        let changed = till.desk.act(action, rules.clone()).await?;
        if let Some(error) = &changed.refused {
            let words = refusal(error);
            return match changed.cart.cart.line(uuid).filter(|_| !is_step) {
                Some(held) => {
                    let again = sheets::line(&till.shelf(), held, Some(words));
                    after_change(till, visit, &changed.cart, false, Some(Sheet::Line(again)), None).await
                }
                None => {
                    let toast = Toast {
                        text: words,
                        undo: false,
                    };
                    after_change(till, visit, &changed.cart, false, None, Some(toast)).await
                }
            };
        }
        open = Some(changed.cart);
    }
    let open = match open {
        Some(open) => open,
        None => till.desk.open_cart().await?,
    };
    let toast = open.cart.line(uuid).is_none().then(|| removed(name));
    after_change(till, visit, &open, false, None, toast).await
}

fn removed(name: &str) -> Toast {
    Toast {
        text: format!("{name} removed"),
        undo: true,
    }
}

/// `POST /cart/line/{uuid}/remove`
pub(super) async fn remove(
    State(till): State<Arc<Till>>,
    Path(uuid): Path<Uuid>,
    posted: Posted,
) -> Response {
    let done = async {
        let before = till.desk.open_cart().await?;
        let name = before.cart.line(uuid).map(|held| held.item.name.clone());
        let rules = rules(&till.shelf(), CUSTOM);
        let changed = till.desk.act(CartAction::Remove { line: uuid }, rules).await?;
        let toast = name.as_deref().map(removed);
        let cart = &changed.cart;
        // A line that is gone already is what was wanted.
        after_change(&till, &posted.visit, cart, false, None, toast).await
    };
    answer(&till, done.await).await
}

/// `POST /cart/undo`
pub(super) async fn undo(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let changed = till.desk.undo().await?;
        after_change(&till, &posted.visit, &changed.cart, false, None, None).await
    };
    answer(&till, done.await).await
}

/// `POST /cart/clear`
pub(super) async fn clear(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let changed = till
            .desk
            .act(CartAction::Clear, rules(&till.shelf(), CUSTOM))
            .await?;
        let toast = Toast {
            text: "Everything removed".into(),
            undo: true,
        };
        after_change(&till, &posted.visit, &changed.cart, false, None, Some(toast)).await
    };
    answer(&till, done.await).await
}

/// `GET /cart/note`
pub(super) async fn note_sheet(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    let shown = async {
        let open = till.desk.open_cart().await?;
        sheet(&till, &visit, Some(Sheet::Note(sheets::note(&open)))).await
    };
    answer(&till, shown.await).await
}

/// `POST /cart/note`
pub(super) async fn note(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let action = CartAction::SetNote(posted.text("note").to_owned());
        let changed = till.desk.act(action, rules(&till.shelf(), CUSTOM)).await?;
        let is_refused = changed.refused.is_some();
        if is_refused {
            return plain(&till, &posted.visit, changed, None).await;
        }
        after_change(&till, &posted.visit, &changed.cart, false, None, None).await
    };
    answer(&till, done.await).await
}

/// `POST /cart/park`
pub(super) async fn park(State(till): State<Arc<Till>>, posted: Posted) -> Response {
    let done = async {
        let open = till.desk.park().await?;
        after_change(&till, &posted.visit, &open, false, None, None).await
    };
    answer(&till, done.await).await
}

/// `POST /cart/resume/{id}`
pub(super) async fn resume(State(till): State<Arc<Till>>, Path(id): Path<Uuid>, posted: Posted) -> Response {
    let done = async {
        let open = till.desk.resume(id).await?;
        after_change(&till, &posted.visit, &open, false, None, None).await
    };
    answer(&till, done.await).await
}

/// `GET /cart/parked`
pub(super) async fn parked(State(till): State<Arc<Till>>, visit: Visit) -> Response {
    let shown = async {
        let open = till.desk.open_cart().await?;
        let parked = till.desk.parked().await?;
        let list = sheets::parked(&till.shelf(), &parked, &open, &till.wall());
        sheet(&till, &visit, Some(Sheet::Parked(list))).await
    };
    answer(&till, shown.await).await
}
