//! Validation: databases that are broken in one way each, and what is said of them.

mod access;
mod corruption;
mod domains;
mod indexes;
mod keys;
mod links;
mod restless;
mod rows;
mod sequences;

use howdah_pg::validate::{Check, Finding, Report, SQL_FILES, ValidateOptions, Validator};
use howdah_pg::{IntrospectOptions, Target, introspect};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

/// What is found in a database, looked at with this URL.
pub(crate) async fn validate_as(url: &str, options: &ValidateOptions) -> Report {
    let validator = Validator::connect(&Target::parse(url).unwrap()).await.unwrap();
    let raw = IntrospectOptions { raw: true, ..IntrospectOptions::default() };
    let catalog = introspect(validator.client(), &raw).await.unwrap();
    validator.run(&catalog, options, &(), std::future::pending()).await.unwrap()
}

/// As the superuser, for whom nothing is hidden.
pub(crate) async fn validate(db: &TestDb, options: &ValidateOptions) -> Report {
    validate_as(&db.superuser_url(), options).await
}

/// `error check-constraint constraint c on public.t: 2 rows [id=1] [id=2]`.
pub(crate) fn line(finding: &Finding) -> String {
    let rows = finding.rows.map(|rows| format!(": {rows} rows")).unwrap_or_default();
    let keys: Vec<String> = finding.keys.iter().map(|key| format!(" [{key}]")).collect();
    format!("{} {} {}{rows}{}", finding.level.as_str(), finding.id, finding.object, keys.concat())
}

pub(crate) fn lines(report: &Report) -> Vec<String> {
    report.findings.iter().map(line).collect()
}

/// Runs `setup` as the superuser in an empty database, and expects exactly these findings of it, and nothing unchecked.
pub(crate) async fn check(setup: &str, expected: &[&str]) -> Report {
    let (db, _client) = broken(setup).await;
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(lines(&report), expected, "{report:#?}");
    assert!(report.not_checked.is_empty(), "{:#?}", report.not_checked);
    assert!(report.complete);
    report
}

pub(crate) async fn broken(setup: &str) -> (TestDb, Client) {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    client.batch_execute(setup).await.unwrap_or_else(|error| panic!("{error:?}"));
    (db, client)
}

pub(crate) fn only(checks: &[Check]) -> ValidateOptions {
    ValidateOptions { checks: checks.iter().copied().collect(), ..ValidateOptions::default() }
}

pub(crate) async fn major(client: &Client) -> u32 {
    howdah_pg::schema::server_major(client).await.unwrap()
}

#[tokio::test]
async fn every_query_prepares_and_has_a_header() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    for (name, sql) in SQL_FILES {
        let prepared = client.prepare(sql).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        for part in ["-- ", "\n-- Parameters: ", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
            assert!(sql.contains(part), "{name}.sql has no `{part}`");
        }
    }
}

#[tokio::test]
async fn nothing_is_wrong_with_nothing() {
    let report = check("", &[]).await;
    assert!(report.is_clean());
    assert_eq!((report.tables, report.rows_read), (0, 0));
    check("create table public.t (id integer generated always as identity primary key, n integer check (n > 0))", &[])
        .await;
}

#[tokio::test]
async fn tables_and_checks_can_be_chosen() {
    let setup = "create table public.a (n integer); create table public.b (n integer);
        insert into public.a values (1); insert into public.b values (1);
        alter table public.a add constraint big check (n > 1) not valid;
        alter table public.b add constraint big check (n > 1) not valid;";
    let (db, _client) = broken(setup).await;
    let tables = |patterns: &[&str]| ValidateOptions {
        tables: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
        ..ValidateOptions::default()
    };
    let report = validate(&db, &tables(&["b"])).await;
    assert_eq!(lines(&report), ["error not-valid constraint big on public.b: 1 rows [ctid=(0,1)]"]);
    assert_eq!(validate(&db, &tables(&["public.*"])).await.findings.len(), 2);
    assert_eq!(validate(&db, &only(&[Check::CheckConstraint])).await.findings, []);
    let limit = ValidateOptions { limit: 0, ..ValidateOptions::default() };
    assert!(validate(&db, &limit).await.findings.iter().all(|finding| finding.keys.is_empty()));

    let validator = Validator::connect(&Target::parse(&db.superuser_url()).unwrap()).await.unwrap();
    let catalog = introspect(validator.client(), &IntrospectOptions::default()).await.unwrap();
    let unknown = tables(&["a", "publik.bb"]);
    let error = validator.run(&catalog, &unknown, &(), std::future::pending()).await.unwrap_err();
    assert_eq!(error.code(), "validate-unknown-table");
    assert!(error.to_string().contains("publik.bb"), "{error}");
}
