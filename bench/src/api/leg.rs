//! One measurement: one workload, one way to do it, one round.

use clap::ValueEnum;
use serde::Serialize;

use super::load::Measured;
use super::workload::Workload;
use crate::stats::Histogram;

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Against {
    /// Howdah, over HTTP, under row-level security.
    Howdah,
    /// pgbench with the statement alone, as the tables' owner: no settings, no policies.
    Plain,
    /// The same over TCP, as HTTP is.
    PlainTcp,
    /// pgbench with PostgREST's sequence: BEGIN, settings, statement, COMMIT, one after the other.
    Postgrest,
    /// pgbench with settings and statement in one pipelined flight.
    Flight,
}

impl Against {
    pub(crate) const ALL: [Self; 5] = [Self::Howdah, Self::Plain, Self::PlainTcp, Self::Postgrest, Self::Flight];

    /// The statement alone, without settings and policies.
    pub(crate) fn is_plain(self) -> bool {
        matches!(self, Self::Plain | Self::PlainTcp)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Howdah => "howdah",
            Self::Plain => "plain",
            Self::PlainTcp => "plain-tcp",
            Self::Postgrest => "postgrest",
            Self::Flight => "flight",
        }
    }
}

/// Cores kept busy: 1.0 is one core all the time. None where the system does not tell.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Cores {
    /// The server under test; none beside pgbench.
    pub(crate) howdah: Option<f64>,
    /// PostgreSQL, all its processes.
    pub(crate) postgresql: Option<f64>,
    /// The load generator: this program's thread, or pgbench.
    pub(crate) client: Option<f64>,
}

/// What came out.
#[derive(Debug, Serialize)]
pub(crate) struct Leg {
    pub(crate) workload: Workload,
    pub(crate) connections: usize,
    pub(crate) against: Against,
    /// From 1.
    pub(crate) round: usize,
    /// Requests or transactions a second.
    pub(crate) rate: f64,
    /// The rate of each second.
    pub(crate) each_second: Vec<f64>,
    pub(crate) errors: u64,
    /// The first few.
    pub(crate) messages: Vec<String>,
    pub(crate) p50_us: u64,
    pub(crate) p95_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) cores: Cores,
    /// All of them over HTTP; of pgbench's the share it logs.
    pub(crate) latency_us: Histogram,
}

impl Leg {
    pub(crate) fn over_http(workload: Workload, connections: usize, measured: Measured) -> Self {
        let [howdah, postgresql] = measured.clocks.map_or([None; 2], |clocks| clocks.map(Some));
        let share = |seconds: Option<f64>| Some(seconds? / measured.seconds);
        let latency = measured.latency;
        Self {
            workload,
            connections,
            against: Against::Howdah,
            round: 0,
            rate: rate(latency.len(), measured.seconds),
            each_second: measured.each_second.iter().map(|count| rate(*count, 1.0)).collect(),
            errors: measured.errors,
            messages: measured.messages,
            p50_us: latency.percentile(0.50),
            p95_us: latency.percentile(0.95),
            p99_us: latency.percentile(0.99),
            cores: Cores { howdah: share(howdah), postgresql: share(postgresql), client: share(measured.generator) },
            latency_us: latency,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn rate(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}
