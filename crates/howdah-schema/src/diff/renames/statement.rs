//! What a statement creates, read from its tokens: the object, and the list of its parts. Anything but CREATE and
//! ALTER … ADD creates nothing here.

use super::directive::Target;
use super::token::{Token, unquoted};
use crate::QualifiedName;
use std::ops::Range;

/// What a statement's parts are parts of.
#[derive(Debug, Clone)]
pub(super) enum Parts {
    /// CREATE TABLE (…).
    Table(QualifiedName),
    /// CREATE TYPE … AS (…).
    Attributes(QualifiedName),
    /// CREATE TYPE … AS ENUM (…).
    Labels(QualifiedName),
    /// The columns of CREATE VIEW: its own list of names, or what its query selects.
    ViewColumns(QualifiedName),
    /// ALTER TABLE …, …
    AlterTable(QualifiedName),
    /// ALTER TYPE …, …
    AlterType(QualifiedName),
    /// ALTER DOMAIN …
    AlterDomain(QualifiedName),
}

/// A statement that creates something.
#[derive(Debug, Clone, Default)]
pub(super) struct Created {
    /// Nothing for ALTER.
    pub(super) object: Option<Target>,
    /// The tokens up to and with the name.
    pub(super) head: usize,
    /// Its list of parts and the tokens of the list, without its parentheses.
    pub(super) parts: Option<(Parts, Range<usize>)>,
}

/// Reads a statement. `sql` is the text that the tokens' spans count in.
pub(super) fn created(sql: &str, tokens: &[Token<'_>]) -> Option<Created> {
    let mut reader = Reader { sql, tokens, at: 0 };
    if reader.eat("CREATE") {
        reader.create()
    } else if reader.eat("ALTER") {
        reader.alter()
    } else {
        None
    }
}

/// What a COMMENT ON is about. `sql` is the text that the tokens' spans count in.
pub(super) fn commented(sql: &str, tokens: &[Token<'_>]) -> Option<Target> {
    let mut reader = Reader { sql, tokens, at: 0 };
    (reader.eat("COMMENT") && reader.eat("ON")).then(|| reader.comment()).flatten()
}

/// What one element of a list creates.
///
/// # Errors
/// Why it has no name that could be an old one.
pub(super) fn part(parts: &Parts, tokens: &[Token<'_>]) -> Result<Target, &'static str> {
    let mut reader = Reader { sql: "", tokens, at: 0 };
    match parts {
        Parts::Table(table) => reader.table_element(table),
        Parts::Attributes(name) => {
            reader.name().map(|attribute| Target::Attribute(name.clone(), attribute)).ok_or(NOTHING)
        }
        Parts::Labels(name) => reader.label(name),
        Parts::ViewColumns(view) => {
            let column =
                tokens.last().and_then(Token::name).filter(|_| tokens.iter().all(|token| !token.is_symbol("*")));
            column.map(|column| Target::Column(view.clone(), column)).ok_or(UNNAMED_COLUMN)
        }
        Parts::AlterTable(table) => {
            if !reader.eat("ADD") {
                return Err(NOTHING);
            }
            let column = reader.eat("COLUMN");
            reader.if_not_exists();
            if column {
                return reader.name().map(|column| Target::Column(table.clone(), column)).ok_or(NOTHING);
            }
            reader.table_element(table)
        }
        Parts::AlterType(name) => {
            if !reader.eat("ADD") {
                Err(NOTHING)
            } else if reader.eat("VALUE") {
                reader.if_not_exists();
                reader.label(name)
            } else if reader.eat("ATTRIBUTE") {
                reader.name().map(|attribute| Target::Attribute(name.clone(), attribute)).ok_or(NOTHING)
            } else {
                Err(NOTHING)
            }
        }
        Parts::AlterDomain(name) => {
            if !reader.eat("ADD") {
                return Err(NOTHING);
            }
            if !reader.eat("CONSTRAINT") {
                return Err(UNNAMED);
            }
            reader.name().map(|check| Target::DomainConstraint(name.clone(), check)).ok_or(NOTHING)
        }
    }
}

const NOTHING: &str =
    "it stands beside nothing that has a name. Put it directly above, or at the end of the line of, what was renamed";
const UNNAMED: &str = "it stands beside a constraint without a name. Name the constraint: CONSTRAINT new_name …";

const UNNAMED_COLUMN: &str = "it stands beside an expression without a name. Name the column: expression AS new_name";

struct Reader<'t, 'a> {
    sql: &'a str,
    tokens: &'t [Token<'a>],
    at: usize,
}

impl Reader<'_, '_> {
    fn eat(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is_symbol(symbol));
        self.at += usize::from(found);
        found
    }

    fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    fn if_not_exists(&mut self) {
        if self.eat("IF") {
            self.eat("NOT");
            self.eat("EXISTS");
        }
    }

    fn name(&mut self) -> Option<String> {
        let name = self.tokens.get(self.at)?.name()?;
        self.at += 1;
        Some(name)
    }

    /// A name without a schema is in `public`.
    fn qualified(&mut self) -> Option<QualifiedName> {
        let mut parts = vec![self.name()?];
        while self.eat_symbol(".") {
            parts.push(self.name()?);
        }
        let name = parts.pop()?;
        Some(QualifiedName::new(parts.pop().unwrap_or_else(|| "public".to_owned()), name))
    }

    /// Up to after the first such word that is outside of all parentheses.
    fn skip_past(&mut self, word: &str) -> Option<()> {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 && token.is_word(word) => return Some(()),
                _ => {}
            }
        }
        None
    }

    /// The tokens between the parenthesis that is next and its twin.
    fn parenthesised(&mut self) -> Option<Range<usize>> {
        if !self.eat_symbol("(") {
            return None;
        }
        let start = self.at;
        let mut depth = 1_usize;
        while let Some(token) = self.tokens.get(self.at) {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            self.at += 1;
        }
        let list = start..self.at;
        self.eat_symbol(")");
        Some(list)
    }

    /// What stands between the first SELECT that is in no parentheses and what ends its list.
    fn selected(&mut self) -> Option<Range<usize>> {
        self.skip_past("SELECT")?;
        self.eat("ALL");
        if self.eat("DISTINCT") && self.eat("ON") {
            self.parenthesised();
        }
        let (start, mut depth) = (self.at, 0_usize);
        while let Some(token) = self.tokens.get(self.at) {
            let ends = [
                "FROM",
                "WHERE",
                "GROUP",
                "HAVING",
                "WINDOW",
                "UNION",
                "EXCEPT",
                "INTERSECT",
                "ORDER",
                "LIMIT",
                "WITH",
            ];
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 && ends.iter().any(|word| token.is_word(word)) => break,
                _ => {}
            }
            self.at += 1;
        }
        Some(start..self.at)
    }

    fn create(&mut self) -> Option<Created> {
        if self.eat("OR") {
            self.eat("REPLACE");
        }
        while self.eat_any(&["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "CONSTRAINT"]) {
        }
        let keyword = self.tokens.get(self.at)?;
        self.at += 1;
        let keyword = keyword.text.to_ascii_uppercase();
        let mut parts = None;
        let object = match keyword.as_str() {
            "TABLE" => {
                self.if_not_exists();
                let table = self.qualified()?;
                let head = self.at;
                self.eat("PARTITION");
                if self.eat("OF") {
                    self.qualified()?;
                }
                parts = self.parenthesised().map(|list| (Parts::Table(table.clone()), list));
                self.at = head;
                Target::Table(table)
            }
            "TYPE" => {
                let name = self.qualified()?;
                let head = self.at;
                if self.eat("AS") {
                    let labels = self.eat("ENUM");
                    let kind = if labels { Parts::Labels(name.clone()) } else { Parts::Attributes(name.clone()) };
                    parts = self.parenthesised().map(|list| (kind, list));
                }
                self.at = head;
                Target::Type(name)
            }
            "MATERIALIZED" | "VIEW" => {
                self.eat("VIEW");
                self.if_not_exists();
                let view = self.qualified()?;
                let head = self.at;
                let list = self.parenthesised().or_else(|| self.selected());
                parts = list.map(|list| (Parts::ViewColumns(view.clone()), list));
                self.at = head;
                Target::View(view)
            }
            "INDEX" => {
                self.eat("CONCURRENTLY");
                self.if_not_exists();
                let name = self.name().filter(|_| !self.tokens[self.at - 1].is_word("ON"))?;
                self.skip_past("ON")?;
                self.eat("ONLY");
                Target::Index(QualifiedName::new(self.qualified()?.schema, name))
            }
            "SCHEMA" => {
                self.if_not_exists();
                self.eat("AUTHORIZATION");
                Target::Schema(self.name()?)
            }
            "FUNCTION" | "PROCEDURE" | "AGGREGATE" => {
                let name = self.qualified()?;
                let head = self.at;
                let arguments = self.parenthesised().map(|list| self.text(&list));
                self.at = head;
                if keyword == "AGGREGATE" {
                    Target::Aggregate(name, arguments)
                } else {
                    Target::Function(name, arguments)
                }
            }
            "POLICY" | "TRIGGER" => {
                let name = self.name()?;
                self.skip_past("ON")?;
                let table = self.qualified()?;
                if keyword == "POLICY" { Target::Policy(table, name) } else { Target::Trigger(table, name) }
            }
            "RULE" => {
                let name = self.name()?;
                self.skip_past("TO")?;
                Target::Rule(self.qualified()?, name)
            }
            "TEXT" => {
                self.eat("SEARCH");
                let dictionary = self.eat("DICTIONARY");
                if !dictionary && !self.eat("CONFIGURATION") {
                    return None;
                }
                let name = self.qualified()?;
                if dictionary { Target::TextSearchDictionary(name) } else { Target::TextSearchConfiguration(name) }
            }
            "OPERATOR" => {
                let class = self.eat("CLASS");
                if !class && !self.eat("FAMILY") {
                    return None;
                }
                let name = self.qualified()?;
                self.skip_past("USING")?;
                let method = self.name()?;
                if class { Target::OperatorClass(name, method) } else { Target::OperatorFamily(name, method) }
            }
            "EVENT" => {
                self.eat("TRIGGER");
                Target::EventTrigger(self.name()?)
            }
            "PUBLICATION" => Target::Publication(self.name()?),
            "SEQUENCE" | "DOMAIN" | "STATISTICS" | "COLLATION" => {
                self.if_not_exists();
                let name = self.qualified()?;
                match keyword.as_str() {
                    "SEQUENCE" => Target::Sequence(name),
                    "DOMAIN" => Target::Type(name),
                    "STATISTICS" => Target::Statistics(name),
                    _ => Target::Collation(name),
                }
            }
            _ => return None,
        };
        Some(Created { object: Some(object), head: self.at, parts })
    }

    fn comment(&mut self) -> Option<Target> {
        self.eat("MATERIALIZED");
        self.eat("FOREIGN");
        let keyword = self.tokens.get(self.at)?;
        self.at += 1;
        Some(match keyword.text.to_ascii_uppercase().as_str() {
            "TABLE" => Target::Table(self.qualified()?),
            "VIEW" => Target::View(self.qualified()?),
            "INDEX" => Target::Index(self.qualified()?),
            "SEQUENCE" => Target::Sequence(self.qualified()?),
            "TYPE" | "DOMAIN" => Target::Type(self.qualified()?),
            "SCHEMA" => Target::Schema(self.name()?),
            "COLUMN" => {
                let mut parts = vec![self.name()?];
                while self.eat_symbol(".") {
                    parts.push(self.name()?);
                }
                let column = parts.pop()?;
                let relation = parts.pop()?;
                let schema = parts.pop().unwrap_or_else(|| "public".to_owned());
                Target::Column(QualifiedName::new(schema, relation), column)
            }
            "CONSTRAINT" => {
                let name = self.name()?;
                self.skip_past("ON")?;
                if self.eat("DOMAIN") {
                    Target::DomainConstraint(self.qualified()?, name)
                } else {
                    Target::Constraint(self.qualified()?, name)
                }
            }
            word @ ("POLICY" | "TRIGGER" | "RULE") => {
                let name = self.name()?;
                self.skip_past("ON")?;
                let on = self.qualified()?;
                match word {
                    "POLICY" => Target::Policy(on, name),
                    "TRIGGER" => Target::Trigger(on, name),
                    _ => Target::Rule(on, name),
                }
            }
            "FUNCTION" | "PROCEDURE" | "ROUTINE" => {
                let name = self.qualified()?;
                let arguments = self.parenthesised().map(|list| self.text(&list));
                Target::Function(name, arguments)
            }
            _ => return None,
        })
    }

    fn alter(&mut self) -> Option<Created> {
        let kind: fn(QualifiedName) -> Parts = if self.eat("TABLE") {
            if self.eat("IF") {
                self.eat("EXISTS");
            }
            self.eat("ONLY");
            Parts::AlterTable
        } else if self.eat("TYPE") {
            Parts::AlterType
        } else if self.eat("DOMAIN") {
            Parts::AlterDomain
        } else {
            return None;
        };
        let name = self.qualified()?;
        self.eat_symbol("*");
        Some(Created { object: None, head: self.at, parts: Some((kind(name), self.at..self.tokens.len())) })
    }

    fn table_element(&mut self, table: &QualifiedName) -> Result<Target, &'static str> {
        if self.eat("CONSTRAINT") {
            return self.name().map(|name| Target::Constraint(table.clone(), name)).ok_or(NOTHING);
        }
        if self.eat_any(&["PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]) {
            return Err(UNNAMED);
        }
        if self.eat("LIKE") {
            return Err(NOTHING);
        }
        // Not reserved: a column may have that name.
        if self.eat("EXCLUDE") {
            if self.eat("USING") || self.eat_symbol("(") {
                return Err(UNNAMED);
            }
            self.at -= 1;
        }
        self.name().map(|column| Target::Column(table.clone(), column)).ok_or(NOTHING)
    }

    fn label(&mut self, name: &QualifiedName) -> Result<Target, &'static str> {
        let label = self.tokens.get(self.at).and_then(|token| unquoted(token.text, '\''));
        label.map(|label| Target::EnumValue(name.clone(), label)).ok_or(NOTHING)
    }

    fn text(&self, list: &Range<usize>) -> String {
        match self.tokens.get(list.clone()) {
            Some([first, .., last]) => self.sql[first.span.start..last.span.end].to_owned(),
            Some([only]) => only.text.to_owned(),
            _ => String::new(),
        }
    }
}
