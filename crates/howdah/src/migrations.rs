//! The project's migrations and how their progress is told; shared by `howdah migrate` and `howdah dev`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use howdah_pg::migrate::{Done, Event, Folder, MigrateError, Migration, MigrationState, Observer, Runner};
use howdah_pg::{Target, schema, tokio_postgres::Client};
use howdah_schema::diff::DiffOptions;
use serde_json::json;

use crate::context::Context;
use crate::dev::bookkeeping;
use crate::output::{GOOD, Output, Step, Unit, paint};
use crate::project::{Project, current_folder};
use crate::sources::Sources;

/// The project's migrations.
///
/// # Errors
/// The folder cannot be read, or its files are not in order.
pub(crate) fn folder(project: &Project) -> Result<Folder, MigrateError> {
    Folder::read(&as_seen_from_here(&project.migrations_folder()))
}

/// The same, whatever the list of checksums says.
///
/// # Errors
/// The folder cannot be read, or its files are not in order.
pub(crate) fn folder_unverified(project: &Project) -> Result<Folder, MigrateError> {
    Folder::read_unverified(&as_seen_from_here(&project.migrations_folder()))
}

/// Applies all that are pending; a project without a folder of them has none.
///
/// # Errors
/// What keeps them from running, and the one that failed.
pub(crate) async fn up(project: &Project, owner: &Target, out: &Output) -> anyhow::Result<Vec<Done>> {
    if !project.migrations_folder().exists() {
        return Ok(Vec::new());
    }
    let folder = folder(project)?;
    let client = owner.client().await?;
    let teller = Teller::new(out);
    Ok(Runner::new(&client, &folder).observer(&teller).up(None).await?)
}

/// Takes pending migrations as applied whose work has been done already: `howdah dev` brings its database in line with the
/// schema folder as files are saved, and the migration of it is generated afterwards. So in a database that `howdah dev` has
/// been at, which is what the migrations up to one that is pending make, that one and those before it are taken as applied.
/// What they do to rows is not done. Returns their titles.
///
/// # Errors
/// Those of PostgreSQL; that a migration does not run is said where it is run.
pub(crate) async fn adopt(project: &Project, owner: &Target, context: &Context) -> anyhow::Result<Vec<String>> {
    if !project.migrations_folder().exists() {
        return Ok(Vec::new());
    }
    let folder = folder(project)?;
    let client = owner.client().await?;
    let runner = Runner::new(&client, &folder);
    let status = runner.status().await?;
    let applied = status.migrations.iter().take_while(|found| found.state == MigrationState::Applied).count();
    let rest_is_pending = status.migrations[applied..].iter().all(|found| found.state == MigrationState::Pending);
    if applied == folder.migrations().len() || !rest_is_pending || bookkeeping::recall(&client).await?.is_none() {
        return Ok(Vec::new());
    }
    let live = schema::read_live(owner).await?;
    let sources = Sources { project: Some(project), config: &project.config, scratch: None };
    let scratch = sources.scratch(Some(live.catalog.postgres_major), context).await?;
    for until in applied..=folder.migrations().len() {
        let made = schema::read_migrations(&scratch.server, &folder, Some(until), Some(&live), "the migrations").await;
        let Ok(made) = made else { break };
        if !schema::plan(&scratch.server, &live, &made, &DiffOptions::default()).await?.plan.is_empty() {
            continue;
        }
        let Some(last) = until.checked_sub(1).filter(|_| until > applied) else { break };
        let version = folder.migrations()[last].version;
        crate::audit::begin(&client, "admin.migrate_baseline", "migrations", &json!({ "up_to": version })).await?;
        let taken: Vec<String> = runner.baseline(version).await?.iter().map(Migration::title).collect();
        for title in &taken {
            let done = "is there already, from schema/: taken as applied, and not run";
            context.out.say(format!("{} {title} {done}", paint(GOOD, "✓")));
        }
        let details = json!({ "migrations": taken });
        crate::audit::end(&client, "admin.migrate_baseline", "migrations", &details, &context.out).await;
        return Ok(taken);
    }
    Ok(Vec::new())
}

/// Makes the history without running anything.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn make_history(owner: &Client) -> Result<(), MigrateError> {
    let folder = Folder::from_files(Path::new(""), Vec::new())?;
    Runner::new(owner, &folder).up(Some(0)).await.map(drop)
}

/// Whether the project has one migration and that is this text.
pub(crate) fn is_only(project: &Project, text: &str) -> bool {
    folder(project).is_ok_and(|folder| match folder.migrations() {
        [only] => only.up.text == text,
        _ => false,
    })
}

/// Shorter where we stand above it, and what a terminal can open.
pub(crate) fn as_seen_from_here(path: &Path) -> PathBuf {
    let here = current_folder().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(relative) if !relative.as_os_str().is_empty() => relative.to_path_buf(),
        _ => path.to_path_buf(),
    }
}

/// Tells what a runner does: a bar or a line for each migration, with the statement or the batch it is at.
#[derive(Debug)]
pub(crate) struct Teller {
    out: Output,
    step: Mutex<Option<Step>>,
    waiting: Mutex<bool>,
}

impl Teller {
    pub(crate) fn new(out: &Output) -> Self {
        Self { out: out.clone(), step: Mutex::default(), waiting: Mutex::default() }
    }

    fn replace(&self, next: Option<Step>) -> Option<Step> {
        std::mem::replace(&mut *self.step.lock().unwrap_or_else(PoisonError::into_inner), next)
    }

    fn with_step(&self, act: impl FnOnce(&Step)) {
        if let Some(step) = &*self.step.lock().unwrap_or_else(PoisonError::into_inner) {
            act(step);
        }
    }
}

impl Observer for Teller {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Waiting { holder, .. } => {
                let mut told = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if !*told {
                    self.out.say(format!("Waiting for another migration of this database to end ({holder})"));
                    *told = true;
                }
            }
            Event::Begins { step, .. } => {
                let what = format!("Migrating {} {}", step.direction, step.migration.title());
                let total = step.script().len() as u64;
                let total = (total > 1).then_some(total);
                self.replace(Some(Step::begin(&self.out, &what, total, Unit::Statements)));
            }
            Event::Section { .. } => {}
            Event::Statement { summary, .. } => self.with_step(|bar| bar.at(summary)),
            Event::StatementDone { index, .. } => self.with_step(|bar| bar.set(*index as u64 + 1, None)),
            Event::Backfill { table, walked, estimate, rate, .. } => {
                let of = estimate.map_or_else(String::new, |rows| format!(" of about {rows}"));
                self.with_step(|bar| bar.at(&format!("{table}: {walked}{of} rows, {rate:.0}/s")));
            }
            Event::Retries { step, attempt, wait } => self.out.say(format!(
                "{} did not get its lock in time; attempt {} in {:.1} s",
                step.migration.title(),
                attempt + 1,
                wait.as_secs_f64()
            )),
            Event::Recovered { step, what } => self.out.say(format!("{}: {what}", step.migration.title())),
            Event::Done { .. } => {
                if let Some(step) = self.replace(None) {
                    step.done();
                }
            }
        }
    }
}
