//! The big glass jars whose contents are sold by weight.

use super::ink::Ink;
use super::scene::{Backdrop, Scene};

/// Draws a coffee bean at a place, turned by degrees, sized in tenths.
pub(super) fn bean(x: i32, y: i32, turned: i32, colour: &str, tenths: i32) -> String {
    let (whole, tenth) = (tenths / 10, tenths % 10);
    format!(
        r##"<g transform="translate({x} {y}) rotate({turned}) scale({whole}.{tenth})"><ellipse rx="9" ry="6" fill="{colour}"/><path d="M-8 0q4-3 8 0t8 0" fill="none" stroke="#2e1b10" stroke-width="1.600"/></g>"##
    )
}

pub(super) fn of_beans() -> Scene {
    let piece = |index: i32, x, y| {
        bean(
            x,
            y,
            index * 47 % 180,
            if index % 3 == 0 { "#7f5638" } else { "#6f4930" },
            8,
        )
    };
    jar(Backdrop::Lilac, Ink(0x4b2f1f), Ink(0x4b3b78), &shaken(piece))
}

pub(super) fn of_earl_grey() -> Scene {
    let piece = |index: i32, x, y| {
        let colour = if index % 3 == 1 { "#6f93dc" } else { "#75695b" };
        let turned = index * 61 % 180;
        format!(
            r##"<path transform="translate({x} {y}) rotate({turned})" d="M-8 0q8-7 16 0-8 6-16 0z" fill="{colour}"/>"##
        )
    };
    jar(Backdrop::Butter, Ink(0x39322b), Ink(0x36558f), &shaken(piece))
}

pub(super) fn of_chamomile() -> Scene {
    let piece = |index: i32, x, y| {
        let radius = 3 + index % 2;
        format!(
            r##"<circle cx="{x}" cy="{y}" r="8" fill="#fbf6e6"/><circle cx="{x}" cy="{y}" r="{radius}" fill="#e0a83a"/>"##
        )
    };
    jar(Backdrop::Sage, Ink(0xb09c58), Ink(0x5d7a45), &shaken(piece))
}

pub(super) fn of_granola() -> Scene {
    let piece = |index: i32, x, y| {
        let (colour, radius) = match index % 4 {
            0 => ("#e79a4b", 6),
            1 => ("#8a5a35", 7),
            2 => ("#e9cf9c", 6),
            _ => ("#d3a768", 8),
        };
        format!(r##"<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>"##)
    };
    jar(Backdrop::Sky, Ink(0xb98648), Ink(0x8a4b23), &shaken(piece))
}

/// Fills the jar with six rows of five pieces, shaken a little; those the label would hide are left out.
fn shaken(piece: impl Fn(i32, i32, i32) -> String) -> String {
    (0..30)
        .map(|index| {
            (
                index,
                127 + index % 5 * 16 + index / 5 % 2 * 4,
                93 + index / 5 * 12 + index * 7 % 5 - 2,
            )
        })
        .filter(|&(_, x, y)| !((140..=180).contains(&x) && (117..=141).contains(&y)))
        .map(|(index, x, y)| piece(index, x, y))
        .collect()
}

fn jar(backdrop: Backdrop, fill: Ink, print: Ink, pieces: &str) -> Scene {
    Scene::new(
        backdrop,
        [160, 168, 70, 7],
        format!(
            r##"<rect x="112" y="58" width="96" height="111" rx="16" fill="#fff" opacity=".75"/><path d="M118 84h84v70q0 10-10 10h-64q-10 0-10-10z" fill="{fill}"/>{pieces}<rect x="132" y="112" width="56" height="34" rx="3" fill="#fff"/><path d="M140 121h40v5h-40zM146 132h28v4h-28z" fill="{print}"/><rect x="106" y="40" width="108" height="22" rx="6" fill="#c79a63"/><path d="M106 52h108v4H106z" fill="#b3854f"/><path d="M120 70v84" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".8"/>"##
        ),
    )
}
