//! From legs to figures.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::database::Database;
use super::leg::{Against, Cores, Leg};
use super::workload::Workload;
use super::{CONNECTIONS, Extent, MEMORY_GOAL, Memories, PRIMING, RATIO_GOAL, ROWS, pgbench};
use crate::proc::Memory;
use crate::record::{Finished, Goal, thousands};
use crate::stats::{median, spread};

/// A generator this busy may be what limits the rate, in cores.
const BUSY: f64 = 0.9;

type Part = fn(&Cores) -> Option<f64>;
/// Who uses the processor, in the order of the table.
const PARTS: [Part; 3] = [|cores| cores.howdah, |cores| cores.postgresql, |cores| cores.client];
const NAMES: [&str; 3] = ["howdah", "postgresql", "client"];

/// One line of the table: the rounds of one workload, done in one way.
struct Line<'a> {
    workload: Workload,
    against: Against,
    legs: Vec<&'a Leg>,
    /// Of the plain statement's rate, percent, in each round.
    of_plain: Vec<f64>,
    of_postgrest: Vec<f64>,
}

/// The table, the goals, the record.
pub(crate) fn finish(extent: Extent, legs: &[Leg], memories: Memories, database: &Database) -> Finished {
    let lines: Vec<Line<'_>> = Workload::ALL
        .into_iter()
        .flat_map(|workload| Against::ALL.map(|against| line(legs, workload, against)))
        .collect();
    let get = median(lines.first().map_or(&[][..], |line| &line.of_plain));
    let errors: u64 = legs.iter().map(|leg| leg.errors).sum();
    let mut goals = vec![
        Goal::at_least("get: percent of the plain statement", get, RATIO_GOAL, "%"),
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        Goal::none_of("wrong or missing answers", errors as f64),
    ];
    let mut rows: Vec<Vec<String>> =
        lines.iter().enumerate().map(|(at, line)| line.row(if at == 0 { goals.first() } else { None })).collect();
    rows.push(plain_row("wrong or missing answers", &errors.to_string(), goals.get(1)));
    let looks = [
        (format!("memory after {}", thousands(PRIMING.into())), memories.after_priming),
        ("memory at the end".to_owned(), memories.at_the_end),
    ];
    for (what, memory) in looks {
        let Some(Memory { resident, .. }) = memory else { continue };
        let megabytes = megabytes(resident);
        let goal = Goal::below(&what, megabytes, MEMORY_GOAL, "MB");
        rows.push(plain_row(&what, &format!("{megabytes:.1} MB"), Some(&goal)));
        goals.push(goal);
    }
    let summary: Vec<Value> = lines.iter().map(Line::summary).collect();
    let mut notes = vec![
        "Medians of the rounds. Cores kept busy, and processor time of one request: howdah / PostgreSQL / load generator."
            .to_owned(),
        "Only howdah speaks HTTP. plain and postgrest are pgbench; plain has neither settings nor policies.".to_owned(),
    ];
    notes.extend(lines.iter().filter_map(Line::warning));
    Finished {
        settings: json!({
            "connections": CONNECTIONS,
            "rows": ROWS,
            "extent": extent,
            "requests": Workload::ALL.map(|workload| json!({ workload.name(): workload.request_line() })),
            "pgbench": format!("-M prepared -j 1 -c {CONNECTIONS}, one script for each of {CONNECTIONS} users"),
            "pgbench_logged_share_of_reads": pgbench::LOGGED,
            "howdah": "howdah serve, defaults, HOWDAH_LOG=warn, DATABASE_URL over the Unix socket",
            "postgresql": database.settings().unwrap_or_else(|error| json!(error.to_string())),
        }),
        summary: json!({ "lines": summary, "memory": memories }),
        samples: json!(legs),
        goals,
        header: vec![
            "workload",
            "rate/s",
            "least–most",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "cores",
            "CPU µs each",
            "of plain",
            "of postgrest",
            "goal",
            "",
        ],
        rows,
        notes,
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory are far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn line(legs: &[Leg], workload: Workload, against: Against) -> Line<'_> {
    let of = |wanted: Against| -> Vec<&Leg> {
        legs.iter().filter(|leg| leg.workload == workload && leg.against == wanted).collect()
    };
    let own = of(against);
    let ratios = |other: Against| -> Vec<f64> {
        let pairs = own.iter().zip(of(other));
        pairs.filter(|(_, other)| other.rate > 0.0).map(|(own, other)| own.rate / other.rate * 100.0).collect()
    };
    let (of_plain, of_postgrest) = (ratios(Against::Plain), ratios(Against::Postgrest));
    Line { workload, against, legs: own, of_plain, of_postgrest }
}

impl Line<'_> {
    fn median(&self, part: impl Fn(&Leg) -> f64) -> f64 {
        median(&self.legs.iter().map(|leg| part(leg)).collect::<Vec<_>>())
    }

    #[expect(clippy::cast_precision_loss, reason = "microseconds of a request")]
    fn milliseconds(&self, part: impl Fn(&Leg) -> u64) -> f64 {
        self.median(|leg| part(leg) as f64 / 1e3)
    }

    fn cores(&self, part: Part) -> Option<f64> {
        let known: Vec<f64> = self.legs.iter().filter_map(|leg| part(&leg.cores)).collect();
        (!known.is_empty()).then(|| median(&known))
    }

    /// Processor time of one request: says more than a rate where others are at work on the machine.
    fn microseconds(&self, part: Part) -> Option<f64> {
        let each = |leg: &&Leg| Some(part(&leg.cores)? / leg.rate * 1e6).filter(|each| each.is_finite());
        let known: Vec<f64> = self.legs.iter().filter_map(each).collect();
        (!known.is_empty()).then(|| median(&known))
    }

    fn name(&self) -> String {
        format!("{}: {}", self.workload.name(), self.against.name())
    }

    fn row(&self, goal: Option<&Goal>) -> Vec<String> {
        let (low, high) = spread(&self.legs.iter().map(|leg| leg.rate).collect::<Vec<_>>());
        let latency = |part: fn(&Leg) -> u64| format!("{:.3}", self.milliseconds(part));
        let ratio = |of: &[f64], than: Against| {
            if self.against == than { String::new() } else { format!("{:.0} %", median(of)) }
        };
        let mut row = vec![
            self.name(),
            thousands(self.median(|leg| leg.rate)),
            format!("{}–{}", thousands(low), thousands(high)),
            latency(|leg| leg.p50_us),
            latency(|leg| leg.p95_us),
            latency(|leg| leg.p99_us),
            PARTS.map(|part| shown(self.cores(part), 2)).join(" / "),
            PARTS.map(|part| shown(self.microseconds(part), 1)).join(" / "),
            ratio(&self.of_plain, Against::Plain),
            ratio(&self.of_postgrest, Against::Postgrest),
        ];
        row.extend(Goal::cells(goal));
        row
    }

    fn summary(&self) -> Value {
        json!({
            "workload": self.workload,
            "against": self.against,
            "rate": self.median(|leg| leg.rate),
            "p50_ms": self.milliseconds(|leg| leg.p50_us),
            "p95_ms": self.milliseconds(|leg| leg.p95_us),
            "p99_ms": self.milliseconds(|leg| leg.p99_us),
            "percent_of_plain": median(&self.of_plain),
            "percent_of_postgrest": median(&self.of_postgrest),
            "cores": NAMES.into_iter().zip(PARTS.map(|part| self.cores(part))).collect::<BTreeMap<_, _>>(),
            "cpu_us": NAMES.into_iter().zip(PARTS.map(|part| self.microseconds(part))).collect::<BTreeMap<_, _>>(),
        })
    }

    /// When the generator, and not what it measures, may be the limit.
    fn warning(&self) -> Option<String> {
        let busy = self.cores(|c| c.client).filter(|busy| *busy >= BUSY)?;
        let name = self.name();
        Some(format!("{name}: the load generator keeps {busy:.2} of its one core busy, so the rate is a lower bound."))
    }
}

fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
}

/// A figure that has no rate: name, value, and the goal.
fn plain_row(what: &str, value: &str, goal: Option<&Goal>) -> Vec<String> {
    let mut row = vec![what.to_owned(), value.to_owned()];
    row.extend(vec![String::new(); 8]);
    row.extend(Goal::cells(goal));
    row
}
