//! What an owner sees and does at the store, in a real browser.

mod past;

use super::{cashier::Cashier, screenshots::picture};
use crate::harness::{
    chromium::{Browser, Light, Screen},
    program::run,
    until,
    world::{World, text},
};

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";

/// Opens the office and signs in.
async fn enters(browser: &Browser, world: &World, name: &str) {
    browser.goto(&page(world, "/admin")).await;
    browser.type_into("#login", name).await;
    browser.type_into("#password", &format!("{name}-demo")).await;
    browser.press("button[type=submit]").await;
    browser.find("nav.rail").await;
}

fn page(world: &World, path: &str) -> String {
    format!("http://{}{path}", world.store_address())
}

/// Signs another till in, without a browser.
fn signs_in(world: &World, till: &str, name: &str) {
    let (home, url) = (world.folder().join(till), world.store_url());
    let words = [
        "login",
        "--data-dir",
        text(&home),
        "--store",
        &url,
        "--username",
        name,
    ];
    let words = [&words[..], &["--password-stdin"]].concat();
    let login = run(&words, &format!("{name}-demo\n"));
    assert_eq!(login.exit, Some(0), "{}", login.stderr);
}

/// Presses Tab until something has the focus.
async fn tabs_to(browser: &Browser, css: &str) {
    for _ in 0..60 {
        browser.keys(TAB).await;
        let is_there = browser
            .ask(&format!("return document.activeElement.matches({css:?})"))
            .await;
        if is_there == true {
            return;
        }
    }
    panic!("no way to `{css}` by the keyboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_ends_a_session_with_a_reason_and_the_till_says_it() {
    let world = World::at_work("10s").await;
    let cashier = Cashier::at(&world).await;
    let owner = Browser::open(Screen::Counter).await;
    enters(&owner, &world, "owner").await;
    owner.type_into("input[name=who]", "Ada").await;
    owner.keys(ENTER).await;
    owner.press("a.lane").await;
    owner
        .type_into(".drawer input[name=reason]", "lost at the market")
        .await;
    owner.press(".drawer button.danger").await;
    let asked = owner.reads("main", "is signed out at once").await;
    assert!(
        asked.contains("lost at the market") && asked.contains("of Ada Osei"),
        "{asked}"
    );
    cashier.sees_bar("ok").await;
    owner.press("#sure").await;
    owner.reads(".drawer", "Signed out").await;
    cashier.sees_bar("warn").await;
    cashier.browser.press("#bar.warn .net").await;
    cashier.browser.reads("#sheet .sheet", "lost at the market").await;
    owner.close().await;
    cashier.browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_follows_what_happens_elsewhere_without_being_loaded_again() {
    let world = World::open("2m").await;
    let owner = Browser::open(Screen::Counter).await;
    enters(&owner, &world, "owner").await;
    owner.reads("#lanes .axis", "1 session").await;
    owner.find("html[data-live=on]").await;
    owner.ask("window.sameAsBefore = true").await;
    signs_in(&world, "second", "cashier");
    owner.reads("#lanes .axis", "2 sessions").await;
    owner.reads("#stats", "of 2 sessions").await;
    assert_eq!(owner.ask("return window.sameAsBefore === true").await, true);
    owner.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_is_enough_to_find_a_session_and_to_sign_it_out() {
    let world = World::at_work("2m").await;
    let owner = Browser::open(Screen::Counter).await;
    owner.goto(&page(&world, "/admin")).await;
    owner.find("#login:focus").await;
    owner.keys(&format!("owner{TAB}owner-demo{ENTER}")).await;
    owner.find("nav.rail").await;
    owner.keys("/").await;
    owner.keys(&format!("Ada{ENTER}")).await;
    owner.reads("#lanes .axis", "1 session").await;
    tabs_to(&owner, "a.lane").await;
    let card = owner.text(".lane:focus-visible + .tip").await.unwrap_or_default();
    assert!(card.contains("Signed in") && card.contains("From"), "{card}");
    owner.keys(ENTER).await;
    owner.find(".drawer").await;
    owner.keys(ESCAPE).await;
    until("the drawer to close", || async {
        (!owner.has(".drawer").await).then_some(())
    })
    .await;
    tabs_to(&owner, "a.lane").await;
    owner.keys(ENTER).await;
    owner.find(".drawer").await;
    tabs_to(&owner, ".drawer button.danger").await;
    owner.keys(ENTER).await;
    tabs_to(&owner, "#sure").await;
    owner.keys(ENTER).await;
    owner.reads(".drawer", "Signed out").await;
    owner.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_and_done_without_script() {
    let world = World::at_work("2m").await;
    let owner = Browser::open_without(Screen::Phone, "*/admin.js*").await;
    enters(&owner, &world, "owner").await;
    assert!(!owner.has("html[data-live]").await, "the script runs");
    for (path, words) in [
        ("/admin?who=Ada", "Ada Osei"),
        ("/admin/people", "Ben Adeyemi"),
        ("/admin/audit", "signed in"),
        ("/admin/keys", "Signs"),
        ("/admin/settings", "sessions.idle_days"),
        ("/admin/me", "this visit"),
    ] {
        owner.goto(&page(&world, path)).await;
        owner.reads("main", words).await;
    }
    owner.goto(&page(&world, "/admin?who=Ada")).await;
    owner.press("a.lane").await;
    owner.press(".drawer button[value=all]").await;
    owner.reads("main", "Sign out all of Ada Osei?").await;
    owner.press("#sure").await;
    owner.reads(".drawer", "Signed out").await;
    owner.close().await;
}

/// Every page of the office, of a shop with a week behind it.
async fn every_page(screen: Screen, light: Light) {
    let mut world = World::open("2m").await;
    past::fill(&mut world).await;
    let browser = Browser::open_in(screen, light).await;
    let name = |page: &str| match light {
        Light::Day => format!("office-{page}"),
        Light::Dark => format!("dark-office-{page}"),
    };
    browser.goto(&page(&world, "/admin")).await;
    browser.find("#login").await;
    picture(&browser, &name("sign-in"), screen).await;
    enters(&browser, &world, "owner").await;
    browser.find("a.lane").await;
    picture(&browser, &name("sessions"), screen).await;
    browser.press("a.lane[href*=session]:has(.m-ink)").await;
    browser.find(".drawer").await;
    picture(&browser, &name("session"), screen).await;
    browser.goto(&page(&world, "/admin?span=quarter")).await;
    browser.find("a.lane").await;
    picture(&browser, &name("sessions-quarter"), screen).await;
    for (slug, path) in [
        ("people", "/admin/people"),
        ("person", "/admin/people/3"),
        ("person-new", "/admin/people/new"),
        ("audit", "/admin/audit"),
        ("keys", "/admin/keys"),
        ("settings", "/admin/settings"),
        ("own", "/admin/me"),
        ("everybody", "/admin/sessions/everybody"),
        ("nothing", "/admin/nowhere"),
    ] {
        browser.goto(&page(&world, path)).await;
        browser.find("main h1").await;
        picture(&browser, &name(slug), screen).await;
    }
    browser.goto(&page(&world, "/admin/keys")).await;
    browser.press("button[value=compromised]").await;
    browser.find("#sure").await;
    picture(&browser, &name("confirm"), screen).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screenshots_of_the_office_on_the_counter() {
    every_page(Screen::Counter, Light::Day).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screenshots_of_the_office_on_the_counter_in_the_dark() {
    every_page(Screen::Counter, Light::Dark).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screenshots_of_the_office_on_a_phone() {
    every_page(Screen::Phone, Light::Day).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn screenshots_of_the_office_on_a_phone_in_the_dark() {
    every_page(Screen::Phone, Light::Dark).await;
}
