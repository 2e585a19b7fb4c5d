//! Beans in bags and jars, and things to brew with.

use super::ink::Ink;
use super::jars::{self, bean};
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "house-espresso" => bag(Backdrop::Sand, Ink(0x2c3d35), &bean(160, 98, -35, "#7a4e30", 15)),
        "colombia-huila" => bag(Backdrop::Sky, Ink(0xa8452f), MOUNTAINS),
        "decaf-sumatra" => bag(Backdrop::Lilac, Ink(0x3d4f7a), MOON),
        "ethiopia-guji" => jars::of_beans(),
        "earl-grey-loose" => jars::of_earl_grey(),
        "chamomile-loose" => jars::of_chamomile(),
        "granola-loose" => jars::of_granola(),
        "sencha-tin" => tea_tin(Backdrop::Sage, Ink(0x2f6b52), LEAF),
        "rooibos-tin" => tea_tin(Backdrop::Blush, Ink(0xb4532a), ORANGE),
        "english-breakfast" => tea_box(),
        "filter-papers" => filter_papers(),
        "french-press" => french_press(),
        "pour-over-dripper" => dripper(),
        "hand-grinder" => grinder(),
        _ => return None,
    })
}

const MOUNTAINS: &str = r##"<path d="M136 112l16-26 9 13 7-10 16 23z" fill="#a8452f"/><path d="M146 96l6-10 6 9-4 3-3-3z" fill="#f5ead6"/><circle cx="180" cy="90" r="5" fill="#e0a43c"/>"##;
const MOON: &str = r##"<path d="M168 82a17 17 0 1 0 4 28 14 14 0 0 1-4-28z" fill="#3d4f7a"/><circle cx="182" cy="90" r="2.500" fill="#c9973a"/><circle cx="176" cy="102" r="1.600" fill="#c9973a"/>"##;
const LEAF: &str = r##"<path d="M160 132q-22-16-2-40 24 18 2 40z" fill="#5f9a6d"/><path d="M160 134q0-18-1-32" stroke="#2f6b52" stroke-width="2.500" fill="none" stroke-linecap="round"/><path d="M162 134q4-16 20-18-2 16-20 18z" fill="#86b98b"/>"##;
const ORANGE: &str = r##"<circle cx="160" cy="114" r="18" fill="#e8963a"/><circle cx="160" cy="114" r="14" fill="#f7d9a8"/><path d="M160 114l0-12a12 12 0 0 1 9 4zM160 114l12 0a12 12 0 0 1-4 9zM160 114l0 12a12 12 0 0 1-9-4zM160 114l-12 0a12 12 0 0 1 4-9z" fill="#ec9f45"/>"##;

fn bag(backdrop: Backdrop, paper: Ink, motif: &str) -> Scene {
    let (light, dark) = (paper.lighter(9), paper.darker(24));
    let beans = [
        bean(78, 166, 20, "#5a3a26", 10),
        bean(96, 174, -30, "#6b452d", 10),
        bean(236, 168, 60, "#5a3a26", 10),
        bean(252, 175, 10, "#6b452d", 10),
        bean(60, 176, 80, "#6b452d", 9),
        bean(222, 177, -10, "#5a3a26", 9),
    ]
    .concat();
    Scene::new(
        backdrop,
        [160, 168, 70, 7],
        format!(
            r##"<path d="M112 44h96l8 120q0 5-5 5h-102q-5 0-5-5z" fill="{paper}"/><path d="M112 44h20l-4 125h-19q-5 0-5-5z" fill="{light}"/><path d="M110 28h100v20H110z" fill="{dark}"/><path d="M110 34h100v2H110z" fill="{light}"/><rect x="124" y="76" width="72" height="70" rx="4" fill="#f5ead6"/>{motif}<path d="M136 120h48v5h-48zM144 131h32v4h-32z" fill="{paper}"/>{beans}"##
        ),
    )
}

fn tea_tin(backdrop: Backdrop, paint: Ink, motif: &str) -> Scene {
    let (light, dark) = (paint.lighter(16), paint.darker(18));
    Scene::new(
        backdrop,
        [164, 169, 62, 7],
        format!(
            r##"<path d="M112 62h96v98q0 9-48 9t-48-9z" fill="{paint}"/><path d="M112 62h20v105q-20-2-20-7z" fill="{light}"/><path d="M190 62h18v98q0 5-18 7z" fill="{dark}"/><path d="M108 44q0-8 52-8t52 8v18q0 7-52 7t-52-7z" fill="#c9a24a"/><ellipse cx="160" cy="44" rx="52" ry="9" fill="#dfbf72"/><ellipse cx="160" cy="43" rx="40" ry="6" fill="#cfab56"/><path d="M196 40q16 2 16 4v18q0 3-16 6z" fill="#b38c3a"/><path d="M126 84q34 6 68 0v58q-34 6-68 0z" fill="#f6eedd"/>{motif}"##
        ),
    )
}

fn tea_box() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [164, 169, 84, 7],
        r##"<path d="M92 74l22-22h116l-18 22z" fill="#8e3130"/><path d="M212 74l18-22v96l-18 20z" fill="#7c2727"/><path d="M92 74h120v94H92z" fill="#a83c39"/><path d="M92 86h120v6H92zM92 150h120v6H92z" fill="#e8c98a"/><path d="M118 102h68v38h-68z" fill="#f8efdd"/><path d="M132 114h30v8q0 12-15 12t-15-12z" fill="#a83c39"/><path d="M162 116q8 0 8 5t-9 6" fill="none" stroke="#a83c39" stroke-width="3"/><path d="M142 110q-3-3 0-6M150 110q-3-3 0-6" stroke="#a83c39" stroke-width="2" fill="none" stroke-linecap="round"/><path d="M196 52q30 8 34 52" fill="none" stroke="#f8efdd" stroke-width="2.500"/><path d="M218 104h24v26h-24z" fill="#f8efdd"/><path d="M218 104h24v6h-24z" fill="#e8c98a"/><circle cx="230" cy="120" r="5" fill="#a83c39"/>"##,
    )
}

fn filter_papers() -> Scene {
    Scene::new(
        Backdrop::Blush,
        [160, 168, 88, 7],
        r##"<g transform="translate(-24 -26) scale(1.150)"><path d="M84 92h88l-24 74h-40z" fill="#e3cda4"/><path d="M90 86h88l-24 76h-40z" fill="#eddbb7"/><path d="M96 80h88l-24 78h-40z" fill="#f5e8cb"/><path d="M96 80h88l-3 10H99z" fill="#e6d3aa"/><path d="M118 150l-16-56M124 158l-2-66M158 150l16-56" stroke="#dcc79b" stroke-width="2"/><path d="M178 84h66v84h-66z" fill="#b9825a"/><path d="M178 84h12v84h-12z" fill="#c8946c"/><path d="M178 84h66v16h-66z" fill="#a06d48"/><path d="M196 112h38v40h-38z" fill="#f5ead6"/><path d="M202 120h26l-8 24h-10z" fill="#b9825a"/></g>"##,
    )
}

fn french_press() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [164, 169, 66, 7],
        r##"<path d="M206 84q38-4 36 30t-36 32" fill="none" stroke="#2d3338" stroke-width="10" stroke-linecap="round"/><path d="M114 64h92v100q0 4-4 4h-84q-4 0-4-4z" fill="#fff" opacity=".7"/><path d="M118 96h84v66h-84z" fill="#4b2f1f"/><path d="M118 96h84v10h-84z" fill="#a4754d"/><path d="M118 96h16v66h-16z" fill="#5d3d2a"/><path d="M110 78h100v8H110zM110 140h100v8H110z" fill="#aab4ba"/><path d="M120 64v104M200 64v104" stroke="#aab4ba" stroke-width="7"/><path d="M114 166h92v6h-92z" fill="#8d989f"/><path d="M104 66q-6-10 8-14h96q8 4 8 14z" fill="#c3ccd1"/><path d="M112 52q48-22 96 0z" fill="#aab4ba"/><path d="M158 24h4v20h-4z" fill="#8d989f"/><circle cx="160" cy="20" r="8" fill="#2d3338"/><path d="M128 72v20" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".8"/>"##,
    )
}

fn dripper() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 169, 66, 7],
        r##"<path d="M114 118h92v40q0 10-10 10h-72q-10 0-10-10z" fill="#fff" opacity=".8"/><path d="M118 140h84v18q0 6-6 6h-72q-6 0-6-6z" fill="#4b2f1f"/><path d="M118 140h84v6h-84z" fill="#7a5133"/><path d="M206 126q22 0 20 16t-20 14" fill="none" stroke="#fff" stroke-width="6" opacity=".85"/><path d="M158 112h4v28h-4z" fill="#7a5133"/><path d="M98 108h124v10q0 4-4 4H102q-4 0-4-4z" fill="#37535f"/><path d="M104 50h112l-30 60h-52z" fill="#4f7484"/><path d="M104 50h24l16 60h-10z" fill="#668c9c"/><path d="M192 50h24l-30 60h-10z" fill="#3f6271"/><path d="M112 46h96l-10 18h-76z" fill="#f5e8cb"/><ellipse cx="160" cy="50" rx="56" ry="9" fill="#37535f"/><path d="M110 50l14-14h72l14 14q-50 12-100 0z" fill="#f5e8cb"/><ellipse cx="160" cy="50" rx="40" ry="6" fill="#4b2f1f"/><path d="M152 30q-8-8 0-16M168 30q-8-8 0-16" stroke="#fff" stroke-width="3.500" stroke-linecap="round" fill="none" opacity=".8"/>"##,
    )
}

fn grinder() -> Scene {
    let beans = [
        bean(92, 168, 20, "#5a3a26", 10),
        bean(226, 172, -30, "#6b452d", 10),
        bean(244, 165, 60, "#5a3a26", 9),
    ];
    Scene::new(
        Backdrop::Sage,
        [160, 170, 50, 6],
        format!(
            r##"<path d="M160 36q34-12 62-6" fill="none" stroke="#8d989f" stroke-width="7" stroke-linecap="round"/><circle cx="226" cy="26" r="12" fill="#8a5a35"/><circle cx="223" cy="23" r="5" fill="#a6734a"/><path d="M152 28h16v22h-16z" fill="#aab4ba"/><path d="M130 48q30-8 60 0l4 12h-68z" fill="#2d3338"/><path d="M126 60h68v52h-68z" fill="#3b444a"/><path d="M126 60h14v52h-14z" fill="#535e65"/><path d="M126 108h68v8h-68z" fill="#c9a24a"/><path d="M130 116h60l-3 50q0 5-5 5h-44q-5 0-5-5z" fill="#8a5a35"/><path d="M130 116h13l-1 55h-4q-5 0-5-5z" fill="#a6734a"/><path d="M150 124h4v38h-4zM166 124h4v38h-4z" fill="#77492a"/>{}"##,
            beans.concat()
        ),
    )
}
