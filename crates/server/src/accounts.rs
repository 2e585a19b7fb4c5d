//! Who may do what: roles with WordPress' capability names, and passwords behind Argon2id.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use evertill_wire::Password;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

pub(crate) mod wordpress;

/// Memory of one hash, in KiB: the least OWASP recommends for two passes on one lane.
const MEMORY_KIB: u32 = 19_456;

/// Passes over the memory.
const PASSES: u32 = 2;

/// Most memory and passes a stored hash may ask for: what costs more than a sign-in may cost is refused.
const MEMORY_KIB_MAX: u32 = 131_072;
const PASSES_MAX: u32 = 8;

/// Longest password that is hashed, in bytes.
pub(crate) const PASSWORD_BYTES_MAX: usize = 1024;

/// What an account is allowed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Administrator,
    ShopManager,
    Cashier,
    Customer,
}

impl Role {
    /// WordPress' name of the role.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::ShopManager => "shop_manager",
            Self::Cashier => "cashier",
            Self::Customer => "customer",
        }
    }

    /// What people call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Administrator => "owner",
            Self::ShopManager => "manager",
            Self::Cashier => "cashier",
            Self::Customer => "customer",
        }
    }

    pub(crate) fn parse(slug: &str) -> Option<Self> {
        [
            Self::Administrator,
            Self::ShopManager,
            Self::Cashier,
            Self::Customer,
        ]
        .into_iter()
        .find(|role| role.slug() == slug)
    }

    /// May use a till.
    pub(crate) fn may_sell(self) -> bool {
        match self {
            Self::Administrator | Self::ShopManager | Self::Cashier => true,
            Self::Customer => false,
        }
    }

    /// May see and end other people's sessions, and correct booked sales.
    pub(crate) fn may_manage(self) -> bool {
        match self {
            Self::Administrator | Self::ShopManager => true,
            Self::Cashier | Self::Customer => false,
        }
    }

    /// May end the sessions of somebody with the `other` role, and change their account. Nobody governs upwards,
    /// and managers do not govern each other.
    pub(crate) fn may_govern(self, other: Self) -> bool {
        match (self, other) {
            (Self::Administrator, _) => true,
            (Self::ShopManager, Self::Cashier | Self::Customer) => true,
            (Self::ShopManager, Self::Administrator | Self::ShopManager) => false,
            (Self::Cashier | Self::Customer, _) => false,
        }
    }

    /// The roles somebody of this role may give.
    pub(crate) fn may_give(self) -> Vec<Self> {
        let all = [Self::Cashier, Self::ShopManager, Self::Administrator];
        all.into_iter().filter(|role| self.may_govern(*role)).collect()
    }

    /// WordPress' names of everything it may do.
    pub(crate) fn capabilities(self) -> Vec<&'static str> {
        let mut all = Vec::new();
        if self == Self::Administrator {
            all.push("manage_options");
        }
        if self.may_manage() {
            all.extend(MANAGE);
        }
        if self.may_sell() {
            all.extend(SELL);
        }
        all.push("read");
        all
    }
}

const MANAGE: [&str; 7] = [
    "manage_woocommerce",
    "manage_woocommerce_pos",
    "delete_shop_orders",
    "delete_others_shop_orders",
    "delete_published_shop_orders",
    "promote_users",
    "view_woocommerce_reports",
];

const SELL: [&str; 22] = [
    "access_woocommerce_pos",
    "create_customers",
    "read_private_products",
    "edit_product",
    "edit_products",
    "edit_others_products",
    "edit_private_products",
    "edit_published_products",
    "publish_products",
    "read_private_shop_orders",
    "publish_shop_orders",
    "edit_shop_orders",
    "edit_others_shop_orders",
    "edit_users",
    "list_users",
    "manage_product_terms",
    "read_private_shop_coupons",
    "edit_shop_coupons",
    "edit_others_shop_coupons",
    "edit_private_shop_coupons",
    "edit_published_shop_coupons",
    "publish_shop_coupons",
];

/// Shortest password somebody may choose, in characters.
pub(crate) const PASSWORD_CHARS_MIN: usize = 10;

/// Why a password is not taken.
pub(crate) fn password_fault(password: &Password, username: &str) -> Option<&'static str> {
    let text = password.expose();
    if text.chars().count() < PASSWORD_CHARS_MIN {
        return Some("The password needs at least 10 characters.");
    }
    if text.len() > PASSWORD_BYTES_MAX {
        return Some("The password is too long.");
    }
    text.eq_ignore_ascii_case(username)
        .then_some("The password must not be the username.")
}

/// A password as it may lie in a database: `$argon2id$v=19$m=…,t=…,p=1$salt$hash`, or as WordPress left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PasswordHash(String);

/// What a hash works in. It grows to what is needed and is used again by the next.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory({} KiB)", self.0.len())
    }
}

impl Memory {
    /// What is kept between two hashes at most, in bytes.
    #[cfg(test)]
    pub(crate) const BYTES_KEPT_MAX: usize = MEMORY_KIB as usize * Block::SIZE;

    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.len() < count {
            // What was there goes first: old and new together would be twice as much.
            self.0 = Vec::new();
            self.0 = vec![Block::new(); count];
        }
        &mut self.0[..count]
    }

    /// Gives back what only a hash made elsewhere needed.
    fn settle(&mut self) {
        if self.0.len() > MEMORY_KIB as usize {
            self.0 = Vec::new();
        }
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * Block::SIZE
    }

    #[cfg(test)]
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The parameters were refused.
    #[error("the password hash refused its parameters: {0}")]
    Hash(argon2::Error),
    /// The system has no randomness.
    #[error("no randomness for a salt")]
    Randomness(#[source] getrandom::Error),
    /// The work was dropped on the way down.
    #[error("the work was dropped")]
    Dropped,
}

impl PasswordHash {
    /// Hashes with a new salt. Slow on purpose: call it where blocking is fine.
    pub(crate) fn of(password: &Password, memory: &mut Memory) -> Result<Self, PasswordError> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(PasswordError::Randomness)?;
        let hash = digest(password, &salt, (MEMORY_KIB, PASSES), memory)?;
        Ok(Self(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash)
        )))
    }

    /// A hash no password fits, as slow to check as any other: for names nobody has.
    pub(crate) fn of_nobody() -> Self {
        let zeros = [0_u8; 32];
        Self(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}",
            STANDARD_NO_PAD.encode(&zeros[..16]),
            STANDARD_NO_PAD.encode(zeros)
        ))
    }

    /// Whether the password is the one. Slow on purpose.
    pub(crate) fn fits(&self, password: &Password, memory: &mut Memory) -> bool {
        let Some((kib, passes, salt, hash)) = self.parts() else {
            return wordpress::fits(&self.0, password);
        };
        kib <= MEMORY_KIB_MAX
            && passes <= PASSES_MAX
            && digest(password, &salt, (kib, passes), memory).is_ok_and(|found| found.ct_eq(&hash).into())
    }

    /// Whether a new hash would be made the same way. One that would not is replaced at the next sign-in.
    pub(crate) fn is_current(&self) -> bool {
        self.parts()
            .is_some_and(|(memory, passes, ..)| (memory, passes) == (MEMORY_KIB, PASSES))
    }

    fn parts(&self) -> Option<(u32, u32, Vec<u8>, Vec<u8>)> {
        let mut parts = self.0.strip_prefix("$argon2id$v=19$")?.split('$');
        let mut costs = parts.next()?.split(',');
        let memory = costs.next()?.strip_prefix("m=")?.parse().ok()?;
        let passes = costs.next()?.strip_prefix("t=")?.parse().ok()?;
        let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        Some((memory, passes, salt, hash))
    }

    /// As it lies in the database.
    pub(crate) fn stored(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

fn digest(
    password: &Password,
    salt: &[u8],
    (kib, passes): (u32, u32),
    memory: &mut Memory,
) -> Result<Vec<u8>, PasswordError> {
    let params = Params::new(kib, passes, 1, Some(32)).map_err(PasswordError::Hash)?;
    let blocks = memory.blocks(params.block_count());
    let mut out = vec![0; 32];
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.expose().as_bytes(),
        salt,
        &mut out,
        blocks,
    );
    memory.settle();
    hashed.map_err(PasswordError::Hash)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let memory = &mut Memory::default();
        let hash = PasswordHash::of(&Password::new("cashier-demo"), memory).unwrap();
        assert!(hash.stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let read = PasswordHash::from_stored(hash.stored().to_owned());
        assert!(read.fits(&Password::new("cashier-demo"), memory) && read.is_current());
        let weaker = hash.stored().replace("t=2", "t=1");
        assert!(!PasswordHash::from_stored(weaker).is_current());
        assert!(!read.fits(&Password::new("cashier-demo "), memory));
        assert!(!PasswordHash::of_nobody().fits(&Password::new(""), memory));
        assert!(!PasswordHash::from_stored("$P$old".into()).fits(&Password::new("x"), memory));
    }

    #[test]
    fn a_hash_made_with_other_costs_fits_and_leaves_no_more_memory_behind() {
        let (memory, password) = (&mut Memory::default(), Password::new("cashier-demo"));
        let made = |kib: u32, memory: &mut Memory| {
            let hash = digest(&password, &[7; 16], (kib, 1), memory).unwrap();
            let salt = STANDARD_NO_PAD.encode([7; 16]);
            PasswordHash(format!(
                "$argon2id$v=19$m={kib},t=1,p=1${salt}${}",
                STANDARD_NO_PAD.encode(hash)
            ))
        };
        for kib in [64, MEMORY_KIB, MEMORY_KIB * 2] {
            let hash = made(kib, memory);
            assert!(hash.fits(&password, memory), "{kib}");
            assert!(!hash.fits(&Password::new("else"), memory), "{kib}");
            assert!(memory.bytes() <= Memory::BYTES_KEPT_MAX, "{kib}: {memory:?}");
        }
    }

    #[test]
    fn a_hash_that_asks_for_too_much_is_not_worked_through() {
        let memory = &mut Memory::default();
        for costs in ["m=131073,t=1", "m=4294967295,t=2", "m=19456,t=9"] {
            let nobody = PasswordHash::of_nobody();
            let hash = PasswordHash(nobody.stored().replace("m=19456,t=2", costs));
            assert!(!hash.fits(&Password::new("x"), memory), "{costs}");
            assert_eq!(memory.bytes(), 0, "{costs}");
        }
    }

    #[test]
    fn nobody_governs_upwards() {
        use Role::{Administrator, Cashier, Customer, ShopManager};
        assert!(Administrator.may_govern(Administrator));
        assert!(ShopManager.may_govern(Cashier) && ShopManager.may_govern(Customer));
        assert!(!ShopManager.may_govern(Administrator) && !ShopManager.may_govern(ShopManager));
        assert!(!Cashier.may_govern(Customer));
    }

    #[test]
    fn a_cashier_sells_and_manages_nothing() {
        assert!(Role::Cashier.capabilities().contains(&"access_woocommerce_pos"));
        assert!(!Role::Cashier.capabilities().contains(&"manage_woocommerce"));
        assert!(
            !Role::Cashier
                .capabilities()
                .iter()
                .any(|name| name.starts_with("delete"))
        );
        assert!(Role::ShopManager.capabilities().contains(&"manage_woocommerce"));
        assert!(!Role::Customer.may_sell());
    }
}
