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

#[cfg(test)]
mod tests {
    use super::{Goods, is_valid_barcode, shop};

    #[test]
    fn every_product_has_a_price_in_pence_and_a_shelf() {
        let shop = shop();
        for product in &shop.products {
            assert!(!product.categories.is_empty(), "{}", product.slug);
            let prices = match &product.goods {
                Goods::Simple { regular_price, .. } => vec![*regular_price],
                Goods::Variable { variations, .. } => {
                    variations.iter().map(|kind| kind.regular_price).collect()
                }
            };
            assert!(!prices.is_empty(), "{}", product.slug);
            assert!(prices.iter().all(|price| price.scale() == 2), "{}", product.slug);
        }
    }

    #[test]
    fn every_barcode_has_a_right_check_digit() {
        let shop = shop();
        let kinds = shop
            .products
            .iter()
            .flat_map(|product| product.variations())
            .filter_map(|kind| kind.barcode);
        for code in shop
            .products
            .iter()
            .filter_map(|product| product.barcode)
            .chain(kinds)
        {
            assert!(is_valid_barcode(code), "{code}");
        }
    }
}
