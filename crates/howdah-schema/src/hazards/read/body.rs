//! The statements inside function bodies and DO blocks.
//!
//! PL/pgSQL is not parsed: the text is cut where a statement can begin, and what begins like a statement of SQL is read
//! as one. Control flow, variables and expressions are passed over.

use crate::sql::split::{Token, TokenKind, statements, tokens};
use std::ops::Range;

/// Words that a statement worth reading begins with.
const HEADS: [&str; 24] = [
    "alter", "analyze", "cluster", "comment", "copy", "create", "delete", "drop", "execute", "grant", "insert", "lock",
    "merge", "refresh", "reindex", "repack", "reset", "revoke", "set", "truncate", "update", "vacuum", "values",
    "with",
];

/// What the body of a function in `language` holds that may be a statement; ranges of `body`.
pub(super) fn candidates(body: &str, language: &str) -> Vec<Range<usize>> {
    match language {
        "sql" => statements(body),
        "plpgsql" => blocks(body),
        _ => Vec::new(),
    }
}

fn blocks(body: &str) -> Vec<Range<usize>> {
    let solid: Vec<Token> = tokens(body).filter(|token| token.kind != TokenKind::Blank).collect();
    let text = |token: &Token| &body[token.span.clone()];
    let mut found = Vec::new();
    let mut at = 0;
    // Whether a statement can begin at the token.
    let mut fresh = true;
    while let Some(token) = solid.get(at) {
        let word = text(token);
        if fresh && token.kind == TokenKind::Word && HEADS.iter().any(|head| word.eq_ignore_ascii_case(head)) {
            let end = end_of_statement(body, &solid, at);
            let last = solid.get(end.saturating_sub(1)).unwrap_or(token);
            found.push(token.span.start..last.span.end);
            at = end;
            continue;
        }
        fresh = matches!(word, ";" | ">")
            || ["begin", "then", "else", "loop"].iter().any(|opening| word.eq_ignore_ascii_case(opening));
        at += 1;
    }
    found
}

/// The index of the `;` outside parentheses that ends the statement, or of the end.
fn end_of_statement(body: &str, solid: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in solid.iter().enumerate().skip(start) {
        match &body[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at,
            _ => {}
        }
    }
    solid.len()
}

/// The statement that `EXECUTE 'text'` runs, if the text is one plain literal: its range in `statement`.
pub(super) fn executed(statement: &str) -> Option<Range<usize>> {
    let mut solid = tokens(statement).filter(|token| token.kind != TokenKind::Blank);
    let execute = solid.next()?;
    let literal = solid.next()?;
    let plain = solid.next().is_none_or(|next| statement[next.span].eq_ignore_ascii_case("using"));
    (statement[execute.span].eq_ignore_ascii_case("execute") && plain).then_some(())?;
    verbatim(&statement[literal.span.clone()])
        .map(|inner| literal.span.start + inner.start..literal.span.start + inner.end)
}

/// The content of a literal that is written as it reads: dollar-quoted, or without a quote or escape inside.
pub(super) fn verbatim(literal: &str) -> Option<Range<usize>> {
    if let Some(rest) = literal.strip_prefix('$') {
        let open = rest.find('$')? + 2;
        let close = literal.len().checked_sub(open)?;
        return (close >= open && literal[..open] == literal[close..]).then_some(open..close);
    }
    let inner = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    (!inner.contains('\'')).then_some(1..1 + inner.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[&str]) {
        let found: Vec<&str> = candidates(body, "plpgsql").into_iter().map(|range| &body[range]).collect();
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn finds_statements_among_control_flow() {
        check("declare x int := 1; begin update a set b = 1; return; end", &["update a set b = 1"]);
        check(
            "begin if exists (select 1) then drop table a; else <<l>> loop delete from b; end loop; end if; end",
            &["drop table a", "delete from b"],
        );
        check("begin select 1 into update_count; x := f(1); perform 1; end", &[]);
        check("begin execute 'drop table a;'; exception when others then null; end", &["execute 'drop table a;'"]);
        check("begin create table a (b int", &["create table a (b int"]);
    }

    #[test]
    fn reads_literals_that_are_written_as_they_read() {
        for (literal, content) in [
            ("$$a$$", Some("a")),
            ("$x$ $$ $x$", Some(" $$ ")),
            ("'a'", Some("a")),
            ("'a''b'", None),
            ("E'a'", None),
            ("$a", None),
            ("$$", None),
        ] {
            assert_eq!(verbatim(literal).map(|range| &literal[range]), content, "{literal}");
        }
        assert_eq!(executed("execute 'a' using b"), Some(9..10));
        assert_eq!(executed("execute 'a' || b"), None);
    }
}
