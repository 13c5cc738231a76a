//! NOT NULL as a constraint with a name and a comment: of columns since PostgreSQL 18, of domains since 17.

use super::facets;
use crate::catalog::{Column, Domain, NotNull, ObjectId, Table};
use crate::diff::Context;
use crate::diff::object::ColumnOf;
use crate::diff::step::{Operation, Step, Verb};
use crate::{Ident, QualifiedName};

/// What CREATE TABLE and ADD COLUMN cannot say of a new column: that it is not checked, and its comment.
pub(super) fn beside(column: ColumnOf<'_>) -> Vec<Step> {
    let Some(not_null) = &column.column.not_null_constraint else { return Vec::new() };
    let unchecked = (!not_null.validated && !not_null.inherited).then(|| add(column, not_null));
    unchecked.into_iter().chain(comment(column, not_null, "")).collect()
}

/// What leads from one column to the other, which is the same in another form.
pub(super) fn steps(from: ColumnOf<'_>, to: ColumnOf<'_>, context: &Context<'_>) -> Vec<Step> {
    let mut steps = own_steps(from, to, context);
    let anew = steps.iter().any(|step| step.sql.ends_with("DROP NOT NULL"));
    let was = from.column.not_null_constraint.as_ref();
    if let Some(not_null) = &to.column.not_null_constraint
        // Under which name it comes from a parent depends on that.
        && was.is_none_or(|was| was.inherited == not_null.inherited)
    {
        let was = was.filter(|_| !anew).map_or("", |was| was.comment.raw());
        steps.extend(comment(to, not_null, was));
    }
    steps
}

/// What leads from one domain to the other.
pub(super) fn domain_steps(from: &Domain, to: &Domain, context: &Context<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    let (was, is) = (&from.not_null_constraint, &to.not_null_constraint);
    match (from.not_null, to.not_null) {
        (false, false) => {}
        (true, false) => steps.push(to.alter("DROP NOT NULL")),
        (false, true) => match named_in_domain(to, context) {
            Some(name) => steps.push(to.alter(&format!("ADD CONSTRAINT {name} NOT NULL"))),
            None => steps.push(to.alter("SET NOT NULL")),
        },
        (true, true) => {
            if let (Some(was), Some(is)) = (was, is)
                && was.name != is.name
            {
                let (old, new) = (Ident::new(&was.name), Ident::new(&is.name));
                steps.push(to.alter(&format!("RENAME CONSTRAINT {old} TO {new}")));
            }
        }
    }
    let was = was.as_ref().map_or("", |was| was.comment.raw());
    steps.extend(domain_comment(to, was));
    steps
}

/// The name of a domain's NOT NULL, if it must be said: it is not the usual one, or a former domain still has that.
pub(super) fn named_in_domain<'a>(domain: &'a Domain, context: &Context<'_>) -> Option<Ident<'a>> {
    let not_null = domain.not_null_constraint.as_ref()?;
    let usual = format!("{}_not_null", domain.name.name);
    let taken = context.rewritten.contains(&ObjectId::Type(domain.name.clone()));
    (not_null.name != usual || taken).then(|| Ident::new(&not_null.name))
}

pub(super) fn domain_comment(domain: &Domain, was: &str) -> Option<Step> {
    let not_null = domain.not_null_constraint.as_ref()?;
    let on = format!("CONSTRAINT {} ON DOMAIN {}", Ident::new(&not_null.name), domain.name);
    let text = not_null.comment.raw();
    (text != was).then(|| facets::comment(ObjectId::Type(domain.name.clone()), &on, text))
}

fn comment(column: ColumnOf<'_>, not_null: &NotNull, was: &str) -> Option<Step> {
    let on = format!("CONSTRAINT {} ON {}", Ident::new(&not_null.name), column.table.name);
    let text = not_null.comment.raw();
    (text != was).then(|| facets::comment(column.id(), &on, text))
}

fn add(of: ColumnOf<'_>, not_null: &NotNull) -> Step {
    let (table, column, name) = (&of.table.name, Ident::new(&of.column.name), Ident::new(&not_null.name));
    let no_inherit = if not_null.no_inherit { " NO INHERIT" } else { "" };
    let not_valid = if not_null.validated { "" } else { " NOT VALID" };
    let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {column}{no_inherit}{not_valid}");
    Step::new(Verb::Alter, of.id(), sql)
}

/// NOT NULL with more to it than the word.
pub(super) fn named<'a>(table: &Table, column: &'a Column) -> Option<&'a NotNull> {
    let not_null = column.not_null_constraint.as_ref()?;
    let usual = format!("{}_{}_not_null", table.name.name, column.name);
    (not_null.name != usual || !not_null.validated || not_null.no_inherit).then_some(not_null)
}

fn own_steps(from: ColumnOf<'_>, to: ColumnOf<'_>, context: &Context<'_>) -> Vec<Step> {
    let (before, after) = (from.column, to.column);
    let table = &to.table.name;
    let inherited = |column: &Column| column.not_null_constraint.as_ref().is_some_and(|not_null| not_null.inherited);
    let stays = from.table.partition_of == to.table.partition_of && from.table.inherits == to.table.inherits;
    // It comes with the parent's, whatever its own was called; to join a parent the table must have it.
    if inherited(after) {
        let joins = !stays && !before.not_null;
        return after.not_null_constraint.iter().filter(|_| joins).map(|not_null| add(to, not_null)).collect();
    }
    let set = || {
        let operation = Operation::SetNotNull { table: table.clone(), column: after.name.clone() };
        match named(to.table, after) {
            Some(not_null) => add(to, not_null),
            None => to.alter("SET NOT NULL").operation(operation),
        }
    };
    match (before.not_null, after.not_null) {
        (false, false) => Vec::new(),
        (true, false) => vec![to.alter("DROP NOT NULL")],
        (false, true) => vec![set()],
        (true, true) => match (&before.not_null_constraint, &after.not_null_constraint) {
            // It went with the parent's, unless it was the table's own as well.
            (Some(one), Some(_)) if one.inherited && stays => vec![to.alter("DROP NOT NULL"), set()],
            // When the table leaves its parent it gets its name.
            (Some(one), Some(_)) if one.inherited => Vec::new(),
            (Some(one), Some(other))
                if one.name != other.name && one.validated == other.validated && one.no_inherit == other.no_inherit =>
            {
                // A rename looks for the same name in the child tables.
                let children = context.from.tables.values().filter(|child| child.inherits.contains(table));
                let mut names = children.filter_map(|child| child.column(&after.name)?.not_null_constraint.as_ref());
                if names.any(|of_child| of_child.name != one.name) {
                    vec![to.alter("DROP NOT NULL"), set()]
                } else {
                    rename(table, to.id(), one, other).into_iter().collect()
                }
            }
            (Some(one), Some(other)) if !one.validated && other.validated && one.no_inherit == other.no_inherit => {
                let sql = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", Ident::new(&one.name));
                vec![Step::new(Verb::Alter, to.id(), sql)]
            }
            (Some(one), Some(other)) if one.no_inherit != other.no_inherit || one.validated != other.validated => {
                vec![to.alter("DROP NOT NULL"), set()]
            }
            _ => Vec::new(),
        },
    }
}

fn rename(table: &QualifiedName, id: ObjectId, from: &NotNull, to: &NotNull) -> Option<Step> {
    let (old, new) = (Ident::new(&from.name), Ident::new(&to.name));
    let sql = format!("ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}");
    (old != new).then(|| Step::new(Verb::Rename, id, sql))
}

/// Gives NOT NULL its name where that comes or goes with a parent table: it can be given only while there is none.
pub(super) fn adopted(from: &Table, to: &Table) -> Vec<Step> {
    if from.partition_of == to.partition_of && from.inherits == to.inherits {
        return Vec::new();
    }
    let renamed = |column: &Column| {
        let (one, other) =
            (from.column(&column.name)?.not_null_constraint.as_ref()?, column.not_null_constraint.as_ref()?);
        let alike = one.validated && other.validated && one.no_inherit == other.no_inherit;
        if alike && (one.inherited || other.inherited) { rename(&to.name, to.id(), one, other) } else { None }
    };
    to.columns.iter().filter_map(renamed).collect()
}
