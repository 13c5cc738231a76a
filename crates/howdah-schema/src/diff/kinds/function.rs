//! Functions and procedures.

use crate::QualifiedName;
use crate::catalog::{Argument, ArgumentMode, Catalog, Function, FunctionKind, ObjectId, TypeKind};
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::diff::{Context, same_sql};

impl Function {
    fn id(&self) -> ObjectId {
        ObjectId::Function(self.signature.clone())
    }

    /// A window function is a function to every statement but CREATE.
    fn noun(&self) -> String {
        let kind = if self.kind == FunctionKind::Procedure { "PROCEDURE" } else { "FUNCTION" };
        format!("{kind} {}", self.signature)
    }

    /// The server's text is CREATE OR REPLACE already.
    fn define(&self, verb: Verb) -> Step {
        Step::new(verb, self.id(), self.definition.trim_end())
    }

    /// Whether CREATE OR REPLACE takes `to` in place of `self`: callers must still find the arguments that they give, and get
    /// the same columns.
    fn can_become(&self, to: &Self) -> bool {
        let result = |function: &Self| function.returns.as_ref().map(|returns| (returns.sql.clone(), returns.set));
        self.kind == to.kind
            && result(self) == result(to)
            && self.arguments.len() == to.arguments.len()
            && self.arguments.iter().zip(&to.arguments).all(|(from, to)| can_become(from, to))
    }
}

/// Whether the server parses the body when the function is made: then what it is about must fit at that moment.
fn is_parsed(function: &Function) -> bool {
    function.language == "sql" && (function.body.starts_with("BEGIN ATOMIC") || function.body.starts_with("RETURN "))
}

/// Whether a row of a type is something else afterwards.
fn row_changes(data_type: &QualifiedName, context: &Context<'_>) -> bool {
    let row = |catalog: &Catalog| {
        let relation = catalog.relation(&data_type.schema, &data_type.name);
        let columns = relation.map(|relation| {
            relation.columns().iter().map(|column| (column.name.clone(), column.data_type.sql.clone())).collect()
        });
        let attributes = catalog.composites.get(data_type).map(|found| {
            found.attributes.iter().map(|part| (part.name.clone(), part.data_type.sql.clone())).collect::<Vec<_>>()
        });
        columns.or(attributes)
    };
    row(context.from) != row(context.to)
}

fn can_become(from: &Argument, to: &Argument) -> bool {
    if from.mode != to.mode || from.data_type.sql != to.data_type.sql {
        return false;
    }
    if !from.mode.is_input() {
        return from.name == to.name;
    }
    // One without a name may get one. In a result column, which an INOUT argument is too, that would be a new name.
    let named = from.name == to.name || (from.name.is_none() && from.mode != ArgumentMode::InOut);
    // The default of a polymorphic argument has a type of its own, which may not change.
    let defaulted = match (&from.default, &to.default) {
        (Some(_), None) => false,
        (Some(from_default), Some(default)) => {
            from.data_type.kind != TypeKind::Pseudo || same_sql(from_default, default)
        }
        (None, _) => true,
    };
    named && defaulted
}

impl Kind for &Function {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        vec![self.define(Verb::Create)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        if context.same_sql(self.definition.trim_end(), to.definition.trim_end()) {
            Change::Same
        } else if is_parsed(self) && self.returns.as_ref().is_some_and(|it| row_changes(&it.data_type.name, context)) {
            // The old body fits the old row alone, the new body the new one: there is no moment for a change.
            Change::Replace
        } else if self.can_become(to) {
            // It replaces all there is to a function, SET clauses too; only owner, privileges and comment stay.
            Change::Alter(vec![to.define(Verb::Alter)])
        } else {
            Change::Replace
        }
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: self.noun(),
            comment: self.comment.clone(),
            owner: Some((self.noun(), self.owner.clone())),
            privileges: Some((self.noun(), self.acl.clone())),
            ..Facets::default()
        }
    }
}
