//! What a run will do.

use super::history::Row;
use super::{Direction, Folder, MigrateError, Migration, checksum, folder};
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
}

impl Step {
    /// The file that it runs.
    pub fn file(&self) -> &SqlFile {
        self.migration.file(self.direction)
    }
}

/// How a step is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its file and its line in the history in one transaction: all or nothing.
    Transaction,
}

impl Mode {
    /// Reads what a file asks for in the comments at its top.
    fn of(file: &SqlFile) -> Result<Self, MigrateError> {
        let text = file.text.trim_start_matches('\u{feff}');
        let comments = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("--"));
        for line in comments {
            if line.trim_start_matches('-').trim() == "howdah:no-transaction" {
                return Err(MigrateError::NoTransaction { file: file.name.clone() });
            }
        }
        Ok(Self::Transaction)
    }
}

impl Plan {
    /// The next `limit` pending migrations; all without one.
    pub(super) fn up(folder: &Folder, history: &[Row], limit: Option<usize>) -> Result<Self, MigrateError> {
        check(folder, history)?;
        let pending = folder.migrations().iter().skip(history.len()).take(limit.unwrap_or(usize::MAX));
        Self::of(pending, Direction::Up)
    }

    /// The last `count` applied migrations, the latest first.
    pub(super) fn down(folder: &Folder, history: &[Row], count: usize) -> Result<Self, MigrateError> {
        check(folder, history)?;
        let applied = folder.migrations().iter().take(history.len()).rev().take(count);
        Self::of(applied, Direction::Down)
    }

    fn of<'a>(migrations: impl Iterator<Item = &'a Migration>, direction: Direction) -> Result<Self, MigrateError> {
        let step = |migration: &Migration| {
            let mode = Mode::of(migration.file(direction))?;
            Ok(Step { migration: migration.clone(), direction, mode })
        };
        Ok(Self { steps: migrations.map(step).collect::<Result<_, MigrateError>>()? })
    }
}

/// Whether the applied migrations are the first of the folder, unchanged.
pub(super) fn check(folder: &Folder, history: &[Row]) -> Result<(), MigrateError> {
    let last = folder.migrations().last();
    if let Some(newest) = history.last().filter(|row| last.is_none_or(|last| row.version > last.version)) {
        return Err(MigrateError::DatabaseNewer {
            applied: folder::title(newest.version, &newest.name),
            last: last.map(Migration::title),
            folder: folder.path().to_owned(),
        });
    }
    for row in history {
        let Some(migration) = folder.get(row.version) else {
            let title = folder::title(row.version, &row.name);
            return Err(MigrateError::FileGone { title, folder: folder.path().to_owned() });
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
    {
        return Err(MigrateError::OutOfOrder {
            file: pending.up.name.clone(),
            applied: folder::title(newest.version, &newest.name),
        });
    }
    Ok(())
}
