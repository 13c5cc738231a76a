//! Carries the rows of one database over into another with the wanted schema.
//!
//! Rows travel as text (COPY from one connection into the other), because text is what both sides read whatever became
//! of the types between them. Triggers and foreign keys rest meanwhile (`session_replication_role = replica`): rows
//! that were written once are not written again, and parents may come after their children. What that leaves
//! unchecked, [`super::verify`] checks afterwards.

use futures_util::{SinkExt, StreamExt};
use howdah_pg::{Ident, Literal, PgError};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Catalog, Column, Sequence, Table};
use tokio_postgres::Client;

use super::bookkeeping::is_bookkeeping;
use super::losses::cast;
use crate::output::Step;

/// Both sides must read and write text the same way.
const SESSION: &str = "set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set timezone = 'UTC';
    set extra_float_digits = 1; set bytea_output = 'hex'; set statement_timeout = 0; set lock_timeout = 0;
    set idle_in_transaction_session_timeout = 0";

/// Prepares the connection to the side that is written.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn prepare_target(next: &Client) -> Result<(), PgError> {
    next.batch_execute(SESSION).await?;
    // The swap that follows commits in order, and with it everything before it.
    next.batch_execute("set session_replication_role = replica; set synchronous_commit = off").await?;
    Ok(())
}

/// Prepares the connection to the side that is read, and holds off its writers: the server keeps answering reads, and a
/// write waits for the swap instead of getting lost in it. Leaves a transaction open.
///
/// # Errors
/// Those of PostgreSQL; a transaction that holds a table longer than 10 s is one of them.
pub(crate) async fn freeze_source(old: &Client, before: &Catalog) -> Result<(), PgError> {
    old.batch_execute(SESSION).await?;
    old.batch_execute("set lock_timeout = '10s'; begin isolation level repeatable read").await?;
    // Before the first query, so that the snapshot is taken once the last writer has ended.
    let tables: Vec<String> = roots(before).map(|table| table.name.to_string()).collect();
    if !tables.is_empty() {
        old.batch_execute(&format!("lock table {} in share mode", tables.join(", "))).await?;
    }
    Ok(())
}

/// The tables whose rows are read by themselves; partitions come with their parents.
pub(crate) fn roots(catalog: &Catalog) -> impl Iterator<Item = &Table> {
    catalog.tables.values().filter(|table| table.partition_of.is_none())
}

/// One table's way over.
#[derive(Debug)]
pub(crate) struct Carried<'a> {
    pub(crate) name: &'a QualifiedName,
    select: String,
    columns: String,
}

impl<'a> Carried<'a> {
    /// What of a table goes over: the columns that both sides have and that are not computed there.
    pub(crate) fn new(before: &'a Table, after: &Table) -> Self {
        let pairs: Vec<(&Column, &Column)> = before
            .columns
            .iter()
            .filter_map(|column| Some((column, after.column(&column.name)?)))
            .filter(|(_, new)| new.generated.is_none())
            .collect();
        let select: Vec<String> = pairs.iter().map(|(old, new)| expression(old, new)).collect();
        let columns: Vec<String> = pairs.iter().map(|(old, _)| Ident::new(old.name.as_str()).to_string()).collect();
        // A partitioned table's rows are its partitions', an inheritance parent's are its own.
        let only = if before.partition_key.is_some() { "" } else { "only " };
        let select = format!("select {} from {only}{}", select.join(", "), before.name);
        Self { name: &before.name, select, columns: columns.join(", ") }
    }

    /// Copies the rows into `target`, which has the columns; returns how many.
    ///
    /// # Errors
    /// Those of PostgreSQL on either side: a row that a constraint refuses is one of the target's.
    pub(crate) async fn copy(&self, old: &Client, next: &Client, target: &str) -> Result<u64, PgError> {
        let columns = &self.columns;
        let rows = old.copy_out(&format!("copy ({}) to stdout", self.select)).await?;
        let sink = next.copy_in::<_, bytes::Bytes>(&format!("copy {target} ({columns}) from stdin")).await?;
        let (mut rows, mut sink) = (std::pin::pin!(rows), std::pin::pin!(sink));
        while let Some(chunk) = rows.next().await {
            sink.send(chunk?).await?;
        }
        Ok(sink.as_mut().finish().await?)
    }
}

/// The old value on its way to the new type.
fn expression(old: &Column, new: &Column) -> String {
    let name = Ident::new(old.name.as_str());
    match cast(old, new) {
        Some(to) => format!("{name}::{to}"),
        None => name.to_string(),
    }
}

/// Carries every table over that both sides have, one after the other.
///
/// # Errors
/// The table that failed, and why.
pub(crate) async fn tables<'a>(
    old: &Client,
    next: &Client,
    before: &'a Catalog,
    after: &Catalog,
    step: &Step,
) -> Result<u64, (Carried<'a>, PgError)> {
    let mut total = 0;
    for table in roots(before) {
        let Some(other) = after.tables.get(&table.name) else { continue };
        let carried = Carried::new(table, other);
        if carried.columns.is_empty() {
            continue; // nothing of it is wanted any more, and that was allowed
        }
        match carried.copy(old, next, &table.name.to_string()).await {
            // What Howdah itself remembers is nobody's rows.
            Ok(rows) => total += if is_bookkeeping(&table.name) { 0 } else { rows },
            Err(error) => return Err((carried, error)),
        }
        step.set(total, None);
    }
    Ok(total)
}

/// Sets every sequence to where it stood; one that is new to a column with values starts behind the largest.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn sequences(old: &Client, next: &Client, before: &Catalog, after: &Catalog) -> Result<(), PgError> {
    let known: Vec<&QualifiedName> = all_sequences(before).map(|(sequence, _)| &sequence.name).collect();
    for (sequence, column) in all_sequences(after) {
        let name = &sequence.name;
        let literal = Literal::text(name.to_string());
        if known.contains(&name) {
            let row = old.query_one(&format!("select last_value, is_called from {name}"), &[]).await?;
            let (value, called): (i64, bool) = (row.get(0), row.get(1));
            // Narrower bounds than it has reached: it starts where they let it.
            let value = value.clamp(sequence.min, sequence.max);
            next.batch_execute(&format!("select setval({literal}::regclass, {value}, {called})")).await?;
        } else if let Some((table, column)) = column {
            let column = Ident::new(column);
            let (end, larger) = if sequence.increment > 0 { ("max", ">=") } else { ("min", "<=") };
            next.batch_execute(&format!(
                "select setval({literal}::regclass, {end}({column})) from {table}
                 having {end}({column}) {larger} (select last_value from {name})"
            ))
            .await?;
        }
    }
    Ok(())
}

/// Those of their own, of `serial` columns and of identity columns, with the column they number.
fn all_sequences(catalog: &Catalog) -> impl Iterator<Item = (&Sequence, Option<(&QualifiedName, &str)>)> {
    let own = catalog.sequences.values().map(|sequence| {
        let column = sequence.owned_by.as_ref().map(|owner| (&owner.table, owner.column.as_str()));
        (sequence, column)
    });
    let identities = catalog.tables.values().flat_map(|table| {
        table.columns.iter().filter_map(|column| {
            let sequence = column.identity.as_ref()?.sequence.as_deref()?;
            Some((sequence, Some((&table.name, column.name.as_str()))))
        })
    });
    own.chain(identities)
}
