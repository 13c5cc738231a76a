//! Whether the rows that were carried over keep the promises of the new schema.
//!
//! CHECK, NOT NULL, UNIQUE and EXCLUDE hold already: COPY enforces them row by row. Foreign keys were at rest, so each
//! is checked here by one anti-join over all rows. That is chosen over dropping and adding the keys again because it
//! counts the rows instead of naming the first, and because a key that was never dropped keeps its comment and name.
//!
//! Where COPY refused a row, PostgreSQL names one; [`explain`] counts the others, on a table without constraints.

use howdah_pg::{Ident, PgError, ServerError};
use howdah_schema::catalog::{Catalog, Constraint, ConstraintKind, ForeignKey, ForeignKeyMatch, Table};
use tokio_postgres::Client;

use super::copy::Carried;
use crate::output::count;

/// Rows that a constraint of the new schema refuses.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Violation {
    /// `foreign key fk_tasks_parent of public.tasks`.
    pub(crate) constraint: String,
    /// None where only the first is known.
    pub(crate) rows: Option<u64>,
    /// What PostgreSQL said about the first.
    pub(crate) detail: Option<String>,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.constraint)?;
        match self.rows {
            Some(rows) => write!(f, " refuses {}", count(rows, "row", "rows"))?,
            None => f.write_str(" refuses a row")?,
        }
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

/// Checks every foreign key over all rows.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn foreign_keys(next: &Client, after: &Catalog) -> Result<Vec<Violation>, PgError> {
    let mut violations = Vec::new();
    for table in after.tables.values() {
        for (constraint, key) in
            table.foreign_keys().filter(|(constraint, _)| constraint.validated && !constraint.inherited)
        {
            let rows: i64 = next.query_one(&orphans(table, constraint, key), &[]).await?.get(0);
            if rows > 0 {
                violations.push(Violation {
                    constraint: format!("foreign key {} of {}", constraint.name, table.name),
                    rows: u64::try_from(rows).ok(),
                    detail: Some(format!("no such row in {}", key.references)),
                });
            }
        }
    }
    Ok(violations)
}

fn orphans(table: &Table, constraint: &Constraint, key: &ForeignKey) -> String {
    let columns: Vec<String> =
        constraint.columns.iter().map(|column| format!("child.{}", Ident::new(column.as_str()))).collect();
    let same: Vec<String> = columns
        .iter()
        .zip(&key.referenced_columns)
        .map(|(column, referenced)| format!("parent.{} = {column}", Ident::new(referenced.as_str())))
        .collect();
    let row = columns.join(", ");
    // SIMPLE: a row with a null anywhere points nowhere. FULL: only one with nothing but nulls.
    let points = match key.match_type {
        ForeignKeyMatch::Simple => format!("num_nulls({row}) = 0"),
        ForeignKeyMatch::Full => format!("num_nonnulls({row}) > 0"),
    };
    format!(
        "select count(*) from {} child where {points}
         and not exists (select from {} parent where {})",
        table.name,
        key.references,
        same.join(" and ")
    )
}

/// Turns the error that stopped a table's copy into what it means for all of its rows.
///
/// # Errors
/// Those of PostgreSQL; also the first error itself, when it is about no constraint.
pub(crate) async fn explain(
    old: &Client,
    next: &Client,
    carried: &Carried<'_>,
    after: &Catalog,
    error: PgError,
) -> Result<Violation, PgError> {
    let Some(server) = error.server().cloned() else { return Err(error) };
    if server.sqlstate.starts_with("22") {
        // A value that the new type does not know, such as a label that its enum has lost.
        let place = server.context.as_deref().and_then(|context| context.lines().next());
        let detail = place.map_or_else(|| server.message.clone(), |place| format!("{}, {place}", server.message));
        return Ok(Violation { constraint: format!("a type in {}", carried.name), rows: None, detail: Some(detail) });
    }
    if !server.sqlstate.starts_with("23") {
        return Err(error);
    }
    let Some(table) = after.tables.get(carried.name) else { return Err(error) };
    let named = describe(&server, table);
    // Counting is a service: when it does not work out, the first row says enough.
    let rows = count_all(old, next, carried, table, after, &server).await.ok().flatten();
    Ok(Violation { constraint: named, rows, detail: server.detail.or(Some(server.message)) })
}

fn describe(error: &ServerError, table: &Table) -> String {
    let name = &table.name;
    match (error.sqlstate.as_str(), &error.constraint, &error.column) {
        ("23502", _, Some(column)) => format!("not null of column {name}.{column}"),
        ("23514", Some(constraint), _) => format!("check {constraint} of {name}"),
        ("23505", Some(constraint), _) => format!("unique {constraint} of {name}"),
        (_, Some(constraint), _) => format!("constraint {constraint} of {name}"),
        _ => format!("table {name}"),
    }
}

/// How many rows the constraint of `error` refuses: all of them go into a table without constraints, and are counted.
async fn count_all(
    old: &Client,
    next: &Client,
    carried: &Carried<'_>,
    table: &Table,
    after: &Catalog,
    error: &ServerError,
) -> Result<Option<u64>, PgError> {
    let Some(condition) = condition(table, after, error) else { return Ok(None) };
    next.batch_execute(&format!("drop table if exists pg_temp.howdah_stage; {}", stage(table))).await?;
    carried.copy(old, next, "pg_temp.howdah_stage").await?;
    let rows: Option<i64> = next.query_one(&condition, &[]).await?.get(0);
    Ok(rows.and_then(|rows| u64::try_from(rows).ok()))
}

/// A table of the same columns that refuses nothing: no constraints, and the types under the domains.
fn stage(table: &Table) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let kind = column.data_type.base.as_ref().unwrap_or(&column.data_type.sql);
            let name = Ident::new(column.name.as_str());
            let value = match (&column.generated, &column.default) {
                (Some(generated), _) => format!(" generated always as ({}) stored", generated.expression),
                (None, Some(default)) => format!(" default {default}"),
                (None, None) => String::new(),
            };
            format!("{name} {kind}{value}")
        })
        .collect();
    format!("create temporary table howdah_stage ({})", columns.join(", "))
}

/// A query for the number of staged rows that the constraint of `error` refuses.
fn condition(table: &Table, after: &Catalog, error: &ServerError) -> Option<String> {
    const STAGE: &str = "pg_temp.howdah_stage";
    let constraint = error.constraint.as_deref();
    match error.sqlstate.as_str() {
        "23502" => {
            let column = Ident::new(error.column.clone()?);
            Some(format!("select count(*) from {STAGE} where {column} is null"))
        }
        "23514" => match constraint.and_then(|name| table.constraints.get(name)).map(|found| &found.kind) {
            Some(ConstraintKind::Check { expression, .. }) => {
                Some(format!("select count(*) from {STAGE} where not ({expression})"))
            }
            Some(_) => None,
            None => domain_condition(table, after, constraint?),
        },
        "23505" => {
            let index = table.indexes.get(constraint?)?;
            let keys: Vec<String> = index.keys.iter().map(|key| key_text(&key.target)).collect();
            let keys = keys.join(", ");
            let predicate = index.predicate.as_deref().unwrap_or("true");
            let nulls = if index.nulls_not_distinct { "true".to_owned() } else { format!("num_nulls({keys}) = 0") };
            Some(format!(
                "select sum(again)::bigint from (select count(*) - 1 as again from {STAGE}
                 where ({predicate}) and {nulls} group by {keys} having count(*) > 1) as groups"
            ))
        }
        _ => None,
    }
}

fn key_text(target: &howdah_schema::catalog::IndexTarget) -> String {
    use howdah_schema::catalog::IndexTarget;
    match target {
        IndexTarget::Column(column) => Ident::new(column.as_str()).to_string(),
        IndexTarget::Expression(expression) => format!("({expression})"),
    }
}

/// A domain's check speaks of VALUE, so every column of that domain becomes one of that name.
fn domain_condition(table: &Table, after: &Catalog, constraint: &str) -> Option<String> {
    let domain = after.domains.values().find(|domain| domain.checks.contains_key(constraint))?;
    let check = domain.checks.get(constraint)?.definition.strip_prefix("CHECK ")?;
    let check = check.trim_end_matches(" NOT VALID");
    let columns = table.columns.iter().filter(|column| column.data_type.name == domain.name && !column.data_type.array);
    let values: Vec<String> = columns
        .map(|column| format!("select {} as value from pg_temp.howdah_stage", Ident::new(column.name.as_str())))
        .collect();
    (!values.is_empty())
        .then(|| format!("select count(*) from ({}) as every where not ({check})", values.join(" union all ")))
}
