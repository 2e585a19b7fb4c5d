//! Pages for people, and what belongs to them.

use serde_json::{Value, json};

use crate::http::api::{
    operation::{FORM, HTML, Operation, Tag},
    schema::text,
    shapes::Shape,
};

pub(super) fn home() -> Operation {
    Operation::new(
        Tag::Pages,
        "The store's front door",
        "Tells which address a till needs.",
    )
    .answers_in(HTML, 200, "The page.", text())
}

/// What a person types, with the hidden fields of the page.
pub(super) fn form_example() -> Value {
    json!({
        "_wpnonce": "5b1c0f9a2e", "auth_session": "b2YgdGhlIHBhZ2U", "wcpos-log": "cashier",
        "wcpos-pwd": "a long password", "wcpos_website": "",
    })
}

/// What both visits to the page have in common.
fn visit(told: Operation) -> Operation {
    told.query(
        "redirect_uri",
        text(),
        "Where the tokens go; one of the addresses of tills.",
    )
    .query("state", text(), "Handed back; it must be there.")
    .query("platform", text(), "What the client runs on.")
    .query("build", text(), "Which build it is.")
    .answers_in(
        HTML,
        200,
        "The page; it says so where something is wrong.",
        text(),
    )
}

pub(super) fn sign_in_page() -> Operation {
    visit(Operation::new(
        Tag::Pages,
        "The sign-in page of a stock client",
        "It leads back with the tokens in the address, as a stock store does. Other clients use `/oauth/authorize`.",
    ))
}

pub(super) fn sign_in() -> Operation {
    visit(Operation::new(
        Tag::Pages,
        "Sign in at a stock client",
        "The form of the page. Wrong passwords let name and address rest after a few.",
    ))
    .body(&[FORM], Shape::SignInForm, form_example())
    .answers_nothing(302, "Back to the till, with tokens.")
    .sends(302, "Location", text(), "Where to.")
    .answers_in(HTML, 503, "Many people are signing in right now.", text())
}

/// What the help pages have in common.
fn help(told: Operation) -> Operation {
    told.query(
        "lang",
        text(),
        "The language; what the browser prefers when nobody says.",
    )
    .query("q", text(), "What to look for.")
    .answers_in(HTML, 200, "The page.", text())
    .answers_nothing(303, "To the page of the code that was meant.")
    .sends(303, "Location", text(), "Where to.")
}

pub(super) fn help_index() -> Operation {
    help(Operation::new(
        Tag::Pages,
        "What the error codes mean",
        "All codes, with a search.",
    ))
}

pub(super) fn help_page() -> Operation {
    help(
        Operation::new(
            Tag::Pages,
            "What an error code means",
            "What happened, what is safe, and what to do next.",
        )
        .path("code", text(), "The code, or words of the error."),
    )
}

pub(super) fn picture() -> Operation {
    Operation::new(Tag::Pages, "A picture of a product", "Drawn, not photographed.")
        .path("file", text().letters_min(1), "Its name, which ends in `.svg`.")
        .answers_in("image/svg+xml", 200, "The picture.", text())
        .answers_in(HTML, 404, "There is no such picture.", text())
}

pub(super) fn styles(summary: &'static str) -> Operation {
    Operation::new(Tag::Pages, summary, "May be kept for an hour.").answers_in(
        "text/css",
        200,
        "The file.",
        text(),
    )
}

pub(super) fn font() -> Operation {
    Operation::new(
        Tag::Pages,
        "The typeface of all pages",
        "Inter, cut down to the letters the pages need.",
    )
    .answers_in(
        "font/woff2",
        200,
        "The file.",
        crate::http::api::schema::anything(),
    )
}
