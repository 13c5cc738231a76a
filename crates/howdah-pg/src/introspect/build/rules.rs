//! Rewrite rules and extended statistics.

use super::{Sql, comment, enabled, name, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Rule, RuleEvent, Statistics};
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// The name of the rule that is a view's query.
pub(super) const QUERY: &str = "_RETURN";

/// A rule; `None` for a view's query.
pub(super) fn rule(row: &Row, sql: Sql) -> Result<Option<Rule>, PgError> {
    let name: String = row.try_get("name")?;
    if name == QUERY {
        return Ok(None);
    }
    let what = format!("rule {name}");
    let definition = sql.read(row, "definition")?.unwrap_or_default();
    Ok(Some(Rule {
        event: match row.try_get("event")? {
            "1" => RuleEvent::Select,
            "2" => RuleEvent::Update,
            "3" => RuleEvent::Insert,
            "4" => RuleEvent::Delete,
            code => return Err(unknown(&what, code)),
        },
        instead: row.try_get("instead")?,
        enabled: enabled(row, &what)?,
        definition: definition.trim().trim_end_matches(';').to_owned(),
        comment: comment(row)?,
        name,
    }))
}

pub(super) fn statistics(rows: &[Row], sql: Sql) -> Result<BTreeMap<QualifiedName, Statistics>, PgError> {
    let mut found = BTreeMap::new();
    for row in rows {
        let name = name(row)?;
        let mut kinds = Vec::new();
        for code in row.try_get::<_, Vec<&str>>("kinds")? {
            kinds.push(match code {
                "d" => "ndistinct".to_owned(),
                "f" => "dependencies".to_owned(),
                "m" => "mcv".to_owned(),
                // Kept for the expressions, and never named.
                "e" => continue,
                code => return Err(unknown(&format!("statistics {name}"), code)),
            });
        }
        kinds.sort();
        let expressions: Option<Vec<String>> = row.try_get("expressions")?;
        let statistics = Statistics {
            name: name.clone(),
            table: QualifiedName::new(
                row.try_get::<_, String>("table_schema")?,
                row.try_get::<_, String>("table_name")?,
            ),
            owner: row.try_get("owner")?,
            kinds,
            columns: row.try_get("columns")?,
            expressions: expressions.unwrap_or_default().into_iter().map(|text| sql.form(text)).collect(),
            target: row.try_get("target")?,
            definition: sql.read(row, "definition")?.unwrap_or_default(),
            comment: comment(row)?,
        };
        found.insert(name, statistics);
    }
    Ok(found)
}
