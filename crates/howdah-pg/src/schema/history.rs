//! Which migration added or changed which column.
//!
//! The migrations are run one after another in a scratch database, and after each the catalog is asked what is not as it was.
//! A column is known by its table's OID and its own number, which no rename changes, so nothing is guessed from names. Only what
//! was written since the migration before is read: PostgreSQL says of each of its own rows which transaction that was.

use super::scratch::ScratchServer;
use super::source::{finish, refused_migration};
use super::{SchemaError, Source, roles};
use crate::PgError;
use crate::migrate::{Folder, Runner};
use crate::script::SqlFile;
use howdah_schema::QualifiedName;
use howdah_schema::docs::{HistoryChange, HistoryEntry};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

/// By the name that a table has after the last migration, oldest first.
pub type History = BTreeMap<QualifiedName, Vec<HistoryEntry>>;

/// What the names of columns begin with that a migration dropped by renaming them.
const HIDDEN: &str = "howdah_dropped_";

/// Runs the first `limit` migrations, or all, and notes what each does to which table. `beside` as for
/// [`super::read_migrations`].
///
/// # Errors
/// A migration that fails, with its place in the file; those of the scratch server.
pub async fn history(
    scratch: &ScratchServer,
    folder: &Folder,
    limit: Option<usize>,
    beside: Option<&Source>,
) -> Result<History, SchemaError> {
    let database = scratch.create(beside.and_then(|beside| beside.locale.as_ref())).await?;
    let read = async {
        let client = database.client().await?;
        let files: Vec<SqlFile> = folder.migrations().iter().map(|migration| migration.up.clone()).collect();
        if let Some(beside) = beside {
            roles::make_missing(&client, &beside.catalog, &files).await?;
        }
        let runner = Runner::new(&client, folder);
        // Makes its own tables, so that they are no part of the first migration.
        runner.up(Some(0)).await?;
        let mut state = State::default();
        for _ in 0..limit.unwrap_or(usize::MAX) {
            let since = next_transaction(&client).await?;
            let done = match runner.up(Some(1)).await {
                Ok(done) => done,
                Err(error) => return Err(refused_migration(scratch, &files, error)),
            };
            let Some(done) = done.first() else { break };
            state.follow(&client, since, &done.step.migration.title()).await?;
        }
        Ok(state.by_name())
    }
    .await;
    finish(database, read).await
}

/// The number that the next transaction that writes will have at the least.
async fn next_transaction(client: &Client) -> Result<i64, PgError> {
    // Of the 64 bits of the number, rows keep 32.
    const NEXT: &str = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint % (1::bigint << 32)";
    Ok(client.query_one(NEXT, &[]).await?.try_get(0)?)
}

/// The tables after a migration.
#[derive(Debug, Default)]
struct State {
    tables: BTreeMap<i64, Table>,
}

#[derive(Debug, Clone)]
struct Table {
    name: QualifiedName,
    comment: Option<String>,
    columns: BTreeMap<i32, Column>,
    history: Vec<HistoryEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    data_type: String,
    not_null: bool,
    default: Option<String>,
    generated: bool,
    identity: bool,
    /// Its comment's digest.
    comment: Option<String>,
}

impl Column {
    /// What leads from one to the other, in a few words each.
    fn changes(&self, now: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.name != now.name {
            changes.push(format!("renamed from {}", self.name));
        }
        if self.data_type != now.data_type {
            changes.push(format!("type: {} → {}", self.data_type, now.data_type));
        }
        match (self.not_null, now.not_null) {
            (false, true) => changes.push("now NOT NULL".to_owned()),
            (true, false) => changes.push("may be NULL now".to_owned()),
            _ => {}
        }
        let expression = if self.generated || now.generated { "generated" } else { "default" };
        match (&self.default, &now.default) {
            (None, None) => {}
            (None, Some(after)) => changes.push(format!("{expression}: {after}")),
            (Some(_), None) if now.identity => {}
            (Some(before), None) => changes.push(format!("no {expression} any more; it was {before}")),
            (Some(before), Some(after)) if before != after => changes.push(format!("{expression}: {before} → {after}")),
            (Some(_), Some(_)) => {}
        }
        match (self.identity, now.identity) {
            (false, true) => changes.push("now an identity".to_owned()),
            (true, false) => changes.push("no identity any more".to_owned()),
            _ => {}
        }
        if self.comment != now.comment {
            changes.push(comment_change(self.comment.is_some(), now.comment.is_some()));
        }
        changes
    }

    fn is_hidden(&self) -> bool {
        self.name.starts_with(HIDDEN)
    }
}

fn comment_change(before: bool, after: bool) -> String {
    match (before, after) {
        (false, _) => "commented",
        (true, true) => "comment changed",
        (true, false) => "comment removed",
    }
    .to_owned()
}

impl State {
    /// Reads what a migration has changed and notes it.
    async fn follow(&mut self, client: &Client, since: i64, migration: &str) -> Result<(), PgError> {
        let now = self.read(client, since).await?;
        let mut before = std::mem::take(&mut self.tables);
        let names: BTreeMap<QualifiedName, i64> =
            before.iter().map(|(oid, table)| (table.name.clone(), *oid)).collect();
        for (oid, mut table) in now {
            let (mut history, changes) = match before.remove(&oid) {
                Some(old) => {
                    let changes = altered(&old, &table);
                    (old.history, changes)
                }
                // Built anew under the name of one that has gone: the same table to everybody.
                None => match names.get(&table.name).and_then(|old| before.remove(old)) {
                    Some(old) => {
                        let changes = rebuilt(&old, &table);
                        (old.history, changes)
                    }
                    None => (Vec::new(), vec![HistoryChange { column: None, what: "created".to_owned() }]),
                },
            };
            if !changes.is_empty() {
                history.push(HistoryEntry { migration: migration.to_owned(), changes });
            }
            table.history = history;
            self.tables.insert(oid, table);
        }
        Ok(())
    }

    /// The tables as they are now.
    async fn read(&self, client: &Client, since: i64) -> Result<BTreeMap<i64, Table>, PgError> {
        let tables = client.query(include_str!("sql/history_tables.sql"), &[]);
        let parameters: [&(dyn ToSql + Sync); 1] = [&since];
        let columns = client.query(include_str!("sql/history_columns.sql"), &parameters);
        let comments = client.query(include_str!("sql/history_comments.sql"), &[]);
        let (tables, columns, comments) = futures_util::future::try_join3(tables, columns, comments).await?;
        let mut now = BTreeMap::new();
        for row in &tables {
            let oid: i64 = row.try_get("oid")?;
            let name = QualifiedName::new(row.try_get::<_, String>("schema")?, row.try_get::<_, String>("name")?);
            let columns = self.tables.get(&oid).map(|table| table.columns.clone()).unwrap_or_default();
            let comment = row.try_get("comment")?;
            now.insert(oid, Table { name, comment, columns, history: Vec::new() });
        }
        for row in &columns {
            let Some(table) = now.get_mut(&row.try_get("oid")?) else { continue };
            let number = i32::from(row.try_get::<_, i16>("number")?);
            if row.try_get("dropped")? {
                table.columns.remove(&number);
                continue;
            }
            let column = Column {
                name: row.try_get("name")?,
                data_type: row.try_get("type")?,
                not_null: row.try_get("not_null")?,
                default: row.try_get("default")?,
                generated: row.try_get("generated")?,
                identity: row.try_get("identity")?,
                comment: None,
            };
            table.columns.insert(number, column);
        }
        let mut digests: BTreeMap<(i64, i32), String> = BTreeMap::new();
        for row in &comments {
            digests.insert((row.try_get("oid")?, row.try_get("number")?), row.try_get("digest")?);
        }
        for (oid, table) in &mut now {
            for (number, column) in &mut table.columns {
                column.comment = digests.remove(&(*oid, *number));
            }
        }
        Ok(now)
    }

    fn by_name(self) -> History {
        let tables = self.tables.into_values().filter(|table| !table.history.is_empty());
        tables.map(|table| (table.name, table.history)).collect()
    }
}

fn on_table(what: String) -> HistoryChange {
    HistoryChange { column: None, what }
}

fn on_column(name: &str, what: impl Into<String>) -> HistoryChange {
    HistoryChange { column: Some(name.to_owned()), what: what.into() }
}

/// What became of a table that is still the same to the server.
fn altered(old: &Table, new: &Table) -> Vec<HistoryChange> {
    let mut changes = on_the_whole(old, new);
    let numbers: BTreeSet<&i32> = old.columns.keys().chain(new.columns.keys()).collect();
    for number in numbers {
        let visible = |table: &'_ Table| table.columns.get(number).filter(|column| !column.is_hidden()).cloned();
        changes.extend(between(visible(old).as_ref(), visible(new).as_ref()));
    }
    changes
}

/// What became of a table that was built anew: its columns are known by their names.
fn rebuilt(old: &Table, new: &Table) -> Vec<HistoryChange> {
    let visible = |table: &Table| -> BTreeMap<String, Column> {
        let columns = table.columns.values().filter(|column| !column.is_hidden());
        columns.map(|column| (column.name.clone(), column.clone())).collect()
    };
    let (before, after) = (visible(old), visible(new));
    let mut changes = vec![on_table("built anew".to_owned())];
    changes.extend(on_the_whole(old, new));
    for column in new.columns.values() {
        changes.extend(between(before.get(&column.name), after.get(&column.name)));
    }
    for column in before.values().filter(|column| !after.contains_key(&column.name)) {
        changes.extend(between(Some(column), None));
    }
    changes
}

fn on_the_whole(old: &Table, new: &Table) -> Vec<HistoryChange> {
    let mut changes = Vec::new();
    if old.name.name != new.name.name {
        changes.push(on_table(format!("renamed from {}", old.name.name)));
    }
    if old.name.schema != new.name.schema {
        changes.push(on_table(format!("moved from the schema {}", old.name.schema)));
    }
    if old.comment != new.comment {
        changes.push(on_table(comment_change(old.comment.is_some(), new.comment.is_some())));
    }
    changes
}

fn between(old: Option<&Column>, new: Option<&Column>) -> Vec<HistoryChange> {
    match (old, new) {
        (None, Some(new)) => vec![on_column(&new.name, "added")],
        (Some(old), None) => vec![on_column(&old.name, "dropped")],
        (Some(old), Some(new)) => old.changes(new).into_iter().map(|what| on_column(&new.name, what)).collect(),
        (None, None) => Vec::new(),
    }
}
