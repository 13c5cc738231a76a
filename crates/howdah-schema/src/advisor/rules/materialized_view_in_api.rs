//! A materialized view that callers read.

use super::grantees;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::{ObjectId, Relation};
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "materialized-view-in-api",
        level: Level::Warning,
        class: Class::Security,
        summary: "The API reaches a materialized view.",
        explanation: "A materialized view has no row-level security: it holds what its owner saw when it was refreshed, and everyone who may read it reads all of it. Where that is meant, as for figures about all, a suppression says so. Otherwise it belongs in a schema that is not exposed, behind a view or function that says who sees what.",
        bad: "create table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate materialized view public.note_counts as select user_id, count(*) as notes from public.notes group by user_id;\ngrant select on public.note_counts to anon;",
        good: "create schema private;\ncreate table public.notes (id uuid primary key, user_id uuid not null);\nalter table public.notes enable row level security;\ncreate materialized view private.note_counts as select user_id, count(*) as notes from public.notes group by user_id;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for view in facts.catalog.views.values().filter(|view| view.materialized) {
        let roles = facts.roles_that_reach(Relation::View(view), &["SELECT"]);
        if roles.is_empty() {
            continue;
        }
        let message = format!("{} may read all of {}, which no policy protects", and(&roles), view.name);
        let fix = format!(
            "move it to a schema that is not exposed, or take the right away: `revoke select on {} from {};`",
            view.name,
            grantees(&view.acl, &roles)
        );
        out.at(ObjectId::View(view.name.clone()), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes, view};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let mut catalog = api([notes()]);
        view(&mut catalog, "counts", &["notes"], |view| view.materialized = true);
        check(ID, &catalog, &["warning public.counts"]);
    }

    #[test]
    fn quiet() {
        let mut catalog = api([notes()]);
        view(&mut catalog, "plain", &["notes"], |_| {});
        view(&mut catalog, "private.counts", &["notes"], |view| view.materialized = true);
        view(&mut catalog, "closed", &["notes"], |view| {
            view.materialized = true;
            view.acl.grants.clear();
        });
        check(ID, &catalog, &[]);
    }
}
