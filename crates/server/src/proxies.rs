//! Whose word counts about where a request came from.
//!
//! A header can be written by anybody. Only a proxy the owner has listed is believed, and of a chain of addresses
//! only the part that listed proxies wrote: it is read from the end, and the first address that is no listed proxy
//! is the client.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

use crate::config::Cidr;

/// Hops of a chain that are looked at.
const HOPS_MAX: usize = 32;

/// The proxies the owner has listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<Cidr>);

impl Proxies {
    pub(crate) fn new(listed: Vec<Cidr>) -> Self {
        Self(listed)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|block| block.contains(address))
    }

    /// Where a request came from.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let mut client = peer;
        for hop in hops(headers).into_iter().rev().take(HOPS_MAX) {
            let Some(address) = hop else {
                // An unknown or hidden hop: the last one that is known has to do.
                return client;
            };
            client = address;
            if !self.trusts(address) {
                return client;
            }
        }
        client
    }

    /// Whether somebody stands between this request and its sender whom the owner has not listed.
    pub(crate) fn is_relayed_by_a_stranger(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        let is_relayed = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
            .into_iter()
            .any(|name| headers.contains_key(name));
        is_relayed && !self.trusts(peer.to_canonical())
    }
}

/// The chain of addresses in the order it was written; the standard header where there is one, else the usual one.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = |name: &str| -> Vec<String> {
        headers
            .get_all(name)
            .iter()
            .flat_map(|value| {
                let text = value.to_str().unwrap_or("?");
                text.split(',').map(str::to_owned).collect::<Vec<_>>()
            })
            .collect()
    };
    let standard = lines("forwarded");
    if !standard.is_empty() {
        return standard.iter().map(|element| forwarded_for(element)).collect();
    }
    lines("x-forwarded-for")
        .iter()
        .map(|text| address(text))
        .collect()
}

/// The `for=` of one element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
        .and_then(|(_, value)| address(value.trim().trim_matches('"')))
}

/// An address, perhaps with a port or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => text.rsplit_once(':')?.0,
    };
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Who is counted as one: an IPv4 address, or the /64 of an IPv6 address, which one household or server has whole.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, headers: &[(&'static str, &str)], expected: &str) {
        let proxies = Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let found = proxies.client(peer.parse().unwrap(), &map);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {headers:?}");
    }

    #[test]
    fn a_stranger_is_not_believed() {
        check("203.0.113.9", &[("x-forwarded-for", "1.2.3.4")], "203.0.113.9");
        check("203.0.113.9", &[("forwarded", "for=1.2.3.4")], "203.0.113.9");
    }

    #[test]
    fn a_listed_proxy_is_believed_as_far_as_listed_proxies_wrote() {
        check("10.0.0.1", &[("x-forwarded-for", "1.2.3.4")], "1.2.3.4");
        check("10.0.0.1", &[("x-forwarded-for", "6.6.6.6, 1.2.3.4")], "1.2.3.4");
        check("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, 10.9.9.9")], "1.2.3.4");
        check(
            "10.0.0.1",
            &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.2.3.4")],
            "1.2.3.4",
        );
        check("10.0.0.1", &[], "10.0.0.1");
        check("::ffff:10.0.0.1", &[("x-forwarded-for", "1.2.3.4")], "1.2.3.4");
    }

    #[test]
    fn the_standard_header_is_read_with_ports_quotes_and_brackets() {
        check(
            "10.0.0.1",
            &[("forwarded", "for=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.2")],
            "2001:db8::7",
        );
        check(
            "10.0.0.1",
            &[("forwarded", "For=1.2.3.4:80, for=10.0.0.3")],
            "1.2.3.4",
        );
        check(
            "fd00::1",
            &[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "6.6.6.6")],
            "1.2.3.4",
        );
    }

    #[test]
    fn a_hop_that_hides_ends_the_chain() {
        check(
            "10.0.0.1",
            &[("forwarded", "for=1.2.3.4, for=_hidden")],
            "10.0.0.1",
        );
        check(
            "10.0.0.1",
            &[("x-forwarded-for", "1.2.3.4, nonsense, 10.0.0.2")],
            "10.0.0.2",
        );
    }

    #[test]
    fn neighbours_in_one_ipv6_network_are_one() {
        let near = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(near("2001:db8::1"), near("2001:db8::ffff:ffff"));
        assert_ne!(near("2001:db8::1"), near("2001:db8:0:1::1"));
        assert_ne!(near("192.0.2.1"), near("192.0.2.2"));
        assert_eq!(near("::ffff:192.0.2.1"), near("192.0.2.1"));
    }
}
