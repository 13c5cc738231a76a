//! What documentation says that a catalog does not know. Whoever calls gathers it; nothing here has I/O.

use crate::QualifiedName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All of it. Everything may be empty: the pages then say that it is not known, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The project's name.
    pub project: String,
    /// The schemas reached over HTTP; tables elsewhere have no REST examples.
    pub api_schemas: Vec<String>,
    /// By table or view, in the order in which they are shown: those that ran.
    pub queries: BTreeMap<QualifiedName, Vec<CommonQuery>>,
    /// Why there are no queries or why some were left out, for the reader.
    pub queries_note: Option<String>,
    /// A few rows by table, from the demo data, masked.
    pub examples: BTreeMap<QualifiedName, Example>,
    /// Why there are no examples.
    pub examples_note: Option<String>,
    /// By table, oldest first.
    pub history: BTreeMap<QualifiedName, Vec<HistoryEntry>>,
    /// Why there is no history.
    pub history_note: Option<String>,
    /// What the advisor, the standards and the queries that ran found, in this order.
    pub issues: Vec<Issue>,
}

/// A query that most applications need, in the languages of those who ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommonQuery {
    /// What it is for, such as `One row by its key`.
    pub title: String,
    /// SQL with `$1`, `$2` … as parameters.
    pub sql: String,
    /// What the parameters are, in order, such as `id uuid`.
    pub parameters: Vec<String>,
    /// The index or constraint that serves it, such as `tasks_pkey`.
    pub served_by: Option<String>,
    /// The request line of the same over HTTP: `GET /rest/v1/tasks?id=eq.{id}`; with a body after an empty line.
    pub rest: Option<String>,
    /// The same with `@supabase/supabase-js`.
    pub typescript: Option<String>,
    /// What was out of the ordinary when it was tried, for the reader; `None` if it ran with the values of a row.
    pub remark: Option<String>,
}

/// Rows of a table, as they would be read by someone who may not see personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// In the table's order; columns that are null in every row are left out.
    pub columns: Vec<String>,
    /// Values as text, `None` for null, long ones cut short with `…`.
    pub rows: Vec<Vec<Option<String>>>,
    /// The columns that are masked.
    pub masked: Vec<String>,
}

/// What one migration did to a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryEntry {
    /// Such as `0007_add_bio`.
    pub migration: String,
    /// In order of the columns.
    pub changes: Vec<HistoryChange>,
}

/// A change of a table or of one of its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryChange {
    /// The column as it was called then; `None` for the table itself.
    pub column: Option<String>,
    /// In a few words: `created`, `added`, `renamed from full_name`, `type: text → citext`, `now NOT NULL`, `dropped`.
    pub what: String,
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    /// Who found it: `advisor`, `standards`, or `queries` for what running the queries showed.
    pub set: String,
    /// The rule's id.
    pub rule: String,
    /// `error`, `warning` or `info`.
    pub level: String,
    /// What it is about, such as `public.tasks.title`.
    pub object: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}
