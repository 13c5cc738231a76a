//! Reads what the API needs to know of a database beside its catalog.

use std::collections::HashSet;
use std::sync::Arc;

use howdah_pg::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::mask::views;
use tokio_postgres::Client;

use crate::exposed::{Masked, Surroundings, Writes};
use crate::options::ApiOptions;

const COLUMN_PRIVILEGES: &str = include_str!("column_privileges.sql");
const MASKED_VIEWS: &str = include_str!("masked_views.sql");
const WRITES: &str = include_str!("writes.sql");
const SOURCES: &str =
    "select prosrc from pg_catalog.pg_proc where prosrc ~ 'request[.]|current_setting' and oid >= 16384";
const TIME_ZONES: &str = "select name::text from pg_catalog.pg_timezone_names";

/// Reads it; one round trip.
pub(crate) async fn read(client: &Client, options: &ApiOptions) -> Result<Surroundings, PgError> {
    let (privileges, masked, updatable, zones, sources, origins) = futures_util::try_join!(
        async { client.query(COLUMN_PRIVILEGES, &[&options.schemas]).await.map_err(PgError::from) },
        async { client.query(MASKED_VIEWS, &[&options.schemas, &views::SUFFIX]).await.map_err(PgError::from) },
        async { client.query(WRITES, &[&options.schemas]).await.map_err(PgError::from) },
        async { client.query(TIME_ZONES, &[]).await.map_err(PgError::from) },
        async { client.query(SOURCES, &[]).await.map_err(PgError::from) },
        howdah_pg::view_origins(client),
    )?;
    let mut around = Surroundings { view_columns: origins, ..Surroundings::default() };
    for row in privileges {
        let relation = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        around.readable.entry(relation).or_default().insert(Arc::from(row.get::<_, &str>(2)), row.get(3));
    }
    for row in masked {
        let table = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        let masked = around.masked.entry(table.clone()).or_insert_with(|| Masked {
            sql_name: views::view_of(&table).to_string(),
            columns: row.get(3),
            roles: HashSet::new(),
        });
        masked.roles.insert(Arc::from(row.get::<_, &str>(2)));
    }
    for row in updatable {
        let relation = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        if row.get(5) {
            around.plain_views.insert(relation.clone());
        }
        around.writes.insert(relation, Writes { insert: row.get(2), update: row.get(3), delete: row.get(4) });
    }
    around.sources = sources.iter().map(|row| row.get(0)).collect();
    around.time_zones = zones.iter().map(|row| row.get(0)).collect();
    Ok(around)
}
