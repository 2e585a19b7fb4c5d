//! What the office asks of every database.

use std::sync::Arc;

use super::*;
use crate::fold::words;

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
    let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
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
