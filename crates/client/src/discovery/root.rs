//! The REST root: which of the possible ones answers, and what it says about the site.

use evertill_wire::Code;
use evertill_wire::json::Body;
use evertill_wire::rest::auth::WpError;
use evertill_wire::rest::site::Site;
use serde_json::Value;
use url::Url;

use super::door::Door;
use crate::address::StoreAddress;
use crate::error::ClientError;
use crate::http::{Answer, Http, Request};
use crate::profile::{RouteStyle, route_url};

/// Fields asked of the index where the site payload is missing; the whole index was measured at 1.5 MB.
const INDEX_FIELDS: &str = "name,url,home,gmt_offset,timezone_string,namespaces,authentication,uuid,wp_version,\
wc_version,wcpos_version,use_jwt_as_param,site_icon_url";

/// A REST root that answers.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) root: Url,
    pub(super) style: RouteStyle,
    pub(super) site: Site,
    /// The answer itself, for its `Date`.
    pub(super) answer: Answer,
}

/// Tries the root the home page names, then the usual places.
pub(super) async fn find(http: &Http, door: &Door) -> Result<Root, ClientError> {
    let mut worst: Option<ClientError> = None;
    for (root, style) in candidates(door) {
        match ask(http, door, root, style).await {
            Ok(found) => return Ok(found),
            Err(error) => {
                let is_clearer = worst.as_ref().is_none_or(|known| weight(&error) > weight(known));
                if is_clearer {
                    worst = Some(error);
                }
            }
        }
    }
    Err(worst.unwrap_or_else(|| not_wordpress(&door.address)))
}

fn candidates(door: &Door) -> Vec<(Url, RouteStyle)> {
    let base = door.address.url();
    let mut pretty = base.clone();
    pretty.set_path(&format!("{}wp-json/", base.path()));
    let mut found: Vec<(Url, RouteStyle)> = Vec::new();
    if let Some(named) = &door.named_root {
        found.push((named.clone(), style_of(named)));
    }
    for candidate in [(pretty, RouteStyle::Path), (base.clone(), RouteStyle::Query)] {
        if !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

fn style_of(root: &Url) -> RouteStyle {
    if root.query_pairs().any(|(name, _)| name == "rest_route") {
        RouteStyle::Query
    } else {
        RouteStyle::Path
    }
}

async fn ask(http: &Http, door: &Door, root: Url, style: RouteStyle) -> Result<Root, ClientError> {
    let url = route_url(&root, style, "wcpos/v2/site", &[("wcpos", "1")]);
    let answer = http.send(Request::get(url)).await?;
    let (answer, site) = if answer.status.as_u16() == 404 && wp_error(&answer).is_some() {
        let url = route_url(&root, style, "", &[("wcpos", "1"), ("_fields", INDEX_FIELDS)]);
        let index = http.send(Request::get(url)).await?;
        let site = read_site(&door.address, &index)?;
        (index, site)
    } else {
        let site = read_site(&door.address, &answer)?;
        (answer, site)
    };
    Ok(Root {
        root,
        style,
        site,
        answer,
    })
}

/// Reads the site payload or the index, or names what came instead.
pub(crate) fn read_site(address: &StoreAddress, answer: &Answer) -> Result<Site, ClientError> {
    let status = answer.status.as_u16();
    let not_a_store = |code: Code, evidence: String| ClientError::NotAStore {
        address: address.to_string(),
        code,
        evidence,
    };
    let body = answer.json();
    if let (200..=299, Some(value)) = (status, body.value())
        && value
            .get("namespaces")
            .is_some_and(|names| names.is_array() || names.is_object())
    {
        return serde_json::from_value(value.clone()).map_err(|_| {
            not_a_store(
                Code::MALFORMED_JSON_RESPONSE,
                "The site describes itself in a way that cannot be read.".into(),
            )
        });
    }
    Err(match (status, &body, wp_error(answer)) {
        (401 | 403, _, Some(error)) => not_a_store(
            Code::WORDPRESS_API_DISABLED,
            format!("The site's REST interface is locked for guests ({}).", error.code),
        ),
        (500..=599, _, _) => not_a_store(
            Code::WEBSITE_UNAVAILABLE,
            format!("The website is down for the moment (status {status})."),
        ),
        (429, _, _) => not_a_store(
            Code::RATE_LIMIT_EXCEEDED,
            "The website asks for a pause (status 429).".into(),
        ),
        (401 | 403 | 406, _, None) => not_a_store(
            Code::INVALID_RESPONSE_FORMAT,
            format!(
                "Something in front of the website refuses this program (status {status}{}).",
                titled(&body)
            ),
        ),
        (200..=299, Body::Glued | Body::Broken, _) => not_a_store(
            Code::MALFORMED_JSON_RESPONSE,
            "The site's description of itself is damaged.".into(),
        ),
        _ => not_wordpress(address),
    })
}

fn not_wordpress(address: &StoreAddress) -> ClientError {
    ClientError::NotAStore {
        address: address.to_string(),
        code: Code::WORDPRESS_API_DISABLED,
        evidence: "No WordPress interface answers at this address.".into(),
    }
}

fn wp_error(answer: &Answer) -> Option<WpError> {
    let body = answer.json();
    let value = body.value()?;
    value.get("code").and_then(Value::as_str)?;
    serde_json::from_value(value.clone()).ok()
}

fn titled(body: &Body) -> String {
    match body {
        Body::Html { title } if !title.is_empty() => format!(", \u{201c}{title}\u{201d}"),
        Body::Html { .. } | Body::Clean(_) | Body::Recovered { .. } => String::new(),
        Body::Glued | Body::Broken | Body::Empty | Body::Other => String::new(),
    }
}

/// A locked interface or a site that is down says more than a page where the interface is not.
fn weight(error: &ClientError) -> u8 {
    match error.code() {
        Code::WORDPRESS_API_DISABLED if !is_locked(error) => 0,
        Code::INVALID_RESPONSE_FORMAT => 1,
        _ => 2,
    }
}

fn is_locked(error: &ClientError) -> bool {
    matches!(error, ClientError::NotAStore { evidence, .. } if evidence.contains("locked"))
}

/// Where to sign in.
#[derive(Debug)]
pub(super) struct SignInPage {
    pub(super) url: Url,
    pub(super) note: Option<String>,
}

/// The sign-in page of a site, on the address that answered: a stock store announces `https` even when it speaks
/// plain `http` only, and may give itself another name.
pub(super) fn sign_in_page(address: &StoreAddress, site: &Site) -> Result<SignInPage, ClientError> {
    let announced = &site.authentication.wcpos.endpoints.authorization;
    let Ok(page) = Url::parse(announced) else {
        return Err(ClientError::NotAStore {
            address: address.to_string(),
            code: Code::WCPOS_PLUGIN_OUTDATED,
            evidence: "The till plugin names no sign-in page.".into(),
        });
    };
    let base = address.url();
    if page.origin() == base.origin() {
        return Ok(SignInPage {
            url: page,
            note: None,
        });
    }
    let is_same_place = page.host() == base.host() && (page.port() == base.port() || page.port().is_none());
    let mut url = base.clone();
    url.set_path(page.path());
    url.set_query(page.query());
    let note = if is_same_place {
        format!(
            "The store announces {} for signing in and answers over {} only; that is used.",
            page.scheme(),
            base.scheme()
        )
    } else {
        let origin = page.origin().ascii_serialization();
        format!("The store announces {origin} for signing in; the address given is used instead.")
    };
    Ok(SignInPage {
        url,
        note: Some(note),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(address: &str, announced: &str) -> SignInPage {
        let mut site = Site::default();
        site.authentication.wcpos.endpoints.authorization = announced.into();
        sign_in_page(&StoreAddress::parse(address).unwrap(), &site).unwrap()
    }

    #[test]
    fn a_page_announced_as_https_on_a_plain_store_is_used_over_plain_http_with_a_note() {
        let found = page("http://127.0.0.1:8085", "https://127.0.0.1:8085/wcpos-auth/");
        assert_eq!(found.url.as_str(), "http://127.0.0.1:8085/wcpos-auth/");
        assert!(found.note.unwrap().contains("https"));
    }

    #[test]
    fn a_password_is_never_led_to_another_host() {
        let found = page(
            "https://shop.example",
            "https://elsewhere.example/wcpos-auth/?a=1",
        );
        assert_eq!(found.url.as_str(), "https://shop.example/wcpos-auth/?a=1");
        assert!(found.note.is_some());
    }

    #[test]
    fn a_page_at_home_needs_no_note() {
        assert!(
            page("https://shop.example", "https://shop.example/wcpos-auth")
                .note
                .is_none()
        );
    }

    #[test]
    fn the_named_root_is_tried_first_and_the_usual_places_after_it() {
        let door = Door {
            address: StoreAddress::parse("https://shop.example/sub").unwrap(),
            named_root: Some(Url::parse("https://shop.example/index.php?rest_route=/").unwrap()),
            note: None,
        };
        let found: Vec<String> = candidates(&door).iter().map(|(url, _)| url.to_string()).collect();
        assert_eq!(
            found,
            [
                "https://shop.example/index.php?rest_route=/",
                "https://shop.example/sub/wp-json/",
                "https://shop.example/sub/"
            ]
        );
    }
}
