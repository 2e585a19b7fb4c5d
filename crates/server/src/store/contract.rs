//! What every database of a store must do, written against the trait. A second database runs the same suite.

use std::sync::Arc;

use evertill_issuer::{Ending, Rotation};
use evertill_wire::rest::push::{Operation, PushEnvelope};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    accounts::Role,
    push::outcome::Pushed,
    store::{postgres::testing, sqlite::Sqlite},
    tokens::{Origin, RefreshClaims},
};

mod audit;
mod office;
mod openings;
#[macro_use]
mod suite;
mod text;

use audit::*;
use office::*;
use openings::*;
use text::*;

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

fn session(account_id: i64) -> Session {
    Session {
        id: Uuid::new_v4(),
        account_id,
        signed_in_at: NOW,
        renewed_at: NOW,
        counter: 0,
        seen: 0,
        visitor: Visitor {
            ip_address: "192.0.2.7".into(),
            user_agent: "Till".into(),
            device: Device {
                os: "Linux".into(),
                ..Device::default()
            },
        },
        client: None,
        sender_key: None,
        ended: None,
    }
}

const LIMITS: Limits = Limits {
    idle_s: 1_000,
    absolute_s: None,
};

fn ask(session: Uuid, counter: u64, now: i64) -> RenewalAsk {
    RenewalAsk {
        claims: RefreshClaims {
            session,
            counter,
            origin: Some(Origin {
                account_id: 3,
                sealed_at: NOW,
                sender_key: None,
            }),
        },
        rotation: Rotation::Wanted,
        sender_key: None,
        client: None,
        limits: LIMITS,
        now,
    }
}

/// The counter that was handed out.
#[track_caller]
fn granted(renewed: Result<Option<Renewed>, StoreError>) -> u64 {
    match renewed.unwrap() {
        Some(Renewed::Granted { counter, .. }) => counter.0,
        other => panic!("not granted: {other:?}"),
    }
}

fn one(session: &Session) -> Which {
    Which::One {
        account_id: session.account_id,
        id: session.id,
    }
}

async fn living(store: &dyn Store, account_id: Option<i64>, now: i64) -> Vec<Uuid> {
    let of = Living {
        account_id,
        limits: LIMITS,
        now,
    };
    let found = store.sessions(of).await.unwrap();
    found.into_iter().map(|(session, _)| session.id).collect()
}

fn ended(at: i64) -> Ended {
    Ended {
        reason: Ending::Revoked,
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

async fn a_session_reads_back_as_it_was_written(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let plain = session(3);
    let bound = Session {
        client: Some("app".into()),
        sender_key: Some([9; 32]),
        ..session(1)
    };
    for one in [&plain, &bound] {
        store.open_session(one.clone()).await.unwrap();
        let (found, account) = store.session(one.id).await.unwrap().unwrap();
        assert_eq!(&found, one);
        assert_eq!(account.unwrap().id, one.account_id);
    }
    assert_eq!(store.session(Uuid::new_v4()).await.unwrap(), None);
}

async fn an_ended_session_never_comes_back(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3);
    store.open_session(session.clone()).await.unwrap();
    assert_eq!(granted(store.renew(ask(session.id, 0, NOW + 1)).await), 1);
    let renewals: Vec<_> = (0..50)
        .map(|at| store.renew(ask(session.id, at, NOW + 2)))
        .collect();
    let (renewed, gone) = tokio::join!(
        futures_util::future::join_all(renewals),
        store.end_sessions(one(&session), ended(NOW + 5))
    );
    assert!(renewed.into_iter().all(|renewed| renewed.is_ok()));
    assert_eq!(gone.unwrap(), [session.id]);
    for counter in [0, 1, 51, 99] {
        let renewed = store.renew(ask(session.id, counter, NOW + 300)).await.unwrap();
        assert_eq!(renewed, Some(Renewed::Ended(ended(NOW + 5))), "{counter}");
    }
    let used = store.access_used(session.id, Counter(1), NOW + 300).await;
    assert_eq!(used.unwrap(), None);
    let (found, account) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!(found.ended, Some(ended(NOW + 5)));
    assert_eq!(account.unwrap().username, "ada");
    let again = store.end_sessions(one(&session), ended(NOW + 9)).await.unwrap();
    assert!(again.is_empty());
    let (found, _) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!(
        found.ended,
        Some(ended(NOW + 5)),
        "the first end is the one that is told"
    );
}

async fn renewals_of_one_token_at_once_all_get_the_same_successor(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3);
    store.open_session(session.clone()).await.unwrap();
    let renewals: Vec<_> = (0..64)
        .map(|_| store.renew(ask(session.id, 0, NOW + 1)))
        .collect();
    for renewed in futures_util::future::join_all(renewals).await {
        assert_eq!(granted(renewed), 1);
    }
    let (found, _) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!((found.counter, found.seen, found.renewed_at), (1, 0, NOW + 1));
}

async fn a_token_from_before_the_last_renewal_ends_the_session_once_it_has_no_excuse(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3);
    store.open_session(session.clone()).await.unwrap();
    assert_eq!(granted(store.renew(ask(session.id, 0, NOW + 10)).await), 1);
    assert_eq!(granted(store.renew(ask(session.id, 1, NOW + 20)).await), 2);
    let late = store.renew(ask(session.id, 0, NOW + 30)).await.unwrap();
    assert_eq!(late, Some(Renewed::Late));
    let theft = Ended::by_itself(Ending::Theft, NOW + 300);
    let thief = store.renew(ask(session.id, 0, NOW + 300)).await.unwrap();
    assert_eq!(thief, Some(Renewed::EndedNow(theft.clone())));
    let victim = store.renew(ask(session.id, 2, NOW + 301)).await.unwrap();
    assert_eq!(victim, Some(Renewed::Ended(theft)));
    assert!(living(store.as_ref(), Some(3), NOW + 301).await.is_empty());
}

async fn an_access_token_that_is_used_proves_that_its_renewal_arrived(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3);
    store.open_session(session.clone()).await.unwrap();
    assert_eq!(granted(store.renew(ask(session.id, 0, NOW + 10)).await), 1);
    let used = store.access_used(session.id, Counter(1), NOW + 11).await.unwrap();
    assert_eq!(used.unwrap().id, 3);
    let (found, _) = store.session(session.id).await.unwrap().unwrap();
    assert_eq!((found.seen, found.renewed_at), (1, NOW + 11));
    let unknown = store.access_used(Uuid::new_v4(), Counter(0), NOW).await;
    assert_eq!(unknown.unwrap(), None);
}

async fn a_session_whose_row_was_lost_is_taken_back_unless_it_ended(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let lost = Uuid::new_v4();
    assert_eq!(granted(store.renew(ask(lost, 4, NOW + 10)).await), 5);
    assert_eq!(granted(store.renew(ask(lost, 5, NOW + 20)).await), 6);
    assert_eq!(living(store.as_ref(), Some(3), NOW + 20).await, [lost]);
    let mut foreign = ask(Uuid::new_v4(), 0, NOW + 10);
    foreign.claims.origin = None;
    assert_eq!(store.renew(foreign.clone()).await.unwrap(), None);
    foreign.claims.origin = Some(Origin {
        account_id: 99,
        sealed_at: NOW,
        sender_key: None,
    });
    assert_eq!(store.renew(foreign).await.unwrap(), None);
    let old = ask(Uuid::new_v4(), 0, NOW + LIMITS.idle_s);
    assert_eq!(store.renew(old).await.unwrap(), None);
}

async fn endings_are_told_once_to_everybody_who_asks_from_where_they_were(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let (nothing, start) = store.ended_since(Mark::NOW).await.unwrap();
    assert!(nothing.is_empty());
    let [first, second] = [session(3), session(1)];
    for one in [&first, &second] {
        store.open_session(one.clone()).await.unwrap();
    }
    store.end_sessions(one(&first), ended(NOW)).await.unwrap();
    let (told, then) = store.ended_since(start).await.unwrap();
    assert_eq!(told, [first.id]);
    store
        .end_sessions(Which::Everybody { except: None }, ended(NOW))
        .await
        .unwrap();
    assert!(store.ended_since(then).await.unwrap().0.contains(&second.id));
    let (both, now) = store.ended_since(start).await.unwrap();
    assert!(both.contains(&first.id) && both.contains(&second.id));
    assert_eq!(store.ended_since(now).await.unwrap(), (Vec::new(), now));
}

async fn a_change_of_an_account_moves_the_mark(store: Arc<dyn Store>) {
    let (_, before) = store.ended_since(Mark::NOW).await.unwrap();
    stock(store.as_ref()).await;
    let (_, after) = store.ended_since(before).await.unwrap();
    assert_ne!(before.accounts, after.accounts);
}

async fn only_living_sessions_are_listed_and_ended(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let over = Session {
        renewed_at: NOW - LIMITS.idle_s,
        ..session(3)
    };
    let [kept, other, foreign] = [session(3), session(3), session(1)];
    for one in [&kept, &other, &over, &foreign] {
        store.open_session(one.clone()).await.unwrap();
    }
    assert_eq!(living(store.as_ref(), Some(3), NOW).await.len(), 2);
    assert_eq!(living(store.as_ref(), None, NOW).await.len(), 3);
    for (account_id, expected) in [(Some(3), 2), (None, 3)] {
        let of = Living {
            account_id,
            limits: LIMITS,
            now: NOW,
        };
        assert_eq!(store.count_sessions(of).await.unwrap(), expected);
    }
    let foreign_name = Which::One {
        account_id: 3,
        id: foreign.id,
    };
    let none = store.end_sessions(foreign_name, ended(NOW)).await.unwrap();
    assert!(none.is_empty(), "the name of somebody else's session");
    let others = Which::AllOf {
        account_id: 3,
        except: Some(kept.id),
    };
    let gone = store.end_sessions(others, ended(NOW)).await.unwrap();
    assert!(gone.contains(&other.id) && !gone.contains(&kept.id), "{gone:?}");
    let left = living(store.as_ref(), None, NOW).await;
    assert_eq!(left.len(), 2);
    assert!(left.contains(&kept.id) && left.contains(&foreign.id));
    let all = Which::Everybody {
        except: Some(foreign.id),
    };
    assert_eq!(store.end_sessions(all, ended(NOW)).await.unwrap(), [kept.id]);
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

contract!(
    a_store_is_stocked_once_and_keeps_its_identity,
    an_account_is_found_by_name_or_address_in_any_case,
    a_session_reads_back_as_it_was_written,
    a_session_of_one_key_begins_once,
    an_ended_session_never_comes_back,
    renewals_of_one_token_at_once_all_get_the_same_successor,
    a_token_from_before_the_last_renewal_ends_the_session_once_it_has_no_excuse,
    an_access_token_that_is_used_proves_that_its_renewal_arrived,
    a_session_whose_row_was_lost_is_taken_back_unless_it_ended,
    endings_are_told_once_to_everybody_who_asks_from_where_they_were,
    a_change_of_an_account_moves_the_mark,
    only_living_sessions_are_listed_and_ended,
    a_write_is_taken_once_however_often_it_comes,
    text_no_database_can_keep_is_found_nowhere_and_breaks_nothing,
    names_are_sorted_by_their_letters_and_searched_as_they_are,
    a_refused_write_leaves_no_trace,
    numbers_of_orders_and_their_parts_are_never_used_twice,
    the_feed_tells_every_change_in_order_and_lane,
    the_audit_log_gives_back_what_it_was_told,
    the_audit_log_is_read_newest_first_and_in_pages,
    the_audit_log_is_searched_by_time_person_kind_session_and_words,
    theft_and_a_session_taken_back_are_told,
    recent_sessions_live_or_ended_lately,
    renewals_of_a_half_day_come_together_and_old_ones_go,
    an_account_is_saved_with_its_entry_and_never_takes_anothers_name,
    the_last_owner_who_can_sign_in_stays_one,
    every_session_stands_in_exactly_one_state,
    ten_thousand_sessions_are_counted_by_state_and_person_and_read_in_pages,
    a_session_is_found_by_its_name_and_the_start_of_its_key,
    what_was_forgotten_is_gone_and_never_taken_back,
    a_choice_is_kept_with_its_entry_until_it_is_taken_back,
    a_hash_is_replaced_only_while_it_is_the_one_that_was_checked,
);
