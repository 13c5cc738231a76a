//! Where a PostgREST configuration listens, and what stands on every answer.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use howdah_testkit::{TestProcess, free_port, http_get};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::tokens::WEBUSER;
use super::{PATIENCE, ask, command, database, serve};
use crate::metrics::scrape;
use crate::support::{folder, run};

#[test]
fn pages_of_listed_origins_may_use_it() {
    let db = database();
    let anybody = serve(&db, "", |_| ());
    let from = |url: &str, origin: &str| ask(url, "GET", "/todos?select=id", &[("origin", origin)]).head;
    assert!(from(&anybody.url, "https://any.example").contains("access-control-allow-origin: *"));

    let some = serve(&db, "server-cors-allowed-origins = \"https://a.example, https://b.example\"\n", |_| ());
    assert!(from(&some.url, "https://b.example").contains("access-control-allow-origin: https://b.example"));
    assert!(!from(&some.url, "https://c.example").contains("access-control-allow-origin"));
    let preflight = [("origin", "https://a.example"), ("access-control-request-method", "PATCH")];
    let answer = ask(&some.url, "OPTIONS", "/todos", &preflight);
    assert!(
        answer.status == 200 && answer.head.contains("access-control-allow-methods: get, post, patch"),
        "{answer:?}"
    );
}

#[test]
fn trace_header_timing_and_verbosity_are_as_set() {
    let db = database();
    let plain = serve(&db, "", |_| ());
    let head = ask(&plain.url, "GET", "/todos?select=id", &[("x-trace", "t1")]).head;
    assert!(!head.contains("x-trace: t1") && !head.contains("server-timing:"), "{head}");
    let more =
        "server-trace-header = \"X-Trace\"\nserver-timing-enabled = true\nclient-error-verbosity = \"minimal\"\n";
    let served = serve(&db, more, |_| ());
    let head = ask(&served.url, "GET", "/todos?select=id", &[("x-trace", "t1")]).head;
    assert!(head.contains("x-trace: t1") && head.contains("server-timing:"), "{head}");
    let error = |body: &str| -> Vec<String> {
        let object: serde_json::Map<String, Value> = serde_json::from_str(body).unwrap();
        let mut names: Vec<String> = object.keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(error(&plain.get("/todoz").body), ["code", "details", "hint", "message"]);
    assert_eq!(error(&served.get("/todoz").body), ["code", "message"]);
}

#[test]
fn administrators_have_a_port_of_their_own() {
    let db = database();
    let port = free_port();
    let served = serve(&db, &format!("admin-server-port = {port}\n"), |_| ());
    let admin = format!("http://127.0.0.1:{port}");
    assert_eq!(http_get(&format!("{admin}/live")).unwrap().status, 200);
    assert_eq!(http_get(&format!("{admin}/ready")).unwrap().status, 200);
    assert_eq!(http_get(&format!("{admin}/todos")).unwrap().status, 404);

    // The families that PostgREST documents, and no others. The parser names counters without their `_total`.
    let scrape = || scrape(&admin, "text/plain; charset=utf-8");
    assert_eq!(
        scrape().families(),
        [
            "pgrst_schema_cache_query_time_seconds",
            "pgrst_schema_cache_loads",
            "pgrst_db_pool_timeouts",
            "pgrst_db_pool_available",
            "pgrst_db_pool_waiting",
            "pgrst_db_pool_max",
            "pgrst_jwt_cache_requests",
            "pgrst_jwt_cache_hits",
            "pgrst_jwt_cache_evictions",
        ]
    );
    let token = format!("Bearer {WEBUSER}");
    for _ in 0..3 {
        assert_eq!(ask(&served.url, "GET", "/todos", &[("authorization", &token)]).status, 200);
    }
    let found = scrape();
    assert_eq!(found.value("pgrst_jwt_cache_requests_total"), 3.0);
    assert_eq!(found.value("pgrst_jwt_cache_hits_total"), 2.0);
    assert_eq!((found.value("pgrst_db_pool_max"), found.value("pgrst_db_pool_available")), (10.0, 10.0));
    let loads = found.value("pgrst_schema_cache_loads_total{status=SUCCESS}");
    assert!(loads >= 1.0 && found.value("pgrst_schema_cache_query_time_seconds") > 0.0);
    let schema: Value = serde_json::from_str(&http_get(&format!("{admin}/schema_cache")).unwrap().body).unwrap();
    assert!(schema["tables"]["api.todos"].is_object(), "{schema}");

    // Settings that are read anew make another server within this one, which goes on counting.
    served.change("db-max-rows = \"2\"", "db-max-rows = 1");
    served.process.signal(Signal::SIGHUP);
    served.wait("/todos?select=id&order=id", |answer| answer.body == r#"[{"id":1}]"#);
    assert_eq!(ask(&served.url, "GET", "/todos", &[("authorization", &token)]).status, 200);
    let found = scrape();
    assert_eq!(found.value("pgrst_jwt_cache_requests_total"), 4.0);
    assert!(found.value("pgrst_schema_cache_loads_total{status=SUCCESS}") > loads);

    let folder = folder();
    let same = format!("server-port = {port}\nadmin-server-port = {port}\n");
    run(&mut command(folder.path(), &db, &same)).failed(2, "config-value", &["server.admin_port", "server.port"]);
}

#[test]
fn it_listens_on_a_unix_socket() {
    let db = database();
    let folder = folder();
    let socket = folder.path().join("rest.sock");
    let port = free_port();
    let more = format!("server-unix-socket = \"{}\"\nserver-unix-socket-mode = \"600\"\n", socket.display());
    let more = format!("{more}admin-server-port = {port}\n");
    let mut process = TestProcess::spawn(command(folder.path(), &db, &more));
    process.wait_for("the socket", PATIENCE, |output| output.contains("unix:"));
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let answer = || {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(b"GET /todos?select=id&id=eq.1 HTTP/1.0\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let served = (0..1200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        answer().ends_with(r#"[{"id":1}]"#)
    });
    assert!(served, "{}", answer());
    // Somebody takes the socket away: alive is what can be reached.
    let live = || http_get(&format!("http://127.0.0.1:{port}/live")).unwrap().status;
    assert_eq!(live(), 200);
    let aside = folder.path().join("aside.sock");
    std::fs::rename(&socket, &aside).unwrap();
    assert_eq!(live(), 500);
    std::fs::rename(&aside, &socket).unwrap();
    assert_eq!(live(), 200);
    assert!(process.terminate().success(), "{}", process.output());
    assert!(!socket.exists());
}
