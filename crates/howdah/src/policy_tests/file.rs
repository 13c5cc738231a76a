//! What a file of expectations says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};

/// One file.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) path: PathBuf,
    /// Run first, as whoever connects.
    pub(crate) setup: Option<(String, usize)>,
    /// Names for people: each with an id, or the address of an account.
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) expectations: Vec<Expectation>,
}

/// One `[[expect]]`.
#[derive(Debug)]
pub(crate) struct Expectation {
    /// 1-based line of the file.
    pub(crate) line: usize,
    pub(crate) name: Option<String>,
    pub(crate) who: Who,
    pub(crate) wanted: Wanted,
}

/// As whom.
#[derive(Debug)]
pub(crate) struct Who {
    /// As written: `anon`, one of the users, or a role.
    pub(crate) name: String,
    /// What the token says beside the subject and the role.
    pub(crate) claims: Map<String, Value>,
}

/// What is expected.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// That operations on tables reach rows, or do not.
    Access {
        /// With their schemas; `@owned` for all that are tagged.
        tables: Vec<String>,
        /// Which rows, as SQL; all of them without.
        condition: Option<String>,
        may: Vec<Operation>,
        may_not: Vec<Operation>,
        /// The row that is inserted.
        row: Vec<(String, Value)>,
    },
    /// What a statement does.
    Statement { sql: String, then: Then },
}

/// What comes of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// That many rows are returned, or changed where none is returned.
    Count(u64),
    /// These rows, each value as text; NULL is `null`.
    Rows(Vec<Vec<String>>),
    /// An error of this SQLSTATE.
    Error(String),
}

/// What is tried on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Select,
    Insert,
    Update,
    Delete,
}

impl Operation {
    pub(crate) const ALL: [Self; 4] = [Self::Select, Self::Insert, Self::Update, Self::Delete];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}
