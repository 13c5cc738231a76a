//! A domain's new constraint is checked against every table that uses it.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts;
use crate::hazards::statement::{DomainChange, Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "alter-domain-constraint",
        level: Level::Warning,
        class: Class::SlowScan,
        summary: "A domain's new constraint is checked against every table that uses it.",
        explanation: "ALTER DOMAIN … ADD CONSTRAINT and SET NOT NULL read every table with a column of the domain, while nobody can write to it. ADD … NOT VALID does not; VALIDATE reads them later, one after the other.",
        bad: "alter domain public.code add constraint c check (value <> '');",
        good: "alter domain public.code add constraint c check (value <> '') not valid;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::AlterDomain { name, change } = &statement.kind else { return };
    let scans = match change {
        DomainChange::Add(constraint) => !constraint.not_valid,
        DomainChange::SetNotNull => true,
        DomainChange::Validate | DomainChange::Other => false,
    };
    let domain = out.seen.qualify(name);
    if !scans || out.seen.is_new_type(&domain) {
        return;
    }
    let message = format!("every row with a value of the domain {domain} is read while nobody can write");
    let fix = "add the constraint NOT VALID, and validate it later; or put a CHECK on the columns instead";
    match facts::tables_with_domain(&domain, out.seen) {
        Some(tables) => {
            for table in tables {
                out.weighed(&statement.span, (&table, None), &message, fix);
            }
        }
        None => out.plain(&statement.span, Some(domain.to_string()), message, fix),
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter domain public.d add constraint c check (value <> '')", &["1:1 warning public.d"]);
        check(ID, "alter domain public.d set not null", &["1:1 warning public.d"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter domain public.d add constraint c check (value <> '') not valid", &[]);
        check(ID, "create domain public.d as text; alter domain public.d set not null", &[]);
        check(ID, "alter domain public.d drop not null", &[]);
    }
}
