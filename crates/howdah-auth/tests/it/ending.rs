//! Ending sessions: at once, on every process, and whatever happens to the connection that tells.

use std::time::Duration;

use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Person, Server, open, shared, sql, until};

async fn two_servers() -> (TestDb, Server, Server) {
    let db = shared().await;
    let (one, other) = (Server::start(&db, open()).await, Server::start(&db, open()).await);
    (db, one, other)
}

async fn signed_in(server: &Server, email: &str, times: usize) -> Vec<Person> {
    let mut people = vec![server.person(email).await];
    while people.len() < times {
        people.push(Person::of(&server.sign_in(email, PASSWORD).await.ok()));
    }
    people
}

/// Which of the tokens both servers take.
async fn taken(servers: [&Server; 2], people: &[Person]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for person in people {
        let [one, other] = [servers[0].whoami(&person.access).await, servers[1].whoami(&person.access).await];
        assert_eq!(one, other);
        statuses.push(one);
    }
    statuses
}

/// Requirement 4 (7.4): signing out, of this session, the others, all of them.
// ASVS 7.4
#[tokio::test]
async fn requirement_4_signing_out_ends_sessions_everywhere() {
    let (_db, one, other) = two_servers().await;
    let ada = signed_in(&one, "ada@example.org", 4).await;
    let ben = signed_in(&one, "ben@example.org", 1).await;
    // Both have verified, and remembered, all of them.
    assert_eq!(taken([&one, &other], &ada).await, [200; 4]);

    one.sign_out(&ada[0].access, "local").await.ok();
    other.refuses(&ada[0].access).await;
    one.refuses(&ada[0].access).await;
    assert_eq!(taken([&one, &other], &ada).await, [401, 200, 200, 200]);

    other.sign_out(&ada[1].access, "others").await.ok();
    for server in [&one, &other] {
        server.refuses(&ada[2].access).await;
        server.refuses(&ada[3].access).await;
    }
    assert_eq!(taken([&one, &other], &ada).await, [401, 200, 401, 401]);

    one.sign_out(&ada[1].access, "global").await.ok();
    other.refuses(&ada[1].access).await;
    assert_eq!(other.sign_out(&ada[1].access, "global").await.refusal().0, 403);
    for person in &ada {
        assert_eq!(one.refresh(&person.refresh).await.refusal(), (400, "session_expired".to_owned()));
    }
    assert_eq!(taken([&one, &other], &ben).await, [200]);
}

/// Requirement 5 (7.5.2): people see their own sessions and end them; nobody else's.
// ASVS 7.5.2
#[tokio::test]
async fn requirement_5_people_list_and_end_their_own_sessions() {
    let (_db, one, other) = two_servers().await;
    let ada = signed_in(&one, "ada@example.org", 2).await;
    let ben = signed_in(&one, "ben@example.org", 1).await;
    let sessions = one.get("/auth/v1/sessions", &ada[0].access).await.ok();
    let ids: Vec<_> = sessions.as_array().unwrap().iter().map(|session| session["id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    for session in sessions.as_array().unwrap() {
        assert_eq!(session["is_current"], session["id"] == *ada[0].session());
        assert_eq!((&session["ip"], &session["aal"]), (&json!("127.0.0.1"), &json!("aal1")));
    }
    let end = async |token: &str, id: &str| {
        one.send(one.request(Method::DELETE, &format!("/auth/v1/sessions/{id}"), Some(token))).await
    };
    let not_found = (404, "session_not_found".to_owned());
    assert_eq!(end(&ben[0].access, &ada[1].session()).await.refusal(), not_found);
    for id in ["nonsense", "a0000000-0000-4000-8000-000000000001"] {
        assert_eq!(end(&ada[0].access, id).await.refusal(), not_found);
    }
    assert_eq!(other.whoami(&ada[1].access).await, 200);
    end(&ada[0].access, &ada[1].session()).await.ok();
    other.refuses(&ada[1].access).await;
    assert_eq!(end(&ada[0].access, &ada[1].session()).await.refusal(), not_found);
    assert_eq!(one.get("/auth/v1/sessions", &ada[0].access).await.ok().as_array().unwrap().len(), 1);
}

/// Requirement 4 (7.4): what an administrator does to an account ends its tokens, too; so does deleting it.
// ASVS 7.4
#[tokio::test]
async fn requirement_4_closing_an_account_ends_its_tokens() {
    let (db, one, other) = two_servers().await;
    let ben = signed_in(&one, "ben@example.org", 1).await;
    for change in [
        "update auth.users set is_active = false where id = $1",
        "update auth.users set banned_until = now() + interval '1 day' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
        "update auth.users set role = 'admin' where id = $1",
        "update auth.users set token_epoch = token_epoch + 1 where id = $1",
        "update auth.sessions set revoked_at = now(), revoke_reason = 'admin' where user_id = $1",
        "delete from auth.sessions where user_id = $1",
        "delete from auth.users where id = $1",
    ] {
        let ada = one.person("ada@example.org").await;
        assert_eq!(taken([&one, &other], std::slice::from_ref(&ada)).await, [200]);
        sql(&db, &change.replace("$1", &format!("'{}'", ada.id))).await;
        one.refuses(&ada.access).await;
        other.refuses(&ada.access).await;
        sql(&db, &format!("delete from auth.users where id = '{}'", ada.id)).await;
    }
    assert_eq!(taken([&one, &other], &ben).await, [200]);
}

/// An account that is switched on again signs in again: only the tokens from before stay worthless.
#[tokio::test]
async fn tokens_of_a_later_epoch_are_good() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    sql(&db, "update auth.users set is_active = false").await;
    server.refuses(&ada.access).await;
    sql(&db, "update auth.users set is_active = true").await;
    let again = Person::of(&server.sign_in("ada@example.org", PASSWORD).await.ok());
    assert_eq!(again.claims()["epoch"], 1);
    assert_eq!((server.whoami(&again.access).await, server.whoami(&ada.access).await), (200, 401));
}

/// The connection that tells is killed while a session ends, over and over: nothing is missed.
#[tokio::test]
async fn a_lost_connection_misses_nothing() {
    let (db, one, other) = two_servers().await;
    let ada = signed_in(&one, "ada@example.org", 5).await;
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ~ 'revocations' and pid <> pg_backend_pid()";
    for person in &ada {
        let killed = sql(&db, kill).await;
        assert!(killed.len() >= 2, "both servers follow: {killed:?}");
        let end = format!(
            "update auth.sessions set revoked_at = now(), revoke_reason = 'admin' where id = '{}'",
            person.session()
        );
        sql(&db, &end).await;
        for server in [&one, &other] {
            until("it is refused", async || server.whoami(&person.access).await == 401).await;
            until("all is known again", async || server.gate.revoked.is_current()).await;
        }
    }
}

/// While nobody can say what has ended, tokens of sessions are refused, and only those.
#[tokio::test]
async fn nobody_is_taken_at_their_word_while_the_database_is_away() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let foreign =
        json!({ "role": "authenticated", "sub": ada.id, "session_id": ada.session(), "exp": 4_000_000_000_u64 });
    let foreign = server.gate.tokens.sign(&foreign).unwrap();
    // Nobody may connect any more, and the connections that there are go.
    let (beside, name) = (TestDb::empty().await, db.name());
    sql(&beside, &format!("alter database \"{name}\" allow_connections false")).await;
    let kill = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
    sql(&beside, &kill).await;
    until("it is refused for now", async || server.whoami(&ada.access).await == 503).await;
    assert_eq!(server.whoami(&foreign).await, 200);
    sql(&beside, &format!("alter database \"{name}\" allow_connections true")).await;
    until("it is good again", async || server.whoami(&ada.access).await == 200).await;
}

/// A privilege that is lost hides what has ended; it does not mean that nothing can end.
#[tokio::test]
async fn nobody_is_taken_at_their_word_when_what_has_ended_may_not_be_read() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    assert_eq!(server.whoami(&ada.access).await, 200);
    sql(&db, "revoke select on auth.revocations from howdah_auth").await;
    until("it is refused for now", async || server.whoami(&ada.access).await == 503).await;
    sql(&db, "grant select on auth.revocations to howdah_auth").await;
    until("it is good again", async || server.whoami(&ada.access).await == 200).await;
}

/// A transaction that began before a look and commits after it is not skipped.
#[tokio::test]
async fn a_late_commit_is_not_missed() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let (ada, ben) = (server.person("ada@example.org").await, server.person("ben@example.org").await);
    let mut late = db.client_superuser().await;
    let slow = late.transaction().await.unwrap();
    let end = |person: &Person| {
        format!(
            "update auth.sessions set revoked_at = now(), revoke_reason = 'admin' where id = '{}'",
            person.session()
        )
    };
    slow.batch_execute(&end(&ada)).await.unwrap();
    // One that began later is there, and seen, first.
    sql(&db, &end(&ben)).await;
    server.refuses(&ben.access).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(server.whoami(&ada.access).await, 200, "it is not committed");
    slow.commit().await.unwrap();
    server.refuses(&ada.access).await;
}
