//! Settings and keys, as an owner keeps them in the office.

use evertill_server::ServeOptions;

use crate::{
    office::Browser,
    support::{Answer, Shop},
};

const DAY_S: u64 = 24 * 60 * 60;

fn saved(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location") == Some("/admin/settings?done=1")
}

#[tokio::test]
async fn a_setting_is_shown_with_value_unit_bounds_and_origin() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let page = owner.get(&shop, "/admin/settings").await.body;
    let (_, idle) = page.split_once("id=\"sessions.idle_days\"").unwrap();
    let (idle, _) = idle.split_once("</li>").unwrap();
    for part in [
        "value=\"60\"",
        "<span class=\"unit\">days</span>",
        "1 to 3650",
        "usually 60",
    ] {
        assert!(idle.contains(part), "{part} in {idle}");
    }
    let (_, fixed) = page.split_once("<code>listen.address</code>").unwrap();
    let (fixed, _) = fixed.split_once("</tr>").unwrap();
    assert!(fixed.contains("flag --listen"), "{fixed}");
}

#[tokio::test]
async fn an_idle_limit_is_in_force_at_once_and_told_in_the_log() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let till = shop.sign_in("cashier").await;
    let fields = [("sessions.idle_days", "2")];
    assert!(saved(&owner.post(&shop, "/admin/settings", &fields).await));
    let log = owner.get(&shop, "/admin/audit?kind=settings_changed").await.body;
    assert!(
        log.contains("Ann Whitaker changed the setting sessions.idle_days from 60 days to 2 days"),
        "{log}"
    );
    shop.pass(2 * DAY_S - 1);
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    shop.pass(2 * DAY_S);
    assert_eq!(shop.renew(&till.refresh).await.status, 401);
    let shop = shop.reopen().await;
    let owner = Browser::enter(&shop, "owner").await;
    let page = owner.get(&shop, "/admin/settings").await.body;
    assert!(
        page.contains("changed here") && page.contains("value=\"2\""),
        "{page}"
    );
}

#[tokio::test]
async fn sessions_that_would_end_are_counted_before_it_is_done() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    shop.pass(3 * DAY_S);
    let owner = Browser::enter(&shop, "owner").await;
    let fields = [("sessions.idle_days", "2")];
    let asked = owner.post(&shop, "/admin/settings", &fields).await;
    assert_eq!(asked.status, 200);
    assert!(asked.body.contains("1 session ends at once."), "{}", asked.body);
    assert_eq!(
        shop.renew(&till.refresh).await.status,
        200,
        "nothing has happened yet"
    );
    shop.pass(3 * DAY_S);
    let owner = Browser::enter(&shop, "owner").await;
    let sure = [fields[0], ("sure", "yes")];
    assert!(saved(&owner.post(&shop, "/admin/settings", &sure).await));
    assert_eq!(shop.renew(&till.refresh).await.status, 401);
}

#[tokio::test]
async fn a_value_that_makes_no_sense_changes_nothing_at_all() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let fields = [("sessions.idle_days", "0"), ("sign_in.rest_minutes", "3")];
    let answer = owner.post(&shop, "/admin/settings", &fields).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .body
            .contains("It has to be a whole number between 1 and 3650."),
        "{}",
        answer.body
    );
    let log = owner.get(&shop, "/admin/audit?kind=settings_changed").await.body;
    assert!(log.contains("Nothing fits"), "{log}");
}

#[tokio::test]
async fn what_a_flag_says_is_shown_and_cannot_be_changed() {
    let shop = Shop::open_with(|options: &mut ServeOptions| {
        options.access_life = Some(std::time::Duration::from_secs(77));
    })
    .await;
    let owner = Browser::enter(&shop, "owner").await;
    let page = owner.get(&shop, "/admin/settings").await.body;
    assert!(!page.contains("name=\"sessions.access_life_s\""), "{page}");
    assert!(page.contains("flag --access-ttl"), "{page}");
    let fields = [("sessions.access_life_s", "900")];
    let answer = owner.post(&shop, "/admin/settings", &fields).await;
    assert_eq!(answer.header("location"), Some("/admin/settings?done=0"));
}

#[tokio::test]
async fn patience_with_wrong_passwords_is_a_setting() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let fields = [("sign_in.guesses_for_name", "3")];
    assert!(saved(&owner.post(&shop, "/admin/settings", &fields).await));
    for _ in 0..3 {
        shop.submit("cashier", "wrong").await;
    }
    let locked = shop.submit("cashier", "cashier-demo").await;
    assert!(
        locked.login_error().unwrap().contains("locked"),
        "{:?}",
        locked.login_error()
    );
}

#[tokio::test]
async fn a_manager_looks_at_settings_and_keys_and_changes_neither() {
    let shop = Shop::open().await;
    let manager = Browser::enter(&shop, "manager").await;
    for (path, fields) in [
        ("/admin/settings", [("sessions.idle_days", "2")]),
        ("/admin/keys", [("which", "rotate")]),
    ] {
        assert!(
            manager
                .get(&shop, path)
                .await
                .body
                .contains("Only an owner may change")
        );
        assert_eq!(manager.post(&shop, path, &fields).await.status, 403, "{path}");
    }
}

fn kids(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<li><span class=\"grow\"><b><code>").skip(1);
    parts
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_new_signing_key_is_made_in_the_office_and_nobody_notices() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let till = shop.sign_in("cashier").await;
    let before = kids(&owner.get(&shop, "/admin/keys").await);
    assert_eq!(before.len(), 1);
    let answer = owner.post(&shop, "/admin/keys", &[("which", "rotate")]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let after = kids(&owner.get(&shop, "/admin/keys").await);
    assert_eq!((after.len(), &after[1]), (2, &before[0]));
    shop.pass(10);
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 200);
    let log = owner.get(&shop, "/admin/audit?kind=keys_rotated").await.body;
    assert!(
        log.contains("Ann Whitaker made a new signing key; the signing key is or becomes"),
        "{log}"
    );
}

#[tokio::test]
async fn keys_that_got_out_are_given_up_only_when_somebody_is_sure() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let till = shop.sign_in("cashier").await;
    let fields = [("which", "compromised"), ("sure", "yes")];
    let asked = owner.post(&shop, "/admin/keys", &fields[..1]).await;
    assert!(
        asked.body.contains("Give up the keys that are there?"),
        "{}",
        asked.body
    );
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 200);
    assert_eq!(owner.post(&shop, "/admin/keys", &fields).await.status, 303);
    assert_eq!(kids(&owner.get(&shop, "/admin/keys").await).len(), 1);
    assert_eq!(
        shop.renew(&till.refresh).await.status,
        200,
        "nobody is signed out"
    );
    let again = renewed_till(&till, shop.renew(&till.refresh).await);
    assert_eq!(shop.get_as(&again, "auth/sessions").await.status, 200);
}

fn renewed_till(till: &crate::support::Till, renewed: Answer) -> crate::support::Till {
    crate::support::Till {
        access: renewed.json()["access_token"].as_str().unwrap().to_owned(),
        ..till.clone()
    }
}
