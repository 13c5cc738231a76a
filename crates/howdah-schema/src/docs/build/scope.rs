//! What of a catalog is the schema, and so is documented.
//!
//! A database that is in use holds more than the files that made it: Howdah's own bookkeeping, and the partitions that come and go
//! at run time. Neither is part of the schema, and both would make the documentation of the two differ.

use crate::QualifiedName;
use crate::catalog::{Catalog, Table};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Howdah's own schemas.
const OWN: [&str; 2] = ["howdah", "howdah_dev"];

/// The catalog without what is no part of the schema.
pub(in crate::docs) fn described(catalog: &Catalog) -> Cow<'_, Catalog> {
    let mut gone: BTreeSet<QualifiedName> = BTreeSet::new();
    // A partition of such a partition goes with it, wherever it stands in the order of names.
    loop {
        let comes_and_goes = |table: &&Table| {
            let Some(part) = &table.partition_of else { return false };
            let tagged = catalog.tables.get(&part.parent).is_some_and(|parent| parent.comment.tags().partitions);
            (tagged && part.bounds != "DEFAULT") || gone.contains(&part.parent)
        };
        let found: Vec<QualifiedName> = catalog
            .tables
            .values()
            .filter(|table| !gone.contains(&table.name))
            .filter(comes_and_goes)
            .map(|table| table.name.clone())
            .collect();
        if found.is_empty() {
            break;
        }
        gone.extend(found);
    }
    if gone.is_empty() && OWN.iter().all(|schema| !catalog.schemas.contains_key(*schema)) {
        return Cow::Borrowed(catalog);
    }
    let mut catalog = catalog.clone();
    let ours = |name: &QualifiedName| OWN.contains(&name.schema.as_str());
    catalog.schemas.retain(|name, _| !OWN.contains(&name.as_str()));
    catalog.tables.retain(|name, _| !ours(name) && !gone.contains(name));
    catalog.views.retain(|name, _| !ours(name));
    catalog.functions.retain(|signature, _| !ours(&signature.name));
    catalog.aggregates.retain(|signature, _| !ours(&signature.name));
    catalog.domains.retain(|name, _| !ours(name));
    catalog.enums.retain(|name, _| !ours(name));
    catalog.composites.retain(|name, _| !ours(name));
    catalog.ranges.retain(|name, _| !ours(name));
    catalog.sequences.retain(|name, _| !ours(name));
    catalog.collations.retain(|name, _| !ours(name));
    catalog.text_search_dictionaries.retain(|name, _| !ours(name));
    catalog.text_search_configurations.retain(|name, _| !ours(name));
    let kept = &catalog.tables;
    catalog.statistics.retain(|_, statistics| kept.contains_key(&statistics.table));
    for publication in catalog.publications.values_mut() {
        publication.tables.retain(|name, _| kept.contains_key(name));
    }
    Cow::Owned(catalog)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::PartitionOf;
    use crate::testing::{catalog, qualified, table};

    #[test]
    fn neither_bookkeeping_nor_partitions_of_the_day() {
        let part = |name: &str, parent: &str, bounds: &str| {
            let part = PartitionOf { parent: qualified(parent), bounds: bounds.into() };
            table(name).with(|table| table.partition_of = Some(part))
        };
        let all = catalog([
            table("events").comment("Events. @partitions"),
            part("events_1", "events", "FOR VALUES IN (1)"),
            part("a_of_1", "events_1", "DEFAULT"),
            part("events_default", "events", "DEFAULT"),
            table("fixed"),
            part("fixed_1", "fixed", "FOR VALUES IN (1)"),
            table("howdah.migrations"),
        ]);
        let described = described(&all);
        let names: Vec<&str> = described.tables.keys().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["events", "events_default", "fixed", "fixed_1"]);
        assert!(!described.schemas.contains_key("howdah"));
    }
}
