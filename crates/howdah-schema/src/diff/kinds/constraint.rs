//! Constraints of tables.

use crate::catalog::{Constraint, ConstraintKind, Deferral, ObjectId, Table};
use crate::diff::object::{Change, ConstraintOf, Facets, Kind};
use crate::diff::step::{Operation, Step, Verb};
use crate::diff::{Context, same_sql};
use crate::{Ident, QualifiedName};
use std::borrow::Cow;

/// What stands after `CONSTRAINT name`, with the storage parameters of the index behind it.
pub(super) fn definition(table: &Table, constraint: &Constraint) -> String {
    let Some(index) = table.indexes.get(&constraint.name).filter(|index| index.constraint.is_some()) else {
        return constraint.definition.clone();
    };
    let mut storage = String::new();
    if !index.options.is_empty() {
        storage += &format!(" WITH ({})", super::table::options_list(&index.options));
    }
    if let Some(tablespace) = &index.tablespace {
        storage += &format!(" USING INDEX TABLESPACE {}", Ident::new(tablespace));
    }
    if matches!(constraint.kind, ConstraintKind::Exclusion) {
        // There a WHERE may follow; the parameters are set afterwards.
        return constraint.definition.clone();
    }
    let (head, tail) = match constraint.definition.find(" DEFERRABLE") {
        Some(at) => constraint.definition.split_at(at),
        None => (constraint.definition.as_str(), ""),
    };
    format!("{head}{storage}{tail}")
}

impl ConstraintOf<'_> {
    pub(in crate::diff) fn id(self) -> ObjectId {
        ObjectId::Constraint(self.table.name.clone(), self.constraint.name.clone())
    }

    /// The end of the name that PostgreSQL gives such a constraint.
    pub(in crate::diff) fn name_suffix(self) -> &'static str {
        match self.constraint.kind {
            ConstraintKind::PrimaryKey => "pkey",
            ConstraintKind::Unique { .. } => "key",
            ConstraintKind::Exclusion => "excl",
            ConstraintKind::ForeignKey(_) => "fkey",
            ConstraintKind::Check { .. } => "check",
        }
    }

    pub(in crate::diff) fn has_index(self) -> bool {
        matches!(
            self.constraint.kind,
            ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion
        )
    }

    /// Whether a parent by INHERITS hands it on.
    fn is_of(self, parent: &Table) -> bool {
        parent.constraints.contains_key(&self.constraint.name)
    }

    fn alter(self, verb: Verb, action: &str) -> Step {
        Step::new(verb, self.id(), format!("ALTER TABLE {} {action}", self.table.name))
    }

    fn quoted(self) -> String {
        Ident::new(&self.constraint.name).to_string()
    }

    /// The index of a unique or primary key constraint, to be built without locks.
    fn index_sql(self) -> Option<String> {
        let index = self.table.indexes.get(&self.constraint.name)?;
        let unique = matches!(self.constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. });
        // WITHOUT OVERLAPS stands on a GiST index, which only ADD CONSTRAINT can make.
        let builds = unique && index.method == "btree";
        let sql = index.definition.replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
        (builds && self.table.partition_key.is_none()).then_some(sql)
    }
}

/// A definition without ` NOT VALID`.
fn without_not_valid(definition: &str) -> Cow<'_, str> {
    definition.strip_suffix(" NOT VALID").map_or(Cow::Borrowed(definition), Cow::Borrowed)
}

impl Kind for ConstraintOf<'_> {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let Self { table, constraint } = self;
        if constraint.inherited && !context.is_brought(&table.name, |parent| self.is_of(parent)) {
            return Vec::new();
        }
        let operation = Operation::AddConstraint {
            table: table.name.clone(),
            constraint: Box::new(constraint.clone()),
            index: self.index_sql(),
        };
        let action = format!("ADD CONSTRAINT {} {}", self.quoted(), definition(table, constraint));
        vec![self.alter(Verb::Create, &action).operation(operation)]
    }

    fn drop(self, context: &Context<'_>) -> Vec<Step> {
        if self.constraint.inherited && !context.is_freed(&self.table.name, |parent| self.is_of(parent)) {
            return Vec::new();
        }
        vec![self.alter(Verb::Drop, &format!("DROP CONSTRAINT {}", self.quoted()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let (from, wanted) = (self.constraint, to.constraint);
        let table = &to.table.name;
        let moves = context.is_freed(table, |parent| self.is_of(parent))
            || context.is_brought(table, |parent| to.is_of(parent));
        if from.inherited && wanted.inherited && !moves {
            return Change::Same;
        }
        if from.inherited != wanted.inherited && same_sql(&from.definition, &wanted.definition) {
            // Follows from attaching, detaching and the parent's own.
            return Change::Same;
        }
        // Those of a partitioned table's index cannot be changed.
        let options = |of: Self| of.table.indexes.get(&of.constraint.name).map(|index| &index.options);
        if to.table.partition_key.is_some() && options(self) != options(to) {
            return Change::Replace;
        }
        let same = same_sql(&without_not_valid(&from.definition), &without_not_valid(&wanted.definition));
        if same && from.enforced == wanted.enforced {
            return match (from.validated, wanted.validated) {
                (false, true) => {
                    let step = to.alter(Verb::Alter, &format!("VALIDATE CONSTRAINT {}", to.quoted()));
                    Change::Alter(vec![step])
                }
                (true, false) => Change::Replace,
                _ => Change::Same,
            };
        }
        let foreign = from.foreign_key().is_some() && from.foreign_key() == wanted.foreign_key();
        if foreign
            && from.columns == wanted.columns
            && from.validated == wanted.validated
            && from.enforced == wanted.enforced
        {
            let deferral = match wanted.deferral {
                Deferral::NotDeferrable => "NOT DEFERRABLE",
                Deferral::InitiallyImmediate => "DEFERRABLE INITIALLY IMMEDIATE",
                Deferral::InitiallyDeferred => "DEFERRABLE INITIALLY DEFERRED",
            };
            return Change::Alter(vec![to.alter(Verb::Alter, &format!("ALTER CONSTRAINT {} {deferral}", to.quoted()))]);
        }
        Change::Replace
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: format!("CONSTRAINT {} ON {}", self.quoted(), self.table.name),
            comment: self.constraint.comment.clone(),
            ..Facets::default()
        }
    }
}

/// The name of the index behind a constraint, which shares the namespace of tables.
pub(in crate::diff) fn index_name(constraint: ConstraintOf<'_>) -> Option<QualifiedName> {
    let name = || QualifiedName::new(&constraint.table.name.schema, &constraint.constraint.name);
    constraint.has_index().then(name)
}
