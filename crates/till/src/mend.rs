//! What can be done from the till when something is wrong: each thing with its words before and after.
//!
//! **Invariant:** *nothing here touches a sale, an open cart, or the ability to take money.*

use std::fs::File;
use std::io::Write;

use evertill_client::SignedOut;
use evertill_client::profile::TokenPlace;
use evertill_wire::Code;
use serde_json::json;

use crate::carry;
use crate::catalogue;
use crate::clear;
use crate::clock;
use crate::db::goods;
use crate::error::TillError;
use crate::lock;
use crate::session::forget_person;
use crate::till::Till;

/// Where the catalogue that was set aside lies; the one before it is replaced.
const SET_ASIDE: &str = "catalogue.set-aside.json";

/// Something that mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mend {
    /// Sign in again.
    SignIn,
    /// Renew the session now.
    Renew,
    /// Do not wait for the next try.
    TryNow,
    /// Send the sign-in another way.
    Transport,
    /// Set the catalogue aside and read it anew.
    Catalogue,
    /// Forget the catalogue.
    ClearCache,
    /// End the session.
    ClearSession,
    /// Both.
    ClearAll,
}

/// What a person is told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preview {
    pub(crate) title: &'static str,
    pub(crate) happens: &'static [&'static str],
    pub(crate) stays: &'static [&'static str],
    pub(crate) button: &'static str,
}

const SALES_STAY: &str = "Every sale, sent or not, and every open or parked sale";

impl Mend {
    pub(crate) const ALL: [Self; 8] = [
        Self::SignIn,
        Self::Renew,
        Self::TryNow,
        Self::Transport,
        Self::Catalogue,
        Self::ClearCache,
        Self::ClearSession,
        Self::ClearAll,
    ];

    /// The word in the address.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Renew => "renew",
            Self::TryNow => "try-now",
            Self::Transport => "transport",
            Self::Catalogue => "catalogue",
            Self::ClearCache => "clear-cache",
            Self::ClearSession => "clear-session",
            Self::ClearAll => "clear-all",
        }
    }

    pub(crate) fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mend| mend.slug() == slug)
    }

    /// Whether it takes away what unsent sales need to be sent.
    pub(crate) fn is_clearing(self) -> bool {
        matches!(self, Self::ClearCache | Self::ClearSession | Self::ClearAll)
    }

    /// What a person is told before.
    pub(crate) fn preview(self) -> Preview {
        let (title, happens, stays, button): (_, &[_], &[_], _) = match self {
            Self::SignIn => (
                "Sign in again",
                &[
                    "The shop's own sign-in page opens. The password is typed there and not on this till.",
                    "The new session takes the place of the old one once it is there, and not before.",
                ],
                &[SALES_STAY, "The catalogue", "The history of the session"],
                "Go to the sign-in",
            ),
            Self::Renew => (
                "Renew the session now",
                &["The shop is asked for a new token. Nobody has to sign in."],
                &[SALES_STAY, "The session, also when the shop does not answer"],
                "Renew now",
            ),
            Self::TryNow => (
                "Try the shop once more now",
                &["The pause until the next try ends; the shop is asked at once."],
                &[SALES_STAY, "The session"],
                "Try now",
            ),
            Self::Transport => (
                "Send the sign-in another way",
                &[
                    "The token travels in the address instead of the header, or back in the header where it went in the address.",
                    "It goes to the same shop as before, and to no other.",
                ],
                &[SALES_STAY, "The session; nobody has to sign in"],
                "Switch",
            ),
            Self::Catalogue => (
                "Set the catalogue aside and read it anew",
                &[
                    "What is stored of products, prices and taxes is put into a file and read from the shop again.",
                    "Selling goes on with what is on the screen meanwhile.",
                ],
                &[SALES_STAY, "The session", "Pictures"],
                "Rebuild the catalogue",
            ),
            Self::ClearCache => (
                "Clear the catalogue",
                &[
                    "Products, prices, taxes and pictures go from this till. They come back when the shop answers; until then only custom items can be sold.",
                ],
                &[SALES_STAY, "The session", "The history of the session"],
                "Clear the catalogue",
            ),
            Self::ClearSession => (
                "Clear the session",
                &[
                    "The session ends here and at the shop. When the shop does not answer it is told later.",
                    "Somebody has to sign in before anything is sent.",
                ],
                &[SALES_STAY, "The catalogue", "The history of the session"],
                "Clear the session",
            ),
            Self::ClearAll => (
                "Clear session and catalogue",
                &[
                    "The session ends here and at the shop. When the shop does not answer it is told later.",
                    "Products, prices, taxes and pictures go from this till and come back after the next sign-in.",
                ],
                &[SALES_STAY, "The name of this till", "The history of the session"],
                "Clear both",
            ),
        };
        Preview {
            title,
            happens,
            stays,
            button,
        }
    }
}

/// Why something is not done.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// Sales wait that are in no file yet.
    Unsent(carry::Sum),
    /// It failed.
    Failed(TillError),
}

impl From<TillError> for NotDone {
    fn from(error: TillError) -> Self {
        Self::Failed(error)
    }
}

/// Does it, writes it down, and says what came of it.
pub(crate) async fn run(till: &Till, mend: Mend) -> Result<String, NotDone> {
    if mend.is_clearing() {
        let left = till
            .db
            .read("look which sales are in no file", carry::not_exported)
            .await?;
        if left.count > 0 {
            return Err(NotDone::Unsent(left));
        }
    }
    let said = match mend {
        Mend::SignIn => "Went to the sign-in.".to_owned(),
        Mend::Renew => renew(till).await,
        Mend::TryNow => {
            till.session.keeper().network_up();
            "Ended the pause; the shop is asked now.".to_owned()
        }
        Mend::Transport => switch_transport(till).await?,
        Mend::Catalogue => rebuild_catalogue(till).await?,
        Mend::ClearCache => clear_cache(till).await?,
        Mend::ClearSession => clear_session(till).await?,
        Mend::ClearAll => {
            let session = clear_session(till).await?;
            format!("{session} {}", clear_cache(till).await?)
        }
    };
    let by = till
        .session
        .cashier()
        .map(|person| person.name)
        .unwrap_or_default();
    let words = match by.as_str() {
        "" => said.clone(),
        by => format!("{said} Asked for by {by}."),
    };
    tracing::info!(mend = mend.slug(), "{words}");
    till.db
        .write("write down what was mended", move |tx| clear::note(tx, &words))
        .await?;
    Ok(said)
}

async fn renew(till: &Till) -> String {
    match till.session.keeper().renew_now().await {
        Ok(()) => "Renewed the session.".to_owned(),
        Err(error) => {
            let code = error.cause().map_or(error.code(), |seen| seen.code);
            format!("Asked for a renewal: {} ({code}).", code.title())
        }
    }
}

async fn switch_transport(till: &Till) -> Result<String, TillError> {
    let keeper = till.session.keeper();
    let now = till.session.profile().map(|profile| profile.token_place);
    let (next, said) = match now {
        Some(TokenPlace::Header) | None => (
            TokenPlace::BearerParameter,
            "The sign-in travels in the address now.",
        ),
        Some(TokenPlace::BareParameter | TokenPlace::BearerParameter) => {
            (TokenPlace::Header, "The sign-in travels in the header now.")
        }
    };
    keeper.use_token_place(next).await.map_err(TillError::Session)?;
    Ok(said.to_owned())
}

async fn rebuild_catalogue(till: &Till) -> Result<String, TillError> {
    let kept = till.db.read("copy the catalogue", goods::load).await?;
    let path = till.data_dir.join(SET_ASIDE);
    let content = json!({
        "set_aside_at_ms": clock::now_ms(),
        "products": kept.products, "variations": kept.variations,
        "categories": kept.categories, "tax_rates": kept.tax_rates,
    });
    let written = || {
        let mut file: File = lock::private().write(true).truncate(true).open(&path)?;
        file.write_all(content.to_string().as_bytes())
    };
    written().map_err(|source| TillError::FileNotWritten {
        path: path.clone(),
        source,
    })?;
    till.db.write("set the catalogue aside", clear::catalogue).await?;
    till.catalogue_due.notify_one();
    Ok(format!(
        "Set the catalogue aside as {SET_ASIDE}; it is read anew."
    ))
}

async fn clear_cache(till: &Till) -> Result<String, TillError> {
    till.db.write("forget the catalogue", clear::cache).await?;
    catalogue::restock(till).await?;
    till.catalogue_due.notify_one();
    Ok("Cleared the catalogue and its pictures.".to_owned())
}

async fn clear_session(till: &Till) -> Result<String, TillError> {
    let outcome = till
        .session
        .keeper()
        .sign_out()
        .await
        .map_err(TillError::Session)?;
    forget_person(till).await?;
    Ok(match outcome {
        SignedOut::Everywhere => "Ended the session here and at the shop.".to_owned(),
        SignedOut::StoreLater(code) => told_later(code),
        SignedOut::NobodyWasIn => "Nobody was signed in.".to_owned(),
    })
}

fn told_later(code: Code) -> String {
    format!("Ended the session here; the shop is told as soon as it answers ({code}).")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preview_says_that_sales_stay_and_is_found_by_its_address() {
        for mend in Mend::ALL {
            assert_eq!(Mend::of_slug(mend.slug()), Some(mend));
            let preview = mend.preview();
            assert_eq!(preview.stays.first(), Some(&SALES_STAY), "{mend:?}");
            assert!(!preview.happens.is_empty());
        }
        assert_eq!(Mend::of_slug("sell-everything"), None);
    }
}
