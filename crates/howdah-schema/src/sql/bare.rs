//! Deparsed expressions as people would write them.

use super::normalise;
use super::split::{TokenKind, tokens};

/// An expression in the form that two equal schemas have in common, without the parentheses around all of it and without the
/// names that the server gives to what a subquery returns.
pub fn bare(sql: &str) -> String {
    let sql = normalise(sql.to_owned());
    let mut bare = sql.trim();
    while let Some(inner) = unwrapped(bare) {
        bare = inner.trim();
    }
    if bare.contains("( SELECT ") { unnamed(bare) } else { bare.to_owned() }
}

/// `( SELECT auth.uid() AS uid)` as it was written: `(SELECT auth.uid())`.
fn unnamed(sql: &str) -> String {
    let tokens: Vec<_> = tokens(sql).map(|token| (token.kind, sql.get(token.span).unwrap_or_default())).collect();
    let mut out = String::with_capacity(sql.len());
    let mut at = 0;
    while let Some((kind, text)) = tokens.get(at) {
        let after = |offset: usize| tokens.get(at + offset).map_or("", |(_, text)| *text);
        if *text == "(" && after(1) == " " && after(2) == "SELECT" {
            out.push('(');
            at += 2;
        } else if *kind == TokenKind::Blank
            && (after(1), after(2), after(4)) == ("AS", " ", ")")
            && out.ends_with(&format!("{}()", after(3)))
        {
            at += 4;
        } else {
            out.push_str(text);
            at += 1;
        }
    }
    out
}

/// What is between the first and the last character, if these are parentheses that belong together.
fn unwrapped(sql: &str) -> Option<&str> {
    let inner = sql.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0usize;
    for token in tokens(inner) {
        match &inner[token.span] {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    (depth == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn parentheses_around_all_of_it_go() {
        for (sql, bare_sql) in [
            ("((a > 1))", "a > 1"),
            ("((a > 1) AND (b = ')'))", "(a > 1) AND (b = ')')"),
            ("(a) OR (b)", "(a) OR (b)"),
            ("true", "true"),
            ("(a = ( SELECT auth.uid() AS uid))", "a = (SELECT auth.uid())"),
            ("(a IN ( SELECT b.c AS d FROM b))", "a IN (SELECT b.c AS d FROM b)"),
            ("(a = '( SELECT x() AS x)')", "a = '( SELECT x() AS x)'"),
            ("", ""),
        ] {
            assert_eq!(bare(sql), bare_sql);
        }
    }
}
