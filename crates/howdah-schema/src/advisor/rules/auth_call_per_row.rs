//! A policy that asks who is there for every row.

use super::policy_id;
use crate::Ident;
use crate::advisor::engine::{Check, Out};
use crate::advisor::expressions::{BareCall, bare_calls, wrapped};
use crate::advisor::facts::Facts;
use crate::findings::{Class, Level, Rule};
use std::collections::BTreeSet;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "auth-call-per-row",
        level: Level::Warning,
        class: Class::Performance,
        summary: "A policy asks who is calling once a row instead of once a query.",
        explanation: "A function that a policy calls bare is run for every row that is looked at, save where it happens to become the condition of an index scan. In a sub-select of its own it is run once and kept (an InitPlan). Judged are `current_setting(…)`, functions of the schema auth without arguments, and all others without arguments that are STABLE. A sub-select that reads a table or names a column of the row is run for every row itself, so a call in it counts as bare.",
        bad: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate policy owner_reads on public.notes for select\n  using (user_id = current_setting('app.user_id', true)::uuid);",
        good: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate policy owner_reads on public.notes for select\n  using (user_id = (select current_setting('app.user_id', true))::uuid);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        for policy in table.policies.values() {
            let mut names: BTreeSet<String> = BTreeSet::new();
            let mut clause = |word: &str, expression: &Option<String>| {
                let expression = expression.as_deref()?;
                let calls: Vec<BareCall> = bare_calls(facts.catalog, expression);
                names.extend(calls.iter().map(|call| call.name.clone()));
                (!calls.is_empty()).then(|| format!(" {word} ({})", wrapped(expression, &calls)))
            };
            let clauses = [clause("using", &policy.using), clause("with check", &policy.check)];
            if names.is_empty() {
                continue;
            }
            let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
            let message = format!("`{}` calls {} for every row", policy.name, names.join(" and "));
            let clauses: String = clauses.into_iter().flatten().collect();
            let policy_name = Ident::new(policy.name.as_str());
            let fix = format!("run `alter policy {policy_name} on {}{clauses};`", table.name);
            out.at(policy_id(table, policy), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, function, notes, policy};
    use crate::catalog::PolicyCommand::{Insert, Select};
    use crate::catalog::Volatility::{Immutable, Stable};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let fired = ["warning public.notes.own"];
        check(ID, &api([notes().with(policy("own", Select, &["anon"], "(user_id = auth.uid())"))]), &fired);
        check(ID, &api([notes().with(policy("own", Insert, &["anon"], "(user_id = auth.uid())"))]), &fired);
        let setting = "(user_id = (current_setting('app.user_id'::text))::uuid)";
        check(ID, &api([notes().with(policy("own", Select, &["anon"], setting))]), &fired);
        let mut catalog = api([notes().with(policy("own", Select, &["anon"], "(tenant_id = app.tenant())"))]);
        function(&mut catalog, "app.tenant", |function| function.volatility = Stable);
        check(ID, &catalog, &fired);
    }

    #[test]
    fn quiet() {
        let own = "(user_id = ( SELECT auth.uid() AS uid))";
        check(ID, &api([notes().with(policy("own", Select, &["anon"], own))]), &[]);
        let mut catalog = api([notes().with(policy("own", Select, &["anon"], "(a = auth.pepper())"))]);
        function(&mut catalog, "auth.pepper", |function| function.volatility = Immutable);
        check(ID, &catalog, &[]);
    }

    #[test]
    fn the_fix_says_all_of_it() {
        let mut catalog = api([notes().with(policy("Own Rows", Select, &["anon"], "(user_id = auth.uid())"))]);
        let table = catalog.tables.values_mut().next().unwrap();
        table.policies.get_mut("Own Rows").unwrap().check = Some("true".to_owned());
        let report = crate::advisor::check(&catalog, &crate::advisor::AdvisorOptions::default(), &[]);
        let found = report.findings.iter().find(|finding| finding.rule == ID).unwrap();
        assert_eq!(
            found.fix,
            "run `alter policy \"Own Rows\" on public.notes using ((user_id = (select auth.uid())));`"
        );
    }
}
