//! Indexes in an order that a collation says.

use super::super::model::Family;
use super::super::things::COLLATION;
use super::{Kind, Place};

pub(super) const COLLATED_INDEX: Kind = Kind {
    prefix: "ic",
    place: Place::After,
    family: Some(Family::Text),
    needs: Some(&COLLATION),
    partitioned: true,
    sql: |ground| {
        let order = ["", " desc", " nulls first", " text_pattern_ops"][usize::from(ground.form % 4)];
        let (name, table, column, collation) = (ground.name, ground.table, ground.column, ground.thing);
        vec![format!("create index {name} on {table} ({column} collate {collation}{order})")]
    },
};
