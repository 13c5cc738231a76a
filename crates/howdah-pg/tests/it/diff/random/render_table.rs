//! A model's tables as SQL, with all that stands in them and at them.

use super::model::{Column, Default_, Family, Index, Table, Type};
use super::render::{ROLES, Sql, comment_text, quote};
use std::fmt::Write as _;

impl Sql<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let model = self.model;
        self.object_was(&table.object);
        let name = self.qualified(&table.object);
        let unlogged = if table.unlogged && table.partitions.is_none() { "unlogged " } else { "" };
        self.line(&format!("create {unlogged}table {name} ("));
        for column in &table.columns {
            if let Some(old) = self.other.get(&column.name.id).filter(|old| **old != column.name.name).cloned() {
                self.line(&format!("  -- renamed-from: {}", quote(&old)));
            }
            let line = self.column(table, column);
            self.line(&format!("  {line},"));
        }
        for (check, column, number) in &table.checks {
            let Some(column) = table.column(*column) else { continue };
            if let Some(old) = self.other.get(&check.id).filter(|old| **old != check.name).cloned() {
                self.line(&format!("  -- renamed-from: {}", quote(&old)));
            }
            let expression = self.condition(column, *number);
            self.line(&format!("  constraint {} check ({expression}),", quote(&check.name)));
        }
        for (unique, column) in &table.uniques {
            let Some(column) = table.column(*column) else { continue };
            if let Some(old) = self.other.get(&unique.id).filter(|old| **old != unique.name).cloned() {
                self.line(&format!("  -- renamed-from: {}", quote(&old)));
            }
            self.line(&format!("  constraint {} unique ({}),", quote(&unique.name), quote(&column.name.name)));
        }
        let key: Vec<_> = table.columns.iter().take(1 + usize::from(table.partitions.is_some())).collect();
        let key: Vec<_> = key.iter().map(|column| quote(&column.name.name)).collect();
        self.line(&format!("  primary key ({})", key.join(", ")));
        let by = if table.partitions.is_some() { format!(" partition by list ({})", key[1]) } else { String::new() };
        self.line(&format!("){by};"));
        for (partition, value) in table.partitions.iter().flatten() {
            self.moved(partition, table.object.schema);
            let partition = format!("{}.{}", self.schema(table.object.schema), quote(&partition.name));
            self.line(&format!("create table {partition} partition of {name} for values in ({value});"));
        }
        table.indexes.iter().for_each(|index| self.index(table, &name, index));
        for (statistics, left, right) in &table.statistics {
            let columns: Vec<_> = [left, right].into_iter().filter_map(|id| table.column(*id)).collect();
            let [left, right] = columns[..] else { continue };
            if left.name.id != right.name.id {
                self.was(statistics);
                let statistics = format!("{}.{}", self.schema(table.object.schema), quote(&statistics.name));
                let (left, right) = (quote(&left.name.name), quote(&right.name.name));
                self.line(&format!("create statistics {statistics} on {left}, {right} from {name};"));
            }
        }
        if table.secured {
            self.line(&format!("alter table {name} enable row level security;"));
        }
        for policy in &table.policies {
            let Some(column) = table.column(policy.column) else { continue };
            self.was(&policy.name);
            let command = ["all", "select", "update", "delete"][usize::from(policy.form % 4)];
            let role = ROLES[usize::from(policy.form / 4 % 4)];
            let condition = self.condition(column, policy.form);
            let policy_name = quote(&policy.name.name);
            self.line(&format!("create policy {policy_name} on {name} for {command} to {role} using ({condition});"));
            if let Some(comment) = policy.comment {
                self.line(&format!("comment on policy {policy_name} on {name} is '{}';", comment_text(comment)));
            }
        }
        for trigger in &table.triggers {
            let (Some(column), Some(function)) = (table.column(trigger.column), model.function(trigger.function))
            else {
                continue;
            };
            self.was(&trigger.name);
            let column = quote(&column.name.name);
            let of = if trigger.form.is_multiple_of(2) { format!(" of {column}") } else { String::new() };
            let when = if trigger.form % 3 == 1 { format!(" when (old.{column} is not null)") } else { String::new() };
            let (trigger, function) = (quote(&trigger.name.name), self.qualified(&function.object));
            self.line(&format!(
                "create trigger {trigger} before update{of} on {name} for each row{when} execute function {function}();"
            ));
        }
        self.meta("table", &name, &table.object.meta, &["select", "insert", "update", "delete"]);
        for column in &table.columns {
            let column_name = quote(&column.name.name);
            if let Some(comment) = column.comment {
                self.line(&format!("comment on column {name}.{column_name} is '{}';", comment_text(comment)));
            }
            for (_, role, privilege) in table.column_grants.iter().filter(|(id, ..)| *id == column.name.id) {
                let privilege = ["select", "update", "insert"][privilege % 3];
                self.line(&format!("grant {privilege} ({column_name}) on {name} to {};", ROLES[role % 4]));
            }
        }
    }

    fn column(&self, table: &Table, column: &Column) -> String {
        let mut line = format!("{} ", quote(&column.name.name));
        if let Some(source) = column.generated.and_then(|id| table.column(id)) {
            let name = quote(&source.name.name);
            let (kind, expression) = match self.model.family(source.kind) {
                Family::Number => ("numeric", format!("{name}::numeric * 2")),
                Family::Text => ("text", format!("upper({name}::text)")),
                _ => ("boolean", format!("{name} is null")),
            };
            write!(line, "{kind} generated always as ({expression}) stored").unwrap();
            return line;
        }
        line += &self.type_name(column.kind);
        if let Some(always) = column.identity {
            line += if always { " generated always as identity" } else { " generated by default as identity" };
        } else if column.not_null {
            line += " not null";
        }
        let default = column.default.and_then(|default| match default {
            Default_::Value(number) => Some(self.value(column.kind, number)),
            Default_::Function(id) => {
                let function = self.model.function(id)?;
                Some(format!("{}(1)", self.qualified(&function.object)))
            }
            Default_::Sequence(id) => {
                let sequence = self.model.sequences.iter().find(|sequence| sequence.object.name.id == id)?;
                Some(format!("nextval('{}')", self.qualified(&sequence.object)))
            }
        });
        if let Some(default) = default {
            write!(line, " default {default}").unwrap();
        }
        line
    }

    /// Something that every row fulfils, whatever becomes of its type.
    fn condition(&self, column: &Column, number: u16) -> String {
        let name = quote(&column.name.name);
        let kind = if column.generated.is_some() { Type::Boolean } else { column.kind };
        match (self.model.family(kind), kind) {
            (Family::Number, _) => format!("{name} is null or {name} > -{number}"),
            (Family::Text, _) => format!("{name} is null or length({name}) < 100 + {number}"),
            (_, Type::Enum(_)) => format!("{name} is null or {name} = {0} or {name} <> {0}", self.value(kind, number)),
            _ => format!("{name} is null or {name} is not null and {number} >= 0"),
        }
    }

    fn index(&mut self, table: &Table, name: &str, index: &Index) {
        let Some(column) = table.column(index.column) else { return };
        self.was(&index.name);
        let column_name = quote(&column.name.name);
        let kind = if column.generated.is_some() { Type::Boolean } else { column.kind };
        let (method, key) = match (self.model.family(kind), index.form % 5) {
            (Family::Number, 1) => ("btree", format!("({column_name} + {})", index.form)),
            (Family::Number, 2) => ("brin", column_name),
            (Family::Text, 1) => ("btree", format!("lower({column_name}::text)")),
            (Family::Text, 2) => ("btree", format!("{column_name} text_pattern_ops")),
            (Family::Text, 3) => ("btree", format!("{column_name} collate \"C\" desc")),
            (Family::Document, 1 | 2) => ("gin", format!("{column_name} jsonb_path_ops")),
            (Family::Array, 1 | 2) => ("gin", column_name),
            (Family::Number | Family::Text, 4) => ("hash", column_name),
            _ => ("btree", format!("{column_name} desc nulls last")),
        };
        let function =
            index.function.and_then(|id| self.model.function(id)).map(|function| self.qualified(&function.object));
        let (method, key) = match function {
            Some(function) => ("btree", format!("{function}({}::integer)", quote(&table.columns[0].name.name))),
            None => (method, key),
        };
        let second = index.second.filter(|second| *second != index.column).and_then(|id| table.column(id));
        let (mut keys, mut include) = (key, String::new());
        if let (Some(second), "btree") = (second, method) {
            let second = quote(&second.name.name);
            if index.form.is_multiple_of(2) {
                write!(keys, ", {second}").unwrap();
            } else {
                include = format!(" include ({second})");
            }
        }
        let first = &table.columns[0];
        let partial =
            if index.form % 7 == 3 { format!(" where {} > 0", quote(&first.name.name)) } else { String::new() };
        let index_name = quote(&index.name.name);
        self.line(&format!("create index {index_name} on {name} using {method} ({keys}){include}{partial};"));
        if let Some(comment) = index.comment {
            let schema = self.schema(table.object.schema);
            self.line(&format!("comment on index {schema}.{index_name} is '{}';", comment_text(comment)));
        }
    }

    pub(super) fn foreign_keys(&mut self, table: &Table) {
        let name = self.qualified(&table.object);
        for column in &table.columns {
            if let Type::Key(other) = column.kind
                && let Some(other) = self.model.table(other)
                && other.unlogged == table.unlogged
                && other.partitions.is_none()
            {
                let actions =
                    ["", " on delete cascade", " on update cascade deferrable", " match full on delete set null"];
                let action = actions[column.name.id as usize % 4];
                let (other, column_name) = (self.qualified(&other.object), quote(&column.name.name));
                self.line(&format!("alter table {name} add foreign key ({column_name}) references {other}{action};"));
            }
        }
    }
}
