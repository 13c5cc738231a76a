//! Whoever guesses is slowed down, nobody is locked out, and times tell nothing.

use howdah_auth::AuthOptions;
use serde_json::json;

use crate::support::{PASSWORD, Server, open, shared, sql};

fn limits(per_account: u32, per_address: u32) -> AuthOptions {
    AuthOptions { failures_per_account: per_account, failures_per_address: per_address, ..open() }
}

/// Signs in and gives the `error_code`, or nothing for a success.
async fn attempt(server: &Server, email: &str, password: &str, address: &str) -> String {
    let answer = server.sign_in_from(email, password, Some(address)).await;
    if answer.status.is_success() { String::new() } else { answer.refusal().1 }
}

const WRONG: &str = "invalid_credentials";
const TOO_OFTEN: &str = "over_request_rate_limit";

/// Requirement 2 (6.3.1): per account and per address.
// ASVS 6.3.1 16.3
#[tokio::test]
async fn requirement_2_guessing_is_throttled() {
    let db = shared().await;
    let server = Server::start(&db, limits(3, 5)).await;
    server.person("ada@example.org").await;
    for expected in [WRONG, WRONG, WRONG, TOO_OFTEN, TOO_OFTEN] {
        assert_eq!(attempt(&server, "ada@example.org", "wrong", "192.0.2.1").await, expected);
    }
    // The right password does not help whoever has guessed too often.
    let answer = server.sign_in_from("ada@example.org", PASSWORD, Some("192.0.2.1")).await;
    assert_eq!(answer.refusal(), (429, TOO_OFTEN.to_owned()));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    // An address without an account is counted alike.
    for expected in [WRONG, WRONG, TOO_OFTEN] {
        // Two more from this network, whichever the account: five in all.
        assert_eq!(attempt(&server, "nobody@example.org", "wrong", "192.0.2.1").await, expected);
    }
    for expected in [WRONG, WRONG, WRONG, TOO_OFTEN] {
        assert_eq!(attempt(&server, "nobody@example.org", "wrong", "192.0.2.2").await, expected);
    }
    let recorded = sql(&db, "select count(*) from audit.audit_events where action = 'auth.throttled'").await;
    assert_eq!(recorded, ["5"], "requirement 9: every denial is recorded");
}

/// Requirement 2 (6.3.1): no stranger locks anybody out, not even one with many networks.
// ASVS 6.3.1
#[tokio::test]
async fn requirement_2_a_stranger_locks_nobody_out() {
    let db = shared().await;
    let server = Server::start(&db, limits(1, 0)).await;
    server.person("ada@example.org").await;
    assert_eq!(attempt(&server, "ada@example.org", PASSWORD, "198.51.100.7").await, "");
    // Ten wrong ones from as many networks is all that strangers have together, and a few that come back meanwhile.
    let mut answers = Vec::new();
    for network in 0..30 {
        answers.push(attempt(&server, "ada@example.org", "wrong", &format!("203.0.113.{network}")).await);
    }
    assert!(answers[..10].iter().all(|answer| answer == WRONG), "{answers:?}");
    assert!(answers.iter().any(|answer| answer == TOO_OFTEN), "{answers:?}");
    // All of it is used up, whatever comes back in a minute.
    let strangers = "sha256('sign_in_account:ada@example.org')";
    sql(
        &db,
        &format!("update auth.throttles set full_at = full_at + interval '5 minutes' where key_hash = {strangers}"),
    )
    .await;
    assert_eq!(attempt(&server, "ada@example.org", PASSWORD, "203.0.113.99").await, TOO_OFTEN);
    // From where the owner has signed in before, nothing has happened.
    assert_eq!(attempt(&server, "ada@example.org", PASSWORD, "198.51.100.7").await, "");
}

#[tokio::test]
async fn who_is_right_is_not_counted() {
    let db = shared().await;
    let server = Server::start(&db, limits(2, 2)).await;
    server.person("ada@example.org").await;
    for _ in 0..4 {
        assert_eq!(attempt(&server, "ada@example.org", PASSWORD, "192.0.2.1").await, "");
    }
    for expected in [WRONG, WRONG, TOO_OFTEN] {
        assert_eq!(attempt(&server, "ada@example.org", "wrong", "192.0.2.1").await, expected);
    }
}

/// Tries at once are counted before any of them is answered, by all processes together, and a restart forgets nothing.
// ASVS 6.3.1
#[tokio::test]
async fn a_burst_on_two_processes_is_counted_once() {
    let db = shared().await;
    let (one, other) = (Server::start(&db, limits(3, 0)).await, Server::start(&db, limits(3, 0)).await);
    one.person("ada@example.org").await;
    let tries =
        (0..10).map(|n| attempt(if n % 2 == 0 { &one } else { &other }, "ada@example.org", "wrong", "192.0.2.1"));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| *answer == WRONG).count(), 3, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| *answer == TOO_OFTEN).count(), 7, "{answers:?}");
    drop((one, other));
    let restarted = Server::start(&db, limits(3, 0)).await;
    assert_eq!(attempt(&restarted, "ada@example.org", PASSWORD, "192.0.2.1").await, TOO_OFTEN);
    // As time goes by, tries come back.
    sql(&db, "update auth.throttles set full_at = full_at - interval '301 seconds'").await;
    assert_eq!(attempt(&restarted, "ada@example.org", PASSWORD, "192.0.2.1").await, "");
    let names = sql(&db, "select count(*) from auth.throttles where key_hash is not null").await;
    assert_ne!(names, ["0"]);
}

#[tokio::test]
async fn signing_up_is_throttled() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { requests_per_address: 2, ..open() }).await;
    for expected in [200, 200, 429] {
        assert_eq!(server.post("/auth/v1/signup", &json!({})).await.status.as_u16(), expected);
    }
}
