//! What the sample shop is made of. Plain values; nothing here decides anything.

use rust_decimal::Decimal;

/// The whole sample shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    /// Name, address, currency and tax habits.
    pub settings: Settings,
    /// The classes products refer to by slug.
    pub tax_classes: Vec<TaxClass>,
    /// One rate per class.
    pub tax_rates: Vec<TaxRate>,
    /// Categories in the order of the chips above the products.
    pub categories: Vec<Category>,
    /// Products in shelf order, which is the order of their ids.
    pub products: Vec<Product>,
    /// People who buy here often enough to be known.
    pub customers: Vec<Customer>,
    /// People who work here and may sign in.
    pub accounts: Vec<Account>,
}

/// The shop's own details, as a receipt prints them and as totals need them.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The name over the door.
    pub name: &'static str,
    /// Where the shop is; also the address taxes are worked out for.
    pub address: Address,
    /// Telephone number from the range that is never given to subscribers.
    pub phone: &'static str,
    /// Address for letters from customers, at a domain nobody can own.
    pub email: &'static str,
    /// Tax number for the receipt; all zeros and marked as a sample, so that nobody takes it for a real one.
    pub vat_number: &'static str,
    /// ISO 4217 code.
    pub currency: &'static str,
    /// Decimals of a price.
    pub decimals: u32,
    /// Whether prices in the catalogue contain tax.
    pub prices_include_tax: bool,
    /// Whether tax is rounded once for the whole sale; otherwise on each line.
    pub round_at_subtotal: bool,
    /// IANA name of the zone the shop's clock shows.
    pub timezone: &'static str,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// House number and street.
    pub street: &'static str,
    /// Town.
    pub city: &'static str,
    /// Postal code.
    pub postcode: &'static str,
    /// ISO 3166 code with two letters.
    pub country: &'static str,
}

/// A group of goods taxed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxClass {
    /// Name for references; empty for the standard class, as in WooCommerce's products and order lines.
    pub slug: &'static str,
    /// Name for people.
    pub name: &'static str,
}

/// What one tax class pays.
#[derive(Debug, Clone, PartialEq)]
pub struct TaxRate {
    /// Identifier, 1 and up.
    pub id: i64,
    /// Slug of the [`TaxClass`].
    pub class: &'static str,
    /// Percent of the net amount, with four decimals as WooCommerce keeps it.
    pub percent: Decimal,
    /// What the receipt calls it.
    pub label: &'static str,
    /// ISO 3166 code of the country it holds in.
    pub country: &'static str,
    /// Order among rates of one class; rates with the same priority exclude each other.
    pub priority: i64,
    /// Whether it is charged on top of earlier rates.
    pub compound: bool,
    /// Whether shipping pays it too.
    pub shipping: bool,
}

/// A shelf of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Identifier, 11 and up.
    pub id: i64,
    /// Name for addresses.
    pub slug: &'static str,
    /// Name for people; may hold `&`.
    pub name: &'static str,
    /// The category around this one.
    pub parent: Option<i64>,
}

/// Something the shop sells.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Identifier, 101 and up.
    pub id: i64,
    /// Name for addresses.
    pub slug: &'static str,
    /// Name for people, plain text: `&` and accents are not escaped.
    pub name: &'static str,
    /// BCP 47 tag of the language the name is in.
    pub lang: &'static str,
    /// The shop's own code, unique among products and variations.
    pub sku: &'static str,
    /// EAN-13 or UPC-A with a right check digit, from ranges kept for demonstrations (952) and for use inside one
    /// shop (4), so that no real article answers to it. Unique but for one pair: the sourdough loaf and
    /// yesterday's sourdough carry the baker's same code, and a person has to choose.
    pub barcode: Option<&'static str>,
    /// One or two sentences, plain text.
    pub description: &'static str,
    /// Ids of the categories it stands in, the main one first.
    pub categories: &'static [i64],
    /// Slug of its [`TaxClass`]; empty for standard.
    pub tax_class: &'static str,
    /// Whether it is taxed at all; a gift card is not.
    pub is_taxable: bool,
    /// How it is counted.
    pub unit: Unit,
    /// Slug to ask [`picture`](crate::picture) for.
    pub picture: Option<&'static str>,
    /// Its price and stock, or the kinds it comes in.
    pub goods: Goods,
}

/// Whether a product is sold as it is or in kinds.
#[derive(Debug, Clone, PartialEq)]
pub enum Goods {
    /// Sold as it is.
    Simple {
        /// Price before any sale, tax included.
        regular_price: Decimal,
        /// Lower price while it is on sale.
        sale_price: Option<Decimal>,
        /// What is left of it.
        stock: Stock,
    },
    /// Sold as one of its variations.
    Variable {
        /// What can be chosen.
        attributes: Vec<Attribute>,
        /// The kinds there are.
        variations: Vec<Variation>,
        /// What is left of all kinds together, for variations whose stock is [`Stock::OfProduct`].
        stock: Stock,
    },
}

/// A choice a variable product offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Name for people, such as `Size`.
    pub name: &'static str,
    /// The options in the order to show them.
    pub options: &'static [&'static str],
}

/// One kind of a variable product.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// Identifier, 1001 and up, never an id of a product.
    pub id: i64,
    /// The shop's own code, unique among products and variations.
    pub sku: &'static str,
    /// EAN-13 or UPC-A as in [`Product::barcode`]; always unique.
    pub barcode: Option<&'static str>,
    /// One choice for each attribute of the product, in the product's order.
    pub choices: Vec<Choice>,
    /// Price before any sale, tax included.
    pub regular_price: Decimal,
    /// Lower price while it is on sale.
    pub sale_price: Option<Decimal>,
    /// What is left of it.
    pub stock: Stock,
    /// Its own picture, when the product's does not fit.
    pub picture: Option<&'static str>,
}

/// What a variation says about one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Name of the [`Attribute`].
    pub attribute: &'static str,
    /// The option it stands for, or `None` when it covers every option that has no variation of its own.
    pub option: Option<&'static str>,
}

/// How a product is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// In whole pieces.
    Piece,
    /// By weight, three decimals; the price is for one kilogram.
    Kilogram,
}

/// How much is left.
#[derive(Debug, Clone, PartialEq)]
pub enum Stock {
    /// Nobody counts it: made on demand or always at hand.
    Uncounted,
    /// The product's own stock counts for this variation.
    OfProduct,
    /// Counted.
    Counted {
        /// How much is left, in the product's [`Unit`]; negative when more was promised than there is.
        quantity: Decimal,
        /// At this quantity or below somebody should order more.
        low_at: Option<Decimal>,
        /// What happens when nothing is left.
        backorders: Backorders,
    },
}

/// Whether something may be sold that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backorders {
    /// No: it is out of stock.
    Refused,
    /// Yes, and the customer is told.
    Announced,
}

/// Somebody who buys here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Identifier, 21 and up; never an id of an [`Account`].
    pub id: i64,
    /// Given name.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// Firm on invoices.
    pub company: Option<&'static str>,
    /// At a domain nobody can own.
    pub email: &'static str,
    /// From the ranges that are never given to subscribers.
    pub phone: &'static str,
    /// Where bills go.
    pub address: Address,
}

/// Somebody who works here and signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identifier, 1 and up.
    pub id: i64,
    /// What is typed at sign-in.
    pub username: &'static str,
    /// Given name.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// At a domain nobody can own.
    pub email: &'static str,
    /// What they may do.
    pub role: Role,
}

/// What an account may do, by WooCommerce's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Everything about the shop.
    ShopManager,
    /// Sells.
    Cashier,
}

impl Product {
    /// Returns the kinds it comes in; none for a simple product.
    pub fn variations(&self) -> &[Variation] {
        match &self.goods {
            Goods::Simple { .. } => &[],
            Goods::Variable { variations, .. } => variations,
        }
    }
}

impl Stock {
    /// Tells whether it can be sold now; [`Stock::OfProduct`] counts as yes, ask the product.
    pub fn is_sellable(&self) -> bool {
        match self {
            Stock::Uncounted | Stock::OfProduct => true,
            Stock::Counted {
                quantity, backorders, ..
            } => *quantity > Decimal::ZERO || *backorders == Backorders::Announced,
        }
    }
}

impl Role {
    /// Returns the slug WordPress knows the role by.
    pub fn slug(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::ShopManager => "shop_manager",
            Role::Cashier => "cashier",
        }
    }
}

impl Account {
    /// Returns the name shown to people, such as `Ada Osei`.
    pub fn display_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}
