//! What stands on the shelves.

mod bakery;
mod clothing;
mod coffee;
mod gifts;
mod home;
mod mugs;
mod pantry;
mod plants;
mod stationery;
mod tea;

use crate::model::{Category, Product};

const COFFEE: i64 = 11;
const DRINKS: i64 = 12;
const TEA: i64 = 13;
const BAKERY: i64 = 14;
const PANTRY: i64 = 15;
const LOOSE: i64 = 16;
const MUGS: i64 = 17;
const GIFTS: i64 = 18;
const CLOTHING: i64 = 19;
const PLANTS: i64 = 20;
const STATIONERY: i64 = 21;
const HOME: i64 = 22;

pub(crate) fn categories() -> Vec<Category> {
    let category = |id, slug, name| Category {
        id,
        slug,
        name,
        parent: None,
    };
    vec![
        category(COFFEE, "coffee", "Coffee"),
        Category {
            parent: Some(COFFEE),
            ..category(DRINKS, "drinks", "Made here")
        },
        category(TEA, "tea", "Tea"),
        category(BAKERY, "bakery", "Bakery"),
        category(MUGS, "mugs", "Mugs"),
        category(GIFTS, "gifts", "Gifts"),
        category(CLOTHING, "clothing", "Clothing"),
        category(PLANTS, "plants", "Plants"),
        category(PANTRY, "pantry", "Pantry"),
        Category {
            parent: Some(PANTRY),
            ..category(LOOSE, "loose-and-weighed", "Loose & Weighed")
        },
        category(STATIONERY, "stationery", "Stationery"),
        category(HOME, "home", "Home & Hearth"),
    ]
}

pub(crate) fn products() -> Vec<Product> {
    let shelves = [
        coffee::products(),
        tea::products(),
        bakery::products(),
        mugs::products(),
        gifts::products(),
        clothing::products(),
        plants::products(),
        pantry::products(),
        stationery::products(),
        home::products(),
    ];
    let mut products: Vec<Product> = shelves.into_iter().flatten().collect();
    products.sort_by_key(|product| product.id);
    products
}
