//! An expression with its names changed, to be compared with one that was written with the new names.

use super::names::Names;
use super::token::{Token, significant};
use crate::sql::split::TokenKind;
use crate::{Ident, QualifiedName};
use std::collections::BTreeMap;

/// Old column names to new ones.
pub(super) type Columns = BTreeMap<String, String>;

/// Deparsed SQL as it would be after the renames. It knows no grammar: a word that is a column's name here and something else
/// there gives a text that equals none, and then no name follows from it.
pub(super) fn rewrite(sql: &str, names: &Names, columns: &Columns) -> String {
    if names.is_empty() && columns.is_empty() {
        return sql.to_owned();
    }
    let tokens: Vec<Token<'_>> = significant(sql).collect();
    let mut text = String::with_capacity(sql.len());
    let (mut copied, mut at) = (0, 0);
    while at < tokens.len() {
        let follows =
            |offset: usize, symbol: &str| tokens.get(at + offset).is_some_and(|token| token.is_symbol(symbol));
        let part = |offset: usize| tokens.get(at + offset).and_then(name);
        let called = |offset: usize| follows(offset, "(");
        let (replacement, length) = match part(0) {
            Some(schema) if follows(1, ".") => match part(2) {
                Some(object) => {
                    let old = QualifiedName::new(schema, object);
                    let new = if called(3) { names.new_routine(&old) } else { names.new_name(&old) };
                    (Some(new.to_string()), 3)
                }
                None => (None, 1),
            },
            Some(column) if !called(1) => (columns.get(&column).map(|new| Ident::new(new).to_string()), 1),
            _ => (None, 1),
        };
        if let Some(replacement) = replacement {
            text.push_str(&sql[copied..tokens[at].span.start]);
            text.push_str(&replacement);
            copied = tokens[at + length - 1].span.end;
        }
        at += length;
    }
    text.push_str(&sql[copied..]);
    text
}

fn name(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word | TokenKind::Quoted => token.name(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.rename_schema("old".into(), "new".into());
        names.rename_object(QualifiedName::new("public", "mood"), QualifiedName::new("public", "feel"));
        names.rename_routine(QualifiedName::new("public", "f"), QualifiedName::new("public", "g"));
        names
    }

    #[test]
    fn replaces_names() {
        let columns = Columns::from([("a".into(), "B b".into()), ("order".into(), "o".into())]);
        for (sql, expected) in [
            ("(a > 0)", "(\"B b\" > 0)"),
            ("(\"order\" = 'a'::text)", "(o = 'a'::text)"),
            ("a('x'::public.mood)", "a('x'::public.feel)"),
            ("public.f(a, public.mood)", "public.g(\"B b\", public.feel)"),
            ("old.t.x", "new.t.x"),
            ("x.", "x."),
        ] {
            assert_eq!(rewrite(sql, &names(), &columns), expected);
        }
    }

    proptest! {
        #[test]
        fn never_panics(sql in "[a.\"(), é']{0,20}") {
            rewrite(&sql, &names(), &Columns::from([("a".into(), "b".into())]));
        }
    }
}
