//! The command line of Howdah.
//!
//! `main` turns arguments into a command, runs it beside a watch for Ctrl+C, and turns what comes back into words and
//! an exit code. Everything else stands in the command's own file; what commands share is beside them.
//! Deliberately not here: SQL, HTTP and process handling, which are the libraries'.

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
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
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
