//! Bearer tokens: signed, verified, and what has been verified remembered for a while.
//!
//! A token is checked with the keys that are for its algorithm and its `kid` ([`KeySet`]), then its claims ([`Claims`])
//! on every use. Public keys are published ([`jwks_router`]). Not here: encrypted tokens (JWE), fetching keys from an address, and
//! whether the session of a token still lives ([`crate::Revoked`]).

#[cfg(test)]
mod attacks;
mod claims;
mod counters;
mod error;
mod keys;
mod path;
mod private;
mod published;
mod remembered;
#[cfg(test)]
mod tests;
mod thumbprint;

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use claims::Claims;
pub(crate) use claims::OfSession;
pub use counters::TokenCounters;
pub use error::{JwtError, KeyError};
pub use keys::KeySet;
pub use path::RolePath;
pub use private::{KeyAlgorithm, jwk_of_secret, new_key};
pub use published::jwks_router;
use remembered::Remembered;
pub use thumbprint::thumbprint;

/// Longer tokens are refused before anything of them is read: none of anybody's is.
const LONGEST: usize = 16 * 1024;

/// How tokens are checked beyond their signature.
#[derive(Debug, Clone)]
pub struct TokenOptions {
    /// The audience that this server is; tokens for others are refused. `jwt-aud`
    pub audience: Option<String>,
    /// Whose tokens these are; others, and such as do not say, are refused.
    pub issuer: Option<String>,
    /// Refuse tokens without an audience too. PostgREST takes them to be for everybody.
    pub require_audience: bool,
    /// Refuse tokens without `exp`: a leaked one would be good for ever. PostgREST accepts them.
    pub require_exp: bool,
    /// Who we are when we issue tokens ourselves. Tokens in this name must be complete, whatever else is said here;
    /// `None` knows none.
    pub own: Option<OwnTokens>,
    /// Where the role is. `jwt-role-claim-key`
    pub role_path: RolePath,
    /// Verified tokens remembered at the most; 0 for none. A token is at most 8 KiB, so 1,000 are at most 8 MB.
    /// `jwt-cache-max-entries`
    pub remembered: usize,
}

impl Default for TokenOptions {
    fn default() -> Self {
        Self {
            audience: None,
            issuer: None,
            require_audience: false,
            require_exp: true,
            own: None,
            role_path: RolePath::default(),
            remembered: 1000,
        }
    }
}

/// What the tokens of sessions say that this server issues. PostgREST's rules let a token go without most claims, because
/// it does not know who made it; those in our own name we made, so one that lacks a claim is none of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTokens {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
}

/// Signs and verifies tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    inner: Arc<Inner>,
}

struct Inner {
    options: TokenOptions,
    /// Keys and what was verified with them: replaced together, so that no token outlives its key.
    trust: ArcSwap<Trust>,
    counters: Arc<TokenCounters>,
}

struct Trust {
    keys: KeySet,
    remembered: Remembered,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("keys", &self.inner.trust.load().keys).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Tokens under `secret` (at least 32 bytes, HS256). With an `audience`, tokens for others are refused.
    ///
    /// # Errors
    /// [`KeyError::ShortSecret`].
    pub fn new(secret: &[u8], audience: Option<&str>) -> Result<Self, KeyError> {
        let options = TokenOptions { audience: audience.map(str::to_owned), ..TokenOptions::default() };
        Ok(Self::with(KeySet::from_secret(secret)?, options))
    }

    /// Tokens under any of `keys`. The first that can sign does.
    pub fn with(keys: KeySet, options: TokenOptions) -> Self {
        Self::counted(keys, options, Arc::default())
    }

    /// As [`Tokens::with`]; what is looked up is added to what `counters` say already.
    pub fn counted(keys: KeySet, options: TokenOptions, counters: Arc<TokenCounters>) -> Self {
        let trust = Trust { keys, remembered: Remembered::new(options.remembered) };
        Self { inner: Arc::new(Inner { options, trust: ArcSwap::from_pointee(trust), counters }) }
    }

    /// What has been counted.
    pub fn counters(&self) -> &Arc<TokenCounters> {
        &self.inner.counters
    }

    /// Tokens that are remembered at this moment.
    pub fn remembered(&self) -> usize {
        self.inner.trust.load().remembered.len()
    }

    /// Trusts `keys` instead, for everybody who holds these tokens, from the next request on. Tokens of withdrawn keys
    /// are refused at once; to let them run out, go on accepting their keys with [`KeySet::and`].
    pub fn replace_keys(&self, keys: KeySet) {
        let remembered = Remembered::new(self.inner.options.remembered);
        self.inner.trust.store(Arc::new(Trust { keys, remembered }));
    }

    /// The issuer (`iss`) that tokens of this server name.
    pub fn issuer(&self) -> &str {
        self.inner.options.issuer.as_deref().unwrap_or("howdah")
    }

    /// The audience (`aud`) that tokens must be for, if there is one.
    pub fn audience(&self) -> Option<&str> {
        self.inner.options.audience.as_deref()
    }

    /// The public keys, as a JSON Web Key set.
    pub(crate) fn published(&self) -> Value {
        self.inner.trust.load().keys.published()
    }

    /// Signs `claims` with the first key that can: a symmetric one, or one with its private part.
    ///
    /// # Errors
    /// [`JwtError::NoSigningKey`], or [`JwtError::Claims`] when the claims cannot be written as JSON.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, JwtError> {
        let trust = self.inner.trust.load();
        let (key, encoding) = trust.keys.signing().ok_or(JwtError::NoSigningKey)?;
        let header = Header { kid: key.kid.clone(), ..Header::new(key.algorithm) };
        jsonwebtoken::encode(&header, claims, encoding).map_err(|_| JwtError::Claims)
    }

    /// Checks signature, algorithm, audience and times.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, JwtError> {
        let trust = self.inner.trust.load();
        let counters = &self.inner.counters;
        let claims = match trust.remembered.recall(token) {
            Some(claims) => {
                counters.hit();
                claims
            }
            None => {
                if !trust.remembered.is_off() {
                    counters.miss();
                }
                let claims = Arc::new(Claims::read(&verified_payload(token, &trust.keys)?, &self.inner.options)?);
                // Before its times are looked at: one that has expired will be refused again, and just as cheaply.
                if trust.remembered.remember(token, &claims) {
                    counters.evicted();
                }
                claims
            }
        };
        claims.check_times(unix_now())?;
        Ok(claims)
    }
}

/// What of a token's header matters. Keys that it brings along or points to (`jwk`, `jku`, `x5c`) do not.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    /// Extensions that the verifier has to understand (RFC 7515, 4.1.11). None is understood here.
    crit: Option<IgnoredAny>,
}

/// The payload of a token that one of the keys has signed.
fn verified_payload(token: &str, keys: &KeySet) -> Result<Vec<u8>, JwtError> {
    if keys.is_empty() {
        return Err(JwtError::NoKeys);
    }
    if token.len() > LONGEST {
        return Err(JwtError::TooLong);
    }
    let mut parts = token.split('.');
    let (Some(head), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwtError::Parts(token.split('.').count()));
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed);
    let head_json: Head = serde_json::from_slice(&decode(head)?).map_err(|_| JwtError::Malformed)?;
    let algorithm = Algorithm::from_str(&head_json.alg).map_err(|_| JwtError::WrongAlgorithm)?;
    if head_json.crit.is_some() {
        return Err(JwtError::WrongAlgorithm);
    }
    let payload = decode(payload)?;
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed).as_bytes();
    let mut candidates = keys.candidates(algorithm, head_json.kid.as_deref()).peekable();
    if candidates.peek().is_none() {
        return Err(JwtError::NoSuitableKey);
    }
    let has_signed = |key: &keys::Key| {
        jsonwebtoken::crypto::verify(signature, signed, &key.decoding, key.algorithm).unwrap_or(false)
    };
    if candidates.any(has_signed) { Ok(payload) } else { Err(JwtError::WrongSignature) }
}

/// Seconds since 1970.
pub fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
