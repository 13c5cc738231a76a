//! Months that retention drops, and those that somebody else has.

use howdah_privacy::audit::{AuditError, Problem, SigningKey, plan, prune};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

use crate::support::{clean, database, key, number, seal_all, sealer, verified};

/// Two old months with five events each, and two events of today.
async fn old_trail() -> (TestDb, Client) {
    let db = database().await;
    let owner = db.client_owner().await;
    for (name, from, to) in [("2020_01", "2020-01-01", "2020-02-01"), ("2020_02", "2020-02-01", "2020-03-01")] {
        let sql = format!(
            "create table audit.audit_events_{name} partition of audit.audit_events for values from ('{from}Z') to ('{to}Z');
             alter table audit.audit_events_{name} enable row level security, force row level security"
        );
        owner.batch_execute(&sql).await.unwrap();
    }
    let admin = db.client_superuser().await;
    let events = "insert into audit.audit_events (created_at, updated_at, actor_role, action, resource_type, salt)
         select t, t, 'anon', 'test', 'old', 'salt'
         from generate_series(timestamptz '2020-01-05Z', timestamptz '2020-02-29Z', interval '6 days') as t limit 10;
         insert into public.notes (title) values ('a'), ('b')";
    admin.batch_execute(events).await.unwrap();
    assert_eq!(seal_all(&db, 5).await, 12);
    clean(&verified(&admin).await);
    (db, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_goes_and_the_chain_stays() {
    let (db, admin) = old_trail().await;
    let mut client = sealer(&db).client().await.unwrap();
    let months = plan(&client, 365).await.unwrap();
    let named: Vec<_> = months.iter().map(|month| (month.month.as_str(), month.events)).collect();
    assert_eq!(named, [("2020-01", 5), ("2020-02", 5)]);
    assert_eq!(plan(&client, 365 * 100).await.unwrap(), []);
    // Nothing of it is done by planning.
    clean(&verified(&admin).await);

    let pruned = prune(&mut client, &key(), &months[0]).await.unwrap();
    assert_eq!((pruned.partition.as_str(), pruned.events), ("audit_events_2020_01", 5));
    assert_eq!(number(&admin, "select count(*) from audit.audit_events where created_at < '2020-02-01Z'").await, 0);
    assert_eq!(seal_all(&db, 5).await, 1, "that it was dropped is an event");
    let report = verified(&admin).await;
    clean(&report);
    assert_eq!((report.seals, report.events, report.dropped), (13, 8, 5));

    prune(&mut client, &key(), &months[1]).await.unwrap();
    seal_all(&db, 5).await;
    let report = verified(&admin).await;
    clean(&report);
    assert_eq!((report.seals, report.events, report.dropped), (14, 4, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_it_was_sealed_is_not_dropped() {
    let (db, admin) = old_trail().await;
    let mut client = sealer(&db).client().await.unwrap();
    let months = plan(&client, 365).await.unwrap();
    admin.batch_execute("set session_replication_role = replica").await.unwrap();
    // Each spoils another event of the first month, from the last to the first: the walk meets the newest change first.
    for (change, event) in [
        ("update audit.audit_events set actor_role = 'b' where id = 5", 5),
        ("update audit.audit_events set salt = 'other' where id = 4", 4),
        ("delete from audit.seals where event_id = 3", 3),
        ("update audit.seals set event_sha256 = sha256('') where event_id = 2", 2),
    ] {
        admin.batch_execute(change).await.unwrap();
        let error = prune(&mut client, &key(), &months[0]).await.unwrap_err();
        assert!(matches!(error, AuditError::NotDropped { .. }), "{change}: {error}");
        assert!(error.to_string().contains(&format!("event {event} ")), "{change}: {error}");
    }
    // The other month is untouched, and goes; one that nobody vouches for does not.
    prune(&mut client, &key(), &months[1]).await.unwrap();
    let error = client.query_one("select audit.drop_partition('audit_events_2020_01')", &[]).await.unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("nothing vouches"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_properly_dropped_may_be_missing() {
    let (db, admin) = old_trail().await;
    let mut client = sealer(&db).client().await.unwrap();
    let months = plan(&client, 365).await.unwrap();
    prune(&mut client, &key(), &months[0]).await.unwrap();
    seal_all(&db, 100).await;
    admin.batch_execute("set session_replication_role = replica").await.unwrap();
    let forged = "insert into audit.dropped_partitions
         select 'audit_events_2020_02', ends_at, ends_at + interval '29 days', event_count, 10, seals_sha256, key_name, signature
         from audit.dropped_partitions";
    for (change, problem, event) in [
        ("drop table audit.audit_events_2020_02", Problem::EventMissing, Some(6)),
        ("delete from audit.audit_events where id = 8", Problem::EventMissing, Some(8)),
        ("delete from audit.dropped_partitions", Problem::EventMissing, Some(1)),
        ("update audit.dropped_partitions set event_count = 6", Problem::DroppedChanged, None),
        ("update audit.dropped_partitions set ends_at = '2020-03-01Z'", Problem::DroppedChanged, None),
        ("update audit.dropped_partitions set updated_at = now()", Problem::DroppedChanged, None),
        ("update audit.dropped_partitions set key_name = 'ed25519:00'", Problem::UnknownKey, None),
        (forged, Problem::DroppedChanged, None),
        ("delete from audit.seals where event_id = 4", Problem::SealMissing, None),
    ] {
        admin.batch_execute(&format!("begin; {change}")).await.unwrap();
        let report = verified(&admin).await;
        admin.batch_execute("rollback").await.unwrap();
        let first = report.findings.first().unwrap_or_else(|| panic!("nothing was found after {change}"));
        assert_eq!((first.problem, first.event_id), (problem, event), "{change}: {report:#?}");
    }
    // Somebody else's key vouches for nothing.
    let other = SigningKey::from_hex(&"11".repeat(32)).unwrap();
    prune(&mut client, &other, &months[1]).await.unwrap();
    let report = verified(&admin).await;
    assert_eq!(report.findings[0].problem, Problem::UnknownKey, "{report:#?}");
    assert!(report.findings.iter().any(|finding| finding.event_id == Some(6)));
}
