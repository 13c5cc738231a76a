//! A proxy that notes what a client sends.

use howdah_pg::{Endpoint, Target, TlsMode};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A client that has said nothing for so long waits for an answer.
const QUIET: std::time::Duration = std::time::Duration::from_millis(20);

/// Stands between a client and a server without TLS.
pub(crate) struct Proxy {
    /// The way through the proxy.
    pub(crate) target: Target,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// Types of the client's messages.
    messages: Vec<u8>,
    /// How often the client spoke after the server had spoken.
    round_trips: usize,
    client_spoke_last: bool,
}

impl Proxy {
    pub(crate) async fn start(server: Target) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let target = Target {
            endpoints: vec![Endpoint::Tcp { host: "127.0.0.1".to_owned(), port }],
            tls: TlsMode::Disable,
            ..server.clone()
        };
        let noted = seen.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let upstream = server.open_stream().await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = tokio::io::split(upstream);
                let (up, down) = (noted.clone(), noted.clone());
                tokio::spawn(async move {
                    // The startup message has no type.
                    let mut typed = false;
                    loop {
                        let kind = if typed { from_client.read_u8().await } else { Ok(0) };
                        let (Ok(kind), Ok(length)) = (kind, from_client.read_u32().await) else { break };
                        let mut body = vec![0; length as usize - 4];
                        if from_client.read_exact(&mut body).await.is_err() {
                            break;
                        }
                        {
                            let mut seen = up.lock().unwrap();
                            seen.messages.push(kind);
                            seen.round_trips += usize::from(!seen.client_spoke_last);
                            seen.client_spoke_last = true;
                        }
                        let mut message = Vec::new();
                        message.extend(typed.then_some(kind));
                        message.extend(length.to_be_bytes());
                        message.extend(body);
                        typed = true;
                        if to_server.write_all(&message).await.is_err() {
                            break;
                        }
                    }
                });
                tokio::spawn(async move {
                    let mut buffer = vec![0; 64 * 1024];
                    while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
                        // Held back until the client has said all it has to say without an answer.
                        let said = || down.lock().unwrap().messages.len();
                        let mut before = usize::MAX;
                        while before != said() {
                            before = said();
                            tokio::time::sleep(QUIET).await;
                        }
                        down.lock().unwrap().client_spoke_last = false;
                        if to_client.write_all(&buffer[..length]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { target, seen }
    }

    pub(crate) fn forget(&self) {
        *self.seen.lock().unwrap() = Seen::default();
    }

    pub(crate) fn count(&self, kind: u8) -> usize {
        self.seen.lock().unwrap().messages.iter().filter(|&&seen| seen == kind).count()
    }

    pub(crate) fn round_trips(&self) -> usize {
        self.seen.lock().unwrap().round_trips
    }
}
