//! A day at the store that will lose its power: sign-ins, renewals, endings, changed passwords, all at once, and a
//! list of what each answer meant.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use reqwest::StatusCode;

use crate::harness::{
    chance::Chance,
    store::{Store, Tokens, Visit},
};

/// Tills that renew all day.
const TILLS: usize = 8;

/// Renewals of each of them.
const RENEWALS: usize = 40;

/// Tills that sign in, renew, and whose session is ended.
const GUESTS: usize = 16;

/// Passwords one person has on that day.
const PASSWORDS: usize = 12;

/// One answer in so many reaches a till that is killed before it has written it down.
const LOST_EVERY: u64 = 6;

/// Number and name of the person whose password changes, in the sample shop.
pub(crate) const CHANGING: (i64, &str) = (4, "cashier2");

/// What a request's answer meant to the one who got it.
#[derive(Debug, Clone)]
pub(crate) enum Meant {
    /// The till has these tokens on its disk.
    Holds { till: String, tokens: Tokens },
    /// The session may be ended from here on.
    MayEnd { till: String },
    /// The session is ended.
    Ended { till: String },
    /// From here on this password is asked for, or the one after it.
    Password(String),
}

/// What was meant, by the name of the request, which the store repeats in its answer.
pub(crate) type Meanings = BTreeMap<String, Meant>;

/// What a shop knows at a moment: all answers that had left by then.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) tills: BTreeMap<String, Tokens>,
    pub(crate) may_end: BTreeSet<String>,
    pub(crate) ended: BTreeSet<String>,
    pub(crate) password: Option<String>,
}

impl Known {
    /// One more answer left.
    pub(crate) fn hears(&mut self, meant: &Meant) {
        match meant {
            Meant::Holds { till, tokens } => {
                self.tills.insert(till.clone(), tokens.clone());
            }
            Meant::MayEnd { till } => {
                self.may_end.insert(till.clone());
            }
            Meant::Ended { till } => {
                self.ended.insert(till.clone());
            }
            Meant::Password(password) => self.password = Some(password.clone()),
        }
    }
}

#[derive(Debug, Clone)]
struct Day {
    store: Store,
    meanings: Arc<Mutex<Meanings>>,
}

/// Lives through a day.
pub(crate) async fn live(store: &Store, seed: u64) -> Meanings {
    let day = Day {
        store: store.clone(),
        meanings: Arc::default(),
    };
    let owner = store.enter_office("owner", "owner-demo").await;
    let mut tasks = Vec::new();
    for till in 0..TILLS {
        tasks.push(tokio::spawn(day.clone().regular(till, seed)));
    }
    tasks.push(tokio::spawn(day.clone().guests()));
    tasks.push(tokio::spawn(day.clone().passwords(owner)));
    for task in tasks {
        task.await.expect("the day goes on to its end");
    }
    let meanings = day.meanings.lock().expect("nobody panics with it in hand");
    meanings.clone()
}

impl Day {
    fn means(&self, id: &str, meant: Meant) {
        let mut meanings = self.meanings.lock().expect("nobody panics with it in hand");
        meanings.insert(id.to_owned(), meant);
    }

    async fn arrives(&self, till: &str, password: &str) -> Tokens {
        let id = format!("{till}-arrives");
        let signed_in = self.store.sign_in(&id, "cashier", password).await;
        let tokens = signed_in.expect("the password is right");
        let (till, kept) = (till.to_owned(), tokens.clone());
        self.means(&id, Meant::Holds { till, tokens: kept });
        tokens
    }

    async fn renews(&self, till: &str, number: usize, tokens: &mut Tokens, is_lost: bool) {
        let id = format!("{till}-renews-{number}");
        let (status, answer) = self.store.renew(&id, &tokens.refresh).await.expect("an answer");
        assert_eq!(status, StatusCode::OK, "{answer}");
        if !is_lost {
            *tokens = Tokens::of(&answer);
            let (till, tokens) = (till.to_owned(), tokens.clone());
            self.means(&id, Meant::Holds { till, tokens });
        }
    }

    async fn regular(self, number: usize, seed: u64) {
        let till = format!("till-{number}");
        let mut chance = Chance::of(seed ^ number as u64);
        let mut tokens = self.arrives(&till, "cashier-demo").await;
        for renewal in 0..RENEWALS {
            let is_lost = chance.below(LOST_EVERY) == 0;
            self.renews(&till, renewal, &mut tokens, is_lost).await;
        }
    }

    async fn guests(self) {
        for number in 0..GUESTS {
            let till = format!("guest-{number}");
            let mut tokens = self.arrives(&till, "cashier-demo").await;
            self.renews(&till, 0, &mut tokens, false).await;
            let (look, id) = (format!("{till}-looks"), format!("{till}-leaves"));
            self.means(&look, Meant::MayEnd { till: till.clone() });
            assert_eq!(self.store.end(&look, &id, &tokens).await, Some(true));
            self.means(&id, Meant::Ended { till });
        }
    }

    async fn passwords(self, owner: Visit) {
        let path = format!("/admin/people/{}/password", CHANGING.0);
        for number in 0..PASSWORDS {
            let id = format!("password-{number}");
            let password = password(number);
            let fields = [("password", password.as_str())];
            let status = self.store.send_form(&owner, &id, &path, &fields).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            self.means(&id, Meant::Password(password));
        }
    }
}

fn password(number: usize) -> String {
    format!("word number {number:02}")
}

/// The password that may have been set already, while the answer to it had not left.
pub(crate) fn next_password(known: Option<&str>) -> String {
    let all = (0..=PASSWORDS).map(password);
    match known {
        None => password(0),
        Some(known) => {
            let mut after = all.skip_while(|password| password != known).skip(1);
            after.next().expect("the list is one longer than the day")
        }
    }
}
