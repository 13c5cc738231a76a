//! Events of the command line and of the server itself, which no trigger sees.

use serde_json::Value;
use tokio_postgres::Client;

use super::AuditError;

pub(super) const HAS_RECORDER: &str = "select exists (select from pg_catalog.pg_proc p \
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace \
     where n.nspname = 'audit' and p.proname = 'record_event')";
pub(super) const RECORD: &str = "select audit.record_event($1, $2, details => $3)";

/// Writes an event where the database has a trail, and says whether it has. `action` is a lower-case name like
/// `admin.migrate_up`, `resource` what it was done to; `details` must hold no secret.
///
/// # Errors
/// Those of PostgreSQL: the login may not, for one.
pub async fn record(client: &Client, action: &str, resource: &str, details: &Value) -> Result<bool, AuditError> {
    if !client.query_one(HAS_RECORDER, &[]).await?.get::<_, bool>(0) {
        return Ok(false);
    }
    client.query_one(RECORD, &[&action, &resource, details]).await?;
    Ok(true)
}
