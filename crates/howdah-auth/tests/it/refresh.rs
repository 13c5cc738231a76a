//! Refreshing, rotation, and what happens to a stolen refresh token.

use std::time::Duration;

use howdah_auth::AuthOptions;

use crate::support::{Person, Server, open, shared, sql};

// ASVS refresh-tokens
#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let mut latest = ada.clone();
    for _ in 0..3 {
        let next = Person::of(&server.refresh(&latest.refresh).await.ok());
        assert_eq!((next.session(), &next.id), (ada.session(), &ada.id));
        assert_ne!(next.refresh, latest.refresh);
        assert_eq!(server.whoami(&next.access).await, 200);
        assert_eq!(next.claims()["amr"], ada.claims()["amr"]);
        latest = next;
    }
    assert_eq!(sql(&db, "select count(*) from auth.refresh_tokens where consumed_at is null").await, ["1"]);
    for unknown in ["", "nonsense", &"x".repeat(10_000)] {
        let expected = if unknown.is_empty() { "validation_failed" } else { "refresh_token_not_found" };
        assert_eq!(server.refresh(unknown).await.refusal(), (400, expected.to_owned()));
    }
}

/// Two tabs refresh at once: both go on.
// ASVS refresh-tokens
#[tokio::test]
async fn the_parent_has_a_time_of_grace() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let tabs = futures_util::future::join_all((0..8).map(|_| server.refresh(&ada.refresh))).await;
    let tabs: Vec<_> = tabs.iter().map(|answer| Person::of(&answer.ok())).collect();
    // One line goes on: whichever tab refreshes next makes the others' tokens used up, and within the grace they still go on.
    let next = Person::of(&server.refresh(&tabs[0].refresh).await.ok());
    let beside = Person::of(&server.refresh(&tabs[1].refresh).await.ok());
    for person in [&next, &beside] {
        assert_eq!(server.whoami(&person.access).await, 200);
    }
    assert_eq!(sql(&db, "select count(*) from auth.refresh_tokens where consumed_at is null").await, ["2"]);
    Person::of(&server.refresh(&beside.refresh).await.ok());
    assert_eq!(sql(&db, "select count(*) from auth.refresh_tokens where consumed_at is null").await, ["1"]);
}

/// Attack: a copy of a refresh token comes back. The session ends for both, and everywhere.
// ASVS refresh-tokens
#[tokio::test]
async fn requirement_3_a_token_that_comes_back_ends_its_session() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let other = Person::of(&server.sign_in("ada@example.org", crate::support::PASSWORD).await.ok());
    let second = Person::of(&server.refresh(&ada.refresh).await.ok());
    let third = Person::of(&server.refresh(&second.refresh).await.ok());
    // The grandparent is within its grace, but it is the parent of none that is still good.
    assert_eq!(server.refresh(&ada.refresh).await.refusal(), (400, "refresh_token_already_used".to_owned()));
    server.refuses(&third.access).await;
    assert_eq!(server.refresh(&third.refresh).await.refusal(), (400, "session_expired".to_owned()));
    assert_eq!(server.get("/auth/v1/user", &third.access).await.refusal(), (403, "session_not_found".to_owned()));
    assert_eq!(server.whoami(&other.access).await, 200, "the other session has nothing to do with it");
    let reasons = sql(&db, "select revoke_reason from auth.sessions where revoked_at is not null").await;
    assert_eq!(reasons, ["reuse"]);
    let recorded = "select count(*) from audit.audit_events where action = 'auth.refresh_reused'";
    assert_eq!(sql(&db, recorded).await, ["1"], "requirement 9: the event is recorded");
}

// ASVS refresh-tokens
#[tokio::test]
async fn the_parent_after_its_grace_is_a_copy() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { refresh_grace: Duration::ZERO, ..open() }).await;
    let ada = server.person("ada@example.org").await;
    let next = Person::of(&server.refresh(&ada.refresh).await.ok());
    assert_eq!(server.refresh(&ada.refresh).await.refusal().1, "refresh_token_already_used");
    assert_eq!(server.refresh(&next.refresh).await.refusal().1, "session_expired");
}

/// Requirement 4 (7.3): idle and absolute limits.
// ASVS 7.3
#[tokio::test]
async fn requirement_4_sessions_have_limits() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let past = "now() - interval '1 second'";
    let absolute = format!("idle_until = {past}, not_after = {past}");
    for (what, limits_over) in [("idle", format!("idle_until = {past}")), ("absolute", absolute)] {
        let ada = server.person(&format!("{what}@example.org")).await;
        let limits = sql(
            &db,
            "select extract(day from not_after - created_at) || ' ' || extract(day from idle_until - created_at)
             from auth.sessions where revoked_at is null order by created_at desc limit 1",
        );
        assert_eq!(limits.await, ["30 7"], "{what}");
        let session = ada.session();
        let over = format!("update auth.sessions set created_at = now() - interval '40 days', {limits_over}");
        sql(&db, &format!("{over} where id = '{session}'")).await;
        assert_eq!(server.refresh(&ada.refresh).await.refusal(), (400, "session_expired".to_owned()), "{what}");
        assert_eq!(server.get("/auth/v1/user", &ada.access).await.refusal().1, "session_not_found", "{what}");
    }
    // Each refresh pushes the idle limit forward, never past the absolute one.
    let ben = server.person("ben@example.org").await;
    let session = ben.session();
    sql(&db, &format!("update auth.sessions set not_after = now() + interval '10 minutes', idle_until = now() + interval '1 minute' where id = '{session}'")).await;
    let prolonged = Person::of(&server.refresh(&ben.refresh).await.ok());
    let limits = format!("select idle_until = not_after from auth.sessions where id = '{session}'");
    assert_eq!(sql(&db, &limits).await, ["t"]);
    // No access token outlives its session either.
    let claims = prolonged.claims();
    let lifetime = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    assert!((590..=600).contains(&lifetime), "{claims}");
}

#[tokio::test]
async fn a_closed_account_refreshes_nothing() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    for change in ["is_active = false", "banned_until = now() + interval '1 hour'", "deleted_at = now()"] {
        let ada = server.person("ada@example.org").await;
        sql(&db, &format!("update auth.users set {change} where id = '{}'", ada.id)).await;
        assert_eq!(server.refresh(&ada.refresh).await.refusal(), (400, "session_expired".to_owned()), "{change}");
        sql(&db, "delete from auth.users").await;
    }
}
