//! Reading catalogs.

use crate::support::database;
use howdah_pg::introspect::QUERIES;
use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::Catalog;
use std::process::{Command, Stdio};

const EVERYTHING: &str = include_str!("fixtures/everything.sql");
const UNMODELLED: &str = include_str!("fixtures/unmodelled.sql");

#[tokio::test]
async fn every_query_prepares() {
    let db = database().await;
    for query in QUERIES {
        let prepared = db.client.prepare(query.sql).await;
        assert!(prepared.is_ok(), "{}: {:?}", query.name, prepared.err());
        for part in ["-- ", "\n-- Parameters: $1 text[]", "\n-- Columns: ", "\n-- Needs PostgreSQL "] {
            assert!(query.sql.contains(part), "{}.sql lacks the header's `{part}`", query.name);
        }
    }
}

#[tokio::test]
async fn everything() {
    let db = database().await;
    db.client.batch_execute(EVERYTHING).await.unwrap();
    let catalog = introspect(&db.client, &IntrospectOptions::default()).await.unwrap();
    println!("{}", serde_json::to_string_pretty(&catalog).unwrap());
}
