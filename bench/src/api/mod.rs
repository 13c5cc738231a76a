//! `api`: requests over HTTP under row-level security, beside the same SQL under pgbench.
//!
//! The SQL is what Howdah sends: it is taken from PostgreSQL's log at the beginning of the run, so it cannot drift. Four
//! yardsticks on the same data and the same PostgreSQL: `plain` is the bare statement, prepared, as the tables' owner,
//! without settings or policies: the floor that no server reaches; `plain-tcp` is the same over TCP. `postgrest` is PostgREST's sequence of BEGIN, settings,
//! statement and COMMIT, `flight` the same without BEGIN and COMMIT and at once, both with the same role, claims and
//! policies. None speaks HTTP. All take turns, round after round, because machines are noisy; a ratio is always between
//! neighbours of one round.
//!
//! Beside it: [`restart`] (`api-load`) and [`memory`] (`api-memory`).

mod database;
mod expected;
mod export;
mod leftovers;
pub(crate) mod leg;
pub(crate) mod load;
pub(crate) mod memory;
mod pgbench;
mod report;
pub(crate) mod restart;
mod script;
mod server;
mod slow;
mod trace;
mod visit;
pub(crate) mod workload;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use howdah_cluster::Install;
use serde::Serialize;

use self::database::Database;
use self::leg::{Against, Leg};
use self::load::{Load, Window};
use self::pgbench::{Job, Pgbench};
use self::script::Script;
use self::server::Server;
use self::trace::Flight;
use self::workload::{USERS, Workload};
use crate::binary::Binary;
use crate::proc::{self, Memory};
use crate::record::Finished;
use crate::scratch::Scratch;
use crate::{Options, http, stop};

/// Connections to the server, and pgbench's clients.
const CONNECTIONS: [usize; 3] = [1, 8, 64];
/// The number of connections that goals are for.
const GOAL_CONNECTIONS: usize = 8;
/// Rows of the table that is read by key, the same number for each user.
pub(crate) const ROWS: u64 = 100_000;
/// After so many requests the server's memory is looked at first.
const PRIMING: u32 = 10_000;
/// Of the server's memory, in MB (10^6 bytes).
const MEMORY_GOAL: f64 = 60.0;

/// What is measured, how long and how often.
#[derive(Debug, Clone, Serialize)]
struct Extent {
    shapes: Vec<Workload>,
    ways: Vec<Against>,
    connections: Vec<usize>,
    rounds: usize,
    /// Of each leg, not measured.
    warm_up_seconds: u64,
    /// Of each leg, measured.
    seconds: u64,
}

impl Extent {
    fn new(options: &Options) -> Self {
        let (rounds, warm_up_seconds, seconds) = if options.quick { (1, 1, 2) } else { (3, 2, 8) };
        let or = |given: &[usize], usual: &[usize]| if given.is_empty() { usual.to_vec() } else { given.to_vec() };
        Self {
            shapes: if options.shapes.is_empty() { Workload::ALL.to_vec() } else { options.shapes.clone() },
            ways: if options.ways.is_empty() { Against::ALL.to_vec() } else { options.ways.clone() },
            connections: or(&options.connections, &CONNECTIONS),
            rounds: options.rounds.unwrap_or(rounds),
            warm_up_seconds,
            seconds: options.seconds.unwrap_or(seconds),
        }
    }
}

/// The server's memory.
#[derive(Debug, Clone, Copy, Serialize)]
struct Memories {
    after_priming: Option<Memory>,
    at_the_end: Option<Memory>,
}

/// A shape and what Howdah sends for it.
struct Traced {
    workload: Workload,
    /// One of each user.
    flights: Vec<Flight>,
}

/// The PostgreSQL that is used.
///
/// # Errors
/// There is none.
pub(crate) fn install() -> anyhow::Result<Install> {
    Install::find()?.context("there is no PostgreSQL: install version 14 or newer, or set HOWDAH_PG_BIN")
}

/// Measures.
pub(crate) fn run(binary: &Binary, options: &Options) -> anyhow::Result<Finished> {
    let extent = Extent::new(options);
    let pgbench = Pgbench::find(&install()?)?;
    let scratch = Scratch::new()?;
    let database = Database::create(&scratch)?;
    let mut server = Server::start(binary, &scratch, &database, &[])?;
    check_isolation(&mut server, &database)?;

    crate::say(&format!("{PRIMING} requests first"));
    let primed = Load::new(&server, &database, Workload::Get, GOAL_CONNECTIONS)?
        .run(Window::requests(PRIMING.into()), &|| None)?;
    if primed.errors > 0 {
        bail!("{} of the first {PRIMING} requests failed: {}", primed.errors, primed.messages.join("; "));
    }
    let after_priming = proc::memory(server.pid());

    let mut traced = Vec::new();
    for &workload in &extent.shapes {
        let flights = (0..USERS).map(|user| trace::flight(&server, &database, workload, user));
        traced.push(Traced { workload, flights: flights.collect::<anyhow::Result<_>>()? });
    }
    let mut legs = Vec::new();
    for shape in &traced {
        for &connections in &extent.connections {
            legs.extend(measure(&server, &database, &scratch, &pgbench, &extent, shape, connections)?);
        }
    }
    let memories = Memories { after_priming, at_the_end: proc::memory(server.pid()) };
    server.stop()?;
    Ok(report::finish(&extent, &traced, &legs, memories, &database))
}

/// All rounds of one shape at one number of connections.
fn measure(
    server: &Server,
    database: &Database,
    scratch: &Scratch,
    pgbench: &Pgbench,
    extent: &Extent,
    shape: &Traced,
    connections: usize,
) -> anyhow::Result<Vec<Leg>> {
    let workload = shape.workload;
    let mut legs = Vec::new();
    for round in 1..=extent.rounds {
        for &against in &extent.ways {
            stop::check()?;
            let (name, way, rounds) = (workload.name(), against.name(), extent.rounds);
            crate::say(&format!("{name}, {connections} connections: {way}, round {round} of {rounds}"));
            if !workload.is_read() {
                database.empty_entries()?;
            }
            let mut leg = if against == Against::Howdah {
                over_http(server, database, workload, connections, extent)?
            } else {
                let scripts = (shape.flights.iter().enumerate())
                    .map(|(user, flight)| Script::new(flight, workload, against, user))
                    .collect::<anyhow::Result<Vec<_>>>()?;
                let (warm_up, seconds) = (extent.warm_up_seconds, extent.seconds);
                let job = Job { workload, against, scripts: &scripts, connections, warm_up, seconds };
                pgbench.run(scratch, database, job)?
            };
            leg.round = round;
            legs.push(leg);
        }
    }
    Ok(legs)
}

fn over_http(
    server: &Server,
    database: &Database,
    workload: Workload,
    connections: usize,
    extent: &Extent,
) -> anyhow::Result<Leg> {
    let window = Window::seconds(extent.warm_up_seconds, extent.seconds);
    let postmaster = database.postmaster()?;
    let clocks = || Some([proc::cpu(server.pid())?, proc::cpu_with_children(postmaster)?]);
    let mut measured = Load::new(server, database, workload, connections)?.run(window, &clocks)?;
    if !workload.is_read() {
        // Every answer must be a row, and every row an answer.
        let rows = database.count_entries()?;
        if rows != measured.answered {
            measured.errors += rows.abs_diff(measured.answered);
            measured.messages.push(format!("{} answers of 201, but {rows} rows", measured.answered));
        }
    }
    Ok(Leg::over_http(workload, connections, measured))
}

/// The figures are worth nothing if the policies do not hold.
fn check_isolation(server: &mut Server, database: &Database) -> anyhow::Result<()> {
    let (address, token) = (server.address, database.token(0)?);
    let get = |id: u64, token: Option<&str>| http::request(address, &format!("/rest/v1/items?id=eq.{id}"), token, None);
    http::wait_for(server.process(), address, "/readyz", None, Duration::from_secs(30))?;
    let deadline = Instant::now() + Duration::from_secs(10);
    while get(0, Some(&token))?.0 != 200 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20)); // the schema is being read
    }
    let (status, body) = get(0, Some(&token))?;
    if status != 200 || !body.starts_with("[{\"id\":0,") {
        bail!("a user's own row is answered with {status}: {body}");
    }
    let (status, body) = get(1, Some(&token))?;
    if status != 200 || body != "[]" {
        bail!("another user's row is answered with {status}: {body}");
    }
    let (status, body) = get(0, None)?;
    if status < 400 {
        bail!("a row is answered without a token with {status}: {body}");
    }
    Ok(())
}
