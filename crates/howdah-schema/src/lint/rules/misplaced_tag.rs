//! A tag on something that it cannot be about.

use crate::findings::{Class, Level, Rule};
use crate::lint::comments::On;
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::tags::TagObject;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "misplaced-tag",
        level: Level::Error,
        class: Class::Documentation,
        summary: "A tag stands on the wrong kind of object.",
        explanation: "A tag of tables on a column, or one of columns on a table, is not obeyed. @group and @owner may stand on views as well.",
        bad: "create table public.notes (id uuid primary key, title text);\ncomment on table public.notes is 'Notes. @pii';",
        good: "create table public.notes (id uuid primary key, title text);\ncomment on column public.notes.title is 'What it is called. @pii';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (id, comment, on) in facts.comments() {
        if comment.tags().is_empty() {
            continue;
        }
        for tag in comment.tags().present() {
            let (belongs, fits) = match tag.on {
                TagObject::Any => continue,
                TagObject::Column => ("columns", *on == On::Column),
                TagObject::Table if matches!(tag.name, "group" | "owner" | "version") => {
                    ("tables and views", matches!(on, On::Table | On::View))
                }
                TagObject::Table => ("tables", *on == On::Table),
            };
            if !fits {
                let message = format!("`@{}` is about {belongs}, and this is a {}", tag.name, id.kind());
                out.in_comment(
                    id.clone(),
                    &format!("@{}", tag.name),
                    message,
                    "move it to the comment of what it is about",
                );
            }
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
        let notes = table("notes").comment("N. @pii").column("title", "text", "T. @group x @mask");
        check(ID, [notes], &["error public.notes", "error public.notes.title"]);
    }

    #[test]
    fn quiet() {
        let notes =
            table("notes").comment("N. @group x @deprecated why").column("title", "text", "T. @pii @deprecated why");
        check(ID, [notes], &[]);
    }
}
