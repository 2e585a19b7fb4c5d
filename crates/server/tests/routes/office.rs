//! The office: who comes in, what is shown, and what may be done to whom.

use crate::support::{Answer, FORM, Shop, encoded, hidden};

/// A browser that signed in to the office.
pub(crate) struct Browser {
    cookie: String,
}

impl Browser {
    pub(crate) async fn enter(shop: &Shop, name: &str) -> Self {
        let answer = knock(shop, name, &format!("{name}-demo")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { cookie }
    }

    pub(crate) async fn get(&self, shop: &Shop, path: &str) -> Answer {
        shop.send("GET", path, &[("Cookie", &self.cookie)], "").await
    }

    /// Sends a form of the office with the seal of a page of the same visit.
    pub(crate) async fn post(&self, shop: &Shop, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(shop, "/admin/me").await;
        self.post_sealed(shop, path, fields, &hidden(&page.body, "seal"))
            .await
    }

    async fn post_sealed(&self, shop: &Shop, path: &str, fields: &[(&str, &str)], seal: &str) -> Answer {
        let mut all: Vec<(&str, String)> = fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        all.push(("seal", seal.to_owned()));
        let headers = [FORM[0], ("Cookie", self.cookie.as_str())];
        shop.send("POST", path, &headers, &encoded(&all)).await
    }
}

async fn knock(shop: &Shop, name: &str, password: &str) -> Answer {
    let page = shop.get("/admin").await;
    let fields = [
        ("seal", hidden(&page.body, "seal")),
        ("login", name.to_owned()),
        ("password", password.to_owned()),
    ];
    shop.send("POST", "/admin/sign-in", &FORM, &encoded(&fields))
        .await
}

/// The keys of the sessions on the page, in its order.
fn sessions_on(page: &Answer) -> Vec<String> {
    let lanes = page.body.split("<a class=\"lane\"").skip(1);
    lanes
        .map(|lane| lane.split_once("?session=").unwrap().1[..36].to_owned())
        .collect()
}

async fn session_of(shop: &Shop, browser: &Browser, person: &str) -> String {
    let page = browser.get(shop, &format!("/admin?who={person}")).await;
    sessions_on(&page)
        .first()
        .unwrap_or_else(|| panic!("{}", page.body))
        .clone()
}

#[tokio::test]
async fn owners_and_managers_come_in_and_strangers_do_not() {
    let shop = Shop::open().await;
    for path in ["/admin", "/admin/audit", "/admin/sessions/everybody"] {
        let page = shop.get(path).await;
        assert!(page.body.contains("action=\"/admin/sign-in\""), "{path}");
    }
    let owner = Browser::enter(&shop, "owner").await;
    assert!(
        owner
            .get(&shop, "/admin")
            .await
            .body
            .contains("<h1 class=\"t-h1 grow\">Sessions</h1>")
    );
    Browser::enter(&shop, "manager").await;
    let refused = knock(&shop, "owner", "wrong").await;
    assert_eq!(
        refused.login_error().as_deref(),
        Some("Invalid username or password.")
    );
}

#[tokio::test]
async fn guessing_at_the_office_is_counted_with_guessing_at_the_till() {
    let shop = Shop::open().await;
    for _ in 0..3 {
        knock(&shop, "owner", "wrong").await;
        shop.submit("owner", "wrong").await;
    }
    let locked = knock(&shop, "owner", "owner-demo").await;
    assert!(
        locked.login_error().unwrap().contains("temporarily locked"),
        "{:?}",
        locked.login_error()
    );
}

#[tokio::test]
async fn a_forged_old_or_ended_cookie_opens_nothing() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let mut forged = owner.cookie.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    let at_the_door = |page: Answer| page.body.contains("action=\"/admin/sign-in\"");
    let forged = Browser { cookie: forged };
    assert!(at_the_door(forged.get(&shop, "/admin").await));
    shop.pass(12 * 60 * 60 - 1);
    assert!(!at_the_door(owner.get(&shop, "/admin").await));
    shop.pass(1);
    assert!(at_the_door(owner.get(&shop, "/admin").await));
    let owner = Browser::enter(&shop, "owner").await;
    let answer = owner.post(&shop, "/admin/sign-out", &[]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/admin/sign-in"))
    );
    assert!(at_the_door(owner.get(&shop, "/admin").await));
}

#[tokio::test]
async fn a_visit_to_the_office_is_no_key_to_the_interface() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let value = owner.cookie.split_once('=').unwrap().1;
    for token in [value.to_owned(), format!("ert1.{value}")] {
        assert_eq!(shop.renew(&token).await.status, 401);
    }
    let answer = owner.get(&shop, "/wp-json/wcpos/v2/auth/sessions").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn a_form_without_the_seal_of_its_visit_changes_nothing() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = Browser::enter(&shop, "owner").await;
    let other = Browser::enter(&shop, "manager").await;
    let foreign = hidden(&other.get(&shop, "/admin").await.body, "seal");
    let session = session_of(&shop, &owner, "Ada").await;
    for seal in ["", "x", foreign.as_str()] {
        let fields = [("session", session.as_str())];
        let answer = owner
            .post_sealed(&shop, "/admin/sessions/end", &fields, seal)
            .await;
        assert_eq!(answer.status, 403, "{seal}");
    }
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
}

#[tokio::test]
async fn an_owner_ends_a_session_with_a_reason_and_the_till_is_told() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let spared = shop.sign_in("manager").await;
    let owner = Browser::enter(&shop, "owner").await;
    let session = session_of(&shop, &owner, "Ada").await;
    let fields = [
        ("session", session.as_str()),
        ("which", "one"),
        ("reason", "lost at the market"),
        ("sure", "yes"),
    ];
    let asked = owner.post(&shop, "/admin/sessions/end", &fields[..3]).await;
    for part in [
        "unknown device of Ada Osei is signed out at once.",
        "lost at the market",
    ] {
        assert!(asked.body.contains(part), "{part}: {}", asked.body);
    }
    assert_eq!(
        shop.renew(&till.refresh).await.status,
        200,
        "nothing has happened yet"
    );
    let answer = owner.post(&shop, "/admin/sessions/end", &fields).await;
    assert_eq!(answer.status, 303);
    let refused = shop.renew(&till.refresh).await;
    assert_eq!(refused.status, 401);
    let told = &refused.json()["evertill"];
    assert_eq!(
        (&told["by"], &told["note"]),
        (&"Ann Whitaker".into(), &"lost at the market".into())
    );
    assert_eq!(shop.renew(&spared.refresh).await.status, 200);
    let page = owner.get(&shop, answer.header("location").unwrap()).await;
    assert!(
        page.body.contains("by Ann Whitaker, “lost at the market”"),
        "{}",
        page.body
    );
    let log = owner.get(&shop, "/admin/audit?text=market").await;
    assert!(
        log.body
            .contains("Ann Whitaker (owner) ended a session of Ada Osei: lost at the market")
    );
}

#[tokio::test]
async fn all_others_and_everybody_can_be_signed_out() {
    let shop = Shop::open().await;
    let owner = Browser::enter(&shop, "owner").await;
    let first = shop.sign_in("cashier").await;
    let kept = session_of(&shop, &owner, "Ada").await;
    let second = shop.sign_in("cashier").await;
    let fields = [("session", kept.as_str()), ("which", "others"), ("sure", "yes")];
    let asked = owner.post(&shop, "/admin/sessions/end", &fields[..2]).await;
    assert!(
        asked.body.contains("Sign out all others of Ada Osei?"),
        "{}",
        asked.body
    );
    assert_eq!(
        shop.renew(&second.refresh).await.status,
        200,
        "nothing has happened yet"
    );
    assert_eq!(
        owner.post(&shop, "/admin/sessions/end", &fields).await.status,
        303
    );
    assert_eq!(shop.renew(&first.refresh).await.status, 200);
    assert_eq!(shop.renew(&second.refresh).await.status, 401);

    let manager = shop.sign_in("manager").await;
    let asked = owner.get(&shop, "/admin/sessions/everybody").await;
    assert!(asked.body.contains("2 sessions end"), "{}", asked.body);
    let fields = [("reason", "new year")];
    assert_eq!(
        owner
            .post(&shop, "/admin/sessions/everybody", &fields)
            .await
            .status,
        303
    );
    for till in [&first, &manager] {
        assert_eq!(
            shop.renew(&till.refresh).await.json()["evertill"]["note"],
            "new year"
        );
    }
    assert_eq!(
        sessions_on(&owner.get(&shop, "/admin?state=signed-in").await).len(),
        1,
        "this visit goes on"
    );
}

#[tokio::test]
async fn a_manager_ends_the_sessions_of_cashiers_and_not_of_an_owner() {
    let shop = Shop::open().await;
    let owner = shop.sign_in("owner").await;
    let cashier = shop.sign_in("cashier").await;
    let manager = Browser::enter(&shop, "manager").await;
    let session = session_of(&shop, &manager, "Ann").await;
    let page = manager.get(&shop, &format!("/admin?session={session}")).await;
    assert!(page.body.contains("Only an owner may end this session."));
    for which in ["one", "others", "all"] {
        let fields = [("session", session.as_str()), ("which", which)];
        assert_eq!(
            manager.post(&shop, "/admin/sessions/end", &fields).await.status,
            403,
            "{which}"
        );
    }
    manager.post(&shop, "/admin/sessions/everybody", &[]).await;
    assert_eq!(shop.renew(&owner.refresh).await.status, 200);
    assert_eq!(shop.renew(&cashier.refresh).await.status, 401);
}

#[tokio::test]
async fn a_renewal_is_drawn_and_a_till_that_is_not_heard_of_is_quiet() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = Browser::enter(&shop, "owner").await;
    let drawn = |page: &Answer| page.body.matches("class=\"ren\"").count() - 1;
    let page = owner.get(&shop, "/admin?who=Ada&span=day").await;
    assert_eq!(drawn(&page), 0);
    for _ in 0..8 {
        shop.pass(15 * 60);
        assert_eq!(shop.renew(&till.refresh).await.status, 200);
    }
    let page = owner.get(&shop, "/admin?who=Ada&span=day").await;
    assert!(drawn(&page) >= 4, "{}", drawn(&page));
    assert!(!page.body.contains("class=\"hatch\" x"), "{}", page.body);
    assert_eq!(
        sessions_on(&owner.get(&shop, "/admin?state=quiet").await),
        Vec::<String>::new()
    );
    shop.pass(3 * 60 * 60);
    let page = owner.get(&shop, "/admin?state=quiet").await;
    assert_eq!(sessions_on(&page).len(), 1);
    assert!(page.body.contains("class=\"hatch\" x"));
}

#[tokio::test]
async fn what_people_and_devices_say_is_shown_as_text() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = Browser::enter(&shop, "owner").await;
    let session = session_of(&shop, &owner, "Ada").await;
    let note = "<script>alert(1)</script>\"=cmd|' /C calc'!A0";
    let fields = [("session", session.as_str()), ("reason", note), ("sure", "yes")];
    owner.post(&shop, "/admin/sessions/end", &fields).await;
    for path in ["/admin", "/admin/audit", &format!("/admin?session={session}")] {
        let page = owner.get(&shop, path).await;
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(
            page.header("content-security-policy")
                .unwrap()
                .contains("script-src 'self'")
        );
        assert!(!page.body.contains(&till.refresh) && !page.body.contains(&till.access));
    }
    let file = owner.get(&shop, "/admin/audit.csv").await;
    assert!(
        file.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        file.body
            .starts_with("id,time_utc,kind,who,whom,session,address,what\r\n")
    );
    assert_eq!(file.body.lines().count(), 4, "{}", file.body);
}

#[tokio::test]
async fn a_session_has_a_name_that_is_found_shown_and_told() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = Browser::enter(&shop, "owner").await;
    let session = session_of(&shop, &owner, "Ada").await;
    let fields = [("session", session.as_str()), ("name", "  Till 3 <b> ")];
    assert_eq!(
        owner.post(&shop, "/admin/sessions/name", &fields).await.status,
        303
    );
    let found = owner.get(&shop, "/admin?who=till+3").await;
    assert_eq!(sessions_on(&found), std::slice::from_ref(&session));
    assert!(found.body.contains("<b>Till 3 &#60;b&#62;</b>"), "{}", found.body);
    let fields = [("session", session.as_str()), ("which", "one")];
    let asked = owner.post(&shop, "/admin/sessions/end", &fields).await;
    assert!(
        asked.body.contains("Sign out Till 3 &#60;b&#62; of Ada Osei"),
        "{}",
        asked.body
    );
    let log = owner.get(&shop, "/admin/audit?text=called").await;
    assert!(
        log.body
            .contains("Ann Whitaker called unknown device of Ada Osei Till 3"),
        "{}",
        log.body
    );
    let manager = Browser::enter(&shop, "manager").await;
    let own = session_of(&shop, &owner, "Ann").await;
    let fields = [("session", own.as_str()), ("name", "mine")];
    assert_eq!(
        manager.post(&shop, "/admin/sessions/name", &fields).await.status,
        403
    );
    assert_eq!(shop.renew(&till.refresh).await.status, 200);
}

#[tokio::test]
async fn sessions_are_filtered_by_cause_and_person_and_saved_as_a_file() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let manager = shop.sign_in("manager").await;
    let owner = Browser::enter(&shop, "owner").await;
    let session = session_of(&shop, &owner, "Ada").await;
    let fields = [("session", session.as_str()), ("reason", "=1+1"), ("sure", "yes")];
    owner.post(&shop, "/admin/sessions/end", &fields).await;
    for (query, count) in [
        ("cause=person", 1),
        ("cause=theft", 0),
        ("cause=unused", 0),
        ("state=signed-out&cause=person", 1),
        ("state=signed-in&cause=person", 0),
        ("who=nobody", 0),
        ("span=quarter", 3),
        ("span=hour", 3),
    ] {
        let page = owner.get(&shop, &format!("/admin?{query}")).await;
        assert_eq!(sessions_on(&page).len(), count, "{query}");
        let word = if count == 1 { "1 session<" } else { "sessions<" };
        assert!(page.body.contains(word), "{query}");
    }
    let page = owner
        .get(&shop, &format!("/admin?person={}", manager.user_id))
        .await;
    assert_eq!(sessions_on(&page).len(), 1);
    assert!(
        page.body.contains("Only sessions of <b>Ben Adeyemi</b>"),
        "{}",
        page.body
    );
    let file = owner
        .get(&shop, &format!("/admin/sessions.csv?person={}", till.user_id))
        .await;
    let lines: Vec<&str> = file.body.lines().collect();
    assert!(
        lines[0].starts_with("key,name,person,device,address,signed_in_utc"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].contains(",Ada Osei,")
            && lines[1].ends_with(",signed-out,2026-11-23T02:56:33Z,Ann Whitaker,\"'=1+1\""),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_refused_renewal_has_a_mark_on_its_lane() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let owner = Browser::enter(&shop, "owner").await;
    let session = session_of(&shop, &owner, "Ada").await;
    let marks = |page: &Answer| page.body.matches("<title>refused about").count();
    assert_eq!(marks(&owner.get(&shop, "/admin?span=hour").await), 0);
    let fields = [("session", session.as_str()), ("sure", "yes")];
    owner.post(&shop, "/admin/sessions/end", &fields).await;
    shop.pass(20 * 60);
    assert_eq!(shop.renew(&till.refresh).await.status, 401);
    assert_eq!(marks(&owner.get(&shop, "/admin?span=day").await), 1);
}

#[tokio::test]
async fn a_cashier_keeps_the_own_account_and_sees_nothing_else() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let others = shop.sign_in("cashier2").await;
    let cashier = Browser::enter(&shop, "cashier").await;
    let home = cashier.get(&shop, "/admin").await;
    assert_eq!((home.status, home.header("location")), (303, Some("/admin/me")));
    for path in [
        "/admin/people",
        "/admin/audit",
        "/admin/audit.csv",
        "/admin/sessions.csv",
        "/admin/keys",
        "/admin/settings",
    ] {
        assert_eq!(cashier.get(&shop, path).await.status, 403, "{path}");
    }
    let owner = Browser::enter(&shop, "owner").await;
    let theirs = owner
        .get(&shop, &format!("/admin?person={}", others.user_id))
        .await;
    let theirs = sessions_on(&theirs)[0].clone();
    let mine = shop.get_as(&till, "auth/sessions").await.json();
    let mine = mine["sessions"].as_array().unwrap().iter();
    let mut mine = mine.filter(|one| one["is_current"] == true);
    let mine = mine.next().unwrap()["jti"].as_str().unwrap().to_owned();
    for (path, fields) in [
        (
            "/admin/sessions/end",
            [("session", theirs.as_str()), ("sure", "yes")],
        ),
        ("/admin/sessions/everybody", [("reason", ""), ("sure", "yes")]),
        (
            "/admin/people/1/password",
            [("password", "a long password"), ("sure", "yes")],
        ),
    ] {
        assert_eq!(cashier.post(&shop, path, &fields).await.status, 403, "{path}");
    }
    let foreign = [("session", theirs.as_str())];
    assert_eq!(
        cashier.post(&shop, "/admin/me/sessions", &foreign).await.status,
        303
    );
    assert_eq!(
        shop.renew(&others.refresh).await.status,
        200,
        "somebody else's goes on"
    );
    let own = [("session", mine.as_str())];
    assert_eq!(cashier.post(&shop, "/admin/me/sessions", &own).await.status, 303);
    assert_eq!(shop.renew(&till.refresh).await.status, 401);
}

#[tokio::test]
async fn a_cashier_changes_the_own_password_with_the_one_before() {
    let shop = Shop::open().await;
    let till = shop.sign_in("cashier").await;
    let cashier = Browser::enter(&shop, "cashier").await;
    let wrong = [("password", "another password"), ("current", "guess")];
    let answer = cashier.post(&shop, "/admin/me/password", &wrong).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.contains("The password you have now is another one."),
        "{}",
        answer.body
    );
    let right = [("password", "another password"), ("current", "cashier-demo")];
    assert_eq!(
        cashier.post(&shop, "/admin/me/password", &right).await.status,
        303
    );
    assert_eq!(shop.submit("cashier", "another password").await.status, 302);
    assert_eq!(
        shop.renew(&till.refresh).await.json()["evertill"]["note"],
        "password changed"
    );
    assert_eq!(
        cashier.get(&shop, "/admin/me").await.status,
        200,
        "this visit goes on"
    );
}
