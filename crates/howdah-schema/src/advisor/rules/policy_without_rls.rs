//! Policies that do not apply.

use super::{enable_rls, table_id};
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "policy-without-rls",
        level: Level::Error,
        class: Class::Security,
        summary: "A table has policies, and row-level security is off.",
        explanation: "Policies apply only where row-level security is enabled. Until then they look like protection and are none: every row is open to whoever has a right to the table.",
        bad: "create table public.notes (id uuid primary key, user_id uuid not null);\ncreate policy owner_reads on public.notes for select using (user_id is not null);",
        good: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate policy owner_reads on public.notes for select using (user_id is not null);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| !table.row_security.enabled && !table.policies.is_empty()) {
        let message = match table.policies.len() {
            1 => format!("{} has a policy that does not apply: row-level security is off", table.name),
            many => format!("{} has {many} policies that do not apply: row-level security is off", table.name),
        };
        out.at(table_id(table), message, format!("run `{}`, or drop the policies", enable_rls(table)));
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes, policy};
    use crate::catalog::PolicyCommand::Select;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, &api([notes().with(policy("owner_reads", Select, &["anon"], "(a = 1)"))]), &["error public.notes"]);
    }

    #[test]
    fn quiet() {
        let on = notes().with(policy("owner_reads", Select, &["anon"], "(a = 1)"));
        check(ID, &api([on.with(|notes| notes.row_security.enabled = true)]), &[]);
        check(ID, &api([notes()]), &[]);
    }
}
