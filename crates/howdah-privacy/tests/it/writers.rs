//! Many writers, rollbacks and savepoints, and a sealer that is killed all the time: every committed event is sealed once.

use std::time::{Duration, Instant};

use howdah_privacy::audit::{SealOptions, Sealer, SealerOptions, SealerState};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

use crate::support::{clean, database, key, number, seal_all, sealer, verified};

const WRITERS: u64 = 8;

/// A few seconds; by hand more: `HOWDAH_AUDIT_SECONDS=60`.
fn seconds() -> Duration {
    let seconds = std::env::var("HOWDAH_AUDIT_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

/// Writes until then, and returns how many events of it were committed.
async fn write(client: Client, mut random: u64, until: Instant) -> i64 {
    let mut committed = 0;
    while Instant::now() < until {
        // xorshift: what is drawn need only vary.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut sql = String::from("begin; insert into public.notes (title) values ('a');");
        let mut events = 1;
        if random & 1 != 0 {
            sql += "savepoint s; insert into public.notes (title) values ('b'), ('c');";
            if random & 2 != 0 {
                sql += "rollback to savepoint s;";
            } else {
                sql += "release savepoint s;";
                events += 2;
            }
        }
        if random & 4 != 0 {
            sql += "savepoint t; update public.notes set title = 'd' where id = currval('public.notes_id_seq');";
            // The note of a savepoint that was rolled back is not there to be changed.
            if random & 3 != 3 {
                events += 1;
            }
        }
        if random & 24 == 24 {
            sql += "select pg_sleep(0.02);";
        }
        let is_lost = random & 96 == 96;
        sql += if is_lost { "rollback" } else { "commit" };
        client.batch_execute(&sql).await.unwrap();
        if !is_lost {
            committed += events;
        }
    }
    committed
}

fn start(db: &TestDb) -> Sealer {
    let seal = SealOptions { batch: 50, checkpoint_events: 100, checkpoint_every: Duration::from_secs(1) };
    let options = SealerOptions { seal, pause: Duration::from_millis(1), retention_days: None };
    Sealer::start(sealer(db), Some(key()), options)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_committed_event_is_sealed_once() {
    let db = database().await;
    let until = Instant::now() + seconds();
    let mut writers = Vec::new();
    for writer in 1..=WRITERS {
        let client = db.client_superuser().await;
        writers.push(tokio::spawn(write(client, writer.wrapping_mul(0x9e37_79b9_7f4a_7c15), until)));
    }
    // Two at a time, and each is killed again and again: dropping one cuts its connection wherever it is, and the server ends the
    // other's session within whatever it does.
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
         where datname = current_database() and query ~ 'audit.seals' and pid <> pg_backend_pid()";
    let admin = db.client_superuser().await;
    let (mut first, second) = (start(&db), start(&db));
    let mut killed = 0;
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(37)).await;
        drop(first);
        first = start(&db);
        killed += number(&admin, kill).await;
    }
    assert!(killed > 0);
    let mut committed = 0;
    for writer in writers {
        committed += writer.await.unwrap();
    }
    let waits = "select count(*) from audit.audit_events e where not exists (select from audit.seals s where s.event_id = e.id)";
    while number(&admin, waits).await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status = second.status();
    assert!(matches!(status.state(), SealerState::Sealing | SealerState::Standby | SealerState::Failing), "{status:?}");
    drop((first, second));
    assert_eq!(seal_all(&db, 100).await, 0);

    assert_eq!(number(&admin, "select count(*) from audit.audit_events").await, committed);
    assert_eq!(number(&admin, "select count(*) from audit.seals").await, committed);
    assert_eq!(number(&admin, "select count(distinct event_id) from audit.seals").await, committed);
    let report = verified(&admin).await;
    clean(&report);
    let sealed = u64::try_from(committed).unwrap();
    assert_eq!((report.seals, report.events, report.unsealed), (sealed, sealed, 0));
    assert!(report.checkpoints > 0);
    // Rolled back transactions left gaps, and late commits came behind younger ids: this was worth testing.
    let late = "select count(*) from (select s.event_id < lag(s.event_id) over (order by s.sequence_number) as is_late \
         from audit.seals s) as o where is_late";
    assert!(number(&admin, late).await > 0);
    assert!(number(&admin, "select max(id) from audit.audit_events").await > committed);
    println!("{committed} events by {WRITERS} writers in {:?}, {killed} sealers killed", seconds());
}
