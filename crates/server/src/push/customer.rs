//! Writes to customers: added, corrected, never removed here.

use evertill_wire::rest::push::{Operation, PushEnvelope};
use serde_json::Value;

use super::{
    fields::{Fields, set_meta},
    outcome::{Decision, Prior, Refusal, refuse, repeated},
};
use crate::{
    accounts::Role,
    store::{Account, Person},
};

/// A request to write a customer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CustomerPush {
    pub(crate) envelope: PushEnvelope,
    pub(crate) fingerprint: [u8; 32],
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl CustomerPush {
    fn sent(&self, key: &str) -> Option<String> {
        let text = self.envelope.payload.as_ref()?.get(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The e-mail address the payload names.
    pub(crate) fn email(&self) -> Option<String> {
        self.sent("email")
    }

    /// The name the account would get.
    pub(crate) fn username(&self) -> Option<String> {
        let email = self.email()?;
        self.sent("username")
            .or_else(|| email.split('@').next().map(str::to_owned))
    }
}

/// What the database knows that bears on the request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CustomerFacts {
    pub(crate) prior: Option<Prior>,
    pub(crate) record: Option<Account>,
    /// Who has the e-mail address now.
    pub(crate) has_email: Option<Account>,
    /// Somebody has the username.
    pub(crate) has_username: bool,
    pub(crate) next_id: i64,
}

type Refused = Box<Refusal<Account>>;

/// Decides about a request.
pub(crate) fn decide(push: &CustomerPush, facts: &CustomerFacts) -> Decision<Account> {
    if let Some(prior) = &facts.prior {
        return repeated(prior, &push.fingerprint, facts.record.as_ref());
    }
    let result = match (push.envelope.operation, &facts.record) {
        (Operation::Create, Some(account)) => {
            return Decision::Answer {
                status: 200,
                record: Some(account.clone()),
            };
        }
        (Operation::Create, None) => create(push, facts).map(|record| (201, record)),
        (Operation::Update, None) => {
            return refuse(404, "woo_rxdb_sync_record_not_found", "No record for recordId.");
        }
        (Operation::Update, Some(account)) => update(push, facts, account).map(|record| (200, record)),
        (Operation::Delete, _) => {
            return refuse(
                403,
                "woocommerce_rest_cannot_delete",
                "Sorry, you are not allowed to delete this resource.",
            );
        }
    };
    match result {
        Ok((status, record)) => Decision::Write { status, record },
        Err(refusal) => Decision::Refuse(refusal),
    }
}

fn create(push: &CustomerPush, facts: &CustomerFacts) -> Result<Account, Refused> {
    let email = push.email().ok_or_else(|| Box::new(Refusal::missing("email")))?;
    let username = push.username().unwrap_or_default();
    let mut account = Account {
        id: facts.next_id,
        uuid: push.envelope.record_id,
        username: if facts.has_username || username.is_empty() {
            format!("{username}-{}", facts.next_id)
        } else {
            username
        },
        email: String::new(),
        role: Role::Customer,
        password: None,
        disabled_at: None,
        person: Person::default(),
        created_at: push.now,
        modified_at: push.now,
    };
    take_email(&mut account, &email, facts)?;
    fill(&mut account, push)?;
    Ok(account)
}

fn update(push: &CustomerPush, facts: &CustomerFacts, before: &Account) -> Result<Account, Refused> {
    let Some(base) = &push.envelope.base_revision else {
        return Err(Box::new(Refusal::new(
            428,
            "woo_rxdb_sync_revision_required",
            "Updating an existing record requires an If-Match / baseRevision precondition.",
        )));
    };
    if *base != crate::catalogue::account_revision(before) {
        let mut refusal = Refusal::new(409, "woo_rxdb_sync_conflict", "baseRevision is stale.");
        refusal.current = Some(before.clone());
        return Err(Box::new(refusal));
    }
    if before.role != Role::Customer {
        return Err(Box::new(Refusal::new(
            403,
            "woocommerce_rest_cannot_edit",
            "Sorry, you are not allowed to edit this resource.",
        )));
    }
    let mut account = before.clone();
    if let Some(email) = push.email() {
        take_email(&mut account, &email, facts)?;
    }
    fill(&mut account, push)?;
    if account != *before {
        account.modified_at = push.now;
    }
    Ok(account)
}

fn take_email(account: &mut Account, email: &str, facts: &CustomerFacts) -> Result<(), Refused> {
    let is_address = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !email.chars().any(char::is_whitespace)
    });
    if !is_address || email.len() > 254 {
        let message = "email is not a valid email address.";
        return Err(Box::new(Refusal::invalid("email", "rest_invalid_email", message)));
    }
    if facts
        .has_email
        .as_ref()
        .is_some_and(|other| other.id != account.id)
    {
        let message = format!(
            "An account is already registered with {email}. Please log in or use a different email address."
        );
        return Err(Box::new(Refusal::new(
            400,
            "registration-error-email-exists",
            message,
        )));
    }
    account.email = email.to_owned();
    Ok(())
}

fn fill(account: &mut Account, push: &CustomerPush) -> Result<(), Refused> {
    let Some(payload) = push.envelope.payload.as_ref().and_then(Value::as_object) else {
        return Ok(());
    };
    let fields = Fields::top(payload);
    let person = &mut account.person;
    if let Some(name) = fields.text("first_name")? {
        person.first_name = name;
    }
    if let Some(name) = fields.text("last_name")? {
        person.last_name = name;
    }
    fields.address("billing", &mut person.billing)?;
    fields.address("shipping", &mut person.shipping)?;
    let mut next_id = person
        .meta
        .iter()
        .map(|entry| entry.id)
        .max()
        .unwrap_or(account.id * 100)
        + 1;
    for (key, value) in fields.meta()? {
        if key != evertill_wire::rest::order::UUID_KEY {
            set_meta(&mut person.meta, &key, value, &mut next_id);
        }
    }
    Ok(())
}
