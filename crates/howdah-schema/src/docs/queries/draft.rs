//! A query under construction, in all three languages at once.

use super::names::{encoded, is_reachable, member, rest_name, string, template, variable};
use super::predicate::{self, Part};
use super::{Candidate, Piece, Request, Subject, ValueFrom, ident};
use crate::catalog::{Column, Index};
use crate::docs::CommonQuery;
use crate::mask::{is_date, is_number};

/// One of the conditions that are joined by AND.
struct Condition {
    sql: String,
    /// Of the query string, nothing if the API sees to it itself; `None` if it cannot be asked there.
    rest: Option<Vec<Piece>>,
    /// `.eq('id', id)`
    typescript: Option<String>,
}

/// See the module.
pub(super) struct Draft<'s, 'a> {
    subject: &'s Subject<'a>,
    parameters: Vec<String>,
    types: Vec<String>,
    values: Vec<ValueFrom>,
    variables: Vec<String>,
    conditions: Vec<Condition>,
}

/// What a SELECT has beside its conditions.
#[derive(Default)]
pub(super) struct Rows<'q> {
    pub(super) title: String,
    /// Each column, and whether from the last on.
    pub(super) order: &'q [(&'q str, bool)],
    pub(super) limit: Option<u32>,
    /// One row at the most.
    pub(super) single: bool,
    pub(super) reads_all: bool,
    pub(super) served_by: Option<String>,
}

/// What a query that is not a plain SELECT is put together from.
pub(super) struct Parts {
    pub(super) title: String,
    pub(super) sql: String,
    pub(super) writes: bool,
    pub(super) reads_all: bool,
    pub(super) served_by: Option<String>,
    pub(super) request: Option<Request>,
    pub(super) typescript: Option<String>,
}

impl<'s, 'a> Draft<'s, 'a> {
    pub(super) fn new(subject: &'s Subject<'a>) -> Self {
        Self {
            subject,
            parameters: Vec::new(),
            types: Vec::new(),
            values: Vec::new(),
            variables: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// A parameter; returns its place, 0 for the first. An empty type is one that only the server knows.
    pub(super) fn parameter(&mut self, name: &str, sql_type: &str, value: ValueFrom) -> usize {
        let at = self.parameters.len();
        let mut called = variable(name, at + 1);
        while self.variables.contains(&called) {
            called = format!("{called}{}", at + 1);
        }
        self.variables.push(called);
        self.parameters.push(if sql_type.is_empty() { name.to_owned() } else { format!("{name} {sql_type}") });
        self.types.push(if sql_type.is_empty() { "unknown".to_owned() } else { sql_type.to_owned() });
        self.values.push(value);
        at
    }

    /// A parameter for a column's value.
    pub(super) fn value_of(&mut self, column: &Column) -> usize {
        let value = ValueFrom::Column(column.name.clone());
        self.parameter(&column.name, &column.data_type.sql, value)
    }

    /// The columns of an order.
    pub(super) fn columns_of(&self, order: &[(&str, bool)]) -> Vec<&'a Column> {
        order.iter().filter_map(|(column, _)| self.subject.column(column)).collect()
    }

    /// What the variable for a parameter is called.
    pub(super) fn variable(&self, at: usize) -> &str {
        self.variables.get(at).map_or("", String::as_str)
    }

    /// The variable for a parameter as a filter takes it: the client writes JSON neither for an object nor for an array.
    pub(super) fn filter_value(&self, column: &Column, at: usize) -> String {
        let is_json = matches!(crate::mask::bare(&column.data_type), "json" | "jsonb") && !column.data_type.array;
        if is_json { format!("JSON.stringify({})", self.variable(at)) } else { self.variable(at).to_owned() }
    }

    /// `column = $1`
    pub(super) fn equals(&mut self, column: &Column) {
        let at = self.value_of(column);
        self.compare(column, "=", "eq", "eq", at);
    }

    /// `column op $n`; `method` is that of supabase-js.
    pub(super) fn compare(&mut self, column: &Column, sql: &str, rest: &str, method: &str, at: usize) {
        self.conditions.push(Condition {
            sql: format!("{} {sql} ${}", ident(&column.name), at + 1),
            rest: Some(vec![text(format!("{}={rest}.", encoded(&rest_name(&column.name)))), Piece::Value(at)]),
            typescript: Some(format!(".{method}({}, {})", column_string(&column.name), self.filter_value(column, at))),
        });
    }

    /// A condition with pieces of its own.
    pub(super) fn condition(&mut self, sql: String, rest: Option<Vec<Piece>>, typescript: Option<String>) {
        self.conditions.push(Condition { sql, rest, typescript });
    }

    /// Leaves deleted rows out, where rows are marked so; the API does it by itself.
    pub(super) fn live(&mut self) {
        if self.subject.has_trash() {
            self.condition("deleted_at is null".to_owned(), Some(Vec::new()), Some(String::new()));
        }
    }

    /// The rows that an index has. Returns whether deleted ones are among them.
    pub(super) fn rows_of(&mut self, index: &Index) {
        let mut in_trash = false;
        for (part, sql) in index.predicate.as_deref().map(predicate::parts).unwrap_or_default() {
            let plain = |test: &str, column: &str| format!("{} {test}", ident(column));
            let key = |column: &str| encoded(&rest_name(column));
            match &part {
                Part::IsNull(column) if column == "deleted_at" && self.subject.has_trash() => {}
                Part::IsNull(column) => self.condition(
                    plain("is null", column),
                    Some(vec![text(format!("{}=is.null", key(column)))]),
                    Some(format!(".is({}, null)", column_string(column))),
                ),
                Part::IsNotNull(column) if self.is_compared(column) => in_trash |= column == "deleted_at",
                Part::IsNotNull(column) => {
                    in_trash |= column == "deleted_at";
                    self.condition(
                        plain("is not null", column),
                        Some(vec![text(format!("{}=not.is.null", key(column)))]),
                        Some(format!(".not({}, 'is', null)", column_string(column))),
                    );
                }
                Part::Is(column, wanted) => self.condition(
                    if *wanted { ident(column).to_string() } else { format!("not {}", ident(column)) },
                    Some(vec![text(format!("{}=is.{wanted}", key(column)))]),
                    Some(format!(".is({}, {wanted})", column_string(column))),
                ),
                Part::Equals(column, value) => self.condition(
                    sql,
                    Some(vec![text(format!("{}=eq.{}", key(column), encoded(value)))]),
                    Some(format!(".eq({}, {})", column_string(column), string(value))),
                ),
                Part::Other => self.condition(sql, None, None),
            }
        }
        if !in_trash {
            self.live();
        }
    }

    fn is_compared(&self, column: &str) -> bool {
        let name = ident(column).to_string();
        let operators = [" = $", " >= $", " < $"];
        self.conditions.iter().any(|condition| {
            let rest = condition.sql.strip_prefix(&name);
            rest.is_some_and(|rest| operators.iter().any(|operator| rest.starts_with(operator)))
        })
    }

    /// Rows after the last one of the page before: of columns that are never null, all in one direction.
    pub(super) fn after(&mut self, columns: &[&Column], descending: bool) {
        let at: Vec<usize> = columns.iter().map(|column| self.value_of(column)).collect();
        let (sign, word) = if descending { ("<", "lt") } else { (">", "gt") };
        if let ([column], [at]) = (columns, at.as_slice()) {
            return self.compare(column, sign, word, word, *at);
        }
        let names: Vec<String> = columns.iter().map(|column| ident(&column.name).to_string()).collect();
        let dollars: Vec<String> = at.iter().map(|at| format!("${}", at + 1)).collect();
        let sql = format!("({}) {sign} ({})", names.join(", "), dollars.join(", "));
        let mut pieces = vec![text("or=(".to_owned())];
        let mut typescript = String::new();
        let keys: Vec<(&Column, usize, &str)> =
            columns.iter().zip(&at).map(|(column, at)| (*column, *at, self.variable(*at))).collect();
        nested(&keys, word, &mut pieces, &mut typescript);
        pieces.push(text(")".to_owned()));
        self.condition(sql, Some(pieces), Some(format!(".or(`{typescript}`)")));
    }

    /// A SELECT of whole rows.
    pub(super) fn rows(self, rows: Rows<'_>) -> Candidate {
        let mut sql = format!("select *\nfrom {}", self.subject.relation.name());
        sql.push_str(&self.where_clause());
        let direction = |descending: bool| if descending { " desc" } else { "" };
        if !rows.order.is_empty() {
            let terms = rows.order.iter().map(|(column, down)| format!("{}{}", ident(column), direction(*down)));
            sql.push_str(&format!("\norder by {}", terms.collect::<Vec<_>>().join(", ")));
        }
        if let Some(limit) = rows.limit {
            sql.push_str(&format!("\nlimit {limit}"));
        }
        let (mut request, mut typescript) = (None, None);
        if self.is_asked_for("SELECT") {
            let mut more = Vec::new();
            if !rows.order.is_empty() {
                let terms = rows.order.iter().map(|(column, down)| {
                    format!("{}{}", encoded(&rest_name(column)), if *down { ".desc" } else { "" })
                });
                more.push(format!("order={}", terms.collect::<Vec<_>>().join(",")));
            }
            more.extend(rows.limit.map(|limit| format!("limit={limit}")));
            request = self.request("GET", more, Vec::new(), None);
            let mut calls = vec![".select()".to_owned()];
            let filters = self.filters();
            typescript = filters.map(|filters| {
                calls.extend(filters);
                calls.extend(rows.order.iter().map(|(column, down)| {
                    let ascending = if *down { ", { ascending: false }" } else { "" };
                    format!(".order({}{ascending})", column_string(column))
                }));
                calls.extend(rows.limit.map(|limit| format!(".limit({limit})")));
                calls.extend(rows.single.then(|| ".maybeSingle()".to_owned()));
                calls
            });
        }
        let typescript = typescript.and_then(|calls| self.typescript("data, error", &calls));
        let parts = Parts {
            title: rows.title,
            sql,
            writes: false,
            reads_all: rows.reads_all,
            served_by: rows.served_by,
            request,
            typescript,
        };
        self.finish(parts)
    }

    /// `where a = $1` and so on, with a line break before each.
    pub(super) fn where_clause(&self) -> String {
        let mut clause = String::new();
        for (at, condition) in self.conditions.iter().enumerate() {
            clause.push_str(if at == 0 { "\nwhere " } else { "\n  and " });
            clause.push_str(&condition.sql);
        }
        clause
    }

    /// Whether anybody can do this over HTTP.
    pub(super) fn is_asked_for(&self, privilege: &str) -> bool {
        self.subject.is_exposed() && self.subject.grants(privilege)
    }

    /// The request with the conditions in its query string, and what follows them there.
    pub(super) fn request(
        &self,
        method: &'static str,
        more: Vec<String>,
        mut headers: Vec<(&'static str, String)>,
        body: Option<Vec<(String, usize)>>,
    ) -> Option<Request> {
        let mut target = vec![text(format!("/rest/v1/{}", encoded(&self.subject.relation.name().name)))];
        let mut first = true;
        let mut part = |pieces: Vec<Piece>| {
            if !pieces.is_empty() {
                target.push(text(if std::mem::take(&mut first) { "?".to_owned() } else { "&".to_owned() }));
                target.extend(pieces);
            }
        };
        for condition in &self.conditions {
            part(condition.rest.clone()?);
        }
        for more in more {
            part(vec![text(more)]);
        }
        if let Some(profile) = self.subject.profile() {
            // A header holds no more than this.
            if !profile.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
                return None;
            }
            let reads = matches!(method, "GET" | "HEAD");
            headers.insert(0, (if reads { "Accept-Profile" } else { "Content-Profile" }, profile.to_owned()));
        }
        Some(Request { method, target, headers, body })
    }

    /// The conditions as calls; `None` if one of them cannot be asked.
    pub(super) fn filters(&self) -> Option<Vec<String>> {
        let calls: Option<Vec<String>> = self.conditions.iter().map(|condition| condition.typescript.clone()).collect();
        Some(calls?.into_iter().filter(|call| !call.is_empty()).collect())
    }

    /// `const { data, error } = await supabase.from('tasks')…`
    pub(super) fn typescript(&self, result: &str, calls: &[String]) -> Option<String> {
        let name = &self.subject.relation.name().name;
        if !is_reachable(name) {
            return None;
        }
        let schema = self.subject.profile().map(|schema| format!("\n  .schema({})", string(schema)));
        let mut code =
            format!("const {{ {result} }} = await supabase{}\n  .from({})", schema.unwrap_or_default(), string(name));
        for call in calls {
            code.push_str("\n  ");
            code.push_str(call);
        }
        code.push(';');
        Some(code)
    }

    pub(super) fn finish(self, parts: Parts) -> Candidate {
        let rest = parts.request.as_ref().map(|request| self.shown(request));
        let query = CommonQuery {
            title: parts.title,
            sql: format!("{};", parts.sql),
            parameters: self.parameters,
            served_by: parts.served_by,
            rest,
            typescript: parts.typescript,
            remark: None,
        };
        Candidate {
            relation: self.subject.relation.name().clone(),
            query,
            writes: parts.writes,
            reads_all: parts.reads_all,
            values: self.values,
            variables: self.variables,
            types: self.types,
            request: parts.request,
        }
    }

    /// The request as it is read: a request line, headers, and a body after an empty line, with names where values go.
    fn shown(&self, request: &Request) -> String {
        let mut text = format!("{} ", request.method);
        for piece in &request.target {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Value(at) => text.push_str(&format!("{{{}}}", self.variable(*at))),
                Piece::Quoted(at) => text.push_str(&format!("%22{{{}}}%22", self.variable(*at))),
            }
        }
        text.push('\n');
        for (name, value) in &request.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        if let Some(body) = &request.body {
            text.push_str("Content-Type: application/json\n\n");
            let members = body.iter().map(|(column, at)| {
                let value = format!("{{{}}}", self.variable(*at));
                let bare = self.subject.column(column).is_some_and(is_bare_json);
                let value = if bare { value } else { format!("\"{value}\"") };
                // A string is always JSON.
                format!("{}: {value}", serde_json::Value::from(column.as_str()))
            });
            text.push_str(&format!("{{{}}}", members.collect::<Vec<_>>().join(", ")));
        }
        text.trim_end().to_owned()
    }

    /// `{ title, 'odd name': value2 }`
    pub(super) fn object(&self, members: &[(String, usize)]) -> String {
        let members = members.iter().map(|(column, at)| member(column, self.variable(*at)));
        match members.collect::<Vec<_>>() {
            members if members.is_empty() => "{}".to_owned(),
            members => format!("{{ {} }}", members.join(", ")),
        }
    }
}

/// What stands in JSON without quotes.
fn is_bare_json(column: &Column) -> bool {
    let bare = crate::mask::bare(&column.data_type);
    column.data_type.array || is_number(&column.data_type) || matches!(bare, "boolean" | "json" | "jsonb")
}

/// `a.lt.1,and(a.eq.1,b.lt.2)`
fn nested(keys: &[(&Column, usize, &str)], word: &str, pieces: &mut Vec<Piece>, typescript: &mut String) {
    let Some((key, further)) = keys.split_first() else { return };
    compared(*key, word, pieces, typescript);
    if further.is_empty() {
        return;
    }
    let both = |bracket: &str, pieces: &mut Vec<Piece>, typescript: &mut String| {
        pieces.push(text(bracket.to_owned()));
        typescript.push_str(bracket);
    };
    both(",and(", pieces, typescript);
    compared(*key, "eq", pieces, typescript);
    let is_last = further.len() == 1;
    both(if is_last { "," } else { ",or(" }, pieces, typescript);
    nested(further, word, pieces, typescript);
    both(if is_last { ")" } else { "))" }, pieces, typescript);
}

/// `a.lt.1`; a value that may hold commas and brackets in quotes.
fn compared(key: (&Column, usize, &str), word: &str, pieces: &mut Vec<Piece>, typescript: &mut String) {
    let (column, at, variable) = key;
    let name = rest_name(&column.name);
    let is_plain = is_date(&column.data_type) || is_number(&column.data_type) || column.data_type.sql == "uuid";
    pieces.push(text(format!("{}.{word}.", encoded(&name))));
    pieces.push(if is_plain { Piece::Value(at) } else { Piece::Quoted(at) });
    let quote = if is_plain { "" } else { "\"" };
    typescript.push_str(&format!("{}.{word}.{quote}${{{variable}}}{quote}", template(&name)));
}

pub(super) fn text(text: String) -> Piece {
    Piece::Text(text)
}

/// A column's name as supabase-js passes it on.
pub(super) fn column_string(name: &str) -> String {
    string(&rest_name(name))
}
