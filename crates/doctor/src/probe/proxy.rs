//! The proxy settings of this device, as the HTTP client reads them.

use url::Url;

use crate::device::Device;

/// A proxy that requests to the store go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProxyUsed {
    /// The variable that names it.
    pub(crate) variable: String,
    /// Its host.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

/// The proxy for an address, by the variables of the environment.
pub(crate) fn of(device: &dyn Device, url: &Url) -> Option<ProxyUsed> {
    let host = url.host_str()?;
    if is_this_device(url) || is_exempt(device, host) {
        return None;
    }
    let own = if url.scheme() == "https" {
        ["https_proxy", "HTTPS_PROXY"]
    } else {
        ["http_proxy", "HTTP_PROXY"]
    };
    own.into_iter()
        .chain(["all_proxy", "ALL_PROXY"])
        .find_map(|name| parse(name, &device.variable(name)?))
}

/// Whether an address leads to this device itself.
pub(crate) fn is_this_device(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn is_exempt(device: &dyn Device, host: &str) -> bool {
    let Some(list) = device
        .variable("no_proxy")
        .or_else(|| device.variable("NO_PROXY"))
    else {
        return false;
    };
    list.split(',').map(str::trim).any(|entry| {
        let entry = entry.trim_start_matches("*.").trim_start_matches('.');
        entry == "*" || (!entry.is_empty() && (host == entry || host.ends_with(&format!(".{entry}"))))
    })
}

fn parse(name: &str, value: &str) -> Option<ProxyUsed> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let full = if value.contains("://") {
        value.to_owned()
    } else {
        format!("http://{value}")
    };
    let url = Url::parse(&full).ok()?;
    Some(ProxyUsed {
        variable: name.to_owned(),
        host: url.host_str()?.to_owned(),
        port: url.port_or_known_default().unwrap_or(8080),
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::IpAddr;
    use std::path::Path;

    use super::*;

    #[derive(Debug)]
    struct With(&'static [(&'static str, &'static str)]);

    impl Device for With {
        fn variable(&self, name: &str) -> Option<String> {
            self.0
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        }
        fn free_bytes(&self, _: &Path) -> io::Result<u64> {
            Ok(0)
        }
        fn may_write(&self, _: &Path) -> io::Result<()> {
            Ok(())
        }
        fn offset_s(&self) -> i64 {
            0
        }
        fn way_to(&self, target: IpAddr) -> io::Result<IpAddr> {
            Ok(target)
        }
    }

    fn used(variables: &'static [(&'static str, &'static str)], url: &str) -> Option<(String, u16)> {
        of(&With(variables), &Url::parse(url).unwrap()).map(|proxy| (proxy.host, proxy.port))
    }

    #[test]
    fn the_proxy_of_the_scheme_is_used_and_its_password_is_left_behind() {
        let variables = &[
            ("HTTPS_PROXY", "http://ann:secret@proxy.example:3128"),
            ("http_proxy", "other.example"),
        ];
        assert_eq!(
            used(variables, "https://shop.example/"),
            Some(("proxy.example".into(), 3128))
        );
        assert_eq!(
            used(variables, "http://shop.example/"),
            Some(("other.example".into(), 80))
        );
    }

    #[test]
    fn a_store_on_this_device_and_exempt_names_go_straight() {
        let variables = &[
            ("ALL_PROXY", "proxy.example:1"),
            ("NO_PROXY", "intern.example, .lan"),
        ];
        assert_eq!(used(variables, "https://shop.intern.example/"), None);
        assert_eq!(used(variables, "http://127.0.0.1:8421/"), None);
        assert_eq!(
            used(variables, "https://shop.example/"),
            Some(("proxy.example".into(), 1))
        );
    }
}
