//! Every recorded answer of discovery and of the token's probe, read case by case.

use evertill_session::{Arrival, arrival};
use evertill_wire::Code;

use super::{link, root};
use crate::address::StoreAddress;
use crate::recorded;

/// What an answer to the question for the site means.
fn site(name: &str) -> Result<&'static str, Code> {
    let address = StoreAddress::parse("http://127.0.0.1:8085").unwrap();
    match root::read_site(&address, &recorded::named(name)) {
        Ok(site) if site.namespaces.iter().any(|found| found == "wcpos/v2") => Ok("store"),
        Ok(_) => Ok("site without the plugin"),
        Err(error) => Err(error.code()),
    }
}

#[test]
fn every_recorded_answer_of_discovery_is_read_rightly() {
    let down = Err(Code::WEBSITE_UNAVAILABLE);
    let not_here = Err(Code::WORDPRESS_API_DISABLED);
    let mut left: Vec<String> = recorded::beginning_with("discovery-")
        .iter()
        .map(|one| one.name.clone())
        .collect();
    for (name, expected) in [
        ("database-down-ping", down),
        ("database-down-site", down),
        ("database-down-site-accept-any", down),
        ("get-wp-json-marker-header", Ok("store")),
        ("get-wp-json-marker-query", Ok("store")),
        ("get-wp-json-plain", Ok("store")),
        ("head-home", not_here),
        ("php-fatal-ping", not_here),
        ("plain-permalinks-head-home", not_here),
        ("plain-permalinks-site", Ok("store")),
        ("plain-permalinks-wp-json", not_here),
        ("plugin-deactivated-root", Ok("site without the plugin")),
        ("plugin-deactivated-site", not_here),
        ("rest-requires-login", not_here),
        ("rest-route-root-marker", Ok("store")),
        ("wcpos-v2-echo", not_here),
        ("wcpos-v2-index", not_here),
        ("wcpos-v2-ping", not_here),
        ("wcpos-v2-site", Ok("store")),
        ("wcpos-v3-site", not_here),
    ] {
        let name = format!("discovery-{name}");
        assert_eq!(site(&name), expected, "{name}");
        left.retain(|known| *known != name);
    }
    assert!(left.is_empty(), "without an expectation: {left:?}");
}

#[test]
fn a_locked_interface_is_told_apart_from_none() {
    let address = StoreAddress::parse("http://127.0.0.1:8085").unwrap();
    let words = |name| {
        root::read_site(&address, &recorded::named(name))
            .unwrap_err()
            .to_string()
    };
    assert!(words("discovery-rest-requires-login").contains("locked for guests (rest_not_logged_in)"));
    assert!(words("discovery-plain-permalinks-wp-json").contains("No WordPress interface"));
}

#[test]
fn the_home_page_names_the_root_of_both_kinds_of_site() {
    let root = |name| link::rest_root(&recorded::named(name)).map(String::from);
    assert_eq!(
        root("discovery-head-home").as_deref(),
        Some("http://127.0.0.1:8085/wp-json/")
    );
    assert_eq!(
        root("discovery-plain-permalinks-head-home").as_deref(),
        Some("http://127.0.0.1:8085/index.php?rest_route=/")
    );
    assert_eq!(root("discovery-wcpos-v2-ping"), None);
}

#[test]
fn every_recorded_probe_tells_what_arrived() {
    let mut left: Vec<String> = recorded::beginning_with("auth-test-")
        .iter()
        .map(|one| one.name.clone())
        .collect();
    for (case, header, parameter) in [
        ("v1-both", true, true),
        ("v1-header", true, false),
        ("v1-neither", false, false),
        ("v1-param-bare", false, true),
        ("v1-param-bearer", false, true),
        ("v2-both", true, true),
        ("v2-header", true, false),
        ("v2-header-stripped", false, false),
        ("v2-header-stripped-param", false, true),
        ("v2-neither", false, false),
        ("v2-no-marker", true, false),
        ("v2-param-bare", false, true),
        ("v2-param-bearer", false, true),
        ("v2-rest-route", true, false),
    ] {
        let name = format!("auth-test-{case}");
        let arrived = recorded::named(&name).with_raw(arrival::read);
        assert_eq!(arrived, Some(Arrival { header, parameter }), "{name}");
        left.retain(|known| *known != name);
    }
    assert!(left.is_empty(), "without an expectation: {left:?}");
}

#[test]
fn an_echo_is_read_and_other_answers_are_not_taken_for_one() {
    let echo = recorded::named("discovery-wcpos-v2-echo").with_raw(arrival::read);
    assert_eq!(
        echo,
        Some(Arrival {
            header: false,
            parameter: false
        })
    );
    for name in [
        "discovery-wcpos-v2-ping",
        "discovery-plain-permalinks-wp-json",
        "discovery-database-down-site",
    ] {
        assert_eq!(recorded::named(name).with_raw(arrival::read), None, "{name}");
    }
}
