//! A believable small shop: products, prices, taxes, customers and drawn pictures.
//!
//! A till that has never met a real shop still needs something honest to sell: long and foreign names, goods sold
//! by weight, sale prices, empty shelves, barcodes that scan and pictures that tell things apart. [`shop`] is that
//! shop as plain data and [`picture`] draws its pictures. Everything is fixed: the same build always gives the same
//! shop, so tests and screenshots can rely on it.
//!
//! The crate does no I/O, reads no clock and knows no table or protocol; whoever loads the shop decides about dates
//! and revisions. All people, numbers and codes are made up, see [`Product::barcode`] and [`Settings::vat_number`].

mod art;
mod barcode;
mod catalogue;
mod draft;
mod model;
mod people;
mod premises;

pub use art::picture;
pub use barcode::is_valid_barcode;
pub use model::{
    Account, Address, Attribute, Backorders, Category, Choice, Customer, Goods, Product, Role, Settings,
    Shop, Stock, TaxClass, TaxRate, Unit, Variation,
};
pub use people::demo_password;

/// Builds the sample shop; every call gives an equal value.
pub fn shop() -> Shop {
    Shop {
        settings: premises::settings(),
        tax_classes: premises::tax_classes(),
        tax_rates: premises::tax_rates(),
        categories: catalogue::categories(),
        products: catalogue::products(),
        customers: people::customers(),
        accounts: people::accounts(),
    }
}
