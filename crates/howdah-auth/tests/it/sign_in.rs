//! Signing in with a password.

use howdah_auth::AuthOptions;
use serde_json::json;

use crate::support::{PASSWORD, Person, Server, open, shared, sql};

/// Requirement 4 (7.2.4): each sign-in is a session of its own.
// ASVS 7.2.4
#[tokio::test]
async fn requirement_4_each_sign_in_opens_a_session() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let first = server.person("ada@example.org").await;
    let second = Person::of(&server.sign_in(" ADA@example.org", PASSWORD).await.ok());
    assert_eq!(first.id, second.id);
    assert_ne!(first.session(), second.session());
    assert_ne!(first.refresh, second.refresh);
    for person in [&first, &second] {
        assert_eq!(server.whoami(&person.access).await, 200);
    }
    let events = sql(&db, "select action || ' ' || coalesce(session_id, resource_id::uuid)::text from audit.audit_events where action like 'auth.%' order by id").await;
    assert_eq!(events, [format!("auth.signed_up {}", first.session()), format!("auth.signed_in {}", second.session())]);
}

/// Requirement 2 (6.3.8): one answer for a wrong password, an unknown address, a closed account and one without a password.
// ASVS 6.3.8 16.3
#[tokio::test]
async fn requirement_2_all_refusals_are_alike() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    server.person("ada@example.org").await;
    let people = "insert into auth.users (email, password_hash, is_active) select e, p, a from (values
        ('off@example.org', (select password_hash from auth.users), false), ('none@example.org', null, true)) as v (e, p, a);
        insert into auth.users (email, password_hash, banned_until)
        select 'banned@example.org', password_hash, now() + interval '1 day' from auth.users where email = 'ada@example.org'";
    sql(&db, people).await;
    let long = "x".repeat(2000);
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.org", "wrong password"),
        ("nobody@example.org", PASSWORD),
        ("off@example.org", PASSWORD),
        ("none@example.org", PASSWORD),
        ("banned@example.org", PASSWORD),
        ("no address at all", PASSWORD),
        ("ada@example.org", ""),
        ("ada@example.org", long.as_str()),
    ] {
        let answer = server.sign_in(email, password).await;
        assert_eq!(answer.refusal(), (400, "invalid_credentials".to_owned()), "{email}");
        answers.push(answer.text);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let denials = sql(&db, "select count(*) from audit.audit_events where action = 'auth.sign_in_refused'").await;
    assert_eq!(denials, ["8"], "requirement 9 (16.3): every denial is recorded");
}

/// Requirement 1 (6.2.8): an imported hash verifies, and is replaced by one that reads all of the password.
// ASVS 6.2.8
#[tokio::test]
async fn requirement_1_an_imported_hash_is_upgraded() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let hash = bcrypt::hash(PASSWORD, 4).unwrap();
    sql(&db, &format!("insert into auth.users (email, password_hash) values ('ada@example.org', '{hash}')")).await;
    assert_eq!(server.sign_in("ada@example.org", "wrong password").await.refusal().1, "invalid_credentials");
    assert_eq!(sql(&db, "select password_hash from auth.users").await, [hash]);
    for _ in 0..2 {
        server.sign_in("ada@example.org", PASSWORD).await.ok();
        let stored = sql(&db, "select password_hash from auth.users").await;
        assert!(stored[0].starts_with("howdah1$2b$12$"), "{stored:?}");
    }
}

/// Requirement 3 (7.2.3, 11.5.1, 14.2.1): at least 128 random bits, and only a digest of them in the database.
// ASVS 7.2.3 11.5.1 14.2.1
#[tokio::test]
async fn requirement_3_tokens_are_stored_as_digests() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    assert!(ada.refresh.len() * 6 >= 128, "{}", ada.refresh);
    let dump = "select row_to_json(t)::text from auth.refresh_tokens t union all select row_to_json(s)::text from auth.sessions s
        union all select row_to_json(u)::text from auth.users u union all select row_to_json(e)::text from audit.audit_events e";
    for row in sql(&db, dump).await {
        assert!(!row.contains(&ada.refresh) && !row.contains(&ada.access) && !row.contains(PASSWORD), "{row}");
    }
    let digest = format!("select count(*) from auth.refresh_tokens where token_hash = sha256('{}')", ada.refresh);
    assert_eq!(sql(&db, &digest).await, ["1"]);
    // A token in the address of a request is none.
    let in_url = server.request(reqwest::Method::GET, &format!("/auth/v1/user?access_token={}", ada.access), None);
    assert_eq!(server.send(in_url).await.refusal(), (401, "no_authorization".to_owned()));
}

#[tokio::test]
async fn other_grants_are_refused_by_name() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions::default()).await;
    for grant in ["", "?grant_type=id_token", "?grant_type=client_credentials"] {
        let answer = server.post(&format!("/auth/v1/token{grant}"), &json!({})).await;
        assert_eq!(answer.refusal(), (400, "unsupported_grant_type".to_owned()), "{grant}");
    }
}

#[tokio::test]
async fn a_database_without_accounts_says_so() {
    let db = howdah_testkit::TestDb::from_sql("no_accounts", [howdah_testkit::Sql::text("x.sql", "do $$ begin
      if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if; end $$")]).await;
    let server = Server::start(&db, open()).await;
    assert_eq!(server.sign_in("ada@example.org", PASSWORD).await.refusal(), (404, "accounts_off".to_owned()));
}
