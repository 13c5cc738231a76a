//! The command line of Howdah.
//!
//! `main` turns arguments into a command, runs it beside a watch for Ctrl+C, and turns what comes back into words and
//! an exit code. Everything else stands in the command's own file; what commands share is beside them.
//! Deliberately not here: SQL, HTTP and process handling, which are the libraries'.

mod audit;
mod cli;
mod commands;
mod config;
mod context;
mod database;
mod dev;
mod docs;
mod exit;
mod failure;
mod findings;
mod generated;
mod known_errors;
mod masks;
mod migrations;
mod new_migration;
mod output;
mod own_schema;
mod plans;
mod policy_tests;
mod project;
mod scaffold;
mod scratch;
mod secrets;
mod seeding;
mod serve;
mod signing_keys;
mod sources;
mod usage;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// The variable with the number of threads that serve.
const WORKER_THREADS: &str = "HOWDAH_WORKER_THREADS";

/// A request allocates some dozens of small pieces, often freed on another thread than they came from: malloc and free of glibc
/// take a seventh of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long an interrupted command may take to undo what it was doing.
const GRACE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    usage::preset_color();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error).into(),
    };
    cli.globals.color.apply();
    let context = Context {
        out: Output::new(cli.globals.json, cli.globals.quiet, cli.globals.verbose),
        project: cli.globals.project,
        yes: cli.globals.yes,
    };
    let json = context.out.is_json();
    if let Some(level) = context.out.log_level() {
        serve::start_log(Some(serve::LogFormat::Text), level);
    }
    match run(cli.command, context) {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => Exit::Ok.into(),
        Err(error) => {
            let failure = Failure::from_error(error);
            output::report(&failure, json);
            failure.exit.into()
        }
    }
}

fn run(command: Command, context: Context) -> anyhow::Result<Exit> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(workers()?).enable_all().build()?;
    let result = runtime.block_on(async {
        if command.handles_signals() {
            return command.run(&context).await;
        }
        let mut running = tokio::spawn(async move { command.run(&context).await });
        tokio::select! {
            result = &mut running => result?,
            () = interrupted() => {
                // Dropping the command closes its connections, and PostgreSQL rolls back what was under way.
                output::end_line();
                running.abort();
                let _ = tokio::time::timeout(GRACE, running).await;
                Err(Failure::interrupted().into())
            }
        }
    });
    // A thread that reads stdin or waits for a process must not keep an interrupted command alive.
    runtime.shutdown_timeout(Duration::from_millis(100));
    result
}

/// Threads that serve requests: half of the cores, because PostgreSQL on the same machine needs the others, and because
/// every thread more wakes others up more often. [`WORKER_THREADS`] says otherwise, such as for a server whose
/// database is elsewhere; the runtime is there before any other setting is read.
fn workers() -> Result<usize, Failure> {
    let Ok(wanted) = std::env::var(WORKER_THREADS) else {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        return Ok((cores / 2).max(1));
    };
    let number = wanted.trim().parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| {
        Failure::usage("worker-threads", format!("{WORKER_THREADS} is \"{wanted}\", not a number from 1 to 1024"))
            .hint("unset it for half of the machine's cores")
    })
}

/// Returns at Ctrl+C or SIGTERM.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// The reader of our stdout (`| head`) has all it wanted.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
