//! Which migration did what to which column, found by running them.

use std::fmt::Write as _;
use std::path::Path;

use howdah_pg::Target;
use howdah_pg::migrate::Folder;
use howdah_pg::schema::{self, ScratchServer};
use howdah_pg::script::SqlFile;
use howdah_testkit::TestCluster;

fn folder(migrations: &[(&str, &str)]) -> Folder {
    let mut files = Vec::new();
    for (at, (name, up)) in migrations.iter().enumerate() {
        for (direction, text) in [("up", *up), ("down", "select 1;")] {
            let name = format!("{:04}_{name}.{direction}.sql", at + 1);
            files.push((name.clone(), SqlFile::new(name, text)));
        }
    }
    Folder::from_files(Path::new("migrations"), files).unwrap()
}

async fn scratch() -> (TestCluster, ScratchServer) {
    let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
    let target = Target::parse(&cluster.superuser_url("postgres")).unwrap();
    let server = ScratchServer::connect(target).await.unwrap();
    (cluster, server)
}

fn shown(history: &schema::History) -> String {
    let mut text = String::new();
    for (table, entries) in history {
        let _ = writeln!(text, "{table}");
        for entry in entries {
            let changes = entry.changes.iter().map(|change| match &change.column {
                Some(column) => format!("{column} {}", change.what),
                None => change.what.clone(),
            });
            let _ = writeln!(text, "  {}: {}", entry.migration, changes.collect::<Vec<_>>().join("; "));
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_migration_did() {
    let (_cluster, server) = scratch().await;
    let folder = folder(&[
        (
            "initial",
            "create schema app; create table app.people (id int primary key, full_name text, age int, gone text);
             comment on column app.people.age is 'In years.';
             create table app.passing (id int); create table app.\"Odd \"\"one\" (\"a b\" int);",
        ),
        ("rename", "alter table app.people rename full_name to name; alter table app.people rename to persons;"),
        (
            "types",
            "alter table app.persons alter age type bigint, alter name set not null, alter name set default 'x';
             alter table app.persons drop gone; comment on column app.persons.age is null; drop table app.passing;",
        ),
        (
            "swap",
            "alter table app.persons rename name to swapped; alter table app.persons rename age to name;
             alter table app.persons rename swapped to age; alter table app.persons alter age drop default;",
        ),
        (
            "move",
            "create schema other; alter table app.persons set schema other; comment on table other.persons is 'All.';
             alter table other.persons add twice bigint generated always as (name * 2) stored;
             alter table other.persons add number int generated always as identity;",
        ),
        (
            "anew",
            "create table app.next (\"a b\" bigint, c text); drop table app.\"Odd \"\"one\";
             alter table app.next rename to \"Odd \"\"one\";",
        ),
        ("soft", "alter table other.persons rename twice to howdah_dropped_0007_twice;"),
        ("nothing", "create table app.late (id int); create table app.later (id int); create index on app.late (id);"),
    ]);
    let history = schema::history(&server, &folder, None, None).await.unwrap();
    let expected = "\
app.\"Odd \"\"one\"
  0001_initial: created
  0006_anew: built anew; a b type: integer → bigint; c added
app.late
  0008_nothing: created
app.later
  0008_nothing: created
other.persons
  0001_initial: created
  0002_rename: renamed from people; name renamed from full_name
  0003_types: name now NOT NULL; name default: 'x'::text; age type: integer → bigint; age comment removed; gone dropped
  0004_swap: age renamed from name; age no default any more; it was 'x'::text; name renamed from age
  0005_move: moved from the schema app; commented; twice added; number added
  0007_soft: twice dropped
";
    assert_eq!(shown(&history), expected);

    let early = schema::history(&server, &folder, Some(1), None).await.unwrap();
    assert_eq!(early.len(), 3, "{}", shown(&early));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_is_named_and_nothing_stays() {
    let (cluster, server) = scratch().await;
    let error =
        schema::history(&server, &folder(&[("good", "create table t ();"), ("bad", "create tabel t;")]), None, None)
            .await
            .unwrap_err();
    assert!(error.to_string().contains("0002_bad"), "{error}");
    let target = Target::parse(&cluster.superuser_url("postgres")).unwrap();
    let left: i64 = target
        .client()
        .await
        .unwrap()
        .query_one("select count(*) from pg_database where starts_with(datname, 'howdah_scratch_')", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_migrations() {
    let (_cluster, server) = scratch().await;
    let mut migrations = vec![("initial".to_owned(), String::new())];
    for number in 0..60 {
        let _ =
            write!(migrations[0].1, "create table t{number} (id int primary key, a text, b text, c text default 'x');");
        migrations.push(("more".to_owned(), format!("alter table t{number} add d int;")));
    }
    let borrowed: Vec<(&str, &str)> = migrations.iter().map(|(name, up)| (name.as_str(), up.as_str())).collect();
    let started = std::time::Instant::now();
    let history = schema::history(&server, &folder(&borrowed), None, None).await.unwrap();
    println!("61 migrations in {:?}", started.elapsed());
    assert_eq!(history.len(), 60);
    assert!(history.values().all(|entries| entries.len() == 2));
}
