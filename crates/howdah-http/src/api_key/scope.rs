//! What an API key is good for: tables and functions × operations.
//!
//! ```text
//! scope     = table ":" ( "read" | "insert" | "update" | "delete" | "write" | "*" )
//!           | "rpc/" function ":" ( "call" | "*" )
//! table     = "*" | name | schema "." name
//! function  = "*" | name | schema "." name
//! ```
//!
//! `write` is insert, update and delete; `*:*` is every table, and no function. A name without a schema is of the first
//! schema that is served. Names are written as in URLs; one that holds a dot, a colon, a quote or a blank goes in double
//! quotes, doubled within. No scope takes anything away: a request may do what any of them says, as far as the role of the
//! key and row-level security let it.

use std::fmt;

use howdah_schema::{QualifiedName, nearest};
use http::StatusCode;
use serde_json::json;

use crate::ApiError;

/// Scopes of one key at the most.
const MOST: usize = 100;

/// What is done with a table or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Rows are read: by a request for them, by embedding, or because a write answers with them.
    Read,
    /// Rows are added.
    Insert,
    /// Rows are changed.
    Update,
    /// Rows are deleted, or marked as deleted.
    Delete,
    /// A function is called.
    Call,
}

/// The words for operations, and what each allows.
const VERBS: [(&str, &[Operation]); 6] = {
    use Operation::{Call, Delete, Insert, Read, Update};
    [
        ("read", &[Read]),
        ("insert", &[Insert]),
        ("update", &[Update]),
        ("delete", &[Delete]),
        ("write", &[Insert, Update, Delete]),
        ("call", &[Call]),
    ]
};
const EVERYTHING: &str = "*";

impl Operation {
    fn verb(self) -> &'static str {
        VERBS.iter().find(|(_, allowed)| **allowed == [self]).map_or(EVERYTHING, |(verb, _)| *verb)
    }
}

/// A table or a function, or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    is_function: bool,
    /// `None` for all.
    name: Option<(Option<String>, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    target: Target,
    /// One of [`VERBS`], or [`EVERYTHING`].
    verb: &'static str,
}

/// Why scopes cannot be given to a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// It is not of the form of a scope.
    #[error("\"{scope}\" is no scope: {reason}")]
    #[expect(missing_docs, reason = "the text, and what is wrong with it")]
    Malformed { scope: String, reason: String },
    /// What it names is not served.
    #[error("the scope \"{scope}\" names the {what} \"{name}\", and none of that name is served{}", meant(.near.as_deref()))]
    #[expect(missing_docs, reason = "the text, what it names, and what it was probably meant to be")]
    Unknown { scope: String, what: &'static str, name: String, near: Option<String> },
    /// There are none, or too many.
    #[error("a key has between one scope and {MOST}, not {0}")]
    Number(usize),
}

fn meant(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}

impl ScopeError {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "scope-malformed",
            Self::Unknown { .. } => "scope-unknown",
            Self::Number(_) => "scope-number",
        }
    }
}

/// What one key is good for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads scopes; each once.
    ///
    /// # Errors
    /// [`ScopeError::Malformed`], [`ScopeError::Number`].
    pub fn parse<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, ScopeError> {
        let mut scopes = Vec::new();
        for text in texts {
            let scope = Scope::parse(text.as_ref().trim())?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        if (1..=MOST).contains(&scopes.len()) { Ok(Self(scopes)) } else { Err(ScopeError::Number(scopes.len())) }
    }

    /// Of a key that is stored. One that cannot be read allows nothing, which is what a key without scopes does.
    pub(super) fn of_stored(texts: &[String]) -> Self {
        Self(texts.iter().filter_map(|text| Scope::parse(text).ok()).collect())
    }

    /// Each as a text, in one form whatever it was written like.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(Scope::to_string).collect()
    }

    /// Whether they name what is served.
    ///
    /// # Errors
    /// [`ScopeError::Unknown`], with the nearest name.
    pub fn check(&self, served: &Served) -> Result<(), ScopeError> {
        self.0.iter().try_for_each(|scope| scope.check(served))
    }

    /// Whether a request may do something. Names without a schema are of the schema `default`.
    ///
    /// # Errors
    /// 403 `HOWDAH_KEY_SCOPE`, which says the scope that is missing.
    pub fn allow(&self, operation: Operation, on: &QualifiedName, default: &str) -> Result<(), ApiError> {
        if self.0.iter().any(|scope| scope.allows(operation, on, default)) {
            return Ok(());
        }
        let schema = (on.schema != default).then(|| on.schema.clone());
        let target = Target { is_function: operation == Operation::Call, name: Some((schema, on.name.clone())) };
        let missing = Scope { target, verb: operation.verb() }.to_string();
        tracing::info!(scope = missing, "API key refused: a scope is missing");
        Err(ApiError::new(StatusCode::FORBIDDEN, "HOWDAH_KEY_SCOPE", format!("This API key lacks the scope {missing}"))
            .with_json_details(json!({ "missing_scope": missing }))
            .with_hint("Make a key that has it, or ask whoever made this one; scopes of a key never change"))
    }
}

/// What a server serves, as far as scopes go by it.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// The schema of names without one.
    pub default_schema: String,
    /// Tables and views.
    pub relations: Vec<QualifiedName>,
    /// Functions.
    pub functions: Vec<QualifiedName>,
}

impl Served {
    /// Adds a table or view, or a function.
    pub fn add(&mut self, is_function: bool, schema: String, name: String) {
        let names = if is_function { &mut self.functions } else { &mut self.relations };
        names.push(QualifiedName { schema, name });
    }
}

impl Scope {
    fn parse(text: &str) -> Result<Self, ScopeError> {
        let malformed = |reason: &str| ScopeError::Malformed { scope: text.to_owned(), reason: reason.to_owned() };
        let (target, verb) =
            text.rsplit_once(':').ok_or_else(|| malformed("write table:operation, such as contacts:read"))?;
        let (is_function, name) = match target.strip_prefix("rpc/") {
            Some(name) => (true, name),
            None => (false, target),
        };
        let name = if name == EVERYTHING {
            None
        } else {
            let name = qualified(name);
            Some(name.ok_or_else(|| malformed("name a table, schema.table or *; odd names go in double quotes"))?)
        };
        let fits = |allowed: &[Operation]| (allowed == [Operation::Call]) == is_function;
        let fitting = || VERBS.iter().filter(|(_, allowed)| fits(allowed)).map(|(verb, _)| *verb);
        let known = fitting().chain([EVERYTHING]).find(|known| *known == verb);
        let verb = known.ok_or_else(|| {
            let words = fitting().collect::<Vec<_>>().join(", ");
            let kind = if is_function { "function" } else { "table" };
            malformed(&format!("the operations of a {kind} are {words} and *{}", meant(nearest(verb, fitting()))))
        })?;
        Ok(Self { target: Target { is_function, name }, verb })
    }

    fn allows(&self, operation: Operation, on: &QualifiedName, default: &str) -> bool {
        if self.target.is_function != (operation == Operation::Call) {
            return false;
        }
        let is_meant = self
            .target
            .name
            .as_ref()
            .is_none_or(|(schema, name)| *name == on.name && schema.as_deref().unwrap_or(default) == on.schema);
        let allowed = VERBS.iter().find(|(verb, _)| *verb == self.verb);
        is_meant && allowed.is_none_or(|(_, allowed)| allowed.contains(&operation))
    }

    fn check(&self, served: &Served) -> Result<(), ScopeError> {
        let Some((schema, name)) = &self.target.name else { return Ok(()) };
        let (what, known) =
            if self.target.is_function { ("function", &served.functions) } else { ("table", &served.relations) };
        let schema = schema.as_deref().unwrap_or(&served.default_schema);
        if known.iter().any(|known| known.schema == schema && known.name == *name) {
            return Ok(());
        }
        let of_schema = known.iter().filter(|known| known.schema == schema).map(|known| known.name.as_str());
        let near = nearest(name, of_schema).map(|near| {
            let named = self.target.name.as_ref().and_then(|(schema, _)| schema.clone());
            let target = Target { name: Some((named, near.to_owned())), ..self.target.clone() };
            Self { target, verb: self.verb }.to_string()
        });
        Err(ScopeError::Unknown { scope: self.to_string(), what, name: format!("{schema}.{name}"), near })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.target.is_function { "rpc/" } else { "" })?;
        match &self.target.name {
            None => f.write_str(EVERYTHING)?,
            Some((schema, name)) => {
                if let Some(schema) = schema {
                    write!(f, "{}.", Part(schema))?;
                }
                write!(f, "{}", Part(name))?;
            }
        }
        write!(f, ":{}", self.verb)
    }
}

/// A part of a name, in quotes where it needs them.
struct Part<'a>(&'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) { f.write_str(self.0) } else { write!(f, "\"{}\"", self.0.replace('"', "\"\"")) }
    }
}

fn is_plain(part: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '.' | ':' | '"' | '/' | ',' | '*');
    !part.is_empty() && !part.contains(is_odd)
}

/// `name` or `schema.name`.
fn qualified(text: &str) -> Option<(Option<String>, String)> {
    let (first, rest) = part(text)?;
    match rest.strip_prefix('.') {
        Some(rest) => part(rest).filter(|(_, rest)| rest.is_empty()).map(|(second, _)| (Some(first), second)),
        None => rest.is_empty().then_some((None, first)),
    }
}

/// A part of a name at the beginning of a text, and what follows it.
fn part(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (part, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        return is_plain(part).then(|| (part.to_owned(), rest));
    };
    let mut part = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"')?;
        part.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                part.push('"');
                rest = after;
            }
            None => return (!part.is_empty()).then_some((part, after)),
        }
    }
}

#[cfg(test)]
mod tests;
