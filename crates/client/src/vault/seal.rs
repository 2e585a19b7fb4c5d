//! The sealed file: a header that says how it was made, and the content encrypted with XChaCha20-Poly1305.
//!
//! ```text
//! magic 4 · format 1 · check 3 · key id 8 · check 4 · nonce 24 · ciphertext and tag
//! ```
//!
//! The first check covers magic and format and keeps its place in every later format, so that a flipped bit is not
//! taken for a newer version. The second covers the key's id, so that it is not taken for a missing key. The header
//! and the file's name are authenticated with the content: a file renamed to another store does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::key::{KeyId, VaultKey};
use crate::error::ClientError;

const MAGIC: &[u8; 4] = b"EVTV";
const FORMAT: u8 = 1;
const NONCE_AT: usize = 20;
const CONTENT_AT: usize = 44;

/// What a sealed file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// Its content.
    Content(Zeroizing<Vec<u8>>),
    /// Torn, altered, or something else altogether.
    Damaged,
    /// Made by a later version, with this format.
    TooNew(u8),
    /// Made with a key that is not there.
    KeyMissing,
}

/// Seals content for a file of this name.
pub(crate) fn seal(key: &VaultKey, name: &str, content: &[u8]) -> Result<Vec<u8>, ClientError> {
    let mut sealed = Vec::with_capacity(CONTENT_AT + content.len() + 16);
    sealed.extend_from_slice(MAGIC);
    sealed.push(FORMAT);
    let check = check(&sealed);
    sealed.extend_from_slice(&check[..3]);
    sealed.extend_from_slice(&key.id().0);
    let check = self::check(&sealed);
    sealed.extend_from_slice(&check[..4]);
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(ClientError::NoRandom)?;
    sealed.extend_from_slice(&nonce);
    let associated = associated(&sealed, name);
    let payload = Payload {
        msg: content,
        aad: &associated,
    };
    let secret = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .expect("the content is far below the cipher's limit of 256 GiB");
    sealed.extend_from_slice(&secret);
    Ok(sealed)
}

/// Opens a file of this name; `key` is asked for the key the header names.
pub(crate) fn open(
    sealed: &[u8],
    name: &str,
    key: impl FnOnce(KeyId) -> Result<Option<VaultKey>, ClientError>,
) -> Result<Opened, ClientError> {
    let Some((header, rest)) = sealed.split_at_checked(8) else {
        return Ok(Opened::Damaged);
    };
    if &header[..4] != MAGIC || header[5..8] != check(&header[..5])[..3] {
        return Ok(Opened::Damaged);
    }
    if header[4] > FORMAT {
        return Ok(Opened::TooNew(header[4]));
    }
    if rest.len() < CONTENT_AT - 8 || sealed[16..NONCE_AT] != check(&sealed[..16])[..4] {
        return Ok(Opened::Damaged);
    }
    let mut id = [0; 8];
    id.copy_from_slice(&sealed[8..16]);
    let Some(key) = key(KeyId(id))? else {
        return Ok(Opened::KeyMissing);
    };
    let mut nonce = [0; 24];
    nonce.copy_from_slice(&sealed[NONCE_AT..CONTENT_AT]);
    let associated = associated(&sealed[..CONTENT_AT], name);
    let payload = Payload {
        msg: &sealed[CONTENT_AT..],
        aad: &associated,
    };
    Ok(match cipher(&key).decrypt(&XNonce::from(nonce), payload) {
        Ok(content) => Opened::Content(Zeroizing::new(content)),
        Err(_) => Opened::Damaged,
    })
}

/// The format a file names, when it is one of ours and its beginning is whole.
pub(crate) fn format(sealed: &[u8]) -> Option<u8> {
    let header = sealed.get(..8)?;
    let is_whole = &header[..4] == MAGIC && header[5..] == check(&header[..5])[..3];
    is_whole.then_some(header[4])
}

/// The key id a file names, when its header can be trusted.
pub(crate) fn key_id(sealed: &[u8]) -> Option<KeyId> {
    let header = sealed.get(..NONCE_AT)?;
    let is_whole = &header[..4] == MAGIC && header[16..] == check(&header[..16])[..4];
    is_whole.then(|| {
        let mut id = [0; 8];
        id.copy_from_slice(&header[8..16]);
        KeyId(id)
    })
}

fn cipher(key: &VaultKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key.bytes()).into())
}

fn associated(header: &[u8], name: &str) -> Vec<u8> {
    [header, name.as_bytes()].concat()
}

fn check(bytes: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(bytes);
    [digest[0], digest[1], digest[2], digest[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> VaultKey {
        VaultKey::from_bytes([7; 32])
    }

    fn open_with(sealed: &[u8], name: &str) -> Opened {
        open(sealed, name, |id| Ok((id == key().id()).then(key))).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_under_its_own_name_only() {
        let sealed = seal(&key(), "a", b"content").unwrap();
        assert_eq!(
            open_with(&sealed, "a"),
            Opened::Content(Zeroizing::new(b"content".to_vec()))
        );
        assert_eq!(open_with(&sealed, "b"), Opened::Damaged);
        assert!(!sealed.windows(7).any(|window| window == b"content"));
    }

    #[test]
    fn a_file_torn_at_any_byte_is_damaged() {
        let sealed = seal(&key(), "a", b"content").unwrap();
        for length in 0..sealed.len() {
            assert_eq!(
                open_with(&sealed[..length], "a"),
                Opened::Damaged,
                "torn at {length}"
            );
        }
        let longer = [&sealed[..], b"x"].concat();
        assert_eq!(open_with(&longer, "a"), Opened::Damaged);
    }

    #[test]
    fn a_flipped_bit_anywhere_is_damage_and_nothing_else() {
        let sealed = seal(&key(), "a", b"content").unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open_with(&flipped, "a"), Opened::Damaged, "bit {bit}");
        }
    }

    #[test]
    fn a_later_format_and_a_missing_key_are_told_apart() {
        let mut newer = b"EVTV\x02".to_vec();
        let check = check(&newer);
        newer.extend_from_slice(&check[..3]);
        newer.extend_from_slice(b"whatever later versions put here");
        assert_eq!(open_with(&newer, "a"), Opened::TooNew(2));
        let sealed = seal(&VaultKey::from_bytes([8; 32]), "a", b"content").unwrap();
        assert_eq!(open_with(&sealed, "a"), Opened::KeyMissing);
    }
}
