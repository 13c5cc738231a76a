//! Why a schema could not be read, compared or proven.

use crate::migrate::MigrateError;
use crate::script::{ScriptError, SqlScriptError};
use crate::{PgError, ServerError, extension};
use howdah_schema::catalog::ObjectId;
use howdah_schema::diff::DiffError;
use howdah_schema::diff::renames::{DirectiveError, RenameError};

/// What went wrong. Nothing that was compared is changed, whatever it is.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// A statement in a file that PostgreSQL refuses.
    #[error("{error}{}", .hint.as_ref().map_or_else(String::new, |hint| format!(". {hint}")))]
    Script {
        /// What and where.
        #[source]
        error: Box<SqlScriptError>,
        /// Which later file makes what is missing, or how to break a circle.
        hint: Option<String>,
    },
    /// An extension that the scratch server does not have.
    #[error(transparent)]
    Extension(Box<ExtensionMissing>),
    /// The files themselves.
    #[error(transparent)]
    Files(ScriptError),
    /// Migrations that do not run.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A `-- renamed-from:` that cannot be read or stands beside nothing.
    #[error(transparent)]
    Directive(#[from] DirectiveError),
    /// A rename that fits not both schemas.
    #[error(transparent)]
    Rename(#[from] RenameError),
    /// No plan leads from one to the other.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// The plan was run on a copy and did not get there.
    #[error("the plan going {direction} does not lead to {wanted}: run on a copy, it leaves {}", list(.remaining))]
    Unproven {
        /// `up` or `down`.
        direction: &'static str,
        /// Where it should have led.
        wanted: String,
        /// The objects that still differ, with the statement that would be next.
        remaining: Vec<String>,
    },
    /// A statement of the plan is refused.
    #[error("the plan going {direction} cannot be run. On a copy, PostgreSQL refused\n{sql}\n{error}")]
    Refused {
        /// `up` or `down`.
        direction: &'static str,
        /// The statement.
        sql: String,
        /// Why.
        #[source]
        error: Box<ServerError>,
    },
    /// A plan for some kinds of objects needs objects of others.
    #[error(
        "these statements cannot be run without the others. On a copy, PostgreSQL refused\n{sql}\n{error}. Left out are {}",
        list(&.needs.iter().map(ToString::to_string).collect::<Vec<_>>())
    )]
    Partial {
        /// The statement.
        sql: String,
        /// Why.
        #[source]
        error: Box<ServerError>,
        /// The objects of other kinds that it has to do with and that the full plan changes.
        needs: Vec<ObjectId>,
    },
    /// What goes cannot be kept aside.
    #[error(
        "what this would drop cannot be kept aside: on a copy, PostgreSQL refused\n{sql}\n{error}. Drop it in a migration of its own, or for good"
    )]
    NotSoftly {
        /// The statement.
        sql: String,
        /// Why.
        #[source]
        error: Box<ServerError>,
    },
    /// The copy that the plan would be run on is not the original.
    #[error(
        "a scratch copy of {origin} is not the same, so nothing can be proven on it. It differs in {}",
        list(.remaining)
    )]
    Copy {
        /// What was copied.
        origin: String,
        /// The objects that differ.
        remaining: Vec<String>,
    },
    /// The copy cannot be built.
    #[error("{origin} cannot be built anew on the scratch server: PostgreSQL refused\n{sql}\n{error}")]
    CopyRefused {
        /// What was copied.
        origin: String,
        /// The statement.
        sql: String,
        /// Why.
        #[source]
        error: Box<ServerError>,
    },
    /// The scratch server lets this user make no databases.
    #[error(
        "`{user}` may not create databases on the scratch server: {message}. ALTER ROLE {user} CREATEDB, or name another server"
    )]
    NoCreateDb {
        /// Who.
        user: String,
        /// The server's words.
        message: String,
    },
    /// The connection, or the server's catalog.
    #[error(transparent)]
    Pg(#[from] PgError),
}

/// An extension that files or a database use, and the scratch server does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the extension {name} is not installed on the server that the schema is tried out on (PostgreSQL {major})")]
pub struct ExtensionMissing {
    /// Its name.
    pub name: String,
    /// The server's major version.
    pub major: u32,
    /// Where it is asked for, as `file:line:column`, if a file does.
    pub at: Option<String>,
}

impl ExtensionMissing {
    /// The Debian package that brings it, as far as known; other distributions' names are alike.
    pub fn package(&self) -> String {
        extension::debian(&self.name, self.major)
    }
}

impl SchemaError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Script { error, .. } => error.code(),
            Self::Extension(_) => "scratch-extension-missing",
            Self::Files(error) => error.code(),
            Self::Migrate(error) => error.code(),
            Self::Directive(error) => error.code(),
            Self::Rename(error) => error.code(),
            Self::Diff(error) => error.code(),
            Self::Unproven { .. } => "diff-unproven",
            Self::Refused { .. } => "diff-refused",
            Self::Partial { .. } => "diff-only-incomplete",
            Self::NotSoftly { .. } => "diff-not-softly",
            Self::Copy { .. } => "diff-copy-differs",
            Self::CopyRefused { .. } => "diff-copy-refused",
            Self::NoCreateDb { .. } => "scratch-no-createdb",
            Self::Pg(error) => error.code(),
        }
    }
}

impl From<tokio_postgres::Error> for SchemaError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Pg(error.into())
    }
}

/// The first few, because one mistake may leave a thousand.
fn list(items: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut text = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if items.len() > SHOWN {
        text += &format!("; and {} more", items.len() - SHOWN);
    }
    text
}
