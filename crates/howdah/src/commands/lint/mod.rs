//! `howdah lint`: the schema standards on the catalog, the hazards on migrations and other SQL.

mod fix;
mod judge;
mod patch;
mod subject;

use std::io::Write as _;

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::findings::{self, Format, Judgement, LINT, LevelArg, Lists, rules};
use crate::output::{GOOD, count, paint};
use crate::sources::Sources;
use judge::Judge;
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

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let format = LINT.format(args.format, Lists::asked(args.rules, args.explain.as_ref()), context)?;
    if args.rules {
        return rules::list(&LINT, format, context);
    }
    if let Some(rule) = &args.explain {
        return rules::explain(&LINT, rule, format, context);
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
    show(&args, format, &judgement, &fixed)?;
    tell(&args, &judgement, &fixed, context);
    Ok(args.level.exit(&judgement.report))
}

fn show(args: &Args, format: Format, judgement: &Judgement, fixed: &fix::Fixed) -> anyhow::Result<()> {
    let patch = args.dry_run.then(|| fixed.patch());
    if let (Format::Text, Some(patch)) = (format, &patch) {
        let mut stdout = anstream::stdout().lock();
        write!(stdout, "{patch}")?;
        stdout.flush()?;
        return Ok(());
    }
    let beside: Map<String, Value> = [
        ("fixed".to_owned(), json!(fixed.list())),
        ("dry_run".to_owned(), json!(args.dry_run)),
        ("patch".to_owned(), json!(patch)),
    ]
    .into_iter()
    .collect();
    LINT.print(judgement, format, beside)
}

fn tell(args: &Args, judgement: &Judgement, fixed: &fix::Fixed, context: &Context) {
    if !fixed.is_empty() {
        let verb = if args.dry_run { "Would mend" } else { "Mended" };
        let number = count(fixed.list().len() as u64, "finding", "findings");
        context.out.say(format!("{} {verb} {number}", paint(GOOD, "✓")));
    } else if args.fix {
        context.out.say("There is nothing that --fix mends");
    }
    findings::tell(judgement, context);
    let is_fixable = |rule: &str| howdah_schema::lint::FIXABLE.contains(&rule);
    if !args.fix && judgement.report.findings.iter().any(|finding| is_fixable(finding.rule)) {
        context.out.say("`howdah lint --fix --dry-run` shows what of it can be mended at once");
    }
}
