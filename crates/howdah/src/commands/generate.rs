//! `howdah generate`: writes the migration that leads from the project's migrations to its schema folder.

use std::path::Path;
use std::time::Instant;

use howdah_pg::migrate::Folder;
use howdah_pg::schema::{self, Source};
use howdah_pg::script::SqlFile;
use howdah_schema::diff::DiffOptions;
use howdah_schema::hazards::{self, Finding, Level};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::new_migration::NewMigration;
use crate::output::{ACCENT, GOOD, STRONG, WARNING, paint};
use crate::sources::{Sources, Spec};
use crate::{migrations, plans};

const AFTER_HELP: &str = "\
It runs the migrations on a scratch database, loads schema/ into another, and writes what leads \
from one to the other as the next migration, with the way back beside it. Both have been run before \
they are written. They are yours then: edit them, and commit them with the schema.

A renamed table or column says so in its file by `-- renamed-from: old`, else it is one that is \
dropped and one that is made.

Examples:
  howdah generate add_due_dates
  howdah generate drop_legacy --allow-destructive
  howdah generate drop_legacy --soft                 keeps the rows aside
  howdah generate add_due_dates --env production    weighs hazards by the size of the tables there

Exit codes:
  0    written, or there is nothing to do
  1    the migrations or the schema do not run, or the result could not be proven; nothing is written
  2    the name cannot be a migration's
  5    it would lose data, and --allow-destructive was not given";

/// Write the next migration from what schema/ says
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What it does, such as add_due_dates
    #[arg(value_name = "NAME")]
    name: String,

    /// Write what loses data, too
    #[arg(long)]
    allow_destructive: bool,

    /// Write the plain statements, without the detours that keep locks short
    #[arg(long)]
    no_online: bool,

    /// Drop tables and columns by renaming them, so that going back has their rows
    #[arg(long, conflicts_with = "allow_destructive")]
    soft: bool,

    /// The environment whose tables' sizes count; without one every table counts as large
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let name = check_name(&args.name)?;
    let project = context.project(&[])?;
    let folder = folder(&project)?;
    let sources = Sources { project: Some(&project), config: &project.config, scratch: args.scratch.as_deref() };
    let live = match &args.env {
        Some(env) => sources.live(&Spec::Environment(env.clone()), context).await?,
        None => None,
    };
    let scratch = sources.scratch(live.as_ref().map(|live| live.catalog.postgres_major), context).await?;
    let server = &scratch.server;
    let mut from = schema::read_migrations(server, &folder, None, None, "the migrations").await?;
    let to = sources.built(&Spec::Schema, None, &scratch).await?;
    from.sizes = live.and_then(|live| live.sizes);

    let options = DiffOptions::default();
    let mut up = schema::plan(server, &from, &to, &options).await?;
    if up.plan.is_empty() {
        let data = json!({ "equal": true, "files": [], "statements": [], "loses": [], "hazards": [] });
        context.out.data(SCHEMA, &data, |_| Ok(()))?;
        context.out.say(format!("{} The schema and the migrations agree", paint(GOOD, "✓")));
        return Ok(Exit::Ok);
    }
    let mut down = schema::plan_down(server, &from, &to, &options).await?;
    if args.soft {
        let tag = format!("{:04}", folder.next_version());
        (up, down) = schema::plan_soft(server, &from, &to, &options, &tag).await?;
    }
    let lost = plans::losses(&up.plan, None).await?;
    if !lost.is_empty() && !args.allow_destructive {
        return Err(plans::destructive(&lost, &up.plan, &from.catalog, &to.catalog).into());
    }
    if !args.no_online {
        up.plan = plans::online(&up, &from, &to.catalog);
        let start = Source { sizes: from.sizes.clone(), ..to.clone() };
        down.plan = plans::online(&down, &start, &from.catalog);
    }
    let (up, down) = (up.plan, down.plan);
    let migration = NewMigration::new(folder.next_version(), name, &up, &down);
    let began = Instant::now();
    schema::prove_files(server, &from, &to, &migration.alone(folder.path())?).await?;
    context.out.note(plans::proven(began.elapsed()));

    let hazards = hazards(&migration, &from, folder.path());
    let paths = migration.paths(folder.path());
    if !args.dry_run {
        migration.write(&folder)?;
    }
    let data = json!({
        "equal": false, "dry_run": args.dry_run, "files": paths, "statements": plans::statements(&up, plans::costs(&up, &from)),
        "loses": lost, "down": migration.draft.reversal, "hazards": hazards,
    });
    context.out.data(SCHEMA, &data, |stdout| {
        if args.dry_run {
            return write!(stdout, "{}", migration.draft.up);
        }
        paths.iter().try_for_each(|path| writeln!(stdout, "{}", path.display()))
    })?;
    for hazard in &hazards {
        tell(hazard, context);
    }
    let done = if args.dry_run { "Would write" } else { "Wrote" };
    context.out.say(format!(
        "{} {done} {}: {}; going back is {}",
        paint(GOOD, "✓"),
        paint(STRONG, &migration.title()),
        plans::summary(&up),
        migration.draft.reversal.as_str()
    ));
    Ok(Exit::Ok)
}

const SCHEMA: &str = "howdah.generate/1";

/// The migrations; a project without a folder of them has none yet.
fn folder(project: &crate::project::Project) -> anyhow::Result<Folder> {
    let path = project.migrations_folder();
    if path.exists() {
        return Ok(migrations::folder(project)?);
    }
    Ok(Folder::from_files(&migrations::as_seen_from_here(&path), Vec::new())?)
}

/// A name that can stand in a file's: what people write with blanks gets underscores.
fn check_name(name: &str) -> Result<String, Failure> {
    let name = name.trim().replace(char::is_whitespace, "_");
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(fits) {
        return Err(Failure::usage("migration-name", format!("`{name}` cannot be the name of a migration"))
            .hint("use letters, digits, _ and -, such as add_due_dates"));
    }
    Ok(name)
}

/// What the up file would do to the rows and the traffic of a live database.
fn hazards(migration: &NewMigration, from: &Source, folder: &Path) -> Vec<Finding> {
    let [up, _] = migration.paths(folder);
    let up = up.display().to_string();
    let sizes = match &from.sizes {
        Some(sizes) => hazards::Sizes::Live(
            sizes
                .iter()
                .map(|(name, size)| (name.clone(), hazards::TableSize { rows: size.rows, bytes: size.bytes }))
                .collect(),
        ),
        None => hazards::Sizes::Unknown,
    };
    let context = hazards::Context {
        sizes,
        catalog: Some(&from.catalog),
        postgres_major: from.catalog.postgres_major,
        runs_once: true,
        ..hazards::Context::default()
    };
    hazards::check(&[hazards::Source { name: &up, text: &migration.draft.up }], &context).findings
}

fn tell(hazard: &Finding, context: &Context) {
    let style = if hazard.level == Level::Info { ACCENT } else { WARNING };
    let Finding { rule, place, message, fix, .. } = hazard;
    let at = place.as_ref().map_or_else(String::new, |place| format!("{}:{}: ", place.file, place.line));
    context.out.say(format!("{} {at}{message}", paint(style, &format!("[{rule}]"))));
    context.out.say(format!("  {} {fix}", paint(ACCENT, "help:")));
}

impl NewMigration {
    /// A folder that holds this migration alone, under number 1.
    fn alone(&self, path: &Path) -> anyhow::Result<Folder> {
        let file = |half: &str, text: &str| {
            let title = format!("0001_{}.{half}.sql", self.name);
            let name = path.join(format!("{}.{half}.sql", self.title())).display().to_string();
            (title, SqlFile::new(name, text))
        };
        let files = vec![file("up", &self.draft.up), file("down", &self.draft.down)];
        Ok(Folder::from_files(path, files)?)
    }
}
