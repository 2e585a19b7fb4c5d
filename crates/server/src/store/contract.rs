//! What every database of a store must do, written against the trait. A second database runs the same suite.

use std::sync::Arc;

use evertill_wire::rest::push::{Operation, PushEnvelope};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{accounts::Role, push::outcome::Pushed, store::sqlite::Sqlite};

mod audit;

use audit::*;

const NOW: i64 = 1_795_402_593;

fn account(id: i64, username: &str, role: Role) -> Account {
    Account {
        id,
        uuid: Uuid::new_v4(),
        username: username.into(),
        email: format!("{username}@example.com"),
        role,
        password: None,
        disabled_at: None,
        person: Person::default(),
        created_at: NOW,
        modified_at: NOW,
    }
}

fn item(id: i64, quantity: i64) -> Item {
    Item {
        id,
        uuid: Uuid::new_v4(),
        parent_id: 0,
        kind: Kind::Simple,
        status: "publish".into(),
        name: format!("Thing {id}"),
        slug: format!("thing-{id}"),
        sku: format!("T-{id}"),
        barcode: format!("40000{id}"),
        unit: String::new(),
        description: String::new(),
        regular_price: Some(Decimal::from(12)),
        sale_price: None,
        range: None,
        is_taxable: true,
        tax_class: String::new(),
        stock: Stock::Counted {
            quantity: Decimal::from(quantity),
            low_at: None,
            backorders: false,
        },
        categories: Vec::new(),
        attributes: Vec::new(),
        choices: Vec::new(),
        variations: Vec::new(),
        picture: None,
        menu_order: 0,
        total_sales: Decimal::ZERO,
        created_at: NOW,
        modified_at: NOW,
    }
}

async fn stocktake(store: &dyn Store) -> Stocktake {
    Stocktake {
        shop: Shop {
            name: "Contract".into(),
            ..store.shop().await.unwrap()
        },
        accounts: vec![
            account(1, "ann", Role::Administrator),
            account(3, "ada", Role::Cashier),
        ],
        categories: Vec::new(),
        items: vec![item(101, 10), item(102, 10)],
        pictures: vec![Picture {
            slug: "thing".into(),
            svg: "<svg/>".into(),
        }],
    }
}

async fn stock(store: &dyn Store) {
    let stock = stocktake(store).await;
    assert!(store.load(Box::new(stock)).await.unwrap());
}

fn session(account_id: i64, expires_at: i64) -> Session {
    Session {
        id: Uuid::new_v4(),
        account_id,
        created_at: NOW,
        last_active_at: NOW,
        expires_at,
        counter: 0,
        visitor: Visitor::default(),
        ended: None,
    }
}

fn ended(at: i64) -> Ended {
    Ended {
        at,
        by_id: 1,
        by: "Ann".into(),
        by_role: "owner".into(),
        note: "lost".into(),
    }
}

fn one_thing(record: Uuid) -> OrderPush {
    OrderPush {
        envelope: PushEnvelope {
            mutation_id: Uuid::new_v4(),
            operation: Operation::Create,
            collection: "orders".into(),
            record_id: record,
            base_revision: None,
            payload: Some(json!({"status": "completed", "line_items": [{"product_id": 101, "quantity": 1}]})),
            force: None,
        },
        fingerprint: [7; 32],
        actor_id: 3,
        actor_role: Role::Cashier,
        now: NOW,
        order_key: "wc_order_x".into(),
    }
}

#[track_caller]
fn taken(pushed: Pushed<Order>) -> (u16, Order) {
    let Pushed::Taken {
        status,
        record: Some(order),
    } = pushed
    else {
        panic!("not taken: {pushed:?}");
    };
    (status, order)
}

async fn a_store_is_stocked_once_and_keeps_its_identity(store: Arc<dyn Store>) {
    let before = store.shop().await.unwrap();
    let mut first = stocktake(store.as_ref()).await;
    first.shop.uuid = Uuid::nil();
    assert!(store.load(Box::new(first.clone())).await.unwrap());
    first.shop.name = "Second".into();
    assert!(!store.load(Box::new(first)).await.unwrap());
    let after = store.shop().await.unwrap();
    assert_eq!((after.uuid, after.epoch), (before.uuid, before.epoch));
    assert_eq!(after.name, "Contract");
    assert_eq!(store.picture("thing").await.unwrap().unwrap().svg, "<svg/>");
    assert_eq!(store.picture("other").await.unwrap(), None);
}

async fn an_account_is_found_by_name_or_address_in_any_case(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    for login in ["ada", "ADA", "Ada@Example.com"] {
        assert_eq!(
            store.account_named(login).await.unwrap().unwrap().id,
            3,
            "{login}"
        );
    }
    assert_eq!(store.account_named("ad").await.unwrap(), None);
    assert_eq!(store.account_named("' OR 1=1 --").await.unwrap(), None);
    assert_eq!(store.account(3).await.unwrap().unwrap().username, "ada");
    assert_eq!(store.account(99).await.unwrap(), None);
}

async fn an_ended_session_never_comes_back(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3, NOW + 100);
    store.open_session(session.clone()).await.unwrap();
    assert!(store.renew_session(session.id, NOW + 1, NOW + 101).await.unwrap());
    let one = Which::One {
        account_id: 3,
        id: session.id,
    };
    let renewals: Vec<_> = (0..50)
        .map(|at| store.renew_session(session.id, NOW + at, NOW + 200))
        .collect();
    let (renewed, gone) = tokio::join!(
        futures_util::future::join_all(renewals),
        store.end_sessions(one, ended(NOW + 5))
    );
    assert!(renewed.into_iter().all(|renewed| renewed.is_ok()));
    assert_eq!(gone.unwrap(), 1);
    assert!(
        !store
            .renew_session(session.id, NOW + 300, NOW + 400)
            .await
            .unwrap()
    );
    let (found, account) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!(found.ended, Some(ended(NOW + 5)));
    assert_eq!(account.unwrap().username, "ada");
    assert_eq!(store.end_sessions(one, ended(NOW + 9)).await.unwrap(), 0);
    let (found, _) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!(
        found.ended,
        Some(ended(NOW + 5)),
        "the first end is the one that is told"
    );
}

async fn a_late_renewal_never_shortens_a_session(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3, NOW + 100);
    store.open_session(session.clone()).await.unwrap();
    store
        .renew_session(session.id, NOW + 50, NOW + 150)
        .await
        .unwrap();
    store
        .renew_session(session.id, NOW + 20, NOW + 120)
        .await
        .unwrap();
    let (found, _) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!((found.last_active_at, found.expires_at), (NOW + 50, NOW + 150));
}

async fn only_living_sessions_are_listed_and_ended(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let [kept, other, over, foreign] = [
        session(3, NOW + 9),
        session(3, NOW + 9),
        session(3, NOW),
        session(1, NOW + 9),
    ];
    for one in [&kept, &other, &over, &foreign] {
        store.open_session(one.clone()).await.unwrap();
    }
    assert_eq!(store.sessions(Some(3), NOW).await.unwrap().len(), 2);
    assert_eq!(store.sessions(None, NOW).await.unwrap().len(), 3);
    let foreign_name = Which::One {
        account_id: 3,
        id: foreign.id,
    };
    assert_eq!(store.end_sessions(foreign_name, ended(NOW)).await.unwrap(), 0);
    let others = Which::AllOf {
        account_id: 3,
        except: Some(kept.id),
    };
    assert!(store.end_sessions(others, ended(NOW)).await.unwrap() >= 1);
    let left: Vec<Uuid> = store
        .sessions(None, NOW)
        .await
        .unwrap()
        .into_iter()
        .map(|(session, _)| session.id)
        .collect();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&kept.id) && left.contains(&foreign.id));
}

async fn a_write_is_taken_once_however_often_it_comes(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let push = one_thing(Uuid::new_v4());
    let pushes: Vec<_> = (0..20)
        .map(|_| store.push_order(Box::new(push.clone())))
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for pushed in futures_util::future::join_all(pushes).await {
        let (status, order) = taken(pushed.unwrap());
        assert_eq!(status, 201);
        ids.insert(order.id);
    }
    assert_eq!(ids.len(), 1);
    let records: Vec<_> = (0..20)
        .map(|_| store.push_order(Box::new(one_thing(push.envelope.record_id))))
        .collect();
    for pushed in futures_util::future::join_all(records).await {
        assert_eq!(taken(pushed.unwrap()).0, 200);
    }
    assert_eq!(store.orders(OrderQuery::default()).await.unwrap().total, 1);
    let left = store
        .items_by_code(vec!["40000101".into()])
        .await
        .unwrap()
        .remove(0);
    let expected = Stock::Counted {
        quantity: Decimal::from(9),
        low_at: None,
        backorders: false,
    };
    assert_eq!(left.stock, expected);
}

async fn a_refused_write_leaves_no_trace(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let heads = (
        store.head(Lane::Orders).await.unwrap(),
        store.head(Lane::Catalogue).await.unwrap(),
    );
    let mut push = one_thing(Uuid::new_v4());
    push.envelope.payload =
        Some(json!({"line_items": [{"product_id": 101, "quantity": 1}, {"product_id": 9, "quantity": 1}]}));
    let refused = store.push_order(Box::new(push.clone())).await.unwrap();
    assert!(matches!(refused, Pushed::Refused(_)), "{refused:?}");
    let after = (
        store.head(Lane::Orders).await.unwrap(),
        store.head(Lane::Catalogue).await.unwrap(),
    );
    assert_eq!(after, heads);
    let (status, order) = taken(
        store
            .push_order(Box::new(one_thing(push.envelope.record_id)))
            .await
            .unwrap(),
    );
    assert_eq!((status, order.lines.len()), (201, 1));
}

async fn numbers_of_orders_and_their_parts_are_never_used_twice(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let pushes: Vec<_> = (0..10)
        .map(|_| store.push_order(Box::new(one_thing(Uuid::new_v4()))))
        .collect();
    let mut orders = std::collections::BTreeSet::new();
    let mut parts = std::collections::BTreeSet::new();
    for pushed in futures_util::future::join_all(pushes).await {
        let (_, order) = taken(pushed.unwrap());
        assert!(orders.insert(order.id));
        for id in order
            .lines
            .iter()
            .map(|line| line.id)
            .chain(order.tax_lines.iter().map(|line| line.id))
        {
            assert!(parts.insert(id), "{id} twice");
        }
    }
}

async fn the_feed_tells_every_change_in_order_and_lane(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let since = store.head(Lane::Catalogue).await.unwrap();
    let (_, order) = taken(
        store
            .push_order(Box::new(one_thing(Uuid::new_v4())))
            .await
            .unwrap(),
    );
    let moved = store.changes(Lane::Products, since, 10).await.unwrap();
    assert_eq!(moved.iter().map(|row| row.object_id).collect::<Vec<_>>(), [101]);
    let booked = store.changes(Lane::Orders, 0, 10).await.unwrap();
    assert_eq!(
        (booked.len(), booked[0].object_id, &booked[0].revision),
        (1, order.id, &order.revision())
    );
    assert_eq!(store.head(Lane::Orders).await.unwrap(), booked[0].sequence);
    let all = store.changes(Lane::Catalogue, 0, 1000).await.unwrap();
    assert!(all.is_sorted_by_key(|row| row.sequence));
    assert!(all.iter().all(|row| row.collection != "orders"));
    assert_eq!(store.changes(Lane::Catalogue, 0, 2).await.unwrap(), all[..2]);
}

macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite_keeps_the_contract {
            use super::*;

            $(#[tokio::test]
            async fn $name() {
                let home = tempfile::tempdir().unwrap();
                super::$name(Arc::new(Sqlite::open(home.path()).unwrap())).await;
            })*
        }
    };
}

contract!(
    a_store_is_stocked_once_and_keeps_its_identity,
    an_account_is_found_by_name_or_address_in_any_case,
    an_ended_session_never_comes_back,
    a_late_renewal_never_shortens_a_session,
    only_living_sessions_are_listed_and_ended,
    a_write_is_taken_once_however_often_it_comes,
    a_refused_write_leaves_no_trace,
    numbers_of_orders_and_their_parts_are_never_used_twice,
    the_feed_tells_every_change_in_order_and_lane,
    the_audit_log_gives_back_what_it_was_told,
    the_audit_log_is_read_newest_first_and_in_pages,
    the_audit_log_is_searched_by_time_person_kind_session_and_words,
);
