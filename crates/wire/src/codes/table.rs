//! The table behind [`Code`]: in the order of the codes.

use super::{Code, Entry, Exit};

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
    /// API02007: The session could not be renewed.
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
    /// SY02001: The configuration cannot be read.
    pub const INVALID_CONFIGURATION: Self = Self("SY02001");
    /// SY02002: Something inside failed.
    pub const SERVICE_UNAVAILABLE: Self = Self("SY02002");
}

/// Every code that has a name in the program.
#[cfg(test)]
pub(super) const NAMED: &[Code] = &[
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
    Code::INVALID_CONFIGURATION,
    Code::SERVICE_UNAVAILABLE,
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::CONNECTION_TIMEOUT,
        title: "The store did not answer in time",
        meaning: "The store took the connection and gave no answer within the time limit.",
        remedy: "Nothing needs doing at the till: it tries again by itself; if it lasts, ask the host why the store is slow.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::CONNECTION_REFUSED,
        title: "The store closed the door on the connection",
        meaning: "A machine answered at the store's address and refused the connection.",
        remedy: "Check that the web server of the store is running and that the address and port are right.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::CONNECTION_RESET,
        title: "The connection was cut in the middle",
        meaning: "An open connection to the store was cut before the answer was complete.",
        remedy: "Nothing needs doing: the till tries again; if it lasts, look at the network between the till and the store.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::DNS_RESOLUTION_FAILED,
        title: "The store's name leads nowhere",
        meaning: "The host name of the store could not be turned into an address.",
        remedy: "Check the spelling of the store's address and the internet connection of this device.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::TLS_CERTIFICATE_ERROR,
        title: "The store's certificate cannot be trusted",
        meaning: "The encrypted connection was given up because the certificate of the store did not check out.",
        remedy: "Renew the certificate of the store, or correct the clock of this device.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::NETWORK_UNREACHABLE,
        title: "No way through the network to the store",
        meaning: "This device has a network, and no route leads to the store.",
        remedy: "Check the router and the internet connection of the shop.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::DEVICE_OFFLINE,
        title: "This device is offline",
        meaning: "This device has no network connection at all.",
        remedy: "Reconnect the network; selling goes on and sales are sent afterwards.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::WEBSITE_UNAVAILABLE,
        title: "The store's website is down for the moment",
        meaning: "The site answered with a server error, a maintenance page or a database error.",
        remedy: "Nothing needs doing at the till: it tries again by itself; if it lasts, ask the person who runs the website.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::INVALID_CREDENTIALS,
        title: "Name or password not accepted",
        meaning: "The store did not accept this name and password.",
        remedy: "Type them again, or have the password reset in the store's user list.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::TOKEN_EXPIRED,
        title: "The access token has ended",
        meaning: "The short-lived token is past its end and the store cannot be reached to renew it.",
        remedy: "Nothing needs doing: it is renewed as soon as the store answers.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::TOKEN_INVALID,
        title: "The store does not accept this session's tokens",
        meaning: "Renewals succeed and yet every fresh token is refused: the session is half ended at the store.",
        remedy: "Sign in again.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::USER_NOT_AUTHORIZED,
        title: "The account is gone",
        meaning: "The store no longer knows the account this session belongs to.",
        remedy: "Sign in with another account, or have the account restored in the store's user list.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::INSUFFICIENT_PERMISSIONS,
        title: "This account may not do that",
        meaning: "The person is signed in and the store does not let them do this.",
        remedy: "Ask an owner to give the account the missing right; signing in again does not help.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::TOKEN_REFRESH_FAILED,
        title: "The session could not be renewed",
        meaning: "The till tried to renew its session and did not get a new token.",
        remedy: "The cause below says whether to wait or to sign in; selling goes on either way.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::REFRESH_TOKEN_INVALID,
        title: "The store ended this session",
        meaning: "The store no longer accepts the refresh token of this session.",
        remedy: "Sign in again.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::REFRESH_TOKEN_EXPIRED,
        title: "The session reached its end",
        meaning: "The refresh token came to the end of its own life.",
        remedy: "Sign in again.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::AUTH_REQUIRED,
        title: "Nobody is signed in",
        meaning: "This needs a session and there is none for this store.",
        remedy: "Sign in with `evertill login --store URL` or on the till's sign-in page.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::ACCOUNT_LOCKED,
        title: "The account is locked for a while",
        meaning: "Too many wrong passwords: the store refuses sign-ins of this account or this address for some minutes.",
        remedy: "Wait fifteen minutes and then sign in with the right password.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::SIGN_IN_ABANDONED,
        title: "The sign-in was not finished",
        meaning: "The store's sign-in page was opened and did not send anybody back in time.",
        remedy: "Start the sign-in again and finish it within ten minutes.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::INVALID_REQUEST_FORMAT,
        title: "The request could not be understood",
        meaning: "The receiving side could not parse what was sent.",
        remedy: "Send the request again in the documented form.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::MISSING_REQUIRED_PARAMETERS,
        title: "Something mandatory is missing",
        meaning: "A required part of the request was left out.",
        remedy: "Add the missing part that the message names.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::INVALID_PARAMETER_VALUE,
        title: "A value is not acceptable",
        meaning: "A value has the wrong type, range or reference.",
        remedy: "Correct the value that the message names.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::REQUEST_TOO_LARGE,
        title: "The request is too large",
        meaning: "The body or a header is larger than the host takes.",
        remedy: "Have the host's limit raised, or send less at once.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::RATE_LIMIT_EXCEEDED,
        title: "Too many requests for the moment",
        meaning: "The store, or something in front of it, asks for a pause.",
        remedy: "Nothing needs doing: the till waits as long as it was told.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::UNSUPPORTED_METHOD,
        title: "That method is not allowed there",
        meaning: "The address exists and does not take this kind of request.",
        remedy: "Use the method that the message names.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::INVALID_RESPONSE_FORMAT,
        title: "Something else answered instead of the store",
        meaning: "The answer was not the store's: a page of a firewall, a captive portal or a redirect.",
        remedy: "Let the store's web address through the firewall, or correct the address; selling goes on meanwhile.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::UNEXPECTED_RESPONSE_CODE,
        title: "An answer nobody expected",
        meaning: "The store answered with a status that has no meaning here.",
        remedy: "If it lasts, report it together with the details below the code.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::MALFORMED_JSON_RESPONSE,
        title: "The answer is damaged",
        meaning: "The answer looks like the store's and cannot be read: cut short, or two answers glued together.",
        remedy: "Nothing needs doing: the till tries again; if it lasts, look into the store's PHP error log.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::MISSING_RESPONSE_DATA,
        title: "The answer lacks what was asked for",
        meaning: "The answer can be read and the wanted fields are not in it.",
        remedy: "If it lasts, check the version of the till plugin at the store.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::JSON_RECOVERY_ATTEMPTED,
        title: "Noise around the answer was stepped over",
        meaning: "PHP notices stood before the answer; it could be read all the same.",
        remedy: "Switch off the display of PHP errors at the store (`display_errors`).",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::RESOURCE_NOT_FOUND,
        title: "It is not there",
        meaning: "The addressed thing does not exist at the store.",
        remedy: "Check the address or number that the message names.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::WOOCOMMERCE_API_DISABLED,
        title: "WooCommerce does not answer",
        meaning: "The store's WooCommerce interface is missing.",
        remedy: "Activate WooCommerce at the store.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::WCPOS_PLUGIN_NOT_FOUND,
        title: "The till plugin does not answer",
        meaning: "The site answers and its till plugin does not: switched off, being updated, or not installed.",
        remedy: "Activate the WCPOS plugin at the store; the till goes on by itself afterwards.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::WCPOS_PLUGIN_OUTDATED,
        title: "The till plugin is too old",
        meaning: "The till plugin at the store is older than this till understands.",
        remedy: "Update the WCPOS plugin to 1.10 or newer.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::WORDPRESS_API_DISABLED,
        title: "No WordPress interface at this address",
        meaning: "The address answers and has no WordPress REST interface, or it is switched off.",
        remedy: "Check the store's address; if it is right, allow the REST interface in the security settings of the site.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::INVALID_URL_FORMAT,
        title: "That is not a web address",
        meaning: "The store's address cannot be read as a web address.",
        remedy: "Give it like `https://shop.example`.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::MISSING_API_URL,
        title: "No store is named",
        meaning: "There is no store address, given or remembered.",
        remedy: "Name one with `--store URL`.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::INVALID_SITE_CONFIGURATION,
        title: "The store's settings contradict each other",
        meaning: "The store's clock, address or settings do not fit together.",
        remedy: "Ask the person who runs the website to look at what the message names.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::STORE_WANTS_HTTPS,
        title: "The store speaks another protocol",
        meaning: "The store answers on https while the address says http, or the other way round.",
        remedy: "Use the address that the message names.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::LOCAL_DATABASE_FAILED,
        title: "The database on this device does not open",
        meaning: "The local database could not be opened or read.",
        remedy: "Check the data directory that the message names and the rights on it.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::LOCAL_TRANSACTION_FAILED,
        title: "A local write was undone",
        meaning: "A write to the local database failed and was undone as a whole.",
        remedy: "Try again; if it lasts, check disk space and the data directory.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::LOCAL_SCHEMA_TOO_NEW,
        title: "The data is from a newer version",
        meaning: "The local data was written by a newer Evertill.",
        remedy: "Install that version or a newer one; the data was left as it is.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::SALE_DIFFERS,
        title: "The store booked something else",
        meaning: "The store's order differs from the sale that was sent.",
        remedy: "Compare the two on the sale's page and send the sale again.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::SALE_REFUSED,
        title: "The store refused this sale",
        meaning: "The store answered that it does not take this sale as it is.",
        remedy: "Read the store's words on the sale's page, mend the cause, and send it again; the sale is kept.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::UNSENT_SALES,
        title: "Sales still wait on this till",
        meaning: "There are sales that the store has not booked yet.",
        remedy: "Let them be sent first, or export them.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::TENDER_TOO_LOW,
        title: "Not enough money received",
        meaning: "The amount received is less than the amount to pay.",
        remedy: "Take the rest, or correct the amount.",
        exit: Exit::Usage,
    },
    Entry {
        code: Code::DISK_FULL,
        title: "The disk is full",
        meaning: "There is no space left to write to.",
        remedy: "Free some space; what was written before is safe.",
        exit: Exit::Other,
    },
    Entry {
        code: Code::PERMISSION_DENIED,
        title: "The system does not allow access",
        meaning: "A file or directory may not be read or written by this account.",
        remedy: "Give this account the right, or choose another data directory with `--data-dir`.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::DATA_DIRECTORY_IN_USE,
        title: "Another process uses this data directory",
        meaning: "A data directory belongs to one till or one store at a time, and another process holds it.",
        remedy: "Stop the other process, or choose another directory with `--data-dir`.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::PORT_IN_USE,
        title: "The port is taken",
        meaning: "Another process listens on this address already.",
        remedy: "Stop it, or choose another address with `--listen`.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::VAULT_DAMAGED,
        title: "The session file is damaged",
        meaning: "The file with the saved session cannot be read; it was set aside, not deleted.",
        remedy: "Sign in again.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::VAULT_TOO_NEW,
        title: "The session file is from a newer version",
        meaning: "The file with the saved session was written by a newer Evertill and was left as it is.",
        remedy: "Install that version or a newer one.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::VAULT_KEY_MISSING,
        title: "The key of the session file is missing",
        meaning: "The saved session is encrypted and its key is not where it was kept.",
        remedy: "Restore the key, or sign in again; the session file was set aside.",
        exit: Exit::SignIn,
    },
    Entry {
        code: Code::VAULT_NOT_WRITTEN,
        title: "The session could not be saved",
        meaning: "A new token arrived and could not be written to disk.",
        remedy: "Free disk space or correct the rights on the data directory; the session goes on meanwhile.",
        exit: Exit::Trouble,
    },
    Entry {
        code: Code::STORE_KEYS_UNUSABLE,
        title: "The store's keys are damaged or missing",
        meaning: "The file with the keys that sign every session is damaged, or is gone while sessions exist.",
        remedy: "Put keys.json back from a backup of the store's data directory; new keys would sign every till out.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::INVALID_CONFIGURATION,
        title: "The configuration cannot be read",
        meaning: "A setting is missing, unknown or contradicts another one.",
        remedy: "Correct the setting that the message names.",
        exit: Exit::Configuration,
    },
    Entry {
        code: Code::SERVICE_UNAVAILABLE,
        title: "Something inside failed",
        meaning: "A part of this program did not do its work.",
        remedy: "Try again; if it lasts, report it with the log.",
        exit: Exit::Other,
    },
];
