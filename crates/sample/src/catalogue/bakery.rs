//! From the oven, the same morning.

use super::BAKERY;
use crate::draft::simple;
use crate::model::Product;

/// The baker's code, on fresh loaves and on those of the day before.
const SOURDOUGH: &str = "9520417001274";

pub(super) fn products() -> Vec<Product> {
    let baked = |product: Product| product.within(&[BAKERY]).zero_rated();
    vec![
        baked(simple(
            103,
            "BAK-CROI",
            "butter-croissant",
            "Butter Croissant",
            2_80,
        ))
        .about("Three days of folding, twenty minutes of oven.")
        .code("9520417001038")
        .left(11),
        baked(simple(
            116,
            "BAK-OATC",
            "oat-choc-cookie",
            "Oat & Choc Cookie",
            2_40,
        ))
        .about("Chewy in the middle, crisp at the edge.")
        .code("9520417001168")
        .left(18),
        baked(simple(
            124,
            "BAK-ALMO",
            "almond-croissant",
            "Almond Croissant",
            3_40,
        ))
        .about("Yesterday’s croissant, reborn with frangipane.")
        .code("9520417001243")
        .left(0),
        baked(simple(127, "BAK-SOUR", "sourdough-loaf", "Sourdough Loaf", 4_60))
            .about("800 g, dark crust, from a starter called Maud.")
            .code(SOURDOUGH)
            .left(8),
        baked(simple(138, "BAK-CINN", "cinnamon-bun", "Cinnamon Bun", 3_20))
            .about("Brown butter, Ceylon cinnamon.")
            .code("9520417001380")
            .left(9),
        baked(simple(
            144,
            "BAK-PAIN",
            "pain-au-chocolat",
            "Pain au Chocolat",
            3_10,
        ))
        .in_language("fr")
        .about("Two bars, as it should be.")
        .code("9520417001441")
        .left(6),
        baked(simple(
            153,
            "BAK-MUFF",
            "blueberry-muffin",
            "Blueberry Muffin",
            2_90,
        ))
        .about("Sour cream and whole berries.")
        .code("9520417001533")
        .left(10),
        baked(simple(
            158,
            "BAK-SOUR-Y",
            "sourdough-yesterday",
            "Sourdough Loaf, yesterday’s",
            2_30,
        ))
        .about("Still good, better as toast. Carries the same code as the fresh loaf.")
        .code(SOURDOUGH)
        .left(2),
        baked(simple(169, "BAK-BAGU", "baguette", "Baguette de Tradition", 2_60))
            .in_language("fr")
            .about("Flour, water, salt, yeast and a long night.")
            .code("9520417001694")
            .left(14),
        baked(simple(170, "BAK-BROW", "walnut-brownie", "Walnut Brownie", 3_00))
            .about("Dense, dark, cut by hand.")
            .code("9520417001700")
            .left(7),
    ]
}
