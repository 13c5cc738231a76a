//! Puts the queries' rows together.

mod access;
mod aggregates;
mod columns;
mod constraints;
mod dependencies;
mod functions;
mod identities;
mod indexes;
mod operators;
mod publications;
mod relations;
mod roles;
mod rules;
mod search;
mod types;

use super::IntrospectOptions;
use super::queries::Rows;
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Catalog, Circumstance, Comment, Extension, Options, Schema, TriggerEnabled, Unmodelled};
use howdah_schema::sql::normalise;
use tokio_postgres::Row;

/// OIDs, which live no longer than the building.
type Oid = u32;

pub(super) fn catalog(rows: &Rows, options: &IntrospectOptions) -> Result<Catalog, PgError> {
    let sql = Sql { raw: options.raw };
    let access = access::Access::read(&rows.acls)?;
    let types = types::Types::read(&rows.types)?;
    let names = columns::ColumnNames::read(&rows.columns)?;
    let mut catalog = Catalog {
        postgres_major: version(&rows.version)?,
        current_role: match rows.version.first() {
            Some(row) => Circumstance(row.try_get("current_role")?),
            None => Circumstance::default(),
        },
        default_privileges: access::default_privileges(&rows.default_privileges)?,
        functions: functions::functions(&rows.functions, &types, &access)?,
        aggregates: aggregates::aggregates(&rows.aggregates, &types, &access)?,
        ranges: types::ranges(&rows.ranges, &types, &access)?,
        collations: search::collations(&rows.defined_collations)?,
        casts: operators::casts(&rows.casts)?,
        operators: operators::operators(&rows.operators)?,
        text_search_dictionaries: search::dictionaries(&rows.search_dictionaries)?,
        text_search_configurations: search::configurations(rows)?,
        statistics: rules::statistics(&rows.statistics, sql)?,
        publications: publications::publications(rows, &names, sql)?,
        event_triggers: publications::event_triggers(&rows.event_triggers)?,
        unmodelled: unmodelled(&rows.unmodelled)?,
        ..Catalog::default()
    };
    for row in &rows.schemas {
        let name: String = row.try_get("name")?;
        let owner: String = row.try_get("owner")?;
        let acl = access.acl(access::Kind::Schema, &owner, row)?;
        catalog.schemas.insert(name.clone(), Schema { name, owner, acl, comment: comment(row)? });
    }
    for row in &rows.extensions {
        let name: String = row.try_get("name")?;
        let extension = Extension {
            name: name.clone(),
            schema: row.try_get("schema")?,
            version: row.try_get("version")?,
            comment: comment(row)?,
        };
        catalog.extensions.insert(name, extension);
    }
    let mut parts = relations::Parts::read(rows, &names, &types, &access, sql)?;
    types::defined(&rows.defined_types, &types, &access, sql, &mut parts, &mut catalog)?;
    relations::relations(&rows.relations, &access, sql, parts, &mut catalog)?;
    operators::families(rows, &mut catalog)?;
    catalog.dependencies = dependencies::dependencies(rows, &names, &types)?;
    roles::read(rows, options.all_roles, &mut catalog)?;
    Ok(catalog)
}

fn version(rows: &[Row]) -> Result<u32, PgError> {
    let number: i32 = match rows.first() {
        Some(row) => row.try_get("number")?,
        None => 0,
    };
    Ok(u32::try_from(number / 10_000).unwrap_or_default())
}

fn unmodelled(rows: &[Row]) -> Result<Vec<Unmodelled>, PgError> {
    let mut found = rows
        .iter()
        .map(|row| Ok(Unmodelled { kind: row.try_get("kind")?, name: row.try_get("name")? }))
        .collect::<Result<Vec<_>, PgError>>()?;
    found.sort();
    Ok(found)
}

fn comment(row: &Row) -> Result<Comment, PgError> {
    Ok(Comment::from(row.try_get::<_, Option<String>>("comment")?))
}

/// Schema and name from the columns `schema` and `name`.
fn name(row: &Row) -> Result<QualifiedName, PgError> {
    Ok(QualifiedName::new(row.try_get::<_, String>("schema")?, row.try_get::<_, String>("name")?))
}

/// Schema and name from `<prefix>_schema` and `<prefix>_name`, both null or neither.
fn optional_name(row: &Row, schema: &str, name: &str) -> Result<Option<QualifiedName>, PgError> {
    let schema: Option<String> = row.try_get(schema)?;
    let name: Option<String> = row.try_get(name)?;
    Ok(schema.zip(name).map(|(schema, name)| QualifiedName::new(schema, name)))
}

/// Which form deparsed SQL is wanted in.
#[derive(Debug, Clone, Copy)]
struct Sql {
    /// As the server prints it; otherwise in its stable form.
    raw: bool,
}

impl Sql {
    fn form(self, text: String) -> String {
        if self.raw { text } else { normalise(text) }
    }

    fn read(self, row: &Row, column: &str) -> Result<Option<String>, PgError> {
        Ok(row.try_get::<_, Option<String>>(column)?.map(|text| self.form(text)))
    }
}

/// When the trigger or rule `what` in a row fires at all.
fn enabled(row: &Row, what: &str) -> Result<TriggerEnabled, PgError> {
    match row.try_get("enabled")? {
        "O" => Ok(TriggerEnabled::Origin),
        "D" => Ok(TriggerEnabled::Disabled),
        "R" => Ok(TriggerEnabled::Replica),
        "A" => Ok(TriggerEnabled::Always),
        code => Err(unknown(what, code)),
    }
}

/// A name as `regclass` and `regproc` print it. What is in `pg_catalog` comes bare, because it is always on the search path.
fn qualified(text: &str) -> QualifiedName {
    text.parse().unwrap_or_else(|_| QualifiedName::new("pg_catalog", text.trim_matches('"')))
}

/// `name=value` entries.
fn options(row: &Row, column: &str) -> Result<Options, PgError> {
    let entries: Option<Vec<String>> = row.try_get(column)?;
    Ok(entries
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.split_once('=').unwrap_or((entry, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// A one-letter code that this version of the code does not know: a newer server's.
fn unknown(what: &str, code: &str) -> PgError {
    PgError::Catalog {
        what: what.to_owned(),
        reason: format!("its code `{code}` is not known; this server is probably newer than this program"),
    }
}
