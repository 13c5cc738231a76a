//! The templates keep their own standards, and `down.sql` takes back what their files made.

use std::path::Path;

use howdah_schema::advisor::{self, AdvisorOptions};
use howdah_schema::catalog::{Catalog, Comment};
use howdah_schema::findings::Source;
use howdah_schema::lint;
use howdah_testkit::{Sql, TestDb};

use crate::support::catalog;

const TEMPLATES: [&str; 4] = ["shared", "personal", "content", "commerce"];

fn schemas() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas"))
}

fn file(path: &str) -> String {
    std::fs::read_to_string(schemas().join(path)).unwrap()
}

/// The files of a template in the order in which they are loaded, by their names in a project.
fn files(template: &str) -> Vec<(String, String)> {
    let mut folders = vec!["shared", template];
    folders.dedup();
    let mut files = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(schemas().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                let text = file(&format!("{folder}/{name}"));
                files.push((name, text));
            }
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn the_schema_standards_are_kept_and_the_advisor_is_quiet() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        assert!(!catalog.tables.is_empty() && catalog.unmodelled.is_empty(), "{template}: {:?}", catalog.unmodelled);
        let files = files(template);
        let sources: Vec<Source<'_>> = files.iter().map(|(name, text)| Source { name, text }).collect();
        let standards = lint::check(&catalog, &sources).findings;
        let advice = advisor::check(&catalog, &AdvisorOptions::default(), &sources).findings;
        let told: Vec<String> = standards
            .iter()
            .chain(&advice)
            .map(|it| {
                let at = it.place.as_ref().map_or_else(String::new, |at| format!("{}:{}: ", at.file, at.line));
                format!("{at}[{}] {}: {}", it.rule, it.object.as_deref().unwrap_or("-"), it.message)
            })
            .collect();
        assert!(told.is_empty(), "{template}: {told:#?}");
    }
}

#[tokio::test]
async fn everything_is_commented() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        let faults: Vec<String> = comments(&catalog)
            .into_iter()
            .filter(|(_, comment)| comment.text().is_empty())
            .map(|(what, _)| what)
            .collect();
        assert!(faults.is_empty(), "{template}: {faults:#?}");
    }
}

/// Of what the schema standards do not ask for.
fn comments(catalog: &Catalog) -> Vec<(String, &Comment)> {
    let mut all = Vec::new();
    for table in catalog.tables.values() {
        all.extend(
            table.policies.values().map(|policy| (format!("{} policy {}", table.name, policy.name), &policy.comment)),
        );
    }
    all.extend(catalog.domains.values().map(|domain| (domain.name.to_string(), &domain.comment)));
    all.extend(catalog.functions.values().map(|function| (function.signature.to_string(), &function.comment)));
    all
}

#[tokio::test]
async fn row_level_security_is_on_and_forced_everywhere() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        for table in catalog.tables.values() {
            if table.name.name == "hash_keys" {
                // Masked views read it with their owner's rights, and nobody else has any: one row has no policies to speak of.
                let granted: Vec<_> = table.acl.grants.iter().filter(|grant| grant.grantee != grant.grantor).collect();
                assert!(granted.is_empty(), "{template}: {} {granted:?}", table.name);
                continue;
            }
            let security = table.row_security;
            assert!(security.enabled && security.forced, "{template}: {} {security:?}", table.name);
        }
    }
}

#[tokio::test]
async fn the_sql_tests_pass() {
    for (template, tests, as_superuser) in [
        ("shared", vec!["shared/tests/standards.sql"], false),
        ("personal", vec!["shared/tests/standards.sql"], false),
        ("content", vec!["shared/tests/standards.sql"], false),
        ("commerce", vec!["shared/tests/standards.sql"], false),
        ("personal", vec!["personal/tests/isolation.sql", "personal/tests/behaviour.sql"], true),
        ("content", vec!["content/tests/rules.sql"], true),
        ("commerce", vec!["commerce/tests/rules.sql"], true),
    ] {
        let db = TestDb::template(template).await;
        for test in tests {
            let client = if as_superuser { db.client_superuser().await } else { db.client_owner().await };
            if let Err(error) = client.batch_execute(&file(test)).await {
                let error = error.as_db_error().map_or_else(|| error.to_string(), |e| format!("{e} {:?}", e.detail()));
                panic!("{template}: {test}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn down_leaves_what_was_there_before() {
    for template in ["personal", "content", "commerce"] {
        let db = TestDb::empty().await;
        let before = catalog(&db.client_owner().await).await;
        let shared = TestDb::template("shared").await;
        let files = |name: &str| {
            let dir = schemas().join(name);
            let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()));
            paths.sort();
            paths.iter().map(|path| Sql::file(path)).collect::<Vec<_>>()
        };
        db.load(files("shared")).await;
        db.load(files(template)).await;
        db.load([Sql::text("down.sql", &file(&format!("{template}/down.sql")))]).await;
        assert!(catalog(&db.client_owner().await).await == catalog(&shared.client_owner().await).await, "{template}");
        db.load([Sql::text("down.sql", &file("shared/down.sql"))]).await;
        assert!(catalog(&db.client_owner().await).await == before, "{template}: the database is not as it was");
    }
}
