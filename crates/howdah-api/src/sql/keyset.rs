//! Where a page by keyset begins.

use howdah_http::ApiError;

use super::Builder;
use super::expression::Rows;
use crate::exposed::Column;
use crate::query::{OrderTerm, Query};

/// A term of the order, and its value in the last row of the page before.
struct Term<'a> {
    sql: String,
    /// The placeholder of the value; none of a null.
    value: Option<String>,
    not_null: bool,
    order: &'a OrderTerm,
}

impl Builder<'_> {
    /// The values that a row is ordered by, as columns.
    pub(super) fn order_values(&mut self, query: &Query, rows: Rows<'_>) -> Result<Vec<String>, ApiError> {
        query.order.iter().map(|term| self.order_expression(term, query, rows)).collect()
    }

    /// Whether a row comes behind the one that has these values.
    pub(super) fn behind(
        &mut self,
        query: &Query,
        rows: Rows<'_>,
        values: &[Option<String>],
    ) -> Result<String, ApiError> {
        let mut terms = Vec::with_capacity(values.len());
        for (order, value) in query.order.iter().zip(values) {
            let sql = self.order_expression(order, query, rows)?;
            let related = order.embed.as_deref().and_then(|name| query.embed(name));
            let relation = related.map_or(&query.relation, |embed| &embed.query.relation);
            let column = relation.column(&order.field.column)?;
            let sql_type = sql_type(column, order);
            let value = value.as_ref().map(|value| format!("{}::{sql_type}", self.bind(&column.name, value)));
            // A row without a related one has a null there.
            let not_null = column.not_null && related.is_none() && order.field.path.is_empty();
            terms.push(Term { sql, value, not_null, order });
        }
        Ok(by_row(&terms).unwrap_or_else(|| term_by_term(&terms)))
    }
}

fn sql_type<'a>(column: &'a Column, order: &OrderTerm) -> &'a str {
    match order.field.path.last() {
        None => &column.sql_type,
        Some(step) if step.as_text => "text",
        Some(_) if column.sql_type == "json" => "json",
        Some(_) => "jsonb",
    }
}

/// `(a, b) > ($1, $2)`, which an index over both answers: where no null can be, and all run in one direction.
fn by_row(terms: &[Term<'_>]) -> Option<String> {
    let descending = terms.first()?.order.descending;
    if !terms.iter().all(|term| term.not_null && term.order.descending == descending) {
        return None;
    }
    let names: Vec<_> = terms.iter().map(|term| term.sql.as_str()).collect();
    let values: Option<Vec<_>> = terms.iter().map(|term| term.value.as_deref()).collect();
    let than = if descending { "<" } else { ">" };
    Some(format!("({}) {than} ({})", names.join(", "), values?.join(", ")))
}

/// Behind by the first term; or equal there, and behind by those that follow.
fn term_by_term(terms: &[Term<'_>]) -> String {
    let mut sql = "false".to_owned();
    for term in terms.iter().rev() {
        let equal = match &term.value {
            Some(value) => format!("{} = {value}", term.sql),
            None => format!("{} is null", term.sql),
        };
        let tied = format!("({equal} and {sql})");
        sql = match term.behind() {
            Some(behind) => format!("({behind} or {tied})"),
            None => tied,
        };
    }
    // Implied by the rest, but in a form that an index understands.
    match terms.first() {
        Some(first) if first.not_null || first.nulls_first() => match &first.value {
            Some(value) => format!("({} {}= {value} and {sql})", first.sql, first.than()),
            None => sql,
        },
        _ => sql,
    }
}

impl Term<'_> {
    fn than(&self) -> &'static str {
        if self.order.descending { "<" } else { ">" }
    }

    /// PostgreSQL takes nulls for larger than anything else.
    fn nulls_first(&self) -> bool {
        self.order.nulls_first.unwrap_or(self.order.descending)
    }

    /// Whether a row comes behind by this term alone; `None` when none can.
    fn behind(&self) -> Option<String> {
        let sql = &self.sql;
        match &self.value {
            Some(value) if self.not_null || self.nulls_first() => Some(format!("{sql} {} {value}", self.than())),
            Some(value) => Some(format!("{sql} {} {value} or {sql} is null", self.than())),
            None if self.nulls_first() => Some(format!("{sql} is not null")),
            None => None,
        }
    }
}
