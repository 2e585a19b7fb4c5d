//! From the oven.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "butter-croissant" => croissant(Backdrop::Butter, ""),
        "almond-croissant" => croissant(Backdrop::Sky, ALMONDS),
        "oat-choc-cookie" => cookie(),
        "sourdough-loaf" => loaf(),
        "sourdough-yesterday" => cut_loaf(),
        "cinnamon-bun" => cinnamon_bun(),
        "pain-au-chocolat" => pain_au_chocolat(),
        "blueberry-muffin" => muffin(),
        "baguette" => baguettes(),
        "walnut-brownie" => brownie(),
        "bergamot-shortbread" => shortbread(),
        "fudge-loose" => fudge(),
        _ => return None,
    })
}

const ALMONDS: &str = r##"<g fill="#f8e9cb" stroke="#c99a5f" stroke-width="1.500"><path d="M140 80q10-10 22-4-6 12-22 4zM168 92q10-8 20 0-8 10-20 0zM100 112q4-12 16-12 0 12-16 12zM206 96q12-2 16 10-12 4-16-10zM146 106q12-6 20 4-12 8-20-4zM118 90q6-10 16-8-2 12-16 8zM186 78q10-4 16 6-10 6-16-6zM84 128q2-10 12-12 2 10-12 12zM228 122q10-2 14 8-10 4-14-8z"/></g><g fill="#fff" opacity=".8"><circle cx="132" cy="100" r="2"/><circle cx="176" cy="72" r="2"/><circle cx="196" cy="108" r="2"/><circle cx="108" cy="126" r="2"/><circle cx="160" cy="94" r="2"/><circle cx="216" cy="118" r="2"/><circle cx="150" cy="70" r="2"/></g>"##;

fn croissant(backdrop: Backdrop, over: &str) -> Scene {
    Scene::new(
        backdrop,
        [160, 160, 108, 14],
        format!(
            r##"<ellipse cx="160" cy="152" rx="104" ry="20" fill="#fff" opacity=".75"/><path d="M62 146q-8-26 20-42 14-36 52-40h52q38 4 52 40 28 16 20 42-8 12-30 2-26-22-68-22t-68 22q-22 10-30-2z" fill="#d8964a"/><path d="M134 64h52q10 20 4 63-14-2-30-2t-30 2q-6-43 4-63z" fill="#e6ad62"/><path d="M82 104q14-30 46-39-14 26-8 62-20 6-30 18-12-20-8-41zM238 104q-14-30-46-39 14 26 8 62 20 6 30 18 12-20 8-41z" fill="#cf8940"/><path d="M82 104q-6 20 8 41M128 65q-14 26-8 62M192 65q14 26 8 62M238 104q6 20-8 41" fill="none" stroke="#a9662a" stroke-width="3" stroke-linecap="round"/><path d="M142 76q18-5 36 0M100 94q8-12 16-16M204 78q8 4 16 16" fill="none" stroke="#f6cf92" stroke-width="5" stroke-linecap="round"/>{over}"##
        ),
    )
}

fn cookie() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 164, 92, 10],
        r##"<ellipse cx="160" cy="160" rx="96" ry="14" fill="#fff"/><circle cx="160" cy="100" r="58" fill="#c98d4f"/><circle cx="156" cy="96" r="50" fill="#d9a365"/><g fill="#f0d3a1"><path d="M124 70q8-6 14 0-6 6-14 0zM196 84q6 4 4 12-8-2-4-12zM112 126q8-2 12 4-8 6-12-4zM164 90q8-4 12 2-6 6-12-2zM188 128q8-2 10 6-8 2-10-6zM146 60q6-4 12 0-6 6-12 0z"/></g><g fill="#4b2c1a"><circle cx="134" cy="82" r="8"/><circle cx="170" cy="70" r="7"/><circle cx="182" cy="106" r="9"/><circle cx="148" cy="118" r="8"/><circle cx="120" cy="110" r="6"/><circle cx="168" cy="138" r="6"/></g>"##,
    )
}

fn loaf() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [160, 168, 100, 8],
        r##"<path d="M64 136q-4-74 96-76 100 2 96 76 0 32-30 32H94q-30 0-30-32z" fill="#a9632f"/><path d="M72 128q4-60 88-62 84 2 88 62-10 26-88 26t-88-26z" fill="#c27e41"/><path d="M88 110q16-38 72-38t72 38q-20 20-72 20t-72-20z" fill="#d39a5c"/><path d="M92 118q28-44 78-48-12 32-6 58-44 10-72-10z" fill="#f0dcb8"/><path d="M92 118q28-44 78-48" fill="none" stroke="#8a4b20" stroke-width="4" stroke-linecap="round"/><path d="M106 114q22-26 48-34M120 120q16-20 36-28" stroke="#d9b983" stroke-width="3" stroke-linecap="round" fill="none"/><path d="M190 84q-8 22-4 42M206 92q-6 14-2 28M222 102q-4 8-2 16" stroke="#f0dcb8" stroke-width="5" stroke-linecap="round" fill="none"/><g fill="#f7e9cf" opacity=".8"><circle cx="100" cy="138" r="3"/><circle cx="132" cy="146" r="2.500"/><circle cx="168" cy="142" r="3"/><circle cx="208" cy="138" r="2.500"/><circle cx="232" cy="128" r="2"/><circle cx="84" cy="126" r="2"/></g>"##,
    )
}

fn cut_loaf() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 172, 116, 7],
        r##"<path d="M46 160h214q8 0 8 5t-8 5H46q-8 0-8-5t8-5z" fill="#a9784f"/><path d="M268 160h16q6 0 6 5t-6 5h-16z" fill="#8f6240"/><path d="M120 160q-18-84 62-92 74 4 68 70 0 22-16 22z" fill="#a9632f"/><path d="M160 74q78-18 82 58-6 10-30 14z" fill="#c27e41"/><path d="M196 80q22 10 24 44M216 86q16 12 18 36" stroke="#f0dcb8" stroke-width="5" stroke-linecap="round" fill="none"/><path d="M100 146q-4-66 40-72 46 6 42 72 0 14-12 14h-58q-12 0-12-14z" fill="#b3702f"/><path d="M108 144q-2-56 32-62 36 6 34 62 0 8-8 8h-50q-8 0-8-8z" fill="#f4e4c4"/><g fill="#dfc596"><ellipse cx="130" cy="106" rx="5" ry="7"/><ellipse cx="148" cy="98" rx="4" ry="5"/><ellipse cx="154" cy="122" rx="6" ry="7"/><ellipse cx="126" cy="130" rx="4" ry="5"/><ellipse cx="140" cy="140" rx="5" ry="4"/><ellipse cx="164" cy="140" rx="3" ry="4"/><ellipse cx="140" cy="116" rx="3" ry="3"/><ellipse cx="118" cy="144" rx="3" ry="3"/></g><path d="M54 158q-6-44 20-50 28 4 28 50z" fill="#b3702f" transform="rotate(-16 78 158)"/><path d="M60 158q-4-36 14-42 22 4 22 42z" fill="#f4e4c4" transform="rotate(-16 78 158)"/><g fill="#7a4a2b"><circle cx="36" cy="166" r="2"/><circle cx="112" cy="174" r="2"/><circle cx="98" cy="177" r="1.500"/><circle cx="196" cy="176" r="1.600"/></g>"##,
    )
}

fn cinnamon_bun() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [160, 166, 92, 9],
        r##"<ellipse cx="160" cy="160" rx="100" ry="14" fill="#fff" opacity=".85"/><path d="M88 100h144v34q0 28-72 28t-72-28z" fill="#b9753a"/><path d="M88 108q70 44 144 0v12q-72 42-144 0z" fill="#a5642d"/><g transform="translate(0 24) scale(1 .72)"><circle cx="160" cy="100" r="72" fill="#dca25c"/><path d="M160 100a8 8 0 0 1 16 0a16 16 0 0 1-32 0a24 24 0 0 1 48 0a32 32 0 0 1-64 0a40 40 0 0 1 80 0a48 48 0 0 1-96 0a56 56 0 0 1 112 0a62 62 0 0 1-40 58" fill="none" stroke="#7d4520" stroke-width="6" stroke-linecap="round"/><path d="M104 66q20-28 56-28M200 140q14-12 18-32M130 106q4 20 26 26" fill="none" stroke="#f2cd92" stroke-width="5" stroke-linecap="round"/></g><path d="M96 90q22 16 44-2 20-16 42 2 22 18 42-2l4 14q-12 8-12 18 0 8-6 8t-6-10q-2-10-14-8-14 4-14 20 0 8-6 8t-6-10q0-16-16-18-18 0-18 14 0 8-6 8t-6-10q0-14-18-18z" fill="#fff" opacity=".93"/>"##,
    )
}

fn pain_au_chocolat() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 166, 104, 9],
        r##"<ellipse cx="160" cy="160" rx="112" ry="13" fill="#fff" opacity=".85"/><path d="M72 138q-4-52 32-60 56-12 112 0 36 8 32 60-2 20-24 20H96q-22 0-24-20z" fill="#cf8940"/><path d="M84 116q2-28 26-32 50-10 100 0 24 4 26 32-36 14-76 14t-76-14z" fill="#e3a75b"/><path d="M112 84q-12 18-8 40M146 78q-10 24-6 50M180 79q-8 24-4 50M212 86q-4 18 0 38" stroke="#b87434" stroke-width="3.500" fill="none" stroke-linecap="round"/><path d="M122 92q-4 8-4 16M156 88q-4 8-4 18M190 90q-2 8-2 16" stroke="#f6cf92" stroke-width="5" fill="none" stroke-linecap="round"/><path d="M76 140q40 14 84 14t84-14q-2 18-22 18H98q-20 0-22-18z" fill="#b9753a"/><path d="M222 98q28 6 26 38-2 22-22 22-18 0-20-26-2-30 16-34z" fill="#d8964a"/><path d="M226 106q16 6 15 30-1 14-12 14-12 0-13-20-2-22 10-24z" fill="#eec088"/><path d="M220 118q8-4 14 0v8q-8 4-14 0zM219 134q8-4 14 0v8q-8 4-14 0z" fill="#3f2415"/>"##,
    )
}

fn muffin() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [160, 170, 66, 7],
        r##"<path d="M106 100h108l-16 66q-1 4-6 4h-64q-5 0-6-4z" fill="#f3e6cf"/><path d="M118 100l10 70h8l-6-70zM142 100l5 70h9l-3-70zM167 100l-3 70h9l5-70zM190 100l-6 70h8l10-70z" fill="#dccaa9"/><path d="M92 100q-10-22 16-32 4-30 52-32 48 2 52 32 26 10 16 32-6 12-68 12t-68-12z" fill="#d39a5c"/><path d="M108 92q-6-14 14-20 6-22 38-24 30 2 38 20-40-8-90 24z" fill="#e3b477"/><g fill="#41476f"><circle cx="132" cy="70" r="8"/><circle cx="170" cy="58" r="9"/><circle cx="156" cy="88" r="8"/><circle cx="196" cy="84" r="9"/><circle cx="114" cy="94" r="6"/><circle cx="216" cy="98" r="5"/></g><g fill="#6d75a8"><circle cx="130" cy="67" r="2.500"/><circle cx="167" cy="55" r="3"/><circle cx="153" cy="85" r="2.500"/><circle cx="193" cy="81" r="3"/></g><path d="M190 104q2 8 0 14M156 96q4 10 2 18" stroke="#41476f" stroke-width="3" stroke-linecap="round" opacity=".5"/><g fill="#fbeed2"><circle cx="146" cy="58" r="2"/><circle cx="184" cy="70" r="2"/><circle cx="142" cy="82" r="2"/><circle cx="176" cy="76" r="2"/></g>"##,
    )
}

fn baguettes() -> Scene {
    let baguette = |x: i32, y: i32, crust: Ink| {
        let (light, dark) = (crust.lighter(20), crust.darker(18));
        format!(
            r##"<g transform="translate({x} {y}) rotate(-24)"><path d="M-112 0q0-20 30-20H82q30 0 30 20t-30 20H-82q-30 0-30-20z" fill="{crust}"/><path d="M-100 6q20 12 100 12t100-12q-6 14-26 14H-78q-20 0-22-14z" fill="{dark}"/><path d="M-92-6q80-12 184 0" stroke="{light}" stroke-width="5" fill="none" stroke-linecap="round"/><g fill="#f0dcb8"><path d="M-84 8q8-18 34-22-8 16-34 22zM-44 8q8-18 34-22-8 16-34 22zM-4 8q8-18 34-22-8 16-34 22zM36 8q8-18 34-22-8 16-34 22zM72 4q6-12 22-14-6 12-22 14z"/></g></g>"##
        )
    };
    let sleeve = r##"<path d="M50 108l66-46 66 92-58 36q-6 4-10-2z" fill="#c8a070"/><path d="M116 62l66 92-20 12-70-88z" fill="#b98d5b"/><path d="M50 108l66-46 6 8-66 48z" fill="#d8b688"/><path d="M86 132l40-28M94 144l40-28" stroke="#8f6740" stroke-width="4" stroke-linecap="round"/>"##;
    Scene::new(
        Backdrop::Butter,
        [150, 172, 104, 8],
        format!(
            "{}{}{sleeve}",
            baguette(184, 82, Ink(0xc98a48)),
            baguette(170, 108, Ink(0xd79b58))
        ),
    )
}

fn brownie() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [160, 166, 108, 9],
        r##"<ellipse cx="160" cy="162" rx="118" ry="13" fill="#fff" opacity=".85"/><path d="M72 118l56-24h104l14 26-10 38H92q-12 0-14-10z" fill="#3e2417"/><path d="M76 120l52-26h104l12 26z" fill="#6b402a"/><path d="M104 74l50-22h92l10 20-6 40H124q-14 0-16-10z" fill="#46291a"/><path d="M104 76l50-24h92l10 22z" fill="#7a4a31"/><path d="M130 68l12 4 14-8 16 6 18-8 14 6 20-6M150 58l12 4 18-4 14 4" fill="none" stroke="#93613f" stroke-width="2.500" stroke-linecap="round"/><path d="M110 92h140M80 140h160" stroke="#5a3623" stroke-width="3"/><g fill="#d3a768" stroke="#9c713c" stroke-width="1.500"><path d="M146 66q6-12 18-6 4-6 12 0-4 10-14 8-8 6-16-2z"/><path d="M200 62q8-10 18-4 6-2 10 4-6 8-14 6-8 4-14-6z"/><path d="M94 112q6-8 14-4 6-4 10 2-4 8-12 6-8 2-12-4z"/></g><g fill="#5a3623"><circle cx="66" cy="160" r="3"/><circle cx="56" cy="164" r="2"/><circle cx="254" cy="160" r="2.500"/><circle cx="246" cy="165" r="2"/></g>"##,
    )
}

fn shortbread() -> Scene {
    let finger = |x: i32, y: i32, turned: i32| {
        format!(
            r##"<g transform="translate({x} {y}) rotate({turned})"><path d="M-56-10h112q5 0 5 5V12q0 5-5 5H-56q-5 0-5-5V-5q0-5 5-5z" fill="#d9a95f"/><path d="M-56-12h112q5 0 5 5v8q0 5-5 5H-56q-5 0-5-5v-8q0-5 5-5z" fill="#f0cf92"/><path d="M-44-3h.1M-22-3h.1M0-3h.1M22-3h.1M44-3h.1" stroke="#b98842" stroke-width="5" stroke-linecap="round"/></g>"##
        )
    };
    let fingers = [
        finger(108, 142, 0),
        finger(216, 144, -2),
        finger(162, 118, 3),
        finger(120, 94, -4),
        finger(190, 76, -16),
    ];
    Scene::new(
        Backdrop::Sage,
        [160, 168, 118, 9],
        format!(
            r##"<ellipse cx="160" cy="161" rx="126" ry="13" fill="#37535f"/><ellipse cx="160" cy="158" rx="100" ry="8" fill="#476775"/>{}<path d="M46 128q8-20 26-16 2 18-26 16z" fill="#7f9a45"/><path d="M246 112a16 16 0 1 1-2 32z" fill="#f2cf63"/><path d="M247 116a12 12 0 1 1-2 24z" fill="#f9e7a8"/>"##,
            fingers.concat()
        ),
    )
}

fn fudge() -> Scene {
    let cube = |x: i32, y: i32, colour: Ink| {
        let (light, dark) = (colour.lighter(26), colour.darker(16));
        format!(
            r##"<g transform="translate({x} {y})"><path d="M-24 0l22 8v30l-22-8z" fill="{colour}"/><path d="M-2 8l26-8v30l-26 8z" fill="{dark}"/><path d="M-24 0l26-8 22 8-26 8z" fill="{light}"/></g>"##
        )
    };
    let (vanilla, caramel) = (Ink(0xe0b981), Ink(0xc58f52));
    let cubes = [
        cube(110, 122, vanilla),
        cube(212, 122, caramel),
        cube(162, 126, vanilla),
        cube(134, 92, caramel),
        cube(188, 92, vanilla),
        cube(160, 62, vanilla),
    ];
    Scene::new(
        Backdrop::Sky,
        [160, 168, 100, 8],
        format!(
            r##"<path d="M62 150l24-26h150l24 26-16 16H76z" fill="#f6efe2"/><path d="M62 150l24-10 12 26H76zM260 150l-24-10-12 26h20z" fill="#e2d6c0"/>{}"##,
            cubes.concat()
        ),
    )
}
