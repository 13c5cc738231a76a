//! Settings of columns.

use super::{Kind, Place};

pub(super) const COLUMN_SETTING: Kind = Kind {
    prefix: "cs",
    place: Place::Nameless,
    family: None,
    needs: None,
    partitioned: true,
    sql: |ground| {
        let setting = match ground.form % 3 {
            0 => format!("set statistics {}", 10 + ground.form),
            1 => format!("set (n_distinct = {})", 10 + ground.form),
            _ => format!("set (n_distinct_inherited = {}, n_distinct = 3)", 10 + ground.form),
        };
        vec![format!("alter table {} alter column {} {setting}", ground.table, ground.column)]
    },
};
