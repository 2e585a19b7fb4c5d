//! The way a token can take: in the header, or as a parameter where something strips the header.

use std::time::Duration;

use evertill_session::{Arrival, Place, arrival};
use url::Url;

use super::root::Root;
use crate::error::ClientError;
use crate::http::{Http, Request};
use crate::profile::{RouteStyle, StoreProfile, TokenPlace, route_url};

/// What is sent instead of a token.
const MADE_UP: &str = "mock.connect.test";

/// The way that works.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) place: TokenPlace,
    pub(super) note: Option<String>,
}

/// Finds the way a token can take.
pub(super) async fn find(http: &Http, root: &Root) -> Result<Way, ClientError> {
    Ok(match look(http, &root.root, root.style, None).await? {
        Some(arrived) => decide(arrived, &root.site.wcpos_version),
        None => Way {
            place: TokenPlace::Header,
            note: Some("The store does not tell which way a token arrives; the header is tried.".into()),
        },
    })
}

/// Which way a token arrives at a store that is known; nothing when it does not tell.
pub(crate) async fn arrival(http: &Http, profile: &StoreProfile, limit: Duration) -> Option<Arrival> {
    look(http, &profile.rest_root, profile.route_style, Some(limit))
        .await
        .ok()
        .flatten()
}

/// Sends a made-up token both ways and reads which of them arrived.
async fn look(
    http: &Http,
    root: &Url,
    style: RouteStyle,
    limit: Option<Duration>,
) -> Result<Option<Arrival>, ClientError> {
    for route in ["wcpos/v2/echo", "wcpos/v2/auth/test"] {
        let url = route_url(root, style, route, &[("wcpos", "1"), ("authorization", MADE_UP)]);
        let mut request = Request::get(url).header("authorization", &format!("Bearer {MADE_UP}"));
        if let Some(limit) = limit {
            request = request.limit(limit);
        }
        let told = http.send(request).await?.with_raw(arrival::read);
        if told.is_some() {
            return Ok(told);
        }
    }
    Ok(None)
}

fn decide(arrived: Arrival, wcpos_version: &str) -> Way {
    let place = TokenPlace::of(Place::Parameter, wcpos_version);
    match arrived {
        Arrival { header: true, .. } => Way { place: TokenPlace::Header, note: None },
        Arrival { parameter: true, .. } => Way {
            place,
            note: Some("Something strips the header with the token; the address carries it instead. It works, but tokens may show in the host's logs.".into()),
        },
        Arrival { .. } => Way {
            place,
            note: Some("No way for a token was seen to work; the address is tried. The host's settings need a look.".into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_and_the_version_decides_the_form_of_the_parameter() {
        let way = |header, parameter, version| decide(Arrival { header, parameter }, version).place;
        assert_eq!(way(true, true, "1.10.0"), TokenPlace::Header);
        assert_eq!(way(false, true, "1.10.0"), TokenPlace::BareParameter);
        assert_eq!(way(false, true, "1.9.17"), TokenPlace::BearerParameter);
        assert_eq!(way(false, true, "2.0"), TokenPlace::BareParameter);
        assert!(
            decide(
                Arrival {
                    header: false,
                    parameter: false
                },
                "1.10.0"
            )
            .note
            .is_some()
        );
    }
}
