//! Into the database: one transaction, one staging table at a time.
//!
//! Rows do not go straight into their table: PostgreSQL refuses COPY FROM into a table whose row-level security binds the
//! caller, and COPY knows no ON CONFLICT. So they are copied into a temporary table of the same column types and inserted
//! from there under the role that the policies let write.

use super::people::people;
use super::table::{Role, Table, Template};
use super::world::{World, describe_mark};
use super::{Plan, Progress, Report, TableReport, personal};
use crate::DataError;
use crate::copy::RowWriter;
use bytes::Bytes;
use futures_util::SinkExt;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio_postgres::{Client, CopyInSink, Transaction};
use uuid::Uuid;

const TEMPLATES: &[&Template] = &[&personal::TEMPLATE];
const TEMPLATE_NAMES: &str = "personal";

/// Rows staged before they are inserted. Foreign-key checks queue up in the server's memory until the end of an INSERT;
/// in pieces they stay small however many rows there are.
const PIECE: u64 = 20_000;

/// Bytes handed to the connection at once.
const CHUNK: usize = 64 * 1024;

/// Columns of a table that a row may set, with their types: no dropped ones, none the server generates.
const LIVE_COLUMNS: &str = "\
select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
 where a.attrelid = pg_catalog.to_regclass($1) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
   and a.attidentity <> 'a'";

const DEMO_USERS: &str = "\
select id, email::text, metadata -> 'demo', deleted_at is null from auth.users
 where id = any ($1) or (deleted_at is null and lower(email) = any ($2))";

pub(super) async fn seed(
    client: &mut Client,
    plan: &Plan,
    hash: &(dyn Fn(&str) -> String + Sync),
    progress: &dyn Progress,
) -> Result<Report, DataError> {
    let template = detect(client).await?;
    let mut world = World::new(*plan, template);
    let step = |step| move |source| DataError::Postgres { step, source };
    let transaction = client.transaction().await.map_err(step("opening a transaction"))?;
    prepare(&transaction).await.map_err(step("preparing the transaction"))?;
    let there = accounts(&transaction, &world).await?;
    for person in people() {
        // Hashing is slow by design; who has an account keeps the hash they have.
        let hash = if there.contains(&person.user_id(plan.seed)) { String::new() } else { hash(person.password) };
        world.hashes.insert(person.key, hash);
    }

    let mut report = Report { template: template.name, tables: Vec::new(), left_out: Vec::new() };
    let new: Vec<Uuid> = world.people.iter().map(|someone| someone.id).filter(|id| !there.contains(id)).collect();
    for table in template.tables() {
        load_table(&transaction, &world, table, &new, &mut report, progress).await?;
    }
    transaction.commit().await.map_err(step("committing"))?;
    Ok(report)
}

/// The template whose tables the database has.
async fn detect(client: &Client) -> Result<&'static Template, DataError> {
    for template in TEMPLATES {
        let row = client
            .query_one(
                "select bool_and(pg_catalog.to_regclass('public.' || t) is not null) from unnest($1::text[]) as t",
                &[&template.marks],
            )
            .await
            .map_err(|source| DataError::Postgres { step: "looking at the tables", source })?;
        if row.get(0) {
            return Ok(template);
        }
    }
    Err(DataError::UnknownSchema { known: TEMPLATE_NAMES })
}

/// Settings for the length of the transaction. The advisory lock makes a second seeding wait for the first and then find
/// its rows; the claims and the request id are what the audit trail writes down.
async fn prepare(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    transaction
        .batch_execute(
            "set local statement_timeout = 0;
             set local idle_in_transaction_session_timeout = 0;
             select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('howdah seed demo'));
             select pg_catalog.set_config('request.jwt.claims', '{\"role\":\"service_role\"}', true),
                    pg_catalog.set_config('request.id', 'howdah-seed-demo', true),
                    pg_catalog.set_config('howdah.trash', 'with', true)",
        )
        .await
}

/// Runs under `role` until [`switch_back`]. A database without that role has no policies for it either.
async fn switch_to(transaction: &Transaction<'_>, role: Role) -> Result<(), tokio_postgres::Error> {
    transaction
        .execute(
            "select set_config('role', rolname, true) from pg_catalog.pg_roles where rolname = $1",
            &[&role.name()],
        )
        .await
        .map(drop)
}

async fn switch_back(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    transaction.batch_execute("set local role none").await
}

/// Which of the demo people have an account of this plan. Anything else in their place is an error.
async fn accounts(transaction: &Transaction<'_>, world: &World) -> Result<Vec<Uuid>, DataError> {
    let ids: Vec<Uuid> = world.people.iter().map(|someone| someone.id).collect();
    let emails: Vec<&str> = world.people.iter().map(|someone| someone.email).collect();
    let step = |source| DataError::Postgres { step: "looking at the accounts", source };
    switch_to(transaction, Role::Auth).await.map_err(step)?;
    let rows = transaction.query(DEMO_USERS, &[&ids, &emails]).await.map_err(step)?;
    switch_back(transaction).await.map_err(step)?;
    let wanted = world.mark();
    let mut there = Vec::new();
    for row in rows {
        let (id, email, mark): (Uuid, String, Option<Value>) = (row.get(0), row.get(1), row.get(2));
        match mark {
            Some(mark) if mark == wanted && ids.contains(&id) => there.push(id),
            Some(mark) => {
                return Err(DataError::OtherPlan { found: describe_mark(&mark), wanted: world.plan.to_string() });
            }
            None => return Err(DataError::EmailTaken { email }),
        }
    }
    Ok(there)
}

async fn load_table(
    transaction: &Transaction<'_>,
    world: &World,
    table: &'static Table,
    new: &[Uuid],
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<(), DataError> {
    let name = table.qualified();
    let failed = |step| {
        let name = name.clone();
        move |source| DataError::Table { step, table: name, source }
    };
    let live: BTreeMap<String, String> = transaction
        .query(LIVE_COLUMNS, &[&name])
        .await
        .map_err(failed("matched with the columns of"))?
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    if live.is_empty() {
        report.left_out.push(name);
        return Ok(());
    }
    let kept: Vec<bool> = table.columns.iter().map(|column| live.contains_key(*column)).collect();
    for (column, _) in table.columns.iter().zip(&kept).filter(|(_, kept)| !**kept) {
        report.left_out.push(format!("{name}.{column}"));
    }
    let typed: Vec<(String, &str)> = table
        .columns
        .iter()
        .filter_map(|column| live.get(*column).map(|kind| (quoted(column), kind.as_str())))
        .collect();
    let columns: Vec<&str> = typed.iter().map(|(column, _)| column.as_str()).collect();
    let columns = columns.join(", ");
    let definition: Vec<String> = typed.iter().map(|(column, kind)| format!("{column} {kind}")).collect();
    let role = table.role.name();
    let stage = format!(
        "create temporary table howdah_demo_stage ({}) on commit drop;
         do $$ begin
           if exists (select from pg_catalog.pg_roles where rolname = '{role}') then
             grant select on howdah_demo_stage to {role};
           end if;
         end $$",
        definition.join(", ")
    );
    transaction.batch_execute(&stage).await.map_err(failed("prepared for"))?;

    if table.replaces && !new.is_empty() {
        // What the trigger made a moment ago has a random id and the time of the clock.
        switch_to(transaction, table.role).await.map_err(failed("written under its role into"))?;
        let give_way = format!("delete from {name} where user_id = any ($1)");
        transaction.execute(&give_way, &[&new]).await.map_err(failed("replaced in"))?;
        switch_back(transaction).await.map_err(failed("written under its role into"))?;
    }

    let copy = format!("copy pg_temp.howdah_demo_stage ({columns}) from stdin");
    let insert = format!(
        "insert into {name} ({columns}) select {columns} from pg_temp.howdah_demo_stage on conflict do nothing",
    );
    let total = world.size(table.name) * world.people.len() as u64;
    let mut writer = RowWriter::new(table.columns, kept);
    let (mut staged, mut inserted) = (0, 0);
    progress.table(&name, 0, total);
    let mut sources =
        world.people.iter().take(if matches!(table.share, super::table::Share::Once(_)) { 1 } else { usize::MAX });
    let mut source = sources.next().map(|someone| (table.rows)(world, someone));
    while source.is_some() {
        let sink: CopyInSink<Bytes> =
            transaction.copy_in(&copy).await.map_err(failed("copied into the staging table of"))?;
        let mut sink = std::pin::pin!(sink);
        while let Some(rows) = &mut source {
            if !rows.step(&mut writer) {
                source = sources.next().map(|someone| (table.rows)(world, someone));
            }
            let is_full = writer.rows() - staged >= PIECE;
            if writer.waiting() >= CHUNK || is_full || source.is_none() {
                sink.send(Bytes::from(writer.take())).await.map_err(failed("copied into the staging table of"))?;
                progress.table(&name, writer.rows(), total.max(writer.rows()));
            }
            if is_full {
                break;
            }
        }
        sink.as_mut().finish().await.map_err(failed("copied into the staging table of"))?;
        staged = writer.rows();
        switch_to(transaction, table.role).await.map_err(failed("written under its role into"))?;
        inserted += transaction.execute(&insert, &[]).await.map_err(failed("inserted into"))?;
        switch_back(transaction).await.map_err(failed("written under its role into"))?;
        transaction.batch_execute("truncate pg_temp.howdah_demo_stage").await.map_err(failed("cleared after"))?;
    }
    transaction.batch_execute("drop table pg_temp.howdah_demo_stage").await.map_err(failed("cleared after"))?;
    debug_assert_eq!(writer.unknown(), [""; 0], "fields of {name} without a column");
    progress.table(&name, staged, staged);
    report.tables.push(TableReport { name, inserted, already: staged - inserted });
    Ok(())
}

/// A name as an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
