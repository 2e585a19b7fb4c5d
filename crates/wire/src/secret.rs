//! Secrets are types that refuse to be printed.
//!
//! `Debug` shows `****`, there is no `Display` and no `Serialize`. Clones share the text, whose memory is wiped with
//! the last of them, so handing a secret on leaves no second copy behind. The only way to the text is `expose()`, so
//! that `rg 'expose\('` lists every place a secret leaves its type.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Arc<Zeroizing<String>>);

        impl $name {
            /// Wraps the text.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Arc::new(Zeroizing::new(text.into())))
            }

            /// Hands out the text. Every caller is part of the audit.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// Whether there is no text at all.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// A short name for the secret that can be logged and compared, and not turned back: the first
            /// eight hex digits of its SHA-256.
            #[must_use]
            pub fn fingerprint(&self) -> Fingerprint {
                let digest = Sha256::digest(self.0.as_bytes());
                Fingerprint(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(****)"))
            }
        }
    };
}

secret!(
    /// The short-lived bearer token that every request carries.
    AccessToken
);
secret!(
    /// The long-lived token that is traded for new access tokens.
    RefreshToken
);
secret!(
    /// What a person types to sign in.
    Password
);
secret!(
    /// What a person chooses to seal a file with.
    Passphrase
);
secret!(
    /// What a program shows to the local proxy to be served.
    ProxyKey
);

/// A short, harmless name of a secret: enough to see that two differ, too little to use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u32);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({:08x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        let token = AccessToken::new("eyJ.very.secret");
        assert_eq!(format!("{token:?}"), "AccessToken(****)");
        assert!(!format!("{:?}", token.fingerprint()).contains("secret"));
    }

    #[test]
    fn equal_secrets_share_a_fingerprint_and_others_do_not() {
        let one = RefreshToken::new("a");
        assert_eq!(one.fingerprint(), RefreshToken::new("a").fingerprint());
        assert_ne!(one.fingerprint(), RefreshToken::new("b").fingerprint());
    }
}
