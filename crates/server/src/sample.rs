//! The sample shop as stock for this store.

use std::collections::{BTreeMap, BTreeSet};

use evertill_sample as sample;
use evertill_wire::Password;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    accounts::{Memory, PasswordHash, Role},
    catalogue::slug,
    clock::Clock,
    error::ServerError,
    store::{
        Account, Address, Attribute, Category, Choice, Item, ItemQuery, Kind, OrderBy, Paging, Person,
        Picture, PriceRange, Shop, Stock, Stocktake, Store, TaxClass, TaxRate, Term, Window,
    },
};

/// Loads the sample shop, unless the store has something already.
pub(crate) async fn load(store: &dyn Store, clock: &Clock) -> Result<(), ServerError> {
    let any = ItemQuery {
        paging: Some(Paging {
            window: Window { page: 1, per_page: 1 },
            by: OrderBy::Id,
            is_ascending: true,
        }),
        ..ItemQuery::default()
    };
    if store.items(any).await.map_err(ServerError::LoadSampleShop)?.total > 0 {
        // Hashing passwords for nothing would slow down every start.
        return Ok(());
    }
    let shop = sample::shop();
    let now = clock.seconds();
    let mut accounts = Vec::new();
    let mut memory = Memory::default();
    for account in &shop.accounts {
        let password = Password::new(sample::demo_password(account.username));
        let hashing = tokio::task::spawn_blocking(move || {
            let hash = PasswordHash::of(&password, &mut memory);
            (hash, memory)
        });
        let (hash, used) = hashing
            .await
            .map_err(|_| ServerError::HashPassword(crate::accounts::PasswordError::Dropped))?;
        memory = used;
        accounts.push(staff(account, hash.map_err(ServerError::HashPassword)?, now));
    }
    drop(memory);
    accounts.extend(shop.customers.iter().map(|customer| buyer(customer, now)));
    let items = items(&shop, now);
    let stock = Stocktake {
        categories: categories(&shop, &items),
        pictures: pictures(&items),
        shop: settings(&shop),
        accounts,
        items,
    };
    let is_loaded = store
        .load(Box::new(stock))
        .await
        .map_err(ServerError::LoadSampleShop)?;
    if is_loaded {
        tracing::info!("the sample shop is loaded");
    }
    Ok(())
}

fn address(address: &sample::Address) -> Address {
    Address {
        address_1: address.street.into(),
        city: address.city.into(),
        postcode: address.postcode.into(),
        country: address.country.into(),
        ..Address::default()
    }
}

fn settings(shop: &sample::Shop) -> Shop {
    let settings = &shop.settings;
    Shop {
        uuid: Uuid::nil(),
        epoch: Uuid::nil(),
        name: settings.name.into(),
        address: Address {
            phone: settings.phone.into(),
            email: settings.email.into(),
            ..address(&settings.address)
        },
        currency: settings.currency.into(),
        decimals: settings.decimals,
        prices_include_tax: settings.prices_include_tax,
        round_at_subtotal: settings.round_at_subtotal,
        timezone: settings.timezone.into(),
        vat_number: settings.vat_number.into(),
        tax_classes: shop
            .tax_classes
            .iter()
            .map(|class| TaxClass {
                slug: class.slug.into(),
                name: class.name.into(),
            })
            .collect(),
        tax_rates: shop
            .tax_rates
            .iter()
            .map(|rate| TaxRate {
                id: rate.id,
                country: rate.country.into(),
                class: rate.class.into(),
                percent: rate.percent,
                label: rate.label.into(),
                priority: rate.priority,
                compound: rate.compound,
                shipping: rate.shipping,
            })
            .collect(),
    }
}

fn staff(account: &sample::Account, hash: PasswordHash, now: i64) -> Account {
    Account {
        id: account.id,
        uuid: Uuid::new_v4(),
        username: account.username.into(),
        email: account.email.into(),
        role: match account.role {
            sample::Role::Administrator => Role::Administrator,
            sample::Role::ShopManager => Role::ShopManager,
            sample::Role::Cashier => Role::Cashier,
        },
        password: Some(hash),
        disabled_at: None,
        person: Person {
            first_name: account.first_name.into(),
            last_name: account.last_name.into(),
            ..Person::default()
        },
        created_at: now,
        modified_at: now,
    }
}

fn buyer(customer: &sample::Customer, now: i64) -> Account {
    Account {
        id: customer.id,
        uuid: Uuid::new_v4(),
        username: slug(&format!("{} {}", customer.first_name, customer.last_name)),
        email: customer.email.into(),
        role: Role::Customer,
        password: None,
        disabled_at: None,
        person: Person {
            first_name: customer.first_name.into(),
            last_name: customer.last_name.into(),
            billing: Address {
                first_name: customer.first_name.into(),
                last_name: customer.last_name.into(),
                company: customer.company.unwrap_or_default().into(),
                email: customer.email.into(),
                phone: customer.phone.into(),
                ..address(&customer.address)
            },
            ..Person::default()
        },
        created_at: now,
        modified_at: now,
    }
}

fn categories(shop: &sample::Shop, items: &[Item]) -> Vec<Category> {
    shop.categories
        .iter()
        .zip(0..)
        .map(|(category, menu_order)| Category {
            id: category.id,
            uuid: Uuid::new_v4(),
            name: category.name.into(),
            slug: category.slug.into(),
            parent: category.parent.unwrap_or(0),
            menu_order,
            count: items
                .iter()
                .filter(|item| item.categories.iter().any(|term| term.id == category.id))
                .count() as i64,
        })
        .collect()
}

fn pictures(items: &[Item]) -> Vec<Picture> {
    let slugs: BTreeSet<&str> = items.iter().filter_map(|item| item.picture.as_deref()).collect();
    slugs
        .into_iter()
        .filter_map(|slug| {
            Some(Picture {
                slug: slug.into(),
                svg: drawn(slug)?,
            })
        })
        .collect()
}

fn drawn(slug: &str) -> Option<String> {
    sample::picture(slug)
}

fn items(shop: &sample::Shop, now: i64) -> Vec<Item> {
    let terms: BTreeMap<i64, Term> = shop
        .categories
        .iter()
        .map(|category| {
            let term = Term {
                id: category.id,
                name: category.name.into(),
                slug: category.slug.into(),
            };
            (category.id, term)
        })
        .collect();
    let numbers = attribute_numbers(shop);
    let count = shop.products.len() as i64;
    let mut items = Vec::new();
    for (product, order) in shop.products.iter().zip(0..) {
        // The newest comes first in a list without an order: let that be shelf order.
        let at = now - order;
        items.push(product_item(product, &terms, &numbers, (order, at)));
        for variation in product.variations() {
            items.push(variation_item(product, variation, &numbers, at - count));
        }
    }
    items
}

/// Attributes with one name are one shop-wide attribute.
fn attribute_numbers(shop: &sample::Shop) -> BTreeMap<&'static str, i64> {
    let names: BTreeSet<&'static str> = shop
        .products
        .iter()
        .filter_map(|product| match &product.goods {
            sample::Goods::Variable { attributes, .. } => Some(attributes),
            sample::Goods::Simple { .. } => None,
        })
        .flatten()
        .map(|attribute| attribute.name)
        .collect();
    names.into_iter().zip(1..).collect()
}

fn stock(stock: &sample::Stock) -> Stock {
    match stock {
        sample::Stock::Uncounted => Stock::Uncounted,
        sample::Stock::OfProduct => Stock::OfParent,
        sample::Stock::Counted {
            quantity,
            low_at,
            backorders,
        } => Stock::Counted {
            quantity: *quantity,
            low_at: *low_at,
            backorders: *backorders == sample::Backorders::Announced,
        },
    }
}

fn unit(unit: sample::Unit) -> String {
    match unit {
        sample::Unit::Piece => String::new(),
        sample::Unit::Kilogram => "kg".into(),
    }
}

fn attribute_slug(name: &str) -> String {
    format!("pa_{}", slug(name))
}

fn product_item(
    product: &sample::Product,
    terms: &BTreeMap<i64, Term>,
    numbers: &BTreeMap<&str, i64>,
    (menu_order, at): (i64, i64),
) -> Item {
    let (kind, regular_price, sale_price, stock_of, attributes) = match &product.goods {
        sample::Goods::Simple {
            regular_price,
            sale_price,
            stock,
        } => (Kind::Simple, Some(*regular_price), *sale_price, stock, Vec::new()),
        sample::Goods::Variable {
            attributes, stock, ..
        } => {
            let attributes = attributes.iter().map(|attribute| Attribute {
                id: numbers.get(attribute.name).copied().unwrap_or(0),
                name: attribute.name.into(),
                slug: attribute_slug(attribute.name),
                options: attribute
                    .options
                    .iter()
                    .map(|option| (*option).to_owned())
                    .collect(),
            });
            (Kind::Variable, None, None, stock, attributes.collect())
        }
    };
    Item {
        id: product.id,
        uuid: Uuid::new_v4(),
        parent_id: 0,
        kind,
        status: "publish".into(),
        name: product.name.into(),
        slug: product.slug.into(),
        sku: product.sku.into(),
        barcode: product.barcode.unwrap_or_default().into(),
        unit: unit(product.unit),
        description: product.description.into(),
        regular_price,
        sale_price,
        range: range(product.variations()),
        is_taxable: product.is_taxable,
        tax_class: product.tax_class.into(),
        stock: stock(stock_of),
        categories: product
            .categories
            .iter()
            .filter_map(|id| terms.get(id).cloned())
            .collect(),
        attributes,
        choices: Vec::new(),
        variations: product
            .variations()
            .iter()
            .map(|variation| variation.id)
            .collect(),
        picture: product.picture.map(str::to_owned),
        menu_order,
        total_sales: Decimal::ZERO,
        created_at: at,
        modified_at: at,
    }
}

fn range(variations: &[sample::Variation]) -> Option<PriceRange> {
    let span = |prices: &mut dyn Iterator<Item = Decimal>| {
        let all: Vec<Decimal> = prices.collect();
        Some((*all.iter().min()?, *all.iter().max()?))
    };
    Some(PriceRange {
        price: span(
            &mut variations
                .iter()
                .map(|one| one.sale_price.unwrap_or(one.regular_price)),
        )?,
        regular: span(&mut variations.iter().map(|one| one.regular_price))?,
        sale: span(&mut variations.iter().filter_map(|one| one.sale_price)),
    })
}

fn variation_item(
    product: &sample::Product,
    variation: &sample::Variation,
    numbers: &BTreeMap<&str, i64>,
    at: i64,
) -> Item {
    let chosen: Vec<&str> = variation
        .choices
        .iter()
        .filter_map(|choice| choice.option)
        .collect();
    Item {
        id: variation.id,
        uuid: Uuid::new_v4(),
        parent_id: product.id,
        kind: Kind::Variation,
        status: "publish".into(),
        name: product.name.into(),
        slug: slug(&format!("{} {}", product.slug, chosen.join(" "))),
        sku: variation.sku.into(),
        barcode: variation.barcode.unwrap_or_default().into(),
        unit: String::new(),
        description: String::new(),
        regular_price: Some(variation.regular_price),
        sale_price: variation.sale_price,
        range: None,
        is_taxable: product.is_taxable,
        tax_class: product.tax_class.into(),
        stock: stock(&variation.stock),
        categories: Vec::new(),
        attributes: Vec::new(),
        choices: variation
            .choices
            .iter()
            .map(|choice| Choice {
                id: numbers.get(choice.attribute).copied().unwrap_or(0),
                name: choice.attribute.into(),
                slug: attribute_slug(choice.attribute),
                option: choice.option.map(str::to_owned),
            })
            .collect(),
        variations: Vec::new(),
        picture: variation.picture.or(product.picture).map(str::to_owned),
        menu_order: 0,
        total_sales: Decimal::ZERO,
        created_at: at,
        modified_at: at,
    }
}
