//! What a change of the schema would destroy, counted before anything is done.
//!
//! Three things lose data: a table that vanishes, a column that vanishes, and a new type that cannot hold the old
//! values. Empty tables and columns without a single value lose nothing and go without a question.

use howdah_pg::{Ident, PgError};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Catalog, Column};
use tokio_postgres::Client;

use crate::output::count;

/// Something that holds data and would be gone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Loss {
    /// `table public.notes`, `column public.notes.color`.
    pub(crate) object: String,
    pub(crate) rows: u64,
    pub(crate) what: LossKind,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum LossKind {
    Table,
    Column,
    /// Values that the new type would change.
    Narrowed {
        to: String,
    },
    /// The server knows no way from the old type to the new one.
    NoCast {
        to: String,
        reason: String,
    },
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let object = &self.object;
        match &self.what {
            LossKind::Table => write!(f, "{object} holds {}", count(self.rows, "row", "rows")),
            LossKind::Column => write!(f, "{object} has a value in {}", count(self.rows, "row", "rows")),
            LossKind::Narrowed { to } => {
                write!(f, "{object} as {to} would change its value in {}", count(self.rows, "row", "rows"))
            }
            LossKind::NoCast { to, reason } => write!(f, "{object} cannot become {to}: {reason}"),
        }
    }
}

/// Everything that going from one catalog to the other would lose, in the database that holds the data. `old` is inside
/// a transaction.
///
/// # Errors
/// Those of PostgreSQL.
pub(crate) async fn find(old: &Client, before: &Catalog, after: &Catalog) -> Result<Vec<Loss>, PgError> {
    let mut losses = Vec::new();
    // A partition's rows are counted with its parent's.
    for (name, table) in before.tables.iter().filter(|(_, table)| table.partition_of.is_none()) {
        let Some(other) = after.tables.get(name) else {
            let rows = number(old, &format!("select count(*) from {name}")).await?;
            push(&mut losses, format!("table {name}"), rows, LossKind::Table);
            continue;
        };
        for column in table.columns.iter().filter(|column| column.generated.is_none()) {
            let object = format!("column {name}.{}", column.name);
            match other.column(&column.name) {
                None => {
                    let rows = values(old, name, column).await?;
                    push(&mut losses, object, rows, LossKind::Column);
                }
                Some(new) if new.generated.is_some() => {
                    let rows = values(old, name, column).await?;
                    let to = "a generated column".to_owned();
                    push(&mut losses, object, rows, LossKind::Narrowed { to });
                }
                Some(new) => losses.extend(narrowed(old, name, column, new, object).await?),
            }
        }
    }
    Ok(losses)
}

fn push(losses: &mut Vec<Loss>, object: String, rows: u64, what: LossKind) {
    if rows > 0 {
        losses.push(Loss { object, rows, what });
    }
}

async fn values(old: &Client, table: &QualifiedName, column: &Column) -> Result<u64, PgError> {
    number(old, &format!("select count({}) from {table}", Ident::new(column.name.as_str()))).await
}

/// Goes to the new type and back, and counts what does not come back the same.
async fn narrowed(
    old: &Client,
    table: &QualifiedName,
    column: &Column,
    new: &Column,
    object: String,
) -> Result<Option<Loss>, PgError> {
    let Some(to) = cast(column, new) else { return Ok(None) };
    let from = plain(column);
    // json has many spellings of one value, and jsonb keeps the value.
    if from == "json" && to == "jsonb" {
        return Ok(None);
    }
    let column = Ident::new(column.name.as_str());
    let changed = format!(
        "select count(*) from {table} where ({column}::{to})::{from}::text is distinct from {column}::{from}::text"
    );
    old.batch_execute("savepoint howdah_cast").await?;
    match number(old, &changed).await {
        Ok(0) => Ok(None),
        Ok(rows) => Ok(Some(Loss { object, rows, what: LossKind::Narrowed { to: to.to_owned() } })),
        Err(PgError::Server(error)) => {
            old.batch_execute("rollback to savepoint howdah_cast").await?;
            let rows = number(old, &format!("select count({column}) from {table}")).await?;
            let what = LossKind::NoCast { to: to.to_owned(), reason: error.message };
            Ok((rows > 0).then_some(Loss { object, rows, what }))
        }
        Err(error) => Err(error),
    }
}

/// The type to cast a column's values to on their way to the new one, where that changes and the database that holds
/// them knows it. Types that the schema itself defines are read from text on arrival, where they exist.
pub(crate) fn cast<'a>(old: &Column, new: &'a Column) -> Option<&'a str> {
    let built_in = new.data_type.base.is_some() || new.data_type.name.schema == "pg_catalog";
    (built_in && plain(old) != plain(new)).then(|| plain(new))
}

/// A column's type without the domains around it.
fn plain(column: &Column) -> &str {
    column.data_type.base.as_deref().unwrap_or(&column.data_type.sql)
}

async fn number(client: &Client, query: &str) -> Result<u64, PgError> {
    let number: i64 = client.query_one(query, &[]).await?.get(0);
    Ok(u64::try_from(number).unwrap_or(0))
}
