//! A view, function, type, sequence or schema is renamed.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rename-object",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A view, function, type, sequence or schema is renamed.",
        explanation: "The old name is gone at once: every program that still runs with it fails.",
        bad: "alter function public.total(int) rename to sum_of;",
        good: "create function public.sum_of(int) …; -- beside the old one",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Rename { what, name, to } = &statement.kind else { return };
    // Nobody names an index.
    if *what == What::Index {
        return;
    }
    let object = out.seen.qualify(name);
    let is_new = match what {
        What::Schema => out.seen.is_new_schema(&name.name),
        _ => out.seen.is_new_object(&object) || out.seen.will_be_created(&object),
    };
    if !is_new {
        let shown = if *what == What::Schema { name.name.clone() } else { object.to_string() };
        let message = format!("programs that use the {} fail as soon as it is called `{to}`", what.words());
        out.plain(&statement.span, Some(shown), message, "make the new one beside the old one, and drop that later");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter view public.a rename to b", &["1:1 warning public.a"]);
        check(ID, "alter function public.f(int) rename to g", &["1:1 warning public.f"]);
        check(ID, "alter schema a rename to b", &["1:1 warning a"]);
        check(ID, "alter type public.t rename to u", &["1:1 warning public.t"]);
        check(ID, "alter domain public.d rename to e", &["1:1 warning public.d"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter index public.a rename to b", &[]);
        check(ID, "create view public.a as select 1; alter view public.a rename to b", &[]);
        check(ID, "create schema a; alter schema a rename to b", &[]);
        check(ID, "alter type public.t owner to joe", &[]);
    }
}
