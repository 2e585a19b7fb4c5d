//! The hands of the session engine: everything that touches the network, the disk and the clock.
//!
//! This crate exists so that a program can hold a signed-in session of a store and forget about it: [`Keeper`]
//! renews before expiry, [`StoreApi`] sends requests under the one-retry rule, [`vault`] keeps the grant sealed
//! on disk, [`discovery`] finds out what stands behind an address, [`sign_in`] brings a person in. What to do is
//! decided by `evertill-session`; nothing here has an opinion about sessions of its own.
//!
//! **Invariant:** *a token is sent to the origin it was issued by and to no other, also not by a redirect.*
//! **Invariant:** *a grant is durable before anything uses it.*
//!
//! # A tutorial
//!
//! **Sign somebody in**, once. A program at a terminal can take name and password; one with a browser at hand opens
//! [`Keeper::begin_sign_in`]'s page instead. The `evertill login` command does either, and every program of this
//! account on this device then finds the session.
//!
//! ```no_run
//! # async fn example() -> Result<(), evertill_client::ClientError> {
//! use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress};
//! use evertill_wire::Password;
//!
//! let home = Home::open(Home::default_path()?)?;
//! let keeper = Keeper::open(&home, &StoreAddress::parse("shop.example")?, KeeperOptions::default()).await?;
//! keeper.sign_in("ann", &Password::new("of her own")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Send requests**: three lines, from the next start on.
//!
//! ```no_run
//! # async fn example() -> Result<(), evertill_client::ClientError> {
//! use evertill_client::{Home, Keeper, KeeperOptions, StoreAddress, StoreApi};
//!
//! let home = Home::open(Home::default_path()?)?;
//! let keeper = Keeper::open(&home, &StoreAddress::parse("shop.example")?, KeeperOptions::default()).await?;
//! let orders = StoreApi::new(keeper).get("wc/v3/orders", &[("per_page", "5")]).await?;
//! # let _ = orders.status;
//! # Ok(())
//! # }
//! ```
//!
//! A program with an HTTP client of its own puts the session under it with the crate `evertill-layers`, or asks for
//! [`Keeper::pass`] and keeps the one rule written there. A program with an event loop of its own asks for
//! [`Keeper::fresh_token`], which never waits.
//!
//! **Work for several people** by naming their sessions, and share one HTTP client among them:
//!
//! ```no_run
//! # async fn example(home: evertill_client::Home) -> Result<(), evertill_client::ClientError> {
//! use evertill_client::http::Http;
//! use evertill_client::{Keeper, KeeperOptions, SessionName, StoreAddress};
//!
//! let store = StoreAddress::parse("shop.example")?;
//! let http = Http::for_many()?;
//! for name in ["ann", "ben"] {
//!     let options = KeeperOptions {
//!         session: SessionName::parse(name)?,
//!         http: Some(http.clone()),
//!         ..KeeperOptions::default()
//!     };
//!     let keeper = Keeper::open(&home, &store, options).await?;
//!     # let _ = keeper;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Tell trouble from a person.** Every failure is one of two kinds. Trouble passes: the session is kept, it is tried
//! again by itself, and what was to be sent waits where it is. A person has to sign in: nothing else brings the session
//! back. [`ClientError::code`] names the failure and [`ClientError::remedy`] says what to do.
//!
//! ```no_run
//! # async fn example(api: evertill_client::StoreApi) -> Result<(), evertill_client::ClientError> {
//! use evertill_client::ClientError;
//!
//! match api.get("wc/v3/orders", &[]).await {
//!     Ok(answer) => match answer.trouble() {
//!         None => { /* the API's own answer, whatever its status; 403 is a permission that is missing */ }
//!         Some((code, evidence)) => eprintln!("not the store's answer ({code}): {evidence}"),
//!     },
//!     Err(
//!         error @ (ClientError::NotSignedIn { .. }
//!         | ClientError::NotResumed { .. }
//!         | ClientError::SessionEnded { .. }),
//!     ) => eprintln!("a person has to sign in ({}): {}", error.code(), error.remedy()),
//!     Err(trouble) => eprintln!("later ({}): {trouble}", trouble.code()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Ask for the sign-in early.** A store may set an end to a session that no renewal moves: a stock one 30 days after the
//! sign-in. [`SessionStatus::horizon_in_s`] counts down to it, and from seven days before it on the journal says so every
//! day. Show it at a quiet moment; a session that is signed in again before its horizon is never without a token.
//!
//! ```no_run
//! # async fn example(keeper: evertill_client::Keeper) {
//! let mut changes = keeper.watch();
//! while changes.changed().await.is_ok() {
//!     let status = changes.borrow_and_update().clone();
//!     match status.horizon_in_s {
//!         _ if status.needs_person() => println!("sign in to go on"),
//!         Some(left_s) if left_s < 7 * 86_400 => println!("sign in within {} days", left_s / 86_400),
//!         Some(_) | None => {}
//!     }
//! }
//! # }
//! ```
//!
//! **Sign out** when the person is done. The session is over here at once and at the store as soon as it answers, also
//! after a restart. Work that is not sent yet is the program's: look for it first.
//!
//! ```no_run
//! # async fn example(keeper: evertill_client::Keeper, waiting: usize) -> Result<(), evertill_client::ClientError> {
//! use evertill_client::SignedOut;
//!
//! if waiting == 0 {
//!     match keeper.sign_out().await? {
//!         SignedOut::Everywhere | SignedOut::NobodyWasIn => println!("signed out"),
//!         SignedOut::StoreLater(code) => println!("signed out here; the store is told later ({code})"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Watch it**: [`Keeper::status`] and [`Keeper::watch`] say what it is doing, [`Keeper::history`] what happened, and
//! [`Keeper::counters`] how often.
//!
//! **Keep it elsewhere** with a [`vault::SessionVault`] of your own: a column of a database, a service of the system. The
//! bytes are secrets, and whoever stores them encrypts them. This one keeps a session in memory, for a program whose
//! sessions end with it:
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::{AtomicBool, Ordering};
//! use std::sync::{Arc, Mutex, PoisonError};
//!
//! use evertill_client::vault::{SessionVault, VaultLock, VaultMark};
//! use evertill_client::{ClientError, KeeperOptions};
//! use zeroize::Zeroizing;
//!
//! #[derive(Default)]
//! struct InMemory {
//!     /// The bytes, and how often they were changed.
//!     held: Mutex<(u64, Option<Zeroizing<Vec<u8>>>)>,
//!     is_locked: Arc<AtomicBool>,
//! }
//!
//! /// Gives the lock back, however its holder ends.
//! struct Unlock(Arc<AtomicBool>);
//!
//! impl Drop for Unlock {
//!     fn drop(&mut self) {
//!         self.0.store(false, Ordering::Release);
//!     }
//! }
//!
//! impl InMemory {
//!     fn put(&self, bytes: Option<Zeroizing<Vec<u8>>>) -> Result<(), ClientError> {
//!         let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
//!         *held = (held.0 + 1, bytes);
//!         Ok(())
//!     }
//! }
//!
//! impl SessionVault for InMemory {
//!     fn place(&self) -> &Path {
//!         Path::new("memory")
//!     }
//!
//!     // One writer: across processes this is a file lock, or a row lock of a database.
//!     fn try_lock(&self) -> Result<Option<VaultLock>, ClientError> {
//!         let was_locked = self.is_locked.swap(true, Ordering::Acquire);
//!         Ok((!was_locked).then(|| VaultLock::new(Unlock(Arc::clone(&self.is_locked)))))
//!     }
//!
//!     fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ClientError> {
//!         Ok(self.held.lock().unwrap_or_else(PoisonError::into_inner).1.clone())
//!     }
//!
//!     // When this returns, the bytes have to survive a power cut.
//!     fn write(&self, _: &VaultLock, content: &[u8]) -> Result<(), ClientError> {
//!         self.put(Some(Zeroizing::new(content.to_vec())))
//!     }
//!
//!     // From here on the version before is not needed any more; this vault keeps none.
//!     fn prove(&self, _: &VaultLock) -> Result<(), ClientError> {
//!         Ok(())
//!     }
//!
//!     fn erase(&self, _: &VaultLock) -> Result<(), ClientError> {
//!         self.put(None)
//!     }
//!
//!     fn set_aside(&self, lock: &VaultLock) -> Result<(), ClientError> {
//!         self.erase(lock)
//!     }
//!
//!     // Other processes' changes are noticed by this.
//!     fn mark(&self) -> Option<VaultMark> {
//!         let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
//!         held.1.as_ref().map(|_| VaultMark::of_version(held.0))
//!     }
//! }
//!
//! impl std::fmt::Debug for InMemory {
//!     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
//!         f.write_str("InMemory(****)")
//!     }
//! }
//!
//! let options = KeeperOptions { vault: Some(Arc::new(InMemory::default())), ..KeeperOptions::default() };
//! # let _ = options;
//! ```
//!
//! **Serve programs that know nothing of sessions** with the crate `evertill-proxy`, or pass their requests on with a
//! [`Passage`].
//!
//! # What holds, in plain words
//!
//! * You get a token that works for a while yet, or you wait for one, or you are told why there is none.
//! * However many tasks, threads and processes ask, the store is asked once.
//! * Nothing but the store's own word ends a session, and it is asked again before anybody is bothered. No network, a
//!   firewall's page or a broken site is trouble: it is tried again until it passes.
//! * A new token is on the disk before it is used. A power cut leaves one that still renews.
//! * Setting the clock changes nothing, and after a night's sleep one renewal serves everybody.
//! * A request refused with 401 is sent once more, never twice. A 403 is a permission and renews nothing.
//! * A request whose body streams is never sent a second time by itself: you are told, and decide.
//! * No request marks work as refused for good. What you could not send is still yours, and sending it is still right.
//! * Where a store sets an end to a session, you hear of it seven days ahead.
//! * Signing out ends the session here at once, at the store as soon as it answers, and takes nothing with it that is not
//!   the session's.
//! * A token goes to the store it came from, also when the store says that it moved.
//! * No message, log line or crash report holds a token or a password.
//!
//! Examples to run: `sync_loop` and `custom_vault` in the directory `examples`, and `proxy` in that of `evertill-proxy`.

pub mod address;
pub mod clock;
pub mod discovery;
pub mod error;
#[cfg(any(test, feature = "foreign"))]
pub mod foreign;
pub mod home;
pub mod http;
pub mod keeper;
pub mod parcel;
pub mod passage;
pub mod profile;
#[cfg(test)]
mod recorded;
pub mod session_name;
pub mod sign_in;
pub mod status;
pub mod store_api;
pub mod stored;

pub mod vault;

pub use address::StoreAddress;
pub use discovery::{Discovery, discover};
pub use error::ClientError;
pub use home::Home;
pub use keeper::{Keeper, KeeperOptions, SignedOut};
pub use passage::Passage;
pub use profile::StoreProfile;
pub use session_name::SessionName;
pub use sign_in::{App, PendingSignIn};
pub use status::SessionStatus;
pub use store_api::{StoreAnswer, StoreApi};
