//! Getting a passphrase: from stdin, or from the person in front of the terminal. Never from an argument.

use std::{
    env,
    io::{self, IsTerminal},
    path::Path,
};

use evertill_client::vault::{Vault, unlock_with};
use evertill_wire::{Passphrase, env as names};

use crate::{commands::sales, failure::Failure};

/// Asks for the passphrase when the key of this data directory is locked and a person can be asked. A file named in the
/// environment goes before; a script without either is told by what fails next.
///
/// # Errors
///
/// When the terminal does not work.
pub(crate) fn unlock(home: &Path) -> Result<(), Failure> {
    let is_named = env::var_os(names::VAULT_PASSPHRASE_FILE).is_some_and(|name| !name.is_empty());
    if !is_named && io::stdin().is_terminal() && Vault::is_locked(home) {
        unlock_with(asked("Passphrase of the stored sessions: ")?);
    }
    Ok(())
}

/// A passphrase that exists.
///
/// # Errors
///
/// [`Failure::NoPassphrase`] when there is neither a line on stdin nor a person.
pub(crate) fn known(is_on_stdin: bool) -> Result<Passphrase, Failure> {
    if is_on_stdin {
        sales::passphrase()
    } else {
        asked("Passphrase: ")
    }
}

/// A new passphrase; a person types it twice.
///
/// # Errors
///
/// [`Failure::NoPassphrase`] as in [`known`], [`Failure::PassphrasesDiffer`].
pub(crate) fn chosen(is_on_stdin: bool) -> Result<Passphrase, Failure> {
    if is_on_stdin {
        return sales::passphrase();
    }
    let first = asked("New passphrase: ")?;
    if asked("The same once more: ")? == first {
        Ok(first)
    } else {
        Err(Failure::PassphrasesDiffer)
    }
}

fn asked(question: &str) -> Result<Passphrase, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::NoPassphrase);
    }
    let typed = rpassword::prompt_password(question).map_err(Failure::PasswordInput)?;
    let passphrase = Passphrase::new(typed);
    if passphrase.is_empty() {
        return Err(Failure::NoPassphrase);
    }
    Ok(passphrase)
}
