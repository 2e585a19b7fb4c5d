//! What the office asks of every database.

use std::sync::Arc;

use super::*;
use crate::{
    accounts::PasswordHash,
    audit::{AuditEntry, AuditKind},
    fold::words,
};

fn of(words_in_it: &str, account_id: Option<i64>) -> RecentQuery {
    RecentQuery {
        ended_after: NOW,
        account_id,
        words: words(words_in_it),
        limit: 10,
    }
}

async fn found(store: &dyn Store, query: RecentQuery) -> Vec<Uuid> {
    let rows = store.recent_sessions(query).await.unwrap();
    let mut ids: Vec<Uuid> = rows.into_iter().map(|(session, _)| session.id).collect();
    ids.sort_unstable();
    ids
}

fn sorted<const N: usize>(mut ids: [Uuid; N]) -> [Uuid; N] {
    ids.sort_unstable();
    ids
}

pub(super) async fn recent_sessions_live_or_ended_lately(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let [living, lately, long_ago, anns] = [3, 3, 3, 1].map(session);
    for one in [&living, &lately, &long_ago, &anns] {
        store.open_session(one.clone()).await.unwrap();
    }
    for (one, at) in [(&lately, NOW + 1), (&long_ago, NOW)] {
        let which = Which::One {
            account_id: 3,
            id: one.id,
        };
        store.end_sessions(which, ended(at)).await.unwrap();
    }
    let store = store.as_ref();
    assert_eq!(
        found(store, of("", None)).await,
        sorted([living.id, lately.id, anns.id])
    );
    assert_eq!(found(store, of("ANN", None)).await, [anns.id]);
    assert_eq!(
        found(store, of("", Some(3))).await,
        sorted([living.id, lately.id])
    );
    assert!(found(store, of("100%", None)).await.is_empty());
    let one = RecentQuery {
        limit: 1,
        ..of("", None)
    };
    assert_eq!(found(store, one).await.len(), 1);
}

pub(super) async fn renewals_of_a_half_day_come_together_and_old_ones_go(store: Arc<dyn Store>) {
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let row = |session, half_day, quarters| Activity {
        session,
        half_day,
        quarters,
    };
    let first = vec![row(one, 7, 0b1), row(one, 8, 0b10), row(other, 8, 1 << 47)];
    store.note_activity(first, 0).await.unwrap();
    store.note_activity(vec![row(one, 8, 0b100)], 0).await.unwrap();
    let all = store.activity(vec![one], 0).await.unwrap();
    assert_eq!(all, [row(one, 7, 0b1), row(one, 8, 0b110)]);
    assert_eq!(store.activity(vec![one], 8).await.unwrap(), [row(one, 8, 0b110)]);
    store.note_activity(Vec::new(), 8).await.unwrap();
    let left = store.activity(vec![one, other], 0).await.unwrap();
    assert_eq!(left, [row(one, 8, 0b110), row(other, 8, 1 << 47)]);
}

pub(super) async fn an_account_is_saved_with_its_entry_and_never_takes_anothers_name(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let entry = || AuditEntry::new(NOW, AuditKind::AccountCreated, "made");
    let eva = account(0, "eva", Role::Cashier);
    let Saved::Written(id) = store.save_account(Box::new(eva.clone()), entry()).await.unwrap() else {
        panic!("not written");
    };
    assert!(id > 3);
    for (username, email, expected) in [
        ("EVA", "other@example.com", Saved::NameTaken),
        ("ADA@example.com", "other@example.com", Saved::NameTaken),
        ("other", "ADA@EXAMPLE.COM", Saved::EmailTaken),
    ] {
        let taken = Account {
            uuid: Uuid::new_v4(),
            username: username.into(),
            email: email.into(),
            ..eva.clone()
        };
        assert_eq!(
            store.save_account(Box::new(taken), entry()).await.unwrap(),
            expected
        );
    }
    let after = Account {
        id,
        role: Role::ShopManager,
        disabled_at: Some(NOW),
        password: Some(PasswordHash::from_stored("a".into())),
        ..eva
    };
    store
        .save_account(Box::new(after.clone()), entry())
        .await
        .unwrap();
    assert_eq!(store.account(id).await.unwrap(), Some(after));
    let usernames: Vec<String> = store
        .staff()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.username)
        .collect();
    assert_eq!(usernames, ["ada", "ann", "eva"]);
    assert_eq!(store.audit_log(AuditQuery::default()).await.unwrap().total, 2);
}

pub(super) async fn the_last_owner_who_can_sign_in_stays_one(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let entry = || AuditEntry::new(NOW, AuditKind::AccountChanged, "changed");
    let ann = Account {
        password: Some(PasswordHash::from_stored("a".into())),
        ..store.account(1).await.unwrap().unwrap()
    };
    let save = |account: Account| store.save_account(Box::new(account), entry());
    assert_eq!(save(ann.clone()).await.unwrap(), Saved::Written(1));
    let down = Account {
        role: Role::Cashier,
        ..ann.clone()
    };
    assert_eq!(save(down.clone()).await.unwrap(), Saved::LastOwner);
    assert_eq!(store.account(1).await.unwrap().unwrap().role, Role::Administrator);
    let ada = Account {
        role: Role::Administrator,
        password: ann.password.clone(),
        ..store.account(3).await.unwrap().unwrap()
    };
    assert_eq!(save(ada).await.unwrap(), Saved::Written(3));
    assert_eq!(save(down).await.unwrap(), Saved::Written(1));
}

pub(super) async fn a_hash_is_replaced_only_while_it_is_the_one_that_was_checked(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let hash = |text: &str| PasswordHash::from_stored(text.into());
    let ada = Account {
        password: Some(hash("old")),
        ..store.account(3).await.unwrap().unwrap()
    };
    let entry = AuditEntry::new(NOW, AuditKind::PasswordChanged, "set");
    store.save_account(Box::new(ada), entry).await.unwrap();
    assert!(!store.rehash(3, hash("other"), hash("new")).await.unwrap());
    assert!(store.rehash(3, hash("old"), hash("new")).await.unwrap());
    assert_eq!(
        store.account(3).await.unwrap().unwrap().password,
        Some(hash("new"))
    );
}
