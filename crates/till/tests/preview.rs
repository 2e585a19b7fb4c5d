//! Renders every page with a believable morning, checks what must hold for all of them, and leaves them in
//! `target/preview` to be looked at in a browser.

#![expect(clippy::unwrap_used, reason = "a page that does not render fails the test")]

#[path = "preview/after.rs"]
mod after;
#[path = "preview/health.rs"]
mod health;
#[path = "preview/session.rs"]
mod session;
#[path = "preview/shop.rs"]
mod shop;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use askama::Template;
use evertill_guide::{Locale, code_body, index_body};
use evertill_till::assets;
use evertill_till::pages::*;
use evertill_wire::Code;

fn register_pages(pages: &mut BTreeMap<String, String>) {
    for (state, _) in shop::bars() {
        // What is for quiet moments never stands beside a sale.
        let cart = match state {
            "sign-in-due" => shop::empty_cart(),
            _ => shop::cart(),
        };
        let page = shop::register(state, shop::goods(false, true), cart, None);
        pages.insert(format!("register-{state}"), page.render().unwrap());
    }
    for (name, sheet) in shop::sheets() {
        let state = if name == "session" { "needed" } else { "online" };
        let page = shop::register(state, shop::goods(false, true), shop::cart(), Some(sheet));
        pages.insert(format!("sheet-{name}"), page.render().unwrap());
    }
    let list = shop::register("online", shop::goods(true, true), shop::cart(), None);
    pages.insert("register-list".into(), list.render().unwrap());
    let empty = shop::register("online", shop::goods(false, false), shop::empty_cart(), None);
    pages.insert("register-empty".into(), empty.render().unwrap());
    let mut nothing = shop::register("online", shop::nothing_found(), shop::cart(), None);
    nothing.toast = Some(Toast {
        text: "Flat White removed".into(),
        undo: true,
    });
    pages.insert("register-nothing".into(), nothing.render().unwrap());
}

fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    register_pages(&mut pages);
    let mut put = |name: &str, html: askama::Result<String>| {
        pages.insert(name.to_owned(), html.unwrap());
    };
    put("checkout", shop::checkout("120.00", "online").render());
    put("checkout-open", shop::checkout("", "offline").render());
    put("checkout-short", shop::checkout("100.00", "online").render());
    put("sale-done", after::done("sent", "online").render());
    put("sale-done-offline", after::done("offline", "offline").render());
    put("receipt", after::receipt(true).render());
    put("receipt-copy", after::receipt(false).render());
    put("sales", after::sales().render());
    put("sale-sent", after::sale("sent").render());
    put("sale-waiting", after::sale("offline").render());
    put("sale-refused", after::sale("refused").render());
    put("session", session::session(true).render());
    put("session-needed", session::session(false).render());
    for state in ["well", "fix", "broken", "looking"] {
        put(&format!("health-{state}"), health::health(state).render());
    }
    put("health-test-print", health::test_print().render());
    put("mend", health::mend("").render());
    put("mend-refused", health::mend("3 sales over 56.90 GBP").render());
    put("carry", health::carry("3 sales over 56.90 GBP").render());
    put("carry-empty", health::carry("").render());
    for state in ["new", "looking", "ready", "again"] {
        put(&format!("sign-in-{state}"), after::sign_in(state).render());
    }
    let help = |body: askama::Result<String>| HelpPage {
        frame: shop::frame("Help", Nav::Help, "needed"),
        body: body.unwrap(),
    };
    put("help", help(index_body("", Locale::English)).render());
    let question = "Refresh token has been revoked";
    put("help-found", help(index_body(question, Locale::English)).render());
    let code = Code::TOKEN_REFRESH_FAILED;
    let now = after::occurrence();
    put(
        "help-code",
        help(code_body(code, Locale::English, Some(&now))).render(),
    );
    put(
        "help-code-plain",
        help(code_body(code, Locale::German, None)).render(),
    );
    put(
        "help-code-mirrored",
        help(code_body(code, Locale::Mirrored, Some(&now))).render(),
    );
    let frame = || shop::frame("Not found", Nav::Elsewhere, "online");
    put("not-found", ProblemPage::not_found(frame()).render());
    let words = "The till could not read its own list of sales. Start it again; if that does not help, send the code to whoever looks after it.";
    put(
        "failure",
        ProblemPage::failure(frame(), words.into(), "DB01001".into()).render(),
    );
    pages
}

fn fragments() -> BTreeMap<&'static str, (String, Vec<&'static str>)> {
    let csrf = || shop::CSRF.to_owned();
    let mut all = BTreeMap::new();
    let mut put = |name, html: askama::Result<String>, targets: &[&'static str]| {
        all.insert(name, (html.unwrap(), targets.to_vec()));
    };
    let bar = shop::frame("", Nav::Sell, "offline").bar;
    put("bar", BarFragment { bar }.render(), &["bar"]);
    let goods = shop::goods(false, true);
    put(
        "goods",
        GoodsFragment { csrf: csrf(), goods }.render(),
        &["goods-list"],
    );
    let cart = CartFragment {
        csrf: csrf(),
        cart: shop::cart(),
        sheet: None,
        toast: None,
    };
    put("cart", cart.render(), &["cart", "sheet", "toast"]);
    let sheet = SheetFragment {
        csrf: csrf(),
        sheet: None,
    };
    put("sheet", sheet.render(), &["sheet"]);
    let take = TakeFragment {
        take: shop::take("120.00"),
    };
    put("take", take.render(), &["take-sums", "finish"]);
    let journey = JourneyFragment {
        journey: after::journey("sent"),
    };
    put("journey", journey.render(), &["journey"]);
    let list = after::sales();
    let sales = SalesFragment {
        days: list.days,
        waiting: list.waiting,
    };
    put("sales", sales.render(), &["sales"]);
    let session = SessionFragment {
        csrf: csrf(),
        session: session::session(true).session,
    };
    put("session", session.render(), &["session"]);
    let page = after::sign_in("looking");
    let checks = ChecksFragment {
        csrf: csrf(),
        store: page.store,
        till_name: page.till_name,
        checks: page.checks,
        busy: page.busy,
        ready: page.ready,
        person: page.person,
    };
    put("checks", checks.render(), &["checks"]);
    all
}

/// The opening tags of one kind of element.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let open = format!("<{name}");
    html.match_indices(&open.clone())
        .map(|(at, _)| (at, &html[at..at + html[at..].find('>').unwrap_or(0) + 1]))
        .filter(move |(_, tag)| tag[open.len()..].starts_with([' ', '>', '\n']))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The readable text between two places of a page.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out.trim().to_owned()
}

#[test]
fn pages_are_left_for_looking_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/preview");
    fs::create_dir_all(folder.join("assets")).unwrap();
    for path in [
        "evertill.css",
        "pages.css",
        "till.css",
        "guide.css",
        "till.js",
        "inter-till.woff2",
        "logo.svg",
    ] {
        let file = assets::find(path).unwrap();
        fs::write(folder.join("assets").join(path), file.body).unwrap();
    }
    for (name, html) in pages() {
        let html = html
            .replace("\"/assets/", "\"assets/")
            .replace("\"/picture/", "\"picture/");
        fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
    for (name, (html, _)) in fragments() {
        fs::write(folder.join(format!("{name}.fragment")), html).unwrap();
    }
}

#[test]
fn nothing_on_a_page_breaks_a_strict_policy() {
    for (name, html) in pages() {
        assert!(!html.contains(" style="), "{name}: inline style");
        assert!(!html.contains("<style"), "{name}: inline style");
        assert!(!html.contains("javascript:"), "{name}: script address");
        assert!(
            !html.contains("=\"http://") && !html.contains("=\"https://"),
            "{name}: external host"
        );
        for (_, tag) in tags(&html, "script") {
            assert!(tag.contains("src=\"/assets/till.js?v="), "{name}: {tag}");
        }
        let events = [" onclick", " onload", " onsubmit", " oninput", " onchange"];
        assert!(
            !events.iter().any(|event| html.contains(event)),
            "{name}: event attribute"
        );
    }
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, html) in pages() {
        for (at, tag) in tags(&html, "form") {
            let body = &html[at..at + html[at..].find("</form>").unwrap()];
            let posts = tag.contains("method=\"post\"");
            let carries = body.contains(&format!("name=\"csrf\" value=\"{}\"", shop::CSRF));
            assert_eq!(posts, carries, "{name}: {tag}");
        }
    }
}

#[test]
fn every_button_link_and_field_has_a_name() {
    for (name, html) in pages() {
        for kind in ["button", "a"] {
            for (at, tag) in tags(&html, kind) {
                let end = html[at..].find(&format!("</{kind}>")).unwrap();
                let said = text(&html[at..at + end]);
                assert!(tag.contains("aria-label=") || !said.is_empty(), "{name}: {tag}");
            }
        }
        for (at, tag) in tags(&html, "input") {
            let hidden = tag.contains("type=\"hidden\"");
            let before = &html[..at];
            let labelled = before.rfind("<label") > before.rfind("</label>");
            assert!(hidden || labelled, "{name}: {tag}");
        }
    }
}

#[test]
fn every_page_has_one_heading_a_language_and_one_main() {
    for (name, html) in pages() {
        assert_eq!(tags(&html, "h1").count(), 1, "{name}");
        assert_eq!(tags(&html, "main").count(), 1, "{name}");
        assert!(html.contains("<html lang=\"en-GB\">"), "{name}");
        assert_eq!(html.matches("id=\"main\"").count(), 1, "{name}");
    }
}

#[test]
fn ids_are_unique_and_every_icon_exists() {
    for (name, html) in pages() {
        let (page, template) = html.split_once("<template").unwrap_or((&html, ""));
        let ids: Vec<&str> = page
            .match_indices(" id=\"")
            .map(|(at, found)| page[at + found.len()..].split('"').next().unwrap())
            .collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for (_, tag) in tags(page, "use").chain(tags(template, "use")) {
            let icon = tag.split('#').nth(1).unwrap().split('"').next().unwrap();
            assert!(unique.contains(&icon), "{name}: no icon {icon}");
        }
    }
}

#[test]
fn pay_and_the_state_bar_stand_on_the_register_in_every_state() {
    for (name, html) in pages() {
        if name.starts_with("register") || name.starts_with("sheet") {
            assert_eq!(html.matches("class=\"btn pay\"").count(), 1, "{name}");
            assert!(html.contains("<span>Pay</span>"), "{name}");
            assert!(html.contains("id=\"search\""), "{name}");
        }
        if !name.starts_with("sign-in") {
            assert!(html.contains("<footer id=\"bar\""), "{name}");
        }
    }
}

#[test]
fn words_about_the_session_stay_plain() {
    for (name, html) in pages() {
        if name.starts_with("help") {
            // Help pages speak to owners and developers as well.
            continue;
        }
        let said = text(&html).to_lowercase();
        let words: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).collect();
        for word in ["token", "401", "unauthorised", "jwt", "expired"] {
            assert!(!words.contains(&word), "{name} says {word}");
        }
    }
}

#[test]
fn a_fragment_holds_exactly_its_targets() {
    for (name, (html, targets)) in fragments() {
        let mut depth = 0_i32;
        let mut found = Vec::new();
        for (at, _) in html.match_indices('<') {
            let tag = &html[at..at + html[at..].find('>').unwrap() + 1];
            let void = ["<input", "<img", "<br", "<hr"]
                .iter()
                .any(|open| tag.starts_with(open));
            if tag.starts_with("</") {
                depth -= 1;
                continue;
            }
            if depth == 0 {
                let id = tag.split(" id=\"").nth(1).unwrap_or_default();
                found.push(id.split('"').next().unwrap().to_owned());
            }
            if !void && !tag.ends_with("/>") {
                depth += 1;
            }
        }
        assert_eq!(found, targets, "{name}");
    }
}

#[test]
fn a_refused_sale_shows_the_words_of_the_store_and_offers_to_send_again() {
    let html = after::sale("refused").render().unwrap();
    assert!(html.contains("Product #15 is no longer available for purchase."));
    assert!(html.contains("Send again"));
    assert!(!after::sale("sent").render().unwrap().contains("Send"));
}

#[test]
fn a_receipt_says_that_it_is_a_copy_and_not_yet_registered() {
    let copy = after::receipt(false).render().unwrap();
    assert!(copy.contains("COPY") && copy.contains("Not yet registered online"));
    let first = after::receipt(true).render().unwrap();
    assert!(!first.contains("COPY") && !first.contains("Not yet registered"));
}

#[test]
fn the_health_page_begins_with_the_verdict_and_marks_the_broken_hop() {
    let well = health::health("well").render().unwrap();
    assert!(well.contains("This till is ready to sell.") && !well.contains("class=\"bad\""));
    let broken = health::health("broken").render().unwrap();
    assert!(broken.contains("<li class=\"bad\"><span class=\"node\">"));
    assert!(broken.contains("API01008") && broken.contains("whoever runs the store"));
    let fix = health::health("fix").render().unwrap();
    assert!(fix.contains("Ready to sell. 1 thing to fix today.") && fix.contains("class=\"paste grow\""));
}

#[test]
fn signing_out_is_not_offered_while_sales_wait() {
    let waiting = session::session(false).render().unwrap();
    assert!(!waiting.contains("/session/sign-out"));
    assert!(waiting.contains("4 sales (£118.40) are not in the shop yet."));
    assert!(
        session::session(true)
            .render()
            .unwrap()
            .contains("/session/sign-out")
    );
}
