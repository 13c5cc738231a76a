//! Headers that answers have.

use crate::server::{Received, Server, Settings, database, send};

fn phases(answer: &Received) -> Vec<&str> {
    let timing = answer.header("server-timing").unwrap_or_default();
    timing.split(", ").filter_map(|part| part.split_once(";dur=").map(|(name, _)| name)).collect()
}

#[tokio::test]
async fn timing_says_which_phases_there_were() {
    let db = database().await;
    let server = Server::start(&db, Settings::with(|options| options.server_timing = true)).await;
    assert_eq!(phases(&send(server.get("/who")).await), ["jwt", "plan", "transaction"]);
    assert_eq!(phases(&send(server.get("/who").bearer_auth("garbage")).await), ["jwt"]);
    assert_eq!(send(server.get("/healthz")).await.header("server-timing"), None);
    let off = Server::start(&db, Settings::default()).await;
    assert_eq!(send(off.get("/who")).await.header("server-timing"), None);
}

#[tokio::test]
async fn the_trace_header_comes_back() {
    let db = database().await;
    let trace = |name: &'static str| {
        Settings::with(|options| options.trace_header = Some(howdah_http::trace_header(name).unwrap()))
    };
    let server = Server::start(&db, trace("X-Trace-Id")).await;
    for path in ["/who", "/nowhere"] {
        let answer = send(server.get(path).header("x-trace-id", "a b;c")).await;
        assert_eq!(answer.header("x-trace-id"), Some("a b;c"));
        assert_eq!(send(server.get(path)).await.header("x-trace-id"), None);
    }
    // Also where it is the header that the server gives a value of its own to.
    let server = Server::start(&db, trace("X-Request-Id")).await;
    assert_eq!(send(server.get("/who").header("x-request-id", "123")).await.header("x-request-id"), Some("123"));
}

#[tokio::test]
async fn browsers_are_told_not_to_guess() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    for path in ["/who", "/healthz", "/nowhere"] {
        assert_eq!(send(server.get(path)).await.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}
