//! A new enum value is used in the transaction that adds it.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};
use crate::sql::split::{self, TokenKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "enum-value-in-transaction",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A new enum value is used in the transaction that adds it.",
        explanation: "PostgreSQL refuses it (\"unsafe use of new value\"), unless the type was made in the same transaction. Add the value in one migration, use it in the next.",
        bad: "alter type public.state add value 'done' after 'open';\nupdate public.tasks set state = 'done' where finished_at is not null;",
        good: "-- migration 7:\nalter type public.state add value 'done' after 'open';\n-- migration 8:\nupdate public.tasks set state = 'done' where finished_at is not null;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if !statement.in_transaction || is_harmless(&statement.kind) {
        return;
    }
    let text = out.text(&statement.span);
    let literals = || split::tokens(text).filter(|token| token.kind == TokenKind::Quoted);
    let used = out.seen.enum_values.iter().find(|(transaction, of, value)| {
        *transaction == statement.transaction
            && !out.seen.is_type_of(of, *transaction)
            && literals().any(|token| {
                text[token.span].strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) == Some(value)
            })
    });
    if let Some((_, of, value)) = used {
        let message = format!("PostgreSQL refuses '{value}' until the transaction that added it to {of} has committed");
        let object = Some(of.to_string());
        out.plain(&statement.span, object, message, "use the value in the next migration");
    }
}

/// Whether a literal in the statement is no value of a row.
fn is_harmless(kind: &Kind) -> bool {
    match kind {
        Kind::AddEnumValue { .. } | Kind::Touch { .. } | Kind::Set { .. } => true,
        Kind::Other { head } => head == "comment on",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(
            ID,
            "alter type public.s add value 'x' after 'w';\nupdate public.a set b = 'x' where c",
            &["2:1 warning public.s"],
        );
    }

    #[test]
    fn quiet() {
        check(
            ID,
            "-- howdah:no-transaction\nalter type public.s add value 'x'; update public.a set b = 'x' where c",
            &[],
        );
        check(
            ID,
            "create type public.s as enum ('w'); alter type public.s add value 'x'; insert into public.a values ('x')",
            &[],
        );
        check(ID, "alter type public.s add value 'x'; comment on type public.s is 'x'", &[]);
        check(ID, "alter type public.s add value 'x'; update public.a set b = 'y' where c", &[]);
    }
}
