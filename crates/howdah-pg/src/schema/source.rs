//! What is compared: a live database, files, migrations, or nothing.

use super::error::ExtensionMissing;
use super::scratch::{Locale, ScratchDatabase, ScratchServer, as_found};
use super::{LiveSize, SchemaError, live, order, roles, rows};
use crate::migrate::{Folder, MigrateError, Runner};
use crate::script::{self, ScriptError, SqlFile, SqlScriptError};
use crate::{PgError, Target, extension};
use howdah_schema::catalog::Circumstance;
use howdah_schema::diff::renames::{self, Directive};
use howdah_schema::{Catalog, QualifiedName};
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// A schema, and what is known beside it.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it holds.
    pub catalog: Catalog,
    /// The renames that its files declare; a database declares none.
    pub directives: Vec<Directive>,
    /// What errors call it: a redacted URL, a path.
    pub origin: String,
    /// How large its tables are, if it is a database with rows in it.
    pub sizes: Option<BTreeMap<QualifiedName, LiveSize>>,
    /// In which it sorts text, if it is a database.
    pub locale: Option<Locale>,
}

impl Source {
    fn of_scratch(catalog: Catalog, origin: impl Into<String>) -> Self {
        Self { catalog, directives: Vec::new(), origin: origin.into(), sizes: None, locale: None }
    }
}

/// Reads a live database. Changes nothing in it and locks nothing.
///
/// # Errors
/// It cannot be reached or read.
pub async fn read_live(target: &Target) -> Result<Source, SchemaError> {
    let client = target.client().await?;
    let catalog = super::read(&client).await?;
    let sizes = Some(live::sizes(&client).await?);
    let locale = Some(Locale::of(&client).await?);
    Ok(Source { catalog, directives: Vec::new(), origin: target.redacted(), sizes, locale })
}

/// A database as PostgreSQL makes it.
///
/// # Errors
/// Those of the scratch server.
pub async fn read_empty(scratch: &ScratchServer) -> Result<Source, SchemaError> {
    let database = scratch.create(None).await?;
    let read = async { as_found(&database.client().await?).await }.await;
    finish(database, read.map(|catalog| Source::of_scratch(catalog, "an empty database"))).await
}

/// Loads files, in the order given, into a scratch database and reads that. `beside` is the database that they are compared
/// with: the roles of its server are there, too, and text is sorted as there.
///
/// # Errors
/// A statement that PostgreSQL refuses, with its place and, where it is known, what to do; an extension that is not there.
pub async fn read_files(
    scratch: &ScratchServer,
    files: &[SqlFile],
    beside: Option<&Source>,
    origin: &str,
) -> Result<Source, SchemaError> {
    let (source, database) = build_files(scratch, files, beside, origin).await?;
    finish(database, Ok(source)).await
}

/// As [`read_files`], and the database stays for whoever wants to try something in it.
///
/// # Errors
/// As [`read_files`].
pub async fn build_files(
    scratch: &ScratchServer,
    files: &[SqlFile],
    beside: Option<&Source>,
    origin: &str,
) -> Result<(Source, ScratchDatabase), SchemaError> {
    let database = scratch.create(beside.and_then(|beside| beside.locale.as_ref())).await?;
    let read = async {
        let client = database.client().await?;
        if let Some(beside) = beside {
            roles::make_missing(&client, &beside.catalog, files).await?;
        }
        match script::load(&client, files).await {
            Ok(()) => {}
            Err(ScriptError::Sql(error)) => return Err(refused(scratch, files, error)),
            Err(ScriptError::Pg(error)) => return Err(error.into()),
            Err(error) => return Err(SchemaError::Files(error)),
        }
        // What PostgreSQL says of a file is the better news, so directives come second.
        let directives = directives(files)?;
        // What a file set for its session is not how its objects are read.
        let catalog = as_found(&database.client().await?).await?;
        Ok(Source { directives, ..Source::of_scratch(catalog, origin) })
    }
    .await;
    keep(database, read).await
}

/// Runs the first `limit` up migrations, or all, in a scratch database, as the runner does it everywhere, and reads that.
/// `beside` as for [`read_files`].
///
/// # Errors
/// A migration that fails, with its place in the file.
pub async fn read_migrations(
    scratch: &ScratchServer,
    folder: &Folder,
    limit: Option<usize>,
    beside: Option<&Source>,
    origin: &str,
) -> Result<Source, SchemaError> {
    let (source, database) = build_migrations(scratch, folder, limit, beside, origin).await?;
    finish(database, Ok(source)).await
}

/// As [`read_migrations`], and the database stays for whoever wants to try something in it.
///
/// # Errors
/// As [`read_migrations`].
pub async fn build_migrations(
    scratch: &ScratchServer,
    folder: &Folder,
    limit: Option<usize>,
    beside: Option<&Source>,
    origin: &str,
) -> Result<(Source, ScratchDatabase), SchemaError> {
    let database = scratch.create(beside.and_then(|beside| beside.locale.as_ref())).await?;
    let read = async {
        migrate(scratch, &database, folder, limit, beside).await?;
        as_found(&database.client().await?).await
    }
    .await;
    keep(database, read.map(|catalog| Source::of_scratch(catalog, origin))).await
}

/// As [`read_migrations`], and whether any table has rows then.
///
/// # Errors
/// As [`read_migrations`].
pub async fn read_migrations_with_rows(
    scratch: &ScratchServer,
    folder: &Folder,
    limit: usize,
) -> Result<(Source, bool), SchemaError> {
    let database = scratch.create(None).await?;
    let read = async {
        migrate(scratch, &database, folder, Some(limit), None).await?;
        let client = database.client().await?;
        let catalog = as_found(&client).await?;
        let rows = rows::count(&client, &catalog).await?.values().any(|rows| *rows > 0);
        Ok((Source::of_scratch(catalog, "the migrations"), rows))
    }
    .await;
    finish(database, read).await
}

async fn migrate(
    scratch: &ScratchServer,
    database: &ScratchDatabase,
    folder: &Folder,
    limit: Option<usize>,
    beside: Option<&Source>,
) -> Result<(), SchemaError> {
    let files: Vec<SqlFile> = folder.migrations().iter().map(|migration| migration.up.clone()).collect();
    let client = database.client().await?;
    if let Some(beside) = beside {
        roles::make_missing(&client, &beside.catalog, &files).await?;
    }
    match Runner::new(&client, folder).up(limit).await {
        Ok(_) => Ok(()),
        Err(error) => Err(refused_migration(scratch, &files, error)),
    }
}

/// A migration that failed, with what can be said about it.
pub(super) fn refused_migration(scratch: &ScratchServer, files: &[SqlFile], error: MigrateError) -> SchemaError {
    match error {
        MigrateError::Failed { error, .. } if extension_missing(scratch, &error).is_some() => {
            refused(scratch, files, error)
        }
        error => error.into(),
    }
}

/// Reads the catalog of a database that stands for a live one, such as a copy of it.
pub(super) async fn read_again(client: &Client, original: &Catalog) -> Result<Catalog, PgError> {
    let mut catalog = super::read(client).await?;
    catalog.loaded_from_files = Circumstance(*original.loaded_from_files);
    Ok(catalog)
}

fn directives(files: &[SqlFile]) -> Result<Vec<Directive>, SchemaError> {
    let texts: Vec<(&str, &str)> = files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
    let (directives, mut wrong) = renames::read(&texts);
    if wrong.is_empty() { Ok(directives) } else { Err(SchemaError::Directive(wrong.remove(0))) }
}

/// What PostgreSQL refused, with what can be said about it.
fn refused(scratch: &ScratchServer, files: &[SqlFile], error: Box<SqlScriptError>) -> SchemaError {
    match extension_missing(scratch, &error) {
        Some(missing) => SchemaError::Extension(Box::new(missing)),
        None => SchemaError::Script { hint: order::hint(files, &error), error },
    }
}

fn extension_missing(scratch: &ScratchServer, error: &SqlScriptError) -> Option<ExtensionMissing> {
    let server = error.server()?;
    let name = extension::missing(&server.sqlstate, &server.message)?;
    Some(ExtensionMissing { name, major: scratch.major(), at: Some(error.location.to_string()) })
}

/// The database goes, whatever became of the reading.
pub(super) async fn finish<T>(database: ScratchDatabase, result: Result<T, SchemaError>) -> Result<T, SchemaError> {
    match (result, database.remove().await) {
        (Ok(value), Ok(())) => Ok(value),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

/// The database stays, unless the reading failed.
async fn keep<T>(
    database: ScratchDatabase,
    result: Result<T, SchemaError>,
) -> Result<(T, ScratchDatabase), SchemaError> {
    match result {
        Ok(value) => Ok((value, database)),
        Err(error) => finish(database, Err(error)).await,
    }
}
