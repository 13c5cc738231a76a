//! The keys that tokens are signed with: a secret, a JSON Web Key (RFC 7517), or a set of them.
//!
//! A key has exactly one algorithm, decided when it is read and never by a token: the one its `alg` names, else the one
//! that goes with its type. A token under any other is refused before anything is computed, which is what rules out
//! `none` and an RSA key's public text used as an HMAC secret. For the same reason a text that looks like a key but
//! cannot be read as one is an error, and never taken for a secret. A `kid` is compared and used for nothing else; a key
//! with its private part that has none is called by its thumbprint.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use serde_json::{Value, json};

use super::{KeyError, private, thumbprint};

/// Shorter secrets can be guessed from one token; HS256 keys are to have at least the size of the hash (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;
/// Moduli of RSA keys, in bits. Below, keys are to be refused (RFC 7518, 3.3); above, the verifier does not go.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

const ED25519_BYTES: usize = 32;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// One key.
pub(super) struct Key {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
    /// Of symmetric keys, and of those that were given with their private part.
    pub(super) encoding: Option<EncodingKey>,
    /// As others may see it; none of a symmetric key.
    published: Option<Value>,
    /// It was given as a text of its own and can have no `kid`: tokens that name one are tried with it all the same.
    is_plain_secret: bool,
}

/// Keys of which any may have signed a token. Several are accepted at once while one replaces another.
#[derive(Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = self.keys.iter().map(|key| (key.algorithm, key.kid.as_deref()));
        f.debug_list().entries(keys).finish()
    }
}

impl KeySet {
    /// No keys: requests with a token are refused, those without one are anonymous.
    pub fn none() -> Self {
        Self::default()
    }

    /// A secret of at least 32 bytes for HS256.
    ///
    /// # Errors
    /// [`KeyError::ShortSecret`].
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        let mut key = symmetric(secret, Algorithm::HS256)?;
        key.is_plain_secret = true;
        Ok(Self { keys: vec![key] })
    }

    /// What PostgREST takes as `jwt-secret`: a JSON Web Key, a set of them, or a secret; `is_base64`
    /// (`jwt-secret-is-base64`) says that the secret is in base64, of either alphabet.
    ///
    /// Of a set, keys for encryption and of algorithms that are not supported are left out.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str, is_base64: bool) -> Result<Self, KeyError> {
        let trimmed = text.trim();
        if trimmed.starts_with('{') {
            return Self::from_json(trimmed);
        }
        if trimmed.contains("-----BEGIN ") {
            return Err(KeyError::Pem);
        }
        if !is_base64 {
            return Self::from_secret(text.as_bytes());
        }
        let alphabet = if trimmed.contains(['-', '_']) { URL_SAFE } else { STANDARD };
        let secret = GeneralPurpose::new(&alphabet, LENIENT).decode(trimmed).map_err(|_| KeyError::Base64)?;
        Self::from_secret(&secret)
    }

    /// These keys and `others`.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.keys.extend(others.keys);
        self
    }

    /// The public keys as a JSON Web Key set. Symmetric keys are left out, and every private part.
    pub(super) fn published(&self) -> Value {
        let keys: Vec<&Value> = self.keys.iter().filter_map(|key| key.published.as_ref()).collect();
        json!({ "keys": keys })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that a token with this header may have been signed with.
    pub(super) fn candidates<'a>(&'a self, algorithm: Algorithm, kid: Option<&str>) -> impl Iterator<Item = &'a Key> {
        let fits = move |key: &&Key| {
            key.algorithm == algorithm && (kid.is_none() || key.is_plain_secret || key.kid.as_deref() == kid)
        };
        self.keys.iter().filter(fits)
    }

    /// The first key that can sign.
    pub(super) fn signing(&self) -> Option<(&Key, &EncodingKey)> {
        self.keys.iter().find_map(|key| Some((key, key.encoding.as_ref()?)))
    }

    fn from_json(text: &str) -> Result<Self, KeyError> {
        let mut value: Value = serde_json::from_str(text).map_err(|error| KeyError::Json(error.to_string()))?;
        let Some(members) = value.get_mut("keys").map(Value::take) else {
            let key = key(&value, "the key")?;
            return Ok(Self { keys: vec![key.ok_or(KeyError::NothingUsable)?] });
        };
        let Value::Array(members) = members else {
            return Err(KeyError::Json("\"keys\" must be an array".into()));
        };
        let mut keys = Vec::with_capacity(members.len());
        for (at, member) in members.into_iter().enumerate() {
            keys.extend(key(&member, &format!("keys[{at}]"))?);
        }
        if keys.is_empty() { Err(KeyError::NothingUsable) } else { Ok(Self { keys }) }
    }
}

/// `None` for a key that is for something else than verifying tokens, or of an algorithm that is not supported.
fn key(given: &Value, place: &str) -> Result<Option<Key>, KeyError> {
    let malformed = |reason: String| KeyError::Jwk { place: place.to_owned(), reason };
    let jwk: Jwk = serde_json::from_value(given.clone()).map_err(|error| malformed(error.to_string()))?;
    let is_for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature))
        && jwk.common.key_operations.as_ref().is_none_or(|operations| {
            operations.iter().any(|operation| matches!(operation, KeyOperations::Verify | KeyOperations::Sign))
        });
    let Some(natural) = algorithms(&jwk.algorithm).filter(|_| is_for_signatures) else { return Ok(None) };
    let algorithm = match jwk.common.key_algorithm {
        None => natural[0],
        Some(KeyAlgorithm::UNKNOWN_ALGORITHM) => return Ok(None),
        Some(named) => match Algorithm::try_from(named) {
            Ok(named) if natural.contains(&named) => named,
            Ok(named) => return Err(malformed(format!("a key of its type is not for {named:?}"))),
            Err(_) => return Ok(None),
        },
    };
    let decoding = DecodingKey::from_jwk(&jwk).map_err(|error| malformed(error.to_string()))?;
    let kid = jwk.common.key_id;
    if let DecodingKeyKind::RsaModulusExponent { n, .. } = decoding.kind() {
        let bits = bits(n);
        if !RSA_BITS.contains(&bits) {
            return Err(malformed(format!("its modulus has {bits} bits; it must have 2048 to 4096")));
        }
    }
    if let AlgorithmParameters::OctetKey(_) = jwk.algorithm {
        let secret = decoding.try_get_as_bytes().map_err(|error| malformed(error.to_string()))?;
        return Ok(Some(Key { kid, ..symmetric(secret, algorithm)? }));
    }
    if let AlgorithmParameters::OctetKeyPair(_) = jwk.algorithm {
        // The verifier takes the length for granted.
        let length = decoding.try_get_as_bytes().map_or(0, <[u8]>::len);
        if length != ED25519_BYTES {
            return Err(malformed(format!("its x has {length} bytes; it must have {ED25519_BYTES}")));
        }
    }
    // A point that is not on its curve shows only when a verifier is made of it; better now than on every request.
    jsonwebtoken::crypto::verify("", b"", &decoding, algorithm).map_err(|error| malformed(error.to_string()))?;
    let encoding = private::private(given).map_err(|reason| malformed(reason.to_owned()))?;
    let mut kid = kid;
    if let Some(encoding) = &encoding {
        let verifies = jsonwebtoken::crypto::sign(PROBE, encoding, algorithm)
            .and_then(|signature| jsonwebtoken::crypto::verify(&signature, PROBE, &decoding, algorithm));
        if !verifies.unwrap_or(false) {
            return Err(malformed("its private part is not that of its public part".to_owned()));
        }
        kid = kid.or_else(|| thumbprint(given));
    }
    let published = Some(public(given, kid.as_deref(), algorithm));
    Ok(Some(Key { kid, algorithm, decoding, encoding, published, is_plain_secret: false }))
}

/// What a key that was given with its private part signs once, to see whether the two belong together.
const PROBE: &[u8] = b"probe";

/// The members of a key that anybody may see, and no others.
fn public(given: &Value, kid: Option<&str>, algorithm: Algorithm) -> Value {
    let mut key = json!({});
    for name in ["kty", "crv", "n", "e", "x", "y"] {
        if let Some(value) = given.get(name) {
            key[name] = value.clone();
        }
    }
    if let Some(kid) = kid {
        key["kid"] = json!(kid);
    }
    key["alg"] = json!(algorithm);
    key["use"] = json!("sig");
    key["key_ops"] = json!(["verify"]);
    key
}

/// What a key of this type can be for; the first is what it is for when it does not say.
fn algorithms(parameters: &AlgorithmParameters) -> Option<&'static [Algorithm]> {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512};
    match parameters {
        AlgorithmParameters::OctetKey(_) => Some(&[HS256, HS384, HS512]),
        AlgorithmParameters::RSA(_) => Some(&[RS256, RS384, RS512, PS256, PS384, PS512]),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => Some(&[ES256]),
            EllipticCurve::P384 => Some(&[ES384]),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Some(&[EdDSA]),
        _ => None,
    }
}

fn symmetric(secret: &[u8], algorithm: Algorithm) -> Result<Key, KeyError> {
    if secret.len() < SHORTEST_SECRET {
        return Err(KeyError::ShortSecret(secret.len()));
    }
    Ok(Key {
        kid: None,
        algorithm,
        decoding: DecodingKey::from_secret(secret),
        encoding: Some(EncodingKey::from_secret(secret)),
        published: None,
        is_plain_secret: false,
    })
}

fn bits(big_endian: &[u8]) -> usize {
    let significant = big_endian.iter().skip_while(|byte| **byte == 0);
    let zeros = significant.clone().next().map_or(0, |first| first.leading_zeros() as usize);
    significant.count() * 8 - zeros
}
