//! Columns, and what is inside them, as SQL.

use std::fmt::Write as _;

use howdah_schema::Literal;

use crate::exposed::Column;
use crate::query::{Field, JsonKey, Source};

/// The rows of a level: their alias, and where they come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) alias: &'a str,
    pub(super) source: &'a Source,
}

/// In the rows that a statement has written: the whole row, for functions of it.
pub(super) const WHOLE_ROW: &str = "howdah_row";

impl Rows<'_> {
    /// A column.
    pub(super) fn column(self, column: &Column) -> String {
        match (&column.computed_by, self.source) {
            // What has been written holds what was computed under its name.
            (None, _) | (Some(_), Source::Written) => [self.alias, ".", &column.quoted].concat(),
            (Some(function), _) => format!("{function}({})", self.row()),
        }
    }

    /// The row as one value of its table's type.
    pub(super) fn row(self) -> String {
        match self.source {
            Source::Written => format!("{}.{WHOLE_ROW}", self.alias),
            // A column may have the alias' name; with the star it cannot be meant.
            _ => format!("{}.*", self.alias),
        }
    }

    /// A column, or what is at a path in it.
    pub(super) fn field(self, column: &Column, field: &Field) -> String {
        let mut sql = self.column(column);
        if field.path.is_empty() {
            return sql;
        }
        if !matches!(column.sql_type.as_str(), "json" | "jsonb") {
            sql = format!("to_jsonb({sql})");
        }
        for step in &field.path {
            let arrow = if step.as_text { "->>" } else { "->" };
            // Keys are literals, not parameters: GROUP BY and ORDER BY must see the same expression each time.
            let _ = match &step.key {
                JsonKey::Name(name) => write!(sql, "{arrow}{}", Literal::text(name.as_str())),
                JsonKey::Index(index) => write!(sql, "{arrow}({index})"),
            };
        }
        format!("({sql})")
    }
}

/// `{"a","b"}`, every element quoted.
pub(crate) fn array_literal<S: AsRef<str>>(values: &[S]) -> String {
    let mut literal = String::from("{");
    for (at, value) in values.iter().enumerate() {
        literal.push_str(if at == 0 { "\"" } else { ",\"" });
        for c in value.as_ref().chars() {
            if matches!(c, '"' | '\\') {
                literal.push('\\');
            }
            literal.push(c);
        }
        literal.push('"');
    }
    literal.push('}');
    literal
}
