//! Things to drink from.

use super::{COFFEE, GIFTS, HOME, MUGS};
use crate::draft::{simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    vec![
        simple(
            105,
            "MUG-MOSS",
            "stoneware-mug-moss",
            "Stoneware Mug, Moss",
            14_00,
        )
        .about("Thrown in Stroud, speckled glaze, 320 ml.")
        .within(&[MUGS, GIFTS])
        .code("9520417001052")
        .left(8),
        simple(111, "BOT-STEEL-500", "steel-bottle", "Steel Bottle 500 ml", 24_00)
            .about("Double wall, cold for a day, hot for twelve hours.")
            .within(&[MUGS, HOME])
            .code("9520417001113")
            .left(0),
        simple(
            129,
            "MUG-OCEAN",
            "stoneware-mug-ocean",
            "Stoneware Mug, Ocean",
            14_00,
        )
        .about("Thrown in Stroud, reactive blue glaze, 320 ml.")
        .within(&[MUGS, GIFTS])
        .code("9520417001298")
        .left(12),
        simple(143, "MUG-CAMP", "enamel-camp-mug", "Enamel Camp Mug", 11_00)
            .about("Steel and enamel, 350 ml. Happy on a fire, not in a microwave.")
            .within(&[MUGS])
            .code("470312001437")
            .left(15),
        simple(
            163,
            "MUG-PAIR",
            "espresso-cup-pair",
            "Espresso Cups, a pair",
            22_00,
        )
        .about("Porcelain, 80 ml, one for each of you.")
        .within(&[MUGS, COFFEE])
        .code("9520417001632")
        .now(18_50)
        .left(4),
        variable(
            181,
            "MUG-TRAVEL",
            "travel-cup",
            "Travel Cup",
            &[("Size", &["8 oz", "12 oz"]), ("Colour", &["Sand", "Ink"])],
            vec![
                variation(
                    1037,
                    "MUG-TRAVEL-8S",
                    &[("Size", "8 oz"), ("Colour", "Sand")],
                    12_00,
                    9,
                )
                .code("9520417010375"),
                variation(
                    1038,
                    "MUG-TRAVEL-8I",
                    &[("Size", "8 oz"), ("Colour", "Ink")],
                    12_00,
                    6,
                )
                .code("9520417010382")
                .drawn("travel-cup-ink"),
                variation(
                    1039,
                    "MUG-TRAVEL-12S",
                    &[("Size", "12 oz"), ("Colour", "Sand")],
                    14_00,
                    0,
                )
                .code("9520417010399"),
                variation(
                    1040,
                    "MUG-TRAVEL-12I",
                    &[("Size", "12 oz"), ("Colour", "Ink")],
                    14_00,
                    3,
                )
                .code("9520417010405")
                .drawn("travel-cup-ink"),
            ],
        )
        .about("Glass with a cork band and a lid that closes.")
        .within(&[MUGS]),
    ]
}
