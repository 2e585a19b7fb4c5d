//! Leaves, loose and packed.

use super::{LOOSE, TEA};
use crate::draft::simple;
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    vec![
        simple(
            128,
            "TEA-GREY-KG",
            "earl-grey-loose",
            "Earl Grey, loose leaf",
            64_00,
        )
        .about("Ceylon leaf, bergamot oil and cornflower. Weighed at the counter.")
        .within(&[TEA, LOOSE])
        .zero_rated()
        .code("9520417001281")
        .weighed(2_150),
        simple(
            140,
            "TEA-SENCHA-100",
            "sencha-tin",
            "Sencha Green, 100 g tin",
            13_50,
        )
        .about("First flush, steamed. Brew at 75 °C for a minute.")
        .within(&[TEA])
        .zero_rated()
        .code("9520417001403")
        .left(9),
        simple(
            152,
            "TEA-BREAK-40",
            "english-breakfast",
            "English Breakfast, 40 bags",
            4_95,
        )
        .about("Assam and Kenya, stands up to milk.")
        .within(&[TEA])
        .zero_rated()
        .code("9520417001526")
        .left(31),
        simple(
            168,
            "TEA-CAMO-KG",
            "chamomile-loose",
            "Chamomile Flowers, loose",
            46_00,
        )
        .about("Whole flowers for a quiet evening. Weighed at the counter.")
        .within(&[TEA, LOOSE])
        .zero_rated()
        .code("9520417001687")
        .weighed(875),
        simple(
            183,
            "TEA-ROOI-100",
            "rooibos-tin",
            "Rooibos & Orange, 100 g tin",
            11_80,
        )
        .about("No caffeine, orange peel and a little clove.")
        .within(&[TEA])
        .zero_rated()
        .code("9520417001830")
        .left(12),
    ]
}
