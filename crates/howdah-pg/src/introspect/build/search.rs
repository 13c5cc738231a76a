//! Text search, and collations.

use super::{Oid, Rows, comment, name, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Collation, CollationProvider, TextSearchConfiguration, TextSearchDictionary};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

pub(super) fn collations(rows: &[Row]) -> Result<BTreeMap<QualifiedName, Collation>, PgError> {
    let mut collations = BTreeMap::new();
    for row in rows {
        let name = name(row)?;
        let provider = match row.try_get("provider")? {
            "d" => CollationProvider::Default,
            "c" => CollationProvider::Libc,
            "i" => CollationProvider::Icu,
            "b" => CollationProvider::Builtin,
            code => return Err(unknown(&format!("collation {name}"), code)),
        };
        let (lc_collate, lc_ctype) = (row.try_get("lc_collate")?, row.try_get("lc_ctype")?);
        let locale: Option<String> = row.try_get("locale")?;
        let (locale, lc_collate, lc_ctype) = match provider {
            CollationProvider::Libc => (None, lc_collate, lc_ctype),
            _ => (locale.or(lc_collate), None, None),
        };
        let collation = Collation {
            name: name.clone(),
            owner: row.try_get("owner")?,
            provider,
            locale,
            lc_collate,
            lc_ctype,
            deterministic: row.try_get("deterministic")?,
            rules: row.try_get("rules")?,
            comment: comment(row)?,
        };
        collations.insert(name, collation);
    }
    Ok(collations)
}

pub(super) fn dictionaries(rows: &[Row]) -> Result<BTreeMap<QualifiedName, TextSearchDictionary>, PgError> {
    let mut dictionaries = BTreeMap::new();
    for row in rows {
        let dictionary = TextSearchDictionary {
            name: name(row)?,
            owner: row.try_get("owner")?,
            template: QualifiedName::new(
                row.try_get::<_, String>("template_schema")?,
                row.try_get::<_, String>("template_name")?,
            ),
            options: row.try_get("options")?,
            comment: comment(row)?,
        };
        dictionaries.insert(dictionary.name.clone(), dictionary);
    }
    Ok(dictionaries)
}

pub(super) fn configurations(rows: &Rows) -> Result<BTreeMap<QualifiedName, TextSearchConfiguration>, PgError> {
    let mut mappings: HashMap<Oid, BTreeMap<String, Vec<QualifiedName>>> = HashMap::new();
    for row in &rows.search_mappings {
        let of = mappings.entry(row.try_get("configuration")?).or_default();
        of.entry(row.try_get("token")?).or_default().push(name(row)?);
    }
    let mut configurations = BTreeMap::new();
    for row in &rows.search_configurations {
        let configuration = TextSearchConfiguration {
            name: name(row)?,
            owner: row.try_get("owner")?,
            parser: QualifiedName::new(
                row.try_get::<_, String>("parser_schema")?,
                row.try_get::<_, String>("parser_name")?,
            ),
            mappings: mappings.remove(&row.try_get("oid")?).unwrap_or_default(),
            comment: comment(row)?,
        };
        configurations.insert(configuration.name.clone(), configuration);
    }
    Ok(configurations)
}
