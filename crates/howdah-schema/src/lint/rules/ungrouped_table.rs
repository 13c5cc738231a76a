//! A table that stands in no group while its neighbours do.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "ungrouped-table",
        level: Level::Warning,
        class: Class::Documentation,
        summary: "A table has no @group, and others of its schema have.",
        explanation: "Groups are how the documentation, the diagrams and the studio lay out a schema. One table without stands alone between them, where nobody looks for it. A schema without any group is one group, and fine.",
        bad: "create table public.notes (id uuid primary key);\ncomment on table public.notes is 'Notes. @group writing';\ncreate table public.drafts (id uuid primary key);\ncomment on table public.drafts is 'Drafts.';",
        good: "create table public.notes (id uuid primary key);\ncomment on table public.notes is 'Notes. @group writing';\ncreate table public.drafts (id uuid primary key);\ncomment on table public.drafts is 'Drafts. @group writing';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for table in facts.tables() {
        if let Some(group) = &table.comment.tags().group {
            groups.entry(&table.name.schema).or_default().insert(group);
        }
    }
    for table in facts.tables().filter(|table| table.comment.tags().group.is_none()) {
        let Some(groups) = groups.get(table.name.schema.as_str()) else { continue };
        let names: Vec<String> = groups.iter().map(|group| format!("@group {group}")).collect();
        let message = format!("{} is in no group, and other tables of {} are", table.name, table.name.schema);
        let fix = format!("add a tag to its comment: {}, or another", names.join(", "));
        out.in_comment(ObjectId::Table(table.name.clone()), "", message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(
            ID,
            [table("notes").comment("N. @group writing"), table("drafts").comment("D.")],
            &["warning public.drafts"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes"), table("drafts")], &[]);
        check(ID, [table("notes").comment("N. @group writing"), table("other.drafts")], &[]);
    }
}
