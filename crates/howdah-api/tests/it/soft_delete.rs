//! Deleting marks where a table has `deleted_at`.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::server::{ADA, Server, personal};

#[tokio::test]
async fn what_is_deleted_can_be_found_and_restored_and_purged() {
    let db = personal().await;
    let server = Server::over(&db).await;
    let ada = server.token(ADA);
    let made = server
        .write(
            Method::POST,
            "notes",
            &ada,
            "return=representation",
            &json!({ "user_id": ADA, "title": "a", "content": "b" }),
        )
        .await;
    let id = made.json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("notes?id=eq.{id}");
    let deleted = server.write(Method::DELETE, &path, &ada, "return=representation", &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text);
    assert!(deleted.json()[0]["deleted_at"].is_string());

    assert_eq!(server.rows(&path, &ada).await, json!([]));
    assert_eq!(server.rows("notes?trash=only&select=id", &ada).await, json!([{ "id": id }]));
    assert_eq!(server.rows("notes?trash=with&select=id", &ada).await, json!([{ "id": id }]));
    assert_eq!(server.rows("notes?deleted_at=not.is.null&select=id", &ada).await, json!([{ "id": id }]));
    let untouched = server.write(Method::PATCH, &path, &ada, "return=representation", &json!({ "title": "c" })).await;
    assert_eq!(untouched.json(), json!([]));

    let restore = format!("{path}&trash=only");
    let restored =
        server.write(Method::PATCH, &restore, &ada, "return=representation", &json!({ "deleted_at": null })).await;
    assert_eq!(restored.json()[0]["deleted_at"], Value::Null, "{}", restored.text);
    assert_eq!(server.rows(&path, &ada).await.as_array().unwrap().len(), 1);

    let purged = server.write(Method::DELETE, &path, &ada, "purge", &Value::Null).await;
    assert_eq!((purged.status, purged.header("preference-applied")), (StatusCode::NO_CONTENT, Some("purge")));
    assert_eq!(server.rows("notes?trash=with", &ada).await, json!([]));
}
