//! A connection that serves one request at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::LaneError;
use super::connection::{self, Connection};
use super::flight::{Flight, Step};
use super::handshake;
use super::reply::{Collector, Field, Reply, Rows, StepReply};
use crate::{Target, time_setting};

/// A session that belongs to whoever holds it. Dropped in the middle of a flight (the client went away), it cancels
/// what runs and closes, so that the server does not go on working for nobody.
#[derive(Debug)]
pub struct Exclusive {
    /// `None` once the session has been closed.
    connection: Option<Connection>,
    target: Arc<Target>,
    /// A flight is under way: what the stream holds next is its answer.
    busy: bool,
    /// Flights may leave a transaction block open, for the next one.
    in_block: bool,
    /// How long a statement may take if its flight does not say otherwise; zero is no limit.
    pub(super) statement_timeout: Duration,
    pub(super) opened: Instant,
    pub(super) idle_since: Instant,
}

impl Exclusive {
    /// Opens a session. `settings` hold for its life.
    ///
    /// # Errors
    /// [`LaneError::Down`] when the server cannot be reached or refuses the login.
    pub async fn open(target: Arc<Target>, settings: &[(&str, String)]) -> Result<Self, LaneError> {
        let connection = handshake::open(&target, settings).await?;
        let mut opened = Self {
            connection: Some(connection),
            target,
            busy: false,
            in_block: false,
            statement_timeout: Duration::ZERO,
            opened: Instant::now(),
            idle_since: Instant::now(),
        };
        let given = settings.iter().find(|(name, _)| *name == "statement_timeout");
        let limit = match given {
            Some((_, value)) => time_setting(value),
            // The database may have one for the login role.
            None => opened.asked_limit().await?,
        };
        opened.statement_timeout = limit.unwrap_or_default();
        Ok(opened)
    }

    async fn asked_limit(&mut self) -> Result<Option<Duration>, LaneError> {
        let reply = self.run(&Flight::read(vec![Step::plain("show statement_timeout")])).await?;
        let value = reply.last().and_then(|last| reply.rows(last).next()?.next()?);
        Ok(value.and_then(|value| time_setting(std::str::from_utf8(value).ok()?)))
    }

    /// Whether the next flight may use this session.
    pub fn is_usable(&self) -> bool {
        self.connection.is_some() && !self.busy && !self.in_block
    }

    /// Whether a flight of the transaction block may be sent.
    pub(super) fn is_open(&self) -> bool {
        self.connection.is_some() && !self.busy
    }

    /// Whether the server is in a transaction block, or in what an error has left of one.
    pub(super) fn is_in_block(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| !connection.is_idle)
    }

    /// Flights may open a transaction block from now on, until [`Exclusive::leave_block`].
    pub(super) fn enter_block(&mut self) {
        self.in_block = true;
    }

    /// Each flight stands for itself again. A block that is still open ends with the session, and nothing of it is
    /// committed.
    pub(super) fn leave_block(&mut self) {
        self.in_block = false;
        if self.busy || self.is_in_block() {
            self.abandon();
        }
    }

    /// Whether the server has closed the session, or said something unasked, while it lay idle. Does not wait.
    pub(super) fn is_disturbed(&mut self) -> bool {
        let Some(connection) = &mut self.connection else { return true };
        let mut byte = [0_u8; 1];
        let mut buf = tokio::io::ReadBuf::new(&mut byte);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let stream = std::pin::Pin::new(&mut connection.stream);
        !connection.buf.is_empty() || tokio::io::AsyncRead::poll_read(stream, &mut context, &mut buf).is_ready()
    }

    /// Runs the flight and waits for the whole answer: for writes, that is until the transaction is committed.
    ///
    /// # Errors
    /// [`LaneError::Database`] when PostgreSQL refused it (nothing took effect), [`LaneError::Lost`] when the session
    /// broke.
    pub async fn run(&mut self, flight: &Flight) -> Result<Reply, LaneError> {
        let collector = self.send(flight).await?;
        let connection = self.connection()?;
        let reply = connection.collect(collector).await;
        self.settle(reply, flight)
    }

    /// Runs the flight and returns as soon as its answer is complete or `buffer` bytes of rows have come, whichever
    /// is first.
    ///
    /// # Errors
    /// As [`Exclusive::run`], with the session; errors after the first rows come from [`Streaming::next`].
    pub async fn stream(mut self, flight: &Flight, buffer: usize) -> Result<Outcome, (LaneError, Self)> {
        let started = Instant::now();
        let mut collector = match self.send(flight).await {
            Ok(collector) => collector,
            Err(error) => return Err((error, self)),
        };
        loop {
            let Some(connection) = &mut self.connection else { return Err((closed(), self)) };
            match collector.scan(&connection.buf) {
                Ok(Some(end)) => {
                    let reply = connection.complete(collector, end, started.elapsed());
                    return match self.settle(reply, flight) {
                        Ok(reply) => Ok(Outcome::Whole(reply, Box::new(self))),
                        Err(error) => Err((error, self)),
                    };
                }
                Ok(None) => {}
                Err(error) => return Err((error, self)),
            }
            if collector.rows_so_far().len() >= buffer
                && !collector.is_failed()
                && let Some(fields) = collector.streaming_fields().cloned()
            {
                let before = collector.done_steps().get(flight.answered().start..).unwrap_or_default().to_vec();
                // Earlier steps' rows are small (a count); they are copied so that the buffer can move on.
                let head = Bytes::copy_from_slice(&connection.buf[..collector.rows_so_far().start]);
                let streaming = Streaming { exclusive: self, collector, fields, before, head, done: false };
                return Ok(Outcome::Streaming(Box::new(streaming)));
            }
            if let Err(error) = connection.read_more(&mut collector).await {
                self.connection = None;
                return Err((error, self));
            }
        }
    }

    async fn send(&mut self, flight: &Flight) -> Result<Collector, LaneError> {
        if self.busy {
            // Whoever waited for it has gone: what comes next would be taken for the answer to this flight.
            self.abandon();
        }
        let Some(connection) = &mut self.connection else { return Err(closed()) };
        self.busy = true;
        let sent = connection.send(flight).await;
        match &sent {
            Ok(_) => {}
            // Refused before anything was written: the session is as it was.
            Err(LaneError::Protocol(_)) => self.busy = false,
            Err(_) => self.connection = None,
        }
        sent
    }

    fn settle(&mut self, reply: Result<Reply, LaneError>, flight: &Flight) -> Result<Reply, LaneError> {
        self.idle_since = Instant::now();
        if reply.is_ok() && !self.in_block && self.is_in_block() {
            // Not committed, and the next flight would run in it: closed, it is undone.
            self.connection = None;
            return Err(LaneError::protocol("the flight opened a transaction and did not end it"));
        }
        match &reply {
            Ok(_) => self.busy = false,
            Err(error @ LaneError::Database(_)) if !error.is_shutdown() => {
                self.busy = false;
                if error.is_stale_statement()
                    && let Some(connection) = &mut self.connection
                {
                    connection.statements.forget(flight);
                }
            }
            Err(_) => self.connection = None,
        }
        reply
    }

    /// Closes the session, and has the server stop what it may still be doing there.
    fn abandon(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !std::mem::take(&mut self.busy) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let target = Arc::clone(&self.target);
        runtime.spawn(async move {
            if let Err(error) = connection::cancel(&target, &connection.endpoint, connection.cancel).await {
                tracing::debug!(%error, "an abandoned statement could not be cancelled");
            }
            drop(connection);
        });
    }

    fn connection(&mut self) -> Result<&mut Connection, LaneError> {
        self.connection.as_mut().ok_or_else(closed)
    }
}

impl Drop for Exclusive {
    fn drop(&mut self) {
        self.abandon();
    }
}

fn closed() -> LaneError {
    LaneError::lost(&"the connection is closed")
}

/// How a flight that may stream came back.
#[derive(Debug)]
pub enum Outcome {
    /// Complete, and the session is free again.
    Whole(Reply, Box<Exclusive>),
    /// More rows than were to be held are on their way.
    Streaming(Box<Streaming>),
}

/// An answer too large to hold: its rows come in chunks, no faster than the caller takes them.
#[derive(Debug)]
pub struct Streaming {
    exclusive: Exclusive,
    collector: Collector,
    fields: Arc<[Field]>,
    before: Vec<StepReply>,
    head: Bytes,
    done: bool,
}

impl Streaming {
    /// The columns of the rows.
    pub fn fields(&self) -> &Arc<[Field]> {
        &self.fields
    }

    /// The answers of the steps before the one that streams.
    pub fn steps_before(&self) -> &[StepReply] {
        &self.before
    }

    /// The rows of one of [`Streaming::steps_before`].
    pub fn rows_before(&self, step: &StepReply) -> Rows<'_> {
        step.rows_in(&self.head)
    }

    /// Hands the rows that have come to `take`; `false` after the last of them.
    ///
    /// # Errors
    /// The server's error, or [`LaneError::Lost`]; the rows handed out before are then not the whole answer.
    pub async fn next(&mut self, mut take: impl FnMut(Rows<'_>)) -> Result<bool, LaneError> {
        if self.done {
            return Ok(false);
        }
        let Some(connection) = &mut self.exclusive.connection else { return Err(closed()) };
        loop {
            let end = self.collector.scan(&connection.buf)?;
            if let Some(end) = end {
                let collector = std::mem::replace(&mut self.collector, Collector::of_nothing());
                let reply = connection.complete(collector, end, Duration::ZERO)?;
                if let Some(last) = reply.last() {
                    take(reply.rows(last));
                }
                self.exclusive.busy = false;
                self.done = true;
                return Ok(true);
            }
            let range = self.collector.rows_so_far();
            if !range.is_empty() {
                take(Rows(&connection.buf[range.clone()]));
                let _ = connection.buf.split_to(range.end);
                self.collector.taken();
                return Ok(true);
            }
            connection.read_more(&mut self.collector).await?;
        }
    }

    /// The session, for the next request; `None` unless the answer was taken to its end.
    pub fn into_exclusive(self) -> Option<Exclusive> {
        self.done.then_some(self.exclusive)
    }
}
