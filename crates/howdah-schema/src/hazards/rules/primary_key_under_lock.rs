//! A primary key builds its index while nobody can read.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "primary-key-under-lock",
        level: Level::Error,
        class: Class::LongLock,
        summary: "A primary key builds its index while nobody can read.",
        explanation: "ADD PRIMARY KEY builds the index, and reads the columns for nulls, under ACCESS EXCLUSIVE. Build a unique index CONCURRENTLY, set the columns NOT NULL, and make a key of it.",
        bad: "alter table public.log add primary key (id);",
        good: "-- howdah:no-transaction\ncreate unique index concurrently log_pkey on public.log (id);\nalter table public.log add primary key using index log_pkey;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        let constraints = match &action.kind {
            ActionKind::AddConstraint(it) => std::slice::from_ref(it),
            ActionKind::AddColumn { column, .. } if !column.is_serial() && !column.is_identity() => {
                column.constraints.as_slice()
            }
            _ => continue,
        };
        for constraint in constraints {
            if matches!(constraint.kind, ConstraintKind::PrimaryKey { using_index: None, .. })
                && !out.seen.is_new(&table)
            {
                out.weighed(
                    &constraint.span,
                    (&table, None),
                    "the index is built while nobody can read",
                    "build it with CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX",
                );
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
        check(ID, "alter table public.a add primary key (id)", &["1:26 error public.a"]);
        check(ID, "alter table public.a add id uuid primary key", &["1:34 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add primary key using index i", &[]);
        check(ID, "create table public.a (id int); alter table public.a add primary key (id)", &[]);
        check(ID, "alter table public.a add id serial primary key", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add primary key (id)");
    }
}
