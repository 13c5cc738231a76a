//! An address of mail that can be anything.

use super::{check_sql, ends_with_word};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::expressions::has_format;
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "email-format",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "An email column has no check of its form.",
        explanation: "What is no address cannot be written to, and the person who mistyped it is gone when that shows. One at sign with something on both sides is enough: only a mail that arrives proves an address. A check on the column or a domain with one will do. Columns tagged @encrypt hold what no check can read.",
        bad: "create table public.contacts (id uuid primary key, email text);",
        good: "create table public.contacts (\n  id uuid primary key,\n  email text,\n  constraint chk_contacts_email check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$')\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns().filter(|(_, column)| types::is_text(&column.data_type)) {
        let name = &column.name;
        let names = ["email", "email_address", "mail_address"];
        let judged = names.iter().any(|word| name == word || ends_with_word(name, word));
        if !judged || column.comment.tags().encrypt || Facts::is_in_foreign_key(table, name) {
            continue;
        }
        if !facts.checks(table, column).iter().any(|(value, check)| has_format(check, value)) {
            let message = format!("`{name}` takes what is no mail address");
            let pattern = "'^[^@[:space:]]+@[^@[:space:]]+$'";
            let check = check_sql(&table.name.name, name, |column| format!("{column} ~ {pattern}"));
            out.at(column_id(&table.name, column), message, format!("add `{check}`, or use a domain"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let contacts = table("contacts").column("email", "text", "").column("work_email", "text", "");
        let contacts = contacts.check("chk_contacts_email", &["email"], "(char_length(email) <= 255)");
        check(ID, [contacts], &["warning public.contacts.email", "warning public.contacts.work_email"]);
    }

    #[test]
    fn quiet() {
        let contacts = table("contacts").column("email", "text", "").column("email_id", "text", "");
        check(ID, [contacts.check("chk_contacts_email", &["email"], "(email ~ '@'::text)")], &[]);
        let contacts = table("contacts").column("email", "text", "Sealed. @encrypt").column("is_email", "boolean", "");
        check(ID, [contacts], &[]);
    }
}
