//! `api`: requests over HTTP under row-level security, beside the same statements under pgbench.
//!
//! Two yardsticks on the same data and the same PostgreSQL: `plain` is the bare statement, prepared, as the table's
//! owner, without settings or policies: the floor that no server reaches. `postgrest` is the sequence of statements
//! PostgREST sends for the request, with the same role, claims and policies. Neither speaks HTTP. The three take turns,
//! round after round, because machines are noisy; a ratio is always between neighbours of one round.

mod database;
mod leg;
mod load;
mod pgbench;
mod report;
mod server;
mod workload;

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use howdah_cluster::Install;
use serde::Serialize;

use self::database::Database;
use self::leg::{Against, Leg};
use self::load::{Load, Window};
use self::pgbench::Pgbench;
use self::server::Server;
use self::workload::Workload;
use crate::binary::Binary;
use crate::proc::{self, Memory};
use crate::record::Finished;
use crate::scratch::Scratch;
use crate::{http, stop};

/// Connections to the server, and pgbench's clients. Each is a user of its own.
pub(crate) const CONNECTIONS: usize = 8;
/// Rows of the table that is read, the same number for each user.
pub(crate) const ROWS: u64 = 100_000;
/// After so many requests the server's memory is looked at first.
const PRIMING: u32 = 10_000;
/// Of the server's memory, in MB (10^6 bytes).
const MEMORY_GOAL: f64 = 60.0;
/// Of the plain statement's rate, in percent.
const RATIO_GOAL: f64 = 60.0;

/// How long and how often.
#[derive(Debug, Clone, Copy, Serialize)]
struct Extent {
    rounds: usize,
    /// Of each leg, not measured.
    warm_up_seconds: u64,
    /// Of each leg, measured.
    seconds: u64,
}

/// The server's memory.
#[derive(Debug, Clone, Copy, Serialize)]
struct Memories {
    after_priming: Option<Memory>,
    at_the_end: Option<Memory>,
}

/// The PostgreSQL that is used.
///
/// # Errors
/// There is none.
pub(crate) fn install() -> anyhow::Result<Install> {
    Install::find()?.context("there is no PostgreSQL: install version 14 or newer, or set HOWDAH_PG_BIN")
}

/// Measures.
pub(crate) fn run(binary: &Binary, quick: bool) -> anyhow::Result<Finished> {
    let extent = if quick {
        Extent { rounds: 3, warm_up_seconds: 1, seconds: 2 }
    } else {
        Extent { rounds: 3, warm_up_seconds: 2, seconds: 10 }
    };
    let pgbench = Pgbench::find(&install()?)?;
    let scratch = Scratch::new()?;
    let database = Database::create(&scratch)?;
    let mut server = Server::start(binary, &scratch, &database)?;
    check_isolation(&mut server, &database)?;

    crate::say(&format!("{PRIMING} requests first"));
    let load = Load::new(&server, &database, Workload::Get)?;
    let primed = load.run(Window::requests(PRIMING.into()), &|| None)?;
    if primed.errors > 0 {
        bail!("{} of the first {PRIMING} requests failed: {}", primed.errors, primed.messages.join("; "));
    }
    let after_priming = proc::memory(server.pid());

    let mut legs = Vec::new();
    for workload in Workload::ALL {
        for round in 1..=extent.rounds {
            for against in Against::ALL {
                stop::check()?;
                crate::say(&format!("{}: {}, round {round} of {}", workload.name(), against.name(), extent.rounds));
                if workload == Workload::Insert {
                    database.empty_entries()?;
                }
                let mut leg = match against {
                    Against::Howdah => over_http(&server, &database, workload, extent)?,
                    _ => pgbench.run(&scratch, &database, workload, against, extent.warm_up_seconds, extent.seconds)?,
                };
                leg.round = round;
                legs.push(leg);
            }
        }
    }
    let memories = Memories { after_priming, at_the_end: proc::memory(server.pid()) };
    server.stop()?;
    Ok(report::finish(extent, &legs, memories, &database))
}

fn over_http(server: &Server, database: &Database, workload: Workload, extent: Extent) -> anyhow::Result<Leg> {
    let window = Window::seconds(extent.warm_up_seconds, extent.seconds);
    let postmaster = database.postmaster()?;
    let clocks = || Some([proc::cpu(server.pid())?, proc::cpu_with_children(postmaster)?]);
    let mut measured = Load::new(server, database, workload)?.run(window, &clocks)?;
    if workload == Workload::Insert {
        // Every answer must be a row, and every row an answer.
        let rows = database.count_entries()?;
        if rows != measured.answered {
            measured.errors += rows.abs_diff(measured.answered);
            measured.messages.push(format!("{} answers of 201, but {rows} rows", measured.answered));
        }
    }
    Ok(Leg::over_http(workload, measured))
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
