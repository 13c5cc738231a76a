//! Bearer tokens: HS256, exactly that algorithm, with what has been verified remembered for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ApiError;

/// Shorter secrets can be guessed from one token; HS256 keys are to have at least the size of the hash (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;
/// Verified tokens remembered at the most. A token is at most a few kilobytes, so this is a few megabytes.
const REMEMBERED: usize = 1024;
/// Clocks of issuer and verifier may differ by this much.
const LEEWAY: u64 = 30;

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Its `exp` has passed.
    #[error("JWT expired")]
    Expired,
    /// Its `nbf` has not come yet.
    #[error("JWT not yet valid")]
    NotYetValid,
    /// It lacks a claim that is required.
    #[error("JWT lacks the required claim `{0}`")]
    MissingClaim(String),
    /// It is for somebody else.
    #[error("JWT is for another audience")]
    WrongAudience,
    /// It names an algorithm other than the configured one; `none` is one such.
    #[error("JWT uses an algorithm that is not accepted; only HS256 is")]
    WrongAlgorithm,
    /// The signature is not ours.
    #[error("JWT has a wrong signature")]
    WrongSignature,
    /// It is no JWT at all.
    #[error("JWT cannot be decoded: it must be three base64url parts joined by dots")]
    Malformed,
    /// The secret is too short to be one.
    #[error("the JWT secret has {0} bytes; it needs at least 32. Make one with `openssl rand -hex 32`")]
    ShortSecret(usize),
}

impl JwtError {
    /// Stable, for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expired => "jwt-expired",
            Self::NotYetValid => "jwt-not-yet-valid",
            Self::MissingClaim(_) => "jwt-missing-claim",
            Self::WrongAudience => "jwt-wrong-audience",
            Self::WrongAlgorithm => "jwt-wrong-algorithm",
            Self::WrongSignature => "jwt-wrong-signature",
            Self::Malformed => "jwt-malformed",
            Self::ShortSecret(_) => "jwt-short-secret",
        }
    }
}

impl From<JwtError> for ApiError {
    fn from(error: JwtError) -> Self {
        // PostgREST's group 3: 301 cannot be decoded or verified, 303 claims do not hold.
        let code = match error {
            JwtError::Expired | JwtError::NotYetValid | JwtError::WrongAudience | JwtError::MissingClaim(_) => {
                "PGRST303"
            }
            _ => "PGRST301",
        };
        tracing::info!(code = error.code(), "token refused");
        ApiError::unauthorized(code, error.to_string())
    }
}

/// The claims of a verified token.
#[derive(Debug, Clone)]
pub struct Claims {
    /// As JSON text, for `request.jwt.claims`.
    pub json: Bytes,
    /// `role`, if it is a string.
    pub role: Option<Arc<str>>,
    expires_at: u64,
}

/// Signs and verifies tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    inner: Arc<Inner>,
}

struct Inner {
    decoding: DecodingKey,
    encoding: EncodingKey,
    validation: Validation,
    remembered: Mutex<HashMap<Box<str>, Arc<Claims>>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Tokens under `secret` (at least 32 bytes). With an `audience`, only tokens for it are accepted.
    ///
    /// # Errors
    /// [`JwtError::ShortSecret`].
    pub fn new(secret: &[u8], audience: Option<&str>) -> Result<Self, JwtError> {
        if secret.len() < SHORTEST_SECRET {
            return Err(JwtError::ShortSecret(secret.len()));
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp"]);
        match audience {
            Some(audience) => validation.set_audience(&[audience]),
            None => validation.validate_aud = false,
        }
        let inner = Inner {
            decoding: DecodingKey::from_secret(secret),
            encoding: EncodingKey::from_secret(secret),
            validation,
            remembered: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Signs `claims`.
    ///
    /// # Errors
    /// Only when the claims cannot be written as JSON.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, JwtError> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.inner.encoding)
            .map_err(|_| JwtError::Malformed)
    }

    /// Checks signature, algorithm and times.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, JwtError> {
        if let Some(claims) = self.recall(token) {
            return Ok(claims);
        }
        // The library refuses other algorithms too; looking first makes the refusal say so, `none` included.
        if algorithm(token).is_some_and(|algorithm| algorithm != "HS256") {
            return Err(JwtError::WrongAlgorithm);
        }
        let verified = jsonwebtoken::decode::<Map<String, Value>>(token, &self.inner.decoding, &self.inner.validation)
            .map_err(|error| refusal(error.kind()))?;
        let role = verified.claims.get("role").and_then(Value::as_str).map(Arc::from);
        // A fractional date is allowed by RFC 7519; what is kept is its whole seconds.
        let expires_at = verified.claims.get("exp").and_then(Value::as_f64).map_or(0, |exp| exp as u64);
        let json = serde_json::to_vec(&verified.claims).map_err(|_| JwtError::Malformed)?;
        let claims = Arc::new(Claims { json: json.into(), role, expires_at });
        let mut remembered = self.inner.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(token.into(), Arc::clone(&claims));
        Ok(claims)
    }

    fn recall(&self, token: &str) -> Option<Arc<Claims>> {
        let mut remembered = self.inner.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = remembered.get(token)?;
        if claims.expires_at + LEEWAY > now() {
            return Some(Arc::clone(claims));
        }
        remembered.remove(token);
        None
    }
}

/// What the token's header says of its algorithm.
fn algorithm(token: &str) -> Option<String> {
    let (header, _) = token.split_once('.')?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    header.get("alg")?.as_str().map(str::to_owned)
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

fn refusal(kind: &ErrorKind) -> JwtError {
    match kind {
        ErrorKind::ExpiredSignature => JwtError::Expired,
        ErrorKind::ImmatureSignature => JwtError::NotYetValid,
        ErrorKind::MissingRequiredClaim(claim) => JwtError::MissingClaim(claim.to_string()),
        ErrorKind::InvalidAudience => JwtError::WrongAudience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => JwtError::WrongAlgorithm,
        ErrorKind::InvalidSignature => JwtError::WrongSignature,
        _ => JwtError::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

    fn tokens() -> Tokens {
        Tokens::new(SECRET, None).unwrap()
    }

    fn check(claims: &Value, expected: Result<Option<&str>, JwtError>) {
        let tokens = tokens();
        let token = tokens.sign(claims).unwrap();
        let verified = || tokens.verify(&token).map(|claims| claims.role.clone());
        let expected = expected.map(|role| role.map(Arc::from));
        // Twice: the second answer may come from memory and must be the same.
        assert_eq!(verified(), expected);
        assert_eq!(verified(), expected);
    }

    #[test]
    fn times_are_checked() {
        check(&json!({"exp": now() + 60, "role": "authenticated"}), Ok(Some("authenticated")));
        check(&json!({"exp": now() + 60, "role": 7}), Ok(None));
        check(&json!({"exp": now() - 60}), Err(JwtError::Expired));
        check(&json!({"exp": now() + 60, "nbf": now() + 60}), Err(JwtError::NotYetValid));
        check(&json!({"role": "service_role"}), Err(JwtError::MissingClaim("exp".into())));
    }

    #[test]
    fn forgeries_are_refused() {
        let tokens = tokens();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({"exp": now() + 60, "role": "service_role"});
        let none = format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(&claims));
        assert_eq!(tokens.verify(&none).unwrap_err(), JwtError::WrongAlgorithm);

        let other = Tokens::new(b"another secret of at least thirty-two bytes", None).unwrap();
        assert_eq!(tokens.verify(&other.sign(&claims).unwrap()).unwrap_err(), JwtError::WrongSignature);

        let hs512 = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &EncodingKey::from_secret(SECRET));
        assert_eq!(tokens.verify(&hs512.unwrap()).unwrap_err(), JwtError::WrongAlgorithm);

        let good = tokens.sign(&json!({"exp": now() + 60, "role": "anon"})).unwrap();
        let (head, signature) = good.rsplit_once('.').unwrap();
        let (header, _) = head.split_once('.').unwrap();
        let swapped = format!("{header}.{}.{signature}", part(&claims));
        assert_eq!(tokens.verify(&swapped).unwrap_err(), JwtError::WrongSignature);

        for garbage in ["", "x", "a.b", "a.b.c", "..", "a.b.c.d"] {
            assert!(tokens.verify(garbage).is_err(), "{garbage}");
        }
    }

    #[test]
    fn a_remembered_token_still_expires() {
        let tokens = tokens();
        let token = tokens.sign(&json!({"exp": now() + 60})).unwrap();
        tokens.verify(&token).unwrap();
        for claims in tokens.inner.remembered.lock().unwrap().values_mut() {
            *claims = Arc::new(Claims { expires_at: now() - LEEWAY, ..(**claims).clone() });
        }
        assert!(tokens.recall(&token).is_none());
    }

    #[test]
    fn audience_and_secret() {
        let tokens = Tokens::new(SECRET, Some("authenticated")).unwrap();
        let sign = |aud: &str| tokens.sign(&json!({"exp": now() + 60, "aud": aud})).unwrap();
        assert!(tokens.verify(&sign("authenticated")).is_ok());
        assert_eq!(tokens.verify(&sign("somebody")).unwrap_err(), JwtError::WrongAudience);
        assert_eq!(Tokens::new(b"short", None).unwrap_err(), JwtError::ShortSecret(5));
    }
}
