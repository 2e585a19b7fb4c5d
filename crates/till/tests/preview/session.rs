//! The session page, of a session that is well and of one that ended.

use evertill_till::pages::*;

use super::{
    after::fact,
    shop::{CSRF, frame},
};

fn x(minutes_ago: f64) -> String {
    format!("{:.2}%", 100.0 - minutes_ago / 14.4)
}

fn timeline() -> Timeline {
    let renewed = |minutes: i32| Mark {
        kind: MarkKind::Renewed,
        x: x(f64::from(minutes)),
        title: "Renewed".into(),
    };
    let span = |kind, from: f64, to: f64, title: &str| Span {
        kind,
        x: x(from),
        end: x(to),
        width: format!("{:.2}%", (from - to) / 14.4),
        title: title.into(),
    };
    let mut marks: Vec<Mark> = (0..68)
        .map(|n| 9 + n * 21)
        .filter(|minutes| !(1175..1235).contains(minutes))
        .map(renewed)
        .collect();
    marks.push(Mark {
        kind: MarkKind::Retried,
        x: x(93.0),
        title: "09:09 answer lost, asked again, fine after 4 s".into(),
    });
    Timeline {
        title: "Last 24 hours".into(),
        summary: "65 renewals · 1 asked twice · 55 min offline".into(),
        ticks: (0..8)
            .map(|step| {
                let clock = format!("{:02}:00", (12 + step * 3) % 24);
                let minutes_ago = 1362 - 180 * i64::try_from(step).unwrap();
                Tick::placed(-minutes_ago, -1440, 0, step, clock)
            })
            .collect(),
        spans: vec![
            span(SpanKind::Live, 1440.0, 1232.0, "Signed in"),
            span(SpanKind::Offline, 1232.0, 1177.0, "Offline 14:10 to 15:05"),
            span(SpanKind::Live, 1177.0, 0.0, "Signed in"),
        ],
        marks,
        sales: [(12, 5), (13, 9), (14, 7), (15, 6), (16, 8), (17, 3)]
            .map(|(hour, count)| HourBar {
                x: Timeline::place(hour * 60 - 642, 0, 1440),
                width: Timeline::place(60, 0, 1440),
                height: count * HourBar::HIGHEST / 9,
                hour: format!("{hour}:00 to {}:00", hour + 1),
                count: format!("{count} sales"),
            })
            .to_vec(),
    }
}

fn event(tone: Tone, icon: &'static str, at: &str, text: &str, more: &str) -> Event {
    Event {
        tone,
        icon,
        at: at.into(),
        text: text.into(),
        more: more.into(),
        code: String::new(),
    }
}

/// The session: well, or ended by the owner.
pub(crate) fn session(well: bool) -> SessionPage {
    let mut events = vec![
        event(
            Tone::Ok,
            "tick",
            "10:33",
            "Renewed 5 times since 08:58",
            "Last answer in 410 ms. Next at 10:54.",
        ),
        event(
            Tone::Info,
            "sync",
            "09:09",
            "Answer got lost, asked again, fine after 4 s",
            "The shop answered the same question twice. No sale waited.",
        ),
        event(
            Tone::Ok,
            "tick",
            "Sun 16:30",
            "Renewed 46 times",
            "One every 21 minutes, all night.",
        ),
        event(
            Tone::Ok,
            "tick",
            "Sun 15:05",
            "Back online",
            "6 sales sent in 3 s, each once.",
        ),
        event(
            Tone::Off,
            "offline",
            "Sun 14:10",
            "Offline for 55 minutes",
            "Selling went on.",
        ),
        event(
            Tone::Off,
            "user",
            "3 Nov 08:41",
            "Ada signed in",
            "On the shop’s own page.",
        ),
    ];
    let mut timeline = timeline();
    let mut life = Life::drawn(0.3, Some(0.7));
    life.above = "renews in".into();
    life.large = "12 min".into();
    life.below = "at 10:54".into();
    if !well {
        let mut ended = event(
            Tone::Warn,
            "warn",
            "10:02",
            "The shop ended the session",
            "Signed out by Ann (owner). A sign-in is needed to send.",
        );
        ended.code = "API02008".into();
        events.insert(0, ended);
        timeline.spans[2].end = x(40.0);
        timeline.marks.retain(|mark| mark.x < x(40.0) || mark.x.len() < 6);
        timeline.spans.push(Span {
            kind: SpanKind::Waiting,
            x: x(40.0),
            end: x(0.0),
            width: "2.78%".into(),
            title: "Waiting for a sign-in since 10:02".into(),
        });
        timeline.marks.push(Mark {
            kind: MarkKind::Refused,
            x: x(40.0),
            title: "10:02 ended by the shop".into(),
        });
        life = Life::drawn(0.0, None);
        life.above = "waiting for".into();
        life.large = "sign-in".into();
        life.below = "since 10:02".into();
    }
    SessionPage {
        frame: frame("Session", Nav::Session, if well { "online" } else { "needed" }),
        csrf: CSRF.into(),
        session: SessionView {
            person: Some(Person::named("Ada Osei")),
            place: "cornerandco.example · Till 2".into(),
            life,
            tone: if well { Tone::Ok } else { Tone::Warn },
            state: if well {
                "Signed in, nothing to do"
            } else {
                "Sign-in needed to send"
            }
            .into(),
            cause: if well {
                ""
            } else {
                "Ann (owner) signed this till out today at 10:02. Sales are kept here meanwhile."
            }
            .into(),
            code: if well { "" } else { "API02008" }.into(),
            facts: vec![
                fact("Last renewed", "10:33"),
                fact("Good until", "11:03"),
                fact("Renewals so far", "1,372"),
                fact("Signed in", "3 Nov 08:41"),
                fact("Shop’s own limit", "3 Dec 08:41"),
            ],
            horizon: Some(Horizon {
                used: "66.9%".into(),
                words: "20 of 30 days".into(),
                left: "10 days left".into(),
                note: "The till asks 7 days before.".into(),
            }),
            can_renew: well,
            can_sign_in: !well,
            sign_out: if well {
                SignOut::Offered
            } else {
                SignOut::Refused("4 sales (£118.40) are not in the shop yet.".into())
            },
            timeline,
            events,
        },
    }
}
