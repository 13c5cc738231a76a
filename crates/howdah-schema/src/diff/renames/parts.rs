//! Renames of what is a part of something: columns, constraints, indexes, labels, policies …

use super::choose::{Wish, choose};
use super::directive::{Directive, RenameError, Target};
use super::forms::{CLASS, Form, Move, Named, Place};
use super::likeness::likeness;
use super::plan::{Renames, missing};
use super::rewrite::Columns;
use crate::QualifiedName;
use crate::catalog::{Catalog, ConstraintKind, Index, ObjectId, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Directives of one kind about parts of one container.
type Groups<'d> = BTreeMap<(&'static str, QualifiedName), Vec<&'d Directive>>;

impl Renames<'_> {
    pub(super) fn parts(&mut self, directives: &[Directive]) -> Result<(), RenameError> {
        let mut groups = Groups::new();
        for directive in directives {
            let container = match &directive.target {
                Target::Index(index) => match indexed(self.to, index) {
                    Some((relation, _)) => Some(relation),
                    None => return Err(missing(directive, index_names(self.to))),
                },
                target => target.container().cloned(),
            };
            if let Some(container) = container {
                groups.entry((directive.target.kind(), container)).or_default().push(directive);
            }
        }
        for ((_, container), directives) in groups {
            self.group(&container, &directives)?;
        }
        Ok(())
    }

    fn group(&mut self, container: &QualifiedName, directives: &[&Directive]) -> Result<(), RenameError> {
        let Some(sample) = directives.first().map(|directive| &directive.target) else { return Ok(()) };
        let after = part_names(sample, self.to, container).unwrap_or_default();
        for directive in directives {
            if !after.contains(directive.target.name()) {
                let shape =
                    |name: &String| directive.target.renamed(container.clone(), &container.schema, name.clone(), None);
                return Err(missing(directive, after.iter().map(shape).map(|target| target.to_string())));
            }
        }
        let Some(old_container) = self.names.old_name(container) else { return Ok(()) };
        let Some(before) = part_names(sample, self.from, &old_container) else { return Ok(()) };
        let alike = |old: &String, new: &String| {
            part_likeness(sample, (self.from, &old_container, old), (self.to, container, new))
        };
        let chosen = choose(directives.iter().map(|directive| Wish::of(directive)).collect(), &before, &after, alike)?;
        for wish in chosen {
            self.part(&wish, container, &old_container);
        }
        let space = space(sample, container);
        let taken = before.into_iter().map(|name| (Place::new(space.clone(), "", name), None));
        self.stages.parts.taken.extend(taken);
        Ok(())
    }

    fn part(&mut self, wish: &Wish<'_, String>, container: &QualifiedName, old_container: &QualifiedName) {
        let target = &wish.directive.target;
        if matches!(target, Target::Column(..)) {
            self.columns.entry(container.clone()).or_default().insert(wish.old.clone(), wish.new.clone());
        }
        self.note_inverse(wish.directive, old_container.clone(), &old_container.schema, &wish.old, None);
        let old_table = self.from.tables.get(old_container);
        let class = match target {
            Target::Index(_) => true,
            Target::Constraint(..) => old_table.is_some_and(|table| table.indexes.contains_key(&wish.old)),
            _ => false,
        };
        let backed = |table: &Table| table.indexes.get(&wish.old).is_some_and(|index| index.constraint.is_some());
        let form = match target {
            Target::Column(..) if old_table.is_none() => {
                let view = self.from.views.get(old_container);
                let materialized = view.is_some_and(|view| view.materialized);
                Form::Part(if materialized { "MATERIALIZED VIEW" } else { "VIEW" }, "COLUMN")
            }
            Target::Index(_) if old_table.is_some_and(backed) => Form::Part("TABLE", "CONSTRAINT"),
            target => form(target),
        };
        let place = |name: &String| match class {
            true => Place::new(CLASS, &container.schema, name),
            false => Place::new(space(target, container), "", name),
        };
        let named = Named { form, object: object(target, container), container: Some(container.clone()) };
        let rename = Move { named, from: place(&wish.old), to: place(&wish.new), declared: true };
        let stage = if class { &mut self.stages.classes } else { &mut self.stages.parts };
        stage.moves.push(rename);
    }

    /// What is renamed in a parent table is renamed in its children by that; a directive there repeats it.
    pub(super) fn drop_inherited(&mut self) {
        let repeated = |rename: &Move| {
            let Some(table) = rename.named.container.as_ref() else { return false };
            let (old, new) = (&rename.from.name, &rename.to.name);
            match &rename.named.object {
                ObjectId::Column(..) => self
                    .ancestors(table)
                    .iter()
                    .any(|parent| self.columns.get(parent).and_then(|columns| columns.get(old)) == Some(new)),
                ObjectId::Constraint(..) => {
                    let constraint = self.to.tables.get(table).and_then(|table| table.constraints.get(new));
                    constraint.is_some_and(|constraint| {
                        constraint.inherited && matches!(constraint.kind, ConstraintKind::Check { .. })
                    })
                }
                ObjectId::Trigger(..) => {
                    let trigger = self.to.tables.get(table).and_then(|table| table.triggers.get(new));
                    trigger.is_some_and(|trigger| trigger.inherited)
                }
                _ => false,
            }
        };
        let drop: Vec<bool> = self.stages.parts.moves.iter().map(repeated).collect();
        let mut drop = drop.into_iter();
        self.stages.parts.moves.retain(|_| !drop.next().unwrap_or_default());
    }

    /// New names of the tables that a table has columns from.
    fn ancestors(&self, table: &QualifiedName) -> BTreeSet<QualifiedName> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![table.clone()];
        while let Some(table) = waiting.pop() {
            let Some(table) = self.to.tables.get(&table) else { continue };
            let parents = table.inherits.iter().chain(table.partition_of.as_ref().map(|part| &part.parent));
            waiting.extend(parents.filter(|parent| found.insert((*parent).clone())).cloned());
        }
        found
    }

    /// All columns of a table that are renamed, in it or in a parent.
    pub(super) fn columns_of(&self, table: &QualifiedName) -> Columns {
        if self.columns.is_empty() {
            return Columns::new();
        }
        let own = self.columns.get(table).into_iter().flatten();
        let ancestors = self.ancestors(table);
        let inherited = ancestors.iter().filter_map(|parent| self.columns.get(parent)).flatten();
        own.chain(inherited).map(|(old, new)| (old.clone(), new.clone())).collect()
    }
}

fn indexed<'c>(catalog: &'c Catalog, index: &QualifiedName) -> Option<(QualifiedName, &'c Index)> {
    let of_table = catalog.tables.values().map(|table| (&table.name, &table.indexes));
    let of_view = catalog.views.values().map(|view| (&view.name, &view.indexes));
    let mut all = of_table.chain(of_view).filter(|(relation, _)| relation.schema == index.schema);
    all.find_map(|(relation, indexes)| Some((relation.clone(), indexes.get(&index.name)?)))
}

fn index_names(catalog: &Catalog) -> impl Iterator<Item = String> + '_ {
    let of_table = catalog.tables.values().map(|table| (&table.name, &table.indexes));
    let of_view = catalog.views.values().map(|view| (&view.name, &view.indexes));
    of_table.chain(of_view).flat_map(|(relation, indexes)| {
        indexes.keys().map(|name| format!("index {}", QualifiedName::new(&relation.schema, name)))
    })
}

/// The names of all parts of the same kind; `None` without the container.
fn part_names(sample: &Target, catalog: &Catalog, container: &QualifiedName) -> Option<BTreeSet<String>> {
    let table = catalog.tables.get(container);
    let view = catalog.views.get(container);
    Some(match sample {
        Target::Column(..) => table
            .map(|table| &table.columns)
            .or(view.map(|view| &view.columns))?
            .iter()
            .map(|column| column.name.clone())
            .collect(),
        Target::Constraint(..) => {
            let table = table?;
            let not_null = table.columns.iter().filter_map(|column| column.not_null_constraint.as_ref());
            table.constraints.keys().cloned().chain(not_null.map(|constraint| constraint.name.clone())).collect()
        }
        Target::Index(_) => {
            table.map(|table| &table.indexes).or(view.map(|view| &view.indexes))?.keys().cloned().collect()
        }
        Target::Policy(..) => table?.policies.keys().cloned().collect(),
        Target::Trigger(..) => {
            table.map(|table| &table.triggers).or(view.map(|view| &view.triggers))?.keys().cloned().collect()
        }
        Target::Rule(..) => table.map(|table| &table.rules).or(view.map(|view| &view.rules))?.keys().cloned().collect(),
        Target::DomainConstraint(..) => catalog.domains.get(container)?.checks.keys().cloned().collect(),
        Target::EnumValue(..) => catalog.enums.get(container)?.labels.iter().cloned().collect(),
        Target::Attribute(..) => {
            catalog.composites.get(container)?.attributes.iter().map(|attribute| attribute.name.clone()).collect()
        }
        _ => return None,
    })
}

/// A part: the catalog, the container and its own name.
type PartOf<'a> = (&'a Catalog, &'a QualifiedName, &'a String);

fn part_likeness(sample: &Target, left: PartOf<'_>, right: PartOf<'_>) -> usize {
    macro_rules! compare {
        ($find:expr) => {{
            let find = $find;
            likeness(find(left), find(right))
        }};
    }
    match sample {
        Target::Column(..) => compare!(|(catalog, table, name): PartOf<'_>| {
            catalog.relation(&table.schema, &table.name)?.column(name).cloned()
        }),
        Target::Constraint(..) => {
            compare!(|(catalog, table, name): PartOf<'_>| catalog.tables.get(table)?.constraints.get(name).cloned())
        }
        Target::Index(_) => compare!(|(catalog, table, name): PartOf<'_>| {
            let tables = catalog.tables.get(table).map(|table| &table.indexes);
            let indexes = tables.or(catalog.views.get(table).map(|view| &view.indexes))?;
            // The definition repeats the name.
            indexes.get(name).map(|index| Index { definition: String::new(), ..index.clone() })
        }),
        Target::Policy(..) => {
            compare!(|(catalog, table, name): PartOf<'_>| catalog.tables.get(table)?.policies.get(name).cloned())
        }
        Target::DomainConstraint(..) => {
            compare!(|(catalog, domain, name): PartOf<'_>| catalog.domains.get(domain)?.checks.get(name).cloned())
        }
        // Of a label there is nothing but its place.
        Target::EnumValue(..) => compare!(|(catalog, name, label): PartOf<'_>| {
            catalog.enums.get(name)?.labels.iter().position(|other| other == label)
        }),
        Target::Attribute(..) => compare!(|(catalog, name, attribute): PartOf<'_>| {
            let attributes = &catalog.composites.get(name)?.attributes;
            attributes
                .iter()
                .position(|other| other.name == *attribute)
                .map(|at| (at, attributes[at].data_type.clone()))
        }),
        Target::Trigger(..) => compare!(|(catalog, table, name): PartOf<'_>| {
            let trigger = catalog.tables.get(table)?.triggers.get(name)?;
            Some((trigger.definition.replacen(name, "", 1), trigger.comment.clone()))
        }),
        Target::Rule(..) => compare!(|(catalog, table, name): PartOf<'_>| {
            let rule = catalog.tables.get(table)?.rules.get(name)?;
            Some((rule.definition.replacen(name, "", 1), rule.comment.clone()))
        }),
        _ => 0,
    }
}

fn space(target: &Target, container: &QualifiedName) -> String {
    format!("{} of {container}", target.kind())
}

fn form(target: &Target) -> Form {
    match target {
        Target::Column(..) => Form::Part("TABLE", "COLUMN"),
        Target::Constraint(..) => Form::Part("TABLE", "CONSTRAINT"),
        Target::DomainConstraint(..) => Form::Part("DOMAIN", "CONSTRAINT"),
        Target::Attribute(..) => Form::Part("TYPE", "ATTRIBUTE"),
        Target::EnumValue(..) => Form::Label,
        Target::Policy(..) => Form::On("POLICY"),
        Target::Trigger(..) => Form::On("TRIGGER"),
        Target::Rule(..) => Form::On("RULE"),
        _ => Form::Object("INDEX"),
    }
}

fn object(target: &Target, container: &QualifiedName) -> ObjectId {
    let container = container.clone();
    match target {
        Target::Column(_, name) => ObjectId::Column(container, name.clone()),
        Target::Constraint(_, name) => ObjectId::Constraint(container, name.clone()),
        Target::DomainConstraint(_, name) => ObjectId::DomainConstraint(container, name.clone()),
        Target::Policy(_, name) => ObjectId::Policy(container, name.clone()),
        Target::Trigger(_, name) => ObjectId::Trigger(container, name.clone()),
        Target::Rule(_, name) => ObjectId::Rule(container, name.clone()),
        Target::Index(name) => ObjectId::Index(name.clone()),
        _ => ObjectId::Type(container),
    }
}
