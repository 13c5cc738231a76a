//! Rules.

use super::{Kind, Place};

pub(super) const RULE: Kind = Kind {
    prefix: "ru",
    place: Place::After,
    family: None,
    needs: None,
    partitioned: true,
    sql: |ground| {
        let (key, column) = (ground.key, ground.column);
        let action = match ground.form % 5 {
            0 => "delete".to_owned() + &format!(" to {} where old.{key} < 0 do instead nothing", ground.table),
            1 => format!("update to {} do also notify changed", ground.table),
            2 => format!("insert to {} where new.{column} is null and new.{key} < 0 do instead nothing", ground.table),
            3 => format!(
                "update to {0} where old.{column} is null do also delete from {0} t where t.{key} < 0",
                ground.table
            ),
            _ => format!("delete to {} do instead nothing", ground.table),
        };
        let mut statements = vec![format!("create rule {} as on {action}", ground.name)];
        let enabled = ["", "", "disable", "enable replica"][usize::from(ground.form / 5 % 4)];
        if !enabled.is_empty() && ground.form % 5 != 2 {
            statements.push(format!("alter table {} {enabled} rule {}", ground.table, ground.name));
        }
        if ground.form.is_multiple_of(7) {
            statements.push(format!("comment on rule {} on {} is 'Rule {}'", ground.name, ground.table, ground.form));
        }
        statements
    },
};
