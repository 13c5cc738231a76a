//! What the catalog of a schema does not hold: sizes, rights, and how keys compare on this server.

use crate::{Ident, PgError, QualifiedName};
use std::collections::BTreeMap;
use std::fmt;
use tokio_postgres::{Client, Row};

const RELATIONS: &str = include_str!("sql/relations.sql");
const FOREIGN_KEYS: &str = include_str!("sql/foreign_keys.sql");
const INDEXES: &str = include_str!("sql/indexes.sql");
const AMCHECK: &str = include_str!("sql/amcheck.sql");

/// The queries that stand in files, by name, for the test that prepares them.
pub const SQL_FILES: [(&str, &str); 4] =
    [("relations", RELATIONS), ("foreign_keys", FOREIGN_KEYS), ("indexes", INDEXES), ("amcheck", AMCHECK)];

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) role: String,
    pub(super) relations: BTreeMap<QualifiedName, RelationFacts>,
    /// By table and constraint.
    pub(super) foreign_keys: BTreeMap<(QualifiedName, String), ForeignKeyFacts>,
    /// By the index's own name.
    pub(super) indexes: BTreeMap<QualifiedName, IndexFacts>,
    pub(super) amcheck: Amcheck,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct RelationFacts {
    pub(super) rows: u64,
    pub(super) pages: u64,
    pub(super) may_read: bool,
    pub(super) hides_rows: bool,
    pub(super) open_policy: bool,
}

#[derive(Debug)]
pub(super) struct ForeignKeyFacts {
    pub(super) operators: Vec<OperatorName>,
    pub(super) collations: Vec<Option<QualifiedName>>,
    pub(super) has_period: bool,
}

#[derive(Debug)]
pub(super) struct IndexFacts {
    pub(super) is_partitioned: bool,
    pub(super) is_valid: bool,
    pub(super) is_ready: bool,
    pub(super) is_live: bool,
    pub(super) is_building: bool,
    pub(super) unreadable_here: bool,
    pub(super) usual_equality: bool,
    /// Of an exclusion constraint, by key: its operator, and whether that is an equality to join on.
    pub(super) exclusion: Option<Vec<(OperatorName, bool)>>,
}

/// The extension, as far as it is there and may be used.
#[derive(Debug, Default)]
pub(super) struct Amcheck {
    pub(super) installed: bool,
    /// Its schema, and whether bt_index_check can look for duplicates as well (PostgreSQL 17).
    pub(super) index: Option<(Ident<'static>, bool)>,
    pub(super) heap: Option<Ident<'static>>,
}

/// An operator. Prints as `OPERATOR(schema.=)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OperatorName {
    schema: Ident<'static>,
    name: String,
}

impl OperatorName {
    /// `None` for text that holds anything but the characters that operators are made of.
    fn new(schema: String, name: String) -> Option<Self> {
        let fits = !name.is_empty() && name.chars().all(|c| "+-*/<>=~!@#%^&|`?".contains(c));
        fits.then(|| Self { schema: Ident::new(schema), name })
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OPERATOR({}.{})", self.schema, self.name)
    }
}

/// Reads all of it. Outside a transaction.
pub(super) async fn read(client: &Client) -> Result<Facts, PgError> {
    let role: String = client
        .query_typed("select current_user::text", &[])
        .await?
        .first()
        .map_or_else(|| Ok(String::new()), |row| row.try_get(0))?;
    let mut facts = Facts { role, relations: relations(client).await?, ..Facts::default() };
    for row in client.query_typed(FOREIGN_KEYS, &[]).await? {
        let key = (QualifiedName::new(text(&row, "schema")?, text(&row, "table_name")?), text(&row, "name")?);
        let what = || format!("the foreign key {} on {}", key.1, key.0);
        let operators = operators(&row, what)?;
        let schemas: Vec<Option<String>> = row.try_get("collation_schemas")?;
        let names: Vec<Option<String>> = row.try_get("collation_names")?;
        let collations = schemas.into_iter().zip(names).map(|pair| match pair {
            (Some(schema), Some(name)) => Some(QualifiedName::new(schema, name)),
            _ => None,
        });
        let found =
            ForeignKeyFacts { operators, collations: collations.collect(), has_period: row.try_get("has_period")? };
        facts.foreign_keys.insert(key, found);
    }
    for row in client.query_typed(INDEXES, &[]).await? {
        let name = QualifiedName::new(text(&row, "schema")?, text(&row, "name")?);
        let hashable: Option<Vec<bool>> = row.try_get("hashable")?;
        let exclusion = match hashable {
            Some(hashable) => {
                let operators = operators(&row, || format!("the index {name}"))?;
                Some(operators.into_iter().zip(hashable).collect())
            }
            None => None,
        };
        let found = IndexFacts {
            is_partitioned: row.try_get("is_partitioned")?,
            is_valid: row.try_get("is_valid")?,
            is_ready: row.try_get("is_ready")?,
            is_live: row.try_get("is_live")?,
            is_building: row.try_get("is_building")?,
            unreadable_here: row.try_get("in_recovery_unlogged")?,
            usual_equality: row.try_get("usual_equality")?,
            exclusion,
        };
        facts.indexes.insert(name, found);
    }
    for row in client.query_typed(AMCHECK, &[]).await? {
        facts.amcheck.installed = true;
        let (schema, arguments): (Ident<'static>, i16) = (Ident::new(text(&row, "schema")?), row.try_get("arguments")?);
        if !row.try_get::<_, bool>("may_execute")? {
            continue;
        }
        match text(&row, "name")?.as_str() {
            // The one with most arguments comes first.
            "bt_index_check" if arguments >= 2 && facts.amcheck.index.is_none() => {
                facts.amcheck.index = Some((schema, arguments >= 3));
            }
            "verify_heapam" => facts.amcheck.heap = Some(schema),
            _ => {}
        }
    }
    Ok(facts)
}

/// What may be read now.
pub(super) async fn relations(client: &Client) -> Result<BTreeMap<QualifiedName, RelationFacts>, PgError> {
    let mut relations = BTreeMap::new();
    for row in client.query_typed(RELATIONS, &[]).await? {
        let count = |column| Ok::<_, PgError>(u64::try_from(row.try_get::<_, i64>(column)?).unwrap_or(0));
        let found = RelationFacts {
            rows: count("live_rows")?,
            pages: count("pages")?,
            may_read: row.try_get("may_read")?,
            hides_rows: row.try_get("hides_rows")?,
            open_policy: row.try_get("open_policy")?,
        };
        relations.insert(QualifiedName::new(text(&row, "schema")?, text(&row, "name")?), found);
    }
    Ok(relations)
}

fn text(row: &Row, column: &str) -> Result<String, PgError> {
    Ok(row.try_get(column)?)
}

fn operators(row: &Row, what: impl Fn() -> String) -> Result<Vec<OperatorName>, PgError> {
    let schemas: Vec<String> = row.try_get("operator_schemas")?;
    let names: Vec<String> = row.try_get("operator_names")?;
    let operators = schemas.into_iter().zip(names).map(|(schema, name)| OperatorName::new(schema, name));
    operators
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| PgError::Catalog { what: what(), reason: "its operator has no operator's name".to_owned() })
}
