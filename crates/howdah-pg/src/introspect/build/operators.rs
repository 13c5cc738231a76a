//! Operators, their families and classes, and casts.

use super::{Oid, Rows, comment, functions, name, optional_name, qualified, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{
    Cast, CastContext, CastMethod, Catalog, FamilyFunction, FamilyOperator, Operator, OperatorClass, OperatorFamily,
    Signature,
};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

/// Name, left and right operand, `NONE` where there is none.
type OperatorKey = (QualifiedName, String, String);

pub(super) fn operator_key(row: &Row) -> Result<OperatorKey, PgError> {
    let operand = |column: &str| -> Result<String, PgError> {
        Ok(row.try_get::<_, Option<String>>(column)?.unwrap_or_else(|| "NONE".to_owned()))
    };
    Ok((name(row)?, operand("left_type")?, operand("right_type")?))
}

pub(super) fn operators(rows: &[Row]) -> Result<BTreeMap<OperatorKey, Operator>, PgError> {
    let mut operators = BTreeMap::new();
    for row in rows {
        let function = |column: &str| -> Result<Option<QualifiedName>, PgError> {
            Ok(row.try_get::<_, Option<&str>>(column)?.map(qualified))
        };
        let operator = Operator {
            name: name(row)?,
            left: row.try_get("left_type")?,
            right: row.try_get("right_type")?,
            owner: row.try_get("owner")?,
            function: qualified(row.try_get("function")?),
            commutator: optional_name(row, "commutator_schema", "commutator_name")?,
            negator: optional_name(row, "negator_schema", "negator_name")?,
            restrict: function("restrict_function")?,
            join: function("join_function")?,
            hashes: row.try_get("can_hash")?,
            merges: row.try_get("can_merge")?,
            comment: comment(row)?,
        };
        operators.insert(operator_key(row)?, operator);
    }
    Ok(operators)
}

pub(super) fn cast_key(row: &Row) -> Result<(String, String), PgError> {
    Ok((row.try_get("source")?, row.try_get("target")?))
}

pub(super) fn casts(rows: &[Row]) -> Result<BTreeMap<(String, String), Cast>, PgError> {
    let mut casts = BTreeMap::new();
    for row in rows {
        let (source, target) = cast_key(row)?;
        let what = || format!("the cast from {source} to {target}");
        let cast = Cast {
            method: match row.try_get("method")? {
                "f" => CastMethod::Function(Signature {
                    name: optional_name(row, "function_schema", "function_name")?.ok_or_else(|| PgError::Catalog {
                        what: what(),
                        reason: "its function was dropped meanwhile".to_owned(),
                    })?,
                    arguments: row.try_get::<_, Vec<String>>("function_input_types")?.join(", "),
                }),
                "i" => CastMethod::Inout,
                "b" => CastMethod::Binary,
                code => return Err(unknown(&what(), code)),
            },
            context: match row.try_get("context")? {
                "e" => CastContext::Explicit,
                "a" => CastContext::Assignment,
                "i" => CastContext::Implicit,
                code => return Err(unknown(&what(), code)),
            },
            comment: comment(row)?,
            source: source.clone(),
            target: target.clone(),
        };
        casts.insert((source, target), cast);
    }
    Ok(casts)
}

/// What is in a class or family, in order.
#[derive(Debug, Default)]
struct Members {
    operators: Vec<FamilyOperator>,
    functions: Vec<FamilyFunction>,
}

/// By the OIDs of its catalog and of the class or family.
type ByOwner = HashMap<(Oid, Oid), Members>;

fn members(rows: &[Row]) -> Result<ByOwner, PgError> {
    let mut found = ByOwner::new();
    for row in rows {
        let members = found.entry((row.try_get("owner_class")?, row.try_get("owner")?)).or_default();
        let (number, left, right) = (row.try_get("number")?, row.try_get("left_type")?, row.try_get("right_type")?);
        if row.try_get::<_, Option<Vec<String>>>("input_types")?.is_some() {
            let function = functions::signature(row)?;
            members.functions.push(FamilyFunction { support: number, left, right, function });
        } else {
            let order_by = optional_name(row, "order_by_schema", "order_by_name")?;
            members.operators.push(FamilyOperator { strategy: number, left, right, operator: name(row)?, order_by });
        }
    }
    for members in found.values_mut() {
        members.operators.sort();
        members.functions.sort();
    }
    Ok(found)
}

/// Operator families and classes.
pub(super) fn families(rows: &Rows, catalog: &mut Catalog) -> Result<(), PgError> {
    let mut members = members(&rows.family_members)?;
    for row in &rows.operator_families {
        let members = members.remove(&(super::identities::PG_OPFAMILY, row.try_get("oid")?)).unwrap_or_default();
        let family = OperatorFamily {
            name: name(row)?,
            method: row.try_get("method")?,
            owner: row.try_get("owner")?,
            operators: members.operators,
            functions: members.functions,
            comment: comment(row)?,
        };
        catalog.operator_families.insert((family.name.clone(), family.method.clone()), family);
    }
    for row in &rows.operator_classes {
        let members = members.remove(&(super::identities::PG_OPCLASS, row.try_get("oid")?)).unwrap_or_default();
        let class = OperatorClass {
            name: name(row)?,
            method: row.try_get("method")?,
            owner: row.try_get("owner")?,
            default: row.try_get("is_default")?,
            data_type: row.try_get("data_type")?,
            family: QualifiedName::new(
                row.try_get::<_, String>("family_schema")?,
                row.try_get::<_, String>("family_name")?,
            ),
            storage: row.try_get("storage")?,
            operators: members.operators,
            functions: members.functions,
            comment: comment(row)?,
        };
        catalog.operator_classes.insert((class.name.clone(), class.method.clone()), class);
    }
    Ok(())
}
