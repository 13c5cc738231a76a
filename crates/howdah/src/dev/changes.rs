//! What differs between two catalogs, in words.
//!
//! This is for people who watch their edits arrive, not a plan: how the database gets from one to the other is
//! [`super::apply`]'s, and always the same.

use std::collections::BTreeMap;
use std::fmt;

use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Catalog, Column, ObjectId, Table};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    /// `table public.notes`, `column public.notes.color`.
    pub(crate) object: String,
    /// What about it changed, where that is short to say.
    pub(crate) detail: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    Added,
    Changed,
    Removed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Changed => '~',
            ChangeKind::Removed => '-',
        };
        write!(f, "{sign} {}", self.object)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

/// All differences from one catalog to the other, tables first.
pub(crate) fn compare(before: &Catalog, after: &Catalog) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.named("schema", &before.schemas, &after.schemas);
    changes.named("extension", &before.extensions, &after.extensions);
    changes.named("domain", &before.domains, &after.domains);
    changes.named("enum", &before.enums, &after.enums);
    changes.named("type", &before.composites, &after.composites);
    changes.named("range", &before.ranges, &after.ranges);
    changes.named("collation", &before.collations, &after.collations);
    changes.named("sequence", &before.sequences, &after.sequences);
    changes.tables(&before.tables, &after.tables);
    changes.named("view", &before.views, &after.views);
    changes.named("function", &before.functions, &after.functions);
    changes.named("aggregate", &before.aggregates, &after.aggregates);
    changes.keyed(&before.casts, &after.casts, |(from, to)| ObjectId::Cast(from, to));
    changes.keyed(&before.operators, &after.operators, |(name, left, right)| ObjectId::Operator(name, left, right));
    changes.keyed(&before.operator_families, &after.operator_families, |(name, method)| {
        ObjectId::OperatorFamily(name, method)
    });
    changes.keyed(&before.operator_classes, &after.operator_classes, |(name, method)| {
        ObjectId::OperatorClass(name, method)
    });
    changes.named("text search dictionary", &before.text_search_dictionaries, &after.text_search_dictionaries);
    changes.named("text search configuration", &before.text_search_configurations, &after.text_search_configurations);
    changes.named("statistics", &before.statistics, &after.statistics);
    changes.named("publication", &before.publications, &after.publications);
    changes.named("event trigger", &before.event_triggers, &after.event_triggers);
    if before.default_privileges != after.default_privileges {
        changes.push(ChangeKind::Changed, "default privileges".to_owned(), None);
    }
    for gone in before.unmodelled.iter().filter(|object| !after.unmodelled.contains(object)) {
        changes.push(ChangeKind::Removed, format!("{} {}", gone.kind, gone.name), None);
    }
    for new in after.unmodelled.iter().filter(|object| !before.unmodelled.contains(object)) {
        changes.push(ChangeKind::Added, format!("{} {}", new.kind, new.name), None);
    }
    changes.list
}

#[derive(Default)]
struct Changes {
    list: Vec<Change>,
}

impl Changes {
    fn push(&mut self, kind: ChangeKind, object: String, detail: Option<String>) {
        self.list.push(Change { kind, object, detail });
    }

    /// Objects that are told apart by name and else only as equal or not.
    fn named<K: Ord + fmt::Display, V: PartialEq>(
        &mut self,
        what: &str,
        before: &BTreeMap<K, V>,
        after: &BTreeMap<K, V>,
    ) {
        self.prefixed(what, "", before, after);
    }

    /// Objects that take more than a name to tell apart.
    fn keyed<K: Ord + Clone, V: PartialEq>(
        &mut self,
        before: &BTreeMap<K, V>,
        after: &BTreeMap<K, V>,
        id: impl Fn(K) -> ObjectId,
    ) {
        for (key, value) in before {
            match after.get(key) {
                None => self.push(ChangeKind::Removed, id(key.clone()).to_string(), None),
                Some(other) if other != value => self.push(ChangeKind::Changed, id(key.clone()).to_string(), None),
                Some(_) => {}
            }
        }
        for key in after.keys().filter(|key| !before.contains_key(key)) {
            self.push(ChangeKind::Added, id(key.clone()).to_string(), None);
        }
    }

    fn prefixed<K: Ord + fmt::Display, V: PartialEq>(
        &mut self,
        what: &str,
        prefix: &str,
        before: &BTreeMap<K, V>,
        after: &BTreeMap<K, V>,
    ) {
        for (name, value) in before {
            let object = format!("{what} {prefix}{name}");
            match after.get(name) {
                None => self.push(ChangeKind::Removed, object, None),
                Some(other) if other != value => self.push(ChangeKind::Changed, object, None),
                Some(_) => {}
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(name)) {
            self.push(ChangeKind::Added, format!("{what} {prefix}{name}"), None);
        }
    }

    fn tables(&mut self, before: &BTreeMap<QualifiedName, Table>, after: &BTreeMap<QualifiedName, Table>) {
        for (name, table) in before {
            match after.get(name) {
                None => self.push(ChangeKind::Removed, format!("table {name}"), None),
                Some(other) if other != table => self.table(table, other),
                Some(_) => {}
            }
        }
        for (name, table) in after.iter().filter(|(name, _)| !before.contains_key(name)) {
            let columns = crate::output::count(table.columns.len() as u64, "column", "columns");
            self.push(ChangeKind::Added, format!("table {name}"), Some(columns));
        }
    }

    fn table(&mut self, before: &Table, after: &Table) {
        let told = self.list.len();
        let prefix = format!("{}.", before.name);
        for column in &before.columns {
            match after.column(&column.name) {
                None => self.push(ChangeKind::Removed, format!("column {prefix}{}", column.name), None),
                Some(other) => {
                    if let Some(detail) = column_detail(column, other) {
                        self.push(ChangeKind::Changed, format!("column {prefix}{}", column.name), Some(detail));
                    }
                }
            }
        }
        for column in after.columns.iter().filter(|column| before.column(&column.name).is_none()) {
            let detail = Some(column.data_type.sql.clone());
            self.push(ChangeKind::Added, format!("column {prefix}{}", column.name), detail);
        }
        // "constraint public.tasks.chk_x": the table is part of the name, because only there it is one.
        self.prefixed("constraint", &prefix, &before.constraints, &after.constraints);
        let own = |table: &Table| -> BTreeMap<String, _> {
            let indexes = table.indexes.iter().filter(|(_, index)| index.constraint.is_none());
            indexes.map(|(name, index)| (name.clone(), index.clone())).collect()
        };
        self.prefixed("index", &prefix, &own(before), &own(after));
        self.prefixed("trigger", &prefix, &before.triggers, &after.triggers);
        self.prefixed("policy", &prefix, &before.policies, &after.policies);
        let mut details = Vec::new();
        if before.comment != after.comment {
            details.push("comment");
        }
        if before.acl != after.acl {
            details.push("grants");
        }
        if before.row_security != after.row_security {
            details.push("row-level security");
        }
        if before.owner != after.owner {
            details.push("owner");
        }
        if before.partition_key != after.partition_key || before.partition_of != after.partition_of {
            details.push("partitioning");
        }
        if before.options != after.options {
            details.push("options");
        }
        if !details.is_empty() || self.list.len() == told {
            let detail = if details.is_empty() { moved(before, after) } else { Some(details.join(", ")) };
            self.push(ChangeKind::Changed, format!("table {}", before.name), detail);
        }
    }
}

/// The one thing about a table that shows in no part of it.
fn moved(before: &Table, after: &Table) -> Option<String> {
    let order = |table: &Table| -> Vec<String> { table.columns.iter().map(|column| column.name.clone()).collect() };
    (order(before) != order(after)).then(|| "order of the columns".to_owned())
}

fn column_detail(before: &Column, after: &Column) -> Option<String> {
    let mut details = Vec::new();
    if before.data_type.sql != after.data_type.sql {
        details.push(format!("{} becomes {}", before.data_type.sql, after.data_type.sql));
    }
    if before.not_null != after.not_null {
        details.push(if after.not_null { "not null" } else { "may be null" }.to_owned());
    }
    if before.default != after.default {
        details.push("default".to_owned());
    }
    if before.identity != after.identity {
        details.push("identity".to_owned());
    }
    if before.generated != after.generated {
        details.push("generated".to_owned());
    }
    if before.comment != after.comment {
        details.push("comment".to_owned());
    }
    if before.grants != after.grants {
        details.push("grants".to_owned());
    }
    if details.is_empty() {
        // A moved column differs in its position alone; the table says that once for all of them.
        let same = Column { position: after.position, ..before.clone() };
        if same == *after {
            return None;
        }
        details.push("options".to_owned());
    }
    Some(details.join(", "))
}
