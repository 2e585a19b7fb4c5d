//! Every endpoint of the store, in one table.
//!
//! A row says method and path and gives the endpoint a name. The macro makes of each part of the table an enum, the
//! `match` that finds a row, and the words for the document; handlers and the document (`api`) go through the same
//! enums with an exhaustive `match`. So an endpoint that is served is described, and one that is described is served:
//! the compiler sees to it. Finding one is a comparison of texts and allocates nothing.

/// Parts a route may have below `/wp-json`; longer ones lead nowhere.
const DEPTH_MAX: usize = 8;

/// The methods this store has a use for. `HEAD` is a `GET` whose body is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Delete,
}

impl Verb {
    const ALL: [Self; 3] = [Self::Get, Self::Post, Self::Delete];

    pub(super) fn of(method: &str) -> Option<Self> {
        match method {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }

    /// As it is written on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// The parts of a route, without a heap.
pub(super) struct Segments<'a> {
    parts: [&'a str; DEPTH_MAX],
    count: usize,
}

impl<'a> Segments<'a> {
    /// Splits a route, whose slashes may come doubled; none where it is too deep to be one.
    pub(super) fn of_route(route: &'a str) -> Option<Self> {
        Self::of(route.split('/').filter(|part| !part.is_empty()))
    }

    /// Splits a path outside the REST interface, to the letter.
    pub(super) fn of_path(path: &'a str) -> Option<Self> {
        Self::of(path.strip_prefix('/')?.split('/'))
    }

    fn of(parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut all = Self {
            parts: [""; DEPTH_MAX],
            count: 0,
        };
        for part in parts {
            *all.parts.get_mut(all.count)? = part;
            all.count += 1;
        }
        Some(all)
    }

    pub(super) fn as_slice(&self) -> &[&'a str] {
        &self.parts[..self.count]
    }
}

/// A segment of a row as a pattern.
macro_rules! pattern {
    ({ $name:ident }) => {
        _
    };
    ($text:literal) => {
        $text
    };
}

/// A segment of a row as the document writes it.
macro_rules! written {
    ({ $name:ident }) => {
        concat!("/{", stringify!($name), "}")
    };
    ($text:literal) => {
        concat!("/", $text)
    };
}

macro_rules! endpoints {
    ($($(#[$about:meta])* $part:ident below $root:literal { $($name:ident = $verb:ident [$($segment:tt)*];)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $part {
            $($name,)*
        }

        impl $part {
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            /// The endpoint at these parts of a path.
            pub(super) fn find(verb: Verb, segments: &[&str]) -> Option<Self> {
                match (verb, segments) {
                    $((Verb::$verb, [$(pattern!($segment)),*]) => Some(Self::$name),)*
                    _ => None,
                }
            }

            pub(super) fn verb(self) -> Verb {
                match self {
                    $(Self::$name => Verb::$verb,)*
                }
            }

            /// The path with its parameters in braces.
            pub(super) fn path(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($root $(, written!($segment))*),)*
                }
            }

            /// The name in the document: `EndSession` is `endSession` there.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    )*};
}

endpoints! {
    /// Routes of the till's interface that anybody may ask.
    Open below "/wp-json/wcpos" {
        Renew = Post [{version} "auth" "refresh"];
        TestAuthorization = Get [{version} "auth" "test"];
        Namespace = Get [{version}];
        Site = Get ["v2" "site"];
        Ping = Get ["v2" "ping"];
        Echo = Get ["v2" "echo"];
    }

    /// Routes of the till's interface for somebody who may use a till.
    Till below "/wp-json/wcpos" {
        Sessions = Get [{version} "auth" "sessions"];
        EndSessions = Delete [{version} "auth" "sessions"];
        EndSession = Delete [{version} "auth" "sessions" {jti}];
        EverybodysSessions = Get [{version} "auth" "users" "sessions"];
        Cashier = Get [{version} "cashier" {id}];
        CashierStores = Get [{version} "cashier" {id} "stores"];
        CashierStore = Get [{version} "cashier" {id} "stores" {store}];
        Customers = Get [{version} "customers"];
        Products = Get [{version} "products"];
        Categories = Get [{version} "products" "categories"];
        Tags = Get [{version} "products" "tags"];
        Brands = Get [{version} "products" "brands"];
        Coupons = Get [{version} "coupons"];
        Variations = Get [{version} "variations"];
        ResolveBarcode = Get [{version} "resolve" "barcode"];
        Taxes = Get [{version} "taxes"];
        TaxClasses = Get [{version} "taxes" "classes"];
        Stores = Get [{version} "stores"];
        Store = Get [{version} "stores" {id}];
        PaymentGateways = Get [{version} "payment-gateways"];
        OrderStatuses = Get [{version} "data" "order_statuses"];
        ShippingMethods = Get [{version} "shipping_methods"];
        Settings = Get [{version} "settings"];
        SettingsGroup = Get [{version} "settings" {group}];
        WriteSettingsGroup = Post [{version} "settings" {group}];
        Status = Get [{version} "status"];
        Tick = Get [{version} "changes" "tick"];
        SequenceLog = Get [{version} "changes" "sequence-log"];
        ConfigFingerprint = Get [{version} "changes" "config-fingerprint"];
        Orders = Get [{version} "orders"];
        PullOrders = Get [{version} "orders" "pull"];
        Push = Post [{version} "push" {collection}];
    }

    /// Everything outside the till's interface.
    Plain below "" {
        Index = Get ["wp-json" ""];
        Token = Post ["oauth" "token"];
        Revoke = Post ["oauth" "revoke"];
        Introspect = Post ["oauth" "introspect"];
        Authorize = Get ["oauth" "authorize"];
        AuthorizeSignIn = Post ["oauth" "authorize"];
        Metadata = Get [".well-known" "oauth-authorization-server"];
        Keys = Get [".well-known" "jwks.json"];
        Health = Get ["healthz"];
        Readiness = Get ["readyz"];
        Figures = Get ["metrics"];
        Document = Get ["openapi.json"];
        DocumentPage = Get ["api"];
        Home = Get [""];
        SignInPage = Get ["wcpos-auth" ""];
        SignIn = Post ["wcpos-auth" ""];
        HelpIndex = Get ["error-codes"];
        HelpPage = Get ["error-codes" {code}];
        Picture = Get ["pictures" {file}];
        SignInStyles = Get ["assets" "sign-in.css"];
        HelpStyles = Get ["assets" "help.css"];
        DocumentStyles = Get ["assets" "api.css"];
        Font = Get ["assets" "inter-till.woff2"];
    }
}

/// The methods that lead somewhere at these parts of a path outside the till's interface.
pub(super) fn verbs_of_path(segments: &[&str]) -> Vec<Verb> {
    Verb::ALL
        .into_iter()
        .filter(|verb| Plain::find(*verb, segments).is_some())
        .collect()
}

/// The methods that lead somewhere at these parts of a route of the till's interface.
pub(super) fn verbs_of_route(segments: &[&str]) -> Vec<Verb> {
    Verb::ALL
        .into_iter()
        .filter(|verb| Open::find(*verb, segments).is_some() || Till::find(*verb, segments).is_some())
        .collect()
}

/// An endpoint of any part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Open(Open),
    Till(Till),
    Plain(Plain),
}

impl Endpoint {
    /// All of them, in the order of the table.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let open = Open::ALL.iter().copied().map(Self::Open);
        let till = Till::ALL.iter().copied().map(Self::Till);
        let plain = Plain::ALL.iter().copied().map(Self::Plain);
        open.chain(till).chain(plain)
    }

    pub(super) fn verb(self) -> Verb {
        match self {
            Self::Open(open) => open.verb(),
            Self::Till(till) => till.verb(),
            Self::Plain(plain) => plain.verb(),
        }
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Open(open) => open.path(),
            Self::Till(till) => till.path(),
            Self::Plain(plain) => plain.path(),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Open(open) => open.name(),
            Self::Till(till) => till.name(),
            Self::Plain(plain) => plain.name(),
        }
    }

    /// Whether only somebody who is signed in gets further.
    pub(super) fn needs_token(self) -> bool {
        matches!(self, Self::Till(_))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn till(method: &str, route: &str) -> Option<Till> {
        Till::find(Verb::of(method)?, Segments::of_route(route)?.as_slice())
    }

    #[test]
    fn a_row_is_found_by_method_and_path() {
        assert_eq!(till("GET", "/v2/auth/sessions"), Some(Till::Sessions));
        assert_eq!(till("HEAD", "/v1//auth/sessions/"), Some(Till::Sessions));
        assert_eq!(till("DELETE", "/v2/auth/sessions/x"), Some(Till::EndSession));
        assert_eq!(till("PATCH", "/v2/auth/sessions"), None);
        assert_eq!(till("GET", "/v2/auth/sessions/x/y"), None);
        assert_eq!(till("GET", "/1/2/3/4/5/6/7/8/9"), None);
    }

    #[test]
    fn a_path_outside_the_interface_is_taken_to_the_letter() {
        let plain = |path| Plain::find(Verb::Get, Segments::of_path(path)?.as_slice());
        assert_eq!(plain("/"), Some(Plain::Home));
        assert_eq!(plain("/healthz"), Some(Plain::Health));
        assert_eq!(plain("/healthz/"), None);
        assert_eq!(plain("//healthz"), None);
        assert_eq!(plain("/wcpos-auth/"), Some(Plain::SignInPage));
    }

    #[test]
    fn no_two_rows_have_the_same_name_or_method_and_path() {
        let names: BTreeSet<_> = Endpoint::all().map(Endpoint::name).collect();
        let rows: BTreeSet<_> = Endpoint::all()
            .map(|endpoint| (endpoint.path(), endpoint.verb().name()))
            .collect();
        assert_eq!(names.len(), Endpoint::all().count());
        assert_eq!(rows.len(), Endpoint::all().count());
        assert!(rows.contains(&("/wp-json/wcpos/{version}/cashier/{id}/stores/{store}", "GET")));
    }
}
