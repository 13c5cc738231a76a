//! The statement cannot run in a transaction.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Drop, Kind, ReindexTarget, Statement, What, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "not-in-transaction",
        level: Level::Error,
        class: Class::Robustness,
        summary: "The statement cannot run in a transaction.",
        explanation: "VACUUM, CREATE and DROP DATABASE, ALTER SYSTEM, CREATE TABLESPACE, CREATE SUBSCRIPTION and REINDEX of a whole schema or database refuse to run in a transaction, a function or a DO block.",
        bad: "vacuum public.tasks;",
        good: "-- howdah:no-transaction\nvacuum public.tasks;",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if !statement.in_transaction && statement.within == Within::Top {
        return;
    }
    let what = match &statement.kind {
        Kind::Vacuum { .. } => "VACUUM",
        Kind::Create { what: What::Database, .. } => "CREATE DATABASE",
        Kind::Create { what: What::Other("tablespace"), .. } => "CREATE TABLESPACE",
        Kind::Create { what: What::Other("subscription"), .. } => "CREATE SUBSCRIPTION",
        Kind::Drop(Drop { what: What::Database, .. }) => "DROP DATABASE",
        Kind::Drop(Drop { what: What::Other("tablespace"), .. }) => "DROP TABLESPACE",
        Kind::Reindex {
            target: ReindexTarget::Schema | ReindexTarget::Database | ReindexTarget::System,
            concurrently: false,
        } => "REINDEX of more than a table",
        Kind::Cluster { table: None } => "CLUSTER of every table",
        Kind::Other { head } if head == "alter system" => "ALTER SYSTEM",
        _ => return,
    };
    out.plain(
        &statement.span,
        None,
        format!("{what} fails inside a transaction"),
        "put it after a line `-- howdah:no-transaction`",
    );
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "vacuum public.a", &["1:1 error -"]);
        check(ID, "alter system set work_mem = '1MB'", &["1:1 error -"]);
        check(ID, "reindex database app", &["1:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:no-transaction\nvacuum public.a", &[]);
        check(ID, "reindex table public.a", &[]);
        check(ID, "analyze public.a", &[]);
    }
}
