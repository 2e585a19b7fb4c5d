//! For the kitchen and the fireplace.

use super::{GIFTS, HOME};
use crate::draft::simple;
use crate::model::Product;
use crate::premises::REDUCED;

pub(super) fn products() -> Vec<Product> {
    vec![
        simple(
            122,
            "HOM-TOWEL",
            "linen-tea-towel",
            "Linen Tea Towel, Rust",
            11_50,
        )
        .about("Stonewashed, with a loop that stays on.")
        .within(&[HOME, GIFTS])
        .code("9520417001229")
        .left(7),
        simple(174, "HOM-KINDLE", "kindling-bundle", "Kindling Bundle", 5_25)
            .about("Split ash, dry enough to light with one match.")
            .within(&[HOME])
            .taxed_as(REDUCED)
            .code("9520417001748")
            .left(18),
        simple(175, "HOM-LOGS", "oak-logs", "Oak Logs, net of 12", 8_40)
            .about("Two years under cover. We carry it to the car.")
            .within(&[HOME])
            .taxed_as(REDUCED)
            .code("9520417001755")
            .left(11),
        simple(176, "HOM-MATCH", "long-matches", "Long Matches, box of 60", 4_00)
            .about("Ten centimetres, for candles in deep jars.")
            .within(&[HOME, GIFTS])
            .code("9520417001762")
            .left(25),
    ]
}
