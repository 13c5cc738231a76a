//! A schema is dropped.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-schema",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "A schema is dropped.",
        explanation: "With CASCADE, everything in it goes: tables, their rows, and what refers to them elsewhere. Without, it fails unless the schema is empty.",
        bad: "drop schema billing cascade;",
        good: "drop table billing.invoices; -- each by name\ndrop schema billing;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Drop(it) = &statement.kind else { return };
    if !(it.cascade && matches!(it.what, What::Schema | What::Owned)) {
        return;
    }
    if it.what == What::Owned {
        let message = "everything that the role owns is dropped, and what depends on it".to_owned();
        out.plain(&statement.span, None, message, "drop each object by its name");
    }
    for name in it.names.iter().filter(|name| !out.seen.is_new_schema(&name.name)).collect::<Vec<_>>() {
        let message = format!("everything in the schema {} is dropped, and what depends on it", name.name);
        out.plain(&name.span, Some(name.name.clone()), message, "drop each object by its name, then the empty schema");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "drop schema a, b cascade", &["1:13 error a", "1:16 error b"]);
        check(ID, "drop owned by joe cascade", &["1:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "drop schema a", &[]);
        check(ID, "create schema a; drop schema a cascade", &[]);
    }
}
