//! Plain migrations: one transaction each.

use super::{A, B, C, folder, quick, states, tables};
use crate::proxy::Proxy;
use crate::support::owner;
use howdah_pg::migrate::{
    Direction, Event, Folder, MigrateError, MigrationState, Mode, RepairOptions, Runner, RunnerOptions,
};
use howdah_testkit::TestDb;
use std::sync::Mutex;
use std::time::Duration;

#[tokio::test]
async fn up_and_down_by_steps() {
    use MigrationState::{Applied, Pending};
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, B, C]);
    let runner = Runner::new(&client, &folder);
    assert_eq!(states(&client, &folder).await, [Pending; 3]);
    assert_eq!(
        client.query("select from pg_namespace where nspname = 'howdah'", &[]).await.unwrap().len(),
        0,
        "status writes nothing"
    );

    let plan = runner.plan_up(None).await.unwrap();
    let steps: Vec<_> = plan.steps.iter().map(|step| (step.migration.title(), step.direction, step.mode)).collect();
    assert_eq!(steps[1], ("0002_m".to_owned(), Direction::Up, Mode::Transaction));

    let done = runner.up(Some(2)).await.unwrap();
    assert_eq!(done.len(), 2);
    assert_eq!(tables(&client).await, ["a", "b"]);
    assert_eq!(states(&client, &folder).await, [Applied, Applied, Pending]);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    assert_eq!(runner.up(None).await.unwrap().len(), 0);
    assert_eq!(tables(&client).await, ["a", "b", "c"]);

    let status = runner.status().await.unwrap();
    let applied = status.migrations[0].applied.as_ref().unwrap();
    assert_eq!((applied.by.as_str(), applied.howdah_version.as_str()), ("howdah_owner", env!("CARGO_PKG_VERSION")));
    assert!(applied.at.ends_with('Z') && applied.at.len() == 20 && applied.duration_ms < 10_000, "{applied:?}");
    assert!(status.problem.is_none() && status.pending() == 0);

    assert_eq!(runner.plan_down(2).await.unwrap().steps[0].migration.version, 3);
    let down = runner.down(2).await.unwrap();
    assert_eq!(down.iter().map(|done| done.step.migration.version).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(runner.down(10).await.unwrap().len(), 1);
    assert_eq!(runner.down(1).await.unwrap().len(), 0);
    assert_eq!(runner.up(None).await.unwrap().len(), 3);
}

#[tokio::test]
async fn history_is_commented() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[A])).up(None).await.unwrap();
    let catalog = crate::support::catalog(&client).await;
    assert!(!catalog.schemas["howdah"].comment.is_empty());
    for table in ["migrations", "migration_progress"] {
        let table = catalog.table("howdah", table).unwrap();
        assert!(!table.comment.is_empty());
        assert!(table.columns.iter().all(|column| !column.comment.is_empty()), "{:?}", table.columns);
    }
}

#[tokio::test]
async fn a_failing_migration_leaves_nothing() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let broken =
        folder(&[A, ("create table public.b (id int);\nset search_path = nowhere;\nselect 1/0;", "select 1"), C]);
    let error = Runner::new(&client, &broken).up(None).await.unwrap_err();
    let MigrateError::Failed { title, direction: Direction::Up, done: 1, error: script } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((title.as_str(), script.sqlstate()), ("0002_m", Some("22012")));
    assert_eq!((script.location.file.as_str(), script.location.line), ("migrations/0002_m.up.sql", 3));
    assert!(error.to_string().contains("nothing of it was applied (the one before it is)"), "{error}");
    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(states(&client, &broken).await[1], MigrationState::Pending);
    // The lock is free and the session clean: the mended file goes through.
    assert_eq!(Runner::new(&client, &folder(&[A, B, C])).up(None).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_failing_way_back_leaves_everything() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, ("create table public.b (id int)", "drop table public.b; drop table public.nothing;")]);
    let runner = Runner::new(&client, &folder);
    runner.up(None).await.unwrap();
    let error = runner.down(2).await.unwrap_err();
    assert_eq!(error.code(), "migrate-failed");
    assert!(error.to_string().contains("going down"), "{error}");
    assert_eq!(tables(&client).await, ["a", "b"]);
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied; 2]);
}

#[tokio::test]
async fn errors_at_commit_belong_to_the_migration() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let deferred = "create table public.p (id int primary key);
        create table public.q (p int references public.p deferrable initially deferred);
        insert into public.q values (1)";
    let error = Runner::new(&client, &folder(&[(deferred, "select 1")])).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().sqlstate(), Some("23503"));
    assert!(tables(&client).await.is_empty());
}

/// The folder that a database was migrated with, the folder that comes afterwards, and the error.
async fn refused(before: &[(&str, &str)], after: &Folder, code: &str, parts: &[&str]) {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(before)).up(None).await.unwrap();
    let runner = Runner::new(&client, after);
    let before = tables(&client).await;
    for error in
        [runner.up(None).await.unwrap_err(), runner.down(1).await.unwrap_err(), runner.plan_up(None).await.unwrap_err()]
    {
        assert_eq!(error.code(), code, "{error}");
        for part in parts {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
    assert_eq!(runner.status().await.unwrap().problem.unwrap().0, code);
    assert_eq!(tables(&client).await, before);
}

#[tokio::test]
async fn what_was_applied_must_still_be_there() {
    let edited = folder(&[A, ("create table public.b (id bigint);", B.1), C]);
    refused(&[A, B], &edited, "migrate-edited", &["migrations/0002_m.up.sql", "new migration", "then sha256", "now"])
        .await;
    refused(&[A, B], &folder(&[A]), "migrate-database-newer", &["0002_m", "0001_m"]).await;
    refused(&[A], &folder(&[]), "migrate-database-newer", &["0001_m", "none"]).await;
}

#[tokio::test]
async fn history_with_holes_is_refused() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let all = folder(&[A, B, C]);
    let runner = Runner::new(&client, &all);
    runner.up(None).await.unwrap();
    client.batch_execute("delete from howdah.migrations where version = 2").await.unwrap();
    let error = runner.up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-out-of-order");
    assert!(error.to_string().contains("0002_m.up.sql") && error.to_string().contains("0003_m"), "{error}");
    assert_eq!(states(&client, &all).await[1], MigrationState::Pending);
}

#[tokio::test]
async fn a_down_file_may_be_mended() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[(A.0, "drop table public.oops")])).up(None).await.unwrap();
    let mended = folder(&[A]);
    let runner = Runner::new(&client, &mended);
    assert!(runner.status().await.unwrap().migrations[0].down_edited);
    runner.down(1).await.unwrap();
    assert!(tables(&client).await.is_empty());
}

#[tokio::test]
async fn line_endings_may_change() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[("create table public.a\n(id int);\n", "select 1\n")])).up(None).await.unwrap();
    let windows = folder(&[("create table public.a\r\n(id int);\r\n", "select 1\r\n")]);
    assert_eq!(states(&client, &windows).await, [MigrationState::Applied]);
    assert!(Runner::new(&client, &windows).up(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_migration_may_not_hold_is_found_before_any_runs() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let concurrent = ("create index concurrently i on public.a (id);", "drop index public.i");
    let error = Runner::new(&client, &folder(&[A, concurrent])).up(None).await.unwrap_err();
    assert_eq!((error.code(), error.script().unwrap().code()), ("migrate-invalid", "sql-directive"));
    assert!(error.to_string().contains("-- howdah:no-transaction"), "{error}");
    let error = Runner::new(&client, &folder(&[A, ("select 1; commit;", "")])).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().code(), "sql-transaction-control");
    assert!(tables(&client).await.is_empty());
}

#[tokio::test]
async fn a_cut_connection_leaves_nothing() {
    let db = TestDb::empty().await;
    let (client, admin) = (db.client_owner().await, db.client_superuser().await);
    let slow = folder(&[
        A,
        ("create table public.b (id int); select pg_sleep(30); create table public.c (id int)", "select 1"),
    ]);
    let pid: i32 = client.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
    let kill = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let asleep = admin
                .query_one("select wait_event = 'PgSleep' from pg_stat_activity where pid = $1", &[&pid])
                .await
                .unwrap();
            if asleep.get::<_, Option<bool>>(0) == Some(true) {
                admin.execute("select pg_terminate_backend($1)", &[&pid]).await.unwrap();
                return;
            }
        }
    };
    let runner = Runner::new(&client, &slow);
    let (result, ()) = tokio::join!(runner.up(None), kill);
    let error = result.unwrap_err();
    assert!(matches!(error, MigrateError::Interrupted { done: 1, .. }), "{error:?}");

    let client = db.client_owner().await;
    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(states(&client, &slow).await, [MigrationState::Applied, MigrationState::Pending]);
    // The lock went with the connection.
    assert_eq!(Runner::new(&client, &folder(&[A, B])).up(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_second_runner_waits() {
    let db = TestDb::empty().await;
    let (first, second) = (db.client_owner().await, db.client_owner().await);
    let slow = folder(&[("select pg_sleep(1); create table public.a (id int);", "select 1")]);
    let waits = Mutex::new(Vec::new());
    let observer = |event: &Event<'_>| {
        if let Event::Waiting { holder, .. } = event {
            waits.lock().unwrap().push((*holder).to_owned());
        }
    };
    let (one, other) = (Runner::new(&first, &slow), Runner::new(&second, &slow).observer(&observer));
    let late = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.up(None).await
    };
    let (one, other) = tokio::join!(one.up(None), late);
    assert_eq!((one.unwrap().len(), other.unwrap().len()), (1, 0));
    let waits = waits.into_inner().unwrap();
    assert!(
        !waits.is_empty() && waits.iter().all(|holder| holder.contains("process ") || holder == "just finished"),
        "{waits:?}"
    );
}

#[tokio::test]
async fn the_second_runner_gives_up() {
    let db = TestDb::empty().await;
    let (first, second) = (db.client_owner().await, db.client_owner().await);
    let slow = folder(&[("select pg_sleep(2)", "select 1")]);
    let hasty = RunnerOptions { patience: Duration::from_millis(300), ..RunnerOptions::default() };
    let (one, other) = (Runner::new(&first, &slow), Runner::new(&second, &slow).options(hasty));
    let late = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.up(None).await
    };
    let (one, other) = tokio::join!(one.up(None), late);
    assert_eq!(one.unwrap().len(), 1);
    let error = other.unwrap_err();
    assert_eq!(error.code(), "migrate-locked");
    assert!(error.to_string().contains("connected for"), "{error}");
}

#[tokio::test]
async fn a_held_table_is_tried_again() {
    let db = TestDb::empty().await;
    let (client, other) = (db.client_owner().await, db.client_owner().await);
    let altering = folder(&[A, ("alter table public.a add column name text", "select 1")]);
    let retries = Mutex::new(0);
    let observer = |event: &Event<'_>| {
        if matches!(event, Event::Retries { .. }) {
            *retries.lock().unwrap() += 1;
        }
    };
    let runner = Runner::new(&client, &altering).options(quick()).observer(&observer);
    runner.up(Some(1)).await.unwrap();
    other.batch_execute("begin; lock table public.a in access share mode").await.unwrap();
    let release = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.batch_execute("commit").await.unwrap();
    };
    let (result, ()) = tokio::join!(runner.up(None), release);
    assert_eq!(result.unwrap().len(), 1);
    assert!(*retries.lock().unwrap() >= 1);

    other.batch_execute("begin; lock table public.a in access share mode").await.unwrap();
    let never = RunnerOptions { lock_patience: Duration::ZERO, ..quick() };
    let again =
        folder(&[A, ("alter table public.a add column name text", "select 1"), ("drop table public.a", "select 1")]);
    let error = Runner::new(&client, &again).options(never).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().sqlstate(), Some("55P03"));
}

#[tokio::test]
async fn statements_have_a_time_limit() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let options = RunnerOptions { statement_timeout: Duration::from_millis(100), ..RunnerOptions::default() };
    let error =
        Runner::new(&client, &folder(&[("select pg_sleep(5)", "")])).options(options).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().sqlstate(), Some("57014"));
}

#[tokio::test]
async fn what_a_migration_sets_is_not_left_for_the_next() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    let setting = ("set search_path = pg_catalog; set statement_timeout = 1234; set role pg_monitor;", "select 1");
    let asking = (
        "create table public.seen as select current_user::text as who, current_setting('search_path') as path, current_setting('statement_timeout') as t",
        "drop table public.seen",
    );
    Runner::new(&client, &folder(&[setting, asking])).up(None).await.unwrap();
    let seen = client.query_one("select who, path, t from public.seen", &[]).await.unwrap();
    assert_eq!((seen.get(0), seen.get(1), seen.get(2)), ("howdah_admin", "\"$user\", public", "30min"));
}

#[tokio::test]
async fn reads_a_folder_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [("0001_first.up.sql", A.0), ("0001_first.down.sql", A.1), ("README.md", "x")] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let folder = Folder::read(directory.path()).unwrap();
    assert_eq!(folder.migrations()[0].title(), "0001_first");
    assert_eq!(Folder::read(&directory.path().join("nothing")).unwrap_err().code(), "migrate-unreadable");
}

/// The tables as versions before this one made them.
#[tokio::test]
async fn an_older_history_is_upgraded() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[A])).up(None).await.unwrap();
    let older = "drop table howdah.migration_progress; alter table howdah.migrations drop column is_baseline";
    client.batch_execute(older).await.unwrap();
    let all = folder(&[A, B]);
    assert_eq!(states(&client, &all).await, [MigrationState::Applied, MigrationState::Pending]);
    let runner = Runner::new(&client, &all);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    client.batch_execute(older).await.unwrap();
    assert_eq!(runner.down(2).await.unwrap().len(), 2);
    assert!(tables(&client).await.is_empty());
}

#[tokio::test]
async fn thousands_of_statements_are_told_in_order() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let mut up: String = (0..1000).map(|n| format!("create table public.t{n} (id int);\n")).collect();
    let told = Mutex::new(Vec::new());
    let observer = |event: &Event<'_>| {
        if let Event::StatementDone { index, total: 1000 | 1001, .. } = event {
            told.lock().unwrap().push(*index);
        }
    };
    up.push_str("select 1/0;");
    let failing = folder(&[(&up, "")]);
    let error = Runner::new(&client, &failing).observer(&observer).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().location.line, 1001, "{error}");
    assert_eq!(*told.lock().unwrap(), (0..1000).collect::<Vec<_>>());
    assert!(tables(&client).await.is_empty());
    let good = up.replace("select 1/0;", "");
    Runner::new(&client, &folder(&[(&good, "")])).observer(&observer).up(None).await.unwrap();
    assert_eq!(tables(&client).await.len(), 1000);
}

/// From afar, where a round trip takes 20 ms and more, they are sent ahead of their answers.
#[tokio::test]
async fn many_statements_take_few_round_trips() {
    let db = TestDb::empty().await;
    let proxy = Proxy::start(owner(&db)).await;
    let client = proxy.target.client().await.unwrap();
    let mut up: String = (0..300).map(|n| format!("create table public.t{n} (id int);\n")).collect();
    proxy.forget();
    Runner::new(&client, &folder(&[(&up, "")])).up(None).await.unwrap();
    assert!(proxy.count(b'Q') > 300 && proxy.round_trips() < 60, "{}", proxy.round_trips());
    assert_eq!(tables(&client).await.len(), 300);

    // The first that fails is told of, not those that were on their way.
    up.push_str("select 1/0;\nselect 1/0;\nselect 1;");
    let other = TestDb::empty().await;
    let proxy = Proxy::start(owner(&other)).await;
    let client = proxy.target.client().await.unwrap();
    let error = Runner::new(&client, &folder(&[(&up, "")])).up(None).await.unwrap_err();
    let script = error.script().unwrap();
    assert_eq!((script.sqlstate(), script.location.line), (Some("22012"), 301), "{error}");
    assert!(tables(&client).await.is_empty());
}

/// A server runs its work on several threads.
#[tokio::test]
async fn a_run_may_move_between_threads() {
    fn check<T: Send>(future: T) -> T {
        future
    }
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A]);
    let runner = Runner::new(&client, &folder);
    let plan = check(runner.plan_to(1)).await.unwrap();
    assert!(check(runner.rehearse(&plan)).await.unwrap().failed.is_none());
    check(runner.up(None)).await.unwrap();
    check(runner.down(1)).await.unwrap();
    check(runner.to(0)).await.unwrap();
    check(runner.baseline(1)).await.unwrap();
    check(runner.repair(&RepairOptions::default())).await.unwrap();
    check(runner.status()).await.unwrap();
}

#[tokio::test]
async fn every_query_prepares_and_has_a_header() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[])).up(None).await.unwrap();
    let mut count = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/migrate/sql")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sql = std::fs::read_to_string(&path).unwrap();
        for part in ["-- ", "-- Parameters: ", "-- Columns: ", "-- Needs PostgreSQL 14"] {
            assert!(sql.lines().any(|line| line.starts_with(part)), "{name} has no line {part:?}");
        }
        // Those hold several statements, and were just run.
        if !name.starts_with("create_") {
            let prepared = client.prepare(&sql).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
            count += 1;
        }
    }
    assert!(count > 10);
}
