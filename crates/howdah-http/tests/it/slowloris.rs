//! Attack: slowloris. Hundreds of requests that are never finished, a few bytes at a time so that no connection looks idle:
//! heads that trickle, and bodies that do. Others are served meanwhile, and none of the slow ones stays.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use howdah_http::server::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::server::{Server, Settings, database, send};

/// Of each kind.
const SLOW: usize = 300;
const PATIENCE: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(100);

/// Sends `begun`, then one byte after the other, until the server closes the connection. What it said, and after how long.
async fn trickle(address: SocketAddr, begun: String, byte: u8) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let began = Instant::now();
    stream.write_all(begun.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let sending = tokio::spawn(async move {
        while writer.write_all(&[byte]).await.is_ok() {
            tokio::time::sleep(PACE).await;
        }
    });
    let mut said = Vec::new();
    // A reset is an end like any other.
    let _ = reader.read_to_end(&mut said).await;
    sending.abort();
    (String::from_utf8_lossy(&said).into_owned(), began.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slowloris_holds_nobody_up_and_is_let_go() {
    let db = database().await;
    let limits = Limits { header_timeout: PATIENCE, ..Limits::default() };
    let settings = Settings { limits, ..Settings::with(|options| options.body_timeout = PATIENCE) };
    let server = Server::start(&db, settings).await;
    assert_eq!(send(server.get("/who")).await.status.as_u16(), 200);

    let mut slow = JoinSet::new();
    for n in 0..SLOW {
        // One header without end, and many without an end of the head.
        let head =
            if n % 2 == 0 { "GET /who HTTP/1.1\r\nhost: x\r\nx-slow: " } else { "GET /who HTTP/1.1\r\nhost: x\r\n" };
        slow.spawn(trickle(server.address, head.to_owned(), if n % 2 == 0 { b'x' } else { b'a' }));
        // One whose length is announced, and one in chunks.
        let length = if n % 2 == 0 { "content-length: 100000" } else { "transfer-encoding: chunked" };
        let chunk = if n % 2 == 0 { "" } else { "fffff\r\n" };
        let body = format!("POST /run HTTP/1.1\r\nhost: x\r\n{length}\r\n\r\n{chunk}");
        slow.spawn(trickle(server.address, body, b' '));
    }
    // Everybody else is served, by the one pool of sessions there is, all the while.
    let began = Instant::now();
    let mut served = 0;
    while began.elapsed() < PATIENCE {
        let one = Instant::now();
        assert_eq!(send(server.get("/who")).await.status.as_u16(), 200);
        assert_eq!(send(server.run("select 1")).await.status.as_u16(), 200);
        assert!(one.elapsed() < PATIENCE, "a request took {:?} beside slow ones", one.elapsed());
        served += 2;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(served >= 10, "{served}");
    let (mut let_go, mut told) = (0, 0);
    while let Some(ended) = slow.join_next().await {
        let (said, after) = ended.unwrap();
        // A body is read and thrown away for as long again, so that its sender gets to see the answer.
        assert!(after < PATIENCE * 3, "a connection was held for {after:?}: {said}");
        let_go += 1;
        if !said.is_empty() {
            assert!(said.starts_with("HTTP/1.1 408"), "{said}");
            told += 1;
        }
    }
    assert_eq!(let_go, 2 * SLOW);
    // Of a head that never ends nobody can tell what it asks for. Whoever sends a body learns what was wrong, unless they were
    // still sending when the connection was reset.
    assert!((1..=SLOW).contains(&told), "{told} of {let_go} were told");
    assert_eq!(server.gate.pool.status().exclusive_busy, 0);
}
