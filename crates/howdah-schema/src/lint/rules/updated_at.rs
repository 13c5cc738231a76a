//! A table that does not say when a row last changed.

use super::stamp;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, is_append_only, is_only_keys};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "updated-at",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A table has no updated_at timestamptz not null.",
        explanation: "Whoever keeps a copy (a cache, a phone, a warehouse) asks for what changed since. Without it everything is read again. A trigger keeps it true. Quiet where rows do not change: in join tables, which are nothing but keys, and in tables that others may insert into and not update.",
        bad: "create table public.notes (id uuid primary key, title text);",
        good: "create table public.notes (\n  id uuid primary key,\n  title text,\n  updated_at timestamptz not null default now()\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        if !is_append_only(table) && !is_only_keys(table) {
            stamp(table, "updated_at", "when a row last changed", out);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Grant;
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    fn grant(privilege: &str) -> Grant {
        let (grantee, grantor) = ("api".to_owned(), "owner".to_owned());
        Grant { grantee, privilege: privilege.to_owned(), grantor, grantable: false }
    }

    #[test]
    fn fires() {
        check(ID, [table("notes").column("id", "uuid", "").column("title", "text", "")], &["warning public.notes"]);
        let events = table("events").column("title", "text", "");
        let events = events.with(|it| it.acl.grants = vec![grant("INSERT"), grant("UPDATE")]);
        check(ID, [events], &["warning public.events"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("updated_at", "timestamp with time zone not null", "")], &[]);
        let events = table("events").column("title", "text", "").with(|it| it.acl.grants = vec![grant("INSERT")]);
        check(ID, [events], &[]);
        let both = table("post_tags").column("post_id", "uuid", "").column("tag_id", "uuid", "");
        check(ID, [both.primary_key(&["post_id", "tag_id"])], &[]);
    }
}
