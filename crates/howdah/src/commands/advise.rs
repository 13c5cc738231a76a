//! `howdah advise`: the advisor's rules on a catalog.

use howdah_schema::advisor;
use howdah_schema::findings::Source;
use serde_json::Map;

use crate::context::Context;
use crate::dev::bookkeeping;
use crate::exit::Exit;
use crate::findings::{self, ADVISE, Format, Judgement, LevelArg, Lists, advisor_options, rules, schema_files, source};
use crate::own_schema;
use crate::sources::{self, Sources, Spec, read_files};

const AFTER_HELP: &str = "\
Judged is what others may see and do over HTTP, and what the schema costs: row-level security and \
its policies, views and functions with their owner's rights, personal data, keys and indexes. It \
goes by the rights in the catalog, the schemas of api.schemas, and the roles of callers: \
api.anonymous_role and authenticated. Rows and traffic are not looked at.

Without --from it judges the project's database once migrations have been applied to it, and before \
that what the schema folder makes.

Who knows better says so beside the SQL that is meant, and why, as for `howdah lint`:
  -- howdah:allow RULE: reason         for the statement or line that follows
  -- howdah:allow-file RULE: reason    at the top of a file
or in howdah.toml:
  [[lint.allow]]  rule = \"…\", object = \"public.notes.*\", reason = \"…\"

Examples:
  howdah advise
  howdah advise --env production
  howdah advise --from schema --format github
  howdah advise --from postgres://me@db1/shop --level error
  howdah advise --format sarif > advice.sarif
  howdah advise --explain security-definer-view

Exit codes:
  0    nothing at or above --level was found
  1    the schema cannot be read or loaded
  2    there is no such source, environment or rule
  3    something was found
  4    the login was refused";

/// Judge what a schema lets others see and do, and what it costs
#[derive(clap::Args, Debug)]
#[command(before_long_help = sources::HELP_ONE, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to judge; by default the project's database, or its schema folder
    #[arg(long, value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: Option<String>,

    /// An environment of howdah.toml; the same as --from env:NAME
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    env: Option<String>,

    /// From which weight on a finding counts; lighter ones are only shown
    #[arg(long, value_name = "LEVEL", default_value = "warning")]
    level: LevelArg,

    /// How findings are told; markdown is for --rules
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// List all rules
    #[arg(long, conflicts_with_all = ["from", "env", "explain"])]
    rules: bool,

    /// Explain a rule
    #[arg(long, value_name = "RULE", conflicts_with_all = ["from", "env"])]
    explain: Option<String>,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let format = ADVISE.format(args.format, Lists::asked(args.rules, args.explain.as_ref()), context)?;
    if args.rules {
        return rules::list(&ADVISE, format, context);
    }
    if let Some(rule) = &args.explain {
        return rules::explain(&ADVISE, rule, format, context);
    }
    let (project, config) = context.config(&[])?;
    let spec = match &args.env {
        Some(name) => Spec::Environment(name.clone()),
        None => own_schema::named_or_own(args.from.as_deref(), project.as_ref(), &config, context).await?,
    };
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let judgement = judge(&spec, &sources, context).await?;
    ADVISE.print(&judgement, format, Map::new())?;
    findings::tell(&judgement, context);
    Ok(args.level.exit(&judgement.report))
}

async fn judge(spec: &Spec, sources: &Sources<'_>, context: &Context) -> anyhow::Result<Judgement> {
    let catalog = match sources.live(spec, context).await? {
        // What Howdah keeps there is no part of anybody's schema.
        Some(live) => bookkeeping::without(&live.catalog),
        None => {
            let built = sources.built(spec, None, &sources.scratch(None, context).await?).await?;
            context.out.target(&format!("Reading {}", built.origin));
            built.catalog
        }
    };
    let files = match spec {
        Spec::Files(path) => read_files(path)?,
        // What a project says beside its SQL holds for whatever was made from it.
        Spec::Schema | Spec::OwnMigrations | Spec::Database | Spec::Environment(_) => schema_files(sources.project)?,
        Spec::Migrations(_) | Spec::Url(_) | Spec::Empty => Vec::new(),
    };
    let texts: Vec<Source<'_>> = files.iter().map(source).collect();
    let mut report = advisor::check(&catalog, &advisor_options(sources.config), &texts);
    let is_made_by_files = matches!(spec, Spec::Files(_) | Spec::Schema);
    if !is_made_by_files {
        // A database may be behind the files: what they say is no place in it, and nobody can say what is unused.
        report.findings.retain(|finding| advisor::rules().iter().any(|rule| rule.id == finding.rule));
        report.findings.iter_mut().for_each(|finding| finding.place = None);
    }
    let mut judgement = Judgement::default();
    judgement.judged.saw(&catalog);
    judgement.add(report, &files);
    let whole = if *spec == Spec::Schema { advisor::rules() } else { &[] };
    judgement.hold(sources, whole)?;
    Ok(judgement)
}
