//! Triggers: before and after, for rows and statements, as constraints, switched off.

use super::model::Table;
use super::render::{Sql, quote};

impl Sql<'_> {
    pub(super) fn triggers(&mut self, table: &Table, table_name: &str) {
        for trigger in &table.triggers {
            let (Some(column), Some(function)) = (table.column(trigger.column), self.model.function(trigger.function))
            else {
                continue;
            };
            let column = quote(&column.name.name);
            let of = if trigger.form.is_multiple_of(2) { format!(" of {column}") } else { String::new() };
            let when = if trigger.form % 3 == 1 { format!(" when (old.{column} is not null)") } else { String::new() };
            let (name, function) = (quote(&trigger.name.name), self.qualified(&function.object));
            let call = format!("execute function {function}();");
            let create = match trigger.form / 12 {
                0 | 1 => format!("trigger {name} after delete on {table_name} for each row{when} {call}"),
                2 => format!(
                    "trigger {name} after update on {table_name} referencing old table as gone for each statement {call}"
                ),
                3 => format!(
                    "constraint trigger {name} after update{of} on {table_name} deferrable for each row{when} {call}"
                ),
                4 => format!("trigger {name} before truncate on {table_name} for each statement {call}"),
                _ => format!("trigger {name} before update{of} on {table_name} for each row{when} {call}"),
            };
            self.was(&trigger.name);
            self.line(&format!("create {create}"));
            let enabled = ["", "", "", "disable", "enable always"][usize::from(trigger.form % 5)];
            if !enabled.is_empty() {
                self.line(&format!("alter table {table_name} {enabled} trigger {name};"));
            }
        }
    }
}
