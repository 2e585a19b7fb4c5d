//! What stands round a session on one device: a locked key, the local proxy.

use super::super::{Code, Entry, Exit, Origin, Retry, Safety, Selling, Sending, Severity, Topic, Who, cause};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        code: Code::VAULT_LOCKED,
        name: "VAULT_LOCKED",
        origin: Origin::Ours,
        topic: Topic::Till,
        title: "The key of the sessions is locked",
        meaning: "The key that opens the stored sessions lies behind a passphrase, and nobody gave it.",
        remedy: "Start in a terminal, which asks for the passphrase, or name the file with it in EVERTILL_VAULT_PASSPHRASE_FILE.",
        severity: Severity::ActToday,
        retry: Retry::AfterChange,
        exit: Exit::Configuration,
        status: Some(503),
        safety: Safety::LocalOnly,
        selling: Selling::GoesOn,
        sending: Sending::WaitsForChange,
        who: Who::Owner,
        causes: &[
            cause(
                "The till was started by a service, which cannot be asked",
                "Put the passphrase into a file only the service reads, and name it in EVERTILL_VAULT_PASSPHRASE_FILE.",
            ),
            cause(
                "A script runs without a terminal",
                "Name the same file for the script, or move the key: evertill vault move --to file.",
            ),
        ],
        cashier: &["Go on selling, and ask the owner to start the till with its passphrase."],
        owner: &[
            "Start the till again and give the passphrase.",
            "Where the passphrase is lost, remove vault.key.locked and sign in again.",
        ],
        developer: &[
            "vault.key.locked is there, and neither a terminal nor EVERTILL_VAULT_PASSPHRASE_FILE gave a passphrase.",
        ],
        by_itself: "Leaves the locked key and the sessions as they are, also when somebody signs in.",
        server_codes: &[],
        phrases: &["locked key", "no passphrase was given"],
        related: &[Code::VAULT_KEY_MISSING],
        counterparts: &[],
    },
    Entry {
        code: Code::PROXY_CALLER_REFUSED,
        name: "PROXY_CALLER_REFUSED",
        origin: Origin::Ours,
        topic: Topic::Till,
        title: "The local proxy does not serve this caller",
        meaning: "A request reached evertill proxy without its key, through a web page, or under a name that is not its own.",
        remedy: "Call the address that evertill proxy prints, key included, from a program on the same device.",
        severity: Severity::Normal,
        retry: Retry::AfterChange,
        exit: Exit::Usage,
        status: Some(403),
        safety: Safety::NoImpact,
        selling: Selling::GoesOn,
        sending: Sending::GoesOn,
        who: Who::Nobody,
        causes: &[
            cause(
                "The proxy was started again and has a new key",
                "Read the key it printed, or the file --key-file names.",
            ),
            cause(
                "A page in a browser called it",
                "Call it from a program; pages are refused so that no website can use the session.",
            ),
            cause(
                "The request names another host than 127.0.0.1 or localhost",
                "Use the address as it was printed.",
            ),
        ],
        cashier: &["Nothing at the till needs to be done."],
        owner: &["Ask whoever wrote the script to use the address the proxy prints."],
        developer: &[
            "401 means no key or a wrong one, 403 a request of a web page (Origin, Sec-Fetch-Site), 421 a Host that is not the proxy's, 405 a method that is not passed on.",
        ],
        by_itself: "Answers with a problem document that names the reason, and sends nothing to the store.",
        server_codes: &[],
        phrases: &["proxy key", "does not serve this caller"],
        related: &[Code::PERMISSION_DENIED],
        counterparts: &[],
    },
];
