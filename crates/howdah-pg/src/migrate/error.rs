//! Why migrations did not run.

use super::Direction;
use crate::PgError;
use crate::script::SqlScriptError;
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
        "`{file}` has no counterpart `{missing}`. Write it; if there is no way back, let it say so: select 'irreversible'; with a comment why"
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
    /// The file is not what was run.
    #[error(
        "`{file}` was changed after it was applied (then sha256 {applied_sha256}, now {file_sha256}). Put it back as it was, and write the change as a new migration"
    )]
    Edited {
        /// Which.
        file: String,
        /// The checksum in the history.
        applied_sha256: String,
        /// The checksum of the file.
        file_sha256: String,
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
    #[error("`{file}` is not applied, but the later {applied} is. Give it the next free number")]
    OutOfOrder {
        /// The pending one.
        file: String,
        /// The applied one.
        applied: String,
    },
    /// `-- howdah:no-transaction`.
    #[error(
        "`{file}` asks for `-- howdah:no-transaction`, which this version cannot do: it runs each migration in a transaction. Remove the line and what needs it (such as CONCURRENTLY), or run that statement by hand"
    )]
    NoTransaction {
        /// Which.
        file: String,
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
    /// The connection broke before the migration's end.
    #[error("the connection broke while migration {title} was going {direction}; nothing of it was applied{}: {error}", already(*.done))]
    Interrupted {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
        /// How many were done before it in this run; they stay.
        done: usize,
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
            Self::Name { .. } => "migrate-name",
            Self::Duplicate { .. } => "migrate-duplicate-number",
            Self::MissingHalf { .. } => "migrate-missing-half",
            Self::Gap { .. } => "migrate-gap",
            Self::Edited { .. } => "migrate-edited",
            Self::FileGone { .. } => "migrate-file-gone",
            Self::DatabaseNewer { .. } => "migrate-database-newer",
            Self::OutOfOrder { .. } => "migrate-out-of-order",
            Self::NoTransaction { .. } => "migrate-no-transaction",
            Self::Locked { .. } => "migrate-locked",
            Self::Failed { .. } => "migrate-failed",
            Self::Interrupted { .. } => "migrate-interrupted",
            Self::Uncertain { .. } => "migrate-uncertain",
            Self::Pg(error) => error.code(),
        }
    }

    /// What is wrong in which file, if that is it.
    pub fn script(&self) -> Option<&SqlScriptError> {
        match self {
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for MigrateError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Pg(error.into())
    }
}
