//! The one list of settings: name, kind, default, unit, meaning. Help, the example file and the checks read it.

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Fact,
    /// Several; in the environment texts with commas between them.
    List,
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// Section and name: `sessions.idle_days`.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// As it would stand in the file; empty where nothing is set.
    pub(crate) default: &'static str,
    /// Seconds, days, MiB; empty where there is none.
    pub(crate) unit: &'static str,
    /// A flag of `evertill serve` that sets it.
    pub(crate) flag: Option<&'static str>,
    /// What it does, for the person who sets it.
    pub(crate) about: &'static str,
    /// Whether its value is shown to nobody.
    pub(crate) is_secret: bool,
    /// Least and most, of a number.
    pub(crate) bounds: Option<(u64, u64)>,
    /// Whether the office may change it while the store runs.
    pub(crate) is_live: bool,
}

impl Key {
    const fn new(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Self {
        Self {
            name,
            kind,
            default,
            unit: "",
            flag: None,
            about,
            is_secret: false,
            bounds: None,
            is_live: false,
        }
    }

    const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    const fn by_flag(self, flag: &'static str) -> Self {
        Self {
            flag: Some(flag),
            ..self
        }
    }

    const fn between(self, least: u64, most: u64) -> Self {
        Self {
            bounds: Some((least, most)),
            ..self
        }
    }

    const fn live(self) -> Self {
        Self {
            is_live: true,
            ..self
        }
    }

    const fn unseen(self) -> Self {
        Self {
            is_secret: true,
            ..self
        }
    }

    /// The variable that sets it: `EVERTILL_SESSIONS_IDLE_DAYS`.
    pub(crate) fn variable(&self) -> String {
        format!("EVERTILL_{}", self.name.to_uppercase().replace('.', "_"))
    }

    /// The part before the dot.
    pub(crate) fn section(&self) -> &'static str {
        self.name
            .split_once('.')
            .map_or(self.name, |(section, _)| section)
    }

    /// The part after the dot.
    pub(crate) fn leaf(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, leaf)| leaf)
    }
}

/// Every setting, in the order of the example file.
pub(crate) const KEYS: &[Key] = &[
    Key::new(
        "shop.name",
        Kind::Text,
        "",
        "Name of the shop; wins over the one in the database.",
    ),
    Key::new(
        "listen.address",
        Kind::Text,
        "\"127.0.0.1:8421\"",
        "Address and port to listen on.",
    )
    .by_flag("--listen"),
    Key::new(
        "listen.public_url",
        Kind::Text,
        "",
        "The address tills and people reach the store by, where it differs from the one above. \
         Scheme and host are never taken from a request.",
    )
    .by_flag("--public-url"),
    Key::new(
        "listen.tls_cert",
        Kind::Text,
        "",
        "File with the certificate chain (PEM). With a key the store speaks TLS 1.2 and 1.3 and nothing else; \
         a changed file is taken up while it runs.",
    )
    .by_flag("--tls-cert"),
    Key::new(
        "listen.tls_key",
        Kind::Text,
        "",
        "File with the private key of the certificate (PEM).",
    )
    .by_flag("--tls-key"),
    Key::new(
        "listen.trusted_proxies",
        Kind::List,
        "[]",
        "Addresses or blocks of the proxies before the store. Only their X-Forwarded-For and Forwarded are believed.",
    ),
    Key::new(
        "sign_in.redirect_uris",
        Kind::List,
        "[]",
        "Exact addresses a sign-in may return to, beyond apps and this device.",
    ),
    Key::new(
        "sign_in.guesses_for_name",
        Kind::Number,
        "5",
        "Wrong passwords for one name before it has to rest, 3 to 100.",
    )
    .between(3, 100)
    .live(),
    Key::new(
        "sign_in.guesses_from_address",
        Kind::Number,
        "10",
        "Wrong passwords from one address before it has to rest, 3 to 1000. More where many people share one.",
    )
    .between(3, 1_000)
    .live(),
    Key::new(
        "sign_in.rest_minutes",
        Kind::Number,
        "15",
        "How long wrong passwords count, and how long a name or an address rests, 1 to 1440.",
    )
    .in_unit("minutes")
    .between(1, 1_440)
    .live(),
    Key::new(
        "sessions.access_life_s",
        Kind::Number,
        "900",
        "How long an access token lives, 5 to 86400.",
    )
    .in_unit("seconds")
    .between(5, 86_400)
    .live()
    .by_flag("--access-ttl"),
    Key::new(
        "sessions.idle_days",
        Kind::Number,
        "60",
        "A session nobody used for so long ends, 1 to 3650.",
    )
    .in_unit("days")
    .between(1, 3_650)
    .live(),
    Key::new(
        "sessions.absolute_days",
        Kind::Number,
        "",
        "A session ends at this age however busy it is, 1 to 3650; never where it is not set.",
    )
    .in_unit("days")
    .between(1, 3_650)
    .live(),
    Key::new(
        "sessions.password_ends_others",
        Kind::Fact,
        "true",
        "A new password ends the other sessions of its account. Where it does not, whoever sets one may still say so.",
    )
    .live(),
    Key::new(
        "sessions.keep_ended_days",
        Kind::Number,
        "90",
        "How long the store remembers sessions that are over, 8 to 3650; the audit log remembers longer.",
    )
    .in_unit("days")
    .between(8, 3_650)
    .live(),
    Key::new(
        "keys.rotate_days",
        Kind::Number,
        "",
        "Age at which the signing key is replaced, 1 to 3650; by hand only where it is not set.",
    )
    .in_unit("days")
    .between(1, 3_650)
    .live(),
    Key::new(
        "oauth.clients",
        Kind::List,
        "[]",
        "Other programs that may sign people in, one [[oauth.clients]] table each with id, redirect_uris and perhaps \
         secret_sha256; in the file only.",
    )
    .unseen(),
    Key::new(
        "database.url",
        Kind::Text,
        "",
        "Address of a PostgreSQL database that several nodes share, without a password; one with a password belongs \
         into the environment or into a file of its own.",
    )
    .by_flag("--database-url"),
    Key::new(
        "database.url_file",
        Kind::Text,
        "",
        "File that holds the address of the database with its password.",
    ),
    Key::new(
        "database.connections",
        Kind::Number,
        "",
        "Connections of this node to the shared database, 2 to 500.",
    )
    .between(2, 500),
    Key::new(
        "database.isolation",
        Kind::Text,
        "",
        "How far transactions of the shared database are kept apart: read-committed or serializable.",
    ),
    Key::new(
        "database.notify",
        Kind::Fact,
        "true",
        "Nodes tell each other of ended sessions at once; they ask several times a second in any case.",
    ),
    Key::new(
        "limits.connections",
        Kind::Number,
        "1024",
        "Open connections; one more is answered 503.",
    )
    .between(1, 100_000),
    Key::new(
        "limits.connections_per_address",
        Kind::Number,
        "256",
        "Open connections of one address (IPv6: of one /64); trusted proxies are not counted.",
    )
    .between(1, 100_000),
    Key::new(
        "limits.requests",
        Kind::Number,
        "256",
        "Requests under way that are no renewals; one more is answered 503.",
    )
    .between(1, 100_000),
    Key::new(
        "limits.renewals",
        Kind::Number,
        "256",
        "Renewals under way. They have places of their own, so that nothing else keeps a till from renewing.",
    )
    .between(1, 100_000),
    Key::new(
        "limits.sign_ins_waiting",
        Kind::Number,
        "32",
        "Sign-ins that wait for their password to be checked; one more is told to come back.",
    )
    .between(1, 10_000),
    Key::new(
        "limits.header_s",
        Kind::Number,
        "10",
        "Time for a client to send the head of a request, or to finish a TLS handshake.",
    )
    .in_unit("seconds")
    .between(1, 300),
    Key::new(
        "limits.body_s",
        Kind::Number,
        "20",
        "Time for a client to send the body of a request, and to take an answer.",
    )
    .in_unit("seconds")
    .between(1, 3_600),
    Key::new(
        "limits.idle_s",
        Kind::Number,
        "75",
        "Time a connection may lie unused.",
    )
    .in_unit("seconds")
    .between(1, 3_600),
    Key::new(
        "limits.body_memory_mib",
        Kind::Number,
        "64",
        "Memory for all bodies that are being read; past it large bodies are answered 503.",
    )
    .in_unit("MiB")
    .between(2, 65_536),
    Key::new(
        "metrics.allow",
        Kind::List,
        "[\"127.0.0.0/8\", \"::1\"]",
        "Addresses or blocks that may read /metrics.",
    ),
    Key::new(
        "log.format",
        Kind::Text,
        "\"text\"",
        "How a line of the log looks: text or json. EVERTILL_LOG says how much is logged.",
    )
    .by_flag("--log-format"),
];

/// The key of this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The known name that looks most like an unknown one; none when nothing does.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    let leaf = name.rsplit('.').next().unwrap_or(name);
    KEYS.iter()
        .map(|key| {
            let whole = distance(name, key.name);
            // The right name in the wrong section is as near as a slip of the pen.
            (whole.min(distance(leaf, key.leaf()) + 1), key.name)
        })
        .filter(|(steps, known)| *steps <= 3.min(known.len() / 3))
        .min()
        .map(|(_, known)| known)
}

/// Letters to change, add or drop to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, expected) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *expected);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_answered_with_the_one_that_was_meant() {
        assert_eq!(nearest("shop.nmae"), Some("shop.name"));
        assert_eq!(nearest("sign_in.redirect_urls"), Some("sign_in.redirect_uris"));
        assert_eq!(nearest("idle_days"), Some("sessions.idle_days"));
        assert_eq!(nearest("shop.idle_days"), Some("sessions.idle_days"));
        assert_eq!(nearest("colour.of_the_door"), None);
    }

    #[test]
    fn no_two_keys_share_a_name_or_a_flag() {
        let mut names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
        let mut flags: Vec<&str> = KEYS.iter().filter_map(|key| key.flag).collect();
        let (all_names, all_flags) = (names.len(), flags.len());
        names.sort_unstable();
        names.dedup();
        flags.sort_unstable();
        flags.dedup();
        assert_eq!((names.len(), flags.len()), (all_names, all_flags));
    }
}
