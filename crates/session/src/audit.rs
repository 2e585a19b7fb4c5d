//! A second pair of eyes: was a session ended by somebody who may end it?
//!
//! The audit hears what the engine hears and knows none of its rules but one: a session ends by the store's verdict, by
//! three fresh tokens refused in a row that had arrived, by a person, or by another process that removed it. An end without any of these
//! is *needless*.

use crate::{
    answer::{Answer, Reason},
    engine::{Input, State, Stored},
    grant::SessionId,
    policy,
};

/// Hears the inputs of one engine and judges where it goes.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The last verdict since the last token.
    verdict: Option<Reason>,
    /// A token was refused, and nobody has said yet whether it arrived.
    is_suspicious: bool,
    /// Refused tokens that had arrived, since one was accepted.
    refused: u32,
    /// A person or another process ended the session.
    was_ended: bool,
    /// The last session somebody signed in to, and what was heard for the one before it: that one goes on until the new
    /// one is on the disk, and on and on when the disk does not take it.
    entered: Option<(SessionId, Box<Audit>)>,
}

/// What the audit remembers of a state, taken before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Somebody is signed in.
    In,
    /// A person must sign in again.
    Refused,
    /// Nobody is signed in.
    Out,
}

impl Standing {
    /// Where a state stands.
    #[must_use]
    pub fn of(state: &State) -> Self {
        match state {
            State::Active(_) | State::Renewing { .. } | State::Troubled { .. } => Self::In,
            State::SignInNeeded { .. } => Self::Refused,
            State::SignedOut => Self::Out,
        }
    }
}

impl Audit {
    /// Hears what the engine is about to hear.
    pub fn hear(&mut self, input: &Input) {
        if let Input::SignedIn(grant) = input {
            let before = std::mem::take(self).flat();
            self.entered = Some((grant.session.clone(), Box::new(before)));
            return;
        }
        if let Some((_, before)) = &mut self.entered {
            before.note(input);
        }
        self.note(input);
    }

    /// What was heard for any of the sessions so far.
    fn flat(self) -> Self {
        match self.entered {
            None => self,
            Some((_, before)) => Self {
                verdict: self.verdict.or(before.verdict),
                is_suspicious: self.is_suspicious || before.is_suspicious,
                refused: self.refused.max(before.refused),
                was_ended: self.was_ended || before.was_ended,
                entered: None,
            },
        }
    }

    fn note(&mut self, input: &Input) {
        match input {
            Input::Start(stored) | Input::LockTaken(_, stored) | Input::VaultChanged(stored) => {
                self.read(stored);
            }
            Input::Answered(_, Answer::Refused(refusal)) => self.verdict = Some(refusal.reason),
            Input::Answered(_, Answer::Renewed(_)) => self.verdict = None,
            Input::TokenRefused(_) => self.is_suspicious = true,
            Input::Arrived { place, arrival, .. } => {
                let has_arrived = arrival.is_some_and(|arrival| arrival.arrives(*place));
                if std::mem::take(&mut self.is_suspicious) && has_arrived {
                    self.refused = self.refused.saturating_add(1);
                }
            }
            Input::TokenAccepted(_) => self.refused = 0,
            Input::SignOut => self.was_ended = true,
            Input::Answered(_, Answer::Trouble(_))
            | Input::SignedIn(_)
            | Input::Due
            | Input::RenewNow
            | Input::LockBusy(_)
            | Input::Saved(_)
            | Input::SaveFailed(..)
            | Input::RestLocked(_)
            | Input::TravelsBy(_)
            | Input::NetworkUp => {}
        }
    }

    /// Whether a session has just ended without anybody ending it.
    #[must_use]
    pub fn is_needless(&self, before: Standing, after: &State) -> bool {
        match (before, after) {
            (Standing::In | Standing::Out, State::SignInNeeded { refusal, grant }) => {
                let heard = self.heard_for(&grant.session);
                let is_half_ended = refusal.reason == Reason::HalfEnded
                    && heard.refused >= u32::from(policy::FRESH_REFUSALS_MAX);
                heard.verdict != Some(refusal.reason) && !is_half_ended
            }
            (Standing::In | Standing::Refused, State::SignedOut) => {
                let before = self.entered.as_ref().is_some_and(|(_, before)| before.was_ended);
                !self.was_ended && !before
            }
            (Standing::Refused, State::SignInNeeded { .. })
            | (Standing::Out, State::SignedOut)
            | (_, State::Active(_) | State::Renewing { .. } | State::Troubled { .. }) => false,
        }
    }

    /// What was heard since the sign-in, for the session it began, and since before it for any other.
    fn heard_for(&self, session: &SessionId) -> &Self {
        match &self.entered {
            Some((entered, before)) if entered != session => before,
            Some(_) | None => self,
        }
    }

    fn read(&mut self, stored: &Stored) {
        match stored {
            Stored::Found(record) => {
                if let Some(refusal) = &record.refusal {
                    self.verdict = Some(refusal.reason);
                }
                self.was_ended = false;
            }
            Stored::Nothing => self.was_ended = true,
            Stored::Unreadable => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use evertill_wire::{AccessToken, RefreshToken};

    use super::*;
    use crate::{
        Arrival, AttemptId, BootId, Grant, Moment, Place, Refusal, Serial, SessionId, Stamp, User, WallTime,
    };

    fn refusal(reason: Reason) -> Refusal {
        Refusal {
            reason,
            words: "no".into(),
            ended: None,
            is_signed: false,
        }
    }

    fn ended(reason: Reason) -> State {
        let stamp = Stamp {
            boot: BootId::new("boot"),
            moment: Moment::from_millis(0),
            wall: WallTime::from_millis(0),
        };
        State::SignInNeeded {
            grant: Box::new(Grant {
                access: AccessToken::new("a"),
                refresh: RefreshToken::new("r"),
                session: SessionId::new("s"),
                user: User::default(),
                access_life: std::time::Duration::from_secs(1),
                refresh_in: None,
                renewable_for: None,
                received: stamp.clone(),
                signed_in: stamp,
                serial: Serial(1),
                renewals: 0,
            }),
            refusal: refusal(reason),
        }
    }

    fn verdict(reason: Reason) -> Input {
        Input::Answered(AttemptId(1), Answer::Refused(refusal(reason)))
    }

    /// A token is refused, and the store says whether it arrived in the header.
    fn refuse(audit: &mut Audit, header: bool) {
        audit.hear(&Input::TokenRefused(Serial(1)));
        audit.hear(&Input::Arrived {
            attempt: AttemptId(1),
            place: Place::Header,
            arrival: Some(Arrival {
                header,
                parameter: true,
            }),
        });
    }

    #[test]
    fn an_end_without_the_verdict_it_names_is_needless() {
        let mut audit = Audit::default();
        assert!(audit.is_needless(Standing::In, &ended(Reason::Ended)));
        audit.hear(&verdict(Reason::Expired));
        assert!(!audit.is_needless(Standing::In, &ended(Reason::Expired)));
        assert!(audit.is_needless(Standing::In, &ended(Reason::Ended)));
        let State::SignInNeeded { grant, .. } = ended(Reason::Ended) else {
            panic!("an end holds its grant")
        };
        audit.hear(&Input::SignedIn(grant));
        assert!(
            audit.is_needless(Standing::In, &ended(Reason::Expired)),
            "an old verdict is over"
        );
    }

    #[test]
    fn a_sign_in_that_is_never_saved_takes_no_evidence_from_the_session_that_goes_on() {
        let mut audit = Audit::default();
        let State::SignInNeeded { grant, .. } = ended(Reason::Ended) else {
            panic!("an end holds its grant")
        };
        let another = Grant {
            session: SessionId::new("another"),
            ..(*grant).clone()
        };
        refuse(&mut audit, true);
        refuse(&mut audit, true);
        audit.hear(&Input::SignedIn(Box::new(another)));
        refuse(&mut audit, true);
        assert!(!audit.is_needless(Standing::In, &ended(Reason::HalfEnded)));
        audit.hear(&Input::SignedIn(grant));
        assert!(
            audit.is_needless(Standing::In, &ended(Reason::HalfEnded)),
            "the new one was refused nothing"
        );
    }

    #[test]
    fn fresh_tokens_refused_three_times_in_a_row_are_a_verdict_and_twice_are_not() {
        let mut audit = Audit::default();
        refuse(&mut audit, true);
        refuse(&mut audit, true);
        assert!(audit.is_needless(Standing::In, &ended(Reason::HalfEnded)));
        refuse(&mut audit, false);
        audit.hear(&Input::TokenRefused(Serial(1)));
        assert!(
            audit.is_needless(Standing::In, &ended(Reason::HalfEnded)),
            "a token that was lost on the way says nothing"
        );
        refuse(&mut audit, true);
        assert!(!audit.is_needless(Standing::In, &ended(Reason::HalfEnded)));
        audit.hear(&Input::TokenAccepted(Serial(2)));
        assert!(audit.is_needless(Standing::In, &ended(Reason::HalfEnded)));
    }

    #[test]
    fn a_session_that_is_gone_was_ended_by_a_person_or_by_another_process() {
        let mut audit = Audit::default();
        assert!(audit.is_needless(Standing::In, &State::SignedOut));
        audit.hear(&Input::VaultChanged(Stored::Unreadable));
        assert!(
            audit.is_needless(Standing::In, &State::SignedOut),
            "damage ends nothing"
        );
        audit.hear(&Input::VaultChanged(Stored::Nothing));
        assert!(!audit.is_needless(Standing::In, &State::SignedOut));
        let mut audit = Audit::default();
        audit.hear(&Input::SignOut);
        assert!(!audit.is_needless(Standing::Refused, &State::SignedOut));
    }
}
