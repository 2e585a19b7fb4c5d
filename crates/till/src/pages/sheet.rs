//! The sheets that rise over the products, never over the sale or Pay.

use askama::Template;

use super::frame::{Tone, Waiting};

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheet {
    /// Edit one line.
    Line(LineSheet),
    /// Choose a variation.
    Variation(VariationSheet),
    /// Choose what a variation leaves open.
    Open(OpenSheet),
    /// Choose between the items that carry one code.
    Several(SeveralSheet),
    /// Sell something that is not in the catalogue.
    Custom(CustomSheet),
    /// A scanned code that nobody knows.
    UnknownCode(UnknownCodeSheet),
    /// Note on the sale.
    Note(NoteSheet),
    /// The parked sales.
    Parked(ParkedSheet),
    /// Why the session needs a person.
    Session(SessionSheet),
}

/// One sheet alone, target `#sheet`. Without a sheet it closes the open one.
#[derive(Debug, Clone, Template)]
#[template(path = "fragment/sheet.html")]
pub struct SheetFragment {
    /// Token for the forms.
    pub csrf: String,
    /// The sheet.
    pub sheet: Option<Sheet>,
}

/// Quantity, price and note of one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineSheet {
    /// Id of the line.
    pub uuid: String,
    /// Name with soft hyphens.
    pub name: String,
    /// Detail under the name, `VAT 20 % · 8 left`.
    pub detail: String,
    /// Quantity as it would be typed, `2`.
    pub quantity: String,
    /// Unit, `kg`; else empty.
    pub unit: String,
    /// Whether the quantity may have decimals.
    pub in_parts: bool,
    /// Price of one as it would be typed, `9.50`.
    pub price: String,
    /// The catalogue's price when the line has another, with the sign.
    pub regular: Option<String>,
    /// Currency sign.
    pub symbol: String,
    /// What stands between pounds and pence, `.`.
    pub decimal_separator: String,
    /// The note.
    pub note: String,
    /// What was wrong with the last try, in plain words.
    pub problem: Option<String>,
}

/// The variations of one product.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariationSheet {
    /// The product.
    pub product_id: i64,
    /// Name with soft hyphens.
    pub name: String,
    /// Price or range with the sign.
    pub price: String,
    /// Address of the picture.
    pub picture: Option<String>,
    /// Letters shown without a picture.
    pub initials: String,
    /// Colour class shown without a picture.
    pub tint: &'static str,
    /// What distinguishes the choices, `Size`, `Colour and size`.
    pub attribute: String,
    /// The choices, grouped by the first attribute when there are several.
    pub groups: Vec<ChoiceGroup>,
}

/// Choices that share their first attribute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChoiceGroup {
    /// Value of the first attribute, `Moss`; empty when there is one attribute only.
    pub name: String,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// One variation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The variation.
    pub variation_id: i64,
    /// What it is called within its group, `Large`.
    pub label: String,
    /// Price with the sign.
    pub price: String,
    /// Stock in words; the reason when it cannot be sold.
    pub stock: String,
    /// Whether it cannot be sold now.
    pub out: bool,
}

/// What a variation leaves open, one attribute at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenSheet {
    /// The product.
    pub product_id: i64,
    /// The variation.
    pub variation_id: i64,
    /// Quantity as it was typed; empty for one.
    pub quantity: String,
    /// Name with what was chosen so far, with soft hyphens.
    pub name: String,
    /// Price with the sign.
    pub price: String,
    /// Address of the picture.
    pub picture: Option<String>,
    /// Letters shown without a picture.
    pub initials: String,
    /// Colour class shown without a picture.
    pub tint: &'static str,
    /// What is asked for, `colour`.
    pub attribute: String,
    /// The form field of the answer, `attribute_pa_colour`.
    pub field: String,
    /// Fields and options answered before.
    pub answered: Vec<(String, String)>,
    /// What there is to choose from.
    pub options: Vec<String>,
}

/// The items that carry one code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeveralSheet {
    /// The code as it was read.
    pub code: String,
    /// The items.
    pub items: Vec<CodeItem>,
}

/// One of the items that carry a code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeItem {
    /// The product.
    pub product_id: i64,
    /// The variation, 0 for none.
    pub variation_id: i64,
    /// Name with soft hyphens.
    pub name: String,
    /// Article number and stock in words; may be empty.
    pub detail: String,
    /// Price with the sign.
    pub price: String,
    /// Address of the picture.
    pub picture: Option<String>,
    /// Letters shown without a picture.
    pub initials: String,
    /// Colour class shown without a picture.
    pub tint: &'static str,
    /// Whether it cannot be sold now.
    pub out: bool,
}

/// An item that is not in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomSheet {
    /// Name typed so far.
    pub name: String,
    /// Price typed so far.
    pub price: String,
    /// Code that led here; sent along as the article number. Empty when there is none.
    pub code: String,
    /// Currency sign.
    pub symbol: String,
    /// What stands between pounds and pence.
    pub decimal_separator: String,
    /// The tax classes to choose from.
    pub taxes: Vec<TaxChoice>,
    /// What was wrong with the last try, in plain words.
    pub problem: Option<String>,
}

/// One tax class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxChoice {
    /// The class as the store names it; empty for the standard one.
    pub class: String,
    /// In words, `VAT 20 %`.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A code without a product.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownCodeSheet {
    /// The code as it was read.
    pub code: String,
    /// What was tried, `Not on this till. The shop does not know it either.`
    pub tried: String,
    /// Address of the custom item sheet with this code.
    pub custom_href: String,
    /// Address of the register that searches for this code.
    pub search_href: String,
}

/// Note on the sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoteSheet {
    /// Number of the sale.
    pub number: String,
    /// The note.
    pub note: String,
}

/// The parked sales.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParkedSheet {
    /// The parked sales, newest first.
    pub carts: Vec<ParkedCart>,
    /// Whether the open sale has lines and will be parked by resuming another one.
    pub open_is_parked: bool,
}

/// One parked sale.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParkedCart {
    /// Id to resume it with.
    pub id: String,
    /// Number, `2044`.
    pub number: String,
    /// What is in it, `Flat White, Butter Croissant and 2 more`.
    pub items: String,
    /// Note on the sale; empty when there is none.
    pub note: String,
    /// Total with the sign.
    pub total: String,
    /// Clock time it was parked.
    pub at: String,
}

/// What the session needs, in the order a person asks: safe, waiting, why, what to press.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionSheet {
    /// How serious it is.
    pub tone: Tone,
    /// Headline, `The shop wants you to sign in again`.
    pub title: String,
    /// Error code, `API02008`; small, can be copied.
    pub code: String,
    /// What is safe and whether selling goes on.
    pub safe: String,
    /// What waits; none when everything is sent.
    pub waiting: Option<Waiting>,
    /// The cause in plain words.
    pub why: String,
    /// What the doctor found by itself, with what mends it and who can; empty when it did not look.
    pub found: String,
    /// Who was signed in, `Cara`; empty leaves `Sign in` alone on the button.
    pub person: String,
    /// Whether signing in helps; otherwise only the words and Later are shown.
    pub can_sign_in: bool,
}
