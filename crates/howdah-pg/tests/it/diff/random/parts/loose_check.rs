//! Checks that are not validated, or not inherited.

use super::{Kind, Place};

pub(super) const LOOSE_CHECK: Kind = Kind {
    prefix: "lc",
    place: Place::After,
    family: None,
    needs: None,
    partitioned: false,
    sql: |ground| {
        let kind = ["", " not valid", " no inherit", " no inherit not valid"][usize::from(ground.form % 4)];
        let condition = format!("{} is null or {} > -{}", ground.column, ground.key, 1 + ground.form / 8);
        vec![format!("alter table {} add constraint {} check ({condition}){kind}", ground.table, ground.name)]
    },
};
