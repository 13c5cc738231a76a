//! A statement run in batches of rows.
//!
//! The table is walked in the order of a key. Each batch looks up the key that lies so many rows further, runs the statement
//! on the rows in between, and writes that key down, all in one transaction: however it is interrupted, no row is done
//! twice or left out. Nothing is locked for longer than a batch. Rows that come in behind the walk are not seen; whoever
//! writes them must write them as they are to be.

use super::execute::{Attempts, Trouble, Work};
use super::progress::Progress;
use super::{Backfill, Event, Section};
use crate::PgError;
use crate::script::{self, ScriptProblem};
use howdah_schema::{Ident, Literal};
use std::time::Instant;
use tokio_postgres::SimpleQueryMessage;

/// The columns that a table is walked by.
struct Key {
    columns: Vec<String>,
    /// As SQL.
    types: Vec<String>,
    estimate: Option<u64>,
}

/// How the key's columns are compared with a value.
fn row(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [only] => only.clone(),
        several => format!("({})", several.join(", ")),
    }
}

impl Key {
    fn columns(&self, of: &str) -> String {
        row(self.columns.iter().map(|column| format!("{of}{}", Ident::new(column.as_str()))))
    }

    fn value(&self, values: &[String]) -> String {
        row(values.iter().zip(&self.types).map(|(value, kind)| format!("{}::{kind}", Literal::text(value.as_str()))))
    }

    fn order(&self, direction: &str) -> String {
        let columns = self.columns.iter().map(|column| format!("{}{direction}", Ident::new(column.as_str())));
        columns.collect::<Vec<_>>().join(", ")
    }

    /// Counts the next rows after `last` and finds the last of them.
    fn bounds(&self, backfill: &Backfill, last: Option<&[String]>) -> String {
        let only = if backfill.batched.only { "ONLY " } else { "" };
        let table = &backfill.walk.table;
        let after = last.map_or_else(String::new, |last| format!("WHERE {} > {}", self.columns(""), self.value(last)));
        let texts: Vec<String> =
            self.columns.iter().map(|column| format!("to_json({}) #>> '{{}}'", Ident::new(column.as_str()))).collect();
        format!(
            "WITH walked AS MATERIALIZED (SELECT {columns} FROM {only}{table} {after} ORDER BY {forward} LIMIT {batch})
            SELECT (SELECT count(*) FROM walked), ARRAY[{texts}]::text[] FROM walked ORDER BY {backward} LIMIT 1",
            columns = self.order(""),
            forward = self.order(""),
            backward = self.order(" DESC"),
            batch = backfill.walk.batch,
            texts = texts.join(", "),
        )
    }

    /// The condition on the rows after `last` up to `upper`.
    fn range(&self, alias: &str, last: Option<&[String]>, upper: &[String]) -> String {
        let columns = self.columns(&format!("{alias}."));
        let until = format!("{columns} <= {}", self.value(upper));
        match last {
            Some(last) => format!("{columns} > {} AND {until}", self.value(last)),
            None => until,
        }
    }
}

impl Work<'_> {
    /// Runs what is left of a backfill.
    pub(super) async fn backfill(&mut self, section: &Section, backfill: &Backfill) -> Result<(), Trouble> {
        self.tell_statement(section, 0);
        let key = self.key(section, backfill).await?;
        let started = Instant::now();
        let walked_before = self.progress.rows_walked;
        let mut is_more = true;
        while is_more {
            let mut attempts = Attempts::new();
            is_more = loop {
                match self.batch(section, backfill, &key).await {
                    Ok(is_more) => break is_more,
                    Err(trouble) if attempts.another(self, &trouble).await => {}
                    Err(trouble) => return Err(trouble),
                }
            };
            let count = |rows: i64| u64::try_from(rows).unwrap_or_default();
            let walked_now = count(self.progress.rows_walked - walked_before);
            self.tell(&Event::Backfill {
                step: self.step,
                table: &backfill.walk.table,
                walked: count(self.progress.rows_walked),
                changed: count(self.progress.rows_changed),
                estimate: key.estimate,
                rate: walked_now as f64 / started.elapsed().as_secs_f64().max(0.001),
            });
            if is_more && !backfill.walk.pause.is_zero() {
                tokio::time::sleep(backfill.walk.pause).await;
            }
        }
        self.tell_statement_done(section, 0);
        self.end_section().await
    }

    /// Does the next rows; false if there were fewer than a batch.
    async fn batch(&mut self, section: &Section, backfill: &Backfill, key: &Key) -> Result<bool, Trouble> {
        self.begin().await?;
        let started = Instant::now();
        let mut next = self.progress.clone();
        let result = self.batch_within(section, backfill, key, &mut next, started).await;
        let is_more = *result.as_ref().unwrap_or(&false);
        self.end(result.map(drop), next, section.statements.last()).await?;
        Ok(is_more)
    }

    async fn batch_within(
        &self,
        section: &Section,
        backfill: &Backfill,
        key: &Key,
        next: &mut Progress,
        started: Instant,
    ) -> Result<bool, Trouble> {
        let last = self.progress.cursor_key.as_deref();
        let Some(bounds) = self.client().query_opt(&key.bounds(backfill, last), &[]).await? else { return Ok(false) };
        let count: i64 = bounds.try_get(0)?;
        let upper: Vec<String> = bounds.try_get(1)?;
        let range = key.range(&backfill.batched.alias, last, &upper);
        let changed = self.ranged(section, backfill, &range).await?;

        next.cursor_key = Some(upper);
        next.rows_walked += count;
        next.rows_changed += i64::try_from(changed).unwrap_or(i64::MAX);
        next.duration += started.elapsed();
        self.note_within(next).await?;
        Ok(count >= i64::from(backfill.walk.batch))
    }

    /// Runs the statement on the rows in a range; returns how many it changed.
    async fn ranged(&self, section: &Section, backfill: &Backfill, range: &str) -> Result<u64, Trouble> {
        let Some(span) = section.statements.first() else { return Ok(0) };
        let statement = backfill.batched.within(&self.file().text[span.clone()], range);
        match self.client().simple_query(&statement.sql).await.map_err(PgError::from) {
            Ok(messages) => Ok(messages
                .iter()
                .map(|message| if let SimpleQueryMessage::CommandComplete(rows) = message { *rows } else { 0 })
                .sum()),
            Err(PgError::Server(error)) if !error.ends_session() => {
                let offset = error.position.map_or(0, |position| statement.origin(position));
                let error = self.file().error(span.start + offset, ScriptProblem::Sql(error));
                Err(script::ScriptError::from(error).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn key(&self, section: &Section, backfill: &Backfill) -> Result<Key, Trouble> {
        let walk = &backfill.walk;
        let row = self.client().query_one(include_str!("sql/walk_key.sql"), &[&walk.table, &walk.key]).await?;
        if !row.try_get::<_, bool>("is_found")? {
            let message = format!("there is no table `{}` to be walked", walk.table);
            return Err(self.refuse(backfill.at, message, "Write its name with its schema, as `public.tasks`"));
        }
        let (columns, types): (Option<Vec<String>>, Option<Vec<String>>) =
            (row.try_get("columns")?, row.try_get("types")?);
        let Some((columns, types)) = columns.zip(types) else {
            let (message, hint) = if walk.key.is_empty() {
                (
                    format!("`{}` has no primary key to be walked by", walk.table),
                    "Name the columns of a unique index on columns that are not null: key=code, or key=shop,code",
                )
            } else {
                (
                    format!("`{}` has no unique index on just `{}`", walk.table, walk.key.join(", ")),
                    "The columns must be NOT NULL, and the index a plain one: all rows, no expressions, default order",
                )
            };
            return Err(self.refuse(backfill.at, message, hint));
        };
        if let Some((offset, column)) = backfill.batched.sets_any(&columns) {
            let start = section.statements.first().map_or(0, |span| span.start);
            let message = format!("it changes `{column}`, by which the table is walked");
            return Err(self.refuse(start + offset, message, "Walk by another unique key with key=…"));
        }
        let estimate: Option<i64> = row.try_get("estimate")?;
        Ok(Key { columns, types, estimate: estimate.and_then(|rows| u64::try_from(rows).ok()) })
    }
}
