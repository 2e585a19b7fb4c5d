//! The measurements in `benches/peers` stand outside the workspace, beside other people's software. What they share, and
//! those of them that need nobody else, are compiled here, so that they do not rot unseen.

#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::sync::Arc;
use std::time::Duration;

use evertill_client::Home;
use evertill_client::clock::SystemClock;

#[path = "../../../benches/peers/src/lib.rs"]
mod shared;

/// What the measurements call the crate they share.
extern crate self as evertill_peers;
pub use shared::*;

#[expect(dead_code, reason = "it is run by hand")]
#[path = "../../../benches/peers/src/bin/expiry.rs"]
mod expiry;

#[expect(dead_code, reason = "it is run by hand")]
#[path = "../../../benches/peers/src/bin/idle.rs"]
mod idle;

#[tokio::test]
async fn the_measurements_have_a_session_that_needs_no_sign_in_and_a_store_that_renews_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let home = Home::open(dir.path()).expect("a home");
    let store = Store::start(Duration::ZERO).await;
    let keeper = keeper(&home, &store, Arc::new(SystemClock::new()), "ann", None).await;
    let before = keeper.fresh_token().expect("a living token");
    keeper.renew_now().await.expect("a store that answers");
    assert_eq!(store.renewals(), 1);
    assert_ne!(keeper.fresh_token(), Some(before));
}
