//! Text search, and collations.

use super::Comment;
use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text-search dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSearchDictionary {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// What it is made from.
    pub template: QualifiedName,
    /// As written after the template: `language = 'german', stopwords = 'german'`.
    pub options: Option<String>,
    /// Its comment.
    pub comment: Comment,
}

/// A text-search configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSearchConfiguration {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// What cuts a text into tokens.
    pub parser: QualifiedName,
    /// Which dictionaries a kind of token is looked up in, in order.
    pub mappings: BTreeMap<String, Vec<QualifiedName>>,
    /// Its comment.
    pub comment: Comment,
}

/// A collation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collation {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// Whose rules it uses.
    pub provider: CollationProvider,
    /// Of all providers but libc.
    pub locale: Option<String>,
    /// Of libc.
    pub lc_collate: Option<String>,
    /// Of libc.
    pub lc_ctype: Option<String>,
    /// Different bytes are never equal.
    pub deterministic: bool,
    /// ICU's additional rules (PostgreSQL 16).
    pub rules: Option<String>,
    /// Its comment.
    pub comment: Comment,
}

/// Whose rules a collation uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollationProvider {
    /// The database's own default.
    Default,
    /// The operating system's.
    Libc,
    /// The Unicode library's.
    Icu,
    /// PostgreSQL's own (PostgreSQL 17).
    Builtin,
}

impl CollationProvider {
    /// As in `CREATE COLLATION (provider = <this>)`.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Libc => "libc",
            Self::Icu => "icu",
            Self::Builtin => "builtin",
        }
    }
}
