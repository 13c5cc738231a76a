//! The runner's process ends at every point of a migration, and another goes on.

use super::sections::{DOWN, UP};
use super::{Heard, folder, strings};
use crate::support::{assert_same, catalog};
use howdah_pg::Target;
use howdah_pg::migrate::{Direction, Event, Folder, MigrationState, Runner, RunnerOptions};
use howdah_schema::Catalog;
use howdah_testkit::{TestDb, TestProcess};
use std::fmt::Write as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_postgres::Client;

const URL: &str = "HOWDAH_TEST_URL";
const DIRECTION: &str = "HOWDAH_TEST_DIRECTION";
const AT: &str = "HOWDAH_TEST_AT";
const DELAY: &str = "HOWDAH_TEST_DELAY";

/// All there is to interrupt: every kind of section and of statement that cannot run inside a transaction.
fn everything() -> Folder {
    let more_up = format!(
        "{UP}\
-- howdah:no-transaction
set search_path = public;
create table parts (id int not null) partition by range (id);
create table part_1 partition of parts for values from (1) to (10);
create table part_2 partition of parts for values from (10) to (20);
insert into parts select generate_series(1, 19);
create index idx_parts_id on parts (id);
alter table parts detach partition part_2 concurrently;
create index concurrently if not exists idx_items_name on items (lower(name) desc nulls last, id) include (code) where id > 3;
reindex table concurrently items;
drop index concurrently uq_items_code;
-- howdah:backfill public.items key=id batch=9
delete from public.items as i using public.parts as p where p.id = i.id and i.id % 3 = 0;
"
    );
    let more_down = format!(
        "\
-- howdah:no-transaction
drop index concurrently if exists public.idx_items_name;
create unique index concurrently uq_items_code on public.items (code);
alter table public.parts attach partition public.part_2 for values from (10) to (20);
-- howdah:transaction
drop table public.parts;
{DOWN}"
    );
    folder(&[(&more_up, &more_down)])
}

async fn go(client: &Client, direction: Direction, observer: &(impl Fn(&Event<'_>) + Sync)) {
    let folder = everything();
    // Whoever was killed may still be at work in the server.
    let options = RunnerOptions { patience: Duration::from_secs(30), ..RunnerOptions::default() };
    let runner = Runner::new(client, &folder).options(options).observer(observer);
    let done = match direction {
        Direction::Up => runner.up(None).await,
        Direction::Down => runner.down(1).await,
    };
    done.unwrap();
}

/// Not a test: what the tests below start, and what kills itself.
#[tokio::test]
#[ignore = "run by other tests, in a process of its own"]
async fn helper_that_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let (at, delay) = (number(AT), number(DELAY));
    let direction = if std::env::var(DIRECTION).unwrap() == "up" { Direction::Up } else { Direction::Down };
    let client = Target::parse(&url).unwrap().client().await.unwrap();
    let told = AtomicUsize::new(0);
    let observer = |_: &Event<'_>| {
        if told.fetch_add(1, Ordering::SeqCst) != at {
            return;
        }
        if delay == 0 {
            std::process::abort();
        }
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(delay as u64));
            std::process::abort();
        });
    };
    go(&client, direction, &observer).await;
    println!("not killed");
}

fn kill_at(db: &TestDb, direction: Direction, at: usize, delay: Duration) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "migrate::killed::helper_that_is_killed", "--ignored", "--nocapture"]);
    command.env(URL, db.owner_url()).env(DIRECTION, direction.to_string()).env(AT, at.to_string());
    command.env(DELAY, delay.as_micros().to_string());
    let mut process = TestProcess::spawn(command);
    let status = process.wait_exit(Duration::from_secs(60));
    assert!(!status.success() || !delay.is_zero(), "it was not killed at {at}: {}", process.output());
}

/// The catalog and the rows.
async fn state(client: &Client) -> (Catalog, String) {
    let mut rows = String::new();
    for table in ["items", "part_1", "part_2"] {
        let sql = format!(
            "select case when to_regclass('public.{table}') is null then '-' else query_to_xml('select * from public.{table} order by id', true, false, '')::text end"
        );
        writeln!(rows, "{}", strings(client, &sql).await.join("")).unwrap();
    }
    let settled = "select count(*)::text from howdah.migration_progress union all select count(*)::text from pg_index where not indisvalid";
    writeln!(rows, "{:?}", strings(client, settled).await).unwrap();
    (catalog(client).await, rows)
}

/// Kills a run at each of its events (or `delay` after each statement begins) and lets another finish; it must come to the
/// same as one that nobody disturbed. Returns what the others told.
async fn killed_everywhere(direction: Direction, delay: Duration) -> Vec<String> {
    let start = async || {
        let db = TestDb::empty().await;
        let client = db.client_owner().await;
        if direction == Direction::Down {
            go(&client, Direction::Up, &|_: &Event<'_>| {}).await;
        }
        (db, client)
    };
    let heard = Heard::default();
    let (_db, client) = start().await;
    go(&client, direction, &heard.observer()).await;
    let undisturbed = state(&client).await;
    let events = heard.lines();
    assert!(events.len() > 15, "{events:#?}");

    let heard = Heard::default();
    let begins = |event: &str| event.starts_with(|c: char| c.is_ascii_digit()) && !event.ends_with(" done");
    for (at, _) in events.iter().enumerate().filter(|(_, event)| delay.is_zero() || begins(event)) {
        let (db, client) = start().await;
        kill_at(&db, direction, at, delay);
        let before = heard.lines().len();
        let finished = {
            let folder = everything();
            let status = Runner::new(&client, &folder).status().await.unwrap();
            matches!(
                (direction, status.migrations[0].state),
                (Direction::Up, MigrationState::Applied) | (Direction::Down, MigrationState::Pending)
            )
        };
        if !finished {
            go(&client, direction, &heard.observer()).await;
        }
        let (catalog, rows) = state(&client).await;
        let told = &heard.lines()[before..];
        assert_eq!(rows, undisturbed.1, "killed at {at}; then {told:#?}");
        assert_same(&catalog, &undisturbed.0);
    }
    heard.lines()
}

#[tokio::test]
async fn going_up_at_every_event() {
    let told = killed_everywhere(Direction::Up, Duration::ZERO).await;
    for part in [
        "recovered: the index public.idx_items_name was complete",
        "recovered: part_2 was detached",
        "recovered: the index uq_items_code was gone",
    ] {
        assert!(told.iter().any(|line| line == part), "{told:#?}");
    }
}

#[tokio::test]
async fn going_down_at_every_event() {
    let told = killed_everywhere(Direction::Down, Duration::ZERO).await;
    assert!(told.iter().any(|line| line.contains("was complete")), "{told:#?}");
}

/// While the server is at work on it.
#[tokio::test]
async fn going_up_within_every_statement() {
    killed_everywhere(Direction::Up, Duration::from_millis(1)).await;
}

/// What there is nothing to do for is refused, however often a run is killed on the way there.
#[tokio::test]
async fn nothing_to_do_is_not_taken_for_done() {
    for statement in
        ["drop index concurrently public.nothing", "alter table public.p detach partition public.other concurrently"]
    {
        let db = TestDb::empty().await;
        let client = db.client_owner().await;
        let setup = "create table public.p (id int) partition by range (id); create table public.other (id int);";
        let folder = folder(&[(setup, ""), (&format!("-- howdah:no-transaction\n{statement};"), "")]);
        let runner = Runner::new(&client, &folder);
        for _ in 0..2 {
            assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-failed");
        }
        // Nothing is written down between the look at the catalog and the statement: there is no moment in which it would
        // be in doubt.
        assert_eq!(strings(&client, "select version::text from howdah.migration_progress").await, [""; 0]);
    }
}
