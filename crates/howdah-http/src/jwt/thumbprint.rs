//! A name for a key that follows from the key alone (RFC 7638), so that whoever has it finds the same.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The SHA-256 thumbprint of a JSON Web Key, in base64url; `None` for a key of an unknown type or without a member that
/// its type needs.
///
/// That of a symmetric key is made from the secret: it gives away no more than a token does, as long as the secret cannot
/// be guessed.
pub fn thumbprint(key: &Value) -> Option<String> {
    // In the order of the alphabet.
    let members: &[&str] = match key.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "oct" => &["k", "kty"],
        _ => return None,
    };
    let pairs: Option<Vec<String>> = members
        .iter()
        .map(|name| {
            let value = Value::from(key.get(name)?.as_str()?);
            Some(format!("\"{name}\":{value}"))
        })
        .collect();
    let canonical = format!("{{{}}}", pairs?.join(","));
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn thumbprints_are_those_of_the_standards() {
        // RFC 7638, 3.1.
        let rsa = json!({
            "kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        });
        assert_eq!(thumbprint(&rsa).as_deref(), Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"));
        // RFC 8037, A.3.
        let okp = json!({ "crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        assert_eq!(thumbprint(&okp).as_deref(), Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
        for none in [json!({}), json!({ "kty": "RSA", "e": "AQAB" }), json!({ "kty": "x" }), json!([])] {
            assert_eq!(thumbprint(&none), None, "{none}");
        }
    }
}
