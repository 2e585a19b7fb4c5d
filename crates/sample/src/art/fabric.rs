//! Caps, wool and cloth.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "corner-cap" => cap(Backdrop::Butter, Ink(0x2f5d4a)),
        "corner-cap-rust" => cap(Backdrop::Sky, Ink(0xb5562f)),
        "corner-cap-ink" => cap(Backdrop::Blush, Ink(0x36435a)),
        "corner-cap-sand" => cap(Backdrop::Sage, Ink(0xcdb588)),
        "wool-socks" => socks(Backdrop::Sand, Ink(0x31506b), STRIPES),
        "wool-socks-dot" => socks(Backdrop::Sage, Ink(0x9c3f4e), DOTS),
        "knitted-beanie" => beanie(Backdrop::Sky, Ink(0xd6a032)),
        "knitted-beanie-moss" => beanie(Backdrop::Blush, Ink(0x6b8b6e)),
        "knitted-beanie-berry" => beanie(Backdrop::Sage, Ink(0x94405f)),
        "lambswool-scarf" => scarf(),
        "striped-apron" => apron(),
        "canvas-tote" => tote(),
        "linen-tea-towel" => tea_towel(),
        "compact-umbrella" => umbrella(),
        _ => return None,
    })
}

const STRIPES: &str = r##"<path d="M0 34h44v10H0zM0 54h44v10H0zM0 74h44v10H0z" fill="#e8c98a"/><path d="M0 44h44v4H0zM0 64h44v4H0z" fill="#b5562f"/>"##;
const DOTS: &str = r##"<g fill="#f3dcd0"><circle cx="10" cy="36" r="4"/><circle cx="32" cy="42" r="4"/><circle cx="14" cy="58" r="4"/><circle cx="36" cy="64" r="4"/><circle cx="12" cy="80" r="4"/><circle cx="34" cy="86" r="4"/><circle cx="50" cy="108" r="4"/><circle cx="26" cy="104" r="4"/></g>"##;

fn cap(backdrop: Backdrop, cloth: Ink) -> Scene {
    let (light, dark, deep) = (cloth.lighter(8), cloth.darker(15), cloth.darker(24));
    Scene::new(
        backdrop,
        [162, 167, 98, 7],
        format!(
            r##"<g transform="translate(-22 13)"><path d="M92 130q0-78 72-78t70 78z" fill="{cloth}"/><path d="M164 52q-34 16-36 78H92q0-78 72-78z" fill="{light}"/><path d="M164 52q32 16 34 78h36q2-78-70-78z" fill="{dark}"/><path d="M88 126h140q44 6 52 28-50-14-120-12-60 2-72-16z" fill="{deep}"/><circle cx="164" cy="52" r="6" fill="{deep}"/><rect x="146" y="84" width="36" height="26" rx="13" fill="#f3e9d2"/><path d="M153 97h22" stroke="{cloth}" stroke-width="4"/></g>"##
        ),
    )
}

fn socks(backdrop: Backdrop, wool: Ink, pattern: &str) -> Scene {
    let (light, dark) = (wool.lighter(24), wool.darker(16));
    let sock = |x: i32, y: i32, turned: i32| {
        format!(
            r##"<g transform="translate({x} {y}) rotate({turned})"><path d="M0 0h44v84q2 8 12 12l34 12q14 6 12 20-2 12-18 12H46q-22 0-34-14Q0 114 0 96z" fill="{wool}"/>{pattern}<path d="M0 96q0 18 12 30 10 12 28 14-4-26-40-44zM74 103l16 6q14 6 12 20-2 12-18 11H70q-8-16 4-37z" fill="{light}"/><path d="M-3-4h50v24H-3z" fill="{dark}"/><path d="M6-2v20M16-2v20M26-2v20M36-2v20" stroke="{light}" stroke-width="2.500"/></g>"##
        )
    };
    Scene::new(
        backdrop,
        [166, 168, 96, 8],
        format!("{}{}", sock(154, 26, -6), sock(92, 30, 4)),
    )
}

fn beanie(backdrop: Backdrop, wool: Ink) -> Scene {
    let (light, dark, deep) = (wool.lighter(20), wool.darker(13), wool.darker(26));
    Scene::new(
        backdrop,
        [160, 168, 82, 7],
        format!(
            r##"<circle cx="160" cy="34" r="20" fill="{light}"/><path d="M146 22l8 10M160 14v14M174 22l-8 10M142 36l12 2M178 36l-12 2M150 50l8-8M170 50l-8-8" stroke="{dark}" stroke-width="3" stroke-linecap="round"/><path d="M88 132q-4-84 72-84t72 84z" fill="{wool}"/><path d="M192 58q34 18 40 74h-26q2-50-14-74z" fill="{dark}"/><path d="M106 130q-2-56 30-78M128 130q-2-56 20-80M150 130q0-60 6-80M172 130q0-60-6-80M194 130q2-56-20-80M214 130q2-56-30-78" stroke="{deep}" stroke-width="2.500" fill="none" opacity=".6"/><rect x="80" y="122" width="160" height="44" rx="12" fill="{light}"/><path d="M218 122h10q12 0 12 12v20q0 12-12 12h-10z" fill="{wool}"/><path d="M96 124v40M112 124v40M128 124v40M144 124v40M160 124v40M176 124v40M192 124v40M208 124v40M224 124v40" stroke="{dark}" stroke-width="3"/><rect x="176" y="136" width="30" height="20" rx="2" fill="#f6eedd"/><path d="M182 146h18" stroke="{deep}" stroke-width="4"/>"##
        ),
    )
}

fn scarf() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [160, 171, 78, 7],
        r##"<path d="M108 40q52-22 104 0 14 10 8 32-10 26-60 26t-60-26q-6-22 8-32z" fill="#a5483c"/><path d="M122 50q38-14 76 0 8 14-2 24-36 14-72 0-10-10-2-24z" fill="#6e2b25"/><path d="M100 64q6 34 60 34t60-34q4 14-4 28-16 22-56 22t-56-22q-8-14-4-28z" fill="#b95749"/><path d="M118 88l10 20M146 98l4 16M202 88l-10 20M174 98l-4 16" stroke="#e8c98a" stroke-width="5"/><path d="M170 96l44-8 10 70-44 8z" fill="#b95749"/><path d="M134 100h44l-6 66h-44z" fill="#c5685a"/><path d="M134 112h43v8h-44zM132 130h44v8h-45zM130 148h44v6h-44z" fill="#e8c98a"/><path d="M188 108l30-6 1 8-30 6zM190 126l30-6 1 8-30 6z" fill="#d9b478"/><path d="M130 166l-2 12M138 166l-1 12M146 166v12M154 166v12M162 166v12M170 166v12M184 164l2 10M194 163l2 10M204 161l2 10M214 159l2 10" stroke="#a5483c" stroke-width="3" stroke-linecap="round"/>"##,
    )
}

fn apron() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 173, 66, 6],
        r##"<path d="M134 44q-4-34 26-34t26 34" fill="none" stroke="#22364a" stroke-width="6"/><path d="M104 92q-28 6-46 28M216 92q28 6 46 28" fill="none" stroke="#22364a" stroke-width="6" stroke-linecap="round"/><path d="M128 40h64q2 34 26 48v80q0 4-4 4H106q-4 0-4-4V88q24-14 26-48z" fill="#33506d"/><path d="M136 40h6v132h-6zM152 40h6v132h-6zM168 40h6v132h-6zM184 40h6v132h-6zM120 72h6v100h-6zM104 87h6v85h-6zM200 76h6v96h-6z" fill="#e9eef2"/><path d="M128 40h64v8h-64z" fill="#22364a"/><path d="M124 108h72v36q0 8-8 8h-56q-8 0-8-8z" fill="#33506d"/><path d="M124 108h72v8h-72z" fill="#22364a"/><path d="M160 116v36" stroke="#22364a" stroke-width="2"/><path d="M140 108l10-34 8 34z" fill="#c79a63"/><ellipse cx="149" cy="68" rx="9" ry="13" fill="#d9b68a"/>"##,
    )
}

fn tote() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [160, 168, 70, 7],
        r##"<path d="M128 84V64q0-34 32-34t32 34v20" fill="none" stroke="#cdbf9f" stroke-width="8"/><path d="M100 80h120l8 86q0 4-4 4H96q-4 0-4-4z" fill="#efe6d2"/><path d="M196 80h24l8 86q0 4-4 4h-26z" fill="#e2d6bb"/><path d="M100 80h120l1 8H99z" fill="#ddcfb0"/><circle cx="158" cy="124" r="24" fill="none" stroke="#0b6b46" stroke-width="6"/><path d="M135 124h46" stroke="#0b6b46" stroke-width="6"/><circle cx="158" cy="124" r="34" fill="none" stroke="#0b6b46" stroke-width="2"/>"##,
    )
}

fn tea_towel() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 173, 70, 5],
        r##"<path d="M60 26h200" stroke="#8a5a35" stroke-width="9" stroke-linecap="round"/><circle cx="60" cy="26" r="8" fill="#77492a"/><circle cx="260" cy="26" r="8" fill="#77492a"/><path d="M126 22h86v118l-10 4-10-4-10 4-10-4-10 4-12-4-12 4-12-4z" fill="#93431f"/><path d="M106 22q0-6 6-6h84q6 0 6 6v144l-12 6-12-6-12 6-12-6-12 6-12-6-12 6-12-6z" fill="#b5562f"/><path d="M106 22q0-6 6-6h12v154l-6 2-12-6z" fill="#c4683f"/><path d="M106 128h96v6h-96zM106 140h96v3h-96zM106 149h96v6h-96z" fill="#f3dcc6"/><path d="M144 32q-4 44 2 90M172 30q6 46 0 94" stroke="#9c4826" stroke-width="3" fill="none" stroke-linecap="round"/><path d="M196 22v-2q6 0 6 6v140l-10 6z" fill="#a34c28"/>"##,
    )
}

fn umbrella() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [168, 174, 60, 5],
        r##"<path d="M160 22v126q0 20 16 20t16-16" fill="none" stroke="#8a5a35" stroke-width="8" stroke-linecap="round"/><path d="M158 8h4v16h-4z" fill="#2d3338"/><path d="M56 106q6-84 104-90 98 6 104 90-13-14-26 0-13-14-26 0-13-14-26 0-13-14-26 0-13-14-26 0-13-14-26 0-13-14-26 0-13-14-26 0z" fill="#1f6b63"/><path d="M160 16q-50 20-52 90-13-14-26 0-13-14-26 0 6-84 104-90z" fill="#2c8279"/><path d="M160 16q50 20 52 90 13-14 26 0 13-14 26 0-6-84-104-90z" fill="#185750"/><path d="M160 16q-30 24-26 90M160 16q30 24 26 90" stroke="#185750" stroke-width="2" fill="none"/><path d="M160 16q-52 20-52 90M160 16q52 20 52 90" stroke="#f2c443" stroke-width="2" fill="none" opacity=".8"/><g stroke="#7fb0c4" stroke-width="4" stroke-linecap="round"><path d="M52 30l-6 14M82 14l-6 14M264 34l-6 14M236 12l-6 14M40 72l-6 14M290 70l-6 14"/></g>"##,
    )
}
