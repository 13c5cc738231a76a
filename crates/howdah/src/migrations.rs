//! The project's migrations and how their progress is told; shared by `howdah migrate` and `howdah dev`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use howdah_pg::migrate::{Done, Event, Folder, MigrateError, Observer, Runner};
use howdah_pg::{Target, tokio_postgres::Client};

use crate::output::{Output, Step, Unit};
use crate::project::{Project, current_folder};

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
