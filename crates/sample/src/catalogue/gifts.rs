//! Things to wrap.

use super::{BAKERY, GIFTS, HOME, MUGS, STATIONERY};
use crate::draft::{simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    let mut products = keepsakes();
    products.extend(parcels());
    products.push(gift_card());
    products.push(mini_candle());
    products
}

fn keepsakes() -> Vec<Product> {
    vec![
        simple(108, "CAN-FIG", "soy-candle-fig", "Soy Candle, Fig & Cedar", 16_00)
            .about("Forty hours, hand poured, cotton wick.")
            .within(&[GIFTS, HOME])
            .code("9520417001083")
            .left(6),
        simple(
            114,
            "PRT-HARBOUR",
            "harbourside-print",
            "Harbourside Print A3",
            22_00,
        )
        .about("Risograph on heavy paper, signed, not framed.")
        .within(&[GIFTS])
        .code("9520417001144")
        .left(14),
        simple(115, "AUD-STUDIO", "studio-headphones", "Studio Headphones", 89_00)
            .about("Closed, foldable, with a cable that can be replaced.")
            .within(&[GIFTS])
            .code("470312001154")
            .left(2),
        simple(123, "PIN-BEAN", "enamel-pin", "Enamel Pin, Bean", 5_00)
            .about("Hard enamel, two posts, 22 mm.")
            .within(&[GIFTS])
            .code("9520417001236")
            .left(52),
        simple(132, "SOA-LAV", "lavender-soap", "Lavender & Oat Soap", 6_50)
            .about("Cold process, 110 g, wrapped in paper.")
            .within(&[GIFTS, HOME])
            .code("9520417001328")
            .left(19),
        simple(
            142,
            "PUZ-1000",
            "jigsaw-puzzle",
            "Jigsaw Puzzle, 1000 pieces",
            19_00,
        )
        .about("The harbour at dusk. All the pieces, we counted.")
        .within(&[GIFTS])
        .code("9520417001427")
        .left(5),
        simple(146, "PIN-STAR", "pinata-star", "Piñata, Star", 18_50)
            .in_language("es")
            .about("Paper and patience. Comes empty, holds a kilo of sweets.")
            .within(&[GIFTS])
            .code("9520417001465")
            .left(3),
        simple(178, "HND-ROSE", "hand-cream", "Hand Cream, Rose & Geranium", 9_80)
            .about("Shea butter, 75 ml, sinks in at once.")
            .within(&[GIFTS])
            .code("9520417001786")
            .left(13),
    ]
}

fn parcels() -> Vec<Product> {
    vec![
        simple(
            106,
            "KIT-AUSSTECH",
            "ausstechformen",
            "Weihnachtsplätzchen-Ausstechformen",
            16_50,
        )
        .in_language("de")
        .about("Nine cutters for Christmas biscuits, from a tinsmith in Nuremberg.")
        .within(&[GIFTS, BAKERY])
        .code("9520417001069")
        .without_picture()
        .left(5),
        simple(147, "KIT-BRULEE", "creme-brulee-kit", "Crème brûlée Kit", 34_00)
            .in_language("fr")
            .about("Two ramekins, a small torch and the recipe. Gas not included.")
            .within(&[GIFTS, HOME])
            .code("9520417001472")
            .left(4),
        simple(
            186,
            "SET-LANTERN",
            "tote-and-mug-set",
            "Lantern Street Set: Tote, Mug & Beans",
            32_00,
        )
        .about("One of each, packed. You choose the glaze.")
        .within(&[GIFTS, MUGS])
        .without_picture()
        .left(6),
        simple(187, "SRV-WRAP", "gift-wrapping", "Gift Wrapping", 2_50)
            .about("Brown paper, a ribbon and a sprig of something.")
            .within(&[GIFTS, STATIONERY])
            .without_picture(),
    ]
}

fn gift_card() -> Product {
    let amount = |id, sku, amount, pence| variation(id, sku, &[("Amount", amount)], pence, 0).uncounted();
    variable(
        117,
        "GFT-CARD",
        "gift-card",
        "Gift Card",
        &[("Amount", &["£10", "£25", "£50"])],
        vec![
            amount(1009, "GFT-CARD-10", "£10", 10_00).code("9520417010092"),
            amount(1010, "GFT-CARD-25", "£25", 25_00).code("9520417010108"),
            amount(1011, "GFT-CARD-50", "£50", 50_00).code("9520417010115"),
        ],
    )
    .about("Never runs out. Taxed when it is spent, not when it is bought.")
    .within(&[GIFTS])
    .untaxed()
}

fn mini_candle() -> Product {
    variable(
        182,
        "CAN-MINI",
        "mini-candle",
        "Mini Candle",
        &[("Scent", &["Orange & Clove", "Sea Salt", "Tomato Leaf"])],
        vec![
            variation(1041, "CAN-MINI-ORA", &[("Scent", "Orange & Clove")], 7_50, 11).code("9520417010412"),
            variation(1042, "CAN-MINI-SEA", &[("Scent", "Sea Salt")], 7_50, 8)
                .code("9520417010429")
                .drawn("mini-candle-sea"),
            variation(1043, "CAN-MINI-TOM", &[("Scent", "Tomato Leaf")], 7_50, 1)
                .code("9520417010436")
                .now(5_00)
                .drawn("mini-candle-tomato"),
        ],
    )
    .about("Twelve hours in a tin that keeps buttons afterwards.")
    .within(&[GIFTS, HOME])
}
