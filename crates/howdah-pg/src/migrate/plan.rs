//! What a run will do.

use super::history::Row;
use super::progress::{self, Progress};
use super::{Direction, Folder, MigrateError, Migration, Reversal, Script, checksum, folder, squash};
use crate::script::SqlFile;

/// The steps of a run, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Each is done before the next begins.
    pub steps: Vec<Step>,
}

/// One migration, one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub migration: Migration,
    /// Which way.
    pub direction: Direction,
    /// How.
    pub mode: Mode,
    script: Script,
    other: Option<Script>,
}

impl Step {
    fn of(migration: &Migration, direction: Direction) -> Result<Self, MigrateError> {
        let script = Script::read(migration.file(direction)).map_err(|error| MigrateError::Invalid {
            title: migration.title(),
            direction,
            error: Box::new(error),
        })?;
        let other = match direction {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
        };
        Ok(Self {
            migration: migration.clone(),
            direction,
            mode: if script.is_plain() { Mode::Transaction } else { Mode::Sections },
            // Only its head is asked for, and only if it can be read.
            other: Script::read(migration.file(other)).ok(),
            script,
        })
    }

    /// The file that it runs.
    pub fn file(&self) -> &SqlFile {
        self.migration.file(self.direction)
    }

    /// That file as what is run together.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// What going back means for the rows, as `-- howdah:down` in the down file says; `None` if it says nothing.
    pub fn reversal(&self) -> Option<Reversal> {
        self.half(Direction::Down)?.reversal
    }

    /// Why, as far as it is said.
    pub fn reversal_reasons(&self) -> &[String] {
        self.half(Direction::Down).map_or(&[], |script| &script.reversal_reasons)
    }

    /// Whether going forward destroys data, as `-- howdah:destructive` in the up file says.
    pub fn is_destructive(&self) -> bool {
        self.half(Direction::Up).is_some_and(|script| script.is_destructive)
    }

    /// What it destroys, as far as it is said.
    pub fn destroys(&self) -> &[String] {
        self.half(Direction::Up).map_or(&[], |script| &script.destroys)
    }

    fn half(&self, direction: Direction) -> Option<&Script> {
        if direction == self.direction { Some(&self.script) } else { self.other.as_ref() }
    }
}

/// How a step is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its file and its line in the history in one transaction: all or nothing.
    Transaction,
    /// Section by section, with its progress kept in the database.
    Sections,
}

/// What the database knows, as the folder sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) rows: Vec<Row>,
    /// The history has the migrations that this one replaces, and is to be rewritten.
    pub(super) adopts: Option<Migration>,
    pub(super) progress: Vec<Progress>,
}

impl State {
    /// Brings history and folder together.
    pub(super) fn of(folder: &Folder, rows: Vec<Row>, progress: Vec<Progress>) -> Result<Self, MigrateError> {
        let (rows, adopts) = squash::adopt(folder, rows)?;
        Ok(Self { rows, adopts, progress })
    }

    pub(super) fn is_applied(&self, version: i64) -> bool {
        self.rows.iter().any(|row| row.version == version)
    }

    pub(super) fn progress(&self, version: i64) -> Option<&Progress> {
        self.progress.iter().find(|progress| progress.version == version)
    }
}

impl Plan {
    /// The next `limit` pending migrations; all without one. What is under way comes first.
    pub(super) fn up(
        folder: &Folder,
        state: &State,
        limit: Option<usize>,
        out_of_order: bool,
    ) -> Result<Self, MigrateError> {
        check(folder, &state.rows, out_of_order)?;
        check_progress(folder, state, Some(Direction::Up))?;
        let mut pending: Vec<&Migration> =
            folder.migrations().iter().filter(|migration| !state.is_applied(migration.version)).collect();
        pending.sort_by_key(|migration| state.progress(migration.version).is_none());
        Self::of(pending.into_iter().take(limit.unwrap_or(usize::MAX)), Direction::Up)
    }

    /// The last `count` applied migrations, the latest first. What is under way comes first.
    pub(super) fn down(folder: &Folder, state: &State, count: usize, out_of_order: bool) -> Result<Self, MigrateError> {
        check(folder, &state.rows, out_of_order)?;
        check_progress(folder, state, Some(Direction::Down))?;
        Self::of(applied(folder, state).into_iter().take(count), Direction::Down)
    }

    /// What leads to `version` being the last that is applied; 0 for none.
    pub(super) fn to(folder: &Folder, state: &State, version: i64, out_of_order: bool) -> Result<Self, MigrateError> {
        check(folder, &state.rows, out_of_order)?;
        known(folder, version)?;
        let back = applied(folder, state).into_iter().filter(|migration| migration.version > version);
        let mut plan = Self::of(back, Direction::Down)?;
        let is_pending = |migration: &&Migration| migration.version <= version && !state.is_applied(migration.version);
        plan.steps.extend(Self::of(folder.migrations().iter().filter(is_pending), Direction::Up)?.steps);
        let direction = plan.steps.first().map(|step| step.direction);
        check_progress(folder, state, direction)?;
        // What was begun is not left lying while others are run.
        let is_left = |progress: &&Progress| {
            !plan
                .steps
                .iter()
                .any(|step| step.migration.version == progress.version && step.direction == progress.direction)
        };
        if let Some(left) = state.progress.iter().find(is_left) {
            return Err(unfinished(folder, left));
        }
        Ok(plan)
    }

    /// The steps that lose data going back: each with its title, how bad it is, and why.
    pub fn losses(&self) -> Vec<String> {
        let back = self.steps.iter().filter(|step| step.direction == Direction::Down);
        back.filter_map(progress::loss).collect()
    }

    fn of<'a>(migrations: impl Iterator<Item = &'a Migration>, direction: Direction) -> Result<Self, MigrateError> {
        let steps = migrations.map(|migration| Step::of(migration, direction));
        Ok(Self { steps: steps.collect::<Result<_, MigrateError>>()? })
    }
}

/// Those that are applied, the latest first, but one that is half undone before all.
fn applied<'a>(folder: &'a Folder, state: &State) -> Vec<&'a Migration> {
    let applied = folder.migrations().iter().rev().filter(|migration| state.is_applied(migration.version));
    let mut applied: Vec<&Migration> = applied.collect();
    applied.sort_by_key(|migration| state.progress(migration.version).is_none());
    applied
}

/// Whether there is such a migration, or it is 0.
pub(super) fn known(folder: &Folder, version: i64) -> Result<(), MigrateError> {
    if version == 0 || folder.get(version).is_some() {
        return Ok(());
    }
    let known = folder.migrations().iter().map(Migration::title).collect();
    Err(MigrateError::UnknownVersion { version, known })
}

/// Whether the applied migrations are those of the folder, unchanged and, unless that does not matter, the first.
pub(super) fn check(folder: &Folder, history: &[Row], out_of_order: bool) -> Result<(), MigrateError> {
    let last = folder.migrations().last();
    if let Some(newest) = history.last().filter(|row| last.is_none_or(|last| row.version > last.version)) {
        return Err(MigrateError::DatabaseNewer {
            applied: newest.title(),
            last: last.map(Migration::title),
            folder: folder.path().to_owned(),
        });
    }
    for row in history {
        let Some(migration) = folder.get(row.version) else {
            return Err(MigrateError::FileGone { title: row.title(), folder: folder.path().to_owned() });
        };
        let file_sha256 = checksum(&migration.up.text);
        if file_sha256 != row.up_sha256 {
            return Err(MigrateError::Edited {
                file: migration.up.name.clone(),
                applied_sha256: row.up_sha256.clone(),
                file_sha256,
            });
        }
    }
    let applied = |migration: &&Migration| history.iter().any(|row| row.version == migration.version);
    let pending = folder.migrations().iter().find(|migration| !applied(migration));
    if let Some((pending, newest)) = pending.zip(history.last())
        && pending.version < newest.version
        && !out_of_order
    {
        return Err(MigrateError::OutOfOrder { file: pending.up.name.clone(), applied: newest.title() });
    }
    Ok(())
}

/// Whether what is under way can go on: its file is there as it was begun, and it goes in this direction.
pub(super) fn check_progress(folder: &Folder, state: &State, direction: Option<Direction>) -> Result<(), MigrateError> {
    for progress in &state.progress {
        let Some(migration) = folder.get(progress.version) else {
            let title = folder::title(progress.version, &progress.name);
            return Err(MigrateError::FileGone { title, folder: folder.path().to_owned() });
        };
        if direction.is_some_and(|direction| direction != progress.direction) {
            return Err(unfinished(folder, progress));
        }
        let file = migration.file(progress.direction);
        if checksum(&file.text) != progress.sha256 {
            return Err(MigrateError::EditedMidway {
                file: file.name.clone(),
                direction: progress.direction,
                report: progress.report(&file.name),
            });
        }
    }
    Ok(())
}

/// The error for what has to be finished first.
pub(super) fn unfinished(folder: &Folder, progress: &Progress) -> MigrateError {
    let file = folder
        .get(progress.version)
        .map_or_else(|| progress.title(), |migration| migration.file(progress.direction).name.clone());
    MigrateError::Unfinished { title: progress.title(), direction: progress.direction, report: progress.report(&file) }
}
