//! Exclusion constraints on the key, which no rows break.

use super::{Kind, Place};

pub(super) const EXCLUSION: Kind = Kind {
    prefix: "ex",
    place: Place::Within,
    family: None,
    needs: None,
    partitioned: false,
    sql: |ground| {
        let key = ground.key;
        let elements = match ground.form % 4 {
            0 => format!("using gist (int8range({key}::bigint, {key}::bigint, '[]') with &&)"),
            1 => format!("using btree ({key} with =)"),
            2 => format!("using hash ({key} with =)"),
            _ => format!(
                "using gist (int8range({key}::bigint, {key}::bigint, '[]') with &&, box(point({key}, 0)) with ~=)"
            ),
        };
        let storage = if ground.form % 5 == 2 { " with (fillfactor = 80)" } else { "" };
        let filter = if ground.form % 3 == 1 { format!(" where ({key} > 1)") } else { String::new() };
        let deferral = ["", " deferrable", " deferrable initially deferred"][usize::from(ground.form / 4 % 3)];
        vec![format!("constraint {} exclude {elements}{storage}{filter}{deferral}", ground.name)]
    },
};
