//! What the server refuses, and what to do about it.

use super::{A, folder, number};
use howdah_pg::Target;
use howdah_pg::migrate::{MigrateError, Runner};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

/// A database in which `role` may log in, and what `setup` grants it.
async fn as_stranger(setup: &str) -> (TestDb, Client) {
    let db = TestDb::empty().await;
    let admin = db.client_superuser().await;
    let role = format!("stranger_{}", db.name());
    let make = format!("create role {role} login password 'x'; {}", setup.replace("$role", &role));
    admin.batch_execute(&make).await.unwrap();
    let mut target = Target::parse(&db.owner_url()).unwrap();
    target.user.clone_from(&role);
    target.password = Some("x".to_owned().into());
    let client = target.client().await.unwrap();
    (db, client)
}

/// What a stranger is told when it runs this.
async fn refused(setup: &str, up: &str, sqlstate: &str, advice: &str) {
    let (db, client) = as_stranger(setup).await;
    let error = Runner::new(&client, &folder(&[(up, "")])).up(None).await.unwrap_err();
    let message = error.to_string();
    if let Some(script) = error.script() {
        assert_eq!(script.sqlstate(), Some(sqlstate), "{message}");
    }
    let advice = advice.replace("$role", &format!("stranger_{}", db.name())).replace("$db", db.name());
    assert!(message.contains(&advice), "{message}\nlacks: {advice}");
}

/// Everything but what is tested.
const HISTORY: &str = "create schema howdah authorization $role;";

#[tokio::test]
async fn a_missing_privilege_is_named() {
    refused("", "select 1", "42501", "run: grant create on database $db to $role").await;
    refused(HISTORY, "create schema s", "42501", "run: grant create on database $db to $role").await;
    refused(
        &format!("{HISTORY} revoke create on schema public from public; create schema other;"),
        "create table other.t (id int)",
        "42501",
        "run: grant usage, create on schema other to $role",
    )
    .await;
    refused(
        &format!("{HISTORY} create schema other; grant usage on schema other to $role;"),
        "create table other.t (id int)",
        "42501",
        "run: grant create on schema other to $role",
    )
    .await;
    for (statement, privilege) in [
        ("insert into public.t values (1)", "insert"),
        ("update public.t set id = 1", "update"),
        ("delete from public.t", "delete"),
        ("truncate public.t", "truncate"),
        ("select * from public.t", "select"),
        ("create table public.u (t int references public.t)", "references"),
    ] {
        refused(
            &format!("{HISTORY} grant create on schema public to $role; create table public.t (id int primary key);"),
            statement,
            "42501",
            &format!("run: grant {privilege} on t to $role"),
        )
        .await;
    }
    refused(
        &format!("{HISTORY} create function public.f() returns int language sql as 'select 1'; revoke execute on function public.f() from public;"),
        "select public.f()",
        "42501",
        "run: grant execute on function f to $role",
    )
    .await;
    refused(HISTORY, "create role nobody_else", "42501", "The migrations run as $role").await;
}

#[tokio::test]
async fn an_owner_is_named() {
    refused(
        &format!("{HISTORY} create table public.theirs (id int); alter table public.theirs owner to howdah_owner;"),
        "alter table public.theirs add column v int",
        "42501",
        "It belongs to howdah_owner: run the migrations as howdah_owner, or let an administrator run: grant howdah_owner to $role",
    )
    .await;
    refused(
        &format!("{HISTORY} create table public.theirs (id int); alter table public.theirs owner to howdah_owner;"),
        "select 1;\n-- howdah:no-transaction\ncreate index concurrently i on public.theirs (id)",
        "42501",
        "It belongs to howdah_owner",
    )
    .await;
}

#[tokio::test]
async fn whose_the_history_is() {
    let (db, client) = as_stranger("").await;
    let folder = folder(&[A]);
    Runner::new(&db.client_owner().await, &folder).up(None).await.unwrap();
    let runner = Runner::new(&client, &folder);
    for error in [runner.status().await.unwrap_err(), runner.up(None).await.unwrap_err()] {
        let advice = format!(
            "belongs to howdah_owner: run them as howdah_owner. To let stranger_{0} only look, let howdah_owner run: \
             grant usage on schema howdah to stranger_{0}",
            db.name()
        );
        assert!(error.to_string().contains(&advice), "{error}");
    }
}

#[tokio::test]
async fn a_missing_role_is_named() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, ("select 1;\ngrant select on public.a to \"no body\";", "")]);
    let error = Runner::new(&client, &folder).up(None).await.unwrap_err();
    let script = error.script().unwrap();
    assert_eq!((script.sqlstate(), script.location.line), (Some("42704"), 2));
    assert!(script.hint().unwrap().contains("`create role \"no body\" nologin`"), "{error}");
}

#[tokio::test]
async fn a_missing_extension_is_explained() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    let error = Runner::new(&client, &folder(&[("create extension nothing_such", "")])).up(None).await.unwrap_err();
    let script = error.script().unwrap();
    assert!(matches!(script.sqlstate(), Some("0A000" | "58P01")), "{error}");
    assert!(script.hint().unwrap().contains("pg_available_extensions"), "{error}");
    // None that is installed on any machine that only runs tests.
    let error = Runner::new(&client, &folder(&[("create extension pgrouting", "")])).up(None).await.unwrap_err();
    assert!(error.to_string().contains("-pgrouting with apt"), "{error}");
}

#[tokio::test]
async fn directives_that_are_wrong() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    for (up, place, part) in [
        ("-- howdah:no-transction\nvacuum;", "1:1", "Is `-- howdah:no-transaction` meant?"),
        ("-- howdah:nothing\nselect 1;", "1:1", "There are: transaction, no-transaction"),
        ("-- howdah:transaction please\nselect 1;", "1:1", "takes nothing"),
        ("select 1\n-- howdah:no-transaction\nvacuum;", "2:1", "within a statement"),
        ("select 1;\n-- howdah:destructive\n", "2:1", "at the top of the file"),
        ("-- howdah:no-transaction\n-- howdah:down lossy\nselect 1;\n", "2:1", "at the top of the file"),
        ("-- howdah:squashes 0001\nselect 1;", "1:1", "NNNN_name"),
        ("-- howdah:no-transaction\nselect 1;\n  begin;", "3:3", "cannot stand in this file"),
        ("-- howdah:no-transaction\ncreate index concurrently on public.a (id);", "2:1", "needs a name"),
        ("-- howdah:no-transaction\nset local lock_timeout = 1;", "2:1", "transaction of its own"),
        ("select 1;\nreindex schema public;", "2:1", "-- howdah:no-transaction"),
        ("alter table p detach partition q concurrently;", "1:1", "-- howdah:no-transaction"),
    ] {
        let error = Runner::new(&client, &folder(&[A, (up, "")])).up(None).await.unwrap_err();
        assert!(matches!(error, MigrateError::Invalid { .. }), "{up}: {error}");
        let script = error.script().unwrap();
        assert_eq!(script.location.to_string(), format!("migrations/0002_m.up.sql:{place}"), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(number(&client, "select count(*) from pg_namespace where nspname = 'howdah'").await, 0);
}

/// Comments of other kinds, and directives in strings and bodies of functions, are nothing to the runner.
#[tokio::test]
async fn what_only_looks_like_a_directive() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let up = "-- howdah:allow-file index-not-concurrent: it is new\n-- renamed-from: old\n/* -- howdah:no-transaction */\ncreate table public.a (-- howdah: the seat\n  id int\n);\ndo $$ begin\n-- howdah:no-transaction\nnull; end $$;\nselect '\n-- howdah:backfill x\n';\ncomment on table public.a is '-- howdah:transaction'; -- howdah:allow x: why\n-- howdah:allow drop-column: unused\nalter table public.a -- howdah:allow y: z\n drop column id;";
    Runner::new(&client, &folder(&[(up, "")])).up(None).await.unwrap();
}
