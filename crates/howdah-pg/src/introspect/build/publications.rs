//! Publications and event triggers.

use super::columns::ColumnNames;
use super::{Oid, Rows, Sql, comment, enabled, name, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{EventTrigger, Publication, PublishedTable};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

pub(super) fn publications(
    rows: &Rows,
    names: &ColumnNames,
    sql: Sql,
) -> Result<BTreeMap<String, Publication>, PgError> {
    let mut tables: HashMap<Oid, BTreeMap<QualifiedName, PublishedTable>> = HashMap::new();
    for row in &rows.publication_tables {
        let columns: Option<Vec<i16>> = row.try_get("columns")?;
        let columns = match columns {
            Some(mut numbers) => {
                numbers.sort_unstable();
                Some(names.names(row.try_get("relation")?, &numbers)?)
            }
            None => None,
        };
        let of = tables.entry(row.try_get("publication")?).or_default();
        of.insert(name(row)?, PublishedTable { columns, filter: sql.read(row, "filter")? });
    }
    let mut publications = BTreeMap::new();
    for row in &rows.publications {
        let name: String = row.try_get("name")?;
        let publication = Publication {
            owner: row.try_get("owner")?,
            all_tables: row.try_get("all_tables")?,
            tables: tables.remove(&row.try_get("oid")?).unwrap_or_default(),
            schemas: row.try_get::<_, Vec<String>>("schemas")?.into_iter().collect(),
            insert: row.try_get("sends_insert")?,
            update: row.try_get("sends_update")?,
            delete: row.try_get("sends_delete")?,
            truncate: row.try_get("sends_truncate")?,
            via_root: row.try_get("via_root")?,
            generated_columns: match row.try_get("generated_columns")? {
                None | Some("n") => false,
                Some("s") => true,
                Some(code) => return Err(unknown(&format!("publication {name}"), code)),
            },
            comment: comment(row)?,
            name: name.clone(),
        };
        publications.insert(name, publication);
    }
    Ok(publications)
}

pub(super) fn event_triggers(rows: &[Row]) -> Result<BTreeMap<String, EventTrigger>, PgError> {
    let mut triggers = BTreeMap::new();
    for row in rows {
        let name: String = row.try_get("name")?;
        let tags: Vec<String> = row.try_get::<_, Option<Vec<String>>>("tags")?.unwrap_or_default();
        let trigger = EventTrigger {
            event: row.try_get("event")?,
            tags,
            function: QualifiedName::new(
                row.try_get::<_, String>("function_schema")?,
                row.try_get::<_, String>("function_name")?,
            ),
            enabled: enabled(row, &format!("event trigger {name}"))?,
            owner: row.try_get("owner")?,
            comment: comment(row)?,
            name: name.clone(),
        };
        triggers.insert(name, trigger);
    }
    Ok(triggers)
}
