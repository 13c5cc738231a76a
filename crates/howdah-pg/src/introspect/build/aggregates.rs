//! Aggregates.

use super::access::{Access, Kind};
use super::types::Types;
use super::{Oid, comment, functions, name, optional_name, qualified, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{
    Aggregate, AggregateKind, AggregateModify, Argument, ArgumentMode, MovingAggregate, Signature,
};
use std::collections::BTreeMap;
use tokio_postgres::Row;

pub(super) fn aggregates(
    rows: &[Row],
    types: &Types,
    access: &Access,
) -> Result<BTreeMap<Signature, Aggregate>, PgError> {
    let mut aggregates = BTreeMap::new();
    for row in rows {
        let aggregate = aggregate(row, types, access)?;
        aggregates.insert(aggregate.signature.clone(), aggregate);
    }
    Ok(aggregates)
}

fn aggregate(row: &Row, types: &Types, access: &Access) -> Result<Aggregate, PgError> {
    let name = name(row)?;
    let owner: String = row.try_get("owner")?;
    let arguments = functions::arguments(row, types, &name, None)?;
    let arguments_sql: String = row.try_get("arguments_sql")?;
    let kind = kind(row, &name)?;
    let function = |column: &str| -> Result<Option<QualifiedName>, PgError> {
        Ok(row.try_get::<_, Option<&str>>(column)?.map(qualified))
    };
    Ok(Aggregate {
        kind,
        acl: access.acl(Kind::Function, &owner, row)?,
        owner,
        arguments_sql: if arguments_sql.is_empty() { "*".to_owned() } else { arguments_sql },
        direct_arguments: u32::from(direct(row)?),
        state_function: qualified(row.try_get("state_function")?),
        state_type: types.data_type(row.try_get("state_type")?, row.try_get("state_type_sql")?)?,
        state_space: row.try_get("state_space")?,
        final_function: function("final_function")?,
        final_extra: row.try_get("final_extra")?,
        final_modify: modify(row, "final_modify", &name)?,
        combine_function: function("combine_function")?,
        serial_function: function("serial_function")?,
        deserial_function: function("deserial_function")?,
        initial_value: row.try_get("initial_value")?,
        moving: moving(row, types, &name)?,
        sort_operator: optional_name(row, "sort_operator_schema", "sort_operator_name")?,
        parallel: functions::parallel(row, &name)?,
        comment: comment(row)?,
        signature: signature_of(name, &arguments, kind, direct(row)?),
        arguments,
    })
}

/// What tells the aggregate in a row from all others.
pub(super) fn signature(row: &Row, types: &Types) -> Result<Signature, PgError> {
    let name = name(row)?;
    let arguments = functions::arguments(row, types, &name, None)?;
    let kind = kind(row, &name)?;
    Ok(signature_of(name, &arguments, kind, direct(row)?))
}

/// With the arguments as ALTER, DROP and COMMENT ON AGGREGATE want them, but without their names, which do not tell anything
/// apart.
fn signature_of(name: QualifiedName, arguments: &[Argument], kind: AggregateKind, direct: u16) -> Signature {
    let list = |arguments: &[Argument]| {
        let types = arguments.iter().map(|argument| match argument.mode {
            ArgumentMode::Variadic => format!("VARIADIC {}", argument.data_type.sql),
            _ => argument.data_type.sql.clone(),
        });
        types.collect::<Vec<_>>().join(", ")
    };
    let (direct, aggregated) = arguments.split_at(usize::from(direct).min(arguments.len()));
    let arguments = match (kind, direct, aggregated) {
        (_, [], []) => "*".to_owned(),
        (AggregateKind::Normal, ..) => list(arguments),
        (_, [], aggregated) => format!("ORDER BY {}", list(aggregated)),
        // A VARIADIC is kept once, and is both the last direct argument and what is aggregated.
        (_, [.., last], []) => format!("{} ORDER BY {}", list(direct), list(std::slice::from_ref(last))),
        (_, direct, aggregated) => format!("{} ORDER BY {}", list(direct), list(aggregated)),
    };
    Signature { name, arguments }
}

fn direct(row: &Row) -> Result<u16, PgError> {
    Ok(u16::try_from(row.try_get::<_, i16>("direct_arguments")?).unwrap_or_default())
}

fn kind(row: &Row, name: &QualifiedName) -> Result<AggregateKind, PgError> {
    match row.try_get("kind")? {
        "n" => Ok(AggregateKind::Normal),
        "o" => Ok(AggregateKind::OrderedSet),
        "h" => Ok(AggregateKind::Hypothetical),
        code => Err(unknown(&format!("aggregate {name}"), code)),
    }
}

fn modify(row: &Row, column: &str, name: &QualifiedName) -> Result<AggregateModify, PgError> {
    match row.try_get(column)? {
        "r" => Ok(AggregateModify::ReadOnly),
        "s" => Ok(AggregateModify::Shareable),
        "w" => Ok(AggregateModify::ReadWrite),
        code => Err(unknown(&format!("aggregate {name}"), code)),
    }
}

fn moving(row: &Row, types: &Types, name: &QualifiedName) -> Result<Option<MovingAggregate>, PgError> {
    let state_function: Option<&str> = row.try_get("moving_state_function")?;
    let inverse_function: Option<&str> = row.try_get("moving_inverse_function")?;
    let state_type: Option<Oid> = row.try_get("moving_state_type")?;
    let state_type_sql: Option<String> = row.try_get("moving_state_type_sql")?;
    let (Some((state_function, inverse_function)), Some((state_type, state_type_sql))) =
        (state_function.zip(inverse_function), state_type.zip(state_type_sql))
    else {
        return Ok(None);
    };
    Ok(Some(MovingAggregate {
        state_function: qualified(state_function),
        inverse_function: qualified(inverse_function),
        state_type: types.data_type(state_type, state_type_sql)?,
        state_space: row.try_get("moving_state_space")?,
        final_function: row.try_get::<_, Option<&str>>("moving_final_function")?.map(qualified),
        final_extra: row.try_get("moving_final_extra")?,
        final_modify: modify(row, "moving_final_modify", name)?,
        initial_value: row.try_get("moving_initial_value")?,
    }))
}
