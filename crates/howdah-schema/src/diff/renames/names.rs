//! Old names to new ones, and back.

use crate::QualifiedName;
use std::collections::BTreeMap;

/// The renames of schemas, and of what stands in them.
///
/// When schemas are renamed, what stands in them has other names already; the rest counts from there. That name in between is
/// called an object's place here.
#[derive(Debug, Default)]
pub(super) struct Names {
    schemas: Pairs<String>,
    /// Tables, views, sequences and types: place to new name.
    objects: Pairs<QualifiedName>,
    /// Functions, whatever their arguments: for reading expressions.
    routines: BTreeMap<QualifiedName, QualifiedName>,
}

#[derive(Debug)]
struct Pairs<T> {
    forward: BTreeMap<T, T>,
    backward: BTreeMap<T, T>,
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self { forward: BTreeMap::new(), backward: BTreeMap::new() }
    }
}

impl<T: Ord + Clone> Pairs<T> {
    fn insert(&mut self, old: T, new: T) {
        self.forward.insert(old.clone(), new.clone());
        self.backward.insert(new, old);
    }

    fn forward(&self, old: &T) -> T {
        self.forward.get(old).unwrap_or(old).clone()
    }

    /// `None` for a name that was given up, and that nothing took.
    fn backward(&self, new: &T) -> Option<T> {
        let kept = || (!self.forward.contains_key(new)).then(|| new.clone());
        self.backward.get(new).cloned().or_else(kept)
    }
}

impl Names {
    pub(super) fn rename_schema(&mut self, old: String, new: String) {
        self.schemas.insert(old, new);
    }

    pub(super) fn rename_object(&mut self, place: QualifiedName, new: QualifiedName) {
        self.objects.insert(place, new);
    }

    pub(super) fn rename_routine(&mut self, place: QualifiedName, new: QualifiedName) {
        self.routines.insert(place, new);
    }

    /// Whether no name in any expression can have changed by them.
    pub(super) fn is_empty(&self) -> bool {
        self.schemas.forward.is_empty() && self.objects.forward.is_empty() && self.routines.is_empty()
    }

    pub(super) fn new_schema(&self, old: &str) -> String {
        self.schemas.forward(&old.to_owned())
    }

    pub(super) fn old_schema(&self, new: &str) -> Option<String> {
        self.schemas.backward(&new.to_owned())
    }

    pub(super) fn place(&self, old: &QualifiedName) -> QualifiedName {
        QualifiedName::new(self.new_schema(&old.schema), old.name.clone())
    }

    /// What had this place.
    pub(super) fn at_place(&self, place: &QualifiedName) -> Option<QualifiedName> {
        Some(QualifiedName::new(self.old_schema(&place.schema)?, place.name.clone()))
    }

    /// The new name of a table, view, sequence or type.
    pub(super) fn new_name(&self, old: &QualifiedName) -> QualifiedName {
        self.objects.forward(&self.place(old))
    }

    pub(super) fn new_routine(&self, old: &QualifiedName) -> QualifiedName {
        let place = self.place(old);
        self.routines.get(&place).cloned().unwrap_or(place)
    }

    /// The old name of a table, view, sequence or type; `None` if it has none.
    pub(super) fn old_name(&self, new: &QualifiedName) -> Option<QualifiedName> {
        self.at_place(&self.objects.backward(new)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let name = QualifiedName::new;
        let mut names = Names::default();
        names.rename_schema("one".into(), "two".into());
        names.rename_object(name("two", "a"), name("three", "b"));
        for (old, new) in [(("one", "a"), ("three", "b")), (("one", "x"), ("two", "x")), (("s", "x"), ("s", "x"))] {
            assert_eq!(names.new_name(&name(old.0, old.1)), name(new.0, new.1));
            assert_eq!(names.old_name(&name(new.0, new.1)), Some(name(old.0, old.1)));
        }
        assert_eq!(names.old_name(&name("two", "a")), None, "it was given up");
        assert_eq!(names.old_name(&name("one", "x")), None, "so was the whole schema");
    }
}
