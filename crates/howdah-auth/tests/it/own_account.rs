//! Reading and changing one's own account.

use std::time::Duration;

use howdah_auth::AuthOptions;
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Server, open, shared, sql};

/// Everybody has to show the password again.
fn strict() -> AuthOptions {
    AuthOptions { reauthentication: Duration::ZERO, ..open() }
}

/// A sign-in counts as recent within the second in which it happened, even where nothing is to count.
async fn let_it_grow_old() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

#[tokio::test]
async fn data_is_merged() {
    let db = shared().await;
    let server = Server::start(&db, strict()).await;
    let ada = server.person("ada@example.org").await;
    for (data, expected) in [
        (json!({ "a": 1, "b": { "c": 2 } }), json!({ "a": 1, "b": { "c": 2 } })),
        (json!({ "b": 3, "d\"\\,{}": [null] }), json!({ "a": 1, "b": 3, "d\"\\,{}": [null] })),
        (json!({ "a": null, "d\"\\,{}": null }), json!({ "b": 3 })),
        (json!({}), json!({ "b": 3 })),
    ] {
        let user = server.put("/auth/v1/user", &ada.access, &json!({ "data": data })).await.ok();
        assert_eq!(user["user_metadata"], expected);
    }
    // It travels in every token, so all of it together has a limit.
    let half = |name: &str| json!({ "data": { name: "x".repeat(3000) } });
    server.put("/auth/v1/user", &ada.access, &half("one")).await.ok();
    assert_eq!(server.put("/auth/v1/user", &ada.access, &half("two")).await.refusal().1, "validation_failed");
    let refreshed = Person::of(&server.refresh(&ada.refresh).await.ok());
    assert_eq!(refreshed.claims()["user_metadata"]["b"], 3);
}

/// Requirement 5 (7.5.1): changing password or address asks for the password again; requirement 4 (7.4): a new password
/// ends the other sessions at once, and this one goes on.
// ASVS 7.4 7.5.1
#[tokio::test]
async fn requirement_5_a_password_is_changed_by_whoever_knows_the_old_one() {
    let db = shared().await;
    let server = Server::start(&db, strict()).await;
    let ada = server.person("ada@example.org").await;
    let elsewhere = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    let_it_grow_old().await;
    let change = async |body: Value| server.put("/auth/v1/user", &ada.access, &body).await;
    let new = "a new password of some length";
    for body in [json!({ "password": new }), json!({ "email": "eve@example.org" })] {
        assert_eq!(change(body).await.refusal(), (422, "reauthentication_needed".to_owned()));
    }
    let wrong = change(json!({ "password": new, "current_password": "wrong" })).await;
    assert_eq!(wrong.refusal(), (400, "invalid_credentials".to_owned()));
    let same = change(json!({ "password": PASSWORD, "current_password": PASSWORD })).await;
    assert_eq!(same.refusal(), (422, "same_password".to_owned()));
    let weak = change(json!({ "password": "football", "current_password": PASSWORD })).await;
    assert_eq!(weak.refusal(), (422, "weak_password".to_owned()));
    assert_eq!(server.whoami(&elsewhere.access).await, 200, "nothing has happened so far");

    change(json!({ "password": new, "current_password": PASSWORD })).await.ok();
    server.refuses(&elsewhere.access).await;
    assert_eq!(server.refresh(&elsewhere.refresh).await.refusal().1, "session_expired");
    assert_eq!(server.whoami(&ada.access).await, 200);
    server.refresh(&ada.refresh).await.ok();
    assert_eq!(server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "invalid_credentials");
    server.sign_in("ada@example.org", new).await.ok();
    let reasons = "select distinct revoke_reason from auth.sessions where revoked_at is not null";
    assert_eq!(sql(&db, reasons).await, ["password_change"]);
}

#[tokio::test]
async fn a_sign_in_of_a_moment_ago_is_proof_enough() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    server.person("ben@example.org").await;
    let user = server.put("/auth/v1/user", &ada.access, &json!({ "email": "Lovelace@example.org" })).await.ok();
    assert_eq!(user["email"], "lovelace@example.org");
    let taken =
        server.put("/auth/v1/user", &ada.access, &json!({ "email": "BEN@example.org", "data": { "x": 1 } })).await;
    assert_eq!(taken.refusal(), (422, "email_exists".to_owned()));
    let user = server.get("/auth/v1/user", &ada.access).await.ok();
    assert_eq!(user["user_metadata"], json!({}), "all of a change or nothing of it");
    // Not when a second factor is to be shown, and was not.
    sql(&db, &format!("insert into auth.mfa_factors (user_id, factor_type, friendly_name, secret, confirmed_at) values ('{}', 'totp', 'phone', 'x', now())", ada.id)).await;
    let change = server.put("/auth/v1/user", &ada.access, &json!({ "password": "another password" })).await;
    assert_eq!(change.refusal(), (403, "insufficient_aal".to_owned()));
    let user = server.get("/auth/v1/user", &ada.access).await.ok();
    assert_eq!(user["factors"][0]["status"], "verified");
    assert!(user["factors"][0].get("secret").is_none(), "{user}");
}

/// Wrong passwords here are guesses too, by whoever has got hold of a session.
#[tokio::test]
async fn guessing_the_current_password_is_throttled() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { failures_per_account: 2, ..strict() }).await;
    let ada = server.person("ada@example.org").await;
    let_it_grow_old().await;
    let guess = json!({ "password": "a new password", "current_password": "wrong" });
    for code in ["invalid_credentials", "invalid_credentials", "over_request_rate_limit"] {
        assert_eq!(server.put("/auth/v1/user", &ada.access, &guess).await.refusal().1, code);
    }
}
