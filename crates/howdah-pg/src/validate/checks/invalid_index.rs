//! Indexes that are not valid, not ready or not live. Asked of the system catalog alone.

use crate::QualifiedName;
use crate::validate::Check;
use crate::validate::facts::IndexFacts;
use crate::validate::report::{Finding, Level};
use crate::validate::unit::Plan;
use howdah_schema::catalog::{Index, ObjectId};

pub(in crate::validate) fn findings(plan: &Plan<'_>) -> Vec<Finding> {
    if !plan.options.wants(Check::InvalidIndex) {
        return Vec::new();
    }
    let views = plan.catalog.views.values().filter(|view| plan.chosen.contains(&view.name));
    let tables = plan.tables().map(|table| (&table.name, &table.indexes));
    let all = tables.chain(views.map(|view| (&view.name, &view.indexes)));
    let indexes = all.flat_map(|(table, indexes)| indexes.values().map(move |index| (table, index)));
    indexes.filter_map(|(table, index)| finding(plan, table, index)).collect()
}

fn finding(plan: &Plan<'_>, table: &QualifiedName, index: &Index) -> Option<Finding> {
    let name = QualifiedName::new(table.schema.as_str(), index.name.as_str());
    let facts = plan.facts.indexes.get(&name)?;
    let IndexFacts { is_valid, is_ready, is_live, is_building, is_partitioned, .. } = *facts;
    if is_valid && is_ready && is_live {
        return None;
    }
    let unique = if index.unique { " It does not keep duplicates out." } else { "" };
    let (level, message, fix) = if is_building {
        let message = "it is being built or rebuilt now".to_owned();
        (Level::Info, message, "run this again when that is done".to_owned())
    } else if is_partitioned {
        let message =
            format!("it is invalid: not every partition of {table} has an index that is attached to it.{unique}");
        let fix = format!("create the missing ones, and ALTER INDEX {name} ATTACH PARTITION each");
        (Level::Warning, message, fix)
    } else if !is_live {
        let message = format!("a DROP INDEX CONCURRENTLY of it did not come to its end: it serves nothing.{unique}");
        (Level::Error, message, format!("DROP INDEX {name}"))
    } else if index.name.contains("_ccnew") || index.name.contains("_ccold") {
        let message =
            "a REINDEX CONCURRENTLY left it behind: it serves nothing, and may cost on every write".to_owned();
        (Level::Warning, message, format!("DROP INDEX CONCURRENTLY {name}"))
    } else {
        let cost = if is_ready { "costs on every write" } else { "is not kept up" };
        let message = format!("it is invalid: no query uses it, and it {cost}. Building it has failed.{unique}");
        let level = if index.unique { Level::Error } else { Level::Warning };
        (level, message, format!("REINDEX INDEX CONCURRENTLY {name}, or drop it and create it again"))
    };
    Some(Finding {
        id: Check::InvalidIndex,
        level,
        object: ObjectId::Index(name).to_string(),
        message,
        fix,
        rows: None,
        keys: Vec::new(),
    })
}
