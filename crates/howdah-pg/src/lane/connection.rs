//! One authenticated session: the stream, what has been read ahead, and how to cancel what it runs.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use postgres_protocol::message::frontend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::LaneError;
use super::flight::{Flight, Statements};
use super::handshake::CancelKey;
use super::reply::{Collector, Reply};
use crate::{Endpoint, PgStream, Target};

/// Read at least this much at a time: a reply of a page of rows comes in a few reads.
const READ_AHEAD: usize = 16 * 1024;
/// A buffer that a large reply has grown is given back to the allocator above this size.
const KEEP_BUFFER: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: PgStream,
    /// Which of the target's servers it is: a cancel request must reach the same one.
    pub(super) endpoint: Endpoint,
    pub(super) buf: BytesMut,
    pub(super) cancel: CancelKey,
    pub(super) statements: Statements,
    /// No transaction block is open.
    pub(super) is_idle: bool,
    out: BytesMut,
}

impl Connection {
    pub(super) fn new(stream: PgStream, endpoint: Endpoint, buf: BytesMut, cancel: CancelKey) -> Self {
        Self { stream, endpoint, buf, cancel, statements: Statements::default(), is_idle: true, out: BytesMut::new() }
    }

    /// Writes the flight; its answer is then to be read with the collector.
    pub(super) async fn send(&mut self, flight: &Flight) -> Result<Collector, LaneError> {
        self.out.clear();
        let collector = Collector::new(self.statements.encode(flight, &mut self.out)?, flight.answered());
        self.stream.write_all(&self.out).await.map_err(|e| LaneError::lost(&e))?;
        self.stream.flush().await.map_err(|e| LaneError::lost(&e))?;
        if self.out.capacity() > KEEP_BUFFER {
            self.out = BytesMut::new();
        }
        Ok(collector)
    }

    /// Reads until the flight is complete.
    pub(super) async fn collect(&mut self, mut collector: Collector) -> Result<Reply, LaneError> {
        let started = Instant::now();
        loop {
            if let Some(end) = collector.scan(&self.buf)? {
                return self.complete(collector, end, started.elapsed());
            }
            self.read_more(&mut collector).await?;
        }
    }

    /// The reply of a flight whose messages are `buf[..end]`.
    pub(super) fn complete(&mut self, collector: Collector, end: usize, took: Duration) -> Result<Reply, LaneError> {
        self.is_idle = collector.is_idle();
        collector.finish(self.buf.split_to(end).freeze(), took)
    }

    /// Reads what the server has sent; the end of the stream is an error, the one that the server named if it did.
    pub(super) async fn read_more(&mut self, collector: &mut Collector) -> Result<(), LaneError> {
        self.buf.reserve(READ_AHEAD);
        match self.stream.read_buf(&mut self.buf).await {
            Ok(0) => Err(match collector.take_error() {
                Some(error) if !error.is_shutdown() => error,
                Some(error) => LaneError::lost(&error),
                None => LaneError::lost(&"the server closed the connection"),
            }),
            Ok(_) => Ok(()),
            Err(error) => Err(LaneError::lost(&error)),
        }
    }
}

/// Asks the server to cancel what the session of `key` runs. Best effort, as PostgreSQL defines it: the request may
/// come too late, and nothing answers it.
pub(super) async fn cancel(target: &Target, endpoint: &Endpoint, key: CancelKey) -> Result<(), LaneError> {
    let mut stream = target.open_stream_to(endpoint).await?;
    let mut out = BytesMut::new();
    frontend::cancel_request(key.process_id, key.secret_key, &mut out);
    stream.write_all(&out).await.map_err(|e| LaneError::lost(&e))?;
    stream.shutdown().await.map_err(|e| LaneError::lost(&e))
}
