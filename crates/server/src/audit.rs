//! The audit log: what happened to accounts, sessions, keys and settings, who did it and from where.
//!
//! Each entry is one plain sentence with the facts beside it that a search needs. Entries are made here and
//! nowhere else, so that what may not be in them can be seen in one place: no password, no token, no key, no
//! more of a session than its first eight characters, and never a name that nobody has (people type passwords
//! into the wrong field).

use std::net::IpAddr;

use uuid::Uuid;

use crate::{
    Rotation,
    store::{Account, Ended, Window},
};

/// Letters of a session's key that are shown; enough to tell tills apart, and worth nothing to a thief.
const SESSION_SHOWN: usize = 8;

/// Longest sentence that is kept, in characters.
const SENTENCE_MAX: usize = 400;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditKind {
    SignIn,
    SignOut,
    GuessesRefused,
    Lockout,
    SessionsEnded,
    Theft,
    Adopted,
    PasswordChanged,
    AccountCreated,
    AccountChanged,
    Imported,
    KeysRotated,
    SettingsChanged,
    Backup,
    Restored,
}

impl AuditKind {
    /// Every kind, as a list to choose from shows them.
    pub(crate) const ALL: [Self; 15] = [
        Self::SignIn,
        Self::SignOut,
        Self::GuessesRefused,
        Self::Lockout,
        Self::SessionsEnded,
        Self::Theft,
        Self::Adopted,
        Self::PasswordChanged,
        Self::AccountCreated,
        Self::AccountChanged,
        Self::Imported,
        Self::KeysRotated,
        Self::SettingsChanged,
        Self::Backup,
        Self::Restored,
    ];

    /// Its name in the database and in addresses. Never changed.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::GuessesRefused => "guesses_refused",
            Self::Lockout => "lockout",
            Self::SessionsEnded => "sessions_ended",
            Self::Theft => "theft",
            Self::Adopted => "adopted",
            Self::PasswordChanged => "password_changed",
            Self::AccountCreated => "account_created",
            Self::AccountChanged => "account_changed",
            Self::Imported => "imported",
            Self::KeysRotated => "keys_rotated",
            Self::SettingsChanged => "settings_changed",
            Self::Backup => "backup",
            Self::Restored => "restored",
        }
    }

    /// What people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::SignOut => "Sign-out",
            Self::GuessesRefused => "Wrong passwords",
            Self::Lockout => "Lockout",
            Self::SessionsEnded => "Session ended",
            Self::Theft => "Theft",
            Self::Adopted => "Session taken back",
            Self::PasswordChanged => "Password changed",
            Self::AccountCreated => "Account created",
            Self::AccountChanged => "Account changed",
            Self::Imported => "Accounts imported",
            Self::KeysRotated => "Signing key changed",
            Self::SettingsChanged => "Settings changed",
            Self::Backup => "Backup",
            Self::Restored => "Restored",
        }
    }

    pub(crate) fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// Somebody an entry is about. The name stays readable when the account is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Party {
    /// Number of the account; none for the store itself, the command line and strangers.
    pub(crate) id: Option<i64>,
    pub(crate) name: String,
}

impl Party {
    /// Somebody with an account.
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            id: Some(account.id),
            name: account.display_name(),
        }
    }

    /// The store's own doing.
    pub(crate) fn store() -> Self {
        Self {
            id: None,
            name: "the store".into(),
        }
    }

    fn stranger() -> Self {
        Self {
            id: None,
            name: "somebody".into(),
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditEntry {
    /// Seconds since 1970.
    pub(crate) at: i64,
    pub(crate) kind: AuditKind,
    /// Who did it.
    pub(crate) actor: Party,
    /// To whom; nobody for keys, settings and backups.
    pub(crate) subject: Party,
    /// First characters of a session's key; may be empty.
    pub(crate) session: String,
    /// Where the request came from; empty for the command line.
    pub(crate) address: String,
    /// What happened, for people.
    pub(crate) sentence: String,
}

/// An entry and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditRow {
    /// Rises with every entry.
    pub(crate) id: i64,
    pub(crate) entry: AuditEntry,
}

/// Which entries are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AuditQuery {
    /// First moment, seconds since 1970.
    pub(crate) since: Option<i64>,
    /// First moment that is too late, seconds since 1970.
    pub(crate) until: Option<i64>,
    /// Account that did it or had it done to it.
    pub(crate) who: Option<i64>,
    pub(crate) kind: Option<AuditKind>,
    /// First characters of a session's key.
    pub(crate) session: Option<String>,
    /// Folded words, all of which must occur.
    pub(crate) words: Vec<String>,
    /// Entries before this one: a long read stays in step while the log grows.
    pub(crate) below: Option<i64>,
    /// Which page, newest first; all of them when none.
    pub(crate) window: Option<Window>,
}

/// As much of a session's key as anybody needs to see.
pub(crate) fn shown(session: Uuid) -> String {
    session.to_string()[..SESSION_SHOWN].to_owned()
}

impl AuditEntry {
    /// The store did something by itself, to nobody in particular, unless told more.
    pub(crate) fn new(at: i64, kind: AuditKind, sentence: impl Into<String>) -> Self {
        let sentence: String = sentence.into();
        Self {
            at,
            kind,
            actor: Party::store(),
            subject: Party::default(),
            session: String::new(),
            address: String::new(),
            sentence: sentence
                .chars()
                .map(|letter| if letter.is_control() { ' ' } else { letter })
                .take(SENTENCE_MAX)
                .collect(),
        }
    }

    /// Who did it.
    pub(crate) fn by(mut self, actor: Party) -> Self {
        self.actor = actor;
        self
    }

    /// To whom it was done.
    pub(crate) fn to(mut self, subject: Party) -> Self {
        self.subject = subject;
        self
    }

    /// Where the request came from.
    pub(crate) fn from(mut self, address: IpAddr) -> Self {
        self.address = address.to_string();
        self
    }

    /// The session it is about.
    pub(crate) fn in_session(mut self, session: Uuid) -> Self {
        self.session = shown(session);
        self
    }

    /// Somebody signed in.
    pub(crate) fn signed_in(
        at: i64,
        account: &Account,
        device: &str,
        session: Uuid,
        address: IpAddr,
    ) -> Self {
        let name = account.display_name();
        let sentence = match device {
            "" | "unknown" => format!("{name} signed in"),
            device => format!("{name} signed in with {device}"),
        };
        Self::new(at, AuditKind::SignIn, sentence)
            .by(Party::of(account))
            .to(Party::of(account))
            .in_session(session)
            .from(address)
    }

    /// Wrong passwords came one after the other.
    pub(crate) fn guesses_refused(at: i64, account: Option<&Account>, count: u32, address: IpAddr) -> Self {
        let sentence = match account {
            Some(account) => format!("{count} wrong passwords for {}", account.display_name()),
            None => format!("{count} sign-ins with a name nobody has"),
        };
        Self::about(at, AuditKind::GuessesRefused, account, address, sentence)
    }

    /// A name or an address has to rest.
    pub(crate) fn locked(at: i64, account: Option<&Account>, rest_s: i64, address: IpAddr) -> Self {
        let minutes = rest_s.div_euclid(60);
        let sentence = match account {
            Some(account) => format!(
                "{} cannot sign in for {minutes} minutes after too many wrong passwords",
                account.display_name()
            ),
            None => {
                format!(
                    "nobody can sign in from {address} for {minutes} minutes after too many wrong passwords"
                )
            }
        };
        Self::about(at, AuditKind::Lockout, account, address, sentence)
    }

    /// A name nobody has rests like any other. Told so that such a guess costs what a wrong password costs.
    pub(crate) fn nobody_rests(at: i64, count: u32, rest_s: i64, address: IpAddr) -> Self {
        let minutes = rest_s.div_euclid(60);
        let sentence = format!("{count} sign-ins with a name nobody has; it rests for {minutes} minutes");
        Self::about(at, AuditKind::GuessesRefused, None, address, sentence)
    }

    fn about(at: i64, kind: AuditKind, account: Option<&Account>, address: IpAddr, sentence: String) -> Self {
        Self::new(at, kind, sentence)
            .by(Party::stranger())
            .to(account.map(Party::of).unwrap_or_default())
            .from(address)
    }

    /// Somebody ended sessions; none were left when `count` is 0, and there is nothing to tell.
    pub(crate) fn sessions_ended(ended: &Ended, whom: Party, count: usize) -> Option<Self> {
        let is_own = whom.id == Some(ended.by_id);
        let by = match ended.by_role.as_str() {
            "" => ended.by.clone(),
            role => format!("{} ({role})", ended.by),
        };
        let mut sentence = match (count, is_own) {
            (0, _) => return None,
            (1, true) => format!("{by} signed out"),
            (count, true) => format!("{by} signed out {count} own sessions"),
            (1, false) => format!("{by} ended a session of {}", whom.name),
            (count, false) => format!("{by} ended {count} sessions of {}", whom.name),
        };
        if !ended.note.is_empty() {
            sentence.push_str(": ");
            sentence.push_str(&ended.note);
        }
        let kind = match is_own {
            true => AuditKind::SignOut,
            false => AuditKind::SessionsEnded,
        };
        let actor = Party {
            id: (ended.by_id != 0).then_some(ended.by_id),
            name: ended.by.clone(),
        };
        Some(Self::new(ended.at, kind, sentence).by(actor).to(whom))
    }
}

impl AuditEntry {
    /// Somebody changed a key.
    pub(crate) fn keys_rotated(at: i64, by: Party, rotation: Rotation, kid: &str) -> Self {
        let what = match rotation {
            Rotation::Signing => "made a new signing key",
            Rotation::SigningCompromised => "made a new signing key and gave up all before it",
            Rotation::Sealing => "made a new key for refresh tokens",
        };
        let sentence = format!("{} {what}; the signing key is or becomes {kid}", by.name);
        Self::new(at, AuditKind::KeysRotated, sentence).by(by)
    }

    /// A copy of a session's key was used beside the original, and the session was ended for it.
    pub(crate) fn theft(at: i64, whom: Party, session: Uuid) -> Self {
        let sentence = format!(
            "a session of {} was ended: an old key of it was used again, so somebody else may hold a copy",
            whom.name
        );
        Self::new(at, AuditKind::Theft, sentence)
            .to(whom)
            .in_session(session)
    }

    /// A database that was put back to an earlier day was told what ended since.
    pub(crate) fn endings_told(at: i64, count: usize) -> Self {
        let sentence = match count {
            1 => "the database had forgotten that a session ended since its copy was made; it stays ended"
                .to_owned(),
            count => format!(
                "the database had forgotten that {count} sessions ended since its copy was made; they stay ended"
            ),
        };
        Self::new(at, AuditKind::Restored, sentence)
    }

    /// A new signing key takes over because its time has come.
    pub(crate) fn key_rotated_as_scheduled(at: i64, kid: &str) -> Self {
        let sentence = format!("a new signing key takes over, as scheduled: {kid}");
        Self::new(at, AuditKind::KeysRotated, sentence)
    }

    /// A till came with a good key for a session that this database has never heard of: it was restored from an
    /// older copy.
    pub(crate) fn adopted(at: i64, whom: Party, session: Uuid) -> Self {
        let sentence = format!(
            "a session of {} was taken back: its key is good, and this database is older than it",
            whom.name
        );
        Self::new(at, AuditKind::Adopted, sentence)
            .to(whom)
            .in_session(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(by_id: i64, note: &str) -> Ended {
        Ended {
            reason: evertill_issuer::Ending::Revoked,
            at: 7,
            by_id,
            by: "Ann".into(),
            by_role: "owner".into(),
            note: note.into(),
        }
    }

    fn ada() -> Party {
        Party {
            id: Some(3),
            name: "Ada".into(),
        }
    }

    #[test]
    fn every_kind_has_a_name_of_its_own_that_reads_back() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in AuditKind::ALL {
            assert!(seen.insert(kind.slug()), "{kind:?}");
            assert_eq!(AuditKind::parse(kind.slug()), Some(kind));
        }
        assert_eq!(AuditKind::parse("other"), None);
    }

    #[test]
    fn an_ended_session_is_told_with_who_whose_and_why() {
        let one = AuditEntry::sessions_ended(&ended(1, "lost"), ada(), 1).unwrap();
        assert_eq!(one.sentence, "Ann (owner) ended a session of Ada: lost");
        assert_eq!((one.kind, one.actor.id), (AuditKind::SessionsEnded, Some(1)));
        let more = AuditEntry::sessions_ended(&ended(1, ""), ada(), 4).unwrap();
        assert_eq!(more.sentence, "Ann (owner) ended 4 sessions of Ada");
        assert_eq!(AuditEntry::sessions_ended(&ended(1, ""), ada(), 0), None);
    }

    #[test]
    fn ending_ones_own_session_is_signing_out() {
        let own = AuditEntry::sessions_ended(&ended(3, ""), ada(), 1).unwrap();
        assert_eq!(own.kind, AuditKind::SignOut);
    }

    #[test]
    fn a_name_nobody_has_is_never_written_down() {
        let entry = AuditEntry::guesses_refused(1, None, 3, IpAddr::from([10, 0, 0, 1]));
        assert_eq!(entry.sentence, "3 sign-ins with a name nobody has");
        assert_eq!(entry.subject, Party::default());
    }

    #[test]
    fn a_sentence_is_one_line_and_not_endless() {
        let entry = AuditEntry::new(1, AuditKind::Backup, format!("a\r\nb{}", "x".repeat(9999)));
        assert!(entry.sentence.starts_with("a  b"));
        assert_eq!(entry.sentence.chars().count(), SENTENCE_MAX);
    }
}
