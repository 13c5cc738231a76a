//! Tokens of every algorithm, forged ones, and claims that do not hold.
//!
//! The keys in `tests/keys` were made for these tests with `openssl genpkey` and open nothing else.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::claims::LEEWAY;
use super::*;

pub(super) const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const OTHER: &[u8] = b"another secret of at least thirty-two bytes";
const RSA: &[u8] = include_bytes!("../../tests/keys/rsa.pem");
const RSA_SHORT: &[u8] = include_bytes!("../../tests/keys/rsa-short.pem");
const P256: &[u8] = include_bytes!("../../tests/keys/p256.pem");
const P384: &[u8] = include_bytes!("../../tests/keys/p384.pem");
const ED25519: &[u8] = include_bytes!("../../tests/keys/ed25519.pem");

pub(super) fn private(algorithm: Algorithm) -> EncodingKey {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512};
    match algorithm {
        HS256 | HS384 | HS512 => EncodingKey::from_secret(SECRET),
        ES256 => EncodingKey::from_ec_pem(P256).unwrap(),
        ES384 => EncodingKey::from_ec_pem(P384).unwrap(),
        EdDSA => EncodingKey::from_ed_pem(ED25519).unwrap(),
        _ => EncodingKey::from_rsa_pem(RSA).unwrap(),
    }
}

/// The key as an issuer would publish it.
pub(super) fn jwk(algorithm: Algorithm, kid: Option<&str>) -> Value {
    let jwk = Jwk::from_encoding_key(&private(algorithm), algorithm).unwrap();
    let mut value = serde_json::to_value(jwk).unwrap();
    value["kid"] = json!(kid);
    value
}

pub(super) fn token(algorithm: Algorithm, kid: Option<&str>, claims: &Value) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, &private(algorithm)).unwrap()
}

pub(super) fn raw(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

pub(super) fn good() -> Value {
    json!({ "exp": unix_now() + 60, "role": "authenticated" })
}

pub(super) fn tokens(keys: &Value) -> Tokens {
    Tokens::with(KeySet::parse(&keys.to_string(), false).unwrap(), TokenOptions::default())
}

pub(super) fn plain() -> Tokens {
    Tokens::new(SECRET, None).unwrap()
}

/// Twice: the second answer may come from memory and must be the same.
pub(super) fn check(tokens: &Tokens, token: &str, expected: Result<Option<&str>, JwtError>) {
    let verified = || tokens.verify(token).map(|claims| claims.role.clone());
    let expected = expected.map(|role| role.map(Arc::from));
    assert_eq!(verified(), expected, "{token}");
    assert_eq!(verified(), expected, "{token}");
}

const ALL: [Algorithm; 12] = {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512};
    [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA]
};

#[test]
fn each_algorithm_verifies_with_its_key_and_with_no_other() {
    for of_key in ALL {
        let tokens = tokens(&jwk(of_key, None));
        for of_token in ALL {
            let expected = if of_key == of_token { Ok(Some("authenticated")) } else { Err(JwtError::NoSuitableKey) };
            check(&tokens, &token(of_token, None, &good()), expected);
        }
    }
}

#[test]
fn a_key_without_an_algorithm_is_for_the_one_of_its_type() {
    for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let mut key = jwk(algorithm, None);
        key.as_object_mut().unwrap().remove("alg");
        check(&tokens(&key), &token(algorithm, None, &good()), Ok(Some("authenticated")));
    }
    let mut key = jwk(Algorithm::RS256, None);
    key.as_object_mut().unwrap().remove("alg");
    check(&tokens(&key), &token(Algorithm::PS256, None, &good()), Err(JwtError::NoSuitableKey));
}

#[test]
fn a_kid_selects() {
    let set = json!({ "keys": [
        jwk(Algorithm::RS256, Some("a")), jwk(Algorithm::ES256, Some("b")), jwk(Algorithm::HS256, None),
    ] });
    let tokens = tokens(&set);
    for (algorithm, kid, expected) in [
        (Algorithm::RS256, Some("a"), Ok(Some("authenticated"))),
        (Algorithm::ES256, Some("b"), Ok(Some("authenticated"))),
        (Algorithm::RS256, None, Ok(Some("authenticated"))),
        (Algorithm::HS256, None, Ok(Some("authenticated"))),
        (Algorithm::RS256, Some("b"), Err(JwtError::NoSuitableKey)),
        (Algorithm::RS256, Some("c"), Err(JwtError::NoSuitableKey)),
        (Algorithm::RS256, Some("../../a"), Err(JwtError::NoSuitableKey)),
        (Algorithm::HS256, Some("a"), Err(JwtError::NoSuitableKey)),
    ] {
        check(&tokens, &token(algorithm, kid, &good()), expected);
    }
    // A secret given as plain text can have no kid, so it is tried whatever the token names.
    check(&plain(), &token(Algorithm::HS256, Some("anything"), &good()), Ok(Some("authenticated")));
}

#[test]
fn forgeries_are_refused() {
    let tokens = plain();
    let claims = json!({ "exp": unix_now() + 60, "role": "service_role" });
    for none in ["none", "None", "NONE", "nOnE", "", "HS257", "ES512"] {
        let forged = raw(&json!({ "alg": none, "typ": "JWT" }), &claims, "");
        check(&tokens, &forged, Err(JwtError::WrongAlgorithm));
    }
    let other = Tokens::new(OTHER, None).unwrap();
    check(&tokens, &other.sign(&claims).unwrap(), Err(JwtError::WrongSignature));
    check(&tokens, &token(Algorithm::HS512, None, &claims), Err(JwtError::NoSuitableKey));

    let honest = tokens.sign(&json!({ "exp": unix_now() + 60, "role": "anon" })).unwrap();
    let (head, signature) = honest.rsplit_once('.').unwrap();
    check(&tokens, &raw(&json!({ "alg": "HS256", "typ": "JWT" }), &claims, signature), Err(JwtError::WrongSignature));
    check(&tokens, &format!("{head}."), Err(JwtError::WrongSignature));
    check(&tokens, &format!("{head}.{}", &signature[..20]), Err(JwtError::WrongSignature));
    // A good signature over a header that demands what is not understood.
    let demanding = raw(&json!({ "alg": "HS256", "crit": ["b64"], "b64": false }), &claims, "");
    let signed = demanding.trim_end_matches('.');
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &private(Algorithm::HS256), Algorithm::HS256);
    check(&tokens, &format!("{signed}.{}", signature.unwrap()), Err(JwtError::WrongAlgorithm));
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let public = jwk(Algorithm::RS256, Some("a"));
    let tokens = tokens(&public);
    let text = public.to_string();
    let modulus = URL_SAFE_NO_PAD.decode(public["n"].as_str().unwrap()).unwrap();
    for secret in [text.as_bytes(), public["n"].as_str().unwrap().as_bytes(), &modulus] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { kid: Some("a".into()), ..Header::new(algorithm) };
            let forged = jsonwebtoken::encode(&header, &good(), &EncodingKey::from_secret(secret)).unwrap();
            check(&tokens, &forged, Err(JwtError::NoSuitableKey));
        }
    }
    // A key that the token brings along is not looked at.
    let mut header = Header::new(Algorithm::ES256);
    header.jwk = Some(Jwk::from_encoding_key(&private(Algorithm::ES256), Algorithm::ES256).unwrap());
    let brought = jsonwebtoken::encode(&header, &good(), &private(Algorithm::ES256)).unwrap();
    check(&tokens, &brought, Err(JwtError::NoSuitableKey));
}

#[test]
fn what_is_no_token_is_named() {
    let tokens = plain();
    for (text, expected) in [
        ("", JwtError::Parts(1)),
        ("x", JwtError::Parts(1)),
        ("a.b", JwtError::Parts(2)),
        ("a.b.c.d", JwtError::Parts(4)),
        ("..", JwtError::Malformed),
        ("a.b.c", JwtError::Malformed),
        ("e30.e30.x", JwtError::Malformed),
        ("W10.e30.x", JwtError::Malformed),
    ] {
        check(&tokens, text, Err(expected));
    }
    let signed = |payload: &str| {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(payload));
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &private(Algorithm::HS256), Algorithm::HS256);
        format!("{text}.{}", signature.unwrap())
    };
    check(&tokens, &signed("[1]"), Err(JwtError::Claims));
    check(&tokens, &signed("no JSON"), Err(JwtError::Claims));
    check(&Tokens::with(KeySet::none(), TokenOptions::default()), &signed("{}"), Err(JwtError::NoKeys));
}

#[test]
fn times_are_checked() {
    let tokens = plain();
    let lenient = TokenOptions { require_exp: false, ..TokenOptions::default() };
    let lenient = Tokens::with(KeySet::from_secret(SECRET).unwrap(), lenient);
    let soon = unix_now() + 60;
    for (claims, expected) in [
        (json!({ "exp": soon, "role": "authenticated" }), Ok(Some("authenticated"))),
        (json!({ "exp": soon as f64 + 0.5, "role": "authenticated" }), Ok(Some("authenticated"))),
        (json!({ "exp": unix_now() - LEEWAY + 20, "role": "a" }), Ok(Some("a"))),
        (json!({ "exp": soon, "role": 7 }), Ok(None)),
        (json!({ "exp": 1e300 }), Ok(None)),
        (json!({ "exp": unix_now() - 60 }), Err(JwtError::Expired)),
        (json!({ "exp": 0 }), Err(JwtError::Expired)),
        (json!({ "exp": -5 }), Err(JwtError::Expired)),
        (json!({ "exp": soon, "nbf": soon }), Err(JwtError::NotYetValid)),
        (json!({ "exp": soon, "nbf": unix_now() + 10 }), Ok(None)),
        (json!({ "exp": soon, "iat": soon }), Err(JwtError::IssuedInFuture)),
        (json!({ "exp": soon, "iat": unix_now() - 5 }), Ok(None)),
        (json!({ "exp": soon.to_string() }), Err(JwtError::NotNumber("exp"))),
        (json!({ "exp": soon, "nbf": "x" }), Err(JwtError::NotNumber("nbf"))),
        (json!({ "exp": soon, "iat": [] }), Err(JwtError::NotNumber("iat"))),
        (json!({ "role": "service_role" }), Err(JwtError::MissingClaim("exp"))),
        (json!({ "exp": null }), Err(JwtError::MissingClaim("exp"))),
    ] {
        let token = tokens.sign(&claims).unwrap();
        let without = match &expected {
            Err(JwtError::MissingClaim(_)) => Ok(claims["role"].as_str()),
            other => other.clone(),
        };
        check(&tokens, &token, expected);
        check(&lenient, &token, without);
    }
}

#[test]
fn audiences_are_checked() {
    let with = |require_audience| {
        let audience = Some("ours".to_owned());
        let options = TokenOptions { audience, require_audience, ..TokenOptions::default() };
        Tokens::with(KeySet::from_secret(SECRET).unwrap(), options)
    };
    let (tokens, strict, any) = (with(false), with(true), plain());
    let missing = || Err(JwtError::MissingClaim("aud"));
    for (aud, expected, strictly) in [
        (json!("ours"), Ok(None), Ok(None)),
        (json!(["theirs", "ours"]), Ok(None), Ok(None)),
        (json!("theirs"), Err(JwtError::WrongAudience), Err(JwtError::WrongAudience)),
        (json!(""), Err(JwtError::WrongAudience), Err(JwtError::WrongAudience)),
        (json!(["theirs"]), Err(JwtError::WrongAudience), Err(JwtError::WrongAudience)),
        (json!([1, "ours"]), Err(JwtError::AudienceType), Err(JwtError::AudienceType)),
        (json!({ "ours": true }), Err(JwtError::AudienceType), Err(JwtError::AudienceType)),
        (json!([]), Ok(None), missing()),
        (json!(null), Ok(None), missing()),
    ] {
        let token = tokens.sign(&json!({ "exp": unix_now() + 60, "aud": aud })).unwrap();
        check(&tokens, &token, expected.clone());
        check(&strict, &token, strictly);
        // Where no audience is configured, any will do that is one.
        let is_none = matches!(expected, Err(JwtError::AudienceType));
        check(&any, &token, if is_none { Err(JwtError::AudienceType) } else { Ok(None) });
    }
    check(&strict, &tokens.sign(&good()).unwrap(), missing());
}

#[test]
fn claims_carry_the_role_that_was_found() {
    let role_path = ".postgrest.role".parse().unwrap();
    let options = TokenOptions { role_path, ..TokenOptions::default() };
    let tokens = Tokens::with(KeySet::from_secret(SECRET).unwrap(), options);
    let claims = |claims: Value| tokens.verify(&tokens.sign(&claims).unwrap()).unwrap();
    let parse = |json: &[u8]| serde_json::from_slice::<Value>(json).unwrap();

    let found = claims(json!({ "exp": unix_now() + 60, "sub": "ada", "role": "x", "postgrest": { "role": "author" } }));
    assert_eq!((found.role.as_deref(), found.subject.as_deref()), (Some("author"), Some("ada")));
    assert_eq!(parse(&found.json)["role"], "author");
    assert_eq!(parse(&found.json_with_role("anon"))["role"], "author");

    let exp = unix_now() + 60;
    let none = claims(json!({ "exp": exp, "role": 7 }));
    assert_eq!(parse(&none.json_with_role("an\"on")), json!({ "role": "an\"on", "exp": exp }));
    let empty = Claims { json: "{}".into(), ..Claims::default() };
    assert_eq!(empty.json_with_role("anon"), r#"{"role":"anon"}"#);
}

#[test]
fn a_remembered_token_still_expires() {
    let tokens = plain();
    let token = tokens.sign(&good()).unwrap();
    let claims = tokens.verify(&token).unwrap();
    assert!(tokens.inner.trust.load().remembered.recall(&token).is_some());
    let exp = unix_now() + 60;
    assert_eq!(claims.check_times(exp + LEEWAY), Ok(()));
    assert_eq!(claims.check_times(exp + LEEWAY + 2), Err(JwtError::Expired));
    // What is remembered is looked at again: one that expired is there, and refused.
    let expired = tokens.sign(&json!({ "exp": unix_now() - 60 })).unwrap();
    check(&tokens, &expired, Err(JwtError::Expired));
    assert!(tokens.inner.trust.load().remembered.recall(&expired).is_some());
    // What failed on other grounds is not there.
    let forged = Tokens::new(OTHER, None).unwrap().sign(&good()).unwrap();
    check(&tokens, &forged, Err(JwtError::WrongSignature));
    assert!(tokens.inner.trust.load().remembered.recall(&forged).is_none());
}

#[test]
fn keys_are_replaced_with_overlap() {
    let tokens = plain();
    let others = Tokens::new(OTHER, None).unwrap();
    let (old, new) = (tokens.sign(&good()).unwrap(), others.sign(&good()).unwrap());
    let set = |secret| KeySet::from_secret(secret).unwrap();
    let held_elsewhere = tokens.clone();
    check(&held_elsewhere, &old, Ok(Some("authenticated")));
    check(&held_elsewhere, &new, Err(JwtError::WrongSignature));
    tokens.replace_keys(set(OTHER).and(set(SECRET)));
    check(&held_elsewhere, &old, Ok(Some("authenticated")));
    check(&held_elsewhere, &new, Ok(Some("authenticated")));
    check(&others, &tokens.sign(&good()).unwrap(), Ok(Some("authenticated")));
    tokens.replace_keys(set(OTHER));
    check(&held_elsewhere, &old, Err(JwtError::WrongSignature));
    check(&held_elsewhere, &new, Ok(Some("authenticated")));
}

#[test]
fn public_keys_do_not_sign() {
    let set = json!({ "keys": [jwk(Algorithm::ES256, Some("a")), jwk(Algorithm::HS512, Some("b"))] });
    let signed = tokens(&set).sign(&good()).unwrap();
    let header = jsonwebtoken::decode_header(&signed).unwrap();
    assert_eq!((header.alg, header.kid.as_deref()), (Algorithm::HS512, Some("b")));
    let public = tokens(&jwk(Algorithm::ES256, None));
    assert_eq!(public.sign(&good()), Err(JwtError::NoSigningKey));
}

/// Elements of DER that follow each other: their tags and contents.
fn elements(mut der: &[u8]) -> Vec<(u8, &[u8])> {
    let mut elements = Vec::new();
    while let [tag, length, rest @ ..] = der {
        let (length, rest) = match length {
            0x81 => (usize::from(rest[0]), &rest[1..]),
            0x82 => (usize::from(rest[0]) * 256 + usize::from(rest[1]), &rest[2..]),
            short => (usize::from(*short), rest),
        };
        elements.push((*tag, &rest[..length]));
        der = &rest[length..];
    }
    elements
}

/// The key with its private part, read from what `openssl` wrote.
fn private_jwk(algorithm: Algorithm) -> Value {
    let mut key = jwk(algorithm, None);
    let encoding = private(algorithm);
    let outer = elements(encoding.as_bytes())[0].1;
    let text = |bytes: &[u8]| json!(URL_SAFE_NO_PAD.encode(bytes));
    match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => {
            let inner = elements(elements(outer)[2].1)[0].1;
            key["d"] = text(elements(inner)[1].1);
        }
        Algorithm::EdDSA => key["d"] = text(elements(elements(outer)[2].1)[0].1),
        _ => {
            for (name, (_, number)) in ["n", "e", "d", "p", "q", "dp", "dq", "qi"].iter().zip(&elements(outer)[1..]) {
                key[*name] = text(number.strip_prefix(&[0]).unwrap_or(number));
            }
        }
    }
    key
}

#[test]
fn private_keys_sign_and_are_never_shown() {
    for algorithm in ALL.into_iter().filter(|algorithm| !format!("{algorithm:?}").starts_with("HS")) {
        let key = private_jwk(algorithm);
        let (signing, verifying) = (tokens(&key), tokens(&jwk(algorithm, None)));
        let signed = signing.sign(&good()).unwrap();
        check(&signing, &signed, Ok(Some("authenticated")));
        // The other one knows no kid; whoever is given the published key does.
        let published = signing.published();
        check(&tokens(&published), &signed, Ok(Some("authenticated")));
        let header = jsonwebtoken::decode_header(&signed).unwrap();
        assert_eq!((header.alg, header.kid), (algorithm, thumbprint(&key)));
        check(&verifying, &token(algorithm, None, &good()), Ok(Some("authenticated")));
        for name in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(published["keys"][0].get(name).is_none(), "{algorithm:?} shows its {name}");
        }
        assert_eq!(published["keys"][0]["use"], "sig");
        assert!(!format!("{signing:?}").contains(key["d"].as_str().unwrap()));
    }
    // The private part of another key.
    let mut mixed = private_jwk(Algorithm::ES256);
    mixed["d"] = new_key(KeyAlgorithm::Es256)["d"].clone();
    let mut broken = private_jwk(Algorithm::RS256);
    broken.as_object_mut().unwrap().remove("qi");
    for (key, reason) in [(mixed, "not that of its public part"), (broken, "missing")] {
        let error = KeySet::parse(&key.to_string(), false).unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn what_is_made_here_signs() {
    for (algorithm, published) in [(KeyAlgorithm::Hs256, 0), (KeyAlgorithm::Es256, 1)] {
        let key = new_key(algorithm);
        let tokens = tokens(&key);
        let signed = tokens.sign(&good()).unwrap();
        check(&tokens, &signed, Ok(Some("authenticated")));
        assert_eq!(jsonwebtoken::decode_header(&signed).unwrap().kid.as_deref(), key["kid"].as_str());
        assert_ne!(new_key(algorithm)["kid"], key["kid"]);
        // Never a symmetric one.
        assert_eq!(tokens.published()["keys"].as_array().unwrap().len(), published);
    }
    assert_eq!(plain().published(), json!({ "keys": [] }));
}

#[test]
fn keys_are_read_as_what_they_are() {
    let read = |text: &str, is_base64: bool| KeySet::parse(text, is_base64).map(|keys| format!("{keys:?}"));
    let secret = "a".repeat(32);
    let bytes: Vec<u8> = (200..=255).collect();
    let standard = base64::engine::general_purpose::STANDARD.encode(&bytes);
    let hs256 = Ok("[(HS256, None)]".to_owned());
    assert_eq!(read(&secret, false), hs256);
    assert_eq!(read(&format!("{standard}\n"), true), hs256);
    for text in [standard.clone(), URL_SAFE_NO_PAD.encode(&bytes), standard.trim_end_matches('=').to_owned()] {
        let decoded = Tokens::with(KeySet::parse(&text, true).unwrap(), TokenOptions::default());
        check(&Tokens::new(&bytes, None).unwrap(), &decoded.sign(&good()).unwrap(), Ok(Some("authenticated")));
    }
    assert_eq!(read("short", false), Err(KeyError::ShortSecret(5)));
    assert_eq!(read("c2hvcnQ=", true), Err(KeyError::ShortSecret(5)));
    assert_eq!(read("no base64 at all, whatever it is said to be", true), Err(KeyError::Base64));
    assert_eq!(read(&String::from_utf8_lossy(RSA), false), Err(KeyError::Pem));
    assert!(matches!(read("{\"kty\": \"RSA\", and so on", false), Err(KeyError::Json(_))));

    let with = |algorithm: Algorithm, member: &str, value: Value| {
        let mut key = jwk(algorithm, None);
        key[member] = value;
        key
    };
    for unusable in [
        with(Algorithm::RS256, "use", json!("enc")),
        with(Algorithm::RS256, "key_ops", json!(["encrypt"])),
        with(Algorithm::RS256, "alg", json!("RSA-OAEP")),
        with(Algorithm::RS256, "alg", json!("RS1")),
        with(Algorithm::ES256, "crv", json!("secp256k1")),
        json!({ "keys": [] }),
        json!({ "keys": [with(Algorithm::RS256, "use", json!("enc"))] }),
    ] {
        assert_eq!(read(&unusable.to_string(), false), Err(KeyError::NothingUsable), "{unusable}");
    }
    let short = Jwk::from_encoding_key(&EncodingKey::from_rsa_pem(RSA_SHORT).unwrap(), Algorithm::RS256).unwrap();
    for malformed in [
        with(Algorithm::RS256, "alg", json!("HS256")),
        with(Algorithm::ES256, "alg", json!("RS256")),
        with(Algorithm::ES256, "x", json!("AAAA")),
        with(Algorithm::EdDSA, "x", json!("AAAA")),
        with(Algorithm::RS256, "n", json!("not base64!")),
        serde_json::to_value(short).unwrap(),
    ] {
        assert!(matches!(read(&malformed.to_string(), false), Err(KeyError::Jwk { .. })), "{malformed}");
    }
    assert_eq!(read(&with(Algorithm::HS256, "k", json!("c2hvcnQ")).to_string(), false), Err(KeyError::ShortSecret(5)));

    // Keys for other things beside those for tokens, as identity providers publish them.
    let mixed = json!({ "keys": [
        with(Algorithm::RS256, "use", json!("enc")), jwk(Algorithm::RS256, Some("k1")), jwk(Algorithm::ES384, Some("k2")),
    ] });
    assert_eq!(read(&mixed.to_string(), false).unwrap(), r#"[(RS256, Some("k1")), (ES384, Some("k2"))]"#);
    let place = json!({ "keys": [jwk(Algorithm::RS256, None), with(Algorithm::ES256, "x", json!("AAAA"))] });
    let error = read(&place.to_string(), false).unwrap_err();
    assert!(error.to_string().contains("keys[1]"), "{error}");
    assert_eq!(error.code(), "jwt-jwk-malformed");
}
