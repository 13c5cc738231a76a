//! A word in a comment that looks like a tag and is none.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::tags::{TAGS, TagProblem};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unknown-tag",
        level: Level::Error,
        class: Class::Documentation,
        summary: "A comment has a tag that does not exist.",
        explanation: "Tags are what SQL cannot say: who owns a row, what is personal, what is kept how long. A misspelt one is not obeyed, and nothing else would tell. To write of a word with an at sign, put it in backticks.",
        bad: "create table public.notes (id uuid primary key);\ncomment on table public.notes is 'Notes. @ownr user_id';",
        good: "create table public.notes (id uuid primary key, user_id uuid);\ncomment on table public.notes is 'Notes. @owner user_id';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (id, comment, _) in facts.comments() {
        for error in comment.errors() {
            let TagProblem::Unknown { nearest } = error.problem else { continue };
            let fix = match nearest {
                Some(nearest) => {
                    format!("did you mean `@{nearest}`? Of a word that is no tag write `` `@{}` ``", error.tag)
                }
                None => {
                    let names: Vec<String> = TAGS.iter().map(|tag| format!("@{}", tag.name)).collect();
                    format!("the tags are {}; of a word that is none write `` `@{}` ``", names.join(", "), error.tag)
                }
            };
            let message = format!("there is no tag `@{}`", error.tag);
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
        let notes = table("notes").comment("N. @ownr user_id").column("title", "text", "T. @handle");
        check(ID, [notes], &["error public.notes", "error public.notes.title"]);
    }

    #[test]
    fn quiet() {
        let notes = table("notes").comment("N. @owner user_id").column("title", "text", "Of `@handle`, a@b.example.");
        check(ID, [notes.column("mask", "text", "@mask emial")], &[]);
    }
}
