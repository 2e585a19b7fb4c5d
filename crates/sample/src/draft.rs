//! The short notation the catalogue is written in: a price in pence, then what is special about the thing.

use rust_decimal::Decimal;

use crate::model::{Attribute, Backorders, Choice, Goods, Product, Stock, Unit, Variation};
use crate::premises::{STANDARD, ZERO};

/// Stands for every option of an attribute in [`variation`].
pub(crate) const ANY: &str = "";

/// Quantity at or below which most things are called low.
const LOW_AT: i64 = 3;

/// Starts a product that is sold as it is, by the piece, taxed at the standard rate and not counted.
pub(crate) fn simple(
    id: i64,
    sku: &'static str,
    slug: &'static str,
    name: &'static str,
    pence: i64,
) -> Product {
    let goods = Goods::Simple {
        regular_price: money(pence),
        sale_price: None,
        stock: Stock::Uncounted,
    };
    product(id, sku, slug, name, goods)
}

/// Starts a product that is sold as one of `variations`.
pub(crate) fn variable(
    id: i64,
    sku: &'static str,
    slug: &'static str,
    name: &'static str,
    attributes: &[(&'static str, &'static [&'static str])],
    variations: Vec<Variation>,
) -> Product {
    let attributes = attributes
        .iter()
        .map(|&(name, options)| Attribute { name, options })
        .collect();
    product(
        id,
        sku,
        slug,
        name,
        Goods::Variable {
            attributes,
            variations,
            stock: Stock::Uncounted,
        },
    )
}

/// Starts one kind of a variable product; [`ANY`] as an option covers them all.
pub(crate) fn variation(
    id: i64,
    sku: &'static str,
    choices: &[(&'static str, &'static str)],
    pence: i64,
    pieces: i64,
) -> Variation {
    let choice = |&(attribute, option)| Choice {
        attribute,
        option: Some(option).filter(|&option| option != ANY),
    };
    Variation {
        id,
        sku,
        barcode: None,
        choices: choices.iter().map(choice).collect(),
        regular_price: money(pence),
        sale_price: None,
        stock: counted(Decimal::from(pieces), Backorders::Refused),
        picture: None,
    }
}

fn product(id: i64, sku: &'static str, slug: &'static str, name: &'static str, goods: Goods) -> Product {
    Product {
        id,
        slug,
        name,
        lang: "en",
        sku,
        barcode: None,
        description: "",
        categories: &[],
        tax_class: STANDARD,
        is_taxable: true,
        unit: Unit::Piece,
        picture: Some(slug),
        goods,
    }
}

fn money(pence: i64) -> Decimal {
    Decimal::new(pence, 2)
}

fn counted(quantity: Decimal, backorders: Backorders) -> Stock {
    Stock::Counted {
        quantity,
        low_at: Some(Decimal::from(LOW_AT)),
        backorders,
    }
}

impl Product {
    pub(crate) fn about(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    pub(crate) fn within(self, categories: &'static [i64]) -> Self {
        Self { categories, ..self }
    }

    pub(crate) fn code(self, barcode: &'static str) -> Self {
        Self {
            barcode: Some(barcode),
            ..self
        }
    }

    pub(crate) fn taxed_as(self, tax_class: &'static str) -> Self {
        Self { tax_class, ..self }
    }

    pub(crate) fn zero_rated(self) -> Self {
        self.taxed_as(ZERO)
    }

    pub(crate) fn untaxed(self) -> Self {
        Self {
            is_taxable: false,
            ..self
        }
    }

    pub(crate) fn without_picture(self) -> Self {
        Self {
            picture: None,
            ..self
        }
    }

    pub(crate) fn in_language(self, lang: &'static str) -> Self {
        Self { lang, ..self }
    }

    /// Counts `pieces` of it; of a variable product, of all its kinds together.
    pub(crate) fn left(self, pieces: i64) -> Self {
        self.stocked(counted(Decimal::from(pieces), Backorders::Refused))
    }

    /// Sells it by weight and counts `grams` of it.
    pub(crate) fn weighed(self, grams: i64) -> Self {
        let product = self.stocked(counted(Decimal::new(grams, 3), Backorders::Refused));
        Self {
            unit: Unit::Kilogram,
            ..product
        }
    }

    /// Counts `pieces` of it, and sells on when none is left.
    pub(crate) fn on_backorder(self, pieces: i64) -> Self {
        self.stocked(counted(Decimal::from(pieces), Backorders::Announced))
    }

    /// Puts a simple product on sale.
    pub(crate) fn now(mut self, pence: i64) -> Self {
        if let Goods::Simple { sale_price, .. } = &mut self.goods {
            *sale_price = Some(money(pence));
        }
        self
    }

    fn stocked(mut self, level: Stock) -> Self {
        match &mut self.goods {
            Goods::Simple { stock, .. } | Goods::Variable { stock, .. } => *stock = level,
        }
        self
    }
}

impl Variation {
    pub(crate) fn code(self, barcode: &'static str) -> Self {
        Self {
            barcode: Some(barcode),
            ..self
        }
    }

    pub(crate) fn now(self, pence: i64) -> Self {
        Self {
            sale_price: Some(money(pence)),
            ..self
        }
    }

    pub(crate) fn drawn(self, picture: &'static str) -> Self {
        Self {
            picture: Some(picture),
            ..self
        }
    }

    pub(crate) fn on_backorder(self) -> Self {
        let stock = match self.stock {
            Stock::Counted { quantity, .. } => counted(quantity, Backorders::Announced),
            other @ (Stock::Uncounted | Stock::OfProduct) => other,
        };
        Self { stock, ..self }
    }

    pub(crate) fn sharing_stock(self) -> Self {
        Self {
            stock: Stock::OfProduct,
            ..self
        }
    }

    pub(crate) fn uncounted(self) -> Self {
        Self {
            stock: Stock::Uncounted,
            ..self
        }
    }
}
