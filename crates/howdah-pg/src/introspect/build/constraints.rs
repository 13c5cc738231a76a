//! Constraints.

use super::columns::ColumnNames;
use super::{Oid, Sql, comment, qualified, unknown};
use crate::PgError;
use howdah_schema::catalog::{
    Constraint, ConstraintKind, Deferral, DomainCheck, ForeignKey, ForeignKeyAction, ForeignKeyMatch, NotNull,
};
use tokio_postgres::Row;

pub(super) fn of_table(row: &Row, names: &ColumnNames, sql: Sql) -> Result<Constraint, PgError> {
    let name: String = row.try_get("name")?;
    let relation: Oid = row.try_get("relation")?;
    let columns: Option<Vec<i16>> = row.try_get("columns")?;
    let kind = match row.try_get("kind")? {
        "p" => ConstraintKind::PrimaryKey,
        "u" => ConstraintKind::Unique { nulls_not_distinct: row.try_get("nulls_not_distinct")? },
        "c" => ConstraintKind::Check {
            expression: sql.read(row, "check_sql")?.unwrap_or_default(),
            no_inherit: row.try_get("no_inherit")?,
        },
        "f" => ConstraintKind::ForeignKey(foreign_key(row, relation, &name, names)?),
        "x" => ConstraintKind::Exclusion,
        code => return Err(unknown(&format!("constraint {name}"), code)),
    };
    let definition: String = match (&kind, sql.read(row, "definition")?) {
        (_, Some(definition)) => definition,
        (ConstraintKind::Check { expression, no_inherit }, None) => {
            format!("CHECK ({expression}){}", if *no_inherit { " NO INHERIT" } else { "" })
        }
        (_, None) => String::new(),
    };
    Ok(Constraint {
        kind,
        columns: names.names(relation, &columns.unwrap_or_default())?,
        deferral: match (row.try_get("is_deferrable")?, row.try_get("is_deferred")?) {
            (false, _) => Deferral::NotDeferrable,
            (true, false) => Deferral::InitiallyImmediate,
            (true, true) => Deferral::InitiallyDeferred,
        },
        validated: row.try_get("validated")?,
        // The last words of a definition, so they cannot be a part of an expression.
        enforced: !definition.ends_with(" NOT ENFORCED"),
        inherited: row.try_get("inherited")?,
        comment: comment(row)?,
        definition,
        name,
    })
}

fn foreign_key(row: &Row, relation: Oid, name: &str, names: &ColumnNames) -> Result<ForeignKey, PgError> {
    let action = |column: &str| match row.try_get(column)? {
        "a" => Ok(ForeignKeyAction::NoAction),
        "r" => Ok(ForeignKeyAction::Restrict),
        "c" => Ok(ForeignKeyAction::Cascade),
        "n" => Ok(ForeignKeyAction::SetNull),
        "d" => Ok(ForeignKeyAction::SetDefault),
        code => Err(unknown(&format!("foreign key {name}"), code)),
    };
    let set_columns: Option<Vec<i16>> = row.try_get("set_columns")?;
    Ok(ForeignKey {
        references: qualified(row.try_get("target")?),
        referenced_columns: row.try_get("target_columns")?,
        on_update: action("on_update")?,
        on_delete: action("on_delete")?,
        on_delete_columns: names.names(relation, &set_columns.unwrap_or_default())?,
        match_type: match row.try_get("match_type")? {
            "s" => ForeignKeyMatch::Simple,
            "f" => ForeignKeyMatch::Full,
            code => return Err(unknown(&format!("foreign key {name}"), code)),
        },
    })
}

pub(super) fn of_domain(row: &Row, sql: Sql) -> Result<DomainCheck, PgError> {
    Ok(DomainCheck {
        name: row.try_get("name")?,
        definition: sql.read(row, "definition")?.unwrap_or_else(|| "NOT NULL".to_owned()),
        validated: row.try_get("validated")?,
        comment: comment(row)?,
    })
}

/// NOT NULL, which stands with its column.
pub(super) fn not_null(row: &Row) -> Result<NotNull, PgError> {
    Ok(NotNull {
        name: row.try_get("name")?,
        validated: row.try_get("validated")?,
        no_inherit: row.try_get("no_inherit")?,
        inherited: row.try_get("inherited")?,
        comment: comment(row)?,
    })
}
