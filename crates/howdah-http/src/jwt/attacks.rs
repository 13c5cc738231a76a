//! What is tried against servers that read tokens, each by its name (RFC 8725; requirement 6 of the specification).
//!
//! Each attack starts from a token that is accepted, so that nothing but the attack can be why it is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::tests::{SECRET, check, good, jwk, plain, private, raw, token, tokens};
use super::*;

/// The honest token of the attacks on HS256.
fn accepted(tokens: &Tokens, claims: &Value) -> String {
    let token = tokens.sign(claims).unwrap();
    assert!(tokens.verify(&token).is_ok(), "{claims}");
    token
}

/// A token whose signature is good, under a header of the attacker's choice.
fn signed_under(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let text = raw(header, claims, "");
    let text = text.trim_end_matches('.');
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), key, algorithm).unwrap();
    format!("{text}.{signature}")
}

// ASVS 9.1.2
#[test]
fn attack_algorithm_none() {
    let tokens = plain();
    let honest = accepted(&tokens, &good());
    let signature = honest.rsplit_once('.').unwrap().1;
    for none in ["none", "None", "NONE", "nOnE", "", " none"] {
        for signature in ["", signature] {
            let forged = raw(&json!({ "alg": none, "typ": "JWT" }), &good(), signature);
            check(&tokens, &forged, Err(JwtError::WrongAlgorithm));
        }
    }
    check(&tokens, &raw(&json!({ "typ": "JWT" }), &good(), ""), Err(JwtError::Malformed));
    check(&tokens, &raw(&json!({ "alg": null }), &good(), ""), Err(JwtError::Malformed));
}

// ASVS 9.1.2
#[test]
fn attack_algorithm_confusion() {
    // The public key, in every form in which it may be known, as the secret of an HMAC.
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let public = jwk(algorithm, Some("a"));
        let tokens = tokens(&public);
        check(&tokens, &token(algorithm, Some("a"), &good()), Ok(Some("authenticated")));
        let member = public.get("n").or_else(|| public.get("x")).and_then(Value::as_str).unwrap();
        let decoded = URL_SAFE_NO_PAD.decode(member).unwrap();
        let published = tokens.published().to_string();
        for secret in [public.to_string().as_bytes(), published.as_bytes(), member.as_bytes(), &decoded] {
            for kid in [None, Some("a")] {
                for hmac in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                    let header = Header { kid: kid.map(str::to_owned), ..Header::new(hmac) };
                    let forged = jsonwebtoken::encode(&header, &good(), &EncodingKey::from_secret(secret)).unwrap();
                    check(&tokens, &forged, Err(JwtError::NoSuitableKey));
                }
            }
        }
    }
}

#[test]
fn attack_kid_traversal_and_unknown_kid() {
    let tokens = tokens(&json!({ "keys": [jwk(Algorithm::HS256, Some("a")), jwk(Algorithm::RS256, Some("b"))] }));
    check(&tokens, &token(Algorithm::HS256, Some("a"), &good()), Ok(Some("authenticated")));
    for kid in [
        "../../../../dev/null",
        "/dev/null",
        "a/../a",
        "a\0",
        "A",
        "",
        "' or '1'='1",
        "a' union select 'x",
        "http://127.0.0.1/key",
        "| id",
        "b",
        "c",
    ] {
        check(&tokens, &token(Algorithm::HS256, Some(kid), &good()), Err(JwtError::NoSuitableKey));
        // The empty key that a file without content would be.
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
        let forged = jsonwebtoken::encode(&header, &good(), &EncodingKey::from_secret(b"")).unwrap();
        check(&tokens, &forged, Err(JwtError::NoSuitableKey));
    }
    let odd =
        signed_under(&json!({ "alg": "HS256", "kid": ["a"] }), &good(), &private(Algorithm::HS256), Algorithm::HS256);
    check(&tokens, &odd, Err(JwtError::Malformed));
}

// ASVS 9.2
#[test]
fn attack_expired() {
    let tokens = plain();
    accepted(&tokens, &good());
    let claims = json!({ "exp": unix_now() - 60, "role": "authenticated" });
    check(&tokens, &tokens.sign(&claims).unwrap(), Err(JwtError::Expired));
}

#[test]
fn attack_not_before_in_the_future() {
    let tokens = plain();
    let soon = unix_now() + 3600;
    let claims = json!({ "exp": soon + 60, "nbf": soon, "role": "authenticated" });
    check(&tokens, &tokens.sign(&claims).unwrap(), Err(JwtError::NotYetValid));
}

// ASVS 9.2
#[test]
fn attack_wrong_audience() {
    let options = TokenOptions { audience: Some("ours".to_owned()), require_audience: true, ..TokenOptions::default() };
    let tokens = Tokens::with(KeySet::from_secret(SECRET).unwrap(), options);
    let claims = |aud: Value| json!({ "exp": unix_now() + 60, "aud": aud, "role": "authenticated" });
    accepted(&tokens, &claims(json!("ours")));
    for (aud, expected) in [
        (json!("theirs"), JwtError::WrongAudience),
        (json!("OURS"), JwtError::WrongAudience),
        (json!("ours "), JwtError::WrongAudience),
        (json!(["theirs", "others"]), JwtError::WrongAudience),
        (json!(null), JwtError::MissingClaim("aud")),
        (json!({ "0": "ours" }), JwtError::AudienceType),
    ] {
        check(&tokens, &tokens.sign(&claims(aud)).unwrap(), Err(expected));
    }
}

#[test]
fn attack_wrong_issuer() {
    let options = TokenOptions { issuer: Some("https://ours".to_owned()), ..TokenOptions::default() };
    let tokens = Tokens::with(KeySet::from_secret(SECRET).unwrap(), options);
    let claims = |iss: Value| json!({ "exp": unix_now() + 60, "iss": iss, "role": "authenticated" });
    accepted(&tokens, &claims(json!(tokens.issuer())));
    for (iss, expected) in [
        (json!("https://theirs"), JwtError::WrongIssuer),
        (json!("https://ours/"), JwtError::WrongIssuer),
        (json!(["https://ours"]), JwtError::WrongIssuer),
        (json!(""), JwtError::WrongIssuer),
        (json!(null), JwtError::MissingClaim("iss")),
    ] {
        check(&tokens, &tokens.sign(&claims(iss)).unwrap(), Err(expected));
    }
    check(&tokens, &tokens.sign(&good()).unwrap(), Err(JwtError::MissingClaim("iss")));
    assert_eq!(plain().issuer(), "howdah");
}

#[test]
fn attack_crit_header() {
    let tokens = plain();
    let key = private(Algorithm::HS256);
    let under = |header: &Value| signed_under(header, &good(), &key, Algorithm::HS256);
    check(&tokens, &under(&json!({ "alg": "HS256" })), Ok(Some("authenticated")));
    for crit in [json!(["b64"]), json!(["exp"]), json!(["http://example.com/x"]), json!([]), json!("b64")] {
        let demanding = json!({ "alg": "HS256", "crit": crit, "b64": false, "exp": 1 });
        check(&tokens, &under(&demanding), Err(JwtError::WrongAlgorithm));
    }
}

#[test]
fn attack_keys_that_the_token_brings_or_points_to() {
    let theirs = new_key(KeyAlgorithm::Es256);
    let attacker = private(Algorithm::ES256);
    let brought = serde_json::to_value(Jwk::from_encoding_key(&attacker, Algorithm::ES256).unwrap()).unwrap();
    // A server that knows another key of the very algorithm, with a kid and without.
    for server in [tokens(&theirs), tokens(&jwk(Algorithm::RS256, None))] {
        let expected = if server.sign(&good()).is_ok() { JwtError::WrongSignature } else { JwtError::NoSuitableKey };
        for (name, value) in [
            ("jwk", brought.clone()),
            ("jku", json!("http://127.0.0.1:1/jwks.json")),
            ("x5u", json!("http://127.0.0.1:1/key.pem")),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("AAAA")),
        ] {
            let mut header = json!({ "alg": "ES256", "typ": "JWT" });
            header[name] = value;
            check(&server, &signed_under(&header, &good(), &attacker, Algorithm::ES256), Err(expected.clone()));
        }
    }
    // On an honest token they are simply not looked at.
    let tokens = plain();
    let header = json!({ "alg": "HS256", "jwk": brought, "jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/" });
    let honest = signed_under(&header, &good(), &private(Algorithm::HS256), Algorithm::HS256);
    check(&tokens, &honest, Ok(Some("authenticated")));
}

#[test]
fn attack_oversized_token() {
    let tokens = plain();
    let with = |length: usize| json!({ "exp": unix_now() + 60, "role": "authenticated", "x": "x".repeat(length) });
    accepted(&tokens, &with(10_000));
    check(&tokens, &tokens.sign(&with(20_000)).unwrap(), Err(JwtError::TooLong));
    check(&tokens, &".".repeat(LONGEST + 1), Err(JwtError::TooLong));
    check(&tokens, &format!("{}.a.b", "A".repeat(10_000_000)), Err(JwtError::TooLong));
}

#[test]
fn attack_two_claims_of_one_name() {
    // What a checker that reads the first and one that reads the last would disagree on: here there is one reader, and
    // policies see what it has read.
    let tokens = plain();
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#),
        URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{},"role":"service_role","role":"anon"}}"#, unix_now() + 60))
    );
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &private(Algorithm::HS256), Algorithm::HS256).unwrap();
    let claims = tokens.verify(&format!("{text}.{signature}")).unwrap();
    let told: Value = serde_json::from_slice(&claims.json).unwrap();
    assert_eq!(claims.role.as_deref(), told["role"].as_str());
    assert_eq!(String::from_utf8_lossy(&claims.json).matches("role\"").count(), 1);
}
