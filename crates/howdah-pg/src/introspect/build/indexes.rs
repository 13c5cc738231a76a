//! Indexes.

use super::columns::ColumnNames;
use super::{Oid, Sql, comment, name, options, qualified};
use crate::PgError;
use crate::introspect::queries::Rows;
use howdah_schema::catalog::{Index, IndexKey, IndexTarget};
use howdah_schema::{Ident, QualifiedName};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

/// What an index's numbers stand for.
pub(super) struct Lookup<'a> {
    columns: &'a ColumnNames,
    sql: Sql,
    /// Those that are not the default for their type.
    opclasses: HashMap<Oid, QualifiedName>,
    collations: HashMap<Oid, QualifiedName>,
}

/// The collation of a type that has none of its own choice, `pg_catalog."default"`; the same in every database.
const DEFAULT_COLLATION: Oid = 100;

impl<'a> Lookup<'a> {
    pub(super) fn new(rows: &Rows, columns: &'a ColumnNames, sql: Sql) -> Result<Self, PgError> {
        let mut lookup = Self { columns, sql, opclasses: HashMap::new(), collations: HashMap::new() };
        for row in &rows.opclasses {
            if !row.try_get::<_, bool>("is_default")? {
                lookup.opclasses.insert(row.try_get("oid")?, name(row)?);
            }
        }
        for row in &rows.collations {
            lookup.collations.insert(row.try_get("oid")?, name(row)?);
        }
        Ok(lookup)
    }

    pub(super) fn index(&self, row: &Row) -> Result<Index, PgError> {
        let relation: Oid = row.try_get("relation")?;
        let key_count: i16 = row.try_get("key_count")?;
        let numbers: Vec<i16> = row.try_get("columns")?;
        let (keys, included) = numbers.split_at(usize::try_from(key_count).unwrap_or_default().min(numbers.len()));
        let index = Index {
            name: row.try_get("name")?,
            method: row.try_get("method")?,
            keys: self.keys(row, relation, keys)?,
            include: self.columns.names(relation, included)?,
            predicate: self.sql.read(row, "predicate")?,
            unique: row.try_get("is_unique")?,
            nulls_not_distinct: row.try_get("nulls_not_distinct")?,
            valid: row.try_get("is_valid")?,
            constraint: row.try_get("constraint_name")?,
            parent: row.try_get::<_, Option<&str>>("parent")?.map(qualified),
            options: options(row, "options")?,
            tablespace: row.try_get("tablespace")?,
            statistics: statistics(row)?,
            clustered: row.try_get("is_clustered")?,
            definition: self.sql.read(row, "definition")?.unwrap_or_default(),
            comment: comment(row)?,
        };
        if index.definition.is_empty() {
            let definition = define(&index, row)?;
            return Ok(Index { definition, ..index });
        }
        Ok(index)
    }

    fn keys(&self, row: &Row, relation: Oid, numbers: &[i16]) -> Result<Vec<IndexKey>, PgError> {
        let expressions: Option<Vec<Option<String>>> = row.try_get("expressions")?;
        let opclasses: Vec<Oid> = row.try_get("opclasses")?;
        let collations: Vec<Oid> = row.try_get("collations")?;
        let flags: Vec<i16> = row.try_get("flags")?;
        let key = |(place, &number): (usize, &i16)| {
            let expression = || expressions.as_ref()?.get(place)?.clone().map(|text| self.sql.form(text));
            let (target, usual) = if number == 0 {
                (IndexTarget::Expression(expression().unwrap_or_default()), DEFAULT_COLLATION)
            } else {
                let (name, collation) = self.columns.get(relation, number)?;
                (IndexTarget::Column(name.to_owned()), collation)
            };
            let collation = collations.get(place).filter(|&&collation| collation != 0 && collation != usual);
            let flags = flags.get(place).copied().unwrap_or_default();
            Ok(IndexKey {
                target,
                opclass: opclasses.get(place).and_then(|oid| self.opclasses.get(oid)).cloned(),
                collation: collation.and_then(|oid| self.collations.get(oid)).cloned(),
                descending: flags & 1 != 0,
                nulls_first: flags & 2 != 0,
            })
        };
        numbers.iter().enumerate().map(key).collect()
    }
}

/// The targets that were chosen, by the keys' places.
fn statistics(row: &Row) -> Result<BTreeMap<i16, i32>, PgError> {
    let chosen: Option<Vec<i16>> = row.try_get("chosen")?;
    let targets: Option<Vec<i32>> = row.try_get("targets")?;
    Ok(chosen.unwrap_or_default().into_iter().zip(targets.unwrap_or_default()).collect())
}

/// What `pg_get_indexdef` prints for an index without expressions and options: that function takes most of the time that
/// reading a catalog does. A test compares.
fn define(index: &Index, row: &Row) -> Result<String, PgError> {
    let can_order: bool = row.try_get("can_order")?;
    let unique = if index.unique { "UNIQUE " } else { "" };
    let only = if row.try_get("is_partitioned")? { "ONLY " } else { "" };
    let table: &str = row.try_get("relation_name")?;
    let name = Ident::new(index.name.as_str());
    let method = Ident::new(index.method.as_str());
    let keys: Vec<String> = index.keys.iter().map(|key| define_key(key, can_order)).collect();
    let mut sql = format!("CREATE {unique}INDEX {name} ON {only}{table} USING {method} ({})", keys.join(", "));
    if !index.include.is_empty() {
        let columns: Vec<String> = index.include.iter().map(|name| Ident::new(name.as_str()).to_string()).collect();
        sql += &format!(" INCLUDE ({})", columns.join(", "));
    }
    if index.nulls_not_distinct {
        sql += " NULLS NOT DISTINCT";
    }
    if let Some(predicate) = &index.predicate {
        sql += &format!(" WHERE {predicate}");
    }
    Ok(sql)
}

fn define_key(key: &IndexKey, can_order: bool) -> String {
    let mut sql = match &key.target {
        IndexTarget::Column(name) => Ident::new(name.as_str()).to_string(),
        IndexTarget::Expression(expression) => expression.clone(),
    };
    if let Some(collation) = &key.collation {
        sql += &format!(" COLLATE {}", visible(collation));
    }
    if let Some(opclass) = &key.opclass {
        sql += &format!(" {}", visible(opclass));
    }
    match (can_order, key.descending, key.nulls_first) {
        (true, true, true) => sql += " DESC",
        (true, true, false) => sql += " DESC NULLS LAST",
        (true, false, true) => sql += " NULLS FIRST",
        _ => {}
    }
    sql
}

/// As the server prints a name when `search_path` is empty.
fn visible(name: &QualifiedName) -> String {
    if name.schema == "pg_catalog" { Ident::new(name.name.as_str()).to_string() } else { name.to_string() }
}
