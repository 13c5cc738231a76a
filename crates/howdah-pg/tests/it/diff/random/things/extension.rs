//! Extensions that every PostgreSQL comes with: two with a type, one with operator classes.

use super::{Kind, Made, Naming, plain};

pub(super) const CITEXT: Kind = Kind {
    naming: Naming::Single("citext"),
    prefix: "xc",
    value: Some(|number| format!("Citext {number}")),
    ..EXTENSION
};

pub(super) const HSTORE: Kind = Kind {
    naming: Naming::Single("hstore"),
    prefix: "xh",
    value: Some(|number| format!("\"n\"=>\"{number}\"")),
    ..EXTENSION
};

pub(in super::super) const TRIGRAMS: Kind = Kind { naming: Naming::Single("pg_trgm"), prefix: "xt", ..EXTENSION };

const EXTENSION: Kind = Kind {
    noun: "extension",
    prefix: "x",
    naming: Naming::Single(""),
    has_owner: false,
    privileges: &[],
    signature: plain,
    ground: None,
    create,
    value: None,
};

fn create(made: &Made<'_>) -> Vec<String> {
    // It brings a comment of its own.
    vec![
        format!("create extension {} schema {};", made.name, made.schema),
        format!("comment on extension {} is 'Number {}';", made.name, made.form),
    ]
}
