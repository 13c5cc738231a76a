//! Rows that are marked as deleted, where policies hide them.

use super::support;
use tokio_postgres::GenericClient;

/// Shows the rows that are marked as deleted, as far as the role may see them, to the rest of the transaction.
pub async fn see(client: &(impl GenericClient + Sync)) -> support::Result<()> {
    const SQL: &str = "SELECT set_config('howdah.trash', 'with', true)";
    support::Query::new().run(client, SQL).await?;
    Ok(())
}
