//! Making an account.

use std::sync::Arc;

use howdah_auth::{AuthOptions, Mailer, Occasion};
use howdah_http::GateOptions;
use howdah_testkit::TestDb;
use serde_json::{Value, json};

use crate::support::{Mailbox, PASSWORD, Person, Server, open, shared, sql};

async fn confirming(db: &TestDb) -> (Server, Arc<Mailbox>) {
    let mailbox = Arc::new(Mailbox::default());
    let (url, mailer) = (db.login_url(), Arc::clone(&mailbox) as Arc<dyn Mailer>);
    let server = Server::start_with(&url, AuthOptions::default(), Some(mailer), GateOptions::default()).await;
    (server, mailbox)
}

#[tokio::test]
async fn an_account_is_made_and_signed_in() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let body = json!({ "email": "Ada@Example.org", "password": PASSWORD, "data": { "display_name": "Ada" } });
    let answer = server.post("/auth/v1/signup", &body).await;
    let session = answer.ok();
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("bearer"), &json!(3600)));
    let user = &session["user"];
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["user_metadata"], json!({ "display_name": "Ada" }));
    assert_eq!(user["app_metadata"], json!({ "provider": "email", "providers": ["email"] }));
    assert_eq!(
        (&user["role"], &user["aud"], &user["phone"]),
        (&json!("authenticated"), &json!("authenticated"), &json!(""))
    );
    assert_eq!(user["identities"][0]["provider"], "email");
    assert!(
        user["email_confirmed_at"].is_string() && user["last_sign_in_at"].is_string() && user["created_at"].is_string()
    );
    assert_eq!((&user["factors"], &user["is_anonymous"]), (&json!([]), &json!(false)));

    let claims = Person::of(&session).claims();
    for (name, value) in [
        ("iss", json!("howdah/auth")),
        ("aud", json!("authenticated")),
        ("role", json!("authenticated")),
        ("email", json!("ada@example.org")),
        ("aal", json!("aal1")),
        ("is_anonymous", json!(false)),
        ("epoch", json!(0)),
    ] {
        assert_eq!(claims[name], value, "{claims}");
    }
    assert_eq!(claims["amr"][0]["method"], "password");
    assert_eq!(claims["user_metadata"]["display_name"], "Ada");
    assert!(claims["exp"].as_u64() > claims["iat"].as_u64() && claims["nbf"] == claims["iat"], "{claims}");
    assert_eq!(sql(&db, "select action from audit.audit_events where action like 'auth.%'").await, ["auth.signed_up"]);
}

/// Requirement 1 (6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.9), over HTTP; the rules themselves are tested beside them.
// ASVS 6.2.1 6.2.4 6.2.8 6.2.9
#[tokio::test]
async fn requirement_1_passwords() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    for (password, reason) in [("1726354", "length"), ("football", "pwned"), ("ben@example.org", "characters")] {
        let answer = server.sign_up("ben@example.org", password).await;
        assert_eq!(answer.refusal(), (422, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.json()["weak_password"]["reasons"], json!([reason]), "{password}");
    }
    // All of a long one counts: bcrypt alone would stop reading at 72 bytes, and at a zero byte.
    let long = format!("{}\u{0}ä", "x".repeat(200));
    server.sign_up("long@example.org", &long).await.ok();
    server.sign_in("long@example.org", &long).await.ok();
    for other in [&long[..200], &long[..72], &format!("{long}x")] {
        let answer = server.sign_in("long@example.org", other).await;
        assert_eq!(answer.refusal(), (400, "invalid_credentials".to_owned()));
    }
    let stored = sql(&db, "select password_hash from auth.users").await;
    assert!(stored[0].starts_with("howdah1$2b$12$"), "{stored:?}");
    assert_eq!(server.sign_up("ben@example.org", &"x".repeat(1025)).await.refusal().1, "weak_password");
}

/// Requirement 2 (6.3.8): where addresses are proven by mail, nobody learns which have an account. The answers have the
/// same members; their times are measured in `timing`.
// ASVS 6.3.8
#[tokio::test]
async fn requirement_2_a_known_address_is_answered_like_a_new_one() {
    let db = shared().await;
    let (server, mailbox) = confirming(&db).await;
    let first = server.sign_up("ada@example.org", PASSWORD).await.ok();
    let again = server.sign_up("ADA@example.org", "another password").await.ok();
    sql(&db, "update auth.users set email_confirmed_at = now()").await;
    let known = server.sign_up("ada@example.org", "yet another password").await.ok();
    for answer in [&again, &known] {
        assert_eq!(shape(answer), shape(&first), "{answer}");
        assert_ne!(answer["id"], first["id"]);
    }
    assert!(first.get("access_token").is_none() && first["confirmation_sent_at"].is_string(), "{first}");
    let ada = |occasion| (occasion, "ada@example.org".to_owned());
    let expected = [ada(Occasion::ConfirmSignup), ada(Occasion::ConfirmSignup), ada(Occasion::AlreadySignedUp)];
    assert_eq!(mailbox.wait(3).await, expected);
    // Whose password it is nobody knows any more: see `pre_registration`.
    for password in [PASSWORD, "another password", "yet another password"] {
        assert_eq!(server.sign_in("ada@example.org", password).await.refusal().1, "invalid_credentials");
    }
}

/// The names of all members, at all depths.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn an_unproven_address_cannot_sign_in() {
    let db = shared().await;
    let (server, _mailbox) = confirming(&db).await;
    server.sign_up("ada@example.org", PASSWORD).await.ok();
    assert_eq!(server.sign_in("ada@example.org", PASSWORD).await.refusal(), (400, "email_not_confirmed".to_owned()));
    // Only to whoever knows the password.
    assert_eq!(server.sign_in("ada@example.org", "something else").await.refusal().1, "invalid_credentials");
}

/// Attack: roles, confirmation and the like through signing up.
// ASVS 8.2
#[tokio::test]
async fn nobody_gives_themselves_a_role() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let body = json!({
        "email": "eve@example.org", "password": PASSWORD, "role": "service_role", "aud": "admin",
        "app_metadata": { "role": "admin" }, "is_anonymous": true, "token_epoch": 7, "account_type": "service",
        "data": { "role": "service_role", "app_metadata": { "role": "admin" }, "is_admin": true },
    });
    let eve = Person::of(&server.post("/auth/v1/signup", &body).await.ok());
    let claims = eve.claims();
    assert_eq!(claims["role"], "authenticated");
    assert_eq!(claims["app_metadata"], json!({ "provider": "email", "providers": ["email"] }));
    assert_eq!(claims["user_metadata"]["role"], "service_role", "their own data, and nothing more");
    let row = "select concat_ws(' ', role, account_type, app_metadata, token_epoch, is_anonymous) from auth.users";
    assert_eq!(sql(&db, row).await, ["user human {} 0 f"]);
    server.put("/auth/v1/user", &eve.access, &json!({ "role": "service_role", "app_metadata": { "a": 1 } })).await.ok();
    assert_eq!(sql(&db, row).await, ["user human {} 0 f"]);
}

#[tokio::test]
async fn what_is_switched_off_is_refused() {
    let db = shared().await;
    let closed = Server::start(&db, AuthOptions { signup: false, ..open() }).await;
    assert_eq!(closed.sign_up("a@example.org", PASSWORD).await.refusal(), (422, "signup_disabled".to_owned()));
    let named = Server::start(&db, AuthOptions { anonymous_sign_in: false, ..open() }).await;
    assert_eq!(
        named.post("/auth/v1/signup", &json!({})).await.refusal(),
        (422, "anonymous_provider_disabled".to_owned())
    );
    let mute = Server::start(&db, AuthOptions::default()).await;
    assert_eq!(mute.sign_up("a@example.org", PASSWORD).await.refusal(), (422, "email_provider_disabled".to_owned()));
    let settings = closed.send(closed.request(reqwest::Method::GET, "/auth/v1/settings", None)).await.ok();
    assert_eq!((&settings["disable_signup"], &settings["external"]["anonymous_users"]), (&json!(true), &json!(true)));
    let health = closed.send(closed.request(reqwest::Method::GET, "/auth/v1/health", None)).await.ok();
    assert_eq!(health["name"], "Howdah");
}

// ASVS 16.5.1
#[tokio::test]
async fn bodies_that_are_no_sign_up() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    for (body, code) in [
        (json!({ "email": "no address", "password": PASSWORD }), "validation_failed"),
        (json!({ "email": "a@b\r\nBcc: c@d", "password": PASSWORD }), "validation_failed"),
        (json!({ "email": "a@example.org", "password": 7 }), "validation_failed"),
        (json!({ "email": "a@example.org", "password": PASSWORD, "data": "text" }), "validation_failed"),
        (
            json!({ "email": "a@example.org", "password": PASSWORD, "data": { "x": "y".repeat(5000) } }),
            "validation_failed",
        ),
        (json!({ "email": "a@example.org", "password": PASSWORD, "data": { "x": ["\u{0}"] } }), "validation_failed"),
        (json!({ "email": "a@example.org" }), "weak_password"),
    ] {
        assert_eq!(server.post("/auth/v1/signup", &body).await.refusal().1, code, "{body}");
    }
    let broken = server.request(reqwest::Method::POST, "/auth/v1/signup", None).body("{\"password\": \"secret");
    let broken = server.send(broken).await;
    assert_eq!(broken.refusal(), (400, "bad_json".to_owned()));
    assert!(!broken.text.contains("secret"), "{}", broken.text);
    assert!(sql(&db, "select id from auth.users").await.is_empty());
}

#[tokio::test]
async fn an_anonymous_account_becomes_one_with_a_name() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    let guest = Person::of(&server.post("/auth/v1/signup", &json!({ "data": { "colour": "red" } })).await.ok());
    assert_eq!(guest.claims()["is_anonymous"], true);
    let user = server.get("/auth/v1/user", &guest.access).await.ok();
    assert_eq!((&user["is_anonymous"], &user["email"], &user["identities"]), (&json!(true), &json!(""), &json!([])));
    assert_eq!(sql(&db, "select display_name from public.user_profiles").await, ["Guest"]);

    // A password alone would be of no use to anybody.
    let change = server.put("/auth/v1/user", &guest.access, &json!({ "password": PASSWORD })).await;
    assert_eq!(change.refusal(), (400, "validation_failed".to_owned()));
    let body = json!({ "email": "gus@example.org", "password": PASSWORD });
    let user = server.put("/auth/v1/user", &guest.access, &body).await.ok();
    assert_eq!((&user["is_anonymous"], &user["email"]), (&json!(false), &json!("gus@example.org")));
    assert_eq!(user["user_metadata"], json!({ "colour": "red" }));
    let gus = Person::of(&server.refresh(&guest.refresh).await.ok());
    assert_eq!((gus.claims()["is_anonymous"].clone(), gus.id), (json!(false), guest.id.clone()));
    assert_eq!(Person::of(&server.sign_in("gus@example.org", PASSWORD).await.ok()).id, guest.id);
}
