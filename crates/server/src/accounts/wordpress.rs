//! Passwords as WordPress keeps them: checked once more, then replaced by ours.
//!
//! Three layouts are in use: `$P$…` (phpass: MD5 some thousand times), `$2y$…` (bcrypt, as PHP writes it) and, since
//! WordPress 6.8, `$wp$2y$…`: bcrypt over the base64 of an HMAC-SHA384 of the password under the key `wp-sha384`,
//! because bcrypt itself looks at no more than 72 bytes. What costs more than a sign-in may cost is refused, so that
//! a made-up hash keeps nobody busy.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evertill_wire::Password;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use sha2::Sha384;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Highest cost of bcrypt that is worked through: a second or so. WordPress uses 10.
const BCRYPT_COST_MAX: u32 = 14;

/// Most rounds of phpass, as a power of two. WordPress uses 13.
const PHPASS_ROUNDS_MAX: usize = 18;

/// The key that sets WordPress' bcrypt apart from everybody else's.
const WP_KEY: &[u8] = b"wp-sha384";

/// The digits of phpass' base64.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether a stored text is a hash of WordPress that can be checked here.
pub(crate) fn is_known(stored: &str) -> bool {
    phpass(stored).is_some() || bcrypt_cost(stored.strip_prefix("$wp").unwrap_or(stored)).is_some()
}

/// Whether the password is the one. Slow on purpose.
pub(super) fn fits(stored: &str, password: &Password) -> bool {
    let text = password.expose();
    if let Some((rounds, salt, digest)) = phpass(stored) {
        return digest_of(text, rounds, salt)
            .as_bytes()
            .ct_eq(digest.as_bytes())
            .into();
    }
    match stored.strip_prefix("$wp") {
        Some(hash) => bcrypt_fits(hash, &prepared(text)),
        None => bcrypt_fits(stored, text.as_bytes()),
    }
}

fn prepared(text: &str) -> Zeroizing<Vec<u8>> {
    let mut mac = Hmac::<Sha384>::new_from_slice(WP_KEY).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes()).into_bytes())
}

fn bcrypt_fits(hash: &str, password: &[u8]) -> bool {
    bcrypt_cost(hash).is_some() && bcrypt::verify(password, hash).unwrap_or(false)
}

/// The cost of a bcrypt hash that is worth working through.
fn bcrypt_cost(hash: &str) -> Option<u32> {
    let rest = ["$2y$", "$2b$", "$2a$"]
        .iter()
        .find_map(|prefix| hash.strip_prefix(prefix))?;
    let (cost, digest) = rest.split_once('$')?;
    let cost = cost.parse().ok()?;
    ((4..=BCRYPT_COST_MAX).contains(&cost) && digest.len() == 53 && digest.is_ascii()).then_some(cost)
}

/// Rounds (a power of two), salt and digest of a phpass hash.
fn phpass(stored: &str) -> Option<(usize, &str, &str)> {
    let rest = stored
        .strip_prefix("$P$")
        .or_else(|| stored.strip_prefix("$H$"))?;
    let is_whole = rest.len() == 31 && rest.bytes().all(|byte| DIGITS.contains(&byte));
    let rounds = DIGITS
        .iter()
        .position(|digit| rest.as_bytes().first() == Some(digit))?;
    (is_whole && (7..=PHPASS_ROUNDS_MAX).contains(&rounds)).then(|| (rounds, &rest[1..9], &rest[9..]))
}

fn digest_of(text: &str, rounds: usize, salt: &str) -> String {
    let once = |before: &[u8]| {
        let mut hash = Md5::new();
        hash.update(before);
        hash.update(text.as_bytes());
        hash.finalize()
    };
    let mut digest = once(salt.as_bytes());
    for _ in 0..1_usize << rounds {
        digest = once(&digest);
    }
    encoded(&digest)
}

/// phpass writes the lowest six bits first.
fn encoded(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let value = group.iter().enumerate().fold(0_usize, |value, (place, byte)| {
            value | usize::from(*byte) << (8 * place)
        });
        for digit in 0..=group.len() {
            out.push(char::from(DIGITS[value >> (6 * digit) & 63]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with other implementations of the same constructions.
    const TEA: &str = "Grüner Tee 2026!";
    const TEA_HASHES: [&str; 3] = [
        "$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn1",
        "$2y$06$SfLV2k1Fxz9.oBLkOVWHnefWw6d5blJ4xN6qq7LAaM.c8uGFvA2H6",
        "$wp$2y$06$T81MeGYnzKGId7sFzbvnI.HzLBvw3AZ7u.RMdgd/Ap5PK7Gczj7wa",
    ];

    #[test]
    fn every_layout_of_wordpress_is_checked() {
        for hash in TEA_HASHES {
            assert!(is_known(hash), "{hash}");
            assert!(fits(hash, &Password::new(TEA)), "{hash}");
            for wrong in ["", "Grüner Tee 2026", "Grüner Tee 2026! ", "gruner tee 2026!"] {
                assert!(!fits(hash, &Password::new(wrong)), "{hash} {wrong}");
            }
        }
    }

    #[test]
    fn the_published_vector_of_phpass_is_met() {
        let hash = "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0";
        assert!(fits(hash, &Password::new("test12345")));
        assert!(!fits(hash, &Password::new("test12346")));
    }

    #[test]
    fn the_layouts_are_not_taken_for_each_other() {
        let bare = TEA_HASHES[2].strip_prefix("$wp").unwrap();
        assert!(!fits(bare, &Password::new(TEA)));
        assert!(!fits(&format!("$wp{}", TEA_HASHES[1]), &Password::new(TEA)));
    }

    #[test]
    fn what_is_no_hash_or_too_dear_is_refused_at_once() {
        let dear = TEA_HASHES[1].replace("$06$", "$31$");
        let many = TEA_HASHES[0].replace("$P$B", "$P$z");
        for hash in [
            "",
            "*",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$P$",
            "$P$Bé",
            "$P$B7nKq2wXsCOUm2d2Zim9ocagQanHhn",
            "$P$B7nKq2wXsCOUm2d2Zim9ocagQanHh:1",
            "$2y$06$short",
            "$wp$",
            &dear,
            &many,
        ] {
            assert!(!is_known(hash), "{hash}");
            assert!(!fits(hash, &Password::new("password")), "{hash}");
        }
    }
}
