//! One table: its rows are copied into a temporary table, and inserted from there.
//!
//! Not straight into the table: PostgreSQL refuses COPY FROM into a table whose row-level security binds the caller, and
//! COPY knows no ON CONFLICT. The insert runs under the role that the policies let write.

use super::load::Session;
use super::table::{Per, Table};
use super::world::World;
use super::{Progress, Report, TableReport};
use crate::DataError;
use crate::copy::RowWriter;
use bytes::Bytes;
use futures_util::SinkExt;
use howdah_schema::{Ident, QualifiedName};
use std::collections::BTreeMap;
use tokio_postgres::{CopyInSink, Error};

/// Rows staged before they are inserted. Foreign-key checks queue up in the server's memory until the end of an INSERT;
/// in pieces they stay small however many rows there are.
const PIECE: u64 = 20_000;

/// Bytes handed to the connection at once.
const CHUNK: usize = 64 * 1024;

/// Columns of a table that a row may set, with their types: no dropped ones, none the server generates. By the names in
/// the catalog, because `to_regclass` needs a right on the schema that only the role inserted under may have.
const LIVE_COLUMNS: &str = "\
select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
   and a.attidentity <> 'a'";

const GRANT_STAGE: &str = "\
do $$ begin
  if exists (select from pg_catalog.pg_roles where rolname = 'service_role') then
    grant select on pg_temp.howdah_demo_stage to service_role;
  end if;
  if exists (select from pg_catalog.pg_roles where rolname = 'howdah_auth') then
    grant select on pg_temp.howdah_demo_stage to howdah_auth;
  end if;
end $$";

/// The statements for one table, made from the columns that the table here and the one there have in common.
struct Statements {
    stage: String,
    copy: String,
    insert: String,
    give_way: String,
}

impl Statements {
    fn new(name: &QualifiedName, table: &Table, live: &BTreeMap<String, String>) -> Self {
        let common = table.columns.iter().filter_map(|column| Some((Ident::new(*column), live.get(*column)?)));
        let (names, typed): (Vec<String>, Vec<String>) =
            common.map(|(column, kind)| (column.to_string(), format!("{column} {kind}"))).unzip();
        // Rows that are there already are left aside before defaults and triggers see them: a sequence would count on, a
        // trigger take its locks, for nothing.
        let has_id = names.iter().any(|column| column == "id");
        let only_new = if has_id {
            format!(" where not exists (select from {name} as t where t.id = s.id)")
        } else {
            String::new()
        };
        let (names, typed) = (names.join(", "), typed.join(", "));
        Self {
            stage: format!("create temporary table pg_temp.howdah_demo_stage ({typed}) on commit drop"),
            copy: format!("copy pg_temp.howdah_demo_stage ({names}) from stdin"),
            insert: format!(
                "insert into {name} ({names}) select {names} from pg_temp.howdah_demo_stage as s{only_new} on conflict do nothing"
            ),
            give_way: format!("delete from {name} where user_id = any ($1)"),
        }
    }
}

/// Fills one table and reports on it.
pub(super) async fn fill(
    session: &Session<'_>,
    world: &World,
    table: &'static Table,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let name = QualifiedName::new(table.schema, table.name);
    let failed = |step| {
        let table = name.to_string();
        move |source: Error| DataError::Table { step, table, source }
    };
    let transaction = session.transaction;
    let live: BTreeMap<String, String> = transaction
        .query(LIVE_COLUMNS, &[&table.schema, &table.name])
        .await
        .map_err(failed("matched with the columns of"))?
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    if live.is_empty() {
        report.left_out.push(name.to_string());
        return Ok(());
    }
    let kept: Vec<bool> = table.columns.iter().map(|column| live.contains_key(*column)).collect();
    let missing = table.columns.iter().zip(&kept).filter(|(_, kept)| !**kept);
    report.left_out.extend(missing.map(|(column, _)| format!("{name}.{}", Ident::new(*column))));

    let statements = Statements::new(&name, table, &live);
    transaction.batch_execute(&statements.stage).await.map_err(failed("prepared for"))?;
    transaction.batch_execute(GRANT_STAGE).await.map_err(failed("prepared for"))?;
    if table.replaces && !world.new.is_empty() {
        // What the trigger made a moment ago has a random id and the time of the clock.
        session.switch_to(table.role).await.map_err(failed("written under its role into"))?;
        transaction
            .execute(&statements.give_way, &[&world.new])
            .await
            .map_err(failed("put in the place of those in"))?;
        session.switch_back().await.map_err(failed("written under its role into"))?;
    }

    let mut rows = Rows::new(world, table, kept);
    let mut inserted = 0;
    progress.table(&name.to_string(), 0, rows.expected);
    while !rows.is_over() {
        let sink = transaction.copy_in(&statements.copy).await.map_err(failed("copied into the staging table of"))?;
        rows.copy_piece(sink, |done, total| progress.table(&name.to_string(), done, total))
            .await
            .map_err(failed("copied into the staging table of"))?;
        session.switch_to(table.role).await.map_err(failed("written under its role into"))?;
        inserted += transaction.execute(&statements.insert, &[]).await.map_err(failed("inserted into"))?;
        session.switch_back().await.map_err(failed("written under its role into"))?;
        transaction.batch_execute("truncate pg_temp.howdah_demo_stage").await.map_err(failed("cleared after"))?;
    }
    transaction.batch_execute("drop table pg_temp.howdah_demo_stage").await.map_err(failed("cleared after"))?;

    debug_assert_eq!(rows.writer.unknown(), [""; 0], "fields of {name} without a column");
    let made = rows.writer.rows();
    progress.table(&name.to_string(), made, made);
    report.tables.push(TableReport { name: name.to_string(), inserted, already: made - inserted });
    Ok(())
}

/// The rows of a table, person by person.
struct Rows<'w> {
    world: &'w World,
    table: &'static Table,
    writer: RowWriter,
    source: Option<Box<dyn super::table::Source + 'w>>,
    person: usize,
    /// How many rows there will be, roughly.
    expected: u64,
}

impl<'w> Rows<'w> {
    fn new(world: &'w World, table: &'static Table, kept: Vec<bool>) -> Self {
        let writer = RowWriter::new(table.columns, kept);
        let mut rows = Self { world, table, writer, source: None, person: 0, expected: 0 };
        rows.expected = world.size(table.name) * rows.owners() as u64;
        rows.next_person();
        rows
    }

    fn owners(&self) -> usize {
        if self.table.per == Per::Set { 1 } else { self.world.people.len() }
    }

    fn next_person(&mut self) {
        let owners = self.owners();
        self.source = self.world.people.iter().take(owners).nth(self.person).map(|p| (self.table.rows)(self.world, p));
        self.person += 1;
    }

    fn is_over(&self) -> bool {
        self.source.is_none()
    }

    /// Writes rows into the sink until a piece is full or none are left.
    async fn copy_piece(&mut self, sink: CopyInSink<Bytes>, told: impl Fn(u64, u64)) -> Result<(), Error> {
        let mut sink = std::pin::pin!(sink);
        let end = self.writer.rows() + PIECE;
        while let Some(source) = &mut self.source {
            if !source.step(&mut self.writer) {
                self.next_person();
            }
            let is_full = self.writer.rows() >= end || self.source.is_none();
            if is_full || self.writer.waiting() >= CHUNK {
                sink.send(Bytes::from(self.writer.take())).await?;
                told(self.writer.rows(), self.expected.max(self.writer.rows()));
            }
            if is_full {
                break;
            }
        }
        sink.finish().await.map(drop)
    }
}
