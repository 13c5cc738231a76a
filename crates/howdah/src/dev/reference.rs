//! Rows that the schema files themselves insert (lookup tables, first settings).
//!
//! A fresh database has them after loading, the running one has them from before, perhaps changed since. What is there
//! wins; a row that only the files have is added. Two rows are the same when they share a unique key, or agree in every
//! column that has no default, since ids and times are made anew at each load. So a row of a table without a key of its
//! own that somebody changed comes back beside the changed one.

use howdah_pg::{Ident, PgError};
use howdah_schema::catalog::{Catalog, Table};
use tokio_postgres::Client;

use super::copy::roots;

/// A table that is not empty right after the schema was loaded.
#[derive(Debug)]
pub(crate) struct Seeded<'a> {
    table: &'a Table,
    /// Where its fresh rows are kept meanwhile.
    aside: String,
}

/// The tables that the schema files put rows into.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn find<'a>(next: &Client, after: &'a Catalog) -> Result<Vec<Seeded<'a>>, PgError> {
    let mut seeded = Vec::new();
    for (number, table) in roots(after).enumerate() {
        let only = if table.partition_key.is_some() { "" } else { "only " };
        let query = format!("select exists (select from {only}{})", table.name);
        if next.query_one(&query, &[]).await?.get(0) {
            seeded.push(Seeded { table, aside: format!("pg_temp.howdah_fresh_{number}") });
        }
    }
    Ok(seeded)
}

/// Whether `old`, at the same schema, has all of these rows already.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn are_there(seeded: &[Seeded<'_>], next: &Client, old: &Client) -> Result<bool, PgError> {
    let mut missing = 0;
    // Tried for real and undone: only so unique keys and exclusion constraints have their say.
    old.batch_execute("begin; set local session_replication_role = replica").await?;
    for table in seeded {
        let name = &table.table.name;
        let row = next.query_one(&format!("select coalesce(jsonb_agg(r), '[]')::text from {name} as r"), &[]).await?;
        let rows = format!("select * from jsonb_populate_recordset(null::{name}, $1::text::jsonb)");
        missing += old.execute(&table.insert_missing(&rows), &[&row.get::<_, String>(0)]).await?;
    }
    old.batch_execute("rollback").await?;
    Ok(missing == 0)
}

impl Seeded<'_> {
    /// Takes the fresh rows out of the way of those that are carried over.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn set_aside(&self, next: &Client) -> Result<(), PgError> {
        let (aside, name) = (&self.aside, &self.table.name);
        next.batch_execute(&format!("create temporary table {aside} as select * from {name}; delete from {name}"))
            .await?;
        Ok(())
    }

    /// Puts those back that were not carried over.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn put_back(&self, next: &Client) -> Result<(), PgError> {
        next.batch_execute(&self.insert_missing(&format!("select * from {}", self.aside))).await?;
        Ok(())
    }

    /// Inserts those of the rows that the table does not have.
    fn insert_missing(&self, rows: &str) -> String {
        let name = &self.table.name;
        let stored = self.table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<String> = stored.map(|column| Ident::new(column.name.as_str()).to_string()).collect();
        let columns = columns.join(", ");
        format!(
            "insert into {name} ({columns}) overriding system value select {columns} from ({rows}) as fresh
             where not exists (select from {name} as r where {} = {}) on conflict do nothing",
            self.essence("r"),
            self.essence("fresh"),
        )
    }

    /// A row as JSON, without what the database fills in by itself.
    fn essence(&self, row: &str) -> String {
        let filled: Vec<String> = self
            .table
            .columns
            .iter()
            .filter(|column| column.default.is_some() || column.identity.is_some() || column.generated.is_some())
            .map(|column| howdah_pg::Literal::text(column.name.as_str()).to_string())
            .collect();
        format!("to_jsonb({row}) - array[{}]::text[]", filled.join(", "))
    }
}
