//! Who may do what with a table or view.

use crate::catalog::PolicyCommand;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Grants and policies, and what comes of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Whether policies apply; `off` for a view.
    pub row_security: RowSecurityDoc,
    /// What comes of grants and policies: a row a role, `PUBLIC` first, then by name. The owner is not among them.
    pub matrix: Vec<RoleAccess>,
    /// The other roles of this documentation: they may do nothing here but what `PUBLIC` may.
    pub no_access: Vec<String>,
    /// Policies, by name.
    pub policies: Vec<PolicyDoc>,
}

/// Whether policies apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowSecurityDoc {
    /// Grants alone decide.
    Off,
    /// To everybody but the owner.
    On,
    /// To the owner too.
    Forced,
}

/// What a role may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleAccess {
    /// The role; `PUBLIC` for everyone, `owner` for the owner where a policy names it.
    pub role: String,
    /// Reading.
    pub select: AccessCell,
    /// Adding rows.
    pub insert: AccessCell,
    /// Changing rows.
    pub update: AccessCell,
    /// Removing rows.
    pub delete: AccessCell,
    /// Further privileges: `TRUNCATE`, `REFERENCES`, `TRIGGER`, `MAINTAIN`.
    pub other: Vec<String>,
    /// Whether it may use the schema; without that, none of it is of use.
    pub schema_usage: bool,
}

/// What a role may do by one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessCell {
    /// Whether it has a grant, on the whole or on some columns.
    pub granted: bool,
    /// The columns, if the grant is on some only; null for all of them.
    pub columns: Option<Vec<String>>,
    /// Where the grant comes from, if not from the role itself: `PUBLIC`, or roles that it inherits from.
    pub through: Vec<String>,
    /// Which rows.
    pub rows: Rows,
}

/// Which rows an operation reaches, given the grant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Rows {
    /// None: there is no grant, or no policy lets any through.
    #[default]
    None,
    /// All of them.
    All {
        /// The policies that let every row through; empty where policies do not apply.
        by: Vec<String>,
    },
    /// Those that a policy lets through.
    Policies {
        /// One of these must allow the row.
        any_of: Vec<String>,
        /// And each of these must.
        all_of: Vec<String>,
    },
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyDoc {
    /// Its name.
    pub name: String,
    /// What it applies to.
    pub command: PolicyCommand,
    /// One permissive policy must allow a row, and every restrictive one must.
    pub permissive: bool,
    /// To whom it applies, by name; `PUBLIC` for everyone, `owner` for the owner.
    pub roles: Vec<String>,
    /// Which rows are seen.
    pub using: Option<String>,
    /// Which rows may be written; without it, those that are seen.
    pub check: Option<String>,
    /// What its comment says.
    pub purpose: Option<String>,
}
