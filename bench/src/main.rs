//! Benchmarks: what people feel (`start`), what PostgreSQL could do without us (`api`), and how reading and comparing schemas
//! grows (`schema`), and documentation and lint (`docs`), with goals beside the figures.
//!
//! Every benchmark builds the release binary it measures, runs it as a program of its own, and keeps every sample in
//! `bench/runs`. Deliberately not here: benchmarks of single functions; what counts is what arrives at the other end.

mod api;
mod audit;
mod binary;
mod child;
mod docs;
mod http;
mod logins;
mod machine;
mod proc;
mod record;
mod schema;
mod scratch;
mod start;
mod stats;
mod stop;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::TypedValueParser;
use clap::{Parser, ValueEnum};

use crate::api::leg::Against;
use crate::api::workload::Workload;
use crate::binary::Binary;
use crate::record::{Finished, Run};

const AFTER_HELP: &str = "\
Examples:
  cargo run --release -p howdah-bench -- start api
  cargo run --release -p howdah-bench -- api --quick
  cargo run --release -p howdah-bench -- api --shapes get,page --connections 8
  cargo run --release -p howdah-bench -- start --binary /usr/local/bin/howdah --out /tmp/runs

Exit codes: 0 all goals are met, 1 it failed, 2 the command line is wrong, 3 a goal is missed, 130 interrupted";

/// Measures Howdah beside its yardsticks
#[derive(Parser, Debug)]
#[command(name = "howdah-bench", after_help = AFTER_HELP, max_term_width = 100)]
struct Args {
    /// What to measure, in this order; none lists what there is
    #[arg(value_name = "BENCHMARK")]
    benchmarks: Vec<Benchmark>,

    /// Print the whole run as JSON, one document a benchmark, instead of a table
    #[arg(long)]
    json: bool,

    /// The folder to keep the run in
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Measure this howdah instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,

    #[command(flatten)]
    options: Options,
}

/// How much is measured.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// A short run, to see that it works: its figures mean little, and it is kept only with --out
    #[arg(long)]
    pub(crate) quick: bool,

    /// api: only these shapes, separated by commas
    #[arg(long, value_name = "SHAPES", value_delimiter = ',')]
    pub(crate) shapes: Vec<Workload>,

    /// api: only these ways, separated by commas; without a yardstick its goals are not judged
    #[arg(long, value_name = "WAYS", value_delimiter = ',')]
    pub(crate) ways: Vec<Against>,

    /// api: these numbers of connections instead of 1, 8 and 64; api-load: this many instead of 1,000
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=5000).map(usize::from))]
    pub(crate) connections: Vec<usize>,

    /// api: rounds of each leg; api-load: restarts of PostgreSQL
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100).map(usize::from))]
    pub(crate) rounds: Option<usize>,

    /// api: seconds of each leg that are measured; api-load: seconds before and after each restart; api-memory: seconds
    /// under load
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) seconds: Option<u64>,

    /// api-memory: megabytes of each export
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub(crate) megabytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    Start,
    Api,
    ApiLoad,
    ApiMemory,
    Schema,
    Docs,
    Audit,
    Logins,
}

impl Benchmark {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Api => "api",
            Self::ApiLoad => "api-load",
            Self::ApiMemory => "api-memory",
            Self::Schema => "schema",
            Self::Docs => "docs",
            Self::Audit => "audit",
            Self::Logins => "logins",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Start => {
                "`howdah dev` in a new folder and in the same again, until rows come over HTTP (about 1 minute)"
            }
            Self::Api => {
                "GET by key, a page, a page with embeds, an insert over HTTP, each beside pgbench (about 26 minutes)"
            }
            Self::ApiLoad => {
                "1,000 connections and a slow reader while PostgreSQL is restarted: every answer is checked (about 5 minutes)"
            }
            Self::ApiMemory => "the server's memory under 64 connections and under exports of 1 GB (about 12 minutes)",
            Self::Schema => {
                "reading a catalog and planning a change at 100, 1,000 and 10,000 tables, beside pg_dump (about 3 minutes)"
            }
            Self::Docs => {
                "`howdah docs` and the lint at 100 and 1,000 tables, beside pg_dump and reading (about 1 minute)"
            }
            Self::Audit => "writes to an audited table beside the same to another, with sealing on (about 2 minutes)",
            Self::Logins => "reads by key while 50 people sign in at the same moment (about 2 minutes)",
        }
    }

    fn measure(self, binary: &Binary, options: &Options) -> anyhow::Result<Finished> {
        let quick = options.quick;
        match self {
            Self::Start => start::run(binary, quick),
            Self::Api => api::run(binary, options),
            Self::ApiLoad => api::restart::run(binary, options),
            Self::ApiMemory => api::memory::run(binary, options),
            Self::Schema => schema::run(quick),
            Self::Docs => docs::run(binary, quick),
            Self::Audit => audit::run(quick),
            Self::Logins => logins::run(binary, quick),
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let result = stop::listen().and_then(|()| run(&args));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(_) if stop::is_asked() => ExitCode::from(130),
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal was met.
fn run(args: &Args) -> anyhow::Result<bool> {
    if args.benchmarks.is_empty() {
        for benchmark in Benchmark::value_variants() {
            print(&format!("{:<12}{}", benchmark.name(), benchmark.about()))?;
        }
        return Ok(true);
    }
    if cfg!(debug_assertions) {
        say(
            "warning: this is a debug build, and its load generator is slow: use `cargo run --release -p howdah-bench`",
        );
    }
    let binary = Binary::find_or_build(args.binary.as_deref())?;
    let mut all_met = true;
    for benchmark in &args.benchmarks {
        let run = Run::begin(benchmark.name(), args.options.quick, &binary)?;
        let finished = benchmark.measure(&binary, &args.options)?;
        all_met &= finished.goals.iter().all(|goal| goal.met);
        let document = run.document(&finished);
        if args.json {
            print(&serde_json::to_string_pretty(&document)?)?;
        } else {
            print(&finished.render(&run))?;
        }
        // A short run is no result, so nobody has to throw it away.
        if !args.options.quick || args.out.is_some() {
            let path = run.keep(&document, args.out.as_deref())?;
            say(&format!("kept as {}", path.display()));
        }
    }
    Ok(all_met)
}

/// The result, on stdout.
fn print(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// What is said on the way, on stderr; that nobody listens is no failure.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
