//! Where files and database stand.

use super::history::Row;
use super::{Folder, checksum, folder, plan};
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
    /// How many are still to run.
    pub fn pending(&self) -> usize {
        self.migrations.iter().filter(|status| status.state == MigrationState::Pending).count()
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
}

pub(super) fn status(folder: &Folder, history: Vec<Row>) -> Status {
    let problem = plan::check(folder, &history).err().map(|error| (error.code(), error.to_string()));
    let mut migrations: Vec<MigrationStatus> = history
        .into_iter()
        .map(|row| {
            let file = folder.get(row.version);
            MigrationStatus {
                version: row.version,
                name: file.map_or(row.name, |migration| migration.name.clone()),
                state: match file {
                    None => MigrationState::FileGone,
                    Some(migration) if checksum(&migration.up.text) != row.up_sha256 => MigrationState::Edited,
                    Some(_) => MigrationState::Applied,
                },
                applied: Some(Applied {
                    at: row.applied_at,
                    duration_ms: row.duration_ms,
                    by: row.applied_by,
                    howdah_version: row.howdah_version,
                }),
                down_edited: file.is_some_and(|migration| checksum(&migration.down.text) != row.down_sha256),
            }
        })
        .collect();
    for migration in folder.migrations() {
        if migrations.iter().all(|known| known.version != migration.version) {
            migrations.push(MigrationStatus {
                version: migration.version,
                name: migration.name.clone(),
                state: MigrationState::Pending,
                applied: None,
                down_edited: false,
            });
        }
    }
    migrations.sort_by_key(|migration| migration.version);
    Status { migrations, problem }
}
