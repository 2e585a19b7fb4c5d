//! One thing that can be put into a sale.

use evertill_sale::cart::{Choice, Item};
use evertill_wire::rest::catalogue::{Attribute, Product, Variation};
use evertill_wire::rest::de::unescape;
use rust_decimal::Decimal;

/// Where shops and plugins keep the unit a product is sold by.
const UNIT_KEYS: [&str; 2] = ["_unit", "_woo_uom_input"];

/// Longer texts are no unit.
const UNIT_LETTERS_MAX: usize = 8;

/// A product or a variation with everything a line of a sale needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Article {
    /// The product.
    pub(crate) product_id: i64,
    /// The variation, where there is one.
    pub(crate) variation_id: Option<i64>,
    /// Name with the variation's choices.
    pub(crate) name: String,
    /// Article number, may be empty.
    pub(crate) sku: String,
    /// Price to charge now, in the shop's mode; none when the store gave none.
    pub(crate) price: Decimal,
    /// Price without the sale.
    pub(crate) regular_price: Decimal,
    /// Tax class, empty for the standard one.
    pub(crate) tax_class: String,
    /// Taxes are charged on it.
    pub(crate) is_taxable: bool,
    /// What the variation was chosen by.
    pub(crate) choices: Vec<Choice>,
    /// What is still to be chosen before it can be sold.
    pub(crate) open: Vec<Open>,
    /// Why it cannot be sold now, if it cannot.
    pub(crate) bar: Option<Bar>,
    /// How many are left, where the store counts.
    pub(crate) left: Option<Decimal>,
    /// What it is sold by, `kg`; empty for pieces.
    pub(crate) unit: String,
}

/// An attribute that a variation leaves to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// Name for the wire, `pa_colour`.
    pub(crate) key: String,
    /// Name as people read it, `Colour`.
    pub(crate) name: String,
    /// What there is to choose from.
    pub(crate) options: Vec<String>,
}

/// Why an article cannot be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// The store says there is none left and takes no backorders.
    OutOfStock,
    /// The store gave no price.
    NoPrice,
    /// A variation must be chosen first.
    ChooseFirst,
}

impl Bar {
    /// Said on the tile and in the sheet.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::OutOfStock => "Out of stock",
            Self::NoPrice => "No price",
            Self::ChooseFirst => "Choose first",
        }
    }
}

impl Article {
    /// The item a line of a sale holds.
    pub(crate) fn item(&self) -> Item {
        Item {
            product_id: self.product_id,
            variation_id: self.variation_id.unwrap_or(0),
            name: self.name.clone(),
            sku: self.sku.clone(),
            unit: self.unit.clone(),
            choices: self.choices.clone(),
            price: self.price,
            regular_price: self.regular_price,
            tax_class: self.tax_class.clone(),
            is_taxable: self.is_taxable,
        }
    }

    pub(super) fn of_product(product: &Product) -> Self {
        let bar = match product.kind.as_str() {
            "variable" => Some(Bar::ChooseFirst),
            _ => bar(product.price, &product.stock_status),
        };
        Self {
            product_id: product.id,
            variation_id: None,
            name: unescape(&product.name),
            sku: product.sku.clone(),
            price: product.price.unwrap_or_default(),
            regular_price: product.regular_price.or(product.price).unwrap_or_default(),
            tax_class: standard(&product.tax_class),
            is_taxable: is_taxable(&product.tax_status),
            choices: Vec::new(),
            open: Vec::new(),
            bar,
            left: product.stock_quantity.filter(|_| product.manage_stock),
            unit: unit(product),
        }
    }

    /// Answers what was left open, as far as it is answered with what there is to choose from.
    #[must_use]
    pub(crate) fn chosen(mut self, answer: impl Fn(&str) -> Option<String>) -> Self {
        for open in std::mem::take(&mut self.open) {
            match answer(&open.key).filter(|option| open.options.contains(option)) {
                Some(option) => {
                    let joint = if self.choices.is_empty() { " \u{2013}" } else { "," };
                    self.name = format!("{}{joint} {option}", self.name);
                    self.choices.push(Choice {
                        key: open.key,
                        name: open.name,
                        option,
                        is_any: true,
                    });
                }
                None => self.open.push(open),
            }
        }
        self
    }

    /// `siblings` are all variations of the product.
    pub(super) fn of_variation(product: &Product, variation: &Variation, siblings: &[&Variation]) -> Self {
        let choices: Vec<Choice> = variation
            .attributes
            .iter()
            .filter(|choice| !choice.option.is_empty())
            .map(|choice| Choice {
                key: key(&choice.slug, &choice.name),
                name: unescape(&choice.name),
                option: unescape(&choice.option),
                is_any: false,
            })
            .collect();
        let options: Vec<&str> = choices.iter().map(|choice| choice.option.as_str()).collect();
        let name = match options.is_empty() {
            true => unescape(&product.name),
            false => format!("{} \u{2013} {}", unescape(&product.name), options.join(", ")),
        };
        let tax_class = match variation.tax_class.as_str() {
            "parent" => standard(&product.tax_class),
            class => standard(class),
        };
        Self {
            product_id: product.id,
            variation_id: Some(variation.id),
            name,
            sku: if variation.sku.is_empty() {
                product.sku.clone()
            } else {
                variation.sku.clone()
            },
            price: variation.price.unwrap_or_default(),
            regular_price: variation.regular_price.or(variation.price).unwrap_or_default(),
            tax_class,
            is_taxable: is_taxable(&variation.tax_status),
            choices,
            open: open(product, variation, siblings),
            bar: bar(variation.price, &variation.stock_status),
            left: variation.stock_quantity.filter(|_| variation.manage_stock),
            unit: unit(product),
        }
    }
}

fn bar(price: Option<Decimal>, stock_status: &str) -> Option<Bar> {
    match (price, stock_status) {
        (_, "outofstock") => Some(Bar::OutOfStock),
        (None, _) => Some(Bar::NoPrice),
        (Some(_), _) => None,
    }
}

/// The name of an attribute for the wire; older stores have only the one people read.
fn key(slug: &str, name: &str) -> String {
    if slug.is_empty() { name } else { slug }.to_owned()
}

/// What a variation says about an attribute, if it says anything.
fn stated<'a>(variation: &'a Variation, attribute: &Attribute) -> Option<&'a str> {
    variation
        .attributes
        .iter()
        .find(|choice| {
            choice.name == attribute.name || (!choice.slug.is_empty() && choice.slug == attribute.slug)
        })
        .map(|choice| choice.option.as_str())
        .filter(|option| !option.is_empty())
}

/// The attributes that tell the variations apart and that this one leaves to the customer.
fn open(product: &Product, variation: &Variation, siblings: &[&Variation]) -> Vec<Open> {
    let used = || product.attributes.iter().filter(|attribute| attribute.variation);
    // What has a variation of its own is sold as that one.
    let is_covered = |attribute: &Attribute, option: &str| {
        siblings.iter().any(|sibling| {
            stated(sibling, attribute) == Some(option)
                && used()
                    .filter(|other| other.name != attribute.name)
                    .all(|other| stated(sibling, other) == stated(variation, other))
        })
    };
    used()
        .filter(|attribute| stated(variation, attribute).is_none())
        .map(|attribute| Open {
            key: key(&attribute.slug, &attribute.name),
            name: unescape(&attribute.name),
            options: attribute
                .options
                .iter()
                .filter(|option| !is_covered(attribute, option))
                .map(|option| unescape(option))
                .collect(),
        })
        .filter(|open| !open.options.is_empty())
        .collect()
}

/// The unit a product is sold by, empty for pieces.
pub(crate) fn unit(product: &Product) -> String {
    product
        .meta_data
        .iter()
        .find(|meta| UNIT_KEYS.contains(&meta.key.as_str()))
        .and_then(|meta| meta.value.as_str())
        .filter(|unit| unit.chars().count() <= UNIT_LETTERS_MAX)
        .unwrap_or_default()
        .to_owned()
}

fn is_taxable(status: &str) -> bool {
    matches!(status, "taxable" | "")
}

/// The taxes route and some stores call the default class `standard`.
fn standard(class: &str) -> String {
    if class == "standard" {
        String::new()
    } else {
        class.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use evertill_wire::rest::catalogue::Choice as Stated;

    use super::*;

    fn tee() -> Product {
        let attribute = |name: &str, slug: &str, options: &[&str]| Attribute {
            name: name.into(),
            slug: slug.into(),
            variation: true,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            ..Attribute::default()
        };
        Product {
            id: 125,
            name: "Corner Tee".into(),
            kind: "variable".into(),
            attributes: vec![
                attribute("Size", "pa_size", &["S", "XL"]),
                attribute("Colour", "pa_colour", &["Ecru", "Forest", "Rust"]),
            ],
            ..Product::default()
        }
    }

    fn variation(id: i64, choices: &[(&str, &str)]) -> Variation {
        let stated = |(name, option): &(&str, &str)| Stated {
            name: (*name).into(),
            slug: format!("pa_{}", name.to_lowercase()),
            option: (*option).into(),
            ..Stated::default()
        };
        Variation {
            id,
            parent_id: 125,
            price: Some(Decimal::from(26)),
            attributes: choices.iter().map(stated).collect(),
            ..Variation::default()
        }
    }

    #[test]
    fn an_open_attribute_is_asked_for_and_said_on_the_line() {
        let largest = variation(1018, &[("Size", "XL"), ("Colour", "")]);
        let article = Article::of_variation(&tee(), &largest, &[&largest]);
        assert_eq!(
            (article.bar, article.name.as_str()),
            (None, "Corner Tee \u{2013} XL")
        );
        let [colour] = article.open.as_slice() else {
            panic!("{:?}", article.open);
        };
        assert_eq!(colour.key, "pa_colour");
        assert_eq!(colour.options, ["Ecru", "Forest", "Rust"]);
        let unknown = article.clone().chosen(|_| Some("Pink".into()));
        assert_eq!(unknown, article, "only what the shop offers is taken");
        let rust = article.chosen(|key| (key == "pa_colour").then(|| "Rust".into()));
        assert!(rust.open.is_empty());
        assert_eq!(rust.name, "Corner Tee \u{2013} XL, Rust");
        let said = rust.item().choices;
        assert_eq!((said[0].is_any, said[1].is_any), (false, true));
        assert_eq!(
            (said[1].key.as_str(), said[1].option.as_str()),
            ("pa_colour", "Rust")
        );
    }

    #[test]
    fn an_option_with_a_variation_of_its_own_is_not_offered_twice() {
        let largest = variation(1018, &[("Size", "XL")]);
        let rust = variation(1019, &[("Size", "XL"), ("Colour", "Rust")]);
        let small = variation(1012, &[("Size", "S"), ("Colour", "Ecru")]);
        let article = Article::of_variation(&tee(), &largest, &[&small, &largest, &rust]);
        assert_eq!(article.open[0].options, ["Ecru", "Forest"]);
        assert!(Article::of_variation(&tee(), &rust, &[&rust]).open.is_empty());
    }
}
