//! Names that follow without a directive.
//!
//! PostgreSQL names the constraints, indexes and sequences of a table after it, and does not rename them with it. So a table
//! that got another name would seem to have lost its keys and to have got others. Where exactly one such thing in the old table
//! and one in the new are equal in everything but their name, the old one gets the new name: none of them holds data that
//! could end up in the wrong place. The same goes for the one sequence that a column owns; whatever it is called, it is the
//! sequence of that column, and its value must not be lost.

use super::forms::{CLASS, Form, Move, Named, Place};
use super::occupied;
use super::plan::Renames;
use super::rewrite::{Columns, rewrite};
use crate::QualifiedName;
use crate::catalog::{
    Constraint, ConstraintKind, Domain, ForeignKey, Index, IndexTarget, ObjectId, Sequence, Statistics, Table,
};
use crate::diff::same_sql;
use std::collections::{BTreeMap, BTreeSet};

/// Old and new name of what follows.
type Pairs = Vec<(String, String)>;

/// The sequences of a column, before and after.
type Sides<'c> = (Vec<&'c Sequence>, Vec<&'c Sequence>);

/// A container on both sides.
struct Pair<'p> {
    old: &'p QualifiedName,
    new: &'p QualifiedName,
    columns: &'p Columns,
}

impl Renames<'_> {
    pub(super) fn follow(&mut self) {
        let (from, to) = (self.from, self.to);
        for new in to.tables.values() {
            let Some(old) = self.names.old_name(&new.name).and_then(|name| from.tables.get(&name)) else { continue };
            let columns = self.columns_of(&new.name);
            let pair = Pair { old: &old.name, new: &new.name, columns: &columns };
            self.follow_constraints(old, new, &pair);
            self.follow_indexes(&old.indexes, &new.indexes, &pair);
            self.follow_column_parts(old, new, &columns);
        }
        for new in to.views.values() {
            let Some(old) = self.names.old_name(&new.name).and_then(|name| from.views.get(&name)) else { continue };
            let columns = Columns::new();
            let pair = Pair { old: &old.name, new: &new.name, columns: &columns };
            self.follow_indexes(&old.indexes, &new.indexes, &pair);
        }
        for new in to.domains.values() {
            let Some(old) = self.names.old_name(&new.name).and_then(|name| from.domains.get(&name)) else { continue };
            self.follow_checks(old, new);
        }
        for new in to.ranges.values() {
            let Some(old) = self.names.old_name(&new.name).and_then(|name| from.ranges.get(&name)) else { continue };
            let (before, after) = (&old.multirange_name, &new.multirange_name);
            if self.names.place(before) != *after {
                let object = ObjectId::Type(new.name.clone());
                let named = Named { form: Form::Object("TYPE"), object, container: None };
                let places = (Place::of(CLASS, &self.names.place(before)), Place::of(CLASS, after));
                self.stages.classes.moves.push(Move { named, from: places.0, to: places.1, declared: true });
                self.constructors(old, before, after, true);
            }
        }
        self.follow_owned_sequences();
        self.follow_statistics();
    }

    fn follow_constraints(&mut self, old: &Table, new: &Table, pair: &Pair<'_>) {
        // The same names, and nothing that was said to be renamed: nothing can follow.
        if old.constraints.keys().eq(new.constraints.keys()) {
            return;
        }
        // A check that comes from a parent is renamed with the parent's.
        let own = |constraint: &&Constraint| {
            !(constraint.inherited && matches!(constraint.kind, ConstraintKind::Check { .. }))
        };
        let unpaired = self.unpaired(&old.constraints, &new.constraints, pair, "constraint");
        let (before, after): (Vec<_>, Vec<_>) =
            (unpaired.0.into_iter().filter(own).collect(), unpaired.1.into_iter().filter(own).collect());
        let same = |left: &Constraint, right: &Constraint| self.same_constraint(left, right, pair.columns);
        let pairs = match_names(&before, &after, |found| &found.name, same, pair);
        for (from, to) in pairs {
            let backed = old.indexes.contains_key(&from);
            let place = |name: &str| match backed {
                true => Place::new(CLASS, &new.name.schema, name),
                false => Place::new(format!("constraint of {}", new.name), "", name),
            };
            let object = ObjectId::Constraint(new.name.clone(), to.clone());
            let form = Form::Part("TABLE", "CONSTRAINT");
            let named = Named { form, object, container: Some(new.name.clone()) };
            let rename = Move { named, from: place(&from), to: place(&to), declared: false };
            let stage = if backed { &mut self.stages.classes } else { &mut self.stages.parts };
            stage.moves.push(rename);
        }
        let taken =
            old.constraints.keys().map(|name| (Place::new(format!("constraint of {}", new.name), "", name), None));
        self.stages.parts.taken.extend(taken);
    }

    fn follow_indexes(&mut self, old: &BTreeMap<String, Index>, new: &BTreeMap<String, Index>, pair: &Pair<'_>) {
        if old.keys().eq(new.keys()) {
            return;
        }
        let plain = |index: &&Index| index.constraint.is_none();
        let unpaired = self.unpaired(old, new, pair, "index");
        let (before, after): (Vec<_>, Vec<_>) =
            (unpaired.0.into_iter().filter(plain).collect(), unpaired.1.into_iter().filter(plain).collect());
        let same = |left: &Index, right: &Index| self.same_index(left, right, pair.columns);
        for (from, to) in match_names(&before, &after, |found| &found.name, same, pair) {
            let object = ObjectId::Index(QualifiedName::new(&pair.new.schema, &to));
            self.follow_class(Form::Object("INDEX"), object, pair.new, &from, &to);
        }
    }

    fn follow_class(&mut self, form: Form, object: ObjectId, container: &QualifiedName, from: &str, to: &str) {
        let place = |name: &str| Place::new(CLASS, &container.schema, name);
        let named = Named { form, object, container: Some(container.clone()) };
        self.stages.classes.moves.push(Move { named, from: place(from), to: place(to), declared: false });
    }

    /// What has no name in common with the other side, as far as no directive speaks of it.
    fn unpaired<'c, T>(
        &self,
        old: &'c BTreeMap<String, T>,
        new: &'c BTreeMap<String, T>,
        pair: &Pair<'_>,
        kind: &str,
    ) -> (Vec<&'c T>, Vec<&'c T>) {
        let space = format!("{kind} of {}", pair.new);
        let ours = |place: &Place| place.space == space || (place.space == CLASS && place.schema == pair.new.schema);
        let moves = || self.stages.parts.moves.iter().chain(&self.stages.classes.moves);
        let in_pair = |rename: &&Move| rename.named.container.as_ref() == Some(pair.new) && ours(&rename.from);
        let leaving: BTreeSet<&String> = moves().filter(in_pair).map(|rename| &rename.from.name).collect();
        let coming: BTreeSet<&String> = moves().filter(in_pair).map(|rename| &rename.to.name).collect();
        let stays = |name: &String| old.contains_key(name) && !leaving.contains(name) && new.contains_key(name);
        let before = old.iter().filter(|(name, _)| !leaving.contains(name) && !stays(name));
        let after = new.iter().filter(|(name, _)| !coming.contains(name) && !stays(name));
        (before.map(|(_, found)| found).collect(), after.map(|(_, found)| found).collect())
    }

    fn same_constraint(&self, old: &Constraint, new: &Constraint, columns: &Columns) -> bool {
        match (&old.kind, &new.kind) {
            (ConstraintKind::ForeignKey(key), ConstraintKind::ForeignKey(wanted)) => {
                let referenced = self.columns_of(&wanted.references);
                let moved = ForeignKey {
                    references: self.names.new_name(&key.references),
                    referenced_columns: renamed(&key.referenced_columns, &referenced),
                    on_delete_columns: renamed(&key.on_delete_columns, columns),
                    ..key.clone()
                };
                moved == *wanted
                    && renamed(&old.columns, columns) == new.columns
                    && old.deferral == new.deferral
                    && old.enforced == new.enforced
            }
            (old_kind, new_kind) => {
                let strip = |sql: &str| sql.strip_suffix(" NOT VALID").unwrap_or(sql).to_owned();
                std::mem::discriminant(old_kind) == std::mem::discriminant(new_kind)
                    && same_sql(&strip(&rewrite(&old.definition, &self.names, columns)), &strip(&new.definition))
            }
        }
    }

    fn same_index(&self, old: &Index, new: &Index, columns: &Columns) -> bool {
        let named = |name: &Option<QualifiedName>| name.as_ref().map(|name| self.names.place(name));
        let same_text = |old: &str, new: &str| same_sql(&rewrite(old, &self.names, columns), new);
        let same_keys = old.keys.len() == new.keys.len()
            && old.keys.iter().zip(&new.keys).all(|(left, right)| {
                let same_target = match (&left.target, &right.target) {
                    (IndexTarget::Column(left), IndexTarget::Column(right)) => new_column(left, columns) == right,
                    (IndexTarget::Expression(left), IndexTarget::Expression(right)) => same_text(left, right),
                    _ => false,
                };
                same_target
                    && named(&left.opclass) == right.opclass
                    && named(&left.collation) == right.collation
                    && (left.descending, left.nulls_first) == (right.descending, right.nulls_first)
            });
        let same_predicate = match (&old.predicate, &new.predicate) {
            (Some(old), Some(new)) => same_text(old, new),
            (old, new) => old == new,
        };
        same_keys
            && same_predicate
            && renamed(&old.include, columns) == new.include
            && (&old.method, &old.options, &old.tablespace) == (&new.method, &new.options, &new.tablespace)
            && (old.unique, old.nulls_not_distinct) == (new.unique, new.nulls_not_distinct)
    }

    /// The sequence behind an identity column, and since PostgreSQL 18 the constraint behind NOT NULL.
    fn follow_column_parts(&mut self, old: &Table, new: &Table, columns: &Columns) {
        for before in &old.columns {
            let Some(after) = new.column(new_column(&before.name, columns)) else { continue };
            let sequence =
                |column: &crate::Column| Some(column.identity.as_ref()?.sequence.as_ref()?.name.name.clone());
            if let (Some(from), Some(to)) = (sequence(before), sequence(after))
                && from != to
            {
                let object = ObjectId::Column(new.name.clone(), after.name.clone());
                self.follow_class(Form::Object("SEQUENCE"), object, &new.name, &from, &to);
            }
            if let (Some(from), Some(to)) = (&before.not_null_constraint, &after.not_null_constraint)
                && from.name != to.name
                // What is inherited, or bears another name in a child table, cannot simply be renamed; the diff sees to it.
                && !from.inherited
                && !to.inherited
                && !self.is_otherwise_in_children(&old.name, before)
            {
                let place = |name: &String| Place::new(format!("constraint of {}", new.name), "", name);
                let said = self.stages.parts.moves.iter().any(|rename| rename.to == place(&to.name));
                if !said {
                    let named = Named {
                        form: Form::Part("TABLE", "CONSTRAINT"),
                        object: ObjectId::Constraint(new.name.clone(), to.name.clone()),
                        container: Some(new.name.clone()),
                    };
                    let rename = Move { named, from: place(&from.name), to: place(&to.name), declared: false };
                    self.stages.parts.moves.push(rename);
                }
            }
        }
    }

    /// Whether a child table has a column's NOT NULL under another name.
    fn is_otherwise_in_children(&self, table: &QualifiedName, column: &crate::Column) -> bool {
        let name = |column: &crate::Column| column.not_null_constraint.as_ref().map(|not_null| not_null.name.clone());
        let children = self.from.tables.values().filter(|child| child.inherits.contains(table));
        children.filter_map(|child| child.column(&column.name)).any(|of_child| name(of_child) != name(column))
    }

    fn follow_checks(&mut self, old: &Domain, new: &Domain) {
        if old.checks.keys().eq(new.checks.keys()) {
            return;
        }
        let columns = Columns::new();
        let pair = Pair { old: &old.name, new: &new.name, columns: &columns };
        let (before, after) = self.unpaired(&old.checks, &new.checks, &pair, "domain constraint");
        let same = |left: &crate::catalog::DomainCheck, right: &crate::catalog::DomainCheck| {
            same_sql(&rewrite(&left.definition, &self.names, &columns), &right.definition)
        };
        for (from, to) in match_names(&before, &after, |found| &found.name, same, &pair) {
            let place = |name: &str| Place::new(format!("domain constraint of {}", new.name), "", name);
            let named = Named {
                form: Form::Part("DOMAIN", "CONSTRAINT"),
                object: ObjectId::DomainConstraint(new.name.clone(), to.clone()),
                container: Some(new.name.clone()),
            };
            self.stages.parts.moves.push(Move { named, from: place(&from), to: place(&to), declared: false });
        }
        let taken =
            old.checks.keys().map(|name| (Place::new(format!("domain constraint of {}", new.name), "", name), None));
        self.stages.parts.taken.extend(taken);
    }

    /// Where a column owns one sequence before and one after, they are the same.
    fn follow_owned_sequences(&mut self) {
        let mut owned: BTreeMap<(QualifiedName, String), Sides<'_>> = BTreeMap::new();
        for sequence in self.from.sequences.values() {
            let Some(owner) = &sequence.owned_by else { continue };
            let table = self.names.new_name(&owner.table);
            let column = new_column(&owner.column, &self.columns_of(&table)).to_owned();
            owned.entry((table, column)).or_default().0.push(sequence);
        }
        for sequence in self.to.sequences.values() {
            let Some(owner) = &sequence.owned_by else { continue };
            owned.entry((owner.table.clone(), owner.column.clone())).or_default().1.push(sequence);
        }
        for ((table, _), (before, after)) in owned {
            let ([before], [after]) = (before.as_slice(), after.as_slice()) else { continue };
            let place = occupied::sequence_place(before, &self.names);
            let said = self.stages.classes.moves.iter().any(|rename| rename.from == Place::of(CLASS, &place));
            if place != after.name && place.schema == after.name.schema && !said {
                let object = ObjectId::Sequence(after.name.clone());
                self.follow_class(Form::Object("SEQUENCE"), object, &table, &place.name, &after.name.name);
            }
        }
    }

    fn follow_statistics(&mut self) {
        let place = |found: &Statistics| Place::of("statistics", &self.names.place(&found.name));
        let said = |at: &Place| self.stages.others.moves.iter().any(|rename| rename.from == *at || rename.to == *at);
        let before: Vec<&Statistics> = self
            .from
            .statistics
            .values()
            .filter(|found| !self.to.statistics.contains_key(&self.names.place(&found.name)) && !said(&place(found)))
            .collect();
        let old_places: BTreeSet<QualifiedName> =
            self.from.statistics.keys().map(|name| self.names.place(name)).collect();
        let after: Vec<&Statistics> = self
            .to
            .statistics
            .values()
            .filter(|found| !old_places.contains(&found.name) && !said(&Place::of("statistics", &found.name)))
            .collect();
        let same = |old: &Statistics, new: &Statistics| {
            let columns = self.columns_of(&new.table);
            let mut moved = renamed(&old.columns, &columns);
            let mut wanted = new.columns.clone();
            moved.sort();
            wanted.sort();
            let expressions: Vec<String> =
                old.expressions.iter().map(|sql| rewrite(sql, &self.names, &columns)).collect();
            self.names.new_name(&old.table) == new.table
                && moved == wanted
                && old.kinds == new.kinds
                && expressions == new.expressions
        };
        let mut moves = Vec::new();
        for old in &before {
            let mut fitting = after.iter().filter(|new| same(old, new));
            let (Some(new), None) = (fitting.next(), fitting.next()) else { continue };
            if before.iter().filter(|old| same(old, new)).count() == 1 {
                let object = ObjectId::Statistics(new.name.clone());
                let named = Named { form: Form::Object("STATISTICS"), object, container: None };
                moves.push(Move { named, from: place(old), to: Place::of("statistics", &new.name), declared: false });
            }
        }
        self.stages.others.moves.extend(moves);
    }
}

fn new_column<'n>(old: &'n str, columns: &'n Columns) -> &'n str {
    columns.get(old).map_or(old, String::as_str)
}

fn renamed(old: &[String], columns: &Columns) -> Vec<String> {
    old.iter().map(|name| new_column(name, columns).to_owned()).collect()
}

/// First those whose name is what PostgreSQL, or someone who names like it, would have made of the old one; then what is left
/// without a choice.
fn match_names<T>(
    before: &[&T],
    after: &[&T],
    name: impl Fn(&T) -> &String,
    same: impl Fn(&T, &T) -> bool,
    pair: &Pair<'_>,
) -> Pairs {
    let mut pairs = Pairs::new();
    let (mut before, mut after) = (before.to_vec(), after.to_vec());
    for expected in [true, false] {
        let fits = |old: &T, new: &T| same(old, new) && (!expected || derived(name(old), pair).contains(name(new)));
        let mut found = Vec::new();
        for (at, old) in before.iter().enumerate() {
            let fitting: Vec<usize> = (0..after.len()).filter(|new| fits(old, after[*new])).collect();
            if let [only] = fitting.as_slice()
                && before.iter().filter(|other| fits(other, after[*only])).count() == 1
            {
                found.push((at, *only));
            }
        }
        pairs.extend(found.iter().map(|(old, new)| (name(before[*old]).clone(), name(after[*new]).clone())));
        for (at, _) in found.iter().rev() {
            before.remove(*at);
        }
        let mut gone: Vec<usize> = found.iter().map(|(_, new)| *new).collect();
        gone.sort_unstable();
        for at in gone.iter().rev() {
            after.remove(*at);
        }
    }
    pairs
}

/// What becomes of a name when the table's and the columns' names in it are changed.
fn derived(name: &str, pair: &Pair<'_>) -> BTreeSet<String> {
    let replace = |text: &str, old: &str, new: &str| {
        let padded = format!("_{text}_");
        let replaced = padded.replacen(&format!("_{old}_"), &format!("_{new}_"), 1);
        replaced[1..replaced.len() - 1].to_owned()
    };
    let columns = |text: &str| pair.columns.iter().fold(text.to_owned(), |text, (old, new)| replace(&text, old, new));
    let table = replace(name, &pair.old.name, &pair.new.name);
    BTreeSet::from([columns(name), columns(&table), table])
}
