//! Filters and logic trees as SQL.

use howdah_http::ApiError;
use howdah_schema::Literal;

use super::Builder;
use super::expression::{Rows, array_literal};
use crate::query::{Condition, Filter, IsWhat, Join, Liveness, Logic, Quantifier, Query, Source};

impl Builder<'_> {
    /// What the rows of a level must fulfil, to be joined by AND.
    pub(super) fn conditions(&mut self, query: &Query, rows: Rows<'_>) -> Result<Vec<String>, ApiError> {
        let mut all = Vec::new();
        // The rows that a statement has written were chosen by it.
        if !matches!(query.source, Source::Written) {
            all = self.chosen(query, rows)?;
        }
        for embed in query.embeds().filter(|embed| embed.join == Join::Inner) {
            all.push(self.exists(embed, rows)?);
        }
        Ok(all)
    }

    /// The conditions of the filters and of soft deletion.
    pub(super) fn chosen(&mut self, query: &Query, rows: Rows<'_>) -> Result<Vec<String>, ApiError> {
        let mut all = Vec::new();
        for logic in &query.filter {
            all.push(self.logic(logic, query, rows)?);
        }
        if query.relation.has_soft_delete && query.liveness != Liveness::Both {
            let test = if query.liveness == Liveness::Live { "is null" } else { "is not null" };
            all.push(format!("{}.deleted_at {test}", rows.alias));
        }
        Ok(all)
    }

    pub(super) fn logic(&mut self, logic: &Logic, query: &Query, rows: Rows<'_>) -> Result<String, ApiError> {
        match logic {
            Logic::And(members) => self.joined(members, " and ", query, rows),
            Logic::Or(members) => self.joined(members, " or ", query, rows),
            Logic::Not(inner) => Ok(format!("not ({})", self.logic(inner, query, rows)?)),
            Logic::Filter(filter) => self.filter(filter, query, rows),
            Logic::HasNone(name) => match query.embed(name) {
                Some(embed) => Ok(format!("not {}", self.exists(embed, rows)?)),
                None => Ok("true".to_owned()),
            },
        }
    }

    fn joined(&mut self, members: &[Logic], word: &str, query: &Query, rows: Rows<'_>) -> Result<String, ApiError> {
        let members: Vec<_> = members.iter().map(|member| self.logic(member, query, rows)).collect::<Result<_, _>>()?;
        Ok(format!("({})", members.join(word)))
    }

    fn filter(&mut self, filter: &Filter, query: &Query, rows: Rows<'_>) -> Result<String, ApiError> {
        let column = query.relation.column(&filter.field.column)?;
        let field = rows.field(column, &filter.field);
        let name = &column.name;
        let from_text = column.representation.as_ref().and_then(|own| own.from_text.as_deref());
        let from_text = from_text.filter(|_| filter.field.path.is_empty());
        let read = |value: String| match from_text {
            Some(from_text) => format!("{from_text}({value})"),
            None => value,
        };
        Ok(match &filter.condition {
            Condition::Compare { operator, quantifier, value } => {
                let value = self.bind(name, value);
                match quantifier {
                    Some(Quantifier::Any) => format!("{field} {} any ({value})", operator.sql),
                    Some(Quantifier::All) => format!("{field} {} all ({value})", operator.sql),
                    None => format!("{field} {} {}", operator.sql, read(value)),
                }
            }
            Condition::In(values) if from_text.is_some() && !values.is_empty() => {
                let values: Vec<_> = values.iter().map(|value| read(self.bind(name, value))).collect();
                format!("{field} = any (array[{}])", values.join(", "))
            }
            Condition::In(values) => format!("{field} = any ({})", self.bind(name, &array_literal(values))),
            Condition::Is(what) => {
                let what = match what {
                    IsWhat::Null => "null",
                    IsWhat::NotNull => "not null",
                    IsWhat::True => "true",
                    IsWhat::False => "false",
                    IsWhat::Unknown => "unknown",
                };
                format!("{field} is {what}")
            }
            Condition::IsDistinct(value) => {
                format!("{field} is distinct from {}", read(self.bind(name, value)))
            }
            Condition::TextSearch { function, language, value } => {
                let language = language.as_ref().map(|name| format!("{}, ", Literal::text(name.as_str())));
                let language = language.unwrap_or_default();
                let vector = if column.is_tsvector && filter.field.path.is_empty() {
                    field
                } else {
                    format!("to_tsvector({language}{field})")
                };
                format!("{vector} @@ {function}({language}{})", self.bind(name, value))
            }
        })
    }
}
