//! `api-memory`: the server's memory under 64 connections for minutes, and under exports of a gigabyte.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;

use super::check_isolation;
use super::database::Database;
use super::export::{self, Export, Format};
use super::load::{Load, Window};
use super::server::Server;
use super::workload::Workload;
use crate::binary::Binary;
use crate::record::{Finished, Goal, thousands};
use crate::scratch::Scratch;
use crate::stats::{median, spread};
use crate::{Options, proc, stop};

/// The most that may be resident, in MB (10^6 bytes).
const PEAK_GOAL: f64 = 100.0;
/// From the second quarter of the load to the last, in percent: what is not flat.
const GROWTH_GOAL: f64 = 5.0;
/// A quarter of them for each shape.
const CONNECTIONS: usize = 64;
/// Rows of the ledger for a megabyte: each is a little over 1,000 bytes.
const ROWS_PER_MEGABYTE: u64 = 1_000;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// An export is one answer and takes its time.
const SETTINGS: [(&str, &str); 2] =
    [("HOWDAH_SERVER_MAX_ROWS", "1000000"), ("HOWDAH_SERVER_REQUEST_TIMEOUT_SECONDS", "600")];

/// The server's memory while something went on.
#[derive(Debug, Serialize)]
struct Sample {
    leg: String,
    seconds: f64,
    /// Right answers; none of an export but its own.
    answered: u64,
    errors: u64,
    messages: Vec<String>,
    /// What came of an export.
    export: Option<Export>,
    /// Resident bytes, a look every 100 ms.
    resident: Vec<u64>,
}

/// Measures.
pub(crate) fn run(binary: &Binary, options: &Options) -> anyhow::Result<Finished> {
    let (seconds, megabytes) = if options.quick { (10, 50) } else { (600, 1_000) };
    let seconds = options.seconds.unwrap_or(seconds);
    let rows = options.megabytes.unwrap_or(megabytes) * ROWS_PER_MEGABYTE;
    let scratch = Scratch::new()?;
    let database = Database::create(&scratch)?;
    crate::say(&format!("making {} rows to export", thousands(count(rows))));
    database.make_ledger(rows)?;
    let mut server = Server::start(binary, &scratch, &database, &SETTINGS)?;
    check_isolation(&mut server, &database)?;

    crate::say(&format!("{CONNECTIONS} connections for {seconds} s"));
    let mut samples = vec![watched("load", server.pid(), |sample| load(&server, &database, seconds, sample))?];
    for format in Format::ALL {
        crate::say(&format!("an export as {}", format.media_type()));
        let token = database.token(0)?;
        samples.push(watched(format.media_type(), server.pid(), |sample| {
            match export::read(server.address, &token, format, rows) {
                Ok(export) => {
                    sample.answered = 1;
                    sample.export = Some(export);
                }
                Err(error) => {
                    sample.errors = 1;
                    sample.messages.push(format!("{error:#}"));
                }
            }
            Ok(())
        })?);
    }
    server.stop()?;
    Ok(finish(seconds, rows, &samples, &database))
}

/// All shapes at once, each over a quarter of the connections.
fn load(server: &Server, database: &Database, seconds: u64, sample: &mut Sample) -> anyhow::Result<()> {
    let window = Window::seconds(0, seconds);
    let each = CONNECTIONS / Workload::ALL.len();
    let loads = Workload::ALL.map(|workload| Load::new(server, database, workload, each));
    let loads = loads.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let measured = thread::scope(|scope| {
        let running: Vec<_> = loads.iter().map(|load| scope.spawn(|| load.run(window, &|| None))).collect();
        let joined = running.into_iter().map(|one| one.join().map_err(|_| anyhow::anyhow!("a load panicked"))?);
        joined.collect::<anyhow::Result<Vec<_>>>()
    })?;
    for one in measured {
        sample.answered += one.answered;
        sample.errors += one.errors;
        sample.messages.extend(one.messages);
    }
    Ok(())
}

/// Does it while somebody looks at the server's memory.
fn watched(leg: &str, pid: u32, act: impl FnOnce(&mut Sample) -> anyhow::Result<()>) -> anyhow::Result<Sample> {
    let mut sample = Sample {
        leg: leg.to_owned(),
        seconds: 0.0,
        answered: 0,
        errors: 0,
        messages: Vec::new(),
        export: None,
        resident: Vec::new(),
    };
    let (is_over, begun) = (AtomicBool::new(false), Instant::now());
    let (acted, resident) = thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut resident = Vec::new();
            loop {
                resident.extend(proc::memory(pid).map(|memory| memory.resident));
                if is_over.load(Ordering::Relaxed) {
                    return resident;
                }
                thread::sleep(LOOK);
            }
        });
        let acted = act(&mut sample);
        is_over.store(true, Ordering::Relaxed);
        (acted, looking.join().unwrap_or_default())
    });
    acted?;
    stop::check()?;
    sample.resident = resident;
    sample.seconds = begun.elapsed().as_secs_f64();
    Ok(sample)
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

fn megabytes_of(bytes: u64) -> f64 {
    count(bytes) / 1e6
}

impl Sample {
    fn megabytes(&self) -> Vec<f64> {
        self.resident.iter().map(|bytes| megabytes_of(*bytes)).collect()
    }

    fn peak(&self) -> f64 {
        spread(&self.megabytes()).1
    }

    /// Percent from the second quarter to the last, medians; the first is for warming up.
    fn growth(&self) -> f64 {
        let all = self.megabytes();
        let quarter = all.len() / 4;
        let (second, last) = (&all[quarter..quarter * 2], &all[all.len() - quarter..]);
        if second.is_empty() { 0.0 } else { (median(last) / median(second) - 1.0) * 100.0 }
    }
}

fn finish(seconds: u64, rows: u64, samples: &[Sample], database: &Database) -> Finished {
    let mut goals = Vec::new();
    let mut table = Vec::new();
    for sample in samples {
        let leg = &sample.leg;
        let mut own = vec![Goal::below(&format!("{leg}: peak"), sample.peak(), PEAK_GOAL, "MB")];
        if sample.export.is_none() {
            own.push(Goal::below(&format!("{leg}: growth"), sample.growth(), GROWTH_GOAL, "% growth"));
        }
        let moved = match sample.export {
            Some(Export { bytes, seconds }) => {
                format!("{} MB, {:.0} MB/s", thousands(megabytes_of(bytes)), megabytes_of(bytes) / seconds)
            }
            None => format!("{} answers", thousands(count(sample.answered))),
        };
        let mut row = vec![
            leg.clone(),
            format!("{:.1}", sample.seconds),
            moved,
            format!("{:.1}", median(&sample.megabytes())),
            format!("{:.1}", sample.peak()),
            format!("{:.1} %", sample.growth()),
            sample.errors.to_string(),
        ];
        row.extend([0, 1].map(|cell| {
            let cells: Vec<String> = own.iter().map(|goal| Goal::cells(Some(goal))[cell].clone()).collect();
            cells.join("\n")
        }));
        table.push(row);
        goals.extend(own);
    }
    let errors: u64 = samples.iter().map(|sample| sample.errors).sum();
    goals.push(Goal::none_of("wrong or missing answers", count(errors)));
    let mut row = vec!["wrong or missing answers".to_owned()];
    row.extend(vec![String::new(); 5]);
    row.push(errors.to_string());
    row.extend(Goal::cells(goals.last()));
    table.push(row);
    let mut notes = vec!["Resident memory of howdah in MB (10^6 bytes), a look every 100 ms.".to_owned()];
    notes.extend(samples.iter().flat_map(|sample| &sample.messages).map(|message| format!("wrong: {message}")));
    let summary = samples.iter().map(|sample| {
        json!({
            "leg": sample.leg,
            "median_mb": median(&sample.megabytes()),
            "peak_mb": sample.peak(),
            "growth_percent": sample.growth(),
            "export": sample.export,
        })
    });
    Finished {
        settings: json!({
            "connections": CONNECTIONS,
            "seconds": seconds,
            "export_rows": rows,
            "howdah": SETTINGS,
            "requests": Workload::ALL.map(|workload| json!({ workload.name(): workload.request_line() })),
            "postgresql": database.settings().unwrap_or_else(|error| json!(error.to_string())),
        }),
        summary: summary.collect(),
        samples: json!(samples),
        goals,
        header: vec!["leg", "seconds", "moved", "median MB", "peak MB", "growth", "wrong", "goal", ""],
        rows: table,
        notes,
    }
}
