//! The health page, of a till that is well and of one that is not.

use evertill_doctor::{Finding, Fixer, Layer, Remedy, Verdict, diagnose};
use evertill_till::pages::*;
use evertill_wire::Code;

use super::shop::frame;

fn good() -> Vec<Finding> {
    vec![
        Finding::ok(
            "device.clock",
            Layer::Device,
            "This device's clock is 2 s behind the store's. Up to 60 s is fine.",
        ),
        Finding::ok("device.disk", Layer::Device, "51200 MiB are free.").seen("free", "51200 MiB"),
        Finding::ok(
            "network.dns",
            Layer::Network,
            "The store's name leads to an address.",
        )
        .seen("resolver", "192.0.2.7"),
        Finding::ok(
            "network.tcp",
            Layer::Network,
            "The store's server takes connections.",
        )
        .seen("took", "38 ms"),
        Finding::ok(
            "site.security",
            Layer::Proxy,
            "Cloudflare stands in front of the site and lets the till through.",
        )
        .seen("recognised as", "Cloudflare"),
        Finding::ok("site.wordpress", Layer::WordPress, "WordPress 7.1.").seen("version", "7.1"),
        Finding::ok(
            "plugin.woocommerce",
            Layer::WooCommerce,
            "WooCommerce 10.0.2 is active.",
        )
        .seen("version", "10.0.2"),
        Finding::ok("plugin.wcpos", Layer::Wcpos, "The WCPOS plugin 1.10.0 is active.")
            .seen("version", "1.10.0"),
        Finding::ok("session.signed-in", Layer::Session, "Ada Osei is signed in."),
        Finding::ok("till.unsent", Layer::Till, "No sale waits."),
    ]
}

/// The page of a till that is `well`, has something to `fix` today, or is `broken`.
pub(crate) fn health(state: &str) -> HealthPage {
    let mut findings = good();
    match state {
        "fix" => findings[4] = stripped(),
        "broken" => {
            findings[5] = Finding::fault(
                "site.rest",
                Layer::WordPress,
                Verdict::Broken,
                Code::WEBSITE_UNAVAILABLE,
                "PHP fails at the store, in plugins/flash-sale-popup.",
                Remedy::new(
                    Fixer::Website,
                    "Deactivate or update plugins/flash-sale-popup; the log is wp-content/debug.log when WP_DEBUG_LOG is on, else the host's error log.",
                ),
            )
            .seen("answer", "500 application/json, internal_server_error");
            for (place, layer) in [(6, Layer::WooCommerce), (7, Layer::Wcpos)] {
                let id = findings[place].id.clone();
                findings[place] = Finding::not_checked(&id, layer, "It needs WordPress' interface.");
            }
        }
        _ => {}
    }
    HealthPage {
        frame: frame("Health", Nav::Health, "online"),
        csrf: super::shop::CSRF.into(),
        health: (state != "looking").then(|| HealthView::of(&diagnose(&findings))),
        ticks: ticks(&findings),
        day: day(),
        waiting: (state == "broken").then(waiting),
        done: vec![Done {
            at: "10:41".into(),
            words: "Ended the pause; the shop is asked now. Asked for by Ada Osei.".into(),
        }],
    }
}

/// A third of the checks have ended.
fn ticks(findings: &[Finding]) -> Vec<HealthTick> {
    const WAITED_FOR: [&str; 12] = [
        "network.tls",
        "network.portal",
        "network.latency",
        "site.http",
        "site.redirect",
        "site.rest",
        "site.php-notices",
        "plugin.sign-in-page",
        "session.header",
        "session.token",
        "session.renewal",
        "till.catalogue",
    ];
    let ended = findings.iter().map(HealthTick::of);
    ended
        .chain(WAITED_FOR.into_iter().map(HealthTick::waiting))
        .collect()
}

fn day() -> HealthDay {
    let hours = (0..24).map(|hour| {
        let class = match hour {
            0..=9 => "none",
            15 | 16 => "warn",
            _ => "ok",
        };
        HealthHour {
            class,
            said: format!("{:02}:42, {class}", (hour + 10) % 24),
            label: match hour % 6 {
                0 => format!("{:02}:42", (hour + 10) % 24),
                _ => String::new(),
            },
        }
    });
    HealthDay {
        hours: hours.collect(),
        facts: vec![
            ("Session", "renews in 12 min \u{b7} fine since 03:12".into()),
            (
                "Answers to renewals",
                "middle 118 ms, 19 of 20 within 240 ms, 41 answers".into(),
            ),
            (
                "Failures",
                "3, the last at 02:50: The store did not answer in time".into(),
            ),
            ("Last refused", "never, as far as this till remembers".into()),
        ],
    }
}

fn waiting() -> HealthWaiting {
    let sale = |number: &str, at: &str, total: &str, refused: &str| HealthSale {
        uuid: "3e6c".into(),
        number: number.into(),
        at: at.into(),
        total: total.into(),
        refused: refused.into(),
        is_parked: !refused.is_empty(),
    };
    HealthWaiting {
        words: "3 sales wait \u{b7} £118.40 \u{b7} the oldest since 10:02. All are safe on this till.".into(),
        rows: vec![
            sale("2046", "10:02", "£52.75", ""),
            sale(
                "2047",
                "10:11",
                "£18.00",
                "Sorry, this product cannot be sold any more (invalid_product)",
            ),
            sale("2048", "10:30", "£47.65", ""),
        ],
        can_send: true,
    }
}

pub(crate) fn test_print() -> TestPrintPage {
    TestPrintPage {
        frame: frame("Test receipt", Nav::Health, "online"),
        shop: "Corner & Co.".into(),
        till: "Till 2".into(),
        when: "Sat 28 Nov 2026 10:42".into(),
    }
}

pub(crate) fn mend(refused: &str) -> MendPage {
    MendPage {
        frame: frame("Clear the session", Nav::Health, "online"),
        csrf: super::shop::CSRF.into(),
        action: "/mend/clear-session".into(),
        title: "Clear the session",
        happens: &[
            "The session ends here and at the shop. When the shop does not answer it is told later.",
            "Somebody has to sign in before anything is sent.",
        ],
        stays: &[
            "Every sale, sent or not, and every open or parked sale",
            "The catalogue",
        ],
        button: "Clear the session",
        refused: refused.into(),
    }
}

pub(crate) fn carry(waiting: &str) -> CarryPage {
    CarryPage {
        frame: frame("Move sales", Nav::Sales, "offline"),
        csrf: super::shop::CSRF.into(),
        waiting: waiting.into(),
        letters_min: 8,
        done: "Took in 2 sales over 31.00 GBP from Till 3; 0 were here already. They are sent by themselves."
            .into(),
        ..CarryPage::default()
    }
}

fn stripped() -> Finding {
    let remedy = Remedy::new(
        Fixer::Website,
        "Let the Authorization header through to PHP: paste the lines below into the web server's settings.",
    );
    Finding::fault(
        "session.header",
        Layer::Proxy,
        Verdict::Warn,
        Code::INVALID_SITE_CONFIGURATION,
        "Something in front of WordPress removes the sign-in header; the address carries the sign-in instead.",
        remedy.with_lines("# nginx, beside the other fastcgi_param lines\nfastcgi_param HTTP_AUTHORIZATION $http_authorization;"),
    )
    .seen("spare route", "in use")
}
