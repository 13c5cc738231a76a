//! What leaves the trail: exports, and what is followed.

use howdah_privacy::audit::{ExportFormat, ExportOptions, Tail, connect, export};
use howdah_testkit::TestDb;
use serde_json::Value;

use crate::support::{database, number, seal_all, settled};

async fn exported(db: &TestDb, options: &ExportOptions, format: ExportFormat) -> (u64, String) {
    let client = connect(&howdah_pg::Target::parse(&db.login_url()).unwrap()).await.unwrap();
    let mut out = Vec::new();
    let count = export(&client, options, format, &mut out, &|_| ()).await.unwrap();
    (count, String::from_utf8(out).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_exported() {
    let db = database().await;
    let admin = db.client_superuser().await;
    admin
        .batch_execute(
            "select set_config('request.id', 'r-1', false), set_config('request.ip', '192.0.2.7', false);
             insert into public.notes (title) select 'note ' || n from generate_series(1, 2500) as n;
             select audit.record_event('login_failed', 'auth', details => '{\"reason\": \"a, \\\"b\\\"\"}')",
        )
        .await
        .unwrap();
    seal_all(&db, 5_000).await;
    admin.batch_execute("update public.notes set title = 'new' where id = 1").await.unwrap();

    let (count, text) = exported(&db, &ExportOptions::default(), ExportFormat::Ndjson).await;
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((count, events.len()), (2_502, 2_502));
    let first = &events[0];
    assert_eq!(first["after"]["title"], "note 1");
    assert_eq!(
        (&first["sequence_number"], &first["request_id"], &first["ip"]),
        (&1.into(), &"r-1".into(), &"192.0.2.7".into())
    );
    assert_eq!(first["chain_sha256"].as_str().unwrap().len(), 64);
    let last = &events[2_501];
    assert_eq!((&last["action"], &last["sequence_number"]), (&"update".into(), &Value::Null));
    assert_eq!(last["changed_columns"], serde_json::json!(["title"]));

    let only = ExportOptions { resource_type: Some("auth".to_owned()), ..ExportOptions::default() };
    let (count, csv) = exported(&db, &only, ExportFormat::Csv).await;
    assert_eq!(count, 1);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let after = &row[names.iter().position(|name| name == "after").unwrap()];
    assert_eq!(serde_json::from_str::<Value>(after).unwrap()["reason"], "a, \"b\"");

    let none = ExportOptions { until: Some("2020-01-01Z".to_owned()), ..ExportOptions::default() };
    assert_eq!(exported(&db, &none, ExportFormat::Ndjson).await, (0, String::new()));
    let all = ExportOptions { from: Some("2020-01-01Z".to_owned()), ..ExportOptions::default() };
    assert_eq!(exported(&db, &all, ExportFormat::Ndjson).await.0, 2_502);
    let nobody =
        ExportOptions { subject: Some("00000000-0000-4000-8000-000000000000".to_owned()), ..ExportOptions::default() };
    assert_eq!(exported(&db, &nobody, ExportFormat::Ndjson).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_is_followed_once() {
    let db = database().await;
    let (writer, slow) = (db.client_superuser().await, db.client_superuser().await);
    writer.batch_execute("insert into public.notes (title) values ('1'), ('2'), ('3')").await.unwrap();
    let client = connect(&howdah_pg::Target::parse(&db.login_url()).unwrap()).await.unwrap();
    settled(&client).await;
    let mut tail = Tail::last(&client, 2).await.unwrap();
    let mut seen = titles(&mut tail, &client).await;
    slow.batch_execute("begin; insert into public.notes (title) values ('4')").await.unwrap();
    writer.batch_execute("insert into public.notes (title) values ('5')").await.unwrap();
    // 4 may still come before 5.
    seen.extend(titles(&mut tail, &client).await);
    assert_eq!(seen, ["2", "3"]);
    slow.batch_execute("commit").await.unwrap();
    while seen.len() < 4 {
        seen.extend(titles(&mut tail, &client).await);
    }
    assert_eq!(seen, ["2", "3", "4", "5"]);
    assert_eq!(titles(&mut tail, &client).await, [""; 0]);
    let mut everything = Tail::last(&client, 1_000).await.unwrap();
    assert_eq!(everything.next(&client).await.unwrap().len(), 5);
    assert_eq!(number(&writer, "select count(*) from audit.audit_events").await, 5);
}

async fn titles(tail: &mut Tail, client: &tokio_postgres::Client) -> Vec<String> {
    let events = tail.next(client).await.unwrap();
    events.iter().map(|event| event["after"]["title"].as_str().unwrap().to_owned()).collect()
}
