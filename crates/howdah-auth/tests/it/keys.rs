//! API keys in the audit trail. What keys open is tested with the data API, and how they are dealt with in the binary.

use std::time::Duration;

use howdah_auth::AuthError;
use howdah_auth::keys::{KeyError, KeyId, KeyRole, KeyStore, NewKey};
use howdah_http::Scopes;
use howdah_pg::Target;
use howdah_pg::lane::{LaneOptions, LanePool};
use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::json;

use crate::support::{Server, open, shared, sql};

/// What the trail says of keys: event, who, role, and whether it names the key, its owner and nothing secret.
async fn recorded(db: &TestDb) -> Vec<String> {
    let events = "select concat_ws(' ', e.action, e.after ->> 'by', e.after ->> 'role', e.actor_id is not null,
            e.subject_id = u.audit_pseudonym, e.resource_type, k.id is not null, e.after ->> 'rotated_from_id' is not null)
        from audit.audit_events as e
        cross join auth.users as u
        left join auth.api_keys as k on k.id::text = e.resource_id
        where e.action like 'auth.key%' order by e.created_at, e.id";
    sql(db, events).await
}

/// Requirement 9 (16.3): making, rotating and revoking a key is an event by name, whoever does it and from where.
// ASVS 16.3 api-keys
#[tokio::test]
async fn requirement_9_what_is_done_with_keys_is_recorded() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    sql(&db, "create table public.things (id integer)").await;
    let ada = server.person("ada@example.org").await;
    let body = json!({ "name": "backup", "scopes": ["things:read"] });
    let made = server.post_as("/auth/v1/keys", &ada.access, &body).await.ok();
    let id = made["id"].as_str().unwrap().to_owned();
    let rotated = server.post_as(&format!("/auth/v1/keys/{id}/rotate"), &ada.access, &json!({})).await.ok();
    server.delete(&format!("/auth/v1/keys/{}", rotated["id"].as_str().unwrap()), &ada.access).await.ok();
    let mut above = body.clone();
    above["role"] = json!("service_role");
    assert_eq!(server.post_as("/auth/v1/keys", &ada.access, &above).await.refusal().1, "not_admin");
    above["user_id"] = json!(ada.id);
    server.post_as("/auth/v1/keys", &server.key("service_role"), &above).await.ok();
    // Nothing happened, so nothing is recorded.
    let nobodys = "/auth/v1/keys/a0000000-0000-4000-8000-000000000001";
    assert_eq!(server.delete(nobodys, &ada.access).await.status.as_u16(), 404);

    // The command line, which is nobody in particular.
    let pool = LanePool::start(Target::parse(&db.login_url()).unwrap(), LaneOptions::default());
    let store = KeyStore::new(&pool);
    let scopes = Scopes::parse(&["things:read".to_owned()]).unwrap();
    let new = NewKey { user_id: ada.id.clone(), name: "cron".to_owned(), scopes, role: KeyRole::Anon, life: None };
    let made = store.create(&new).await.unwrap();
    let made = store.rotate(&KeyId::parse(&made.key.prefix).unwrap(), None, Duration::ZERO).await.unwrap();
    store.revoke(&KeyId::parse(&made.key.id).unwrap(), None).await.unwrap();

    let of_ada =
        |action: &str, role: &str, more: &str| format!("auth.{action} {} {role} t t auth.api_keys t {more}", ada.id);
    let by_command = |action: &str, more: &str| format!("auth.{action} command line anon f t auth.api_keys t {more}");
    assert_eq!(
        recorded(&db).await,
        [
            of_ada("key_created", "authenticated", "f"),
            of_ada("key_rotated", "authenticated", "t"),
            of_ada("key_revoked", "authenticated", "f"),
            "auth.key_refused service_role t t auth.sessions f f".to_owned(),
            "auth.key_created service_role service_role f t auth.api_keys t f".to_owned(),
            by_command("key_created", "f"),
            by_command("key_rotated", "t"),
            by_command("key_revoked", "f"),
        ]
    );
    let secret = made.secret.expose().rsplit('_').next().unwrap().to_owned();
    let traces = format!("select count(*) from audit.audit_events as e where e::text like '%{secret}%'");
    assert_eq!(sql(&db, &traces).await, ["0"]);
}

/// Requirement 9 (16.3): no key without its event. What cannot be recorded does not happen.
// ASVS 16.3 16.5.1
#[tokio::test]
async fn requirement_9_a_key_that_cannot_be_recorded_is_not_made() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    sql(&db, "create table public.things (id integer)").await;
    let ada = server.person("ada@example.org").await;
    sql(&db, "create or replace function audit.record_event(action text, resource_type text, resource_id text default null,
          actor_user_id uuid default null, subject_user_id uuid default null, details jsonb default null, ip inet default null)
        returns void language plpgsql as $$ begin raise exception 'the disk is full'; end $$")
    .await;
    let body = json!({ "name": "backup", "scopes": ["things:read"] });
    let request = server.request(Method::POST, "/auth/v1/keys", Some(&ada.access)).json(&body);
    let failed = server.send(request).await;
    assert_eq!(failed.refusal(), (500, "unexpected_failure".to_owned()));
    assert!(
        !failed.text.contains("disk") && !failed.text.contains("plpgsql"),
        "requirement 9 (16.5.1): {}",
        failed.text
    );
    let pool = LanePool::start(Target::parse(&db.login_url()).unwrap(), LaneOptions::default());
    let scopes = Scopes::parse(&["things:read".to_owned()]).unwrap();
    let new = NewKey { user_id: ada.id, name: "cron".to_owned(), scopes, role: KeyRole::Anon, life: None };
    let refused = KeyStore::new(&pool).create(&new).await;
    assert!(matches!(refused, Err(KeyError::Database(AuthError { .. }))), "{refused:?}");
    assert_eq!(sql(&db, "select count(*) from auth.api_keys").await, ["0"]);
}
