//! A picture of every page on both screens, in `target/screenshots`.

use std::{fs, path::PathBuf};

use super::cashier::Cashier;
use crate::harness::{
    chromium::{Browser, Light, Screen},
    proxy::Weather,
    world::World,
};

/// A page with nothing on it compresses to less than this, in bytes.
const BLANK_BYTES_MAX: usize = 9_000;

/// Takes a picture and makes sure that it is one.
pub(super) async fn picture(browser: &Browser, name: &str, screen: Screen) {
    // Pictures of products come when they scroll into sight; a picture taken before would show holes.
    crate::harness::until("every picture in sight", || async {
        let ready = browser
            .ask(
                "return document.fonts.status === 'loaded' && [...document.images].every(image => image.complete \
                 || image.getBoundingClientRect().top > innerHeight)",
            )
            .await;
        (ready == true).then_some(())
    })
    .await;
    let overflow = browser
        .ask(
            "return Math.max(...[document.documentElement, ...document.querySelectorAll('main.page, .admin > .list')]
             .map(part => part.scrollWidth - part.clientWidth))",
        )
        .await;
    assert_eq!(overflow, 0, "{name} is wider than the screen");

    let bytes = browser.picture().await;
    let (width, height) = screen.size();
    assert!(bytes.starts_with(b"\x89PNG"), "{name}");
    assert_eq!(bytes[16..20], width.to_be_bytes(), "{name}");
    assert_eq!(bytes[20..24], height.to_be_bytes(), "{name}");
    assert!(
        bytes.len() > BLANK_BYTES_MAX,
        "{name} is blank: {} bytes",
        bytes.len()
    );
    let folder = folder();
    fs::create_dir_all(&folder).expect("target takes folders");
    fs::write(folder.join(format!("{name}-{width}x{height}.png")), bytes).expect("target takes files");
}

fn folder() -> PathBuf {
    // The tests' own scratch folder lies in the target directory, wherever that is.
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("a scratch folder has a parent")
        .join("screenshots")
}

async fn every_page(screen: Screen) {
    let mut world = World::open("10s").await;
    let owner = world.owner();
    world.start_till().await;
    let cashier = Cashier {
        browser: Browser::open(screen).await,
    };
    let browser = &cashier.browser;
    browser.goto(&world.till_url("/sign-in")).await;
    browser.find("form[action='/sign-in/start'] button").await;
    picture(browser, "sign-in", screen).await;
    browser.press("form[action='/sign-in/start'] button").await;
    browser.find("input[name='wcpos-log']").await;
    picture(browser, "store-sign-in", screen).await;
    cashier.signs_in_at_the_store("cashier").await;

    browser.find("button.tile").await;
    cashier.sees_bar("ok").await;
    picture(browser, "register-empty", screen).await;
    cashier.fills_the_cart().await;
    browser.goto(&world.till_url("/")).await;
    browser.find("#cart .lines > li").await;
    picture(browser, "register", screen).await;
    browser.goto(&world.till_url("/#cart")).await;
    picture(browser, "cart", screen).await;
    browser.goto(&world.till_url("/?view=list")).await;
    browser.find("button.item").await;
    picture(browser, "register-list", screen).await;
    browser.goto(&world.till_url("/cart/custom")).await;
    browser.find("#sheet .sheet").await;
    picture(browser, "custom-item", screen).await;

    browser.goto(&world.till_url("/checkout")).await;
    browser.find("#finish").await;
    picture(browser, "checkout", screen).await;
    let uuid = cashier.finishes().await;
    picture(browser, "sale-done", screen).await;
    for (name, path) in [
        ("sale", format!("/sale/{uuid}")),
        ("receipt", format!("/sale/{uuid}/receipt")),
        ("sales", "/sales".to_owned()),
        ("session", "/session".to_owned()),
    ] {
        browser.goto(&world.till_url(&path)).await;
        browser.find("body").await;
        picture(browser, name, screen).await;
    }
    for (name, path) in [
        ("health", "/health"),
        ("help-index", "/error-codes"),
        ("help-code", "/error-codes/API02007"),
        ("help-code-german", "/error-codes/API02007?lang=de"),
        // Longer words, and set from right to left.
        ("help-code-mirrored", "/error-codes/API02007?lang=en-XB"),
        ("help-index-mirrored", "/error-codes?lang=en-XB"),
        ("mend", "/mend/clear-all"),
        ("carry", "/sales/carry"),
    ] {
        browser.goto(&world.till_url(path)).await;
        browser.find(there(path)).await;
        picture(browser, name, screen).await;
    }
    browser
        .goto(&format!("{}/api", world.store_url().trim_end_matches('/')))
        .await;
    browser.find("main h1").await;
    picture(browser, "store-api", screen).await;
    troubled_pages(&world, &cashier, screen).await;
    owner.end_sessions_of("cashier").await;
    ended_pages(&world, &cashier, screen).await;
    cashier.browser.close().await;
}

/// What shows that a page has all it will have: the health page fills up while it is looked at.
fn there(path: &str) -> &'static str {
    match path {
        "/health" => "#health .hops",
        _ => "main h1",
    }
}

async fn troubled_pages(world: &World, cashier: &Cashier, screen: Screen) {
    world.network.set(Weather::Down);
    cashier.browser.goto(&world.till_url("/")).await;
    cashier.browser.find("button.tile").await;
    cashier.fills_the_cart().await;
    cashier.browser.goto(&world.till_url("/checkout")).await;
    cashier.finishes().await;
    picture(&cashier.browser, "sale-done-offline", screen).await;
    cashier.browser.goto(&world.till_url("/")).await;
    cashier.sees_bar("off").await;
    picture(&cashier.browser, "register-offline", screen).await;
    cashier.browser.goto(&world.till_url("/health")).await;
    cashier.browser.find(there("/health")).await;
    picture(&cashier.browser, "health-broken", screen).await;
    world.network.set(Weather::Fine);
}

async fn ended_pages(world: &World, cashier: &Cashier, screen: Screen) {
    cashier.browser.goto(&world.till_url("/")).await;
    cashier.sees_bar("warn").await;
    picture(&cashier.browser, "register-sign-in-needed", screen).await;
    cashier.browser.goto(&world.till_url("/session/sheet")).await;
    cashier.browser.find("#sheet .sheet").await;
    picture(&cashier.browser, "session-sheet", screen).await;
    cashier.browser.goto(&world.till_url("/session")).await;
    cashier.browser.find("#session").await;
    picture(&cashier.browser, "session-ended", screen).await;
}

/// The pages that say what is wrong, for somebody who works in the dark.
async fn dark_pages(screen: Screen) {
    let world = World::at_work("2m").await;
    let browser = Browser::open_in(screen, Light::Dark).await;
    browser.goto(&world.till_url("/")).await;
    browser.find("button.tile").await;
    let is_dark = browser
        .ask("return matchMedia('(prefers-color-scheme: dark)').matches")
        .await;
    assert_eq!(is_dark, true);
    for (name, path) in [
        ("dark-health", "/health"),
        ("dark-help-index", "/error-codes"),
        ("dark-help-code", "/error-codes/API02007"),
        ("dark-mend", "/mend/clear-all"),
    ] {
        browser.goto(&world.till_url(path)).await;
        browser.find(there(path)).await;
        picture(&browser, name, screen).await;
    }
    browser
        .goto(&format!("{}/api", world.store_url().trim_end_matches('/')))
        .await;
    browser.find("main h1").await;
    picture(&browser, "dark-store-api", screen).await;
    world.network.set(Weather::Down);
    browser.goto(&world.till_url("/health")).await;
    browser.find(there("/health")).await;
    picture(&browser, "dark-health-broken", screen).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_about_faults_have_their_pictures_in_the_dark_on_the_counter() {
    dark_pages(Screen::Counter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_about_faults_have_their_pictures_in_the_dark_on_a_phone() {
    dark_pages(Screen::Phone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_picture_on_the_counter() {
    every_page(Screen::Counter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_picture_on_a_phone() {
    every_page(Screen::Phone).await;
}
