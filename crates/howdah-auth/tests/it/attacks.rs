//! Tokens that somebody made up, each refused. Signatures and algorithms are tested with the keys, in `howdah-http`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use howdah_http::{KeySet, TokenOptions, Tokens, unix_now};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Server, open, shared};

/// Requirement 6 (9.1.2, 9.2): a token in our own name is complete, or it is none; at the gate and at `/auth/v1`.
// ASVS 9.2
#[tokio::test]
async fn requirement_6_our_own_tokens_are_complete() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let good = ada.claims();
    let signed = |claims: &Value| server.gate.tokens.sign(claims).unwrap();
    assert_eq!(server.whoami(&signed(&good)).await, 200);
    for missing in ["exp", "nbf", "iat", "aud", "sub", "role", "session_id", "epoch"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(missing);
        assert_eq!(server.whoami(&signed(&claims)).await, 401, "without {missing}");
        let mut claims = good.clone();
        claims[missing] = Value::Null;
        assert_eq!(server.whoami(&signed(&claims)).await, 401, "{missing} null");
    }
    for (name, value) in [
        ("aud", json!("somebody else")),
        ("aud", json!([])),
        ("exp", json!(unix_now() - 3600)),
        ("nbf", json!(unix_now() + 3600)),
        ("iat", json!(unix_now() + 3600)),
        ("session_id", json!("no session")),
        ("sub", json!("nobody")),
        ("epoch", json!("0")),
    ] {
        let mut claims = good.clone();
        claims[name] = value.clone();
        assert_eq!(server.whoami(&signed(&claims)).await, 401, "{name} {value}");
        assert_eq!(server.get("/auth/v1/user", &signed(&claims)).await.refusal(), (403, "bad_jwt".to_owned()));
    }
    // Of a session that never was: the gate cannot know, the account's own endpoints ask.
    let mut claims = good.clone();
    claims["session_id"] = json!("a0000000-0000-4000-8000-000000000001");
    assert_eq!(server.get("/auth/v1/user", &signed(&claims)).await.refusal(), (403, "session_not_found".to_owned()));
    let mut claims = good.clone();
    claims["epoch"] = json!(1);
    assert_eq!(server.get("/auth/v1/user", &signed(&claims)).await.refusal(), (403, "session_not_found".to_owned()));
}

/// Tokens of other issuers follow PostgREST's rules at the gate, and are no sessions here.
#[tokio::test]
async fn foreign_tokens_follow_postgrests_rules() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    for claims in [
        json!({ "role": "authenticated", "exp": unix_now() + 60 }),
        json!({ "role": "authenticated", "exp": unix_now() + 60, "iss": "https://elsewhere.test", "sub": ada.id, "session_id": ada.session(), "epoch": 0 }),
        json!({ "iss": "howdah", "role": "service_role", "exp": unix_now() + 60 }),
    ] {
        let token = server.gate.tokens.sign(&claims).unwrap();
        assert_eq!(server.whoami(&token).await, 200, "{claims}");
        for (method, path) in
            [(Method::GET, "user"), (Method::PUT, "user"), (Method::GET, "sessions"), (Method::POST, "logout")]
        {
            let request = server.request(method, &format!("/auth/v1/{path}"), Some(&token)).json(&json!({}));
            assert_eq!(server.send(request).await.refusal(), (403, "bad_jwt".to_owned()), "{claims}");
        }
    }
}

// ASVS 9.1.2
#[tokio::test]
async fn forged_tokens_are_refused() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let [head, payload, signature] = ada.access.split('.').collect::<Vec<_>>()[..] else { panic!("{}", ada.access) };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut admin = ada.claims();
    admin["role"] = json!("service_role");
    let other = Tokens::with(
        KeySet::from_secret(b"another secret of thirty-two bytes and more").unwrap(),
        TokenOptions::default(),
    );
    for forged in [
        format!("{}.{payload}.", encode(&json!({ "alg": "none", "typ": "JWT" }))),
        format!("{}.{payload}.{signature}", encode(&json!({ "alg": "None" }))),
        format!("{}.{payload}.{signature}", encode(&json!({ "alg": "RS256" }))),
        format!("{}.{payload}.{signature}", encode(&json!({ "alg": "HS512" }))),
        format!("{}.{payload}.{signature}", encode(&json!({ "alg": "HS256", "kid": "../../etc/passwd" }))),
        format!("{head}.{}.{signature}", encode(&admin)),
        other.sign(&ada.claims()).unwrap(),
        "not.a.token".to_owned(),
    ] {
        assert_eq!(server.whoami(&forged).await, 401, "{forged}");
        assert_eq!(server.get("/auth/v1/user", &forged).await.refusal(), (403, "bad_jwt".to_owned()), "{forged}");
    }
}

/// Bodies that are too large, and queries that are more than they seem.
#[tokio::test]
async fn what_is_sent_stays_what_it_is() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let large = server.request(Method::POST, "/auth/v1/signup", None).body("x".repeat(11 * 1024 * 1024));
    assert_eq!(server.send(large).await.status.as_u16(), 413);
    for email in ["' or 1=1 --", "ada@example.org' or ''='", "%@%", "ada@example.org\u{0}"] {
        let status = server.sign_in(email, PASSWORD).await.status.as_u16();
        assert!(status == 400, "{email}: {status}");
    }
}

/// What is no request is answered in one form, whatever is wrong with it, and never by an error of the server's own.
#[tokio::test]
async fn what_is_no_request_is_refused_in_one_form() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let service = server.key("service_role");
    for query in ["grant_type=password&grant_type=refresh_token", "grant_type=%ff", "grant_type[]=password", "%00=%00"]
    {
        let answer = server.post(&format!("/auth/v1/token?{query}"), &json!({})).await;
        assert_eq!(answer.refusal().0, 400, "{query}");
    }
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for body in [
        "null".to_owned(),
        "[]".to_owned(),
        format!("[\"ada@example.org\", \"{PASSWORD}\"]"),
        "7".to_owned(),
        "\"text\"".to_owned(),
        "{".to_owned(),
        "{\"email\":\"a@example.org\",\"email\":\"b@example.org\",\"password\":\"a password of some length\"}"
            .to_owned(),
        "{\"email\":{\"ne\":null},\"password\":{\"ne\":null}}".to_owned(),
        "{\"email\":[\"a@example.org\"],\"password\":1e999}".to_owned(),
        format!(
            "{{\"email\":\"a@example.org\",\"password\":\"a password of some length\",\"data\":{{\"x\":{deep}}},\"user_metadata\":{{\"x\":{deep}}}}}"
        ),
        "{\"email\":\"a@example.org\\u0000\",\"password\":\"a password of some length\"}".to_owned(),
        "email=a%40example.org&password=a+password+of+some+length".to_owned(),
    ] {
        for path in [
            "signup",
            "token?grant_type=password",
            "recover",
            "otp",
            "verify",
            "resend",
            "admin/users",
            "admin/generate_link",
        ] {
            let request = server.request(Method::POST, &format!("/auth/v1/{path}"), Some(&service)).body(body.clone());
            let answer = server.send(request).await;
            let (status, _) = answer.refusal();
            // Without a mailer some say so first.
            assert!(status == 400 || status == 422, "{path} {body}: {status} {}", answer.text);
        }
        let request = server.request(Method::PUT, "/auth/v1/user", Some(&ada.access)).body(body.clone());
        assert!(server.send(request).await.status.as_u16() < 500, "{body}");
    }
    let count = crate::support::sql(&db, "select count(*) from auth.users").await;
    assert_eq!(count, ["1"]);
}

/// Of many at once one is first: accounts with one address, changes of two accounts to one address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_is_one_account_however_many_want_it_at_once() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let wanted = ["ada@example.org", "Ada@Example.org", " ADA@EXAMPLE.ORG", "ada@example.org"];
    let answers = futures_util::future::join_all(wanted.map(|email| server.sign_up(email, PASSWORD))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(
        answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.refusal().1 == "user_already_exists")
    );
    let (ben, cyd) = (server.person("ben@example.org").await, server.person("cyd@example.org").await);
    let body = json!({ "email": "dot@example.org" });
    let changes = [&ben, &cyd].map(|person| server.put("/auth/v1/user", &person.access, &body));
    let answers = futures_util::future::join_all(changes).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.refusal().1 == "email_exists"));
}

/// Deleted in the middle of a session: nothing of it works any more, and nothing fails on the server's side.
#[tokio::test]
async fn an_account_that_is_deleted_in_its_session_is_nobody() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    server.delete(&format!("/auth/v1/admin/users/{}", ada.id), &server.key("service_role")).await.ok();
    for (method, path) in [
        (Method::GET, "user"),
        (Method::PUT, "user"),
        (Method::GET, "sessions"),
        (Method::GET, "keys"),
        (Method::POST, "factors"),
    ] {
        let body =
            json!({ "password": "another password of some length", "factor_type": "totp", "friendly_name": "x" });
        let request = server.request(method.clone(), &format!("/auth/v1/{path}"), Some(&ada.access)).json(&body);
        assert_eq!(server.send(request).await.refusal(), (403, "session_not_found".to_owned()), "{method} {path}");
    }
    assert!(server.refresh(&ada.refresh).await.status.is_client_error());
    assert_eq!(server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "invalid_credentials");
    server.refuses(&ada.access).await;
}
