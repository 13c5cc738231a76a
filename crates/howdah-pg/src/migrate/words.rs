//! Looking at statements without parsing them: their words, and the names in them as written.

use crate::script::split::{TokenKind, tokens};
use std::ops::Range;

/// The tokens of a statement that are not white space or comments, with an eye on the next.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    sql: &'a str,
    tokens: Vec<(TokenKind, Range<usize>)>,
    at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        let tokens = tokens(sql).filter(|token| token.kind != TokenKind::Blank);
        Self { sql, tokens: tokens.map(|token| (token.kind, token.span)).collect(), at: 0 }
    }

    /// The next token as written.
    pub(super) fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).map(|(_, span)| &self.sql[span.clone()])
    }

    /// Where the next token begins; the end of the text if there is none.
    pub(super) fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.sql.len(), |(_, span)| span.start)
    }

    /// Where the last token read ended.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |(_, span)| span.end)
    }

    pub(super) fn next(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.at += 1;
        word
    }

    /// Whether the next token is this keyword or symbol.
    pub(super) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word))
    }

    /// Reads the keywords if they all come next, in this order.
    pub(super) fn take(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        for word in words {
            if !self.is(word) {
                self.at = start;
                return false;
            }
            self.at += 1;
        }
        true
    }

    /// Reads a name of up to three parts, as `public.tasks`.
    pub(super) fn name(&mut self) -> Option<Name<'a>> {
        let start = self.offset();
        let mut parts = Vec::new();
        loop {
            let (kind, span) = self.tokens.get(self.at)?.clone();
            let text = &self.sql[span];
            let part = match kind {
                TokenKind::Word => fold(text),
                TokenKind::Quoted if text.starts_with('"') && text.len() > 2 && text.ends_with('"') => {
                    text[1..text.len() - 1].replace("\"\"", "\"")
                }
                _ => return None,
            };
            parts.push(part);
            self.at += 1;
            if !self.is(".") {
                break;
            }
            self.at += 1;
        }
        Some(Name { text: &self.sql[start..self.end()], parts })
    }

    /// Reads on to the end of what a parenthesis opened here encloses. Call it with `(` next.
    pub(super) fn skip_parentheses(&mut self) {
        let mut depth = 0_usize;
        while let Some(word) = self.next() {
            match word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

/// An unquoted name as PostgreSQL reads it: in lower case, as far as that is ASCII.
fn fold(word: &str) -> String {
    word.to_ascii_lowercase()
}

/// A name in a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// As written, quotes included: safe to be put into SQL again.
    pub(super) text: &'a str,
    /// Its parts as PostgreSQL reads them.
    pub(super) parts: Vec<String>,
}

/// A statement in one line of at most 80 characters, for people.
pub(super) fn summary(statement: &str) -> String {
    const WIDTH: usize = 80;
    let mut line = String::new();
    for token in tokens(statement) {
        let text = &statement[token.span];
        if token.kind == TokenKind::Blank {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        // Enough to know that it is too long.
        if line.len() > 8 * WIDTH {
            break;
        }
    }
    let line = line.trim_end();
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}
