//! Things to wear and to carry.

use super::{CLOTHING, GIFTS, HOME};
use crate::draft::{ANY, simple, variable, variation};
use crate::model::Product;

pub(super) fn products() -> Vec<Product> {
    vec![
        simple(107, "TOT-NAT", "canvas-tote", "Canvas Tote, Natural", 12_00)
            .about("Heavy organic cotton, long handles, inside pocket.")
            .within(&[CLOTHING, GIFTS])
            .code("9520417001076")
            .left(21),
        hoodie(),
        cap(),
        tee(),
        socks(),
        simple(137, "UMB-COMP", "compact-umbrella", "Compact Umbrella", 26_00)
            .about("Eight ribs, opens with one hand. It is Bristol, after all.")
            .within(&[CLOTHING, GIFTS])
            .code("470312001376")
            .left(7),
        beanie(),
        simple(166, "APR-STRIPE", "striped-apron", "Striped Apron", 28_00)
            .about("Butcher’s stripe, cross back, one deep pocket.")
            .within(&[CLOTHING, HOME])
            .code("9520417001663")
            .left(5),
        simple(167, "SCA-LAMB", "lambswool-scarf", "Lambswool Scarf", 45_00)
            .about("Woven in the Borders, 180 cm, brushed once.")
            .within(&[CLOTHING])
            .code("9520417001670")
            .now(36_00)
            .left(3),
        kids_tee(),
    ]
}

fn hoodie() -> Product {
    let size = |id, sku, size, pence, pieces| variation(id, sku, &[("Size", size)], pence, pieces);
    variable(
        110,
        "CLO-HOOD",
        "corner-hoodie",
        "Corner Hoodie",
        &[("Size", &["S", "M", "L", "XL"])],
        vec![
            size(1001, "CLO-HOOD-S", "S", 42_00, 3).code("9520417010016"),
            size(1002, "CLO-HOOD-M", "M", 42_00, 7).code("9520417010023"),
            size(1003, "CLO-HOOD-L", "L", 42_00, 0).code("9520417010030"),
            size(1004, "CLO-HOOD-XL", "XL", 45_00, 2).code("9520417010047"),
        ],
    )
    .about("Brushed organic cotton, 400 g, small ring on the chest.")
    .within(&[CLOTHING])
}

fn cap() -> Product {
    let colour = |id, sku, colour, pieces| variation(id, sku, &[("Colour", colour)], 18_00, pieces);
    variable(
        113,
        "CLO-CAP",
        "corner-cap",
        "Corner Cap",
        &[("Colour", &["Forest", "Rust", "Ink", "Sand"])],
        vec![
            colour(1005, "CLO-CAP-FOR", "Forest", 9).code("9520417010054"),
            colour(1006, "CLO-CAP-RUS", "Rust", 4)
                .code("9520417010061")
                .drawn("corner-cap-rust"),
            colour(1007, "CLO-CAP-INK", "Ink", 0)
                .code("9520417010078")
                .drawn("corner-cap-ink")
                .on_backorder(),
            colour(1008, "CLO-CAP-SAN", "Sand", 2)
                .code("9520417010085")
                .now(14_00)
                .drawn("corner-cap-sand"),
        ],
    )
    .about("Six panels, brass buckle, one size.")
    .within(&[CLOTHING])
}

fn tee() -> Product {
    let kind = |id, sku, size, colour, pieces| {
        variation(id, sku, &[("Size", size), ("Colour", colour)], 24_00, pieces)
    };
    let largest =
        variation(1018, "CLO-TEE-XL", &[("Size", "XL"), ("Colour", ANY)], 26_00, 6).code("9520417010184");
    variable(
        125,
        "CLO-TEE",
        "corner-tee",
        "Corner Tee",
        &[
            ("Size", &["S", "M", "L", "XL"]),
            ("Colour", &["Ecru", "Forest", "Rust"]),
        ],
        vec![
            kind(1012, "CLO-TEE-S-ECR", "S", "Ecru", 5).code("9520417010122"),
            kind(1013, "CLO-TEE-S-FOR", "S", "Forest", 2)
                .code("9520417010139")
                .drawn("corner-tee-forest"),
            kind(1014, "CLO-TEE-M-ECR", "M", "Ecru", 8).code("9520417010146"),
            kind(1015, "CLO-TEE-M-FOR", "M", "Forest", 4)
                .code("9520417010153")
                .drawn("corner-tee-forest"),
            kind(1016, "CLO-TEE-M-RUS", "M", "Rust", 3)
                .code("9520417010160")
                .drawn("corner-tee-rust"),
            kind(1017, "CLO-TEE-L-ECR", "L", "Ecru", 0).code("9520417010177"),
            largest,
        ],
    )
    .about("Heavy jersey, boxy cut. In XL every colour is the same article.")
    .within(&[CLOTHING])
}

fn socks() -> Product {
    let kind = |id, sku, size, pattern, pieces| {
        variation(id, sku, &[("Size", size), ("Pattern", pattern)], 9_50, pieces)
    };
    variable(
        130,
        "CLO-SOCK",
        "wool-socks",
        "Wool Socks",
        &[("Size", &["36–40", "41–45"]), ("Pattern", &["Stripe", "Dot"])],
        vec![
            kind(1021, "CLO-SOCK-S-STR", "36–40", "Stripe", 6).code("9520417010214"),
            kind(1022, "CLO-SOCK-S-DOT", "36–40", "Dot", 3)
                .code("9520417010221")
                .drawn("wool-socks-dot"),
            kind(1023, "CLO-SOCK-L-STR", "41–45", "Stripe", 9).code("9520417010238"),
            kind(1024, "CLO-SOCK-L-DOT", "41–45", "Dot", 1)
                .code("9520417010245")
                .now(7_00)
                .drawn("wool-socks-dot"),
        ],
    )
    .about("Merino with a little nylon, no seam at the toe.")
    .within(&[CLOTHING, GIFTS])
}

fn beanie() -> Product {
    let colour = |id, sku, colour, pieces| variation(id, sku, &[("Colour", colour)], 19_00, pieces);
    variable(
        150,
        "CLO-BEAN",
        "knitted-beanie",
        "Knitted Beanie",
        &[("Colour", &["Mustard", "Moss", "Berry"])],
        vec![
            colour(1028, "CLO-BEAN-MUS", "Mustard", 5).code("9520417010283"),
            colour(1029, "CLO-BEAN-MOS", "Moss", 4)
                .code("9520417010290")
                .drawn("knitted-beanie-moss"),
            colour(1030, "CLO-BEAN-BER", "Berry", 0)
                .code("9520417010306")
                .drawn("knitted-beanie-berry"),
        ],
    )
    .about("Ribbed lambswool, knitted two streets away.")
    .within(&[CLOTHING])
}

fn kids_tee() -> Product {
    let age = |id, sku, age| variation(id, sku, &[("Age", age)], 14_00, 0).sharing_stock();
    variable(
        180,
        "CLO-KIDS",
        "kids-tee",
        "Kids’ Tee, Little Bean",
        &[("Age", &["1–2", "3–4", "5–6", "7–8"])],
        vec![
            age(1033, "CLO-KIDS-1", "1–2").code("9520417010337"),
            age(1034, "CLO-KIDS-3", "3–4").code("9520417010344"),
            age(1035, "CLO-KIDS-5", "5–6").code("9520417010351"),
            age(1036, "CLO-KIDS-7", "7–8").code("9520417010368"),
        ],
    )
    .about("Soft jersey, printed to order, so all sizes share one count.")
    .within(&[CLOTHING])
    .zero_rated()
    .left(16)
}
