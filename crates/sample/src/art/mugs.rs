//! Mugs, cups to carry and a bottle.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "stoneware-mug-moss" => stoneware(Backdrop::Sage, Ink(0x6b8b6e), ""),
        "stoneware-mug-ocean" => stoneware(Backdrop::Sand, Ink(0x3f7391), WAVES),
        "enamel-camp-mug" => camp_mug(),
        "espresso-cup-pair" => cup_pair(),
        "travel-cup" => travel_cup(Backdrop::Sage, Ink(0xd9c7a3)),
        "travel-cup-ink" => travel_cup(Backdrop::Butter, Ink(0x2f3b4c)),
        "steel-bottle" => steel_bottle(),
        _ => return None,
    })
}

const WAVES: &str = r##"<path d="M104 66h108v26q-13 12-27 0t-27 0-27 0-27 0z" fill="#8fc0cf" opacity=".85"/><path d="M104 66h108v12q-13 10-27 0t-27 0-27 0-27 0z" fill="#cfe6e6" opacity=".8"/>"##;

fn stoneware(backdrop: Backdrop, glaze: Ink, over: &str) -> Scene {
    let (light, dark, handle, speck) = (
        glaze.lighter(11),
        glaze.darker(11),
        glaze.darker(19),
        glaze.darker(42),
    );
    Scene::new(
        backdrop,
        [160, 168, 70, 7],
        format!(
            r##"<path d="M202 88q36-2 36 28t-40 32" fill="none" stroke="{handle}" stroke-width="13" stroke-linecap="round"/><path d="M104 66h108v72q0 30-30 30h-48q-30 0-30-30z" fill="{glaze}"/><path d="M104 66h24v102q-24-4-24-30z" fill="{light}"/><path d="M188 66h24v72q0 26-24 30z" fill="{dark}"/>{over}<ellipse cx="158" cy="66" rx="54" ry="11" fill="{handle}"/><ellipse cx="158" cy="68" rx="46" ry="8" fill="#3a2619"/><g fill="{speck}"><circle cx="140" cy="98" r="2"/><circle cx="172" cy="112" r="2.400"/><circle cx="150" cy="132" r="1.800"/><circle cx="186" cy="94" r="1.600"/><circle cx="166" cy="148" r="2"/><circle cx="128" cy="118" r="1.600"/></g><path d="M150 44q-8-10 0-18t0-16M170 44q-8-10 0-18t0-16" fill="none" stroke="#fff" stroke-width="3.500" stroke-linecap="round" opacity=".7"/>"##
        ),
    )
}

fn camp_mug() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [158, 169, 70, 7],
        r##"<path d="M206 88q38 0 34 30t-38 24" fill="none" stroke="#2b4a66" stroke-width="7" stroke-linecap="round"/><path d="M104 62h108v96q0 10-10 10h-88q-10 0-10-10z" fill="#fbf6ea"/><path d="M186 62h26v96q0 10-10 10h-16z" fill="#ece3d0"/><ellipse cx="158" cy="62" rx="57" ry="12" fill="#2b4a66"/><ellipse cx="158" cy="62" rx="50" ry="9" fill="#e6dcc8"/><path d="M110 66q48 12 96 0-10 6-48 6t-48-6z" fill="#fbf6ea"/><path d="M132 146l26-44 26 44z" fill="#2b4a66"/><path d="M158 102l9 44h-18z" fill="#fbf6ea"/><path d="M122 146h72v4h-72z" fill="#2b4a66"/><path d="M138 96l6-12 6 12zM134 104l10-14 10 14zM176 98l5-10 5 10zM172 106l9-12 9 12z" fill="#6b8b6e"/>"##,
    )
}

fn cup_pair() -> Scene {
    let cup = |x: i32, y: i32, glaze: Ink| {
        let (light, dark) = (glaze.lighter(22), glaze.darker(14));
        format!(
            r##"<g transform="translate({x} {y})"><ellipse cx="0" cy="66" rx="58" ry="9" fill="{light}"/><ellipse cx="0" cy="64" rx="36" ry="4" fill="{dark}"/><path d="M32 16q24-2 22 14t-28 18" fill="none" stroke="{dark}" stroke-width="8" stroke-linecap="round"/><path d="M-38 4h76q2 58-38 58t-38-58z" fill="{glaze}"/><path d="M20 4h18q1 46-28 57 12-18 10-57z" fill="{dark}"/><ellipse cx="0" cy="4" rx="38" ry="10" fill="{light}"/><ellipse cx="0" cy="5" rx="32" ry="7" fill="#5a3623"/><path d="M-24 4q24-7 48 0-24 6-48 0z" fill="#b27a47"/></g>"##
        )
    };
    Scene::new(
        Backdrop::Sky,
        [164, 174, 122, 8],
        format!("{}{}", cup(206, 88, Ink(0xe3b9a0)), cup(112, 106, Ink(0xf3ead9))),
    )
}

fn travel_cup(backdrop: Backdrop, lid: Ink) -> Scene {
    let (light, dark) = (lid.lighter(18), lid.darker(16));
    Scene::new(
        backdrop,
        [160, 170, 52, 6],
        format!(
            r##"<path d="M118 52h84l-10 112q-1 6-7 6h-50q-6 0-7-6z" fill="#fff" opacity=".75"/><path d="M122 66h76l-8 96q0 4-5 4h-50q-5 0-5-4z" fill="#a9784f"/><path d="M122 66h76l-1 12h-74z" fill="#d9b68a"/><path d="M119 86h82l-4 44h-74z" fill="#c79a63"/><path d="M183 86h18l-4 44h-16z" fill="#b3854f"/><g fill="#a5773f"><circle cx="136" cy="98" r="2"/><circle cx="158" cy="112" r="2"/><circle cx="174" cy="96" r="1.600"/><circle cx="146" cy="120" r="1.600"/><circle cx="188" cy="118" r="2"/><circle cx="168" cy="122" r="1.400"/></g><path d="M112 38h96q4 0 4 4v8q0 4-4 4h-96q-4 0-4-4v-8q0-4 4-4z" fill="{lid}"/><path d="M122 24h76l4 14h-84z" fill="{light}"/><path d="M182 24h16l4 14h-16z" fill="{dark}"/><path d="M132 22h22v6h-22z" fill="{dark}"/><path d="M130 138v22" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".6"/>"##
        ),
    )
}

fn steel_bottle() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [160, 169, 46, 6],
        r##"<rect x="132" y="66" width="56" height="104" rx="16" fill="#8ea6ad"/><path d="M142 44h36v16q10 6 10 18h-56q0-12 10-18z" fill="#9db4ba"/><path d="M132 78h16v86q-16-2-16-14z" fill="#b2c5ca"/><rect x="138" y="24" width="44" height="24" rx="6" fill="#26363b"/><path d="M148 14h24v12h-24z" fill="#33474d"/><path d="M132 112h56v26h-56z" fill="#27495f"/><path d="M146 122h28v5h-28z" fill="#fff"/>"##,
    )
}
