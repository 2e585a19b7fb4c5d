//! Products, variations, categories, customers, taxes and the shop's own settings.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::de;

/// A product as `GET products` gives it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name, HTML-escaped by the store: read it through [`de::unescape`].
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// `simple`, `variable`, and others a till cannot sell.
    #[serde(rename = "type", deserialize_with = "de::text")]
    pub kind: String,
    /// `publish`, `draft`, …
    #[serde(deserialize_with = "de::text")]
    pub status: String,
    /// Stock keeping unit, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub sku: String,
    /// GTIN, UPC, EAN or ISBN, may be empty; the barcode on a stock store.
    #[serde(deserialize_with = "de::text")]
    pub global_unique_id: String,
    /// Price to charge now, in the shop's entered-price mode.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub price: Option<Decimal>,
    /// Price without the sale.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub regular_price: Option<Decimal>,
    /// Price of the sale.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub sale_price: Option<Decimal>,
    /// A sale is on.
    #[serde(deserialize_with = "de::fact")]
    pub on_sale: bool,
    /// `taxable`, `shipping`, `none`.
    #[serde(deserialize_with = "de::text")]
    pub tax_status: String,
    /// Tax class, empty for the standard one.
    #[serde(deserialize_with = "de::text")]
    pub tax_class: String,
    /// The store counts stock of it.
    #[serde(deserialize_with = "de::fact")]
    pub manage_stock: bool,
    /// How many are left; may have decimals.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub stock_quantity: Option<Decimal>,
    /// `instock`, `outofstock`, `onbackorder`.
    #[serde(deserialize_with = "de::text")]
    pub stock_status: String,
    /// `no`, `notify`, `yes`.
    #[serde(deserialize_with = "de::text")]
    pub backorders: String,
    /// Categories it stands in.
    #[serde(deserialize_with = "de::list")]
    pub categories: Vec<Term>,
    /// Pictures, first is the one to show.
    #[serde(deserialize_with = "de::list")]
    pub images: Vec<Image>,
    /// Attributes with all their options.
    #[serde(deserialize_with = "de::list")]
    pub attributes: Vec<Attribute>,
    /// Numbers of its variations.
    #[serde(deserialize_with = "de::list")]
    pub variations: Vec<i64>,
    /// Place in the shop's own order; a shop that never sorted has 0 everywhere.
    #[serde(deserialize_with = "de::int")]
    pub menu_order: i64,
    /// When the store last changed it, UTC without zone.
    #[serde(deserialize_with = "de::text")]
    pub date_modified_gmt: String,
    /// Everything else plugins hang on it.
    #[serde(deserialize_with = "de::list")]
    pub meta_data: Vec<Meta>,
}

/// A variation as the `payload` of `GET variations`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Variation {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// The variable product it belongs to (filled from the document around it where the payload lacks it).
    #[serde(deserialize_with = "de::int")]
    pub parent_id: i64,
    /// Stock keeping unit, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub sku: String,
    /// Barcode, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub global_unique_id: String,
    /// Price to charge now.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub price: Option<Decimal>,
    /// Price without the sale.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub regular_price: Option<Decimal>,
    /// A sale is on.
    #[serde(deserialize_with = "de::fact")]
    pub on_sale: bool,
    /// `publish`, `private`, …
    #[serde(deserialize_with = "de::text")]
    pub status: String,
    /// `taxable`, `shipping`, `none`.
    #[serde(deserialize_with = "de::text")]
    pub tax_status: String,
    /// Tax class, empty for the standard one, `parent` for the product's.
    #[serde(deserialize_with = "de::text")]
    pub tax_class: String,
    /// `true`, `false` or `"parent"` on the wire; here whether its own stock is counted.
    #[serde(deserialize_with = "de::fact")]
    pub manage_stock: bool,
    /// How many are left.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub stock_quantity: Option<Decimal>,
    /// `instock`, `outofstock`, `onbackorder`.
    #[serde(deserialize_with = "de::text")]
    pub stock_status: String,
    /// `no`, `notify`, `yes`.
    #[serde(deserialize_with = "de::text")]
    pub backorders: String,
    /// Its choices; an attribute that is missing here may be any.
    #[serde(deserialize_with = "de::list")]
    pub attributes: Vec<Choice>,
    /// Its own picture.
    pub image: Option<Image>,
}

/// The answer of `GET variations`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct VariationPage {
    /// One document a variation.
    #[serde(deserialize_with = "de::list")]
    pub documents: Vec<VariationDocument>,
}

/// A variation with the product it belongs to.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct VariationDocument {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// The variable product.
    #[serde(deserialize_with = "de::int")]
    pub parent_id: i64,
    /// The variation.
    pub payload: Variation,
}

/// A category a product stands in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Term {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name, HTML-escaped.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Name for addresses.
    #[serde(deserialize_with = "de::text")]
    pub slug: String,
}

/// A category as `GET products/categories` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Category {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name, HTML-escaped.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Name for addresses.
    #[serde(deserialize_with = "de::text")]
    pub slug: String,
    /// Category above it, 0 for none.
    #[serde(deserialize_with = "de::int")]
    pub parent: i64,
    /// Place in the shop's own order.
    #[serde(deserialize_with = "de::int")]
    pub menu_order: i64,
    /// How many products stand in it.
    #[serde(deserialize_with = "de::int")]
    pub count: i64,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Image {
    /// Address.
    #[serde(deserialize_with = "de::text")]
    pub src: String,
}

/// An attribute with all its options.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// Number of a shop-wide attribute, 0 for the product's own.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name to show.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Name for the wire, `pa_colour`; older stores leave it out.
    #[serde(deserialize_with = "de::text")]
    pub slug: String,
    /// Used for variations.
    #[serde(deserialize_with = "de::fact")]
    pub variation: bool,
    /// All options, as shown.
    #[serde(deserialize_with = "de::list")]
    pub options: Vec<String>,
}

/// One choice of a variation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Number of a shop-wide attribute, 0 for the product's own.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name of the attribute.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Name for the wire.
    #[serde(deserialize_with = "de::text")]
    pub slug: String,
    /// The option.
    #[serde(deserialize_with = "de::text")]
    pub option: String,
}

/// A key and a value of any shape.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Name.
    #[serde(deserialize_with = "de::text")]
    pub key: String,
    /// Anything.
    pub value: Value,
}

/// A tax rate as `GET taxes` gives it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRate {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Two letters, empty for everywhere.
    #[serde(deserialize_with = "de::text")]
    pub country: String,
    /// State, empty for everywhere.
    #[serde(deserialize_with = "de::text")]
    pub state: String,
    /// Percent.
    #[serde(deserialize_with = "de::decimal")]
    pub rate: Decimal,
    /// Label on receipts.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// Only one rate a priority counts.
    #[serde(deserialize_with = "de::int")]
    pub priority: i64,
    /// Taxes the other taxes too.
    #[serde(deserialize_with = "de::fact")]
    pub compound: bool,
    /// Taxes shipping.
    #[serde(deserialize_with = "de::fact")]
    pub shipping: bool,
    /// Place in the shop's own order.
    #[serde(deserialize_with = "de::int")]
    pub order: i64,
    /// Tax class; this route says `standard` for the one that products call `""`.
    #[serde(deserialize_with = "de::text")]
    pub class: String,
}

/// A customer (on a stock store every account is one).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// Number at the store.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// E-mail address.
    #[serde(deserialize_with = "de::text")]
    pub email: String,
    /// First name.
    #[serde(deserialize_with = "de::text")]
    pub first_name: String,
    /// Last name.
    #[serde(deserialize_with = "de::text")]
    pub last_name: String,
    /// Sign-in name.
    #[serde(deserialize_with = "de::text")]
    pub username: String,
    /// Role.
    #[serde(deserialize_with = "de::text")]
    pub role: String,
}

/// A store object (`GET stores`): address, money and tax settings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoreSettings {
    /// 0 for the only one of the free plugin.
    #[serde(deserialize_with = "de::int")]
    pub id: i64,
    /// Name of the shop.
    #[serde(deserialize_with = "de::text")]
    pub name: String,
    /// First address line.
    #[serde(deserialize_with = "de::text")]
    pub store_address: String,
    /// Second address line.
    #[serde(deserialize_with = "de::text")]
    pub store_address_2: String,
    /// Town.
    #[serde(deserialize_with = "de::text")]
    pub store_city: String,
    /// Postcode.
    #[serde(deserialize_with = "de::text")]
    pub store_postcode: String,
    /// `GB` or `US:CA`.
    #[serde(deserialize_with = "de::text")]
    pub default_country: String,
    /// Telephone.
    #[serde(deserialize_with = "de::text")]
    pub phone: String,
    /// E-mail.
    #[serde(deserialize_with = "de::text")]
    pub email: String,
    /// ISO 4217 code.
    #[serde(deserialize_with = "de::text")]
    pub currency: String,
    /// `left`, `right`, `left_space`, `right_space`.
    #[serde(deserialize_with = "de::text")]
    pub currency_pos: String,
    /// Between groups of three digits.
    #[serde(deserialize_with = "de::text")]
    pub price_thousand_sep: String,
    /// Before the decimals.
    #[serde(deserialize_with = "de::text")]
    pub price_decimal_sep: String,
    /// Number of decimals, as a number or a string; absent means two.
    #[serde(deserialize_with = "de::decimal_opt")]
    pub price_num_decimals: Option<Decimal>,
    /// `yes` or `no`.
    #[serde(deserialize_with = "de::fact")]
    pub prices_include_tax: bool,
    /// `base`, `billing`, `shipping`.
    #[serde(deserialize_with = "de::text")]
    pub tax_based_on: String,
    /// `inherit` or a tax class.
    #[serde(deserialize_with = "de::text")]
    pub shipping_tax_class: String,
    /// `yes` or `no`.
    #[serde(deserialize_with = "de::fact")]
    pub tax_round_at_subtotal: bool,
    /// Whether taxes are charged at all; absent means yes.
    pub calc_taxes: Option<Value>,
    /// Tax numbers to print.
    #[serde(deserialize_with = "de::list")]
    pub tax_ids: Vec<Value>,
    /// IANA time zone, may be empty.
    #[serde(deserialize_with = "de::text")]
    pub timezone: String,
}
