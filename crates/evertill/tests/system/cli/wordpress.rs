//! A real WordPress without the till plugin: what discovery and the doctor say of it, and of its faults.

use serde_json::Value;

use crate::harness::{program::run, wordpress::WordPress, world::text};

/// Announces WooCommerce's interface, which Debian does not carry.
const WOOCOMMERCE: &str = "<?php add_action('rest_api_init', function () { register_rest_route('wc/v3', '/data', \
     ['methods' => 'GET', 'callback' => '__return_empty_array', 'permission_callback' => '__return_true']); });";

/// A plugin with a mistake in it.
const FATAL: &str = "<?php add_action('rest_api_init', function () { not_a_function(); });";

/// Keeps visitors out of the interface, after the snippet of WordPress' own handbook.
const LOCK: &str = "<?php add_filter('rest_authentication_errors', function ($found) { return $found ?: \
     new WP_Error('rest_not_logged_in', 'You are not currently logged in.', ['status' => 401]); });";

fn doctor(site: &WordPress, home: &str) -> Value {
    let finished = run(
        &["doctor", "--json", "--data-dir", home, "--store", &site.url()],
        "",
    );
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", finished.stdout, finished.stderr))
}

fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    let rows = report["rows"].as_array().expect("rows");
    rows.iter()
        .find(|row| row["id"] == id)
        .unwrap_or_else(|| panic!("no row {id} in {report}"))
}

fn first(report: &Value) -> (&str, &str) {
    let cause = &report["first_cause"];
    (
        cause["layer"].as_str().unwrap_or_default(),
        cause["code"].as_str().unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_wordpress_without_the_plugin_is_recognised_and_its_faults_are_named() {
    let Some(mut site) = WordPress::start().await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = text(folder.path()).to_owned();

    site.file("wp-content/mu-plugins/shop.php", Some(WOOCOMMERCE));
    let report = doctor(&site, &home);
    assert_eq!(first(&report), ("wcpos", "API05002"), "{report}");
    for id in ["site.http", "site.wordpress", "site.rest"] {
        assert_eq!(row(&report, id)["verdict"], "ok", "{report}");
    }
    let login = [
        "login",
        "--data-dir",
        &home,
        "--store",
        &site.url(),
        "--username",
        "owner",
        "--password-stdin",
    ];
    let login = run(&login, "a password of a test\n");
    assert_eq!(login.exit, Some(5), "{}", login.stderr);
    assert!(login.stderr.contains("(API05002)"), "{}", login.stderr);

    site.file("wp-content/mu-plugins/lock.php", Some(LOCK));
    assert_eq!(first(&doctor(&site, &home)), ("word_press", "API05004"));
    site.file("wp-content/mu-plugins/lock.php", None);

    site.file("wp-content/mu-plugins/broken.php", Some(FATAL));
    assert_eq!(first(&doctor(&site, &home)), ("word_press", "API01008"));
    site.file("wp-content/mu-plugins/broken.php", None);

    site.file("wp-content/mu-plugins/shop.php", None);
    let report = doctor(&site, &home);
    assert_eq!(row(&report, "plugin.wcpos")["code"], "API05002", "{report}");

    site.file(".maintenance", Some("<?php $upgrading = time();"));
    let report = doctor(&site, &home);
    assert_eq!(first(&report), ("word_press", "API01008"), "{report}");
    assert!(
        report["first_cause"]["sentence"]
            .to_string()
            .contains("maintenance"),
        "{report}"
    );
    site.file(".maintenance", None);

    site.kill_database();
    let report = doctor(&site, &home);
    assert_eq!(first(&report), ("word_press", "API01008"), "{report}");
    assert!(
        report["first_cause"]["sentence"].to_string().contains("database"),
        "{report}"
    );
}
