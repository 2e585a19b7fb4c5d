//! The document's list of schemas: what is sent and answered in more than one place, or is worth a name.

use super::schema::{Schema, named};

mod catalogue;
mod discovery;
mod errors;
mod oauth;
mod orders;
mod people;
mod sessions;

macro_rules! shapes {
    ($($name:ident => $made:expr;)*) => {
        /// A schema with a name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Shape {
            $($name,)*
        }

        impl Shape {
            pub(super) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            pub(super) fn schema(self) -> Schema {
                match self {
                    $(Self::$name => $made,)*
                }
            }

            /// A reference to it.
            pub(super) fn named(self) -> Schema {
                named(self.name())
            }
        }
    };
}

shapes! {
    WordPressError => errors::wordpress();
    OAuthError => errors::oauth();
    EndedSession => errors::ended_session();
    Problem => errors::problem();
    Envelope => super::document::envelope();
    RenewalRequest => sessions::renewal_request();
    RenewalReply => sessions::renewal_reply();
    Session => sessions::session();
    SessionList => sessions::session_list();
    EverybodysSessions => sessions::everybody();
    Done => sessions::done();
    Failed => sessions::failed();
    Index => discovery::index();
    Namespace => discovery::namespace();
    Site => discovery::site();
    Ping => discovery::ping();
    Echo => discovery::echo();
    AuthorizationTest => discovery::authorization_test();
    AuthorizationEndpoint => discovery::authorization_endpoint();
    Evertill => discovery::evertill();
    Status => discovery::status();
    Links => people::links();
    Meta => people::meta();
    Address => people::address_of();
    Cashier => people::cashier();
    Store => people::store();
    Customer => people::customer();
    Product => catalogue::product();
    ListedProduct => catalogue::listed_product();
    Variations => catalogue::variations();
    ResolvedBarcode => catalogue::resolved();
    Category => catalogue::category();
    TaxRate => catalogue::tax_rate();
    TaxClass => catalogue::tax_class();
    PaymentGateway => catalogue::payment_gateway();
    OrderStatus => catalogue::order_status();
    ShippingMethod => catalogue::shipping_method();
    Fingerprints => catalogue::fingerprints();
    Checkpoint => catalogue::checkpoint();
    Tick => catalogue::tick();
    SequenceLog => catalogue::sequence_log();
    Order => orders::order();
    ListedOrder => orders::listed();
    PulledOrders => orders::pulled();
    PushEnvelope => orders::envelope();
    OrderPayload => orders::order_payload();
    CustomerPayload => orders::customer_payload();
    Pushed => orders::pushed();
    Conflict => orders::conflict();
    PreconditionRequired => orders::precondition();
    TokenRequest => oauth::token_request();
    TokenReply => oauth::token_reply();
    RevocationRequest => oauth::revocation_request();
    IntrospectionRequest => oauth::introspection_request();
    Introspection => oauth::introspection();
    ServerMetadata => oauth::metadata();
    KeySet => oauth::keys();
    SignInForm => oauth::sign_in_form();
}
