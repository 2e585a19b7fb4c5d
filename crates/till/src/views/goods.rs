//! The products on the left of the register.

use evertill_sale::cart::Cart;
use evertill_wire::money::CurrencyFormat;
use evertill_wire::rest::catalogue::{Product, Variation};
use evertill_wire::rest::de::unescape;
use rust_decimal::Decimal;
use url::form_urlencoded;

use crate::pages::{Category, Goods, Tile, format};
use crate::shelf::{Bar, Shelf, unit};

/// Products on one page.
const TILES_MAX: usize = 60;

/// What the register was asked to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// What was searched for.
    pub(crate) query: String,
    /// The category.
    pub(crate) category: Option<i64>,
    /// Page, from 0.
    pub(crate) page: usize,
    /// Rows instead of pictures.
    pub(crate) as_list: bool,
}

impl Asked {
    fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.query.is_empty() {
            query.append_pair("q", &self.query);
        }
        if let Some(category) = self.category {
            query.append_pair("category", &category.to_string());
        }
        if self.page > 0 {
            query.append_pair("page", &(self.page + 1).to_string());
        }
        if self.as_list {
            query.append_pair("view", "list");
        }
        match query.finish() {
            query if query.is_empty() => "/".into(),
            query => format!("/?{query}"),
        }
    }
}

/// One page of the products that were asked for.
///
/// `found` are the numbers a search turned up, best first; none when nothing was searched for.
pub(crate) fn goods(shelf: &Shelf, asked: &Asked, found: Option<&[i64]>, cart: &Cart) -> Goods {
    let products: Vec<&Product> = match found {
        Some(ids) => {
            let is_in_category = |product: &&Product| {
                asked
                    .category
                    .is_none_or(|id| product.categories.iter().any(|term| term.id == id))
            };
            ids.iter()
                .filter_map(|id| shelf.product(*id))
                .filter(is_in_category)
                .collect()
        }
        None => shelf.shown(asked.category),
    };
    let pages = products.len().div_ceil(TILES_MAX).max(1);
    let page = asked.page.min(pages - 1);
    let at = |page: usize| {
        Asked {
            page,
            ..asked.clone()
        }
        .href()
    };
    let first = |as_list: bool| {
        Asked {
            as_list,
            page: 0,
            ..asked.clone()
        }
        .href()
    };
    Goods {
        query: asked.query.clone(),
        category: asked.category.map(|id| id.to_string()).unwrap_or_default(),
        as_list: asked.as_list,
        grid_href: first(false),
        list_href: first(true),
        categories: categories(shelf, asked),
        tiles: products
            .iter()
            .skip(page * TILES_MAX)
            .take(TILES_MAX)
            .map(|product| tile(shelf, product, cart))
            .collect(),
        summary: summary(shelf, asked, products.len()),
        tax_words: tax_words(shelf),
        previous_href: (page > 0).then(|| at(page - 1)),
        next_href: (page + 1 < pages).then(|| at(page + 1)),
        loading: !shelf.is_complete && shelf.count() == 0,
    }
}

fn categories(shelf: &Shelf, asked: &Asked) -> Vec<Category> {
    let to = |category: Option<i64>| {
        Asked {
            category,
            page: 0,
            ..asked.clone()
        }
        .href()
    };
    let all = Category {
        name: "All".into(),
        href: to(None),
        chosen: asked.category.is_none(),
    };
    let each = shelf.categories.iter().map(|category| Category {
        name: unescape(&category.name),
        href: to(Some(category.id)),
        chosen: asked.category == Some(category.id),
    });
    std::iter::once(all).chain(each).collect()
}

fn summary(shelf: &Shelf, asked: &Asked, shown: usize) -> String {
    let count = |n: usize| format::counted(u32::try_from(n).unwrap_or(u32::MAX), "item", "items");
    if shown == shelf.count() && asked.query.is_empty() {
        match shelf.is_complete {
            true => format!("{} here", count(shown)),
            false => format!("{} here, more are coming", count(shown)),
        }
    } else {
        format!("{shown} of {}", count(shelf.count()))
    }
}

fn tax_words(shelf: &Shelf) -> String {
    if shelf.setup.rates.is_empty() {
        return "no tax is charged".into();
    }
    match shelf.setup.prices_include_tax {
        true => "prices include tax".into(),
        false => "tax is added to the prices".into(),
    }
}

fn tile(shelf: &Shelf, product: &Product, cart: &Cart) -> Tile {
    let name = unescape(&product.name);
    let variations = shelf.variations_of(product);
    let is_variable = product.kind == "variable";
    let bar = match shelf.article(product.id, None).and_then(|article| article.bar) {
        Some(Bar::ChooseFirst) => None,
        bar => bar,
    };
    let is_all_out =
        is_variable && !variations.is_empty() && variations.iter().all(|v| v.stock_status == "outofstock");
    let out = bar.is_some() || is_all_out;
    let in_cart = cart.quantity_of(product.id, None);
    let was = product.regular_price.filter(|regular| {
        !is_variable && product.on_sale && product.price.is_some_and(|price| price < *regular)
    });
    Tile {
        product_id: product.id,
        picture: picture(product),
        initials: format::initials(&name),
        tint: format::tint(&name),
        name: format::soft_hyphens(&name),
        lang: String::new(),
        price: price(&shelf.currency, product, &variations),
        unit: match unit(product) {
            unit if unit.is_empty() => unit,
            unit => format!("a {unit}"),
        },
        was: was.map(|regular| shelf.currency.money(regular)),
        stock: match (bar, is_all_out) {
            (Some(bar), _) => bar.words().into(),
            (None, true) => Bar::OutOfStock.words().into(),
            (None, false) if is_variable => kinds(product, &variations),
            (None, false) => left(product),
        },
        sku: product.sku.clone(),
        in_cart: (!in_cart.is_zero()).then(|| format::quantity(in_cart)),
        out,
        choose: is_variable,
    }
}

/// Where the till serves a product's picture.
pub(crate) fn picture(product: &Product) -> Option<String> {
    let image = product.images.first().filter(|image| !image.src.is_empty())?;
    // The address changes with the picture, so that a browser may keep it for good.
    let version = image.src.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Some(format!("/picture/{}?v={:08x}", product.id, version >> 32))
}

/// Price, or the range of prices of the variations.
pub(crate) fn price(currency: &CurrencyFormat, product: &Product, variations: &[&Variation]) -> String {
    let mut prices: Vec<Decimal> = variations
        .iter()
        .filter_map(|variation| variation.price)
        .collect();
    prices.sort();
    match (prices.first(), prices.last()) {
        (Some(low), Some(high)) if low != high => {
            // A range of whole amounts needs no decimals, and the tile has no room for them.
            let is_whole = low.fract().is_zero() && high.fract().is_zero();
            let short = CurrencyFormat {
                decimals: if is_whole { 0 } else { currency.decimals },
                ..currency.clone()
            };
            format!("{}\u{2013}{}", short.money(*low), short.figure(*high))
        }
        (Some(one), Some(_)) => currency.money(*one),
        _ => product
            .price
            .map(|price| currency.money(price))
            .unwrap_or_default(),
    }
}

fn kinds(product: &Product, variations: &[&Variation]) -> String {
    let used: Vec<_> = product
        .attributes
        .iter()
        .filter(|attribute| attribute.variation)
        .collect();
    let count = u32::try_from(variations.len()).unwrap_or(u32::MAX);
    match used.as_slice() {
        [one] => {
            let name = unescape(&one.name).to_lowercase();
            format::counted(count, &name, &format!("{name}s"))
        }
        _ => format::counted(count, "kind", "kinds"),
    }
}

fn left(product: &Product) -> String {
    let counted = product.stock_quantity.filter(|_| product.manage_stock);
    match counted {
        Some(left) if left > Decimal::ZERO => match unit(product) {
            unit if unit.is_empty() => format!("{} left", format::quantity(left)),
            unit => format!("{} {unit}", format::quantity(left)),
        },
        Some(_) => "On order".into(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use evertill_wire::rest::catalogue::StoreSettings;

    use super::*;
    use crate::db::goods::Goods as Stored;
    use crate::shelf::tests::product;

    fn shelf(products: Vec<Product>) -> Shelf {
        let stored = Stored {
            products,
            ..Stored::default()
        };
        Shelf::new(stored, StoreSettings::default(), "10.0.2", true)
    }

    #[test]
    fn long_lists_come_in_pages_that_lead_to_each_other() {
        let shelf = shelf(
            (1..=130)
                .map(|id| product(id, &format!("Item {id:03}"), "1"))
                .collect(),
        );
        let asked = Asked {
            page: 1,
            as_list: true,
            ..Asked::default()
        };
        let goods = goods(&shelf, &asked, None, &Cart::default());
        assert_eq!(goods.tiles.len(), 60);
        assert_eq!(goods.previous_href.as_deref(), Some("/?view=list"));
        assert_eq!(goods.next_href.as_deref(), Some("/?page=3&view=list"));
        assert_eq!(goods.summary, "130 items here");
    }

    #[test]
    fn what_is_out_of_stock_says_so_and_what_is_on_sale_says_from_what() {
        let mut gone = product(1, "Gone", "5");
        gone.stock_status = "outofstock".into();
        let mut sale = product(2, "Offer", "4");
        sale.on_sale = true;
        sale.regular_price = Some(Decimal::from(6));
        let goods = goods(
            &shelf(vec![gone, sale]),
            &Asked::default(),
            None,
            &Cart::default(),
        );
        assert!(goods.tiles[0].out);
        assert_eq!(goods.tiles[0].stock, "Out of stock");
        assert_eq!(goods.tiles[1].was.as_deref(), Some("£6.00"));
        assert_eq!(goods.tiles[1].price, "£4.00");
    }

    #[test]
    fn a_search_keeps_its_order_and_its_words() {
        let shelf = shelf(vec![product(1, "Mug", "1"), product(2, "Big mug", "2")]);
        let asked = Asked {
            query: "mug & co".into(),
            ..Asked::default()
        };
        let goods = goods(&shelf, &asked, Some(&[2, 1]), &Cart::default());
        assert_eq!(goods.tiles[0].product_id, 2);
        assert_eq!(goods.list_href, "/?q=mug+%26+co&view=list");
        assert_eq!(goods.summary, "2 of 2 items");
    }
}
