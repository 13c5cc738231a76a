//! INSERT, UPDATE and DELETE, and what they answer.
//!
//! A write that answers with rows is a CTE under the SELECT of its answer, so that what was written can embed, cast and
//! compute like any read. It returns only the columns that the answer needs: the caller may lack the right to others.

use std::collections::BTreeSet;

use bytes::Bytes;
use howdah_http::ApiError;
use howdah_schema::{Ident, Literal};

use super::expression::{Rows, WHOLE_ROW, array_literal};
use super::level::push_conditions;
use super::{Builder, ROOT, Rendered, Rendering};
use crate::conditional::Precondition;
use crate::exposed::Link;
use crate::query::{Logic, Query, SelectItem, Source};

/// Marks the error of [`Guard::singular`]; the number of rows follows.
pub(crate) const NOT_SINGULAR: &str = "howdah:not-singular:";
/// Marks the error of [`Guard::most`]; the number of rows follows.
pub(crate) const TOO_MANY: &str = "howdah:too-many:";

/// What a write does.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// New rows out of the body; the columns that it sets.
    Insert {
        columns: Vec<String>,
        conflict: Option<Conflict>,
        /// A row that lacks one of the columns gets its default instead of null.
        defaults: bool,
        /// Only those that the filters of the query fit.
        only_matching: bool,
    },
    /// The rows of the query get the body's values.
    Update {
        columns: Vec<String>,
        defaults: bool,
        /// Only if the filters of the query fit the body too.
        only_matching: bool,
    },
    /// The rows of the query are marked as deleted.
    SoftDelete,
    /// The rows of the query go.
    Delete,
}

/// What becomes of a new row that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The columns that decide.
    pub(crate) columns: Vec<String>,
    pub(crate) resolution: Resolution,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// The row there gets the new values.
    Merge,
    /// The row there stays as it is.
    Ignore,
}

/// What a write answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returning {
    /// Only how many rows.
    Count,
    /// The rows.
    Rows,
    /// The keys of the rows, for the Location header.
    Keys,
}

/// How many rows a write may touch; more undo it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guard {
    /// One object was asked for.
    pub(crate) singular: bool,
    /// `Prefer: max-affected`
    pub(crate) most: Option<u64>,
}

/// A write.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    /// Its filters, order and limit choose the rows that change, its select is of the rows that were written.
    pub(crate) query: Query,
    pub(crate) change: Change,
    pub(crate) returning: Returning,
    pub(crate) guard: Guard,
    pub(crate) precondition: Precondition,
    /// The version of each row, to come with it: SQL under the root's alias.
    pub(crate) version: Option<String>,
}

/// Where the rows that were written have their version.
const WRITTEN_VERSION: &str = "howdah_version";

/// The statement of a write; `body` is JSON, an array of objects; of one for an update.
pub(crate) fn write(rendering: Rendering<'_>, write: &Write, body: Bytes) -> Result<Rendered, ApiError> {
    let mut builder = Builder::new(rendering);
    let change = builder.change(write, body)?;
    let guard = guard(write.guard);
    let sql = match write.returning {
        Returning::Count if guard.is_none() => change,
        Returning::Count => {
            let guard = guard.unwrap_or_default();
            format!("with w as ({change} returning 1) select (select count(*) from w), {guard}")
        }
        Returning::Keys => {
            let keys: Vec<_> = write.query.relation.primary_key.iter().map(|key| Ident::new(key.as_str())).collect();
            builder.keys.clone_from(&write.query.relation.primary_key);
            let returned: Vec<_> = keys.iter().map(|key| format!("{ROOT}.{key}")).collect();
            let mut list: Vec<_> = keys.iter().map(ToString::to_string).collect();
            list.extend(guard);
            format!("with w as ({change} returning {}) select {} from w", returned.join(", "), list.join(", "))
        }
        Returning::Rows => {
            let answer = Query { source: Source::Written, limit: None, offset: 0, ..write.query.clone() };
            let mut returned = builder.needed(&write.query)?;
            let mut further = Vec::new();
            if let Some(version) = &write.version {
                returned.push_str(&format!(", {version} as {WRITTEN_VERSION}"));
                further.push(format!("{ROOT}.{WRITTEN_VERSION}"));
            }
            further.extend(guard);
            let select = builder.root(&answer, &further)?;
            format!("with w as ({change} returning {returned}) {select}")
        }
    };
    Ok(builder.finish(sql))
}

/// An expression that fails when there are more rows than the guard lets through.
fn guard(guard: Guard) -> Option<String> {
    let count = "(select count(*) from w)";
    let case = |most: u64, mark: &str| format!("case when {count} > {most} then ('{mark}' || {count})::integer end");
    match guard {
        Guard { most: Some(most), .. } => Some(case(most, TOO_MANY)),
        Guard { singular: true, .. } => Some(case(1, NOT_SINGULAR)),
        Guard { .. } => None,
    }
}

impl Builder<'_> {
    fn change(&mut self, write: &Write, body: Bytes) -> Result<String, ApiError> {
        let relation = &write.query.relation.sql_name;
        match &write.change {
            Change::Insert { columns, conflict, defaults, only_matching } => {
                let mut sql = self.insert(&write.query, columns, *defaults, body)?;
                if *only_matching {
                    let rows = Rows { alias: "r", source: &Source::Relation };
                    let conditions = self.chosen_of_body(&write.query, rows)?;
                    push_conditions(&mut sql, &conditions);
                }
                sql.push_str(&on_conflict(conflict.as_ref(), columns));
                Ok(sql)
            }
            Change::Update { columns, defaults, only_matching } => {
                let values = given(&write.query, columns)?;
                let set: Vec<_> = columns
                    .iter()
                    .zip(values)
                    .map(|(column, value)| format!("{} = {value}", Ident::new(column.as_str())))
                    .collect();
                let record = self.record(&write.query, columns, *defaults, body)?;
                let sql = format!("update {relation} as {ROOT} set {} from {record}", set.join(", "));
                let mut further = self.precondition(&write.precondition);
                if *only_matching {
                    let rows = Rows { alias: "r", source: &Source::Relation };
                    further.extend(self.chosen_of_body(&write.query, rows)?);
                }
                self.narrowed(sql, &write.query, further)
            }
            Change::SoftDelete => {
                let further = self.precondition(&write.precondition);
                self.narrowed(format!("update {relation} as {ROOT} set deleted_at = now()"), &write.query, further)
            }
            Change::Delete => {
                let further = self.precondition(&write.precondition);
                self.narrowed(format!("delete from {relation} as {ROOT}"), &write.query, further)
            }
        }
    }

    /// The test of a row's version. It stands in the WHERE of the change itself, which PostgreSQL works out anew for a row
    /// that another transaction has changed meanwhile.
    fn precondition(&mut self, precondition: &Precondition) -> Vec<String> {
        match precondition {
            // As text: what is no version at all is then none that matches, not an error.
            Precondition::Matches { version, versions: Some(versions) } => {
                let versions = self.parameter(Bytes::from(array_literal(versions)));
                vec![format!("{version}::text = any ({versions}::text[])")]
            }
            Precondition::None | Precondition::Absent | Precondition::Matches { versions: None, .. } => Vec::new(),
        }
    }

    /// Adds WHERE: the rows that the filters fit, or the first so many of them, and further conditions on these.
    fn narrowed(&mut self, mut sql: String, query: &Query, further: Vec<String>) -> Result<String, ApiError> {
        let rows = Rows { alias: ROOT, source: &Source::Relation };
        if query.limit.is_none() && query.offset == 0 {
            let mut conditions = self.chosen(query, rows)?;
            conditions.extend(further);
            push_conditions(&mut sql, &conditions);
            return Ok(sql);
        }
        if query.relation.primary_key.is_empty() {
            let message = "A limit or offset was asked of a write to a relation without a primary key";
            return Err(ApiError::bad_request("PGRST109", message)
                .with_hint("Choose the rows by filters; without a key the rows of a page cannot be told apart"));
        }
        let inner = self.alias();
        let first = Rows { alias: &inner, source: &Source::Relation };
        let keys = |alias: &str| {
            let keys = query.relation.primary_key.iter();
            keys.map(|key| format!("{alias}.{}", Ident::new(key.as_str()))).collect::<Vec<_>>().join(", ")
        };
        let mut chosen = format!("select {} from {} as {inner}", keys(&inner), query.relation.sql_name);
        let conditions = self.chosen(query, first)?;
        push_conditions(&mut chosen, &conditions);
        chosen.push_str(&self.order_by(query, first, |expression, _| expression)?);
        chosen.push_str(&self.limit(query));
        let mut conditions = vec![format!("({}) in ({chosen})", keys(ROOT))];
        conditions.extend(further);
        push_conditions(&mut sql, &conditions);
        Ok(sql)
    }

    fn insert(&mut self, query: &Query, columns: &[String], defaults: bool, body: Bytes) -> Result<String, ApiError> {
        let relation = &query.relation.sql_name;
        if columns.is_empty() {
            // Rows of nothing but defaults, as many as the body has empty objects.
            let body = self.parameter(body);
            return Ok(format!("insert into {relation} as {ROOT} select from json_array_elements({body}::json) as r"));
        }
        let names: Vec<_> = columns.iter().map(|column| Ident::new(column.as_str()).to_string()).collect();
        let values = given(query, columns)?;
        let record = self.record(query, columns, defaults, body)?;
        let (names, values) = (names.join(", "), values.join(", "));
        Ok(format!("insert into {relation} as {ROOT} ({names}) select {values} from {record}"))
    }

    /// The body as rows `r` of the columns' types.
    fn record(&mut self, query: &Query, columns: &[String], defaults: bool, body: Bytes) -> Result<String, ApiError> {
        let mut types = Vec::with_capacity(columns.len());
        let mut defaulted = Vec::new();
        for name in columns {
            let column = query.relation.column(name)?;
            let from_json = column.representation.as_ref().and_then(|own| own.from_json.as_ref());
            let sql_type = if from_json.is_some() { "json" } else { &column.sql_type };
            types.push(format!("{} {sql_type}", Ident::new(name.as_str())));
            if let Some(default) = &column.default {
                let key = Literal::text(name.as_str());
                // Worked out only where it is wanted: a sequence would move on for nothing.
                defaulted
                    .push(format!("case when e.j ? {key} then '{{}}' else jsonb_build_object({key}, {default}) end"));
            }
        }
        let types = types.join(", ");
        let body = self.parameter(body);
        if !defaults || defaulted.is_empty() {
            return Ok(format!("json_to_recordset({body}::json) as r({types})"));
        }
        Ok(format!(
            "jsonb_array_elements({body}::jsonb) as e(j) cross join lateral jsonb_to_record(e.j || {}) as r({types})",
            defaulted.join(" || ")
        ))
    }

    /// The filters of a PUT, on the row that the body brings.
    fn chosen_of_body(&mut self, query: &Query, rows: Rows<'_>) -> Result<Vec<String>, ApiError> {
        query.filter.iter().map(|logic| self.logic(logic, query, rows)).collect()
    }

    /// The columns that the answer is made of.
    fn needed(&mut self, query: &Query) -> Result<String, ApiError> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        let mut needs_row = false;
        for item in &query.select {
            match item {
                SelectItem::All => {
                    names.extend(
                        query.relation.readable_unmasked(self.rendering.role).map(|column| column.name.as_str()),
                    );
                }
                SelectItem::Item(item) => names.extend(item.field.as_ref().map(|field| field.column.as_str())),
                SelectItem::Embed(embed) => {
                    names.extend(embed.relationship.origin_columns());
                    needs_row |= matches!(embed.relationship.link, Link::Computed { .. });
                }
            }
        }
        names.extend(query.order.iter().filter(|term| term.embed.is_none()).map(|term| term.field.column.as_str()));
        let rows = Rows { alias: ROOT, source: &Source::Relation };
        let mut returned = Vec::with_capacity(names.len() + 1);
        for name in names {
            let column = query.relation.column(name)?;
            returned.push(format!("{} as {}", rows.column(column), Ident::new(name)));
        }
        if needs_row {
            returned.push(format!("{ROOT} as {WHOLE_ROW}"));
        }
        if returned.is_empty() {
            returned.push("1 as one".to_owned());
        }
        Ok(returned.join(", "))
    }
}

/// The values of a record `r`, as the columns take them.
fn given(query: &Query, columns: &[String]) -> Result<Vec<String>, ApiError> {
    let value = |name: &String| {
        let column = query.relation.column(name)?;
        let value = format!("r.{}", Ident::new(name.as_str()));
        Ok(match column.representation.as_ref().and_then(|own| own.from_json.as_ref()) {
            Some(from_json) => format!("{from_json}({value})"),
            None => value,
        })
    };
    columns.iter().map(value).collect()
}

/// The setting that counts the rows of an insert that were there already and were changed.
pub(crate) const MERGED: &str = "howdah.merged";

fn on_conflict(conflict: Option<&Conflict>, columns: &[String]) -> String {
    let Some(conflict) = conflict else { return String::new() };
    let list = |names: &[String]| {
        names.iter().map(|name| Ident::new(name.as_str()).to_string()).collect::<Vec<_>>().join(", ")
    };
    if conflict.resolution == Resolution::Ignore || columns.is_empty() {
        return format!(" on conflict ({}) do nothing", list(&conflict.columns));
    }
    let set: Vec<_> = columns
        .iter()
        .map(|column| Ident::new(column.as_str()))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    // Nothing in an answer tells the rows that were there from those that are new, on a view or a partitioned table; so
    // the updates count themselves.
    format!(
        " on conflict ({}) do update set {} where set_config('{MERGED}', \
         (coalesce(nullif(current_setting('{MERGED}', true), ''), '0')::integer + 1)::text, true) <> ''",
        list(&conflict.columns),
        set.join(", ")
    )
}

impl Query {
    /// Whether the filters are equality on each column of the primary key and nothing else: what PUT asks for.
    pub(crate) fn is_by_primary_key(&self) -> bool {
        let mut columns = BTreeSet::new();
        for logic in &self.filter {
            match logic {
                Logic::Filter(filter) if filter.is_equality() => columns.insert(filter.field.column.as_str()),
                _ => return false,
            };
        }
        let key: BTreeSet<&str> = self.relation.primary_key.iter().map(String::as_str).collect();
        !key.is_empty() && key == columns && self.filter.len() == key.len()
    }
}
