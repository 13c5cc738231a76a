//! Several policies for the same, of which each row asks all.

use super::table_id;
use crate::Ident;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::{PUBLIC, Policy, PolicyCommand, Table};
use crate::findings::{Class, Level, Rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "multiple-permissive-policies",
        level: Level::Warning,
        class: Class::Performance,
        summary: "Several permissive policies of a table apply to one role and command.",
        explanation: "PostgreSQL joins them with OR, so a row that the last one allows has been asked by all, and an index serves an OR badly. One policy with the conditions joined says the same and can put the cheap one first. Judged is what applies to a role by its own name, through PUBLIC and by inheritance. Policies for ALL count for every command.",
        bad: "create table public.notes (id uuid primary key, user_id uuid, is_public boolean);\nalter table public.notes enable row level security;\ncreate policy reads_public on public.notes for select to authenticated using (is_public);\ncreate policy reads_owned on public.notes for select to authenticated using (user_id is not null);",
        good: "create table public.notes (id uuid primary key, user_id uuid, is_public boolean);\nalter table public.notes enable row level security;\ncreate policy reads on public.notes for select to authenticated using (is_public or user_id is not null);",
    },
    check,
};

const COMMANDS: [PolicyCommand; 4] =
    [PolicyCommand::Select, PolicyCommand::Insert, PolicyCommand::Update, PolicyCommand::Delete];

/// The names of policies that apply together, and for which commands and roles.
type Together<'a> = BTreeMap<Vec<&'a str>, (Vec<&'static str>, BTreeSet<&'a str>)>;

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| table.row_security.enabled) {
        for (names, (commands, roles)) in together(facts, table) {
            let policies: Vec<&Policy> = names.iter().filter_map(|name| table.policies.get(*name)).collect();
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let quoted: Vec<&str> = quoted.iter().map(String::as_str).collect();
            let roles: Vec<&str> = roles.iter().map(|role| if *role == PUBLIC { "everyone" } else { role }).collect();
            let message = format!("{} all apply to {} of {}", and(&quoted), and(&commands), and(&roles));
            out.at(table_id(table), message, fix(table, &policies));
        }
    }
}

/// Sets of policies of which several apply to one role and command. What applies to everyone is not told of each again.
fn together<'a>(facts: &Facts<'a>, table: &'a Table) -> Together<'a> {
    let permissive = || table.policies.values().filter(|policy| policy.permissive);
    let named: BTreeSet<&str> = permissive().flat_map(|policy| &policy.roles).map(String::as_str).collect();
    let mut found = Together::new();
    for command in COMMANDS {
        let applying = |grantees: &BTreeSet<&str>| -> Vec<&'a str> {
            let applies = |policy: &&Policy| {
                (policy.command == command || policy.command == PolicyCommand::All)
                    && policy.roles.iter().any(|role| grantees.contains(role.as_str()))
            };
            permissive().filter(applies).map(|policy| policy.name.as_str()).collect()
        };
        let of_everyone = applying(&BTreeSet::from([PUBLIC]));
        for role in &named {
            let names = applying(&facts.catalog.rights_of(role));
            if names.len() < 2 || (*role != PUBLIC && names == of_everyone) {
                continue;
            }
            let (commands, roles) = found.entry(names).or_default();
            if !commands.contains(&command.as_sql()) {
                commands.push(command.as_sql());
            }
            roles.insert(role);
        }
    }
    found
}

/// One policy in place of all, where they differ in nothing but their conditions.
fn fix(table: &Table, policies: &[&Policy]) -> String {
    let joined = "join them: one policy for these roles and this command, with the conditions joined by OR";
    let [first, rest @ ..] = policies else { return joined.to_owned() };
    let is_alike = |other: &&Policy| {
        other.command == first.command
            && other.roles == first.roles
            && other.using.is_some() == first.using.is_some()
            && other.check.is_some() == first.check.is_some()
    };
    if !rest.iter().all(is_alike) {
        return joined.to_owned();
    }
    let clause = |word: &str, expression: fn(&Policy) -> Option<&String>| {
        let all: Vec<&str> = policies.iter().filter_map(|policy| expression(policy)).map(String::as_str).collect();
        if all.is_empty() { String::new() } else { format!(" {word} ({})", all.join(" or ")) }
    };
    let using = clause("using", |policy| policy.using.as_ref());
    let check = clause("with check", |policy| policy.check.as_ref());
    let name = |policy: &Policy| Ident::new(policy.name.clone()).to_string();
    let mut statements = vec![format!("alter policy {} on {}{using}{check};", name(first), table.name)];
    statements.extend(rest.iter().map(|policy| format!("drop policy {} on {};", name(policy), table.name)));
    format!("join them: `{}`", statements.join(" "))
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, inherits, notes, policy};
    use crate::advisor::{AdvisorOptions, check as advise};
    use crate::catalog::PolicyCommand::{All, Insert, Select, Update};
    use crate::testing::TestTable;

    const ID: &str = super::CHECK.rule.id;

    fn on() -> TestTable {
        notes().with(|notes| notes.row_security.enabled = true)
    }

    #[test]
    fn fires() {
        let fired = ["warning public.notes"];
        let own = || on().with(policy("own", Select, &["authenticated"], "(a = 1)"));
        check(ID, &api([own().with(policy("open", Select, &["anon", "authenticated"], "(b = 1)"))]), &fired);
        check(ID, &api([own().with(policy("open", All, &["public"], "(b = 1)"))]), &fired);
        let mut catalog = api([own().with(policy("open", Select, &["members"], "(b = 1)"))]);
        inherits(&mut catalog, "authenticated", "members", true);
        check(ID, &catalog, &fired);
        // Once, however many commands and roles.
        let twice = on().with(policy("a", All, &["anon", "authenticated"], "(a = 1)"));
        check(ID, &api([twice.with(policy("b", All, &["public"], "(b = 1)"))]), &fired);
    }

    #[test]
    fn quiet() {
        let own = || on().with(policy("own", Select, &["authenticated"], "(a = 1)"));
        check(ID, &api([own().with(policy("open", Select, &["anon"], "(b = 1)"))]), &[]);
        check(ID, &api([own().with(policy("new", Insert, &["authenticated"], "(b = 1)"))]), &[]);
        let held = own().with(policy("held", Select, &["authenticated"], "(b = 1)"));
        check(ID, &api([held.with(|it| it.policies.get_mut("held").unwrap().permissive = false)]), &[]);
        let off = own().with(policy("open", Select, &["authenticated"], "(b = 1)"));
        check(ID, &api([off.with(|notes| notes.row_security.enabled = false)]), &[]);
    }

    #[test]
    fn the_fix_joins_what_is_alike() {
        let table =
            on().with(policy("a", Update, &["anon"], "(a = 1)")).with(policy("b", Update, &["anon"], "(b = 1)"));
        let report = advise(&api([table]), &AdvisorOptions::default(), &[]);
        let found = report.findings.iter().find(|finding| finding.rule == ID).unwrap();
        assert_eq!(found.message, "`a` and `b` all apply to UPDATE of anon");
        assert_eq!(
            found.fix,
            "join them: `alter policy a on public.notes using ((a = 1) or (b = 1)); drop policy b on public.notes;`"
        );
    }
}
