//! Attack: enumeration by timing. How long an answer takes does not tell whether an address has an account.
//!
//! Answers for an address that has one and for one that has none are timed in pairs, in turn, so that both see the same load,
//! and which of the two comes first alternates.

use std::time::{Duration, Instant};

use howdah_auth::AuthOptions;
use serde_json::json;

use crate::mail::Place;
use crate::support::{PASSWORD, Server, open, shared};

const KNOWN: &str = "ada@example.org";
const UNKNOWN: &str = "nobody@example.org";

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// So many pairs of times: with an account, without.
async fn pairs(count: usize, mut ask: impl AsyncFnMut(bool, usize) -> Duration) -> Vec<(Duration, Duration)> {
    let mut pairs = Vec::new();
    for n in 0..count {
        pairs.push(if n % 2 == 0 {
            let known = ask(true, n).await;
            (known, ask(false, n).await)
        } else {
            let unknown = ask(false, n).await;
            (ask(true, n).await, unknown)
        });
    }
    pairs
}

/// What is done includes a hash: the medians must lie far closer together than what a hash costs, which is what an account
/// without the decoy would save.
#[track_caller]
fn is_alike_but_for_a_hash(what: &str, pairs: Vec<(Duration, Duration)>) {
    let (known, unknown): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let (known, unknown) = (median(known), median(unknown));
    assert!(
        known < unknown * 3 / 2 && unknown < known * 3 / 2,
        "{what}: with an account {known:?}, without {unknown:?}"
    );
}

/// The sign test: were both alike, each would be the slower one in about half of the pairs. Of 100 pairs the count strays from
/// 50 by more than 20 (four standard deviations) once in 16,000 runs; a difference as small as one look into the database
/// shows in nearly all of them. What it shows, if anything.
fn slower_one(pairs: &[(Duration, Duration)]) -> Option<String> {
    let slower = pairs.iter().filter(|(known, unknown)| known > unknown).count();
    let (known, unknown): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    let (known, unknown) = (median(known), median(unknown));
    let of = pairs.len();
    let is_alike = slower * 10 >= of * 3 && slower * 10 <= of * 7;
    (!is_alike)
        .then(|| format!("with an account slower in {slower} of {of}; medians {known:?} with, {unknown:?} without"))
}

/// Requirement 2 (6.3.8): of signing in.
// ASVS 6.3.8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requirement_2_times_of_sign_in_do_not_tell() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { failures_per_account: 0, failures_per_address: 0, ..open() }).await;
    server.person(KNOWN).await;
    let timed = async |is_known: bool, _| {
        let began = Instant::now();
        let email = if is_known { KNOWN } else { UNKNOWN };
        assert_eq!(server.sign_in(email, "wrong password").await.refusal().1, "invalid_credentials");
        began.elapsed()
    };
    is_alike_but_for_a_hash("sign-in", pairs(12, timed).await);
}

/// Requirement 2 (6.3.8): of signing up, where addresses are proven by mail: a new address beside one whose account is proven,
/// and beside one that waits for its proof.
// ASVS 6.3.8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requirement_2_times_of_sign_up_do_not_tell() {
    let options = AuthOptions { requests_per_address: 0, mail_interval: Duration::ZERO, ..AuthOptions::default() };
    let place = Place::with(options).await;
    place.confirmed(KNOWN).await;
    place.server.sign_up("waiting@example.org", PASSWORD).await.ok();
    for known in [KNOWN, "waiting@example.org"] {
        let timed = async |is_known: bool, n| {
            let new = format!("new{n}-{known}");
            let began = Instant::now();
            place.server.sign_up(if is_known { known } else { &new }, "another password").await.ok();
            began.elapsed()
        };
        is_alike_but_for_a_hash(known, pairs(8, timed).await);
    }
}

/// Requirement 2 (6.3.8): of recovery, and of all that is asked for by mail in the same way.
// ASVS 6.3.8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requirement_2_times_of_recovery_do_not_tell() {
    let options = AuthOptions { requests_per_address: 0, mail_interval: Duration::ZERO, ..AuthOptions::default() };
    let place = Place::with(options).await;
    place.confirmed(KNOWN).await;
    for (path, more) in [
        ("recover", json!({})),
        ("otp", json!({ "create_user": false })),
        ("magiclink", json!({ "create_user": false })),
        ("resend", json!({ "type": "email_change" })),
    ] {
        let timed = async |is_known: bool, _| {
            let mut body = more.clone();
            body["email"] = json!(if is_known { KNOWN } else { UNKNOWN });
            let began = Instant::now();
            assert_eq!(place.post(path, body).await.ok(), json!({}));
            let took = began.elapsed();
            // What is done after an answer is over before the next is timed.
            tokio::time::sleep(Duration::from_millis(30)).await;
            took
        };
        // On a machine that is busy with something else, its turns may fall in with those of the pairs: what is real shows again.
        let mut shown = slower_one(&pairs(100, &timed).await);
        for _ in 0..2 {
            if shown.is_some() {
                shown = slower_one(&pairs(100, &timed).await);
            }
        }
        assert_eq!(shown, None, "{path}");
    }
}
