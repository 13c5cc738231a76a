//! A database is dropped.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Drop, Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-database",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "A database is dropped.",
        explanation: "No migration has a reason to drop a database: whoever runs it on the wrong server loses everything.",
        bad: "drop database app;",
        good: "-- Drop databases by hand, with the name typed twice.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Drop(Drop { what: What::Database, names, .. }) = &statement.kind else { return };
    for name in names {
        let message = format!("the database {} is dropped with everything in it", name.name);
        out.plain(&statement.span, Some(name.name.clone()), message, "drop databases by hand");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "drop database if exists app with (force)", &["1:1 error app"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create database app", &[]);
        check(ID, "drop schema app", &[]);
    }
}
