//! Tables and views, and what hangs on them.

use super::access::{Access, Kind};
use super::columns::{self, ColumnNames};
use super::types::Types;
use super::{Oid, Rows, Sql, comment, constraints, enabled, indexes, name, options, qualified, rules, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{
    Catalog, Column, Constraint, DomainCheck, Index, NotNull, PartitionOf, Policy, PolicyCommand, ReplicaIdentity,
    RowSecurity, Rule, Sequence, SequenceOwner, Table, Trigger, TriggerLevel, TriggerTiming, View,
};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

/// Things by the OID of what they hang on, and their names.
type ByOwner<T> = HashMap<Oid, BTreeMap<String, T>>;

/// What hangs on relations and domains. What is left over hangs on something that is left out: an extension's.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// In order, each with its privileges as text: whose they are is known only with the relation.
    pub(super) columns: HashMap<Oid, Vec<(Column, Option<String>)>>,
    pub(super) domain_checks: ByOwner<DomainCheck>,
    pub(super) domain_not_null: HashMap<Oid, DomainCheck>,
    constraints: ByOwner<Constraint>,
    indexes: ByOwner<Index>,
    triggers: ByOwner<Trigger>,
    policies: ByOwner<Policy>,
    rules: ByOwner<Rule>,
    sequences: BTreeMap<QualifiedName, Sequence>,
}

impl Parts {
    pub(super) fn read(
        rows: &Rows,
        names: &ColumnNames,
        types: &Types,
        access: &Access,
        sql: Sql,
    ) -> Result<Self, PgError> {
        let mut parts = Self::default();
        // Identity columns by relation and attnum.
        let mut identities: HashMap<(Oid, i32), Sequence> = HashMap::new();
        for row in &rows.sequences {
            let sequence = sequence(row, access)?;
            match row.try_get("is_identity")? {
                Some(true) => {
                    identities.insert((row.try_get("owner_relation")?, row.try_get("owner_number")?), sequence);
                }
                Some(false) | None => {
                    parts.sequences.insert(sequence.name.clone(), sequence);
                }
            }
        }
        // By relation and attnum.
        let mut not_null: HashMap<(Oid, i16), NotNull> = HashMap::new();
        for row in &rows.not_nulls {
            not_null.insert((row.try_get("relation")?, row.try_get("number")?), constraints::not_null(row)?);
        }
        for row in &rows.columns {
            let relation: Oid = row.try_get("relation")?;
            let number: i16 = row.try_get("number")?;
            let columns = parts.columns.entry(relation).or_default();
            let mut column = columns::column(row, types, sql)?;
            // The queries return them in order; a dropped column leaves no gap.
            column.position = columns.len() as u32 + 1;
            if let Some(identity) = &mut column.identity {
                identity.sequence = identities.remove(&(relation, i32::from(number))).map(Box::new);
            }
            column.not_null_constraint = not_null.remove(&(relation, number));
            columns.push((column, row.try_get("acl")?));
        }
        for row in &rows.constraints {
            let domain: Oid = row.try_get("domain")?;
            if row.try_get::<_, &str>("kind")? == "n" {
                parts.domain_not_null.insert(domain, constraints::of_domain(row, sql)?);
            } else if domain == 0 {
                let constraint = constraints::of_table(row, names, sql)?;
                put(&mut parts.constraints, row.try_get("relation")?, constraint.name.clone(), constraint);
            } else {
                let check = constraints::of_domain(row, sql)?;
                put(&mut parts.domain_checks, domain, check.name.clone(), check);
            }
        }
        let lookup = indexes::Lookup::new(rows, names, sql)?;
        for row in &rows.indexes {
            let index = lookup.index(row)?;
            put(&mut parts.indexes, row.try_get("relation")?, index.name.clone(), index);
        }
        for row in &rows.triggers {
            let trigger = trigger(row, sql)?;
            put(&mut parts.triggers, row.try_get("relation")?, trigger.name.clone(), trigger);
        }
        for row in &rows.policies {
            let policy = policy(row, sql)?;
            put(&mut parts.policies, row.try_get("relation")?, policy.name.clone(), policy);
        }
        for row in &rows.rules {
            if let Some(rule) = rules::rule(row, sql)? {
                put(&mut parts.rules, row.try_get("relation")?, rule.name.clone(), rule);
            }
        }
        Ok(parts)
    }

    fn columns_of(&mut self, relation: Oid, owner: &str, access: &Access) -> Result<Vec<Column>, PgError> {
        self.columns
            .remove(&relation)
            .unwrap_or_default()
            .into_iter()
            .map(|(column, acl)| Ok(Column { grants: access.column(owner, acl)?, ..column }))
            .collect()
    }
}

fn put<T>(map: &mut ByOwner<T>, owner: Oid, name: String, value: T) {
    map.entry(owner).or_default().insert(name, value);
}

fn take<T>(map: &mut ByOwner<T>, owner: Oid) -> BTreeMap<String, T> {
    map.remove(&owner).unwrap_or_default()
}

pub(super) fn relations(
    rows: &[Row],
    access: &Access,
    sql: Sql,
    mut parts: Parts,
    catalog: &mut Catalog,
) -> Result<(), PgError> {
    for row in rows {
        let oid: Oid = row.try_get("oid")?;
        let name = name(row)?;
        let owner: String = row.try_get("owner")?;
        let acl = access.acl(Kind::Relation, &owner, row)?;
        let columns = parts.columns_of(oid, &owner, access)?;
        let triggers = take(&mut parts.triggers, oid);
        let rules = take(&mut parts.rules, oid);
        let indexes = take(&mut parts.indexes, oid);
        let comment = comment(row)?;
        let tablespace = row.try_get("tablespace")?;
        let access_method = row.try_get("access_method")?;
        let mut options = options(row, "options")?;
        let kind: &str = row.try_get("kind")?;
        if matches!(kind, "v" | "m") {
            let definition = sql.read(row, "view_definition")?.unwrap_or_default();
            let view = View {
                name: name.clone(),
                materialized: kind == "m",
                owner,
                columns,
                definition: definition.trim().trim_end_matches(';').to_owned(),
                options,
                triggers,
                rules,
                indexes,
                tablespace,
                access_method,
                acl,
                comment,
            };
            catalog.views.insert(name, view);
            continue;
        }
        for (name, value) in super::options(row, "toast_options")? {
            options.insert(format!("toast.{name}"), value);
        }
        let parents: Vec<String> = row.try_get("parents")?;
        let mut inherits: Vec<QualifiedName> = parents.iter().map(|parent| qualified(parent)).collect();
        let bounds: Option<String> = row.try_get("partition_bound")?;
        let partition_of = match bounds {
            Some(bounds) => inherits.pop().map(|parent| PartitionOf { parent, bounds }),
            None => None,
        };
        let table = Table {
            name: name.clone(),
            owner,
            partition_key: row.try_get("partition_key")?,
            partition_of,
            inherits,
            unlogged: row.try_get("unlogged")?,
            columns,
            constraints: take(&mut parts.constraints, oid),
            indexes,
            triggers,
            policies: take(&mut parts.policies, oid),
            rules,
            row_security: RowSecurity {
                enabled: row.try_get("row_security")?,
                forced: row.try_get("force_row_security")?,
            },
            options,
            replica_identity: match row.try_get("replica_identity")? {
                "d" => ReplicaIdentity::Default,
                "f" => ReplicaIdentity::Full,
                "n" => ReplicaIdentity::Nothing,
                // The index may be gone: then nothing is logged of old rows.
                "i" => row
                    .try_get::<_, Option<String>>("replica_index")?
                    .map_or(ReplicaIdentity::Nothing, ReplicaIdentity::Index),
                code => return Err(unknown(&name.to_string(), code)),
            },
            tablespace,
            access_method,
            acl,
            comment,
        };
        catalog.tables.insert(name, table);
    }
    catalog.sequences = parts.sequences;
    Ok(())
}

fn sequence(row: &Row, access: &Access) -> Result<Sequence, PgError> {
    let owner: String = row.try_get("owner")?;
    let table: Option<&str> = row.try_get("owner_table")?;
    let column: Option<String> = row.try_get("owner_column")?;
    let is_identity: Option<bool> = row.try_get("is_identity")?;
    Ok(Sequence {
        name: name(row)?,
        acl: access.acl(Kind::Sequence, &owner, row)?,
        owner,
        data_type: row.try_get("data_type")?,
        start: row.try_get("start_value")?,
        increment: row.try_get("increment")?,
        min: row.try_get("min_value")?,
        max: row.try_get("max_value")?,
        cache: row.try_get("cache")?,
        cycle: row.try_get("cycle")?,
        unlogged: row.try_get("unlogged")?,
        // An identity column's stands in its column, which says the same.
        owned_by: table
            .zip(column)
            .filter(|_| is_identity == Some(false))
            .map(|(table, column)| SequenceOwner { table: qualified(table), column }),
        comment: comment(row)?,
    })
}

fn policy(row: &Row, sql: Sql) -> Result<Policy, PgError> {
    let name: String = row.try_get("name")?;
    let mut roles: Vec<String> = row.try_get("roles")?;
    roles.sort();
    Ok(Policy {
        command: match row.try_get("command")? {
            "*" => PolicyCommand::All,
            "r" => PolicyCommand::Select,
            "a" => PolicyCommand::Insert,
            "w" => PolicyCommand::Update,
            "d" => PolicyCommand::Delete,
            code => return Err(unknown(&format!("policy {name}"), code)),
        },
        permissive: row.try_get("permissive")?,
        roles,
        using: sql.read(row, "using_sql")?,
        check: sql.read(row, "check_sql")?,
        comment: comment(row)?,
        name,
    })
}

/// The bits of `pg_trigger.tgtype`, from PostgreSQL's `catalog/pg_trigger.h`.
mod bits {
    pub(super) const ROW: i16 = 1;
    pub(super) const BEFORE: i16 = 1 << 1;
    pub(super) const INSERT: i16 = 1 << 2;
    pub(super) const DELETE: i16 = 1 << 3;
    pub(super) const UPDATE: i16 = 1 << 4;
    pub(super) const TRUNCATE: i16 = 1 << 5;
    pub(super) const INSTEAD: i16 = 1 << 6;
}

fn trigger(row: &Row, sql: Sql) -> Result<Trigger, PgError> {
    let name: String = row.try_get("name")?;
    let kind: i16 = row.try_get("kind")?;
    let has = |bit: i16| kind & bit != 0;
    Ok(Trigger {
        timing: match (has(bits::BEFORE), has(bits::INSTEAD)) {
            (_, true) => TriggerTiming::InsteadOf,
            (true, false) => TriggerTiming::Before,
            (false, false) => TriggerTiming::After,
        },
        level: if has(bits::ROW) { TriggerLevel::Row } else { TriggerLevel::Statement },
        on_insert: has(bits::INSERT),
        on_update: has(bits::UPDATE),
        on_delete: has(bits::DELETE),
        on_truncate: has(bits::TRUNCATE),
        update_columns: row.try_get("update_columns")?,
        function: QualifiedName::new(
            row.try_get::<_, String>("function_schema")?,
            row.try_get::<_, String>("function_name")?,
        ),
        constraint: row.try_get("is_constraint")?,
        enabled: enabled(row, &format!("trigger {name}"))?,
        inherited: row.try_get("inherited")?,
        definition: sql.read(row, "definition")?.unwrap_or_default(),
        comment: comment(row)?,
        name,
    })
}
