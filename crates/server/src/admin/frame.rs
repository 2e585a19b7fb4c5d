//! What surrounds every page of the office.

use super::Visitor;
use crate::{http::App, store::StoreError};

/// Tints that people's faces have, as many as there are classes for them.
const TINTS: u32 = 8;

/// The rail, the foot, and what forms need.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) shop: String,
    /// Slug of the page in the rail.
    pub(super) here: &'static str,
    /// Who is in the office.
    pub(super) name: String,
    pub(super) role: &'static str,
    /// Whether there is more to see than the own account.
    pub(super) may_manage: bool,
    /// What a form must carry.
    pub(super) seal: String,
}

impl Frame {
    pub(super) async fn read(app: &App, visitor: &Visitor, here: &'static str) -> Result<Self, StoreError> {
        Ok(Self {
            shop: app.shop().await?.name,
            here,
            name: visitor.account.display_name(),
            role: visitor.account.role.title(),
            may_manage: visitor.account.role.may_manage(),
            seal: visitor.form_seal.clone(),
        })
    }

    /// What the link of a page in the rail says about itself.
    pub(super) fn current(&self, slug: &str) -> &'static str {
        match self.here == slug {
            true => " aria-current=\"page\"",
            false => "",
        }
    }
}

/// Two letters for somebody without a picture.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    let letters: String = first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect();
    match letters.is_empty() {
        true => "?".to_owned(),
        false => letters,
    }
}

/// A tint that stays with a name, 1 to 8.
pub(super) fn tint(name: &str) -> u32 {
    let sum = name.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    sum % TINTS + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_has_the_first_and_the_last_letter() {
        assert_eq!(initials("Ada Osei"), "AO");
        assert_eq!(initials("Ana María de la Cruz"), "AC");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials("  "), "?");
    }

    #[test]
    fn a_tint_stays_with_a_name_and_has_a_class() {
        assert_eq!(tint("Ada"), tint("Ada"));
        assert!(
            ["", "Ada", "Ben", "Núñez"]
                .iter()
                .all(|name| (1..=8).contains(&tint(name)))
        );
    }
}
