//! A view, function, sequence or type is dropped and not made again.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-object",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A view, function, sequence or type is dropped and not made again.",
        explanation: "Programs that use it fail from the moment the migration commits. Release code that does not use it first.",
        bad: "drop view public.open_tasks;",
        good: "create or replace view public.open_tasks as select …;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Drop(it) = &statement.kind else { return };
    let served = [
        What::View,
        What::MaterializedView,
        What::ForeignTable,
        What::Routine,
        What::Sequence,
        What::Type,
        What::Domain,
    ];
    if !served.contains(&it.what) {
        return;
    }
    for name in &it.names {
        let object = out.seen.qualify(name);
        if !out.seen.is_new_object(&object) && !out.seen.will_be_created(&object) {
            let message = format!("programs that use the {} fail", it.what.words());
            out.plain(
                &name.span,
                Some(object.to_string()),
                message,
                "release code that does not use it first, or make it again in the same migration",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "drop view public.a", &["1:11 warning public.a"]);
        check(ID, "drop function if exists public.f(int), g()", &["1:25 warning public.f", "1:40 warning public.g"]);
        check(ID, "drop type public.mood", &["1:11 warning public.mood"]);
    }

    #[test]
    fn quiet() {
        check(ID, "drop view public.a; create view public.a as select 1", &[]);
        check(ID, "create view public.a as select 1; drop view public.a", &[]);
        check(ID, "drop index public.a", &[]);
        check(ID, "drop trigger a on public.b", &[]);
        check(ID, "drop table public.a", &[]);
        check(
            ID,
            "drop function public.f(int); create function public.f(int, int) returns int language sql as $$ select 1 $$",
            &[],
        );
    }
}
