//! The catalogue as the register uses it: in memory, ready to be searched and sold from.
//!
//! Built anew from what is stored whenever that changes, and then shared unchanged: a page that is being drawn
//! never sees half a change. Nothing here knows where the goods came from.

mod article;
mod tax;

use std::collections::{BTreeSet, HashMap};

use evertill_sale::search::{Findable, Index, ItemKey, Scanned};
use evertill_sale::tax::TaxSetup;
use evertill_wire::money::{CurrencyFormat, SignPosition};
use evertill_wire::rest::catalogue::{Category, Product, StoreSettings, Variation};
use evertill_wire::rest::de::unescape;
use rust_decimal::prelude::ToPrimitive;

pub(crate) use article::{Article, Bar, unit};

use crate::db::goods::Goods;

/// Finds that a search turns up at most; nobody leafs through more.
const FOUND_MAX: usize = 600;

/// Everything the register sells and how the store counts its money.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    products: HashMap<i64, Product>,
    /// Products the register shows, in the shop's own order, then by name.
    order: Vec<i64>,
    variations: HashMap<i64, Variation>,
    by_product: HashMap<i64, Vec<i64>>,
    index: Index,
    /// Categories with something to sell in them, in the shop's order.
    pub(crate) categories: Vec<Category>,
    /// How the store taxes.
    pub(crate) setup: TaxSetup,
    /// How the store writes money.
    pub(crate) currency: CurrencyFormat,
    /// Name, address and the rest.
    pub(crate) settings: StoreSettings,
    /// Anything may be sold in parts: the shop counts its stock in parts and does not say what of.
    sells_all_in_parts: bool,
    /// The store was read once from the first to the last page.
    pub(crate) is_complete: bool,
}

impl Shelf {
    /// Puts the shelf together.
    pub(crate) fn new(goods: Goods, settings: StoreSettings, wc_version: &str, is_complete: bool) -> Self {
        let mut by_product: HashMap<i64, Vec<i64>> = HashMap::new();
        for variation in goods
            .variations
            .iter()
            .filter(|variation| is_live(&variation.status))
        {
            by_product
                .entry(variation.parent_id)
                .or_default()
                .push(variation.id);
        }
        let mut shown: Vec<&Product> = goods
            .products
            .iter()
            .filter(|product| is_shown(product))
            .collect();
        shown.sort_by_cached_key(|product| {
            let name = unescape(&product.name).to_lowercase();
            (product.menu_order, name, product.id)
        });
        let order: Vec<i64> = shown.iter().map(|product| product.id).collect();
        let used: BTreeSet<i64> = shown
            .iter()
            .flat_map(|product| product.categories.iter().map(|term| term.id))
            .collect();
        let mut categories: Vec<Category> = goods
            .categories
            .into_iter()
            .filter(|category| used.contains(&category.id))
            .collect();
        categories
            .sort_by_cached_key(|category| (category.menu_order, unescape(&category.name).to_lowercase()));
        let index = index(&shown, &goods.variations, &by_product);
        // A stock store keeps the option to itself; a stock that is counted in parts gives it away.
        let sells_all_in_parts = goods.products.iter().any(is_counted_in_parts)
            && goods.products.iter().all(|product| unit(product).is_empty());
        Self {
            order,
            by_product,
            index,
            sells_all_in_parts,
            categories,
            setup: tax::setup(&settings, &goods.tax_rates, wc_version),
            currency: currency(&settings),
            settings,
            is_complete,
            products: goods
                .products
                .into_iter()
                .map(|product| (product.id, product))
                .collect(),
            variations: goods
                .variations
                .into_iter()
                .map(|variation| (variation.id, variation))
                .collect(),
        }
    }

    /// Products the register shows, in the shop's own order, all or of one category.
    pub(crate) fn shown(&self, category: Option<i64>) -> Vec<&Product> {
        self.order
            .iter()
            .filter_map(|id| self.products.get(id))
            .filter(|product| category.is_none_or(|id| product.categories.iter().any(|term| term.id == id)))
            .collect()
    }

    /// One product.
    pub(crate) fn product(&self, id: i64) -> Option<&Product> {
        self.products.get(&id)
    }

    /// Whether a product may be sold in parts; 0 stands for what is not in the catalogue.
    pub(crate) fn sells_in_parts(&self, product_id: i64) -> bool {
        self.sells_all_in_parts
            || self
                .products
                .get(&product_id)
                .is_some_and(|product| !unit(product).is_empty() || is_counted_in_parts(product))
    }

    /// The variations of a product, in the store's order.
    pub(crate) fn variations_of(&self, product: &Product) -> Vec<&Variation> {
        let known = self.by_product.get(&product.id).map_or(&[][..], Vec::as_slice);
        let place = |id: &i64| product.variations.iter().position(|listed| listed == id);
        let mut ids = known.to_vec();
        ids.sort_by_key(|id| (place(id).unwrap_or(usize::MAX), *id));
        ids.iter().filter_map(|id| self.variations.get(id)).collect()
    }

    /// What is sold when a product, or one variation of it, is added.
    pub(crate) fn article(&self, product_id: i64, variation_id: Option<i64>) -> Option<Article> {
        let product = self.products.get(&product_id)?;
        match variation_id {
            None => Some(Article::of_product(product)),
            Some(id) => {
                let variation = self
                    .variations
                    .get(&id)
                    .filter(|found| found.parent_id == product_id)?;
                Some(Article::of_variation(
                    product,
                    variation,
                    &self.variations_of(product),
                ))
            }
        }
    }

    /// Products that hold all words of a query, best first, each once.
    pub(crate) fn search(&self, query: &str) -> Vec<i64> {
        let mut found: Vec<i64> = Vec::new();
        let mut seen = BTreeSet::new();
        for key in self.index.search(query, FOUND_MAX) {
            if seen.insert(key.product_id) {
                found.push(key.product_id);
            }
        }
        found
    }

    /// What carries a scanned code.
    pub(crate) fn scan(&self, code: &str) -> Scanned {
        self.index.scan(code)
    }

    /// How many products the register shows.
    pub(crate) fn count(&self) -> usize {
        self.order.len()
    }

    /// Name of the shop.
    pub(crate) fn shop_name(&self) -> String {
        unescape(&self.settings.name)
    }
}

fn index(shown: &[&Product], variations: &[Variation], by_product: &HashMap<i64, Vec<i64>>) -> Index {
    let by_id: HashMap<i64, &Variation> = variations
        .iter()
        .map(|variation| (variation.id, variation))
        .collect();
    let mut items = Vec::new();
    for product in shown {
        let categories = product.categories.iter().map(|term| unescape(&term.name));
        items.push(Findable {
            key: ItemKey {
                product_id: product.id,
                variation_id: 0,
            },
            name: unescape(&product.name),
            sku: product.sku.clone(),
            barcode: product.global_unique_id.clone(),
            global_unique_id: product.global_unique_id.clone(),
            attributes: categories.collect::<Vec<_>>().join(" "),
        });
        for variation in by_product
            .get(&product.id)
            .into_iter()
            .flatten()
            .filter_map(|id| by_id.get(id))
        {
            let options = variation.attributes.iter().map(|choice| unescape(&choice.option));
            items.push(Findable {
                key: ItemKey {
                    product_id: product.id,
                    variation_id: variation.id,
                },
                name: unescape(&product.name),
                sku: variation.sku.clone(),
                barcode: variation.global_unique_id.clone(),
                global_unique_id: variation.global_unique_id.clone(),
                attributes: options.collect::<Vec<_>>().join(" "),
            });
        }
    }
    Index::build(items)
}

fn is_counted_in_parts(product: &Product) -> bool {
    product.stock_quantity.is_some_and(|left| !left.fract().is_zero())
}

fn is_live(status: &str) -> bool {
    matches!(status, "publish" | "")
}

/// Grouped and external products are sold elsewhere.
fn is_shown(product: &Product) -> bool {
    is_live(&product.status) && matches!(product.kind.as_str(), "simple" | "variable" | "")
}

pub(crate) fn currency(settings: &StoreSettings) -> CurrencyFormat {
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise } else { text }.to_owned();
    let code = or(&settings.currency, "GBP");
    CurrencyFormat {
        symbol: symbol(&code),
        position: match settings.currency_pos.as_str() {
            "right" => SignPosition::Right,
            "left_space" => SignPosition::LeftSpace,
            "right_space" => SignPosition::RightSpace,
            _ => SignPosition::Left,
        },
        decimals: settings
            .price_num_decimals
            .and_then(|decimals| decimals.to_u32())
            .map_or(2, |decimals| decimals.min(4)),
        decimal_separator: or(&settings.price_decimal_sep, "."),
        thousand_separator: settings.price_thousand_sep.clone(),
        code,
    }
}

fn symbol(code: &str) -> String {
    match code {
        "GBP" => "£",
        "EUR" => "€",
        "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "MXN" => "$",
        "JPY" | "CNY" => "¥",
        "CHF" => "CHF",
        "SEK" | "NOK" | "DKK" => "kr",
        "PLN" => "zł",
        "CZK" => "Kč",
        "INR" => "₹",
        "BRL" => "R$",
        "ZAR" => "R",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use evertill_wire::rest::catalogue::{Choice as WireChoice, Meta, Term};
    use rust_decimal::Decimal;

    use super::*;

    /// A simple product for tests.
    pub(crate) fn product(id: i64, name: &str, price: &str) -> Product {
        Product {
            id,
            name: name.into(),
            kind: "simple".into(),
            status: "publish".into(),
            price: price.parse().ok(),
            regular_price: price.parse().ok(),
            tax_status: "taxable".into(),
            stock_status: "instock".into(),
            ..Product::default()
        }
    }

    fn shelf() -> Shelf {
        let mut shirt = product(2, "T-shirt", "");
        shirt.kind = "variable".into();
        shirt.variations = vec![22, 21];
        shirt.categories = vec![Term {
            id: 7,
            name: "Clothes".into(),
            slug: String::new(),
        }];
        let variation = |id: i64, size: &str, price: i64| Variation {
            id,
            parent_id: 2,
            price: Some(Decimal::from(price)),
            tax_status: "taxable".into(),
            tax_class: "parent".into(),
            stock_status: "instock".into(),
            attributes: vec![WireChoice {
                id: 0,
                name: "Size".into(),
                slug: "size".into(),
                option: size.into(),
            }],
            ..Variation::default()
        };
        let goods = Goods {
            products: vec![
                product(1, "Zebra &amp; Co", "3.50"),
                shirt,
                product(3, "apple", "1"),
            ],
            variations: vec![variation(21, "S", 10), variation(22, "M", 12)],
            categories: vec![
                Category {
                    id: 7,
                    name: "Clothes".into(),
                    ..Category::default()
                },
                Category {
                    id: 8,
                    name: "Empty".into(),
                    ..Category::default()
                },
            ],
            tax_rates: Vec::new(),
        };
        Shelf::new(goods, StoreSettings::default(), "10.0.2", true)
    }

    #[test]
    fn products_stand_by_name_and_empty_categories_are_left_out() {
        let shelf = shelf();
        let ids: Vec<i64> = shelf.shown(None).iter().map(|product| product.id).collect();
        assert_eq!(ids, [3, 2, 1]);
        let ids: Vec<i64> = shelf.shown(Some(7)).iter().map(|product| product.id).collect();
        assert_eq!(ids, [2]);
        assert_eq!(shelf.categories.len(), 1);
    }

    #[test]
    fn the_shops_own_order_goes_before_the_alphabet_and_what_is_out_keeps_its_place() {
        let placed = |id, name: &str, menu_order, stock_status: &str| Product {
            menu_order,
            stock_status: stock_status.into(),
            ..product(id, name, "1")
        };
        let goods = Goods {
            products: vec![
                placed(1, "Almond croissant", 2, "instock"),
                placed(2, "Zebra mug", 0, "instock"),
                placed(3, "Steel bottle", 1, "outofstock"),
                placed(4, "Baguette", 2, "instock"),
            ],
            ..Goods::default()
        };
        let shelf = Shelf::new(goods, StoreSettings::default(), "10.0.2", true);
        let ids: Vec<i64> = shelf.shown(None).iter().map(|product| product.id).collect();
        assert_eq!(ids, [2, 3, 1, 4]);
    }

    #[test]
    fn a_variation_is_sold_under_its_products_name_with_its_own_price() {
        let shelf = shelf();
        let article = shelf.article(2, Some(22)).unwrap();
        assert_eq!(article.name, "T-shirt \u{2013} M");
        assert_eq!(article.price, Decimal::from(12));
        assert_eq!(article.tax_class, "");
        assert_eq!(shelf.article(1, Some(22)), None);
        let order: Vec<i64> = shelf
            .variations_of(shelf.product(2).unwrap())
            .iter()
            .map(|variation| variation.id)
            .collect();
        assert_eq!(order, [22, 21]);
    }

    fn stocked(products: Vec<Product>) -> Shelf {
        let goods = Goods {
            products,
            ..Goods::default()
        };
        Shelf::new(goods, StoreSettings::default(), "10.0.2", true)
    }

    #[test]
    fn only_what_is_weighed_is_sold_in_parts_where_the_shop_names_units() {
        let mut beans = product(1, "Loose beans", "32");
        beans.stock_quantity = Some(Decimal::new(462, 2));
        let mug = || product(2, "Mug", "14");
        let silent = stocked(vec![beans.clone(), mug()]);
        assert!(silent.sells_in_parts(2), "the shop does not say what it weighs");
        beans.meta_data = vec![Meta {
            key: "_unit".into(),
            value: "kg".into(),
        }];
        let named = stocked(vec![beans, mug()]);
        assert!(named.sells_in_parts(1));
        assert!(!named.sells_in_parts(2));
        assert!(!named.sells_in_parts(0));
        assert_eq!(named.article(1, None).unwrap().item().unit, "kg");
        assert!(!stocked(vec![mug()]).sells_in_parts(2));
    }

    #[test]
    fn escaped_names_are_read_once() {
        assert_eq!(shelf().article(1, None).unwrap().name, "Zebra & Co");
    }
}
