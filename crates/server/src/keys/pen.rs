//! Signing with Ed25519, the quickest way this processor knows.
//!
//! Half of what a renewal costs is its signature. The portable implementation takes 13 µs for one, the verified
//! assembly of `graviola` 6 µs; it needs a processor of the last ten years or so and knows two architectures. A
//! signature follows from key and message alone (RFC 8032), so both write the same: each key is tried with both
//! before it is used, and where they differ the portable one signs. Verifying is left to the portable one everywhere.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

/// What is signed to see whether both write the same.
const PROBE: &[u8] = b"evertill signs this with every key before it signs anything else";

/// A key that signs.
pub(super) struct Pen {
    portable: SigningKey,
    quick: Option<Quick>,
}

impl Pen {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let portable = SigningKey::from_bytes(secret);
        let expected = portable.sign(PROBE).to_bytes();
        let quick = Quick::of(secret).filter(|quick| quick.sign(PROBE) == expected);
        Self { portable, quick }
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        match &self.quick {
            Some(quick) => quick.sign(message),
            None => self.portable.sign(message).to_bytes(),
        }
    }

    pub(super) fn verifying(&self) -> VerifyingKey {
        self.portable.verifying_key()
    }

    pub(super) fn secret(&self) -> [u8; 32] {
        self.portable.to_bytes()
    }
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
struct Quick(graviola::signing::eddsa::Ed25519SigningKey);

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl Quick {
    fn of(secret: &[u8; 32]) -> Option<Self> {
        // It refuses to work, loudly, on a processor that lacks what it needs.
        if !graviola::util::is_cpu_supported() {
            return None;
        }
        graviola::signing::eddsa::Ed25519SigningKey::from_bytes(secret)
            .ok()
            .map(Self)
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }
}

/// There is none for this architecture.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
enum Quick {}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
impl Quick {
    fn of(_secret: &[u8; 32]) -> Option<Self> {
        None
    }

    fn sign(&self, _message: &[u8]) -> [u8; 64] {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_signing_write_the_same() {
        for seed in 0..=255_u8 {
            let secret = [seed; 32];
            let (pen, portable) = (Pen::new(&secret), SigningKey::from_bytes(&secret));
            for length in [0, 1, usize::from(seed), 520] {
                let message = vec![seed; length];
                assert_eq!(
                    pen.sign(&message),
                    portable.sign(&message).to_bytes(),
                    "{seed} {length}"
                );
            }
        }
    }

    #[test]
    fn the_first_vector_of_rfc_8032_is_met() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        };
        let secret = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let pen = Pen::new(&secret.try_into().unwrap());
        let expected = bytes(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        );
        assert_eq!(pen.sign(b"").to_vec(), expected);
    }
}
