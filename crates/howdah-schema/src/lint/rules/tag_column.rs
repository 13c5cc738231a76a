//! A tag that names a column which is not there.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::lint::types;
use crate::nearest;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "tag-column",
        level: Level::Error,
        class: Class::Documentation,
        summary: "A tag names a column that does not exist or does not fit.",
        explanation: "@owner, @version and @retain name a column of their table. When the column is renamed or dropped, the tag stays behind: nobody owns the rows any more, or nothing is ever cleaned up. The column of @retain must be a date or a timestamp.",
        bad: "create table public.notes (id uuid primary key);\ncomment on table public.notes is 'Notes. @owner user_id';",
        good: "create table public.notes (id uuid primary key, user_id uuid);\ncomment on table public.notes is 'Notes. @owner user_id';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for relation in facts.catalog.relations() {
        let tags = relation.comment().tags();
        let retain = tags.retain.as_ref().map(|retain| &retain.by);
        for (tag, named) in [("owner", tags.owner.as_ref()), ("version", tags.version.as_ref()), ("retain", retain)] {
            let Some(named) = named else { continue };
            let (message, fix) = match relation.column(named) {
                None => {
                    let names = relation.columns().iter().map(|column| column.name.as_str());
                    let fix = match nearest(named, names) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "name a column of the table, or remove the tag".to_owned(),
                    };
                    (format!("`@{tag}` names the column `{named}`, which {} does not have", relation.name()), fix)
                }
                Some(column) if tag == "retain" && !is_time(&types::base(&column.data_type)) => {
                    let message =
                        format!("`@retain` counts from `{named}`, which is {} and no time", column.data_type.sql);
                    (message, "name a date or a timestamp".to_owned())
                }
                Some(_) => continue,
            };
            let name = relation.name().clone();
            let id = if relation.table().is_some() { ObjectId::Table(name) } else { ObjectId::View(name) };
            out.in_comment(id, &format!("@{tag}"), message, fix);
        }
    }
}

fn is_time(base: &str) -> bool {
    base == "date" || base.starts_with("timestamp ")
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").comment("N. @owner usr_id @version v @retain 9 days by title");
        let notes = notes.column("user_id", "uuid", "").column("title", "text", "");
        check(ID, [notes], &["error public.notes"; 3]);
    }

    #[test]
    fn quiet() {
        let notes = table("notes").comment("N. @owner user_id @retain 9 days by created_at");
        let notes = notes.column("user_id", "uuid", "").column("created_at", "timestamp with time zone", "");
        check(ID, [notes], &[]);
    }
}
