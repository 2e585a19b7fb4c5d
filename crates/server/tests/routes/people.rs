//! Accounts, as an owner keeps them in the office.

use crate::{
    office::Browser,
    support::{Answer, Shop},
};

const EVA: [(&str, &str); 6] = [
    ("username", "eva"),
    ("email", "eva@shop.example"),
    ("first_name", "Eva"),
    ("last_name", "Lund"),
    ("role", "cashier"),
    ("password", "a long password"),
];

async fn id_of(shop: &Shop, browser: &Browser, name: &str) -> String {
    let page = browser.get(shop, "/admin/people").await;
    let (before, _) = page
        .body
        .split_once(&format!("<b>{name}</b>"))
        .unwrap_or_else(|| panic!("{}", page.body));
    let (_, link) = before.rsplit_once("href=\"/admin/people/").unwrap();
    link.split('"').next().unwrap().to_owned()
}

fn said(answer: &Answer, words: &str) -> bool {
    answer.status == 400 && answer.body.contains("Not saved.") && answer.body.contains(words)
}

#[tokio::test]
async fn somebody_new_can_sign_in_and_is_told_in_the_log() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    assert_eq!(owner.post(&shop, "/admin/people", &EVA).await.status, 303);
    assert_eq!(
        shop.submit("eva@shop.example", "a long password").await.status,
        302
    );
    let log = owner.get(&shop, "/admin/audit?kind=account_created").await;
    assert!(
        log.body
            .contains("Ann Whitaker made an account for Eva Lund, as cashier")
    );
    assert!(!log.body.contains("a long password"));
}

#[tokio::test]
async fn a_name_that_is_taken_and_a_password_that_is_too_short_are_refused_with_the_form_kept() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let with = |name: &'static str, value: &'static str| {
        EVA.map(|field| if field.0 == name { (name, value) } else { field })
    };
    for (fields, words) in [
        (with("username", "CASHIER"), "Somebody else has this username."),
        (
            with("email", "Cashier@example.com"),
            "Somebody else has this e-mail address.",
        ),
        (
            with("password", "short"),
            "The password needs at least 10 characters.",
        ),
        (with("email", "nowhere"), "The e-mail address is not complete."),
        (with("role", "customer"), "You may not give this role."),
    ] {
        let answer = owner.post(&shop, "/admin/people", &fields).await;
        assert!(
            said(&answer, words) || fields[1].1 == "Cashier@example.com",
            "{words}: {}",
            answer.body
        );
        assert!(
            answer.status != 400 || answer.body.contains("value=\"Lund\""),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_unless_the_settings_leave_it_to_the_form() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let setting = [("sessions.password_ends_others", "false")];
    assert_eq!(owner.post(&shop, "/admin/settings", &setting).await.status, 303);
    let till = shop.sign_in("cashier").await;
    let id = id_of(&shop, &owner, "Ada Osei").await;
    let path = format!("/admin/people/{id}/password");
    let fields = [("password", "another password")];
    assert_eq!(owner.post(&shop, &path, &fields).await.status, 303);
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
    let fields = [("password", "a third password"), ("ends_sessions", "on")];
    assert_eq!(owner.post(&shop, &path, &fields).await.status, 303);
    let refused = shop.renew(&till.refresh).await;
    assert_eq!(refused.json()["evertill"]["note"], "password changed");
    assert_eq!(shop.submit("cashier", "cashier-demo").await.status, 200);
    assert_eq!(shop.submit("cashier", "a third password").await.status, 302);

    let setting = [("sessions.password_ends_others", "true")];
    assert_eq!(owner.post(&shop, "/admin/settings", &setting).await.status, 303);
    let till = shop.sign_in("manager").await;
    let id = id_of(&shop, &owner, "Ben Adeyemi").await;
    let path = format!("/admin/people/{id}/password");
    let fields = [("password", "a fourth password")];
    assert_eq!(owner.post(&shop, &path, &fields).await.status, 303);
    assert_eq!(shop.renew(&till.refresh).await.status, 401);
}

#[tokio::test]
async fn ones_own_password_is_changed_only_with_the_one_before() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let id = id_of(&shop, &owner, "Ann Whitaker").await;
    let path = format!("/admin/people/{id}/password");
    let wrong = [("password", "another password"), ("current", "guess")];
    let answer = owner.post(&shop, &path, &wrong).await;
    assert!(said(&answer, "The password you have now is another one."));
    let right = [
        ("password", "another password"),
        ("current", "owner-demo"),
        ("ends_sessions", "on"),
    ];
    assert_eq!(owner.post(&shop, &path, &right).await.status, 303);
    assert!(
        owner
            .get(&shop, "/admin/people")
            .await
            .body
            .contains("New account"),
        "this visit goes on"
    );
}

#[tokio::test]
async fn an_account_that_is_switched_off_lets_nobody_in_until_it_is_on_again() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let till = shop.sign_in("cashier").await;
    let id = id_of(&shop, &owner, "Ada Osei").await;
    let path = format!("/admin/people/{id}/state");
    assert_eq!(owner.post(&shop, &path, &[("state", "off")]).await.status, 303);
    assert_eq!(shop.get_as(&till, "auth/sessions").await.status, 401);
    assert_eq!(
        shop.renew(&till.refresh).await.json()["evertill"]["note"],
        "account switched off"
    );
    let refused = shop.submit("cashier", "cashier-demo").await;
    assert_eq!(
        refused.login_error().as_deref(),
        Some("This account is switched off. Ask the owner of the shop.")
    );
    let wrong = shop.submit("cashier", "wrong").await;
    assert_eq!(
        wrong.login_error().as_deref(),
        Some("Invalid username or password.")
    );
    assert_eq!(owner.post(&shop, &path, &[("state", "on")]).await.status, 303);
    assert_eq!(shop.submit("cashier", "cashier-demo").await.status, 302);
}

#[tokio::test]
async fn the_only_owner_stays_one() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let id = id_of(&shop, &owner, "Ann Whitaker").await;
    let off = owner
        .post(&shop, &format!("/admin/people/{id}/state"), &[("state", "off")])
        .await;
    assert!(
        said(&off, "This is the only owner who can sign in."),
        "{}",
        off.body
    );
    let fields = [
        ("email", "owner@example.com"),
        ("first_name", "Ann"),
        ("role", "cashier"),
    ];
    let down = owner.post(&shop, &format!("/admin/people/{id}"), &fields).await;
    assert!(
        said(&down, "This is the only owner who can sign in."),
        "{}",
        down.body
    );
    Browser::enter(&shop, "owner").await;
}

#[tokio::test]
async fn a_manager_changes_cashiers_and_neither_owners_nor_roles_upwards() {
    let shop = Shop::open().await;
    let manager = Browser::enter(&shop, "manager").await;
    let owner = id_of(&shop, &manager, "Ann Whitaker").await;
    for below in ["", "/password", "/state", "/unlock"] {
        let fields = [
            ("password", "a long password"),
            ("state", "off"),
            ("role", "cashier"),
        ];
        let answer = manager
            .post(&shop, &format!("/admin/people/{owner}{below}"), &fields)
            .await;
        assert_eq!(answer.status, 403, "{below}");
    }
    Browser::enter(&shop, "owner").await;
    let cashier = id_of(&shop, &manager, "Ada Osei").await;
    let path = format!("/admin/people/{cashier}");
    let with = |role: &'static str| {
        [
            ("email", "ada@shop.example"),
            ("first_name", "Ada"),
            ("last_name", "Osei"),
            ("role", role),
        ]
    };
    for role in ["administrator", "shop_manager", "customer", "x"] {
        assert!(
            said(
                &manager.post(&shop, &path, &with(role)).await,
                "You may not give this role."
            ),
            "{role}"
        );
    }
    assert_eq!(manager.post(&shop, &path, &with("cashier")).await.status, 303);
    assert_eq!(shop.submit("ada@shop.example", "cashier-demo").await.status, 302);
}

#[tokio::test]
async fn a_lockout_is_shown_and_can_be_lifted() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    for _ in 0..5 {
        shop.submit("cashier", "wrong").await;
    }
    assert!(
        owner
            .get(&shop, "/admin/people")
            .await
            .body
            .contains("Locked until")
    );
    assert!(
        shop.submit("cashier", "cashier-demo")
            .await
            .login_error()
            .unwrap()
            .contains("locked")
    );
    let id = id_of(&shop, &owner, "Ada Osei").await;
    assert_eq!(
        owner
            .post(&shop, &format!("/admin/people/{id}/unlock"), &[])
            .await
            .status,
        303
    );
    assert_eq!(shop.submit("cashier", "cashier-demo").await.status, 302);
    let log = owner.get(&shop, "/admin/audit?text=lifted").await;
    assert!(log.body.contains("Ann Whitaker lifted the lockout of Ada Osei"));
}

#[tokio::test]
async fn people_of_wordpress_sign_in_with_the_password_they_had_and_get_a_hash_of_ours() {
    const TEA: &str = "Grüner Tee 2026!";
    let shop = Shop::open().await;
    let office = shop.office().await;
    let file = shop.home.path().join("users.csv");
    let mut rows = "user_login,user_email,user_pass,display_name,roles\n".to_owned();
    let hashes = [
        ("phpass", "$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1"),
        (
            "bcrypt",
            "$2y$06$SfLV2k1Fxz9.oBLkOVWHnefWw6d5blJ4xN6qq7LAaM.c8uGFvA2H6",
        ),
        (
            "newest",
            "$wp$2y$06$T81MeGYnzKGId7sFzbvnI.HzLBvw3AZ7u.RMdgd/Ap5PK7Gczj7wa",
        ),
    ];
    for (name, hash) in hashes {
        rows.push_str(&format!("{name},{name}@shop.example,{hash},{name},cashier\n"));
    }
    std::fs::write(&file, rows).unwrap();
    office.import(&file, true, |_, _| {}).await.unwrap();
    let stored = |name: &str| -> String {
        let database = rusqlite::Connection::open(shop.home.path().join("store.sqlite3")).unwrap();
        let sql = "SELECT password_hash FROM accounts WHERE username = ?1";
        database.query_row(sql, [name], |row| row.get(0)).unwrap()
    };
    for (name, hash) in hashes {
        assert_eq!(stored(name), hash);
        assert_eq!(shop.submit(name, "Grüner Tee").await.status, 200, "{name}");
        assert_eq!(stored(name), hash, "a wrong password replaces nothing");
        for _ in 0..2 {
            assert_eq!(shop.submit(name, TEA).await.status, 302, "{name}");
            assert!(stored(name).starts_with("$argon2id$"), "{name}");
        }
    }
}
