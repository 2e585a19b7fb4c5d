//! Jars, bars and bottles.

use super::{BAKERY, GIFTS, LOOSE, PANTRY};
use crate::draft::simple;
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    let mut products = spreads_and_staples();
    products.extend(sweets());
    products
}

fn spreads_and_staples() -> Vec<Product> {
    let food = |product: Product| product.within(&[PANTRY]).zero_rated();
    vec![
        food(simple(
            133,
            "PAN-JAM-STR",
            "strawberry-jam",
            "Strawberry Jam",
            4_80,
        ))
        .about("More fruit than sugar, 340 g.")
        .code("9520417001335")
        .left(16),
        food(simple(
            141,
            "PAN-HONEY",
            "wildflower-honey",
            "Wildflower Honey",
            8_90,
        ))
        .about("From hives on the allotments, 340 g.")
        .code("9520417001410")
        .left(10),
        food(simple(
            154,
            "PAN-OIL-500",
            "olive-oil",
            "Olive Oil, Early Harvest 500 ml",
            17_50,
        ))
        .about("Koroneiki, peppery, pressed in November.")
        .code("470312001543")
        .left(8),
        food(simple(
            172,
            "PAN-MARM",
            "seville-marmalade",
            "Seville Marmalade",
            5_20,
        ))
        .about("Thick cut, a little whisky.")
        .code("9520417001724")
        .now(4_40)
        .left(12),
        simple(
            173,
            "PAN-GRAN-KG",
            "granola-loose",
            "Toasted Granola, loose",
            14_00,
        )
        .about("Oats, hazelnut and apricot. Weighed at the counter.")
        .within(&[PANTRY, LOOSE])
        .zero_rated()
        .code("9520417001731")
        .weighed(6_400),
        food(simple(
            184,
            "PAN-HOT",
            "jalapeno-sauce",
            "Jalapeño & Lime Hot Sauce",
            6_20,
        ))
        .about("Green, bright, medium brave. 150 ml.")
        .code("9520417001847")
        .left(9),
        food(simple(185, "PAN-SALT", "sea-salt", "Sea Salt Flakes 250 g", 3_90))
            .about("From Anglesey, in a pinch-sized box.")
            .code("9520417001854")
            .without_picture()
            .left(20),
    ]
}

fn sweets() -> Vec<Product> {
    vec![
        simple(
            118,
            "PAN-SHORT",
            "bergamot-shortbread",
            "Bergamot Shortbread",
            5_75,
        )
        .about("All butter, eight fingers.")
        .within(&[PANTRY, BAKERY])
        .zero_rated()
        .code("9520417001182")
        .left(9),
        simple(136, "PAN-CHO-72", "dark-chocolate", "Dark Chocolate 72 %", 4_50)
            .about("Single origin Madagascar, 70 g.")
            .within(&[PANTRY, GIFTS])
            .code("9520417001366")
            .left(24),
        simple(
            159,
            "PAN-CHO-MS",
            "milk-chocolate",
            "Milk Chocolate & Sea Salt",
            4_50,
        )
        .about("Forty-five per cent cocoa, flakes on the back, 70 g.")
        .within(&[PANTRY, GIFTS])
        .code("9520417001595")
        .now(3_60)
        .left(15),
        simple(
            188,
            "PAN-FUDGE-KG",
            "fudge-loose",
            "Clotted Cream Fudge, loose",
            22_00,
        )
        .about("Cut from the slab. Weighed at the counter.")
        .within(&[PANTRY, LOOSE])
        .code("9520417001885")
        .weighed(1_285),
    ]
}
