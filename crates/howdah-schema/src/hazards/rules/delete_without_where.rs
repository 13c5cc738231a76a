//! All rows are deleted.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "delete-without-where",
        level: Level::Warning,
        class: Class::DataLoss,
        summary: "All rows are deleted.",
        explanation: "DELETE without WHERE is often a condition forgotten. It also writes every row, and leaves them to VACUUM.",
        bad: "delete from public.sessions;",
        good: "delete from public.sessions where expires_at < now();",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Delete { table: name, filtered: false } = &statement.kind else { return };
    let table = out.seen.qualify(name);
    if !out.seen.is_new(&table) {
        let message = "DELETE without WHERE destroys all rows";
        out.counted(
            &statement.span,
            (&table, None),
            message,
            "add the condition; if all rows are meant, say so in a suppression",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "delete from public.a", &["1:1 warning public.a"]);
        check(ID, "with gone as (delete from public.a returning *) select * from gone", &["1:15 warning public.a"]);
        check(
            ID,
            "create function public.f() returns void language plpgsql as $$\nbegin\n  delete from public.a;\nend $$",
            &["3:3 warning public.a"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "delete from public.a where id = 1", &[]);
        check(ID, "delete from public.a using public.b", &[]);
        check(ID, "create table public.a (); delete from public.a", &[]);
        check(ID, "do $$ begin if true then delete from public.a where current of c; end if; end $$", &[]);
    }
}
