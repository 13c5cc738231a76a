//! What Howdah itself keeps in a development database, apart from what the project describes: the history of
//! migrations, and which state of the schema files it is in.
//!
//! It stands in the database, and not beside it, so that a database that is reset, restored or swapped takes its memory
//! along.

use howdah_pg::PgError;
use howdah_pg::migrate::MigrateError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::Catalog;
use tokio_postgres::Client;

/// The schema it stands in.
const SCHEMA: &str = "howdah";

const DEV_SCHEMA: &str = include_str!("dev_schema.sql");

/// Whether something of that name is part of it.
pub(crate) fn is_bookkeeping(name: &QualifiedName) -> bool {
    name.schema == SCHEMA
}

/// The catalog without it.
pub(crate) fn without(catalog: &Catalog) -> Catalog {
    let foreign = |name: &QualifiedName| !is_bookkeeping(name);
    let mut catalog = catalog.clone();
    catalog.schemas.remove(SCHEMA);
    catalog.tables.retain(|name, _| foreign(name));
    catalog.views.retain(|name, _| foreign(name));
    catalog.functions.retain(|signature, _| foreign(&signature.name));
    catalog.domains.retain(|name, _| foreign(name));
    catalog.enums.retain(|name, _| foreign(name));
    catalog.composites.retain(|name, _| foreign(name));
    catalog.sequences.retain(|name, _| foreign(name));
    catalog
}

/// Makes its tables in a new database. `owner` is logged in as the owner of the schema.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn make(owner: &Client) -> Result<(), MigrateError> {
    crate::migrations::make_history(owner).await?;
    owner.batch_execute(DEV_SCHEMA).await?;
    Ok(())
}

/// The fingerprint of the schema files that the database was last brought in line with.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn recall(admin: &Client) -> Result<Option<String>, PgError> {
    const THERE: &str = "select to_regclass('howdah.dev_schema') is not null";
    const FINGERPRINT: &str = "select sha256 from howdah.dev_schema";
    if !admin.query_one(THERE, &[]).await?.get::<_, bool>(0) {
        return Ok(None);
    }
    Ok(admin.query_opt(FINGERPRINT, &[]).await?.map(|row| row.get(0)))
}

/// Remembers that fingerprint. `owner` is logged in as the owner of the schema.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn remember(owner: &Client, fingerprint: &str) -> Result<(), PgError> {
    const SAVE: &str = "insert into howdah.dev_schema (sha256) values ($1)
        on conflict (only_row) do update set sha256 = excluded.sha256, applied_at = now()";
    owner.batch_execute(DEV_SCHEMA).await?;
    owner.execute(SAVE, &[&fingerprint]).await?;
    Ok(())
}
