//! From legs to figures.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::database::Database;
use super::leg::{Against, Cores, Leg};
use super::workload::{USERS, Workload};
use super::{Extent, GOAL_CONNECTIONS, MEMORY_GOAL, Memories, PRIMING, ROWS, Traced, pgbench};
use crate::proc::Memory;
use crate::record::{Finished, Goal, thousands};
use crate::stats::{median, spread};

/// A generator this busy may be what limits the rate, in cores.
const BUSY: f64 = 0.9;

type Part = fn(&Cores) -> Option<f64>;
/// Who uses the processor, in the order of the table.
const PARTS: [Part; 3] = [|cores| cores.howdah, |cores| cores.postgresql, |cores| cores.client];
const NAMES: [&str; 3] = ["howdah", "postgresql", "client"];

/// Percent of each yardstick that a shape is to reach, at [`GOAL_CONNECTIONS`].
fn goals_of(workload: Workload) -> &'static [(Against, f64)] {
    match workload {
        Workload::Get => &[(Against::Plain, 60.0), (Against::Postgrest, 150.0)],
        _ => &[(Against::Flight, 70.0)],
    }
}

/// One line of the table: the rounds of one shape at one number of connections, done in one way.
struct Line<'a> {
    workload: Workload,
    connections: usize,
    against: Against,
    legs: Vec<&'a Leg>,
    /// Of each yardstick's rate, percent, in each round; in the order of [`YARDSTICKS`].
    ratios: [Vec<f64>; 4],
}

const YARDSTICKS: [Against; 4] = [Against::Plain, Against::PlainTcp, Against::Postgrest, Against::Flight];

/// The table, the goals, the record.
pub(crate) fn finish(
    extent: &Extent,
    traced: &[Traced],
    legs: &[Leg],
    memories: Memories,
    database: &Database,
) -> Finished {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for &workload in &extent.shapes {
        for &connections in &extent.connections {
            lines.extend(extent.ways.iter().map(|&against| line(legs, workload, connections, against)));
        }
    }
    let errors: u64 = legs.iter().map(|leg| leg.errors).sum();
    let mut goals = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in &lines {
        let own = line.goals();
        rows.push(line.row(&own));
        goals.extend(own);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let none_wrong = Goal::none_of("wrong or missing answers", errors as f64);
    rows.push(plain_row("wrong or missing answers", &errors.to_string(), Some(&none_wrong)));
    goals.push(none_wrong);
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
        "Only howdah speaks HTTP. The others are pgbench with the SQL that howdah sent for the shape: plain without settings \
         and policies, postgrest in four round trips, flight in one."
            .to_owned(),
    ];
    notes.extend(lines.iter().filter_map(Line::warning));
    Finished {
        settings: json!({
            "users": USERS,
            "rows": ROWS,
            "extent": extent,
            "shapes": traced.iter().map(shape).collect::<Vec<_>>(),
            "pgbench": format!("-M prepared -j 1, one script for each of {USERS} users"),
            "pgbench_logged_share_of_reads": pgbench::LOGGED,
            "howdah": "howdah serve, defaults, HOWDAH_LOG=warn, DATABASE_URL over the Unix socket",
            "postgresql": database.settings().unwrap_or_else(|error| json!(error.to_string())),
        }),
        summary: json!({ "lines": summary, "memory": memories }),
        samples: json!(legs),
        goals,
        header: vec![
            "shape",
            "connections",
            "way",
            "rate/s",
            "least–most",
            "p50 ms",
            "p99 ms",
            "cores",
            "CPU µs each",
            "of plain",
            "of plain-tcp",
            "of postgrest",
            "of flight",
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

/// A shape's request, and what Howdah sends for it.
fn shape(traced: &Traced) -> Value {
    json!({
        "shape": traced.workload,
        "request": traced.workload.request_line(),
        "flight": traced.flights.first(),
    })
}

fn line(legs: &[Leg], workload: Workload, connections: usize, against: Against) -> Line<'_> {
    let of = |wanted: Against| -> Vec<&Leg> {
        let is_meant = |leg: &&Leg| (leg.workload, leg.connections, leg.against) == (workload, connections, wanted);
        legs.iter().filter(is_meant).collect()
    };
    let own = of(against);
    let ratios = YARDSTICKS.map(|other| {
        let pairs = own.iter().zip(of(other));
        pairs.filter(|(_, other)| other.rate > 0.0).map(|(own, other)| own.rate / other.rate * 100.0).collect()
    });
    Line { workload, connections, against, legs: own, ratios }
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
        format!("{}, {} connections: {}", self.workload.name(), self.connections, self.against.name())
    }

    /// Its goals; only what goes over HTTP has any.
    fn goals(&self) -> Vec<Goal> {
        if self.against != Against::Howdah || self.connections != GOAL_CONNECTIONS {
            return Vec::new();
        }
        let goal = |(against, limit): &(Against, f64)| {
            let at = YARDSTICKS.iter().position(|yardstick| yardstick == against)?;
            if self.ratios[at].is_empty() {
                return None;
            }
            let what =
                format!("{} at {GOAL_CONNECTIONS} connections: percent of {}", self.workload.name(), against.name());
            Some(Goal::at_least(&what, median(&self.ratios[at]), *limit, &format!("% of {}", against.name())))
        };
        goals_of(self.workload).iter().filter_map(goal).collect()
    }

    fn row(&self, goals: &[Goal]) -> Vec<String> {
        let (low, high) = spread(&self.legs.iter().map(|leg| leg.rate).collect::<Vec<_>>());
        let latency = |part: fn(&Leg) -> u64| format!("{:.3}", self.milliseconds(part));
        let mut row = vec![
            self.workload.name().to_owned(),
            self.connections.to_string(),
            self.against.name().to_owned(),
            thousands(self.median(|leg| leg.rate)),
            format!("{}–{}", thousands(low), thousands(high)),
            latency(|leg| leg.p50_us),
            latency(|leg| leg.p99_us),
            PARTS.map(|part| shown(self.cores(part), 2)).join(" / "),
            PARTS.map(|part| shown(self.microseconds(part), 1)).join(" / "),
        ];
        row.extend(YARDSTICKS.into_iter().zip(&self.ratios).map(|(yardstick, ratios)| {
            if self.against == yardstick || ratios.is_empty() {
                String::new()
            } else {
                format!("{:.0} %", median(ratios))
            }
        }));
        row.extend([0, 1].map(|cell| {
            let cells: Vec<String> = goals.iter().map(|goal| Goal::cells(Some(goal))[cell].clone()).collect();
            cells.join("\n")
        }));
        row
    }

    fn summary(&self) -> Value {
        json!({
            "workload": self.workload,
            "connections": self.connections,
            "against": self.against,
            "rate": self.median(|leg| leg.rate),
            "p50_ms": self.milliseconds(|leg| leg.p50_us),
            "p95_ms": self.milliseconds(|leg| leg.p95_us),
            "p99_ms": self.milliseconds(|leg| leg.p99_us),
            "percent_of": YARDSTICKS.iter().map(|yardstick| yardstick.name())
                .zip(&self.ratios).filter(|(_, ratios)| !ratios.is_empty())
                .map(|(yardstick, ratios)| (yardstick, median(ratios))).collect::<BTreeMap<_, _>>(),
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
    let mut row = vec![what.to_owned(), String::new(), String::new(), value.to_owned()];
    row.extend(vec![String::new(); 9]);
    row.extend(Goal::cells(goal));
    row
}
