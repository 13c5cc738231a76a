//! The advisor on a real PostgreSQL: what its documentation says is so, and its fixes are SQL that mends.

use howdah_schema::advisor::{self, AdvisorOptions};
use howdah_schema::findings::{Finding, Source};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

use crate::support::catalog;

/// An empty database of a server on which the API's roles are there.
async fn database() -> TestDb {
    // Whose first file makes them.
    TestDb::template("shared").await;
    TestDb::empty().await
}

async fn run(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}\n{error:?}"));
}

async fn advise(client: &Client, sql: &str) -> Vec<Finding> {
    let files = [Source { name: "example.sql", text: sql }];
    advisor::check(&catalog(client).await, &AdvisorOptions::default(), &files).findings
}

/// The rules that speak up about what this SQL makes.
async fn fired(sql: &str) -> Vec<&'static str> {
    let db = database().await;
    // Foreign data wrappers are a superuser's.
    let client = db.client_superuser().await;
    run(&client, sql).await;
    advise(&client, sql).await.iter().map(|finding| finding.rule).collect()
}

#[tokio::test]
async fn every_rule_is_as_its_examples_say() {
    for rule in advisor::rules() {
        assert!(fired(rule.bad).await.contains(&rule.id), "{} is quiet about its bad example", rule.id);
        assert!(!fired(rule.good).await.contains(&rule.id), "{} fires at its good example", rule.id);
    }
}

/// Rules whose fix is one statement that can be run as it stands.
const SAID_IN_SQL: [&str; 13] = [
    "auth-call-per-row",
    "callable-definer-function",
    "duplicate-index",
    "extension-in-public",
    "integer-key",
    "multiple-permissive-policies",
    "mutable-search-path",
    "overlapping-index",
    "policy-without-rls",
    "security-definer-view",
    "unindexed-foreign-key",
    "unlogged-table",
    "unvalidated-constraint",
];

#[tokio::test]
async fn fixes_mend() {
    for rule in advisor::rules().iter().filter(|rule| SAID_IN_SQL.contains(&rule.id)) {
        let db = database().await;
        let client = db.client_superuser().await;
        run(&client, rule.bad).await;
        let found = advise(&client, rule.bad).await;
        for finding in found.iter().filter(|finding| finding.rule == rule.id) {
            let fix = finding.fix.split('`').find(|part| part.ends_with(';'));
            run(&client, fix.unwrap_or_else(|| panic!("{}: {}", rule.id, finding.fix))).await;
        }
        let left = advise(&client, rule.bad).await;
        assert!(left.iter().all(|finding| finding.rule != rule.id), "{}: {left:#?}", rule.id);
    }
}
