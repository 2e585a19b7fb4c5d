//! Green things, their pots and what waters them.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "monstera" => potted(Backdrop::Sage, [160, 168, 70, 7], Ink(0xbd6d4d), MONSTERA),
        "snake-plant" => potted(Backdrop::Blush, [160, 168, 62, 7], Ink(0xe9e2d4), SNAKE_PLANT),
        "little-cactus" => potted(Backdrop::Sky, [160, 168, 60, 7], Ink(0xd9a441), CACTUS),
        "basil-pot" => potted(Backdrop::Butter, [160, 168, 62, 7], Ink(0x5b7d8c), BASIL),
        "terracotta-pot" => terracotta(),
        "watering-can" => watering_can(),
        "wildflower-seeds" => seeds(),
        _ => return None,
    })
}

const MONSTERA: &str = r##"<path d="M158 108Q96 96 94 46q46 2 66 60z" fill="#3f7a4f"/><path d="M162 108q62-6 70-56-50-4-70 54z" fill="#4c8a5b"/><path d="M160 106q-34-46-6-92 38 32 8 92z" fill="#5c9c69"/><path d="M160 106q-62 14-84-16 40-28 84 14zM162 108q50 24 82-2-34-34-82 0z" fill="#35694a"/><path d="M160 106Q156 60 157 28M158 106q-22-36-54-52M162 106q18-34 58-48" stroke="#2b5a3e" stroke-width="2" fill="none"/>"##;
const SNAKE_PLANT: &str = r##"<path d="M134 108q-22-40-16-76 22 24 30 76z" fill="#3f7a4f"/><path d="M118 32q-6 36 16 76h4q-18-38-16-66z" fill="#c9cf6b"/><path d="M186 108q24-34 22-66-26 20-34 66z" fill="#35694a"/><path d="M208 42q2 32-22 66h-5q20-32 23-58z" fill="#c9cf6b"/><path d="M148 108q-14-54 8-98 26 44 14 98z" fill="#4c8a5b"/><path d="M156 10q26 44 14 98h-5q10-52-11-94z" fill="#d8dc84"/><path d="M150 84q10-6 20-2M149 66q10-6 22-2M150 48q8-5 18-1M126 66q6-4 12 0M190 78q6-6 12-4" stroke="#2b5a3e" stroke-width="3" fill="none" stroke-linecap="round"/><path d="M166 108q6-30 18-44 6 20-4 44z" fill="#5c9c69"/><path d="M154 108q-6-26-18-38-4 20 6 38z" fill="#5c9c69"/>"##;
const CACTUS: &str = r##"<path d="M124 84q-20 0-20-22 0-12 8-12t8 12q0 8 10 8z" fill="#4c8a5b"/><path d="M196 92q22 0 22-26 0-12-8-12t-8 12q0 12-12 12z" fill="#35694a"/><path d="M126 110V62q0-34 34-34t34 34v48z" fill="#4c8a5b"/><path d="M176 32q18 8 18 30v48h-16q6-40-2-78z" fill="#3f7a4f"/><path d="M142 44v66M160 40v70M177 44v66" stroke="#35694a" stroke-width="2.500"/><g stroke="#f3f0d8" stroke-width="2" stroke-linecap="round"><path d="M134 60l-5-3M134 78l-5-3M134 94l-5-3M151 54l-4-3M151 72l-4-3M151 90l-4-3M168 54l4-3M168 72l4-3M168 90l4-3M186 62l4-3M186 80l4-3M108 60l-5-2M212 66l5-2"/></g><g fill="#e07a8f"><circle cx="152" cy="26" r="7"/><circle cx="168" cy="26" r="7"/><circle cx="160" cy="18" r="7"/></g><circle cx="160" cy="25" r="5" fill="#f2c443"/>"##;
const BASIL: &str = r##"<path d="M160 108V50M160 96q-24-10-34-30M160 92q24-10 34-32" stroke="#4c7a35" stroke-width="4" fill="none" stroke-linecap="round"/><path d="M116 84q-26-4-24-30 28 0 34 26z" fill="#4f9440"/><path d="M204 82q26-6 22-32-26 2-32 28z" fill="#478a3a"/><path d="M126 68q-14-22 6-40 18 18 4 42z" fill="#62a851"/><path d="M194 64q16-20-2-40-20 16-8 42z" fill="#58a048"/><path d="M158 54q-24-18-8-44 28 14 20 44z" fill="#6fb55c"/><path d="M150 86q-30-2-34-28 28-4 40 22z" fill="#5ea34d"/><path d="M170 86q30-4 32-30-28-2-38 24z" fill="#4f9440"/><path d="M134 106q-24 4-34-14 20-14 40 4zM186 106q24 4 34-14-20-14-40 4z" fill="#3f7d34"/><path d="M160 100q-18-10-14-30 22 4 22 26z" fill="#6fb55c"/><path d="M152 18q8 16 6 32M120 62q16 4 26 16M198 60q-16 6-24 18M132 36q4 14 0 26M190 32q-4 14-2 26M108 96q12-2 22 2M212 96q-12-2-22 2" stroke="#3f7d34" stroke-width="2" fill="none"/>"##;

fn potted(backdrop: Backdrop, shadow: [i32; 4], clay: Ink, plant: &str) -> Scene {
    let (rim, dark) = (clay.lighter(16), clay.darker(11));
    Scene::new(
        backdrop,
        shadow,
        format!(
            r##"{plant}<path d="M122 118h76l-9 46q-1 6-8 6h-42q-7 0-8-6z" fill="{clay}"/><path d="M176 118h22l-9 46q-1 6-8 6h-14z" fill="{dark}"/><rect x="116" y="104" width="88" height="18" rx="5" fill="{rim}"/>"##
        ),
    )
}

fn terracotta() -> Scene {
    let pot = |x: i32, percent: i32| {
        format!(
            r##"<g transform="translate({x} 170) scale(.{percent:02})"><ellipse cx="0" cy="-4" rx="66" ry="10" fill="#a95d3f"/><ellipse cx="0" cy="-8" rx="66" ry="10" fill="#cc7f5d"/><path d="M-56-92h112l-14 80q-1 6-8 6h-68q-7 0-8-6z" fill="#bd6d4d"/><path d="M26-92h30l-14 80q-1 6-8 6h-20z" fill="#a95d3f"/><path d="M-66-120h132v28q-66 12-132 0z" fill="#cc7f5d"/><path d="M36-120h30v28q-14 3-30 4z" fill="#b86a4a"/><ellipse cx="0" cy="-120" rx="66" ry="13" fill="#d98f6e"/><ellipse cx="0" cy="-119" rx="57" ry="9" fill="#7c412a"/><path d="M-44-82l8 56" stroke="#d3896a" stroke-width="6" stroke-linecap="round"/></g>"##
        )
    };
    Scene::new(
        Backdrop::Sage,
        [164, 172, 118, 7],
        format!("{}{}{}", pot(122, 96), pot(214, 68), pot(270, 44)),
    )
}

fn watering_can() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [168, 170, 84, 7],
        r##"<path d="M122 92q-8-66 62-62 58 6 42 72" fill="none" stroke="#a8842f" stroke-width="9" stroke-linecap="round"/><path d="M130 126Q86 110 66 52" fill="none" stroke="#b8923a" stroke-width="13" stroke-linecap="round"/><path d="M130 120Q92 104 72 54" fill="none" stroke="#dfbf72" stroke-width="4" stroke-linecap="round"/><path d="M44 52l38-18 6 14-38 18z" fill="#a8842f"/><path d="M118 88h108l8 74q0 8-8 8H118q-8 0-8-8z" fill="#c9a24a"/><path d="M118 88h24l-6 82h-18q-8 0-8-8z" fill="#dfbf72"/><path d="M204 88h22l8 74q0 8-8 8h-22z" fill="#b38c3a"/><ellipse cx="172" cy="88" rx="54" ry="10" fill="#8f6f25"/><path d="M120 90q52 14 104 0v-6q-20 8-52 8t-52-8z" fill="#dfbf72"/><path d="M112 146h120l1 6H111z" fill="#a8842f"/><g fill="#7fb0c4"><path d="M46 84q6 9 0 14-8-3 0-14zM60 96q6 9 0 14-8-3 0-14zM36 106q6 9 0 14-8-3 0-14zM52 120q6 9 0 14-8-3 0-14z"/></g>"##,
    )
}

fn seeds() -> Scene {
    Scene::new(
        Backdrop::Sky,
        [162, 172, 74, 6],
        r##"<g transform="rotate(5 160 100)"><path d="M106 20h108v150H106z" fill="#f6eedd"/><path d="M106 20h108l-10 18h-88z" fill="#e2d6bb"/><path d="M116 48h88v92h-88z" fill="#cfe3d2"/><path d="M116 112q44-14 88 0v28h-88z" fill="#86b98b"/><path d="M140 132V92M164 134V80M186 132V98" stroke="#3f7a4f" stroke-width="3.500" stroke-linecap="round"/><path d="M164 112q-12-2-14-12 14-2 14 12zM186 118q10-2 12-12-12 0-12 12zM140 118q-10-2-12-12 12 0 12 12z" fill="#4c8a5b"/><g fill="#d9463b"><circle cx="156" cy="70" r="10"/><circle cx="172" cy="70" r="10"/><circle cx="164" cy="80" r="10"/><circle cx="164" cy="63" r="10"/></g><circle cx="164" cy="71" r="6" fill="#2b2413"/><g fill="#4a6fc0"><circle cx="134" cy="86" r="7"/><circle cx="146" cy="86" r="7"/><circle cx="140" cy="95" r="7"/><circle cx="140" cy="79" r="7"/></g><circle cx="140" cy="87" r="4" fill="#27406b"/><g fill="#fff"><circle cx="180" cy="94" r="6"/><circle cx="192" cy="94" r="6"/><circle cx="186" cy="102" r="6"/><circle cx="186" cy="88" r="6"/></g><circle cx="186" cy="95" r="4.500" fill="#f2c443"/><path d="M132 148h56v5h-56zM144 158h32v4h-32z" fill="#2f6b52"/></g><g fill="#5a3a26"><ellipse cx="240" cy="166" rx="4" ry="3"/><ellipse cx="252" cy="172" rx="4" ry="3"/><ellipse cx="232" cy="174" rx="3" ry="2.500"/><ellipse cx="262" cy="166" rx="3" ry="2.500"/></g>"##,
    )
}
