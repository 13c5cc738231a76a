//! Golden cases and random schemas: each planned, applied, and compared with what PostgreSQL's own tools say.

mod case;
mod check;
mod dump;
mod files;
mod names;
mod random;
mod rows;

use case::Case;
use check::{Failure, check};
use futures_util::{StreamExt, stream};
use howdah_testkit::TestDb;
use std::path::Path;

/// Who owns and is granted things in cases. Roles belong to the server, so they are there before any case is.
const ROLES: [&str; 3] = ["howdah_case_alice", "howdah_case_bob", "howdah_case_app"];

/// Databases worked in at once are twice that.
const AT_ONCE: usize = 3;

/// `HOWDAH_CASE=enum_` runs those with that in their name alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_case_both_ways() {
    let wanted = std::env::var("HOWDAH_CASE").unwrap_or_default();
    let cases = case::read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), &wanted);
    assert!(!cases.is_empty(), "no case is called anything with {wanted:?}");
    make_roles().await;
    let count = cases.len();
    let failures = check_all(cases).await;
    report(count, &failures);
}

async fn make_roles() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    for role in ROLES {
        // Another process of the run may be doing the same.
        let make = format!(
            "do $$ begin create role {role}; exception when duplicate_object or unique_violation then null; end $$"
        );
        client.batch_execute(&make).await.unwrap();
    }
}

async fn check_all(cases: Vec<Case>) -> Vec<Failure> {
    let checks = stream::iter(cases).map(|case| {
        let name = case.name.clone();
        let task = tokio::spawn(async move { check(&case).await });
        async move { task.await.unwrap_or_else(|error| vec![Failure::panicked(name, &error)]) }
    });
    let mut failures: Vec<_> =
        checks.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect();
    failures.sort_by(|left, right| left.case.cmp(&right.case));
    failures
}

#[track_caller]
fn report(cases: usize, failures: &[Failure]) {
    if failures.is_empty() {
        return;
    }
    let mut names: Vec<_> = failures.iter().map(|failure| failure.case.as_str()).collect();
    names.dedup();
    let text: String = failures.iter().map(|failure| format!("\n{failure}\n")).collect();
    panic!("{} of {cases} cases fail:\n{text}\n{}", names.len(), names.join(" "));
}
