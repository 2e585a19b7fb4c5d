//! One thing that can be put into a sale.

use evertill_sale::cart::{Choice, Item};
use evertill_wire::rest::catalogue::{Product, Variation};
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
    /// Why it cannot be sold now, if it cannot.
    pub(crate) bar: Option<Bar>,
    /// How many are left, where the store counts.
    pub(crate) left: Option<Decimal>,
    /// What it is sold by, `kg`; empty for pieces.
    pub(crate) unit: String,
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
    /// The variation leaves an attribute open, which this till cannot ask for.
    OpenChoice,
}

impl Bar {
    /// Said on the tile and in the sheet.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::OutOfStock => "Out of stock",
            Self::NoPrice => "No price",
            Self::ChooseFirst => "Choose first",
            Self::OpenChoice => "Sold at the desk only",
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
            bar,
            left: product.stock_quantity.filter(|_| product.manage_stock),
            unit: unit(product),
        }
    }

    pub(super) fn of_variation(product: &Product, variation: &Variation) -> Self {
        let options: Vec<String> = variation
            .attributes
            .iter()
            .filter(|choice| !choice.option.is_empty())
            .map(|choice| unescape(&choice.option))
            .collect();
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
            choices: variation
                .attributes
                .iter()
                .map(|choice| Choice {
                    key: if choice.slug.is_empty() {
                        choice.name.clone()
                    } else {
                        choice.slug.clone()
                    },
                    name: unescape(&choice.name),
                    option: unescape(&choice.option),
                    is_any: choice.option.is_empty(),
                })
                .collect(),
            bar: match leaves_open(product, variation) {
                true => Some(Bar::OpenChoice),
                false => bar(variation.price, &variation.stock_status),
            },
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

/// Whether an attribute that tells the variations apart is left to the customer.
fn leaves_open(product: &Product, variation: &Variation) -> bool {
    let chosen = |name: &str| {
        variation
            .attributes
            .iter()
            .any(|choice| choice.name == name && !choice.option.is_empty())
    };
    product
        .attributes
        .iter()
        .any(|attribute| attribute.variation && !chosen(&attribute.name))
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
