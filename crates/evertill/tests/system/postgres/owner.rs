//! The shell of an owner whose store is on PostgreSQL: nothing is there at first, and no sample shop helps.

use serde_json::Value;

use crate::harness::{
    cluster::Cluster,
    program::{Finished, Running, run},
    world::text,
};

struct Store {
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl Store {
    fn admin(&self, words: &[&str], input: &str) -> Finished {
        let (home, address) = (self.folder.path().join("shell"), self.cluster.address());
        let keys = self.folder.path().join("node");
        let mut arguments = vec!["admin", "--data-dir", text(&home), "--database-url", &address];
        arguments.extend(["--keys", text(&keys)]);
        arguments.extend(words);
        run(&arguments, input)
    }

    async fn serve(&self) -> Running {
        let (home, address) = (self.folder.path().join("node"), self.cluster.address());
        let words = ["serve", "--listen", "127.0.0.1:0", "--database-url", &address];
        let words = [&words[..], &["--data-dir", text(&home)]].concat();
        Running::start(self.folder.path(), "node", &words)
    }

    fn sign_in(&self, url: &str, password: &str) -> Finished {
        let home = self.folder.path().join("till");
        let words = ["login", "--data-dir", text(&home), "--store", url];
        let words = [&words[..], &["--username", "ann", "--password-stdin"]].concat();
        run(&words, password)
    }
}

fn json(finished: &Finished) -> Value {
    assert_eq!(finished.exit, Some(0), "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).expect("json on stdout")
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_shared_store_gets_its_first_owner_from_the_shell_and_is_looked_after_there() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = Store {
        cluster: Cluster::start(folder.path()),
        folder,
    };
    // Before any node has started.
    let add = [
        "users",
        "add",
        "ann",
        "--email",
        "ann@shop.example",
        "--role",
        "owner",
    ];
    let added = store.admin(&add, "a long password\n");
    assert_eq!(added.exit, Some(0), "{}", added.stderr);
    let mut node = store.serve().await;
    let address = format!("http://{}", node.says("Listening on ").await);
    let signed_in = store.sign_in(&address, "a long password\n");
    assert_eq!(signed_in.exit, Some(0), "{}", signed_in.stderr);

    let sessions = json(&store.admin(&["sessions", "list", "--json"], ""));
    let key = sessions[0]["key"].as_str().expect("a key").to_owned();
    assert_eq!(sessions[0]["username"], "ann");
    let keys = json(&store.admin(&["keys", "list", "--json"], ""));
    assert_eq!(keys[0]["standing"], "signs");
    let rotated = store.admin(&["keys", "rotate"], "");
    assert_eq!(rotated.exit, Some(0), "{}", rotated.stderr);
    let ended = store.admin(&["sessions", "end", &key, "--reason", "a test"], "");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    let till = store.folder.path().join("till");
    let refused = run(&["refresh", "--data-dir", text(&till), "--store", &address], "");
    assert_eq!(refused.exit, Some(3), "{}", refused.stderr);
    let demoted = store.admin(&["users", "role", "ann", "cashier"], "");
    assert!(demoted.stderr.contains("the only owner"), "{}", demoted.stderr);
    let log = store.admin(&["audit", "--csv"], "");
    for sentence in [
        "made an account for ann, as owner",
        "made a new signing key",
        "a test",
    ] {
        assert!(log.stdout.contains(sentence), "{sentence}: {}", log.stdout);
    }
    let copy = store.folder.path().join("copy");
    let refused = store.admin(&["backup", "--to", text(&copy)], "");
    assert!(refused.stderr.contains("pg_dump"), "{}", refused.stderr);
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_node_whose_database_is_gone_lives_and_says_that_it_is_not_ready() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = Store {
        cluster: Cluster::start(folder.path()),
        folder,
    };
    let mut node = store.serve().await;
    let address = node.says("Listening on ").await;
    // A client that could speak TLS wants to know how, even when it never will.
    let _installed_by_another_scenario = rustls::crypto::ring::default_provider().install_default();
    let ask = async |path: &str| {
        let answer = reqwest::get(format!("http://{address}{path}"))
            .await
            .expect("the node answers");
        let retry = answer.headers().contains_key("retry-after");
        (answer.status().as_u16(), retry)
    };
    assert_eq!(ask("/readyz").await, (200, false));
    store.cluster.crash();
    assert_eq!(ask("/readyz").await, (503, true));
    assert_eq!(ask("/healthz").await, (200, false));
}
