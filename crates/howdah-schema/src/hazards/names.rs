//! What was called otherwise before the migration.
//!
//! The catalog and the sizes of tables are those from before it, so whoever looks something up there goes by the name that it
//! had then.

use crate::QualifiedName;
use std::collections::BTreeMap;

/// Names now, each with the name before; what is not listed has kept its own.
#[derive(Debug, Default)]
pub(super) struct Names {
    schemas: BTreeMap<String, String>,
    /// Tables, views, types and domains.
    objects: BTreeMap<QualifiedName, QualifiedName>,
    indexes: BTreeMap<QualifiedName, QualifiedName>,
    /// By the table's name before.
    columns: BTreeMap<(QualifiedName, String), String>,
    constraints: BTreeMap<(QualifiedName, String), String>,
}

impl Names {
    /// What an object was called that is now called `now`.
    pub(super) fn before(&self, now: &QualifiedName) -> QualifiedName {
        self.objects.get(now).cloned().unwrap_or_else(|| self.in_schema_before(now))
    }

    /// What an object is called now that was called `before`.
    pub(super) fn now(&self, before: &QualifiedName) -> QualifiedName {
        let renamed = self.objects.iter().find(|(_, was)| *was == before).map(|(now, _)| now.clone());
        renamed.unwrap_or_else(|| {
            let schema =
                self.schemas.iter().find(|(_, was)| **was == before.schema).map_or(&before.schema, |(now, _)| now);
            QualifiedName::new(schema.clone(), before.name.clone())
        })
    }

    /// What was in another schema and is now in this one, by the names before.
    pub(super) fn moved_into(&self, schema: &str) -> impl Iterator<Item = &QualifiedName> {
        let objects = self.objects.iter().filter(move |(now, before)| now.schema == schema && before.schema != schema);
        objects.map(|(_, before)| before)
    }

    fn schema_before(&self, now: &str) -> String {
        self.schemas.get(now).map_or(now, String::as_str).to_owned()
    }

    pub(super) fn index_before(&self, now: &QualifiedName) -> QualifiedName {
        self.indexes.get(now).cloned().unwrap_or_else(|| self.in_schema_before(now))
    }

    /// `table` is its name now.
    pub(super) fn column_before(&self, table: &QualifiedName, now: &str) -> String {
        self.columns.get(&(self.before(table), now.to_owned())).map_or(now, String::as_str).to_owned()
    }

    /// `table` is its name now.
    pub(super) fn constraint_before(&self, table: &QualifiedName, now: &str) -> String {
        self.constraints.get(&(self.before(table), now.to_owned())).map_or(now, String::as_str).to_owned()
    }

    pub(super) fn rename_schema(&mut self, old: &str, new: &str) {
        let before = self.schemas.remove(old).unwrap_or_else(|| old.to_owned());
        self.schemas.insert(new.to_owned(), before);
        for names in [&mut self.objects, &mut self.indexes] {
            let all = std::mem::take(names);
            names.extend(all.into_iter().map(|(mut now, before)| {
                if now.schema == old {
                    new.clone_into(&mut now.schema);
                }
                (now, before)
            }));
        }
    }

    pub(super) fn rename(&mut self, old: &QualifiedName, new: QualifiedName) {
        let before = self.objects.remove(old).unwrap_or_else(|| self.in_schema_before(old));
        self.objects.insert(new, before);
    }

    pub(super) fn rename_index(&mut self, old: &QualifiedName, new: QualifiedName) {
        let before = self.indexes.remove(old).unwrap_or_else(|| self.in_schema_before(old));
        self.indexes.insert(new, before);
    }

    pub(super) fn rename_column(&mut self, table: &QualifiedName, old: &str, new: &str) {
        let table = self.before(table);
        let before = self.columns.remove(&(table.clone(), old.to_owned())).unwrap_or_else(|| old.to_owned());
        self.columns.insert((table, new.to_owned()), before);
    }

    pub(super) fn rename_constraint(&mut self, table: &QualifiedName, old: &str, new: &str) {
        let table = self.before(table);
        let before = self.constraints.remove(&(table.clone(), old.to_owned())).unwrap_or_else(|| old.to_owned());
        self.constraints.insert((table, new.to_owned()), before);
    }

    fn in_schema_before(&self, now: &QualifiedName) -> QualifiedName {
        QualifiedName::new(self.schema_before(&now.schema), now.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_back_to_what_they_were() {
        let name = |text: &str| {
            let (schema, name) = text.split_once('.').unwrap();
            QualifiedName::new(schema, name)
        };
        let mut names = Names::default();
        names.rename(&name("a.t"), name("a.u"));
        names.rename_column(&name("a.u"), "x", "y");
        names.rename_schema("a", "b");
        names.rename(&name("b.u"), name("c.w"));
        names.rename_column(&name("c.w"), "y", "z");
        names.rename_constraint(&name("b.other"), "k", "l");
        for (now, before) in [("c.w", "a.t"), ("b.other", "a.other"), ("d.t", "d.t")] {
            assert_eq!((names.before(&name(now)), names.now(&name(before))), (name(before), name(now)));
        }
        assert_eq!(names.column_before(&name("c.w"), "z"), "x");
        assert_eq!(names.column_before(&name("c.w"), "q"), "q");
        assert_eq!(names.constraint_before(&name("b.other"), "l"), "k");
        // Two that change places by way of a third name.
        let mut names = Names::default();
        for (old, new) in [("s.a", "s.aside"), ("s.b", "s.a"), ("s.aside", "s.b")] {
            names.rename(&name(old), name(new));
            names.rename_index(&name(old), name(new));
        }
        assert_eq!((names.before(&name("s.a")), names.before(&name("s.b"))), (name("s.b"), name("s.a")));
        assert_eq!((names.index_before(&name("s.a")), names.index_before(&name("s.b"))), (name("s.b"), name("s.a")));
    }
}
