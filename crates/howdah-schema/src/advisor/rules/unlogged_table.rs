//! A table that a crash empties.

use super::table_id;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unlogged-table",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A table is unlogged.",
        explanation: "It is not written to the log: after a crash it is empty, a replica never has its rows, and no backup from the log brings them back. That is right for what can be made again, such as a cache, and a suppression says so.",
        bad: "create unlogged table public.notes (id uuid primary key);",
        good: "create table public.notes (id uuid primary key);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| table.unlogged) {
        let message = format!("{} is unlogged: a crash empties it, and replicas never have its rows", table.name);
        out.at(table_id(table), message, format!("run `alter table {} set logged;`", table.name));
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, &api([notes().with(|notes| notes.unlogged = true)]), &["warning public.notes"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([notes()]), &[]);
    }
}
