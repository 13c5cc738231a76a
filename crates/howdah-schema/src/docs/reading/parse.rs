//! Reads deparsed expressions as far as checks need it.
//!
//! The server's deparser puts parentheses around every operation, so there is no precedence to know beyond AND before OR.

use crate::sql::split::{TokenKind, tokens};
use std::ops::Range;

/// How deep parentheses may be nested: no real check is near that, and recursion must end.
const MAX_DEPTH: usize = 100;

/// An expression and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expr {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

/// What an expression is; casts are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A column, or VALUE in a domain.
    Name(String),
    /// The text between the quotes.
    Text(String),
    /// As written, with its sign.
    Number(String),
    /// `true`, `false`, `null`, in lower case.
    Constant(&'static str),
    /// `ARRAY[…]`
    Array(Vec<Expr>),
    /// A function by its bare name.
    Call(String, Vec<Expr>),
    /// `a <= b`, `a ~ b` …
    Operation(Box<Expr>, String, Box<Expr>),
    /// `a = ANY (…)`, `a <> ALL (…)`
    Quantified(Box<Expr>, String, &'static str, Box<Expr>),
    /// `IS NULL`, or with `true` `IS NOT NULL`.
    IsNull(Box<Expr>, bool),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
}

/// `None` for anything that is not of these forms.
pub(super) fn parse(sql: &str) -> Option<Expr> {
    let tokens: Vec<Piece<'_>> = tokens(sql)
        .filter(|token| token.kind != TokenKind::Blank)
        .filter_map(|token| Some(Piece { kind: token.kind, text: sql.get(token.span.clone())?, span: token.span }))
        .collect();
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
    let expression = parser.or()?;
    (parser.at == tokens.len()).then_some(expression)
}

struct Piece<'a> {
    kind: TokenKind,
    text: &'a str,
    span: Range<usize>,
}

struct Parser<'a> {
    tokens: &'a [Piece<'a>],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Piece<'a>> {
        self.tokens.get(self.at)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|piece| piece.kind == TokenKind::Symbol && piece.text == symbol)
    }

    fn take_symbol(&mut self, symbol: &str) -> Option<&'a Piece<'a>> {
        let piece = self.peek().filter(|_| self.is_symbol(symbol))?;
        self.at += 1;
        Some(piece)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            self.peek().is_some_and(|piece| piece.kind == TokenKind::Word && piece.text.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Expr> {
        self.chain("OR", Self::and, Kind::Or)
    }

    fn and(&mut self) -> Option<Expr> {
        self.chain("AND", Self::comparison, Kind::And)
    }

    fn chain(&mut self, word: &str, part: fn(&mut Self) -> Option<Expr>, kind: fn(Vec<Expr>) -> Kind) -> Option<Expr> {
        let first = part(self)?;
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        match <[Expr; 1]>::try_from(parts) {
            Ok([one]) => Some(one),
            Err(parts) => {
                let span = parts.first()?.span.start..parts.last()?.span.end;
                Some(Expr { kind: kind(parts), span })
            }
        }
    }

    fn comparison(&mut self) -> Option<Expr> {
        let mut left = self.primary()?;
        loop {
            if self.take_word("IS") {
                let not = self.take_word("NOT");
                if !self.take_word("NULL") {
                    return None;
                }
                let span = left.span.start..self.end();
                left = Expr { kind: Kind::IsNull(Box::new(left), not), span };
                continue;
            }
            let Some(operator) = self.operator() else { return Some(left) };
            let quantifier = ["ANY", "ALL"].into_iter().find(|word| self.take_word(word));
            let right = self.primary()?;
            let span = left.span.start..self.end();
            let kind = match quantifier {
                Some(quantifier) => Kind::Quantified(Box::new(left), operator, quantifier, Box::new(right)),
                None => Kind::Operation(Box::new(left), operator, Box::new(right)),
            };
            left = Expr { kind, span };
        }
    }

    /// Where the token before this place ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |piece| piece.span.end)
    }

    /// Symbols that touch are one operator.
    fn operator(&mut self) -> Option<String> {
        let mut operator = String::new();
        let mut end = None;
        while let Some(piece) = self.peek() {
            let is_part = piece.kind == TokenKind::Symbol && "<>=!~*+-/%|&^@#".contains(piece.text);
            if !is_part || end.is_some_and(|end| end != piece.span.start) {
                break;
            }
            operator.push_str(piece.text);
            end = Some(piece.span.end);
            self.at += 1;
        }
        (!operator.is_empty()).then_some(operator)
    }

    fn primary(&mut self) -> Option<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let found = self.operand();
        self.depth -= 1;
        let mut found = found?;
        while self.is_symbol(":") {
            self.cast()?;
            found.span.end = self.end();
        }
        Some(found)
    }

    fn operand(&mut self) -> Option<Expr> {
        let piece = self.peek()?;
        let start = piece.span.start;
        let kind = match piece.kind {
            TokenKind::Number => {
                self.at += 1;
                Kind::Number(piece.text.to_owned())
            }
            TokenKind::Quoted if piece.text.starts_with('\'') => {
                self.at += 1;
                text(piece.text)?
            }
            TokenKind::Symbol if piece.text == "(" => {
                self.at += 1;
                let inner = self.or()?;
                self.take_symbol(")")?;
                return Some(Expr { kind: inner.kind, span: start..self.end() });
            }
            TokenKind::Symbol if piece.text == "-" => {
                self.at += 1;
                let number = self.peek().filter(|piece| piece.kind == TokenKind::Number)?;
                self.at += 1;
                Kind::Number(format!("-{}", number.text))
            }
            TokenKind::Word | TokenKind::Quoted => self.named()?,
            TokenKind::Symbol | TokenKind::Blank => return None,
        };
        Some(Expr { kind, span: start..self.end() })
    }

    /// A constant, an array, a function's call or a column.
    fn named(&mut self) -> Option<Kind> {
        let piece = self.peek()?;
        if piece.kind == TokenKind::Word {
            let word = piece.text.to_ascii_lowercase();
            if let Some(constant) = ["true", "false", "null"].into_iter().find(|constant| *constant == word) {
                self.at += 1;
                return Some(Kind::Constant(constant));
            }
            if word == "array" {
                self.at += 1;
                self.take_symbol("[")?;
                return Some(Kind::Array(self.list("]")?));
            }
            if ["case", "select", "exists", "not", "row", "interval"].contains(&word.as_str()) {
                return None;
            }
        }
        let mut name = self.name()?;
        while self.take_symbol(".").is_some() {
            name = self.name()?;
        }
        if self.take_symbol("(").is_some() {
            return Some(Kind::Call(name, self.list(")")?));
        }
        Some(Kind::Name(name))
    }

    fn name(&mut self) -> Option<String> {
        let piece = self.peek()?;
        let name = match piece.kind {
            TokenKind::Word => piece.text.to_owned(),
            TokenKind::Quoted => piece.text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn list(&mut self, end: &str) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        if self.take_symbol(end).is_some() {
            return Some(items);
        }
        loop {
            items.push(self.or()?);
            if self.take_symbol(end).is_some() {
                return Some(items);
            }
            self.take_symbol(",")?;
        }
    }

    /// `::character varying(20)[]`
    fn cast(&mut self) -> Option<()> {
        const FURTHER: [&str; 6] = ["varying", "precision", "with", "without", "time", "zone"];
        self.take_symbol(":")?;
        self.take_symbol(":")?;
        self.name()?;
        while self.take_symbol(".").is_some() {
            self.name()?;
        }
        loop {
            if FURTHER.into_iter().any(|word| self.take_word(word)) {
                continue;
            }
            if self.take_symbol("(").is_some() {
                self.list(")")?;
            } else if self.take_symbol("[").is_some() {
                self.take_symbol("]")?;
            } else {
                return Some(());
            }
        }
    }
}

/// A plain string; one with escapes is left alone.
fn text(quoted: &str) -> Option<Kind> {
    Some(Kind::Text(quoted.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'")))
}
