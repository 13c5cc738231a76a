//! A table that API callers reach without row-level security.

use super::{enable_rls, table_id};
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, WRITES, and};
use crate::catalog::Relation;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rls-disabled",
        level: Level::Error,
        class: Class::Security,
        summary: "A table that the API reaches has no row-level security.",
        explanation: "Whoever has the right to a table without row-level security has it to every row: with SELECT, all callers read what belongs to all others. Judged are tables in exposed schemas on which an API role has a right, by itself, through PUBLIC or by inheritance. Partitions are judged too: who is granted something on a partition meets its policies and not those of its parent. Quiet about tables that no API role may touch.",
        bad: "create table public.notes (id uuid primary key, title text);\ngrant select on public.notes to anon;",
        good: "create table public.notes (id uuid primary key, title text, is_public boolean not null default false);\nalter table public.notes enable row level security;\ncreate policy everyone_reads_public on public.notes for select to anon using (is_public);\ngrant select on public.notes to anon;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| !table.row_security.enabled) {
        let relation = Relation::Table(table);
        let readers = facts.roles_that_reach(relation, &["SELECT"]);
        let writers = facts.roles_that_reach(relation, &WRITES);
        let says = match (readers.as_slice(), writers.as_slice()) {
            ([], []) => continue,
            (readers, []) => format!("{} may read", and(readers)),
            ([], writers) => format!("{} may write", and(writers)),
            (readers, writers) if readers == writers => format!("{} may read and write", and(readers)),
            (readers, writers) => format!("{} may read and {} may write", and(readers), and(writers)),
        };
        let message = format!("{says} every row of {}: row-level security is off", table.name);
        let fix = match table.policies.is_empty() {
            true => format!("run `{}`, and give it policies that say whose rows are whose", enable_rls(table)),
            false => format!("run `{}`: its policies apply only then", enable_rls(table)),
        };
        out.at(table_id(table), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, grant, inherits, notes};
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let fired = ["error public.notes"];
        check(ID, &api([notes().with(grant("anon", &["SELECT"]))]), &fired);
        check(ID, &api([notes().with(grant("public", &["INSERT"]))]), &fired);
        let on_a_column = notes().with(|notes| {
            let mut grants = table("x");
            grant("authenticated", &["UPDATE"])(&mut grants.0);
            notes.columns[0].grants = grants.0.acl.grants;
        });
        check(ID, &api([on_a_column]), &fired);
        let mut catalog = api([notes().with(grant("members", &["SELECT"]))]);
        inherits(&mut catalog, "authenticated", "members", true);
        check(ID, &catalog, &fired);
        // A partition that is reached by itself.
        let parent = notes().with(|notes| notes.row_security.enabled = true);
        let partition = table("notes_1").partition_of("notes").with(grant("anon", &["SELECT"]));
        check(ID, &api([parent, partition]), &["error public.notes_1"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([notes()]), &[]);
        check(ID, &api([notes().with(grant("service_role", &["SELECT"]))]), &[]);
        check(ID, &api([notes().with(grant("anon", &["SELECT"])).with(|it| it.row_security.enabled = true)]), &[]);
        check(ID, &api([table("private.notes").with(grant("anon", &["SELECT"]))]), &[]);
        let mut catalog = api([notes().with(grant("members", &["SELECT"]))]);
        inherits(&mut catalog, "authenticated", "members", false);
        check(ID, &catalog, &[]);
        let mut catalog = api([notes().with(grant("anon", &["SELECT"]))]);
        catalog.schemas.values_mut().for_each(|schema| schema.acl.grants.clear());
        check(ID, &catalog, &[]);
    }
}
