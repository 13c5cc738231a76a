//! A catalog with who reaches what in it.

use super::AdvisorOptions;
use super::views::{Reading, readings};
use crate::Catalog;
use crate::catalog::{Function, Grant, Relation, Table};
use crate::lint;
use std::collections::BTreeSet;

/// The privileges that requests over HTTP need.
pub(super) const REQUESTS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];
/// Those of requests that write.
pub(super) const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

pub(super) struct Facts<'a> {
    pub(super) catalog: &'a Catalog,
    /// What the rules that are shared with the standards look at.
    pub(super) standards: lint::facts::Facts<'a>,
    options: &'a AdvisorOptions,
    /// Of each API role, the grantees whose privileges it has: everyone, itself, and the roles that it inherits from.
    callers: Vec<Caller<'a>>,
}

/// An API role, and whose privileges it has.
struct Caller<'a> {
    role: &'a str,
    grantees: BTreeSet<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(catalog: &'a Catalog, options: &'a AdvisorOptions) -> Self {
        let caller = |role: &'a String| Caller { role, grantees: catalog.rights_of(role) };
        Self {
            catalog,
            standards: lint::facts::Facts::new(catalog),
            options,
            callers: options.api_roles.iter().map(caller).collect(),
        }
    }

    /// Every table, partitions too: who may touch a partition by itself meets its own policies alone.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'a Table> {
        self.catalog.tables.values()
    }

    /// Whether what is in the schema is reached over HTTP.
    pub(super) fn is_exposed(&self, schema: &str) -> bool {
        self.options.exposed_schemas.iter().any(|exposed| exposed == schema)
    }

    /// The API roles that may use the schema.
    fn callers_of(&self, schema: &str) -> impl Iterator<Item = &Caller<'a>> {
        // One that is not in the catalog belongs to an extension; nothing is known of its privileges.
        let acl = self.catalog.schemas.get(schema).map(|schema| &schema.acl);
        self.callers.iter().filter(move |caller| acl.is_none_or(|acl| caller.holds(&acl.grants, "USAGE")))
    }

    /// The API roles that hold one of the privileges on the relation or on a column of it, in whatever schema it is.
    pub(super) fn roles_that_may(&self, relation: Relation<'a>, privileges: &[&str]) -> Vec<&'a str> {
        let may = |caller: &&Caller<'a>| {
            let on_columns = || relation.columns().iter().map(|column| &column.grants);
            privileges.iter().any(|privilege| {
                caller.holds(&relation.acl().grants, privilege)
                    || on_columns().any(|grants| caller.holds(grants, privilege))
            })
        };
        self.callers_of(&relation.name().schema).filter(may).map(|caller| caller.role).collect()
    }

    /// The same of a relation that is reached over HTTP; none of any other.
    pub(super) fn roles_that_reach(&self, relation: Relation<'a>, privileges: &[&str]) -> Vec<&'a str> {
        if self.is_exposed(&relation.name().schema) { self.roles_that_may(relation, privileges) } else { Vec::new() }
    }

    /// The API roles that may call a function over HTTP.
    pub(super) fn roles_that_call(&self, function: &Function) -> Vec<&'a str> {
        let schema = &function.signature.name.schema;
        if !self.is_exposed(schema) {
            return Vec::new();
        }
        let may = |caller: &&Caller<'a>| caller.holds(&function.acl.grants, "EXECUTE");
        self.callers_of(schema).filter(may).map(|caller| caller.role).collect()
    }

    /// The API roles that a policy of these roles binds.
    pub(super) fn roles_bound_by(&self, roles: &[String]) -> Vec<&'a str> {
        let bound = |caller: &&Caller<'a>| roles.iter().any(|role| caller.grantees.contains(role.as_str()));
        self.callers.iter().filter(bound).map(|caller| caller.role).collect()
    }

    /// What API callers read through views.
    pub(super) fn readings(&self) -> Vec<Reading<'a>> {
        let views = self.catalog.views.values();
        let open = views.filter(|view| !self.roles_that_reach(Relation::View(view), &["SELECT"]).is_empty());
        open.flat_map(|view| readings(self.catalog, view)).collect()
    }
}

impl Caller<'_> {
    fn holds(&self, grants: &[Grant], privilege: &str) -> bool {
        grants.iter().any(|grant| grant.privilege == privilege && self.grantees.contains(grant.grantee.as_str()))
    }
}

/// Whether anyone but the owner holds the privilege by this list.
pub(super) fn others_hold(grants: &[Grant], owner: &str, privilege: &str) -> bool {
    grants.iter().any(|grant| grant.privilege == privilege && grant.grantee != owner)
}

/// `anon`, `anon and authenticated`
pub(super) fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
