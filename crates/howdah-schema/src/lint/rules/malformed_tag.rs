//! A tag that is not written as it should be.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::tags::TagProblem;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "malformed-tag",
        level: Level::Error,
        class: Class::Documentation,
        summary: "A tag is badly written, or stands twice.",
        explanation: "A tag whose arguments do not fit is not obeyed, as if it were not there. Arguments stand on the tag's own line.",
        bad: "create table public.notes (id uuid primary key, created_at timestamptz);\ncomment on table public.notes is 'Notes. @retain 90 dyas by created_at';",
        good: "create table public.notes (id uuid primary key, created_at timestamptz);\ncomment on table public.notes is 'Notes. @retain 90 days by created_at';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (id, comment, _) in facts.comments() {
        for error in comment.errors() {
            let (message, fix) = match &error.problem {
                TagProblem::Unknown { .. } => continue,
                TagProblem::Repeated => {
                    (format!("the tag `@{}` stands twice", error.tag), "keep one of them".to_owned())
                }
                TagProblem::Argument { usage, found, nearest } => {
                    let found = if found.is_empty() { "nothing".to_owned() } else { format!("`{found}`") };
                    let meant = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
                    (format!("the tag `@{}` has {found} after it", error.tag), format!("write `{usage}`{meant}"))
                }
            };
            out.in_comment(id.clone(), &format!("@{}", error.tag), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").comment("N. @group @retain 9 dyas by x").column("title", "text", "T. @pii @pii");
        check(ID, [notes], &["error public.notes", "error public.notes", "error public.notes.title"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").comment("N. @group x @nothing").column("title", "text", "T. @pii name @mask")], &[]);
    }
}
