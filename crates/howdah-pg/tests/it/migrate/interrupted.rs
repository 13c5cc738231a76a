//! The server ends what a migration was doing, and it goes on later.

use super::{A, Heard, folder, number, quick, strings};
use crate::support::{assert_same, catalog};
use howdah_pg::migrate::{MigrateError, Runner, RunnerOptions};
use howdah_pg::{Backoff, Target, retry};
use howdah_testkit::{TestCluster, TestDb};
use std::time::Duration;
use tokio_postgres::Client;

/// Waits until the session with this number waits for a lock.
async fn until_it_waits(admin: &Client, pid: i32) {
    let waits = format!("select count(*) from pg_stat_activity where pid = {pid} and wait_event_type = 'Lock'");
    while number(admin, &waits).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn pid(client: &Client) -> i32 {
    client.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0)
}

/// Ends a statement's session while it waits for `blocker`, and goes on; the catalog must be that of a run that nobody
/// disturbed, and the runner must have told `recovered`.
async fn ended_while_waiting(setup: &str, blocker: &str, statement: &str, recovered: &str) {
    let up = format!("-- howdah:no-transaction\n{statement};\n-- howdah:transaction\ncreate table public.after ();");
    let folder = folder(&[(setup, ""), (&up, "")]);
    let (undisturbed, db) = (TestDb::empty().await, TestDb::empty().await);
    let client = undisturbed.client_owner().await;
    Runner::new(&client, &folder).up(None).await.unwrap();
    let expected = catalog(&client).await;

    let (client, other, admin) = (db.client_owner().await, db.client_owner().await, db.client_superuser().await);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    other.batch_execute(blocker).await.unwrap();
    let patient = RunnerOptions { lock_timeout: Duration::from_secs(60), ..RunnerOptions::default() };
    let runner = Runner::new(&client, &folder).options(patient);
    let pid = pid(&client).await;
    let ending = async {
        until_it_waits(&admin, pid).await;
        admin.execute("select pg_terminate_backend($1)", &[&pid]).await.unwrap();
    };
    let (result, ()) = tokio::join!(runner.up(None), ending);
    let error = result.unwrap_err();
    assert!(matches!(error, MigrateError::Interrupted { partly: true, .. }), "{error}");
    other.batch_execute("rollback").await.unwrap();

    let client = db.client_owner().await;
    let heard = Heard::default();
    let observer = heard.observer();
    Runner::new(&client, &folder).observer(&observer).up(None).await.unwrap();
    assert!(heard.has(&format!("recovered: {recovered}")), "{:#?}", heard.lines());
    assert_same(&catalog(&client).await, &expected);
    assert_eq!(number(&client, "select count(*) from pg_index where not indisvalid").await, 0);
    assert_eq!(number(&client, "select count(*) from howdah.migration_progress").await, 0);
}

const TABLE: &str = "create table public.t (id int primary key, v text); create index idx_t_v on public.t (v);
    insert into public.t select n, 'v' || n from generate_series(1, 100) as n;";
const WRITES: &str = "begin; insert into public.t values (0, 'x')";

#[tokio::test]
async fn create_index() {
    ended_while_waiting(
        TABLE,
        WRITES,
        "create index concurrently \"Odd name\" on public.t (v, id)",
        "the invalid index public.\"Odd name\" was dropped",
    )
    .await;
}

#[tokio::test]
async fn create_index_if_not_exists() {
    ended_while_waiting(
        TABLE,
        WRITES,
        "create unique index concurrently if not exists i on only public.t (v, id)",
        "the invalid index public.i was dropped",
    )
    .await;
}

#[tokio::test]
async fn reindex_table() {
    // Without a text column it has no table of its own for long values.
    ended_while_waiting(
        &TABLE.replace("v text", "v varchar(10)"),
        WRITES,
        "reindex (verbose) table concurrently public.t",
        "the invalid index public.idx_t_v_ccnew was dropped, the invalid index public.t_pkey_ccnew was dropped",
    )
    .await;
}

#[tokio::test]
async fn reindex_index() {
    ended_while_waiting(
        TABLE,
        WRITES,
        "reindex index concurrently public.idx_t_v",
        "the invalid index public.idx_t_v_ccnew was dropped",
    )
    .await;
}

/// What belongs to the table for long values only a superuser may drop.
#[tokio::test]
async fn reindex_table_with_long_values() {
    let folder = folder(&[(TABLE, ""), ("-- howdah:no-transaction\nreindex table concurrently public.t;", "")]);
    let db = TestDb::empty().await;
    let (client, other, admin) = (db.client_owner().await, db.client_owner().await, db.client_superuser().await);
    let left = async || number(&admin, "select count(*) from pg_index where not indisvalid").await;
    for (as_owner, expected) in [(true, 1), (false, 0)] {
        Runner::new(&client, &folder).to(1).await.unwrap();
        other.batch_execute(WRITES).await.unwrap();
        let runner = db.client_owner().await;
        let pid = pid(&runner).await;
        let ending = async {
            until_it_waits(&admin, pid).await;
            admin.execute("select pg_terminate_backend($1)", &[&pid]).await.unwrap();
        };
        let runner = Runner::new(&runner, &folder);
        let (result, ()) = tokio::join!(runner.up(None), ending);
        assert_eq!(result.unwrap_err().code(), "migrate-interrupted");
        other.batch_execute("rollback").await.unwrap();

        let heard = Heard::default();
        let observer = heard.observer();
        let who = if as_owner { db.client_owner().await } else { db.client_superuser().await };
        Runner::new(&who, &folder).observer(&observer).up(None).await.unwrap();
        assert_eq!(
            heard.has("let a superuser run: drop index concurrently pg_toast."),
            as_owner,
            "{:#?}",
            heard.lines()
        );
        assert_eq!(left().await, expected);
    }
}

#[tokio::test]
async fn detach_partition() {
    let setup = "create table public.p (id int) partition by range (id);
        create table public.p1 partition of public.p for values from (0) to (10);";
    ended_while_waiting(
        setup,
        "begin; select * from public.p",
        "alter table public.p detach partition public.p1 concurrently",
        "the detaching of public.p1 was finalized",
    )
    .await;
}

/// The index is invalid already, and the statement still right.
#[tokio::test]
async fn drop_index() {
    let folder = folder(&[(TABLE, ""), ("-- howdah:no-transaction\ndrop index concurrently public.idx_t_v;", "")]);
    let db = TestDb::empty().await;
    let (client, other, admin) = (db.client_owner().await, db.client_owner().await, db.client_superuser().await);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    other.batch_execute(WRITES).await.unwrap();
    let pid = pid(&client).await;
    let ending = async {
        until_it_waits(&admin, pid).await;
        admin.execute("select pg_terminate_backend($1)", &[&pid]).await.unwrap();
    };
    let runner = Runner::new(&client, &folder);
    let (result, ()) = tokio::join!(runner.up(None), ending);
    assert_eq!(result.unwrap_err().code(), "migrate-interrupted");
    other.batch_execute("rollback").await.unwrap();
    let client = db.client_owner().await;
    Runner::new(&client, &folder).up(None).await.unwrap();
    assert_eq!(
        strings(&client, "select indexrelid::regclass::text from pg_index where indrelid = 'public.t'::regclass").await,
        ["t_pkey"]
    );
}

/// A partition whose table is read for longer than the lock timeout: the first attempt leaves it detached in part, and a
/// later one ends that.
#[tokio::test]
async fn a_detaching_that_gave_up_is_finalized() {
    let setup = "create table public.p (id int) partition by range (id);
        create table public.p1 partition of public.p for values from (0) to (10);";
    let up = "-- howdah:no-transaction\nalter table public.p detach partition public.p1 concurrently;";
    let folder = folder(&[(setup, ""), (up, "")]);
    let db = TestDb::empty().await;
    let (client, long) = (db.client_owner().await, db.client_owner().await);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    long.batch_execute("begin; select * from public.p").await.unwrap();
    let heard = Heard::default();
    let observer = heard.observer();
    let runner = Runner::new(&client, &folder).options(quick()).observer(&observer);
    let ending = async {
        while !heard.has("attempt 2") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        long.batch_execute("commit").await.unwrap();
    };
    let (result, ()) = tokio::join!(runner.up(None), ending);
    result.unwrap();
    assert!(heard.has("was finalized"), "{:#?}", heard.lines());
    assert_eq!(number(&client, "select count(*) from pg_inherits").await, 0);
}

/// What is in the catalog is not always what the statement would have made.
#[tokio::test]
async fn another_index_of_that_name_is_not_taken_for_it() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let up = "-- howdah:no-transaction\nselect 1;\ncreate unique index concurrently i on public.a (id);";
    let folder = folder(&[A, (up, "")]);
    let runner = Runner::new(&client, &folder);
    runner.up(Some(1)).await.unwrap();
    client.batch_execute("insert into public.a values (1), (1)").await.unwrap();
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-partly-applied");
    // As after a crash; and somebody made another index of that name meanwhile.
    client.batch_execute("update howdah.migration_progress set is_attempting = true").await.unwrap();
    client.batch_execute("create index i on public.a (id)").await.unwrap();
    let error = runner.up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-unclear");
    for part in ["0002_m.up.sql:3:1", "create unique index concurrently i", "another index public.i", "repair"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    // The same, made by hand, is.
    client
        .batch_execute("delete from public.a; drop index public.i; create unique index i on public.a (id)")
        .await
        .unwrap();
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
}

/// Killing one of its processes makes the server throw everybody out, forget what was not committed, and begin again.
#[tokio::test]
async fn the_server_crashes() {
    let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
    let target = Target::parse(&cluster.superuser_url("postgres")).unwrap();
    let folder = folder(&[
        (TABLE, ""),
        (
            "create table public.before ();\n-- howdah:no-transaction\ncreate index concurrently i on public.t (v);\n-- howdah:backfill public.t batch=10\nupdate public.t set v = v || '!';",
            "",
        ),
    ]);
    let (client, other) = (target.client().await.unwrap(), target.client().await.unwrap());
    let admin = target.client().await.unwrap();
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    other.batch_execute(WRITES).await.unwrap();
    let pid = pid(&client).await;
    let crash = async {
        until_it_waits(&admin, pid).await;
        let killed = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
        assert!(killed.success());
    };
    let runner = Runner::new(&client, &folder);
    let (result, ()) = tokio::join!(runner.up(None), crash);
    let error = result.unwrap_err();
    assert!(matches!(error, MigrateError::Interrupted { partly: true, .. }), "{error}");

    let client = retry(&Backoff::default(), async || target.client().await).await.unwrap();
    let heard = Heard::default();
    let observer = heard.observer();
    Runner::new(&client, &folder).observer(&observer).up(None).await.unwrap();
    assert!(heard.has("the invalid index public.i was dropped"), "{:#?}", heard.lines());
    assert_eq!(number(&client, "select count(*) from public.t where v like 'v%!' and v not like '%!!'").await, 100);
    assert_eq!(number(&client, "select count(*) from pg_index where not indisvalid").await, 0);
}
