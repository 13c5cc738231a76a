//! `howdah docs`: what it writes, whether its links and queries work, and what it says when the schema has moved on.

mod changes;
mod client;
mod folders;
mod links;
mod names;
mod project;

use std::path::Path;

use howdah_testkit::TestDb;

use super::support::{Ran, howdah, run};

/// A database with this schema.
fn database(name: &str, sql: &str) -> TestDb {
    TestDb::from_sql_blocking(name, [(name, sql)])
}

/// `howdah docs` of a database, into `folder/docs`, outside of a project.
fn docs(folder: &Path, db: &TestDb, arguments: &[&str]) -> Ran {
    let mut command = howdah(folder);
    command.args(["docs", "--from", &db.owner_url(), "--out", "docs"]).args(arguments);
    run(&mut command)
}

/// All queries were made and none was left out.
#[track_caller]
fn all_ran(ran: &Ran) -> serde_json::Value {
    let document = ran.json();
    let queries = &document["data"]["queries"];
    assert_eq!(queries["failed"], serde_json::json!([]));
    assert_eq!(queries["broken"], serde_json::json!([]));
    assert_eq!(queries["requests"]["failed"], serde_json::json!([]));
    assert_eq!(queries["read"], 0);
    document
}
