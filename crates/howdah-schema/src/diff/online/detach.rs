//! Partitions that leave their table.

use super::{Pass, speaks_of};
use crate::catalog::{ObjectId, Table};
use crate::diff::step::{Operation, Step, Verb};
use crate::sql::split::tokens;
use crate::{Ident, QualifiedName};
use std::collections::BTreeSet;

impl Pass<'_> {
    /// DETACH PARTITION, CONCURRENTLY where that does what it should.
    pub(super) fn detach(
        &mut self,
        step: Step,
        parent: &QualifiedName,
        partition: &QualifiedName,
        (at, rest): (usize, &[Step]),
    ) {
        // PostgreSQL refuses it where there is a default partition.
        let is_default = |table: &Table| {
            table.partition_of.as_ref().is_some_and(|part| part.parent == *parent && part.bounds == "DEFAULT")
        };
        let has_default = self.from.tables.values().any(is_default);
        // Its rows would be in no table that anybody reads, until it is attached.
        let is_attached_again = rest.iter().any(
            |later| matches!(&later.operation, Operation::AttachPartition { partition: other } if other == partition),
        );
        let left = self.left_behind(partition).filter(|_| !has_default && !is_attached_again);
        let Some(left) = left else {
            self.steps.push(step);
            return;
        };
        // What happens to the tables that it leaves would happen to it, too.
        let family: Vec<&QualifiedName> = self.with_ancestors(partition).collect();
        let of_family =
            |later: &Step| relation(later).is_some_and(|of| family.contains(&of)) || speaks_of(later, &partition.name);
        let place = self.place(at, &step, rest.iter().any(of_family));
        let sql = format!("{} CONCURRENTLY", step.sql);
        let detach = Step { sql, ..step.clone() }.alone();
        let gone = format!("ALTER TABLE {partition} DROP CONSTRAINT IF EXISTS {}", Ident::new(left));
        let gone = Step::new(Verb::Alter, step.object.clone(), gone);
        self.put(place, step, vec![detach, gone]);
    }

    /// A partition and the tables that it is in.
    fn with_ancestors(&self, partition: &QualifiedName) -> impl Iterator<Item = &QualifiedName> {
        let tables = &self.from.tables;
        let parent = |table: &&Table| tables.get(&table.partition_of.as_ref()?.parent);
        std::iter::successors(tables.get(partition), parent).map(|table| &table.name)
    }

    /// The name of the check that PostgreSQL leaves on a partition which is detached CONCURRENTLY, saying what its bounds said,
    /// unless a constraint of its own says so already. `None` if that cannot be known.
    ///
    /// Source: `DetachAddConstraintIfNeeded` in `tablecmds.c`; the name is chosen in `AddRelationNewConstraints` (`heap.c`).
    fn left_behind(&self, partition: &QualifiedName) -> Option<String> {
        let table = self.from.tables.get(partition)?;
        let mut columns = BTreeSet::new();
        let mut part = table;
        while let Some(of) = &part.partition_of {
            part = self.from.tables.get(&of.parent)?;
            let (_, key) = part.partition_key.as_deref()?.split_once('(')?;
            // An expression, whose columns are not told.
            if key.contains('(') {
                return None;
            }
            let words: BTreeSet<&str> = tokens(key).map(|token| &key[token.span]).collect();
            let named = |name: &&str| words.contains(Ident::new(*name).to_string().as_str());
            columns.extend(part.columns.iter().map(|column| column.name.as_str()).filter(named));
        }
        let mut only = columns.into_iter();
        let column = only.next().filter(|_| only.next().is_none());
        let name = object_name(&partition.name, column, "check");
        let is_taken =
            self.has_constraint(&partition.schema, &name) || self.steps.iter().any(|step| speaks_of(step, &name));
        (!is_taken).then_some(name)
    }

    /// Names of constraints are chosen so that none in the schema has the same.
    fn has_constraint(&self, schema: &str, name: &str) -> bool {
        let tables = self.from.tables.values().filter(|table| table.name.schema == schema);
        let domains = self.from.domains.iter().filter(|(domain, _)| domain.schema == schema);
        tables.clone().any(|table| table.constraints.contains_key(name))
            || domains.clone().any(|(_, domain)| domain.checks.contains_key(name))
    }
}

/// The table that a step is about, by itself or by a part of it that partitions have, too.
fn relation(step: &Step) -> Option<&QualifiedName> {
    match (&step.operation, &step.object) {
        (Operation::CreateIndex { relation, .. } | Operation::DropIndex { relation, .. }, _) => Some(relation),
        (
            _,
            ObjectId::Column(table, _)
            | ObjectId::Default(table, _)
            | ObjectId::Constraint(table, _)
            | ObjectId::Trigger(table, _),
        ) => Some(table),
        _ => None,
    }
}

/// A name as PostgreSQL makes one up: `table_column_label`, the longer of the first two shortened until it fits.
///
/// Source: `makeObjectName` in `indexcmds.c`.
fn object_name(table: &str, column: Option<&str>, label: &str) -> String {
    let available = 63 - 1 - label.len() - usize::from(column.is_some());
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > available {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let clipped = |text: &str, mut length: usize| {
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        text[..length].to_owned()
    };
    let middle = column.map_or_else(String::new, |column| format!("_{}", clipped(column, second)));
    format!("{}{middle}_{label}", clipped(table, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_up_as_the_server_does() {
        assert_eq!(object_name("t_2023", Some("at"), "check"), "t_2023_at_check");
        assert_eq!(object_name("t_2023", None, "check"), "t_2023_check");
        let (long, longer) = ("a".repeat(40), "b".repeat(50));
        let name = object_name(&long, Some(&longer), "check");
        assert_eq!(name, format!("{}_{}_check", "a".repeat(28), "b".repeat(28)));
        assert_eq!(object_name(&"é".repeat(31), None, "check"), format!("{}_check", "é".repeat(28)));
    }
}
