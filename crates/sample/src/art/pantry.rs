//! Jars with lids, bottles and bars.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "strawberry-jam" => preserve(Backdrop::Sage, Ink(0xb02a37), STRAWBERRY, GINGHAM),
        "seville-marmalade" => preserve(Backdrop::Sky, Ink(0xe08a23), ORANGE, PLAIN),
        "wildflower-honey" => honey(),
        "olive-oil" => olive_oil(),
        "jalapeno-sauce" => hot_sauce(),
        "dark-chocolate" => bar(Backdrop::Blush, Ink(0x5b2338), Ink(0x3a2016)),
        "milk-chocolate" => bar(Backdrop::Butter, Ink(0x2f6f8f), Ink(0x7d4b2c)),
        _ => return None,
    })
}

const STRAWBERRY: &str = r##"<path d="M160 104q-20-4-20 8 4 18 20 24 16-6 20-24 0-12-20-8z" fill="#c93543"/><path d="M148 102q6 4 12-4 6 8 12 4-4 8-12 8t-12-8z" fill="#4c8a5b"/><g fill="#f6d36b"><circle cx="152" cy="114" r="1.500"/><circle cx="160" cy="118" r="1.500"/><circle cx="168" cy="114" r="1.500"/><circle cx="156" cy="125" r="1.500"/><circle cx="164" cy="125" r="1.500"/></g>"##;
const ORANGE: &str = r##"<circle cx="158" cy="120" r="17" fill="#e8963a"/><circle cx="158" cy="120" r="13" fill="#fbe3b8"/><path d="M158 120V109a11 11 0 0 1 9 5zM158 120h11a11 11 0 0 1-5 9zM158 120v11a11 11 0 0 1-9-5zM158 120h-11a11 11 0 0 1 5-9z" fill="#ec9f45"/><path d="M172 106q4-8 12-8 0 10-12 8z" fill="#5c9c69"/>"##;
const GINGHAM: &str = r##"<path d="M98 40q62-18 124 0l6 28q-8 6-14 0-8 6-14 0-8 6-14 0-6 6-13 0-7 6-13 0-7 6-13 0-7 6-14 0-7 6-14 0-8 6-13 0-7 6-14 0z" fill="#f8efe2"/><path d="M112 37l-4 32M132 33l-2 36M152 31v38M170 31v38M190 33l2 36M208 37l4 32" stroke="#c93543" stroke-width="7" opacity=".7"/><path d="M97 46q63-16 126 0M94 60q66-12 132 0" stroke="#c93543" stroke-width="6" opacity=".55" fill="none"/><path d="M104 60q56 14 112 0" stroke="#8e2430" stroke-width="4" fill="none"/>"##;
const PLAIN: &str = r##"<rect x="106" y="38" width="108" height="26" rx="6" fill="#d9b457"/><path d="M106 52h108v6H106z" fill="#bd973c"/><rect x="106" y="38" width="20" height="26" rx="6" fill="#e6c877"/>"##;

fn preserve(backdrop: Backdrop, fruit: Ink, motif: &str, lid: &str) -> Scene {
    let (light, dark) = (fruit.lighter(18), fruit.darker(18));
    Scene::new(
        backdrop,
        [160, 168, 68, 7],
        format!(
            r##"<path d="M112 62h96q10 8 10 20v70q0 17-17 17h-82q-17 0-17-17V82q0-12 10-20z" fill="#fff" opacity=".72"/><path d="M108 82h104v68q0 13-13 13h-78q-13 0-13-13z" fill="{fruit}"/><path d="M194 82h18v68q0 13-13 13h-5z" fill="{dark}"/><path d="M108 82h104v8q-52 8-104 0z" fill="{light}"/><rect x="124" y="98" width="72" height="48" rx="5" fill="#fbf3e4"/>{motif}{lid}<path d="M113 92v56" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".7"/>"##
        ),
    )
}

fn honey() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [164, 169, 84, 7],
        r##"<path d="M104 70h100l10 22v56q0 20-20 20h-80q-20 0-20-20V92z" fill="#fff" opacity=".7"/><path d="M100 94h108v52q0 16-16 16h-76q-16 0-16-16z" fill="#e39a1f"/><path d="M100 94h108v10q-54 10-108 0z" fill="#f2b740"/><path d="M190 94h18v52q0 16-16 16h-2z" fill="#c98213"/><path d="M108 46h92v26h-92z" fill="#fbf3e4"/><path d="M108 60h92v12h-92z" fill="#e8dcc6"/><path d="M126 108h56l16 22-16 22h-56l-16-22z" fill="#fbf3e4"/><g stroke="#e39a1f" stroke-width="2.500" fill="none"><path d="M146 116l8-5 8 5v9l-8 5-8-5zM137 132l8-5 9 5v9l-9 5-8-5zM154 132l8-5 9 5v9l-9 5-8-5z"/></g><path d="M146 116l8-5 8 5v9l-8 5-8-5z" fill="#f2b740"/><path d="M105 100v44" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".7"/><g transform="rotate(28 250 120)"><path d="M246 58h8v70h-8z" fill="#b9825a"/><ellipse cx="250" cy="146" rx="17" ry="22" fill="#d9a365"/><path d="M234 138h32M233 146h34M234 154h32" stroke="#8f5f36" stroke-width="4"/></g><path d="M226 166q4-6 14-4 12 2 6 8-12 4-20-4z" fill="#e39a1f"/>"##,
    )
}

fn olive_oil() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [166, 171, 66, 6],
        r##"<path d="M146 44h28v22q20 10 20 32v66q0 6-6 6h-56q-6 0-6-6V98q0-22 20-32z" fill="#3f5427"/><path d="M146 44h9v28q-16 10-16 30v68h-7q-6 0-6-6V98q0-22 20-32z" fill="#58703a"/><path d="M176 68q18 10 18 30v66q0 6-6 6h-14q6-50 2-102z" fill="#32431f"/><path d="M144 20h32v26h-32z" fill="#2d3338"/><path d="M144 40h32v6h-32z" fill="#c9a24a"/><rect x="126" y="98" width="68" height="54" fill="#f6eedd"/><path d="M136 142q16-24 46-34" fill="none" stroke="#6b7f3f" stroke-width="3" stroke-linecap="round"/><path d="M146 130q-10-4-10-14 12 2 10 14zM160 118q-6-8 0-16 8 8 0 16zM156 128q10 4 18-4-8-8-18 4zM172 116q8 4 16-2-6-8-16 2z" fill="#86a050"/><ellipse cx="164" cy="138" rx="7" ry="9" fill="#4d5f2a"/><g transform="translate(232 158)"><ellipse rx="12" ry="10" fill="#7d9444"/><circle cx="8" cy="0" r="3" fill="#c0392b"/></g><g transform="translate(92 162)"><ellipse rx="11" ry="9" fill="#4d5f2a"/><ellipse cx="-4" cy="-3" rx="3" ry="2" fill="#8fa35c"/></g><path d="M80 156q-10-14 2-22 12 8-2 22z" fill="#86a050"/>"##,
    )
}

fn hot_sauce() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [164, 171, 76, 6],
        r##"<path d="M148 50h24v18q16 8 16 26v70q0 6-6 6h-44q-6 0-6-6V94q0-18 16-26z" fill="#7aa23a"/><path d="M148 50h8v26q-14 8-14 24v70h-4q-6 0-6-6V94q0-18 16-26z" fill="#9bbf5c"/><path d="M174 70q14 8 14 24v70q0 6-6 6h-10q6-50 2-100z" fill="#668c2c"/><path d="M144 26h32v28h-32z" fill="#c0392b"/><path d="M144 26h10v28h-10z" fill="#d65b4b"/><path d="M144 46h32v8h-32z" fill="#99281d"/><rect x="132" y="96" width="56" height="58" fill="#fbf3e4"/><path d="M160 104q14 16 8 26 8-2 8-10 8 20-16 26-24-6-16-26 2 6 6 8-2-12 10-24z" fill="#d9542b"/><path d="M160 126q8 8 2 16-12-2-2-16z" fill="#f2c443"/><g transform="rotate(-18 232 152)"><path d="M206 150q30-14 56 2-4 16-30 14-20-2-26-16z" fill="#4c8a3b"/><path d="M214 150q20-8 38-2" stroke="#86b96a" stroke-width="4" stroke-linecap="round" fill="none"/><path d="M206 150q-8-2-14-10" stroke="#35692a" stroke-width="5" stroke-linecap="round" fill="none"/></g><g transform="translate(88 152)"><circle r="19" fill="#5f9a3a"/><circle r="15" fill="#e9f2c2"/><path d="M0 0v-13a13 13 0 0 1 11 6zM0 0h13a13 13 0 0 1-6 11zM0 0v13a13 13 0 0 1-11-6zM0 0h-13a13 13 0 0 1 6-11z" fill="#b7d46b"/></g>"##,
    )
}

fn bar(backdrop: Backdrop, wrapper: Ink, chocolate: Ink) -> Scene {
    let (light, dark) = (wrapper.lighter(14), wrapper.darker(20));
    let (shine, gap) = (chocolate.lighter(16), chocolate.darker(28));
    Scene::new(
        backdrop,
        [160, 170, 72, 6],
        format!(
            r##"<g transform="rotate(-9 160 100)"><path d="M114 20h92v60h-92z" fill="{chocolate}"/><path d="M118 24h24v22h-24zM148 24h24v22h-24zM178 24h24v22h-24zM118 52h24v22h-24zM148 52h24v22h-24zM178 52h24v22h-24z" fill="{shine}"/><path d="M142 24v22h-24l4-4h16V28zM172 24v22h-24l4-4h16V28zM202 24v22h-24l4-4h16V28z" fill="{gap}" opacity=".5"/><path d="M108 68l10-6 8 6 10-8 10 8 10-6 10 6 10-8 10 8 10-6 8 6 8-4v16H108z" fill="#e9e2d2"/><path d="M106 76h108v88q0 6-6 6h-96q-6 0-6-6z" fill="{wrapper}"/><path d="M106 76h16v94h-10q-6 0-6-6z" fill="{light}"/><path d="M196 76h18v88q0 6-6 6h-12z" fill="{dark}"/><path d="M106 84h108v5H106zM106 156h108v5H106z" fill="#d9b457"/><rect x="128" y="98" width="64" height="48" rx="3" fill="#f8efdd"/><path d="M160 104q16 8 12 22-4 12-12 16-8-4-12-16-4-14 12-22z" fill="{chocolate}"/><path d="M160 106v34M153 112q-4 14 2 24M167 112q4 14-2 24" stroke="{shine}" stroke-width="2" fill="none"/></g>"##
        ),
    )
}
