//! What stands around every page: the rail, the state bar, the document head.

use askama::Template;

use super::format;

/// How serious something is. Always shown as shape, word and colour together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Done, nothing to do.
    #[default]
    Ok,
    /// The till is busy with it.
    Info,
    /// Ordinary and goes by itself.
    Off,
    /// A person must act today.
    Warn,
    /// Money or data may be wrong.
    Bad,
}

impl Tone {
    /// The class that sets the colours.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Info => "info",
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The icon that goes with the colour.
    #[must_use]
    pub fn icon(self) -> &'static str {
        match self {
            Self::Ok => "tick",
            Self::Info => "sync",
            Self::Off => "offline",
            Self::Warn => "warn",
            Self::Bad => "stop",
        }
    }
}

/// The page a person is on, as marked in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nav {
    /// Register, checkout, sale done.
    #[default]
    Sell,
    /// List of sales, one sale, its receipt.
    Sales,
    /// The session.
    Session,
    /// How the way to the store is.
    Health,
    /// What the error codes mean.
    Help,
    /// None of these.
    Elsewhere,
}

impl Nav {
    /// Whether the register is marked.
    #[must_use]
    pub fn is_sell(self) -> bool {
        self == Self::Sell
    }

    /// Whether the list of sales is marked.
    #[must_use]
    pub fn is_sales(self) -> bool {
        self == Self::Sales
    }

    /// Whether the health page is marked.
    #[must_use]
    pub fn is_health(self) -> bool {
        self == Self::Health
    }

    /// Whether the help is marked.
    #[must_use]
    pub fn is_help(self) -> bool {
        self == Self::Help
    }

    /// Whether the session is marked.
    #[must_use]
    pub fn is_session(self) -> bool {
        self == Self::Session
    }
}

/// A person as the pages show one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Name as the store gives it, `Ada Osei`.
    pub name: String,
    /// Up to two letters, `AO`.
    pub initials: String,
    /// Colour class, `t2`.
    pub tint: &'static str,
}

impl Person {
    /// Builds a person from the name alone.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            initials: format::initials(name),
            tint: format::tint(name),
        }
    }
}

/// Sales that are on this till and not yet in the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many.
    pub count: u32,
    /// What they are worth, with the currency sign.
    pub sum: String,
}

impl Waiting {
    /// `1 sale`, `3 sales`.
    #[must_use]
    pub fn words(&self) -> String {
        format::counted(self.count, "sale", "sales")
    }
}

/// How the till and the store stand to each other, the most serious first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLink {
    /// The store refused sales; a person must look at them.
    Refused {
        /// How many sales the store refused.
        count: u32,
    },
    /// Only a sign-in helps.
    SignInNeeded,
    /// Nobody is signed in, by choice.
    SignedOut,
    /// The store does not answer.
    Offline {
        /// Clock time it began, `10:31`.
        since: String,
        /// What the doctor found by itself, one sentence.
        found: Option<String>,
    },
    /// Everything is well, and the store will want a new sign-in before long.
    SignInDue {
        /// How long until then, `6 days`.
        left: String,
    },
    /// The session is being renewed and it takes longer than usual.
    Renewing,
    /// Sales are on their way.
    Sending {
        /// Sales of this run that are booked.
        done: u32,
        /// Sales of this run.
        total: u32,
    },
    /// Everything is well.
    Online {
        /// Clock time of the last sale that was sent, `10:41`.
        last_sent: Option<String>,
    },
}

/// The state bar at the bottom of every page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateBar {
    /// How serious it is; colours the whole bar unless it is [`Tone::Ok`].
    pub tone: Tone,
    /// The state in one or two words, `Offline`.
    pub word: String,
    /// What follows the word on wider screens, ` since 10:31`.
    pub more: String,
    /// Where the word leads.
    pub href: &'static str,
    /// The reassuring half-sentence, `You can keep selling`.
    pub calm: String,
    /// What waits, `3 sales to send`, or `All sent`.
    pub queue: String,
    /// Sum of what waits, or clock time of the last sending.
    pub queue_more: String,
    /// First name of the person signed in; empty when nobody is.
    pub person: String,
    /// Name of this till, `Till 2`.
    pub till: String,
    /// Name of the store.
    pub store: String,
    /// Clock time, `10:42`.
    pub clock: String,
}

impl StateBar {
    /// Finds the words for a state. The names and the clock are left for the caller to fill.
    #[must_use]
    pub fn of(link: &StoreLink, waiting: Option<&Waiting>) -> Self {
        let mut bar = Self {
            href: "/session",
            ..Self::default()
        };
        let (tone, word) = match link {
            StoreLink::Refused { count } => {
                bar.href = "/sales";
                bar.calm = "Kept on this till".into();
                let sales = format::counted(*count, "sale", "sales");
                (Tone::Bad, format!("{sales} refused by the shop"))
            }
            StoreLink::SignInNeeded => {
                bar.href = "/session/sheet";
                bar.calm = "You can keep selling".into();
                (Tone::Warn, "Sign-in needed to send".into())
            }
            StoreLink::SignedOut => {
                bar.href = "/sign-in";
                bar.calm = "You can keep selling".into();
                (Tone::Off, "Signed out".into())
            }
            StoreLink::Offline {
                since,
                found: Some(found),
            } => {
                bar.more = format!(" since {since}");
                bar.href = "/session/sheet";
                bar.calm.clone_from(found);
                (Tone::Warn, "The shop needs a look".into())
            }
            StoreLink::Offline { since, found: None } => {
                bar.more = format!(" since {since}");
                bar.calm = "Sales are kept on this till and go by themselves".into();
                (Tone::Off, "Offline".into())
            }
            StoreLink::SignInDue { left } => {
                bar.href = "/sign-in";
                bar.calm = "Any quiet moment will do".into();
                bar.queue = "All sent".into();
                (Tone::Info, format!("Sign-in due in {left}"))
            }
            StoreLink::Renewing => (Tone::Info, "Renewing\u{2026}".into()),
            StoreLink::Sending { done, total } => {
                bar.href = "/sales";
                let next = (done + 1).min((*total).max(1));
                (Tone::Info, format!("Sending {next} of {total}"))
            }
            StoreLink::Online { last_sent } => {
                bar.queue = "All sent".into();
                bar.queue_more = last_sent.clone().unwrap_or_default();
                (Tone::Ok, "Online".into())
            }
        };
        bar.tone = tone;
        bar.word = word;
        if let Some(waiting) = waiting.filter(|waiting| waiting.count > 0) {
            bar.queue = format!("{} to send", waiting.words());
            bar.queue_more = waiting.sum.clone();
        }
        bar
    }

    /// Whether the word leads to a sheet on the same page.
    #[must_use]
    pub fn opens_sheet(&self) -> bool {
        self.href == "/session/sheet"
    }
}

/// Everything the layout needs around a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Language tag of the page, `en-GB`.
    pub lang: String,
    /// Title of the document without the product name.
    pub title: String,
    /// Which link of the rail is marked.
    pub nav: Nav,
    /// Whether the session needs a person; draws a dot and offers the sign-in page in the rail.
    pub attention: bool,
    /// The state bar.
    pub bar: StateBar,
}

/// The state bar alone, target `#bar`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/bar.html")]
pub struct BarFragment {
    /// The bar.
    pub bar: StateBar,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_what_waits_and_that_selling_goes_on() {
        let waiting = Waiting {
            count: 4,
            sum: "£118.40".into(),
        };
        let bar = StateBar::of(&StoreLink::SignInNeeded, Some(&waiting));
        assert_eq!(bar.tone, Tone::Warn);
        assert_eq!(bar.word, "Sign-in needed to send");
        assert_eq!(bar.queue, "4 sales to send");
        assert_eq!(bar.queue_more, "£118.40");
        assert_eq!(bar.calm, "You can keep selling");
    }

    #[test]
    fn sending_counts_the_sale_that_is_on_its_way() {
        let bar = StateBar::of(&StoreLink::Sending { done: 1, total: 5 }, None);
        assert_eq!(bar.word, "Sending 2 of 5");
        let last = StateBar::of(&StoreLink::Sending { done: 5, total: 5 }, None);
        assert_eq!(last.word, "Sending 5 of 5");
    }

    #[test]
    fn an_empty_queue_is_not_counted() {
        let none = Waiting::default();
        let bar = StateBar::of(&StoreLink::Online { last_sent: None }, Some(&none));
        assert_eq!(bar.queue, "All sent");
    }
}
