//! Aggregates.

use super::{Acl, Argument, Comment, DataType, Parallel, Signature};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};

/// An aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregate {
    /// Its name, and what tells it apart as ALTER, DROP and COMMENT ON AGGREGATE want it between the parentheses: `*` without
    /// arguments, `integer, text`, `double precision ORDER BY anyelement`.
    pub signature: Signature,
    /// How it takes its arguments.
    pub kind: AggregateKind,
    /// Its owner.
    pub owner: String,
    /// Direct ones first. None has a default.
    pub arguments: Vec<Argument>,
    /// What stands between the parentheses of CREATE AGGREGATE, names and ORDER BY included; `*` without arguments.
    pub arguments_sql: String,
    /// How many of the arguments are direct; of an ordinary aggregate, none.
    pub direct_arguments: u32,
    /// SFUNC.
    pub state_function: QualifiedName,
    /// STYPE.
    pub state_type: DataType,
    /// SSPACE: bytes, 0 for the usual guess.
    pub state_space: i32,
    /// FINALFUNC.
    pub final_function: Option<QualifiedName>,
    /// FINALFUNC_EXTRA: the final function gets the arguments' types, too.
    pub final_extra: bool,
    /// FINALFUNC_MODIFY.
    pub final_modify: AggregateModify,
    /// COMBINEFUNC.
    pub combine_function: Option<QualifiedName>,
    /// SERIALFUNC.
    pub serial_function: Option<QualifiedName>,
    /// DESERIALFUNC.
    pub deserial_function: Option<QualifiedName>,
    /// INITCOND, as text.
    pub initial_value: Option<String>,
    /// How it works over a moving window, if it can.
    pub moving: Option<MovingAggregate>,
    /// SORTOP.
    pub sort_operator: Option<QualifiedName>,
    /// PARALLEL.
    pub parallel: Parallel,
    /// Privileges: EXECUTE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// How an aggregate takes its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateKind {
    /// One call for each row.
    Normal,
    /// WITHIN GROUP (ORDER BY …).
    OrderedSet,
    /// The same, and the direct arguments are a row to be placed: HYPOTHETICAL.
    Hypothetical,
}

impl AggregateKind {
    /// What FINALFUNC_MODIFY is when CREATE AGGREGATE does not say.
    pub fn usual_modify(self) -> AggregateModify {
        match self {
            Self::Normal => AggregateModify::ReadOnly,
            Self::OrderedSet | Self::Hypothetical => AggregateModify::ReadWrite,
        }
    }
}

/// What a final function does to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateModify {
    /// Nothing.
    ReadOnly,
    /// Nothing that another call of a final function would mind.
    Shareable,
    /// Anything.
    ReadWrite,
}

impl AggregateModify {
    /// In SQL's words.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ_ONLY",
            Self::Shareable => "SHAREABLE",
            Self::ReadWrite => "READ_WRITE",
        }
    }
}

/// An aggregate's second implementation, for windows whose start moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovingAggregate {
    /// MSFUNC.
    pub state_function: QualifiedName,
    /// MINVFUNC.
    pub inverse_function: QualifiedName,
    /// MSTYPE.
    pub state_type: DataType,
    /// MSSPACE: bytes, 0 for the usual guess.
    pub state_space: i32,
    /// MFINALFUNC.
    pub final_function: Option<QualifiedName>,
    /// MFINALFUNC_EXTRA.
    pub final_extra: bool,
    /// MFINALFUNC_MODIFY.
    pub final_modify: AggregateModify,
    /// MINITCOND, as text.
    pub initial_value: Option<String>,
}
