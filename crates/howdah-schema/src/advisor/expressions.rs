//! What can be told from the text of a policy, as the server deparses it.

use crate::Catalog;
use crate::QualifiedName;
use crate::catalog::{Signature, Volatility};
use crate::sql::split::{TokenKind, tokens};
use std::ops::Range;

/// A token that says something.
struct Piece<'a> {
    kind: TokenKind,
    text: &'a str,
    span: Range<usize>,
}

fn pieces(expression: &str) -> Vec<Piece<'_>> {
    let all = tokens(expression).filter(|token| token.kind != TokenKind::Blank);
    all.map(|token| Piece { kind: token.kind, text: &expression[token.span.clone()], span: token.span }).collect()
}

impl Piece<'_> {
    fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    fn is_name(&self) -> bool {
        self.kind == TokenKind::Word || (self.kind == TokenKind::Quoted && self.text.starts_with('"'))
    }

    /// A string, or a word that is a constant.
    fn is_constant(&self) -> bool {
        (self.kind == TokenKind::Quoted && self.text.ends_with('\'')) || self.is_word("true") || self.is_word("false")
    }
}

/// Whether an expression is the constant `true`.
pub(super) fn is_true(expression: &str) -> bool {
    let mut words = pieces(expression).into_iter().filter(|piece| piece.text != "(" && piece.text != ")");
    matches!((words.next(), words.next()), (Some(word), None) if word.is_word("true"))
}

/// A call whose result is the same for every row, and that is made for every row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareCall {
    /// As it is called: `auth.uid()`, `current_setting(…)`.
    pub(super) name: String,
    span: Range<usize>,
}

/// The calls of an expression that say who is asking and do not stand in a sub-select of their own.
///
/// `( SELECT auth.uid())` is planned once and kept; a sub-select that reads tables, or that speaks of the row, is run for
/// every row, and with it the call.
pub(super) fn bare_calls(catalog: &Catalog, expression: &str) -> Vec<BareCall> {
    let pieces = pieces(expression);
    let mut found = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece.text {
            "(" => open.push(at),
            ")" => {
                open.pop();
            }
            _ => {}
        }
        let Some((name, end)) = call(catalog, &pieces, at) else { continue };
        let select = open.iter().rev().find(|&&paren| pieces.get(paren + 1).is_some_and(|it| it.is_word("select")));
        if select.is_none_or(|&paren| is_run_for_every_row(&pieces, paren)) {
            let end = pieces.get(end).map_or(expression.len(), |last| last.span.end);
            found.push(BareCall { name, span: piece.span.start..end });
        }
    }
    found
}

/// The expression with each of the calls in a sub-select of its own.
pub(super) fn wrapped(expression: &str, calls: &[BareCall]) -> String {
    let mut text = String::with_capacity(expression.len() + calls.len() * 9);
    let mut at = 0;
    for call in calls {
        text.push_str(expression.get(at..call.span.start).unwrap_or_default());
        text.push_str("(select ");
        text.push_str(expression.get(call.span.clone()).unwrap_or_default());
        text.push(')');
        at = call.span.end;
    }
    text.push_str(expression.get(at..).unwrap_or_default());
    text
}

/// The call that begins at a piece, and the piece that it ends with, if it says who is asking.
fn call(catalog: &Catalog, pieces: &[Piece<'_>], at: usize) -> Option<(String, usize)> {
    let text = |at: usize| pieces.get(at).map_or("", |piece| piece.text);
    let begins = at.checked_sub(1).is_none_or(|before| !matches!(text(before), "." | ":"));
    let first = pieces.get(at).filter(|piece| begins && piece.is_name())?;
    if first.is_word("current_setting") && text(at + 1) == "(" {
        let end = closing(pieces, at + 1)?;
        let arguments = pieces.get(at + 2..end)?;
        // Of a column's value it differs from row to row.
        let mut names = arguments.iter().enumerate().filter(|(_, piece)| piece.is_name() && !piece.is_constant());
        let is_type = |inner: usize| inner > 0 && arguments.get(inner - 1).is_some_and(|piece| piece.text == ":");
        return names.all(|(inner, _)| is_type(inner)).then(|| ("current_setting(…)".to_owned(), end));
    }
    let second = pieces.get(at + 2).filter(|piece| text(at + 1) == "." && piece.is_name())?;
    if text(at + 3) != "(" || text(at + 4) != ")" {
        return None;
    }
    let name = QualifiedName::new(unquoted(first.text), unquoted(second.text));
    let known = catalog.functions.get(&Signature { name: name.clone(), arguments: String::new() });
    let is_of_the_caller = match known.map(|function| function.volatility) {
        Some(Volatility::Stable) => true,
        Some(Volatility::Immutable) => false,
        Some(Volatility::Volatile) | None => name.schema == "auth",
    };
    is_of_the_caller.then(|| (format!("{name}()"), at + 4))
}

fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// The parenthesis that closes the one at `open`.
fn closing(pieces: &[Piece<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate().skip(open) {
        match piece.text {
            "(" => depth += 1,
            ")" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether the sub-select in the parentheses that open at `paren` reads tables, or speaks of the row that is asked about.
fn is_run_for_every_row(pieces: &[Piece<'_>], paren: usize) -> bool {
    let within = closing(pieces, paren).and_then(|end| pieces.get(paren..end)).unwrap_or(&[]);
    let mut depth = 0_usize;
    for (at, piece) in within.iter().enumerate() {
        let before = |steps: usize| at.checked_sub(steps).and_then(|at| within.get(at)).map_or("", |piece| piece.text);
        match piece.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if piece.is_word("from") && depth == 1 && !before(1).eq_ignore_ascii_case("distinct") {
            return true;
        }
        // `notes.user_id`: no call, and no type after `::`.
        let is_last = within.get(at + 1).is_none_or(|next| next.text != "(" && next.text != ".");
        if piece.is_name() && is_last && before(1) == "." && before(3) != ":" {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(expression: &str) -> Vec<String> {
        bare_calls(&Catalog::default(), expression).into_iter().map(|call| call.name).collect()
    }

    #[test]
    fn a_call_is_bare_unless_it_is_selected_by_itself() {
        for bare in [
            "(user_id = auth.uid())",
            "(auth.role() = 'x'::text)",
            "(EXISTS ( SELECT 1\n   FROM members m\n  WHERE (m.user_id = auth.uid())))",
            "( SELECT (auth.uid() = notes.user_id))",
            "(((auth.jwt() ->> 'a'::text))::uuid = id)",
        ] {
            assert_eq!(calls(bare).len(), 1, "{bare}");
        }
        for quiet in [
            "(user_id = ( SELECT auth.uid() AS uid))",
            "((( SELECT (auth.jwt() ->> 'a'::text)))::public.mood = mood)",
            "( SELECT (auth.jwt() IS DISTINCT FROM NULL::jsonb))",
            "( SELECT (auth.role())::public.role_name AS role)",
            "(EXISTS ( SELECT 1 FROM members m WHERE (m.user_id = ( SELECT auth.uid() AS uid))))",
            "(user_id = auth.uid(id))",
            "(note = 'auth.uid()'::text)",
            "(user_id = my.auth.uid())",
        ] {
            assert_eq!(calls(quiet), [""; 0], "{quiet}");
        }
    }

    #[test]
    fn settings_are_calls_unless_a_column_names_them() {
        assert_eq!(
            calls("(user_id = (NULLIF(current_setting('a.b'::text, true), ''::text))::uuid)"),
            ["current_setting(…)"]
        );
        assert_eq!(calls("(current_setting(key) = 'x'::text)"), [""; 0]);
        assert_eq!(calls("(x = ( SELECT current_setting('a.b'::text) AS current_setting))"), [""; 0]);
    }

    #[test]
    fn wrapping_changes_nothing_else() {
        let expression = "((auth.uid() = a) OR (b = auth.uid()))";
        let found = bare_calls(&Catalog::default(), expression);
        assert_eq!(wrapped(expression, &found), "(((select auth.uid()) = a) OR (b = (select auth.uid())))");
        assert!(calls(&wrapped(expression, &found)).is_empty());
    }

    #[test]
    fn true_in_parentheses_is_true() {
        assert!(is_true("true") && is_true("(true)"));
        assert!(!is_true("(true AND x)") && !is_true("'true'") && !is_true("") && !is_true("false"));
    }
}
