//! `howdah validate`: whether the rows of a database are what its schema promises.

mod show;

use std::sync::{Mutex, PoisonError};

use clap::builder::PossibleValuesParser;
use howdah_pg::validate::{CHECKS, Check, Level, Report, ValidateError, ValidateOptions, Validator, Watch};
use howdah_pg::{IntrospectOptions, introspect};

use crate::context::Context;
use crate::database::Database;
use crate::dev::signals::Signals;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Step, Unit};

const AFTER_HELP: &str = "\
It reads and changes nothing: read-only transactions, one for each step, no lock that anybody waits for. \
It looks as the role that connects, and says what that role may not see. The project's own database it \
reads as the superuser of its server. Personal data in the keys of rows is masked.

Examples:
  howdah validate
  howdah validate --env production --table 'public.*' --check foreign-key --check sequence
  howdah validate --env staging --json | jq -r '.data.findings[] | [.level, .object, .rows] | @tsv'
  howdah validate --checks
  howdah validate --explain unique

Exit codes:
  0    everything was looked at, and nothing is worse than info
  1    it could not be found out
  2    there is no such environment, table or check
  3    there are errors or warnings, or something could not be looked at
  4    the login was refused
  130  interrupted; what ran on the server was stopped";

/// See whether the rows of a database are what its schema promises
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// Only these tables: a name, or a pattern with * and ?, with or without its schema
    #[arg(long, value_name = "PATTERN", num_args = 1..)]
    table: Vec<String>,

    /// Only these checks
    #[arg(long, value_name = "CHECK", num_args = 1.., value_parser = PossibleValuesParser::new(CHECKS.map(|spec| spec.check.id())))]
    check: Vec<String>,

    /// How many offending rows are named for each finding
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000))]
    limit: u32,

    /// The least that is reported
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    level: LevelName,

    /// List the checks
    #[arg(long, conflicts_with_all = ["env", "table", "check", "explain"])]
    checks: bool,

    /// Say what a check proves, what it cannot, what it costs and needs
    #[arg(long, value_name = "CHECK", conflicts_with_all = ["env", "table", "check"], value_parser = PossibleValuesParser::new(CHECKS.map(|spec| spec.check.id())))]
    explain: Option<String>,
}

/// `--level`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum LevelName {
    Error,
    Warning,
    Info,
}

impl LevelName {
    fn level(self) -> Level {
        match self {
            Self::Error => Level::Error,
            Self::Warning => Level::Warning,
            Self::Info => Level::Info,
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.checks {
        return show::checks(&context.out);
    }
    if let Some(id) = &args.explain {
        return show::explain(&id.parse()?, &context.out);
    }
    // From here on Ctrl+C is ours: PostgreSQL has to be told to stop.
    let mut signals = Signals::listen()?;
    let database = tokio::select! {
        database = open(&args, context) => database?,
        () = signals.stop() => return Err(Failure::interrupted().into()),
    };
    let result = validate(&args, &database, &mut signals, context).await;
    let label = database.label();
    database.close()?;
    let mut report = result?;
    report.findings.retain(|finding| finding.level >= args.level.level());
    show::report(&report, &label, &options(&args)?, &context.out)?;
    if report.complete { Ok(exit(&report)) } else { Err(interrupted(&report).into()) }
}

fn exit(report: &Report) -> Exit {
    if report.is_clean() { Exit::Ok } else { Exit::Findings }
}

fn interrupted(report: &Report) -> Failure {
    let (done, steps) = (report.steps_done, report.steps);
    let mut failure = Failure::interrupted();
    failure.message = format!(
        "interrupted after {done} of {steps} steps: what ran on the server was stopped, and nothing had been changed"
    );
    failure
}

async fn open(args: &Args, context: &Context) -> anyhow::Result<Database> {
    if let Some(env) = &args.env {
        return Database::open_in(&context.project(&[])?, Some(env), context).await;
    }
    let (project, config) = context.config(&[])?;
    Database::open(project.as_ref(), &config, context).await
}

fn options(args: &Args) -> anyhow::Result<ValidateOptions> {
    let checks = args.check.iter().map(|id| id.parse::<Check>()).collect::<Result<_, _>>()?;
    Ok(ValidateOptions { tables: args.table.clone(), checks, limit: args.limit, ..ValidateOptions::default() })
}

async fn validate(
    args: &Args,
    database: &Database,
    signals: &mut Signals,
    context: &Context,
) -> anyhow::Result<Report> {
    context.out.target(&format!("Validating {}", database.label()));
    // Row-level security is forced on owners too; the superuser of the project's own server is not subject to it.
    let target = match database.private() {
        Some(private) => private.admin(&private.database)?,
        None => database.target.clone(),
    };
    let prepare = async {
        let validator = Validator::connect(&target).await?;
        // As the server writes them: what is compared elsewhere in a stable form is run here.
        let as_written = IntrospectOptions { raw: true, ..IntrospectOptions::default() };
        let catalog = introspect(validator.client(), &as_written).await?;
        anyhow::Ok((validator, catalog))
    };
    let (validator, catalog) = tokio::select! {
        prepared = prepare => prepared?,
        () = signals.stop() => return Err(Failure::interrupted().into()),
    };
    let screen = Screen { out: &context.out, step: Mutex::new(None) };
    let options = options(args)?;
    let stop = async {
        signals.stop().await;
        crate::output::end_line();
        context.out.say("Stopping what runs on the server …");
    };
    let result = validator.run(&catalog, &options, &screen, stop).await;
    screen.done();
    result.map_err(|error| match error {
        ValidateError::Pg(error) => error.into(),
        error @ ValidateError::UnknownTable { .. } => Failure::usage("validate-unknown-table", error.to_string())
            .hint("a pattern is a name with * and ?, with its schema (shop.*) or without (order*)")
            .into(),
    })
}

/// Shows how far it has come.
struct Screen<'a> {
    out: &'a Output,
    step: Mutex<Option<Step>>,
}

impl Screen<'_> {
    fn done(&self) {
        if let Some(step) = self.step.lock().unwrap_or_else(PoisonError::into_inner).take() {
            step.done();
        }
    }
}

impl Watch for Screen<'_> {
    fn begin(&self, rows: u64, _: u64) {
        let step = Step::begin(self.out, "Reading", Some(rows), Unit::Rows);
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
    }

    fn at(&self, object: &str) {
        self.out.note(object);
        if let Some(step) = &*self.step.lock().unwrap_or_else(PoisonError::into_inner) {
            step.at(object);
        }
    }

    fn advance(&self, rows: u64) {
        if let Some(step) = &*self.step.lock().unwrap_or_else(PoisonError::into_inner) {
            step.advance(rows);
        }
    }
}
