//! Accounts that callers see through a view.

use crate::QualifiedName;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::{ObjectId, Relation};
use crate::findings::{Class, Level, Rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "auth-table-exposed",
        level: Level::Error,
        class: Class::Security,
        summary: "A view that the API reaches shows tables of the schema auth.",
        explanation: "Accounts, sessions and keys are kept in the schema auth so that no caller reaches them. A view over them in an exposed schema opens what it selects to everyone who may read it: addresses at best, digests of passwords at worst. Judged are views and materialized views that an API role may read, through other views as well. Quiet about a view that reads as its caller where the caller has no right to the table, or where the table has row-level security.",
        bad: "create schema auth;\ncreate table auth.users (id uuid primary key, email text);\ncreate view public.people as select id, email from auth.users;\ngrant select on public.people to anon;",
        good: "create schema auth;\ncreate table auth.users (id uuid primary key, email text);\ncreate table public.profiles (user_id uuid primary key references auth.users (id) on delete cascade, display_name text);\nalter table public.profiles enable row level security;\ncreate policy everyone_reads on public.profiles for select to anon using (true);\ngrant select on public.profiles to anon;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let mut views: BTreeMap<&QualifiedName, BTreeSet<String>> = BTreeMap::new();
    for reading in facts.readings().into_iter().filter(|reading| reading.table.name.schema == "auth") {
        let is_shown = !reading.as_caller
            || (!reading.table.row_security.enabled
                && !facts.roles_that_may(Relation::Table(reading.table), &["SELECT"]).is_empty());
        if is_shown {
            views.entry(&reading.view.name).or_default().insert(reading.table.name.to_string());
        }
    }
    for (view, tables) in views {
        let Some(relation) = facts.catalog.views.get(view).map(Relation::View) else { continue };
        let roles = and(&facts.roles_that_reach(relation, &["SELECT"]));
        let tables = and(&tables.iter().map(String::as_str).collect::<Vec<_>>());
        let message = format!("{view} shows {roles} what is in {tables}");
        let fix =
            "show a table of your own instead, such as profiles, with policies; keep the view out of exposed schemas";
        out.at(ObjectId::View(view.clone()), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::advisor::rules::testing::{api, check, grant, invoker, view};
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn users() -> TestTable {
        table("auth.users").column("user_id", "uuid", "")
    }

    /// `public` is there, too.
    fn with(users: TestTable) -> Catalog {
        api([users, table("notes")])
    }

    #[test]
    fn fires() {
        for materialized in [false, true] {
            let mut catalog = with(users().with(|users| users.row_security.enabled = true));
            view(&mut catalog, "people", &["auth.users"], |view| view.materialized = materialized);
            check(ID, &catalog, &["error public.people"]);
        }
        let mut catalog = with(users());
        view(&mut catalog, "private.people", &["auth.users"], |_| {});
        view(&mut catalog, "people", &["private.people"], invoker);
        check(ID, &catalog, &["error public.people"]);
        let mut catalog = with(users().with(grant("anon", &["SELECT"])));
        view(&mut catalog, "people", &["auth.users"], invoker);
        check(ID, &catalog, &["error public.people"]);
    }

    #[test]
    fn quiet() {
        let mut catalog = with(users());
        view(&mut catalog, "people", &["auth.users"], invoker);
        view(&mut catalog, "private.people", &["auth.users"], |_| {});
        view(&mut catalog, "closed_people", &["auth.users"], |view| view.acl.grants.clear());
        check(ID, &catalog, &[]);
    }
}
