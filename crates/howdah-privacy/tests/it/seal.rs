//! What the sealer seals, and who may be it.

use std::time::Duration;

use howdah_privacy::audit::{
    AuditError, Batch, Problem, SealOptions, Sealer, SealerOptions, SealerState, connect, record, seal_batch, standing,
};
use howdah_testkit::TestDb;
use serde_json::json;

use crate::support::{clean, database, key, number, seal_all, sealer, verified};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_waits_for_what_may_still_come_before_it() {
    let db = database().await;
    let (early, late) = (db.client_superuser().await, db.client_superuser().await);
    early.batch_execute("begin; insert into public.notes (title) values ('early')").await.unwrap();
    late.batch_execute("insert into public.notes (title) values ('late')").await.unwrap();
    let mut client = sealer(&db).client().await.unwrap();
    let options = SealOptions::default();
    // The late one is committed, and has the higher id.
    assert_eq!(seal_batch(&mut client, None, &options).await.unwrap(), Batch::Sealed(0));
    assert_eq!(standing(&client).await.unwrap().unsealed, 1);
    early.batch_execute("commit").await.unwrap();
    assert_eq!(seal_all(&db, 10).await, 2);
    clean(&verified(&late).await);
    let standing = standing(&client).await.unwrap();
    assert_eq!((standing.sequence_number, standing.unsealed, standing.checkpoint_number), (2, 0, Some(2)));
    assert_eq!(standing.checkpoint_key, Some(key().public().to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seals_at_a_time() {
    let db = database().await;
    db.client_superuser().await.batch_execute("insert into public.notes (title) values ('a')").await.unwrap();
    let mut holder = sealer(&db).client().await.unwrap();
    let mut other = sealer(&db).client().await.unwrap();
    let transaction = holder.transaction().await.unwrap();
    transaction.batch_execute("select pg_advisory_xact_lock('audit.seals'::regclass::integer, 0)").await.unwrap();
    assert_eq!(seal_batch(&mut other, None, &SealOptions::default()).await.unwrap(), Batch::Elsewhere);
    transaction.rollback().await.unwrap();
    assert_eq!(seal_batch(&mut other, None, &SealOptions::default()).await.unwrap(), Batch::Sealed(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_adds_to_the_chain() {
    let db = database().await;
    let seal = "insert into audit.seals values (1, 1, now(), '1', sha256(''), sha256(''), sha256(''))";
    for (role, sql) in [
        ("howdah_sealer", "insert into audit.audit_events (actor_role, action, resource_type) values ('a', 'b', 'c')"),
        ("howdah_sealer", "update audit.seals set event_id = 2"),
        ("howdah_sealer", "delete from audit.seals"),
        ("howdah_sealer", "delete from audit.audit_events"),
        ("howdah_sealer", "select * from auth.users"),
        ("howdah_sealer", "select audit.record_event('a', 'b')"),
        ("service_role", seal),
        ("service_role", "select audit.drop_partition('audit_events_2020_01')"),
        ("howdah_auth", seal),
        ("authenticated", seal),
        ("authenticated", "select audit.record_read('service_role', 'public.notes', null)"),
        ("anon", seal),
    ] {
        let error = db.client_as(role).await.batch_execute(sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{role}: {sql}");
    }
    // Whatever runs in a request's session cannot become the sealer.
    let error = db.client_login().await.batch_execute("set role howdah_sealer").await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42501");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_is_hashed_as_postgresql_prints_it() {
    let db = database().await;
    let admin = db.client_superuser().await;
    let events = r#"insert into public.notes (title) values ('Zoë said "a\b" 😀'), (null), (e'\t\n\u0001');
         update public.notes set title = 'x', body = 'y'; delete from public.notes where id = 2;
         select audit.record_event('a', 'b', ip => '2001:db8::7/64');
         select set_config('request.ip', '192.0.2.7', false);
         select audit.record_event('a', 'b', details => '[1.50, {"ä": null, "b": [], "aa": true}, "/\u2028"]');
         select audit.record_event('a', 'b', details => 'null')"#;
    admin.batch_execute(events).await.unwrap();
    assert_eq!(seal_all(&db, 100).await, 10);
    let same = "select count(*) from audit.audit_events e join audit.seals s on s.event_id = e.id \
         where s.payload_sha256 = audit.payload_digest(e.salt, e.before, e.after, e.ip) and octet_length(e.salt) = 16";
    assert_eq!(number(&admin, same).await, 10);
    clean(&verified(&admin).await);
}

/// The digests of docs/audit.md, made by PostgreSQL alone.
const DIGESTS: &str = r"
create function pg_temp.field(value text) returns bytea language sql as $$
  select coalesce('\x01'::bytea || int4send(octet_length(value)) || convert_to(value, 'UTF8'), '\x00'::bytea)
$$;
create function pg_temp.message(variadic fields text[]) returns bytea language sql as $$
  select string_agg(pg_temp.field(f.value), ''::bytea order by f.place) from unnest(fields) with ordinality as f (value, place)
$$;
create function pg_temp.micros(moment timestamptz) returns text language sql as $$
  select trunc(extract(epoch from moment) * 1000000)::text
$$;
create function pg_temp.hex(digest bytea) returns text language sql as $$ select encode(digest, 'hex') $$;
create view pg_temp.same as
select
  s.event_sha256 = sha256(pg_temp.message('howdah.audit.event.1', e.id::text, pg_temp.micros(e.created_at), e.xid::text,
    e.actor_id::text, e.actor_role, e.session_id::text, e.api_key_id::text, e.action, e.resource_type, e.resource_id,
    e.subject_id::text, e.changed_columns::text, e.request_id))
  and s.chain_sha256 = sha256(pg_temp.message('howdah.audit.seal.1',
    pg_temp.hex(coalesce(lag(s.chain_sha256::bytea) over (order by s.sequence_number), decode(repeat('00', 32), 'hex'))),
    s.sequence_number::text, s.event_id::text, pg_temp.micros(s.event_created_at), s.event_xid::text,
    pg_temp.hex(s.event_sha256), pg_temp.hex(s.payload_sha256), pg_temp.micros(s.created_at))) as is_same
from audit.seals s join audit.audit_events e on e.id = s.event_id;
";

#[tokio::test(flavor = "multi_thread")]
async fn events_and_seals_are_hashed_as_their_description_says() {
    let db = database().await;
    let admin = db.client_superuser().await;
    let person = "00000000-0000-4000-8000-00000000000a";
    let events = format!(
        r#"insert into auth.users (id, email) values ('{person}', 'a@example.org');
         insert into public.notes (title) values ('a'), ('b');
         update public.notes set title = 'é', body = 'y';
         select set_config('request.id', 'r-1', false), set_config('request.jwt.claims',
           '{{"sub": "{person}", "session_id": "{person}", "api_key_id": "{person}"}}', false);
         insert into public.notes (title) values ('c');
         select audit.record_event('a', 'b', 'é', subject_user_id => '{person}');
         select audit.redact_subject('{person}')"#
    );
    admin.batch_execute(&events).await.unwrap();
    assert_eq!(seal_all(&db, 3).await, 8);
    admin.batch_execute(DIGESTS).await.unwrap();
    let counts = "select count(*) filter (where is_same), count(*) from pg_temp.same";
    let row = admin.query_one(counts, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (8, 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_redacted_before_it_is_sealed_has_nothing_to_be_proven() {
    let db = database().await;
    let admin = db.client_superuser().await;
    let person = "00000000-0000-4000-8000-00000000000a";
    let setup = format!(
        "insert into auth.users (id, email) values ('{person}', 'a@example.org');
         select audit.record_event('a', 'b', subject_user_id => '{person}', details => '{{}}') from generate_series(1, 3);
         select audit.redact_subject('{person}')"
    );
    admin.batch_execute(&setup).await.unwrap();
    seal_all(&db, 100).await;
    let report = verified(&admin).await;
    clean(&report);
    // The account's own creation is about them, too.
    assert_eq!((report.events, report.redacted), (5, 4));
    let sealed = "select count(*) from audit.seals where payload_sha256 is null";
    assert_eq!(number(&admin, sealed).await, 4);

    // Nobody can give one of them a payload afterwards, nor take another's out and call it that.
    admin.batch_execute("set session_replication_role = replica").await.unwrap();
    for (change, problem) in [
        (
            "update audit.audit_events set after = '{}', salt = 'x', updated_at = created_at where id = 2",
            Problem::PayloadChanged,
        ),
        ("update audit.audit_events set salt = null, after = null where id = 5", Problem::PayloadRemoved),
        ("update audit.seals set payload_sha256 = sha256('') where sequence_number = 2", Problem::SealChanged),
        ("update audit.seals set payload_sha256 = null where sequence_number = 5", Problem::SealChanged),
    ] {
        admin.batch_execute(&format!("begin; {change}")).await.unwrap();
        let report = verified(&admin).await;
        admin.batch_execute("rollback").await.unwrap();
        let first = report.findings.first().unwrap_or_else(|| panic!("nothing was found after {change}"));
        assert_eq!(first.problem, problem, "{change}: {report:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_of_the_form_it_has_to_be() {
    let db = database().await;
    let admin = db.client_superuser().await;
    for call in [
        "record_event('A', 'b')",
        "record_event('', 'b')",
        "record_event(null, 'b')",
        "record_event('a b', 'b')",
        "record_event(repeat('a', 101), 'b')",
        "record_event('a', repeat('b', 128))",
        "record_event('a', 'b', repeat('c', 256))",
        "record_read(repeat('a', 64), 'b', null)",
    ] {
        let error = admin.batch_execute(&format!("select audit.{call}")).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "23514", "{call}");
    }
    // A key that is longer than the trail keeps is no reason to refuse the row.
    let long = "create table public.long (id text primary key);
         create trigger trg_long_audit after insert on public.long for each row execute function audit.record_change('id', '');
         insert into public.long values (repeat('k', 300))";
    admin.batch_execute(long).await.unwrap();
    let kept = "select count(*) from audit.audit_events where resource_id = repeat('k', 255) and after ->> 'id' = repeat('k', 300)";
    assert_eq!(number(&admin, kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_numbers_that_began_anew_are_noticed() {
    let db = database().await;
    let admin = db.client_superuser().await;
    admin.batch_execute("insert into public.notes (title) values ('a')").await.unwrap();
    seal_all(&db, 10).await;
    admin
        .batch_execute("set session_replication_role = replica; update audit.seals set event_xid = '4000000000000'")
        .await
        .unwrap();
    let mut client = sealer(&db).client().await.unwrap();
    let error = seal_batch(&mut client, None, &SealOptions::default()).await.unwrap_err();
    assert!(matches!(error, AuditError::TransactionsBehind { sealed: 4_000_000_000_000, .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealer_runs_and_says_what_it_does() {
    let db = database().await;
    let admin = db.client_superuser().await;
    admin.batch_execute("insert into public.notes (title) select 'a' from generate_series(1, 30)").await.unwrap();
    let seal = SealOptions { batch: 7, ..SealOptions::default() };
    let options = SealerOptions { seal, pause: Duration::from_millis(5), ..SealerOptions::default() };
    let sealer = Sealer::start(sealer(&db), Some(key()), options);
    let status = sealer.status();
    while status.standing().is_none_or(|standing| standing.sequence_number < 30) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((status.state(), status.sealed(), status.error()), (SealerState::Sealing, 30, None));
    assert!(status.standing().unwrap().checkpoint_number.is_some());
    // The upkeep came first.
    let months = "select count(*) from pg_inherits where inhparent = 'audit.audit_events'::regclass";
    assert_eq!(number(&admin, months).await, 1 + 4);
    clean(&verified(&admin).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_a_trail_is_left_alone() {
    let db = TestDb::empty().await;
    let target = howdah_pg::Target::parse(&db.owner_url()).unwrap();
    let sealer = Sealer::start(target.clone(), None, SealerOptions::default());
    while sealer.status().state() != SealerState::NoTrail {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = connect(&target).await.unwrap_err();
    assert!(error.to_string().contains("audit.seals"), "{error}");
    assert!(!record(&db.client_owner().await, "admin.test", "x", &json!({})).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_read_as_whoever_may() {
    let db = database().await;
    db.client_superuser().await.batch_execute("insert into public.notes (title) values ('a')").await.unwrap();
    seal_all(&db, 10).await;
    for url in [db.owner_url(), db.login_url(), db.superuser_url(), db.url_as("service_role")] {
        let client = connect(&howdah_pg::Target::parse(&url).unwrap()).await.unwrap();
        let report = verified(&client).await;
        clean(&report);
        assert_eq!((report.seals, report.events, report.checkpoints), (1, 1, 1), "{url}");
    }
    let client = db.client_owner().await;
    assert!(record(&client, "admin.test", "x", &json!({ "a": 1 })).await.unwrap());
    let last = "select action || ' ' || resource_type || ' ' || (after ->> 'a') || ' ' || actor_role \
         from audit.audit_events order by id desc limit 1";
    let last: String = db.client_superuser().await.query_one(last, &[]).await.unwrap().get(0);
    assert_eq!(last, "admin.test x 1 howdah_owner");
}
