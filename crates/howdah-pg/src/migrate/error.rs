//! Why migrations did not run.

use super::{Direction, Report};
use crate::PgError;
use crate::script::{Location, SqlScriptError};
use std::path::PathBuf;
use std::time::Duration;

/// Something that keeps migrations from running, or one that failed. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The folder or a file in it.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the folder cannot be written or removed.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A name of another form.
    #[error(
        "`{file}` is not named like a migration. Call it NNNN_name.up.sql or NNNN_name.down.sql, with four digits or more, or move it out of this folder"
    )]
    Name {
        /// Which.
        file: String,
    },
    /// One number, two migrations: usually two branches that were merged.
    #[error(
        "two migrations have number {version}: `{first}` and `{second}`. Give the one that no database has run yet the next free number"
    )]
    Duplicate {
        /// The number.
        version: i64,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Up without down or down without up.
    #[error(
        "`{file}` has no counterpart `{missing}`. Write it; if there is no way back, let it say so: `-- howdah:down irreversible: why`"
    )]
    MissingHalf {
        /// The one that is there.
        file: String,
        /// The one that is not.
        missing: String,
    },
    /// A number is left out.
    #[error("migration {expected:04} is missing before `{file}`. Restore it, or number the files without a gap")]
    Gap {
        /// The number that should come.
        expected: i64,
        /// The file that comes.
        file: String,
    },
    /// A file is not the one in the list of checksums.
    #[error(
        "`{file}` is not as the checksums file has it. If it was not meant to be changed, restore it from version control; if it was, and no database has run it, `howdah migrate repair --checksums` writes the list anew"
    )]
    ChecksumDiffers {
        /// Which.
        file: String,
    },
    /// A file in the list of checksums is not there.
    #[error(
        "`{file}` is in the checksums file but not in the folder. Restore it from version control; if it is to be gone, `howdah migrate repair --checksums` writes the list anew"
    )]
    ChecksumFileGone {
        /// Which.
        file: String,
    },
    /// The list of checksums cannot be understood; usually a merge left its marks.
    #[error(
        "line {line} of `{}` is not a checksum and a file name{}", path.display(),
        if *.conflict { ": a merge was not resolved. If both branches added a migration, give one of them the next number; then `howdah migrate repair --checksums` writes the file anew" } else { ". `howdah migrate repair --checksums` writes the file anew" }
    )]
    Checksums {
        /// The file.
        path: PathBuf,
        /// 1 for the first.
        line: usize,
        /// It is a mark of version control.
        conflict: bool,
    },
    /// A file holds what it may not; found before anything runs.
    #[error("{error}\nNothing was run")]
    Invalid {
        /// Number and name.
        title: String,
        /// Which of its files.
        direction: Direction,
        /// What and where.
        #[source]
        error: Box<SqlScriptError>,
    },
    /// The file is not what was run.
    #[error(
        "`{file}` was changed after it was applied (then sha256 {applied_sha256}, now {file_sha256}). Put it back as it was, and write the change as a new migration; if it was but a comment, accept it: `howdah migrate repair --accept-edited`"
    )]
    Edited {
        /// Which.
        file: String,
        /// The checksum in the history.
        applied_sha256: String,
        /// The checksum of the file.
        file_sha256: String,
    },
    /// The file was edited while only some of it was done.
    #[error(
        "`{file}` was changed after it was begun, and only some of it is done.\n{report}Put it back as it was and run `howdah migrate {direction}`, which goes on where it stopped; or, if only what is not applied was changed, accept that with `howdah migrate repair --unfinished resume`"
    )]
    EditedMidway {
        /// Which.
        file: String,
        /// Which way it was going.
        direction: Direction,
        /// What of it is done, as it was.
        report: Report,
    },
    /// An applied migration has no file, although later ones do.
    #[error("migration {title} is applied in the database, but its files are gone from `{}`. Restore them from version control", folder.display())]
    FileGone {
        /// Number and name.
        title: String,
        /// Where they should be.
        folder: PathBuf,
    },
    /// The database was migrated by a later version of the project.
    #[error("the database is newer than this folder: {applied} is applied, and the last file in `{}` is {}. Use the version of the project that made it, or restore the missing files", folder.display(), last.as_deref().unwrap_or("none"))]
    DatabaseNewer {
        /// The last one applied.
        applied: String,
        /// The last one in the folder.
        last: Option<String>,
        /// The folder.
        folder: PathBuf,
    },
    /// A pending migration before an applied one.
    #[error(
        "`{file}` is not applied, but the later {applied} is. Give it the next free number, or, if it does not matter which comes first, allow it out of order"
    )]
    OutOfOrder {
        /// The pending one.
        file: String,
        /// The applied one.
        applied: String,
    },
    /// Something is under way in one direction, and the other is asked for.
    #[error(
        "migration {title} is only partly done going {direction}. Finish that first with `howdah migrate {direction}`, or settle it with `howdah migrate repair --unfinished …`.\n{report}"
    )]
    Unfinished {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
        /// What of it is done.
        report: Report,
    },
    /// A statement was begun and it cannot be found out whether it is done.
    #[error(
        "{at}: whether `{statement}` of migration {title} was done before the interruption cannot be told: {reason}. Look in the database, then say which it is: `howdah migrate repair --unfinished statement-done`, or `statement-not-done`"
    )]
    Unclear {
        /// Number and name.
        title: String,
        /// Where it stands.
        at: Box<Location>,
        /// In short.
        statement: String,
        /// Why it cannot be told.
        reason: String,
    },
    /// No such migration.
    #[error("there is no migration {version}. There are: {}", if .known.is_empty() { "none".to_owned() } else { .known.join(", ") })]
    UnknownVersion {
        /// What was asked for.
        version: i64,
        /// Number and name of all, in order.
        known: Vec<String>,
    },
    /// Going back would lose data.
    #[error("going back loses data: {}. Nothing was run", .steps.join(". "))]
    Lossy {
        /// Number and name of each such step, how bad it is, and why.
        steps: Vec<String>,
    },
    /// The database cannot be taken to be at that migration.
    #[error(
        "migration {asked} cannot be the baseline: {applied} is applied already. A baseline is for a database that has run nothing, or less"
    )]
    Baseline {
        /// What was asked for.
        asked: String,
        /// What is in the way.
        applied: String,
    },
    /// Migrations cannot be squashed.
    #[error("cannot squash: {reason}")]
    Squash {
        /// Why not.
        reason: String,
    },
    /// The database has run some of the migrations that a squashed one replaces.
    #[error(
        "{title} replaces migrations of which this database has run only some: {applied} is its last, and {missing} is not applied. Check out the version of the project before they were squashed, run `howdah migrate up` with it, and come back"
    )]
    SquashPartly {
        /// The squashed one.
        title: String,
        /// The last one applied.
        applied: String,
        /// The first one that is not.
        missing: String,
    },
    /// It cannot be repaired like that.
    #[error("cannot repair: {reason}")]
    Repair {
        /// Why not.
        reason: String,
    },
    /// Somebody else is migrating.
    #[error("another process is migrating this database ({holder}), still after {waited} s. Wait for it, or end it if it hangs", waited = .waited.as_secs())]
    Locked {
        /// Who, as far as the server says.
        holder: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A migration's SQL was refused.
    #[error("migration {title} failed going {direction}, and nothing of it was applied{}\n{error}", already(*.done))]
    Failed {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
        /// How many were done before it in this run; they stay.
        done: usize,
        /// What and where.
        #[source]
        error: Box<SqlScriptError>,
    },
    /// A migration of several sections failed after some of it was committed.
    #[error(
        "migration {title} failed going {direction}, and only some of it was applied{}\n{error}\n{report}Next: {next}", already(*.done)
    )]
    PartlyApplied {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
        /// How many were done before it in this run; they stay.
        done: usize,
        /// What of it was done.
        report: Report,
        /// What to do.
        next: String,
        /// What and where.
        #[source]
        error: Box<SqlScriptError>,
    },
    /// The connection broke before the migration's end.
    #[error("the connection broke while migration {title} was going {direction}; {}{}: {error}", if *.partly { "what it had committed stays, and running it again goes on from there" } else { "nothing of it was applied" }, already(*.done))]
    Interrupted {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
        /// How many were done before it in this run; they stay.
        done: usize,
        /// It has several sections, and some of it was committed or may have been.
        partly: bool,
        /// How.
        #[source]
        error: PgError,
    },
    /// The connection broke between COMMIT and its answer.
    #[error(
        "the connection broke while migration {title} was being committed, so whether it is applied is not known. Ask for the status before anything else: {error}"
    )]
    Uncertain {
        /// Number and name.
        title: String,
        /// How.
        #[source]
        error: PgError,
    },
    /// The server or the way there.
    #[error(transparent)]
    Pg(#[from] PgError),
}

fn already(done: usize) -> String {
    match done {
        0 => String::new(),
        1 => " (the one before it is)".to_owned(),
        more => format!(" (the {more} before it are)"),
    }
}

impl MigrateError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "migrate-unreadable",
            Self::Write { .. } => "migrate-unwritable",
            Self::Name { .. } => "migrate-name",
            Self::Duplicate { .. } => "migrate-duplicate-number",
            Self::MissingHalf { .. } => "migrate-missing-half",
            Self::Gap { .. } => "migrate-gap",
            Self::ChecksumDiffers { .. } => "migrate-checksum-differs",
            Self::ChecksumFileGone { .. } => "migrate-checksum-file-gone",
            Self::Checksums { .. } => "migrate-checksums",
            Self::Invalid { .. } => "migrate-invalid",
            Self::Edited { .. } => "migrate-edited",
            Self::EditedMidway { .. } => "migrate-edited-midway",
            Self::FileGone { .. } => "migrate-file-gone",
            Self::DatabaseNewer { .. } => "migrate-database-newer",
            Self::OutOfOrder { .. } => "migrate-out-of-order",
            Self::Unfinished { .. } => "migrate-unfinished",
            Self::Unclear { .. } => "migrate-unclear",
            Self::UnknownVersion { .. } => "migrate-unknown-version",
            Self::Lossy { .. } => "migrate-lossy",
            Self::Baseline { .. } => "migrate-baseline",
            Self::Squash { .. } => "migrate-squash",
            Self::SquashPartly { .. } => "migrate-squash-partly",
            Self::Repair { .. } => "migrate-repair",
            Self::Locked { .. } => "migrate-locked",
            Self::Failed { .. } => "migrate-failed",
            Self::PartlyApplied { .. } => "migrate-partly-applied",
            Self::Interrupted { .. } => "migrate-interrupted",
            Self::Uncertain { .. } => "migrate-uncertain",
            Self::Pg(error) => error.code(),
        }
    }

    /// What is wrong in which file, if that is it.
    pub fn script(&self) -> Option<&SqlScriptError> {
        match self {
            Self::Failed { error, .. } | Self::PartlyApplied { error, .. } | Self::Invalid { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for MigrateError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Pg(error.into())
    }
}
