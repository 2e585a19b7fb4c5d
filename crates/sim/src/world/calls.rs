//! Requests on their way to the store and answers on their way back.

use std::time::Duration;

use evertill_sale::outbox::Write;
use evertill_session::{
    Answer, AttemptId, Place, Serial, Trouble, Unauthorized, answer, arrival, engine::Input,
};
use evertill_wire::{AccessToken, RefreshToken};
use uuid::Uuid;

use super::{Event, Heard, NoAnswer, Pid, Power, Seen, World};
use crate::{
    plan::{FaultKind, MINUTE, SECOND},
    store::{Raw, Truth},
};

/// The transport's own limit.
const TRANSPORT_WAIT: u64 = 15 * SECOND;

/// What a request is about.
#[derive(Debug, Clone)]
pub(crate) enum Errand {
    /// A renewal.
    Renew {
        attempt: AttemptId,
        refresh: RefreshToken,
        access: Option<AccessToken>,
    },
    /// The question which way a token arrives.
    Trace { attempt: AttemptId, place: Place },
    /// Any other request with a token.
    Look { serial: Serial, access: String },
    /// A sale.
    Push {
        serial: Serial,
        access: String,
        sale: Uuid,
        write: Box<Write>,
    },
    /// The end of a session.
    End { session: u32 },
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Call {
    device: usize,
    from: Option<Pid>,
    errand: Errand,
    sent_at: u64,
    /// The transport gives up on its own.
    is_limited: bool,
    /// A copy that somebody on the way made; nobody waits for its answer.
    is_copy: bool,
    place: Place,
}

/// An answer, or word that none came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) device: usize,
    pub(crate) from: Option<Pid>,
    pub(crate) errand: Errand,
    pub(crate) answer: Result<Raw, NoAnswer>,
}

impl World {
    fn line_has(&self, device: usize, kind: FaultKind) -> bool {
        self.devices[device].line.contains_key(&kind)
    }

    pub(crate) fn is_online(&self, device: usize) -> bool {
        self.devices[device].power == Power::On
            && !self.line_has(device, FaultKind::Offline)
            && !self.line_has(device, FaultKind::CaptivePortal)
    }

    pub(super) fn send(&mut self, device: usize, from: Option<Pid>, errand: Errand) {
        let place = from
            .and_then(|pid| self.process(pid))
            .map_or(Place::Header, |process| process.place);
        let mut call = Call {
            device,
            from,
            errand,
            sent_at: self.now,
            is_limited: true,
            is_copy: false,
            place,
        };
        if self.line_has(device, FaultKind::Offline) {
            let after = self.takes(1, 800);
            return self.answer_in(after, call, Err(NoAnswer::Unreachable));
        }
        if self.line_has(device, FaultKind::LosesRequests) && self.random.permille(500) {
            return self.answer_in(TRANSPORT_WAIT, call, Err(NoAnswer::TimedOut));
        }
        if self.line_has(device, FaultKind::CaptivePortal) {
            let after = self.takes(5, 200);
            // A portal that imitates a refusal signs out a stock session, and no client can tell; ours must not mind.
            let imitates = self.store.verdict_keys().is_some() && self.now.is_multiple_of(2);
            let page = if imitates {
                Raw::imitation()
            } else {
                Raw::captive_portal()
            };
            return self.answer_in(after, call, Ok(page));
        }
        let mut takes = self.takes(15, 120);
        if self.line_has(device, FaultKind::Slow) {
            takes = self.takes(SECOND, 70 * SECOND);
            // Answers that trickle in keep a transport waiting past any limit on silence.
            call.is_limited = self.random.permille(500);
        }
        if self.line_has(device, FaultKind::Duplicates) && self.random.permille(500) {
            let copy = Call {
                errand: call.errand.clone(),
                is_copy: true,
                ..call
            };
            let later = takes + self.takes(1, 4 * SECOND);
            self.queue.plan(self.now + later, Event::Arrive(Box::new(copy)));
            call.is_copy = false;
        }
        self.queue.plan(self.now + takes, Event::Arrive(Box::new(call)));
    }

    /// A request reaches the store, or what stands before it.
    pub(super) fn arrive(&mut self, call: Call) {
        if self.random.permille(900) {
            self.store.flush();
        }
        let mut raw = match self.in_front() {
            Some(raw) => raw,
            None => self.at_the_store(&call),
        };
        if self.is_hit(FaultKind::PhpNotices) {
            raw = raw.with_notice();
        }
        if self.is_hit(FaultKind::GluedAnswers) {
            raw = raw.glued();
        }
        let Call { device, sent_at, .. } = call;
        if call.is_copy {
            return;
        }
        let waited = self.now - sent_at;
        if call.is_limited && waited >= TRANSPORT_WAIT {
            return self.answer_in(0, call, Err(NoAnswer::TimedOut));
        }
        let rest = TRANSPORT_WAIT.saturating_sub(waited);
        let is_lost = self.line_has(device, FaultKind::Offline)
            || (self.line_has(device, FaultKind::LosesAnswers) && self.random.permille(600));
        if is_lost {
            return self.answer_in(rest, call, Err(NoAnswer::TimedOut));
        }
        if self.line_has(device, FaultKind::Resets) && self.random.permille(600) {
            let after = self.takes(1, 300);
            return self.answer_in(after, call, Err(NoAnswer::Reset));
        }
        if self.line_has(device, FaultKind::Truncates) && self.random.permille(600) {
            let roll = self.random.draw();
            raw = raw.truncated(roll);
        }
        let takes = if self.line_has(device, FaultKind::Slow) {
            self.takes(SECOND, 70 * SECOND)
        } else {
            self.takes(60, 250)
        };
        if call.is_limited && takes > rest {
            return self.answer_in(rest, call, Err(NoAnswer::TimedOut));
        }
        self.answer_in(takes, call, Ok(raw));
    }

    fn answer_in(&mut self, after: u64, call: Call, answer: Result<Raw, NoAnswer>) {
        let reply = Reply {
            device: call.device,
            from: call.from,
            errand: call.errand,
            answer,
        };
        self.queue.plan(self.now + after, Event::Return(Box::new(reply)));
    }

    /// Something before the store's own code answers.
    fn in_front(&mut self) -> Option<Raw> {
        if self.front.is_empty() {
            return None;
        }
        let roll = self.random.draw();
        if self.is_hit(FaultKind::Firewall) {
            return Some(Raw::firewall(roll));
        }
        if self.is_hit(FaultKind::Redirected) {
            return Some(Raw::redirected());
        }
        if self.is_hit(FaultKind::TooManyRequests) {
            return Some(Raw::too_many(30 + roll % 270));
        }
        if self.is_hit(FaultKind::StoreCrash) || self.is_hit(FaultKind::ServerErrors) {
            return Some(Raw::server_error(roll));
        }
        if self.is_hit(FaultKind::Maintenance) {
            return Some(Raw::maintenance(600));
        }
        if self.is_hit(FaultKind::PluginOff) {
            return Some(Raw::no_route());
        }
        None
    }

    fn at_the_store(&mut self, call: &Call) -> Raw {
        let wall_s = self.wall_s();
        let strips = self.is_hit(FaultKind::HeadersStripped);
        let is_stripped = strips && call.place == Place::Header;
        match &call.errand {
            Errand::Renew { refresh, access, .. } => {
                let access = access.as_ref().filter(|_| !is_stripped).map(AccessToken::expose);
                let (raw, late) = self.store.renew(refresh.expose(), access, wall_s);
                if let Some(late) = late {
                    let at = self.now + self.takes(100, 900);
                    self.queue.plan(at, Event::Written(late));
                }
                if raw.truth == Truth::Granted {
                    self.tally.grants += 1;
                    if let Some(access) = &raw.issued {
                        let life = Duration::from_secs(self.plan.shop.access_life_s);
                        self.remember_issued(call.device, access, life);
                    }
                }
                raw
            }
            Errand::Trace { .. } => Raw::echo(!strips, true),
            Errand::Look { .. } | Errand::Push { .. } if is_stripped => {
                if self.plan.shop.is_rest_locked {
                    Raw::rest_locked()
                } else {
                    Raw::unauthorized()
                }
            }
            Errand::Look { access, .. } => match self.store.admit(access, wall_s) {
                Ok(()) => Raw::json(200, "{\"status\":\"success\"}".into(), Truth::Noise),
                Err(raw) => raw,
            },
            Errand::Push {
                access, sale, write, ..
            } => match self.store.admit(access, wall_s) {
                Ok(()) => self.push_at_store(call.device, *sale, write),
                Err(raw) => raw,
            },
            Errand::End { session } => {
                let (did, late) = self.store.end(*session, wall_s);
                if let Some(late) = late {
                    let at = self.now + self.takes(100, 900);
                    self.queue.plan(at, Event::Written(late));
                }
                Raw::json(200, format!("{{\"success\":{did}}}"), Truth::Noise)
            }
        }
    }

    /// An answer reaches the machine.
    pub(super) fn come_back(&mut self, reply: Reply) {
        if self.devices[reply.device].power == Power::Asleep {
            let device = reply.device;
            let is_kept = self.random.permille(500);
            let reply = Reply {
                answer: if is_kept {
                    reply.answer
                } else {
                    Err(NoAnswer::Reset)
                },
                ..reply
            };
            self.devices[device].put_off.push(Event::Return(Box::new(reply)));
            return;
        }
        match reply.errand {
            Errand::Renew { attempt, refresh, .. } => {
                self.renewal_answered(reply.from, attempt, &refresh, reply.answer);
            }
            Errand::Trace { attempt, place } => self.traced(reply.from, attempt, place, &reply.answer),
            Errand::Look { serial, .. } => {
                let _ = self.hear_about_token(reply.from, serial, &reply.answer);
            }
            Errand::Push { serial, sale, .. } => {
                self.push_answered(reply.device, reply.from, serial, sale, reply.answer);
            }
            Errand::End { session } => self.revoke_answered(reply.device, session, &reply.answer),
        }
    }

    fn renewal_answered(
        &mut self,
        from: Option<Pid>,
        attempt: AttemptId,
        refresh: &RefreshToken,
        answer: Result<Raw, NoAnswer>,
    ) {
        let Some(pid) = from else {
            return;
        };
        let asks_for_proof = self
            .process(pid)
            .is_some_and(|process| !process.rules.believes_unsigned());
        let keys = self.store.verdict_keys().filter(|_| asks_for_proof);
        let (answer, heard) = match answer {
            Ok(raw) => {
                let pause_s = raw
                    .headers
                    .iter()
                    .find(|(name, _)| *name == "Retry-After")
                    .and_then(|(_, value)| value.parse().ok());
                let heard = Heard::Answer {
                    truth: raw.truth,
                    status: raw.status,
                    pause_s,
                };
                let answer = raw.with_view(|view| match &keys {
                    Some(keys) => answer::read_signed(view, keys, refresh),
                    None => answer::read(view),
                });
                (answer, heard)
            }
            Err(why) => (
                Answer::Trouble(Trouble::network(why.code(), "no answer came")),
                Heard::Nothing,
            ),
        };
        self.feed(
            pid,
            Input::Answered(attempt, answer),
            Seen::Answered { attempt, heard },
        );
    }

    fn traced(
        &mut self,
        from: Option<Pid>,
        attempt: AttemptId,
        place: Place,
        answer: &Result<Raw, NoAnswer>,
    ) {
        let Some(pid) = from else {
            return;
        };
        let arrival = answer.as_ref().ok().and_then(|raw| raw.with_view(arrival::read));
        let has_arrived = arrival.is_some_and(|arrival| arrival.arrives(place));
        let input = Input::Arrived {
            attempt,
            place,
            arrival,
        };
        self.feed(pid, input, Seen::Arrived { attempt, has_arrived });
    }

    /// Tells the rules what became of a token, as the shipped driver does. True when the same request may go once more,
    /// with another token or another way.
    pub(super) fn hear_about_token(
        &mut self,
        from: Option<Pid>,
        serial: Serial,
        answer: &Result<Raw, NoAnswer>,
    ) -> bool {
        let (Some(pid), Ok(raw)) = (from, answer) else {
            return false;
        };
        let Some(process) = self.process(pid) else {
            return false;
        };
        let is_forbidden = process.rules.renews_on_forbidden() && raw.status == 403;
        let is_from_the_api = raw.with_view(answer::not_from_the_api).is_none();
        if (200..300).contains(&raw.status) && is_from_the_api {
            let is_first = process.watch.accepted != Some(serial);
            self.feed(pid, Input::TokenAccepted(serial), Seen::TokenAccepted(serial));
            if is_first {
                self.try_prove(pid, self.now + MINUTE);
            }
            return false;
        }
        match raw.with_view(answer::unauthorized) {
            Some(Unauthorized::Locked) => {
                self.feed(pid, Input::RestLocked(serial), Seen::RestLocked(serial));
                false
            }
            None if !is_forbidden => false,
            Some(Unauthorized::TokenRefused) | None => {
                self.tally.refused_tokens += 1;
                let status = raw.status;
                self.feed(
                    pid,
                    Input::TokenRefused(serial),
                    Seen::TokenRefused { serial, status },
                );
                true
            }
        }
    }

    /// A token with its life, as a sign-in gives it.
    pub(super) fn remember_sign_in(&mut self, device: usize, access: &str, life_s: u64) {
        self.remember_issued(device, access, Duration::from_secs(life_s));
    }
}
