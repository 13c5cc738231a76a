//! Unique indexes on the key, with what only they can have.

use super::{Ground, Kind, Place};

pub(super) const UNIQUE_INDEX: Kind = Kind {
    prefix: "ui",
    place: Place::After,
    family: None,
    needs: None,
    partitioned: true,
    sql: |ground| {
        let Ground { name, table, keys, .. } = ground;
        let include = if ground.form.is_multiple_of(3) && !keys.contains(ground.column) {
            format!(" include ({})", ground.column)
        } else {
            String::new()
        };
        let nulls = if ground.form % 4 == 1 && ground.major >= 15 { " nulls not distinct" } else { "" };
        let storage = match ground.form % 5 {
            1 => format!(" with (fillfactor = {})", 50 + ground.form % 50),
            2 => " with (fillfactor = 70, deduplicate_items = off)".to_owned(),
            _ => String::new(),
        };
        let mut statements = vec![format!("create unique index {name} on {table} ({keys}){include}{nulls}{storage}")];
        if ground.form % 6 == 5 && !keys.contains(',') {
            statements.push(format!("alter table {table} cluster on {name}"));
        }
        statements
    },
};
