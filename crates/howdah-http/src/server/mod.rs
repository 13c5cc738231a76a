//! Listens, serves, drains.

mod lenient;
mod listener;
mod paced;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Body as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::{App, Metrics};
use lenient::Lenient;
pub use listener::{Listener, UnixSocket, bind_from, bind_unix};
use paced::Paced;

/// Time limits of connections.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the first byte awaited to the end of the request's head; also how long a kept-alive connection may idle.
    pub header_timeout: Duration,
    /// A client that takes nothing of its answer for this long is let go.
    pub write_timeout: Duration,
    /// So is one that takes less than this many bytes a second, over [`Limits::write_timeout`] of waiting for it: it
    /// could hold a database session for hours. What a socket takes into its buffer counts as taken.
    pub least_rate: u32,
    /// How long requests under way may go on after a shutdown was asked for.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            least_rate: 1024,
            drain: Duration::from_secs(10),
        }
    }
}

/// Where a request came from, in its extensions: the other end of its connection, or the client that a trusted proxy
/// names. Not there for connections to a Unix socket.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Serves until `stop` is cancelled; then accepts nothing more, lets what is under way finish, and closes.
///
/// Returns whether all of it finished within [`Limits::drain`].
pub async fn serve(
    listener: impl Into<Listener>,
    app: impl Into<App>,
    limits: Limits,
    stop: CancellationToken,
) -> bool {
    serve_counted(listener, app, limits, stop, Arc::default()).await
}

/// As [`serve()`]; the connections are added to what `metrics` say already.
pub async fn serve_counted(
    listener: impl Into<Listener>,
    app: impl Into<App>,
    limits: Limits,
    stop: CancellationToken,
    metrics: Arc<Metrics>,
) -> bool {
    let (listener, app) = (listener.into(), app.into());
    let mut builder = http1::Builder::new();
    // Not `pipeline_flush`: with it hyper's write buffer has no bound, and a streamed answer would be held whole.
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
    let graceful = GracefulShutdown::new();
    let connections = Connections { builder, graceful, app, limits, metrics };
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = connections.accept(&listener) => accepted,
        };
        if let Err(error) = accepted {
            // Out of file descriptors, most likely: pausing lets connections end, spinning would not.
            tracing::warn!(%error, "cannot accept a connection");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    drop(listener);
    tokio::time::timeout(connections.limits.drain, connections.graceful.shutdown()).await.is_ok()
}

struct Connections {
    builder: http1::Builder,
    graceful: GracefulShutdown,
    app: App,
    limits: Limits,
    metrics: Arc<Metrics>,
}

impl Connections {
    async fn accept(&self, listener: &Listener) -> std::io::Result<()> {
        match listener {
            Listener::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // Answers are written whole; waiting to fill a packet would only delay them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY refused");
                }
                self.serve(stream, Some(ClientAddress(address.ip().to_canonical())));
            }
            Listener::Unix(socket) => self.serve(socket.listener.accept().await?.0, None),
        }
        Ok(())
    }

    fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, client: Option<ClientAddress>) {
        let window = self.limits.write_timeout;
        let least = (window.as_secs_f64() * f64::from(self.limits.least_rate)) as u64;
        let app = self.app.clone();
        let (stream, is_at_line) = Lenient::new(stream);
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            if let Some(client) = client {
                request.extensions_mut().insert(client);
            }
            // Most requests have none, and a body in a box would be an allocation.
            let answer =
                app.answer(request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) }));
            let is_at_line = Arc::clone(&is_at_line);
            async move {
                let answer = answer.await;
                is_at_line.store(true, Ordering::Release);
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(Paced::new(stream, window, least)), service);
        let connection = self.graceful.watch(connection);
        let connected = self.metrics.connected();
        tokio::spawn(async move {
            let _connected = connected;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
