//! Finding out what stands behind an address, in steps a person can watch.
//!
//! Nothing secret is sent: the probe for the token's way uses a made-up one. Redirects are followed by hand and only
//! where the store stays the same store: from `http` to `https`, and between a name and the same name with `www`.

use std::time::Instant;

use evertill_wire::Code;
use evertill_wire::rest::site::Site;
use serde::{Deserialize, Serialize};

use crate::address::StoreAddress;
use crate::clock::wall_ms;
use crate::error::ClientError;
use crate::http::{Answer, Http};
use crate::profile::{RouteStyle, StoreProfile};

mod door;
#[cfg(test)]
mod journeys;
pub(crate) mod link;
#[cfg(test)]
mod recorded;
pub(crate) mod root;
pub(crate) mod way;

/// Skew against the store's clock beyond which it is worth a word, in seconds.
const CLOCK_SKEW_NOTED_S: i64 = 60;

/// What a step is about; a stable name for tests and for pictures beside the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The text is a web address.
    Address,
    /// Something answers there, over a connection that can be trusted.
    Reachable,
    /// WordPress' interface, or an Evertill store.
    Interface,
    /// WooCommerce.
    WooCommerce,
    /// The till plugin.
    Plugin,
    /// The page to sign in.
    SignInPage,
    /// The way a token can take.
    TokenWay,
    /// The clocks of both sides.
    Clock,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// It works, but.
    Warn,
    /// It does not work, and the steps after it were not taken.
    Bad,
}

/// One row of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What it is about.
    pub name: CheckName,
    /// How it ended.
    pub state: CheckState,
    /// One sentence for a person.
    pub sentence: String,
    /// The code, when it is not simply good.
    pub code: Option<Code>,
    /// How long it took.
    pub milliseconds: u64,
}

/// What came out of looking at an address.
#[derive(Debug)]
pub struct Discovery {
    /// The rows, in the order they finished.
    pub checks: Vec<Check>,
    /// The store, or why it cannot be used.
    pub result: Result<StoreProfile, ClientError>,
}

/// Finds out what stands behind an address.
pub async fn discover(address: &str) -> Discovery {
    discover_and_tell(address, |_| {}).await
}

/// Finds out what stands behind an address that was read already; a scheme that nobody typed stays open.
pub async fn discover_store(store: &StoreAddress) -> Discovery {
    discover_store_and_tell(store, |_| {}).await
}

/// Like [`discover_store`], and tells of each row as soon as it is finished.
pub async fn discover_store_and_tell(store: &StoreAddress, tell: impl FnMut(&Check) + Send) -> Discovery {
    let text = store.to_string();
    let typed = text
        .strip_prefix("https://")
        .filter(|_| !store.is_scheme_given())
        .unwrap_or(&text);
    discover_and_tell(typed, tell).await
}

/// Like [`discover`], and tells of each row as soon as it is finished.
pub async fn discover_and_tell(address: &str, tell: impl FnMut(&Check) + Send) -> Discovery {
    let mut list = Checklist {
        checks: Vec::new(),
        tell,
        started: Instant::now(),
    };
    let result = look(address, &mut list).await;
    if let Err(error) = &result {
        list.close_with(error);
    }
    Discovery {
        checks: list.checks,
        result,
    }
}

/// Rows as they come, each with its own share of the time.
struct Checklist<T> {
    checks: Vec<Check>,
    tell: T,
    started: Instant,
}

impl<T: FnMut(&Check) + Send> Checklist<T> {
    fn ok(&mut self, name: CheckName, sentence: impl Into<String>) {
        self.row(name, CheckState::Ok, None, sentence.into());
    }

    fn warn(&mut self, name: CheckName, code: Code, sentence: impl Into<String>) {
        self.row(name, CheckState::Warn, Some(code), sentence.into());
    }

    fn row(&mut self, name: CheckName, state: CheckState, code: Option<Code>, sentence: String) {
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.started = Instant::now();
        let check = Check {
            name,
            state,
            sentence,
            code,
            milliseconds,
        };
        (self.tell)(&check);
        self.checks.push(check);
    }

    /// The last row says what ended the search.
    fn close_with(&mut self, error: &ClientError) {
        let name = next_step(self.checks.iter().map(|check| check.name));
        let sentence = if let ClientError::NotAStore { evidence, .. } = error {
            evidence.clone()
        } else if let ClientError::Unreachable { source, .. } = error {
            format!("{}: {source}.", error.code().title())
        } else {
            format!("{}.", capitalised(&error.to_string()))
        };
        self.row(name, CheckState::Bad, Some(error.code()), sentence);
    }
}

/// The step that comes after those that are done.
fn next_step(done: impl Iterator<Item = CheckName>) -> CheckName {
    match done.last() {
        None => CheckName::Address,
        Some(CheckName::Address) => CheckName::Reachable,
        Some(CheckName::Reachable) => CheckName::Interface,
        Some(CheckName::Interface) => CheckName::WooCommerce,
        Some(CheckName::WooCommerce) => CheckName::Plugin,
        Some(CheckName::Plugin) => CheckName::SignInPage,
        Some(CheckName::SignInPage) => CheckName::TokenWay,
        Some(CheckName::TokenWay | CheckName::Clock) => CheckName::Clock,
    }
}

async fn look<T: FnMut(&Check) + Send>(
    text: &str,
    list: &mut Checklist<T>,
) -> Result<StoreProfile, ClientError> {
    let given = StoreAddress::parse(text)?;
    list.ok(CheckName::Address, format!("{given} is a web address."));
    let http = Http::new(given.url())?;

    let door = door::find(&http, &given).await?;
    match &door.note {
        None => list.ok(CheckName::Reachable, format!("{} answers.", door.address)),
        Some(note) => list.warn(CheckName::Reachable, note.code, note.sentence.clone()),
    }

    let found = root::find(&http, &door).await?;
    list.ok(CheckName::Interface, interface_sentence(&found.site, found.style));
    check_namespaces(&door.address, &found.site, list)?;

    let page = root::sign_in_page(&door.address, &found.site)?;
    match page.note {
        None => list.ok(CheckName::SignInPage, "The sign-in page is named."),
        Some(sentence) => list.warn(CheckName::SignInPage, Code::INVALID_SITE_CONFIGURATION, sentence),
    }

    let way = way::find(&http, &found).await?;
    match way.note {
        None => list.ok(CheckName::TokenWay, "The header with the token arrives intact."),
        Some(sentence) => list.warn(CheckName::TokenWay, Code::INVALID_SITE_CONFIGURATION, sentence),
    }

    let clock_ahead_s = check_clock(&found.answer, list);
    let site = found.site;
    Ok(StoreProfile {
        address: door.address,
        rest_root: found.root,
        route_style: found.style,
        token_place: way.place,
        sign_in_page: page.url,
        uuid: site.uuid,
        name: site.name,
        home: site.home,
        timezone: site.timezone_string,
        gmt_offset: site.gmt_offset,
        wp_version: site.wp_version,
        wc_version: site.wc_version,
        wcpos_version: site.wcpos_version,
        icon: site.site_icon_url,
        evertill: site.evertill,
        clock_ahead_s,
        found_at_ms: wall_ms(),
    })
}

fn interface_sentence(site: &Site, style: RouteStyle) -> String {
    let what = match &site.evertill {
        Some(store) => format!("Evertill store {}", store.version),
        None => format!("WordPress {}", site.wp_version).trim_end().to_owned(),
    };
    match style {
        RouteStyle::Path => format!("Found {what}."),
        RouteStyle::Query => format!("Found {what} with plain permalinks."),
    }
}

fn check_namespaces<T: FnMut(&Check) + Send>(
    address: &StoreAddress,
    site: &Site,
    list: &mut Checklist<T>,
) -> Result<(), ClientError> {
    let has = |name: &str| site.namespaces.iter().any(|namespace| namespace == name);
    let missing = |code: Code, evidence: &str| {
        Err(ClientError::NotAStore {
            address: address.to_string(),
            code,
            evidence: evidence.to_owned(),
        })
    };
    if !has("wc/v3") {
        return missing(
            Code::WOOCOMMERCE_API_DISABLED,
            "WordPress answers, WooCommerce does not.",
        );
    }
    list.ok(
        CheckName::WooCommerce,
        format!("WooCommerce {}", site.wc_version).trim_end().to_owned() + " answers.",
    );
    match (has("wcpos/v2"), has("wcpos/v1")) {
        (true, _) => {
            list.ok(
                CheckName::Plugin,
                format!("Till plugin {}", site.wcpos_version)
                    .trim_end()
                    .to_owned()
                    + " answers.",
            );
            Ok(())
        }
        (false, true) => missing(
            Code::WCPOS_PLUGIN_OUTDATED,
            "The till plugin is there, but older than 1.10 and without the interface this till speaks.",
        ),
        (false, false) => missing(Code::WCPOS_PLUGIN_NOT_FOUND, "The till plugin does not answer."),
    }
}

/// Compares the clocks; tells how many seconds the store's is ahead.
fn check_clock<T: FnMut(&Check) + Send>(answer: &Answer, list: &mut Checklist<T>) -> Option<i64> {
    let ahead_s = (answer.date_ms()? - wall_ms()) / 1000;
    if ahead_s.abs() <= CLOCK_SKEW_NOTED_S {
        list.ok(CheckName::Clock, "The clocks of the till and the store agree.");
    } else {
        let way = if ahead_s > 0 { "ahead of" } else { "behind" };
        list.warn(
            CheckName::Clock,
            Code::INVALID_SITE_CONFIGURATION,
            format!(
                "The store's clock is {} s {way} this device's; it works, but times will look odd.",
                ahead_s.abs()
            ),
        );
    }
    Some(ahead_s)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + characters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_address_ends_in_one_bad_row() {
        let discovery = discover("hello").await;
        assert_eq!(discovery.checks.len(), 1);
        assert_eq!(discovery.checks[0].state, CheckState::Bad);
        assert_eq!(discovery.result.unwrap_err().code(), Code::INVALID_URL_FORMAT);
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_said_in_the_second_row_and_told_as_it_happens() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let mut told = Vec::new();
        let discovery = discover_and_tell(&address, |check| told.push(check.name)).await;
        assert_eq!(told, [CheckName::Address, CheckName::Reachable]);
        assert_eq!(discovery.checks[1].code, Some(Code::CONNECTION_REFUSED));
        assert!(
            discovery.checks[1].sentence.ends_with('.'),
            "{}",
            discovery.checks[1].sentence
        );
    }
}
