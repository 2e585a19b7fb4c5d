//! The register: products on the left, the sale on the right.

use askama::Template;

use super::frame::Frame;
use super::sheet::Sheet;

/// The register.
#[derive(Debug, Clone, Template)]
#[template(path = "register.html")]
pub struct RegisterPage {
    /// Rail, bar and head.
    pub frame: Frame,
    /// Token for every form of the page.
    pub csrf: String,
    /// The products.
    pub goods: Goods,
    /// The sale.
    pub cart: CartView,
    /// The sheet that is open, if any.
    pub sheet: Option<Sheet>,
    /// What can be undone right now, if anything.
    pub toast: Option<Toast>,
}

/// The list of products again, target `#goods-list`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/goods.html")]
pub struct GoodsFragment {
    /// Token for the forms.
    pub csrf: String,
    /// The products.
    pub goods: Goods,
}

/// The sale after something changed, targets `#cart`, `#sheet` and `#toast`.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/cart.html")]
pub struct CartFragment {
    /// Token for the forms.
    pub csrf: String,
    /// The sale.
    pub cart: CartView,
    /// The sheet that is open afterwards; none closes it.
    pub sheet: Option<Sheet>,
    /// What can be undone, if anything.
    pub toast: Option<Toast>,
}

/// A page of products and how it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Goods {
    /// What was searched for; empty for everything.
    pub query: String,
    /// Id of the chosen category; empty for all.
    pub category: String,
    /// Whether rows are shown instead of pictures.
    pub as_list: bool,
    /// Address of the picture view with the same search.
    pub grid_href: String,
    /// Address of the row view with the same search.
    pub list_href: String,
    /// The categories, `All` first.
    pub categories: Vec<Category>,
    /// The products of this page.
    pub tiles: Vec<Tile>,
    /// What the list holds, `1,240 items here`; shown before the tax sentence.
    pub summary: String,
    /// The tax basis, `prices include VAT`.
    pub tax_words: String,
    /// Address of the page before.
    pub previous_href: Option<String>,
    /// Address of the page after.
    pub next_href: Option<String>,
    /// Whether the catalogue is still on its way to this till for the first time.
    pub loading: bool,
}

/// One category chip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Category {
    /// Name, `Coffee`.
    pub name: String,
    /// Address of the register with this category.
    pub href: String,
    /// Whether it is the chosen one.
    pub chosen: bool,
}

/// One product, as picture or as row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tile {
    /// The product.
    pub product_id: i64,
    /// Name with soft hyphens in long words (see [`super::format::soft_hyphens`]).
    pub name: String,
    /// Language of the name when it differs from the page, `de`; else empty.
    pub lang: String,
    /// Address of the picture, `/picture/31`.
    pub picture: Option<String>,
    /// Letters shown without a picture.
    pub initials: String,
    /// Colour class shown without a picture, `t4`.
    pub tint: &'static str,
    /// Price with the sign, or a range, `£42–45`.
    pub price: String,
    /// What the price is for, `a kg`; else empty.
    pub unit: String,
    /// Price before the reduction, with the sign.
    pub was: Option<String>,
    /// Stock in words, `34 left`, `4 sizes`, `Out of stock`; may be empty.
    pub stock: String,
    /// Article number, shown in the row view.
    pub sku: String,
    /// Quantity in the open sale.
    pub in_cart: Option<String>,
    /// Whether it cannot be sold now.
    pub out: bool,
    /// Whether a variation must be chosen first.
    pub choose: bool,
}

/// How much of one product the open sale holds; keeps the badges of the tiles right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InCart {
    /// The product.
    pub product_id: i64,
    /// The quantity in words, `0.375`.
    pub quantity: String,
}

/// The open sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CartView {
    /// Number of the sale, `2047`.
    pub number: String,
    /// The lines, oldest first.
    pub lines: Vec<CartLine>,
    /// Rows between the lines and the total, `Items`, `VAT included, 20 % of 76.90`.
    pub sums: Vec<SumRow>,
    /// Total with the sign.
    pub total: String,
    /// `9 lines`.
    pub count: String,
    /// The note on the sale; empty when there is none.
    pub note: String,
    /// How many sales are parked.
    pub parked: u32,
    /// Whether the last change can be undone.
    pub can_undo: bool,
    /// Quantity per product, for the badges of the tiles.
    pub in_cart: Vec<InCart>,
    /// What is shown while there is no line.
    pub empty: EmptyCart,
}

/// One line of the open sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CartLine {
    /// Id of the line.
    pub uuid: String,
    /// Quantity, `2` or `0.375`.
    pub quantity: String,
    /// Unit of the quantity, `kg`; else empty.
    pub unit: String,
    /// Name with soft hyphens in long words.
    pub name: String,
    /// Language of the name when it differs from the page; else empty.
    pub lang: String,
    /// One line of detail, `£9.50 each · was £11.00 · VAT 0 %`.
    pub detail: String,
    /// Note on the line; empty when there is none.
    pub note: String,
    /// Amount without the sign, `19.00`.
    pub amount: String,
    /// Whether it is the line that was touched last: shows its stepper and is what `+`, `−` and `Del` act on.
    pub current: bool,
    /// Whether it was just added; flashes once.
    pub is_new: bool,
}

/// A label and an amount.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SumRow {
    /// What it is, `VAT included`.
    pub label: String,
    /// What follows on wide screens, `, 20 % of 76.90`.
    pub more: String,
    /// Amount without the sign.
    pub amount: String,
}

/// What an empty sale shows instead of lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmptyCart {
    /// The last sale of this till.
    pub last: Option<LastSale>,
    /// The day so far, `12 sales today, £318.40`; empty when there was none.
    pub today: String,
}

/// The last finished sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastSale {
    /// Id of the sale.
    pub uuid: String,
    /// Number, `2046`.
    pub number: String,
    /// Total with the sign.
    pub total: String,
    /// How it was paid and what was given back, `cash, change £4.30`.
    pub paid: String,
    /// Clock time.
    pub at: String,
}

/// A success that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Toast {
    /// What happened, `Flat White removed`.
    pub text: String,
    /// Whether to offer undoing it.
    pub undo: bool,
}
