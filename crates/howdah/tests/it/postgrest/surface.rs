//! Where a PostgREST configuration listens, and what stands on every answer.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use howdah_testkit::{TestProcess, free_port, http_get};

use super::{PATIENCE, ask, command, database, serve};
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
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).unwrap();
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
    let _served = serve(&db, &format!("admin-server-port = {port}\n"), |_| ());
    let admin = format!("http://127.0.0.1:{port}");
    assert_eq!(http_get(&format!("{admin}/live")).unwrap().status, 200);
    assert_eq!(http_get(&format!("{admin}/ready")).unwrap().status, 200);
    assert_eq!(http_get(&format!("{admin}/todos")).unwrap().status, 404);

    let folder = folder();
    let same = format!("server-port = {port}\nadmin-server-port = {port}\n");
    run(&mut command(folder.path(), &db, &same)).failed(2, "config-value", &["server.admin_port", "server.port"]);
}

#[test]
fn it_listens_on_a_unix_socket() {
    let db = database();
    let folder = folder();
    let socket = folder.path().join("rest.sock");
    let more = format!("server-unix-socket = \"{}\"\nserver-unix-socket-mode = \"600\"\n", socket.display());
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
    assert!(process.terminate().success(), "{}", process.output());
    assert!(!socket.exists());
}
