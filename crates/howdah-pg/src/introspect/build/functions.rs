//! Functions and procedures.

use super::access::{Access, Kind};
use super::types::Types;
use super::{Oid, comment, name, options, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{
    Argument, ArgumentMode, Function, FunctionKind, Parallel, Returns, Signature, Volatility,
};
use std::collections::BTreeMap;
use tokio_postgres::Row;

pub(super) fn functions(
    rows: &[Row],
    types: &Types,
    access: &Access,
) -> Result<BTreeMap<Signature, Function>, PgError> {
    let mut functions = BTreeMap::new();
    for row in rows {
        let function = function(row, types, access)?;
        functions.insert(function.signature.clone(), function);
    }
    Ok(functions)
}

fn function(row: &Row, types: &Types, access: &Access) -> Result<Function, PgError> {
    let signature = signature(row)?;
    let owner: String = row.try_get("owner")?;
    let returns = match row.try_get::<_, Option<String>>("result_sql")? {
        None => None,
        Some(sql) => {
            let set = row.try_get("result_set")?;
            // `SETOF x`: the type of one row; of RETURNS TABLE it is `record` and stands nowhere in the text.
            let row_sql = match sql.strip_prefix("SETOF ") {
                Some(row_sql) => row_sql.to_owned(),
                None if sql.starts_with("TABLE(") => "record".to_owned(),
                None => sql.clone(),
            };
            Some(Returns { sql, data_type: types.data_type(row.try_get("result_type")?, row_sql)?, set })
        }
    };
    let defaults: Option<Vec<Option<String>>> = row.try_get("argument_defaults")?;
    Ok(Function {
        kind: match row.try_get("kind")? {
            "f" => FunctionKind::Function,
            "p" => FunctionKind::Procedure,
            "w" => FunctionKind::Window,
            code => return Err(unknown(&signature.to_string(), code)),
        },
        acl: access.acl(Kind::Function, &owner, row)?,
        owner,
        arguments: arguments(row, types, &signature.name, defaults.as_deref())?,
        returns,
        language: row.try_get("language")?,
        volatility: match row.try_get("volatility")? {
            "i" => Volatility::Immutable,
            "s" => Volatility::Stable,
            "v" => Volatility::Volatile,
            code => return Err(unknown(&signature.to_string(), code)),
        },
        parallel: parallel(row, &signature.name)?,
        security_definer: row.try_get("security_definer")?,
        strict: row.try_get("strict")?,
        leakproof: row.try_get("leakproof")?,
        cost: row.try_get("cost")?,
        rows: row.try_get("rows_expected")?,
        support: row.try_get("support")?,
        config: options(row, "config")?.into(),
        body: row.try_get("body")?,
        definition: row.try_get("definition")?,
        comment: comment(row)?,
        signature,
    })
}

/// Name and input types.
pub(super) fn signature(row: &Row) -> Result<Signature, PgError> {
    Ok(Signature { name: name(row)?, arguments: row.try_get::<_, Vec<String>>("input_types")?.join(", ") })
}

/// The safety in parallel plans of the function `name`.
pub(super) fn parallel(row: &Row, name: &QualifiedName) -> Result<Parallel, PgError> {
    match row.try_get("parallel")? {
        "s" => Ok(Parallel::Safe),
        "r" => Ok(Parallel::Restricted),
        "u" => Ok(Parallel::Unsafe),
        code => Err(unknown(&name.to_string(), code)),
    }
}

/// The arguments of the function `name`.
pub(super) fn arguments(
    row: &Row,
    types: &Types,
    name: &QualifiedName,
    defaults: Option<&[Option<String>]>,
) -> Result<Vec<Argument>, PgError> {
    let oids: Vec<Oid> = row.try_get("argument_types")?;
    let sql: Vec<String> = row.try_get("argument_sql")?;
    let names: Option<Vec<Option<String>>> = row.try_get("argument_names")?;
    let modes: Option<Vec<String>> = row.try_get("argument_modes")?;
    oids.into_iter()
        .zip(sql)
        .enumerate()
        .map(|(place, (oid, sql))| {
            let own = names.as_ref().and_then(|names| names.get(place)).cloned().flatten();
            Ok(Argument {
                name: own.filter(|own| !own.is_empty()),
                mode: match modes.as_ref().and_then(|modes| modes.get(place)).map(String::as_str) {
                    None | Some("i") => ArgumentMode::In,
                    Some("o") => ArgumentMode::Out,
                    Some("b") => ArgumentMode::InOut,
                    Some("v") => ArgumentMode::Variadic,
                    Some("t") => ArgumentMode::Table,
                    Some(code) => return Err(unknown(&name.to_string(), code)),
                },
                data_type: types.data_type(oid, sql)?,
                default: defaults.and_then(|defaults| defaults.get(place)).cloned().flatten(),
            })
        })
        .collect()
}
