//! A real WordPress whose settings are unusual: what the doctor says of its links, its notices and its redirects.

use serde_json::Value;

use crate::harness::{program::run, wordpress::WordPress, world::text};

/// Permalinks as a fresh site has them: `/wp-json/` is no address then.
const PLAIN: &str = "<?php add_filter('pre_option_permalink_structure', '__return_empty_string'); \
     if (strpos($_SERVER['REQUEST_URI'], '/wp-json') === 0) { $_SERVER['REQUEST_URI'] = '/'; }";

/// A plugin that prints a warning into every answer of the interface.
const NOTICE: &str = "<?php add_action('rest_api_init', function () { ini_set('display_errors', '1'); \
     error_reporting(E_ALL); echo $nowhere; });";

/// What many sites do with every visit over plain http.
const TO_HTTPS: &str = "<?php header('Location: https://' . $_SERVER['HTTP_HOST'] . $_SERVER['REQUEST_URI'], true, 301); \
     exit;";

fn doctor(site: &WordPress, home: &str) -> Value {
    let words = ["doctor", "--json", "--data-dir", home, "--store", &site.url()];
    let finished = run(&words, "");
    serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|_| panic!("{}\n{}", finished.stdout, finished.stderr))
}

fn row(report: &Value, id: &str) -> Value {
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["id"] == id);
    row.unwrap_or_else(|| panic!("no row {id} in {report}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_settings_of_a_real_wordpress_are_named() {
    let Some(site) = WordPress::start().await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let home = text(folder.path()).to_owned();

    site.file("wp-content/mu-plugins/plain.php", Some(PLAIN));
    let report = doctor(&site, &home);
    let rest = row(&report, "site.rest");
    assert_eq!(rest["verdict"], "note", "{report}");
    assert!(rest["sentence"].to_string().contains("?rest_route="), "{rest}");
    site.file("wp-content/mu-plugins/plain.php", None);

    site.file("wp-content/mu-plugins/notice.php", Some(NOTICE));
    let report = doctor(&site, &home);
    let notices = row(&report, "site.php-notices");
    assert_eq!(
        (&notices["verdict"], &notices["code"]),
        (&"warn".into(), &"API04005".into()),
        "{report}"
    );
    site.file("wp-content/mu-plugins/notice.php", None);

    site.file("wp-content/mu-plugins/https.php", Some(TO_HTTPS));
    let report = doctor(&site, &home);
    assert_eq!(report["first_cause"]["code"], "API06004", "{report}");
    let redirect = row(&report, "site.redirect");
    assert_eq!(
        redirect["remedy"]["copyable"],
        site.url().replace("http://", "https://"),
        "{redirect}"
    );
}
