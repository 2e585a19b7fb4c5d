//! What machines ask about the process: is it there, can it serve, how is it doing.

use std::time::Duration;

use axum::http::header;
use evertill_wire::{Code, Problem};
use serde_json::json;

use super::{App, Ask, Reply};
use crate::metrics::{self, Gauges};

/// How long the database may take to say that it is there.
const DATABASE_LONGEST: Duration = Duration::from_secs(2);

/// Seconds after which somebody may ask again whether the database is back.
const RETRY_AFTER_S: u32 = 2;

/// `GET /healthz`: the process is there.
pub(super) fn health() -> Reply {
    unkept(Reply::json(
        json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}),
    ))
}

/// Nobody on the way may keep how it was.
fn unkept(reply: Reply) -> Reply {
    reply.with(header::CACHE_CONTROL, "no-store")
}

/// A path that takes other methods.
pub(super) fn wrong_method() -> Reply {
    Reply::problem(&Problem::of(Code::UNSUPPORTED_METHOD).with_status(405))
}

/// `GET /readyz`: it can serve.
pub(super) async fn ready(app: &App) -> Reply {
    unkept(
        match tokio::time::timeout(DATABASE_LONGEST, app.store.shop()).await {
            Ok(Ok(_)) => Reply::json(json!({"status": "ready"})),
            Ok(Err(_)) | Err(_) => Reply::problem(
                &Problem::of(Code::SERVICE_UNAVAILABLE)
                    .with_status(503)
                    .with_detail("The database does not answer."),
            )
            .with(header::RETRY_AFTER, RETRY_AFTER_S.to_string()),
        },
    )
}

/// `GET /metrics`: the figures, for those on the list. A request that an unlisted proxy passed on comes from anywhere.
pub(super) async fn figures(app: &App, ask: &Ask) -> Reply {
    let client = ask.peer.ip();
    let is_allowed = app.rim.watchers.iter().any(|block| block.contains(client));
    if !is_allowed || ask.is_relayed_by_a_stranger {
        return unkept(Reply::problem(
            &Problem::of(Code::INSUFFICIENT_PERMISSIONS)
                .with_status(403)
                .with_detail("The figures are for the addresses listed in metrics.allow."),
        ));
    }
    // Counting a great many takes its time, and says nothing about whether the database is there.
    let (ping, count) = tokio::join!(
        tokio::time::timeout(DATABASE_LONGEST, app.store.shop()),
        tokio::time::timeout(DATABASE_LONGEST, app.sessions.count())
    );
    let is_database_up = matches!(ping, Ok(Ok(_)));
    let sessions = count.ok().and_then(Result::ok);
    let gauges = Gauges {
        connections: app.rim.places.taken(),
        renewals_under_way: app.rim.limits.renewals.taken(),
        requests_under_way: app.rim.limits.requests.taken(),
        body_bytes: app.rim.limits.body_bytes(),
        sign_ins_waiting: app.hashing.waiting(),
        is_database_up,
        sessions,
    };
    let mut page = String::new();
    metrics::write(&mut page, &app.rim.metrics, &gauges);
    unkept(Reply::bytes(
        "text/plain; version=0.0.4; charset=utf-8",
        page.into_bytes(),
    ))
}
