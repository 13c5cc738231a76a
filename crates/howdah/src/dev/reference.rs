//! Rows that the schema files themselves insert (lookup tables, first settings).
//!
//! A fresh database has them after loading, the running one has them from before, perhaps changed since. What people
//! changed wins; a row that only the files have is added. Two rows are the same when they agree in every column that
//! has no default, since ids and times are made anew at each load.

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

impl Seeded<'_> {
    /// How many of its rows the other database, at the same schema, does not have.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn missing_in(&self, next: &Client, old: &Client) -> Result<u64, PgError> {
        let rows = next.query(&format!("select ({})::text from {} as r", self.essence("r"), self.table.name), &[]).await?;
        let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let query = format!(
            "select count(*) from unnest($1::text[]) as fresh (row)
             where not exists (select from {} as r where {} = fresh.row::jsonb)",
            self.table.name,
            self.essence("r")
        );
        let missing: i64 = old.query_one(&query, &[&rows]).await?.get(0);
        Ok(u64::try_from(missing).unwrap_or(0))
    }

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
        let name = &self.table.name;
        let stored = self.table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<String> = stored.map(|column| Ident::new(column.name.as_str()).to_string()).collect();
        let columns = columns.join(", ");
        let query = format!(
            "insert into {name} ({columns}) overriding system value select {columns} from {aside} as fresh
             where not exists (select from {name} as r where {} = {}) on conflict do nothing",
            self.essence("r"),
            self.essence("fresh"),
            aside = self.aside,
        );
        next.batch_execute(&query).await?;
        Ok(())
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
