//! Reads a store's newest orders again and again, for as long as the session lives.
//!
//! `evertill login --store URL` once, then `cargo run --package evertill-client --example sync_loop -- URL`.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use evertill_client::{ClientError, Home, Keeper, KeeperOptions, StoreAddress, StoreApi};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = StoreAddress::parse(&std::env::args().nth(1).unwrap_or_default())?;
    let home = Home::open(Home::default_path()?)?;
    let keeper = Keeper::open(&home, &store, KeeperOptions::default()).await?;
    let api = StoreApi::new(keeper.clone());
    let mut out = std::io::stdout();
    loop {
        match api
            .get("wc/v3/orders", &[("per_page", "5"), ("_fields", "id,status")])
            .await
        {
            Ok(answer) => match (answer.trouble(), answer.json()) {
                (None, Some(orders)) => writeln!(out, "{orders}")?,
                (None, None) => writeln!(out, "an answer without orders: {}", answer.status)?,
                (Some((code, evidence)), _) => writeln!(out, "not now ({code}): {evidence}")?,
            },
            // Only a person can go on from here; what is not sent yet stays where it is.
            Err(error @ (ClientError::SessionEnded { .. } | ClientError::NotSignedIn { .. })) => {
                writeln!(out, "{error}: {}", error.remedy())?;
                return Ok(());
            }
            // Everything else passes; the session is kept and renewed by itself.
            Err(error) => writeln!(out, "not now ({}): {error}", error.code())?,
        }
        tokio::time::sleep(PAUSE).await;
    }
}
