//! The codes this program raises, by name; what is known about them stands in the catalogue.

use super::Code;

impl Code {
    /// API01001: The store did not answer in time.
    pub const CONNECTION_TIMEOUT: Self = Self("API01001");
    /// API01002: The store closed the door on the connection.
    pub const CONNECTION_REFUSED: Self = Self("API01002");
    /// API01003: The connection was cut in the middle.
    pub const CONNECTION_RESET: Self = Self("API01003");
    /// API01004: The store's name leads nowhere.
    pub const DNS_RESOLUTION_FAILED: Self = Self("API01004");
    /// API01005: The store's certificate cannot be trusted.
    pub const TLS_CERTIFICATE_ERROR: Self = Self("API01005");
    /// API01006: No way through the network to the store.
    pub const NETWORK_UNREACHABLE: Self = Self("API01006");
    /// API01007: This device is offline.
    pub const DEVICE_OFFLINE: Self = Self("API01007");
    /// API01008: The store's website is down for the moment.
    pub const WEBSITE_UNAVAILABLE: Self = Self("API01008");
    /// API02001: Name or password not accepted.
    pub const INVALID_CREDENTIALS: Self = Self("API02001");
    /// API02002: The access token has ended.
    pub const TOKEN_EXPIRED: Self = Self("API02002");
    /// API02003: The store does not accept this session's tokens.
    pub const TOKEN_INVALID: Self = Self("API02003");
    /// API02004: The account is gone.
    pub const USER_NOT_AUTHORIZED: Self = Self("API02004");
    /// API02005: This account may not do that.
    pub const INSUFFICIENT_PERMISSIONS: Self = Self("API02005");
    /// API02007: The till could not renew its session.
    pub const TOKEN_REFRESH_FAILED: Self = Self("API02007");
    /// API02008: The store ended this session.
    pub const REFRESH_TOKEN_INVALID: Self = Self("API02008");
    /// API02009: The session reached its end.
    pub const REFRESH_TOKEN_EXPIRED: Self = Self("API02009");
    /// API02010: Nobody is signed in.
    pub const AUTH_REQUIRED: Self = Self("API02010");
    /// API02011: The account is locked for a while.
    pub const ACCOUNT_LOCKED: Self = Self("API02011");
    /// API02012: The sign-in was not finished.
    pub const SIGN_IN_ABANDONED: Self = Self("API02012");
    /// API03001: The request could not be understood.
    pub const INVALID_REQUEST_FORMAT: Self = Self("API03001");
    /// API03002: Something mandatory is missing.
    pub const MISSING_REQUIRED_PARAMETERS: Self = Self("API03002");
    /// API03003: A value is not acceptable.
    pub const INVALID_PARAMETER_VALUE: Self = Self("API03003");
    /// API03004: The request is too large.
    pub const REQUEST_TOO_LARGE: Self = Self("API03004");
    /// API03005: Too many requests for the moment.
    pub const RATE_LIMIT_EXCEEDED: Self = Self("API03005");
    /// API03006: That method is not allowed there.
    pub const UNSUPPORTED_METHOD: Self = Self("API03006");
    /// API04001: Something else answered instead of the store.
    pub const INVALID_RESPONSE_FORMAT: Self = Self("API04001");
    /// API04002: An answer nobody expected.
    pub const UNEXPECTED_RESPONSE_CODE: Self = Self("API04002");
    /// API04003: The answer is damaged.
    pub const MALFORMED_JSON_RESPONSE: Self = Self("API04003");
    /// API04004: The answer lacks what was asked for.
    pub const MISSING_RESPONSE_DATA: Self = Self("API04004");
    /// API04005: Noise around the answer was stepped over.
    pub const JSON_RECOVERY_ATTEMPTED: Self = Self("API04005");
    /// API04006: It is not there.
    pub const RESOURCE_NOT_FOUND: Self = Self("API04006");
    /// API05001: WooCommerce does not answer.
    pub const WOOCOMMERCE_API_DISABLED: Self = Self("API05001");
    /// API05002: The till plugin does not answer.
    pub const WCPOS_PLUGIN_NOT_FOUND: Self = Self("API05002");
    /// API05003: The till plugin is too old.
    pub const WCPOS_PLUGIN_OUTDATED: Self = Self("API05003");
    /// API05004: No WordPress interface at this address.
    pub const WORDPRESS_API_DISABLED: Self = Self("API05004");
    /// API06001: That is not a web address.
    pub const INVALID_URL_FORMAT: Self = Self("API06001");
    /// API06002: No store is named.
    pub const MISSING_API_URL: Self = Self("API06002");
    /// API06003: The store's settings contradict each other.
    pub const INVALID_SITE_CONFIGURATION: Self = Self("API06003");
    /// API06004: The store speaks another protocol.
    pub const STORE_WANTS_HTTPS: Self = Self("API06004");
    /// DB01001: The database on this device does not open.
    pub const LOCAL_DATABASE_FAILED: Self = Self("DB01001");
    /// DB01003: A local write was undone.
    pub const LOCAL_TRANSACTION_FAILED: Self = Self("DB01003");
    /// DB01008: The data is from a newer version.
    pub const LOCAL_SCHEMA_TOO_NEW: Self = Self("DB01008");
    /// PY03001: The store booked something else.
    pub const SALE_DIFFERS: Self = Self("PY03001");
    /// PY03002: The store refused this sale.
    pub const SALE_REFUSED: Self = Self("PY03002");
    /// PY03003: Sales still wait on this till.
    pub const UNSENT_SALES: Self = Self("PY03003");
    /// PY03004: Not enough money received.
    pub const TENDER_TOO_LOW: Self = Self("PY03004");
    /// SY01002: The disk is full.
    pub const DISK_FULL: Self = Self("SY01002");
    /// SY01003: The system does not allow access.
    pub const PERMISSION_DENIED: Self = Self("SY01003");
    /// SY01004: Another process uses this data directory.
    pub const DATA_DIRECTORY_IN_USE: Self = Self("SY01004");
    /// SY01005: The port is taken.
    pub const PORT_IN_USE: Self = Self("SY01005");
    /// SY01006: The session file is damaged.
    pub const VAULT_DAMAGED: Self = Self("SY01006");
    /// SY01007: The session file is from a newer version.
    pub const VAULT_TOO_NEW: Self = Self("SY01007");
    /// SY01008: The key of the session file is missing.
    pub const VAULT_KEY_MISSING: Self = Self("SY01008");
    /// SY01009: The session could not be saved.
    pub const VAULT_NOT_WRITTEN: Self = Self("SY01009");
    /// SY01010: The store's keys are damaged or missing.
    pub const STORE_KEYS_UNUSABLE: Self = Self("SY01010");
    /// SY01011: The sealed file does not open.
    pub const PARCEL_NOT_OPENED: Self = Self("SY01011");
    /// SY01012: The key of the sessions is locked.
    pub const VAULT_LOCKED: Self = Self("SY01012");
    /// SY02001: The configuration cannot be read.
    pub const INVALID_CONFIGURATION: Self = Self("SY02001");
    /// SY02002: Something inside failed.
    pub const SERVICE_UNAVAILABLE: Self = Self("SY02002");
    /// SY02003: The local proxy does not serve this caller.
    pub const PROXY_CALLER_REFUSED: Self = Self("SY02003");
}

/// Every code that has a name in the program.
pub(super) const RAISED: &[Code] = &[
    Code::CONNECTION_TIMEOUT,
    Code::CONNECTION_REFUSED,
    Code::CONNECTION_RESET,
    Code::DNS_RESOLUTION_FAILED,
    Code::TLS_CERTIFICATE_ERROR,
    Code::NETWORK_UNREACHABLE,
    Code::DEVICE_OFFLINE,
    Code::WEBSITE_UNAVAILABLE,
    Code::INVALID_CREDENTIALS,
    Code::TOKEN_EXPIRED,
    Code::TOKEN_INVALID,
    Code::USER_NOT_AUTHORIZED,
    Code::INSUFFICIENT_PERMISSIONS,
    Code::TOKEN_REFRESH_FAILED,
    Code::REFRESH_TOKEN_INVALID,
    Code::REFRESH_TOKEN_EXPIRED,
    Code::AUTH_REQUIRED,
    Code::ACCOUNT_LOCKED,
    Code::SIGN_IN_ABANDONED,
    Code::INVALID_REQUEST_FORMAT,
    Code::MISSING_REQUIRED_PARAMETERS,
    Code::INVALID_PARAMETER_VALUE,
    Code::REQUEST_TOO_LARGE,
    Code::RATE_LIMIT_EXCEEDED,
    Code::UNSUPPORTED_METHOD,
    Code::INVALID_RESPONSE_FORMAT,
    Code::UNEXPECTED_RESPONSE_CODE,
    Code::MALFORMED_JSON_RESPONSE,
    Code::MISSING_RESPONSE_DATA,
    Code::JSON_RECOVERY_ATTEMPTED,
    Code::RESOURCE_NOT_FOUND,
    Code::WOOCOMMERCE_API_DISABLED,
    Code::WCPOS_PLUGIN_NOT_FOUND,
    Code::WCPOS_PLUGIN_OUTDATED,
    Code::WORDPRESS_API_DISABLED,
    Code::INVALID_URL_FORMAT,
    Code::MISSING_API_URL,
    Code::INVALID_SITE_CONFIGURATION,
    Code::STORE_WANTS_HTTPS,
    Code::LOCAL_DATABASE_FAILED,
    Code::LOCAL_TRANSACTION_FAILED,
    Code::LOCAL_SCHEMA_TOO_NEW,
    Code::SALE_DIFFERS,
    Code::SALE_REFUSED,
    Code::UNSENT_SALES,
    Code::TENDER_TOO_LOW,
    Code::DISK_FULL,
    Code::PERMISSION_DENIED,
    Code::DATA_DIRECTORY_IN_USE,
    Code::PORT_IN_USE,
    Code::VAULT_DAMAGED,
    Code::VAULT_TOO_NEW,
    Code::VAULT_KEY_MISSING,
    Code::VAULT_NOT_WRITTEN,
    Code::STORE_KEYS_UNUSABLE,
    Code::PARCEL_NOT_OPENED,
    Code::VAULT_LOCKED,
    Code::INVALID_CONFIGURATION,
    Code::SERVICE_UNAVAILABLE,
    Code::PROXY_CALLER_REFUSED,
];
