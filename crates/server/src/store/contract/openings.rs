//! Beginning a session.

use std::sync::Arc;

use super::*;

pub(super) async fn a_session_of_one_key_begins_once(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let session = session(3);
    let openings: Vec<_> = (0..20).map(|_| store.open_session(session.clone())).collect();
    let opened = futures_util::future::join_all(openings).await;
    assert_eq!(
        opened
            .into_iter()
            .filter(|opened| *opened.as_ref().unwrap())
            .count(),
        1
    );
    let one = Which::One {
        account_id: 3,
        id: session.id,
    };
    store.end_sessions(one, ended(NOW)).await.unwrap();
    assert!(
        !store.open_session(session).await.unwrap(),
        "also when it is over"
    );
}
