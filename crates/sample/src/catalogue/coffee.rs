//! Beans, what is brewed at the counter, and things to brew with.

use super::{COFFEE, DRINKS, GIFTS, HOME, LOOSE};
use crate::draft::{simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    let mut products = beans();
    products.extend(drinks());
    products.extend(brewing());
    products
}

fn beans() -> Vec<Product> {
    vec![
        simple(
            101,
            "COF-HOUSE-250",
            "house-espresso",
            "House Espresso Beans 250 g",
            11_00,
        )
        .about("Cocoa, hazelnut and a long finish. Roasted on Tuesdays.")
        .within(&[COFFEE])
        .zero_rated()
        .code("9520417001014")
        .now(9_50)
        .left(34),
        simple(
            104,
            "COF-GUJI-KG",
            "ethiopia-guji",
            "Ethiopia Guji, loose beans",
            32_00,
        )
        .about("Peach and jasmine, from the big jar. Weighed at the counter.")
        .within(&[COFFEE, LOOSE])
        .zero_rated()
        .code("9520417001045")
        .weighed(4_620),
        variable(
            126,
            "COF-HUILA",
            "colombia-huila",
            "Colombia Huila Beans",
            &[("Weight", &["250 g", "1 kg"])],
            vec![
                variation(1019, "COF-HUILA-250", &[("Weight", "250 g")], 10_50, 18).code("9520417010191"),
                variation(1020, "COF-HUILA-1000", &[("Weight", "1 kg")], 38_00, 4)
                    .code("9520417010207")
                    .now(34_50),
            ],
        )
        .about("Red apple, caramel and a clean cup. A single farm at 1,800 metres.")
        .within(&[COFFEE])
        .zero_rated(),
        simple(
            151,
            "COF-DECAF-250",
            "decaf-sumatra",
            "Decaf Sumatra Beans 250 g",
            10_80,
        )
        .about("Water process, dark and syrupy. The next roast is on its way.")
        .within(&[COFFEE])
        .zero_rated()
        .code("470312001512")
        .on_backorder(-2),
    ]
}

fn drinks() -> Vec<Product> {
    let made_here = |product: Product| product.within(&[DRINKS]);
    vec![
        made_here(simple(102, "DRK-FLAT", "flat-white", "Flat White", 3_60))
            .about("Double ristretto, silky milk."),
        made_here(simple(120, "DRK-CHAI", "chai-latte", "Chai Latte", 3_80))
            .about("House spice mix, not too sweet."),
        made_here(simple(131, "DRK-CAPP", "cappuccino", "Cappuccino", 3_50))
            .about("Equal thirds and a little cocoa."),
        made_here(simple(139, "DRK-ESPR", "espresso", "Espresso", 2_40)).about("Today: House Espresso."),
        made_here(simple(145, "DRK-ICED", "iced-latte", "Iced Latte", 4_20))
            .about("Over ice, oat milk on request."),
        made_here(simple(
            171,
            "DRK-CHOC",
            "hot-chocolate",
            "Hot Chocolate & Marshmallow",
            4_00,
        ))
        .about("Proper chocolate, melted not stirred."),
    ]
}

fn brewing() -> Vec<Product> {
    vec![
        simple(
            119,
            "BRW-PAPER-100",
            "filter-papers",
            "Filter Papers, 100 pcs",
            4_20,
        )
        .about("Unbleached cone papers for one to four cups.")
        .within(&[COFFEE])
        .code("9520417001199")
        .left(26),
        simple(160, "BRW-PRESS-3", "french-press", "French Press, 3 cups", 27_50)
            .about("Borosilicate glass in a steel frame, 350 ml.")
            .within(&[COFFEE, HOME])
            .code("9520417001601")
            .left(7),
        simple(161, "BRW-DRIP", "pour-over-dripper", "Pour-over Dripper", 21_00)
            .about("Glazed stoneware, sits on any mug.")
            .within(&[COFFEE, HOME])
            .code("9520417001618")
            .left(5),
        simple(162, "BRW-GRIND", "hand-grinder", "Hand Grinder", 64_00)
            .about("Steel burrs, thirty clicks from Turkish to press.")
            .within(&[COFFEE, GIFTS])
            .code("470312001628")
            .now(54_00)
            .left(2),
    ]
}
