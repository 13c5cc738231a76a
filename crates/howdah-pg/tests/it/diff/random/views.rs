//! What views are set to, and the indexes of materialized ones.

use super::model::View;
use super::render::{Sql, quote};

impl Sql<'_> {
    pub(super) fn view_options(&self, view: &View) -> &'static str {
        if view.materialized {
            return if view.options == 1 { " with (fillfactor = 70)" } else { "" };
        }
        let on_table = self.model.table(view.base).is_some() && !view.columns.is_empty();
        match view.options {
            1 => " with (security_barrier = true)",
            2 if self.model.major >= 15 => " with (security_invoker = true)",
            3 if self.model.major >= 15 => " with (security_barrier = true, security_invoker = on)",
            // Only where rows can be written through it.
            4 if on_table => " with (check_option = local)",
            5 if on_table => " with (check_option = cascaded, security_barrier)",
            _ => "",
        }
    }

    pub(super) fn view_indexes(&mut self, view: &View, name: &str) {
        if !view.materialized {
            return;
        }
        let outputs = self.outputs(view);
        for (index, form) in &view.indexes {
            let column = match outputs.get(usize::from(*form)) {
                Some((_, _, column)) => quote(column),
                None => "filter_number".to_owned(),
            };
            let rest = ["", " where filter_number > 0", " with (fillfactor = 80)"][usize::from(form % 3)];
            self.was(index);
            self.line(&format!("create index {} on {name} ({column}){rest};", quote(&index.name)));
        }
    }
}
