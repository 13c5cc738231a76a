//! Reads of tables tagged `@audit read` leave an event, or do not happen.

use howdah_api::{ApiOptions, TxEnd};
use howdah_pg::lane::LaneOptions;
use howdah_testkit::{Sql, TestDb};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Server, now, personal};

/// Readings that nobody owns, what hangs on them, and ways to them through a view, functions and an embed.
const SCHEMA: &str = "
create table public.readings (id bigint generated always as identity primary key, kind text, value numeric);
comment on table public.readings is 'What was measured. @audit read';
create table public.sensors (id bigint generated always as identity primary key, reading_id bigint references public.readings);
create view public.summaries with (security_invoker = true) as select kind, count(*) as readings from public.readings group by kind;
create view public.over_summaries with (security_invoker = true) as select kind from public.summaries;
create function public.all_readings() returns setof public.readings language sql stable as 'select * from public.readings';
create function public.how_many() returns bigint language sql stable begin atomic select count(*) from public.readings; end;
create function public.twice(n integer) returns integer language sql stable as 'select 2 * n';
create function public.add_one() returns setof public.readings language sql volatile as
  'insert into public.readings (kind) values (''new'') returning *';
insert into public.readings (kind, value) select 'pulse', n from generate_series(1, 3) as n;
insert into public.sensors (reading_id) select id from public.readings;
grant select, insert, update, delete on public.readings, public.sensors to authenticated;
grant select on public.summaries, public.over_summaries to authenticated;
grant execute on function public.all_readings(), public.how_many(), public.twice(integer), public.add_one() to authenticated;
";

async fn database() -> TestDb {
    let db = personal().await;
    db.load([Sql::text("readings.sql", SCHEMA)]).await;
    db
}

/// The events of reads so far: table, role, whether the actor is Ada's pseudonym, and what was filtered.
async fn reads(db: &TestDb) -> Vec<(String, String, bool, Value)> {
    let sql = "select e.resource_type, e.actor_role, e.actor_id is not distinct from u.audit_pseudonym, e.after, \
         e.request_id is not null and e.ip is not null, e.session_id::text, e.api_key_id::text \
         from audit.audit_events e, auth.users u where u.email = 'ada@example.com' and e.action = 'read' order by e.id";
    let rows = db.client_superuser().await.query(sql, &[]).await.unwrap();
    let event = |row: &tokio_postgres::Row| {
        assert!(row.get::<_, bool>(4), "the request and the address are there");
        assert_eq!(row.get::<_, Option<String>>(5).unwrap(), "00000000-0000-4000-8000-00000000000b");
        assert_eq!(row.get::<_, Option<String>>(6).unwrap(), "00000000-0000-4000-8000-00000000000c");
        (row.get(0), row.get(1), row.get(2), row.get::<_, Value>(3))
    };
    rows.iter().map(event).collect()
}

fn token(server: &Server) -> String {
    server.sign(&json!({
        "sub": ADA, "role": "authenticated", "exp": now() + 600,
        "session_id": "00000000-0000-4000-8000-00000000000b", "api_key_id": "00000000-0000-4000-8000-00000000000c",
    }))
}

#[tokio::test]
async fn a_read_leaves_one_event_without_values() {
    let db = database().await;
    let server = Server::over(&db).await;
    let token = token(&server);
    let mut seen = 0;
    for (path, filters) in [
        ("readings?kind=eq.pulse&or=(value.gt.1,value.is.null)", Some(json!(["kind=eq", "value=gt", "value=is"]))),
        ("readings?id=eq.1", Some(json!(["id=eq"]))),
        ("readings?id=in.(1,2)&select=id", Some(json!(["id=in"]))),
        ("sensors?select=id,readings(kind)", Some(json!([]))),
        ("sensors?select=id,readings!inner()&readings.kind=eq.pulse", Some(json!(["kind=eq"]))),
        ("summaries", Some(json!([]))),
        ("over_summaries", Some(json!([]))),
        ("rpc/all_readings?kind=eq.pulse", Some(json!(["kind=eq"]))),
        ("rpc/how_many", Some(json!([]))),
        ("sensors", None),
        ("rpc/twice?n=2", None),
    ] {
        let answer = server.get(path, Some(&token)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let events = reads(&db).await;
        let new = &events[seen..];
        seen = events.len();
        let expected: Vec<_> = filters
            .into_iter()
            .map(|filters| {
                let details = json!({ "method": "GET", "filters": filters });
                ("public.readings".to_owned(), "authenticated".to_owned(), true, details)
            })
            .collect();
        assert_eq!(new, expected, "{path}");
    }
    let head =
        server.send(server.request(Method::HEAD, "readings", Some(&token)).header("prefer", "count=exact")).await;
    assert_eq!((head.status.as_u16(), head.header("content-range")), (200, Some("0-2/3")));
    assert_eq!(reads(&db).await.len(), seen + 1, "a count tells something, too");
    // A read that fails reads nothing.
    assert_eq!(server.get("readings?value=eq.x", Some(&token)).await.status, 400);
    assert_eq!(reads(&db).await.len(), seen + 1);
}

#[tokio::test]
async fn a_read_of_health_records_is_in_the_trail_and_cannot_write() {
    let db = database().await;
    let server = Server::over(&db).await;
    let token = token(&server);
    assert_eq!(server.rows("health_records?record_type=eq.lab", &token).await, json!([]));
    assert_eq!(reads(&db).await[0].0, "public.health_records");
    // GET stays read-only behind the event.
    let answer = server.get("rpc/add_one", Some(&token)).await;
    assert_eq!(answer.status, 405, "{}", answer.text);
    let answer = server.write(Method::POST, "rpc/add_one", &token, "", &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(reads(&db).await[1].0, "public.readings");
}

#[tokio::test]
async fn rows_that_were_written_are_in_the_event_of_the_write() {
    let db = database().await;
    let server = Server::over(&db).await;
    let token = token(&server);
    let representation = "return=representation";
    let made = server.write(Method::POST, "readings", &token, representation, &json!({ "kind": "a" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(reads(&db).await, []);
    let embed = "sensors?select=id,readings(kind)";
    let made = server.write(Method::POST, embed, &token, representation, &json!({ "reading_id": 1 })).await;
    assert_eq!(made.json()[0]["readings"]["kind"], "pulse");
    assert_eq!(reads(&db).await.len(), 1);
}

#[tokio::test]
async fn no_event_no_rows() {
    let db = database().await;
    let options = ApiOptions { tx_end: TxEnd::CommitAllowOverride, ..ApiOptions::default() };
    let lanes = LaneOptions { session_settings: options.session_settings(), ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, options).await;
    let token = token(&server);
    // A read changes nothing, so there is nothing to roll back but its event, which stays.
    let read = server.send(server.request(Method::GET, "readings", Some(&token)).header("prefer", "tx=rollback")).await;
    assert_eq!((read.status.as_u16(), reads(&db).await.len()), (200, 1), "{}", read.text);
    // What would be rolled back together with an event is refused.
    let call = server.write(Method::POST, "rpc/add_one", &token, "tx=rollback", &json!({})).await;
    assert_eq!((call.status.as_u16(), call.json()["code"].as_str()), (400, Some("HOWDAH400")), "{}", call.text);
    let operations = json!({ "operations": [{ "method": "GET", "path": "readings" }] });
    let batch = server.write(Method::POST, "batch", &token, "tx=rollback", &operations).await;
    assert_eq!(batch.status, 400, "{}", batch.text);
    assert_eq!(reads(&db).await.len(), 1);
    let batch = server.write(Method::POST, "batch", &token, "", &operations).await;
    assert_eq!((batch.status.as_u16(), reads(&db).await.len()), (200, 2), "{}", batch.text);

    // The event cannot be written.
    let admin = db.client_superuser().await;
    let refuse = "alter table audit.audit_events add constraint chk_no check (action <> 'read') not valid";
    admin.batch_execute(refuse).await.unwrap();
    let read = server.get("readings", Some(&token)).await;
    assert!(!read.status.is_success() && !read.text.contains("pulse"), "{} {}", read.status, read.text);

    // The trail has gone.
    admin.batch_execute("drop function audit.record_read(text, text, jsonb)").await.unwrap();
    server.api.reload().await.unwrap();
    let read = server.get("readings", Some(&token)).await;
    assert_eq!((read.status.as_u16(), read.json()["code"].as_str()), (500, Some("HOWDAH500")), "{}", read.text);
    assert_eq!(server.get("sensors", Some(&token)).await.status, 200);
}
