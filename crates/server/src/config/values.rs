//! Values of settings that refuse nonsense when they are read.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use serde::Deserialize;

/// A span in whole seconds between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Seconds<const LEAST: u64, const MOST: u64>(pub(crate) Duration);

impl<const LEAST: u64, const MOST: u64> TryFrom<u64> for Seconds<LEAST, MOST> {
    type Error = String;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        match (LEAST..=MOST).contains(&value) {
            true => Ok(Self(Duration::from_secs(value))),
            false => Err(format!("must be between {LEAST} and {MOST} seconds")),
        }
    }
}

/// A number of things between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "usize")]
pub(crate) struct Counted<const LEAST: usize, const MOST: usize>(pub(crate) usize);

impl<const LEAST: usize, const MOST: usize> TryFrom<usize> for Counted<LEAST, MOST> {
    type Error = String;

    fn try_from(value: usize) -> Result<Self, Self::Error> {
        match (LEAST..=MOST).contains(&value) {
            true => Ok(Self(value)),
            false => Err(format!("must be between {LEAST} and {MOST}")),
        }
    }
}

/// An idle limit, or an age of a key, that makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Days(pub(crate) Duration);

impl TryFrom<u64> for Days {
    type Error = &'static str;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        match value {
            1..=3_650 => Ok(Self(Duration::from_secs(value * 86_400))),
            _ => Err("must be between 1 and 3650 days"),
        }
    }
}

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Cidr {
    network: IpAddr,
    bits: u8,
}

/// Why a text is no block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotACidr;

impl fmt::Display for NotACidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an address or a block like 10.0.0.0/8 or fd00::/8")
    }
}

impl Cidr {
    /// This device.
    pub(crate) const fn loopback() -> [Self; 2] {
        [
            Self {
                network: IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 0)),
                bits: 8,
            },
            Self {
                network: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
                bits: 128,
            },
        ]
    }

    /// Whether the address lies in the block. An IPv4 address in IPv6 clothes is an IPv4 address.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = NotACidr;

    fn from_str(text: &str) -> Result<Self, NotACidr> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| NotACidr)?)),
            None => (text, None),
        };
        let network: IpAddr = address.trim().parse().map_err(|_| NotACidr)?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(most) {
            bits if bits <= most => Ok(Self { network, bits }),
            _ => Err(NotACidr),
        }
    }
}

impl TryFrom<String> for Cidr {
    type Error = NotACidr;

    fn try_from(text: String) -> Result<Self, NotACidr> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(block: &str, address: &str, expected: bool) {
        let cidr: Cidr = block.parse().unwrap();
        assert_eq!(
            cidr.contains(address.parse().unwrap()),
            expected,
            "{address} in {block}"
        );
    }

    #[test]
    fn a_block_holds_its_addresses_and_no_other() {
        check("10.0.0.0/8", "10.255.1.2", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("10.1.2.3", "10.1.2.3", true);
        check("10.1.2.3", "10.1.2.4", false);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("fd00::/8", "fdff::1", true);
        check("::/0", "2001:db8::1", true);
        check("192.168.0.0/17", "192.168.128.0", false);
        check("127.0.0.0/8", "::ffff:127.0.0.1", true);
    }

    #[test]
    fn a_text_that_is_no_block_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "example.org",
            "10.0.0.0/x",
        ] {
            assert_eq!(text.parse::<Cidr>(), Err(NotACidr), "{text}");
        }
    }
}
