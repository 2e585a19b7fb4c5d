//! What signed in, read from what the client says about itself; good enough for a person to tell devices apart.

use std::net::IpAddr;

use crate::store::{Device, Visitor};

/// Longest piece of what a client says that is kept, in characters.
const KEPT_MAX: usize = 200;

/// Reads a visitor. The address comes from the connection, never from a header.
pub(crate) fn read(
    address: IpAddr,
    user_agent: &str,
    platform: Option<&str>,
    build: Option<&str>,
) -> Visitor {
    let user_agent = kept(user_agent);
    let (browser, browser_version) = browser(&user_agent);
    let (device_type, app_type) = match platform {
        Some("ios") => ("tablet", "ios_app"),
        Some("android") => ("tablet", "android_app"),
        Some("electron") => ("desktop", "electron_app"),
        _ if user_agent.contains("Mobile") => ("mobile", "web"),
        _ => ("desktop", "web"),
    };
    Visitor {
        ip_address: address.to_string(),
        device: Device {
            device_type: device_type.into(),
            browser,
            browser_version,
            os: os(&user_agent).into(),
            app_type: app_type.into(),
            build: build.filter(|build| !build.is_empty()).map(kept),
        },
        user_agent,
    }
}

fn kept(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(KEPT_MAX)
        .collect()
}

/// Name and version, the most telling first: every browser also claims to be an older one.
fn browser(user_agent: &str) -> (String, String) {
    const KNOWN: [(&str, &str); 6] = [
        ("Evertill/", "Evertill"),
        ("WCPOS/", "WooCommerce POS"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    for (mark, name) in KNOWN {
        if let Some((_, rest)) = user_agent.split_once(mark) {
            let version = rest
                .split(|letter: char| !letter.is_ascii_digit() && letter != '.')
                .next();
            return (name.into(), version.unwrap_or_default().into());
        }
    }
    ("unknown".into(), String::new())
}

fn os(user_agent: &str) -> &'static str {
    const KNOWN: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let lower = user_agent.to_lowercase();
    KNOWN
        .into_iter()
        .find(|(mark, _)| lower.contains(&mark.to_lowercase()))
        .map_or("unknown", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user_agent: &str, platform: Option<&str>, expected: [&str; 5]) {
        let device = read([127, 0, 0, 1].into(), user_agent, platform, None).device;
        let found = [
            device.device_type,
            device.browser,
            device.browser_version,
            device.os,
            device.app_type,
        ];
        assert_eq!(found, expected, "{user_agent}");
    }

    #[test]
    fn clients_are_told_apart() {
        check(
            "WCPOS/1.10.0 (electron 1.10.0)",
            Some("electron"),
            ["desktop", "WooCommerce POS", "1.10.0", "unknown", "electron_app"],
        );
        check(
            "Evertill/0.1.0 (linux)",
            None,
            ["desktop", "Evertill", "0.1.0", "Linux", "web"],
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.1",
            None,
            ["desktop", "Edge", "120.0.1", "Windows", "web"],
        );
        check("", Some("ios"), ["tablet", "unknown", "", "unknown", "ios_app"]);
    }

    #[test]
    fn what_a_client_says_is_cut_short() {
        let visitor = read(
            [127, 0, 0, 1].into(),
            &"x\n".repeat(5000),
            None,
            Some(&"9".repeat(999)),
        );
        assert_eq!(visitor.user_agent.len(), KEPT_MAX);
        assert_eq!(visitor.device.build.unwrap().len(), KEPT_MAX);
    }
}
