//! A policy that believes what the caller says of themselves.

use super::policy_id;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::{ObjectId, Policy, Table};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "user-editable-claims",
        level: Level::Error,
        class: Class::Security,
        summary: "A policy trusts claims that people can edit themselves.",
        explanation: "`user_metadata` in a token, and `raw_user_meta_data` behind it, is what people set about themselves: whoever writes `{\"role\": \"admin\"}` there is an admin to a policy that asks for it. What decides about rights belongs in a table that only trusted code writes, or in `app_metadata`. Judged are the expressions of policies and the bodies of functions that they call.",
        bad: "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;\ncreate policy admins_read on public.notes for select\n  using ((select current_setting('request.jwt.claims', true))::jsonb -> 'user_metadata' ->> 'role' = 'admin');",
        good: "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;\ncreate policy admins_read on public.notes for select\n  using ((select current_setting('request.jwt.claims', true))::jsonb -> 'app_metadata' ->> 'role' = 'admin');",
    },
    check,
};

const CLAIMS: [&str; 2] = ["user_metadata", "raw_user_meta_data"];

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        for policy in table.policies.values() {
            if let Some((claim, whence)) = trusted(facts, table, policy) {
                let message = format!("`{}` trusts `{claim}`{whence}, which people edit themselves", policy.name);
                let fix = "ask for `app_metadata`, or look it up in a table that only trusted code writes";
                out.at(policy_id(table, policy), message, fix);
            }
        }
    }
}

/// The claim that a policy trusts, and by which function.
fn trusted(facts: &Facts<'_>, table: &Table, policy: &Policy) -> Option<(&'static str, String)> {
    let claim = |text: &str| CLAIMS.into_iter().find(|claim| text.contains(claim));
    if let Some(found) = [&policy.using, &policy.check].into_iter().flatten().find_map(|expression| claim(expression)) {
        return Some((found, String::new()));
    }
    facts.catalog.dependencies.of(&policy_id(table, policy)).find_map(|id| {
        let ObjectId::Function(signature) = id else { return None };
        let function = facts.catalog.functions.get(signature)?;
        Some((claim(&function.body)?, format!(" by {signature}")))
    })
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, function, notes, policy, policy_calls};
    use crate::catalog::PolicyCommand::Select;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let fired = ["error public.notes.admins"];
        let claim = "((( SELECT auth.jwt() AS jwt) -> 'user_metadata'::text) ->> 'role'::text) = 'admin'::text";
        check(ID, &api([notes().with(policy("admins", Select, &["authenticated"], claim))]), &fired);
        let mut catalog = api([notes().with(policy("admins", Select, &["authenticated"], "public.is_admin()"))]);
        function(&mut catalog, "is_admin", |it| it.body = "select raw_user_meta_data from auth.users".to_owned());
        policy_calls(&mut catalog, "notes", "admins", "is_admin");
        check(ID, &catalog, &fired);
    }

    #[test]
    fn quiet() {
        let claim = "((( SELECT auth.jwt() AS jwt) -> 'app_metadata'::text) ->> 'role'::text) = 'admin'::text";
        check(ID, &api([notes().with(policy("admins", Select, &["authenticated"], claim))]), &[]);
    }
}
