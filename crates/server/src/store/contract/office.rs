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
        ..RecentQuery::default()
    }
}

async fn found(store: &dyn Store, query: RecentQuery) -> Vec<Uuid> {
    let rows = store.recent_sessions(query).await.unwrap();
    let mut ids: Vec<Uuid> = rows.into_iter().map(|listed| listed.session.id).collect();
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
        refused: half_day % 2,
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

pub(super) async fn a_choice_is_kept_with_its_entry_until_it_is_taken_back(store: Arc<dyn Store>) {
    let entry = || AuditEntry::new(NOW, AuditKind::SettingsChanged, "changed");
    let (idle, rest) = ("sessions.idle_days", "sign_in.rest_minutes");
    store.choose(rest, Some("3".into()), entry()).await.unwrap();
    store.choose(idle, Some("9".into()), entry()).await.unwrap();
    store.choose(idle, Some("7".into()), entry()).await.unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(store.choices().await.unwrap(), [pair(idle, "7"), pair(rest, "3")]);
    store.choose(idle, None, entry()).await.unwrap();
    assert_eq!(store.choices().await.unwrap(), [pair(rest, "3")]);
    assert_eq!(store.audit_log(AuditQuery::default()).await.unwrap().total, 4);
}

/// The moments at which a session of the suite is quiet after 100 seconds and has run out after 1,000.
fn moments(now: i64) -> Moments {
    Moments {
        renewed_after: now - 1_000,
        signed_in_after: i64::MIN,
        visit_after: now - 2_000,
        heard_since: now - 100,
    }
}

fn visit(signed_in_at: i64) -> Session {
    let mut visit = session(1);
    visit.visitor.device.app_type = "office".into();
    Session {
        signed_in_at,
        renewed_at: signed_in_at,
        ..visit
    }
}

pub(super) async fn every_session_stands_in_exactly_one_state(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let store = store.as_ref();
    let at = |renewed_at| Session {
        signed_in_at: NOW - 5_000,
        renewed_at,
        ..session(3)
    };
    let now = NOW + 50;
    let sessions = [
        (SessionState::SignedIn, at(now - 100)),
        (SessionState::Quiet, at(now - 101)),
        (SessionState::RanOut, at(now - 1_000)),
        (SessionState::SignedIn, visit(now - 1_999)),
        (SessionState::RanOut, visit(now - 2_000)),
        (SessionState::SignedOut, at(NOW)),
        (SessionState::Theft, at(NOW)),
        (SessionState::RanOut, at(NOW)),
    ];
    for (_, one) in &sessions {
        assert!(store.open_session(one.clone()).await.unwrap());
    }
    let causes = [Ending::Revoked, Ending::Theft, Ending::Expired];
    for ((_, one), reason) in sessions[5..].iter().zip(causes) {
        let which = Which::One {
            account_id: 3,
            id: one.id,
        };
        // What somebody writes as the reason cannot pass for another one.
        let how = Ended {
            reason,
            note: "{\"reason\":\"theft\"".into(),
            ..ended(NOW + 1)
        };
        assert_eq!(store.end_sessions(which, how).await.unwrap().len(), 1);
    }
    let query = |state, cause| RecentQuery {
        state,
        cause,
        at: moments(now),
        ..of("", None)
    };
    for state in SessionState::ALL {
        let mut expected: Vec<Uuid> = sessions
            .iter()
            .filter(|(known, _)| *known == state)
            .map(|(_, one)| one.id)
            .collect();
        expected.sort_unstable();
        assert_eq!(
            found(store, query(Some(state), None)).await,
            expected,
            "{state:?}"
        );
    }
    for (cause, number) in [(Ending::Revoked, 5), (Ending::Theft, 6), (Ending::Expired, 7)] {
        assert_eq!(
            found(store, query(None, Some(cause))).await,
            [sessions[number].1.id],
            "{cause:?}"
        );
    }
}

pub(super) async fn ten_thousand_sessions_are_counted_by_state_and_person_and_read_in_pages(
    store: Arc<dyn Store>,
) {
    stock(store.as_ref()).await;
    let many = 10_000;
    let opened = (0..many).map(|number| {
        // The newest first, so that the order of the list is not the order of writing.
        let at = NOW - number;
        store.open_session(Session {
            signed_in_at: at,
            renewed_at: if number % 4 == 0 { NOW - 500 } else { NOW },
            ..session(if number % 10 == 0 { 1 } else { 3 })
        })
    });
    use futures_util::{StreamExt as _, TryStreamExt as _};
    let opened = futures_util::stream::iter(opened).buffer_unordered(4);
    opened.try_collect::<Vec<bool>>().await.unwrap();
    let query = RecentQuery {
        at: moments(NOW),
        ..of("", None)
    };
    let count = |states: &[(SessionState, u64)], wanted| {
        let found = states.iter().find(|(state, _)| *state == wanted);
        found.map(|(_, count)| *count)
    };
    let states = store.count_states(query.clone()).await.unwrap();
    assert_eq!(count(&states, SessionState::SignedIn), Some(7_500));
    assert_eq!(count(&states, SessionState::Quiet), Some(2_500));
    assert_eq!(count(&states, SessionState::Theft), Some(0));
    let anns = RecentQuery {
        account_id: Some(1),
        ..query.clone()
    };
    let states = store.count_states(anns).await.unwrap();
    assert_eq!(count(&states, SessionState::Quiet), Some(500));
    let living = Living {
        account_id: None,
        limits: LIMITS,
        now: NOW,
    };
    let people = store.signed_in(living).await.unwrap();
    let people: Vec<(i64, u64)> = people
        .iter()
        .map(|(account, count)| (account.id, *count))
        .collect();
    assert_eq!(people, [(1, 1_000), (3, 9_000)]);
    let mut read = Vec::new();
    for page in 0..3 {
        let query = RecentQuery {
            state: Some(SessionState::Quiet),
            skip: page * 1_000,
            limit: 1_000,
            ..query.clone()
        };
        read.extend(store.recent_sessions(query).await.unwrap());
    }
    let times: Vec<i64> = read.iter().map(|listed| listed.session.signed_in_at).collect();
    let expected: Vec<i64> = (0..many).step_by(4).map(|number| NOW - number).collect();
    assert_eq!(times, expected);
}

pub(super) async fn a_session_is_found_by_its_name_and_the_start_of_its_key(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let store = store.as_ref();
    let (one, other) = (session(3), session(3));
    for session in [&one, &other] {
        store.open_session(session.clone()).await.unwrap();
    }
    let entry = || AuditEntry::new(NOW, AuditKind::AccountChanged, "named");
    let name = |name: &str| Some(name.to_owned());
    store.name_session(one.id, name("Kasse"), entry()).await.unwrap();
    store.name_session(one.id, name("Käse 1"), entry()).await.unwrap();
    assert_eq!(found(store, of("kase", None)).await, [one.id]);
    let keys = RecentQuery {
        keys: Some((one.id, one.id)),
        ..of("", None)
    };
    let listed = store.recent_sessions(keys.clone()).await.unwrap();
    assert_eq!((listed.len(), listed[0].name.as_str()), (1, "Käse 1"));
    store.name_session(one.id, None, entry()).await.unwrap();
    assert_eq!(store.recent_sessions(keys).await.unwrap()[0].name, "");
    assert!(found(store, of("kase", None)).await.is_empty());
}

pub(super) async fn what_was_forgotten_is_gone_and_never_taken_back(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let store = store.as_ref();
    let at = |renewed_at| Session {
        signed_in_at: NOW - 50_000,
        renewed_at,
        ..session(3)
    };
    let [long_ago, lately, unused, living] = [NOW, NOW, NOW - 40_000, NOW].map(at);
    for one in [&long_ago, &lately, &unused, &living] {
        store.open_session(one.clone()).await.unwrap();
    }
    for (one, when) in [(&long_ago, NOW + 10), (&lately, NOW + 200)] {
        let which = Which::One {
            account_id: 3,
            id: one.id,
        };
        store.end_sessions(which, ended(when)).await.unwrap();
    }
    let what = Forgetting {
        ended_before: NOW + 100,
        renewed_before: NOW - 30_000,
        limit: 10,
    };
    assert_eq!(store.forget_sessions(what).await.unwrap(), 2);
    assert_eq!(store.forget_sessions(what).await.unwrap(), 0);
    let everything = RecentQuery {
        ended_after: i64::MIN,
        ..of("", None)
    };
    assert_eq!(found(store, everything).await, sorted([lately.id, living.id]));
    // Its token is good, and was sealed before the moment up to which things were forgotten.
    let renewed = store.renew(ask(long_ago.id, 1, NOW + 300)).await.unwrap();
    assert_eq!(renewed, None);
    let later = RenewalAsk {
        claims: RefreshClaims {
            origin: Some(Origin {
                account_id: 3,
                sealed_at: NOW + 150,
                sender_key: None,
            }),
            ..ask(Uuid::new_v4(), 1, NOW + 300).claims
        },
        ..ask(Uuid::new_v4(), 1, NOW + 300)
    };
    let renewed = store.renew(later).await.unwrap();
    assert!(matches!(renewed, Some(Renewed::Granted { .. })), "{renewed:?}");
    let renewed = store.renew(ask(lately.id, 1, NOW + 300)).await.unwrap();
    assert!(matches!(renewed, Some(Renewed::Ended(_))), "{renewed:?}");
}
