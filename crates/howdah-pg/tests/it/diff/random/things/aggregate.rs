//! Aggregates of integers.

use super::{Kind, Naming};

pub(super) const AGGREGATE: Kind = Kind {
    noun: "aggregate",
    prefix: "ag",
    naming: Naming::Local,
    has_owner: true,
    privileges: &["execute"],
    signature: |name| format!("{name}(integer)"),
    ground: None,
    create: |made| {
        let function = ["int4larger", "int4smaller", "int4pl"][usize::from(made.form % 3)];
        let initial = if made.form.is_multiple_of(2) { ", initcond = '0'" } else { "" };
        let parallel = if made.form.is_multiple_of(5) { ", parallel = safe" } else { "" };
        vec![format!(
            "create aggregate {}(integer) (sfunc = {function}, stype = integer{initial}{parallel});",
            made.name
        )]
    },
    value: None,
};
