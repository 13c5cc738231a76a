//! Installs the event triggers.

use tokio_postgres::GenericClient;

use crate::PgError;

/// What [`install_ddl_notify`] runs, for whoever wants to run it as a superuser by hand.
pub const DDL_NOTIFY_SQL: &str = include_str!("sql/ddl_notify.sql");

/// The channel of the event triggers, fixed in their function.
pub(super) const CHANNEL: &str = "howdah_ddl";

/// Installs, or brings up to date, event triggers that notify whoever watches after each DDL. They are in the schema
/// `howdah`, ignore temporary objects, and never make anybody's DDL fail.
///
/// Where `max_prepared_transactions` is above 0 they keep silent, because a transaction that notifies cannot be prepared;
/// [`super::watch`] knows that, and looks for itself.
///
/// # Errors
/// [`PgError::Server`] with 42501 for anybody but a superuser; nothing is installed then.
pub async fn install_ddl_notify<C: GenericClient + Sync>(client: &C) -> Result<(), PgError> {
    Ok(client.batch_execute(DDL_NOTIFY_SQL).await?)
}
