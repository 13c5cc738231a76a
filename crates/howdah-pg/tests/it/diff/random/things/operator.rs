//! Operators on integers that are always true, with their functions.

use super::super::model::Id;
use super::{Kind, Naming};

pub(in super::super) const OPERATOR: Kind = Kind {
    noun: "operator",
    prefix: "op",
    naming: Naming::Fixed,
    has_owner: true,
    privileges: &[],
    signature: |name| format!("{name} (integer, integer)"),
    ground: Some(|made| {
        let body = format!("select $1 > {} or true", made.form / 7);
        format!(
            "create function {}.op_{}(integer, integer) returns boolean language sql immutable as '{body}';",
            made.schema, made.id
        )
    }),
    create: |made| {
        let estimate = ["", ", restrict = eqsel", ", restrict = neqsel", ", restrict = eqsel, join = eqjoinsel"];
        let estimate = estimate[usize::from(made.form % 4)];
        let hashes = if made.form % 3 == 1 { ", hashes, merges" } else { "" };
        vec![format!(
            "create operator {} (function = {}.op_{}, leftarg = integer, rightarg = integer{estimate}{hashes});",
            made.name, made.schema, made.id
        )]
    },
    value: None,
};

/// A name for each.
pub(super) fn symbol(id: Id) -> String {
    let digits = std::iter::successors(Some(id), |id| Some(id / 4).filter(|id| *id > 0));
    let symbols = digits.map(|id| ['#', '%', '&', '|'][id as usize % 4]);
    "##".chars().chain(symbols).collect()
}
