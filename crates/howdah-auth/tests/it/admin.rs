//! Accounts as trusted server code sees them, and everybody else who would like to. What an application does with them is in
//! `tests/clients/admin.mjs`.

use howdah_http::unix_now;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, Server, open, shared, sql};

const USERS: &str = "/auth/v1/admin/users";

impl Server {
    async fn create(&self, body: &Value) -> Answer {
        self.post_as(USERS, &self.key("service_role"), body).await
    }

    async fn change(&self, id: &str, body: &Value) -> Answer {
        self.put(&format!("{USERS}/{id}"), &self.key("service_role"), body).await
    }
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Requirement 7: each endpoint, for everybody who is no administrator; nothing happens, and the denial is recorded.
// ASVS 8.2
#[tokio::test]
async fn requirement_7_administration_takes_the_service_key() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    // Being called an administrator in one's own words, or by the account's role, is not being one.
    server
        .put("/auth/v1/user", &ada.access, &json!({ "data": { "role": "service_role", "is_admin": true } }))
        .await
        .ok();
    sql(&db, "update auth.users set role = 'admin'").await;
    let ada = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    let signed = |claims: Value| server.gate.tokens.sign(&claims).unwrap();
    let exp = unix_now() + 60;
    let tokens = [
        (ada.access.clone(), refusal(403, "not_admin")),
        (signed(json!({ "role": "authenticated", "exp": exp })), refusal(403, "not_admin")),
        (
            signed(json!({ "role": "howdah_readonly", "exp": exp, "user_role": "service_role" })),
            refusal(403, "not_admin"),
        ),
        (
            signed(json!({ "role": "service_role", "exp": exp, "sub": ada.id, "api_key_id": "k" })),
            refusal(403, "not_admin"),
        ),
        (signed(json!({ "role": "howdah_auth", "exp": exp })), refusal(403, "bad_jwt")),
        (signed(json!({ "role": "service_role", "exp": exp - 3600 })), refusal(403, "bad_jwt")),
        (server.key("anon"), refusal(401, "no_authorization")),
    ];
    let one = format!("{USERS}/{}", ada.id);
    let endpoints = [
        (Method::GET, USERS.to_owned()),
        (Method::POST, USERS.to_owned()),
        (Method::GET, one.clone()),
        (Method::PUT, one.clone()),
        (Method::DELETE, one.clone()),
        (Method::POST, format!("{one}/logout")),
        (Method::GET, format!("{one}/factors")),
        (Method::GET, "/auth/v1/admin/audit".to_owned()),
        (Method::DELETE, format!("{one}/factors/a0000000-0000-4000-8000-000000000001")),
    ];
    for (token, expected) in &tokens {
        for (method, path) in &endpoints {
            let body = json!({ "email": "eve@example.org", "role": "admin", "password": PASSWORD });
            let answer = server.send(server.request(method.clone(), path, Some(token)).json(&body)).await;
            assert_eq!(answer.refusal(), *expected, "{method} {path}");
        }
    }
    let anonymous = server.send(server.request(Method::GET, USERS, None)).await;
    assert_eq!(anonymous.refusal(), refusal(401, "no_authorization"));
    assert_eq!(sql(&db, "select email from auth.users").await, ["ada@example.org"]);
    assert_eq!(server.whoami(&ada.access).await, 200);
    let of = "from audit.audit_events as e where action = 'auth.admin_refused'";
    let recorded = sql(&db, &format!("select count(*) {of}")).await;
    assert_eq!(recorded, [(4 * endpoints.len()).to_string()], "requirement 9: every denial is recorded");
    let by_ada = format!("select count(*) {of} and actor_id = (select audit_pseudonym from auth.users)");
    assert_eq!(sql(&db, &by_ada).await, [endpoints.len().to_string()]);
}

/// Whoever puts the service key into a page has given it away.
#[tokio::test]
async fn the_service_key_is_of_no_use_in_a_browser() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let key = server.key("service_role");
    for (name, value) in
        [("origin", "https://app.example.org"), ("origin", &server.url), ("sec-fetch-site", "same-origin")]
    {
        let request = server.request(Method::GET, USERS, Some(&key)).header(name, value);
        assert_eq!(server.send(request).await.refusal(), refusal(403, "not_admin"), "{name}: {value}");
    }
    // What Node.js adds, which is no browser.
    let request = server.request(Method::GET, USERS, Some(&key)).header("sec-fetch-mode", "cors");
    assert_eq!(server.send(request).await.ok()["users"], json!([]));
}

/// Each thing is recorded with who did it and to whom, by the names of fields and not by what they hold.
// ASVS 16.3
#[tokio::test]
async fn requirement_9_what_administrators_do_is_recorded() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let boss = server.person("boss@example.org").await;
    // A service key may be somebody's, or say of itself what it likes.
    let signed = |sub: &str| {
        let claims = json!({ "role": "service_role", "exp": unix_now() + 60, "sub": sub });
        server.gate.tokens.sign(&claims).unwrap()
    };
    let (of_boss, of_script) = (signed(&boss.id), signed("backup script"));
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "app_metadata": { "secret": "swordfish" } });
    let ada = server.post_as(USERS, &of_boss, &body).await.ok();
    let one = format!("{USERS}/{}", ada["id"].as_str().unwrap());
    server.put(&one, &of_boss, &json!({ "role": "readonly", "email_confirm": true })).await.ok();
    server.post_as(&format!("{one}/logout"), &of_script, &json!({})).await.ok();
    server.delete(&one, &server.key("service_role")).await.ok();
    let recorded = "select format('%s %s %s', action, e.after ->> 'by', e.after -> 'fields')
        from audit.audit_events as e where action like 'auth.admin%' order by created_at, id";
    assert_eq!(
        sql(&db, recorded).await,
        [
            format!("auth.admin_created {} [\"email\", \"password\", \"app_metadata\"]", boss.id),
            format!("auth.admin_changed {} [\"email_confirm\", \"role\"]", boss.id),
            "auth.admin_ended_sessions backup script ".to_owned(),
            "auth.admin_deleted service_role ".to_owned(),
        ]
    );
    let actors = "select format('%s %s', actor_id = (select audit_pseudonym from auth.users where email = 'boss@example.org'), subject_id is not null)
        from audit.audit_events where action like 'auth.admin%' order by created_at, id";
    assert_eq!(sql(&db, actors).await, ["t t", "t t", " t", " t"]);
    let traces =
        "select count(*) from audit.audit_events as e where action like 'auth.%' and e::text ~ 'swordfish|howdah1'";
    assert_eq!(sql(&db, traces).await, ["0"]);
}

#[tokio::test]
async fn the_trail_is_read_by_pages() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let page =
        async |query: &str| server.get(&format!("/auth/v1/admin/audit?{query}"), &server.key("service_role")).await;
    assert_eq!(page("page=&per_page=").await.ok(), json!([]));
    let ada = server.person("ada@example.org").await;
    server.change(&ada.id, &json!({ "ban_duration": "1h" })).await.ok();
    let all = page("").await.ok();
    let newest = &all[0];
    assert_eq!(newest["payload"]["action"], "auth.admin_changed");
    assert_eq!(newest["payload"]["traits"]["after"]["fields"], json!(["ban_duration"]));
    assert_eq!(newest["ip_address"], "127.0.0.1");
    assert!(newest["id"].is_string() && newest["created_at"].is_string(), "{newest}");
    let count = all.as_array().unwrap().len();
    let mut pages = Vec::new();
    for number in 1..=count + 1 {
        pages.extend(page(&format!("page={number}&per_page=1")).await.ok().as_array().unwrap().clone());
    }
    assert_eq!(json!(pages), all);
    assert_eq!(page("per_page=0").await.refusal(), refusal(400, "validation_failed"));
}

#[tokio::test]
async fn accounts_are_what_they_can_be() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let hash = "$2b$04$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    for (body, expected) in [
        (json!({}), "validation_failed"),
        (json!({ "email": "no address" }), "validation_failed"),
        (json!({ "email": "a@example.org", "id": "7" }), "validation_failed"),
        (json!({ "email": "a@example.org", "phone": "+1" }), "validation_failed"),
        (json!({ "email": "a@example.org", "role": "service_role" }), "validation_failed"),
        (json!({ "email": "a@example.org", "role": "postgres" }), "validation_failed"),
        (json!({ "email": "a@example.org", "ban_duration": "soon" }), "validation_failed"),
        (json!({ "email": "a@example.org", "password_hash": "secret" }), "validation_failed"),
        (json!({ "email": "a@example.org", "password_hash": hash, "password": PASSWORD }), "validation_failed"),
        (json!({ "email": "a@example.org", "user_metadata": "text" }), "validation_failed"),
        (json!({ "email": "a@example.org", "app_metadata": { "x": "y".repeat(5000) } }), "validation_failed"),
        (json!({ "email": "a@example.org", "app_metadata": { "x": "\u{0}" } }), "validation_failed"),
        (json!({ "email": "a@example.org", "password": "1726354" }), "weak_password"),
    ] {
        assert_eq!(server.create(&body).await.refusal().1, expected, "{body}");
    }
    assert_eq!(sql(&db, "select count(*) from auth.users").await, ["0"]);

    let body = json!({ "email": "ada@example.org", "password_hash": hash, "role": "readonly", "is_active": false,
        "user_metadata": { "a": null, "b": 1 }, "account_type": "service", "token_epoch": 7, "metadata": {} });
    let ada = server.create(&body).await.ok();
    assert_eq!((&ada["role"], &ada["account_role"]), (&json!("authenticated"), &json!("readonly")));
    assert_eq!((&ada["may_sign_in"], &ada["user_metadata"]), (&json!(false), &json!({ "b": 1 })));
    let stored = "select format('%s %s %s %s', account_type, token_epoch, password_hash like '$2b$04$%', email_confirmed_at) from auth.users";
    assert_eq!(sql(&db, stored).await, ["human 0 t "]);
    let id = ada["id"].as_str().unwrap();
    assert_eq!(server.create(&json!({ "email": "x@example.org", "id": id })).await.refusal(), refusal(409, "conflict"));
    server.create(&json!({ "email": "ben@example.org" })).await.ok();
    let taken = server.change(id, &json!({ "email": "BEN@example.org", "role": "admin" })).await;
    assert_eq!(taken.refusal(), refusal(422, "email_exists"));
    assert_eq!(
        sql(&db, "select role from auth.users where email = 'ada@example.org'").await,
        ["readonly"],
        "all or nothing"
    );
    for nobody in ["a0000000-0000-4000-8000-000000000009", "nonsense"] {
        assert_eq!(server.change(nobody, &json!({})).await.refusal(), refusal(404, "user_not_found"));
    }
    for query in ["page=0", "page=x", "per_page=1001", "per_page=-1", "page=99999999999"] {
        let answer = server.get(&format!("{USERS}?{query}"), &server.key("service_role")).await;
        assert_eq!(answer.refusal(), refusal(400, "validation_failed"), "{query}");
    }
}

/// Requirement 4 (7.4): switching off, banning, another role, a new password, closing and ending sessions work at once.
// ASVS 7.4
#[tokio::test]
async fn requirement_4_administrators_end_sessions_at_once() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let id = server.person("ada@example.org").await.id;
    let undone = json!({ "is_active": true, "ban_duration": "none" });
    for body in [
        json!({ "is_active": false }),
        json!({ "ban_duration": "1h" }),
        json!({ "role": "readonly" }),
        json!({ "password": "another password of some length" }),
        json!({ "password": PASSWORD }),
    ] {
        let is_new = body.get("password").is_some_and(|password| password != PASSWORD);
        server.change(&id, &undone).await.ok();
        let password = if body["password"] == PASSWORD { "another password of some length" } else { PASSWORD };
        let ada = Person::of(&server.sign_in("ada@example.org", password).await.ok());
        server.change(&id, &body).await.ok();
        server.refuses(&ada.access).await;
        // With another role the session goes on, with tokens that know of it.
        let goes_on = body.get("role").is_some();
        assert_eq!(server.refresh(&ada.refresh).await.status.is_success(), goes_on, "{body}");
        let again = server.sign_in("ada@example.org", PASSWORD).await.status.is_success();
        let is_kept_out = is_new || body.get("is_active").is_some() || body.get("ban_duration").is_some();
        assert_eq!(again, !is_kept_out, "{body}");
    }
    server.change(&id, &undone).await.ok();
    let ada = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    let key = server.key("service_role");
    server.post_as(&format!("{USERS}/{id}/logout"), &key, &json!({})).await.ok();
    server.refuses(&ada.access).await;
    let ada = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    let close = server.request(Method::DELETE, &format!("{USERS}/{id}"), Some(&key));
    server.send(close.json(&json!({ "should_soft_delete": true }))).await.ok();
    server.refuses(&ada.access).await;
    assert_eq!(server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "invalid_credentials");
    assert_eq!(sql(&db, "select count(*) from auth.users where deleted_at is not null").await, ["1"]);
}
