//! A connection that many requests share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;

use super::LaneError;
use super::flight::{Flight, Statements};
use super::handshake;
use super::reply::{Collector, Reply};
use crate::{PgStream, Target};

/// Flights gathered into one write at the most: enough to fill a system call, few enough to keep the first one waiting
/// for nobody.
const GATHER: usize = 64;
const READ_AHEAD: usize = 64 * 1024;
const COPIED: usize = 8 * 1024;

type Answer = oneshot::Sender<Result<Reply, LaneError>>;

struct Waiting {
    flight: Arc<Flight>,
    answer: Answer,
}

/// In the order in which they were written, which is the order in which they are answered.
struct Underway {
    collector: Collector,
    flight: Arc<Flight>,
    answer: Answer,
    since: Instant,
}

#[derive(Default)]
struct State {
    underway: Mutex<VecDeque<Underway>>,
    closed: AtomicBool,
    /// Its head is slow: nothing more is to be sent here.
    retired: AtomicBool,
    flights: AtomicU64,
    /// Flights that wait or are under way.
    depth: AtomicUsize,
    /// How long a flight takes, in nanoseconds: of each new one an eighth.
    pace: AtomicU64,
    gone: Notify,
    tasks: Mutex<Vec<AbortHandle>>,
    /// Statements that the schema has left behind; the writer forgets them before it encodes the next flight.
    stale: Mutex<Vec<Arc<Flight>>>,
}

impl State {
    fn underway(&self) -> std::sync::MutexGuard<'_, VecDeque<Underway>> {
        // The queue is whole after every push and pop; a panic elsewhere cannot have left it half changed.
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<AbortHandle>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only the reader calls this, so that nothing is lost between reading and writing.
    fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let pace = self.pace.load(Ordering::Relaxed);
        self.pace.store(pace - pace / 8 + took / 8, Ordering::Relaxed);
    }

    fn close(&self, error: &LaneError) {
        self.closed.store(true, Ordering::Release);
        for waiting in self.underway().drain(..) {
            let _ = waiting.answer.send(Err(error.clone()));
        }
        self.gone.notify_waiters();
    }
}

/// One more, until it is dropped: whoever asked may go away at any time.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A shared connection; see the module's documentation. Cheap to clone; closes when the last clone is dropped.
#[derive(Clone)]
pub struct Lane {
    queue: mpsc::UnboundedSender<Waiting>,
    state: Arc<State>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("closed", &self.is_closed()).field("flights", &self.flights()).finish()
    }
}

impl Lane {
    /// Opens the connection and starts its two tasks. `settings` hold for the life of the session.
    ///
    /// # Errors
    /// [`LaneError::Down`] when the server cannot be reached or refuses the login.
    pub async fn open(target: &Target, settings: &[(&str, String)]) -> Result<Self, LaneError> {
        let connection = handshake::open(target, settings).await?;
        let (read, write) = tokio::io::split(connection.stream);
        let (queue, waiting) = mpsc::unbounded_channel();
        let state = Arc::new(State::default());
        let writer = tokio::spawn(write_flights(write, waiting, connection.statements, Arc::clone(&state)));
        let reader = tokio::spawn(read_replies(read, connection.buf, Arc::clone(&state)));
        state.tasks().extend([writer.abort_handle(), reader.abort_handle()]);
        Ok(Self { queue, state })
    }

    /// Sends the flight behind those that wait, and returns its answer.
    ///
    /// # Errors
    /// As [`super::Exclusive::run`].
    pub async fn run(&self, flight: Arc<Flight>) -> Result<Reply, LaneError> {
        if self.state.retired.load(Ordering::Acquire) && flight.is_repeatable() {
            return Err(LaneError::HeldUp);
        }
        let (answer, reply) = oneshot::channel();
        let _waiting = Counted::new(&self.state.depth);
        if self.is_closed() || self.queue.send(Waiting { flight, answer }).is_err() {
            return Err(LaneError::Down("the connection is closed".into()));
        }
        reply.await.unwrap_or_else(|_| Err(LaneError::lost(&"the connection was closed")))
    }

    /// Whether the session is over.
    pub fn is_closed(&self) -> bool {
        self.state.closed.load(Ordering::Acquire)
    }

    /// Waits for the end of the session.
    pub async fn closed(&self) {
        let gone = self.state.gone.notified();
        if !self.is_closed() {
            gone.await;
        }
    }

    /// Ends the session at once; flights under way are lost.
    pub(super) fn kill(&self, why: &str) {
        self.state.close(&LaneError::lost(&why));
        for task in self.state.tasks().drain(..) {
            task.abort();
        }
    }

    /// Takes nothing more, and sends the reads that wait behind the head elsewhere with [`LaneError::HeldUp`]; what the
    /// server answers to them later is dropped. The head and writes go on.
    pub(super) fn retire(&self) {
        self.state.retired.store(true, Ordering::Release);
        for waiting in self.state.underway().iter_mut().skip(1).filter(|waiting| waiting.flight.is_repeatable()) {
            let (nobody, _) = oneshot::channel();
            let _ = std::mem::replace(&mut waiting.answer, nobody).send(Err(LaneError::HeldUp));
        }
    }

    /// For how long the flight at the head has been on the wire; zero when none is.
    pub fn head_age(&self) -> Duration {
        self.state.underway().front().map_or(Duration::ZERO, |head| head.since.elapsed())
    }

    /// For how long a flight sent now would wait for those before it, as far as those of late tell; at least as long as the
    /// one at the head has taken already.
    pub(super) fn backlog(&self) -> Duration {
        let depth = self.state.depth.load(Ordering::Relaxed) as u64;
        if depth == 0 {
            return Duration::ZERO;
        }
        let usual = Duration::from_nanos(depth.saturating_mul(self.state.pace.load(Ordering::Relaxed)));
        usual.max(self.head_age())
    }

    /// Flights that have been written and not yet answered.
    pub fn flights_under_way(&self) -> usize {
        self.state.underway().len()
    }

    /// Flights answered since the session began.
    pub fn flights(&self) -> u64 {
        self.state.flights.load(Ordering::Relaxed)
    }
}

/// Gathers the flights that wait into one write each time around.
async fn write_flights(
    mut stream: WriteHalf<PgStream>,
    mut queue: mpsc::UnboundedReceiver<Waiting>,
    mut statements: Statements,
    state: Arc<State>,
) {
    let mut out = BytesMut::with_capacity(READ_AHEAD);
    let mut batch = Vec::with_capacity(GATHER);
    while queue.recv_many(&mut batch, GATHER).await > 0 {
        // Whoever else is ready to ask gets to do so first: a few flights in one write cost one system call here and one
        // wake-up in the server. Under no load nobody is, and this returns at once.
        tokio::task::yield_now().await;
        while batch.len() < GATHER
            && let Ok(waiting) = queue.try_recv()
        {
            batch.push(waiting);
        }
        for flight in state.stale.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            statements.forget(&flight);
        }
        out.clear();
        for waiting in batch.drain(..) {
            // Whoever asked has gone: nothing has been sent, so nothing is lost.
            if waiting.answer.is_closed() {
                continue;
            }
            match statements.encode(&waiting.flight, &mut out) {
                Ok(expects) => state.underway().push_back(Underway {
                    collector: Collector::new(expects, waiting.flight.answered()),
                    flight: waiting.flight,
                    answer: waiting.answer,
                    since: Instant::now(),
                }),
                Err(error) => {
                    let _ = waiting.answer.send(Err(error));
                }
            }
        }
        // The reader may have ended since they were taken from the queue, and would answer none of them.
        if state.closed.load(Ordering::Acquire) {
            break;
        }
        if let Err(error) = stream.write_all(&out).await {
            state.close(&LaneError::lost(&error));
            break;
        }
        if let Err(error) = stream.flush().await {
            state.close(&LaneError::lost(&error));
            break;
        }
        if state.closed.load(Ordering::Acquire) {
            break;
        }
    }
    // A server that has gone may still have taken a write: what was put under way after the reader had ended is lost.
    state.close(&LaneError::lost(&"the connection was closed"));
    // What still waits was never sent: its callers may try elsewhere.
    queue.close();
    while let Ok(waiting) = queue.try_recv() {
        let _ = waiting.answer.send(Err(LaneError::Down("the connection was closed".into())));
    }
    let _ = stream.shutdown().await;
}

/// Hands replies out in the order of the flights.
async fn read_replies(mut stream: ReadHalf<PgStream>, mut buf: BytesMut, state: Arc<State>) {
    let error = loop {
        match deliver(&mut buf, &state) {
            Ok(()) => {}
            Err(error) => break error,
        }
        buf.reserve(READ_AHEAD);
        match stream.read_buf(&mut buf).await {
            Ok(0) => break LaneError::lost(&"the server closed the connection"),
            Ok(_) => {}
            Err(error) => break LaneError::lost(&error),
        }
    };
    state.close(&error);
}

fn deliver(buf: &mut BytesMut, state: &State) -> Result<(), LaneError> {
    let mut underway = state.underway();
    while !buf.is_empty() {
        let Some(head) = underway.front_mut() else {
            // Unasked messages (a notice, a changed parameter) come between flights; a shutdown ends the stream next.
            return unsolicited(buf);
        };
        let Some(end) = head.collector.scan(buf)? else { return Ok(()) };
        if !head.collector.is_idle() {
            // Those behind it would run in a transaction that is not theirs; closed, nothing of it is committed.
            return Err(LaneError::protocol("a flight opened a transaction and did not end it"));
        }
        let bytes = take(buf, end);
        let Some(done) = underway.pop_front() else { return Ok(()) };
        if let Some(next) = underway.front_mut() {
            next.since = Instant::now();
        }
        state.flights.fetch_add(1, Ordering::Relaxed);
        let took = done.since.elapsed();
        state.note(took);
        let reply = done.collector.finish(bytes, took);
        if reply.as_ref().is_err_and(LaneError::is_stale_statement) {
            state.stale.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&done.flight));
        }
        let _ = done.answer.send(reply);
    }
    Ok(())
}

/// The first `end` bytes. Small answers are copied: a buffer that others hold parts of cannot be used again, and a new
/// one for every read costs more than the copy.
fn take(buf: &mut BytesMut, end: usize) -> Bytes {
    if end > COPIED {
        return buf.split_to(end).freeze();
    }
    let bytes = Bytes::copy_from_slice(&buf[..end]);
    buf.advance(end);
    bytes
}

fn unsolicited(buf: &mut BytesMut) -> Result<(), LaneError> {
    let mut collector = Collector::of_nothing();
    match collector.scan(buf) {
        Ok(None) => {}
        Ok(Some(_)) => return Err(LaneError::protocol("an answer that nobody asked for")),
        Err(error) => return Err(error),
    }
    if let Some(error) = collector.take_error() {
        return Err(LaneError::lost(&error));
    }
    let _ = buf.split_to(collector.rows_so_far().end);
    Ok(())
}
