//! Indexes.

use super::{comment, options, qualified};
use crate::PgError;
use howdah_schema::catalog::{Index, IndexKey, IndexTarget};
use tokio_postgres::Row;

pub(super) fn index(row: &Row) -> Result<Index, PgError> {
    Ok(Index {
        name: row.try_get("name")?,
        method: row.try_get("method")?,
        keys: keys(row)?,
        include: row.try_get::<_, Option<_>>("includes")?.unwrap_or_default(),
        predicate: row.try_get("predicate")?,
        unique: row.try_get("is_unique")?,
        nulls_not_distinct: row.try_get("nulls_not_distinct")?,
        valid: row.try_get("is_valid")?,
        constraint: row.try_get("constraint_name")?,
        parent: row.try_get::<_, Option<&str>>("parent")?.map(qualified),
        options: options(row, "options")?,
        tablespace: row.try_get("tablespace")?,
        clustered: row.try_get("is_clustered")?,
        definition: row.try_get("definition")?,
        comment: comment(row)?,
    })
}

fn keys(row: &Row) -> Result<Vec<IndexKey>, PgError> {
    let columns: Vec<Option<String>> = row.try_get("key_columns")?;
    let expressions: Vec<Option<String>> = row.try_get("key_expressions")?;
    let opclasses: Vec<Option<&str>> = row.try_get("opclasses")?;
    let collations: Vec<Option<&str>> = row.try_get("collations")?;
    let flags: Vec<i16> = row.try_get("flags")?;
    Ok(columns
        .into_iter()
        .zip(expressions)
        .zip(opclasses.into_iter().zip(collations))
        .zip(flags)
        .map(|(((column, expression), (opclass, collation)), flags)| IndexKey {
            target: match column {
                Some(column) => IndexTarget::Column(column),
                None => IndexTarget::Expression(expression.unwrap_or_default()),
            },
            opclass: opclass.map(qualified),
            collation: collation.map(qualified),
            descending: flags & 1 != 0,
            nulls_first: flags & 2 != 0,
        })
        .collect())
}
