//! A name has more than 63 bytes.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;
use crate::quote::MAX_IDENT_BYTES;
use crate::sql::split::{self, TokenKind};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "identifier-too-long",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A name has more than 63 bytes.",
        explanation: "PostgreSQL cuts it to 63 bytes and goes on: two long names can become one, and the migration's name is not the one in the database.",
        bad: "create index idx_a_very_long_name_that_nobody_can_remember_and_that_does_not_fit_x on public.a (b);",
        good: "create index idx_a_b on public.a (b);",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let text = out.text(&statement.span).to_owned();
    for token in split::tokens(&text) {
        let word = &text[token.span.clone()];
        let name = match token.kind {
            TokenKind::Word => word.to_owned(),
            TokenKind::Quoted if word.starts_with('"') => word.trim_matches('"').replace("\"\"", "\""),
            _ => continue,
        };
        if name.len() > MAX_IDENT_BYTES {
            let span = statement.span.start + token.span.start..statement.span.start + token.span.end;
            let cut: String = name
                .chars()
                .scan(0, |bytes, c| {
                    *bytes += c.len_utf8();
                    (*bytes <= MAX_IDENT_BYTES).then_some(c)
                })
                .collect();
            let message = format!("the name has {} bytes, and PostgreSQL cuts it to `{cut}`", name.len());
            out.plain(&span, Some(name), message, "shorten it to 63 bytes");
        }
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
            "create table public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ()",
            &["1:21 warning aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
        );
        check(
            ID,
            r#"create table public."éééééééééééééééééééééééééééééééé" ()"#,
            &["1:21 warning éééééééééééééééééééééééééééééééé"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ()", &[]);
        check(ID, "select 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", &[]);
        check(ID, "-- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nselect 1", &[]);
        check(ID, "do $$ begin raise notice 'x'; end $$", &[]);
    }
}
