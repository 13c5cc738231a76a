//! Why a schema could not be read, compared or proven.

use crate::migrate::MigrateError;
use crate::script::{ScriptError, SqlScriptError};
use crate::{PgError, ServerError};
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
        let major = self.major;
        let name = match self.name.as_str() {
            "vector" => "pgvector",
            "postgis" | "postgis_raster" | "postgis_topology" | "postgis_tiger_geocoder" | "address_standardizer" => {
                "postgis-3"
            }
            "pg_cron" => "cron",
            "pg_partman" => "partman",
            "pg_repack" => "repack",
            "pgaudit" => "pgaudit",
            "pgrouting" => "pgrouting",
            "hll" => "hll",
            "timescaledb" => return format!("timescaledb-2-postgresql-{major}"),
            "plpython3u" => return format!("postgresql-plpython3-{major}"),
            "plperl" | "plperlu" => return format!("postgresql-plperl-{major}"),
            "pltcl" | "pltclu" => return format!("postgresql-pltcl-{major}"),
            name if CONTRIB.contains(&name) => return "postgresql-contrib".to_owned(),
            name => return format!("postgresql-{major}-{}", name.replace('_', "-")),
        };
        format!("postgresql-{major}-{name}")
    }
}

/// What PostgreSQL itself brings, in a package of its own on some systems.
const CONTRIB: &[&str] = &[
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

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

#[cfg(test)]
mod tests {
    use super::ExtensionMissing;

    #[test]
    fn a_package_for_every_extension() {
        let check = |name: &str, package: &str| {
            let missing = ExtensionMissing { name: name.to_owned(), major: 15, at: None };
            assert_eq!(missing.package(), package);
        };
        check("citext", "postgresql-contrib");
        check("vector", "postgresql-15-pgvector");
        check("postgis_topology", "postgresql-15-postgis-3");
        check("timescaledb", "timescaledb-2-postgresql-15");
        check("pg_uuidv7", "postgresql-15-pg-uuidv7");
    }
}
