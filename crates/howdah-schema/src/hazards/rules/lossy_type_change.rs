//! The new type holds less than the old one.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts;
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "lossy-type-change",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "The new type holds less than the old one.",
        explanation: "The cast succeeds and silently drops a part of each value: the time of day, digits after the point, the order of keys. Keep the old column until the new one is known to be right.",
        bad: "alter table public.events alter column happened_at type date;",
        good: "alter table public.events add column happened_on date;\n-- … backfill it, switch the readers, then drop the old one.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AlterType { column, to, .. } = &action.kind {
            let from = out.seen.column_type(&table, column);
            let lost =
                from.filter(|_| !out.seen.is_new_column(&table, column)).and_then(|from| facts::lossy(&from, to));
            if let Some(lost) = lost {
                let message = format!("the new type of `{column}` drops {lost} from every value");
                let fix = "add a new column, fill it, and drop the old one when the new one has proven right";
                out.counted(&action.span, (&table, Some(column)), &message, fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check_live;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check_live(ID, "alter table public.live alter column moment type date", &["1:25 error public.live.moment"]);
    }

    #[test]
    fn quiet() {
        check_live(ID, "alter table public.live alter column label type text", &[]);
        check_live(ID, "alter table public.unknown alter column a type date", &[]);
    }
}
