//! Trying without leaving anything.

use super::{A, B, folder, number, tables};
use howdah_pg::migrate::Runner;
use howdah_testkit::TestDb;

#[tokio::test]
async fn shows_locks_and_times_and_leaves_nothing() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[
        A,
        (
            "alter table public.a add column v int;\nselect pg_sleep(0.05);\ncreate index idx_a_v on public.a (v);\ncreate table public.new (id int);\n-- howdah:no-transaction\ncreate index concurrently i on public.a (id);\n-- howdah:backfill public.a key=id\nupdate public.a set v = 1;\nset role pg_monitor;\n",
            "",
        ),
        ("select count(*) from public.a;", ""),
    ]);
    let runner = Runner::new(&client, &folder);
    runner.up(Some(1)).await.unwrap();
    client.batch_execute("reset all").await.unwrap();
    let plan = runner.plan_up(None).await.unwrap();
    // Only a superuser may become that role.
    let failed = runner.rehearse(&plan).await.unwrap();
    assert_eq!(failed.failed.unwrap().sqlstate(), Some("42501"));

    let admin = db.client_superuser().await;
    let rehearsal = Runner::new(&admin, &folder).rehearse(&plan).await.unwrap();
    assert_eq!(rehearsal.failed, None);
    let locks: Vec<_> = rehearsal
        .statements
        .iter()
        .map(|played| {
            let locks: Vec<_> = played.locks.iter().map(|lock| format!("{} {}", lock.relation, lock.mode)).collect();
            (played.line, locks.join(", "))
        })
        .collect();
    assert_eq!(
        locks,
        [
            (1, "public.a AccessExclusiveLock".to_owned()),
            (2, String::new()),
            (3, "public.a ShareLock".to_owned()),
            (4, String::new()),
            (9, String::new()),
            (1, "public.a AccessShareLock".to_owned()),
        ]
    );
    let (first, second) = (&rehearsal.statements[0], &rehearsal.statements[1]);
    assert!(second.duration.as_millis() >= 50 && rehearsal.duration >= second.duration);
    assert!(first.locks[0].held >= second.duration, "{:?}", first.locks);
    assert_eq!((first.title.as_str(), first.file.as_str()), ("0002_m", "migrations/0002_m.up.sql"));
    let not_tried: Vec<_> = rehearsal.not_tried.iter().map(|left| (left.line, left.statement.as_str())).collect();
    assert_eq!(not_tried, [(6, "create index concurrently i on public.a (id)"), (8, "update public.a set v = 1")]);

    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(
        number(&client, "select count(*) from pg_attribute where attrelid = 'public.a'::regclass and attnum > 0").await,
        1
    );
    assert_eq!(number(&client, "select count(*) from howdah.migrations").await, 1);
}

#[tokio::test]
async fn says_what_fails_and_where() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    for (up, place, sqlstate) in [
        ("create table public.c ();\nalter table public.nothing add column v int;\nselect 1;", "2:1", "42P01"),
        (
            "create table public.p (id int primary key);\ncreate table public.q (p int references public.p deferrable initially deferred);\ninsert into public.q values (1);",
            "3:1",
            "23503",
        ),
    ] {
        let folder = folder(&[A, (up, ""), B]);
        let runner = Runner::new(&client, &folder);
        let rehearsal = runner.rehearse(&runner.plan_up(None).await.unwrap()).await.unwrap();
        let failed = rehearsal.failed.unwrap();
        assert_eq!(failed.sqlstate(), Some(sqlstate));
        assert!(failed.location.to_string().starts_with(&format!("migrations/0002_m.up.sql:{place}")), "{failed}");
        assert!(tables(&client).await.is_empty());
    }
}

#[tokio::test]
async fn the_way_back_can_be_rehearsed() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, B]);
    let runner = Runner::new(&client, &folder);
    runner.up(None).await.unwrap();
    let rehearsal = runner.rehearse(&runner.plan_down(2).await.unwrap()).await.unwrap();
    assert_eq!(rehearsal.statements.len(), 2);
    assert_eq!(rehearsal.statements[0].locks[0].mode, "AccessExclusiveLock");
    assert_eq!(tables(&client).await, ["a", "b"]);
}
