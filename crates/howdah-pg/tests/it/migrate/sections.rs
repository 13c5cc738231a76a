//! Migrations of several sections.

use super::{A, Heard, folder, number, quick, states, strings, tables};
use howdah_pg::migrate::{MigrateError, MigrationState, Mode, Runner, RunnerOptions};
use howdah_testkit::TestDb;
use std::time::Duration;

/// One of each kind.
pub(super) const UP: &str = "\
create table public.items (id int primary key, name text, code text);
insert into public.items select n, 'item ' || n, 'c' || n from generate_series(1, 20) as n;
create type public.mood as enum ('sad', 'glad');
-- howdah:no-transaction
set search_path = public;
create unique index concurrently uq_items_code on items (code);
alter type public.mood add value 'proud';
vacuum public.items;
-- howdah:backfill public.items batch=6
update public.items set name = upper(name) where id > 2;
alter table public.items add constraint chk_items_code check (code is not null) not valid;
alter table public.items add column mood public.mood default 'proud';
-- howdah:transaction
alter table public.items validate constraint chk_items_code;
";

/// And back.
pub(super) const DOWN: &str = "\
-- howdah:no-transaction
drop index concurrently public.uq_items_code;
-- howdah:transaction
drop table public.items;
drop type public.mood;
";

#[tokio::test]
async fn are_run_in_their_order() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, (UP, DOWN)]);
    let heard = Heard::default();
    let observer = heard.observer();
    let runner = Runner::new(&client, &folder).observer(&observer);
    let plan = runner.plan_up(None).await.unwrap();
    assert_eq!(plan.steps.iter().map(|step| step.mode).collect::<Vec<_>>(), [Mode::Transaction, Mode::Sections]);
    assert_eq!(plan.steps[1].script().len(), 11);

    runner.up(None).await.unwrap();
    assert_eq!(
        heard.lines()[5..].iter().map(|line| &line[..line.len().min(44)]).collect::<Vec<_>>(),
        [
            "up 0002_m 2/2",
            "section 1/5, 0 done",
            "1/11 create table public.items (id int prima",
            "1 done",
            "2/11 insert into public.items select n, 'ite",
            "2 done",
            "3/11 create type public.mood as enum ('sad',",
            "3 done",
            "section 2/5, 0 done",
            "4/11 set search_path = public",
            "4 done",
            "5/11 create unique index concurrently uq_ite",
            "5 done",
            "6/11 alter type public.mood add value 'proud",
            "6 done",
            "7/11 vacuum public.items",
            "7 done",
            "section 3/5, 0 done",
            "8/11 update public.items set name = upper(na",
            "public.items: 6 walked, 4 changed",
            "public.items: 12 walked, 10 changed",
            "public.items: 18 walked, 16 changed",
            "public.items: 20 walked, 18 changed",
            "8 done",
            "section 4/5, 0 done",
            "9/11 alter table public.items add constraint",
            "9 done",
            "10/11 alter table public.items add column mo",
            "10 done",
            "section 5/5, 0 done",
            "11/11 alter table public.items validate cons",
            "11 done",
            "done",
        ]
    );
    assert_eq!(number(&client, "select count(*) from public.items where name ~ '^ITEM' and mood = 'proud'").await, 18);
    assert_eq!(number(&client, "select count(*) from howdah.migration_progress").await, 0);
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied; 2]);
    assert_eq!(strings(&client, "show search_path").await, ["\"$user\", public"], "the session is as it was");

    runner.down(1).await.unwrap();
    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn failing_in_a_first_section_leaves_nothing() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    for up in [
        "create table public.x (id int); select 1/0;\n-- howdah:no-transaction\nvacuum;",
        "-- howdah:no-transaction\nselect 1/0;\nvacuum;",
        "-- howdah:no-transaction\ncreate index concurrently i on public.nothing (id);\nvacuum;",
        "-- howdah:backfill public.nothing\nupdate public.nothing set id = 1;\nselect 1;",
    ] {
        let folder = folder(&[(up, "")]);
        let error = Runner::new(&client, &folder).up(None).await.unwrap_err();
        assert!(matches!(error, MigrateError::Failed { .. }), "{up}: {error}");
        assert!(tables(&client).await.is_empty());
        assert_eq!(states(&client, &folder).await, [MigrationState::Pending], "{up}");
        assert_eq!(number(&client, "select count(*) from howdah.migration_progress").await, 0, "{up}");
    }
}

/// Runs a file that fails after some of it is done; what the error says of it, and the file mended.
async fn fails_midway(up: &str, place: &str, applied: usize, not_applied: &[&str], mend: &str) {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let broken = folder(&[A, (up, "select 1")]);
    let runner = Runner::new(&client, &broken)
        .options(RunnerOptions { statement_timeout: Duration::from_secs(20), ..RunnerOptions::default() });
    let error = runner.up(None).await.unwrap_err();
    let MigrateError::PartlyApplied { done: 1, report, error: script, .. } = &error else { panic!("{error:?}") };
    assert_eq!((error.code(), script.location.to_string().as_str()), ("migrate-partly-applied", place), "{error}");
    assert_eq!(report.applied.len(), applied, "{error}");
    assert_eq!(report.not_applied.iter().map(|line| line.split_once(": ").unwrap().1).collect::<Vec<_>>(), not_applied);
    assert!(error.to_string().contains("`howdah migrate up` again"), "{error}");

    // The same is said by the status, and nothing else can be done before this is.
    let status = runner.status().await.unwrap();
    assert_eq!(status.migrations[1].state, MigrationState::PartlyApplied);
    let unfinished = status.migrations[1].unfinished.as_ref().unwrap();
    assert_eq!(unfinished.report, *report);
    assert!(unfinished.last_error.as_deref().unwrap().contains(place));
    assert_eq!(status.pending(), 1);
    assert_eq!(runner.down(1).await.unwrap_err().code(), "migrate-unfinished");
    assert_eq!(runner.to(1).await.unwrap_err().code(), "migrate-unfinished");
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-partly-applied", "the same again");

    client.batch_execute(mend).await.unwrap();
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    assert_eq!(states(&client, &broken).await, [MigrationState::Applied; 2]);
}

#[tokio::test]
async fn failing_in_a_later_transaction() {
    fails_midway(
        "create table public.x (id int);\n-- howdah:transaction\ncreate table public.y (id int);\nselect 1 / (count(*)) from public.a;\n",
        "migrations/0002_m.up.sql:4:1",
        1,
        &["create table public.y (id int)", "select 1 / (count(*)) from public.a"],
        "insert into public.a values (1)",
    )
    .await;
}

#[tokio::test]
async fn failing_at_the_commit_of_a_later_transaction() {
    fails_midway(
        "create table public.p (id int primary key);\n-- howdah:transaction\ncreate table public.q (p int references public.p deferrable initially deferred);\ninsert into public.q values (1);",
        "migrations/0002_m.up.sql:4:1",
        1,
        &[
            "create table public.q (p int references public.p deferrable initially deferred)",
            "insert into public.q values (1)",
        ],
        "insert into public.p values (1)",
    )
    .await;
}

#[tokio::test]
async fn failing_in_a_statement_on_its_own() {
    fails_midway(
        "insert into public.a values (1), (1);\n-- howdah:no-transaction\nselect 1;\ncreate unique index concurrently i on public.a (id);\nvacuum public.a;",
        "migrations/0002_m.up.sql:4:1",
        2,
        &["create unique index concurrently i on public.a (id)", "vacuum public.a"],
        "delete from public.a where ctid = '(0,1)'",
    )
    .await;
}

#[tokio::test]
async fn failing_in_a_backfill() {
    fails_midway(
        "create table public.x (id int primary key, v int);\ninsert into public.x select n, n from generate_series(1, 10) n;\n-- howdah:backfill public.x batch=3\nupdate public.x set v = 100 / (v - 8);\ndrop table public.a;",
        "migrations/0002_m.up.sql:4:1",
        2,
        &["update public.x set v = 100 / (v - 8) (in part: 6 rows so far)", "drop table public.a"],
        "update public.x set v = 9 where v = 8",
    )
    .await;
}

#[tokio::test]
async fn an_invalid_index_is_no_leftover_of_a_failure() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute("create table public.a (id int); insert into public.a values (1), (1)").await.unwrap();
    let folder = folder(&[("-- howdah:no-transaction\ncreate unique index concurrently i on public.a (id);", "")]);
    let heard = Heard::default();
    let observer = heard.observer();
    let error = Runner::new(&client, &folder).observer(&observer).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().sqlstate(), Some("23505"));
    assert!(matches!(error, MigrateError::Failed { .. }), "{error}");
    assert!(heard.has("recovered: the invalid index public.i was dropped"), "{:?}", heard.lines());
    assert_eq!(number(&client, "select count(*) from pg_index where not indisvalid").await, 0);
}

#[tokio::test]
async fn what_the_server_alone_knows_not_to_run_inside_a_transaction() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute("create table public.a (id int)").await.unwrap();
    let committing = folder(&[(
        "-- howdah:no-transaction\ndo $$ begin insert into public.a values (1); commit; insert into public.a values (2); end $$;\ndo $$ begin insert into public.a values (3); end $$;",
        "",
    )]);
    Runner::new(&client, &committing).up(None).await.unwrap();
    assert_eq!(strings(&client, "select id::text from public.a order by id").await, ["1", "2", "3"]);

    // It can be done in part, and then only a person can tell.
    let down = "-- howdah:no-transaction\ndo $$ begin insert into public.a values (4); commit; perform 1/0; end $$;\n";
    let failing = folder(&[(committing.migrations()[0].up.text.as_str(), down)]);
    let runner = Runner::new(&client, &failing);
    let error = runner.down(1).await.unwrap_err();
    assert_eq!(error.code(), "migrate-partly-applied", "{error}");
    assert!(error.to_string().contains("howdah migrate repair"), "{error}");
    assert_eq!(states(&client, &failing).await, [MigrationState::PartlyUndone]);
    let error = runner.down(1).await.unwrap_err();
    assert_eq!(error.code(), "migrate-unclear", "{error}");
    assert!(error.to_string().contains("migrations/0001_m.down.sql:2:1"), "{error}");
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-unfinished");
}

#[tokio::test]
async fn statements_on_their_own_may_run_as_another_role() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    let up = "-- howdah:no-transaction\nset role pg_monitor;\ncreate temp table seen as select current_user as who;\ninsert into pg_temp.seen select current_user;\nreset role;\ncreate table public.seen as select who::text from pg_temp.seen;";
    Runner::new(&client, &folder(&[(up, "")])).options(quick()).up(None).await.unwrap();
    assert_eq!(strings(&client, "select who from public.seen").await, ["pg_monitor", "pg_monitor"]);
}
