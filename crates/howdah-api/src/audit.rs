//! Reads of tables tagged `@audit read`: an event for each request and table, in the transaction that reads, so that nobody
//! gets rows whose reading was not recorded.
//!
//! What is recorded is which table, by whom, over which request, and which columns were filtered by with which operators; never
//! a value. Such a read is not streamed, because its rows may leave only when the event is committed. Rows that a write
//! answers with are in the event of the write. What a function reads inside is seen where PostgreSQL knows of it: in the rows
//! that it returns, and in bodies that it has parsed (`BEGIN ATOMIC`, `RETURN`).

use std::collections::{BTreeMap, BTreeSet};

use howdah_http::ApiError;
use howdah_schema::catalog::{ObjectId, Signature};
use howdah_schema::tags::Audit;
use howdah_schema::{Catalog, QualifiedName};
use http::StatusCode;
use serde_json::json;

use crate::api::Request;
use crate::query::{Condition, Filter, Logic, Query, Source};

/// Writes the event of a read that is about to be run.
pub(crate) const RECORD: &str = "select audit.record_read($1, $2, $3)";
/// Who may write it.
pub(crate) const RECORDER: &str = "service_role";

/// Whether the database has what writes events of reads.
pub(crate) fn has_recorder(catalog: &Catalog) -> bool {
    let mut names = catalog.functions.values().map(|function| &function.signature.name);
    names.any(|name| name.schema == "audit" && name.name == "record_read")
}

/// The tables tagged `@audit read` that one reads who reads a relation.
pub(crate) fn of_relation(catalog: &Catalog, name: &QualifiedName) -> BTreeSet<QualifiedName> {
    let mut found = BTreeSet::new();
    if is_audited(catalog, name) {
        found.insert(name.clone());
    }
    behind(catalog, ObjectId::View(name.clone()), &mut found);
    found
}

/// Those that one reads who calls a function, as far as PostgreSQL knows.
pub(crate) fn of_function(catalog: &Catalog, signature: &Signature) -> BTreeSet<QualifiedName> {
    let mut found = BTreeSet::new();
    behind(catalog, ObjectId::Function(signature.clone()), &mut found);
    found
}

fn is_audited(catalog: &Catalog, name: &QualifiedName) -> bool {
    catalog.tables.get(name).is_some_and(|table| table.comment.tags().audit == Some(Audit::ChangesAndReads))
}

/// The audited tables that a view or a function needs, through others too.
fn behind(catalog: &Catalog, object: ObjectId, found: &mut BTreeSet<QualifiedName>) {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![object];
    while let Some(object) = waiting.pop() {
        if !seen.insert(object.clone()) {
            continue;
        }
        for needed in catalog.dependencies.of(&object) {
            match needed {
                ObjectId::Table(name) | ObjectId::Column(name, _) if is_audited(catalog, name) => {
                    found.insert(name.clone());
                }
                ObjectId::Column(name, _) if catalog.views.contains_key(name) => {
                    waiting.push(ObjectId::View(name.clone()));
                }
                ObjectId::View(_) | ObjectId::Function(_) | ObjectId::Rule(..) => waiting.push(needed.clone()),
                _ => {}
            }
        }
    }
}

/// The events that one request has to leave.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// What was asked of each table, as JSON.
    pub(crate) events: Vec<(String, String)>,
}

impl Reads {
    /// Those of a tree.
    ///
    /// # Errors
    /// The database cannot write them, or the request would take them back: then nothing is read.
    pub(crate) fn of(request: &Request<'_>, query: &Query) -> Result<Self, ApiError> {
        let mut filters = BTreeMap::new();
        collect(query, &mut filters);
        Self::recorded(request, &filters)
    }

    /// Those of the tree that a write answers with: its own rows are in the event of the write.
    ///
    /// # Errors
    /// As [`Reads::of`].
    pub(crate) fn of_written(request: &Request<'_>, query: &Query) -> Result<Self, ApiError> {
        let mut filters = BTreeMap::new();
        query.embeds().for_each(|embed| collect(&embed.query, &mut filters));
        Self::recorded(request, &filters)
    }

    fn recorded(request: &Request<'_>, filters: &BTreeMap<&QualifiedName, BTreeSet<String>>) -> Result<Self, ApiError> {
        let Some(first) = filters.keys().next() else { return Ok(Self::default()) };
        if !request.exposed.records_reads() {
            let message = format!("Reads of {first} have to be recorded, and this database has no audit trail");
            let error = ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "HOWDAH500", message);
            return Err(error.with_hint("Apply the schema of the audit trail, or tag the table @audit without read"));
        }
        if request.executor.is_taken_back() {
            return Err(taken_back(first));
        }
        let method = request.caller.method.as_str();
        let event = |(table, filters): (&&QualifiedName, &BTreeSet<String>)| {
            (table.to_string(), json!({ "method": method, "filters": filters }).to_string())
        };
        Ok(Self { events: filters.iter().map(event).collect() })
    }

    /// Refuses a request that would be rolled back with its events.
    pub(crate) fn must_stay(&self, is_rolled_back: bool) -> Result<(), ApiError> {
        match self.events.first() {
            Some((table, _)) if is_rolled_back => Err(taken_back(table)),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

fn taken_back(table: impl std::fmt::Display) -> ApiError {
    let message = format!("Reads of {table} are recorded, so a transaction with one cannot be rolled back");
    ApiError::bad_request("HOWDAH400", message).with_hint("Leave out Prefer: tx=rollback")
}

/// The audited tables of a tree, with what is filtered by at their level.
fn collect<'a>(query: &'a Query, found: &mut BTreeMap<&'a QualifiedName, BTreeSet<String>>) {
    let called = match &query.source {
        Source::Call(call) => Some(&call.function.reads),
        Source::Relation | Source::Written | Source::Computed => None,
    };
    for table in std::iter::once(&query.relation.reads).chain(called).flatten() {
        let filters = query.filter.iter().flat_map(Logic::filters).map(described);
        found.entry(table).or_default().extend(filters);
    }
    for embed in query.embeds() {
        collect(&embed.query, found);
    }
}

/// `column=operator`
fn described(filter: &Filter) -> String {
    let operator = match &filter.condition {
        Condition::Compare { operator, .. } => operator.name,
        Condition::In(_) => "in",
        Condition::Is(_) => "is",
        Condition::IsDistinct(_) => "isdistinct",
        Condition::TextSearch { .. } => "fts",
    };
    format!("{}={operator}", filter.field.column)
}
