//! `api-load`: many connections, a slow reader among them, while PostgreSQL is shut down immediately and started again.
//!
//! Every answer is looked at as a whole. While PostgreSQL is away, 503 and 504 with a code are answers too; anything else
//! that is not what was asked for is wrong, and so is an insert that was answered and has no row, or has two. Afterwards the
//! server must hold no more than before. All of it more than once: what is only kept for the next time does not grow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;

use super::check_isolation;
use super::database::Database;
use super::leftovers::Leftovers;
use super::load::{Load, Window, connect};
use super::server::Server;
use super::slow::{self, Slow};
use super::visit::{Outcome, Plan, Visit, visit};
use super::workload::{USERS, Workload};
use crate::Options;
use crate::binary::Binary;
use crate::record::{Finished, Goal, thousands};
use crate::scratch::Scratch;
use crate::stop;

/// From the moment PostgreSQL answers again to the last answer that is none.
const RECOVERY_GOAL_MS: f64 = 2_000.0;
const RECOVERY_GOAL: Duration = Duration::from_secs(2);
/// PostgreSQL stays away this long, and as long as it takes to start.
const AWAY: Duration = Duration::from_secs(2);
/// From the end of the first restart to that of the last, in MB.
const GROWTH_GOAL: f64 = 5.0;
/// From before the first restart to the end of the last, in MB.
const KEPT_GOAL: f64 = 20.0;
/// With all connections open, in MB. A slow reader's answer alone is larger: it must not be kept for it.
const BUSY_GOAL: f64 = 100.0;
/// Messages kept of each restart.
const MESSAGES: usize = 5;
/// The row limit lets a slow reader's answer be large.
const SETTINGS: [(&str, &str); 1] = [("HOWDAH_SERVER_MAX_ROWS", "100000")];

#[derive(Debug, Clone, Copy, Serialize)]
struct Extent {
    connections: usize,
    restarts: usize,
    /// Before PostgreSQL goes, and again after it is back.
    seconds: u64,
}

/// What happened around one restart.
#[derive(Debug, Serialize)]
struct Sample {
    right: usize,
    /// By status and code.
    refused: BTreeMap<String, usize>,
    wrong: usize,
    /// The first few of what was wrong.
    messages: Vec<String>,
    /// From the signal to PostgreSQL's first answer.
    away_ms: f64,
    /// From then to the first right answer of each shape.
    first_right_ms: BTreeMap<&'static str, f64>,
    /// From then until no more answer was a refusal, and there was a right one.
    recovery_ms: f64,
    slow_readers: Vec<Slow>,
    /// With all connections open.
    busy: Leftovers,
    after: Leftovers,
}

/// Measures.
pub(crate) fn run(binary: &Binary, options: &Options) -> anyhow::Result<Finished> {
    let (connections, seconds) = if options.quick { (200, 6) } else { (1_000, 40) };
    let extent = Extent {
        connections: options.connections.first().copied().unwrap_or(connections),
        restarts: options.rounds.unwrap_or(2),
        seconds: options.seconds.unwrap_or(seconds),
    };
    let scratch = Scratch::new()?;
    let mut database = Database::create(&scratch)?;
    database.make_ledger(slow::ROWS)?;
    let mut server = Server::start(binary, &scratch, &database, &SETTINGS)?;
    check_isolation(&mut server, &database)?;
    // Before anybody needed a session of their own, but with all lanes open; memory is looked at later, when caches are filled.
    stop::sleep_until(Instant::now() + Duration::from_secs(2))?;
    let fresh = Leftovers::now(&server, &database)?;
    for workload in Workload::ALL {
        let primed = Load::new(&server, &database, workload, 8)?.run(Window::requests(500), &|| None)?;
        if primed.errors > 0 {
            bail!("{} of the first requests failed: {}", primed.errors, primed.messages.join("; "));
        }
    }
    let right = slow::whole(server.address, &database.token(0)?).context("the answer for the slow reader")?;
    crate::say("waiting for idle sessions to close");
    let start = Leftovers { resident: Leftovers::when_idle(&server, &database)?.resident, ..fresh };
    let mut samples = Vec::new();
    let mut amounts = 0;
    for number in 1..=extent.restarts {
        crate::say(&format!("{} connections, restart {number} of {}", extent.connections, extent.restarts));
        samples.push(restart(&server, &mut database, extent, &right, start, &mut amounts)?);
    }
    server.stop()?;
    Ok(finish(extent, right.len(), start, &samples))
}

/// One restart in the middle of requests.
fn restart(
    server: &Server,
    database: &mut Database,
    extent: Extent,
    right: &[u8],
    start: Leftovers,
    amounts: &mut u64,
) -> anyhow::Result<Sample> {
    let calm = Duration::from_secs(extent.seconds);
    database.empty_entries()?;
    let tokens = (0..USERS).map(|user| database.token(user)).collect::<anyhow::Result<Vec<_>>>()?;
    let plan = Arc::new(Plan::new(server.address, tokens.clone(), *amounts));
    let visitors = {
        let (plan, connections) = (Arc::clone(&plan), extent.connections);
        let (send, open) = mpsc::channel();
        let visitors = thread::spawn(move || visitors(&plan, connections, &send));
        // Nothing comes when they could not connect; their own error says why.
        if open.recv().is_err() {
            visitors.join().map_err(|_| anyhow::anyhow!("the visitors panicked"))??;
            bail!("the visitors left");
        }
        visitors
    };
    let (killed, back, busy, slow_readers) = thread::scope(|scope| {
        let slow_readers = scope.spawn(|| {
            let mut ended = Vec::new();
            while !plan.is_over.load(Ordering::Relaxed) {
                ended.push(slow::read(server.address, &tokens[0], right, &plan.is_over));
                thread::sleep(Duration::from_millis(200));
            }
            ended
        });
        let events = (|| {
            stop::sleep_until(Instant::now() + calm)?;
            let busy = Leftovers::now(server, database)?;
            let killed = Instant::now();
            database.shut_down_immediately()?;
            stop::sleep_until(Instant::now() + AWAY)?;
            let back = database.start_again()?;
            stop::sleep_until(back + calm.max(RECOVERY_GOAL * 2))?;
            Ok::<_, anyhow::Error>((killed, back, busy))
        })();
        plan.is_over.store(true, Ordering::Relaxed);
        let slow_readers = slow_readers.join().map_err(|_| anyhow::anyhow!("the slow reader panicked"))?;
        events.map(|(killed, back, busy)| (killed, back, busy, slow_readers))
    })?;
    let visits = visitors.join().map_err(|_| anyhow::anyhow!("the visitors panicked"))??;
    stop::check()?;
    *amounts += visits.iter().filter(|visit| visit.workload == Workload::Insert).count() as u64;
    let mut sample = judge(&visits, killed, back);
    for slow in &slow_readers {
        sample.add_wrong(slow.wrong.as_ref().map(|why| format!("slow reader: {why}")));
    }
    for message in check_inserts(&visits, database)? {
        sample.add_wrong(Some(message));
    }
    Ok(Sample { slow_readers, busy, after: Leftovers::settled(server, database, start)?, ..sample })
}

/// Opens the connections, says so, and lets them ask until it is over.
fn visitors(plan: &Arc<Plan>, connections: usize, open: &mpsc::Sender<()>) -> anyhow::Result<Vec<Visit>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..connections {
            streams.push(connect(plan.address()).await.context("cannot connect to the server")?);
        }
        // Whoever waits for this is gone only if this is to stop.
        let _ = open.send(());
        let mut visitors = JoinSet::new();
        for (number, stream) in streams.into_iter().enumerate() {
            visitors.spawn(visit(Arc::clone(plan), stream, number));
        }
        Ok(visitors.join_all().await.into_iter().flatten().collect())
    })
}

fn judge(visits: &[Visit], killed: Instant, back: Instant) -> Sample {
    let mut sample = Sample {
        right: 0,
        refused: BTreeMap::new(),
        wrong: 0,
        messages: Vec::new(),
        away_ms: milliseconds(back - killed),
        first_right_ms: BTreeMap::new(),
        recovery_ms: 0.0,
        slow_readers: Vec::new(),
        busy: Leftovers { descriptors: 0, sessions: 0, resident: 0 },
        after: Leftovers { descriptors: 0, sessions: 0, resident: 0 },
    };
    let mut last_refused = back;
    for visit in visits {
        match &visit.outcome {
            Outcome::Right => {
                sample.right += 1;
                // Begun afterwards: an answer from before may still have been on its way.
                if visit.begun >= back {
                    let took = milliseconds(visit.ended - back);
                    let first = sample.first_right_ms.entry(visit.workload.name()).or_insert(took);
                    *first = first.min(took);
                }
            }
            Outcome::Refused(code) if visit.ended >= killed && visit.ended <= back + RECOVERY_GOAL => {
                *sample.refused.entry(code.clone()).or_default() += 1;
                last_refused = last_refused.max(visit.ended);
            }
            Outcome::Refused(code) => {
                sample.add_wrong(Some(format!("{}: {code} while PostgreSQL was there", visit.workload.name())));
                if visit.ended > back {
                    last_refused = last_refused.max(visit.ended);
                }
            }
            Outcome::Wrong(why) => {
                let at = if visit.ended < killed {
                    "before the restart".to_owned()
                } else {
                    format!("{:.0} ms after PostgreSQL went", milliseconds(visit.ended - killed))
                };
                sample.add_wrong(Some(format!("{at}, {why}")));
            }
        }
    }
    let first = sample.first_right_ms.values().copied().fold(f64::INFINITY, f64::min);
    sample.recovery_ms = milliseconds(last_refused - back).max(first);
    sample
}

/// Every insert that was answered has one row, every other at most one, and no row is anybody else's.
fn check_inserts(visits: &[Visit], database: &Database) -> anyhow::Result<Vec<String>> {
    let mut rows = database.entries()?;
    let mut messages = Vec::new();
    for visit in visits.iter().filter(|visit| visit.workload == Workload::Insert) {
        let amount = visit.key;
        match (rows.remove(&amount).unwrap_or(0), &visit.outcome) {
            (1, _) => {}
            (0, outcome) if *outcome != Outcome::Right => {}
            (found, outcome) => messages.push(format!("insert of {amount}: {outcome:?}, and {found} rows")),
        }
    }
    messages.extend(rows.keys().map(|amount| format!("a row of {amount}, which nobody inserted")));
    Ok(messages)
}

impl Sample {
    fn add_wrong(&mut self, message: Option<String>) {
        let Some(message) = message else { return };
        self.wrong += 1;
        if self.messages.len() < MESSAGES {
            self.messages.push(message);
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts and bytes are far below 2^52")]
fn more(after: u64, before: u64) -> f64 {
    after.saturating_sub(before) as f64
}

fn finish(extent: Extent, large_bytes: usize, start: Leftovers, samples: &[Sample]) -> Finished {
    let last = samples.last().map_or(start, |sample| sample.after);
    let first = samples.first().map_or(start, |sample| sample.after);
    let wrong: usize = samples.iter().map(|sample| sample.wrong).sum();
    let busy = samples.iter().map(|sample| sample.busy.resident).max().unwrap_or(0);
    let slowest = samples.iter().map(|sample| sample.recovery_ms).fold(0.0, f64::max);
    let mut goals = vec![
        Goal::none_of("wrong answers", count(wrong)),
        Goal::below("recovery after PostgreSQL is back", slowest, RECOVERY_GOAL_MS, "ms"),
        Goal::none_of("file descriptors more than at the start", more(last.descriptors, start.descriptors)),
        Goal::none_of("PostgreSQL sessions more than at the start", more(last.sessions, start.sessions)),
        Goal::below("memory with all connections open", more(busy, 0) / 1e6, BUSY_GOAL, "MB"),
        Goal::below("memory more than at the start", more(last.resident, start.resident) / 1e6, KEPT_GOAL, "MB"),
    ];
    if samples.len() > 1 {
        let grown = more(last.resident, first.resident) / 1e6;
        goals.push(Goal::below("memory more than after the first restart", grown, GROWTH_GOAL, "MB"));
    }
    let mut rows: Vec<Vec<String>> = samples.iter().enumerate().map(|(at, sample)| sample.row(at + 1)).collect();
    for goal in &goals {
        let mut row = vec![goal.what.clone(), format!("{:.1}", goal.value)];
        row.extend(vec![String::new(); 7]);
        row.extend(Goal::cells(Some(goal)));
        rows.push(row);
    }
    let mut notes = vec![
        format!("At the start: {}.", shown(start).replace('\n', ", ")),
        "Recovery: from PostgreSQL's first answer to the last refusal, and at least to the first right answer."
            .to_owned(),
    ];
    notes.extend(samples.iter().flat_map(|sample| &sample.messages).map(|message| format!("wrong: {message}")));
    Finished {
        settings: json!({
            "extent": extent,
            "howdah": SETTINGS,
            "slow_reader_answer_bytes": large_bytes,
            "requests": Workload::ALL.map(|workload| json!({ workload.name(): workload.request_line() })),
        }),
        summary: json!({ "start": start, "end": last, "wrong": wrong, "recovery_ms": slowest }),
        samples: json!(samples),
        goals,
        header: vec![
            "restart",
            "right",
            "refused",
            "wrong",
            "away ms",
            "recovery ms",
            "slow readers",
            "open",
            "after",
            "goal",
            "",
        ],
        rows,
        notes,
    }
}

impl Sample {
    fn row(&self, number: usize) -> Vec<String> {
        let refused = self.refused.iter().map(|(code, count)| format!("{count} × {code}"));
        let slow = self.slow_readers.iter().map(|slow| {
            let how = if slow.whole { "whole" } else { "let go" };
            format!("{how} after {:.0} s", slow.seconds)
        });
        vec![
            number.to_string(),
            thousands(count(self.right)),
            refused.collect::<Vec<_>>().join("\n"),
            self.wrong.to_string(),
            format!("{:.0}", self.away_ms),
            format!("{:.0}", self.recovery_ms),
            slow.collect::<Vec<_>>().join("\n"),
            shown(self.busy),
            shown(self.after),
            String::new(),
            String::new(),
        ]
    }
}

fn shown(left: Leftovers) -> String {
    let Leftovers { descriptors, sessions, resident } = left;
    format!("{descriptors} files\n{sessions} sessions\n{:.1} MB", more(resident, 0) / 1e6)
}
