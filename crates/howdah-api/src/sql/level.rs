//! One level of the tree as a SELECT, with what it embeds.

use std::fmt::Write as _;

use bytes::Bytes;
use howdah_http::ApiError;
use howdah_schema::Ident;

use super::expression::Rows;
use super::{Builder, Form, ROOT};
use crate::exposed::{Column, Link, Whole};
use crate::query::{Aggregate, Embed, Item, OrderTerm, Query, SelectItem, Source};

/// What the encoder, or a function that makes JSON, has to do about a column of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its text form is understood.
    Scalar,
    /// It is JSON.
    Json,
    /// PostgreSQL has to make JSON of it.
    Other,
}

/// A column of a level's result.
struct Output {
    key: String,
    sql: String,
    kind: Kind,
    /// It stands for a whole group of rows.
    is_aggregated: bool,
    /// An aggregate that the level above has to work out, over its own rows.
    pending: Option<(Aggregate, Option<String>)>,
}

/// The parts of a SELECT.
struct Select {
    outputs: Vec<Output>,
    /// FROM and the joins.
    from: String,
    conditions: Vec<String>,
    is_grouped: bool,
    /// Groups beside the outputs: what the order goes by.
    groups: Vec<String>,
    order: String,
    limit: String,
}

impl Select {
    /// The statement, with the given select list.
    fn statement(&self, list: &str) -> String {
        let mut sql = ["select ", list, " from ", &self.from].concat();
        push_conditions(&mut sql, &self.conditions);
        if self.is_grouped {
            let outputs = self.outputs.iter().filter(|output| !output.is_aggregated).map(|output| &output.sql);
            let by: Vec<_> = outputs.chain(&self.groups).map(String::as_str).collect();
            if !by.is_empty() {
                let _ = write!(sql, " group by {}", by.join(", "));
            }
        }
        sql + &self.order + &self.limit
    }

    fn list(&self, name: impl Fn(usize, &Output) -> String) -> String {
        let named =
            self.outputs.iter().enumerate().map(|(at, output)| format!("{} as {}", output.sql, name(at, output)));
        named.collect::<Vec<_>>().join(", ")
    }

    /// The statement with its columns named by their keys.
    fn by_keys(&self) -> String {
        self.statement(&self.list(|_, output| Ident::new(output.key.as_str()).to_string()))
    }

    /// The statement with its columns called `c0`, `c1` and so on.
    fn by_numbers(&self) -> String {
        self.statement(&self.list(|at, _| format!("c{at}")))
    }
}

pub(super) fn push_conditions(sql: &mut String, conditions: &[String]) {
    for (at, condition) in conditions.iter().enumerate() {
        sql.push_str(if at == 0 { " where " } else { " and " });
        sql.push_str(condition);
    }
}

impl Builder<'_> {
    /// The root's statement, with further columns at the end, which have no key, and behind them, for a page by keyset, the
    /// values of its order; the keys of the others are noted.
    pub(super) fn root(&mut self, query: &Query, further: &[String]) -> Result<String, ApiError> {
        let from = self.root_from(query)?;
        let mut select = self.select(query, ROOT, from, Vec::new(), false)?;
        select.limit = self.limit(query);
        let form = self.rendering.form;
        let mut list: Vec<String> = select.outputs.iter().map(|output| encoded(output, form)).collect();
        list.extend_from_slice(further);
        if let Some(keyset) = &query.keyset {
            let rows = Rows { alias: ROOT, source: &query.source };
            list.extend(self.order_values(query, rows)?);
            if let Some(values) = &keyset.after {
                select.conditions.push(self.behind(query, rows, values)?);
            }
        }
        self.keys.extend(select.outputs.iter().map(|output| output.key.clone()));
        Ok(select.statement(&list.join(", ")))
    }

    /// All rows of a page made into one value; the second column counts them.
    pub(super) fn whole(&mut self, query: &Query, whole: &Whole) -> Result<String, ApiError> {
        let from = self.root_from(query)?;
        let mut select = self.select(query, ROOT, from, Vec::new(), false)?;
        select.limit = self.limit(query);
        self.keys.push("body".to_owned());
        let (value, rows) = match whole {
            Whole::GeoJson(function) => {
                let features = format!("coalesce(json_agg({function}(g.*)::json), '[]')");
                let value = format!("json_build_object('type', 'FeatureCollection', 'features', {features})");
                (value, select.by_keys())
            }
            Whole::Selected(aggregate) => (format!("{aggregate}(g.*)"), select.by_keys()),
            Whole::Rows(aggregate) => {
                let row = format!("({ROOT}.*)::{} as r", query.relation.sql_name);
                (format!("{aggregate}(g.r)"), select.statement(&row))
            }
        };
        Ok(format!("select {value}, count(*) from ({rows}) as g"))
    }

    /// The rows of a read without its limit, as a source to count: FROM and what follows.
    pub(super) fn counted(&mut self, query: &Query) -> Result<String, ApiError> {
        if query.is_grouped() {
            return Ok(format!("({}) as g", self.every_row(query)?));
        }
        let rows = Rows { alias: ROOT, source: &query.source };
        let mut sql = self.root_from(query)?;
        push_conditions(&mut sql, &self.conditions(query, rows)?);
        Ok(sql)
    }

    /// The rows of a read without its limit, as a statement.
    pub(super) fn every_row(&mut self, query: &Query) -> Result<String, ApiError> {
        if !query.is_grouped() {
            return Ok(format!("select 1 from {}", self.counted(query)?));
        }
        let from = self.root_from(query)?;
        let mut select = self.select(query, ROOT, from, Vec::new(), false)?;
        select.order.clear();
        Ok(select.by_numbers())
    }

    fn root_from(&mut self, query: &Query) -> Result<String, ApiError> {
        Ok(match &query.source {
            Source::Relation | Source::Computed => {
                format!("{} as {ROOT}", query.relation.read_by(self.rendering.role))
            }
            Source::Written => format!("w as {ROOT}"),
            Source::Call(call) => self.call(call)?,
        })
    }

    /// The parts of a level whose rows come `from` somewhere under an alias, without its limit. `hoists` leaves aggregates to
    /// the level above.
    fn select(
        &mut self,
        query: &Query,
        alias: &str,
        from: String,
        mut conditions: Vec<String>,
        hoists: bool,
    ) -> Result<Select, ApiError> {
        let rows = Rows { alias, source: &query.source };
        let is_grouped = !hoists && query.is_grouped();
        let mut outputs = Vec::with_capacity(query.select.len());
        let mut from = from;
        for item in &query.select {
            match item {
                SelectItem::All => {
                    let (relation, role) = (&query.relation, self.rendering.role);
                    let add = |column: &Column| plain(&column.name, column, rows);
                    match &query.source {
                        Source::Relation => outputs.extend(relation.readable_by(role).map(add)),
                        Source::Written | Source::Call(_) | Source::Computed => {
                            outputs.extend(relation.readable_unmasked(role).map(add));
                        }
                    }
                }
                SelectItem::Item(item) => outputs.push(output(query, item, rows, hoists)?),
                SelectItem::Embed(embed) if embed.is_hidden() => {}
                SelectItem::Embed(embed) if embed.spread => {
                    let spread = self.spread(embed, rows, is_grouped, &mut from)?;
                    outputs.extend(spread.into_iter().map(|output| if hoists { output } else { settled(output) }));
                }
                SelectItem::Embed(embed) => {
                    let mut sql = format!("({})", self.embed(embed, rows)?);
                    if is_grouped {
                        let joined = self.alias();
                        let _ = write!(from, " cross join lateral (select {sql}::jsonb as c0) as {joined}");
                        sql = format!("{joined}.c0");
                    }
                    outputs.push(Output {
                        key: embed.key.clone(),
                        sql,
                        kind: Kind::Json,
                        is_aggregated: false,
                        pending: None,
                    });
                }
            }
        }
        conditions.extend(self.conditions(query, rows)?);
        let mut groups = Vec::new();
        let order = self.order_by(query, rows, |expression, alias| {
            if is_grouped {
                // A sub-select cannot look at single rows of a group, so it becomes one of the groups.
                let _ = write!(from, " cross join lateral (select {expression} as c0) as {alias}");
                groups.push(format!("{alias}.c0"));
                return format!("{alias}.c0");
            }
            expression
        })?;
        Ok(Select { outputs, from, conditions, is_grouped, groups, order, limit: String::new() })
    }

    /// A sub-select of one JSON value: an object or null, or an array.
    fn embed(&mut self, embed: &Embed, parent: Rows<'_>) -> Result<String, ApiError> {
        let alias = self.alias();
        let rows = self.alias();
        let (from, joined) = join(embed, parent, &alias, self.rendering.role);
        let mut select = self.select(&embed.query, &alias, from, joined, false)?;
        if embed.relationship.is_to_one() {
            at_most_one(&mut select, &embed.query);
            return Ok(format!("select row_to_json({rows}.*) from ({}) as {rows}", select.by_keys()));
        }
        select.limit = self.limit(&embed.query);
        Ok(format!("select coalesce(json_agg({rows}.*), '[]') from ({}) as {rows}", select.by_keys()))
    }

    /// Joins an embed whose columns become the parent's.
    fn spread(
        &mut self,
        embed: &Embed,
        parent: Rows<'_>,
        parent_groups: bool,
        parent_from: &mut String,
    ) -> Result<Vec<Output>, ApiError> {
        let alias = self.alias();
        let joined_as = self.alias();
        let to_one = embed.relationship.is_to_one();
        let (from, joined) = join(embed, parent, &alias, self.rendering.role);
        let mut select = self.select(&embed.query, &alias, from, joined, to_one)?;
        let inner = if to_one {
            at_most_one(&mut select, &embed.query);
            select.by_numbers()
        } else {
            select.limit = self.limit(&embed.query);
            let rows = self.alias();
            let columns: Vec<_> =
                (0..select.outputs.len()).map(|at| format!("json_agg({rows}.c{at}) as c{at}")).collect();
            format!("select {} from ({}) as {rows}", columns.join(", "), select.by_numbers())
        };
        let _ = write!(parent_from, " left join lateral ({inner}) as {joined_as} on true");
        let outputs = select.outputs.into_iter().enumerate().map(|(at, output)| {
            let mut sql = format!("{joined_as}.c{at}");
            if !to_one {
                sql = format!("coalesce({sql}, '[]')");
            }
            let kind = if to_one { output.kind } else { Kind::Json };
            if parent_groups && kind == Kind::Json {
                sql = format!("({sql})::jsonb");
            }
            Output { sql, kind, is_aggregated: false, ..output }
        });
        Ok(outputs.collect())
    }

    /// Whether an embed has a row.
    pub(super) fn exists(&mut self, embed: &Embed, parent: Rows<'_>) -> Result<String, ApiError> {
        let alias = self.alias();
        let (from, mut conditions) = join(embed, parent, &alias, self.rendering.role);
        let rows = Rows { alias: &alias, source: &embed.query.source };
        conditions.extend(self.conditions(&embed.query, rows)?);
        let mut sql = format!("exists (select 1 from {from}");
        push_conditions(&mut sql, &conditions);
        sql.push(')');
        Ok(sql)
    }

    /// ORDER BY; `settle` may put another expression in the place of a related one, under an alias that is free.
    pub(super) fn order_by(
        &mut self,
        query: &Query,
        rows: Rows<'_>,
        mut settle: impl FnMut(String, &str) -> String,
    ) -> Result<String, ApiError> {
        let mut sql = String::new();
        for (at, term) in query.order.iter().enumerate() {
            let mut expression = self.order_expression(term, query, rows)?;
            if term.embed.is_some() {
                expression = settle(expression, &self.alias());
            }
            let direction = if term.descending { " desc" } else { "" };
            let nulls = match term.nulls_first {
                None => "",
                Some(true) => " nulls first",
                Some(false) => " nulls last",
            };
            let word = if at == 0 { " order by " } else { ", " };
            let _ = write!(sql, "{word}{expression}{direction}{nulls}");
        }
        Ok(sql)
    }

    pub(super) fn order_expression(
        &mut self,
        term: &OrderTerm,
        query: &Query,
        rows: Rows<'_>,
    ) -> Result<String, ApiError> {
        let Some(embed) = term.embed.as_deref().and_then(|name| query.embed(name)) else {
            return Ok(rows.field(query.relation.column(&term.field.column)?, &term.field));
        };
        let alias = self.alias();
        let (from, mut conditions) = join(embed, rows, &alias, self.rendering.role);
        let related = Rows { alias: &alias, source: &embed.query.source };
        // A row whose related one is filtered away is ordered as one that has none.
        conditions.extend(self.conditions(&embed.query, related)?);
        let field = related.field(embed.query.relation.column(&term.field.column)?, &term.field);
        let mut sql = format!("(select {field} from {from}");
        push_conditions(&mut sql, &conditions);
        Ok(sql + " limit 1)")
    }

    pub(super) fn limit(&mut self, query: &Query) -> String {
        let one_more = u64::from(query.keyset.is_some());
        let mut sql = query.limit.map(|limit| format!(" limit {}", limit.saturating_add(one_more))).unwrap_or_default();
        if query.offset > 0 {
            let offset = self.parameter(Bytes::from(query.offset.to_string()));
            let _ = write!(sql, " offset {offset}::bigint");
        }
        sql
    }
}

/// A foreign key leads to one row, but a view over it may show several: the first of them then.
fn at_most_one(select: &mut Select, query: &Query) {
    select.limit = format!(" limit {}", query.limit.unwrap_or(1).min(1));
}

/// FROM and the conditions that tie an embed's rows to a row of its parent.
fn join(embed: &Embed, parent: Rows<'_>, alias: &str, role: &str) -> (String, Vec<String>) {
    let target = embed.query.relation.read_by(role);
    let equal = |left: &str, left_column: &str, right: &str, right_column: &str| {
        format!("{left}.{} = {right}.{}", Ident::new(left_column), Ident::new(right_column))
    };
    match &embed.relationship.link {
        Link::Direct { pairs, .. } => {
            let conditions = pairs.iter().map(|(origin, target)| equal(alias, target, parent.alias, origin));
            (format!("{target} as {alias}"), conditions.collect())
        }
        Link::Through { junction, origin, target: to_target, .. } => {
            let between = format!("{alias}j");
            let on: Vec<_> =
                to_target.iter().map(|(junction, target)| equal(alias, target, &between, junction)).collect();
            let conditions = origin.iter().map(|(origin, junction)| equal(&between, junction, parent.alias, origin));
            let from = format!("{target} as {alias} join {junction} as {between} on {}", on.join(" and "));
            (from, conditions.collect())
        }
        Link::Computed { function, .. } => (format!("{function}({}) as {alias}", parent.row()), Vec::new()),
    }
}

fn plain(key: &str, column: &Column, rows: Rows<'_>) -> Output {
    let kind = if is_json(column) {
        Kind::Json
    } else if column.is_scalar {
        Kind::Scalar
    } else {
        Kind::Other
    };
    let sql = rows.column(column);
    let (sql, kind) = match column.representation.as_ref().and_then(|own| own.to_json.as_ref()) {
        Some(to_json) => (format!("{to_json}({sql})"), Kind::Json),
        None => (sql, kind),
    };
    Output { key: key.to_owned(), sql, kind, is_aggregated: false, pending: None }
}

fn is_json(column: &Column) -> bool {
    matches!(column.sql_type.as_str(), "json" | "jsonb")
}

fn output(query: &Query, item: &Item, rows: Rows<'_>, hoists: bool) -> Result<Output, ApiError> {
    let key = item.key().to_owned();
    let mut output = match &item.field {
        Some(field) => {
            let column = query.relation.column(&field.column)?;
            let mut output = plain(&key, column, rows);
            if !field.path.is_empty() {
                output.sql = rows.field(column, field);
                let is_text = field.path.last().is_some_and(|step| step.as_text);
                output.kind = if is_text { Kind::Scalar } else { Kind::Json };
            }
            output
        }
        // A row of nothing in particular, which counts.
        None => Output { key, sql: "1".to_owned(), kind: Kind::Scalar, is_aggregated: false, pending: None },
    };
    if let (Some(cast), Some(field)) = (&item.cast, &item.field) {
        let column = query.relation.column(&field.column)?;
        output.sql = format!("cast({} as {cast})", rows.field(column, field));
        output.kind = Kind::Other;
    }
    output.pending = item.aggregate.map(|aggregate| (aggregate, item.aggregate_cast.clone()));
    Ok(if hoists { output } else { settled(output) })
}

/// With its aggregate worked out at this level.
fn settled(output: Output) -> Output {
    let Some((aggregate, cast)) = output.pending else { return output };
    let mut sql = format!("{}({})", aggregate.name(), output.sql);
    if let Some(cast) = cast {
        sql = format!("cast({sql} as {cast})");
    }
    Output { sql, kind: Kind::Other, is_aggregated: true, pending: None, key: output.key }
}

/// A column as the encoder gets it.
fn encoded(output: &Output, form: Form) -> String {
    let sql = &output.sql;
    match (form, output.kind) {
        (Form::Text, _) | (Form::Json { .. }, Kind::Scalar) | (Form::Json { strip_nulls: false }, Kind::Json) => {
            sql.clone()
        }
        (Form::Json { strip_nulls: false }, Kind::Other) => format!("to_json({sql})"),
        (Form::Json { strip_nulls: true }, Kind::Json) => format!("json_strip_nulls(({sql})::json)"),
        (Form::Json { strip_nulls: true }, Kind::Other) => format!("json_strip_nulls(to_json({sql}))"),
    }
}
