//! Where the statements of an SQL text begin and end.
//!
//! The server parses what it runs; this is only for what it leaves open: which statement of a file failed when an error
//! has no position, and what a file may not hold. It knows what a `;` can hide in: comments (nested), strings of every
//! kind, quoted names, dollar quotes, parentheses, and the body of a `BEGIN ATOMIC` function.
//!
//! It takes `standard_conforming_strings` to be on, as it is since PostgreSQL 9.1, and cannot fail: what is not closed
//! runs to the end of the text, and the server says so.

use std::ops::Range;

/// Kinds of tokens, as far as splitting needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// White space or a comment.
    Blank,
    /// A name or keyword without quotes.
    Word,
    /// A number.
    Number,
    /// A string, a dollar-quoted string, or a quoted name.
    Quoted,
    /// One character of anything else.
    Symbol,
}

/// A piece of SQL text; they follow each other without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// The bytes of the text that it covers; never empty.
    pub span: Range<usize>,
}

/// Cuts `sql` into tokens.
pub fn tokens(sql: &str) -> Tokens<'_> {
    Tokens { sql, at: 0 }
}

/// See [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    sql: &'a str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let rest = &self.sql[start..];
        let (kind, length) = token(rest)?;
        self.at += length;
        Some(Token { kind, span: start..self.at })
    }
}

/// The kind and the bytes of the token at the start of `rest`; `None` at the end.
fn token(rest: &str) -> Option<(TokenKind, usize)> {
    let first = rest.chars().next()?;
    let second = rest[first.len_utf8()..].chars().next();
    Some(match (first, second) {
        (c, _) if c.is_whitespace() || c == '\u{feff}' => (TokenKind::Blank, first.len_utf8()),
        ('-', Some('-')) => (TokenKind::Blank, rest.find('\n').map_or(rest.len(), |end| end + 1)),
        ('/', Some('*')) => (TokenKind::Blank, block_comment(rest)),
        ('\'', _) => (TokenKind::Quoted, quoted(rest, 0, false)),
        ('"', _) => (TokenKind::Quoted, quoted(rest, 0, false)),
        ('e' | 'E', Some('\'')) => (TokenKind::Quoted, quoted(rest, 1, true)),
        ('b' | 'B' | 'x' | 'X' | 'n' | 'N', Some('\'')) => (TokenKind::Quoted, quoted(rest, 1, false)),
        ('u' | 'U', Some('&')) if rest[2..].starts_with(['\'', '"']) => (TokenKind::Quoted, quoted(rest, 2, false)),
        ('$', _) => match dollar_quoted(rest) {
            Some(length) => (TokenKind::Quoted, length),
            None => (TokenKind::Symbol, 1),
        },
        (c, _) if is_word_start(c) => {
            let end = rest.find(|c: char| !is_word_start(c) && !c.is_ascii_digit() && c != '$');
            (TokenKind::Word, end.unwrap_or(rest.len()))
        }
        (c, _) if c.is_ascii_digit() => {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
            (TokenKind::Number, end.unwrap_or(rest.len()))
        }
        (c, _) => (TokenKind::Symbol, c.len_utf8()),
    })
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii()
}

/// Comments nest in PostgreSQL.
fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The length of a string or quoted name whose opening quote is at byte `open`.
fn quoted(text: &str, open: usize, backslash_escapes: bool) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[open];
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if backslash_escapes => at += 2,
            byte if byte == quote => {
                at += 1;
                if bytes.get(at) != Some(&quote) {
                    return at;
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    // An escape at the very end points past it.
    bytes.len()
}

/// The length of `$tag$ … $tag$`; `None` if that is not what begins here.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag_end = 1 + text[1..].find('$')?;
    let tag = &text[1..tag_end];
    let valid =
        tag.chars().all(|c| is_word_start(c) || c.is_ascii_digit()) && !tag.starts_with(|c: char| c.is_ascii_digit());
    if !valid {
        return None;
    }
    let delimiter = &text[..=tag_end];
    let body = &text[tag_end + 1..];
    Some(body.find(delimiter).map_or(text.len(), |end| tag_end + 1 + end + delimiter.len()))
}

/// The statements of `sql`: from the first byte that is neither white space nor comment to the last before the `;`.
/// What holds nothing but white space and comments is no statement, as for the server.
pub fn statements(sql: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut current: Option<Range<usize>> = None;
    let mut nesting = Nesting::default();
    for token in tokens(sql) {
        let text = &sql[token.span.clone()];
        if token.kind == TokenKind::Blank {
            continue;
        }
        if text == ";" && nesting.is_outside() {
            found.extend(current.take());
            nesting = Nesting::default();
            continue;
        }
        nesting.see(token.kind, text);
        let start = current.as_ref().map_or(token.span.start, |span| span.start);
        current = Some(start..token.span.end);
    }
    found.extend(current);
    found
}

/// Whether a `;` ends the statement. The rules for function bodies are psql's: within CREATE FUNCTION or PROCEDURE,
/// BEGIN and CASE open what END closes.
#[derive(Debug, Default)]
struct Nesting {
    parentheses: usize,
    blocks: usize,
    words: usize,
    routine: bool,
    create: bool,
}

impl Nesting {
    fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn see(&mut self, kind: TokenKind, text: &str) {
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        match (kind, text) {
            (TokenKind::Symbol, "(") => self.parentheses += 1,
            (TokenKind::Symbol, ")") => self.parentheses = self.parentheses.saturating_sub(1),
            (TokenKind::Word, _) => {
                self.words += 1;
                match self.words {
                    1 => self.create = is("create"),
                    // CREATE FUNCTION, or CREATE OR REPLACE FUNCTION.
                    2 | 4 if self.create => self.routine |= is("function") || is("procedure"),
                    _ => {}
                }
                if self.routine && self.parentheses == 0 {
                    if is("begin") || (is("case") && self.blocks > 0) {
                        self.blocks += 1;
                    } else if is("end") {
                        self.blocks = self.blocks.saturating_sub(1);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
