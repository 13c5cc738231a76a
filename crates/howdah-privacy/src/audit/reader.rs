//! A connection that may read the trail.

use howdah_pg::Target;
use tokio_postgres::Client;

use super::AuditError;

/// What lacks of the trail's tables, and whether the login may read it.
const LOOK: &str = "select coalesce(string_agg('audit.' || w.name, ', ') filter (where c.oid is null), ''), \
     coalesce(bool_and(has_table_privilege(c.oid, 'select')), false) \
     from unnest(array['audit_events', 'seals', 'checkpoints', 'dropped_partitions']) as w (name) \
     left join pg_catalog.pg_class c on c.relname = w.name and c.relnamespace = \
     (select n.oid from pg_catalog.pg_namespace n where n.nspname = 'audit')";
/// Reads all of it by explicit policies. A login that does not inherit has to become it.
const READER: &str = "set role service_role";

/// Connects as somebody who reads the whole trail: the login itself, or `service_role` if it may become that.
///
/// # Errors
/// There is no trail, or the login may not read it; and those of PostgreSQL.
pub async fn connect(target: &Target) -> Result<Client, AuditError> {
    let client = target.client().await?;
    let Trail { missing, is_readable } = look(&client).await?;
    if !missing.is_empty() {
        return Err(AuditError::NoTrail { dbname: target.dbname.clone(), missing });
    }
    if is_readable {
        return Ok(client);
    }
    match client.batch_execute(READER).await {
        Ok(()) => Ok(client),
        Err(error) if error.as_db_error().is_some() => Err(AuditError::NotAllowed { user: target.user.clone() }),
        Err(error) => Err(error.into()),
    }
}

/// What there is of a trail.
#[derive(Debug)]
pub(super) struct Trail {
    /// Its tables that are not there.
    pub(super) missing: String,
    /// Whether the login has the privilege to read those that are.
    pub(super) is_readable: bool,
}

pub(super) async fn look(client: &Client) -> Result<Trail, AuditError> {
    let row = client.query_one(LOOK, &[]).await?;
    Ok(Trail { missing: row.get(0), is_readable: row.get(1) })
}
