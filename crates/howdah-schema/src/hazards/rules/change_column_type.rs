//! A type change rewrites the table.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::effect::Work;
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts;
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "change-column-type",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "A type change rewrites the table.",
        explanation: "Every row is written anew under ACCESS EXCLUSIVE and every index on the column is rebuilt, unless the stored bytes stay right as they are: varchar to a longer varchar or to text, numeric to more digits with the same scale, timestamps to more precision. Without a catalog the old type is not known and counts as the worse.",
        bad: "alter table public.tasks alter column id type bigint;",
        good: "alter table public.tasks add column id_new bigint;\n-- … keep it equal by a trigger, backfill in batches, then swap the names.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AlterType { column, to, using } = &action.kind {
            if out.seen.is_new_column(&table, column) {
                continue;
            }
            let from = out.seen.column_type(&table, column);
            if facts::type_change(from.as_ref(), to, using.as_ref(), column) == Work::Rewrite {
                let message = if from.is_some() {
                    format!("changing the type of `{column}` rewrites the table while nobody can read")
                } else {
                    format!(
                        "unless the old type of `{column}` is stored alike, the table is rewritten while nobody can read"
                    )
                };
                let fix =
                    "add a column of the new type, keep it equal by a trigger, backfill in batches, then swap them";
                out.weighed(&action.span, (&table, Some(column)), &message, fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check_live, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check_live(ID, "alter table public.live alter column amount type bigint", &["1:25 error public.live.amount"]);
        check_live(ID, "alter table public.live alter label type varchar(20)", &["1:25 error public.live.label"]);
        check_live(
            ID,
            "alter table public.live alter label type text using lower(label)",
            &["1:25 error public.live.label"],
        );
        check_live(ID, "alter table public.other alter a type text", &["1:26 error public.other.a"]);
    }

    #[test]
    fn quiet() {
        check_live(ID, "alter table public.live alter label type text", &[]);
        check_live(ID, "alter table public.live alter label type varchar(80) using label::varchar(80)", &[]);
        check_live(ID, "alter table public.live alter price type numeric(20,2)", &[]);
        check_live(ID, "create table public.a (b int); alter table public.a alter b type bigint", &[]);
        check_live(ID, "alter table public.a add b int; alter table public.a alter b type bigint", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.live alter column amount type bigint");
    }
}
