//! Composite types.
//!
//! Attributes can be dropped and appended in place, under the rows of columns of the type. What changes their order, and what
//! changes a type in such rows, makes the type anew: see [`conversion`] for how the rows follow.

use super::facets::comment;
use crate::catalog::{Attribute, Catalog, Composite, DataType, ObjectId};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, QualifiedName};
use std::collections::BTreeSet;

impl Composite {
    fn id(&self) -> ObjectId {
        ObjectId::Type(self.name.clone())
    }

    fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|attribute| attribute.name.as_str())
    }

    fn comments(&self, from: Option<&Self>) -> Vec<Step> {
        let changed = self.attributes.iter().filter(|attribute| {
            let from = from.and_then(|from| from.attribute(&attribute.name));
            from.map_or(!attribute.comment.is_empty(), |from| from.comment != attribute.comment)
        });
        let step = |attribute: &Attribute| {
            let on = format!("COLUMN {}.{}", self.name, Ident::new(&attribute.name));
            comment(self.id(), &on, attribute.comment.raw())
        };
        changed.map(step).collect()
    }
}

impl Attribute {
    fn definition(&self) -> String {
        let collation = self.collation.as_ref().map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
        format!("{}{collation}", self.data_type.sql)
    }
}

impl Kind for &Composite {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let attributes = self.attributes.iter();
        let attributes: Vec<String> =
            attributes.map(|attribute| format!("{} {}", Ident::new(&attribute.name), attribute.definition())).collect();
        let sql = format!("CREATE TYPE {} AS {}", self.name, super::types::list(&attributes));
        let mut steps = vec![Step::new(Verb::Create, self.id(), sql)];
        steps.extend(self.comments(None));
        steps
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP TYPE {}", self.name))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let is_left = |name: &&str| to.attribute(name).is_some();
        let dropped: Vec<&Attribute> =
            self.attributes.iter().filter(|attribute| !is_left(&attribute.name.as_str())).collect();
        let left: Vec<&str> = self.names().filter(is_left).collect();
        // What is new stands behind what is left, and what is left keeps its order.
        if !to.names().take(left.len()).eq(left.iter().copied()) {
            return Change::Rewrite;
        }
        let retyped: Vec<&Attribute> = to.attributes[..left.len()]
            .iter()
            .filter(|attribute| {
                self.attribute(&attribute.name).is_some_and(|from| from.definition() != attribute.definition())
            })
            .collect();
        let mut touched = dropped.iter().chain(&retyped);
        if touched.any(|attribute| is_read(&self.name, &attribute.name, context.from))
            || (!retyped.is_empty() && is_stored(&self.name, context.from))
        {
            return Change::Rewrite;
        }
        let mut steps = Vec::new();
        let alter = |action: String| Step::new(Verb::Alter, to.id(), format!("ALTER TYPE {} {action}", to.name));
        for attribute in dropped {
            let step = alter(format!("DROP ATTRIBUTE {}", Ident::new(&attribute.name)));
            steps.push(if is_stored(&self.name, context.from) {
                step.losing(lost(self, attribute), None)
            } else {
                step
            });
        }
        for attribute in retyped {
            let name = Ident::new(&attribute.name);
            steps.push(alter(format!("ALTER ATTRIBUTE {name} SET DATA TYPE {}", attribute.definition())));
        }
        for attribute in &to.attributes[left.len()..] {
            steps.push(alter(format!("ADD ATTRIBUTE {} {}", Ident::new(&attribute.name), attribute.definition())));
        }
        steps.extend(to.comments(Some(self)));
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        super::types::facets(&self.name, "TYPE", &self.owner, &self.acl, &self.comment)
    }
}

fn lost(composite: &Composite, attribute: &Attribute) -> String {
    format!("attribute {} of all values of type {}", attribute.name, composite.name)
}

/// Whether rows may hold values of the type: in a column of it, or of a type that is made of it.
fn is_stored(name: &QualifiedName, catalog: &Catalog) -> bool {
    let mut found = BTreeSet::new();
    let mut queue = vec![ObjectId::Type(name.clone())];
    while let Some(id) = queue.pop() {
        for (dependent, _) in catalog.dependencies.iter().filter(|(_, needed)| **needed == id) {
            match dependent {
                ObjectId::Column(relation, _) if catalog.views.get(relation).is_none_or(|view| view.materialized) => {
                    return true;
                }
                ObjectId::Type(_) if found.insert(dependent.clone()) => queue.push(dependent.clone()),
                _ => {}
            }
        }
    }
    false
}

/// Whether something that the server watches over reads the attribute by its name. The server knows which attribute that is, a
/// catalog only that the type is needed; so the text decides, in which a part of a value is always written `(value).attribute`.
fn is_read(name: &QualifiedName, attribute: &str, catalog: &Catalog) -> bool {
    let part = format!(").{}", Ident::new(attribute));
    let reads = |text: &str| text.contains(&part);
    let (of_type, of_attribute) = (ObjectId::Type(name.clone()), ObjectId::Column(name.clone(), attribute.to_owned()));
    let mut edges = catalog.dependencies.iter();
    edges.any(|(dependent, needed)| {
        (*needed == of_type || *needed == of_attribute) && expressions(dependent, catalog).into_iter().any(reads)
    })
}

/// The SQL that an object was made from, as far as the server has parsed it.
fn expressions<'a>(id: &ObjectId, catalog: &'a Catalog) -> Vec<&'a str> {
    let table = |name: &QualifiedName| catalog.tables.get(name);
    let found: Vec<Option<&str>> = match id {
        ObjectId::View(name) => vec![catalog.views.get(name).map(|view| view.definition.as_str())],
        ObjectId::Function(signature) => {
            let definition = catalog.functions.get(signature).map(|function| function.definition.as_str());
            // Without a body that is but a string to the server.
            vec![definition.and_then(|definition| definition.split("\nAS ").next())]
        }
        ObjectId::DomainConstraint(domain, name) => {
            let check = catalog.domains.get(domain).and_then(|domain| domain.checks.get(name));
            vec![check.map(|check| check.definition.as_str())]
        }
        // A domain's checks are parts of it.
        ObjectId::Type(name) => {
            let checks = catalog.domains.get(name).into_iter().flat_map(|domain| domain.checks.values());
            checks.map(|check| Some(check.definition.as_str())).collect()
        }
        ObjectId::Constraint(relation, name) => {
            let constraint = table(relation).and_then(|table| table.constraints.get(name));
            vec![constraint.map(|constraint| constraint.definition.as_str())]
        }
        ObjectId::Column(relation, name) | ObjectId::Default(relation, name) => {
            let column = table(relation).and_then(|table| table.column(name));
            let generated = column.and_then(|column| column.generated.as_ref());
            vec![
                column.and_then(|column| column.default.as_deref()),
                generated.map(|generated| generated.expression.as_str()),
            ]
        }
        ObjectId::Policy(relation, name) => {
            let policy = table(relation).and_then(|table| table.policies.get(name));
            vec![policy.and_then(|policy| policy.using.as_deref()), policy.and_then(|policy| policy.check.as_deref())]
        }
        ObjectId::Trigger(relation, name) => {
            let trigger = table(relation).and_then(|table| table.triggers.get(name));
            vec![trigger.map(|trigger| trigger.definition.as_str())]
        }
        ObjectId::Rule(relation, name) => {
            let rules = table(relation).map(|table| &table.rules);
            let rules = rules.or_else(|| catalog.views.get(relation).map(|view| &view.rules));
            vec![rules.and_then(|rules| rules.get(name)).map(|rule| rule.definition.as_str())]
        }
        ObjectId::Index(name) => {
            let mut indexes = catalog.tables.values().map(|table| (&table.name, &table.indexes));
            let indexes = indexes.by_ref().chain(catalog.views.values().map(|view| (&view.name, &view.indexes)));
            let mut found = indexes.filter(|(relation, _)| relation.schema == name.schema);
            vec![found.find_map(|(_, indexes)| indexes.get(&name.name)).map(|index| index.definition.as_str())]
        }
        ObjectId::Statistics(name) => {
            vec![catalog.statistics.get(name).map(|statistics| statistics.definition.as_str())]
        }
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// How the values of a composite type that is made anew become the new one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::diff) struct Conversion {
    /// An expression of the new type.
    pub(in crate::diff) using: String,
    /// What it leaves behind: `attribute zip of all values of type public.address`.
    pub(in crate::diff) loses: Vec<String>,
}

/// Takes `value`, an expression of a column's type, over to that type made anew; `None` when its text form will do.
///
/// A composite value's text names no attributes. Where these have moved, the text would be read without complaint, each value
/// as another attribute; so such a value is taken apart and put together by name. Within an array or a range that cannot be
/// done by an expression: then this gives a cast that PostgreSQL refuses, rather than one that mixes up data.
pub(in crate::diff) fn conversion(value: &str, data_type: &DataType, context: &Context<'_>) -> Option<Conversion> {
    let (name, many) = made_of(data_type, context.from);
    let (from, to) = (context.from.composites.get(name)?, context.to.composites.get(name)?);
    if !context.rewritten.contains(&from.id()) || has_same_shape(from, to, context) {
        return None;
    }
    if many {
        return Some(Conversion { using: format!("{value}::{}", data_type.sql), loses: Vec::new() });
    }
    let mut loses: Vec<String> = from
        .attributes
        .iter()
        .filter(|attribute| to.attribute(&attribute.name).is_none())
        .map(|attribute| lost(from, attribute))
        .collect();
    let parts = to.attributes.iter().map(|attribute| {
        let Some(old) = from.attribute(&attribute.name) else { return "NULL".to_owned() };
        let part = format!("({value}).{}", Ident::new(&attribute.name));
        if let Some(nested) = conversion(&part, &old.data_type, context) {
            loses.extend(nested.loses);
            return nested.using;
        }
        let is_made_anew = context.rewritten.contains(&ObjectId::Type(old.data_type.name.clone()));
        if old.data_type.sql == attribute.data_type.sql && !is_made_anew {
            return part;
        }
        format!("{part}::text::{}", attribute.data_type.sql)
    });
    let parts: Vec<String> = parts.collect();
    // IS NOT NULL is false of a value with one null attribute.
    let using =
        format!("CASE WHEN {value} IS DISTINCT FROM NULL THEN ROW({})::{} END", parts.join(", "), data_type.sql);
    Some(Conversion { using, loses })
}

/// The type at the bottom of domains, arrays and ranges, and whether a value may hold several of it.
fn made_of<'a>(data_type: &'a DataType, catalog: &'a Catalog) -> (&'a QualifiedName, bool) {
    let (mut data_type, mut many) = (data_type, data_type.array);
    loop {
        let range = catalog.ranges.get(&data_type.name).map(|range| &range.subtype);
        let base = catalog.domains.get(&data_type.name).map(|domain| &domain.base);
        let Some(next) = range.or(base) else { return (&data_type.name, many) };
        many |= range.is_some() || next.array;
        data_type = next;
    }
}

/// Whether the text of a value of one is that of a value of the other.
fn has_same_shape(from: &Composite, to: &Composite, context: &Context<'_>) -> bool {
    from.names().eq(to.names())
        && from.attributes.iter().all(|attribute| {
            let (name, _) = made_of(&attribute.data_type, context.from);
            match (context.from.composites.get(name), context.to.composites.get(name)) {
                (Some(from), Some(to)) => has_same_shape(from, to, context),
                _ => true,
            }
        })
}

#[cfg(test)]
mod tests;
