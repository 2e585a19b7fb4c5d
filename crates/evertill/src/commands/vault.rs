//! `evertill vault`: where sessions rest, and how they travel.

use evertill_client::{
    Home, StoreAddress,
    clock::SystemClock,
    vault::{
        KeyChoice, KeyMove, KeyPlace, Vault,
        carrying::{self, Carried, Intent},
        inventory::{self, Inventory, Trouble},
    },
};

use crate::{
    cli::{self, Place, VaultAction, VaultExport, VaultImport, VaultMove},
    failure::Failure,
    passphrase,
    printer::Printer,
};

/// Looks, moves, exports or imports.
///
/// # Errors
///
/// When the vault cannot be read, a passphrase is missing or wrong, or the disk does not take it.
pub(crate) async fn run(options: cli::Vault, home: &Home, printer: &Printer) -> Result<(), Failure> {
    match options.action {
        VaultAction::Status(options) => status(options.json, home, printer),
        VaultAction::Move(options) => relocate(&options, home, printer),
        VaultAction::Export(options) => export(&options, home, printer).await,
        VaultAction::Import(options) => import(&options, home, printer).await,
    }
}

fn status(as_json: bool, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let found = inventory::take(home, KeyChoice::from_env()?)?;
    if as_json {
        return printer.data(&serde_json::to_string_pretty(&found).map_err(Failure::Json)?);
    }
    for line in lines(&found) {
        printer.data(&line)?;
    }
    Ok(())
}

/// The inventory in lines for people.
fn lines(found: &Inventory) -> Vec<String> {
    let mut lines = vec!["Key".to_owned()];
    if found.keys.is_empty() {
        lines.push("  none yet; the first sign-in makes one".to_owned());
    }
    for key in &found.keys {
        let path = key.path.as_ref().map(|path| format!(" {}", path.display()));
        lines.push(format!(
            "  {}{}: opens {} of {} sessions",
            key.place,
            path.unwrap_or_default(),
            key.opens,
            found.sessions.len()
        ));
        lines.extend(trouble(key.trouble.as_ref()));
    }
    lines.push("Sessions".to_owned());
    if found.sessions.is_empty() {
        lines.push("  none".to_owned());
    }
    for session in &found.sessions {
        let format = session
            .format
            .map_or_else(|| "no format".to_owned(), |format| format!("format {format}"));
        lines.push(format!(
            "  {}: {}, {format}, {}",
            session.store.as_deref().unwrap_or("unknown store"),
            session.user.as_deref().unwrap_or("nobody signed in"),
            session.path.display()
        ));
        if session.to_be_ended > 0 {
            lines.push(format!(
                "    {} to be ended at the store when it answers",
                session.to_be_ended
            ));
        }
        lines.extend(trouble(session.trouble.as_ref()));
    }
    if !found.set_aside.is_empty() {
        lines.push("Set aside".to_owned());
    }
    for aside in &found.set_aside {
        lines.push(format!("  {} ({} bytes)", aside.path.display(), aside.bytes));
        lines.push(format!("    {}", aside.explanation));
    }
    lines
}

fn trouble(trouble: Option<&Trouble>) -> Vec<String> {
    trouble.map_or_else(Vec::new, |trouble| {
        vec![
            format!("    {} ({})", trouble.what, trouble.code),
            format!("    hint: {}", trouble.remedy),
        ]
    })
}

fn relocate(options: &VaultMove, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let place = match options.to {
        Place::Keyring => KeyPlace::Keyring,
        Place::File => KeyPlace::File,
        Place::Passphrase => KeyPlace::Locked(passphrase::chosen(options.passphrase_stdin)?),
    };
    let moved = Vault::move_key(home, KeyChoice::from_env()?, &place)?;
    printer.note(match moved {
        KeyMove::Moved => "Moved the key. The sessions are as they were.",
        KeyMove::CopiedFromKeyring => {
            "Copied the key. The keyring keeps its own, because other data directories may use it."
        }
        KeyMove::NothingToMove => {
            "There is no key yet. `EVERTILL_VAULT_KEY` says where the first sign-in puts it."
        }
    });
    if moved != KeyMove::NothingToMove && options.to == Place::Passphrase {
        printer.note(
            "hint: A till that starts by itself finds the passphrase in the file that EVERTILL_VAULT_PASSPHRASE_FILE names.",
        );
    }
    Ok(())
}

async fn export(options: &VaultExport, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let store = options.store.as_deref().map(StoreAddress::parse).transpose()?;
    let passphrase = passphrase::chosen(options.passphrase_stdin)?;
    let (intent, did) = if options.is_move {
        (Intent::Move, "Moved")
    } else {
        (Intent::Copy, "Copied")
    };
    let key = KeyChoice::from_env()?;
    let carried = carrying::export(home, key, store.as_ref(), intent, &passphrase, &options.file).await?;
    for session in &carried {
        printer.note(&format!(
            "{did} {} into {}.",
            named(session),
            options.file.display()
        ));
    }
    printer.note(match intent {
        Intent::Move => {
            "Nothing on this device renews them any more. Run `evertill vault import` on the other device; until then it \
             also works here, should you change your mind."
        }
        Intent::Copy => {
            "warning: these sessions go on here. Import the file only when this device is gone: two devices that renew \
             one session look like a theft, and the store ends it for both. To change devices use --move."
        }
    });
    Ok(())
}

async fn import(options: &VaultImport, home: &Home, printer: &Printer) -> Result<(), Failure> {
    let parcel = carrying::read_parcel(&options.file)?;
    let passphrase = passphrase::known(options.passphrase_stdin)?;
    let key = KeyChoice::from_env()?;
    let imported = carrying::import(
        home,
        key,
        options.replace,
        &passphrase,
        parcel,
        &SystemClock::new(),
    )
    .await?;
    for session in &imported.sessions {
        let sentence = match session.is_news {
            true => format!("Took up {}.", named(session)),
            false => format!("{} was here already, at least as new.", named(session)),
        };
        printer.note(&sentence);
    }
    if imported.intent == Intent::Copy {
        printer.note(
            "warning: the file is a copy. Make sure that no other device uses these sessions any more.",
        );
    }
    printer.note(&format!(
        "hint: Delete {} now; whoever has it and the passphrase has the sessions.",
        options.file.display()
    ));
    Ok(())
}

fn named(session: &Carried) -> String {
    let user = match session.user.as_str() {
        "" => String::new(),
        user => format!(" of {user}"),
    };
    let name = match session.session.as_str() {
        "" => String::new(),
        name => format!(" `{name}`"),
    };
    format!("the session{name}{user} with {}", session.store)
}
