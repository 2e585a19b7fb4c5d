//! What the audit log of every database must do.

use std::sync::Arc;

use super::*;
use crate::{
    audit::{AuditEntry, AuditKind, Party},
    fold::words,
};

fn entry(at: i64, kind: AuditKind, sentence: &str) -> AuditEntry {
    AuditEntry::new(at, kind, sentence)
}

fn somebody(id: i64, name: &str) -> Party {
    Party {
        id: Some(id),
        name: name.into(),
    }
}

async fn sentences(store: &dyn Store, query: AuditQuery) -> Vec<String> {
    let page = store.audit_log(query).await.unwrap();
    page.rows.into_iter().map(|row| row.entry.sentence).collect()
}

fn newest(page: u32, per_page: u32) -> Option<Window> {
    Some(Window { page, per_page })
}

pub(super) async fn the_audit_log_gives_back_what_it_was_told(store: Arc<dyn Store>) {
    let written = entry(NOW, AuditKind::SessionsEnded, "Ann ended a session of Ada: lost")
        .by(somebody(1, "Ann"))
        .to(somebody(3, "Ada"))
        .in_session(Uuid::new_v4())
        .from([203, 0, 113, 7].into());
    store.audit(written.clone()).await.unwrap();
    let page = store.audit_log(AuditQuery::default()).await.unwrap();
    assert_eq!(page.total, 1);
    assert_eq!(page.rows[0].entry, written);
}

pub(super) async fn the_audit_log_is_read_newest_first_and_in_pages(store: Arc<dyn Store>) {
    for at in 0..5 {
        let entry = entry(NOW, AuditKind::SignIn, &format!("number {at}"));
        store.audit(entry).await.unwrap();
    }
    let first = AuditQuery {
        window: newest(1, 2),
        ..AuditQuery::default()
    };
    let page = store.audit_log(first).await.unwrap();
    assert_eq!(page.total, 5);
    assert!(page.rows[0].id > page.rows[1].id);
    assert_eq!(page.rows[0].entry.sentence, "number 4");
    let last = AuditQuery {
        window: newest(3, 2),
        ..AuditQuery::default()
    };
    assert_eq!(sentences(store.as_ref(), last).await, ["number 0"]);
}

pub(super) async fn the_audit_log_is_searched_by_time_person_kind_session_and_words(store: Arc<dyn Store>) {
    let session = Uuid::new_v4();
    let (ann, ada) = (somebody(1, "Ann"), somebody(3, "Ada Núñez"));
    let all = [
        entry(NOW, AuditKind::SignIn, "first")
            .by(ada.clone())
            .in_session(session),
        entry(NOW + 10, AuditKind::SessionsEnded, "second: 100% lost")
            .by(ann.clone())
            .to(ada),
        entry(NOW + 20, AuditKind::KeysRotated, "third").by(ann),
    ];
    for entry in all {
        store.audit(entry).await.unwrap();
    }
    let all = AuditQuery::default;
    let looked = [
        (
            AuditQuery {
                since: Some(NOW + 10),
                until: Some(NOW + 20),
                ..all()
            },
            vec!["second: 100% lost"],
        ),
        (
            AuditQuery {
                who: Some(3),
                window: newest(1, 9),
                ..all()
            },
            vec!["second: 100% lost", "first"],
        ),
        (
            AuditQuery {
                kind: Some(AuditKind::KeysRotated),
                ..all()
            },
            vec!["third"],
        ),
        (
            AuditQuery {
                session: Some(session.to_string()[..8].to_owned()),
                ..all()
            },
            vec!["first"],
        ),
        (
            AuditQuery {
                words: words("NUNEZ lost"),
                ..all()
            },
            vec!["second: 100% lost"],
        ),
        (
            AuditQuery {
                words: words("100%"),
                ..all()
            },
            vec!["second: 100% lost"],
        ),
        (
            AuditQuery {
                words: words("_irst"),
                ..all()
            },
            vec![],
        ),
        (
            AuditQuery {
                below: Some(2),
                ..all()
            },
            vec!["first"],
        ),
    ];
    for (query, expected) in looked {
        assert_eq!(
            sentences(store.as_ref(), query.clone()).await,
            expected,
            "{query:?}"
        );
    }
}

pub(super) async fn theft_and_a_session_taken_back_are_told(store: Arc<dyn Store>) {
    stock(store.as_ref()).await;
    let lost = Uuid::new_v4();
    for (counter, at) in [(4, 10), (5, 20), (6, 30)] {
        granted(store.renew(ask(lost, counter, NOW + at)).await);
    }
    for at in [900, 901] {
        store.renew(ask(lost, 4, NOW + at)).await.unwrap();
    }
    let page = store.audit_log(AuditQuery::default()).await.unwrap();
    let told: Vec<_> = page
        .rows
        .iter()
        .map(|row| (row.entry.kind, row.entry.at))
        .collect();
    assert_eq!(
        told,
        [(AuditKind::Theft, NOW + 900), (AuditKind::Adopted, NOW + 10)]
    );
    assert!(
        page.rows
            .iter()
            .all(|row| row.entry.session == lost.to_string()[..8])
    );
}
