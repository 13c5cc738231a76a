//! What is counted while requests are served.

use std::time::Duration;

use reqwest::Method;

use crate::server::{Server, Settings, claims, database, send};

/// The value of a sample.
async fn value(server: &Server, sample: &str) -> u64 {
    let text = send(server.get("/metrics")).await.text;
    let found = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {sample} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn requests_are_counted_by_method_and_class() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let cross = |request: reqwest::RequestBuilder| request.header("origin", "https://a.example");
    for (method, path, count, times) in [
        (Method::GET, "/who", "method=\"GET\",status=\"2xx\"", 2),
        (Method::GET, "/nothing", "method=\"GET\",status=\"4xx\"", 1),
        (Method::POST, "/run", "method=\"POST\",status=\"4xx\"", 3),
        (Method::TRACE, "/who", "method=\"other\",status=\"4xx\"", 1),
        // Answered before any handler.
        (Method::OPTIONS, "/who", "method=\"OPTIONS\",status=\"2xx\"", 1),
    ] {
        let sample = format!("howdah_requests_total{{{count}}}");
        let before = value(&server, &sample).await;
        for _ in 0..times {
            let request = server.client.request(method.clone(), format!("http://{}{path}", server.address));
            let request = request.header("access-control-request-method", "GET").body("nonsense");
            send(cross(request)).await;
        }
        // Asking is a request, too.
        let asked = u64::from(count.starts_with("method=\"GET\",status=\"2xx\""));
        assert_eq!(value(&server, &sample).await - before, times + asked, "{method} {path}");
    }
}

#[tokio::test]
async fn tokens_that_are_remembered_are_told_from_those_that_are_verified() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let token = server.gate.tokens.sign(&claims("authenticated")).unwrap();
    for _ in 0..3 {
        assert_eq!(send(server.get("/who").bearer_auth(&token)).await.status.as_u16(), 200);
    }
    assert_eq!(send(server.get("/who").bearer_auth("a.b.c")).await.status.as_u16(), 401);
    for (name, expected) in [("hits_total", 2), ("misses_total", 2), ("evictions_total", 0), ("entries", 1)] {
        assert_eq!(value(&server, &format!("howdah_token_cache_{name}")).await, expected, "{name}");
    }
}

#[tokio::test]
async fn who_waits_for_a_session_is_counted_while_they_wait() {
    let db = database().await;
    let server = Server::start(&db, Settings { sessions: 1, ..Settings::default() }).await;
    server.gate.pool.ready(Duration::from_secs(30)).await.unwrap();
    let held = server.gate.pool.transaction().await.unwrap();
    assert_eq!(value(&server, "howdah_pool_sessions{state=\"busy\"}").await, 1);
    let request = server.client.post(format!("http://{}/run", server.address)).body("select 1");
    let waiting = tokio::spawn(send(request));
    let given_up = server.client.post(format!("http://{}/run", server.address)).body("select 1");
    let given_up = tokio::spawn(send(given_up));
    let waits = async |count: u64| {
        while value(&server, "howdah_pool_waiting").await != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    waits(2).await;
    // Somebody who has gone waits no longer.
    given_up.abort();
    waits(1).await;
    drop(held);
    assert_eq!(waiting.await.unwrap().status.as_u16(), 200);
    waits(0).await;
    assert_eq!(value(&server, "howdah_pool_timeouts_total").await, 0);
}
