//! Private keys: what a JSON Web Key has beyond its public part, in the form that the signer reads, and new ones.
//!
//! The signer reads DER (PKCS#1 for RSA, PKCS#8 for the others), a JSON Web Key holds bare numbers. So few structures are
//! needed that they are written here, and each key signs something that its public part has to verify before it is used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use rand::Rng;
use serde_json::{Value, json};

use super::thumbprint;

const OID_EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const OID_P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const OID_P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const OID_ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Which kind of key to make. RSA keys are made elsewhere (`openssl`) and given as a JSON Web Key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// A secret: quick, and only for who may sign.
    Hs256,
    /// A key pair on P-256: anybody may verify.
    Es256,
}

/// Makes a key: a private JSON Web Key whose `kid` is its thumbprint.
pub fn new_key(algorithm: KeyAlgorithm) -> Value {
    loop {
        let mut random = [0_u8; 32];
        rand::rng().fill_bytes(&mut random);
        let secret = URL_SAFE_NO_PAD.encode(random);
        let mut key = match algorithm {
            KeyAlgorithm::Hs256 => json!({ "kty": "oct", "alg": "HS256", "k": secret }),
            KeyAlgorithm::Es256 => {
                // One number in four billion is none of the curve's.
                let Some(public) = public_part(&EncodingKey::from_ec_der(&ec(OID_P256, &random))) else { continue };
                json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "x": public["x"], "y": public["y"], "d": secret })
            }
        };
        key["kid"] = json!(thumbprint(&key));
        return key;
    }
}

/// A secret as a JSON Web Key for HS256, without a `kid`: tokens that it has signed so far name none.
pub fn jwk_of_secret(secret: &[u8]) -> Value {
    json!({ "kty": "oct", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode(secret) })
}

fn public_part(key: &EncodingKey) -> Option<Value> {
    serde_json::to_value(Jwk::from_encoding_key(key, Algorithm::ES256).ok()?).ok()
}

/// The private part of a key that has one.
pub(super) fn private(key: &Value) -> Result<Option<EncodingKey>, &'static str> {
    if key.get("d").is_none() {
        return Ok(None);
    }
    let number = |name: &str| {
        let text = key.get(name).and_then(Value::as_str).ok_or("a member of its private part is missing")?;
        URL_SAFE_NO_PAD.decode(text).map_err(|_| "a member of its private part is not base64url")
    };
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(Some(match (text("kty"), text("crv")) {
        ("RSA", _) => {
            let mut content = integer(&[0]);
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                content.extend(integer(&number(name)?));
            }
            EncodingKey::from_rsa_der(&element(SEQUENCE, &content))
        }
        ("EC", "P-256") => EncodingKey::from_ec_der(&ec(OID_P256, &padded(number("d")?, 32)?)),
        ("EC", "P-384") => EncodingKey::from_ec_der(&ec(OID_P384, &padded(number("d")?, 48)?)),
        ("OKP", "Ed25519") => {
            let seed = padded(number("d")?, 32)?;
            let inner = element(OCTETS, &seed);
            EncodingKey::from_ed_der(&pkcs8(OID_ED25519, &inner))
        }
        _ => return Err("keys of its type cannot sign here"),
    }))
}

/// A private key of an elliptic curve (RFC 5915 within RFC 5958), without its public part.
fn ec(curve: &[u8], number: &[u8]) -> Vec<u8> {
    let key = [integer(&[1]), element(OCTETS, number)].concat();
    pkcs8(&[OID_EC, curve].concat(), &element(SEQUENCE, &key))
}

fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let content = [integer(&[0]), element(SEQUENCE, algorithm), element(OCTETS, key)].concat();
    element(SEQUENCE, &content)
}

/// A number of exactly so many bytes: writers leave leading zeros out.
fn padded(number: Vec<u8>, length: usize) -> Result<Vec<u8>, &'static str> {
    let missing = length.checked_sub(number.len()).ok_or("its private part is too long for its curve")?;
    Ok([vec![0; missing], number].concat())
}

/// A positive number: without leading zeros, but one where the first bit would make it negative.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let significant = &bytes[first..];
    let sign: &[u8] = if significant.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, significant].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1)..];
    match (length, length.len()) {
        ([short @ 0..=0x7f], _) => bytes.push(*short),
        // No key is longer than a few kilobytes, so the count of its length's bytes fits.
        (long, count) => {
            bytes.push(0x80 | u8::try_from(count).unwrap_or(0x7f));
            bytes.extend_from_slice(long);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}
