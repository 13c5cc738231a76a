//! What can be told from the text of a check.

use crate::sql::split::{TokenKind, tokens};

/// The pieces of an expression that say something, parentheses and casts aside.
fn pieces(expression: &str) -> Vec<(TokenKind, &str)> {
    let all = tokens(expression).filter(|token| token.kind != TokenKind::Blank);
    all.map(|token| (token.kind, &expression[token.span])).collect()
}

fn speaks_of(pieces: &[(TokenKind, &str)], column: &str) -> bool {
    pieces.iter().any(|(kind, text)| match kind {
        TokenKind::Word => text.eq_ignore_ascii_case(column),
        TokenKind::Quoted => text.trim_matches('"').replace("\"\"", "\"") == column && text.starts_with('"'),
        _ => false,
    })
}

/// The operators of an expression, such as `=` and `!~*`.
fn operators(expression: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut end = 0;
    for token in tokens(expression) {
        let text = &expression[token.span.clone()];
        if token.kind == TokenKind::Symbol && "=<>~!*@#%^&|?+-/".contains(text) {
            match found.last_mut().filter(|_| end == token.span.start) {
                Some(last) => last.push_str(text),
                None => found.push(text.to_owned()),
            }
            end = token.span.end;
        }
    }
    found
}

/// Whether the check lists the values that the column may have, or gives them a form: it compares it with strings.
pub(super) fn lists_values(expression: &str, column: &str) -> bool {
    let pieces = pieces(expression);
    let strings = pieces.iter().any(|(kind, text)| *kind == TokenKind::Quoted && text.contains('\''));
    let compares = operators(expression).iter().any(|operator| matches!(operator.as_str(), "=" | "~" | "~*"));
    speaks_of(&pieces, column) && strings && compares
}

/// Whether the check gives the column's text a form: a pattern, or a function that looks into it.
pub(super) fn has_format(expression: &str, column: &str) -> bool {
    let pieces = pieces(expression);
    let pattern = operators(expression).iter().any(|operator| operator.starts_with('~'));
    // `strpos(email, '@')`, or one's own `is_email(email)`; a length is no form.
    let plain = ["char_length", "length", "octet_length", "btrim", "lower", "trim", "any", "array", "and", "or", "not"];
    let calls = pieces.windows(2).any(|pair| match pair {
        [(TokenKind::Word, name), (_, "(")] => {
            !plain.contains(&name.to_ascii_lowercase().as_str()) && !name.eq_ignore_ascii_case("check")
        }
        _ => false,
    });
    speaks_of(&pieces, column) && (pattern || calls)
}

/// Whether an expression speaks of the column.
pub(super) fn mentions(expression: &str, column: &str) -> bool {
    speaks_of(&pieces(expression), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_lists_no_values() {
        for (expression, lists) in [
            ("(status = ANY (ARRAY['a'::text, 'b'::text]))", true),
            ("((status)::text = ANY ((ARRAY['a'::character varying])::text[]))", true),
            ("(status ~ '^[a-z]+$'::text)", true),
            ("(char_length(status) <= 50)", false),
            ("(status <> ''::text)", false),
            ("(other = 'a'::text)", false),
        ] {
            assert_eq!(lists_values(expression, "status"), lists, "{expression}");
        }
        assert!(lists_values("(\"Order Status\" = 'a'::text)", "Order Status"));
        assert!(lists_values("CHECK ((VALUE = 'a'::text))", "VALUE"));
    }

    #[test]
    fn a_format_looks_into_the_text() {
        for (expression, has) in [
            ("(email ~ '^[^@]+@[^@]+$'::text)", true),
            ("(email ~~ '%@%'::text)", true),
            ("(POSITION(('@'::text) IN (email)) > 1)", true),
            ("public.is_email(email)", true),
            ("(char_length(email) <= 255)", false),
            ("CHECK ((char_length(VALUE) <= 255))", false),
            ("(email <> ''::text)", false),
        ] {
            let column = if expression.contains("VALUE") { "VALUE" } else { "email" };
            assert_eq!(has_format(expression, column), has, "{expression}");
        }
    }
}
