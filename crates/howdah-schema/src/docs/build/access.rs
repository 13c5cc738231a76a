//! What grants and policies come to.

use super::context::{Context, applies};
use super::{bare, prose};
use crate::catalog::{Acl, Column, PUBLIC, Policy, PolicyCommand, Relation, RowSecurity};
use crate::docs::model::{Access, AccessCell, PolicyDoc, RoleAccess, RowSecurityDoc, Rows};
use std::collections::{BTreeMap, BTreeSet};

/// How PUBLIC is written, which no role can be called.
pub(super) const EVERYONE: &str = "PUBLIC";
/// How the owner is written: its name differs from server to server.
const OWNER: &str = "owner";

/// A role's name for readers.
pub(super) fn label(role: &str, owner: &str) -> String {
    match role {
        PUBLIC => EVERYONE.to_owned(),
        role if role == owner => OWNER.to_owned(),
        role => role.to_owned(),
    }
}

/// Who holds a privilege beside the owner, PUBLIC first.
pub(super) fn holders(acl: &Acl, owner: &str, privilege: &str) -> Vec<String> {
    let held = acl.grants.iter().filter(|grant| grant.privilege == privilege && grant.grantee != owner);
    let names: BTreeSet<&str> = held.map(|grant| grant.grantee.as_str()).collect();
    let (everyone, named): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| *name == PUBLIC);
    everyone.into_iter().chain(named).map(|name| label(name, owner)).collect()
}

/// The access to a table or view.
pub(super) fn access(context: &Context<'_>, relation: Relation<'_>) -> Access {
    let (policies, row_security) = protection(relation);
    let owner = relation.owner();
    let subject = Subject::new(context, relation);
    let mut matrix = Vec::new();
    if subject.has_grant(PUBLIC) {
        matrix.push(subject.role(PUBLIC));
    }
    if policies.values().any(|policy| policy.roles.iter().any(|role| role == owner)) {
        matrix.push(subject.role(owner));
    }
    let mut no_access = Vec::new();
    for role in context.roles.iter().filter(|role| **role != owner) {
        let named = || policies.values().any(|policy| policy.roles.iter().any(|named| named == role));
        let inherited = || context.inherits.get(role).is_some_and(|all| all.iter().any(|role| subject.has_grant(role)));
        let superuser = || context.catalog.roles.get(*role).is_some_and(|role| role.superuser);
        if subject.has_grant(role) || inherited() || named() || superuser() {
            matrix.push(subject.role(role));
        } else {
            no_access.push((*role).to_owned());
        }
    }
    Access {
        row_security: row_security_doc(row_security),
        matrix,
        no_access,
        policies: policies.values().map(|policy| policy_doc(policy, owner)).collect(),
    }
}

/// What one role may do with a table or view, whether or not this documentation speaks of the role.
pub(super) fn of_role(context: &Context<'_>, relation: Relation<'_>, role: &str) -> RoleAccess {
    Subject::new(context, relation).role(role)
}

/// The policies of a table that are a role's.
pub(super) fn policies_of(context: &Context<'_>, relation: Relation<'_>, role: &str) -> Vec<PolicyDoc> {
    let inherits = context.inherits.get(role);
    let all = protection(relation).0.values().filter(|policy| applies(policy, role, inherits));
    all.map(|policy| policy_doc(policy, relation.owner())).collect()
}

/// A table's policies and whether they hold; a view has none.
fn protection(relation: Relation<'_>) -> (&BTreeMap<String, Policy>, RowSecurity) {
    static NONE: BTreeMap<String, Policy> = BTreeMap::new();
    relation.table().map_or((&NONE, RowSecurity::default()), |table| (&table.policies, table.row_security))
}

pub(super) fn row_security_of(relation: Relation<'_>) -> RowSecurityDoc {
    row_security_doc(protection(relation).1)
}

fn row_security_doc(row_security: RowSecurity) -> RowSecurityDoc {
    match (row_security.enabled, row_security.forced) {
        (false, _) => RowSecurityDoc::Off,
        (true, false) => RowSecurityDoc::On,
        (true, true) => RowSecurityDoc::Forced,
    }
}

fn policy_doc(policy: &Policy, owner: &str) -> PolicyDoc {
    let roles: BTreeSet<String> = policy.roles.iter().map(|role| label(role, owner)).collect();
    PolicyDoc {
        name: policy.name.clone(),
        command: policy.command,
        permissive: policy.permissive,
        roles: roles.into_iter().collect(),
        using: policy.using.as_deref().map(bare),
        check: policy.check.as_deref().map(bare),
        purpose: prose(&policy.comment),
    }
}

/// What the matrix is about.
struct Subject<'a> {
    context: &'a Context<'a>,
    relation: Relation<'a>,
    policies: &'a BTreeMap<String, Policy>,
    enabled: bool,
    forced: bool,
}

impl<'a> Subject<'a> {
    fn new(context: &'a Context<'a>, relation: Relation<'a>) -> Self {
        let (policies, row_security) = protection(relation);
        Self { context, relation, policies, enabled: row_security.enabled, forced: row_security.forced }
    }
}

impl Subject<'_> {
    /// Whether this very grantee was granted anything here.
    fn has_grant(&self, grantee: &str) -> bool {
        let columns = self.relation.columns().iter().flat_map(|column| &column.grants);
        self.relation.acl().grants.iter().chain(columns).any(|grant| grant.grantee == grantee)
    }

    fn role(&self, role: &str) -> RoleAccess {
        let owner = self.relation.owner();
        let cell = |command| self.cell(role, command);
        let other: BTreeSet<&str> = self
            .grantees(role)
            .iter()
            .flat_map(|grantee| self.relation.acl().grants.iter().filter(move |grant| grant.grantee == *grantee))
            .map(|grant| grant.privilege.as_str())
            .filter(|privilege| !matches!(*privilege, "SELECT" | "INSERT" | "UPDATE" | "DELETE"))
            .collect();
        let schema = self.context.catalog.schemas.get(&self.relation.name().schema);
        let may_use = schema.is_none_or(|schema| {
            role == owner
                || role == schema.owner
                || self.is_superuser(role)
                || self.grantees(role).iter().any(|grantee| schema.acl.allows(grantee, "USAGE"))
        });
        RoleAccess {
            role: label(role, owner),
            select: cell(PolicyCommand::Select),
            insert: cell(PolicyCommand::Insert),
            update: cell(PolicyCommand::Update),
            delete: cell(PolicyCommand::Delete),
            other: if role == owner { Vec::new() } else { other.into_iter().map(str::to_owned).collect() },
            schema_usage: may_use,
        }
    }

    fn is_superuser(&self, role: &str) -> bool {
        self.context.catalog.roles.get(role).is_some_and(|role| role.superuser)
    }

    /// The role, the roles that it inherits from, and everyone.
    fn grantees<'r>(&'r self, role: &'r str) -> Vec<&'r str> {
        let inherited = self.context.inherits.get(role).into_iter().flatten().copied();
        let mut grantees = vec![role];
        grantees.extend(inherited);
        if role != PUBLIC {
            grantees.push(PUBLIC);
        }
        grantees
    }

    fn cell(&self, role: &str, command: PolicyCommand) -> AccessCell {
        let privilege = command.as_sql();
        let owner = self.relation.owner();
        if role == owner || self.is_superuser(role) {
            let bound = role == owner && self.enabled && self.forced;
            let rows = if bound { self.rows(role, command) } else { Rows::All { by: Vec::new() } };
            return AccessCell { granted: true, columns: None, through: Vec::new(), rows };
        }
        let grantees = self.grantees(role);
        let whole: Vec<&str> =
            grantees.iter().copied().filter(|grantee| self.relation.acl().allows(grantee, privilege)).collect();
        let on_column = |column: &Column, grantee: &str| {
            column.grants.iter().any(|grant| grant.grantee == grantee && grant.privilege == privilege)
        };
        let (through, columns) = if whole.is_empty() {
            let has = |grantee: &&str| self.relation.columns().iter().any(|column| on_column(column, grantee));
            let through: Vec<&str> = grantees.iter().copied().filter(has).collect();
            let granted = |column: &&Column| through.iter().any(|grantee| on_column(column, grantee));
            let columns: Vec<String> =
                self.relation.columns().iter().filter(granted).map(|column| column.name.clone()).collect();
            if columns.is_empty() {
                return AccessCell::default();
            }
            // Every column named is not the same as the whole, where columns are added later; for readers it is.
            (through, Some(columns))
        } else {
            (whole, None)
        };
        let direct = through.contains(&role);
        let through = if direct { Vec::new() } else { through.into_iter().map(|name| label(name, owner)).collect() };
        AccessCell { granted: true, columns, through, rows: self.rows(role, command) }
    }

    fn rows(&self, role: &str, command: PolicyCommand) -> Rows {
        let bypasses = self.context.catalog.roles.get(role).is_some_and(|role| role.bypass_rls);
        if !self.enabled || bypasses {
            return Rows::All { by: Vec::new() };
        }
        let inherits = self.context.inherits.get(role);
        let relevant = self
            .policies
            .values()
            .filter(|policy| policy.command == PolicyCommand::All || policy.command == command)
            .filter(|policy| applies(policy, role, inherits));
        let (mut any_of, mut all_of, mut unconditional) = (Vec::new(), Vec::new(), Vec::new());
        for policy in relevant {
            let Some(condition) = condition(policy, command) else { continue };
            match (policy.permissive, condition) {
                (true, Condition::Always) => {
                    unconditional.push(policy.name.clone());
                    any_of.push(policy.name.clone());
                }
                (true, Condition::Sometimes) => any_of.push(policy.name.clone()),
                (false, Condition::Always) => {}
                (false, Condition::Sometimes) => all_of.push(policy.name.clone()),
            }
        }
        if any_of.is_empty() {
            Rows::None
        } else if all_of.is_empty() && !unconditional.is_empty() {
            Rows::All { by: unconditional }
        } else {
            // Beside one that lets all through, the others say nothing.
            Rows::Policies { any_of: if unconditional.is_empty() { any_of } else { unconditional }, all_of }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Condition {
    Always,
    Sometimes,
}

/// What a policy demands of the rows of an operation; `None` if it says nothing about it.
///
/// As in PostgreSQL's rowsecurity.c: a policy without the expression that is asked for adds nothing, and where no
/// permissive policy adds anything no row passes. New rows are held against WITH CHECK, or USING without it.
fn condition(policy: &Policy, command: PolicyCommand) -> Option<Condition> {
    let using = policy.using.as_deref();
    let check = policy.check.as_deref().or(using);
    let is_true = |sql: &str| bare(sql) == "true";
    let always = match command {
        PolicyCommand::Insert => is_true(check?),
        // A restrictive policy may restrict the new row alone.
        PolicyCommand::Update if !policy.permissive => using.is_none_or(is_true) && is_true(check?),
        PolicyCommand::Update => is_true(using?) && is_true(check?),
        PolicyCommand::All | PolicyCommand::Select | PolicyCommand::Delete => is_true(using?),
    };
    Some(if always { Condition::Always } else { Condition::Sometimes })
}
