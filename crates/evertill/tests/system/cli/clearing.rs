//! What clearing takes and leaves, and how sales get away from a till that cannot send them.

use crate::harness::{
    api::Owner,
    clerk::Clerk,
    program::{Finished, run},
    proxy::Weather,
    until,
    world::{World, text},
};

const PASSPHRASE: &str = "three dry walnuts\n";

/// A till that cannot reach its store, with three sales, stopped.
async fn three_unsent(world: &mut World) -> Vec<String> {
    let clerk = Clerk::at(&world.till_url("/")).await;
    world.network.set(Weather::Down);
    let mut sold = Vec::new();
    for price in ["10.00", "20.50", "26.40"] {
        sold.push(clerk.sells("Honey", price).await);
    }
    world.kill_till();
    sold
}

fn ask(world: &World, home: &str, words: &[&str], input: &str) -> Finished {
    let home = world.folder().join(home);
    let mut all = words.to_vec();
    all.extend(["--data-dir", text(&home)]);
    run(&all, input)
}

async fn arrives_once(owner: &Owner, uuid: &str) {
    let orders = until("the sale at the store", || async {
        let orders = owner.orders().await;
        orders.iter().any(|order| order.uuid == uuid).then_some(orders)
    })
    .await;
    assert_eq!(orders.iter().filter(|order| order.uuid == uuid).count(), 1);
}

async fn has_sent_all(clerk: &Clerk) {
    until("the till to have sent everything", || async {
        let page = clerk.reads("/sales").await;
        (!page.contains("to send") && !page.contains("Waiting")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_is_refused_with_count_and_sum_while_sales_wait_and_changes_nothing() {
    let mut world = World::at_work("2m").await;
    three_unsent(&mut world).await;
    for what in ["--all", "--credentials", "--cache"] {
        let refused = ask(&world, "till", &["clear", what], "");
        assert_eq!(refused.exit, Some(1), "{}", refused.stderr);
        assert!(
            refused.stderr.contains("3 sales over 56.90 GBP (PY03003)"),
            "{}",
            refused.stderr
        );
        assert!(refused.stderr.contains("hint:"), "{}", refused.stderr);
    }
    assert_ne!(world.till_status()["state"], "signed_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_carried_to_a_second_till_arrive_once_also_when_the_first_comes_back() {
    let mut world = World::at_work("2m").await;
    let owner = world.owner();
    let sold = three_unsent(&mut world).await;
    let file = world.folder().join("away.evertill-sales");

    let short = ask(
        &world,
        "till",
        &["clear", "--all", "--export", text(&file), "--passphrase-stdin"],
        "short\n",
    );
    assert_eq!(short.exit, Some(2), "{}", short.stderr);
    assert!(!file.exists());
    let words = ["clear", "--all", "--export", text(&file), "--passphrase-stdin"];
    let cleared = ask(&world, "till", &words, PASSPHRASE);
    assert_eq!(cleared.exit, Some(0), "{}", cleared.stderr);
    assert!(
        cleared.stderr.contains("Copied 3 sales over 56.90 GBP"),
        "{}",
        cleared.stderr
    );
    assert!(cleared.stderr.contains("Stays: every sale"), "{}", cleared.stderr);
    assert!(
        cleared.stderr.contains("will be told as soon as it answers"),
        "{}",
        cleared.stderr
    );
    let sealed = std::fs::read(&file).expect("the file is there");
    assert!(!sealed.windows(5).any(|window| window == b"Honey"));
    assert_eq!(world.till_status()["state"], "signed_out");

    world.network.set(Weather::Fine);
    let url = world.store_url();
    let import = [
        "sales",
        "import",
        text(&file),
        "--passphrase-stdin",
        "--store",
        &url,
    ];
    let stranger = ask(&world, "second", &import, "another walnut\n");
    assert!(stranger.stderr.contains("(SY01011)"), "{}", stranger.stderr);
    let taken = ask(&world, "second", &import, PASSPHRASE);
    assert!(
        taken
            .stderr
            .contains("Took in 3 sales over 56.90 GBP from Till 1; 0 were here"),
        "{}",
        taken.stderr
    );
    let again = ask(&world, "second", &import, PASSPHRASE);
    assert!(
        again.stderr.contains("Took in no sales from Till 1; 3 were here"),
        "{}",
        again.stderr
    );

    for home in ["second", "till"] {
        let login = [
            "login",
            "--store",
            &url,
            "--username",
            "cashier",
            "--password-stdin",
        ];
        let login = ask(&world, home, &login, "cashier-demo\n");
        assert_eq!(login.exit, Some(0), "{}", login.stderr);
        let clerk = Clerk::at(&world.open_till_of(home).await).await;
        for uuid in &sold {
            arrives_once(&owner, uuid).await;
        }
        has_sent_all(&clerk).await;
        world.kill_till();
    }
    assert_eq!(owner.orders().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_says_what_goes_ends_the_session_at_the_store_and_leaves_the_till_ready() {
    let mut world = World::at_work("2m").await;
    let running = ask(&world, "till", &["clear", "--all"], "");
    assert!(
        running.stderr.contains("(SY01004)"),
        "a running till keeps its data: {}",
        running.stderr
    );
    world.kill_till();

    let dry = ask(&world, "till", &["clear", "--all", "--dry-run"], "");
    assert_eq!(dry.exit, Some(0), "{}", dry.stderr);
    assert!(
        dry.stderr.contains("Goes:") && dry.stderr.contains("Nothing was changed."),
        "{}",
        dry.stderr
    );
    assert_eq!(world.till_status()["state"], "active");

    let cleared = ask(&world, "till", &["clear", "--credentials"], "");
    assert_eq!(cleared.exit, Some(0), "{}", cleared.stderr);
    assert!(cleared.stderr.contains("Signed out of"), "{}", cleared.stderr);
    let revoked = world
        .access_log()
        .await
        .into_iter()
        .any(|request| request.path.contains("auth/sessions/") && request.status == 200);
    assert!(revoked, "the store was told");
    world.sign_in_till("cashier");
    assert_eq!(world.till_status()["state"], "active");
}
