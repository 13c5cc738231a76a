//! What the server counts about itself, for Prometheus.
//!
//! Counting is a few relaxed atomic additions a request and allocates nothing: methods, classes of status and the bounds of
//! the histogram are fixed, so each count has its place. The text is written when somebody asks for it, on the port for
//! administrators: under Howdah's names ([`howdah`]), or under PostgREST's ([`postgrest`]) for a server that stands in its
//! place. What a count is called is an interface that people's dashboards rest on; the tests hold it to a snapshot.
//!
//! Deliberately not here: what PostgreSQL itself counts, and counts by path or role, whose number nobody bounds.

mod howdah;
mod postgrest;
mod sealing;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use howdah_pg::lane::{PoolCounters, PoolStatus};
use http::{Method, StatusCode};

use crate::{Gate, TokenCounters};

pub use sealing::{Sealing, Waiting};

/// Under which names the counts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricNames {
    /// `howdah_…`
    Howdah,
    /// `pgrst_…`, as PostgREST 14 documents them ("Observability", "Metrics").
    Postgrest,
}

impl MetricNames {
    /// The media type: Prometheus' text format. PostgREST does not name its version.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Howdah => "text/plain; version=0.0.4; charset=utf-8",
            Self::Postgrest => "text/plain; charset=utf-8",
        }
    }

    /// All counts as text.
    pub(crate) fn write(self, gate: &Gate) -> String {
        let now = Now {
            status: gate.pool.status(),
            remembered_tokens: gate.tokens.remembered(),
            sealing: gate.metrics().sealing.now(),
        };
        match self {
            Self::Howdah => howdah::write(gate.metrics(), &now),
            Self::Postgrest => postgrest::write(gate.metrics(), &now),
        }
    }
}

/// How things stand at this moment, beside what has been counted.
#[derive(Debug)]
struct Now {
    status: PoolStatus,
    remembered_tokens: usize,
    /// None where this process seals nothing, or there is no audit trail.
    sealing: Option<Sealing>,
}

/// The methods that are told apart; any other is the last.
const METHODS: [(Method, &str); 7] = [
    (Method::GET, "GET"),
    (Method::POST, "POST"),
    (Method::PATCH, "PATCH"),
    (Method::PUT, "PUT"),
    (Method::DELETE, "DELETE"),
    (Method::HEAD, "HEAD"),
    (Method::OPTIONS, "OPTIONS"),
];
const OTHER_METHOD: &str = "other";
/// Classes of status, from 2xx on.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// A method's place among [`METHODS`]: what is left of a request once a handler has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(usize);

impl Place {
    pub(crate) fn of(method: &Method) -> Self {
        Self(METHODS.iter().position(|(known, _)| known == method).unwrap_or(METHODS.len()))
    }
}

/// Upper bounds of the histogram's buckets, in microseconds: a lookup by key takes less than the first, and a statement is
/// cancelled at the last by default.
const BOUNDS: [u64; 16] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000, 30_000_000,
];

/// The counts of one server. Servers that follow each other in a process, because settings were read anew, share them.
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    pool: Arc<PoolCounters>,
    tokens: Arc<TokenCounters>,
    /// By method and class.
    requests: [[AtomicU64; CLASSES.len()]; METHODS.len() + 1],
    /// Requests by the first bound that they kept; the last kept none.
    durations: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
    open_connections: AtomicUsize,
    connections: AtomicU64,
    loads: AtomicU64,
    failed_loads: AtomicU64,
    /// Microseconds that the last load took.
    load_time: AtomicU64,
    /// Descriptions of the API that were found made, and that had to be made.
    descriptions: [AtomicU64; 2],
    sealing: sealing::Source,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            pool: Arc::default(),
            tokens: Arc::default(),
            requests: Default::default(),
            durations: Default::default(),
            nanoseconds: AtomicU64::new(0),
            open_connections: AtomicUsize::new(0),
            connections: AtomicU64::new(0),
            loads: AtomicU64::new(0),
            failed_loads: AtomicU64::new(0),
            load_time: AtomicU64::new(0),
            descriptions: Default::default(),
            sealing: sealing::Source::default(),
        }
    }
}

impl Metrics {
    /// Counts that go on from those of a pool and of tokens.
    pub(crate) fn of(pool: &Arc<PoolCounters>, tokens: &Arc<TokenCounters>) -> Self {
        Self { pool: Arc::clone(pool), tokens: Arc::clone(tokens), ..Self::default() }
    }

    /// For [`howdah_pg::lane::LanePool::counted`].
    pub fn pool(&self) -> Arc<PoolCounters> {
        Arc::clone(&self.pool)
    }

    /// For [`crate::Tokens::counted`].
    pub fn tokens(&self) -> Arc<TokenCounters> {
        Arc::clone(&self.tokens)
    }

    /// The head of an answer has been made, `took` after its request came.
    pub(crate) fn answered(&self, method: Place, status: StatusCode, took: Duration) {
        let Place(method) = method;
        let class = usize::from(status.as_u16() / 100).clamp(2, 5) - 2;
        add(&self.requests[method][class], 1);
        let micros = whole(took.as_micros());
        add(&self.durations[BOUNDS.partition_point(|bound| *bound < micros)], 1);
        add(&self.nanoseconds, whole(took.as_nanos()));
    }

    /// A client has connected; it is gone when what this returns is dropped.
    pub(crate) fn connected(self: &Arc<Self>) -> Connected {
        add(&self.connections, 1);
        self.open_connections.fetch_add(1, Ordering::Relaxed);
        Connected(Arc::clone(self))
    }

    /// The schema has been read from the database, which took so long.
    pub fn schema_loaded(&self, took: Duration) {
        add(&self.loads, 1);
        self.load_time.store(whole(took.as_micros()), Ordering::Relaxed);
    }

    /// The schema could not be read.
    pub fn schema_not_loaded(&self) {
        add(&self.failed_loads, 1);
    }

    /// From now on `ask` says how the sealing of the audit trail stands, each time somebody wants to know; it must not wait.
    pub fn sealing_from(&self, ask: impl Fn() -> Option<Sealing> + Send + Sync + 'static) {
        self.sealing.set(ask);
    }

    /// A description of the API was asked for, and was there already or had to be made.
    pub fn described(&self, was_there: bool) {
        add(&self.descriptions[usize::from(!was_there)], 1);
    }
}

/// A connection, for as long as it is open.
pub(crate) struct Connected(Arc<Metrics>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.open_connections.fetch_sub(1, Ordering::Relaxed);
    }
}

fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

/// Time that fits: 64 bits of nanoseconds are five hundred years.
fn whole(time: u128) -> u64 {
    u64::try_from(time).unwrap_or(u64::MAX)
}

/// Microseconds as seconds.
fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}
