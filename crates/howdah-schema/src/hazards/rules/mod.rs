//! The rules, one file each with its tests, and what they share.

mod alter_domain_constraint;
mod attach_partition_scan;
mod change_column_type;
mod char_type;
mod cluster;
mod column_altered_twice;
mod concurrently_in_transaction;
mod constrained_domain_column;
mod constraint_not_valid;
mod delete_without_where;
mod detach_partition_not_concurrent;
mod domain_with_constraint;
mod drop_cascade;
mod drop_column;
mod drop_database;
mod drop_index_not_concurrent;
mod drop_not_null;
mod drop_object;
mod drop_schema;
mod drop_table;
mod duplicate_assignment;
mod enum_value_in_transaction;
mod enum_value_order;
mod exclusion_under_lock;
mod foreign_key_validating;
mod identifier_too_long;
mod index_not_concurrent;
mod int_key;
mod lossy_type_change;
mod missing_lock_timeout;
mod missing_statement_timeout;
mod move_to_schema;
mod nested_transaction;
mod not_in_transaction;
mod not_rerunnable;
mod primary_key_under_lock;
mod refresh_not_concurrent;
mod reindex_not_concurrent;
mod rename_column;
mod rename_enum_value;
mod rename_object;
mod rename_table;
mod required_column;
mod sequence_column;
mod serial_over_identity;
mod serial_primary_key;
mod set_not_null_scan;
mod stored_generated_column;
mod stray_commit;
pub(super) mod suppression_without_reason;
mod syntax;
mod table_storage_rewrite;
#[cfg(test)]
pub(super) mod testing;
mod timestamp_without_time_zone;
mod truncate;
mod truncate_cascade;
pub(super) mod uncommitted_transaction;
mod unique_under_lock;
pub(super) mod unknown_suppression;
mod unqualified_name;
pub(super) mod unused_suppression;
mod update_without_where;
mod vacuum_full;
mod validate_in_same_transaction;
mod varchar_type;
mod volatile_default;

use super::engine::Check;
use super::seen::Seen;
use super::statement::{Action, ActionKind, Kind, Name, Statement, TypeRef};
use crate::QualifiedName;
use crate::findings::Rule;
use std::sync::LazyLock;

/// All rules, in order of their ids.
pub(super) const ALL: &[Check] = &[
    alter_domain_constraint::CHECK,
    attach_partition_scan::CHECK,
    change_column_type::CHECK,
    char_type::CHECK,
    cluster::CHECK,
    column_altered_twice::CHECK,
    concurrently_in_transaction::CHECK,
    constrained_domain_column::CHECK,
    constraint_not_valid::CHECK,
    delete_without_where::CHECK,
    detach_partition_not_concurrent::CHECK,
    domain_with_constraint::CHECK,
    drop_cascade::CHECK,
    drop_column::CHECK,
    drop_database::CHECK,
    drop_index_not_concurrent::CHECK,
    drop_not_null::CHECK,
    drop_object::CHECK,
    drop_schema::CHECK,
    drop_table::CHECK,
    duplicate_assignment::CHECK,
    enum_value_in_transaction::CHECK,
    enum_value_order::CHECK,
    exclusion_under_lock::CHECK,
    foreign_key_validating::CHECK,
    identifier_too_long::CHECK,
    index_not_concurrent::CHECK,
    int_key::CHECK,
    lossy_type_change::CHECK,
    missing_lock_timeout::CHECK,
    missing_statement_timeout::CHECK,
    move_to_schema::CHECK,
    nested_transaction::CHECK,
    not_in_transaction::CHECK,
    not_rerunnable::CHECK,
    primary_key_under_lock::CHECK,
    refresh_not_concurrent::CHECK,
    reindex_not_concurrent::CHECK,
    rename_column::CHECK,
    rename_enum_value::CHECK,
    rename_object::CHECK,
    rename_table::CHECK,
    required_column::CHECK,
    sequence_column::CHECK,
    serial_over_identity::CHECK,
    serial_primary_key::CHECK,
    set_not_null_scan::CHECK,
    stored_generated_column::CHECK,
    stray_commit::CHECK,
    suppression_without_reason::CHECK,
    syntax::CHECK,
    table_storage_rewrite::CHECK,
    timestamp_without_time_zone::CHECK,
    truncate::CHECK,
    truncate_cascade::CHECK,
    uncommitted_transaction::CHECK,
    unique_under_lock::CHECK,
    unknown_suppression::CHECK,
    unqualified_name::CHECK,
    unused_suppression::CHECK,
    update_without_where::CHECK,
    vacuum_full::CHECK,
    validate_in_same_transaction::CHECK,
    varchar_type::CHECK,
    volatile_default::CHECK,
];

/// About suppressions of any set of rules.
pub(crate) const UNKNOWN_SUPPRESSION: Rule = unknown_suppression::CHECK.rule;
/// As [`UNKNOWN_SUPPRESSION`].
pub(crate) const UNUSED_SUPPRESSION: Rule = unused_suppression::CHECK.rule;
/// As [`UNKNOWN_SUPPRESSION`].
pub(crate) const SUPPRESSION_WITHOUT_REASON: Rule = suppression_without_reason::CHECK.rule;

/// All rules, in order of their ids, for documentation.
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| ALL.iter().map(|check| check.rule).collect());
    &RULES
}

/// The actions of an ALTER TABLE with the table's full name; none of any other statement.
fn alterations<'s>(statement: &'s Statement, seen: &Seen<'_>) -> Vec<(QualifiedName, &'s Action)> {
    match &statement.kind {
        Kind::AlterTable { table, actions } => {
            let table = seen.qualify(table);
            actions.iter().map(|action| (table.clone(), action)).collect()
        }
        _ => Vec::new(),
    }
}

/// The columns that a statement gives a type, with that.
fn typed_columns(statement: &Statement) -> Vec<(&Name, &str, &TypeRef)> {
    match &statement.kind {
        Kind::CreateTable(it) => it
            .columns
            .iter()
            .filter_map(|column| Some((&it.name, column.name.as_str(), column.data_type.as_ref()?)))
            .collect(),
        Kind::AlterTable { table, actions } => actions
            .iter()
            .filter_map(|action| match &action.kind {
                ActionKind::AddColumn { column, .. } => Some((table, column.name.as_str(), column.data_type.as_ref()?)),
                ActionKind::AlterType { column, to, .. } => Some((table, column.as_str(), to)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
