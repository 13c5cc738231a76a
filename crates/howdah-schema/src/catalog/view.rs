//! Views and materialized views.

use super::{Acl, Column, Comment, Index, Options, Rule, Trigger};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stored query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Schema and name.
    pub name: QualifiedName,
    /// Keeps its rows until it is refreshed.
    pub materialized: bool,
    /// Its owner: the role that it reads as, unless it is a security-invoker view.
    pub owner: String,
    /// What it returns.
    pub columns: Vec<Column>,
    /// The query, as deparsed, without a final semicolon.
    pub definition: String,
    /// `security_invoker`, `security_barrier`, `check_option`; storage parameters of a materialized view.
    pub options: Options,
    /// INSTEAD OF triggers.
    pub triggers: BTreeMap<String, Trigger>,
    /// By name, without the one that is its query.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
    /// Of a materialized view.
    pub indexes: BTreeMap<String, Index>,
    /// `None` for the database's own.
    pub tablespace: Option<String>,
    /// Of a materialized view: `None` for the default, `heap`.
    pub access_method: Option<String>,
    /// Privileges on the whole.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

impl View {
    /// Whether it reads as its caller, so that row-level security of the caller applies.
    pub fn security_invoker(&self) -> bool {
        self.options.get("security_invoker").is_some_and(|value| matches!(value.as_str(), "true" | "on" | "yes" | "1"))
    }
}
