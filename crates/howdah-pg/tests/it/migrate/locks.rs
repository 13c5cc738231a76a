//! That a migration never makes the application wait for long.

use super::{A, Heard, folder, number, quick};
use howdah_pg::migrate::{Runner, RunnerOptions};
use howdah_testkit::TestDb;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio_postgres::Client;

/// Reads until it is told to stop; how often that worked. A read that waits too long is an error, and fails the test.
async fn read_on(client: &Client, stop: &AtomicBool, done: &AtomicUsize) {
    // Several times as long as the migration may queue for its lock.
    client.batch_execute("set statement_timeout = '3s'").await.unwrap();
    while !stop.load(Ordering::Relaxed) {
        client.query("select id from public.a", &[]).await.unwrap();
        done.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// While a long transaction reads the table, `up` wants it alone. Readers go on, and it gets it in the end.
async fn the_application_reads_on(up: &str) {
    let db = TestDb::empty().await;
    let (client, long, reader) = (db.client_owner().await, db.client_owner().await, db.client_owner().await);
    let folder = folder(&[A, (up, "")]);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    long.batch_execute("begin; select id from public.a").await.unwrap();

    let (stop, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let heard = Heard::default();
    let observer = heard.observer();
    let options = RunnerOptions { lock_timeout: Duration::from_millis(200), ..RunnerOptions::default() };
    let runner = Runner::new(&client, &folder).options(options).observer(&observer);
    let migrating = async {
        let result = runner.up(None).await;
        stop.store(true, Ordering::Relaxed);
        result
    };
    let ending = async {
        // Until it has tried and waited three times at least, with reads in between.
        while heard.lines().iter().filter(|line| line.starts_with("attempt")).count() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let between = reads.load(Ordering::Relaxed);
        assert!(between > 3, "{between} reads");
        long.batch_execute("commit").await.unwrap();
    };
    let (migrated, (), ()) = tokio::join!(migrating, ending, read_on(&reader, &stop, &reads));
    assert_eq!(migrated.unwrap().len(), 1);
}

#[tokio::test]
async fn a_long_transaction_does_not_stop_the_application() {
    the_application_reads_on("alter table public.a add column name text").await;
}

#[tokio::test]
async fn nor_with_statements_on_their_own() {
    the_application_reads_on("-- howdah:no-transaction\nalter table public.a add column name text").await;
}

#[tokio::test]
async fn patience_ends() {
    let db = TestDb::empty().await;
    let (client, long) = (db.client_owner().await, db.client_owner().await);
    let folder = folder(&[A, ("drop table public.a", "")]);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    long.batch_execute("begin; select id from public.a").await.unwrap();
    let options = RunnerOptions { lock_patience: Duration::from_millis(800), ..quick() };
    let error = Runner::new(&client, &folder).options(options).up(None).await.unwrap_err();
    assert_eq!(error.script().unwrap().sqlstate(), Some("55P03"), "{error}");
    assert_eq!(error.code(), "migrate-failed");
}

/// Making an index waits for all who wrote before, and blocks nobody: giving up early would mean starting over for ever.
#[tokio::test]
async fn an_index_waits_as_long_as_it_must() {
    let db = TestDb::empty().await;
    let (client, long, admin) = (db.client_owner().await, db.client_owner().await, db.client_superuser().await);
    let folder = folder(&[A, ("-- howdah:no-transaction\ncreate index concurrently i on public.a (id)", "")]);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    long.batch_execute("begin; insert into public.a values (1)").await.unwrap();
    let heard = Heard::default();
    let observer = heard.observer();
    let runner = Runner::new(&client, &folder).options(quick()).observer(&observer);
    let ending = async {
        let waits = "select count(*) from pg_stat_progress_create_index where phase ~ 'waiting for writers'";
        while number(&admin, waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        long.batch_execute("commit").await.unwrap();
    };
    let (migrated, ()) = tokio::join!(runner.up(None), ending);
    assert_eq!(migrated.unwrap().len(), 1);
    assert!(!heard.has("attempt"), "{:?}", heard.lines());
}

/// Limits that a file sets are kept.
#[tokio::test]
async fn an_index_gives_up_if_its_file_says_so() {
    let db = TestDb::empty().await;
    let (client, long) = (db.client_owner().await, db.client_owner().await);
    let up = "-- howdah:no-transaction\nset lock_timeout = '50ms';\ncreate index concurrently i on public.a (id)";
    let folder = folder(&[A, (up, "")]);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    long.batch_execute("begin; insert into public.a values (1)").await.unwrap();
    let options = RunnerOptions { lock_patience: Duration::ZERO, ..quick() };
    let runner = Runner::new(&client, &folder).options(options);
    assert_eq!(runner.up(None).await.unwrap_err().script().unwrap().sqlstate(), Some("55P03"));
    long.batch_execute("commit").await.unwrap();
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    assert_eq!(
        number(&client, "select count(*) from pg_index where indexrelid = 'public.i'::regclass and indisvalid").await,
        1
    );
}

/// A batch that does not get its rows is tried again, alone.
#[tokio::test]
async fn a_batch_is_tried_again() {
    let db = TestDb::empty().await;
    let (client, other) = (db.client_owner().await, db.client_owner().await);
    let make = "create table public.t (id int primary key, v int); insert into public.t select n, 0 from generate_series(1, 10) n;";
    let backfill = "-- howdah:backfill public.t batch=5\nupdate public.t set v = v + 1;";
    let folder = folder(&[(make, ""), (backfill, "")]);
    Runner::new(&client, &folder).up(Some(1)).await.unwrap();
    other.batch_execute("begin; update public.t set v = 10 where id = 7").await.unwrap();
    let heard = Heard::default();
    let observer = heard.observer();
    let runner = Runner::new(&client, &folder).options(quick()).observer(&observer);
    let ending = async {
        while !heard.has("attempt 1") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The first batch is committed, its rows free.
        assert_eq!(number(&other, "select count(*) from public.t where v = 1").await, 5);
        other.batch_execute("commit").await.unwrap();
    };
    let (migrated, ()) = tokio::join!(runner.up(None), ending);
    migrated.unwrap();
    assert_eq!(number(&client, "select sum(v) from public.t").await, 20);
}
