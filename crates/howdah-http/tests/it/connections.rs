//! Connections: Unix sockets, the port for administrators, many that idle, and clients that do not keep up.

use std::time::Duration;

use howdah_http::server::{Limits, bind_unix};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::server::{Server, Settings, app, database, send, serve};

async fn exchange(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, path: &str, headers: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_unix_socket_serves() {
    let db = database().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("http.sock");
    for (trusted, ip) in [("", ""), ("unix", "192.0.2.1")] {
        let settings = Settings::with(|options| options.trusted_proxies = trusted.parse().unwrap());
        let (_, app) = app(&db, &settings);
        let stop = serve(bind_unix(&path, 0o600).unwrap(), app, Limits::default());
        let stream = UnixStream::connect(&path).await.unwrap();
        let text = exchange(stream, "/who", "x-forwarded-for: 192.0.2.1\r\n").await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.contains(&format!("\"ip\":\"{ip}\"")), "{text}");
        drop(stop);
        while path.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn administrators_are_told_how_it_is() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    server.gate.pool.ready(Duration::from_secs(30)).await.unwrap();
    assert_eq!(send(server.get("/live")).await.status.as_u16(), 200);
    assert_eq!(send(server.get("/ready")).await.status.as_u16(), 200);
    let name = db.name().to_owned();
    let superuser = db.client_superuser().await;
    superuser.batch_execute(&format!("revoke connect on database {name} from public, howdah_login")).await.unwrap();
    let others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    superuser.batch_execute(others).await.unwrap();
    // What was open ends in a moment, and nothing new can be opened.
    while send(server.get("/ready")).await.status.as_u16() != 503 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(send(server.get("/live")).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_thousand_connections_stay_open_and_are_served() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let mut streams = Vec::new();
    for _ in 0..1000 {
        streams.push(TcpStream::connect(server.address).await.unwrap());
    }
    for round in 0..2 {
        for stream in &mut streams {
            stream.write_all(b"GET /who HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        }
        for (at, stream) in streams.iter_mut().enumerate() {
            let mut text = Vec::new();
            while !text.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut text).await.unwrap(), 0, "connection {at} was closed in round {round}");
            }
            assert!(text.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&text));
        }
    }
    // All of them by far fewer database sessions.
    let sessions =
        "select count(*) from pg_stat_activity where datname = current_database() and usename = 'howdah_login'";
    let count: i64 = db.client_superuser().await.query_one(sessions, &[]).await.unwrap().get(0);
    assert!(count <= 4, "{count} sessions");
}

/// Asks for far more rows than fit into buffers, and takes `bytes` of them every now and then until it is let go.
async fn dawdle(server: &Server, bytes: usize) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /rows HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut buf = vec![0; bytes];
    // The one session is taken once rows have come.
    stream.read_exact(&mut [0; 1]).await.unwrap();
    while server.gate.pool.status().exclusive_busy > 0 {
        if bytes > 0 && stream.read_exact(&mut buf).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn who_does_not_keep_up_frees_the_session() {
    let db = database().await;
    let limits = Limits { write_timeout: Duration::from_millis(200), least_rate: 50_000_000, ..Limits::default() };
    let server = Server::start(&db, Settings { limits, sessions: 1, ..Settings::default() }).await;
    for bytes in [0, 100] {
        dawdle(&server, bytes).await;
        // The one session there is serves the next.
        assert_eq!(send(server.run("select 1")).await.status.as_u16(), 200);
    }
    // Who takes it all gets it all, and the session is free again.
    let limits = Limits { write_timeout: Duration::from_secs(30), ..Limits::default() };
    let server = Server::start(&db, Settings { limits, sessions: 1, ..Settings::default() }).await;
    assert_eq!(send(server.get("/rows")).await.text.len(), 50_000_000);
    assert_eq!(send(server.run("select 1")).await.status.as_u16(), 200);
}
