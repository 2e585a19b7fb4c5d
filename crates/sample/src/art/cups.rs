//! What is made at the counter.

use super::scene::{Backdrop, Scene};

pub(super) fn draw(slug: &str) -> Option<Scene> {
    Some(match slug {
        "flat-white" => cup(Backdrop::Blush, "#a16a3f", HEART),
        "cappuccino" => cup(Backdrop::Sky, "#8f5a33", FOAM),
        "chai-latte" => chai(),
        "espresso" => espresso(),
        "iced-latte" => iced_latte(),
        "hot-chocolate" => hot_chocolate(),
        _ => return None,
    })
}

const HEART: &str =
    r##"<path d="M160 94q-22-6-22-13 2-5 11-4 7 1 11 5 4-4 11-5 9-1 11 4 0 7-22 13z" fill="#f7ead8"/>"##;
const FOAM: &str = r##"<path d="M112 80q6-16 24-16 10-8 26-4 14-6 26 4 16 2 20 16-12 14-48 14t-48-14z" fill="#fbf3e6"/><path d="M128 74q10-8 24-6M168 66q14 0 20 8" fill="none" stroke="#e9d9c3" stroke-width="4" stroke-linecap="round"/><g fill="#7a4a2b"><circle cx="146" cy="76" r="1.800"/><circle cx="158" cy="70" r="2"/><circle cx="170" cy="78" r="1.800"/><circle cx="164" cy="84" r="1.500"/><circle cx="180" cy="72" r="1.500"/><circle cx="152" cy="84" r="1.800"/><circle cx="138" cy="82" r="1.400"/></g>"##;

fn cup(backdrop: Backdrop, coffee: &str, top: &str) -> Scene {
    Scene::new(
        backdrop,
        [160, 168, 70, 7],
        format!(
            r##"<ellipse cx="160" cy="164" rx="88" ry="12" fill="#fff"/><ellipse cx="160" cy="161" rx="60" ry="6" fill="#e6ddd5"/><path d="M208 92q32-4 32 18t-42 26" fill="none" stroke="#f3ede6" stroke-width="10" stroke-linecap="round"/><path d="M104 82h112q2 78-56 78t-56-78z" fill="#fff"/><path d="M190 82h26q2 66-44 77 20-20 18-77z" fill="#ece4dc"/><ellipse cx="160" cy="82" rx="56" ry="17" fill="#f3ede6"/><ellipse cx="160" cy="83" rx="49" ry="13" fill="{coffee}"/>{top}"##
        ),
    )
}

fn chai() -> Scene {
    Scene::new(
        Backdrop::Butter,
        [164, 170, 84, 7],
        r##"<path d="M118 44h84l-8 118q-1 8-8 8h-52q-7 0-8-8z" fill="#fff" opacity=".72"/><path d="M122 72h76l-7 88q0 5-6 5h-50q-6 0-6-5z" fill="#c98f58"/><path d="M122 72h76l-2 22h-72z" fill="#f3e2c6"/><path d="M123 62q18-10 37-6 20-6 37 6l1 12h-76z" fill="#fdf6e8"/><g fill="#a0622f"><circle cx="146" cy="66" r="1.800"/><circle cx="158" cy="62" r="2"/><circle cx="172" cy="68" r="1.800"/><circle cx="164" cy="70" r="1.400"/><circle cx="182" cy="64" r="1.500"/></g><path d="M130 82v70" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".65"/><g transform="rotate(-14 232 166)"><path d="M206 158h52q5 0 5 5t-5 5h-52q-5 0-5-5t5-5z" fill="#8a4f28"/><path d="M206 161h52" stroke="#a9683b" stroke-width="3"/></g><g transform="translate(92 166)" fill="#7a4a2b"><path d="M0-12l3 9 9-3-6 7 7 6-10-1-3 9-3-9-10 1 7-6-6-7 9 3z"/><circle r="3" fill="#c98f58"/></g><path d="M150 42q-7-8 0-15t0-14M170 42q-7-8 0-15t0-14" fill="none" stroke="#fff" stroke-width="3.500" stroke-linecap="round" opacity=".75"/>"##,
    )
}

fn espresso() -> Scene {
    Scene::new(
        Backdrop::Sand,
        [160, 170, 90, 8],
        r##"<ellipse cx="160" cy="163" rx="84" ry="12" fill="#2f4a44"/><ellipse cx="160" cy="160" rx="54" ry="6" fill="#233a35"/><path d="M196 104q26-3 26 13t-34 22" fill="none" stroke="#2f4a44" stroke-width="9" stroke-linecap="round"/><path d="M118 96h84q2 62-42 62t-42-62z" fill="#3a5b53"/><path d="M184 96h18q2 52-32 61 14-16 14-61z" fill="#2f4a44"/><path d="M118 96h14q0 44 16 60-31-8-30-60z" fill="#4b7067"/><ellipse cx="160" cy="96" rx="42" ry="12" fill="#2f4a44"/><ellipse cx="160" cy="97" rx="36" ry="9" fill="#4a2b1a"/><path d="M126 96q34-12 68 0-8 7-34 7t-34-7z" fill="#b4783f"/><path d="M140 96q16-5 30-2" stroke="#d9a467" stroke-width="2.500" stroke-linecap="round" fill="none"/><path d="M150 78q-8-9 0-17t0-15M170 78q-8-9 0-17t0-15" fill="none" stroke="#fff" stroke-width="3.500" stroke-linecap="round" opacity=".75"/><path d="M226 158l26-10q8-2 10 3t-5 8l-28 7z" fill="#aab4ba"/>"##,
    )
}

fn iced_latte() -> Scene {
    Scene::new(
        Backdrop::Sage,
        [160, 170, 52, 6],
        r##"<path d="M186 12l-14 60" stroke="#0b6b46" stroke-width="7" stroke-linecap="round"/><path d="M116 42h88l-9 122q-1 7-8 7h-54q-7 0-8-7z" fill="#fff" opacity=".72"/><path d="M120 62h80l-3 40h-74z" fill="#6f4527"/><path d="M122 96h76l-5 66q0 5-5 5h-56q-5 0-5-5z" fill="#ead4b5"/><path d="M122 96q10 16 22 4 12 20 26 2 14 14 28-6l-2 24q-20 14-36 4-20 8-36-4z" fill="#b98a5d"/><g fill="#fff" opacity=".55"><rect x="130" y="56" width="26" height="24" rx="5" transform="rotate(-12 143 68)"/><rect x="164" y="60" width="26" height="24" rx="5" transform="rotate(14 177 72)"/><rect x="146" y="82" width="24" height="22" rx="5" transform="rotate(8 158 93)"/></g><path d="M128 74v78" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".7"/>"##,
    )
}

fn hot_chocolate() -> Scene {
    Scene::new(
        Backdrop::Lilac,
        [158, 169, 70, 7],
        r##"<path d="M204 90q36-2 34 26t-38 30" fill="none" stroke="#a5402f" stroke-width="13" stroke-linecap="round"/><path d="M104 72h108v70q0 26-26 26h-56q-26 0-26-26z" fill="#c05340"/><path d="M104 72h22v96q-22-4-22-26z" fill="#cf6a57"/><path d="M190 72h22v70q0 22-22 26z" fill="#a94433"/><ellipse cx="158" cy="72" rx="54" ry="12" fill="#a5402f"/><ellipse cx="158" cy="73" rx="47" ry="9" fill="#4a2818"/><g fill="#fff"><rect x="118" y="52" width="26" height="22" rx="8"/><rect x="146" y="46" width="28" height="24" rx="8" transform="rotate(10 160 58)"/><rect x="174" y="54" width="24" height="20" rx="7"/></g><path d="M120 66h22q0 8-11 8t-11-8zM148 64l24 4q-4 7-14 5t-10-9zM176 68h20q-2 6-10 6t-10-6z" fill="#f2d9d6"/><path d="M142 110h32M136 122h44M142 134h32" stroke="#e9b7a8" stroke-width="4" stroke-linecap="round"/><path d="M146 38q-7-8 0-15t0-13M172 38q-7-8 0-15t0-13" fill="none" stroke="#fff" stroke-width="3.500" stroke-linecap="round" opacity=".75"/>"##,
    )
}
