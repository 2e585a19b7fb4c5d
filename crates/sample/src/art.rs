//! The pictures: flat drawings on a coloured wall and a table, made of a few shapes each.
//!
//! One family module per kind of thing; what differs within a family is an argument, so a second mug is a second
//! colour and not a second drawing. No letters and no fonts, so a picture looks the same on every machine.

mod bakery;
mod brew;
mod cups;
mod fabric;
mod gifts;
mod hearth;
mod ink;
mod jars;
mod mugs;
mod pantry;
mod paper;
mod plants;
mod scene;
mod shirts;

use scene::Scene;

/// Draws the picture a product or variation names, as one SVG file of at most 6 kB; `None` for an unknown slug.
///
/// The picture is 4:3. What matters stands in the middle 16:10, so a tile may cut a little off the top and the foot.
pub fn picture(slug: &str) -> Option<String> {
    let families: [fn(&str) -> Option<Scene>; 11] = [
        bakery::draw,
        brew::draw,
        cups::draw,
        fabric::draw,
        gifts::draw,
        hearth::draw,
        mugs::draw,
        paper::draw,
        pantry::draw,
        plants::draw,
        shirts::draw,
    ];
    families
        .iter()
        .find_map(|draw| draw(slug))
        .map(|scene| scene.svg())
}
