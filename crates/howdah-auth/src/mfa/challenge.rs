//! Challenges: what `POST /factors/{id}/challenge` hands out and `…/verify` wants back.
//!
//! A code of an authenticator app answers no question, so a challenge has nothing to remember: its id holds when it ends
//! and a MAC over that, the factor and the session. It is good for no other factor and in no other session, every process
//! can check it, and nobody can fill a table with it. That a code works once is seen to by the factor's row.

use ring::{hkdf, hmac};
use uuid::{Builder, Uuid, Variant, Version};

use crate::error::{AuthError, ErrorCode};
use crate::token::same_secret;

/// How long a challenge can be answered, in seconds.
pub(super) const SECONDS: u64 = 300;

/// Makes and checks challenges.
#[derive(Debug)]
pub(super) struct Challenges {
    key: hmac::Key,
}

impl Challenges {
    /// Under a key of their own, derived from `secret`.
    pub(super) fn new(secret: &hkdf::Prk) -> Self {
        #[expect(clippy::expect_used, reason = "HKDF refuses only what is longer than 255 hashes")]
        let key = secret.expand(&[b"auth.mfa.challenge"], hmac::HMAC_SHA256).expect("a key of 32 bytes");
        Self { key: hmac::Key::from(key) }
    }

    /// A challenge for `factor` in `session` that ends at `ends_at`, in seconds since 1970: a UUID of version 8 whose first
    /// 32 bits are that moment and whose other 90 are the MAC.
    pub(super) fn id(&self, factor: Uuid, session: &str, ends_at: u32) -> Uuid {
        let said = [factor.as_bytes(), &ends_at.to_be_bytes()[..], session.as_bytes()].concat();
        let tag = hmac::sign(&self.key, &said);
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&ends_at.to_be_bytes());
        for (byte, of_tag) in bytes[4..].iter_mut().zip(tag.as_ref()) {
            *byte = *of_tag;
        }
        Builder::from_bytes(bytes).with_version(Version::Custom).with_variant(Variant::RFC4122).into_uuid()
    }

    /// Whether `id` is a challenge for `factor` in `session` that has not ended at `now`.
    ///
    /// # Errors
    /// 404 for any other, 422 for one that has ended.
    pub(super) fn check(&self, id: &str, factor: Uuid, session: &str, now: u64) -> Result<(), AuthError> {
        let not_found =
            || AuthError::new(ErrorCode::MfaFactorNotFound, "MFA factor with the provided challenge ID not found");
        let id: Uuid = id.parse().map_err(|_| not_found())?;
        let [a, b, c, d, ..] = *id.as_bytes();
        let ends_at = u32::from_be_bytes([a, b, c, d]);
        if !same_secret(&id.to_string(), &self.id(factor, session, ends_at).to_string()) {
            return Err(not_found());
        }
        if u64::from(ends_at) < now {
            let message = "MFA challenge has expired, verify against another challenge or create a new challenge.";
            return Err(AuthError::new(ErrorCode::MfaChallengeExpired, message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_for_one_factor_in_one_session_for_a_while() {
        let of = |pepper: &[u8]| Challenges::new(&hkdf::Salt::new(hkdf::HKDF_SHA256, b"salt").extract(pepper));
        let (own, factor, other) = (of(b"pepper"), Uuid::from_u128(1), Uuid::from_u128(2));
        let id = own.id(factor, "session", 1000);
        assert_eq!((id.get_version_num(), id.get_variant()), (8, Variant::RFC4122));
        let check = |id: &str, factor, session: &str, now| {
            own.check(id, factor, session, now).map_err(|error| error.code().to_owned())
        };
        let (id, not_found) = (id.to_string(), Err("mfa_factor_not_found".to_owned()));
        assert_eq!(check(&id, factor, "session", 1000), Ok(()));
        assert_eq!(check(&id.to_uppercase(), factor, "session", 0), Ok(()));
        assert_eq!(check(&id, factor, "session", 1001), Err("mfa_challenge_expired".to_owned()));
        assert_eq!(check(&id, other, "session", 1000), not_found);
        assert_eq!(check(&id, factor, "another", 1000), not_found);
        assert_eq!(check(&of(b"salt").id(factor, "session", 1000).to_string(), factor, "session", 1000), not_found);
        // Nobody prolongs it.
        let later = own.id(factor, "session", 2000).to_string();
        assert_eq!(check(&format!("{}{}", &later[..8], &id[8..]), factor, "session", 1000), not_found);
        for made_up in ["", "x", "00000000-0000-0000-0000-000000000000", "' or true --"] {
            assert_eq!(check(made_up, factor, "session", 0), not_found, "{made_up}");
        }
    }
}
