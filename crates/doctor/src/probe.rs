//! The questions that are asked on the network: each once, and only after what it needs was found well.
//!
//! A probe is a cell. The first check that wants it asks, the others wait for the same answer. A probe whose ground is
//! missing is [`Outcome::NotAsked`] and names the check to look at instead. Requests are `GET` and `HEAD`; the one
//! `POST` presents the refresh token and needs [`Context::may_renew`](crate::Context::may_renew).

use std::net::IpAddr;
use std::time::{Duration, Instant};

use evertill_wire::Code;
use tokio::sync::OnceCell;

use crate::context::Context;
use crate::finding::milliseconds;
use crate::reply::Reply;

mod address;
pub(crate) mod certificate;
mod network;
pub(crate) mod proxy;
mod session;
mod site;
mod tls;

pub(crate) use network::Reached;
pub(crate) use session::{RenewalSeen, SessionsSeen};
pub(crate) use site::{EchoSeen, Front, IndexSeen, SignInSeen, SiteSeen};
pub(crate) use tls::TlsSeen;

/// Longest wait for one HTTP answer: three of them in a row still fit into the examination.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(3);

/// Longest wait for a name.
pub(crate) const NAME_MAX: Duration = Duration::from_secs(3);

/// Longest wait for a connection.
pub(crate) const CONNECT_MAX: Duration = Duration::from_millis(2_500);

/// What asking came to.
#[derive(Debug, Clone)]
pub(crate) enum Outcome<T> {
    /// It was asked and something was learned.
    Seen(T),
    /// It was asked and nothing came back.
    Silent {
        /// The code of what stood in the way.
        code: Code,
        /// What the system said.
        evidence: String,
    },
    /// It was not asked; the named check says why.
    NotAsked(&'static str),
}

impl<T> Outcome<T> {
    pub(crate) fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Silent { .. } | Self::NotAsked(_) => None,
        }
    }

    /// Why something that needs this one is not asked: this check, or the one before it.
    fn missing(&self, own: &'static str) -> &'static str {
        match self {
            Self::NotAsked(before) => before,
            Self::Silent { .. } | Self::Seen(_) => own,
        }
    }
}

/// All probes of one examination.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    base: OnceCell<url::Url>,
    names: OnceCell<Outcome<(Vec<IpAddr>, u64)>>,
    connection: OnceCell<Outcome<Reached>>,
    tls: OnceCell<Outcome<TlsSeen>>,
    plain: OnceCell<Outcome<Reply>>,
    front: OnceCell<Outcome<Front>>,
    site: OnceCell<Outcome<SiteSeen>>,
    index: OnceCell<Outcome<IndexSeen>>,
    ping: OnceCell<Outcome<Reply>>,
    echo: OnceCell<Outcome<EchoSeen>>,
    sign_in: OnceCell<Outcome<SignInSeen>>,
    sessions: OnceCell<Outcome<SessionsSeen>>,
    renewal: OnceCell<Outcome<RenewalSeen>>,
}

macro_rules! probe {
    ($(#[$doc:meta])* $name:ident, $type:ty, $ask:path) => {
        $(#[$doc])*
        pub(crate) async fn $name(&self, context: &Context) -> &$type {
            self.$name.get_or_init(|| $ask(context)).await
        }
    };
}

impl Probes {
    probe!(
        /// The address with the scheme that is to be tried.
        base, url::Url, address::base
    );
    probe!(
        /// The addresses behind the host's name.
        names, Outcome<(Vec<IpAddr>, u64)>, network::names
    );
    probe!(
        /// A connection to the host, or to the proxy in front of it.
        connection, Outcome<Reached>, network::connection
    );
    probe!(
        /// The certificates the host shows.
        tls, Outcome<TlsSeen>, tls::look
    );
    probe!(
        /// The host over plain http, when its secure connection fails.
        plain, Outcome<Reply>, site::plain
    );
    probe!(
        /// The home page, and where it leads.
        front, Outcome<Front>, site::front
    );
    probe!(
        /// The till plugin's description of the site.
        site, Outcome<SiteSeen>, site::site
    );
    probe!(
        /// The index of the REST interface, when the description is missing.
        index, Outcome<IndexSeen>, site::index
    );
    probe!(
        /// The cheap route, for the time an answer takes.
        ping, Outcome<Reply>, site::ping
    );
    probe!(
        /// Which way a made-up token arrives.
        echo, Outcome<EchoSeen>, site::echo
    );
    probe!(
        /// The sign-in page.
        sign_in, Outcome<SignInSeen>, site::sign_in
    );
    probe!(
        /// A route that needs the session.
        sessions, Outcome<SessionsSeen>, session::sessions
    );
    probe!(
        /// A renewal, with consent.
        renewal, Outcome<RenewalSeen>, session::renewal
    );

    /// Replies of the REST interface that have come so far, for checks that look at all of them.
    pub(crate) fn rest_replies(&self) -> Vec<(&'static str, &Reply)> {
        let mut found = Vec::new();
        if let Some(site) = self.site.get().and_then(Outcome::seen) {
            found.push(("site", &site.reply));
        }
        if let Some(index) = self.index.get().and_then(Outcome::seen) {
            found.push(("index", &index.reply));
        }
        if let Some(echo) = self.echo.get().and_then(Outcome::seen) {
            found.push(("echo", &echo.reply));
        }
        if let Some(ping) = self.ping.get().and_then(Outcome::seen) {
            found.push(("ping", ping));
        }
        if let Some(sessions) = self.sessions.get().and_then(Outcome::seen) {
            found.push(("sessions", &sessions.reply));
        }
        found
    }
}

/// Milliseconds since a moment.
pub(crate) fn since(started: Instant) -> u64 {
    milliseconds(started.elapsed())
}
