//! A policy that lets everyone write everything.

use super::policy_id;
use crate::Table;
use crate::advisor::engine::{Check, Out};
use crate::advisor::expressions::is_true;
use crate::advisor::facts::{Facts, and};
use crate::catalog::{Policy, PolicyCommand, Relation};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "policy-always-true",
        level: Level::Error,
        class: Class::Security,
        summary: "A policy lets API callers write any row.",
        explanation: "`using (true)` for UPDATE, DELETE or ALL opens every row to every caller that it binds. `with check (true)` lets them write rows in anybody's name; that is a warning, because a form that everyone may send is meant so. Judged are permissive policies that bind an API role which also has the right. Quiet about SELECT, where `true` says that the rows are public, and where a restrictive policy for the same holds back.",
        bad: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate policy everyone_edits on public.notes for update to authenticated using (true);\ngrant select, update on public.notes to authenticated;",
        good: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate policy owner_edits on public.notes for update to authenticated\n  using (user_id = (select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid);\ngrant select, update on public.notes to authenticated;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| table.row_security.enabled) {
        for policy in table.policies.values().filter(|policy| policy.permissive) {
            let open = open_commands(table, policy);
            let privileges: Vec<&str> = open.iter().map(|(privilege, _)| *privilege).collect();
            let holders = facts.roles_that_may(Relation::Table(table), &privileges);
            let mut roles = facts.roles_bound_by(&policy.roles);
            roles.retain(|role| holders.contains(role));
            let Some(level) = open.iter().map(|(_, level)| *level).max().filter(|_| !roles.is_empty()) else {
                continue;
            };
            let commands = privileges.join(" and ");
            let message = format!("`{}` lets {} {commands} any row of {}", policy.name, and(&roles), table.name);
            let fix = "say whose rows they are, as in `user_id = (select auth.uid())`, or take the right away";
            out.at_level(level, policy_id(table, policy), message, fix);
        }
    }
}

/// What a policy opens to any row, by the privilege that it needs, and how bad that is: rows of others can be changed, or
/// rows can be written in their names.
fn open_commands(table: &Table, policy: &Policy) -> Vec<(&'static str, Level)> {
    let using = policy.using.as_deref().is_some_and(is_true);
    // Without one of its own, what is written is checked by what is seen.
    let check = policy.check.as_deref().or(policy.using.as_deref()).is_some_and(is_true);
    let all = [
        (PolicyCommand::Insert, "INSERT", check.then_some(Level::Warning)),
        (PolicyCommand::Update, "UPDATE", using.then_some(Level::Error).or(check.then_some(Level::Warning))),
        (PolicyCommand::Delete, "DELETE", using.then_some(Level::Error)),
    ];
    let applies = |command: PolicyCommand| policy.command == command || policy.command == PolicyCommand::All;
    all.into_iter()
        .filter(|(command, ..)| applies(*command) && !is_held_back(table, policy, *command))
        .filter_map(|(_, privilege, level)| Some((privilege, level?)))
        .collect()
}

/// Whether a restrictive policy that says something binds all of the same roles.
fn is_held_back(table: &Table, policy: &Policy, command: PolicyCommand) -> bool {
    table.policies.values().any(|other| {
        let applies = other.command == command || other.command == PolicyCommand::All;
        let binds = other.roles.iter().any(|role| role == crate::catalog::PUBLIC)
            || policy.roles.iter().all(|role| other.roles.contains(role));
        let says = [&other.using, &other.check].into_iter().flatten().any(|expression| !is_true(expression));
        !other.permissive && applies && binds && says
    })
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, grant, notes, policy};
    use crate::catalog::PolicyCommand::{All, Delete, Insert, Select, Update};
    use crate::testing::TestTable;

    const ID: &str = super::CHECK.rule.id;

    fn on() -> TestTable {
        let all = grant("authenticated", &["SELECT", "INSERT", "UPDATE", "DELETE"]);
        notes().with(|notes| notes.row_security.enabled = true).with(all)
    }

    #[test]
    fn fires() {
        for command in [All, Update, Delete] {
            let table = on().with(policy("open", command, &["authenticated"], "true"));
            check(ID, &api([table]), &["error public.notes.open"]);
        }
        check(ID, &api([on().with(policy("open", All, &["public"], "true"))]), &["error public.notes.open"]);
        check(ID, &api([on().with(policy("open", Insert, &["public"], "true"))]), &["warning public.notes.open"]);
        let checked = |using: &'static str, check: &'static str| {
            let table = on().with(policy("open", Update, &["authenticated"], using));
            table.with(|it| it.policies.get_mut("open").unwrap().check = Some(check.to_owned()))
        };
        // A row of another can be taken over; one's own can be given away.
        check(ID, &api([checked("true", "(user_id = 'x')")]), &["error public.notes.open"]);
        check(ID, &api([checked("(user_id = 'x')", "true")]), &["warning public.notes.open"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([on().with(policy("read", Select, &["authenticated"], "true"))]), &[]);
        check(ID, &api([on().with(policy("own", Update, &["authenticated"], "(user_id = 'x')"))]), &[]);
        check(ID, &api([on().with(policy("service", All, &["service_role"], "true"))]), &[]);
        // Nobody has the right.
        check(ID, &api([on().with(|it| it.acl.grants.clear()).with(policy("open", All, &["public"], "true"))]), &[]);
        let held = on().with(policy("open", Update, &["authenticated"], "true"));
        let held = held.with(policy("own", Update, &["public"], "(user_id = 'x')"));
        let held = held.with(|notes| notes.policies.get_mut("own").unwrap().permissive = false);
        check(ID, &api([held]), &[]);
    }
}
