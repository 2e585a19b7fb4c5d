//! Somebody else's server under the same load: node-oidc-provider, which keeps everything in memory.

use std::{io::BufRead as _, path::Path, process::Command};

use crate::{aims::Aims, client::Dialect, load::Load, process::Server};

/// Where the packages lie; `cargo xtask bench server` fetches them.
const FOLDER: &str = "EVERTILL_BENCH_OIDC_PROVIDER";

/// Renewals are to be at least so many times as fast.
const TIMES: f64 = 10.0;

/// Measures it where it is to be had; `ours` is what the store renewed in a second.
pub(crate) fn measure(aims: &mut Aims, ours: f64) {
    let Ok(folder) = std::env::var(FOLDER) else {
        println!("skipped: node-oidc-provider, which only `cargo xtask bench server` fetches, from npm\n");
        return;
    };
    for (kind, name) in [
        ("opaque", "node-oidc-provider, opaque access tokens"),
        ("jwt", "node-oidc-provider, signed access tokens (EdDSA)"),
    ] {
        let mut command = Command::new("node");
        command
            .arg(Path::new(&folder).join("provider.mjs"))
            .arg(kind)
            .current_dir(&folder);
        let (server, output) = Server::of(&mut command);
        let tokens = output.lines().map_while(Result::ok).take(16).collect();
        let theirs =
            Load::new(&server, Dialect::OAuth, tokens).run(&format!("{name}, 16 connections"), 16, aims);
        aims.at_least(
            &format!("times as many renewals as {name}"),
            ours / theirs.a_second(),
            TIMES,
            "",
        );
    }
    println!();
}
