//! The rules, one file each with its tests, and what they share.

pub(crate) mod audit_trigger;
mod boolean_name;
pub(crate) mod broken_object;
mod check_name;
mod column_comment;
mod created_at;
mod date_name;
mod email_format;
mod foreign_key_name;
mod index_name;
mod jsonb_over_json;
mod malformed_tag;
mod mask_mismatch;
mod misplaced_tag;
mod money_type;
mod no_on_delete;
pub(crate) mod no_primary_key;
mod plural_table;
mod primary_key_type;
mod scattered_tables;
mod snake_case_column;
mod snake_case_table;
mod soft_delete_index;
mod status_values;
mod table_comment;
mod tag_column;
#[cfg(test)]
pub(super) mod testing;
mod text_over_varchar;
mod timestamp_name;
mod timestamptz_over_timestamp;
mod undeclared_foreign_key;
mod ungrouped_table;
pub(crate) mod unindexed_foreign_key;
mod unique_name;
mod unknown_tag;
mod updated_at;

pub(super) use audit_trigger::audit_trigger;

use super::engine::{Check, Out};
use super::facts::column_id;
use super::types;
use crate::Ident;
use crate::catalog::{ObjectId, Table};
use crate::findings::Rule;
use std::sync::LazyLock;

/// All rules, in order of their ids.
pub(super) const ALL: &[Check] = &[
    audit_trigger::CHECK,
    boolean_name::CHECK,
    broken_object::CHECK,
    check_name::CHECK,
    column_comment::CHECK,
    created_at::CHECK,
    date_name::CHECK,
    email_format::CHECK,
    foreign_key_name::CHECK,
    index_name::CHECK,
    jsonb_over_json::CHECK,
    malformed_tag::CHECK,
    mask_mismatch::CHECK,
    misplaced_tag::CHECK,
    money_type::CHECK,
    no_on_delete::CHECK,
    no_primary_key::CHECK,
    plural_table::CHECK,
    primary_key_type::CHECK,
    scattered_tables::CHECK,
    snake_case_column::CHECK,
    snake_case_table::CHECK,
    soft_delete_index::CHECK,
    status_values::CHECK,
    table_comment::CHECK,
    tag_column::CHECK,
    text_over_varchar::CHECK,
    timestamp_name::CHECK,
    timestamptz_over_timestamp::CHECK,
    undeclared_foreign_key::CHECK,
    ungrouped_table::CHECK,
    unindexed_foreign_key::CHECK,
    unique_name::CHECK,
    unknown_tag::CHECK,
    updated_at::CHECK,
];

/// All rules, in order of their ids, for documentation.
pub fn rules() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| ALL.iter().map(|check| check.rule).collect());
    &RULES
}

/// Words for a limit in time: `snoozed_until`, `valid_from`.
const TIME_WORDS: &[&str] = &["until", "since", "after", "before", "from", "to", "for"];

/// Whether a name has other words and then this one.
fn ends_with_word(name: &str, word: &str) -> bool {
    name.strip_suffix(word).is_some_and(|rest| rest.len() > 1 && rest.ends_with('_'))
}

/// Whether a constraint or index is named after its table: `fk_notes_…`. Where a long table leaves no room for more in 63
/// bytes, the prefix is enough.
fn is_named(name: &str, prefix: &str, table: &str) -> bool {
    let wanted = format!("{prefix}_{table}_");
    name.starts_with(&wanted) || (wanted.len() > 50 && name.starts_with(&format!("{prefix}_")))
}

/// `idx_notes_user_id_title`
fn wanted_name(prefix: &str, table: &str, columns: &[&str]) -> String {
    match columns {
        [] => format!("{prefix}_{table}_…"),
        columns => format!("{prefix}_{table}_{}", columns.join("_")),
    }
}

/// `constraint chk_notes_title check (…)`, with the condition on the column.
fn check_sql(of: &str, column: &str, condition: impl FnOnce(&Ident<'_>) -> String) -> String {
    let name = Ident::new(wanted_name("chk", of, &[column]));
    format!("constraint {name} check ({})", condition(&Ident::new(column)))
}

/// The statement that gives a foreign key its index.
pub(super) fn index_statement(table: &Table, columns: &[String]) -> String {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    let quoted: Vec<String> = names.iter().map(|name| Ident::new(*name).to_string()).collect();
    let name = wanted_name("idx", &table.name.name, &names);
    // PostgreSQL would cut it, too, and say so.
    let end = name.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= 63).last().unwrap_or(0);
    let name = Ident::new(name.get(..end).unwrap_or_default().to_owned());
    format!("create index {name} on {} ({});", table.name, quoted.join(", "))
}

/// That a table has a `timestamptz not null` of this name.
fn stamp(table: &Table, name: &str, says: &str, out: &mut Out<'_>) {
    let fix = format!("add `{name} timestamptz not null default now()`");
    let Some(column) = table.column(name) else {
        out.at(
            ObjectId::Table(table.name.clone()),
            format!("{} does not say {says}: it has no {name}", table.name),
            fix,
        );
        return;
    };
    if column.inherited {
        return;
    }
    let id = column_id(&table.name, column);
    if !types::is(&column.data_type, "timestamp with time zone") {
        out.at(id, format!("`{name}` is {}, not timestamptz", column.data_type.sql), "make it timestamptz");
    } else if !column.not_null {
        out.at(id, format!("`{name}` can be null, and then says nothing"), "add `not null default now()`");
    }
}
