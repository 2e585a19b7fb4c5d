//! What whoever loads the sample shop may rely on.

use std::collections::{BTreeMap, BTreeSet};

use evertill_sample::{
    Goods, Product, Role, Stock, Unit, Variation, demo_password, is_valid_barcode, picture, shop,
};
use rust_decimal::Decimal;

fn variations(products: &[Product]) -> Vec<&Variation> {
    products.iter().flat_map(Product::variations).collect()
}

fn prices(product: &Product) -> Vec<Decimal> {
    match &product.goods {
        Goods::Simple {
            regular_price,
            sale_price,
            ..
        } => std::iter::once(*regular_price).chain(*sale_price).collect(),
        Goods::Variable { variations, .. } => variations
            .iter()
            .flat_map(|kind| std::iter::once(kind.regular_price).chain(kind.sale_price))
            .collect(),
    }
}

fn stock(product: &Product) -> &Stock {
    match &product.goods {
        Goods::Simple { stock, .. } | Goods::Variable { stock, .. } => stock,
    }
}

fn assert_unique<T: Ord + std::fmt::Debug>(values: impl IntoIterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for value in values {
        assert!(!seen.contains(&value), "{value:?} appears twice");
        seen.insert(value);
    }
}

#[test]
fn two_calls_give_the_same_shop() {
    assert_eq!(shop(), shop());
}

#[test]
fn ids_slugs_and_skus_are_unique_across_the_shop() {
    let shop = shop();
    let kinds = variations(&shop.products);
    assert_unique(
        shop.products
            .iter()
            .map(|product| product.id)
            .chain(kinds.iter().map(|kind| kind.id)),
    );
    assert_unique(shop.products.iter().map(|product| product.slug));
    assert_unique(
        shop.products
            .iter()
            .map(|product| product.sku)
            .chain(kinds.iter().map(|kind| kind.sku)),
    );
    assert_unique(shop.categories.iter().map(|category| category.id));
    assert_unique(shop.categories.iter().map(|category| category.slug));
    assert_unique(shop.tax_rates.iter().map(|rate| rate.id));
    assert_unique(
        shop.customers
            .iter()
            .map(|person| person.id)
            .chain(shop.accounts.iter().map(|account| account.id)),
    );
    assert_unique(
        shop.customers
            .iter()
            .map(|person| person.email)
            .chain(shop.accounts.iter().map(|account| account.email)),
    );
}

#[test]
fn products_stand_in_shelf_order_from_101_and_variations_start_at_1001() {
    let shop = shop();
    assert_eq!(shop.products[0].id, 101);
    assert!(shop.products.is_sorted_by_key(|product| product.id));
    assert!(shop.products.iter().all(|product| product.id < 1001));
    assert!(variations(&shop.products).iter().all(|kind| kind.id >= 1001));
}

#[test]
fn the_shelves_are_full_enough_for_a_register_that_looks_lived_in() {
    let shop = shop();
    let count = |wanted: fn(&Product) -> bool| shop.products.iter().filter(|product| wanted(product)).count();
    assert!(shop.products.len() >= 66);
    assert!(count(|product| !product.variations().is_empty()) >= 8);
    assert!(variations(&shop.products).len() >= 30);
    assert!(count(|product| product.unit == Unit::Kilogram) >= 2);
    assert!(count(|product| product.picture.is_none()) >= 3);
    assert!(count(|product| product.name.contains('&')) >= 3);
    assert!(count(|product| !product.is_taxable) >= 1);
    assert!(
        count(|product| matches!(
            product.goods,
            Goods::Simple {
                sale_price: Some(_),
                ..
            }
        )) >= 4
    );
    assert!(
        count(|product| matches!(stock(product), Stock::Uncounted) && product.variations().is_empty()) >= 4
    );
    assert!(count(|product| !stock(product).is_sellable()) >= 2);
    assert_eq!((shop.customers.len(), shop.accounts.len()), (8, 4));
}

#[test]
fn the_odd_cases_a_till_must_survive_are_there() {
    let shop = shop();
    let named = |name: &str| {
        shop.products
            .iter()
            .find(|product| product.name == name)
            .expect(name)
    };
    let counted = |product: &Product| match stock(product) {
        Stock::Counted { quantity, .. } => *quantity,
        Stock::Uncounted | Stock::OfProduct => panic!("{} is not counted", product.name),
    };

    let cutters = named("Weihnachtsplätzchen-Ausstechformen");
    assert_eq!((cutters.lang, cutters.picture), ("de", None));
    assert_eq!(named("Piñata, Star").lang, "es");
    assert_eq!(named("Crème brûlée Kit").lang, "fr");
    assert_eq!(counted(named("Ethiopia Guji, loose beans")).to_string(), "4.620");

    let decaf = named("Decaf Sumatra Beans 250 g");
    assert!(counted(decaf) < Decimal::ZERO && stock(decaf).is_sellable());

    let tee = named("Corner Tee");
    assert!(
        tee.variations()
            .iter()
            .any(|kind| kind.choices.iter().any(|choice| choice.option.is_none()))
    );

    let kids = named("Kids’ Tee, Little Bean");
    assert!(
        kids.variations()
            .iter()
            .all(|kind| kind.stock == Stock::OfProduct)
    );
    assert!(counted(kids) > Decimal::ZERO);
}

#[test]
fn every_price_has_two_decimals_and_a_sale_is_cheaper() {
    for product in &shop().products {
        let prices = prices(product);
        assert!(!prices.is_empty(), "{}", product.slug);
        assert!(
            prices
                .iter()
                .all(|price| price.scale() == 2 && *price > Decimal::ZERO),
            "{}",
            product.slug
        );
        if let Goods::Simple {
            regular_price,
            sale_price: Some(sale),
            ..
        } = &product.goods
        {
            assert!(sale < regular_price, "{}", product.slug);
        }
        for kind in product.variations() {
            assert!(
                kind.sale_price.is_none_or(|sale| sale < kind.regular_price),
                "{}",
                kind.sku
            );
        }
    }
}

#[test]
fn only_goods_sold_by_weight_are_counted_in_parts() {
    for product in &shop().products {
        if let Stock::Counted { quantity, .. } = stock(product) {
            let expected = if product.unit == Unit::Kilogram { 3 } else { 0 };
            assert_eq!(quantity.scale(), expected, "{}", product.slug);
        }
    }
}

#[test]
fn every_choice_names_an_attribute_and_an_option_of_its_product() {
    for product in &shop().products {
        let Goods::Variable {
            attributes,
            variations,
            ..
        } = &product.goods
        else {
            continue;
        };
        assert_unique(variations.iter().map(|kind| {
            let chosen: Vec<_> = kind
                .choices
                .iter()
                .map(|choice| (choice.attribute, choice.option))
                .collect();
            chosen
        }));
        for kind in variations {
            assert_eq!(kind.choices.len(), attributes.len(), "{}", kind.sku);
            for (choice, attribute) in kind.choices.iter().zip(attributes) {
                assert_eq!(choice.attribute, attribute.name, "{}", kind.sku);
                assert!(
                    choice
                        .option
                        .is_none_or(|option| attribute.options.contains(&option)),
                    "{}",
                    kind.sku
                );
            }
        }
    }
}

#[test]
fn barcodes_have_right_check_digits_and_only_the_two_sourdoughs_share_one() {
    let shop = shop();
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for product in &shop.products {
        if let Some(code) = product.barcode {
            owners.entry(code).or_default().push(product.slug);
        }
        for kind in product.variations() {
            owners
                .entry(kind.barcode.expect(kind.sku))
                .or_default()
                .push(kind.sku);
        }
    }
    assert!(owners.keys().all(|code| is_valid_barcode(code)));
    assert!(
        owners
            .keys()
            .all(|code| code.starts_with(if code.len() == 13 { "952" } else { "4" }))
    );
    assert!(owners.keys().any(|code| code.len() == 12));

    let shared: Vec<_> = owners.values().filter(|slugs| slugs.len() > 1).collect();
    assert_eq!(shared, [&["sourdough-loaf", "sourdough-yesterday"]]);
}

#[test]
fn every_category_and_tax_class_is_used_and_every_reference_leads_somewhere() {
    let shop = shop();
    let categories: BTreeSet<i64> = shop.categories.iter().map(|category| category.id).collect();
    let used: BTreeSet<i64> = shop
        .products
        .iter()
        .flat_map(|product| product.categories)
        .copied()
        .collect();
    assert_eq!(used, categories);
    assert!(
        shop.categories
            .iter()
            .filter_map(|category| category.parent)
            .all(|parent| categories.contains(&parent))
    );
    assert!(shop.products.iter().all(|product| !product.categories.is_empty()));

    let classes: BTreeSet<&str> = shop.tax_classes.iter().map(|class| class.slug).collect();
    assert_eq!(
        shop.products
            .iter()
            .map(|product| product.tax_class)
            .collect::<BTreeSet<_>>(),
        classes
    );
    assert_eq!(
        shop.tax_rates
            .iter()
            .map(|rate| rate.class)
            .collect::<BTreeSet<_>>(),
        classes
    );
}

#[test]
fn every_product_is_described_in_one_breath() {
    for product in &shop().products {
        assert!(
            (10..=90).contains(&product.description.chars().count()),
            "{}",
            product.slug
        );
    }
}

#[test]
fn every_named_picture_can_be_drawn() {
    let shop = shop();
    let kinds = variations(&shop.products)
        .into_iter()
        .filter_map(|kind| kind.picture);
    for slug in shop
        .products
        .iter()
        .filter_map(|product| product.picture)
        .chain(kinds)
    {
        assert!(picture(slug).is_some(), "{slug}");
    }
}

#[test]
fn people_can_only_be_reached_at_reserved_addresses() {
    let shop = shop();
    let emails = shop.customers.iter().map(|person| person.email);
    for email in emails
        .chain(shop.accounts.iter().map(|account| account.email))
        .chain([shop.settings.email])
    {
        let (_, domain) = email.split_once('@').expect(email);
        let reserved = ["example.com", "example.org", "example.net"];
        assert!(
            reserved
                .iter()
                .any(|end| domain == *end || domain.ends_with(&format!(".{end}"))),
            "{email}"
        );
    }
}

#[test]
fn each_role_has_somebody_and_a_demo_password() {
    let shop = shop();
    let staff: Vec<_> = shop
        .accounts
        .iter()
        .map(|account| {
            (
                account.display_name(),
                account.role.slug(),
                demo_password(account.username),
            )
        })
        .collect();
    let expected = [
        ("Ann Whitaker", "administrator", "owner-demo"),
        ("Ben Adeyemi", "shop_manager", "manager-demo"),
        ("Ada Osei", "cashier", "cashier-demo"),
        ("Cara Lindqvist", "cashier", "cashier2-demo"),
    ];
    assert_eq!(
        staff,
        expected.map(|(name, role, password)| (name.to_owned(), role, password.to_owned()))
    );
    assert_eq!(
        shop.accounts
            .iter()
            .filter(|account| account.role == Role::Cashier)
            .count(),
        2
    );
}
