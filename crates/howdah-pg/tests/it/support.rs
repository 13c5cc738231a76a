//! What the tests share.

use howdah_cluster::Install;
use howdah_pg::{IntrospectOptions, Target, introspect};
use howdah_schema::Catalog;
use howdah_testkit::TestDb;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tokio_postgres::Client;

/// The database's owner, as a target.
pub(crate) fn owner(db: &TestDb) -> Target {
    Target::parse(&db.owner_url()).unwrap()
}

/// The superuser, as a target.
pub(crate) fn superuser(db: &TestDb) -> Target {
    Target::parse(&db.superuser_url()).unwrap()
}

/// The whole catalog.
pub(crate) async fn catalog(client: &Client) -> Catalog {
    introspect(client, &IntrospectOptions::default()).await.unwrap()
}

/// Fails with the first lines that differ rather than with two catalogs of a thousand lines.
#[track_caller]
pub(crate) fn assert_same(left: &Catalog, right: &Catalog) {
    if left == right {
        return;
    }
    let [left, right] = [left, right].map(|catalog| serde_json::to_string_pretty(catalog).unwrap());
    let differing: Vec<_> = left.lines().zip(right.lines()).filter(|(left, right)| left != right).take(20).collect();
    panic!("the catalogs differ: {differing:#?}");
}

/// Copies the schema of one database into another with PostgreSQL's own tools; false where they are missing or older than
/// the server, as beside a downloaded server.
pub(crate) fn copy_schema(from: &TestDb, to: &TestDb) -> bool {
    let install = Install::find().unwrap().unwrap();
    let Some(pg_dump) = install.client_program("pg_dump") else { return false };
    let version = Command::new(pg_dump).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let major = version.split(' ').nth(2).and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    // None: a wrapper of the distribution without a client behind it.
    if major.is_none_or(|major| major < install.version.major.into()) {
        return false;
    }
    let program = |name: &str| Command::new(install.client_program(name).unwrap());
    let dump = program("pg_dump").args(["--schema-only", "--dbname", &from.superuser_url()]).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let mut psql = program("psql")
        .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &to.superuser_url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(&dump.stdout).unwrap();
    let output = psql.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    true
}
