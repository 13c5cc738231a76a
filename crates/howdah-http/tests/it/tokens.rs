//! Tokens over HTTP: statuses, codes, challenges, and what the database gets to know.

use howdah_http::{GateOptions, KeySet, TokenOptions, Tokens};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::server::{SECRET, Server, Settings, claims, database, now, send};

async fn check(request: RequestBuilder, status: u16, code: &str, message: &str, challenge: Option<&str>) {
    let received = send(request).await;
    assert_eq!(received.error(), (status, code.to_owned()), "{}", received.text);
    assert_eq!(received.json()["message"], message, "{}", received.text);
    assert_eq!(received.header("www-authenticate"), challenge, "{}", received.text);
    let expected = format!("PostgREST; error={code}");
    assert_eq!(received.header("proxy-status"), Some(expected.as_str()));
}

fn invalid(message: &str) -> String {
    format!("Bearer error=\"invalid_token\", error_description=\"{message}\"")
}

#[tokio::test]
async fn refusals_have_codes_and_challenges() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let sign = |claims: &Value| server.gate.tokens.sign(claims).unwrap();
    let other = Tokens::new(b"another secret of at least thirty-two bytes", None).unwrap();
    let none = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYXV0aGVudGljYXRlZCIsImV4cCI6OTk5OTk5OTk5OX0.";
    for (token, code, message) in [
        (sign(&json!({ "exp": now() - 3600 })), "PGRST303", "JWT expired"),
        (sign(&json!({ "exp": now() + 60, "nbf": now() + 3600 })), "PGRST303", "JWT not yet valid"),
        (sign(&json!({ "exp": now() + 60, "iat": now() + 3600 })), "PGRST303", "JWT issued at future"),
        (sign(&json!({ "exp": "soon" })), "PGRST303", "The JWT 'exp' claim must be a number"),
        (none.to_owned(), "PGRST301", "Wrong or unsupported encoding algorithm"),
        (other.sign(&claims("authenticated")).unwrap(), "PGRST301", "No suitable key or wrong key type"),
        ("garbage".to_owned(), "PGRST301", "Expected 3 parts in JWT; got 1"),
        ("a.b".to_owned(), "PGRST301", "Expected 3 parts in JWT; got 2"),
    ] {
        check(server.get("/who").bearer_auth(token), 401, code, message, Some(&invalid(message))).await;
    }
    // Handlers that heed no scopes take no API keys, whatever they are good for.
    let not_here = "API keys are for the data API: sign in, and use the access token here";
    let key = howdah_http::NewApiKey::random();
    let shown = server.get("/who").bearer_auth(key.secret().expose());
    check(shown, 401, "HOWDAH_KEY_NOT_HERE", not_here, Some(&invalid(not_here))).await;
    let beside = server.get("/who").header("apikey", key.secret().expose());
    check(beside, 401, "HOWDAH_KEY_NOT_HERE", not_here, Some(&invalid(not_here))).await;
    let empty = "Empty JWT is sent in Authorization header";
    check(server.get("/who").header("authorization", "Bearer "), 401, "PGRST301", empty, Some(&invalid(empty))).await;
    for role in ["howdah_login", "none", "howdah_owner"] {
        let message = format!("The role \"{role}\" of this token may not be used over HTTP");
        check(server.get("/who").bearer_auth(sign(&claims(role))), 403, "PGRST303", &message, None).await;
    }
    let message = "role \"nobody_at_all\" does not exist";
    check(server.get("/who").bearer_auth(sign(&claims("nobody_at_all"))), 401, "22023", message, Some("Bearer")).await;
}

// ASVS 13.2.3
#[tokio::test]
async fn without_a_key_only_the_anonymous_are_served() {
    let db = database().await;
    let tokens = Tokens::with(KeySet::none(), TokenOptions::default());
    let server = Server::start(&db, Settings { tokens, ..Settings::default() }).await;
    check(server.get("/who").bearer_auth("a.b.c"), 500, "PGRST300", "Server lacks JWT secret", None).await;
    assert_eq!(send(server.get("/who")).await.json()["role"], "anon");
}

#[tokio::test]
async fn without_an_anonymous_role_a_token_with_a_role_is_required() {
    let db = database().await;
    let options = GateOptions { anonymous_role: None, ..GateOptions::default() };
    let server = Server::start(&db, Settings { options, ..Settings::default() }).await;
    let sign = |claims: &Value| server.gate.tokens.sign(claims).unwrap();
    let disabled = "Anonymous access is disabled";
    check(server.get("/who"), 401, "PGRST302", disabled, Some("Bearer")).await;
    let without_role = sign(&json!({ "exp": now() + 60 }));
    check(server.get("/who").bearer_auth(without_role), 401, "PGRST302", disabled, Some("Bearer")).await;
    let received = send(server.get("/who").bearer_auth(sign(&claims("authenticated")))).await;
    assert_eq!(received.json()["role"], "authenticated");
}

#[tokio::test]
async fn the_database_knows_the_claims_with_the_role() {
    let db = database().await;
    let role_path = ".postgrest.roles[?(@ != \"offline\")]".parse().unwrap();
    let options = TokenOptions { role_path, ..TokenOptions::default() };
    let tokens = Tokens::with(KeySet::from_secret(SECRET).unwrap(), options);
    let server = Server::start(&db, Settings { tokens, ..Settings::default() }).await;
    let exp = now() + 60;
    let roles = json!({ "roles": ["offline", "authenticated"] });
    for (given, known) in [
        (
            json!({ "sub": "ada", "exp": exp, "postgrest": roles }),
            json!({ "sub": "ada", "exp": exp, "postgrest": roles, "role": "authenticated" }),
        ),
        (json!({ "sub": "ada", "exp": exp, "role": "x" }), json!({ "sub": "ada", "exp": exp, "role": "anon" })),
    ] {
        let token = server.gate.tokens.sign(&given).unwrap();
        for request in [server.get("/who").bearer_auth(&token), server.get("/who").header("apikey", &token)] {
            let received = send(request).await.json();
            assert_eq!((&received["claims"], &received["role"]), (&known, &known["role"]));
        }
    }
    assert_eq!(send(server.get("/who")).await.json()["claims"], json!({ "role": "anon" }));
}

#[tokio::test]
async fn keys_are_replaced_while_the_server_runs() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let old = server.gate.tokens.sign(&claims("authenticated")).unwrap();
    let new_key = || KeySet::from_secret(b"another secret of at least thirty-two bytes").unwrap();
    let status = async |token: &str| send(server.get("/who").bearer_auth(token)).await.status.as_u16();
    assert_eq!(status(&old).await, 200);
    server.gate.tokens.replace_keys(new_key().and(KeySet::from_secret(SECRET).unwrap()));
    let new = server.gate.tokens.sign(&claims("authenticated")).unwrap();
    assert_eq!((status(&old).await, status(&new).await), (200, 200));
    server.gate.tokens.replace_keys(new_key());
    assert_eq!((status(&old).await, status(&new).await), (401, 200));
}
