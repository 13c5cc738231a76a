//! What an API key looks like: `hdk_`, twelve characters that say which it is, `_`, thirty-two that are the secret, and
//! six that check the rest. All of them are letters and digits.
//!
//! The beginning is there for scanners of secrets, and the check for everybody who is asked whether a text is a key: what
//! was mistyped, cut off or made up is told without a look into the database. Scanners can search for
//! `hdk_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}`.

use howdah_pg::Secret;
use rand::Rng;
use sha2::{Digest, Sha256};

const BEGINNING: &str = "hdk_";
const NAME: usize = 12;
/// 190 bits.
const SECRET: usize = 32;
const CHECK: usize = 6;
/// `hdk_` and the name.
const PREFIX: usize = BEGINNING.len() + NAME;
const LENGTH: usize = PREFIX + 1 + SECRET + CHECK;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why a text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormError {
    #[error("The API key is not of the form of one: check that it was copied whole")]
    Form,
    #[error("The API key is mistyped: its last six characters do not fit the rest")]
    Check,
}

/// A text that has the form of a key and whose check fits.
#[derive(Clone, Copy)]
pub(super) struct ApiKey<'a>(&'a str);

impl<'a> ApiKey<'a> {
    /// Whether a text is meant to be a key.
    pub(super) fn is_meant(text: &str) -> bool {
        text.starts_with(BEGINNING)
    }

    pub(super) fn parse(text: &'a str) -> Result<Self, FormError> {
        let bytes = text.as_bytes();
        let is_plain = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_alphanumeric);
        let has_form = bytes.len() == LENGTH
            && text.starts_with(BEGINNING)
            && bytes[PREFIX] == b'_'
            && is_plain(&bytes[BEGINNING.len()..PREFIX])
            && is_plain(&bytes[PREFIX + 1..]);
        if !has_form {
            return Err(FormError::Form);
        }
        let (rest, check) = text.split_at(LENGTH - CHECK);
        if check_of(rest) == check { Ok(Self(text)) } else { Err(FormError::Check) }
    }

    /// What the key is found by; no secret.
    pub(super) fn prefix(self) -> &'a str {
        &self.0[..PREFIX]
    }

    /// SHA-256 of all of it.
    pub(super) fn digest(self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// A key that has just been made. Whoever shows it to its owner is the last to see it: what is stored is its digest.
#[derive(Debug, Clone)]
pub struct NewApiKey(Secret);

impl NewApiKey {
    /// A random one.
    pub fn random() -> Self {
        let rest = format!("{BEGINNING}{}_{}", characters::<NAME>(), characters::<SECRET>());
        let check = check_of(&rest);
        Self(Secret::from(format!("{rest}{check}")))
    }

    /// The key itself.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// What the key is found by; no secret.
    pub fn prefix(&self) -> &str {
        &self.0.expose()[..PREFIX]
    }

    /// SHA-256 of the key, in hexadecimal digits.
    pub fn digest(&self) -> String {
        Sha256::digest(self.0.expose().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// So many characters, each as likely as any other.
fn characters<const N: usize>() -> String {
    // Beyond the last whole multiple of 62, the first characters would come more often.
    const FAIR: u8 = 248;
    let mut text = String::with_capacity(N);
    let mut random = [0_u8; 64];
    while text.len() < N {
        rand::rng().fill_bytes(&mut random);
        let fair = random.iter().filter(|byte| **byte < FAIR).map(|byte| char::from(ALPHABET[usize::from(byte % 62)]));
        let missing = N - text.len();
        text.extend(fair.take(missing));
    }
    text
}

/// The first 32 bits of the SHA-256 of a text, as six digits to the base of 62.
fn check_of(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    let mut digits = [0_u8; CHECK];
    for digit in digits.iter_mut().rev() {
        // A remainder below 62 fits.
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_was_made_is_a_key() {
        let mut seen = HashSet::new();
        for _ in 0..200 {
            let new = NewApiKey::random();
            let text = new.secret().expose();
            let read = ApiKey::parse(text).unwrap();
            assert_eq!(read.prefix(), new.prefix());
            assert_eq!(read.digest().iter().map(|byte| format!("{byte:02x}")).collect::<String>(), new.digest());
            // What auth.api_keys takes for one.
            assert!(new.prefix().len() <= 32 && new.prefix().starts_with("hdk_"));
            assert!(seen.insert(text.to_owned()) && seen.insert(new.prefix().to_owned()));
            assert!(!format!("{new:?}").contains(text), "a key is printed");
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let new = NewApiKey::random();
        let text = new.secret().expose();
        for at in BEGINNING.len()..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            let expected = if at == PREFIX { FormError::Form } else { FormError::Check };
            assert_eq!(ApiKey::parse(&changed).err(), Some(expected), "{at}");
        }
        let umlaut = format!("{}ä", &text[..LENGTH - 2]);
        for broken in ["", "hdk_", &text[..LENGTH - 1], &format!("{text}a"), &text.replace("hdk", "hdx"), &umlaut] {
            assert_eq!(ApiKey::parse(broken).err(), Some(FormError::Form), "{broken}");
        }
    }

    #[test]
    fn each_character_is_as_likely_as_any_other() {
        let mut counts = [0_u32; 62];
        for character in (0..2000).flat_map(|_| characters::<SECRET>().into_bytes()) {
            counts[ALPHABET.iter().position(|known| *known == character).unwrap()] += 1;
        }
        // 64,000 characters: each 1,032 times, give or take 32. Ten times that is never chance.
        assert!(counts.iter().all(|count| (700..1400).contains(count)), "{counts:?}");
    }
}
