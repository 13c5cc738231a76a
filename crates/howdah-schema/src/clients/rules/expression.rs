//! Reads the text of a CHECK, as PostgreSQL deparses it, into a tree.
//!
//! The server has read the text before and has written it again in its own words: every operand that could be misread stands
//! in parentheses, every cast is spelled out, every name outside `pg_catalog` has its schema. That is why a small reader
//! is enough. What it does not know makes it give up, never guess.

use crate::sql::split::{TokenKind, tokens};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// A column, or `VALUE` in a domain.
    Name(String),
    /// A string without a type of its own.
    Text(String),
    /// Digits, maybe with a sign, a point and an exponent.
    Number(String),
    True,
    False,
    Null,
    /// `(x)::type`
    Cast(Box<Expression>, String),
    /// Of `pg_catalog` when it has no schema.
    Call(String, Vec<Expression>),
    /// Anything between two operands that is an operator.
    Binary(String, Box<Expression>, Box<Expression>),
    IsNull(Box<Expression>),
    /// `a IS DISTINCT FROM b`
    IsDistinct(Box<Expression>, Box<Expression>),
    /// `x IS TRUE`, `x IS FALSE`
    IsTruth(Box<Expression>, bool),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    /// `a = ANY (b)`
    Any(String, Box<Expression>, Box<Expression>),
    /// `a <> ALL (b)`
    All(String, Box<Expression>, Box<Expression>),
    Array(Vec<Expression>),
    Case(Case),
}

/// `CASE operand WHEN … THEN … ELSE … END`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) operand: Option<Box<Expression>>,
    pub(crate) branches: Vec<(Expression, Expression)>,
    pub(crate) otherwise: Option<Box<Expression>>,
}

/// Deeper nesting than any person writes, and far from what the stack takes.
const DEPTH: usize = 100;

/// Reads all of `sql`; `None` where it holds what this reader does not know.
pub(crate) fn read(sql: &str) -> Option<Expression> {
    let mut reader = Reader { lexemes: lexemes(sql)?, at: 0, depth: 0 };
    let expression = reader.or()?;
    (reader.at == reader.lexemes.len()).then_some(expression)
}

#[derive(Debug, Clone, PartialEq)]
enum Lexeme {
    /// A keyword or a name, as written.
    Word(String),
    /// A name in quotes, without them.
    Quoted(String),
    Text(String),
    Number(String),
    /// An operator, or one of `( ) [ ] , . ::`.
    Symbol(String),
}

/// What operators are made of.
const OPERATOR: &str = "+-*/<>=~!@#%^&|`?";

fn lexemes(sql: &str) -> Option<Vec<Lexeme>> {
    let mut found = Vec::new();
    // Where the symbol before ended, if one did.
    let mut symbol_end = usize::MAX;
    for token in tokens(sql) {
        let text = sql.get(token.span.clone())?;
        let start = token.span.start;
        match token.kind {
            TokenKind::Blank => {}
            TokenKind::Word => found.push(Lexeme::Word(text.to_owned())),
            TokenKind::Number => found.push(Lexeme::Number(text.to_owned())),
            TokenKind::Quoted => found.push(quoted(text)?),
            TokenKind::Symbol => {
                let joins = |before: &str| {
                    (before == ":" && text == ":")
                        || (OPERATOR.contains(text) && before.chars().all(|c| OPERATOR.contains(c)))
                };
                match found.last_mut() {
                    Some(Lexeme::Symbol(before)) if symbol_end == start && joins(before) => before.push_str(text),
                    _ => found.push(Lexeme::Symbol(text.to_owned())),
                }
                symbol_end = token.span.end;
            }
        }
    }
    Some(found)
}

/// A string or a quoted name. Other strings (`E''`, `B''` …) are not written by the deparser for what is read here.
fn quoted(text: &str) -> Option<Lexeme> {
    let inner = |quote: char| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
    };
    match inner('\'') {
        Some(text) => Some(Lexeme::Text(text)),
        None => inner('"').map(Lexeme::Quoted),
    }
}

struct Reader {
    lexemes: Vec<Lexeme>,
    at: usize,
    depth: usize,
}

/// Words that are no names where an operand is expected, or after one.
const RESERVED: [&str; 28] = [
    "and", "any", "all", "array", "as", "between", "case", "cast", "collate", "distinct", "else", "end", "exists",
    "from", "in", "is", "like", "not", "null", "operator", "or", "row", "select", "similar", "then", "when", "window",
    "with",
];

impl Reader {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Lexeme::Symbol(found)) if found == symbol)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Lexeme::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    /// Whether it is there; it is then read.
    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    /// All of them, or nothing is read.
    fn words(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        let found = words.iter().all(|word| self.word(word));
        if !found {
            self.at = start;
        }
        found
    }

    fn or(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut operands = vec![self.and()?];
        while self.word("or") {
            operands.push(self.and()?);
        }
        self.depth -= 1;
        one_or(operands, Expression::Or)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut operands = vec![self.not()?];
        while self.word("and") {
            operands.push(self.not()?);
        }
        one_or(operands, Expression::And)
    }

    fn not(&mut self) -> Option<Expression> {
        // A chain of them is as long as the text, so it is no recursion.
        let mut negations = 0_usize;
        while self.word("not") {
            negations += 1;
        }
        let mut expression = self.comparison()?;
        for _ in 0..negations {
            expression = Expression::Not(Box::new(expression));
        }
        Some(expression)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let left = self.operand()?;
        if self.word("is") {
            return self.is(left);
        }
        let Some(Lexeme::Symbol(operator)) = self.peek() else { return Some(left) };
        if !operator.chars().all(|c| OPERATOR.contains(c)) {
            return Some(left);
        }
        let operator = operator.clone();
        self.at += 1;
        if self.word("any") {
            return Some(Expression::Any(operator, Box::new(left), Box::new(self.parenthesised()?)));
        }
        if self.word("all") {
            return Some(Expression::All(operator, Box::new(left), Box::new(self.parenthesised()?)));
        }
        let right = self.operand()?;
        // `a || b || c`: the deparser sets parentheses, so a second operator here is one that this does not know.
        Some(Expression::Binary(operator, Box::new(left), Box::new(right)))
    }

    fn is(&mut self, left: Expression) -> Option<Expression> {
        let negated = self.word("not");
        let boxed = Box::new(left);
        let test = if self.word("null") {
            Expression::IsNull(boxed)
        } else if self.word("true") {
            Expression::IsTruth(boxed, true)
        } else if self.word("false") {
            Expression::IsTruth(boxed, false)
        } else if self.words(&["distinct", "from"]) {
            Expression::IsDistinct(boxed, Box::new(self.operand()?))
        } else {
            return None;
        };
        Some(if negated { Expression::Not(Box::new(test)) } else { test })
    }

    /// A primary and its casts.
    fn operand(&mut self) -> Option<Expression> {
        let mut expression = self.primary()?;
        while self.symbol("::") {
            expression = Expression::Cast(Box::new(expression), self.type_name()?);
        }
        // COLLATE changes what comparisons mean; a subscript or a field picks a part.
        if self.is_word("collate") || self.is_symbol("[") || self.is_symbol(".") || self.is_word("at") {
            return None;
        }
        Some(expression)
    }

    fn parenthesised(&mut self) -> Option<Expression> {
        if !self.symbol("(") {
            return None;
        }
        let inner = self.or()?;
        self.symbol(")").then_some(inner)
    }

    /// What stands between commas, up to and with `end`.
    fn list(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut found = Vec::new();
        if self.symbol(end) {
            return Some(found);
        }
        loop {
            found.push(self.or()?);
            if self.symbol(end) {
                return Some(found);
            }
            if !self.symbol(",") {
                return None;
            }
        }
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.is_symbol("(") {
            return self.parenthesised();
        }
        if self.symbol("-") {
            let Some(Lexeme::Number(digits)) = self.peek().cloned() else { return None };
            self.at += 1;
            return Some(Expression::Number(format!("-{digits}")));
        }
        let lexeme = self.peek()?.clone();
        self.at += 1;
        match lexeme {
            Lexeme::Text(text) => Some(Expression::Text(text)),
            Lexeme::Number(digits) => Some(Expression::Number(digits)),
            Lexeme::Quoted(name) => self.name(name, true),
            Lexeme::Symbol(_) => None,
            Lexeme::Word(word) => {
                let lower = word.to_ascii_lowercase();
                match lower.as_str() {
                    "true" => Some(Expression::True),
                    "false" => Some(Expression::False),
                    "null" => Some(Expression::Null),
                    "case" => self.case(),
                    "array" => {
                        let elements = if self.symbol("[") { self.list("]")? } else { return None };
                        Some(Expression::Array(elements))
                    }
                    "trim" if self.is_symbol("(") => self.trim(),
                    _ if RESERVED.contains(&lower.as_str()) => None,
                    _ => self.name(word, false),
                }
            }
        }
    }

    /// A column, or the call of a function.
    fn name(&mut self, first: String, quoted: bool) -> Option<Expression> {
        if self.symbol("(") {
            // A name in quotes is no function of the server's own, but one may be called like it.
            return if quoted { None } else { Some(Expression::Call(first, self.list(")")?)) };
        }
        if self.symbol(".") {
            let second = match self.peek()?.clone() {
                Lexeme::Word(name) | Lexeme::Quoted(name) => name,
                _ => return None,
            };
            self.at += 1;
            let name = format!("{first}.{second}");
            return if self.symbol("(") { Some(Expression::Call(name, self.list(")")?)) } else { None };
        }
        Some(Expression::Name(first))
    }

    /// `TRIM(BOTH characters FROM text)`, as the function that it is.
    fn trim(&mut self) -> Option<Expression> {
        self.symbol("(");
        let function = [("both", "btrim"), ("leading", "ltrim"), ("trailing", "rtrim")]
            .into_iter()
            .find_map(|(word, function)| self.word(word).then_some(function))?;
        let characters = if self.is_word("from") { None } else { Some(self.or()?) };
        if !self.word("from") {
            return None;
        }
        let mut arguments = vec![self.or()?];
        arguments.extend(characters);
        self.symbol(")").then(|| Expression::Call(function.to_owned(), arguments))
    }

    fn case(&mut self) -> Option<Expression> {
        let operand = if self.is_word("when") { None } else { Some(Box::new(self.or()?)) };
        let mut branches = Vec::new();
        while self.word("when") {
            let when = self.or()?;
            if !self.word("then") {
                return None;
            }
            branches.push((when, self.or()?));
        }
        let otherwise = if self.word("else") { Some(Box::new(self.or()?)) } else { None };
        (self.word("end") && !branches.is_empty()).then_some(Expression::Case(Case { operand, branches, otherwise }))
    }

    /// A type as SQL writes it, modifiers and `[]` included, with single spaces.
    fn type_name(&mut self) -> Option<String> {
        let mut name = self.type_part()?;
        if self.symbol(".") {
            name = format!("{name}.{}", self.type_part()?);
        } else if matches!(name.as_str(), "character" | "bit") && self.word("varying") {
            name.push_str(" varying");
        } else if name == "double" && self.word("precision") {
            name.push_str(" precision");
        }
        name.push_str(&self.modifiers()?);
        if name.starts_with("time") {
            for words in [["with", "time", "zone"], ["without", "time", "zone"]] {
                if self.words(&words) {
                    name = format!("{name} {}", words.join(" "));
                }
            }
        }
        while self.symbol("[") {
            if !self.symbol("]") {
                return None;
            }
            name.push_str("[]");
        }
        Some(name)
    }

    fn type_part(&mut self) -> Option<String> {
        let name = match self.peek()? {
            Lexeme::Word(word) => word.clone(),
            Lexeme::Quoted(name) => crate::Ident::new(name.as_str()).to_string(),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn modifiers(&mut self) -> Option<String> {
        if !self.symbol("(") {
            return Some(String::new());
        }
        let mut numbers = Vec::new();
        loop {
            match self.peek()?.clone() {
                Lexeme::Number(number) => numbers.push(number),
                _ => return None,
            }
            self.at += 1;
            if self.symbol(")") {
                return Some(format!("({})", numbers.join(",")));
            }
            if !self.symbol(",") {
                return None;
            }
        }
    }
}

fn one_or(mut operands: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Option<Expression> {
    if operands.len() == 1 { operands.pop() } else { Some(many(operands)) }
}
