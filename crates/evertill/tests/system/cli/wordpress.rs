//! A real WordPress without the till plugin: what discovery and the doctor say of it and of its faults, and how its
//! people come over.

use serde_json::Value;

use crate::harness::{
    program::{Finished, run},
    wordpress::WordPress,
    world::{World, text},
};

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

/// Hashes of `Grüner Tee 2026!` as WordPress' own functions make them.
const TEA_BCRYPT: &str = "$2y$06$SfLV2k1Fxz9.oBLkOVWHnefWw6d5blJ4xN6qq7LAaM.c8uGFvA2H6";
const TEA_NEWER: &str = "$wp$2y$06$T81MeGYnzKGId7sFzbvnI.HzLBvw3AZ7u.RMdgd/Ap5PK7Gczj7wa";

/// Puts somebody into the site's tables.
fn joins(site: &WordPress, username: &str, hash: &str, role: &str) {
    site.sql(&format!(
        "INSERT INTO wp_users (user_login, user_pass, user_email, display_name) VALUES ('{username}', '{hash}', \
         '{username}@home.example', '{username} &amp; Co')"
    ));
    let id = &site.sql(&format!(
        "SELECT ID FROM wp_users WHERE user_login = '{username}'"
    ))[0];
    let role = format!("a:1:{{s:{}:\"{role}\";b:1;}}", role.len());
    site.sql(&format!(
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES ({id}, 'wp_capabilities', '{role}'), \
         ({id}, 'first_name', 'Kim'), ({id}, 'last_name', 'de la Cruz')"
    ));
}

/// Everybody the scenario is about, and an account that may read them and nothing else.
fn staff(site: &WordPress) {
    let own = site.sql("SELECT user_pass FROM wp_users WHERE user_login = 'owner'");
    joins(site, "eva", &own[0], "administrator");
    joins(site, "maud", TEA_BCRYPT, "shop_manager");
    joins(site, "kim", TEA_NEWER, "cashier");
    joins(site, "odd", "5f4dcc3b5aa765d61d8327deb882cf99", "cashier");
    joins(site, "gus", TEA_NEWER, "customer");
    for statement in [
        "CREATE USER reader@localhost IDENTIFIED BY 'hunter2'",
        "GRANT SELECT ON wp.wp_users TO reader@localhost",
        "GRANT SELECT ON wp.wp_usermeta TO reader@localhost",
        "CREATE DATABASE empty",
        "GRANT SELECT ON empty.* TO reader@localhost",
    ] {
        site.sql(statement);
    }
}

fn import(world: &World, words: &[&str], input: &str) -> Finished {
    let home = world.store_home();
    let mut all = vec!["admin", "--data-dir", text(&home), "import-wordpress"];
    all.extend(words);
    run(&all, input)
}

/// Exit and code of a run that must fail, and shows no password.
fn failure(finished: &Finished) -> (Option<i32>, String) {
    assert!(!finished.stderr.contains("hunter2"), "{}", finished.stderr);
    let code = finished
        .stderr
        .split_once(" (")
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(code, _)| code.to_owned());
    (finished.exit, code.unwrap_or_default())
}

fn signs_in(world: &World, username: &str, password: &str) -> Option<i32> {
    let home = tempfile::tempdir().expect("a temporary directory");
    let url = world.store_url();
    let words = [
        "login",
        "--data-dir",
        text(home.path()),
        "--store",
        &url,
        "--username",
        username,
        "--password-stdin",
    ];
    run(&words, &format!("{password}\n")).exit
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_over_from_the_database_of_a_real_wordpress_which_stays_as_it_is() {
    let Some(site) = WordPress::start().await else {
        return;
    };
    let world = World::open("10s").await;
    staff(&site);
    let tables = || site.sql("CHECKSUM TABLE wp_users, wp_usermeta");
    let before = tables();

    let url = format!("mysql://reader@localhost/wp?socket={}", text(&site.socket()));
    let dry = import(
        &world,
        &["--database-url", &url, "--password-stdin", "--json"],
        "hunter2\n",
    );
    assert_eq!(dry.exit, Some(0), "{}", dry.stderr);
    let report: Value = serde_json::from_str(&dry.stdout).expect("json on stdout");
    let outcome = |name: &str| {
        let rows = report.as_array().expect("rows");
        let row = rows.iter().find(|row| row["username"] == name);
        row.map_or(Value::Null, |row| row["outcome"].clone())
    };
    for (name, expected) in [
        ("eva", "new"),
        ("maud", "new"),
        ("kim", "new"),
        ("odd", "new_without_password"),
        ("gus", "no_role"),
    ] {
        assert_eq!(outcome(name), expected, "{report}");
    }
    assert_ne!(
        signs_in(&world, "kim", "Grüner Tee 2026!"),
        Some(0),
        "a dry run writes nothing"
    );

    let config = site.folder();
    let real = import(&world, &["--wp-config", text(&config), "--write", "--json"], "");
    assert_eq!(
        (real.exit, &real.stdout),
        (Some(0), &dry.stdout),
        "{}",
        real.stderr
    );
    assert_eq!(signs_in(&world, "eva", "a password of a test"), Some(0));
    assert_eq!(signs_in(&world, "maud", "Grüner Tee 2026!"), Some(0));
    assert_eq!(signs_in(&world, "kim", "Grüner Tee 2026!"), Some(0));
    for (name, password) in [
        ("kim", "gruner tee"),
        ("odd", "password"),
        ("gus", "Grüner Tee 2026!"),
    ] {
        assert_ne!(signs_in(&world, name, password), Some(0), "{name}");
    }
    let home = world.store_home();
    let list = run(
        &["admin", "--data-dir", text(&home), "users", "list", "--json"],
        "",
    );
    assert!(list.stdout.contains("Kim de la Cruz"), "{}", list.stdout);

    let again = import(&world, &["--wp-config", text(&config), "--write"], "");
    assert!(again.stderr.contains("\n0 accounts made"), "{}", again.stderr);
    let same = run(
        &["admin", "--data-dir", text(&home), "users", "list", "--json"],
        "",
    );
    assert_eq!(same.stdout, list.stdout);
    assert_eq!(tables(), before, "the site's tables are as they were");
    refusals(&world, &url);
}

/// What goes wrong at such a database has its own code, and says no password.
fn refusals(world: &World, url: &str) {
    let with = |url: &str, words: &[&str], password: &str| {
        let mut all = vec!["--database-url", url, "--password-stdin"];
        all.extend(words);
        failure(&import(world, &all, &format!("{password}\n")))
    };
    let is = |exit, code: &str| (Some(exit), code.to_owned());
    assert_eq!(with(url, &[], "hunter2hunter2"), is(3, "API02001"));
    assert_eq!(
        with(&url.replace("reader", "reader:hunter2"), &[], "x"),
        is(5, "SY02001")
    );
    assert_eq!(
        with(&url.replace("/wp?", "/none?"), &[], "hunter2"),
        is(1, "API04006")
    );
    assert_eq!(
        with(&url.replace("/wp?", "/empty?"), &[], "hunter2"),
        is(1, "API04006")
    );
    assert_eq!(
        with(url, &["--table-prefix", "blog_"], "hunter2"),
        is(2, "API03003")
    );
    assert_eq!(with(&format!("{url}.gone"), &[], "hunter2"), is(4, "API01002"));
    assert_eq!(failure(&import(world, &[], "")), is(2, "API03002"));
}
