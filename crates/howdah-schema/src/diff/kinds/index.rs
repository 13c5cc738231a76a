//! Indexes.

use super::facets;
use super::table::options_steps;
use crate::catalog::{Catalog, Index, IndexTarget, ObjectId, Options};
use crate::diff::object::{Change, ColumnOf, ConstraintOf, Facets, IndexOf, Kind, On};
use crate::diff::step::{Operation, Step, Verb};
use crate::diff::{Context, same_sql};
use crate::{Ident, QualifiedName};
use std::collections::BTreeMap;

impl<'a> On<'a> {
    pub(in crate::diff) fn is_partitioned(self) -> bool {
        matches!(self, Self::Table(table) if table.partition_key.is_some())
    }

    fn is_clustered(&self) -> bool {
        match self {
            Self::Table(table) => table.indexes.values().any(|index| index.clustered),
            Self::View(view) => view.indexes.values().any(|index| index.clustered),
        }
    }

    fn partition_of(self) -> Option<&'a QualifiedName> {
        match self {
            Self::Table(table) => table.partition_of.as_ref().map(|part| &part.parent),
            Self::View(_) => None,
        }
    }
}

impl<'a> IndexOf<'a> {
    pub(in crate::diff) fn name(self) -> QualifiedName {
        QualifiedName::new(&self.on.name().schema, &self.index.name)
    }

    pub(in crate::diff) fn id(self) -> ObjectId {
        ObjectId::Index(self.name())
    }

    /// Whether the constraint that it serves is made anew, and it with that.
    fn goes_with_constraint(self, to: Self, context: &Context<'_>) -> bool {
        let constraint = |of: Self| match of.on {
            On::Table(table) => {
                let constraint = table.constraints.get(of.index.constraint.as_ref()?)?;
                Some(ConstraintOf { table, constraint })
            }
            On::View(_) => None,
        };
        let (from, to) = (constraint(self), constraint(to));
        from.zip(to).is_some_and(|(from, to)| from.change(to, context) == Change::Replace)
    }

    /// What CREATE INDEX does not say.
    fn settings(self, from: Option<&Index>) -> Vec<Step> {
        let Self { on, index } = self;
        let mut steps = Vec::new();
        let mut alter = |action: String| {
            steps.push(Step::new(Verb::Alter, self.id(), format!("ALTER INDEX {} {action}", self.name())));
        };
        if index.tablespace != from.and_then(|from| from.tablespace.clone()) {
            let tablespace = index.tablespace.as_deref().unwrap_or("pg_default");
            alter(format!("SET TABLESPACE {}", Ident::new(tablespace)));
        }
        let none = BTreeMap::new();
        for (number, target) in &index.statistics {
            if from.map_or(&none, |from| &from.statistics).get(number) != Some(target) {
                alter(format!("ALTER COLUMN {number} SET STATISTICS {target}"));
            }
        }
        for number in from.map_or(&none, |from| &from.statistics).keys() {
            if !index.statistics.contains_key(number) {
                alter(format!("ALTER COLUMN {number} SET STATISTICS -1"));
            }
        }
        // Clustering by another index ends clustering by this one.
        let replaced = !index.clustered && on.is_clustered();
        if index.clustered != from.is_some_and(|from| from.clustered) && !replaced {
            let noun = if matches!(on, On::View(_)) { "MATERIALIZED VIEW" } else { "TABLE" };
            let action = if index.clustered {
                format!("CLUSTER ON {}", Ident::new(&index.name))
            } else {
                "SET WITHOUT CLUSTER".to_owned()
            };
            steps.push(Step::new(Verb::Alter, self.id(), format!("ALTER {noun} {} {action}", on.name())));
        }
        steps
    }

    /// Where a column's values are converted, the server makes the parts of a partitioned index anew, each with the comment of
    /// the whole. This gives them back their own.
    fn own_comment(self, to: Self, context: &Context<'_>) -> Option<Step> {
        let (On::Table(from), On::Table(wanted)) = (self.on, to.on) else { return None };
        let index = to.index;
        let mut columns = index.leading_columns().chain(index.include.iter().map(String::as_str));
        let converted = columns.any(|name| match (from.column(name), wanted.column(name)) {
            (Some(was), Some(is)) => {
                let was = ColumnOf { table: from, column: was };
                was.changes_type(ColumnOf { table: wanted, column: is }, context)
            }
            _ => false,
        });
        let differs =
            |of: Self, catalog: &Catalog| of.wholes(catalog).iter().any(|whole| whole.comment != index.comment);
        let differs = differs(self, context.from) || differs(to, context.to);
        let on = to.facets().comment_on;
        (converted && differs).then(|| facets::comment(to.id(), &on, index.comment.raw()))
    }

    /// The partitioned indexes that it is a part of, at any remove.
    fn wholes<'c>(self, catalog: &'c Catalog) -> Vec<&'c Index>
    where
        'a: 'c,
    {
        let mut wholes = Vec::new();
        let (mut table, mut part) = (self.on.partition_of(), self.index.parent.as_ref());
        while let (Some(parent), Some(name)) = (table.and_then(|name| catalog.tables.get(name)), part) {
            let Some(whole) = parent.indexes.get(&name.name) else { break };
            wholes.push(whole);
            (table, part) = (parent.partition_of.as_ref().map(|part| &part.parent), whole.parent.as_ref());
        }
        wholes
    }

    fn option_steps(self, from: Option<&Options>) -> Vec<Step> {
        options_steps(&self.id(), &format!("INDEX {}", self.name()), from, &self.index.options)
    }
}

/// The definition up to the storage parameters, which can be changed in place.
fn without_options(index: &Index) -> String {
    if index.options.is_empty() {
        return index.definition.clone();
    }
    let options: Vec<String> = index.definition.split(" WITH (").map(str::to_owned).collect();
    match options.as_slice() {
        [head, tail] => format!("{head}{}", tail.split_once(')').map_or("", |(_, rest)| rest)),
        _ => index.definition.clone(),
    }
}

/// Without ONLY, so that the server makes the parts of a partitioned index too.
pub(in crate::diff) fn for_all_partitions(definition: &str) -> String {
    definition.replacen(" ON ONLY ", " ON ", 1)
}

/// The name that PostgreSQL gives an index of `table` that comes with its parent's; `None` when it would have to be cut.
pub(in crate::diff) fn automatic_name(table: &str, index: &Index, constraint_suffix: Option<&str>) -> Option<String> {
    let columns = index.keys.iter().map(|key| match &key.target {
        IndexTarget::Column(name) => name.as_str(),
        IndexTarget::Expression(_) => "expr",
    });
    let columns: Vec<&str> = columns.chain(index.include.iter().map(String::as_str)).collect();
    let name = match constraint_suffix {
        Some("pkey") => format!("{table}_pkey"),
        suffix => format!("{table}_{}_{}", columns.join("_"), suffix.unwrap_or("idx")),
    };
    (name.len() < 64 && columns.iter().filter(|column| **column == "expr").count() < 2).then_some(name)
}

impl Kind for IndexOf<'_> {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let Self { on, index } = self;
        if index.constraint.is_some() || context.comes_with_parent(self) {
            let mut steps = self.settings(None);
            // Those of a partitioned index stand within the constraint.
            if index.constraint.is_some() && !on.is_partitioned() {
                steps.extend(self.option_steps(None));
            }
            return steps;
        }
        // Parts that are there already are taken, others are made. One that is not valid yet waits for its parts.
        let sql = if index.valid { for_all_partitions(&index.definition) } else { index.definition.clone() };
        let operation = Operation::CreateIndex {
            relation: on.name().clone(),
            name: index.name.clone(),
            partitioned: on.is_partitioned(),
        };
        let mut steps = vec![Step::new(Verb::Create, self.id(), sql).operation(operation)];
        // What is in the definition's WITH is set already.
        steps.extend(self.settings(None));
        steps
    }

    fn drop(self, context: &Context<'_>) -> Vec<Step> {
        let Self { on, index } = self;
        if index.constraint.is_some() || (index.parent.is_some() && !context.leaves(on.name())) {
            return Vec::new();
        }
        let operation = Operation::DropIndex {
            relation: on.name().clone(),
            name: index.name.clone(),
            partitioned: on.is_partitioned(),
        };
        vec![Step::new(Verb::Drop, self.id(), format!("DROP INDEX {}", self.name())).operation(operation)]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let (from, wanted) = (self.index, to.index);
        if from.constraint.is_some() != wanted.constraint.is_some() || self.goes_with_constraint(to, context) {
            return Change::Replace;
        }
        if wanted.constraint.is_none() {
            let moved = self.on.name() != to.on.name();
            // A part stays when its table is detached, and goes with the whole otherwise.
            let part =
                from.parent.is_some() && wanted.parent.is_none() && self.on.partition_of() == to.on.partition_of();
            let same = same_sql(&without_options(from), &without_options(wanted));
            // What a partitioned index is told goes to its parts once, when it is made.
            let told = to.on.is_partitioned() && from.options != wanted.options;
            if moved || part || !same || told || from.valid != wanted.valid {
                return Change::Replace;
            }
        }
        let mut steps = if to.on.is_partitioned() { Vec::new() } else { to.option_steps(Some(&from.options)) };
        steps.extend(to.settings(Some(from)));
        steps.extend(self.own_comment(to, context));
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: format!("INDEX {}", self.name()),
            comment: self.index.comment.clone(),
            ..Facets::default()
        }
    }
}
