//! Columns, and their names by their numbers.

use super::types::Types;
use super::{Oid, Sql, comment, optional_name, options, unknown};
use crate::PgError;
use howdah_schema::catalog::{Column, Generated, Identity};
use std::collections::HashMap;
use tokio_postgres::Row;

/// The columns of every relation by attnum, with their collations.
#[derive(Debug)]
pub(super) struct ColumnNames(HashMap<(Oid, i16), (String, Oid)>);

impl ColumnNames {
    pub(super) fn read(rows: &[Row]) -> Result<Self, PgError> {
        let mut names = HashMap::with_capacity(rows.len());
        for row in rows {
            let key = (row.try_get("relation")?, row.try_get("number")?);
            names.insert(key, (row.try_get("name")?, row.try_get("collation")?));
        }
        Ok(Self(names))
    }

    /// Name and collation of a column.
    pub(super) fn get(&self, relation: Oid, number: i16) -> Result<(&str, Oid), PgError> {
        match self.0.get(&(relation, number)) {
            Some((name, collation)) => Ok((name, *collation)),
            None => Err(PgError::Catalog {
                what: format!("column {number} of the relation with OID {relation}"),
                reason: "it is not among the columns".to_owned(),
            }),
        }
    }

    /// The names of columns. A check may also speak of the whole row (0) or of a system column (negative), which is no
    /// column of the table's own.
    pub(super) fn names(&self, relation: Oid, numbers: &[i16]) -> Result<Vec<String>, PgError> {
        let own = numbers.iter().filter(|&&number| number > 0);
        own.map(|&number| Ok(self.get(relation, number)?.0.to_owned())).collect()
    }
}

/// A column without its place, its privileges, its identity's sequence and its NOT NULL.
pub(super) fn column(row: &Row, types: &Types, sql: Sql) -> Result<Column, PgError> {
    let name: String = row.try_get("name")?;
    let expression = sql.read(row, "default_sql")?;
    let (default, generated) = match row.try_get("generated")? {
        "" => (expression, None),
        code @ ("s" | "v") => {
            (None, Some(Generated { expression: expression.unwrap_or_default(), stored: code == "s" }))
        }
        code => return Err(unknown(&format!("column {name}"), code)),
    };
    Ok(Column {
        position: 0,
        data_type: types.data_type(row.try_get("type")?, row.try_get("type_sql")?)?,
        not_null: row.try_get("not_null")?,
        not_null_constraint: None,
        default,
        identity: match row.try_get("identity")? {
            "" => None,
            code => Some(Identity { always: code == "a", sequence: None }),
        },
        generated,
        collation: optional_name(row, "collation_schema", "collation_name")?,
        storage: row.try_get("storage")?,
        compression: match row.try_get("compression")? {
            "p" => Some("pglz".to_owned()),
            "l" => Some("lz4".to_owned()),
            "" => None,
            code => return Err(unknown(&format!("column {name}"), code)),
        },
        statistics: row.try_get("statistics")?,
        options: options(row, "options")?,
        inherited: row.try_get("inherited")?,
        grants: Vec::new(),
        comment: comment(row)?,
        name,
    })
}
