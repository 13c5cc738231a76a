//! Functions and procedures.

use super::{Acl, Comment, DataType};
use crate::QualifiedName;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What tells overloads apart: the name and the types of the input arguments. Prints as `schema.name(type, type)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    /// Schema and name.
    pub name: QualifiedName,
    /// Types of the input arguments as SQL, joined by `, `.
    pub arguments: String,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.arguments)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = QualifiedName::parse_prefix(&text).and_then(|(name, rest)| {
            let arguments = rest.strip_prefix('(')?.strip_suffix(')')?.to_owned();
            Some(Self { name, arguments })
        });
        parsed.ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no schema.name(types)")))
    }
}

impl JsonSchema for Signature {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Signature".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// A function or procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Name and input types.
    pub signature: Signature,
    /// Function, procedure or window function.
    pub kind: FunctionKind,
    /// Its owner.
    pub owner: String,
    /// All of them in order, outputs included.
    pub arguments: Vec<Argument>,
    /// `None` for a procedure.
    pub returns: Option<Returns>,
    /// `sql`, `plpgsql` …
    pub language: String,
    /// What the planner may assume.
    pub volatility: Volatility,
    /// Whether it may run in parallel workers.
    pub parallel: Parallel,
    /// Runs as its owner rather than as its caller.
    pub security_definer: bool,
    /// Null in, null out, without a call.
    pub strict: bool,
    /// Tells nothing about its arguments but through its result.
    pub leakproof: bool,
    /// Planner cost as SQL text, in units of `cpu_operator_cost`.
    pub cost: String,
    /// Rows that the planner expects of a set, as SQL text; `0` for none.
    pub rows: String,
    /// Planner support function.
    pub support: Option<String>,
    /// `SET` clauses: setting to value.
    pub config: BTreeMap<String, String>,
    /// The body as written; for a `BEGIN ATOMIC` body, as deparsed.
    pub body: String,
    /// Whole `CREATE OR REPLACE` statement.
    pub definition: String,
    /// Privileges: EXECUTE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// What a routine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// Returns something.
    Function,
    /// Called by CALL.
    Procedure,
    /// Used with OVER.
    Window,
}

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// `None` when it has no name.
    pub name: Option<String>,
    /// Which way it goes.
    pub mode: ArgumentMode,
    /// Its type.
    pub data_type: DataType,
    /// Expression to use when it is left out.
    pub default: Option<String>,
}

/// Which way an argument goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentMode {
    /// In.
    In,
    /// Out.
    Out,
    /// In and out.
    InOut,
    /// In, as many as there are.
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

impl ArgumentMode {
    /// Whether a caller gives it.
    pub fn is_input(self) -> bool {
        matches!(self, Self::In | Self::InOut | Self::Variadic)
    }
}

/// What a function returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returns {
    /// As written after RETURNS, such as `SETOF public.tasks` or `TABLE(n bigint)`.
    pub sql: String,
    /// The type of one row of it.
    pub data_type: DataType,
    /// Many rows rather than one.
    pub set: bool,
}

/// How a function's result depends on the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Volatility {
    /// On its arguments alone.
    Immutable,
    /// The same within a statement; writes nothing.
    Stable,
    /// Anything goes.
    Volatile,
}

/// Safety in parallel plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parallel {
    /// Anywhere.
    Safe,
    /// In the leader only.
    Restricted,
    /// Nowhere near one.
    Unsafe,
}
