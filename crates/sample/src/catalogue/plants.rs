//! Green things and where they live.

use super::{GIFTS, HOME, PANTRY, PLANTS};
use crate::draft::{simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    let size = |id, sku, size, pence, pieces| variation(id, sku, &[("Width", size)], pence, pieces);
    vec![
        simple(112, "PLA-MONS", "monstera", "Monstera in Clay Pot", 19_50)
            .about("Bright shade, water on Sundays.")
            .within(&[PLANTS])
            .code("9520417001120")
            .left(3),
        simple(134, "PLA-SNAKE", "snake-plant", "Snake Plant", 24_00)
            .about("Thrives on being forgotten.")
            .within(&[PLANTS])
            .code("9520417001342")
            .left(5),
        variable(
            148,
            "POT-TERRA",
            "terracotta-pot",
            "Terracotta Pot & Saucer",
            &[("Width", &["9 cm", "12 cm", "16 cm"])],
            vec![
                size(1025, "POT-TERRA-9", "9 cm", 4_50, 22).code("9520417010252"),
                size(1026, "POT-TERRA-12", "12 cm", 6_50, 14).code("9520417010269"),
                size(1027, "POT-TERRA-16", "16 cm", 9_00, 3).code("9520417010276"),
            ],
        )
        .about("Fired in Somerset, weathers well outside.")
        .within(&[PLANTS, HOME]),
        simple(155, "PLA-CACT", "little-cactus", "Little Cactus", 7_50)
            .about("Ten centimetres of attitude.")
            .within(&[PLANTS, GIFTS])
            .code("9520417001557")
            .left(17),
        simple(164, "PLA-BASIL", "basil-pot", "Basil in a Pot", 3_80)
            .about("For the windowsill, then for the pasta.")
            .within(&[PLANTS, PANTRY])
            .zero_rated()
            .code("9520417001649")
            .left(6),
        simple(165, "PLA-CAN", "watering-can", "Brass Watering Can", 38_00)
            .about("One litre, long neck, brushed brass.")
            .within(&[PLANTS, HOME])
            .code("470312001659")
            .left(1),
        simple(179, "PLA-SEED", "wildflower-seeds", "Wildflower Seeds", 3_50)
            .about("Poppy, cornflower and daisy for two square metres.")
            .within(&[PLANTS, GIFTS])
            .code("9520417001793")
            .left(44),
    ]
}
