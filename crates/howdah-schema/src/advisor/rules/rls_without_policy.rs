//! A grant that gives no row.

use super::{grantees, table_id};
use crate::Table;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, REQUESTS, and};
use crate::catalog::Relation;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rls-without-policy",
        level: Level::Warning,
        class: Class::Security,
        summary: "A table that the API reaches has row-level security and no policy.",
        explanation: "Without a policy no row is seen and none can be written, whatever is granted: requests get empty answers instead of an error that says why. Either a policy is missing or the grant is one too many. Quiet where no API role has a right: a table that is closed twice is closed on purpose. Quiet about partitions: their rows are reached through the parent and its policies.",
        bad: "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;\ngrant select on public.notes to anon;",
        good: "create table public.notes (id uuid primary key, is_public boolean not null default false);\nalter table public.notes enable row level security;\ncreate policy everyone_reads_public on public.notes for select to anon using (is_public);\ngrant select on public.notes to anon;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let closed =
        |table: &&Table| table.row_security.enabled && table.policies.is_empty() && table.partition_of.is_none();
    for table in facts.tables().filter(closed) {
        let roles = facts.roles_that_reach(Relation::Table(table), &REQUESTS);
        if roles.is_empty() {
            continue;
        }
        let message = format!("whatever {} asks of {} gives no row: it has no policy", and(&roles), table.name);
        let fix = format!(
            "write a policy, or take the grant back: `revoke all on {} from {};`",
            table.name,
            grantees(&table.acl, &roles)
        );
        out.at(table_id(table), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, grant, notes, policy};
    use crate::catalog::PolicyCommand::Select;
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn on(table: TestTable) -> TestTable {
        table.with(|table| table.row_security.enabled = true).with(grant("anon", &["SELECT"]))
    }

    #[test]
    fn fires() {
        check(ID, &api([on(notes())]), &["warning public.notes"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([on(notes()).with(policy("all", Select, &["anon"], "true"))]), &[]);
        check(ID, &api([notes().with(|notes| notes.row_security.enabled = true)]), &[]);
        check(ID, &api([on(table("private.notes"))]), &[]);
        check(ID, &api([on(table("notes_1")).partition_of("notes")]), &[]);
    }
}
