//! Hoodies and tees.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "corner-hoodie" => hoodie(),
        "corner-tee" => tee(Backdrop::Sage, Ink(0xf1e8d6), RING_DARK),
        "corner-tee-forest" => tee(Backdrop::Butter, Ink(0x2f5d4a), RING_LIGHT),
        "corner-tee-rust" => tee(Backdrop::Sky, Ink(0xb5562f), RING_LIGHT),
        "kids-tee" => tee(Backdrop::Lilac, Ink(0xf0c95a), LITTLE_BEAN),
        _ => return None,
    })
}

const RING_DARK: &str = r##"<circle cx="160" cy="98" r="17" fill="none" stroke="#0b6b46" stroke-width="5"/><path d="M144 98h32" stroke="#0b6b46" stroke-width="5"/>"##;
const RING_LIGHT: &str = r##"<circle cx="160" cy="98" r="17" fill="none" stroke="#f6eedd" stroke-width="5"/><path d="M144 98h32" stroke="#f6eedd" stroke-width="5"/>"##;
const LITTLE_BEAN: &str = r##"<g transform="rotate(-24 160 104)"><ellipse cx="160" cy="104" rx="27" ry="20" fill="#7a4e30"/><path d="M140 92q10-8 22-7" stroke="#a9744c" stroke-width="4" stroke-linecap="round" fill="none"/></g><circle cx="151" cy="102" r="3" fill="#fff"/><circle cx="168" cy="98" r="3" fill="#fff"/><circle cx="152" cy="102" r="1.500" fill="#2b1a10"/><circle cx="169" cy="98" r="1.500" fill="#2b1a10"/><path d="M154 111q8 4 14-4" fill="none" stroke="#fff" stroke-width="2.500" stroke-linecap="round"/><path d="M172 84q4-14 18-14-2 14-18 14z" fill="#5c9c69"/>"##;

fn hoodie() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [160, 170, 74, 6],
        r##"<path d="M126 44q34-34 68 0l26 16q14 8 18 24l14 62-26 8-14-36v52q0 4-4 4h-96q-4 0-4-4v-52l-14 36-26-8 14-62q4-16 18-24z" fill="#6d5f86"/><path d="M124 46q36-40 72 0-2 26-36 34-34-8-36-34z" fill="#5a4d72"/><path d="M136 46q24-22 48 0-4 18-24 24-20-6-24-24z" fill="#3e3452"/><path d="M108 112v6l-6-30zM212 112v6l6-30z" fill="#5a4d72"/><path d="M128 168l8-38h48l8 38z" fill="#5f5277"/><path d="M150 72v32M170 72v32" stroke="#efeaf7" stroke-width="3.500" stroke-linecap="round"/><circle cx="190" cy="100" r="7" fill="none" stroke="#efeaf7" stroke-width="2.500"/><path d="M183 100h14" stroke="#efeaf7" stroke-width="2.500"/>"##,
    )
}

fn tee(backdrop: Backdrop, cloth: Ink, print: &str) -> Scene {
    let (fold, collar, inside) = (cloth.darker(9), cloth.darker(15), cloth.darker(28));
    Scene::new(
        backdrop,
        [160, 171, 66, 6],
        format!(
            r##"<path d="M126 34h68l36 14q8 3 11 11l17 37-32 15-14-22v78q0 4-4 4h-96q-4 0-4-4V89l-14 22-32-15 17-37q3-8 11-11z" fill="{cloth}"/><path d="M108 89v-20l-14 42-8-4zM212 89v-20l14 42 8-4z" fill="{fold}"/><path d="M188 171q12-60 6-112l18 30v78q0 4-4 4z" fill="{fold}"/><path d="M132 32h56q-2 26-28 27-26-1-28-27z" fill="{inside}"/><path d="M126 34l6-2q2 23 28 24 26-1 28-24l6 2q-3 30-34 31-31-1-34-31z" fill="{collar}"/><path d="M62 96l32 15M258 96l-32 15" stroke="{collar}" stroke-width="3"/>{print}"##
        ),
    )
}
