//! What a form says about somebody.

use uuid::Uuid;

use crate::{
    accounts::Role,
    http::Ask,
    store::{Account, Person},
};

/// Longest name, in characters.
const NAME_MAX: usize = 60;

/// Longest e-mail address, in bytes.
const EMAIL_MAX: usize = 254;

/// The fields of the form, as they were typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Draft {
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// Slug of a role.
    pub(crate) role: String,
}

impl Draft {
    pub(crate) fn read(ask: &Ask) -> Self {
        let field = |name: &str| ask.param_text(name).unwrap_or_default().trim().to_owned();
        Self {
            username: field("username"),
            email: field("email"),
            first_name: field("first_name"),
            last_name: field("last_name"),
            role: field("role"),
        }
    }

    pub(crate) fn of(account: &Account) -> Self {
        Self {
            username: account.username.clone(),
            email: account.email.clone(),
            first_name: account.person.first_name.clone(),
            last_name: account.person.last_name.clone(),
            role: account.role.slug().to_owned(),
        }
    }

    /// The name to show.
    pub(crate) fn name(&self) -> String {
        let full = format!("{} {}", self.first_name, self.last_name);
        match full.trim() {
            "" => self.username.clone(),
            name => name.to_owned(),
        }
    }

    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let is_username = |text: &str| {
            (1..=NAME_MAX).contains(&text.chars().count())
                && text
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | ' '))
        };
        let is_email = |text: &str| {
            let has_parts = text
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
            has_parts && text.len() <= EMAIL_MAX && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        let is_name = |text: &str| text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control);
        if !is_username(&self.username) {
            return Some("A username has 1 to 60 letters, digits, dots, dashes or underscores.");
        }
        if !is_email(&self.email) {
            return Some("The e-mail address is not complete.");
        }
        let are_names = is_name(&self.first_name) && is_name(&self.last_name);
        (!are_names).then_some("A name has at most 60 characters.")
    }

    /// A new account; its number and password come later.
    pub(crate) fn account(&self, role: Role, now: i64) -> Account {
        Account {
            id: 0,
            uuid: Uuid::new_v4(),
            username: self.username.clone(),
            email: self.email.clone(),
            role,
            password: None,
            disabled_at: None,
            person: Person {
                first_name: self.first_name.clone(),
                last_name: self.last_name.clone(),
                ..Person::default()
            },
            created_at: now,
            modified_at: now,
        }
    }

    /// An account with what the form says.
    pub(crate) fn applied(&self, before: &Account, role: Role, now: i64) -> Account {
        Account {
            email: self.email.clone(),
            role,
            person: Person {
                first_name: self.first_name.clone(),
                last_name: self.last_name.clone(),
                ..before.person.clone()
            },
            modified_at: now,
            ..before.clone()
        }
    }
}

/// What changed, as one sentence.
pub(crate) fn told(by: &Account, before: &Account, after: &Account) -> String {
    let mut changes = Vec::new();
    if before.role != after.role {
        changes.push(format!("{} to {}", before.role.title(), after.role.title()));
    }
    if before.email != after.email {
        changes.push("e-mail address".to_owned());
    }
    if before.display_name() != after.display_name() {
        changes.push(format!("name, before {}", before.display_name()));
    }
    let what = match changes.is_empty() {
        true => "nothing".to_owned(),
        false => changes.join("; "),
    };
    format!(
        "{} changed the account of {}: {what}",
        by.display_name(),
        after.display_name()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(username: &str, email: &str) -> Draft {
        Draft {
            username: username.into(),
            email: email.into(),
            first_name: "Eva".into(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_form_is_taken_only_when_it_makes_sense() {
        for good in [
            ("eva", "eva@shop.example"),
            ("e.v-a_1", "e+x@a.b"),
            ("Núñez José", "n@x.es"),
        ] {
            assert_eq!(draft(good.0, good.1).fault(), None, "{good:?}");
        }
        for bad in [
            ("", "eva@shop.example"),
            ("eva@home", "eva@shop.example"),
            ("eva<script>", "eva@shop.example"),
            (&"x".repeat(61), "eva@shop.example"),
            ("eva", "eva"),
            ("eva", "eva@home"),
            ("eva", "@shop.example"),
            ("eva", "e va@shop.example"),
        ] {
            assert!(draft(bad.0, bad.1).fault().is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_change_is_told_by_what_changed_and_not_by_its_content() {
        let before = draft("eva", "eva@old.example").account(Role::Cashier, 1);
        let after = draft("eva", "eva@new.example").applied(&before, Role::ShopManager, 2);
        let told = told(&before, &before, &after);
        assert_eq!(
            told,
            "Eva changed the account of Eva: cashier to manager; e-mail address"
        );
    }
}
