//! A database that is away, and one that is put back to last night.

use std::sync::{Arc, atomic::Ordering};

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{
    nodes::{CASHIER, Chain, more_renewals},
    tills::{Balancer, Tally},
};
use crate::harness::until;

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn a_node_without_its_database_says_503_and_when_to_come_again_and_never_a_verdict() {
    let chain = Chain::open().await;
    let balancer = Balancer::new(&chain.addresses);
    let node = chain.addresses[0];
    let till = balancer.sign_in(node, "cashier").await;
    let spare = balancer.sign_in(node, "cashier").await;
    chain.cluster.crash();
    let renewal = json!({"refresh_token": till.refresh, "rotate": true});
    let token = [
        ("grant_type", "refresh_token"),
        ("client_id", "evertill-cli"),
        ("refresh_token", till.refresh.as_str()),
    ];
    for _ in 0..3 {
        let answers = [
            (
                "a renewal",
                balancer
                    .ask(node, Method::POST, "auth/refresh", None, Some(&renewal))
                    .await,
            ),
            (
                "a route",
                balancer
                    .ask(node, Method::GET, "orders", Some(&till.access), None)
                    .await,
            ),
            (
                "the list of sessions",
                balancer
                    .ask(node, Method::GET, "auth/sessions", Some(&till.access), None)
                    .await,
            ),
            (
                "an OAuth renewal",
                balancer.send_form(node, "/oauth/token", &token).await,
            ),
            (
                "a revocation",
                balancer
                    .send_form(
                        node,
                        "/oauth/revoke",
                        &[("client_id", "evertill-cli"), ("token", &spare.refresh)],
                    )
                    .await,
            ),
            ("the look at the database", balancer.look(node, "/readyz").await),
        ];
        for (what, answer) in answers {
            let answer = answer.unwrap_or_else(|| panic!("{what} is answered"));
            assert!(answer.is_trouble(), "{what}: {answer:?}");
            let body = answer.body.to_string();
            assert!(
                !body.contains("invalid_grant") && !body.contains("verdict"),
                "{what}: {body}"
            );
        }
        let page = balancer.try_to_sign_in(node, "cashier").await;
        assert!(page.is_trouble(), "a sign-in: {page:?}");
        let alive = balancer
            .look(node, "/healthz")
            .await
            .expect("the process is asked");
        assert_eq!(alive.status, StatusCode::OK, "the process itself is well");
    }
    chain.cluster.start_again();
    let renewed = until("the node to renew again", || async {
        let answer = balancer
            .ask(node, Method::POST, "auth/refresh", None, Some(&renewal))
            .await?;
        (!answer.is_trouble()).then_some(answer)
    })
    .await;
    assert_eq!(renewed.status, StatusCode::OK, "{renewed:?}");
    let body = json!({"refresh_token": spare.refresh});
    let spared = balancer
        .ask(node, Method::POST, "auth/refresh", None, Some(&body))
        .await;
    assert_eq!(
        spared.expect("an answer").status,
        StatusCode::OK,
        "trouble is no ending either"
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL, which `cargo xtask test` brings along"]
async fn last_nights_database_under_running_nodes_signs_nobody_out_and_brings_nobody_back() {
    let mut chain = Chain::open().await;
    let balancer = Balancer::new(&chain.addresses);
    let [here, there] = [chain.addresses[0], chain.addresses[1]];
    let tally = Arc::new(Tally::default());
    let mut tills = Vec::new();
    for number in 0..4 {
        let tokens = balancer.sign_in(chain.addresses[number % 2], "cashier2").await;
        tills.push(tokio::spawn(balancer.clone().keep_till(
            number,
            tokens,
            Arc::clone(&tally),
        )));
    }
    let revoked = balancer.sign_in(here, "cashier").await;
    let owner = balancer.sign_in(here, "owner").await;
    more_renewals(&tally, 40).await;
    let night = chain.folder.path().join("night");
    chain.cluster.dump(&night);
    more_renewals(&tally, 40).await;
    let route = format!("auth/sessions?user_id={CASHIER}&reason=lost");
    let ended = balancer
        .ask(here, Method::DELETE, &route, Some(&owner.access), None)
        .await;
    assert_eq!(ended.expect("an answer").status, StatusCode::OK);
    tally.is_over.store(true, Ordering::SeqCst);
    for till in tills {
        till.await.expect("a till goes on to the end");
    }

    // Under nodes that run.
    let renewal = json!({"refresh_token": revoked.refresh, "rotate": true});
    chain.cluster.put_back(&night);
    for node in [there, here] {
        until("the node to tell the database", || async {
            let answer = balancer
                .ask(node, Method::POST, "auth/refresh", None, Some(&renewal))
                .await?;
            (answer.status == StatusCode::UNAUTHORIZED).then_some(())
        })
        .await;
    }
    // And under nodes that were stopped.
    chain.kill(0);
    chain.kill(1);
    chain.cluster.put_back(&night);
    chain.start_again(1).await;
    let answer = balancer
        .ask(there, Method::POST, "auth/refresh", None, Some(&renewal))
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "the node that heard of it has a journal too"
    );
    assert_eq!(answer.body["evertill"]["note"], "lost");
    let refusals = tally
        .refusals
        .lock()
        .expect("nobody panics with the tally in hand");
    assert!(refusals.is_empty(), "{refusals:#?}");
}
