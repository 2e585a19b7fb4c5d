//! A proxy in a program of one's own: a report that any HTTP client could ask for, without a token in sight.
//!
//! `evertill login --store URL` once, then `cargo run --package evertill-proxy --example proxy -- URL`. It asks the store
//! for its newest orders through the proxy, as `curl` would, and shows the command to do the same.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;

use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = StoreAddress::parse(&std::env::args().nth(1).unwrap_or_default())?;
    let home = Home::open(Home::default_path()?)?;
    let keeper = Keeper::open(&home, &store, KeeperOptions::default()).await?;
    // Port 0 takes a free one. Other machines never reach it, and other accounts of this one do not know its key.
    let proxy = evertill_proxy::start(SocketAddr::from(([127, 0, 0, 1], 0)), keeper).await?;

    let (address, key) = (proxy.address(), proxy.key().expose());
    let orders = format!("http://{address}/wp-json/wc/v3/orders?per_page=5&_fields=id,status");
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client
        .get(&orders)
        .header("x-evertill-proxy-key", key)
        .send()
        .await?;
    let (status, body) = (answer.status(), answer.text().await?);

    let mut out = std::io::stdout();
    writeln!(
        out,
        "{status}\n{body}\n\nUntil Ctrl-C, any program of yours may ask the same:"
    )?;
    // The key is shown to whoever started this, and is another one at every start.
    writeln!(out, "curl -H 'X-Evertill-Proxy-Key: {key}' '{orders}'")?;
    tokio::signal::ctrl_c().await?;
    proxy.shutdown().await;
    Ok(())
}
