//! `howdah docs`: documentation from the database, and whether it still holds.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use howdah_schema::OutputFile;
use howdah_schema::docs::{self, Coverage};
use serde_json::{Value, json};

use crate::context::Context;
use crate::docs::drift::{self, Drift};
use crate::docs::facts::{self, Gathered};
use crate::docs::folder::{Changes, Folder, Off};
use crate::docs::formats::{self, Format, MODEL};
use crate::docs::subject::{self, Subject};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, Listing, count, paint};
use crate::own_schema::{self, Wanted};
use crate::project::Project;
use crate::sources::{self, Sources, Spec};

const AFTER_HELP: &str = "\
Without --from it documents the project's database once migrations have been applied to it, and \
before that what the schema folder makes. Both give the same files. Every query on a page is run \
before it is written: on a copy with demo data where the schema is one of the templates', otherwise \
where the schema is, read-only and without values.

Written are README.md and the other pages, tables/, views/, diagrams/, schema.dbml, schema.json and \
site/, and nothing but what has changed. Files that are not from here are left alone.

Examples:
  howdah docs
  howdah docs --format html --out public/schema
  howdah docs --check                       in CI: does the documentation say what the database is?
  howdah docs --check --min-coverage 95
  howdah docs --from postgres://me@db1/shop --out shop-docs

Exit codes:
  0    written; or, with --check, nothing has changed
  1    the schema cannot be read, or the folder cannot be written; the old files are as they were
  2    there is no such source, format or project
  3    --check: the documentation is not what the schema is; --min-coverage: too few comments
  4    the login was refused
  5    files in the way are not from here, and nobody confirmed that they may be overwritten";

/// Write documentation from the database, or check it
#[derive(clap::Args, Debug)]
#[command(before_long_help = sources::HELP_ONE, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to document; by default the project's database, or its schema folder
    #[arg(long, value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: Option<String>,

    /// The folder to write to; by default docs/database in the project
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: Option<PathBuf>,

    /// What to write, separated by commas; by default all of it, with --check what was written
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    format: Vec<Format>,

    /// What it is called; by default the project's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Compare with what is there and write nothing
    #[arg(long)]
    check: bool,

    /// How much must have a comment: of tables, columns, views, functions and types, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,

    /// Show which files would be written, and write nothing
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (project, config) = context.config(&[])?;
    if args.from.is_none() && project.is_none() {
        return Err(subject::nothing_named().into());
    }
    let out = out(&args, project.as_ref())?;
    let folder = Folder::open(&out)?;
    let wanted = match (&args.from, &project) {
        (Some(from), project) => Wanted::from(Spec::read(from, project.as_ref())?),
        (None, Some(project)) => own_schema::of(project, context).await?,
        (None, None) => return Err(subject::nothing_named().into()),
    };
    let name = match (&args.name, &project) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => config.project_name().to_owned(),
        // Nothing that differs between a database and the files that made it.
        (None, None) => "Database".to_owned(),
    };
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let mut subject = Subject::read(wanted, &sources, context).await?;
    let gathered = facts::gather(&mut subject, &name, &sources, &config, context).await;
    let source = Arc::clone(&subject.source);
    subject.close().await?;
    let gathered = gathered?;

    let formats = formats(&args, &folder);
    let files = formats::files(&source.catalog, &gathered.facts, &formats);
    let coverage = docs::coverage(&source.catalog);
    let made = Made { args: &args, out, folder, formats, files, coverage, gathered, origin: source.origin.clone() };
    if args.check { made.check(context) } else { made.write(context).await }
}

fn out(args: &Args, project: Option<&Project>) -> Result<PathBuf, Failure> {
    match (&args.out, project) {
        (Some(out), _) => Ok(out.clone()),
        (None, Some(project)) => Ok(crate::migrations::as_seen_from_here(&project.root.join("docs/database"))),
        (None, None) => Err(Failure::usage("docs-no-out", "this is no project, and no --out says where to write to")
            .hint("howdah docs --from SOURCE --out DIR")),
    }
}

/// Those that were asked for; for a check those that are there.
fn formats(args: &Args, folder: &Folder) -> BTreeSet<Format> {
    match (&folder.manifest, args.format.is_empty()) {
        (_, false) => args.format.iter().copied().collect(),
        (Some(manifest), true) if args.check => manifest.formats.clone(),
        _ => Format::all(),
    }
}

/// The documentation, not written yet.
struct Made<'a> {
    args: &'a Args,
    out: PathBuf,
    folder: Folder,
    formats: BTreeSet<Format>,
    files: Vec<OutputFile>,
    coverage: Coverage,
    gathered: Gathered,
    origin: String,
}

impl Made<'_> {
    async fn write(self, context: &Context) -> anyhow::Result<Exit> {
        const SCHEMA: &str = "howdah.docs/1";
        let changes = self.folder.compare(&self.files)?;
        if !self.args.dry_run {
            self.allow_overwriting(&changes, context).await?;
            self.folder.update(&self.files, &self.formats, &changes)?;
        }
        let mut data = self.data();
        data["dry_run"] = json!(self.args.dry_run);
        data["files"] = json!({
            "written": paths(&changes, |off| off != Off::Obsolete),
            "removed": paths(&changes, |off| off == Off::Obsolete),
            "unchanged": changes.unchanged,
        });
        context.out.data(SCHEMA, &data, |stdout| {
            changes.off.keys().try_for_each(|path| writeln!(stdout, "{}", self.out.join(path).display()))
        })?;
        let removed = changes.off.values().filter(|off| **off == Off::Obsolete).count();
        let written = changes.off.len() - removed;
        let did = if self.args.dry_run { "Would write" } else { "Wrote" };
        let removed = match removed {
            0 => String::new(),
            removed => format!(", removed {removed}"),
        };
        let files = count(written as u64, "file", "files");
        let unchanged = changes.unchanged;
        context.out.say(format!(
            "{} {did} {files}{removed} in {} ({unchanged} unchanged)",
            paint(GOOD, "✓"),
            self.out.display()
        ));
        context.out.say(format!("  {}", self.what_ran()));
        if self.formats.contains(&Format::Html) && !self.args.dry_run {
            context.out.say(format!("  open {}", self.out.join("site/index.html").display()));
        }
        Ok(if self.has_comments(context) { Exit::Ok } else { Exit::Findings })
    }

    fn check(&self, context: &Context) -> anyhow::Result<Exit> {
        const SCHEMA: &str = "howdah.docs.check/1";
        let changes = self.folder.compare(&self.files)?;
        let drift = self.drift(&changes);
        let mut data = self.data();
        let files: Vec<Value> = changes.off.iter().map(|(path, off)| json!({ "path": path, "how": off })).collect();
        data["drift"] = json!(drift);
        data["files"] = json!(files);
        let mut listing = Listing::new(&["object", "change"]);
        for Drift { object, change } in &drift {
            listing.row([object.clone(), change.clone()]);
        }
        // A page that is behind is named by what it is about; one that was changed or is missing, itself.
        for (path, off) in &changes.off {
            if drift.is_empty() || *off == Off::Edited || *off == Off::Missing && self.folder.manifest.is_some() {
                listing.row([self.out.join(path).display().to_string(), off.words().to_owned()]);
            }
        }
        context.out.list(SCHEMA, &data, &listing)?;
        let has_comments = self.has_comments(context);
        if changes.off.is_empty() {
            context.out.say(format!("{} The documentation says what the schema is", paint(GOOD, "✓")));
            return Ok(if has_comments { Exit::Ok } else { Exit::Findings });
        }
        let files = count(changes.off.len() as u64, "file is", "files are");
        context.out.say(format!("{files} not what the schema makes; `howdah docs` brings them up to date"));
        Ok(Exit::Findings)
    }

    /// By the model on the disk, as far as it is as it was written.
    fn drift(&self, changes: &Changes) -> Vec<Drift> {
        if changes.off.get(MODEL) != Some(&Off::Outdated) {
            return Vec::new();
        }
        let old = self.folder.read(MODEL).and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let new = self.files.iter().find(|file| file.path == MODEL);
        let new = new.and_then(|file| serde_json::from_str(&file.text).ok());
        match (old, new) {
            (Some(old), Some(new)) => drift::compare(&old, &new),
            _ => Vec::new(),
        }
    }

    fn data(&self) -> Value {
        json!({
            "from": self.origin, "out": self.out, "formats": self.formats, "queries": self.gathered.tried,
            "coverage": {
                "percent": self.coverage.percent(), "commented": self.coverage.commented, "all": self.coverage.all,
                "wanted": self.args.min_coverage, "missing": self.coverage.missing,
            },
            "issues": self.gathered.facts.issues.len(),
        })
    }

    fn what_ran(&self) -> String {
        let tried = &self.gathered.tried;
        let mut text = format!("{} ran", count(tried.ran as u64, "query", "queries"));
        if tried.planned > 0 {
            text.push_str(&format!(", {} planned only", tried.planned));
        }
        match tried.failed.len() + tried.requests.failed.len() {
            0 => {}
            failed => text.push_str(&format!(", {failed} left out")),
        }
        text.push_str(&format!("; {} % of the schema has comments", self.coverage.percent()));
        text
    }

    /// Whether enough has a comment; says what has none if it does not.
    fn has_comments(&self, context: &Context) -> bool {
        const MOST: usize = 20;
        let Some(wanted) = self.args.min_coverage else { return true };
        let percent = self.coverage.percent();
        if percent >= wanted {
            return true;
        }
        let missing = &self.coverage.missing;
        context.out.warn(format!("{percent} % has a comment, {wanted} % must have one; without one:"));
        for object in missing.iter().take(MOST) {
            context.out.say(format!("  {object}"));
        }
        if missing.len() > MOST {
            context.out.say(format!("  and {} more; --json lists them all", missing.len() - MOST));
        }
        false
    }

    async fn allow_overwriting(&self, changes: &Changes, context: &Context) -> anyhow::Result<()> {
        const MOST: usize = 5;
        if changes.foreign.is_empty() {
            return Ok(());
        }
        let named: Vec<String> =
            changes.foreign.iter().take(MOST).map(|path| self.out.join(path).display().to_string()).collect();
        let more = match changes.foreign.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let question = format!("{}{more} would be overwritten, and are not from here. Go on?", named.join(", "));
        Ok(context.confirm(&question).await?)
    }
}

fn paths(changes: &Changes, which: impl Fn(Off) -> bool) -> Vec<&String> {
    changes.off.iter().filter(|(_, off)| which(**off)).map(|(path, _)| path).collect()
}
