//! The public key in a proof: P-256 for `ES256`, Ed25519 for `EdDSA`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A key with 32 bytes for each of its coordinates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub(super) enum Jwk {
    P256 { x: [u8; 32], y: [u8; 32] },
    Ed25519 { x: [u8; 32] },
}

impl TryFrom<Value> for Jwk {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        // A private or symmetric key in a proof is one its sender has given away.
        if ["d", "k", "p", "q"]
            .iter()
            .any(|secret| value.get(secret).is_some())
        {
            return Err("the key is not a public one");
        }
        let coordinate = |name: &str| {
            let text = value[name].as_str().ok_or("a coordinate is missing")?;
            let bytes = URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|_| "a coordinate is not base64url")?;
            <[u8; 32]>::try_from(bytes).map_err(|_| "a coordinate has the wrong length")
        };
        match (value["kty"].as_str(), value["crv"].as_str()) {
            (Some("EC"), Some("P-256")) => Ok(Self::P256 {
                x: coordinate("x")?,
                y: coordinate("y")?,
            }),
            (Some("OKP"), Some("Ed25519")) => Ok(Self::Ed25519 { x: coordinate("x")? }),
            _ => Err("the kind of key is not taken"),
        }
    }
}

impl Jwk {
    /// Whether it made the signature, by the algorithm that goes with it.
    pub(super) fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::P256 { x, y }, "ES256") => {
                let mut point = vec![4];
                point.extend_from_slice(x);
                point.extend_from_slice(y);
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(signed, signature)
                    .is_ok()
            }
            (Self::Ed25519 { x }, "EdDSA" | "Ed25519") => UnparsedPublicKey::new(&ED25519, x)
                .verify(signed, signature)
                .is_ok(),
            (Self::P256 { .. } | Self::Ed25519 { .. }, _) => false,
        }
    }

    /// Its name everywhere (RFC 7638): the SHA-256 of its members in order.
    pub(super) fn thumbprint(&self) -> [u8; 32] {
        let text = match self {
            Self::P256 { x, y } => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                URL_SAFE_NO_PAD.encode(x),
                URL_SAFE_NO_PAD.encode(y)
            ),
            Self::Ed25519 { x } => format!(
                r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#,
                URL_SAFE_NO_PAD.encode(x)
            ),
        };
        Sha256::digest(text.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thumbprint_is_that_of_rfc_8037() {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let key = Jwk::try_from(key).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(key.thumbprint()),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn private_keys_and_other_kinds_are_not_taken() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        for value in [
            json!({"kty": "OKP", "crv": "Ed25519", "x": x, "d": x}),
            json!({"kty": "oct", "k": x}),
            json!({"kty": "RSA", "n": x, "e": "AQAB"}),
            json!({"kty": "EC", "crv": "P-384", "x": x, "y": x}),
            json!({"kty": "EC", "crv": "P-256", "x": x}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
            json!(null),
        ] {
            assert!(Jwk::try_from(value.clone()).is_err(), "{value}");
        }
    }
}
