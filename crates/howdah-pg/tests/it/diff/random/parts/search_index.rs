//! Full-text indexes.

use super::super::model::Family;
use super::super::things::CONFIGURATION;
use super::{Kind, Place};

pub(super) const SEARCH_INDEX: Kind = Kind {
    prefix: "fi",
    place: Place::After,
    family: Some(Family::Text),
    needs: Some(&CONFIGURATION),
    partitioned: true,
    sql: |ground| {
        let method = ["gin", "gist"][usize::from(ground.form % 2)];
        let storage = if ground.form % 4 == 2 { " with (fastupdate = off)" } else { "" };
        let text = format!("to_tsvector('{}'::regconfig, {}::text)", ground.thing.replace('\'', "''"), ground.column);
        vec![format!("create index {} on {} using {method} ({text}){storage}", ground.name, ground.table)]
    },
};
