//! Where files and database stand.

use super::history::Row;
use super::plan::{self, State};
use super::progress::{Progress, Report};
use super::{Direction, Folder, MigrateError, checksum, folder};
use serde::Serialize;

/// Every migration that a folder or a database knows, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// One for each.
    pub migrations: Vec<MigrationStatus>,
    /// What keeps migrations from running: its code and its message.
    pub problem: Option<(&'static str, String)>,
}

impl Status {
    /// How many are still to run, or to be finished.
    pub fn pending(&self) -> usize {
        let pending =
            |status: &&MigrationStatus| matches!(status.state, MigrationState::Pending | MigrationState::PartlyApplied);
        self.migrations.iter().filter(pending).count()
    }
}

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationStatus {
    /// Its number.
    pub version: i64,
    /// Its name; the file's if there is one.
    pub name: String,
    /// Where it stands.
    pub state: MigrationState,
    /// When it is applied: how that went.
    pub applied: Option<Applied>,
    /// The down file is not what it was when the migration was applied. That is allowed: a way back may be mended.
    pub down_edited: bool,
    /// When it is under way: how far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
}

impl MigrationStatus {
    /// `0007_add_bio`
    pub fn title(&self) -> String {
        folder::title(self.version, &self.name)
    }
}

/// Where a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationState {
    /// Has run.
    Applied,
    /// Has not run.
    Pending,
    /// Some of its sections have run.
    PartlyApplied,
    /// Has run, and some of the sections of its way back have.
    PartlyUndone,
    /// Has run, and its file was changed since.
    Edited,
    /// Has run, and there is no file.
    FileGone,
}

/// How a migration was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// RFC 3339, in UTC.
    pub at: String,
    /// How long its SQL took, in milliseconds.
    pub duration_ms: i64,
    /// The role that was logged in.
    pub by: String,
    /// The version of Howdah that ran it.
    pub howdah_version: String,
    /// It was not run, but taken as applied.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_baseline: bool,
}

/// How far a migration is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// Which way it goes.
    pub direction: Direction,
    /// What of it is done and what is not.
    #[serde(flatten)]
    pub report: Report,
    /// RFC 3339, in UTC.
    pub begun_at: String,
    /// When it last came a step further; RFC 3339, in UTC.
    pub updated_at: String,
    /// What stopped it last; `None` if it just died, or is at work now.
    pub last_error: Option<String>,
}

pub(super) fn status(folder: &Folder, rows: Vec<Row>, progress: Vec<Progress>, out_of_order: bool) -> Status {
    let (state, problem) = match State::of(folder, rows.clone(), progress.clone()) {
        Ok(state) => {
            let problem = plan::check(folder, &state.rows, out_of_order)
                .and_then(|()| plan::check_progress(folder, &state, None))
                .err();
            (state, problem)
        }
        Err(problem) => (State { rows, adopts: None, progress }, Some(problem)),
    };
    let mut migrations: Vec<MigrationStatus> =
        state.rows.iter().map(|row| one(folder, &state, row.version, &row.name, Some(row))).collect();
    for migration in folder.migrations().iter().filter(|migration| !state.is_applied(migration.version)) {
        migrations.push(one(folder, &state, migration.version, &migration.name, None));
    }
    // Begun, and its file gone before it was done.
    for progress in &state.progress {
        if migrations.iter().all(|known| known.version != progress.version) {
            migrations.push(one(folder, &state, progress.version, &progress.name, None));
        }
    }
    migrations.sort_by_key(|migration| migration.version);
    let problem = problem.map(|error: MigrateError| (error.code(), error.to_string()));
    Status { migrations, problem }
}

fn one(folder: &Folder, state: &State, version: i64, name: &str, row: Option<&Row>) -> MigrationStatus {
    let file = folder.get(version);
    let progress = state.progress(version);
    let unfinished = progress.map(|progress| {
        let name = file.map_or_else(|| progress.title(), |migration| migration.file(progress.direction).name.clone());
        Unfinished {
            direction: progress.direction,
            report: progress.report(&name),
            begun_at: progress.begun_at.clone(),
            updated_at: progress.updated_at.clone(),
            last_error: progress.last_error.clone(),
        }
    });
    let is_edited = |row: &Row| file.is_some_and(|migration| checksum(&migration.up.text) != row.up_sha256);
    MigrationStatus {
        version,
        name: file.map_or_else(|| name.to_owned(), |migration| migration.name.clone()),
        state: match (row, file, progress.map(|progress| progress.direction)) {
            (None, _, Some(_)) => MigrationState::PartlyApplied,
            (None, _, None) => MigrationState::Pending,
            (Some(_), None, _) => MigrationState::FileGone,
            (Some(row), Some(_), _) if is_edited(row) => MigrationState::Edited,
            (Some(_), Some(_), Some(_)) => MigrationState::PartlyUndone,
            (Some(_), Some(_), None) => MigrationState::Applied,
        },
        applied: row.map(|row| Applied {
            at: row.applied_at.clone(),
            duration_ms: row.duration_ms,
            by: row.applied_by.clone(),
            howdah_version: row.howdah_version.clone(),
            is_baseline: row.is_baseline,
        }),
        down_edited: row.zip(file).is_some_and(|(row, migration)| checksum(&migration.down.text) != row.down_sha256),
        unfinished,
    }
}
