//! An owner at the shell: people, sessions, keys and the audit log, beside a running store.

use std::fs;

use serde_json::Value;

use crate::harness::{
    program::{Finished, run},
    world::{World, text},
};

fn admin(world: &World, words: &[&str], input: &str) -> Finished {
    let home = world.store_home();
    let mut arguments = vec!["admin", "--data-dir", text(&home)];
    arguments.extend(words);
    run(&arguments, input)
}

fn json(finished: &Finished) -> Value {
    assert_eq!(finished.exit, Some(0), "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).expect("json on stdout")
}

#[tokio::test]
async fn people_sessions_and_the_log_are_kept_beside_a_running_store() {
    let world = World::open("10s").await;
    let add = [
        "users",
        "add",
        "eva",
        "--email",
        "eva@shop.example",
        "--first-name",
        "Eva",
    ];
    assert_eq!(admin(&world, &add, "a long password\n").exit, Some(0));
    let people = json(&admin(&world, &["users", "list", "--json"], ""));
    assert!(
        people
            .as_array()
            .expect("a list")
            .iter()
            .any(|one| one["username"] == "eva"),
        "{people}"
    );
    let twice = admin(&world, &add, "a long password\n");
    assert_ne!(twice.exit, Some(0));
    assert!(
        twice.stderr.contains("somebody else has this username"),
        "{}",
        twice.stderr
    );
    assert_eq!(admin(&world, &["users", "disable", "eva"], "").exit, Some(0));
    let gone = admin(&world, &["users", "role", "nobody", "cashier"], "");
    assert!(
        gone.stderr.contains("nobody is called nobody") && gone.stderr.contains("hint: "),
        "{}",
        gone.stderr
    );
    let keys = json(&admin(&world, &["keys", "list", "--json"], ""));
    assert_eq!(keys[0]["standing"], "signs");
    let log = admin(&world, &["audit", "eva", "--csv"], "");
    assert!(
        log.stdout
            .starts_with("id,time_utc,kind,who,whom,session,address,what\n"),
        "{}",
        log.stdout
    );
    assert!(
        log.stdout
            .contains("the command line made an account for Eva, as cashier"),
        "{}",
        log.stdout
    );
    assert!(!log.stdout.contains("a long password"));
}

#[tokio::test]
async fn people_of_wordpress_come_only_when_told_to() {
    let world = World::open("10s").await;
    let file = world.store_home().join("users.csv");
    let users = "user_login,user_email,user_pass,display_name,roles\n\
                 gus,gus@shop.example,$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1,Gus Berg,cashier\n";
    fs::write(&file, users).expect("a file");
    let words = ["import-wordpress", text(&file), "--json"];
    let report = json(&admin(&world, &words, ""));
    assert_eq!(report[0]["outcome"], "new");
    let people = admin(&world, &["users", "list", "--json"], "");
    assert!(!people.stdout.contains("gus"), "{}", people.stdout);
    let words = ["import-wordpress", text(&file), "--write"];
    assert!(admin(&world, &words, "").stderr.contains("1 accounts made"));
    let again = json(&admin(&world, &["import-wordpress", text(&file), "--json"], ""));
    assert_eq!(again[0]["outcome"], "exists");
}
