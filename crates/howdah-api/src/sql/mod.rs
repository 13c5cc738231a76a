//! The query tree as SQL. Names are quoted by type, values are parameters; nothing of a request reaches the text raw.
//!
//! The root's rows come as columns, which the encoder turns into the body's form; what is embedded comes as one JSON
//! value a row. An embed is a sub-select in the select list, so that PostgreSQL works it out for the rows of the page
//! only, after order and limit. Where the parent groups its rows, or takes an embed's columns for its own (a spread),
//! it is a lateral join instead.

mod call;
mod condition;
mod expression;
mod keyset;
mod level;
mod write;

use bytes::Bytes;
use howdah_http::ApiError;

use crate::exposed::Whole;
use crate::query::Query;
use crate::request::media::Plan;

use expression::Rows;
pub(crate) use expression::array_literal;
pub(crate) use write::{Change, Conflict, Guard, MERGED, NOT_SINGULAR, Resolution, Returning, TOO_MANY, Write, write};

/// The alias of the root's rows.
pub(crate) const ROOT: &str = "t";

/// A statement with its parameters, the keys of its result columns, and which column each parameter is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rendered {
    pub(crate) sql: String,
    pub(crate) params: Vec<Option<Bytes>>,
    pub(crate) keys: Vec<String>,
    /// For explaining a value that PostgreSQL refuses: (column, value).
    pub(crate) bound: Vec<(String, String)>,
}

/// What the encoder makes of the root's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON; members that are null are left out when `strip_nulls` says so.
    Json { strip_nulls: bool },
    /// PostgreSQL's text form, as in CSV.
    Text,
}

/// Renders for one caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rendering<'a> {
    /// `*` means what this role may read.
    pub(crate) role: &'a str,
    pub(crate) form: Form,
}

impl Rendering<'_> {
    /// The statement of a read, with further columns at the end, which have no key.
    pub(crate) fn read(self, query: &Query, further: &[String]) -> Result<Rendered, ApiError> {
        let mut builder = Builder::new(self);
        let sql = builder.root(query, further)?;
        Ok(builder.finish(sql))
    }

    /// The statement of a read whose answer is one value, with the number of its rows behind.
    pub(crate) fn whole(self, query: &Query, whole: &Whole) -> Result<Rendered, ApiError> {
        let mut builder = Builder::new(self);
        let sql = builder.whole(query, whole)?;
        Ok(builder.finish(sql))
    }

    /// Counts what a read would return without its limit, up to a number where one is given.
    pub(crate) fn count(self, query: &Query, up_to: Option<u64>) -> Result<Rendered, ApiError> {
        let mut builder = Builder::new(self);
        let sql = match up_to {
            None => format!("select count(*) from {}", builder.counted(query)?),
            Some(up_to) => {
                let rows = builder.every_row(query)?;
                format!("select count(*) from ({rows} limit {up_to}) as g")
            }
        };
        Ok(builder.finish(sql))
    }

    /// The rows of a read without its page, in their order: what a cursor holds for.
    pub(crate) fn ordered(self, query: &Query) -> Result<Rendered, ApiError> {
        let mut builder = Builder::new(self);
        let rows = builder.every_row(query)?;
        let rows_of = Rows { alias: ROOT, source: &query.source };
        let order = builder.order_by(query, rows_of, |expression, _| expression)?;
        Ok(builder.finish(rows + &order))
    }

    /// Asks the planner how many rows a read would return without its limit.
    pub(crate) fn planned(self, query: &Query) -> Result<Rendered, ApiError> {
        let mut builder = Builder::new(self);
        let rows = builder.every_row(query)?;
        Ok(builder.finish(format!("explain (format json) {rows}")))
    }
}

impl Rendered {
    /// A statement without the EXPLAIN that [`Rendered::explain`] or [`Rendering::planned`] has put before it.
    pub(crate) fn unexplained(sql: &str) -> &str {
        let explained = sql.strip_prefix("explain (").and_then(|rest| rest.split_once(") "));
        explained.map_or(sql, |(_, statement)| statement)
    }

    /// Asks how PostgreSQL would go about the statement instead of running it.
    pub(crate) fn explain(&mut self, plan: &Plan) {
        let form = if plan.is_json { "json" } else { "text" };
        let options: Vec<_> = plan.options.iter().map(|option| format!(", {option}")).collect();
        self.sql = format!("explain (format {form}{}) {}", options.concat(), self.sql);
        self.keys = vec!["QUERY PLAN".to_owned()];
    }
}

/// What grows while a statement is rendered: parameters are numbered in the order in which they are met, aliases are new
/// each time.
struct Builder<'a> {
    rendering: Rendering<'a>,
    params: Vec<Option<Bytes>>,
    keys: Vec<String>,
    bound: Vec<(String, String)>,
    aliases: usize,
}

impl<'a> Builder<'a> {
    fn new(rendering: Rendering<'a>) -> Self {
        Self { rendering, params: Vec::new(), keys: Vec::new(), bound: Vec::new(), aliases: 0 }
    }

    fn finish(self, sql: String) -> Rendered {
        Rendered { sql, params: self.params, keys: self.keys, bound: self.bound }
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("{ROOT}{}", self.aliases)
    }

    /// The placeholder of a value.
    fn parameter(&mut self, value: Bytes) -> String {
        self.params.push(Some(value));
        format!("${}", self.params.len())
    }

    /// The placeholder of a value that is for a column.
    fn bind(&mut self, column: &str, value: &str) -> String {
        self.bound.push((column.to_owned(), value.to_owned()));
        self.parameter(Bytes::copy_from_slice(value.as_bytes()))
    }
}

#[cfg(test)]
mod tests;
