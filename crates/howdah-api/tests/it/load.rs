//! Bodies too large to hold: row by row, in one transaction.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use howdah_api::{ApiOptions, TxEnd};
use howdah_http::GateOptions;
use howdah_pg::lane::LaneOptions;
use howdah_testkit::TestDb;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{ADA, Server, kinds};

/// Of a whole body; what is above is taken row by row.
const MAX_BODY: usize = 8 * 1024;

async fn server(db: &TestDb) -> Server {
    let options = ApiOptions { tx_end: TxEnd::CommitAllowOverride, ..ApiOptions::default() };
    let lanes = LaneOptions { exclusive: 1, ..LaneOptions::default() };
    let gate = GateOptions { max_body: MAX_BODY, body_timeout: Duration::from_secs(2), ..GateOptions::default() };
    Server::start_behind(&db.login_url(), lanes, options, gate).await
}

/// An upload by hand, so that a test says where the body is cut.
struct Upload(TcpStream);

impl Upload {
    async fn begin(server: &Server, path: &str, content_type: &str, prefer: &str) -> Self {
        let address = server.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let token = server.token(ADA);
        let head = format!(
            "POST /rest/v1/{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {content_type}\r\nPrefer: {prefer}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Sends a piece. The server may have closed already: it has answered then.
    async fn send(&mut self, piece: &[u8]) -> bool {
        let head = format!("{:x}\r\n", piece.len());
        let all = [head.as_bytes(), piece, b"\r\n"].concat();
        self.0.write_all(&all).await.is_ok()
    }

    /// Ends the body and reads the answer: status, head, body.
    async fn finish(mut self) -> (u16, String, Value) {
        let _ = self.0.write_all(b"0\r\n\r\n").await;
        self.answer().await
    }

    async fn answer(mut self) -> (u16, String, Value) {
        let mut answer = Vec::new();
        // An answer before the end of the body is followed by a reset.
        let _ = self.0.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

async fn upload(
    server: &Server,
    path: &str,
    content_type: &str,
    prefer: &str,
    body: &[u8],
    cut: usize,
) -> (u16, String, Value) {
    let mut upload = Upload::begin(server, path, content_type, prefer).await;
    for piece in body.chunks(cut) {
        if !upload.send(piece).await {
            break;
        }
    }
    upload.finish().await
}

async fn count(db: &TestDb) -> i64 {
    db.client_owner().await.query_one("select count(*) from kinds", &[]).await.unwrap().get(0)
}

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

fn ndjson(rows: u64) -> String {
    (1..=rows).fold(String::new(), |mut body, n| {
        let _ = writeln!(body, "{{\"big\":{n},\"name\":\"é\\n\\\"{n}\\\"\"}}");
        body
    })
}

fn csv(rows: u64) -> String {
    (1..=rows).fold("big,name\n".to_owned(), |mut body, n| {
        let _ = writeln!(body, "{n},\"é\n\"\"{n}\"\"\"");
        body
    })
}

#[tokio::test]
async fn rows_arrive_whole_wherever_the_body_is_cut() {
    let db = kinds().await;
    let server = server(&db).await;
    for (content_type, body) in [(NDJSON, ndjson(2000)), (CSV, csv(2000))] {
        assert!(body.len() > 3 * MAX_BODY);
        for cut in [7, 1000, 1_000_000] {
            let (status, head, body) =
                upload(&server, "kinds", content_type, "count=exact", body.as_bytes(), cut).await;
            assert_eq!((status, head.contains("content-range: */2000")), (201, true), "{head} {body}");
            let owner = db.client_owner().await;
            let right = "select count(*) from kinds where name = E'é\\n\"' || big || '\"'";
            assert_eq!(owner.query_one(right, &[]).await.unwrap().get::<_, i64>(0), 2000, "{content_type} {cut}");
            owner.batch_execute("truncate kinds cascade").await.unwrap();
        }
    }
}

/// A body of 2000 rows with one that is wrong; the error names it, and nothing is inserted.
async fn check_refused(content_type: &str, line: &str, status: u16, code: &str, said: &str) {
    let db = kinds().await;
    let server = server(&db).await;
    let mut lines: Vec<String> = match content_type {
        CSV => (1..=2000).map(|n| format!("{n},x")).collect(),
        _ => (1..=2000).map(|n| json!({ "big": n, "name": "x" }).to_string()).collect(),
    };
    lines[1499] = line.to_owned();
    let head = if content_type == CSV { "big,name\n" } else { "" };
    let body = format!("{head}{}\n", lines.join("\n"));
    let (found, _, error) = upload(&server, "kinds", content_type, "", body.as_bytes(), 1000).await;
    assert_eq!((found, error["code"].as_str()), (status, Some(code)), "{error}");
    assert!(error.to_string().contains(said), "{error}");
    assert_eq!(count(&db).await, 0);
    // The only session is free again.
    assert_eq!(server.rows("kinds?select=id", &server.token(ADA)).await, json!([]));
}

#[tokio::test]
async fn the_row_that_is_wrong_is_named() {
    check_refused(NDJSON, r#"{"big":"x","name":"x"}"#, 400, "22P02", "Row 1500").await;
    check_refused(NDJSON, r#"{"big":1,"name":"x"}"#, 409, "23505", "Row 1500: Key").await;
    check_refused(NDJSON, r#"{"big":1500}"#, 400, "PGRST102", "Row 1500").await;
    check_refused(NDJSON, r#"{"big":1500,"name":}"#, 400, "PGRST102", "Row 1500").await;
    check_refused(CSV, "x,y", 400, "22P02", "Row 1500").await;
    check_refused(CSV, "1500", 400, "PGRST102", "Row 1500").await;
    check_refused(CSV, "1,\"x", 400, "PGRST102", "quote is not closed").await;
}

#[tokio::test]
async fn what_is_not_a_rows_fault_names_none() {
    let db = kinds().await;
    db.client_owner().await.batch_execute("revoke insert on kinds from authenticated").await.unwrap();
    let server = server(&db).await;
    let (status, _, error) = upload(&server, "kinds", NDJSON, "", ndjson(2000).as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (403, &json!("42501")), "{error}");
    assert!(!error.to_string().contains("Row"), "{error}");
    let (status, _, error) = upload(&server, "kinds?columns=nope", NDJSON, "", ndjson(2000).as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (400, &json!("PGRST204")), "{error}");
}

#[tokio::test]
async fn limits_are_said() {
    let db = kinds().await;
    let server = server(&db).await;
    let body = ndjson(2000);
    let (status, _, error) = upload(&server, "kinds", NDJSON, "return=representation", body.as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (413, &json!("HOWDAH413")));
    assert!(error["hint"].as_str().unwrap().contains("return=minimal"), "{error}");
    let (status, _, error) = upload(&server, "kinds", "application/json", "", body.as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (413, &json!("HOWDAH413")), "{error}");
    let long = format!("{}{}\n", ndjson(300), json!({ "big": 301, "name": "x".repeat(3 * MAX_BODY) }));
    let (status, _, error) = upload(&server, "kinds", NDJSON, "", long.as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (413, &json!("HOWDAH413")), "{error}");
    assert!(error["message"].as_str().unwrap().contains("Row 301"), "{error}");
    assert_eq!(count(&db).await, 0);
    // It is about rows that are there.
    let strict = "handling=strict, max-affected=1999";
    let (status, head, _) = upload(&server, "kinds", NDJSON, strict, body.as_bytes(), 1000).await;
    assert_eq!((status, head.contains("max-affected")), (201, false), "{head}");
    assert_eq!(count(&db).await, 2000);
}

#[tokio::test]
async fn preferences_hold() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("alter table kinds alter name set default 'usual'").await.unwrap();
    let server = server(&db).await;
    let body = ndjson(2000);
    let (status, head, _) =
        upload(&server, "kinds", NDJSON, "tx=rollback, return=headers-only", body.as_bytes(), 1000).await;
    assert_eq!((status, count(&db).await), (201, 0), "{head}");
    assert!(head.contains("tx=rollback") && !head.contains("location:"), "{head}");
    // Half of them are there already.
    let half = ndjson(1000).replace('é', "old");
    let (status, ..) = upload(&server, "kinds", NDJSON, "", half.as_bytes(), 1000).await;
    assert_eq!(status, 201);
    let upsert = "kinds?on_conflict=big";
    let (status, head, _) =
        upload(&server, upsert, NDJSON, "resolution=ignore-duplicates, count=exact", body.as_bytes(), 1000).await;
    assert!(status == 201 && head.contains("*/1000"), "{head}");
    let olds = "select count(*) from kinds where name like 'old%'";
    assert_eq!(owner.query_one(olds, &[]).await.unwrap().get::<_, i64>(0), 1000);
    let (status, head, _) =
        upload(&server, upsert, NDJSON, "resolution=merge-duplicates, count=exact", body.as_bytes(), 1000).await;
    assert!(status == 200 && head.contains("*/2000"), "{head}");
    assert_eq!((owner.query_one(olds, &[]).await.unwrap().get::<_, i64>(0), count(&db).await), (0, 2000));
    owner.batch_execute("truncate kinds cascade").await.unwrap();
    // Rows of different keys, of which one column is taken.
    let mixed: String = (1..=2000)
        .map(|n| if n % 2 == 0 { format!("{{\"big\":{n},\"x\":[1]}}\n") } else { format!("{{\"big\":{n}}}\n") })
        .collect();
    let (status, ..) =
        upload(&server, "kinds?columns=big,name", NDJSON, "missing=default", mixed.as_bytes(), 1000).await;
    assert_eq!(status, 201);
    let usual = "select count(*) from kinds where name = 'usual'";
    assert_eq!(owner.query_one(usual, &[]).await.unwrap().get::<_, i64>(0), 2000);
}

#[tokio::test]
async fn a_deferred_constraint_undoes_it_all() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner
        .batch_execute("alter table parts alter constraint fk_parts_kind deferrable initially deferred")
        .await
        .unwrap();
    let server = server(&db).await;
    let body = (1..=2000).fold("id,kind_id\n".to_owned(), |body, n| body + &format!("{n},{n}\n"));
    let (status, _, error) = upload(&server, "parts", CSV, "", body.as_bytes(), 1000).await;
    assert_eq!((status, &error["code"]), (409, &json!("23503")), "{error}");
    assert_eq!(owner.query_one("select count(*) from parts", &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    let db = kinds().await;
    let server = server(&db).await;
    let body = ndjson(2000);
    for content_type in [NDJSON, CSV] {
        let mut upload = Upload::begin(&server, "kinds", content_type, "").await;
        let body = if content_type == CSV { csv(2000) } else { body.clone() };
        assert!(upload.send(body.as_bytes()).await);
        drop(upload);
    }
    // The only session must come free for this one.
    assert_eq!(server.rows("kinds?select=id", &server.token(ADA)).await, json!([]));
    let ended = Instant::now() + Duration::from_secs(20);
    let open = "select count(*) from pg_stat_activity where usename = 'howdah_login' and xact_start is not null \
                and datname = current_database()";
    while db.client_superuser().await.query_one(open, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(Instant::now() < ended, "a transaction stays open");
    }
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_client_that_stalls_is_let_go() {
    let db = kinds().await;
    let server = server(&db).await;
    let mut upload = Upload::begin(&server, "kinds", NDJSON, "").await;
    assert!(upload.send(ndjson(2000).as_bytes()).await);
    // Nothing more comes. The body may take two seconds a slice.
    let (status, _, error) = upload.answer().await;
    assert_eq!((status, &error["code"]), (408, &json!("HOWDAH408")), "{error}");
    assert_eq!(count(&db).await, 0);
    assert_eq!(server.rows("kinds?select=id", &server.token(ADA)).await, json!([]));
}

/// Bytes of this process that are in memory, at the most so far.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Memory that may be added for a body of any size: client and server together.
const ROOM: u64 = 16_000_000;

/// Sends `HOWDAH_LOAD_MB` (32 by default) of rows and gets them back; client and server are this process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_the_same_in_and_out() {
    let megabytes: u64 = std::env::var("HOWDAH_LOAD_MB").map_or(32, |text| text.parse().unwrap());
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner
        .batch_execute(
            "create unlogged table bulk (id bigint, name text, at timestamptz); grant all on bulk to authenticated",
        )
        .await
        .unwrap();
    let options = ApiOptions { max_rows: None, ..ApiOptions::default() };
    let server = Server::start_behind(&db.login_url(), LaneOptions::default(), options, GateOptions::default()).await;
    let token = server.token(ADA);
    for content_type in [NDJSON, CSV] {
        let mut upload = Upload::begin(&server, "bulk", content_type, "count=exact").await;
        let (mut sent, mut rows) = (0, 0_u64);
        let (before, started) = (peak(), Instant::now());
        let mut piece = String::from(if content_type == CSV { "id,name,at\n" } else { "" });
        while sent < megabytes * 1_000_000 {
            while piece.len() < 256 * 1024 {
                rows += 1;
                let name = "a name of some length, as they are in life, and a few words about it";
                let _ = match content_type {
                    CSV => writeln!(piece, "{rows},\"{name}\",2026-11-20T13:03:39Z"),
                    _ => writeln!(piece, "{{\"id\":{rows},\"name\":\"{name}\",\"at\":\"2026-11-20T13:03:39Z\"}}"),
                };
            }
            assert!(upload.send(piece.as_bytes()).await, "{:?}", upload.finish().await);
            sent += piece.len() as u64;
            piece.clear();
        }
        let (status, head, error) = upload.finish().await;
        assert_eq!((status, head.contains(&format!("*/{rows}"))), (201, true), "{head} {error}");
        let took = started.elapsed();
        println!(
            "in, {content_type}: {sent} bytes, {rows} rows in {took:?}; {} bytes more at the peak",
            peak().saturating_sub(before)
        );
        assert!(peak().saturating_sub(before) < ROOM, "{} bytes more at the peak", peak().saturating_sub(before));

        let (before, started) = (peak(), Instant::now());
        let request = server.request(reqwest::Method::GET, "bulk", Some(&token)).header("accept", content_type);
        let mut response = request.send().await.unwrap();
        let (mut received, mut lines) = (0_u64, 0_u64);
        while let Some(chunk) = response.chunk().await.unwrap() {
            received += chunk.len() as u64;
            lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        assert_eq!(lines, rows);
        let took = started.elapsed();
        println!(
            "out, {content_type}: {received} bytes in {took:?}; {} bytes more at the peak",
            peak().saturating_sub(before)
        );
        assert!(peak().saturating_sub(before) < ROOM, "{} bytes more at the peak", peak().saturating_sub(before));
        owner.batch_execute("truncate bulk").await.unwrap();
    }
}
