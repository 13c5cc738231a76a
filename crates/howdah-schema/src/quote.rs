//! Identifiers and literals that print as safe SQL.
//!
//! Dynamic SQL is built from these types and nothing else: whatever a name or a value holds, the text printed for it is
//! one token of SQL. They quote only where PostgreSQL needs it, so that generated SQL reads like written SQL.
//!
//! A NUL character has no form in SQL text at all. It is passed through here, and refused by the wire protocol's
//! encoder, which ends its strings with NUL and so accepts none inside.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::str::FromStr;

/// PostgreSQL's limit for a name, in bytes. A longer name is cut by the server, silently but for a notice.
pub const MAX_IDENT_BYTES: usize = 63;

/// Words that are not plain names somewhere in the grammar: the union over PostgreSQL 14 to 18 of `pg_get_keywords()`
/// where `catcode <> 'U'`, which is what `quote_ident` quotes. Sorted, for a binary search.
#[rustfmt::skip]
const QUOTED_WORDS: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping",
    "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is",
    "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least",
    "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar", "none",
    "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order", "out",
    "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real", "references",
    "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some", "substring",
    "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat",
    "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where",
    "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces",
    "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

/// A name: of a schema, table, column, role …
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident<'a>(Cow<'a, str>);

/// Why text from outside is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentError {
    /// Nothing between the quotes.
    #[error("a name is empty: PostgreSQL has no empty names")]
    Empty,
    /// Holds U+0000.
    #[error("a name holds a NUL character, which PostgreSQL cannot store")]
    Nul,
    /// Over [`MAX_IDENT_BYTES`].
    #[error("the name `{0}` is longer than 63 bytes: PostgreSQL would cut it and use another name. Shorten it")]
    TooLong(String),
}

impl IdentError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "name-empty",
            Self::Nul => "name-nul",
            Self::TooLong(_) => "name-too-long",
        }
    }
}

impl<'a> Ident<'a> {
    /// A name that came from the catalog or from our own source. For one that a user wrote, see [`Ident::checked`].
    pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self(name.into())
    }

    /// A name from outside.
    ///
    /// # Errors
    /// When PostgreSQL could not hold it: empty, over 63 bytes (it would be cut), or with a NUL.
    pub fn checked(name: impl Into<Cow<'a, str>>) -> Result<Self, IdentError> {
        let name = name.into();
        if name.is_empty() {
            return Err(IdentError::Empty);
        }
        if name.contains('\0') {
            return Err(IdentError::Nul);
        }
        if name.len() > MAX_IDENT_BYTES {
            return Err(IdentError::TooLong(name.into_owned()));
        }
        Ok(Self(name))
    }

    /// The bare name, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name, owning its text.
    pub fn into_owned(self) -> Ident<'static> {
        Ident(Cow::Owned(self.0.into_owned()))
    }
}

impl Display for Ident<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_ident(&self.0, f)
    }
}

fn write_ident(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_plain(name) { f.write_str(name) } else { write_doubled(name, '"', f) }
}

/// Whether the name means itself without quotes.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && QUOTED_WORDS.binary_search(&name).is_err()
}

fn write_doubled(text: &str, quote: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        if c == quote {
            f.write_char(quote)?;
        }
        f.write_char(c)?;
    }
    f.write_char(quote)
}

/// The name of an object inside a schema. Prints as `schema.name`, always with its schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema's bare name.
    pub schema: String,
    /// The object's bare name.
    pub name: String,
}

impl QualifiedName {
    /// From two bare names.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: schema.into(), name: name.into() }
    }

    /// Reads a qualified name at the start of `text`; also returns what follows it.
    pub fn parse_prefix(text: &str) -> Option<(Self, &str)> {
        let (schema, rest) = take_part(text)?;
        let (name, rest) = take_part(rest.strip_prefix('.')?)?;
        Some((Self { schema, name }, rest))
    }
}

impl Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_ident(&self.schema, f)?;
        f.write_char('.')?;
        write_ident(&self.name, f)
    }
}

/// Text that is no `schema.name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no qualified name: write schema.name, with double quotes around a part that is not plain lower case")]
pub struct QualifiedNameError(pub String);

impl QualifiedNameError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        "name-not-qualified"
    }
}

/// Reads `schema.name` as PostgreSQL does: unquoted parts fold to lower case.
impl FromStr for QualifiedName {
    type Err = QualifiedNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::parse_prefix(text) {
            Some((name, "")) => Ok(name),
            _ => Err(QualifiedNameError(text.to_owned())),
        }
    }
}

fn take_part(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['.', '"', '(']).unwrap_or(text.len());
        let (part, rest) = text.split_at(end);
        return (!part.is_empty() && !part.contains(char::is_whitespace)).then(|| (part.to_ascii_lowercase(), rest));
    };
    let mut part = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            part.push(c);
        } else if chars.next_if(|&(_, next)| next == '"').is_some() {
            part.push('"');
        } else {
            return (!part.is_empty()).then_some((part, &quoted[at + 1..]));
        }
    }
    None
}

// As text, so that a map keyed by names is a JSON object.
impl Serialize for QualifiedName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QualifiedName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for QualifiedName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "QualifiedName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// A constant value in SQL text.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal<'a> {
    /// `NULL`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// Digits, in parentheses when negative, so that an operator before it cannot swallow the sign.
    Int(i64),
    /// `'…'`, of unknown type until its context gives it one.
    Text(Cow<'a, str>),
    /// `'\x…'::bytea`
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Literal<'a> {
    /// A text constant.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a str> for Literal<'a> {
    fn from(text: &'a str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Literal<'_> {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Literal<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Literal<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a, T: Into<Literal<'a>>> From<Option<T>> for Literal<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => write!(f, "{value}"),
            // i64::MIN has no positive twin, so `(-9223372036854775808)` would be out of range as a bigint first.
            Self::Int(i64::MIN) => f.write_str("'-9223372036854775808'::bigint"),
            Self::Int(number) if *number < 0 => write!(f, "({number})"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => write_text(text, f),
            Self::Bytes(bytes) => {
                // The E form means the same whatever standard_conforming_strings is.
                f.write_str("E'\\\\x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("'::bytea")
            }
        }
    }
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !text.contains('\\') {
        return write_doubled(text, '\'', f);
    }
    f.write_str("E'")?;
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            f.write_char(c)?;
        }
        f.write_char(c)?;
    }
    f.write_char('\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(QUOTED_WORDS.is_sorted());
    }

    #[test]
    fn quotes_only_what_needs_it() {
        for (name, sql) in [
            ("tasks", "tasks"),
            ("_x9", "_x9"),
            ("order", "\"order\""),
            ("User", "\"User\""),
            ("9lives", "\"9lives\""),
            ("a\"b", "\"a\"\"b\""),
            ("naïve", "\"naïve\""),
            ("a;drop table x", "\"a;drop table x\""),
        ] {
            assert_eq!(Ident::new(name).to_string(), sql);
        }
        assert_eq!(QualifiedName::new("auth", "user").to_string(), "auth.\"user\"");
    }

    #[test]
    fn checks_names_from_outside() {
        assert_eq!(Ident::checked(""), Err(IdentError::Empty));
        assert_eq!(Ident::checked("a\0"), Err(IdentError::Nul));
        assert!(matches!(Ident::checked("x".repeat(64)), Err(IdentError::TooLong(_))));
        assert!(Ident::checked("x".repeat(63)).is_ok());
    }

    #[test]
    fn literals() {
        for (literal, sql) in [
            (Literal::from("it's"), "'it''s'"),
            (Literal::from("a\\'b"), "E'a\\\\''b'"),
            (Literal::from(None::<&str>), "NULL"),
            (Literal::from(-5), "(-5)"),
            (Literal::from(true), "true"),
            (Literal::Bytes(Cow::Borrowed(&[0, 255])), "E'\\\\x00ff'::bytea"),
        ] {
            assert_eq!(literal.to_string(), sql);
        }
    }

    #[test]
    fn qualified_names_read_back() {
        for name in ["public.tasks", "\"a.b\".\"c\"\"d\"", "auth.\"user\""] {
            assert_eq!(name.parse::<QualifiedName>().unwrap().to_string(), name);
        }
        assert_eq!("Public.Tasks".parse(), Ok(QualifiedName::new("public", "tasks")));
        for bad in ["", "a", "a.", ".a", "a.b.c", "\"a.b", "a.\"\"", "a. b"] {
            assert!(bad.parse::<QualifiedName>().is_err(), "{bad}");
        }
    }
}
