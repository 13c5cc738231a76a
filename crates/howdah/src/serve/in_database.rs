//! Settings that the database holds: `ALTER ROLE authenticator SET pgrst.…`, and what a pre-config function sets.

use howdah_pg::{PgError, Target};
use howdah_schema::QualifiedName;

use crate::config::postgrest::{InDatabase, SETTINGS};

const ROLE_SETTINGS: &str = include_str!("role_settings.sql");
/// What the settings `$1` hold in this transaction; none where nothing has set them.
const CURRENT: &str = "select name, current_setting('pgrst.' || name, true) from unnest($1::text[]) as name";

/// Reads them. Those of the role go over those of the function, as in PostgREST.
///
/// # Errors
/// The database is away, or the function fails.
pub(super) async fn read(target: &Target, pre_config: Option<&QualifiedName>) -> Result<Vec<InDatabase>, PgError> {
    let mut client = target.client().await?;
    let rows = client.query(ROLE_SETTINGS, &[]).await?;
    let of_role = rows.iter().map(|row| {
        let place = if row.get("of_database") { " in this database" } else { "" };
        InDatabase { name: row.get("name"), value: row.get("value"), by: format!("role {}{place}", target.user) }
    });
    let mut found: Vec<InDatabase> = of_role.collect();
    let Some(function) = pre_config else { return Ok(found) };
    // A name that nobody knows cannot be asked for: PostgreSQL does not list such settings.
    let names: Vec<String> = SETTINGS.iter().map(|setting| setting.name.replace('-', "_")).collect();
    let transaction = client.build_transaction().read_only(true).start().await?;
    transaction.execute(&format!("select from {function}()"), &[]).await?;
    for row in transaction.query(CURRENT, &[&names]).await? {
        let (name, value): (String, Option<String>) = (row.get(0), row.get(1));
        if let Some(value) = value.filter(|_| !found.iter().any(|own| own.name == name)) {
            found.push(InDatabase { name, value, by: format!("function {function}") });
        }
    }
    transaction.rollback().await?;
    Ok(found)
}
