//! One statement sets the same column twice.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "duplicate-assignment",
        level: Level::Error,
        class: Class::Robustness,
        summary: "One statement sets the same column twice.",
        explanation: "PostgreSQL refuses an UPDATE that assigns a column more than once; in a function it does so only when that runs.",
        bad: "update public.a set b = 1, b = 2;",
        good: "update public.a set b = 2 where b is null;",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let (Kind::Update { targets, .. } | Kind::Write { targets, .. }) = &statement.kind else { return };
    let mut set: Vec<&str> = Vec::new();
    for target in targets.iter().filter(|target| !target.part) {
        if set.contains(&target.column.as_str()) {
            let message = format!("`{}` is assigned twice, which PostgreSQL refuses", target.column);
            out.plain(&target.span, Some(target.column.clone()), message, "keep one of the assignments");
        }
        set.push(&target.column);
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, r#"update public.a set b = 1, "b" = 2 where c"#, &["1:28 error b"]);
        check(
            ID,
            "insert into public.a values (1) on conflict (b) do update set (b, c) = (1, 2), c = 3",
            &["1:80 error c"],
        );
        check(
            ID,
            "create function public.f() returns void language sql as $$ update public.a set b = 1, b = 2 $$",
            &["1:87 error b"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "update public.a set b = 1, c = 2 where d", &[]);
        check(ID, "update public.a set b[1] = 1, b[2] = 2 where d", &[]);
        check(ID, "merge into public.a using public.b on true when matched then update set x = 1", &[]);
    }
}
