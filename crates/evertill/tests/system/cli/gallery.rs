//! The gallery of faults, and that the doctor calls each by its name.

use serde_json::Value;

use crate::harness::{
    program::run,
    world::{World, text},
};

/// What the doctor has to say: name of the fault; layer, code and a part of the sentence of the first cause. Empty where
/// a till copes.
const EXPECTED: &[[&str; 4]] = &[
    ["firewall-cloudflare", "proxy", "API04001", "Cloudflare"],
    ["firewall-wordfence", "proxy", "API04001", "Wordfence"],
    ["firewall-sucuri", "proxy", "API04001", "Sucuri"],
    ["firewall-modsecurity", "proxy", "API04001", "ModSecurity"],
    ["firewall-page-as-200", "proxy", "API04001", "SiteGround"],
    ["firewall-imunify", "proxy", "API04001", "Imunify360"],
    ["challenge", "proxy", "API04001", "A bot check"],
    ["password-prompt", "proxy", "API04001", "A password prompt"],
    ["captive-portal", "network", "API04001", "a sign-in of its own"],
    ["silent", "network", "API01001", "Nothing comes back"],
    ["slow", "network", "API01001", "for its shortest answer"],
    ["web-server-403", "proxy", "API04001", "refuses the request"],
    ["redirect-https", "proxy", "API06004", "The store wants https"],
    ["redirect-other-host", "proxy", "API04001", "another site"],
    ["altered-request", "proxy", "API03002", "changed on its way"],
    ["rate-limit", "proxy", "API03005", "a pause"],
    ["too-large", "proxy", "API03004", "its size"],
    [
        "nobody-behind",
        "word_press",
        "API01008",
        "nothing from WordPress",
    ],
    ["maintenance", "word_press", "API01008", "maintenance"],
    ["database-down", "word_press", "API01008", "database"],
    ["php-fatal", "word_press", "API01008", "plugins/some-plugin"],
    ["php-parse-error", "word_press", "API01008", "plugins/some-plugin"],
    ["usermeta-unreadable", "word_press", "API01008", "its users"],
    ["server-clock-behind", "word_press", "API06003", "clock is behind"],
    ["php-notice", "word_press", "API04005", "notices"],
    ["glued-json", "word_press", "API04003", "damaged"],
    ["plain-permalinks", "", "", ""],
    ["rest-disabled", "word_press", "API05004", "closed to visitors"],
    ["rest-locked", "word_press", "API05004", "closed to visitors"],
    [
        "woocommerce-off",
        "woo_commerce",
        "API05001",
        "WooCommerce is not active",
    ],
    ["old-wcpos", "wcpos", "API05003", "older"],
    [
        "announces-https",
        "wcpos",
        "API06003",
        "announces its sign-in page",
    ],
    ["plugin-off", "wcpos", "API05002", "WCPOS"],
    ["header-stripped", "proxy", "API06003", "removes the sign-in"],
    ["sign-in-locked", "session", "API02011", "sign-in page says"],
    ["sign-in-limited", "session", "API02011", "sign-in page says"],
    ["account-gone", "session", "API02004", "account is gone"],
    ["no-right", "session", "API02005", "does not let them"],
    ["revoked-as-200", "session", "API02008", "ended at the store"],
    ["expired-as-200", "session", "API02009", "end the store set"],
    ["foreign-keys", "session", "API02008", "keys or its address"],
    ["half-revoked", "session", "API02003", "does not accept"],
];

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_every_fault_of_the_gallery() {
    let listed = run(&["serve", "--fault", "list"], "");
    assert_eq!(listed.exit, Some(0), "{}", listed.stderr);
    let listed: Vec<&str> = listed
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let expected: Vec<&str> = EXPECTED.iter().map(|[name, ..]| *name).collect();
    assert_eq!(listed, expected);

    let mut world = World::open("15m").await;
    world.sign_in_till("cashier");
    let mut wrong = Vec::new();
    for [name, layer, code, part] in EXPECTED {
        world.kill_store();
        world
            .start_store_with(&["--fault", name, "--i-know-this-is-a-test"])
            .await;
        let home = world.till_home();
        let url = world.store_url();
        let words = [
            "doctor",
            "--json",
            "--renew",
            "--data-dir",
            text(&home),
            "--store",
            &url,
        ];
        let finished = run(&words, "");
        let report: Value = serde_json::from_str(&finished.stdout).expect("a report");
        let cause = &report["first_cause"];
        let said = |field: &str| cause[field].as_str().unwrap_or_default();
        let found = (said("layer"), said("code"));
        if found != (*layer, *code) || !said("sentence").contains(part) {
            wrong.push(format!(
                "{name}: {found:?} instead of {layer} {code}: {}",
                cause["sentence"]
            ));
        }
        let took_ms = report["took_ms"].as_u64().expect("a time");
        assert!(took_ms < 10_000, "{name} took {took_ms} ms");
        assert_eq!(
            world.till_status()["state"],
            "active",
            "{name}: looking signed nobody out"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_fault_is_played_only_by_somebody_who_knows_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = text(folder.path());
    let refused = run(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            home,
            "--fault",
            "maintenance",
        ],
        "",
    );
    assert_eq!(refused.exit, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("--i-know-this-is-a-test"),
        "{}",
        refused.stderr
    );
    let unknown = run(
        &[
            "serve",
            "--data-dir",
            home,
            "--fault",
            "hiccups",
            "--i-know-this-is-a-test",
        ],
        "",
    );
    assert_eq!(unknown.exit, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("--fault list"), "{}", unknown.stderr);
    let help = run(&["serve", "--help"], "");
    assert!(!help.stdout.contains("--fault"), "{}", help.stdout);
}
