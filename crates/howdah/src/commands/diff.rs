//! `howdah diff`: the statements that lead from one schema to another.

use std::time::Instant;

use clap::builder::PossibleValuesParser;
use howdah_pg::Target;
use howdah_pg::schema::{self, Planned, SchemaError};
use howdah_schema::diff::DiffOptions;
use howdah_schema::diff::render::{RenderOptions, render};
use serde_json::json;

use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::output::{GOOD, paint};
use crate::plans;
use crate::sources::{self, Pair, Sources, Spec};

const AFTER_HELP: &str = "\
The SQL goes to stdout, with what each statement locks and how much work it is in the comment \
above it. Nothing is run on the databases that are compared: what it prints has been run on a \
scratch copy, there and back, and leads where it should.

What loses data is not printed without --allow-destructive. A renamed table or column is one that \
is dropped and one that is made, unless the new one says `-- renamed-from: old` in its file.

Examples:
  howdah diff env:production schema
  howdah diff postgres://me@db1/shop postgres://me@db2/shop --json
  howdah diff migrations:old/migrations new_schema.sql --down
  howdah diff empty schema --only table,view

Exit codes:
  0    they are the same
  1    one cannot be read, the plan could not be proven, or --only leaves out what it needs
  2    there is no such file, folder or environment
  3    they differ; the SQL is on stdout
  4    the login was refused
  5    it would lose data, and --allow-destructive was not given";

/// Show the SQL that leads from one schema to another
#[derive(clap::Args, Debug)]
#[command(before_long_help = sources::HELP, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Where it starts
    #[arg(value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: String,

    /// Where it leads
    #[arg(value_name = "TO", value_hint = clap::ValueHint::AnyPath)]
    to: String,

    /// Show the way back instead
    #[arg(long)]
    down: bool,

    /// Show statements that lose data, too
    #[arg(long)]
    allow_destructive: bool,

    /// Only objects of these kinds, separated by commas; they have to do without the others
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kinds(), hide_possible_values = true)]
    only: Vec<String>,

    /// Show the plain statements, without the detours that keep locks short
    #[arg(long)]
    no_online: bool,

    /// Do not run it on a copy first
    #[arg(long)]
    no_prove: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

/// As objects are called, with a hyphen for a blank.
fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(KINDS)
}

const KINDS: [&str; 28] = [
    "role",
    "schema",
    "extension",
    "default-privileges",
    "collation",
    "type",
    "domain-constraint",
    "function",
    "operator",
    "operator-family",
    "operator-class",
    "aggregate",
    "cast",
    "text-search-dictionary",
    "text-search-configuration",
    "sequence",
    "table",
    "column",
    "default",
    "constraint",
    "index",
    "statistics",
    "view",
    "rule",
    "trigger",
    "policy",
    "publication",
    "event-trigger",
];

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (project, config) = context.config(&[])?;
    let from = Spec::read(&args.from, project.as_ref())?;
    let to = Spec::read(&args.to, project.as_ref())?;
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let pair = sources.pair(&from, &to, context).await?;
    // The rows that would be lost are those of where the statements will run.
    let start = if args.down { &to } else { &from };
    match start {
        Spec::Database => {
            let database = Database::open(project.as_ref(), &config, context).await?;
            let result = show(&args, &pair, Some(&database.target), context).await;
            database.close()?;
            result
        }
        Spec::Url(url) => show(&args, &pair, Some(&Target::parse(url)?), context).await,
        Spec::Environment(name) => {
            let target = Target::parse(&config.declared_environment(name)?.url()?)?;
            show(&args, &pair, Some(&target), context).await
        }
        _ => show(&args, &pair, None, context).await,
    }
}

async fn show(args: &Args, pair: &Pair, live: Option<&Target>, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.diff/1";
    let Pair { from, to, scratch } = pair;
    let server = &scratch.server;
    let only: Vec<String> = args.only.iter().map(|kind| kind.replace('-', " ")).collect();
    let options = DiffOptions { only: only.clone(), ..DiffOptions::default() };
    let mut planned = towards(args.down, pair, &options).await?;
    let (start, end) = if args.down { (to, from) } else { (from, to) };
    if planned.plan.is_empty() {
        let data = json!({
            "from": start.origin, "to": end.origin, "equal": true, "statements": [], "loses": [], "proven": false,
        });
        context.out.data(SCHEMA, &data, |_| Ok(()))?;
        context.out.say(format!("{} No difference", paint(GOOD, "✓")));
        return Ok(Exit::Ok);
    }
    let lost = plans::losses(&planned.plan, live).await?;
    if !lost.is_empty() && !args.allow_destructive {
        return Err(plans::destructive(&lost, &planned.plan, &start.catalog, &end.catalog).into());
    }
    if !args.no_online {
        planned.plan = plans::online(&planned, start, &end.catalog);
    }
    let proves = !args.no_prove;
    if proves && !only.is_empty() {
        let began = Instant::now();
        let full = towards(args.down, pair, &DiffOptions::default()).await?;
        schema::prove_only(server, start, end, &planned.plan, &full.plan, &options).await?;
        context.out.note(plans::proven(began.elapsed()));
    } else if proves {
        let began = Instant::now();
        let other = towards(!args.down, pair, &options).await?;
        schema::prove(server, start, end, &planned.plan, Some(&other.plan)).await?;
        context.out.note(plans::proven(began.elapsed()));
    }
    let costs = plans::costs(&planned.plan, start);
    let notes = plans::notes(&planned.plan, &costs);
    // Of a live database's server it is known which roles it has.
    let guard_roles = start.sizes.is_none();
    let text = render(&planned.plan, &RenderOptions { notes: &notes, guard_roles, ..RenderOptions::default() });
    let data = json!({
        "from": start.origin, "to": end.origin, "equal": false,
        "statements": plans::statements(&planned.plan, costs), "loses": lost, "proven": proves,
    });
    context.out.data(SCHEMA, &data, |stdout| stdout.write_all(text.as_bytes()))?;
    context.out.say(format!("{} lead from {} to {}", plans::summary(&planned.plan), start.origin, end.origin));
    Ok(Exit::Findings)
}

/// There, or back.
async fn towards(down: bool, pair: &Pair, options: &DiffOptions) -> Result<Planned, SchemaError> {
    let Pair { from, to, scratch } = pair;
    if down {
        schema::plan_down(&scratch.server, from, to, options).await
    } else {
        schema::plan(&scratch.server, from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use howdah_schema::QualifiedName;
    use howdah_schema::catalog::{ObjectId, Signature};

    use super::KINDS;

    #[test]
    fn every_kind_can_be_asked_for() {
        let name = || QualifiedName::new("s", "n");
        let text = String::new;
        let signature = || Signature { name: name(), arguments: text() };
        let ids = [
            ObjectId::Role(text()),
            ObjectId::Schema(text()),
            ObjectId::Extension(text()),
            ObjectId::DefaultPrivileges(text(), None),
            ObjectId::Collation(name()),
            ObjectId::Type(name()),
            ObjectId::DomainConstraint(name(), text()),
            ObjectId::Function(signature()),
            ObjectId::Operator(name(), text(), text()),
            ObjectId::OperatorFamily(name(), text()),
            ObjectId::OperatorClass(name(), text()),
            ObjectId::Aggregate(signature()),
            ObjectId::Cast(text(), text()),
            ObjectId::TextSearchDictionary(name()),
            ObjectId::TextSearchConfiguration(name()),
            ObjectId::Sequence(name()),
            ObjectId::Table(name()),
            ObjectId::Column(name(), text()),
            ObjectId::Default(name(), text()),
            ObjectId::Constraint(name(), text()),
            ObjectId::Index(name()),
            ObjectId::Statistics(name()),
            ObjectId::View(name()),
            ObjectId::Rule(name(), text()),
            ObjectId::Trigger(name(), text()),
            ObjectId::Policy(name(), text()),
            ObjectId::Publication(text()),
            ObjectId::EventTrigger(text()),
        ];
        let kinds: BTreeSet<String> = ids.iter().map(|id| id.kind().replace(' ', "-")).collect();
        assert_eq!(kinds, KINDS.iter().map(ToString::to_string).collect());
    }
}
