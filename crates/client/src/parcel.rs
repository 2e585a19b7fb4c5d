//! A file sealed with a passphrase, for carrying what must not be lost or read on the way to another device.
//!
//! The key is drawn from the passphrase with Argon2id, the content encrypted with XChaCha20-Poly1305:
//!
//! ```text
//! magic 4 · format 1 · kind 4 · memory in KiB 4 · passes 4 · salt 16 · nonce 24 · ciphertext and tag
//! ```
//!
//! Numbers are big-endian. The whole header is authenticated with the content, so that nobody takes a parcel of one
//! kind for another or makes its key cheaper. A parcel says nothing about its content but its length.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use evertill_wire::Passphrase;
use zeroize::Zeroizing;

use crate::error::ClientError;

const MAGIC: &[u8; 4] = b"EVTP";
const FORMAT: u8 = 1;
const COSTS_AT: usize = 9;
const SALT_AT: usize = 17;
const NONCE_AT: usize = 33;
const CONTENT_AT: usize = 57;

/// Memory that a guess at the passphrase costs, in KiB: the second choice of RFC 9106, which fits a small till.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over that memory, as RFC 9106 has it for this much.
const PASSES: u32 = 3;
/// Most memory a parcel from elsewhere may ask for, in KiB.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
/// Most passes a parcel from elsewhere may ask for.
const PASSES_MAX: u32 = 16;
/// Fewest letters of a passphrase: a parcel can be guessed at without end.
pub const PASSPHRASE_LETTERS_MIN: usize = 8;
/// Largest parcel that is opened, in bytes; a day of a busy till is below one megabyte.
pub const PARCEL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What a parcel holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sales that the store does not have yet.
    Sales,
    /// Sessions, to be taken up on another device.
    Session,
    /// The key of a vault, locked where it lies.
    VaultKey,
}

impl Kind {
    fn tag(self) -> &'static [u8; 4] {
        match self {
            Self::Sales => b"SALE",
            Self::Session => b"SESS",
            Self::VaultKey => b"VKEY",
        }
    }
}

/// Seals content under a passphrase. Slow on purpose: call it where blocking is fine.
///
/// # Errors
/// [`ClientError::PassphraseTooShort`] below [`PASSPHRASE_LETTERS_MIN`] letters, [`ClientError::NoRandom`].
pub fn seal(kind: Kind, passphrase: &Passphrase, content: &[u8]) -> Result<Vec<u8>, ClientError> {
    if passphrase.expose().chars().count() < PASSPHRASE_LETTERS_MIN {
        return Err(ClientError::PassphraseTooShort {
            letters_min: PASSPHRASE_LETTERS_MIN,
        });
    }
    let mut chance = [0; 40];
    getrandom::fill(&mut chance).map_err(ClientError::NoRandom)?;
    let mut parcel = Vec::with_capacity(CONTENT_AT + content.len() + 16);
    parcel.extend_from_slice(MAGIC);
    parcel.push(FORMAT);
    parcel.extend_from_slice(kind.tag());
    parcel.extend_from_slice(&MEMORY_KIB.to_be_bytes());
    parcel.extend_from_slice(&PASSES.to_be_bytes());
    parcel.extend_from_slice(&chance);
    let header = Header::read(&parcel).expect("the header was just written with our own costs");
    let secret = header
        .cipher(passphrase)
        .and_then(|cipher| cipher.encrypt(&header.nonce, header.payload(content)).ok())
        .expect("our own costs are valid, and the content is far below the cipher's limit of 256 GiB");
    parcel.extend_from_slice(&secret);
    Ok(parcel)
}

/// Opens a parcel of this kind. Slow on purpose: call it where blocking is fine.
///
/// # Errors
/// [`ClientError::ParcelNotOpened`] when the passphrase is another, the parcel is of another kind, or a bit of it was
/// altered; [`ClientError::ParcelTooNew`].
pub fn open(kind: Kind, passphrase: &Passphrase, parcel: &[u8]) -> Result<Zeroizing<Vec<u8>>, ClientError> {
    if let Some(&format) = parcel.get(MAGIC.len())
        && parcel.starts_with(MAGIC)
        && format > FORMAT
    {
        return Err(ClientError::ParcelTooNew { format });
    }
    let opened = || {
        let header = Header::read(parcel).filter(|header| header.kind == kind.tag())?;
        let payload = header.payload(parcel.get(CONTENT_AT..)?);
        header.cipher(passphrase)?.decrypt(&header.nonce, payload).ok()
    };
    opened().map(Zeroizing::new).ok_or(ClientError::ParcelNotOpened)
}

/// The readable part of a parcel.
struct Header<'a> {
    bytes: &'a [u8],
    kind: &'a [u8],
    memory_kib: u32,
    passes: u32,
    salt: &'a [u8],
    nonce: XNonce,
}

impl<'a> Header<'a> {
    fn read(parcel: &'a [u8]) -> Option<Self> {
        let bytes = parcel.get(..CONTENT_AT)?;
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let nonce: [u8; 24] = bytes[NONCE_AT..].try_into().ok()?;
        let header = Self {
            bytes,
            kind: &bytes[MAGIC.len() + 1..COSTS_AT],
            memory_kib: number(COSTS_AT)?,
            passes: number(COSTS_AT + 4)?,
            salt: &bytes[SALT_AT..NONCE_AT],
            nonce: XNonce::from(nonce),
        };
        let is_ours = bytes.starts_with(MAGIC) && bytes[MAGIC.len()] == FORMAT;
        let is_affordable = header.memory_kib <= MEMORY_KIB_MAX && header.passes <= PASSES_MAX;
        (is_ours && is_affordable).then_some(header)
    }

    fn cipher(&self, passphrase: &Passphrase) -> Option<XChaCha20Poly1305> {
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32)).ok()?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), self.salt, &mut *key)
            .ok()?;
        Some(XChaCha20Poly1305::new(&(*key).into()))
    }

    fn payload<'b>(&self, content: &'b [u8]) -> Payload<'b, 'a> {
        Payload {
            msg: content,
            aad: self.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase() -> Passphrase {
        Passphrase::new("correct horse")
    }

    fn refused(kind: Kind, passphrase: &str, parcel: &[u8]) -> bool {
        let opened = open(kind, &Passphrase::new(passphrase), parcel);
        matches!(opened, Err(ClientError::ParcelNotOpened))
    }

    #[test]
    fn a_parcel_opens_with_its_passphrase_and_as_its_own_kind_only() {
        let parcel = seal(Kind::Sales, &passphrase(), b"three sales").unwrap();
        let opened = open(Kind::Sales, &passphrase(), &parcel).unwrap();
        assert_eq!(opened.as_slice(), b"three sales");
        assert!(!parcel.windows(5).any(|window| window == b"sales"));
        assert!(refused(Kind::Sales, "correct horses", &parcel));
        assert!(refused(Kind::Session, "correct horse", &parcel));
    }

    #[test]
    fn an_altered_or_torn_parcel_does_not_open() {
        let parcel = seal(Kind::Session, &passphrase(), b"content").unwrap();
        // Of the costs only the low bits: the high ones ask for more than is allowed, which the header refuses itself.
        for byte in [
            0,
            6,
            COSTS_AT,
            COSTS_AT + 7,
            SALT_AT,
            NONCE_AT,
            CONTENT_AT,
            parcel.len() - 1,
        ] {
            let mut altered = parcel.clone();
            altered[byte] ^= 1;
            assert!(refused(Kind::Session, "correct horse", &altered), "byte {byte}");
        }
        for length in [0, 4, CONTENT_AT - 1, CONTENT_AT, parcel.len() - 1] {
            assert!(
                refused(Kind::Session, "correct horse", &parcel[..length]),
                "torn at {length}"
            );
        }
    }

    #[test]
    fn a_parcel_that_asks_for_all_the_memory_there_is_gets_none() {
        let mut parcel = seal(Kind::Sales, &passphrase(), b"content").unwrap();
        parcel[COSTS_AT..COSTS_AT + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(Header::read(&parcel).is_none());
        assert!(refused(Kind::Sales, "correct horse", &parcel));
    }

    #[test]
    fn a_later_format_is_told_from_a_wrong_passphrase() {
        let newer = open(Kind::Sales, &passphrase(), b"EVTP\x02whatever comes then");
        assert!(matches!(newer, Err(ClientError::ParcelTooNew { format: 2 })));
    }

    #[test]
    fn a_short_passphrase_seals_nothing() {
        let sealed = seal(Kind::Sales, &Passphrase::new("1234567"), b"x");
        assert!(matches!(sealed, Err(ClientError::PassphraseTooShort { .. })));
    }
}
