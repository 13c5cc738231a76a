//! Schemas as they are met (a live database, SQL files, migrations) made into catalogs, compared, and the plan proven.
//!
//! Truth is a database: files are loaded into a scratch database and read back, so any statement may stand in them. A plan
//! with renames is made in two steps, because PostgreSQL alone knows what a rename does to everything that speaks of the
//! old name: the renames are run on a scratch copy, which is read again and compared. And because a differ can be wrong, a
//! plan is run on such a copy before anybody is shown it: see [`prove`].
//!
//! What it does not do: start servers (a [`ScratchServer`] is handed a running one), print, or touch the database that it
//! reads.

mod apply;
mod error;
mod history;
mod live;
mod order;
mod partial;
mod planning;
mod roles;
pub mod rows;
mod scratch;
mod soft;
mod source;

pub use apply::apply;
pub use error::{ExtensionMissing, SchemaError};
pub use history::{History, history};
pub use live::{LiveSize, count_lost, sizes};
pub use partial::prove_only;
pub use planning::{Planned, Proof, copy, plan, plan_down, plan_soft, prove, prove_files};
pub use scratch::{Locale, ScratchDatabase, ScratchServer};
pub use source::{
    Source, build_files, build_migrations, read_empty, read_files, read_live, read_migrations,
    read_migrations_with_rows,
};

use crate::PgError;
use crate::introspect::{IntrospectOptions, introspect};
use howdah_schema::Catalog;
use tokio_postgres::Client;

/// The schemas in which Howdah keeps its own tables. They are nobody's schema and never compared.
const OWN_SCHEMAS: [&str; 2] = ["howdah", "howdah_dev"];

/// The whole catalog as it is compared: deparsed as the server does it.
///
/// # Errors
/// The connection.
pub async fn catalog(client: &Client) -> Result<Catalog, PgError> {
    read(client).await
}

/// The major version of the client's server, such as 15.
///
/// # Errors
/// The connection.
pub async fn server_major(client: &Client) -> Result<u32, PgError> {
    let row = client.query_one("select current_setting('server_version_num')::integer / 10000", &[]).await?;
    Ok(u32::try_from(row.try_get::<_, i32>(0)?).unwrap_or(0))
}

async fn read(client: &Client) -> Result<Catalog, PgError> {
    let options = IntrospectOptions { raw: true, ..IntrospectOptions::default() };
    let mut catalog = introspect(client, &options).await?;
    for own in OWN_SCHEMAS {
        catalog.schemas.remove(own);
    }
    soft::strip(&mut catalog);
    Ok(catalog)
}
