//! Checks that use an operator.

use super::super::things::OPERATOR;
use super::{Kind, Place};

pub(super) const OPERATOR_CHECK: Kind = Kind {
    prefix: "oc",
    place: Place::Within,
    family: None,
    needs: Some(&OPERATOR),
    partitioned: true,
    sql: |ground| {
        let condition = format!("{}::integer operator({}) {}", ground.key, ground.thing, ground.form);
        vec![format!("constraint {} check ({condition} or {} is null)", ground.name, ground.column)]
    },
};
