//! Personal data that no policy protects.

use super::{enable_rls, table_id};
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and, others_hold};
use crate::catalog::{Column, Relation, Table};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "personal-data-without-rls",
        level: Level::Error,
        class: Class::Security,
        summary: "Columns tagged @pii are open to others, and row-level security is off.",
        explanation: "What is tagged as personal data belongs to somebody, and without row-level security whoever may read the table reads everybody's. It is an error where an API role reaches such a column and a warning where any other role than the owner may read it: reporting and support see more than they need. Column grants that leave the tagged columns out are enough.",
        bad: "create table public.contacts (id uuid primary key, email text);\ncomment on column public.contacts.email is 'Where mail goes. @pii email';\ngrant select on public.contacts to authenticated;",
        good: "create table public.contacts (id uuid primary key, email text);\ncomment on column public.contacts.email is 'Where mail goes. @pii email';\nalter table public.contacts enable row level security;\ncreate policy everyone_reads on public.contacts for select to authenticated using (email is not null);\ngrant select on public.contacts to authenticated;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| !table.row_security.enabled) {
        let is_open = |column: &&Column| column.comment.tags().pii.is_some() && others_read(table, column);
        let open: Vec<&str> = table.columns.iter().filter(is_open).map(|column| column.name.as_str()).collect();
        if open.is_empty() {
            continue;
        }
        let roles = facts.roles_that_reach(Relation::Table(table), &["SELECT"]);
        let (level, who) = match roles.is_empty() {
            true => (Level::Warning, "others than the owner".to_owned()),
            false => (Level::Error, and(&roles)),
        };
        let message = format!("{who} may read the personal data of all in {}: {}", table.name, and(&open));
        let fix = format!("run `{}`, and give it policies that say whose rows are whose", enable_rls(table));
        out.at_level(level, table_id(table), message, fix);
    }
}

/// Whether anyone but the owner may read the column.
fn others_read(table: &Table, column: &Column) -> bool {
    others_hold(&table.acl.grants, &table.owner, "SELECT") || others_hold(&column.grants, &table.owner, "SELECT")
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, grant};
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn contacts() -> TestTable {
        table("contacts").column("email", "text", "Where mail goes. @pii email")
    }

    #[test]
    fn fires() {
        check(ID, &api([contacts().with(grant("anon", &["SELECT"]))]), &["error public.contacts"]);
        check(ID, &api([contacts().with(grant("support", &["SELECT"]))]), &["warning public.contacts"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([contacts()]), &[]);
        check(ID, &api([contacts().with(grant("owner", &["SELECT"]))]), &[]);
        check(ID, &api([contacts().with(grant("anon", &["INSERT"]))]), &[]);
        let on = contacts().with(|contacts| contacts.row_security.enabled = true);
        check(ID, &api([on.with(grant("anon", &["SELECT"]))]), &[]);
        let untagged = table("contacts").column("email", "text", "Where mail goes.");
        check(ID, &api([untagged.with(grant("anon", &["SELECT"]))]), &[]);
    }
}
