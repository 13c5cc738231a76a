//! A new primary key column rewrites the table and builds its index under lock.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "serial-primary-key",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "A new primary key column rewrites the table and builds its index under lock.",
        explanation: "The table is written anew to number the rows, and then its unique index is built, all under ACCESS EXCLUSIVE. Add a plain column, backfill it, build a unique index CONCURRENTLY, and make that the primary key.",
        bad: "alter table public.log add column id bigserial primary key;",
        good: "alter table public.log add column id bigint;\n-- … backfill, set not null, then:\ncreate unique index concurrently log_pkey on public.log (id);\nalter table public.log add primary key using index log_pkey;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AddColumn { column, .. } = &action.kind {
            let numbered = column.is_serial() || column.is_identity();
            if column.is_primary_key() && numbered && !out.seen.is_new(&table) {
                let message = "numbering the rows rewrites the table, and its index is built, while nobody can read";
                let fix = "add a plain column, backfill it, build the unique index CONCURRENTLY, then ADD PRIMARY KEY USING INDEX";
                out.weighed(&action.span, (&table, Some(&column.name)), message, fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a add id serial primary key", &["1:22 error public.a.id"]);
        check(
            ID,
            "alter table public.a add id bigint generated always as identity primary key",
            &["1:22 error public.a.id"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (id bigint generated always as identity primary key)", &[]);
        check(ID, "alter table public.a add id bigint", &[]);
        check(ID, "create table public.a (); alter table public.a add id serial primary key", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add id serial primary key");
    }
}
