//! `howdah schema dump`: a database as tidy SQL, in the order in which it can be loaded.

use std::path::{Path, PathBuf};

use howdah_pg::schema::{self, ScratchServer, Source};
use howdah_pg::script::SqlFile;
use howdah_schema::Ident;
use howdah_schema::catalog::{Circumstance, ObjectId};
use howdah_schema::diff::render::{RenderOptions, render};
use howdah_schema::diff::{DiffOptions, Plan, Step, Verb};
use serde_json::json;

use super::split::{self, DumpFile};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, count, paint};
use crate::sources::{self, Sources, Spec};

const AFTER_HELP: &str = "\
What it writes has been loaded into a scratch database, and that is the same as the original.

Examples:
  howdah schema dump > schema.sql
  howdah schema dump postgres://me@db1/shop --split --out schema
  howdah schema dump migrations --split --out schema

Exit codes:
  0    written
  1    it cannot be read, or holds what cannot be written as SQL
  2    there is no such source, or the folder is not empty
  4    the login was refused";

/// Write a schema as SQL
#[derive(clap::Args, Debug)]
#[command(before_long_help = sources::HELP_ONE, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to write; by default the project's database
    #[arg(value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: Option<String>,

    /// One file for each table, type, function …, numbered in the order in which they are loaded
    #[arg(long, requires = "out")]
    split: bool,

    /// The folder to write to, new or empty; by default it goes to stdout
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.schema.dump/1";
    let (project, config) = context.config(&[])?;
    let spec = match &args.from {
        Some(from) => Spec::read(from, project.as_ref())?,
        None => Spec::Database,
    };
    if let Some(out) = &args.out {
        check_out(out)?;
    }
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let live = sources.live(&spec, context).await?;
    let scratch = sources.scratch(live.as_ref().map(|live| live.catalog.postgres_major), context).await?;
    let mut source = match live {
        Some(live) => live,
        None => sources.built(&spec, None, &scratch).await?,
    };
    let server = &scratch.server;
    let empty = schema::read_empty(server).await?;
    // In files, who made it is whoever loads them.
    source.catalog.loaded_from_files = Circumstance(true);
    let plan = schema::plan(server, &empty, &source, &DiffOptions::default()).await?.plan;
    let plan = with_memberships(plan, &source);
    let files = files(&plan, &source, args.split, server).await?;

    let data = json!({
        "from": source.origin, "statements": plan.steps.len(),
        "files": files.iter().map(|file| json!({ "path": path(&args, file), "sql": file.text })).collect::<Vec<_>>(),
    });
    if let Some(out) = &args.out {
        for file in &files {
            write(&out.join(&file.name), &file.text)?;
        }
        context.out.data(SCHEMA, &data, |stdout| {
            files.iter().try_for_each(|file| writeln!(stdout, "{}", out.join(&file.name).display()))
        })?;
        let written = count(files.len() as u64, "file", "files");
        context.out.say(format!("{} {written} in {}", paint(GOOD, "✓"), out.display()));
    } else {
        context
            .out
            .data(SCHEMA, &data, |stdout| files.iter().try_for_each(|file| stdout.write_all(file.text.as_bytes())))?;
    }
    Ok(Exit::Ok)
}

fn path(args: &Args, file: &DumpFile) -> Option<PathBuf> {
    args.out.as_ref().map(|out| out.join(&file.name))
}

/// The dump, proven. Split files in which something comes too late are cut finer.
async fn files(plan: &Plan, source: &Source, split: bool, server: &ScratchServer) -> anyhow::Result<Vec<DumpFile>> {
    if !split {
        let whole = vec![DumpFile { name: "schema.sql".to_owned(), text: text(plan) }];
        prove(&whole, source, server).await?;
        return Ok(whole);
    }
    let gathered = split::gathered(plan, &source.catalog);
    // What a body in quotes needs, no catalog tells.
    match prove(&gathered, source, server).await {
        Ok(()) => return Ok(gathered),
        Err(error) => tracing::debug!(%error, "the gathered files cannot be loaded"),
    }
    let cut = split::in_order(plan);
    prove(&cut, source, server).await?;
    Ok(cut)
}

fn text(plan: &Plan) -> String {
    render(plan, &RenderOptions { guard_roles: true, ..RenderOptions::default() })
}

/// Loads the files and compares.
async fn prove(files: &[DumpFile], source: &Source, server: &ScratchServer) -> anyhow::Result<()> {
    let files: Vec<SqlFile> = files.iter().map(|file| SqlFile::new(file.name.as_str(), file.text.as_str())).collect();
    let loaded = schema::read_files(server, &files, Some(source), "the dump").await?;
    let left = schema::plan(server, &loaded, source, &DiffOptions::default()).await?.plan;
    if left.is_empty() {
        return Ok(());
    }
    let failure =
        Failure::new("dump-differs", "what was written does not make the same schema, so nothing was written");
    Err(left.steps.iter().take(10).map(|step| step.object.to_string()).fold(failure, Failure::cause).into())
}

/// The role that loads the files gets the roles that the original's has: seeds may have to switch to them.
fn with_memberships(mut plan: Plan, source: &Source) -> Plan {
    let role = source.catalog.current_role.as_str();
    let Some(role) = source.catalog.roles.get(role).filter(|role| !role.superuser) else { return plan };
    let grants = role.member_of.keys().filter(|group| source.catalog.roles.contains_key(*group)).map(|group| {
        let sql = format!(
            "DO $$\nBEGIN\n    IF NOT pg_catalog.pg_has_role(CURRENT_USER, {}, 'MEMBER') THEN\n        \
             GRANT {} TO CURRENT_USER;\n    END IF;\nEND\n$$",
            howdah_pg::Literal::text(group.clone()),
            Ident::new(group.as_str())
        );
        Step::new(Verb::Grant, ObjectId::Role(group.clone()), sql)
    });
    let grants: Vec<Step> = grants.collect();
    let last_role = plan.steps.iter().rposition(|step| matches!(step.object, ObjectId::Role(_)));
    let at = last_role.map_or(0, |at| at + 1);
    plan.steps.splice(at..at, grants);
    plan
}

/// New, or empty: old files beside new ones would be loaded with them.
fn check_out(out: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(out).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(Failure::usage("folder-not-empty", format!("{} is not empty", out.display()))
            .hint("name a new folder, or empty this one")),
        Ok(false) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::io("read", out, &error)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}
