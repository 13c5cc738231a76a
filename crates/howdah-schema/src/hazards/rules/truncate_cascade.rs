//! Tables that refer to the truncated one are emptied too.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "truncate-cascade",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "Tables that refer to the truncated one are emptied too.",
        explanation: "CASCADE empties every table with a foreign key to this one, and every table that refers to those, whoever added them.",
        bad: "truncate public.users cascade;",
        good: "truncate public.users, public.sessions; -- each by name",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Truncate { tables, cascade: true } = &statement.kind else { return };
    for name in tables {
        let table = out.seen.qualify(name);
        if !out.seen.is_new(&table) {
            let message = "TRUNCATE … CASCADE also empties every table that refers to it, at any distance";
            out.counted(&name.span, (&table, None), message, "name each table that is meant, without CASCADE");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "truncate public.users restart identity cascade", &["1:10 error public.users"]);
        check(
            ID,
            "create function public.f() returns void language sql as 'truncate public.a cascade'",
            &["1:67 error public.a"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "truncate public.users", &[]);
        check(ID, "create table public.a (id int); truncate public.a cascade", &[]);
    }
}
