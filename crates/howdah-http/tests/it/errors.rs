//! What PostgreSQL refuses, for real, and what becomes of it over HTTP.

use howdah_http::Verbosity;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Server, Settings, claims, database, send};

/// A statement that fails with this code and message.
fn raise(sqlstate: &str, message: &str) -> String {
    format!("do $$ begin raise sqlstate '{sqlstate}' using message = '{message}', detail = 'd', hint = 'h'; end $$")
}

// ASVS 16.5.1
#[tokio::test]
async fn each_class_of_errors_has_its_status() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    for (sqlstate, status) in [
        ("08000", 503),
        ("09000", 500),
        ("0L000", 403),
        ("0P000", 403),
        ("21000", 500),
        ("22000", 400),
        ("23000", 400),
        ("23503", 409),
        ("23505", 409),
        ("25000", 500),
        ("25006", 405),
        ("28000", 403),
        ("2D000", 500),
        ("38000", 500),
        ("39000", 500),
        ("3B000", 500),
        ("40000", 500),
        ("42501", 401),
        ("42883", 404),
        ("42P01", 404),
        ("42P17", 500),
        ("53400", 500),
        ("53000", 503),
        ("54000", 500),
        ("55000", 500),
        ("57000", 500),
        ("58000", 500),
        ("F0000", 500),
        ("HV000", 500),
        ("P0001", 400),
        ("P0002", 500),
        ("PT402", 402),
        ("PT418", 418),
        ("PTXYZ", 500),
        ("XX000", 500),
        ("ABCDE", 400),
    ] {
        let received = send(server.run(&raise(sqlstate, "it is so"))).await;
        assert_eq!(received.error(), (status, sqlstate.to_owned()), "{}", received.text);
        let expected = format!("PostgREST; error={sqlstate}");
        assert_eq!(received.header("proxy-status"), Some(expected.as_str()));
        assert_eq!(received.header("content-type"), Some("application/json; charset=utf-8"));
        let about_the_server = matches!(&sqlstate[..2], "08" | "53" | "58" | "F0" | "XX");
        let shown = json!({ "code": sqlstate, "message": "it is so", "details": "d", "hint": "h" });
        assert_eq!(received.json() == shown, !about_the_server, "{}", received.text);
    }
}

#[tokio::test]
async fn refusals_of_postgresql_itself() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let token = server.gate.tokens.sign(&claims("authenticated")).unwrap();
    for (sql, status, code) in [
        ("select * from hidden", 401, "42501"),
        ("select * from nowhere", 404, "42P01"),
        ("select nothing_like_this()", 404, "42883"),
        ("select 1 / 0", 400, "22012"),
        ("select 'x'::integer", 400, "22P02"),
        ("select (select generate_series(1, 2))", 500, "21000"),
        ("set local statement_timeout = 'x'", 400, "22023"),
    ] {
        let received = send(server.run(sql)).await;
        assert_eq!(received.error(), (status, code.to_owned()), "{}", received.text);
        assert_eq!(received.header("www-authenticate"), (status == 401).then_some("Bearer"));
        if code == "42501" {
            assert_eq!(send(server.run(sql).bearer_auth(&token)).await.error(), (403, code.to_owned()));
        }
    }
    let write = send(server.run("create temporary table x (id integer)").header("read-only", "on")).await;
    assert_eq!(write.error(), (405, "25006".to_owned()));
}

#[tokio::test]
async fn functions_decide_on_status_headers_and_body() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let sql = r#"do $$ begin raise sqlstate 'PGRST' using
        message = '{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade your plan"}',
        detail = '{"status":419,"status_text":"Page Expired","headers":{"X-Powered-By":"Nerd Rage"}}'; end $$"#;
    let received = send(server.run(sql)).await;
    assert_eq!(received.error(), (419, "123".to_owned()));
    assert_eq!(received.header("x-powered-by"), Some("Nerd Rage"));
    assert_eq!(received.header("proxy-status"), Some("PostgREST; error=123"));
    // The words beside the status are seen by nobody but those who look at the bytes.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request =
        format!("POST /run HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{sql}", sql.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 419 Page Expired\r\n"), "{text}");

    let malformed = send(server.run(&raise("PGRST", "no JSON"))).await;
    assert_eq!(malformed.error(), (500, "PGRST121".to_owned()));
}

#[tokio::test]
async fn statuses_without_a_body_leave_the_connection_whole() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut requests = String::new();
    for sqlstate in ["PT204", "PT304", "PT100", "PT402"] {
        let sql = raise(sqlstate, "it is so");
        let close = if sqlstate == "PT402" { "connection: close\r\n" } else { "" };
        requests += &format!("POST /run HTTP/1.1\r\nhost: x\r\n{close}content-length: {}\r\n\r\n{sql}", sql.len());
    }
    stream.write_all(requests.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let statuses: Vec<_> = text.match_indices("HTTP/1.1 ").map(|(at, found)| &text[at + found.len()..][..3]).collect();
    assert_eq!(statuses, ["204", "304", "500", "402"], "{text}");
    let after_204 = text.split("HTTP/1.1 304").next().unwrap();
    assert!(after_204.ends_with("\r\n\r\n"), "a body after 204: {text}");
}

#[tokio::test]
async fn terse_errors_have_neither_details_nor_hint() {
    let db = database().await;
    let server = Server::start(&db, Settings::with(|options| options.error_verbosity = Verbosity::Minimal)).await;
    let received = send(server.run(&raise("P0001", "it is so"))).await;
    assert_eq!(received.json(), json!({ "code": "P0001", "message": "it is so" }));
    assert_eq!(received.header("proxy-status"), Some("PostgREST; error=P0001"));
    let received = send(server.get("/who").bearer_auth("garbage")).await;
    assert_eq!(received.json(), json!({ "code": "PGRST301", "message": "Expected 3 parts in JWT; got 1" }));
    assert_eq!(send(server.get("/who")).await.json()["role"], "anon");
}
