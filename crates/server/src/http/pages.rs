//! Pages for people: the home page with the way to the interface, the sign-in page, pictures and assets.

use std::net::IpAddr;

use askama::Template;
use axum::http::header;
use evertill_wire::Password;

use super::{App, Ask, Reply, ask::Sent};
use crate::{
    accounts::{PASSWORD_BYTES_MAX, PasswordHash},
    audit::AuditEntry,
    metrics::SignIn,
    sessions::Opening,
    sign_in::{
        form::{self, FormFault},
        redirect::Redirect,
        throttle::{Guesses, Rest},
        visitor,
    },
    store::{Account, StoreError},
};

/// The style sheet of the pages that stand in front of the store.
pub(super) const STYLES: &str = include_str!("../../assets/sign-in.css");
/// The typeface of all pages.
pub(super) const FONT: &[u8] = include_bytes!("../../assets/inter-till.woff2");

/// Longest state a client may send, in bytes.
const STATE_BYTES_MAX: usize = 1024;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    shop: &'a str,
    home: &'a str,
    version: &'a str,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage<'a> {
    shop: &'a str,
    words: &'a str,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    shop: &'a str,
    error: Option<&'a str>,
    login: &'a str,
    nonce: &'a str,
    auth_session: &'a str,
    redirect_uri: &'a str,
    state: &'a str,
}

/// A file that belongs to the pages.
pub(super) fn asset(media_type: &'static str, bytes: &[u8]) -> Reply {
    Reply::bytes(media_type, bytes.to_vec()).with(header::CACHE_CONTROL, "public, max-age=3600")
}

/// A page that is not there.
pub(super) fn not_found() -> Reply {
    Reply::html(
        404,
        "<!doctype html>\n<title>Page not found</title>\n<p>Page not found.</p>\n".to_owned(),
    )
}

/// `GET /pictures/{file}`: a picture of a product.
pub(super) async fn picture(app: &App, file: &str) -> Result<Reply, StoreError> {
    let Some(slug) = file.strip_suffix(".svg") else {
        return Ok(not_found());
    };
    Ok(match app.store.picture(slug).await? {
        None => not_found(),
        Some(picture) => Reply::bytes("image/svg+xml", picture.svg.into_bytes())
            .with(header::CACHE_CONTROL, "public, max-age=3600")
            .with(
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; sandbox",
            ),
    })
}

fn page(status: u16, template: &impl Template, form_target: &str) -> Reply {
    match template.render() {
        Ok(text) => Reply::html(status, text)
            .with(header::CACHE_CONTROL, "no-store")
            .with(header::REFERRER_POLICY, "no-referrer")
            .with(header::X_FRAME_OPTIONS, "DENY")
            .with(
                header::CONTENT_SECURITY_POLICY,
                format!(
                    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
                     form-action 'self' {form_target}; base-uri 'none'; frame-ancestors 'none'"
                ),
            ),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            Reply::html(
                500,
                "<!doctype html>\n<p>The page could not be drawn.</p>\n".to_owned(),
            )
        }
    }
}

/// `GET /`: which address a till needs.
pub(super) async fn home(app: &App) -> Result<Reply, StoreError> {
    let shop = app.shop().await?;
    let template = HomePage {
        shop: &shop.name,
        home: &app.home,
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(page(200, &template, ""))
}

/// One visit to the sign-in page.
pub(crate) struct Visit {
    pub(crate) redirect_text: String,
    pub(crate) state: String,
    /// What the form is tied to: sent back from another request it is not taken.
    pub(crate) tie: String,
    pub(crate) login: String,
}

impl Visit {
    /// The name that was typed.
    pub(crate) fn login(ask: &Ask) -> String {
        ask.param_text("wcpos-log").unwrap_or_default()
    }
}

/// Why the page is shown again. The words are a stock store's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Redirect,
    State,
    Session,
    SessionExpired,
    TooMany,
    Nonce,
    Locked,
    Credentials,
    Disabled,
    Permission,
    Busy,
}

impl Fault {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Redirect => "Missing or invalid redirect_uri parameter.",
            Self::State => "Missing state parameter.",
            Self::Session => "Invalid authorization session. Please try again.",
            Self::SessionExpired => "Authorization session expired. Please try again.",
            Self::TooMany => "Too many requests. Please try again later.",
            Self::Nonce => "Security check failed. Please try again.",
            Self::Locked => {
                "This account is temporarily locked due to too many failed login attempts. Please try again later."
            }
            Self::Credentials => "Invalid username or password.",
            Self::Disabled => "This account is switched off. Ask the owner of the shop.",
            Self::Permission => "You do not have permission to access the POS.",
            Self::Busy => "Many people are signing in right now. Please try again in a moment.",
        }
    }
}

/// `/wcpos-auth/`: the page, or its form.
pub(super) async fn sign_in(app: &App, ask: &Ask) -> Result<Reply, StoreError> {
    let state = ask.param_text("state").unwrap_or_default();
    let visit = Visit {
        redirect_text: ask.param_text("redirect_uri").unwrap_or_default(),
        tie: state.clone(),
        state,
        login: Visit::login(ask),
    };
    let redirect = app.redirects.check(&visit.redirect_text);
    let result = match &redirect {
        None => Err(Fault::Redirect),
        Some(_) if visit.state.is_empty() || visit.state.len() > STATE_BYTES_MAX => Err(Fault::State),
        Some(redirect) if ask.method == "POST" => match enter(app, ask, &visit).await? {
            Ok(account) => Ok(Some(open(app, ask, &account, &visit.state, redirect).await?)),
            Err(fault) => Err(fault),
        },
        Some(_) => too_many(app, ask).map_or(Ok(None), Err),
    };
    if ask.method == "POST" {
        app.rim.metrics.signed_in(match &result {
            Ok(_) => SignIn::Accepted,
            Err(Fault::Locked | Fault::TooMany) => SignIn::Throttled,
            Err(Fault::Busy) => SignIn::Busy,
            Err(
                Fault::Redirect
                | Fault::State
                | Fault::Session
                | Fault::SessionExpired
                | Fault::Nonce
                | Fault::Credentials
                | Fault::Disabled
                | Fault::Permission,
            ) => SignIn::Refused,
        });
    }
    match result {
        Ok(Some(location)) => Ok(Reply::empty(302)
            .with(header::LOCATION, location)
            .with(header::CACHE_CONTROL, "no-store")
            .with(header::REFERRER_POLICY, "no-referrer")),
        Ok(None) => show(app, &visit, redirect.as_ref(), None).await,
        Err(fault) => show(app, &visit, redirect.as_ref(), Some(fault)).await,
    }
}

/// Whether the address of a visitor has to rest.
pub(crate) fn too_many(app: &App, ask: &Ask) -> Option<Fault> {
    app.throttle
        .address(ask.peer.ip(), app.clock.seconds())
        .map(|_| Fault::TooMany)
}

/// A page without a form, for a request that makes no sense.
pub(crate) async fn refuse(app: &App, words: &str) -> Result<Reply, StoreError> {
    let shop = app.shop().await?;
    let template = RefusedPage {
        shop: &shop.name,
        words,
    };
    Ok(page(400, &template, ""))
}

/// The page with its form.
pub(crate) async fn show(
    app: &App,
    visit: &Visit,
    redirect: Option<&Redirect>,
    fault: Option<Fault>,
) -> Result<Reply, StoreError> {
    let now = app.clock.seconds();
    let shop = app.shop().await?;
    let template = SignInPage {
        shop: &shop.name,
        error: fault.map(Fault::words),
        login: &visit.login,
        nonce: &form::nonce(&app.keys, now),
        auth_session: &form::auth_session(&app.keys, &visit.tie, &visit.redirect_text, now),
        redirect_uri: &visit.redirect_text,
        state: &visit.state,
    };
    let target = redirect.map(Redirect::form_source).unwrap_or_default();
    Ok(match fault {
        Some(Fault::Busy) => {
            page(503, &template, &target).with(header::RETRY_AFTER, Reply::busy_lasts_s().to_string())
        }
        _ => page(200, &template, &target),
    })
}

/// A form that was sent: who it is, or what is wrong, in a stock store's order of checks.
pub(crate) async fn enter(app: &App, ask: &Ask, visit: &Visit) -> Result<Result<Account, Fault>, StoreError> {
    let now = app.clock.seconds();
    let field = |name: &str| match ask.sent() {
        Sent::Form(pairs) => pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone()),
        Sent::Nothing | Sent::Json(_) | Sent::BrokenJson => None,
    };
    let session = field("auth_session").unwrap_or_default();
    if let Err(fault) = form::check(&app.keys, &session, &visit.tie, &visit.redirect_text, now) {
        return Ok(Err(match fault {
            FormFault::Expired => Fault::SessionExpired,
            FormFault::Foreign => Fault::Session,
        }));
    }
    let address = ask.peer.ip();
    if app.throttle.address(address, now).is_some() {
        return Ok(Err(Fault::TooMany));
    }
    if !form::is_nonce(&app.keys, &field("_wpnonce").unwrap_or_default(), now) {
        return Ok(Err(Fault::Nonce));
    }
    if !field("wcpos_website").unwrap_or_default().is_empty() {
        app.throttle.failed("", address, now);
        return Ok(Err(Fault::Credentials));
    }
    let password = Password::new(field("wcpos-pwd").unwrap_or_default());
    let account = match recognise(app, ask, &visit.login, password).await? {
        Ok(account) => account,
        Err(fault) => return Ok(Err(fault)),
    };
    if !account.role.may_sell() {
        return Ok(Err(Fault::Permission));
    }
    Ok(Ok(account))
}

/// Finds out whether the password is right. The place is taken before the lock is looked at, so that guesses
/// sent together are not all let through before the first is counted.
pub(crate) async fn recognise(
    app: &App,
    ask: &Ask,
    login: &str,
    password: Password,
) -> Result<Result<Account, Fault>, StoreError> {
    let login = login.trim();
    let account = match login.is_empty() || login.len() > 254 {
        true => None,
        false => app.store.account_named(login).await?,
    };
    // A name and the e-mail address of one account share one count.
    let name = account
        .as_ref()
        .map_or_else(|| login.to_owned(), |account| account.username.clone());
    let Ok(place) = app.hashing.enter().await else {
        return Ok(Err(Fault::Busy));
    };
    let now = app.clock.seconds();
    match app
        .throttle
        .name(&name, now)
        .or_else(|| app.throttle.address(ask.peer.ip(), now))
    {
        Some(Rest::Name) => return Ok(Err(Fault::Locked)),
        Some(Rest::Address) => return Ok(Err(Fault::TooMany)),
        None => {}
    }
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(PasswordHash::of_nobody);
    let is_short_enough = password.expose().len() <= PASSWORD_BYTES_MAX;
    let checking = place.work(move |memory| {
        let fits = is_short_enough && hash.fits(&password, memory);
        let better = (fits && !hash.is_current()).then(|| PasswordHash::of(&password, memory));
        (fits, hash, better)
    });
    let (_place, (fits, hash, better)) = checking.await?;
    match account {
        Some(account) if fits && known => {
            app.throttle.succeeded(&name);
            if let Some(Ok(better)) = better {
                app.store.rehash(account.id, hash, better).await?;
            }
            Ok(match account.disabled_at {
                Some(_) => Err(Fault::Disabled),
                None => Ok(account),
            })
        }
        account => {
            let guesses = app.throttle.failed(&name, ask.peer.ip(), now);
            tracing::warn!(address = %ask.peer.ip(), "a sign-in was refused");
            tell_of_guesses(app, guesses, account.as_ref(), ask.peer.ip(), now).await?;
            Ok(Err(Fault::Credentials))
        }
    }
}

/// Writes into the audit log what an owner should know of wrong passwords; a single one is nobody's business. For a name
/// nobody has as much is written as for any other, at the same guess: the answer waits for the disk, and its time must
/// not tell the names apart.
async fn tell_of_guesses(
    app: &App,
    guesses: Guesses,
    account: Option<&Account>,
    address: IpAddr,
    now: i64,
) -> Result<(), StoreError> {
    if guesses.is_burst() {
        let entry = AuditEntry::guesses_refused(now, account, guesses.of_name, address);
        app.store.audit(entry).await?;
    }
    if guesses.locks_name() {
        let rest_s = guesses.patience.rest_s;
        let entry = match account {
            Some(_) => AuditEntry::locked(now, account, rest_s, address),
            None => AuditEntry::nobody_rests(now, guesses.of_name, rest_s, address),
        };
        app.store.audit(entry).await?;
    }
    if guesses.locks_address() {
        app.store
            .audit(AuditEntry::locked(now, None, guesses.patience.rest_s, address))
            .await?;
    }
    Ok(())
}

/// Begins a session and says where to go with its tokens. They are handed out once the session is on disk.
async fn open(
    app: &App,
    ask: &Ask,
    account: &Account,
    state: &str,
    redirect: &Redirect,
) -> Result<String, StoreError> {
    let platform = ask.param_text("platform");
    let build = ask.param_text("build");
    let opening = Opening {
        account_id: account.id,
        visitor: visitor::read(
            ask.peer.ip(),
            ask.header("user-agent").unwrap_or_default(),
            platform.as_deref(),
            build.as_deref(),
        ),
        client: None,
        sender_key: None,
    };
    let browser = opening.visitor.device.browser.clone();
    let (grant, refresh) = app.sessions.open(opening).await?;
    let now = app.clock.seconds();
    let entry = AuditEntry::signed_in(now, account, &browser, grant.session, ask.peer.ip());
    app.store.audit(entry).await?;
    Ok(redirect.with(&[
        ("access_token", grant.access.token.expose()),
        ("refresh_token", refresh.expose()),
        ("token_type", "Bearer"),
        ("expires_at", &grant.access.expires_at.to_string()),
        ("id", &account.id.to_string()),
        ("uuid", &account.uuid.to_string()),
        ("display_name", &account.display_name()),
        ("state", state),
    ]))
}
