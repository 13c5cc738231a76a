//! The query string sorted into what each level of the answer asks for.

use std::collections::BTreeMap;

use super::lexer::{split_commas, split_dots, unquote};
use super::select::Wanted;
use super::{ParseError, filter, order, range, select};
use crate::query::{Liveness, Logic, OrderTerm};

/// What is asked of the rows of one level.
#[derive(Debug, Default)]
pub(crate) struct Level {
    pub(crate) filter: Vec<Logic>,
    pub(crate) order: Vec<OrderTerm>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
}

/// A query string.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) select: Option<Vec<Wanted>>,
    pub(crate) root: Level,
    /// By the path of keys that leads to the embed.
    pub(crate) embedded: BTreeMap<Vec<String>, Level>,
    /// The columns that a body sets, whatever else is in it.
    pub(crate) columns: Option<Vec<String>>,
    /// The columns whose values decide whether a row is there already.
    pub(crate) on_conflict: Option<Vec<String>>,
    pub(crate) trash: Option<Liveness>,
    /// Where the page before ended.
    pub(crate) cursor: Option<String>,
}

impl Parameters {
    pub(crate) fn read(pairs: &[(String, String)]) -> Result<Self, ParseError> {
        let mut parameters = Self::default();
        for (key, value) in pairs {
            parameters.add(key, value)?;
        }
        Ok(parameters)
    }

    fn add(&mut self, key: &str, value: &str) -> Result<(), ParseError> {
        match key {
            // Of several the first holds.
            "select" => drop(self.select.get_or_insert(select::select(value)?)),
            "columns" => drop(self.columns.get_or_insert(names(key, value)?)),
            "on_conflict" => drop(self.on_conflict.get_or_insert(names(key, value)?)),
            // A token has no dot; a filter on a column of that name has one.
            "cursor" if !filter::has_operator(value) => self.cursor = Some(value.to_owned()),
            "trash" => {
                self.trash = Some(match value {
                    "only" => Liveness::Trash,
                    "with" => Liveness::Both,
                    _ => {
                        return Err(ParseError::new(format!("trash={value}"), "there are trash=only and trash=with"));
                    }
                });
            }
            _ => self.add_to_level(key, value)?,
        }
        Ok(())
    }

    fn add_to_level(&mut self, key: &str, value: &str) -> Result<(), ParseError> {
        let mut path = split_dots(key);
        let Some(last) = path.pop() else { return Ok(()) };
        let is_negated = matches!(last, "and" | "or") && path.last() == Some(&"not");
        if is_negated {
            path.pop();
        }
        let level = if path.is_empty() {
            &mut self.root
        } else {
            self.embedded.entry(path.into_iter().map(unquote).collect()).or_default()
        };
        match last {
            "order" => {
                let order = order::order(value)?;
                if level.order.is_empty() {
                    level.order = order;
                }
            }
            "limit" => level.limit = range::limit(key, value)?,
            "offset" => level.offset = range::offset(value),
            "and" | "or" => level.filter.push(filter::logic(last, is_negated, value)?),
            _ => level.filter.push(filter::filter(last, value)?),
        }
        Ok(())
    }
}

fn names(key: &str, value: &str) -> Result<Vec<String>, ParseError> {
    let part = format!("{key}={value}");
    let names: Vec<String> = split_commas(value, &part)?.into_iter().map(|name| unquote(name.trim())).collect();
    if names.iter().any(String::is_empty) {
        return Err(ParseError::new(part, "a name is empty: two commas in a row, or one at the end"));
    }
    Ok(names)
}
