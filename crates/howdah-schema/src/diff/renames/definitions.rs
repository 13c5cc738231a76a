//! Where SQL text makes an object, and where it comments on one: for whoever has to point at it.
//!
//! Read off the tokens, like the directives: a statement that cannot be read makes nothing here.

use super::directive::Target;
use super::statement::{Created, Parts, commented, created, part};
use super::token::{Token, elements, significant};
use crate::sql::split::statements;
use std::ops::Range;

/// A piece of SQL text that makes an object or a part of one, or that comments on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    /// What it is about; a name without a schema is in `public`.
    pub(crate) target: Target,
    /// It comments on it rather than makes it.
    pub(crate) is_comment: bool,
    /// The bytes to point at: up to the name of an object, the name of a part, the whole of a comment.
    pub(crate) span: Range<usize>,
    /// All bytes of it: the statement, or the element of its list.
    pub(crate) whole: Range<usize>,
    /// The statement that it stands in, without its semicolon.
    pub(crate) statement: Range<usize>,
}

/// What a text has: its statements, and what they define, in its order.
pub(crate) fn definitions(text: &str) -> (Vec<Range<usize>>, Vec<Definition>) {
    let tokens: Vec<Token<'_>> = significant(text).collect();
    let statements = statements(text);
    let mut found = Vec::new();
    for statement in &statements {
        let first = tokens.partition_point(|token| token.span.start < statement.start);
        let end = tokens.partition_point(|token| token.span.start < statement.end);
        let Some(tokens) = tokens.get(first..end) else { continue };
        if let Some(target) = commented(text, tokens) {
            let whole = span_of(tokens).unwrap_or_else(|| statement.clone());
            let span = whole.clone();
            found.push(Definition { target, is_comment: true, span, whole, statement: statement.clone() });
        } else if let Some(created) = created(text, tokens) {
            of_statement(&created, tokens, statement, &mut found);
        }
    }
    (statements, found)
}

fn of_statement(created: &Created, tokens: &[Token<'_>], statement: &Range<usize>, found: &mut Vec<Definition>) {
    let mut push = |target: Target, span: Option<Range<usize>>, whole: Option<Range<usize>>| {
        let whole = whole.unwrap_or_else(|| statement.clone());
        let span = span.unwrap_or_else(|| whole.clone());
        found.push(Definition { target, is_comment: false, span, whole, statement: statement.clone() });
    };
    if let Some(object) = &created.object {
        push(object.clone(), tokens.get(..created.head).and_then(span_of), None);
        // CREATE DOMAIN has its checks without parentheses around them all.
        if let Target::Type(domain) = object
            && tokens.get(1).is_some_and(|token| token.is_word("DOMAIN"))
        {
            for (name, span) in named_constraints(tokens) {
                push(Target::DomainConstraint(domain.clone(), name), Some(span.clone()), Some(span));
            }
        }
    }
    let Some((parts, list)) = &created.parts else { return };
    for element in elements(tokens, list) {
        let Some(tokens) = tokens.get(element) else { continue };
        let Ok(target) = part(parts, tokens) else { continue };
        let named = tokens.iter().position(|token| token.name().as_deref() == Some(target.name()));
        let span = named.and_then(|at| tokens.get(at)).map(|token| token.span.clone());
        push(target.clone(), span, span_of(tokens));
        if let (Parts::Table(table) | Parts::AlterTable(table), Target::Column(..)) = (parts, &target) {
            for (name, span) in named_constraints(tokens) {
                push(Target::Constraint(table.clone(), name), Some(span), span_of(tokens));
            }
        }
    }
}

/// The constraints that stand among other words, as far as they have names.
fn named_constraints(tokens: &[Token<'_>]) -> Vec<(String, Range<usize>)> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for pair in tokens.windows(2) {
        let [word, name] = pair else { continue };
        match word.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0 && word.is_word("CONSTRAINT") => {
                found.extend(name.name().map(|text| (text, name.span.clone())));
            }
            _ => {}
        }
    }
    found
}

fn span_of(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    Some(tokens.first()?.span.start..tokens.last()?.span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        let (_, found) = definitions(sql);
        let found: Vec<String> = found
            .iter()
            .map(|it| {
                let verb = if it.is_comment { "comment " } else { "" };
                format!("{verb}{} {} [{}]", it.target.kind(), it.target.name(), &sql[it.span.clone()])
            })
            .collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn objects_and_their_parts() {
        check(
            "create table public.tasks (\n  id uuid constraint tasks_pkey primary key,\n  \"Due On\" date not null default (now()),\n  constraint chk_tasks check (id is not null), unique (id)\n);\ncreate unique index if not exists idx on tasks (id);",
            &[
                "table tasks [create table public.tasks]",
                "column id [id]",
                "constraint tasks_pkey [tasks_pkey]",
                "column Due On [\"Due On\"]",
                "constraint chk_tasks [chk_tasks]",
                "index idx [create unique index if not exists idx on tasks]",
            ],
        );
        check(
            "alter table tasks add column bio text, add constraint fk foreign key (bio) references a;",
            &["column bio [bio]", "constraint fk [fk]"],
        );
        check("create view v as select a, b as c from t", &["view v [create view v]", "column a [a]", "column c [c]"]);
        check("select 1; create table; create", &[]);
        check(
            "create domain d as text constraint chk_d check (value <> '') constraint e check (true)",
            &["type d [create domain d]", "domain constraint chk_d [chk_d]", "domain constraint e [e]"],
        );
    }

    #[test]
    fn comments() {
        for (sql, expected) in [
            ("comment on table tasks is 'x'", "comment table tasks"),
            ("COMMENT ON COLUMN public.tasks.\"É\" IS 'x'", "comment column É"),
            ("comment on column tasks.id is null", "comment column id"),
            ("comment on materialized view v is 'x'", "comment view v"),
            ("comment on constraint c on public.t is 'x'", "comment constraint c"),
            ("comment on constraint c on domain d is 'x'", "comment domain constraint c"),
            ("comment on policy p on t is 'x'", "comment policy p"),
            ("comment on trigger p on t is 'x'", "comment trigger p"),
            ("comment on function f(text, int) is 'x'", "comment function f"),
            ("comment on schema s is 'x'", "comment schema s"),
            ("comment on domain s is 'x'", "comment type s"),
            ("comment on index s.i is 'x'", "comment index i"),
        ] {
            check(sql, &[&format!("{expected} [{sql}]")]);
        }
        check("comment on large object 5 is 'x'; comment on", &[]);
    }
}
