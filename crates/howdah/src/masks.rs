//! Masked views: the file that they stand in, and the key under which `@mask hash` hashes in a database.

use howdah_pg::PgError;
use howdah_pg::tokio_postgres::Client;
use howdah_schema::QualifiedName;
use howdah_schema::mask::views;

/// The file of the schema folder that masked views are written to.
pub(crate) const FILE: &str = "90_masks.sql";

/// What became of the keys.
#[derive(Debug)]
pub(crate) struct Keys {
    /// The tables that hold one, or are to.
    pub(crate) tables: Vec<String>,
    /// How many had none.
    pub(crate) added: usize,
}

const TABLES: &str = "select n.nspname, c.relname
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relname = $1 and right(n.nspname::text, length($2::text)) = $2 order by 1";

/// Adds a key wherever there is a place for one and none in it. Its columns have random defaults, so that it is another one in
/// each database and no part of a migration. With `dry_run` it only counts.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn make_keys(client: &Client, dry_run: bool) -> Result<Keys, PgError> {
    let mut keys = Keys { tables: Vec::new(), added: 0 };
    for row in client.query(TABLES, &[&views::HASH_KEYS, &views::SUFFIX]).await? {
        let table = QualifiedName::new(row.get::<_, String>(0), row.get::<_, String>(1));
        let there = client.query_one(&format!("select exists (select from {table})"), &[]).await?;
        if !there.get::<_, bool>(0) {
            if !dry_run {
                client.execute(&format!("insert into {table} default values on conflict do nothing"), &[]).await?;
            }
            keys.added += 1;
        }
        keys.tables.push(table.to_string());
    }
    Ok(keys)
}
