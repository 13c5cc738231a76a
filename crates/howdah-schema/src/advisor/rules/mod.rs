//! The rules, one file each with its tests, and what they share.

mod auth_call_per_row;
mod auth_table_exposed;
mod callable_definer_function;
mod duplicate_index;
mod extension_in_public;
mod foreign_table_in_api;
mod integer_key;
mod materialized_view_in_api;
mod multiple_permissive_policies;
mod mutable_search_path;
mod overlapping_index;
mod personal_data_without_rls;
mod policy_always_true;
mod policy_without_rls;
mod rls_disabled;
mod rls_without_policy;
mod security_definer_view;
#[cfg(test)]
mod testing;
mod unlogged_table;
mod unvalidated_constraint;
mod user_editable_claims;

use super::engine::Check;
use crate::catalog::{Acl, Index, ObjectId, PUBLIC, Policy, Table};
use crate::findings::Rule;
use crate::{Catalog, Ident, QualifiedName, lint};
use std::sync::LazyLock;

/// The advisor's own rules, in order of their ids.
pub(super) const ALL: &[Check] = &[
    auth_call_per_row::CHECK,
    auth_table_exposed::CHECK,
    callable_definer_function::CHECK,
    duplicate_index::CHECK,
    extension_in_public::CHECK,
    foreign_table_in_api::CHECK,
    integer_key::CHECK,
    materialized_view_in_api::CHECK,
    multiple_permissive_policies::CHECK,
    mutable_search_path::CHECK,
    overlapping_index::CHECK,
    personal_data_without_rls::CHECK,
    policy_always_true::CHECK,
    policy_without_rls::CHECK,
    rls_disabled::CHECK,
    rls_without_policy::CHECK,
    security_definer_view::CHECK,
    unlogged_table::CHECK,
    unvalidated_constraint::CHECK,
    user_editable_claims::CHECK,
];

/// Those of the standards that are the advisor's too.
pub(super) const SHARED: &[lint::engine::Check] =
    &[lint::rules::broken_object::CHECK, lint::rules::no_primary_key::CHECK, lint::rules::unindexed_foreign_key::CHECK];

/// All rules, in order of their ids, for documentation.
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        let own = ALL.iter().map(|check| check.rule);
        let mut rules: Vec<Rule> = own.chain(SHARED.iter().map(|check| check.rule)).collect();
        rules.sort_by_key(|rule| rule.id);
        rules
    });
    &RULES
}

fn table_id(table: &Table) -> ObjectId {
    ObjectId::Table(table.name.clone())
}

fn policy_id(table: &Table, policy: &Policy) -> ObjectId {
    ObjectId::Policy(table.name.clone(), policy.name.clone())
}

/// From whom a right is to be taken so that these roles no longer have it, as SQL lists them.
fn grantees(acl: &Acl, roles: &[&str]) -> String {
    let everyone = acl.grants.iter().any(|grant| grant.grantee == PUBLIC).then(|| "public".to_owned());
    let roles = roles.iter().map(|role| Ident::new(*role).to_string());
    everyone.into_iter().chain(roles).collect::<Vec<_>>().join(", ")
}

/// `alter table public.notes enable row level security;`
fn enable_rls(table: &Table) -> String {
    format!("alter table {} enable row level security;", table.name)
}

/// What makes a view read as its caller; before PostgreSQL 15 nothing does.
fn make_invoker(catalog: &Catalog, view: &QualifiedName) -> String {
    match catalog.postgres_major {
        1..15 => {
            format!("move {view} to a schema that is not exposed: before PostgreSQL 15 every view reads as its owner")
        }
        _ => format!("let it read as its caller: `alter view {view} set (security_invoker = true);`"),
    }
}

/// Indexes of tables and materialized views with what they are on, but for those that are parts of a partitioned table's
/// index, which is judged itself.
fn indexed(catalog: &Catalog) -> impl Iterator<Item = (&QualifiedName, Vec<&Index>)> {
    let of_tables = catalog.tables.values().map(|table| (&table.name, &table.indexes));
    let of_views = catalog.views.values().map(|view| (&view.name, &view.indexes));
    of_tables
        .chain(of_views)
        .map(|(name, indexes)| (name, indexes.values().filter(|index| index.valid && index.parent.is_none()).collect()))
}

fn index_id(relation: &QualifiedName, index: &Index) -> ObjectId {
    ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()))
}

/// The statement that drops an index, or the constraint that it stands behind.
fn drop_index(relation: &QualifiedName, index: &Index) -> String {
    match &index.constraint {
        Some(constraint) => format!("alter table {relation} drop constraint {};", Ident::new(constraint.as_str())),
        None => format!("drop index {};", QualifiedName::new(relation.schema.clone(), index.name.clone())),
    }
}
