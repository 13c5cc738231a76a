//! The condition of a partial index, as conditions of a query.
//!
//! What a predicate says is taken apart at its ANDs. The parts that most partial indexes are made of are understood, and can
//! be asked over HTTP too; any other part is kept as the SQL that it is.

use crate::sql::split::{TokenKind, tokens};

/// A part of a predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// `column IS NULL`
    IsNull(String),
    /// `column IS NOT NULL`
    IsNotNull(String),
    /// A boolean column, or NOT such.
    Is(String, bool),
    /// `column = 'text'::type`; the text.
    Equals(String, String),
    /// Anything else.
    Other,
}

/// The parts of a predicate, each with its SQL.
pub(super) fn parts(predicate: &str) -> Vec<(Part, String)> {
    // In the form that is the same in a database and in one that was made from its files.
    let predicate = crate::sql::normalise(predicate.to_owned());
    split_and(strip(&predicate))
        .into_iter()
        .map(|sql| {
            let part = part(sql);
            (part, sql.to_owned())
        })
        .collect()
}

/// Without the parentheses around all of it.
fn strip(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        if !closes_at_end(text) {
            break;
        }
        text = inner.trim();
    }
    text
}

/// Whether the parenthesis that a text begins with is the one that it ends with.
fn closes_at_end(text: &str) -> bool {
    let mut depth = 0_i32;
    for token in tokens(text) {
        match &text[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return token.span.end == text.len();
        }
    }
    false
}

fn split_and(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let mut start = 0;
    let mut pieces = Vec::new();
    // The AND of a BETWEEN joins nothing; deparsed SQL has none of it, and a text that does is kept whole.
    let mut between = false;
    for token in tokens(text) {
        let word = &text[token.span.clone()];
        match word {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ if depth > 0 || token.kind != TokenKind::Word => {}
            word if word.eq_ignore_ascii_case("between") || word.eq_ignore_ascii_case("or") => between = true,
            word if word.eq_ignore_ascii_case("and") => {
                pieces.push(text[start..token.span.start].trim());
                start = token.span.end;
            }
            _ => {}
        }
    }
    if between {
        return vec![text];
    }
    pieces.push(text[start..].trim());
    pieces
}

fn part(sql: &str) -> Part {
    let bare = strip(sql);
    let words: Vec<&str> =
        tokens(bare).filter(|token| token.kind != TokenKind::Blank).map(|token| &bare[token.span]).collect();
    let is = |word: &str, wanted: &str| word.eq_ignore_ascii_case(wanted);
    match words.as_slice() {
        [name] => column(name).map_or(Part::Other, |name| Part::Is(name, true)),
        [not, name] if is(not, "not") => column(name).map_or(Part::Other, |name| Part::Is(name, false)),
        [name, a, b] if is(a, "is") && is(b, "null") => column(name).map_or(Part::Other, Part::IsNull),
        [name, a, b, c] if is(a, "is") && is(b, "not") && is(c, "null") => {
            column(name).map_or(Part::Other, Part::IsNotNull)
        }
        [name, "=", text, ":", ":", ..] => match (column(name), literal(text)) {
            (Some(name), Some(text)) => Part::Equals(name, text),
            _ => Part::Other,
        },
        _ => Part::Other,
    }
}

/// A column's name, if the token is one.
fn column(token: &str) -> Option<String> {
    if let Some(quoted) = token.strip_prefix('"').and_then(|token| token.strip_suffix('"')) {
        return Some(quoted.replace("\"\"", "\""));
    }
    let plain = token.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && token.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    (plain && !matches!(token, "true" | "false" | "null")).then(|| token.to_owned())
}

fn literal(token: &str) -> Option<String> {
    let inner = token.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn what_is_understood() {
        let check = |predicate: &str, expected: &[Part]| {
            let found: Vec<Part> = parts(predicate).into_iter().map(|(part, _)| part).collect();
            assert_eq!(found, expected, "{predicate}");
        };
        let s = str::to_owned;
        check("(deleted_at IS NULL)", &[Part::IsNull(s("deleted_at"))]);
        check(
            "((import_id IS NOT NULL) AND (deleted_at IS NULL))",
            &[Part::IsNotNull(s("import_id")), Part::IsNull(s("deleted_at"))],
        );
        check("((NOT is_read) AND is_open)", &[Part::Is(s("is_read"), false), Part::Is(s("is_open"), true)]);
        check("(state = 'it''s'::public.state)", &[Part::Equals(s("state"), s("it's"))]);
        check(
            "((state = ANY (ARRAY['a'::text, 'b and c'::text])) AND (\"Odd\"\"One\" IS NULL))",
            &[Part::Other, Part::IsNull(s("Odd\"One"))],
        );
        check("((a IS NULL) OR (b IS NULL))", &[Part::Other]);
        check("(lower(a) = 'x'::text)", &[Part::Other]);
        check("((a)::text = 'x'::text)", &[Part::Other]);
    }
}
