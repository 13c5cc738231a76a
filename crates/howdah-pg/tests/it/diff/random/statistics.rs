//! Extended statistics.

use super::model::Table;
use super::render::{Sql, quote};

impl Sql<'_> {
    pub(super) fn statistics(&mut self, table: &Table, name: &str) {
        for (statistics, left, right, form) in &table.statistics {
            let columns: Vec<_> = [left, right].into_iter().filter_map(|id| table.column(*id)).collect();
            let [left, right] = columns[..] else { continue };
            if left.name.id == right.name.id {
                continue;
            }
            let (left, right) = (quote(&left.name.name), quote(&right.name.name));
            let statistics_name = format!("{}.{}", self.schema(table.object.schema), quote(&statistics.name));
            let kinds = ["", " (ndistinct)", " (dependencies, mcv)", ""][usize::from(form % 4)];
            let of = match form % 5 {
                1 => format!("{left}, ({right} is null)"),
                2 if kinds.is_empty() => format!("({left} is not null)"),
                _ => format!("{left}, {right}"),
            };
            self.was(statistics);
            self.line(&format!("create statistics {statistics_name}{kinds} on {of} from {name};"));
            if form.is_multiple_of(6) {
                self.line(&format!("alter statistics {statistics_name} set statistics {};", form + 1));
            }
        }
    }
}
