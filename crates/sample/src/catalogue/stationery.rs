//! Paper and what marks it.

use super::{GIFTS, STATIONERY};
use crate::draft::{simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    vec![
        simple(109, "STA-DOT-A5", "dotted-notebook", "Dotted Notebook A5", 8_00)
            .about("160 numbered pages that lie flat.")
            .within(&[STATIONERY, GIFTS])
            .code("9520417001090")
            .left(40),
        simple(121, "STA-MAP", "pocket-map", "Pocket Map of Bristol", 6_00)
            .about("Drawn by hand, folded small, steep bits marked.")
            .within(&[STATIONERY, GIFTS])
            .zero_rated()
            .code("9520417001212")
            .left(31),
        variable(
            135,
            "STA-FOUNT",
            "fountain-pen",
            "Fountain Pen",
            &[("Nib", &["Fine", "Medium"])],
            vec![
                variation(1031, "STA-FOUNT-F", &[("Nib", "Fine")], 29_00, 4).code("9520417010313"),
                variation(1032, "STA-FOUNT-M", &[("Nib", "Medium")], 29_00, 6).code("9520417010320"),
            ],
        )
        .about("Steel nib, brass clip, one cartridge to start with.")
        .within(&[STATIONERY, GIFTS]),
        simple(
            149,
            "STA-CARDS-5",
            "greeting-cards",
            "Greeting Cards, set of 5",
            9_00,
        )
        .about("Letterpress, with kraft envelopes.")
        .within(&[STATIONERY, GIFTS])
        .code("9520417001496")
        .left(23),
        simple(156, "STA-WASHI", "washi-tape", "Washi Tape, 3 rolls", 7_20)
            .about("Rice paper, 15 mm wide, peels off clean.")
            .within(&[STATIONERY])
            .code("9520417001564")
            .left(28),
        simple(
            157,
            "STA-PENCIL-12",
            "colour-pencils",
            "Colour Pencils, 12",
            11_50,
        )
        .about("Soft cores in cedar, sharpened.")
        .within(&[STATIONERY])
        .code("470312001574")
        .left(13),
        simple(
            177,
            "STA-WRAP-3",
            "wrapping-paper",
            "Wrapping Paper, 3 sheets",
            5_40,
        )
        .about("50 × 70 cm, printed on both sides.")
        .within(&[STATIONERY, GIFTS])
        .code("9520417001779")
        .left(36),
    ]
}
