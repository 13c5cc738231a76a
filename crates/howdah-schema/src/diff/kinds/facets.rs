//! Owner, privileges and comment, which all kinds have in common.

use super::ownership::{Ownership, owner, ownership};
use super::privileges::{self, Action, Key, Party, Privileges, Statement};
use super::{extension, role};
use crate::catalog::{Acl, Catalog, DefaultPrivilege, Grant, ObjectId, PrivilegeObjects};
use crate::diff::Context;
use crate::diff::object::Facets;
use crate::diff::step::{Step, Verb};
use crate::{Literal, QualifiedName};

/// What leads to an owner, privileges and a comment: from others, or with `None` from those of an object just made.
///
/// REVOKE on a table takes the same privilege from its columns, so the steps of a table must stand before those of its columns.
pub(in crate::diff) fn steps(from: Option<&Facets>, to: &Facets, id: &ObjectId, context: &Context<'_>) -> Vec<Step> {
    if !role::is_managed(id, from.is_none(), context) {
        return Vec::new();
    }
    if from.is_some_and(|from| is_same(from, to)) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    let own = to.owner.as_ref().map(|(_, owner)| owner).or(to.column_grants.as_ref().map(|(.., owner)| owner));
    let wanted = own.map(String::as_str).or_else(|| owner(context.to, id)).unwrap_or("");
    let owner = ownership(context, id, from.is_none(), wanted);
    if let Some((noun, _)) = &to.owner
        && owner.step
    {
        steps.push(Step::new(Verb::Own, id.clone(), format!("ALTER {noun} OWNER TO {}", owner.sql)));
    }
    if let Some((on, acl)) = &to.privileges {
        let from = from.and_then(|from| Some(&from.privileges.as_ref()?.1));
        let statements = privilege_changes(from, acl, id, context, &owner, wanted);
        steps.extend(grant_steps(&statements, on, None, &owner.sql, id));
    }
    if let Some((on, column, grants, _)) = &to.column_grants {
        let from = from.and_then(|from| Some(from.column_grants.as_ref()?.2.as_slice()));
        let statements = column_changes(from, grants, id, context, &owner, wanted);
        steps.extend(grant_steps(&statements, on, Some(column), &owner.sql, id));
    }
    steps.extend(comment_step(from, to, id));
    steps
}

/// Whether there is nothing to look at. Grants on columns may have gone with those of their table.
fn is_same(from: &Facets, to: &Facets) -> bool {
    let columns = |facets: &Facets| facets.column_grants.as_ref().is_some_and(|(_, _, grants, _)| !grants.is_empty());
    from.comment == to.comment
        && from.owner == to.owner
        && from.privileges == to.privileges
        && !columns(from)
        && !columns(to)
}

fn comment_step(from: Option<&Facets>, to: &Facets, id: &ObjectId) -> Option<Step> {
    let is_new = match from {
        Some(from) => from.comment != to.comment,
        None => extension::needs_comment(id, to.comment.raw()),
    };
    (is_new && !to.comment_on.is_empty()).then(|| comment(id.clone(), &to.comment_on, to.comment.raw()))
}

/// Sets a comment; an empty one takes it away.
pub(super) fn comment(id: ObjectId, on: &str, text: &str) -> Step {
    let text = if text.is_empty() { Literal::Null } else { Literal::text(text) };
    Step::new(Verb::Comment, id, format!("COMMENT ON {on} IS {text}"))
}

/// Statements of others than the owner are run in their name: nobody can grant what another grants.
fn grant_steps(statements: &[Statement], on: &str, column: Option<&str>, owner: &str, id: &ObjectId) -> Vec<Step> {
    let mut steps = Vec::new();
    for run in statements.chunk_by(|left, right| left.grantor == right.grantor) {
        let mut sql: Vec<String> = run.iter().map(|statement| statement.sql(on, column, owner)).collect();
        if let Some(Party::Role(grantor)) = run.first().map(|statement| &statement.grantor) {
            sql.insert(0, format!("SET ROLE {}", crate::Ident::new(grantor)));
            sql.push("RESET ROLE".to_owned());
        }
        steps.extend(sql.into_iter().map(|sql| Step::new(Verb::Grant, id.clone(), sql)));
    }
    steps
}

fn privilege_changes(
    from: Option<&Acl>,
    to: &Acl,
    id: &ObjectId,
    context: &Context<'_>,
    after: &Ownership,
    wanted_owner: &str,
) -> Vec<Statement> {
    let wanted = privileges::read(&to.grants, &[wanted_owner, &after.name]);
    let Some(from) = from else {
        let (certain, possible) = at_creation(id, context, &after.name);
        return privileges::changes(&certain, &possible, &wanted);
    };
    if !from.explicit && !to.explicit {
        return Vec::new();
    }
    let previous = owner(context.from, id).unwrap_or(&after.name);
    let from = privileges::read(&from.grants, &[previous, &after.name]);
    privileges::changes(&from, &from, &wanted)
}

fn column_changes(
    from: Option<&[Grant]>,
    to: &[Grant],
    id: &ObjectId,
    context: &Context<'_>,
    after: &Ownership,
    wanted_owner: &str,
) -> Vec<Statement> {
    let wanted = privileges::read(to, &[wanted_owner, &after.name]);
    let Some(from) = from else { return privileges::changes(&Privileges::new(), &Privileges::new(), &wanted) };
    let previous = owner(context.from, id).unwrap_or(&after.name);
    let mut from = privileges::read(from, &[previous, &after.name]);
    if let ObjectId::Column(relation, _) = id
        && let (Some(before), Some(acl)) = (relation_acl(context.from, relation), relation_acl(context.to, relation))
    {
        // What the relation's own REVOKE has taken from the column already.
        for statement in privilege_changes(Some(before), acl, id, context, after, wanted_owner) {
            for privilege in statement.privileges {
                let (grantor, grantee) = (statement.grantor.clone(), statement.grantee.clone());
                let key = Key { grantor, grantee, privilege };
                match statement.action {
                    Action::Revoke => {
                        from.remove(&key);
                    }
                    Action::RevokeOption => {
                        from.entry(key).and_modify(|grantable| *grantable = false);
                    }
                    Action::Grant | Action::GrantWithOption => {}
                }
            }
        }
    }
    privileges::changes(&from, &from, &wanted)
}

fn relation_acl<'a>(catalog: &'a Catalog, name: &QualifiedName) -> Option<&'a Acl> {
    catalog.tables.get(name).map(|table| &table.acl).or_else(|| catalog.views.get(name).map(|view| &view.acl))
}

/// The privileges that an object certainly has when it has just been made, and those that it may have.
///
/// They follow from the default privileges of the role that makes it. Whether that is before or after those are changed is for
/// the plan's order to decide, so either is reckoned with.
fn at_creation(id: &ObjectId, context: &Context<'_>, owner: &str) -> (Privileges, Privileges) {
    let Some((objects, schema)) = default_scope(id) else { return Default::default() };
    let mut certain = privileges::built_in(objects, context.major());
    let mut possible = certain.clone();
    for setting in creator_defaults(context) {
        if setting.objects != objects {
            continue;
        }
        let grants = privileges::read(&setting.grants, &[&setting.role, owner]);
        match &setting.schema {
            Some(in_schema) if schema != Some(in_schema) => continue,
            Some(_) => {}
            None => certain.retain(|key, _| grants.contains_key(key)),
        }
        possible.extend(grants);
    }
    (certain, possible)
}

/// The default privileges of whoever runs the plan.
fn creator_defaults<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a DefaultPrivilege> {
    let (from, to) = (context.from, context.to);
    let creator = from.current_role.as_str();
    let in_files = if *to.loaded_from_files { to.current_role.as_str() } else { creator };
    let before = from.default_privileges.iter().filter(move |setting| setting.role == creator);
    before
        .chain(to.default_privileges.iter().filter(move |setting| setting.role == creator || setting.role == in_files))
}

/// Which default privileges an object gets.
fn default_scope(id: &ObjectId) -> Option<(PrivilegeObjects, Option<&String>)> {
    Some(match id {
        ObjectId::Schema(_) => (PrivilegeObjects::Schemas, None),
        ObjectId::Type(name) => (PrivilegeObjects::Types, Some(&name.schema)),
        ObjectId::Function(signature) | ObjectId::Aggregate(signature) => {
            (PrivilegeObjects::Functions, Some(&signature.name.schema))
        }
        ObjectId::Sequence(name) => (PrivilegeObjects::Sequences, Some(&name.schema)),
        ObjectId::Table(name) | ObjectId::View(name) => (PrivilegeObjects::Tables, Some(&name.schema)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
