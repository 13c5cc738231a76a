//! Indexes with an operator class that an extension brings.

use super::super::model::Family;
use super::super::things::TRIGRAMS;
use super::{Kind, Place};

pub(super) const TRIGRAM_INDEX: Kind = Kind {
    prefix: "ti",
    place: Place::After,
    family: Some(Family::Text),
    needs: Some(&TRIGRAMS),
    partitioned: true,
    sql: |ground| {
        let (name, table, column, schema) = (ground.name, ground.table, ground.column, ground.thing_schema);
        let options = if ground.form % 3 == 1 { "(siglen = 20)" } else { "" };
        vec![format!("create index {name} on {table} using gist ({column} {schema}.gist_trgm_ops{options})")]
    },
};
