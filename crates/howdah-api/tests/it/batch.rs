//! `POST /batch`: all of it or nothing.

use howdah_api::{ApiOptions, TxEnd};
use howdah_http::GateOptions;
use howdah_pg::lane::LaneOptions;
use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Answer, BEN, Server, kinds, personal};

async fn batch(server: &Server, token: &str, operations: Value) -> Answer {
    server.write(Method::POST, "batch", token, "", &json!({ "operations": operations })).await
}

/// Status and body of each operation.
#[track_caller]
fn results(answer: &Answer) -> Vec<(u64, Value)> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    let results = answer.json();
    let results = results.as_array().unwrap().iter();
    results.map(|result| (result["status"].as_u64().unwrap(), result["body"].clone())).collect()
}

/// The batch fails with a code at an operation, and no row of `kinds` or `parts` is left.
async fn check_refused(operations: Value, status: u16, code: &str, operation: Value) {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let answer = batch(&server, &server.token(ADA), operations).await;
    let error = answer.json();
    let found = (answer.status.as_u16(), error["code"].as_str(), &error["operation"]);
    assert_eq!(found, (status, Some(code), &operation), "{}", answer.text);
    assert_eq!(count(&db, "kinds").await + count(&db, "parts").await, 0);
}

async fn count(db: &TestDb, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    db.client_owner().await.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn operations_of_every_kind_name_the_results_before_them() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner
        .batch_execute(
            "create function twice(n integer) returns integer language sql immutable as 'select 2 * n';
             create function method() returns text language sql stable as
               $$ select current_setting('request.method') || current_setting('transaction_read_only')
                      || current_setting('timezone') || current_setting('request.path') $$;",
        )
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let rows = json!({ "Prefer": "return=representation" });
    let answer = batch(
        &server,
        &token,
        json!([
            { "id": "k", "method": "POST", "path": "kinds?select=id,small,name,data", "headers": rows,
              "body": [{ "small": 3, "name": "a,b) or \"c\"", "data": { "$literal": { "$ref": "x" } } }] },
            { "id": "p", "method": "POST", "path": "/rest/v1/parts", "headers": rows,
              "body": { "id": { "$ref": "k/0/small" }, "kind_id": { "$ref": "k/0/id" } } },
            { "method": "GET", "path": "kinds?select=id,parts(id)&id=eq.{k/0/id}" },
            { "method": "GET", "path": "kinds?select=id&or=(name.eq.{k/0/name},id.is.null)&name=in.(x,{k/0/name})" },
            { "method": "PATCH", "path": "kinds?id=eq.{p/0/kind_id}&select=name", "headers": rows, "body": { "name": "é" } },
            { "method": "PUT", "path": "parts?id=eq.3", "body": { "id": 3, "kind_id": { "$ref": "k/0/id" } } },
            { "method": "POST", "path": "rpc/twice", "body": { "n": { "$ref": "k/0/small" } } },
            { "method": "GET", "path": "rpc/twice?n={k/0/small}" },
            { "method": "GET", "path": "kinds?select=name", "headers": { "Accept": "text/csv" } },
            { "method": "POST", "path": "parts", "headers": { "Content-Type": "text/csv", "Prefer": "return=minimal, timezone=Asia/Tokyo" },
              "body": "id,kind_id\n9,1\n" },
            { "method": "GET", "path": "rpc/method" },
            { "method": "DELETE", "path": "parts?kind_id=eq.{k/0/id}", "headers": { "Prefer": "count=exact" } },
            { "method": "GET", "path": "rpc/method" },
        ]),
    )
    .await;
    let found = results(&answer);
    let get = found[10].1.as_str().unwrap().to_owned();
    assert!(get.starts_with("GETon") && get.ends_with("/rest/v1/rpc/method") && !get.contains("Tokyo"), "{get}");
    let expected = [
        (201, json!([{ "id": 1, "small": 3, "name": "a,b) or \"c\"", "data": { "$ref": "x" } }])),
        (201, json!([{ "id": 3, "kind_id": 1 }])),
        (200, json!([{ "id": 1, "parts": [{ "id": 3 }] }])),
        (200, json!([{ "id": 1 }])),
        (200, json!([{ "name": "é" }])),
        (204, Value::Null),
        (200, json!(6)),
        (200, json!(6)),
        (200, json!("name\né")),
        (201, Value::Null),
        (200, json!(get)),
        (204, Value::Null),
        (200, json!(get)),
    ];
    assert_eq!(found, expected);
    let headers = &answer.json()[11]["headers"];
    assert_eq!((&headers["content-range"], &headers["preference-applied"]), (&json!("*/2"), &json!("count=exact")));
    assert_eq!((count(&db, "kinds").await, count(&db, "parts").await), (1, 0));
}

#[tokio::test]
async fn a_failure_undoes_everything_and_is_named() {
    let kind = json!({ "id": "k", "method": "POST", "path": "kinds", "body": { "small": 1, "big": 7 } });
    for (second, status, code) in [
        (json!({ "id": "b", "method": "POST", "path": "kinds", "body": { "big": 7 } }), 409, "23505"),
        (json!({ "id": "b", "method": "POST", "path": "parts", "body": { "id": 1, "kind_id": 99 } }), 409, "23503"),
        (json!({ "id": "b", "method": "GET", "path": "kinds?nope=eq.1" }), 400, "42703"),
        (json!({ "id": "b", "method": "GET", "path": "nowhere" }), 404, "PGRST205"),
        (json!({ "id": "b", "method": "GET", "path": "kinds?id=eq.{k/0/id}" }), 400, "HOWDAH400"),
        (json!({ "id": "b", "method": "GET", "path": "kinds?id={c/0}" }), 400, "HOWDAH400"),
        (json!({ "id": "b", "method": "POST", "path": "kinds", "body": "x" }), 400, "PGRST102"),
        (
            json!({ "id": "b", "method": "PATCH", "path": "kinds", "body": { "small": 2 },
                    "headers": { "Prefer": "handling=strict, max-affected=0" } }),
            400,
            "PGRST124",
        ),
        (
            json!({ "id": "b", "method": "GET", "path": "kinds?id=eq.0",
                    "headers": { "Accept": "application/vnd.pgrst.object+json" } }),
            406,
            "PGRST116",
        ),
    ] {
        check_refused(json!([kind, second]), status, code, json!({ "index": 1, "id": "b" })).await;
    }
}

#[tokio::test]
async fn what_is_no_batch_is_refused_before_anything_runs() {
    let kind = json!({ "method": "POST", "path": "kinds", "body": { "small": 1 } });
    let with = |name: &str, value: Value| {
        let mut changed = kind.clone();
        changed[name] = value;
        changed
    };
    for wrong in [
        with("method", json!("HEAD")),
        with("path", json!("rpc/a/b")),
        with("path", json!("")),
        with("id", json!("a/b")),
        with("id", json!("0")),
        with("headers", json!({ "Authorization": "Bearer x" })),
        with("path", json!("{0/x}")),
        json!({ "method": "GET", "path": "kinds", "body": {} }),
    ] {
        check_refused(json!([kind, wrong]), 400, "HOWDAH400", Value::Null).await;
    }
    check_refused(json!([kind, with("nope", json!(1))]), 400, "PGRST102", Value::Null).await;
    check_refused(json!({ "a": 1 }), 400, "PGRST102", Value::Null).await;
    check_refused(Value::Array(vec![kind; 101]), 413, "HOWDAH413", Value::Null).await;
}

#[tokio::test]
async fn deferred_constraints_are_asked_at_the_end() {
    let db = kinds().await;
    db.client_owner()
        .await
        .batch_execute("alter table parts alter constraint fk_parts_kind deferrable initially deferred")
        .await
        .unwrap();
    let lanes = LaneOptions::default();
    let options = ApiOptions { tx_end: TxEnd::CommitAllowOverride, ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), lanes, options).await;
    let token = server.token(ADA);
    let part = json!({ "method": "POST", "path": "parts", "body": { "id": 1, "kind_id": 1 } });
    let kind = json!({ "method": "POST", "path": "kinds", "body": { "small": 1 } });
    for prefer in ["", "tx=rollback"] {
        let body = json!({ "operations": [part] });
        let answer = server.write(Method::POST, "batch", &token, prefer, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("23503")), "{}", answer.text);
        assert_eq!(answer.json()["operation"], Value::Null);
        assert_eq!(count(&db, "parts").await, 0);
    }
    // Sequences are not undone: ids are chosen here.
    let kind_of = |id: u64| json!({ "method": "POST", "path": "kinds", "headers": { "Prefer": "return=representation" }, "body": { "small": id } });
    let rolled_back = json!({ "operations": [kind_of(1)] });
    let answer = server.write(Method::POST, "batch", &token, "tx=rollback", &rolled_back).await;
    assert_eq!(results(&answer).len(), 1);
    assert_eq!(answer.header("preference-applied"), Some("tx=rollback"));
    assert_eq!(count(&db, "kinds").await, 0);
    let own_end = json!([{ "id": "b", "method": "GET", "path": "kinds", "headers": { "Prefer": "tx=rollback" } }]);
    let answer = batch(&server, &token, own_end).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["operation"]["id"]), (400, &json!("b")));
    db.client_owner().await.batch_execute("alter sequence kinds_id_seq restart").await.unwrap();
    assert_eq!(results(&batch(&server, &token, json!([part, kind])).await).len(), 2);
    assert_eq!((count(&db, "parts").await, count(&db, "kinds").await), (1, 1));
}

#[tokio::test]
async fn row_level_security_holds_for_every_operation() {
    let db = personal().await;
    let server = Server::over(&db).await;
    let (ada, ben) = (server.token(ADA), server.token(BEN));
    let note = |user: &str| {
        json!({ "method": "POST", "path": "notes?select=id", "headers": { "Prefer": "return=representation" },
                                   "body": { "user_id": user, "title": "t", "content": "c" } })
    };
    let made = batch(
        &server,
        &ada,
        json!([note(ADA), { "method": "DELETE", "path": "notes?id=eq.{0/0/id}" },
                                           { "method": "GET", "path": "notes?select=id" },
                                           { "method": "GET", "path": "notes?select=id&trash=only" }, note(ADA)]),
    )
    .await;
    let found = results(&made);
    // The trash that a DELETE may see is not seen by the GET after it.
    assert_eq!((found[2].1.as_array().unwrap().len(), found[3].1.as_array().unwrap().len()), (0, 1), "{}", made.text);
    let id = &found[4].1[0]["id"];
    let answer = batch(
        &server,
        &ben,
        json!([
            { "method": "GET", "path": format!("notes?id=eq.{}", id.as_str().unwrap()) },
            { "method": "PATCH", "path": "notes", "body": { "title": "ben" }, "headers": { "Prefer": "count=exact" } },
        ]),
    )
    .await;
    assert_eq!(results(&answer), [(200, json!([])), (204, Value::Null)]);
    let answer = batch(&server, &ben, json!([note(BEN), note(ADA)])).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["operation"]["index"]), (403, &json!(1)), "{}", answer.text);
    assert_eq!(count(&db, "notes").await, 2);
}

#[tokio::test]
async fn a_read_may_not_write_and_the_next_operation_may() {
    let db = kinds().await;
    db.client_owner()
        .await
        .batch_execute("create function writes() returns void language sql as 'insert into kinds (small) values (5)';")
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let read = json!({ "method": "GET", "path": "kinds?select=id" });
    let write = json!({ "method": "POST", "path": "kinds", "body": { "small": 1 } });
    let call = |method: &str| json!({ "id": "c", "method": method, "path": "rpc/writes" });
    let answer = batch(&server, &token, json!([read, write, call("GET")])).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (405, &json!("25006")), "{}", answer.text);
    assert_eq!(count(&db, "kinds").await, 0);
    assert_eq!(results(&batch(&server, &token, json!([read, write, read, call("POST")])).await).len(), 4);
    assert_eq!(count(&db, "kinds").await, 2);
}

#[tokio::test]
async fn what_one_operation_says_of_its_answer_is_not_said_by_the_next() {
    let db = kinds().await;
    db.client_owner()
        .await
        .batch_execute(
            "create function says() returns integer language plpgsql as $$ begin
               perform set_config('response.status', '202', true),
                       set_config('response.headers', '[{\"x-said\": \"yes\"}]', true);
               return 1; end $$;",
        )
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let upsert = json!({ "method": "POST", "path": "kinds?on_conflict=big", "body": [{ "big": 1 }],
                         "headers": { "Prefer": "resolution=merge-duplicates" } });
    let say = json!({ "method": "POST", "path": "rpc/says" });
    let answer = batch(&server, &server.token(ADA), json!([say, upsert, upsert, say])).await;
    let found: Vec<_> = results(&answer).into_iter().map(|(status, _)| status).collect();
    assert_eq!(found, [202, 201, 200, 202]);
    let results = answer.json();
    assert_eq!((&results[0]["headers"]["x-said"], &results[1]["headers"]["x-said"]), (&json!("yes"), &Value::Null));
}

#[tokio::test]
async fn a_thousand_rows_name_one_parent() {
    let db = kinds().await;
    let options = ApiOptions { max_batch: 1001, ..ApiOptions::default() };
    let gate = GateOptions::default();
    let server = Server::start_behind(&db.login_url(), LaneOptions::default(), options, gate).await;
    let mut operations =
        vec![json!({ "id": "parent", "method": "POST", "path": "kinds?select=id", "body": { "small": 1 },
                                      "headers": { "Prefer": "return=representation" } })];
    let child = |id: u64| json!({ "method": "POST", "path": "parts", "body": { "id": id, "kind_id": { "$ref": "parent/0/id" } } });
    operations.extend((1..=1000).map(child));
    let answer = batch(&server, &server.token(ADA), Value::Array(operations.clone())).await;
    assert!(results(&answer).iter().all(|(status, _)| *status == 201));
    assert_eq!(count(&db, "parts").await, 1000);
    let answer = batch(&server, &server.token(ADA), Value::Array(operations)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["operation"]["index"]), (409, &json!(1)));
    assert_eq!((count(&db, "parts").await, count(&db, "kinds").await), (1000, 1));
}

#[tokio::test]
async fn concurrent_batches_are_each_whole() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("insert into kinds (small, big) values (0, 1), (0, 2)").await.unwrap();
    owner
        .batch_execute("create function add(k bigint) returns void language sql as 'update kinds set small = small + 1 where big = k'")
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let add = |k: u64| json!({ "method": "POST", "path": "rpc/add", "body": { "k": k } });
    // In the same order of rows, so that they wait for each other.
    let batches = (0..20).map(|_| batch(&server, &token, json!([add(1), add(2)])));
    for answer in futures_util::future::join_all(batches).await {
        assert_eq!(results(&answer).len(), 2);
    }
    let row = owner.query_one("select min(small), max(small) from kinds", &[]).await.unwrap();
    assert_eq!((row.get::<_, i16>(0), row.get::<_, i16>(1)), (20, 20));
    // Against each other: where PostgreSQL finds a deadlock, one of both is undone whole and says so.
    let batches = (0..10).map(|n| batch(&server, &token, json!([add(1 + n % 2), add(2 - n % 2)])));
    let mut done: i16 = 0;
    for answer in futures_util::future::join_all(batches).await {
        if answer.status.is_success() {
            done += 1;
        } else {
            assert_eq!(answer.json()["code"], "40P01", "{}", answer.text);
            assert!(answer.json()["operation"]["index"].is_u64(), "{}", answer.text);
        }
    }
    let row = owner.query_one("select min(small), max(small) from kinds", &[]).await.unwrap();
    assert_eq!((row.get::<_, i16>(0), row.get::<_, i16>(1)), (20 + done, 20 + done));
}

#[tokio::test]
async fn a_serialization_failure_is_said_and_changes_nothing() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("insert into kinds (small, big) values (0, 1)").await.unwrap();
    let lanes = LaneOptions {
        session_settings: vec![("default_transaction_isolation".to_owned(), "repeatable read".to_owned())],
        ..LaneOptions::default()
    };
    let server = Server::start(&db.login_url(), lanes, ApiOptions::default()).await;
    let token = server.token(ADA);
    // Another transaction holds the row until the batch, whose snapshot is older than its end, waits for it.
    owner.batch_execute("begin; update kinds set small = 1 where big = 1").await.unwrap();
    let operations = json!([
        { "method": "POST", "path": "kinds", "body": { "small": 9 } },
        { "id": "late", "method": "PATCH", "path": "kinds?big=eq.1", "body": { "small": 2 } },
    ]);
    let watcher = db.client_superuser().await;
    let commit = async {
        let waits = "select count(*) from pg_stat_activity where usename = 'howdah_login' and wait_event_type = 'Lock' \
                     and datname = current_database()";
        while watcher.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
        owner.batch_execute("commit").await.unwrap();
    };
    let (answer, ()) = futures_util::join!(batch(&server, &token, operations), commit);
    let error = answer.json();
    assert_eq!((&error["code"], &error["operation"]["id"]), (&json!("40001"), &json!("late")), "{}", answer.text);
    assert_eq!(count(&db, "kinds").await, 1);
}

#[tokio::test]
async fn a_batch_goes_on_after_the_schema_has_changed() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let lanes = LaneOptions { exclusive: 1, ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, ApiOptions::default()).await;
    let token = server.token(ADA);
    let operations = json!([
        { "method": "POST", "path": "kinds?select=small", "body": { "small": 1 }, "headers": { "Prefer": "return=representation" } },
        { "method": "GET", "path": "kinds?select=small&limit=1" },
    ]);
    assert_eq!(results(&batch(&server, &token, operations.clone()).await).len(), 2);
    owner.batch_execute("alter table kinds alter small type bigint").await.unwrap();
    assert_eq!(results(&batch(&server, &token, operations).await)[1].1, json!([{ "small": 1 }]));
    assert_eq!(count(&db, "kinds").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_the_page_runs() {
    const PAGE: &str = include_str!("../../../../docs/api-batch.md");
    let db = personal().await;
    let server = Server::over(&db).await;
    let folder = std::env::temp_dir().join(format!("howdah-api-batch-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let row = |n: u32| json!({ "user_id": ADA, "title": format!("note {n}"), "content": "x" }).to_string() + "\n";
    std::fs::write(folder.join("notes.ndjson"), (0..10).map(row).collect::<String>()).unwrap();
    let examples: Vec<&str> = PAGE.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let script = format!("set -eu -o pipefail; curl() {{ command curl -sS --fail-with-body \"$@\"; }}\n{example}");
        let mut bash = std::process::Command::new("bash");
        bash.args(["-c", &script]).current_dir(&folder).env("URL", &server.url).env("ME", ADA);
        bash.env("TOKEN", server.token(ADA));
        let done = tokio::task::spawn_blocking(move || bash.output().unwrap()).await.unwrap();
        let said = [done.stdout, done.stderr].concat();
        assert!(done.status.success(), "{example}: {}", String::from_utf8_lossy(&said));
    }
    let exported = std::fs::read_to_string(folder.join("notes.csv")).unwrap();
    assert_eq!(exported.lines().count(), 12, "{exported}");
    assert!(exported.contains("Hello again"), "{exported}");
    std::fs::remove_dir_all(folder).unwrap();
}
