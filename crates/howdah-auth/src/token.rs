//! Secrets that are handed out once: random, in base64url, kept as digests only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest as _, Sha256};

/// Random bytes of a token: 256 bits, twice what security requirement 3 asks for.
const TOKEN_BYTES: usize = 32;

/// A secret that a client is told once. Prints as nothing.
#[derive(Clone)]
pub(crate) struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A new one: 256 random bits as 43 characters of base64url.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; TOKEN_BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The secret itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// What the database keeps of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

/// SHA-256 of a secret: what is stored, and what is looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of a secret's text.
    pub(crate) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// As PostgreSQL reads a bytea: `\x…`.
    pub(crate) fn hex(&self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        "\\x".chars().chain(digits).collect()
    }
}

impl PartialEq for Digest {
    /// Takes as long wherever the first difference is.
    fn eq(&self, other: &Self) -> bool {
        let differing = self.0.iter().zip(&other.0).fold(0, |differing, (a, b)| differing | (a ^ b));
        std::hint::black_box(differing) == 0
    }
}

impl Eq for Digest {}

/// Whether two secrets are the same, in a time that says nothing about where they differ or how long they are.
pub(crate) fn same_secret(a: &str, b: &str) -> bool {
    Digest::of(a) == Digest::of(b)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Requirement 3: at least 128 random bits.
    // ASVS 7.2.3
    #[test]
    fn tokens_are_random_and_long_enough() {
        let tokens: BTreeSet<_> = (0..1000).map(|_| Token::random().expose().to_owned()).collect();
        assert_eq!(tokens.len(), 1000);
        for token in tokens {
            assert!(URL_SAFE_NO_PAD.decode(&token).unwrap().len() * 8 >= 128, "{token}");
        }
        assert_eq!(format!("{:?}", Token::random()), "Token(…)");
    }

    #[test]
    fn digests_are_sha_256_in_hexadecimal() {
        let empty = "\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of("").hex(), empty);
        assert_eq!(Digest::of("a"), Digest::of("a"));
        assert_ne!(Digest::of("a"), Digest::of("b"));
        assert!(same_secret("secret", "secret") && !same_secret("secret", "secret2"));
    }
}
