//! What comes after the payment, and the session, as view models.

use evertill_till::pages::format::soft_hyphens;
use evertill_till::pages::*;
use evertill_wire::Code;

use super::shop::{CSRF, frame, recap};

const UUID: &str = "5f7d0b6c-7a31-4c7e-9b55-0d5a8f4f2047";

fn step(tone: Tone, text: &str, strong: &str, more: &str, at: &str) -> Step {
    Step {
        tone,
        text: text.into(),
        strong: strong.into(),
        more: more.into(),
        at: at.into(),
    }
}

fn sum(label: &str, amount: &str) -> SumRow {
    SumRow {
        label: label.into(),
        amount: amount.into(),
        ..SumRow::default()
    }
}

pub(crate) fn fact(label: &str, value: &str) -> Fact {
    Fact {
        label: label.into(),
        value: value.into(),
    }
}

/// The journey of a sale: `sent`, `sending`, `offline` or `refused`.
pub(crate) fn journey(state: &str) -> Journey {
    let saved = step(Tone::Ok, "Saved on this till", "", "", "10:43:07");
    let steps = match state {
        "sent" => vec![
            saved,
            step(Tone::Ok, "Sent to the shop", "", "", "10:43:08"),
            step(Tone::Ok, "Booked as", "order 10482", "Totals match", "10:43:09"),
        ],
        "sending" => vec![saved, step(Tone::Info, "Sending to the shop…", "", "", "")],
        "refused" => vec![
            saved,
            step(Tone::Ok, "Sent to the shop", "", "", "10:43:08"),
            step(
                Tone::Bad,
                "Refused by the shop",
                "",
                "It waits here until somebody decides.",
                "10:43:09",
            ),
        ],
        _ => vec![
            saved,
            step(
                Tone::Off,
                "Waiting for the shop",
                "",
                "It will be sent when the shop answers.",
                "",
            ),
        ],
    };
    Journey {
        href: format!("/sale/{UUID}"),
        steps,
        open: state != "sent",
    }
}

/// Right after the payment.
pub(crate) fn done(state: &str, bar: &str) -> SaleDonePage {
    SaleDonePage {
        frame: frame("Sale done", Nav::Sell, bar),
        csrf: CSRF.into(),
        uuid: UUID.into(),
        number: "2047".into(),
        change: Some("£3.70".into()),
        coins: "£2 + £1 + 50p + 20p".into(),
        total: "£116.30".into(),
        paid: "received £120.00 in cash".into(),
        lines: recap(),
        journey: journey(state),
        new_sale_after_s: 12,
    }
}

fn receipt_lines() -> Vec<ReceiptLine> {
    let line = |(name, detail, amount, rate): &(&str, &str, &str, &str)| ReceiptLine {
        name: soft_hyphens(name),
        detail: (*detail).into(),
        amount: (*amount).into(),
        rate: (*rate).into(),
        note: if *name == "Flat White" { "Oat milk" } else { "" }.into(),
    };
    [
        ("House Espresso Beans 250 g", "2 × 9.50", "19.00", "B"),
        ("Stoneware Mug, Moss", "", "14.00", "A"),
        ("Butter Croissant", "3 × 2.80", "8.40", "B"),
        ("Ethiopia Guji, loose beans", "0.375 kg × 32.00", "12.00", "B"),
        ("Flat White", "", "3.60", "A"),
        ("Weihnachtsplätzchen-Ausstechformen", "", "16.50", "A"),
        ("Canvas Tote, Natural", "10.80 instead of 12.00", "10.80", "A"),
        ("Soy Candle, Fig & Cedar", "", "16.00", "A"),
        ("Dotted Notebook A5", "2 × 8.00", "16.00", "A"),
    ]
    .iter()
    .map(line)
    .collect()
}

/// The receipt: the first print of a sale that is booked, or a copy of one that is not.
pub(crate) fn receipt(sent: bool) -> ReceiptPage {
    let tax = |label: &str, amount: &str| ReceiptTax {
        label: label.into(),
        amount: amount.into(),
    };
    ReceiptPage {
        frame: frame(
            "Receipt, sale 2047",
            Nav::Sales,
            if sent { "online" } else { "offline" },
        ),
        csrf: CSRF.into(),
        uuid: UUID.into(),
        number: "2047".into(),
        shop: "Corner & Co.".into(),
        shop_lines: vec![
            "14 Cooper’s Row, Bristol BS1 5LN".into(),
            "VAT GB 346 7719 02".into(),
        ],
        copy: !sent,
        till: "Till 2".into(),
        served_by: "Ada".into(),
        day: "23 Nov 2026".into(),
        time: "10:43".into(),
        order: sent.then(|| "10482".into()),
        lines: receipt_lines(),
        sums: Vec::new(),
        total: "£116.30".into(),
        payments: vec![sum("Cash", "120.00")],
        change: Some("3.70".into()),
        taxes: vec![
            tax("A · VAT 20 % in 76.90", "12.82"),
            tax("B · VAT 0 % in 39.40", "0.00"),
        ],
        net: "103.48".into(),
        note: String::new(),
        foot: vec![
            "Back within 30 days with this receipt.".into(),
            "Thank you, see you on the corner.".into(),
        ],
        facts: vec![
            fact("Paid", "£116.30 in cash"),
            fact("Order in the shop", if sent { "10482" } else { "not yet" }),
            fact("Till and person", "Till 2, Ada"),
        ],
    }
}

fn sale_row(number: &str, at: &str, items: &str, total: &str, tone: Tone, state: &str) -> SaleRow {
    SaleRow {
        uuid: UUID.into(),
        number: number.into(),
        at: at.into(),
        items: items.into(),
        by: "Ada · cash".into(),
        total: total.into(),
        tone,
        state: state.into(),
    }
}

/// The list of sales.
pub(crate) fn sales() -> SalesPage {
    let today = vec![
        sale_row(
            "2047",
            "10:43",
            "House Espresso Beans, Stoneware Mug and 7 more",
            "£116.30",
            Tone::Info,
            "Sending",
        ),
        sale_row(
            "2046",
            "10:40",
            "Linen Tea Towel, Rust",
            "£25.70",
            Tone::Off,
            "Waiting",
        ),
        sale_row(
            "2044",
            "10:34",
            "Flat White, Butter Croissant and 2 more",
            "£18.40",
            Tone::Off,
            "Waiting",
        ),
        sale_row(
            "2043",
            "10:29",
            "Studio Headphones",
            "£89.00",
            Tone::Bad,
            "Refused by shop",
        ),
        sale_row(
            "2042",
            "10:21",
            "Corner Hoodie, Forest, Large",
            "£42.00",
            Tone::Ok,
            "Order 10479",
        ),
        sale_row(
            "2040",
            "10:08",
            "Chai Latte, Oat & Choc Cookie",
            "£6.20",
            Tone::Ok,
            "Order 10478",
        ),
    ];
    let sunday = vec![
        sale_row(
            "2039",
            "16:22",
            "Soy Candle, Fig & Cedar",
            "£16.00",
            Tone::Ok,
            "Order 10471",
        ),
        sale_row("2038", "16:05", "Flat White", "£3.60", Tone::Ok, "Order 10470"),
    ];
    SalesPage {
        frame: frame("Sales", Nav::Sales, "sending"),
        days: vec![
            SalesDay {
                name: "Today".into(),
                count: "6 sales".into(),
                sum: "£297.60".into(),
                rows: today,
            },
            SalesDay {
                name: "Sunday 22 Nov".into(),
                count: "2 sales".into(),
                sum: "£19.60".into(),
                rows: sunday,
            },
        ],
        waiting: Some(
            "3 sales (£160.40) are on their way. They go by themselves, in order, once each.".into(),
        ),
    }
}

/// One sale: `sent`, `offline` or `refused`.
pub(crate) fn sale(state: &str) -> SalePage {
    let (tone, words, bar) = match state {
        "sent" => (Tone::Ok, "Order 10482", "online"),
        "refused" => (Tone::Bad, "Refused by shop", "refused"),
        _ => (Tone::Off, "Waiting", "offline"),
    };
    SalePage {
        frame: frame("Sale 2047", Nav::Sales, bar),
        csrf: CSRF.into(),
        uuid: UUID.into(),
        number: "2047".into(),
        when: "Mon 23 Nov, 10:43 · Ada · Till 2".into(),
        tone,
        state: words.into(),
        lines: receipt_lines(),
        sums: vec![sum("VAT included", "12.82")],
        total: "£116.30".into(),
        payments: vec![sum("Cash received", "120.00"), sum("Change", "3.70")],
        note: "Wrap the mug, it is a present".into(),
        journey: journey(state),
        refused: (state == "refused").then(|| Refusal {
            title: "The shop did not book this sale".into(),
            remedy: "The money and the sale are safe on this till. Bring the product back in the shop, or ask the owner, then send again.".into(),
            store_words: "Product #15 is no longer available for purchase.".into(),
            code: "ORD03004".into(),
        }),
        can_send_again: state != "sent",
    }
}

fn check(tone: Tone, text: &str, measure: &str) -> CheckRow {
    CheckRow {
        tone,
        text: text.into(),
        measure: measure.into(),
        fix: None,
    }
}

/// The sign-in page: `new`, `looking`, `ready` or `again`.
pub(crate) fn sign_in(state: &str) -> SignInPage {
    let mut checks = vec![
        check(Tone::Ok, "WordPress found", "7.0 · 310 ms"),
        check(Tone::Ok, "WooCommerce found", "10.4"),
        check(Tone::Ok, "Till plugin found", "WCPOS 1.10.0"),
        CheckRow {
            fix: Some(Fix {
                words: "The till uses its spare route. To repair, add one line to the shop’s .htaccess file:"
                    .into(),
                copy: "CGIPassAuth On".into(),
            }),
            ..check(
                Tone::Warn,
                "Sign-in header is removed on the way",
                "Works, but slower",
            )
        },
        check(Tone::Ok, "Clock agrees with the shop", "2 s apart"),
    ];
    match state {
        "new" => checks.clear(),
        "looking" => {
            checks.truncate(2);
            checks.push(check(Tone::Info, "Looking for the till plugin…", "1 s"));
        }
        _ => {}
    }
    let again = state == "again";
    SignInPage {
        lang: "en-GB".into(),
        csrf: CSRF.into(),
        again,
        person: if again { "Ada" } else { "" }.into(),
        safe: if again {
            "4 sales (£118.40) wait on this till and stay safe."
        } else {
            ""
        }
        .into(),
        till_name: "Till 2".into(),
        version: "0.1.0".into(),
        store: if state == "new" { "" } else { "cornerandco.example" }.into(),
        store_fixed: again,
        problem: again
            .then(|| "The shop’s page was closed before the sign-in was finished. Nothing is lost.".into()),
        code: if again { "API02011" } else { "" }.into(),
        checks: if again { Vec::new() } else { checks },
        busy: state == "looking",
        ready: matches!(state, "ready" | "again"),
    }
}

pub(crate) fn occurrence() -> evertill_guide::Occurrence {
    use evertill_guide::{Fact, Occurrence, Press, Tone, Tried};
    let fact = |name: &str, value: &str| Fact {
        name: name.into(),
        value: value.into(),
        code: None,
    };
    let explained = |name: &str, value: &str, code: Code| Fact {
        code: Some(code),
        ..fact(name, value)
    };
    let tried = |at: &str, tone: Tone, what: &str, more: &str| Tried {
        at: at.into(),
        tone,
        what: what.into(),
        more: more.into(),
    };
    Occurrence {
        who: "Market stall · Finn".into(),
        facts: vec![
            explained(
                "Refresh token expired",
                "no, ends in 12 days",
                Code::REFRESH_TOKEN_EXPIRED,
            ),
            explained("Revoked", "no sign of it", Code::REFRESH_TOKEN_INVALID),
            explained("Access token expired", "no, ends in 4 min", Code::TOKEN_EXPIRED),
            fact("Server", "answered in 120 ms"),
            fact("Network", "fine"),
            explained(
                "Last renewal",
                "A page of Wordfence (status 403)",
                Code::INVALID_RESPONSE_FORMAT,
            ),
            fact("Tried", "9 times"),
            fact("Next try", "in 45 s"),
            fact("Waiting", "2 sales · £23.60"),
        ],
        tried: vec![
            tried(
                "09:26",
                Tone::Off,
                "Something else answered instead of the store",
                "403, a page of Wordfence",
            ),
            tried(
                "09:41",
                Tone::Warn,
                "The same trouble again and again",
                "Let the store's web address through the firewall.",
            ),
        ],
        press: Some(Press {
            href: "/session/renew".into(),
            label: "Try now".into(),
            csrf: Some(super::shop::CSRF.into()),
        }),
    }
}
