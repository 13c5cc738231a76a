//! The same column changes its type twice.

use super::alterations;
use crate::QualifiedName;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "column-altered-twice",
        level: Level::Warning,
        class: Class::Rewrite,
        summary: "The same column changes its type twice.",
        explanation: "Each change can rewrite the table. Go to the last type at once.",
        bad: "alter table public.a alter b type bigint;\nalter table public.a alter b type text;",
        good: "alter table public.a alter b type text;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let mut here: Vec<(QualifiedName, &str)> = Vec::new();
    for (table, action) in alterations(statement, out.seen) {
        let ActionKind::AlterType { column, .. } = &action.kind else { continue };
        let again = out.seen.was_retyped(&table, column) || here.contains(&(table.clone(), column));
        if again && !out.seen.is_new(&table) {
            let message = format!("the type of `{column}` was already changed in this migration");
            out.weighed(&action.span, (&table, Some(column)), &message, "change it once, to the last type");
        }
        here.push((table, column));
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(
            ID,
            "alter table public.a alter b type bigint; alter table public.a alter b type text",
            &["1:64 warning public.a.b"],
        );
        check(ID, "alter table public.a alter b type bigint, alter b type text", &["1:43 warning public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a alter b type bigint, alter c type text", &[]);
        check(
            ID,
            "create table public.a (b int); alter table public.a alter b type int8; alter table public.a alter b type text",
            &[],
        );
    }
}
