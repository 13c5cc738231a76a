//! Tokens of SQL that mean something, and what they say.

use crate::sql::split::{TokenKind, tokens};
use std::ops::Range;

/// A token that is neither white space nor comment.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// As a name: folded to lower case, or what stands between double quotes.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_ascii_lowercase()),
            TokenKind::Quoted => unquoted(self.text, '"'),
            _ => None,
        }
    }
}

/// What stands between two quotes, doubled ones as one.
pub(super) fn unquoted(text: &str, quote: char) -> Option<String> {
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let doubled: String = [quote, quote].iter().collect();
    (text.len() > 1 && !inner.is_empty()).then(|| inner.replace(&doubled, &quote.to_string()))
}

pub(super) fn significant(sql: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(sql).filter(|token| token.kind != TokenKind::Blank).map(|token| Token {
        text: &sql[token.span.clone()],
        kind: token.kind,
        span: token.span,
    })
}

/// The parts between the commas of a list.
pub(super) fn elements(tokens: &[Token<'_>], list: &Range<usize>) -> Vec<Range<usize>> {
    let mut elements = Vec::new();
    let (mut depth, mut start) = (0_usize, list.start);
    for at in list.clone() {
        match tokens[at].text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                elements.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    elements.push(start..list.end);
    elements.retain(|element| !element.is_empty());
    elements
}
