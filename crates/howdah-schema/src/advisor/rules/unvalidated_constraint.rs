//! A constraint that old rows may break.

use crate::Ident;
use crate::QualifiedName;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unvalidated-constraint",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A constraint is NOT VALID.",
        explanation: "It holds for rows that are written from now on; those from before may break it, and the planner does not rely on it. It is a step on the way: VALIDATE CONSTRAINT reads the table without keeping anybody out, and finds what must be mended first. Constraints of tables and of domains are judged. Quiet about NOT ENFORCED, which is meant to check nothing.",
        bad: "create table public.notes (id uuid primary key, title text);\nalter table public.notes add constraint chk_notes_title check (title <> '') not valid;",
        good: "create table public.notes (id uuid primary key, title text);\nalter table public.notes add constraint chk_notes_title check (title <> '');",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let mut report = |id: ObjectId, kind: &str, of: &QualifiedName, name: &str| {
        let message = format!("`{name}` is NOT VALID: rows from before may break it");
        out.at(id, message, format!("run `alter {kind} {of} validate constraint {};`", Ident::new(name)));
    };
    for (table, constraint) in facts.standards.constraints() {
        if !constraint.validated && constraint.enforced {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            report(id, "table", &table.name, &constraint.name);
        }
    }
    for (table, column) in facts.standards.columns() {
        let not_null = column.not_null_constraint.as_ref().filter(|it| !it.validated && !it.inherited);
        if let Some(not_null) = not_null {
            let id = ObjectId::Constraint(table.name.clone(), not_null.name.clone());
            report(id, "table", &table.name, &not_null.name);
        }
    }
    for domain in facts.catalog.domains.values() {
        for check in domain.checks.values().filter(|check| !check.validated) {
            let id = ObjectId::DomainConstraint(domain.name.clone(), check.name.clone());
            report(id, "domain", &domain.name, &check.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check, notes};
    use crate::catalog::{Constraint, NotNull};
    use crate::testing::TestTable;

    const ID: &str = super::CHECK.rule.id;

    fn checked(change: impl Fn(&mut Constraint)) -> TestTable {
        let notes = notes().check("chk_notes", &["user_id"], "(user_id IS NOT NULL)");
        notes.with(|notes| notes.constraints.values_mut().for_each(change))
    }

    #[test]
    fn fires() {
        check(ID, &api([checked(|it| it.validated = false)]), &["warning public.notes.chk_notes"]);
        let not_null = notes().with(|notes| {
            notes.columns[0].not_null_constraint = Some(NotNull {
                name: "user_is_there".to_owned(),
                validated: false,
                no_inherit: false,
                inherited: false,
                comment: crate::catalog::Comment::default(),
            });
        });
        check(ID, &api([not_null]), &["warning public.notes.user_is_there"]);
    }

    #[test]
    fn quiet() {
        check(ID, &api([checked(|_| {})]), &[]);
        let not_enforced = checked(|it| {
            it.validated = false;
            it.enforced = false;
        });
        check(ID, &api([not_enforced]), &[]);
    }
}
