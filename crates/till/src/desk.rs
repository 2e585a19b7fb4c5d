//! The open sale: every change is on the disk before anybody sees it.
//!
//! A change reads the sale, applies one pure action and stores the outcome inside one transaction of the
//! writer's thread; two windows can therefore never lose each other's lines.

use evertill_sale::SaleError;
use evertill_sale::cart::{CartAction, CartRules};
use uuid::Uuid;

use crate::clock;
use crate::db::Db;
use crate::db::carts::{self, OpenCart};
use crate::error::TillError;

/// What became of a change.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The sale as it is now.
    pub(crate) cart: OpenCart,
    /// Why the change was not made, if it was not.
    pub(crate) refused: Option<SaleError>,
}

/// Changes the open sale.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    db: Db,
}

impl Desk {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// The open sale.
    pub(crate) async fn open_cart(&self) -> Result<OpenCart, TillError> {
        let fresh = Uuid::new_v4();
        self.db
            .write("open a sale", move |tx| {
                carts::current(tx, fresh, clock::now_ms())
            })
            .await
    }

    /// Takes one action, or says why not.
    pub(crate) async fn act(&self, action: CartAction, rules: CartRules) -> Result<Changed, TillError> {
        self.change("change the sale", move |open| {
            let touched = open.cart.apply(action, &rules)?;
            open.touched = touched.or(open.touched);
            Ok(true)
        })
        .await
    }

    /// Takes the last action back.
    pub(crate) async fn undo(&self) -> Result<Changed, TillError> {
        self.change("take a change back", |open| Ok(open.cart.undo()))
            .await
    }

    /// Puts the open sale aside and opens a fresh one. An empty sale stays where it is.
    pub(crate) async fn park(&self) -> Result<OpenCart, TillError> {
        let fresh = [Uuid::new_v4(), Uuid::new_v4()];
        self.db
            .write("park the sale", move |tx| {
                let now_ms = clock::now_ms();
                let mut open = carts::current(tx, fresh[0], now_ms)?;
                if open.cart.is_empty() {
                    return Ok(open);
                }
                open.changed_at_ms = now_ms;
                carts::put(tx, &open, false)?;
                carts::current(tx, fresh[1], now_ms)
            })
            .await
    }

    /// Opens a parked sale again; the open one is parked in its place unless it is empty.
    ///
    /// A sale that is not parked (any more) changes nothing: another window was faster.
    pub(crate) async fn resume(&self, parked: Uuid) -> Result<OpenCart, TillError> {
        let fresh = Uuid::new_v4();
        self.db
            .write("resume the sale", move |tx| {
                let now_ms = clock::now_ms();
                let mut open = carts::current(tx, fresh, now_ms)?;
                let Some(mut wanted) = carts::find_parked(tx, parked)? else {
                    return Ok(open);
                };
                if open.cart.is_empty() {
                    carts::remove(tx, open.uuid)?;
                } else {
                    open.changed_at_ms = now_ms;
                    carts::put(tx, &open, false)?;
                }
                wanted.revision += 1;
                carts::put(tx, &wanted, true)?;
                Ok(wanted)
            })
            .await
    }

    /// The parked sales, newest first.
    pub(crate) async fn parked(&self) -> Result<Vec<OpenCart>, TillError> {
        self.db.read("list the parked sales", carts::parked).await
    }

    /// How many sales are parked.
    pub(crate) async fn count_parked(&self) -> Result<u32, TillError> {
        self.db.read("count the parked sales", carts::count_parked).await
    }

    async fn change<F>(&self, transaction: &'static str, change: F) -> Result<Changed, TillError>
    where
        F: FnOnce(&mut OpenCart) -> Result<bool, SaleError> + Send + 'static,
    {
        let fresh = Uuid::new_v4();
        self.db
            .write(transaction, move |tx| {
                let now_ms = clock::now_ms();
                let mut cart = carts::current(tx, fresh, now_ms)?;
                match change(&mut cart) {
                    Err(refused) => Ok(Changed {
                        cart,
                        refused: Some(refused),
                    }),
                    Ok(false) => Ok(Changed { cart, refused: None }),
                    Ok(true) => {
                        cart.revision += 1;
                        cart.changed_at_ms = now_ms;
                        carts::put(tx, &cart, true)?;
                        Ok(Changed { cart, refused: None })
                    }
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use evertill_sale::cart::Item;
    use rust_decimal::Decimal;

    use super::*;

    fn add(name: &str) -> CartAction {
        CartAction::Add {
            line: Uuid::new_v4(),
            item: Box::new(Item::custom(name, Decimal::ONE, "", true)),
            quantity: Decimal::ONE,
        }
    }

    fn names(cart: &OpenCart) -> Vec<&str> {
        cart.cart
            .lines()
            .iter()
            .map(|line| line.item.name.as_str())
            .collect()
    }

    #[tokio::test]
    async fn the_open_sale_is_the_same_after_the_till_was_killed() {
        let home = tempfile::tempdir().unwrap();
        let desk = Desk::new(Db::open(home.path()).unwrap());
        let before = desk.act(add("Mug"), CartRules::default()).await.unwrap().cart;
        let reopened = Desk::new(Db::open(home.path()).unwrap());
        assert_eq!(reopened.open_cart().await.unwrap(), before);
        assert_eq!(names(&before), ["Mug"]);
        let undone = reopened.undo().await.unwrap().cart;
        assert!(undone.cart.is_empty());
    }

    #[tokio::test]
    async fn lines_of_many_windows_at_once_are_all_kept() {
        let home = tempfile::tempdir().unwrap();
        let desk = Desk::new(Db::open(home.path()).unwrap());
        let adding: Vec<_> = (0..20)
            .map(|index| {
                let desk = desk.clone();
                tokio::spawn(async move {
                    desk.act(add(&format!("Item {index}")), CartRules::default())
                        .await
                })
            })
            .collect();
        for task in adding {
            task.await.unwrap().unwrap();
        }
        let open = desk.open_cart().await.unwrap();
        assert_eq!((open.cart.lines().len(), open.revision), (20, 20));
    }

    #[tokio::test]
    async fn a_refused_change_leaves_the_sale_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let desk = Desk::new(Db::open(home.path()).unwrap());
        let before = desk.act(add("Mug"), CartRules::default()).await.unwrap().cart;
        let nothing = CartAction::SetQuantity {
            line: Uuid::new_v4(),
            quantity: Decimal::ONE,
        };
        let changed = desk.act(nothing, CartRules::default()).await.unwrap();
        assert!(changed.refused.is_some());
        assert_eq!(changed.cart, before);
    }

    #[tokio::test]
    async fn parking_and_resuming_swap_sales_and_keep_their_numbers() {
        let home = tempfile::tempdir().unwrap();
        let desk = Desk::new(Db::open(home.path()).unwrap());
        let first = desk.act(add("Mug"), CartRules::default()).await.unwrap().cart;
        let second = desk.park().await.unwrap();
        assert_eq!((first.number, second.number), (1001, 1002));
        assert_eq!(desk.park().await.unwrap(), second, "an empty sale is not parked");
        desk.act(add("Cap"), CartRules::default()).await.unwrap();
        let resumed = desk.resume(first.uuid).await.unwrap();
        assert_eq!((resumed.number, names(&resumed)), (1001, vec!["Mug"]));
        let parked = desk.parked().await.unwrap();
        assert_eq!(parked.iter().map(|cart| cart.number).collect::<Vec<_>>(), [1002]);
        assert_eq!(
            desk.resume(first.uuid).await.unwrap().number,
            1001,
            "resuming twice changes nothing"
        );
    }
}
