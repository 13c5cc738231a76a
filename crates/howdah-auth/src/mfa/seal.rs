//! Secrets that have to be read again, and that whoever reads the database must not have: sealed with AES-256-GCM.
//!
//! The form is the one that encrypted columns have everywhere: `hwd:` and base64 of version, algorithm, number of the key,
//! nonce and ciphertext. Key 0 is derived from the pepper; a key store that comes later gives its keys other numbers, and
//! what was sealed before goes on being read. What is sealed is tied to its place: moved to another row, column or
//! account it does not open.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf;
use ring::rand::{SecureRandom, SystemRandom};

const MAGIC: &str = "hwd:";
const VERSION: u8 = 1;
const ALGORITHM_AES_256_GCM: u8 = 1;
/// The key that is derived from the pepper.
const PEPPER_KEY: u8 = 0;
const HEADER: [u8; 3] = [VERSION, ALGORITHM_AES_256_GCM, PEPPER_KEY];

/// It could not be sealed or opened. Never says what it was.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum SealError {
    /// Not of this form, or of a version, algorithm or key that is not known here.
    #[error("the stored secret has an unknown form")]
    UnknownForm,
    /// Sealed under another key or for another place, or changed since.
    #[error(
        "the stored secret does not open: it was changed or moved, or the pepper is another one than when it was stored"
    )]
    Refused,
    /// The system has none to give.
    #[error("there is no randomness")]
    NoRandomness,
}

/// Where a sealed value stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// With its schema.
    pub(crate) table: &'a str,
    pub(crate) column: &'a str,
    pub(crate) row_id: &'a str,
    pub(crate) user_id: &'a str,
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places read alike.
    fn associated_data(&self) -> Vec<u8> {
        let parts = [self.table, self.column, self.row_id, self.user_id];
        let mut data = HEADER.to_vec();
        for part in parts {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// Seals and opens.
pub(crate) struct Sealer {
    key: LessSafeKey,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// Under a key of its own, derived from `secret`.
    pub(crate) fn new(secret: &hkdf::Prk) -> Self {
        #[expect(clippy::expect_used, reason = "HKDF refuses only what is longer than 255 hashes")]
        let key = secret.expand(&[b"auth.mfa_factors.secret"], &AES_256_GCM).expect("a key of 32 bytes");
        Self { key: LessSafeKey::new(UnboundKey::from(key)) }
    }

    /// The form in which `plain` is stored at `place`. The nonce is random: one key seals far fewer than 2³² secrets.
    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<String, SealError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.associated_data()),
                &mut sealed,
            )
            .map_err(|_| SealError::Refused)?;
        let all = [&HEADER[..], &nonce, &sealed].concat();
        Ok(format!("{MAGIC}{}", STANDARD.encode(all)))
    }

    /// What was sealed for `place`.
    pub(crate) fn open(&self, place: &Place<'_>, stored: &str) -> Result<Vec<u8>, SealError> {
        let encoded = stored.strip_prefix(MAGIC).ok_or(SealError::UnknownForm)?;
        let all = STANDARD.decode(encoded).map_err(|_| SealError::UnknownForm)?;
        let rest = all.strip_prefix(&HEADER).ok_or(SealError::UnknownForm)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::UnknownForm)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.key.open_in_place(nonce, Aad::from(place.associated_data()), &mut sealed);
        Ok(plain.map_err(|_| SealError::Refused)?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { table: "auth.mfa_factors", column: "secret", row_id: "row", user_id: "user" };

    fn sealer(pepper: &[u8]) -> Sealer {
        Sealer::new(&hkdf::Salt::new(hkdf::HKDF_SHA256, b"salt").extract(pepper))
    }

    // ASVS 11.2 11.3
    #[test]
    fn what_is_sealed_opens_where_it_belongs_and_nowhere_else() {
        let own = sealer(b"pepper");
        let stored = own.seal(&PLACE, b"secret").unwrap();
        assert_eq!(own.open(&PLACE, &stored).unwrap(), b"secret");
        assert_ne!(own.seal(&PLACE, b"secret").unwrap(), stored, "the nonce is another one each time");
        assert_eq!(sealer(b"another").open(&PLACE, &stored), Err(SealError::Refused));
        for elsewhere in [
            Place { table: "auth.other", ..PLACE },
            Place { column: "other", ..PLACE },
            Place { row_id: "other", ..PLACE },
            Place { user_id: "other", ..PLACE },
            // The same letters, divided otherwise.
            Place { row_id: "rowu", user_id: "ser", ..PLACE },
        ] {
            assert_eq!(own.open(&elsewhere, &stored), Err(SealError::Refused), "{elsewhere:?}");
        }
    }

    /// What was stored once opens for ever. Made with OpenSSL's HKDF and AES-256-GCM, by way of Node.js.
    // ASVS 11.2
    #[test]
    fn the_form_does_not_change() {
        let stored = "hwd:AQEAAAECAwQFBgcICQoLkfEUFMlioNNlSBHDadpJenhI4r1e+AJuOE5QhWR+y12mNthi";
        assert_eq!(sealer(b"pepper").open(&PLACE, stored).unwrap(), b"12345678901234567890");
    }

    // ASVS 11.3
    #[test]
    fn every_change_is_noticed() {
        let own = sealer(b"pepper");
        let stored = own.seal(&PLACE, b"secret").unwrap();
        let bytes = STANDARD.decode(stored.strip_prefix(MAGIC).unwrap()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let expected = if bit < HEADER.len() * 8 { SealError::UnknownForm } else { SealError::Refused };
            assert_eq!(own.open(&PLACE, &format!("{MAGIC}{}", STANDARD.encode(changed))), Err(expected), "bit {bit}");
        }
        for other in ["", "x", "hwd:", "hwd:AQ==", "hwd:?", &stored[..stored.len() - 4], "HWD:AQEA"] {
            assert!(own.open(&PLACE, other).is_err(), "{other}");
        }
    }
}
