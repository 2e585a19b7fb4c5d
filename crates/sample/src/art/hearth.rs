//! Wood and fire.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "kindling-bundle" => kindling(),
        "oak-logs" => logs(),
        "long-matches" => matches(),
        _ => return None,
    })
}

fn kindling() -> Scene {
    let stick = |x: i32, y: i32, turned: i32, wood: Ink| {
        let (light, dark) = (wood.lighter(26), wood.darker(16));
        format!(
            r##"<g transform="translate({x} {y}) rotate({turned})"><path d="M-92-9H82l10 8-10 10H-92z" fill="{wood}"/><path d="M-92 2H86l-4 7H-92z" fill="{dark}"/><path d="M-60-4h44M10-4h50" stroke="{light}" stroke-width="2" stroke-linecap="round"/><path d="M82-9l10 8-10 10-8-9z" fill="{light}"/></g>"##
        )
    };
    let (ash, pale) = (Ink(0xc59a68), Ink(0xd8b486));
    let sticks = [
        stick(156, 74, -5, ash),
        stick(166, 86, 3, pale),
        stick(152, 100, -2, ash),
        stick(168, 112, 4, pale),
        stick(154, 126, -3, ash),
        stick(164, 138, 2, pale),
        stick(156, 152, -1, ash),
        stick(166, 162, 0, pale),
    ];
    Scene::new(
        Backdrop::Blush,
        [162, 171, 104, 7],
        format!(
            r##"{}<path d="M138 66q16-8 34 0l4 102q-20 6-40 0z" fill="#8e6a43"/><path d="M138 66q16-8 34 0v7q-18-8-34 0zM136 160q20 6 40 0v8q-20 6-40 0z" fill="#77552f"/><path d="M138 84l36 10M138 104l36 10M138 124l36 10M138 144l36 10" stroke="#a5805a" stroke-width="3"/><path d="M156 66q-26-28-34-10-2 14 34 12 36 2 36-12-8-18-36 10z" fill="#9c7850"/><circle cx="156" cy="66" r="7" fill="#77552f"/>"##,
            sticks.concat()
        ),
    )
}

fn logs() -> Scene {
    let log = |x: i32, y: i32| {
        format!(
            r##"<g transform="translate({x} {y})"><circle r="30" fill="#6b4a30"/><circle r="25" fill="#dcb584"/><circle r="18" fill="none" stroke="#c1925a" stroke-width="3"/><circle r="11" fill="none" stroke="#c1925a" stroke-width="3"/><circle r="4" fill="#b17f48"/><path d="M4-2l20-8M-3 4l-10 18" stroke="#a87741" stroke-width="2.500" stroke-linecap="round"/></g>"##
        )
    };
    let pile = [
        log(160, 38),
        log(130, 88),
        log(190, 88),
        log(100, 138),
        log(160, 138),
        log(220, 138),
    ];
    Scene::new(
        Backdrop::Sky,
        [160, 170, 104, 8],
        format!(
            r##"<g transform="translate(16 17) scale(.9)">{}<g fill="none" stroke="#d9542b" stroke-width="2" opacity=".75"><path d="M146 10L70 138M174 10l76 128M130 36l104 130M190 36L86 166M112 66l82 102M208 66l-82 102M92 98l56 70M228 98l-56 70"/></g><path d="M146 10q14-10 28 0" fill="none" stroke="#d9542b" stroke-width="5" stroke-linecap="round"/></g>"##,
            pile.concat()
        ),
    )
}

fn matches() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 170, 100, 7],
        r##"<g><path d="M116 96V34M132 96V28M148 96V32M164 96V26M180 96V34M196 96V30" stroke="#e9d0a0" stroke-width="6"/><g fill="#c0392b"><ellipse cx="116" cy="32" rx="6" ry="9"/><ellipse cx="132" cy="26" rx="6" ry="9"/><ellipse cx="148" cy="30" rx="6" ry="9"/><ellipse cx="180" cy="32" rx="6" ry="9"/><ellipse cx="196" cy="28" rx="6" ry="9"/><ellipse cx="164" cy="24" rx="6" ry="9"/></g></g><path d="M104 78h104v92H104z" fill="#e8dcc6"/><path d="M98 92h116v74q0 4-4 4H102q-4 0-4-4z" fill="#d9822f"/><path d="M98 92h116v10H98z" fill="#b96a20"/><path d="M194 92h20v74q0 4-4 4h-16z" fill="#a5582b"/><path d="M198 104h12v56h-12z" fill="#5a3a2c"/><circle cx="146" cy="136" r="25" fill="#f8efdd"/><path d="M146 116q14 15 8 24 6-1 7-8 5 18-15 23-20-5-14-23 2 5 5 6-1-10 9-22z" fill="#c0392b"/><path d="M146 134q7 8 2 14-10-2-2-14z" fill="#f2c443"/><g transform="rotate(-10 252 166)"><path d="M220 162h60v6h-60z" fill="#e9d0a0"/><ellipse cx="282" cy="165" rx="9" ry="6" fill="#c0392b"/></g>"##,
    )
}
