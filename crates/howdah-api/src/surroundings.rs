//! Reads what the API needs to know of a database beside its catalog.

use std::collections::HashSet;
use std::sync::Arc;

use howdah_pg::PgError;
use howdah_schema::{Catalog, QualifiedName};
use tokio_postgres::{Client, Row};

use crate::exposed::{Surroundings, Writes};
use crate::options::ApiOptions;

const COLUMN_PRIVILEGES: &str = include_str!("column_privileges.sql");
const WRITES: &str = include_str!("writes.sql");
const ROLE_SETTINGS: &str = include_str!("role_settings.sql");
/// Of the settings that are a superuser's, those that the login role may set all the same: by GRANT, since PostgreSQL 15.
const GRANTED: &str = "select name::text from pg_catalog.pg_settings
  where context = 'superuser' and pg_catalog.has_parameter_privilege(name, 'set')";
const GRANTED_BEFORE_15: &str = "select p.name::text from pg_catalog.pg_settings p, pg_catalog.pg_roles r
  where p.context = 'superuser' and r.rolname = current_user and r.rolsuper";
const SOURCES: &str =
    "select prosrc from pg_catalog.pg_proc where prosrc ~ 'request[.]|current_setting' and oid >= 16384";
const TIME_ZONES: &str = "select name::text from pg_catalog.pg_timezone_names";

/// Reads it; one round trip.
pub(crate) async fn read(client: &Client, catalog: &Catalog, options: &ApiOptions) -> Result<Surroundings, PgError> {
    let granted = if catalog.postgres_major < 15 { GRANTED_BEFORE_15 } else { GRANTED };
    let (privileges, updatable, zones, sources, of_roles, granted, origins) = futures_util::try_join!(
        async { client.query(COLUMN_PRIVILEGES, &[&options.schemas]).await.map_err(PgError::from) },
        async { client.query(WRITES, &[&options.schemas]).await.map_err(PgError::from) },
        async { client.query(TIME_ZONES, &[]).await.map_err(PgError::from) },
        async { client.query(SOURCES, &[]).await.map_err(PgError::from) },
        async { client.query(ROLE_SETTINGS, &[]).await.map_err(PgError::from) },
        async { client.query(granted, &[]).await.map_err(PgError::from) },
        howdah_pg::view_origins(client),
    )?;
    let mut around = Surroundings { view_columns: origins, ..Surroundings::default() };
    for row in privileges {
        let relation = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        around.readable.entry(relation).or_default().insert(Arc::from(row.get::<_, &str>(2)), row.get(3));
    }
    for row in updatable {
        let relation = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        if row.get(5) {
            around.plain_views.insert(relation.clone());
        }
        around.writes.insert(relation, Writes { insert: row.get(2), update: row.get(3), delete: row.get(4) });
    }
    around.sources = sources.iter().map(|row| row.get(0)).collect();
    let granted: HashSet<&str> = granted.iter().map(|row| row.get(0)).collect();
    let may_be_set = |row: &&Row| row.get::<_, &str>(3) == "user" || granted.contains(row.get::<_, &str>(1));
    around.role_settings = of_roles.iter().filter(may_be_set).map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    around.time_zones = zones.iter().map(|row| row.get(0)).collect();
    Ok(around)
}
