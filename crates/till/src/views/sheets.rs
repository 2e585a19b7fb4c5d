//! The sheets over the register.

use evertill_sale::cart::CartLine;
use evertill_sale::search::ItemKey;
use evertill_wire::rest::catalogue::{Product, Variation};
use evertill_wire::rest::de::unescape;
use rust_decimal::Decimal;
use url::form_urlencoded;

use super::cart::{items, rate_words, with_unit};
use super::goods::{picture, price};
use crate::clock::Wall;
use crate::db::carts::OpenCart;
use crate::pages::{
    Choice, ChoiceGroup, CodeItem, CustomSheet, LineSheet, NoteSheet, OpenSheet, ParkedCart, ParkedSheet,
    SeveralSheet, TaxChoice, UnknownCodeSheet, VariationSheet, format,
};
use crate::shelf::{Article, Bar, Shelf};

/// One line, to be edited.
pub(crate) fn line(shelf: &Shelf, held: &CartLine, problem: Option<String>) -> LineSheet {
    let left = shelf
        .article(
            held.item.product_id,
            (held.item.variation_id != 0).then_some(held.item.variation_id),
        )
        .and_then(|article| article.left)
        .map(|left| format!(" · {} left", with_unit(left, &held.item.unit)));
    let rate = rate_words(shelf, &held.item.tax_class, held.item.is_taxable);
    LineSheet {
        uuid: held.uuid.to_string(),
        name: format::soft_hyphens(&held.item.name),
        detail: format!("{rate}{}", left.unwrap_or_default()),
        quantity: held.quantity.normalize().to_string(),
        unit: held.item.unit.clone(),
        in_parts: shelf.sells_in_parts(held.item.product_id),
        price: typed(shelf, held.price),
        regular: held
            .is_price_changed()
            .then(|| shelf.currency.money(held.item.price)),
        symbol: shelf.currency.symbol.clone(),
        decimal_separator: shelf.currency.decimal_separator.clone(),
        note: held.note.clone(),
        problem,
    }
}

/// An amount as a person types it in this shop.
pub(crate) fn typed(shelf: &Shelf, amount: Decimal) -> String {
    let places = amount.normalize().scale().max(shelf.currency.decimals) as usize;
    format!("{amount:.places$}").replace('.', &shelf.currency.decimal_separator)
}

/// The variations of a product.
pub(crate) fn variations(shelf: &Shelf, product: &Product) -> VariationSheet {
    let name = unescape(&product.name);
    let variations = shelf.variations_of(product);
    let names: Vec<String> = product
        .attributes
        .iter()
        .filter(|attribute| attribute.variation)
        .map(|attribute| unescape(&attribute.name))
        .collect();
    let mut groups: Vec<ChoiceGroup> = Vec::new();
    for variation in &variations {
        let (group, label) = labels(variation, &names);
        let choice = choice(shelf, product, variation, label);
        match groups.iter_mut().find(|known| known.name == group) {
            Some(known) => known.choices.push(choice),
            None => groups.push(ChoiceGroup {
                name: group,
                choices: vec![choice],
            }),
        }
    }
    VariationSheet {
        product_id: product.id,
        price: price(&shelf.currency, product, &variations),
        picture: picture(product),
        initials: format::initials(&name),
        tint: format::tint(&name),
        name: format::soft_hyphens(&name),
        attribute: match names.as_slice() {
            [] => "one".into(),
            names => sentence(&names.join(" and ")),
        },
        groups,
    }
}

/// Group and label of a variation; what it leaves open is said so.
fn labels(variation: &Variation, names: &[String]) -> (String, String) {
    let stated = |name: &String| {
        let choice = variation
            .attributes
            .iter()
            .find(|choice| unescape(&choice.name) == *name)?;
        (!choice.option.is_empty()).then(|| unescape(&choice.option))
    };
    let options: Vec<String> = names
        .iter()
        .map(|name| stated(name).unwrap_or_else(|| format!("Any {}", name.to_lowercase())))
        .collect();
    match options.split_first() {
        Some((first, rest)) if !rest.is_empty() => (first.clone(), rest.join(", ")),
        _ => (String::new(), options.join(", ")),
    }
}

fn choice(shelf: &Shelf, product: &Product, variation: &Variation, label: String) -> Choice {
    let article = shelf.article(product.id, Some(variation.id));
    let bar = article.as_ref().map_or(Some(Bar::NoPrice), |article| article.bar);
    let left = article.and_then(|article| article.left);
    Choice {
        variation_id: variation.id,
        label: if label.is_empty() {
            variation.sku.clone()
        } else {
            label
        },
        price: variation
            .price
            .map(|price| shelf.currency.money(price))
            .unwrap_or_default(),
        stock: match (bar, left) {
            (Some(bar), _) => bar.words().into(),
            (None, Some(left)) if left > Decimal::ZERO => format!("{} left", format::quantity(left)),
            (None, Some(_)) => "On order".into(),
            (None, None) => String::new(),
        },
        out: bar.is_some(),
    }
}

fn sentence(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// What a variation leaves open: asks for the first of it. `quantity` is as it was typed.
pub(crate) fn open_choice(shelf: &Shelf, article: &Article, quantity: &str) -> Option<OpenSheet> {
    let open = article.open.first()?;
    let product = shelf.product(article.product_id)?;
    let name = unescape(&product.name);
    Some(OpenSheet {
        product_id: article.product_id,
        variation_id: article.variation_id.unwrap_or(0),
        quantity: quantity.to_owned(),
        name: format::soft_hyphens(&article.name),
        price: shelf.currency.money(article.price),
        picture: picture(product),
        initials: format::initials(&name),
        tint: format::tint(&name),
        attribute: open.name.to_lowercase(),
        field: option_field(&open.key),
        answered: article
            .choices
            .iter()
            .filter(|choice| choice.is_any)
            .map(|choice| (option_field(&choice.key), choice.option.clone()))
            .collect(),
        options: open.options.clone(),
    })
}

/// The form field that answers an open attribute.
pub(crate) fn option_field(key: &str) -> String {
    format!("attribute_{key}")
}

/// Everything that carries one code.
pub(crate) fn several(shelf: &Shelf, code: &str, keys: &[ItemKey]) -> SeveralSheet {
    let items = keys.iter().filter_map(|key| {
        let product = shelf.product(key.product_id)?;
        let article = shelf.article(
            key.product_id,
            (key.variation_id != 0).then_some(key.variation_id),
        )?;
        let name = unescape(&product.name);
        let bar = article.bar.filter(|bar| *bar != Bar::ChooseFirst);
        let left = article.left.map(|left| match left > Decimal::ZERO {
            true => format!("{} left", with_unit(left, &article.unit)),
            false => "On order".to_owned(),
        });
        let stock = bar.map(|bar| bar.words().to_owned()).or(left);
        let detail = [Some(article.sku.clone()), stock].into_iter().flatten();
        Some(CodeItem {
            product_id: key.product_id,
            variation_id: key.variation_id,
            name: format::soft_hyphens(&article.name),
            detail: detail
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            price: match article.bar {
                Some(Bar::ChooseFirst) => price(&shelf.currency, product, &shelf.variations_of(product)),
                _ => shelf.currency.money(article.price),
            },
            picture: picture(product),
            initials: format::initials(&name),
            tint: format::tint(&name),
            out: bar.is_some(),
        })
    });
    SeveralSheet {
        code: code.to_owned(),
        items: items.collect(),
    }
}

/// Something that is not in the catalogue.
pub(crate) fn custom(
    shelf: &Shelf,
    name: &str,
    price: &str,
    code: &str,
    class: &str,
    problem: Option<String>,
) -> CustomSheet {
    let mut classes: Vec<&str> = vec![""];
    for rate in &shelf.setup.rates {
        if !classes.contains(&rate.class.as_str()) {
            classes.push(&rate.class);
        }
    }
    CustomSheet {
        name: name.to_owned(),
        price: price.to_owned(),
        code: code.to_owned(),
        symbol: shelf.currency.symbol.clone(),
        decimal_separator: shelf.currency.decimal_separator.clone(),
        taxes: classes
            .into_iter()
            .map(|known| TaxChoice {
                class: known.to_owned(),
                label: rate_words(shelf, known, true),
                chosen: known == class,
            })
            .collect(),
        problem,
    }
}

/// A code without a product.
pub(crate) fn unknown_code(code: &str, tried: &str) -> UnknownCodeSheet {
    let with = |key: &str| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair(key, code)
            .finish()
    };
    UnknownCodeSheet {
        code: code.to_owned(),
        tried: tried.to_owned(),
        custom_href: format!("/cart/custom?{}", with("code")),
        search_href: format!("/?{}", with("q")),
    }
}

/// The note on the sale.
pub(crate) fn note(open: &OpenCart) -> NoteSheet {
    NoteSheet {
        number: open.number.to_string(),
        note: open.cart.note().to_owned(),
    }
}

/// The parked sales.
pub(crate) fn parked(shelf: &Shelf, parked: &[OpenCart], open: &OpenCart, wall: &Wall) -> ParkedSheet {
    ParkedSheet {
        carts: parked
            .iter()
            .map(|cart| ParkedCart {
                id: cart.uuid.to_string(),
                number: cart.number.to_string(),
                items: items(cart.cart.lines()),
                note: cart.cart.note().to_owned(),
                total: shelf.currency.money(cart.cart.totals(&shelf.setup).total),
                at: format::moment(&wall.at(cart.changed_at_ms), &wall.now()),
            })
            .collect(),
        open_is_parked: !open.cart.is_empty(),
    }
}
