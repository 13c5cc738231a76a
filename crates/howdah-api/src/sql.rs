//! The query tree as SQL. Names are quoted by type, values are parameters; nothing of a request reaches the text raw.

use std::fmt::Write as _;

use bytes::Bytes;
use howdah_http::ApiError;
use howdah_schema::{Ident, Literal};

use crate::exposed::{Column, Relation};
use crate::query::{
    Change, Condition, Field, Filter, IsWhat, JsonKey, Liveness, Logic, OrderTerm, Quantifier, Read, Returning,
    SelectItem, Source, Write,
};

/// Marks the error that [`Write::singular`] raises; the number of rows follows.
pub(crate) const NOT_SINGULAR: &str = "howdah:not-singular:";

/// A statement with its parameters, the keys of its result columns, and which column each parameter is for.
#[derive(Debug, Clone)]
pub(crate) struct Rendered {
    pub(crate) sql: String,
    pub(crate) params: Vec<Option<Bytes>>,
    pub(crate) keys: Vec<String>,
    /// For explaining a value that PostgreSQL refuses: (column, value).
    pub(crate) bound: Vec<(String, String)>,
}

struct Builder<'a> {
    relation: &'a Relation,
    sql: String,
    params: Vec<Option<Bytes>>,
    keys: Vec<String>,
    bound: Vec<(String, String)>,
}

/// The statement of a read.
pub(crate) fn read(read: &Read) -> Result<Rendered, ApiError> {
    let mut b = Builder::new(&read.source.relation);
    b.sql.push_str("select ");
    b.select_list(&read.select)?;
    b.source_clause(&read.source)?;
    b.order_by(&read.order)?;
    if let Some(limit) = read.limit {
        b.push(format_args!(" limit {limit}"));
    }
    if read.offset > 0 {
        b.sql.push_str(" offset ");
        b.parameter(Bytes::from(read.offset.to_string()));
        b.sql.push_str("::bigint");
    }
    Ok(b.finish())
}

/// Counts what a read would return without its limit.
pub(crate) fn count(source: &Source) -> Result<Rendered, ApiError> {
    let mut b = Builder::new(&source.relation);
    b.sql.push_str("select count(*)");
    b.source_clause(source)?;
    Ok(b.finish())
}

/// The statement of a write; `body` is JSON, an array of objects for an insert and an object for an update.
pub(crate) fn write(write: &Write, body: Bytes) -> Result<Rendered, ApiError> {
    let mut b = Builder::new(&write.source.relation);
    let wrapped = write.singular && matches!(write.returning, Returning::Rows(_));
    if wrapped {
        b.sql.push_str("with w as (");
    }
    match &write.change {
        Change::Insert { columns } => b.insert(columns, body)?,
        Change::Update { columns } => {
            b.push(format_args!("update {} as t set ", b.relation.sql_name));
            for (at, column) in columns.iter().enumerate() {
                let name = Ident::new(column.as_str());
                b.push(format_args!("{}{name} = r.{name}", comma(at)));
            }
            b.sql.push_str(" from json_to_record(");
            b.parameter(body);
            b.sql.push_str("::json) as r(");
            b.record_columns(columns)?;
            b.sql.push(')');
            b.where_clause(&write.source)?;
        }
        Change::SoftDelete => {
            b.push(format_args!("update {} as t set deleted_at = now()", b.relation.sql_name));
            b.where_clause(&write.source)?;
        }
        Change::Delete => {
            b.push(format_args!("delete from {} as t", b.relation.sql_name));
            b.where_clause(&write.source)?;
        }
    }
    match &write.returning {
        Returning::Count => {}
        Returning::Rows(items) => {
            b.sql.push_str(" returning ");
            if wrapped {
                b.returning_numbered(items)?;
            } else {
                b.select_list(items)?;
            }
        }
        Returning::Keys => {
            let keys: Vec<_> = b.relation.primary_key.iter().map(|key| item(key)).collect();
            b.sql.push_str(" returning ");
            b.select_list(&keys)?;
        }
    }
    Ok(b.finish())
}

fn item(column: &str) -> SelectItem {
    SelectItem::Field { field: Field { column: column.to_owned(), path: Vec::new() }, alias: None, cast: None }
}

fn comma(at: usize) -> &'static str {
    if at == 0 { "" } else { ", " }
}

impl<'a> Builder<'a> {
    fn new(relation: &'a Relation) -> Self {
        Self { relation, sql: String::with_capacity(256), params: Vec::new(), keys: Vec::new(), bound: Vec::new() }
    }

    fn finish(self) -> Rendered {
        Rendered { sql: self.sql, params: self.params, keys: self.keys, bound: self.bound }
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.sql.write_fmt(text);
    }

    fn parameter(&mut self, value: Bytes) {
        self.params.push(Some(value));
        self.push(format_args!("${}", self.params.len()));
    }

    fn bind(&mut self, column: &str, value: &str) {
        self.bound.push((column.to_owned(), value.to_owned()));
        self.parameter(Bytes::copy_from_slice(value.as_bytes()));
    }

    fn select_list(&mut self, items: &[SelectItem]) -> Result<(), ApiError> {
        for (at, (key, expression)) in self.expressions(items)?.into_iter().enumerate() {
            self.push(format_args!("{}{expression}", comma(at)));
            self.keys.push(key);
        }
        Ok(())
    }

    /// Output columns numbered instead of named, so that two of the same name stay apart, and one more that fails when
    /// there is more than one row.
    fn returning_numbered(&mut self, items: &[SelectItem]) -> Result<(), ApiError> {
        let expressions = self.expressions(items)?;
        let mut outer = String::new();
        for (at, (key, expression)) in expressions.into_iter().enumerate() {
            self.push(format_args!("{}{expression} as c{at}", comma(at)));
            let _ = write!(outer, "{}c{at}", comma(at));
            self.keys.push(key);
        }
        self.push(format_args!(
            ") select {outer}, case when (select count(*) from w) > 1 \
             then ('{NOT_SINGULAR}' || (select count(*) from w))::integer end from w"
        ));
        Ok(())
    }

    fn expressions(&self, items: &[SelectItem]) -> Result<Vec<(String, String)>, ApiError> {
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            match item {
                SelectItem::All => {
                    list.extend(self.relation.columns.iter().map(|column| (column.name.clone(), output(column))));
                }
                SelectItem::Field { field, alias, cast } => {
                    let column = self.relation.column(&field.column)?;
                    let key = alias.as_deref().unwrap_or_else(|| field.default_alias()).to_owned();
                    let expression = match cast {
                        Some(cast) => format!("to_json(cast({} as {cast}))", expression(column, field)),
                        None if field.path.is_empty() => output(column),
                        None => expression(column, field),
                    };
                    list.push((key, expression));
                }
            }
        }
        Ok(list)
    }

    fn source_clause(&mut self, source: &Source) -> Result<(), ApiError> {
        self.push(format_args!(" from {} as t", self.relation.sql_name));
        self.where_clause(source)
    }

    fn where_clause(&mut self, source: &Source) -> Result<(), ApiError> {
        let mut word = " where ";
        for logic in &source.filter {
            self.sql.push_str(word);
            self.logic(logic)?;
            word = " and ";
        }
        if self.relation.has_soft_delete && source.liveness != Liveness::Both {
            let test = if source.liveness == Liveness::Live { "is null" } else { "is not null" };
            self.push(format_args!("{word}t.deleted_at {test}"));
        }
        Ok(())
    }

    fn logic(&mut self, logic: &Logic) -> Result<(), ApiError> {
        match logic {
            Logic::And(members) => self.joined(members, " and "),
            Logic::Or(members) => self.joined(members, " or "),
            Logic::Not(inner) => {
                self.sql.push_str("not (");
                self.logic(inner)?;
                self.sql.push(')');
                Ok(())
            }
            Logic::Filter(filter) => self.filter(filter),
        }
    }

    fn joined(&mut self, members: &[Logic], word: &str) -> Result<(), ApiError> {
        self.sql.push('(');
        for (at, member) in members.iter().enumerate() {
            if at > 0 {
                self.sql.push_str(word);
            }
            self.logic(member)?;
        }
        self.sql.push(')');
        Ok(())
    }

    fn filter(&mut self, filter: &Filter) -> Result<(), ApiError> {
        let relation = self.relation;
        let column = relation.column(&filter.field.column)?;
        let field = expression(column, &filter.field);
        match &filter.condition {
            Condition::Compare { operator, quantifier, value } => {
                self.push(format_args!("{field} {} ", operator.sql));
                match quantifier {
                    Some(quantifier) => {
                        self.sql.push_str(if *quantifier == Quantifier::Any { "any (" } else { "all (" });
                        self.bind(&column.name, value);
                        self.sql.push(')');
                    }
                    None => self.bind(&column.name, value),
                }
            }
            Condition::In(values) => {
                self.push(format_args!("{field} = any ("));
                self.bind(&column.name, &array_literal(values));
                self.sql.push(')');
            }
            Condition::Is(what) => {
                let what = match what {
                    IsWhat::Null => "null",
                    IsWhat::NotNull => "not null",
                    IsWhat::True => "true",
                    IsWhat::False => "false",
                    IsWhat::Unknown => "unknown",
                };
                self.push(format_args!("{field} is {what}"));
            }
            Condition::IsDistinct(value) => {
                self.push(format_args!("{field} is distinct from "));
                self.bind(&column.name, value);
            }
            Condition::TextSearch { function, language, value } => {
                let language = language.as_ref().map(|name| format!("{}, ", Literal::text(name.as_str())));
                let language = language.unwrap_or_default();
                if column.is_tsvector && filter.field.path.is_empty() {
                    self.push(format_args!("{field} @@ "));
                } else {
                    self.push(format_args!("to_tsvector({language}{field}) @@ "));
                }
                self.push(format_args!("{function}({language}"));
                self.bind(&column.name, value);
                self.sql.push(')');
            }
        }
        Ok(())
    }

    fn order_by(&mut self, terms: &[OrderTerm]) -> Result<(), ApiError> {
        for (at, term) in terms.iter().enumerate() {
            let column = self.relation.column(&term.field.column)?;
            let field = expression(column, &term.field);
            let direction = if term.descending { " desc" } else { "" };
            let nulls = match term.nulls_first {
                None => "",
                Some(true) => " nulls first",
                Some(false) => " nulls last",
            };
            let word = if at == 0 { " order by " } else { ", " };
            self.push(format_args!("{word}{field}{direction}{nulls}"));
        }
        Ok(())
    }

    fn insert(&mut self, columns: &[String], body: Bytes) -> Result<(), ApiError> {
        self.push(format_args!("insert into {} as t ", self.relation.sql_name));
        if columns.is_empty() {
            // Rows of nothing but defaults, as many as the body has empty objects.
            self.sql.push_str("select from json_array_elements(");
            self.parameter(body);
            self.sql.push_str("::json)");
            return Ok(());
        }
        self.sql.push('(');
        for (at, column) in columns.iter().enumerate() {
            self.push(format_args!("{}{}", comma(at), Ident::new(column.as_str())));
        }
        self.sql.push_str(") select ");
        for (at, column) in columns.iter().enumerate() {
            self.push(format_args!("{}r.{}", comma(at), Ident::new(column.as_str())));
        }
        self.sql.push_str(" from json_to_recordset(");
        self.parameter(body);
        self.sql.push_str("::json) as r(");
        self.record_columns(columns)?;
        self.sql.push(')');
        Ok(())
    }

    fn record_columns(&mut self, columns: &[String]) -> Result<(), ApiError> {
        for (at, name) in columns.iter().enumerate() {
            let column = self.relation.column(name)?;
            self.push(format_args!("{}{} {}", comma(at), Ident::new(name.as_str()), column.sql_type));
        }
        Ok(())
    }
}

/// A column as the encoder gets it.
fn output(column: &Column) -> String {
    let name = Ident::new(column.name.as_str());
    if column.is_scalar { format!("t.{name}") } else { format!("to_json(t.{name})") }
}

/// A field for filters, orders and casts.
fn expression(column: &Column, field: &Field) -> String {
    let mut sql = format!("t.{}", Ident::new(column.name.as_str()));
    if field.path.is_empty() {
        return sql;
    }
    if !matches!(column.sql_type.as_str(), "json" | "jsonb") {
        sql = format!("to_jsonb({sql})");
    }
    for step in &field.path {
        // Keys are literals, not parameters: GROUP BY and ORDER BY must see the same expression each time.
        let _ = match &step.key {
            JsonKey::Name(name) => write!(sql, "{}{}", arrow(step.as_text), Literal::text(name.as_str())),
            JsonKey::Index(index) => write!(sql, "{}({index})", arrow(step.as_text)),
        };
    }
    format!("({sql})")
}

fn arrow(as_text: bool) -> &'static str {
    if as_text { "->>" } else { "->" }
}

/// `{"a","b"}`, every element quoted.
fn array_literal(values: &[String]) -> String {
    let mut literal = String::from("{");
    for (at, value) in values.iter().enumerate() {
        literal.push_str(if at == 0 { "\"" } else { ",\"" });
        for c in value.chars() {
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
