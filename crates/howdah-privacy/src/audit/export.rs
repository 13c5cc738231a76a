//! Events with their seals, for keeping and for other tools. A page at a time, so that memory does not grow with the trail.

use std::io::Write;

use serde_json::{Map, Value};
use tokio_postgres::{Client, Row};

use super::AuditError;

pub(super) const EXPORT: &str = concat!(include_str!("sql/export_columns.sql"), include_str!("sql/export.sql"));
/// Read at once.
const PAGE: i64 = 1_000;
/// Columns of export_columns.sql that say where to go on.
const PLACE: usize = 2;
/// Those that are JSON already, and the ones that are numbers. Transactions stay text: a double does not hold them all.
const JSON: [&str; 5] = ["id", "changed_columns", "before", "after", "sequence_number"];

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// An object a line.
    Ndjson,
    /// With a line of names; nothing between two commas is NULL.
    Csv,
}

/// What is wanted; nothing given is everything.
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// From this moment on, as PostgreSQL reads timestamps.
    pub from: Option<String>,
    /// Up to this moment, exclusive.
    pub until: Option<String>,
    /// Only events of this table, with its schema, or another kind of resource.
    pub resource_type: Option<String>,
    /// Only events about the person with this pseudonym.
    pub subject: Option<String>,
}

/// Writes them, and returns how many there were. `advance` hears of each page.
///
/// # Errors
/// Those of PostgreSQL, a moment or pseudonym that it cannot read among them, and those of `to`.
pub async fn export(
    client: &Client,
    options: &ExportOptions,
    format: ExportFormat,
    to: &mut (dyn Write + Send),
    advance: &(dyn Fn(u64) + Sync),
) -> Result<u64, AuditError> {
    let statement = client.prepare(EXPORT).await?;
    let mut sink = match format {
        ExportFormat::Ndjson => Sink::Ndjson(to),
        ExportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(to);
            csv.write_record(statement.columns().iter().skip(PLACE).map(tokio_postgres::Column::name))
                .map_err(of_csv)?;
            Sink::Csv(Box::new(csv))
        }
    };
    let ExportOptions { from, until, resource_type, subject } = options;
    let (mut xid, mut id) = ("0".to_owned(), 0_i64);
    let mut count = 0_u64;
    loop {
        let rows = client.query(&statement, &[&xid, &id, &PAGE, from, until, resource_type, subject]).await?;
        let Some(last) = rows.last() else { break };
        (xid, id) = (last.get(0), last.get(1));
        for row in &rows {
            sink.write(row)?;
        }
        count += rows.len() as u64;
        advance(rows.len() as u64);
    }
    sink.finish()?;
    Ok(count)
}

enum Sink<'a> {
    Ndjson(&'a mut (dyn Write + Send)),
    Csv(Box<csv::Writer<&'a mut (dyn Write + Send)>>),
}

impl Sink<'_> {
    fn write(&mut self, row: &Row) -> Result<(), AuditError> {
        match self {
            Self::Ndjson(to) => writeln!(to, "{}", value(row)).map_err(AuditError::Write),
            Self::Csv(csv) => csv.write_record(texts(row).map(Option::unwrap_or_default)).map_err(of_csv),
        }
    }

    fn finish(&mut self) -> Result<(), AuditError> {
        match self {
            Self::Ndjson(to) => to.flush(),
            Self::Csv(csv) => csv.flush(),
        }
        .map_err(AuditError::Write)
    }
}

fn texts(row: &Row) -> impl Iterator<Item = Option<&str>> {
    (PLACE..row.len()).map(|at| row.get(at))
}

/// A row of export_columns.sql as an object.
pub(super) fn value(row: &Row) -> Value {
    let names = row.columns().iter().skip(PLACE).map(tokio_postgres::Column::name);
    let object: Map<String, Value> = names
        .zip(texts(row))
        .map(|(name, text)| {
            let value = match text {
                None => Value::Null,
                Some(text) if JSON.contains(&name) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
                Some(text) => text.into(),
            };
            (name.to_owned(), value)
        })
        .collect();
    object.into()
}

fn of_csv(error: csv::Error) -> AuditError {
    AuditError::Write(error.into())
}
