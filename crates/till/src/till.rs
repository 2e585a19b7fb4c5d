//! What all parts of a running till share.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use evertill_doctor::Report;
use tokio::sync::{Notify, Semaphore, mpsc, watch};

use crate::catalogue::pictures::Pictures;
use crate::clock::{self, Wall};
use crate::db::{Db, carts, sales, settings};
use crate::desk::Desk;
use crate::error::TillError;
use crate::hub::{Hub, News};
use crate::outbox::{Nudge, Run};
use crate::pages::{Frame, Nav, StateBar};
use crate::session::Session;
use crate::shelf::Shelf;
use crate::views::bar::{BarFacts, Standing, bar};
use crate::views::session::horizon_words;
use crate::watch::Found;
use crate::web::browser::BrowserSecret;
use crate::web::sign_in::Door;

/// A running till.
pub(crate) struct Till {
    /// Where everything is kept.
    pub(crate) data_dir: PathBuf,
    /// What survives a power cut.
    pub(crate) db: Db,
    /// The open sale.
    pub(crate) desk: Desk,
    /// The session with the store.
    pub(crate) session: Session,
    /// Who wants to know what changed.
    pub(crate) hub: Hub,
    /// Signs cookies and forms.
    pub(crate) browser_secret: BrowserSecret,
    /// Name of the cookie; ports share cookies, so the port is in it.
    pub(crate) cookie_name: String,
    /// Address of the till's own pages, `http://127.0.0.1:8420`.
    pub(crate) own_origin: String,
    /// Where the till listens.
    pub(crate) listens_on: IpAddr,
    /// Tells whoever sends sales.
    pub(crate) nudges: mpsc::Sender<Nudge>,
    /// Wakes whoever reads the catalogue.
    pub(crate) catalogue_due: Notify,
    /// The sending that is going on.
    pub(crate) run: Mutex<Run>,
    /// Pictures of the products.
    pub(crate) pictures: Pictures,
    /// The sign-in that is going on.
    pub(crate) door: Door,
    /// Places for pages that listen.
    pub(crate) listeners: Arc<Semaphore>,
    /// Says when the till shuts down.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) shelf: RwLock<Arc<Shelf>>,
    pub(crate) wall: RwLock<Wall>,
    pub(crate) name: RwLock<String>,
    /// What the doctor found by itself, while it holds.
    pub(crate) found: RwLock<Option<Found>>,
    /// The newest report on this till and when it was made, milliseconds since 1970.
    pub(crate) looked: Mutex<Option<(i64, Report)>>,
}

impl Till {
    /// The catalogue as it is now.
    pub(crate) fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new catalogue on the shelf.
    pub(crate) fn put_shelf(&self, shelf: Shelf) {
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shelf);
    }

    /// The shop's clock.
    pub(crate) fn wall(&self) -> Wall {
        self.wall.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the shop's clock to its zone.
    pub(crate) fn put_wall(&self, wall: Wall) {
        *self.wall.write().unwrap_or_else(PoisonError::into_inner) = wall;
    }

    /// Tells the sender; a full line means that it has enough to do and looks by itself.
    pub(crate) fn nudge(&self, nudge: Nudge) {
        let _ = self.nudges.try_send(nudge);
    }

    /// Origins that a form of this till may lead to: the store's sign-in page.
    pub(crate) fn form_targets(&self) -> String {
        let page = self.session.profile().map(|profile| profile.sign_in_page);
        let store = self.session.keeper().store().url().clone();
        let mut origins: Vec<String> = page
            .into_iter()
            .chain([store])
            .map(|url| url.origin().ascii_serialization())
            .collect();
        origins.dedup();
        origins.join(" ")
    }

    /// What the doctor found by itself, while it holds.
    pub(crate) fn found(&self) -> Option<Found> {
        self.found.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Name of this till.
    pub(crate) fn name(&self) -> String {
        self.name.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives this till another name.
    pub(crate) async fn rename(&self, name: &str) -> Result<(), TillError> {
        let name: String = name.trim().chars().take(40).collect();
        if name.is_empty() || name == self.name() {
            return Ok(());
        }
        let stored = name.clone();
        self.db
            .write("name the till", move |tx| {
                settings::put(tx, settings::TILL_NAME, &stored)
            })
            .await?;
        *self.name.write().unwrap_or_else(PoisonError::into_inner) = name;
        self.hub.tell(News::Bar);
        Ok(())
    }

    /// Whether the register was ever signed in; from then on it is always there.
    pub(crate) async fn was_signed_in(&self) -> Result<bool, TillError> {
        if self.session.person().is_some() {
            return Ok(true);
        }
        let found = self
            .db
            .read("look whether anybody signed in", |db| {
                settings::find(db, settings::SIGNED_IN_ONCE)
            })
            .await?;
        Ok(found.is_some())
    }

    /// What the state bar shows now.
    pub(crate) async fn bar(&self) -> Result<StateBar, TillError> {
        let (unsent, parked, last_booked_ms, is_selling) = self
            .db
            .read("count the sales that wait", |db| {
                Ok((
                    sales::tally_unsent(db)?,
                    sales::tally_parked(db)?,
                    sales::last_booked_at_ms(db)?,
                    carts::is_selling(db)?,
                ))
            })
            .await?;
        let shelf = self.shelf();
        let (unreachable_since_ms, sending) = {
            let run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
            (run.unreachable_since_ms(), run.progress())
        };
        let facts = BarFacts {
            standing: self.session.standing(),
            found: self.found().map(|found| found.sentence),
            unreachable_since_ms,
            unsent,
            refused: parked.count,
            sending,
            last_booked_ms,
            sign_in_due: horizon_words(&self.session.status()).filter(|_| !is_selling),
            person: self
                .session
                .person()
                .map(|person| person.name)
                .unwrap_or_default(),
            till: self.name(),
            store: self.session.store_name(&shelf),
        };
        Ok(bar(&facts, &shelf.currency, &self.wall(), clock::now_ms()))
    }

    /// What stands around a page.
    pub(crate) async fn frame(&self, title: &str, nav: Nav) -> Result<Frame, TillError> {
        Ok(Frame {
            lang: "en-GB".into(),
            title: title.to_owned(),
            nav,
            attention: matches!(
                self.session.standing(),
                Standing::SignInNeeded | Standing::SignedOut
            ),
            bar: self.bar().await?,
        })
    }
}
