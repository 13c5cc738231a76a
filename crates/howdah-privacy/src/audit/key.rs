//! Ed25519 keys: what signs checkpoints, and what they are checked with.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer};

use super::AuditError;
use super::digest::{Message, hex, unhex};

/// In front of a public key in hexadecimal: its name.
const PREFIX: &str = "ed25519:";

/// Signs. Kept outside of the database, since whoever holds it can make another history look right.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A key from its seed: 32 bytes as 64 hexadecimal digits.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_hex(seed: &str) -> Result<Self, AuditError> {
        let seed = unhex::<32>(seed.trim()).ok_or_else(|| AuditError::Key {
            what: "the signing key of the audit trail".to_owned(),
            reason: "it must be 64 hexadecimal digits, as `openssl rand -hex 32` makes them".to_owned(),
        })?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// 64 bytes.
    pub fn sign(&self, message: &Message) -> [u8; 64] {
        self.0.sign(message.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public())
    }
}

/// Checks signatures. Prints and reads as `ed25519:` and 64 hexadecimal digits, which is the key's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Whether this key signed the message.
    pub fn verifies(&self, message: &Message, signature: &[u8]) -> bool {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0);
        let signature = Signature::from_slice(signature);
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_strict(message.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = AuditError;

    fn from_str(text: &str) -> Result<Self, AuditError> {
        let key = text.trim().strip_prefix(PREFIX).and_then(unhex::<32>);
        key.filter(|key| ed25519_dalek::VerifyingKey::from_bytes(key).is_ok()).map(Self).ok_or_else(|| {
            AuditError::Key {
                what: format!("the public key `{text}`"),
                reason: "it must be ed25519: and 64 hexadecimal digits, as `howdah audit status` prints it".to_owned(),
            }
        })
    }
}

/// Whose signatures count.
#[derive(Debug, Clone, Default)]
pub struct TrustedKeys(BTreeSet<PublicKey>);

impl TrustedKeys {
    /// Nobody's.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of that name, if it is trusted.
    pub fn find(&self, name: &str) -> Option<&PublicKey> {
        let key = name.parse().ok()?;
        // A name is compared as a whole: `ED25519:` or capital letters would be another one.
        self.0.get(&key).filter(|key| key.to_string() == name)
    }
}

impl FromIterator<PublicKey> for TrustedKeys {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first test vector of RFC 8032, section 7.1.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    #[test]
    fn keys_are_those_of_the_standard() {
        let key = SigningKey::from_hex(SEED).unwrap();
        assert_eq!(key.public().to_string(), PUBLIC);
        assert_eq!(format!("{key:?}"), format!("SigningKey({PUBLIC})"), "never the seed");
        let message = Message::new("m").number(1);
        let signature = key.sign(&message);
        assert!(key.public().verifies(&message, &signature));
        for bit in (0..512).step_by(7) {
            let mut broken = signature;
            broken[bit / 8] ^= 1 << (bit % 8);
            assert!(!key.public().verifies(&message, &broken), "bit {bit}");
        }
        assert!(!key.public().verifies(&Message::new("m").number(2), &signature));
        assert!(!key.public().verifies(&message, &signature[..63]));
    }

    #[test]
    fn only_a_key_is_a_key() {
        for text in ["", "ed25519:", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "ed25519:00"] {
            assert!(text.parse::<PublicKey>().is_err(), "{text}");
        }
        assert!(SigningKey::from_hex(&SEED[1..]).is_err());
        let trusted: TrustedKeys = [PUBLIC.parse().unwrap()].into_iter().collect();
        assert!(trusted.find(PUBLIC).is_some());
        assert!(trusted.find(&PUBLIC.to_uppercase()).is_none());
        assert!(trusted.find(&PUBLIC.replace("d75a", "D75A")).is_none());
        assert!(TrustedKeys::default().find(PUBLIC).is_none());
    }
}
