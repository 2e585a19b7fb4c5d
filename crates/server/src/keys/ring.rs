//! The keys of one moment: which signs, which still verify, which seals.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Standing, pen::Pen};
use crate::tokens;

/// How long a key verifies after another took over, in seconds: the longest life an access token can have.
pub(crate) const OVERLAP_S: i64 = 86_400;

/// Keys of a kind that are kept. A shop that rotates faster gives up the oldest; tills then renew once more.
const KEPT_MAX: usize = 16;

/// Everything signed and sealed hangs on these.
pub(crate) struct Ring {
    /// Oldest first, never empty.
    signers: Vec<Signer>,
    /// Oldest first, never empty.
    seals: Vec<Seal>,
    page: Zeroizing<[u8; 32]>,
}

/// A key that signs, signed or is going to.
pub(crate) struct Signer {
    kid: String,
    head: String,
    pen: Pen,
    from: i64,
}

/// A key that seals refresh tokens, or sealed them.
pub(crate) struct Seal {
    key: Zeroizing<[u8; 32]>,
    /// The seal before its first message: half of what a short one costs.
    blank: Hmac<Sha256>,
    from: i64,
}

impl Signer {
    pub(super) fn new(secret: Zeroizing<[u8; 32]>, from: i64) -> Self {
        let pen = Pen::new(&secret);
        let digest = Sha256::digest(pen.verifying().as_bytes());
        let kid = URL_SAFE_NO_PAD.encode(&digest[..8]);
        Self {
            head: tokens::head(&kid),
            kid,
            pen,
            from,
        }
    }

    /// Its name in tokens.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The first part of the tokens it signs.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    /// Signs.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pen.sign(message)
    }

    /// What anybody may know of it.
    pub(crate) fn verifying(&self) -> VerifyingKey {
        self.pen.verifying()
    }

    /// When it takes over, seconds since 1970.
    pub(crate) fn from(&self) -> i64 {
        self.from
    }

    pub(super) fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.pen.secret())
    }
}

impl Seal {
    pub(super) fn new(key: Zeroizing<[u8; 32]>, from: i64) -> Self {
        let blank = blank(&key);
        Self { key, blank, from }
    }

    fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.blank
            .clone()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }

    pub(super) fn from(&self) -> i64 {
        self.from
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.key
    }
}

impl Ring {
    /// None when a kind of key is missing.
    pub(super) fn new(
        mut signers: Vec<Signer>,
        mut seals: Vec<Seal>,
        page: Zeroizing<[u8; 32]>,
    ) -> Option<Self> {
        signers.sort_by_key(Signer::from);
        seals.sort_by_key(Seal::from);
        (!signers.is_empty() && !seals.is_empty()).then_some(Self { signers, seals, page })
    }

    /// Names of the sealing keys that tell them apart and give nothing away.
    pub(crate) fn seal_prints(&self) -> Vec<String> {
        self.seals
            .iter()
            .map(|seal| {
                let mut hasher = Sha256::new();
                hasher.update(b"evertill sealing key");
                hasher.update(seal.secret());
                URL_SAFE_NO_PAD.encode(&hasher.finalize()[..12])
            })
            .collect()
    }

    /// The key that signs now: the last one to take over. Before any has, the first.
    pub(crate) fn signer(&self, now: i64) -> &Signer {
        &self.signers[self.acting(now)]
    }

    fn acting(&self, now: i64) -> usize {
        self.signers
            .iter()
            .rposition(|signer| signer.from <= now)
            .unwrap_or(0)
    }

    /// The key of this name, while what it signed can still be alive.
    pub(crate) fn verifier(&self, kid: &str, now: i64) -> Option<&Signer> {
        let at = self.signers.iter().position(|signer| signer.kid == kid)?;
        (self.standing(at, now) != Standing::Over).then(|| &self.signers[at])
    }

    /// Keys that a stranger needs to check what was signed here, and the one that is about to take over.
    pub(crate) fn published(&self, now: i64) -> impl Iterator<Item = (&Signer, Standing)> {
        let standings = (0..self.signers.len()).map(move |at| self.standing(at, now));
        self.signers
            .iter()
            .zip(standings)
            .filter(|(_, standing)| *standing != Standing::Over)
    }

    fn standing(&self, at: usize, now: i64) -> Standing {
        let acting = self.acting(now);
        match at.cmp(&acting) {
            std::cmp::Ordering::Greater => Standing::Next,
            std::cmp::Ordering::Equal => Standing::Acting,
            std::cmp::Ordering::Less => {
                let until = self.signers[at + 1].from.saturating_add(OVERLAP_S);
                if until > now {
                    Standing::Verifying { until }
                } else {
                    Standing::Over
                }
            }
        }
    }

    /// When the last key takes over or took over, seconds since 1970.
    pub(crate) fn newest_from(&self) -> i64 {
        self.signers.last().map_or(0, Signer::from)
    }

    pub(super) fn signers(&self) -> impl Iterator<Item = &Signer> {
        self.signers.iter()
    }

    pub(super) fn seals(&self) -> impl Iterator<Item = &Seal> {
        self.seals.iter()
    }

    pub(super) fn page_secret(&self) -> &[u8; 32] {
        &self.page
    }

    /// Lets a new key sign from `from` on. Those that are over go.
    pub(super) fn add_signer(&mut self, secret: Zeroizing<[u8; 32]>, from: i64, now: i64) {
        let standings: Vec<Standing> = (0..self.signers.len()).map(|at| self.standing(at, now)).collect();
        let mut standings = standings.into_iter();
        self.signers.retain(|_| {
            standings
                .next()
                .is_some_and(|standing| standing != Standing::Over)
        });
        // A clock that was set back must not put the new key before the old ones.
        let from = from.max(self.newest_from());
        self.signers.push(Signer::new(secret, from));
        let surplus = self.signers.len().saturating_sub(KEPT_MAX);
        self.signers.drain(..surplus);
    }

    /// Leaves only the newest signing key, from now on.
    pub(super) fn forget_old_signers(&mut self) {
        self.signers.drain(..self.signers.len() - 1);
    }

    /// Seals with a new key from now on. The old ones stay: tokens of clients that never rotate hang on them.
    pub(super) fn add_seal(&mut self, secret: Zeroizing<[u8; 32]>, from: i64) {
        let newest = self.seals.last().map_or(0, Seal::from);
        self.seals.push(Seal::new(secret, from.max(newest)));
    }

    /// Whether another sealing key finds room.
    pub(super) fn has_room_for_seal(&self) -> bool {
        self.seals.len() < KEPT_MAX
    }

    /// Seals a refresh token with the newest key.
    pub(crate) fn refresh_mac(&self, message: &[u8]) -> [u8; 32] {
        self.seals[self.seals.len() - 1].mac(message)
    }

    /// Whether the beginning of a seal was made here, with any of the keys.
    pub(crate) fn is_refresh_seal(&self, message: &[u8], sent: &[u8]) -> bool {
        self.seals.iter().rev().any(|seal| {
            seal.mac(message)
                .get(..sent.len())
                .is_some_and(|expected| expected.ct_eq(sent).into())
        })
    }

    /// Ties sign-in forms to their visit.
    pub(crate) fn page_mac(&self, message: &[u8]) -> [u8; 32] {
        blank(&self.page)
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }
}

fn blank(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}
