//! A view through which callers see past policies.

use super::make_invoker;
use crate::QualifiedName;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "security-definer-view",
        level: Level::Error,
        class: Class::Security,
        summary: "A view that the API reaches reads protected tables as its owner.",
        explanation: "Unless it says security_invoker, a view reads with the rights of its owner, and the policies that are checked are the owner's: rows that no caller may see in the table are seen in the view. Judged are views that an API role may read, and the views that these read, over tables with row-level security. Where the owner is bound by policies as well (FORCE ROW LEVEL SECURITY), it is the owner's rows that all callers see, or none.",
        bad: "create table public.notes (id uuid primary key, is_public boolean not null);\nalter table public.notes enable row level security;\ncreate policy reads_public on public.notes for select to anon using (is_public);\ncreate view public.all_notes as select id from public.notes;\ngrant select on public.all_notes to anon;",
        good: "create table public.notes (id uuid primary key, is_public boolean not null);\nalter table public.notes enable row level security;\ncreate policy reads_public on public.notes for select to anon using (is_public);\ncreate view public.all_notes with (security_invoker = true) as select id from public.notes;\ngrant select on public.notes, public.all_notes to anon;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    // Of each view that reads as its owner: which tables, and through which views that is reached.
    let mut views: BTreeMap<&QualifiedName, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for reading in facts.readings() {
        if reading.as_caller || reading.is_stored || !reading.table.row_security.enabled {
            continue;
        }
        let (tables, through) = views.entry(&reading.by.name).or_default();
        tables.insert(reading.table.name.to_string());
        if reading.view.name != reading.by.name {
            through.insert(reading.view.name.to_string());
        }
    }
    for (view, (tables, through)) in views {
        let all = |names: &BTreeSet<String>| and(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let through = if through.is_empty() { String::new() } else { format!(", reached through {}", all(&through)) };
        let message =
            format!("{view} shows {} as its owner sees it, past the caller's policies{through}", all(&tables));
        out.at(ObjectId::View(view.clone()), message, make_invoker(facts.catalog, view));
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::advisor::rules::testing::{api, check, invoker, notes, view};

    const ID: &str = super::CHECK.rule.id;

    fn protected() -> Catalog {
        api([notes().with(|notes| notes.row_security.enabled = true)])
    }

    #[test]
    fn fires() {
        let mut catalog = protected();
        view(&mut catalog, "all_notes", &["notes"], |_| {});
        check(ID, &catalog, &["error public.all_notes"]);
        // The view that reads the table is the one to mend, wherever it is.
        let mut catalog = protected();
        view(&mut catalog, "inner_notes", &["notes"], |view| view.acl.grants.clear());
        view(&mut catalog, "all_notes", &["inner_notes"], |_| {});
        check(ID, &catalog, &["error public.inner_notes"]);
    }

    #[test]
    fn quiet() {
        let mut catalog = protected();
        view(&mut catalog, "all_notes", &["notes"], invoker);
        view(&mut catalog, "outer_notes", &["all_notes"], |_| {});
        view(&mut catalog, "private.notes", &["notes"], |_| {});
        view(&mut catalog, "closed_notes", &["notes"], |view| view.acl.grants.clear());
        view(&mut catalog, "stored_notes", &["notes"], |view| view.materialized = true);
        check(ID, &catalog, &[]);
        let mut catalog = api([notes()]);
        view(&mut catalog, "all_notes", &["notes"], |_| {});
        check(ID, &catalog, &[]);
    }
}
