//! An open sale: its lines, what may be done to them, and how to take it back.
//!
//! [`Cart::apply`] takes one [`CartAction`] under the shop's [`CartRules`] or changes nothing; [`Cart::undo`]
//! restores exactly what was there before, up to [`UNDO_MAX`] actions back. A cart is a [`Record`]: it is kept on
//! disk as JSON after every action. Parking is the till's business: it keeps several of them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    error::SaleError,
    line::net_of,
    record::{Format, Record},
    tax::TaxSetup,
    totals::{AMOUNT_MAX, LineInput, OrderInput, OrderTotals, QUANTITY_MAX, total_order},
};

mod history;
mod item;
mod summary;

use history::Step;
pub use item::{CartLine, Choice, Item};
pub use summary::CartSummary;

/// Actions that can be taken back.
pub const UNDO_MAX: usize = 50;

/// Longest name or note, in characters.
pub const TEXT_MAX: usize = 500;

/// What a shop allows in a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartRules {
    /// Decimals that a quantity may have; 0 for whole units only.
    pub quantity_decimals: u32,
    /// Most that a line may hold.
    pub quantity_max: Decimal,
    /// Highest price of a unit.
    pub price_max: Decimal,
    /// Decimals that a typed price may have.
    pub price_decimals: u32,
    /// Most lines of a sale.
    pub lines_max: usize,
}

impl Default for CartRules {
    /// Whole units up to 9,999, prices up to a milliard with two decimals, 500 lines.
    fn default() -> Self {
        Self {
            quantity_decimals: 0,
            quantity_max: Decimal::from(9_999),
            price_max: Decimal::from(1_000_000_000),
            price_decimals: 2,
            lines_max: 500,
        }
    }
}

impl CartRules {
    /// The rules of a shop that sells by weight: quantities with up to three decimals.
    #[must_use]
    pub fn with_decimal_quantities(self) -> Self {
        Self {
            quantity_decimals: 3,
            ..self
        }
    }

    fn check_quantity(&self, quantity: Decimal) -> Result<(), SaleError> {
        if quantity <= Decimal::ZERO {
            return Err(SaleError::QuantityTooLow { quantity });
        }
        if quantity > self.quantity_max.min(QUANTITY_MAX) {
            return Err(SaleError::QuantityTooHigh {
                quantity,
                quantity_max: self.quantity_max,
            });
        }
        if quantity.normalize().scale() > self.quantity_decimals {
            return Err(SaleError::QuantityTooFine {
                quantity,
                decimals: self.quantity_decimals,
            });
        }
        Ok(())
    }

    /// A catalogue price may be finer than what a person may type.
    fn check_price(&self, price: Decimal, decimals: u32) -> Result<(), SaleError> {
        let is_chargeable = price >= Decimal::ZERO
            && price <= self.price_max.min(AMOUNT_MAX)
            && price.normalize().scale() <= decimals;
        if is_chargeable {
            Ok(())
        } else {
            Err(SaleError::PriceNotChargeable { price })
        }
    }
}

/// One thing done to a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartAction {
    /// Puts an item in, or more of it into the line that already holds it.
    Add {
        /// Identity of the line, should it become a new one.
        line: Uuid,
        /// The item.
        item: Box<Item>,
        /// How many.
        quantity: Decimal,
    },
    /// Sets how many a line holds; zero removes it.
    SetQuantity {
        /// The line.
        line: Uuid,
        /// How many.
        quantity: Decimal,
    },
    /// Adds to what a line holds; reaching zero or less removes it.
    ChangeQuantity {
        /// The line.
        line: Uuid,
        /// How many more; negative for fewer.
        by: Decimal,
    },
    /// Sets the price of a unit on this line only.
    SetPrice {
        /// The line.
        line: Uuid,
        /// Price in the shop's own mode.
        price: Decimal,
    },
    /// Writes a note on a line; an empty one removes it.
    SetLineNote {
        /// The line.
        line: Uuid,
        /// The note.
        note: String,
    },
    /// Writes a note on the sale; an empty one removes it.
    SetNote(String),
    /// Takes a line out.
    Remove {
        /// The line.
        line: Uuid,
    },
    /// Takes everything out.
    Clear,
}

/// Newest format of a kept cart.
const FORMAT: u32 = 1;

/// An open sale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cart {
    format: Format<FORMAT>,
    lines: Vec<CartLine>,
    note: String,
    history: Vec<Step>,
}

impl Record for Cart {
    const FORMAT: u32 = FORMAT;
}

impl Cart {
    /// The lines, in the order they were rung up.
    #[must_use]
    pub fn lines(&self) -> &[CartLine] {
        &self.lines
    }

    /// The line of that identity.
    #[must_use]
    pub fn line(&self, line: Uuid) -> Option<&CartLine> {
        self.lines.iter().find(|held| held.uuid == line)
    }

    /// The note on the sale, empty for none.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Whether there is nothing to pay for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many of a product (or of one of its variations) the sale holds.
    #[must_use]
    pub fn quantity_of(&self, product_id: i64, variation_id: Option<i64>) -> Decimal {
        self.lines
            .iter()
            .filter(|line| line.item.product_id == product_id)
            .filter(|line| variation_id.is_none_or(|id| line.item.variation_id == id))
            .map(|line| line.quantity)
            .sum()
    }

    /// Takes one action and answers the line it touched.
    ///
    /// # Errors
    /// The rules forbid it or the line is not there; the cart is as it was.
    pub fn apply(&mut self, action: CartAction, rules: &CartRules) -> Result<Option<Uuid>, SaleError> {
        let (step, touched) = match action {
            CartAction::Add { line, item, quantity } => self.add(line, *item, quantity, rules)?,
            CartAction::SetQuantity { line, quantity } => self.set_quantity(line, quantity, rules)?,
            CartAction::ChangeQuantity { line, by } => {
                let quantity = self.held(line)?.quantity + by.clamp(-QUANTITY_MAX, QUANTITY_MAX);
                self.set_quantity(line, quantity.max(Decimal::ZERO), rules)?
            }
            CartAction::SetPrice { line, price } => {
                rules.check_price(price, rules.price_decimals)?;
                check_amount(price, self.held(line)?.quantity)?;
                self.change(line, |held| held.price = price)?
            }
            CartAction::SetLineNote { line, note } => {
                let note = checked_text(note)?;
                self.change(line, |held| held.note = note)?
            }
            CartAction::SetNote(note) => {
                let note = checked_text(note)?;
                (Step::Noted(std::mem::replace(&mut self.note, note)), None)
            }
            CartAction::Remove { line } => self.remove(line)?,
            CartAction::Clear => {
                let step = Step::Cleared {
                    lines: std::mem::take(&mut self.lines),
                    note: std::mem::take(&mut self.note),
                };
                (step, None)
            }
        };
        self.history.push(step);
        if self.history.len() > UNDO_MAX {
            self.history.remove(0);
        }
        Ok(touched)
    }

    /// Takes the last action back; answers whether there was one.
    pub fn undo(&mut self) -> bool {
        match self.history.pop() {
            None => false,
            Some(step) => {
                step.take_back(&mut self.lines, &mut self.note);
                true
            }
        }
    }

    /// Whether there is an action to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.history.is_empty()
    }

    /// The order as the arithmetic wants it.
    ///
    /// A price below the catalogue's is a discount (`subtotal` above `total`); a raised price is sent as both.
    #[must_use]
    pub fn to_order_input(&self, setup: &TaxSetup) -> OrderInput {
        OrderInput {
            lines: self.lines.iter().map(|line| order_line(line, setup)).collect(),
            ..OrderInput::default()
        }
    }

    /// What the store will charge.
    #[must_use]
    pub fn totals(&self, setup: &TaxSetup) -> OrderTotals {
        total_order(setup, &self.to_order_input(setup))
    }

    /// The figures under the lines.
    #[must_use]
    pub fn summary(&self, setup: &TaxSetup) -> CartSummary {
        CartSummary::of(
            self.lines.iter(),
            &self.totals(setup),
            setup.prices_include_tax,
            setup.decimals,
        )
    }

    fn held(&self, line: Uuid) -> Result<&CartLine, SaleError> {
        self.line(line).ok_or(SaleError::LineMissing { line })
    }

    fn place_of(&self, line: Uuid) -> Result<usize, SaleError> {
        self.lines
            .iter()
            .position(|held| held.uuid == line)
            .ok_or(SaleError::LineMissing { line })
    }

    fn add(
        &mut self,
        line: Uuid,
        item: Item,
        quantity: Decimal,
        rules: &CartRules,
    ) -> Result<(Step, Option<Uuid>), SaleError> {
        if let Some(held) = self.lines.iter().find(|held| held.merges_with(&item)) {
            let (uuid, quantity) = (held.uuid, checked_sum(held.quantity, quantity, rules)?);
            check_amount(item.price, quantity)?;
            return self.change(uuid, |held| held.quantity = quantity);
        }
        rules.check_quantity(quantity)?;
        rules.check_price(item.price, u32::MAX)?;
        check_amount(item.price, quantity)?;
        if item.name.trim().is_empty() {
            return Err(SaleError::NameMissing);
        }
        if item.product_id == 0 {
            rules.check_price(item.price, rules.price_decimals)?;
            check_length(&item.name)?;
        }
        if self.line(line).is_some() {
            return Err(SaleError::LineExists { line });
        }
        if self.lines.len() >= rules.lines_max {
            return Err(SaleError::LinesFull {
                lines_max: rules.lines_max,
            });
        }
        self.lines.push(CartLine {
            uuid: line,
            price: item.price,
            item,
            quantity,
            note: String::new(),
        });
        Ok((Step::Added(line), Some(line)))
    }

    fn set_quantity(
        &mut self,
        line: Uuid,
        quantity: Decimal,
        rules: &CartRules,
    ) -> Result<(Step, Option<Uuid>), SaleError> {
        if quantity.is_zero() {
            return self.remove(line);
        }
        rules.check_quantity(quantity)?;
        check_amount(self.held(line)?.price, quantity)?;
        self.change(line, |held| held.quantity = quantity)
    }

    fn remove(&mut self, line: Uuid) -> Result<(Step, Option<Uuid>), SaleError> {
        let place = self.place_of(line)?;
        let step = Step::Removed {
            place,
            line: Box::new(self.lines.remove(place)),
        };
        Ok((step, None))
    }

    fn change(
        &mut self,
        line: Uuid,
        change: impl FnOnce(&mut CartLine),
    ) -> Result<(Step, Option<Uuid>), SaleError> {
        let place = self.place_of(line)?;
        let before = self.lines[place].clone();
        change(&mut self.lines[place]);
        Ok((Step::Changed(Box::new(before)), Some(line)))
    }
}

/// The net amounts of a line; what is sent and what is shown both come from here.
pub(crate) fn order_line(line: &CartLine, setup: &TaxSetup) -> LineInput {
    let net = |price| {
        net_of(
            setup,
            price,
            line.quantity,
            &line.item.tax_class,
            line.item.is_taxable,
        )
    };
    LineInput {
        quantity: line.quantity,
        subtotal: net(line.undiscounted_price()),
        total: net(line.price),
        tax_class: line.item.tax_class.clone(),
        is_taxable: line.item.is_taxable,
        is_on_sale: line.price < line.item.regular_price,
        takes_item_coupons: true,
    }
}

fn checked_sum(held: Decimal, more: Decimal, rules: &CartRules) -> Result<Decimal, SaleError> {
    rules.check_quantity(more)?;
    let sum = held + more;
    rules.check_quantity(sum)?;
    Ok(sum)
}

/// A line as a whole stays within what [`total_order`] is made for.
fn check_amount(price: Decimal, quantity: Decimal) -> Result<(), SaleError> {
    match price * quantity <= AMOUNT_MAX {
        true => Ok(()),
        false => Err(SaleError::PriceNotChargeable { price }),
    }
}

fn checked_text(text: String) -> Result<String, SaleError> {
    check_length(&text)?;
    Ok(text.trim().to_owned())
}

fn check_length(text: &str) -> Result<(), SaleError> {
    match text.chars().count() {
        length if length > TEXT_MAX => Err(SaleError::TextTooLong {
            length,
            length_max: TEXT_MAX,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
