//! The templates keep their own standards, and `down.sql` takes back what their files made.

use std::collections::BTreeSet;
use std::path::Path;

use howdah_schema::catalog::{Catalog, Comment, Table};
use howdah_testkit::{Sql, TestDb};

use crate::support::catalog;

const TEMPLATES: [&str; 4] = ["shared", "personal", "content", "commerce"];

fn schemas() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas"))
}

fn file(path: &str) -> String {
    std::fs::read_to_string(schemas().join(path)).unwrap()
}

#[tokio::test]
async fn everything_is_commented_and_every_tag_is_known() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        assert!(!catalog.tables.is_empty() && catalog.unmodelled.is_empty(), "{template}: {:?}", catalog.unmodelled);
        let mut faults = Vec::new();
        for (what, comment) in comments(&catalog) {
            if comment.text().is_empty() {
                faults.push(format!("{what} has no comment"));
            }
            faults.extend(comment.errors().iter().map(|error| format!("{what}: {error:?}")));
        }
        assert!(faults.is_empty(), "{template}: {faults:#?}");
    }
}

fn comments(catalog: &Catalog) -> Vec<(String, &Comment)> {
    let mut all = Vec::new();
    for table in catalog.tables.values().filter(|table| table.partition_of.is_none()) {
        all.push((table.name.to_string(), &table.comment));
        all.extend(table.columns.iter().map(|column| (format!("{}.{}", table.name, column.name), &column.comment)));
        all.extend(
            table.policies.values().map(|policy| (format!("{} policy {}", table.name, policy.name), &policy.comment)),
        );
    }
    all.extend(catalog.views.values().map(|view| (view.name.to_string(), &view.comment)));
    all.extend(catalog.domains.values().map(|domain| (domain.name.to_string(), &domain.comment)));
    all.extend(catalog.functions.values().map(|function| (function.signature.to_string(), &function.comment)));
    all
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_leads_with_its_columns() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        let keys = catalog.tables.values().flat_map(|table| table.foreign_keys().map(move |(key, _)| (table, key)));
        let mut seen = 0;
        for (table, key) in keys {
            seen += 1;
            assert!(is_covered(table, &key.columns), "{template}: {} {} has no index", table.name, key.name);
        }
        assert!(seen >= 5, "{template}: only {seen} foreign keys");
    }
}

/// An index whose first columns are the key's in any order: over all rows, or over those where a column of the key is
/// not null, which are the only ones that the key is about.
fn is_covered(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    table.indexes.values().any(|index| {
        let leading: BTreeSet<&str> = index.leading_columns().take(columns.len()).collect();
        let whole = match &index.predicate {
            None => true,
            Some(predicate) => columns.iter().any(|column| {
                *predicate == format!("({column} IS NOT NULL)") || *predicate == format!("{column} IS NOT NULL")
            }),
        };
        index.valid && whole && leading == wanted
    })
}

#[tokio::test]
async fn row_level_security_is_on_and_forced_everywhere() {
    for template in TEMPLATES {
        let catalog = catalog(&TestDb::template(template).await.client_owner().await).await;
        for table in catalog.tables.values() {
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
