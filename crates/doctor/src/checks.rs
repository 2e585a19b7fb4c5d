//! All checks, in the order of the way from the till to the store.

use crate::check::Check;
use crate::context::Context;
use crate::finding::{Finding, Layer};
use crate::probe::Outcome;

mod device;
mod network;
mod plugins;
mod session;
mod site;
mod till;

/// Declares a check: a name for its type, its id, its layer, and the function that looks.
macro_rules! check {
    ($name:ident, $id:literal, $layer:expr, $look:path) => {
        struct $name;

        impl Check for $name {
            fn id(&self) -> &'static str {
                $id
            }

            fn layer(&self) -> Layer {
                $layer
            }

            fn run<'a>(&'a self, context: &'a Context) -> futures_util::future::BoxFuture<'a, Finding> {
                Box::pin($look(
                    Asked {
                        id: $id,
                        layer: $layer,
                    },
                    context,
                ))
            }
        }
    };
}

check!(Clock, "device.clock", Layer::Device, device::clock);
check!(Disk, "device.disk", Layer::Device, device::disk);
check!(
    DataDirectory,
    "device.data-directory",
    Layer::Device,
    device::data_directory
);
check!(SavedSession, "device.vault", Layer::Device, device::vault);
check!(
    OtherProcess,
    "device.process",
    Layer::Device,
    device::other_process
);
check!(
    ProxySettings,
    "device.proxy",
    Layer::Device,
    device::proxy_settings
);
check!(TimeZone, "device.time-zone", Layer::Device, device::time_zone);
check!(Route, "network.route", Layer::Network, network::route);
check!(Names, "network.dns", Layer::Network, network::names);
check!(Connection, "network.tcp", Layer::Network, network::connection);
check!(Certificates, "network.tls", Layer::Network, network::certificates);
check!(Portal, "network.portal", Layer::Network, network::portal);
check!(Latency, "network.latency", Layer::Network, network::latency);
check!(Web, "site.http", Layer::WordPress, site::web);
check!(Redirect, "site.redirect", Layer::Proxy, site::redirect);
check!(Guards, "site.security", Layer::Proxy, site::guards);
check!(Wordpress, "site.wordpress", Layer::WordPress, site::wordpress);
check!(Rest, "site.rest", Layer::WordPress, site::rest);
check!(Notices, "site.php-notices", Layer::WordPress, site::notices);
check!(
    Woocommerce,
    "plugin.woocommerce",
    Layer::WooCommerce,
    plugins::woocommerce
);
check!(Wcpos, "plugin.wcpos", Layer::Wcpos, plugins::wcpos);
check!(Namespaces, "plugin.namespaces", Layer::Wcpos, plugins::namespaces);
check!(
    SignInPage,
    "plugin.sign-in-page",
    Layer::Wcpos,
    plugins::sign_in_page
);
check!(TokenWay, "session.header", Layer::Proxy, session::token_way);
check!(SignedIn, "session.signed-in", Layer::Session, session::signed_in);
check!(Token, "session.token", Layer::Session, session::token);
check!(Claims, "session.claims", Layer::Session, session::claims);
check!(Renewal, "session.renewal", Layer::Session, session::renewal);
check!(Life, "session.life", Layer::Session, session::life);
check!(Horizon, "session.horizon", Layer::Session, session::horizon);
check!(Shared, "session.shared", Layer::Session, session::shared);
check!(Unsent, "till.unsent", Layer::Till, till::unsent);
check!(Catalogue, "till.catalogue", Layer::Till, till::catalogue);
check!(Printer, "till.printer", Layer::Till, till::printer);

/// Every check. The till's own come last and only where there is a till.
#[must_use]
pub fn all(context: &Context) -> Vec<Box<dyn Check>> {
    let mut checks: Vec<Box<dyn Check>> = vec![
        Box::new(Clock),
        Box::new(Disk),
        Box::new(DataDirectory),
        Box::new(SavedSession),
        Box::new(OtherProcess),
        Box::new(ProxySettings),
        Box::new(TimeZone),
        Box::new(Route),
        Box::new(Names),
        Box::new(Connection),
        Box::new(Certificates),
        Box::new(Portal),
        Box::new(Latency),
        Box::new(Web),
        Box::new(Redirect),
        Box::new(Guards),
        Box::new(Wordpress),
        Box::new(Rest),
        Box::new(Notices),
        Box::new(Woocommerce),
        Box::new(Wcpos),
        Box::new(Namespaces),
        Box::new(SignInPage),
        Box::new(TokenWay),
        Box::new(SignedIn),
        Box::new(Token),
        Box::new(Claims),
        Box::new(Renewal),
        Box::new(Life),
        Box::new(Horizon),
        Box::new(Shared),
    ];
    if let Some(till) = &context.till {
        if till.unsent().is_some() {
            checks.push(Box::new(Unsent));
        }
        if till.catalogue().is_some() {
            checks.push(Box::new(Catalogue));
        }
        if till.printer().is_some() {
            checks.push(Box::new(Printer));
        }
    }
    checks
}

/// What a check looks at, in words for those who wait for it.
#[must_use]
pub fn title(id: &str) -> &'static str {
    const TITLES: [(&str, &str); 34] = [
        ("device.clock", "Clock"),
        ("device.disk", "Room on the disk"),
        ("device.data-directory", "Data directory"),
        ("device.vault", "Saved session"),
        ("device.process", "Other processes"),
        ("device.proxy", "Proxy settings"),
        ("device.time-zone", "Time zone"),
        ("network.route", "Network and a way out"),
        ("network.dns", "The store's name"),
        ("network.tcp", "Connection"),
        ("network.tls", "Certificate"),
        ("network.portal", "Sign-in page of the network"),
        ("network.latency", "Time to answer"),
        ("site.http", "The site answers"),
        ("site.redirect", "The store's own address"),
        ("site.security", "Firewalls and services in front"),
        ("site.wordpress", "WordPress"),
        ("site.rest", "WordPress' interface"),
        ("site.php-notices", "Clean answers"),
        ("plugin.woocommerce", "WooCommerce"),
        ("plugin.wcpos", "The WCPOS plugin"),
        ("plugin.namespaces", "Interfaces for the till"),
        ("plugin.sign-in-page", "Sign-in page"),
        ("session.header", "The way of the sign-in"),
        ("session.signed-in", "Signed in"),
        ("session.token", "Session accepted"),
        ("session.claims", "What the access says"),
        ("session.renewal", "Renewal"),
        ("session.life", "Life of the access"),
        ("session.horizon", "Next sign-in"),
        ("session.shared", "One till, one session"),
        ("till.unsent", "Unsent sales"),
        ("till.catalogue", "Catalogue"),
        ("till.printer", "Printer"),
    ];
    TITLES
        .iter()
        .find(|(known, _)| *known == id)
        .map_or("Another check", |(_, title)| title)
}

/// Which check is asked, so that its findings carry its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    id: &'static str,
    layer: Layer,
}

impl Asked {
    fn ok(self, sentence: impl Into<String>) -> Finding {
        Finding::ok(self.id, self.layer, sentence)
    }

    fn note(self, sentence: impl Into<String>) -> Finding {
        Finding::new(self.id, self.layer, crate::finding::Verdict::Note, sentence)
    }

    fn not_checked(self, why: impl Into<String>) -> Finding {
        Finding::not_checked(self.id, self.layer, why)
    }

    /// Not looked at, because of what another check found.
    fn after(self, other: &str) -> Finding {
        let why = match other {
            "network.dns" => "It needs the store's name to lead somewhere.",
            "network.tcp" => "It needs a connection to the store.",
            "network.portal" => "The network's own sign-in stands in between.",
            "network.tls" => "It needs a connection that can be trusted.",
            "site.http" => "It needs an answer of the site.",
            "site.redirect" => "It needs the store's own address.",
            "site.rest" => "It needs WordPress' interface.",
            "plugin.wcpos" => "It needs the WCPOS plugin.",
            "session.signed-in" => "It needs somebody to be signed in and access that has not ended.",
            _ => "It does not apply here.",
        };
        let finding = self.not_checked(why);
        if other.is_empty() {
            finding
        } else {
            finding.seen("see", other)
        }
    }

    /// What to say when a probe has nothing to read.
    fn without<T>(self, outcome: &Outcome<T>, own: &str) -> Finding {
        match outcome {
            Outcome::NotAsked(before) => self.after(before),
            Outcome::Silent { .. } | Outcome::Seen(_) => self.after(own),
        }
    }
}
