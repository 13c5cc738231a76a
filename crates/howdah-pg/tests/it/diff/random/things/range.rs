//! Ranges of numbers.

use super::{Kind, Naming, plain};

pub(super) const RANGE: Kind = Kind {
    noun: "type",
    prefix: "rg",
    naming: Naming::Local,
    has_owner: true,
    privileges: &["usage"],
    signature: plain,
    ground: None,
    create: |made| {
        let subtype = ["integer", "bigint", "numeric"][usize::from(made.form % 3)];
        let multirange = format!("{}.multi_{}", made.schema, made.id);
        vec![format!("create type {} as range (subtype = {subtype}, multirange_type_name = {multirange});", made.name)]
    },
    value: Some(|number| format!("[{number},10)")),
};
