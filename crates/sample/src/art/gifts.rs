//! Candles, soap and other things to wrap.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "soy-candle-fig" => candle(),
        "mini-candle" => mini_candle(Backdrop::Sky, Ink(0xd9822f)),
        "mini-candle-sea" => mini_candle(Backdrop::Sand, Ink(0x5f97ad)),
        "mini-candle-tomato" => mini_candle(Backdrop::Blush, Ink(0x6b8b3f)),
        "studio-headphones" => headphones(),
        "enamel-pin" => pin(),
        "lavender-soap" => soap(),
        "pinata-star" => pinata(),
        "hand-cream" => hand_cream(),
        "creme-brulee-kit" => creme_brulee(),
        _ => return None,
    })
}

fn candle() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [160, 168, 70, 7],
        r##"<circle cx="160" cy="58" r="42" fill="#fff3c9" opacity=".7"/><path d="M160 28q18 22 10 36-10 10-20 0-8-14 10-36z" fill="#f2a23c"/><path d="M160 44q9 11 5 19-5 5-10 0-4-8 5-19z" fill="#fff0bd"/><path d="M158.500 62h3v20h-3z" fill="#4a3a2c"/><rect x="114" y="76" width="92" height="93" rx="12" fill="#fff" opacity=".85"/><path d="M120 90q40-12 80 0v62q0 11-11 11h-58q-11 0-11-11z" fill="#f0e0c4"/><rect x="130" y="106" width="60" height="42" rx="3" fill="#7a3a22"/><path d="M140 117h40v5h-40zM147 129h26v4h-26z" fill="#f6e6d6"/><path d="M122 90v62" stroke="#fff" stroke-width="4" stroke-linecap="round"/>"##,
    )
}

fn mini_candle(backdrop: Backdrop, paint: Ink) -> Scene {
    let (light, dark, wax) = (paint.lighter(22), paint.darker(16), paint.lighter(72));
    Scene::new(
        backdrop,
        [160, 170, 70, 7],
        format!(
            r##"<circle cx="146" cy="70" r="36" fill="#fff3c9" opacity=".75"/><path d="M146 44q14 18 8 29-8 8-16 0-6-11 8-29z" fill="#f2a23c"/><path d="M146 58q7 9 4 15-4 4-8 0-3-6 4-15z" fill="#fff0bd"/><path d="M145 72h3v28h-3z" fill="#4a3a2c"/><path d="M88 104h116v46q0 20-58 20t-58-20z" fill="{paint}"/><path d="M88 104h24v61q-24-5-24-15z" fill="{light}"/><path d="M182 104h22v46q0 10-22 15z" fill="{dark}"/><ellipse cx="146" cy="104" rx="58" ry="14" fill="#c3ccd1"/><ellipse cx="146" cy="105" rx="52" ry="11" fill="{wax}"/><ellipse cx="146" cy="103" rx="16" ry="4" fill="#fff" opacity=".7"/><rect x="122" y="126" width="48" height="28" rx="3" fill="#f8efdd"/><path d="M130 134h32v4h-32zM136 143h20v3h-20z" fill="{dark}"/><g transform="rotate(-68 232 134)"><ellipse cx="232" cy="134" rx="40" ry="14" fill="{dark}"/><ellipse cx="232" cy="130" rx="40" ry="14" fill="{light}"/><ellipse cx="232" cy="130" rx="30" ry="9" fill="{paint}"/></g>"##
        ),
    )
}

fn headphones() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [160, 170, 84, 6],
        r##"<path d="M98 128q-8-92 62-92t62 92" fill="none" stroke="#2b3038" stroke-width="13" stroke-linecap="round"/><path d="M108 92q8-44 52-44t52 44" fill="none" stroke="#4a515d" stroke-width="4"/><rect x="82" y="104" width="38" height="62" rx="17" fill="#3a404a"/><rect x="200" y="104" width="38" height="62" rx="17" fill="#3a404a"/><rect x="110" y="108" width="18" height="54" rx="9" fill="#b98a63"/><rect x="192" y="108" width="18" height="54" rx="9" fill="#b98a63"/><path d="M92 120v28M228 120v28" stroke="#6b7482" stroke-width="4" stroke-linecap="round"/>"##,
    )
}

fn pin() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 174, 64, 5],
        r##"<path d="M98 18h124q4 0 4 4v146q0 4-4 4H98q-4 0-4-4V22q0-4 4-4z" fill="#fbf6ea"/><path d="M204 18h18q4 0 4 4v146q0 4-4 4h-18z" fill="#efe6d2"/><circle cx="160" cy="32" r="6" fill="#dfe9df"/><circle cx="160" cy="32" r="6" fill="none" stroke="#e2d6bb" stroke-width="2"/><g transform="rotate(-32 160 92)"><ellipse cx="161" cy="96" rx="46" ry="32" fill="#2b2413" opacity=".15"/><ellipse cx="160" cy="92" rx="46" ry="32" fill="#d9b457"/><ellipse cx="160" cy="92" rx="41" ry="27" fill="#6b432b"/><path d="M121 92q20-14 39 0t39 0" fill="none" stroke="#d9b457" stroke-width="5"/><path d="M132 80q10-10 26-11" stroke="#a9744c" stroke-width="5" stroke-linecap="round" fill="none"/></g><path d="M128 142h64v5h-64zM142 153h36v4h-36z" fill="#0b6b46"/>"##,
    )
}

fn soap() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [160, 168, 104, 8],
        r##"<path d="M64 132l30-14h134l28 14v26q0 8-8 8H72q-8 0-8-8z" fill="#a892c9"/><path d="M64 132l30-14h134l28 14z" fill="#c7b6e0"/><path d="M64 134h192v10H64z" fill="#b8a4d6"/><path d="M112 118h88l12 14v34h-108v-34z" fill="#f6eedd"/><path d="M112 118h88l12 14H104z" fill="#fffaf0"/><path d="M132 144h52v5h-52zM144 155h28v4h-28z" fill="#6a5590"/><path d="M92 92l32-14h118l-6 26-24 14H100q-8 0-8-8z" fill="#d8c9a6"/><path d="M92 94l32-16h118l-28 16z" fill="#ece0c3"/><g fill="#b59f6f"><circle cx="130" cy="104" r="2"/><circle cx="154" cy="108" r="2"/><circle cx="184" cy="102" r="2"/><circle cx="150" cy="86" r="2"/><circle cx="196" cy="86" r="2"/></g><g transform="rotate(14 70 110)"><path d="M70 164V84M70 140q-10-4-14-14M70 146q10-4 14-14" stroke="#6f8f5f" stroke-width="3" fill="none" stroke-linecap="round"/><g fill="#8467b5"><ellipse cx="70" cy="52" rx="6" ry="8"/><ellipse cx="62" cy="64" rx="6" ry="7"/><ellipse cx="78" cy="66" rx="6" ry="7"/><ellipse cx="63" cy="80" rx="6" ry="7"/><ellipse cx="77" cy="82" rx="6" ry="7"/><ellipse cx="70" cy="72" rx="6" ry="8"/><ellipse cx="70" cy="92" rx="5" ry="7"/></g></g>"##,
    )
}

fn pinata() -> Scene {
    let point = |turned: i32, colour: Ink| {
        let (light, dark) = (colour.lighter(28), colour.darker(14));
        format!(
            r##"<g transform="rotate({turned} 160 98)"><path d="M142 74l18-58 18 58z" fill="{colour}"/><path d="M160 16l18 58h-18z" fill="{dark}"/><path d="M145 64l15-3 15 3 3 10h-36zM151 44l9-3 9 3 3 8h-24z" fill="{light}"/><path d="M160 16l-7-12M160 16v-14M160 16l7-12" stroke="{light}" stroke-width="2.500" stroke-linecap="round"/></g>"##
        )
    };
    let points = [
        point(0, Ink(0xd8476b)),
        point(72, Ink(0xe9973a)),
        point(144, Ink(0x2f9c86)),
        point(216, Ink(0x4a6fc0)),
        point(288, Ink(0x8d55a8)),
    ];
    Scene::new(
        Backdrop::Sky,
        [160, 176, 62, 6],
        format!(
            r##"{}<circle cx="160" cy="98" r="34" fill="#f2c443"/><path d="M160 64a34 34 0 0 1 0 68 50 50 0 0 0 0-68z" fill="#dba92c"/><path d="M128 88q8 6 16 0t16 0 16 0 16 0v8q-8 6-16 0t-16 0-16 0-16 0z" fill="#e15f7f"/><path d="M130 108q8 6 15 0t15 0 15 0 15 0l-3 8q-6 4-12 0t-15 0-15 0-12 0z" fill="#39aa94"/><g transform="rotate(18 246 160)" fill="#e9973a"><rect x="238" y="156" width="16" height="10" rx="4"/><path d="M238 161l-8-6v12zM254 161l8-6v12z"/></g><g transform="rotate(-20 78 164)" fill="#d8476b"><rect x="70" y="160" width="16" height="10" rx="4"/><path d="M70 165l-8-6v12zM86 165l8-6v12z"/></g>"##,
            points.concat()
        ),
    )
}

fn hand_cream() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 172, 50, 6],
        r##"<path d="M120 22h80v6h-80z" fill="#c98798"/><path d="M120 28h80l-8 112h-64z" fill="#e3a7b4"/><path d="M120 28h20l4 112h-16z" fill="#eec0c9"/><path d="M186 28h14l-8 112h-14z" fill="#d5929f"/><path d="M132 140h56v28q0 4-4 4h-48q-4 0-4-4z" fill="#f8f1e4"/><path d="M172 140h16v28q0 4-4 4h-12z" fill="#e8dcc6"/><path d="M140 146v22M150 146v22M160 146v22M170 146v22M180 146v22" stroke="#ddcfb4" stroke-width="2"/><g transform="translate(160 72)"><path d="M0 22q-4 16-2 28M0 40q-10-2-16-10M0 46q10-2 16-10" stroke="#5f8a63" stroke-width="3" fill="none" stroke-linecap="round"/><circle r="21" fill="#fbf1ea"/><circle r="16" fill="#c8506a"/><path d="M-16 0q6-18 22-15-14 2-12 14 8 8 22 0-4 18-20 17-10-2-12-16z" fill="#db7389"/><path d="M-3 0q4-6 8 0-4 6-8 0z" fill="#9c3049"/></g>"##,
    )
}

fn creme_brulee() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [156, 171, 116, 7],
        r##"<path d="M40 122h112v32q0 16-16 16H56q-16 0-16-16z" fill="#fff"/><path d="M54 130v32M70 132v36M86 132v38M102 132v38M118 132v36M136 130v32" stroke="#e4dccf" stroke-width="4"/><ellipse cx="96" cy="122" rx="58" ry="16" fill="#fff"/><ellipse cx="96" cy="122" rx="51" ry="12" fill="#f3d58c"/><path d="M48 122q10-12 48-12t48 10q-10 6-24 2-10 8-28 4-20 6-44-4z" fill="#c07a2c"/><path d="M62 118q14-5 26-4M106 116q12 0 22 4" stroke="#e9b968" stroke-width="3" stroke-linecap="round" fill="none"/><path d="M136 74q-2 22-16 34-12 8-26 6 0-14 12-26 12-10 30-14z" fill="#5fa3d8" opacity=".85"/><path d="M132 80q-4 14-14 22-8 6-14 5 2-9 10-17 8-7 18-10z" fill="#e8f4fb"/><g transform="translate(8 -6) rotate(-24 190 60)"><path d="M130 44h52v18h-52z" fill="#aab4ba"/><path d="M122 46h14v14h-14z" fill="#7e8a91"/><path d="M178 36h58q10 0 10 10v14q0 10-10 10h-58z" fill="#33474d"/><path d="M178 36h58q10 0 10 10h-68z" fill="#475d64"/><path d="M196 66h32v62q0 8-8 8h-16q-8 0-8-8z" fill="#c0392b"/><path d="M196 66h10v70q-10 0-10-8z" fill="#d65b4b"/><path d="M184 70h10v10q0 6-6 6h-4z" fill="#232f33"/><path d="M196 74h32v6h-32z" fill="#f3e9d2"/></g>"##,
    )
}
