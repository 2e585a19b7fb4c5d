//! Paper and what marks it.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "dotted-notebook" => notebook(),
        "pocket-map" => map(),
        "fountain-pen" => fountain_pen(),
        "greeting-cards" => greeting_cards(),
        "washi-tape" => washi_tape(),
        "colour-pencils" => colour_pencils(),
        "wrapping-paper" => wrapping_paper(),
        "harbourside-print" => print(),
        "gift-card" => gift_card(),
        "jigsaw-puzzle" => puzzle(),
        _ => return None,
    })
}

fn notebook() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [164, 170, 84, 7],
        r##"<g transform="rotate(-7 160 104)"><rect x="108" y="38" width="104" height="130" rx="6" fill="#f8f3e7"/><rect x="104" y="36" width="104" height="130" rx="6" fill="#c4633f"/><path d="M110 36h14v130h-14q-6 0-6-6V42q0-6 6-6z" fill="#a9502f"/><path d="M188 36h7v130h-7z" fill="#7c3519"/><rect x="136" y="62" width="40" height="24" rx="2" fill="#f8e7d8"/><path d="M142 70h28v3h-28zM142 76h18v3h-18z" fill="#7c3519"/></g><g transform="rotate(24 236 120)"><rect x="231" y="66" width="10" height="92" rx="2" fill="#2d4a63"/><path d="M231 158h10l-5 14z" fill="#e9d6b4"/><path d="M231 66h10v12h-10z" fill="#c9a24a"/></g>"##,
    )
}

fn map() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 170, 106, 7],
        r##"<path d="M56 56l52-18v112l-52 18z" fill="#f7efdd"/><path d="M108 38l52 18v112l-52-18z" fill="#eadfc6"/><path d="M160 56l52-18v112l-52 18z" fill="#f7efdd"/><path d="M212 38l52 18v112l-52-18z" fill="#eadfc6"/><path d="M56 112q40-36 70-8t62 2 76 6v18q-40 2-72-8t-62 6-74 10z" fill="#8fbdd0"/><path d="M66 66l32-11v26l-32 14zM172 68l30-10v22l-30 8z" fill="#b9d3a9"/><path d="M222 134l34 10v14l-34-11z" fill="#b9d3a9"/><path d="M66 148l40-60 40 8 52-30 56 20M116 42v104M186 50l-20 114M236 50l-12 100" fill="none" stroke="#d8b27c" stroke-width="3"/><path d="M118 142l32-20 36 8 40-22" fill="none" stroke="#c4633f" stroke-width="3" stroke-dasharray="6 5"/><path d="M226 68q18 0 18 18 0 14-18 32-18-18-18-32 0-18 18-18z" fill="#c0392b"/><circle cx="226" cy="86" r="7" fill="#fff"/><path d="M108 38v112M160 56v112M212 38v112" stroke="#cdbf9f" stroke-width="1.500"/>"##,
    )
}

fn fountain_pen() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 166, 106, 7],
        r##"<path d="M62 154q20-26 40-6t38-8 34 4" fill="none" stroke="#27406b" stroke-width="4" stroke-linecap="round"/><g transform="rotate(-32 176 92)"><path d="M92 80l-40 12 40 12z" fill="#d9b457"/><path d="M52 92h30" stroke="#7c6420" stroke-width="2"/><circle cx="82" cy="92" r="3" fill="#7c6420"/><path d="M90 78h26v28H90z" fill="#1f2c44"/><path d="M114 74h8v36h-8z" fill="#d9b457"/><path d="M122 73h86v38h-86z" fill="#27406b"/><path d="M122 78h86v8h-86z" fill="#4a679c"/><path d="M208 72h70q18 0 18 20t-18 20h-70z" fill="#1f3358"/><path d="M208 77h74v8h-74z" fill="#4a679c"/><path d="M204 71h8v42h-8z" fill="#d9b457"/><path d="M212 98h54q6 0 6 4t-6 4h-54z" fill="#d9b457"/></g><path d="M228 128h58v34q0 6-6 6h-46q-6 0-6-6z" fill="#27406b"/><path d="M228 128h58v10h-58z" fill="#4a679c"/><path d="M238 112h38v16h-38z" fill="#2d3338"/><rect x="238" y="144" width="38" height="16" rx="2" fill="#f6eedd"/>"##,
    )
}

fn greeting_cards() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [160, 171, 108, 7],
        r##"<g transform="rotate(-12 120 110)"><path d="M66 60h108v104H66z" fill="#c8a070"/><path d="M66 60l54 56 54-56z" fill="#b98d5b"/><path d="M66 60h108l-54 50z" fill="#d8b688"/></g><g transform="rotate(10 214 100)"><path d="M172 40h86v122h-86z" fill="#e9dfcb"/><path d="M168 38h86v122h-86z" fill="#2f6b5f"/><circle cx="211" cy="78" r="20" fill="#f2b84b"/><path d="M168 116q22-20 44-6t42-6v56h-86z" fill="#5c9c69"/><path d="M168 134q24-14 46-2t40-2v30h-86z" fill="#3f7a4f"/></g><g transform="rotate(-4 148 110)"><path d="M110 54h84v114h-84z" fill="#efe6d6"/><path d="M106 52h84v114h-84z" fill="#fffaf0"/><path d="M148 142q0-30-4-46M146 124q-16-2-20-16 18 0 20 16zM147 112q14-2 18-16-16 0-18 16z" stroke="#5f8a63" stroke-width="2.500" fill="#86b98b"/><circle cx="144" cy="88" r="8" fill="#f2c443"/><g fill="#e07a8f"><circle cx="144" cy="74" r="7"/><circle cx="157" cy="84" r="7"/><circle cx="152" cy="99" r="7"/><circle cx="136" cy="99" r="7"/><circle cx="131" cy="84" r="7"/></g><circle cx="144" cy="88" r="7" fill="#f2c443"/></g>"##,
    )
}

fn washi_tape() -> Scene {
    let roll = |x: i32, y: i32, colour: Ink, marks: &str| {
        let (light, dark) = (colour.lighter(34), colour.darker(16));
        format!(
            r##"<g transform="translate({x} {y})"><path d="M-50 0v30q0 22 50 22t50-22V0z" fill="{colour}"/><path d="M22 18q28-6 28-18v30q0 14-28 20z" fill="{dark}"/>{marks}<ellipse rx="50" ry="21" fill="{light}"/><ellipse rx="34" ry="13" fill="#d8b688"/><path d="M-32 4q0 9 32 10t32-10q-6-12-32-12t-32 12z" fill="#a9784f"/></g>"##
        )
    };
    let stripes = r##"<path d="M-38 16l12 6v26l-12-4zM-14 24h12v28h-12zM12 24l12-3v28l-12 2z" fill="#fff" opacity=".65"/>"##;
    let dots = r##"<g fill="#fff" opacity=".75"><circle cx="-36" cy="26" r="4"/><circle cx="-18" cy="38" r="4"/><circle cx="-4" cy="30" r="4"/><circle cx="14" cy="40" r="4"/><circle cx="30" cy="28" r="4"/></g>"##;
    let waves = r##"<path d="M-48 22q10 10 20 4t22 8 24-2 28-8M-46 34q10 10 20 4t22 8 24-2 26-8" fill="none" stroke="#fff" stroke-width="3" opacity=".75"/>"##;
    Scene::new(
        Backdrop::Sky,
        [160, 168, 108, 8],
        format!(
            r##"{}{}{}<path d="M222 166l58-6 4 14-60 6z" fill="#d8476b" opacity=".8"/>"##,
            roll(104, 116, Ink(0x4f8f8a), waves),
            roll(214, 118, Ink(0xd8476b), dots),
            roll(160, 66, Ink(0xe0a43c), stripes)
        ),
    )
}

fn colour_pencils() -> Scene {
    let colours = [
        0xc0392b, 0xe07a3a, 0xf2b84b, 0x9db13c, 0x3f7a4f, 0x2f9c86, 0x4a8fc0, 0x36558f, 0x6a5590, 0xa5487f,
        0x8a5a35, 0x3b444a,
    ];
    let pencil = |(colour, x): (Ink, i32)| {
        let dark = colour.darker(18);
        let top = 40 + (x / 14 * 7) % 12;
        format!(
            r##"<g transform="translate({x} {top})"><path d="M1 24L7 0l6 24z" fill="#edd3a4"/><path d="M4 11L7 0l3 11z" fill="{colour}"/><path d="M0 24h14v60H0z" fill="{colour}"/><path d="M9 24h5v60H9z" fill="{dark}"/></g>"##
        )
    };
    let pencils: String = colours
        .into_iter()
        .map(Ink)
        .zip((74..).step_by(14))
        .map(pencil)
        .collect();
    Scene::new(
        Backdrop::Butter,
        [160, 170, 104, 7],
        format!(
            r##"{pencils}<path d="M64 98h192v66q0 6-6 6H70q-6 0-6-6z" fill="#f3e6cf"/><path d="M64 98h192v8H64z" fill="#dccaa9"/><path d="M232 106h24v58q0 6-6 6h-18z" fill="#e4d3b2"/><path d="M64 124h192v28H64z" fill="#2f5d4a"/><circle cx="160" cy="138" r="9" fill="none" stroke="#f3e6cf" stroke-width="3.500"/><path d="M151 138h18" stroke="#f3e6cf" stroke-width="3.500"/>"##
        ),
    )
}

fn wrapping_paper() -> Scene {
    let roll = |x: i32, turned: i32, paper: Ink, marks: &str| {
        let (light, dark) = (paper.lighter(28), paper.darker(14));
        format!(
            r##"<g transform="rotate({turned} {x} 168)"><g transform="translate({x} 0)"><path d="M-20 28h40v132q0 8-20 8t-20-8z" fill="{paper}"/>{marks}<path d="M9 28h11v132q0 5-11 7z" fill="{dark}" opacity=".55"/><ellipse cy="28" rx="20" ry="7" fill="{light}"/><ellipse cy="28" rx="10" ry="3.500" fill="{dark}"/></g></g>"##
        )
    };
    let stars = r##"<g fill="#f2c443"><circle cx="-10" cy="48" r="4"/><circle cx="8" cy="62" r="4"/><circle cx="-8" cy="80" r="4"/><circle cx="10" cy="98" r="4"/><circle cx="-10" cy="114" r="4"/><circle cx="8" cy="132" r="4"/><circle cx="-8" cy="150" r="4"/></g>"##;
    let bands = r##"<path d="M-20 50l40 14v12l-40-14zM-20 82l40 14v12l-40-14zM-20 114l40 14v12l-40-14z" fill="#fff" opacity=".8"/>"##;
    let leaves = r##"<path d="M-12 60q10-14 20-8-4 14-20 8zM-8 92q10-14 20-8-4 14-20 8zM-14 122q10-14 20-8-4 14-20 8zM-6 150q10-14 18-8-4 14-18 8z" fill="#5f8a63"/>"##;
    Scene::new(
        Backdrop::Lilac,
        [160, 170, 84, 7],
        format!(
            r##"{}{}{}<path d="M118 104q42 16 84 0v14q-42 16-84 0z" fill="#8e3130"/><path d="M158 110q-26-26-34-8 0 14 34 12 34 2 34-12-8-18-34 8z" fill="#a83c39"/><circle cx="159" cy="113" r="7" fill="#7c2727"/>"##,
            roll(122, -8, Ink(0x27406b), stars),
            roll(204, 8, Ink(0xf1e8d6), leaves),
            roll(162, 0, Ink(0xd8806b), bands)
        ),
    )
}

fn print() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [160, 176, 74, 5],
        r##"<path d="M92 18h136v156H92z" fill="#fff"/><path d="M102 28h116v126H102z" fill="#cfe3ea"/><circle cx="188" cy="58" r="15" fill="#f2b84b"/><path d="M102 96q30-22 60-6t56-8v40H102z" fill="#88ad8e"/><g><path d="M110 88h16v32h-16z" fill="#e07a5f"/><path d="M126 80h16v40h-16z" fill="#f2cc8f"/><path d="M142 86h16v34h-16z" fill="#81b29a"/><path d="M158 78h16v42h-16z" fill="#d98ba0"/><path d="M174 86h16v34h-16z" fill="#5d82b5"/><path d="M190 82h18v38h-18z" fill="#eee0c0"/></g><g fill="#fff" opacity=".85"><path d="M115 96h5v7h-5zM131 90h5v7h-5zM147 95h5v7h-5zM163 88h5v7h-5zM179 95h5v7h-5zM196 92h5v7h-5zM131 104h5v7h-5zM163 103h5v7h-5z"/></g><path d="M102 120h116v34H102z" fill="#4f87a3"/><path d="M132 136h50l-8 12h-34zM154 112v24M156 114l16 18h-16z" fill="#fff" stroke="#fff" stroke-width="2"/><path d="M138 161h44v5h-44z" fill="#47524c"/>"##,
    )
}

fn gift_card() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 168, 100, 7],
        r##"<g transform="rotate(-8 160 100)"><rect x="70" y="46" width="168" height="106" rx="12" fill="#0e4a33" transform="rotate(9 154 99)"/><rect x="74" y="44" width="172" height="108" rx="12" fill="#0b6b46"/><path d="M74 100q60-60 172-50v-6 96q0 12-12 12H86q-12 0-12-12z" fill="#10794f"/><path d="M114 44h20v108h-20z" fill="#f2c443"/><path d="M74 88h172v18H74z" fill="#f2c443"/><path d="M114 88h20v18h-20z" fill="#d9a92c"/><path d="M124 96q-36-6-38-26 6-16 24-4 12 10 14 30zM124 96q36-6 38-26-6-16-24-4-12 10-14 30z" fill="#f6d36b"/><path d="M124 96q-22-8-26-20 6-6 14 2 10 8 12 18zM124 96q22-8 26-20-6-6-14 2-10 8-12 18z" fill="#d9a92c"/><circle cx="124" cy="97" r="9" fill="#f2c443"/><circle cx="212" cy="128" r="12" fill="none" stroke="#fff" stroke-width="4"/><path d="M200 128h24" stroke="#fff" stroke-width="4"/></g>"##,
    )
}

fn puzzle() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 172, 108, 7],
        r##"<path d="M70 40l16-12h156l14 12v104H70z" fill="#233b5c"/><path d="M70 40h172v108H70z" fill="#f0a35e"/><path d="M70 40h172v44H70z" fill="#e0805c"/><path d="M242 40l14-12v106l-14 14z" fill="#1a2d47"/><path d="M70 40l16-12h170l-14 12z" fill="#35557f"/><circle cx="150" cy="92" r="22" fill="#f9d984"/><path d="M70 96q40-20 80-4t92-10v66H70z" fill="#4a5d86"/><path d="M70 116h172v32H70z" fill="#35557f"/><path d="M140 122h20v3h-20zM132 130h36v3h-36zM144 138h14v3h-14z" fill="#f9d984"/><path d="M90 92h12v24H90zM104 84h12v32h-12zM186 86h12v30h-12zM200 92h14v24h-14z" fill="#233b5c"/><path d="M113 40v108M156 40v108M199 40v108M70 76h172M70 112h172" stroke="#fff" stroke-width="1.500" opacity=".55"/><g fill="none" stroke="#fff" stroke-width="1.500" opacity=".55"><circle cx="113" cy="58" r="5"/><circle cx="156" cy="94" r="5"/><circle cx="199" cy="58" r="5"/><circle cx="92" cy="76" r="5"/><circle cx="178" cy="112" r="5"/><circle cx="113" cy="130" r="5"/></g><g transform="translate(60 146) rotate(-14)"><path d="M0 0h12q-4-10 4-10t4 10h12v10q10-4 10 4t-10 4v12H0z" fill="#e0805c"/></g><g transform="translate(242 150) rotate(18)"><path d="M0 0h10q-4 9 5 9t5-9h10v9q9-4 9 4t-9 4v11H0z" fill="#35557f"/></g>"##,
    )
}
