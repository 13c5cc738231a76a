//! `howdah lint`: the schema standards on the catalog, the hazards on migrations and other SQL.

mod fix;
mod judge;
mod patch;
mod render;
mod rules;
mod subject;

use std::io::Write;

use clap::ValueEnum;
use howdah_schema::findings::{Level, Report};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, WARNING, count, paint};
use crate::sources::Sources;
use judge::{Judge, Judgement};
use subject::Subject;

const AFTER_HELP: &str = "\
In a project and without PATH, schema/ is loaded into a scratch database, whose catalog is judged by \
the schema standards, and every migration is judged by the hazards it would be to a live database. \
Down files are not judged: going back is for when something went wrong.

PATH is one of
  FILE.sql, FOLDER   in schema/ or migrations/: the same, told of these files alone;
                     elsewhere: SQL, judged by the hazards, each file as psql would run it
  schema, migrations, database
                     the project's own
  migrations:FOLDER  migrations elsewhere
  env:NAME           the database of [env.NAME] in howdah.toml, by the schema standards
  postgres://…       a live database, likewise

Who knows better says so beside what is meant, and why:
  -- howdah:allow RULE: reason         for the statement or line that follows
  -- howdah:allow-file RULE: reason    at the top of a file
or, for live databases and whole projects, in howdah.toml:
  [[lint.allow]]  rule = \"…\", object = \"public.notes.*\", reason = \"…\"
One that holds nothing back is a finding itself.

--fix mends only what changes no meaning, in schema/ and in files that are named, never in \
migrations. The result is loaded and judged again before it is written.

Examples:
  howdah lint
  howdah lint --level error
  howdah lint --fix --dry-run
  howdah lint env:production
  howdah lint deploy/*.sql --format github
  howdah lint --format sarif > lint.sarif
  howdah lint --explain unindexed-foreign-key

Exit codes:
  0    nothing at or above --level was found
  1    the schema cannot be loaded, or a fix could not be proven; nothing is written
  2    there is no such path, environment or rule
  3    something was found
  4    the login was refused";

/// Judge the schema and the migrations by their rules
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to judge; by default the project's schema and migrations
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<String>,

    /// From which weight on a finding counts; lighter ones are only shown
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    level: LevelArg,

    /// How findings are told; markdown is for --rules
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Mend what can be mended without changing what anything means
    #[arg(long)]
    fix: bool,

    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,

    /// List all rules
    #[arg(long, conflicts_with_all = ["paths", "fix", "explain"])]
    rules: bool,

    /// Explain a rule
    #[arg(long, value_name = "RULE", conflicts_with_all = ["paths", "fix"])]
    explain: Option<String>,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

/// `--level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LevelArg {
    Info,
    Warning,
    Error,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Info => Self::Info,
            LevelArg::Warning => Self::Warning,
            LevelArg::Error => Self::Error,
        }
    }
}

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the lines that are meant
    Text,
    /// One document, as with --json
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Commands that GitHub Actions shows beside the lines
    Github,
    /// Only with --rules: the page of the documentation
    Markdown,
}

const SCHEMA: &str = "howdah.lint/1";

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let format = format(&args, context)?;
    if args.rules {
        return rules::list(format, context);
    }
    if let Some(rule) = &args.explain {
        return rules::explain(rule, format, context);
    }
    let (project, config) = context.config(&[])?;
    let subject = Subject::read(&args.paths, project.as_ref())?;
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let mut judge = Judge::new(&sources, context);
    let mut judgement = judge.judge(&subject).await?;
    let mut fixed = fix::Fixed::default();
    if args.fix {
        fixed = fix::fix(&mut judge, &mut judgement, &subject).await?;
        if !args.dry_run {
            fixed.write()?;
        }
    }
    show(&args, format, &judgement, &fixed, context)?;
    let counts = |level: Level| level >= args.level.into();
    let found = judgement.report.findings.iter().any(|finding| counts(finding.level));
    Ok(if found { Exit::Findings } else { Exit::Ok })
}

/// `--json` is `--format json`.
fn format(args: &Args, context: &Context) -> Result<Format, Failure> {
    let refuse = |message: &str, hint: &str| Err(Failure::usage("lint-format", message).hint(hint));
    let lists = args.rules || args.explain.is_some();
    match args.format {
        Format::Markdown if !args.rules => {
            refuse("--format markdown is for --rules", "findings have text, json, sarif and github")
        }
        Format::Sarif | Format::Github if lists => refuse("rules have no such format", "use text, json or markdown"),
        Format::Sarif | Format::Github | Format::Markdown if context.out.is_json() => {
            refuse("--json and --format ask for different things", "leave one of them out")
        }
        _ if context.out.is_json() => Ok(Format::Json),
        format => Ok(format),
    }
}

fn show(
    args: &Args,
    format: Format,
    judgement: &Judgement,
    fixed: &fix::Fixed,
    context: &Context,
) -> anyhow::Result<()> {
    let report = &judgement.report;
    let patch = args.dry_run.then(|| fixed.patch());
    let mut stdout = anstream::stdout().lock();
    match format {
        Format::Json => {
            let data = json!({
                "judged": judgement.judged, "findings": findings(report), "counts": counts(report),
                "suppressed": report.suppressed, "fixed": fixed.list(), "dry_run": args.dry_run, "patch": patch,
            });
            let document = json!({ "schema": SCHEMA, "ok": true, "data": data });
            writeln!(stdout, "{document:#}")?;
        }
        Format::Sarif => writeln!(stdout, "{:#}", render::sarif::document(judgement))?,
        Format::Github => write!(stdout, "{}", render::github::commands(judgement))?,
        Format::Text | Format::Markdown => match &patch {
            Some(patch) => write!(stdout, "{patch}")?,
            None => write!(stdout, "{}", render::text::report(judgement))?,
        },
    }
    stdout.flush()?;
    drop(stdout);
    tell(args, judgement, fixed, context);
    Ok(())
}

/// Each with the set that its rule belongs to.
fn findings(report: &Report) -> Vec<Value> {
    let one = |finding: &howdah_schema::findings::Finding| {
        let mut value = json!(finding);
        value["set"] = json!(rules::set_of(finding.rule));
        value
    };
    report.findings.iter().map(one).collect()
}

fn counts(report: &Report) -> Value {
    let of = |level: Level| report.findings.iter().filter(|finding| finding.level == level).count();
    json!({ "error": of(Level::Error), "warning": of(Level::Warning), "info": of(Level::Info) })
}

fn tell(args: &Args, judgement: &Judgement, fixed: &fix::Fixed, context: &Context) {
    let report = &judgement.report;
    let of = |level: Level, one: &str, many: &str| {
        let number = report.findings.iter().filter(|finding| finding.level == level).count() as u64;
        (number > 0).then(|| count(number, one, many))
    };
    let parts = [
        of(Level::Error, "error", "errors"),
        of(Level::Warning, "warning", "warnings"),
        of(Level::Info, "remark", "remarks"),
    ];
    let found: Vec<String> = parts.into_iter().flatten().collect();
    let held = match report.suppressed as u64 {
        0 => String::new(),
        held => format!("; {} held back by suppressions", count(held, "finding is", "findings are")),
    };
    if !fixed.is_empty() {
        let verb = if args.dry_run { "Would mend" } else { "Mended" };
        let number = count(fixed.list().len() as u64, "finding", "findings");
        context.out.say(format!("{} {verb} {number}", paint(GOOD, "✓")));
    } else if args.fix {
        context.out.say("There is nothing that --fix mends");
    }
    let judged = &judgement.judged;
    if found.is_empty() {
        context.out.say(format!("{} Nothing to say about {judged}{held}", paint(GOOD, "✓")));
        return;
    }
    context.out.say(format!("{} {} in {judged}{held}", paint(WARNING, "!"), found.join(", ")));
    let mendable = |finding: &&howdah_schema::findings::Finding| howdah_schema::lint::FIXABLE.contains(&finding.rule);
    if !args.fix && report.findings.iter().filter(mendable).count() > 0 {
        context.out.say("`howdah lint --fix --dry-run` shows what of it can be mended at once");
    }
}
