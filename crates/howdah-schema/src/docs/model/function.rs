//! Functions, procedures and aggregates.

use super::TypeRef;
use crate::QualifiedName;
use crate::catalog::{ArgumentMode, Signature, Volatility};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A function, procedure or aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionDoc {
    /// Its name and the types of its arguments, which tell overloads apart: `public.join_words(text[])`.
    pub signature: Signature,
    /// Its name alone.
    pub name: QualifiedName,
    /// What it is.
    pub kind: RoutineKind,
    /// What its comment says.
    pub purpose: Option<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// In their order, outputs included.
    pub arguments: Vec<ArgumentDoc>,
    /// As written after RETURNS; null for a procedure.
    pub returns: Option<String>,
    /// The type of one row of the result, if there is one.
    pub return_type: Option<TypeRef>,
    /// Whether it returns many rows.
    pub returns_set: bool,
    /// `sql`, `plpgsql` …; null for an aggregate.
    pub language: Option<String>,
    /// How the result depends on the world; null for an aggregate.
    pub volatility: Option<Volatility>,
    /// Whether it runs as its owner rather than as its caller.
    pub security_definer: bool,
    /// Whether a null argument gives null without a call.
    pub strict: bool,
    /// The search_path it sets for itself.
    pub search_path: Option<String>,
    /// Who may execute it beside its owner, by name; `PUBLIC` for everyone.
    pub execute: Vec<String>,
    /// The triggers that call it, by table and name.
    pub triggers: Vec<TriggerUse>,
}

/// Kinds of routines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    /// Returns something.
    Function,
    /// Called by CALL.
    Procedure,
    /// Used with OVER.
    Window,
    /// Over many rows.
    Aggregate,
    /// Called by a trigger.
    Trigger,
}

/// An argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArgumentDoc {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Which way it goes.
    pub mode: ArgumentMode,
    /// Its type.
    pub data_type: TypeRef,
    /// The expression that is used when it is left out.
    pub default: Option<String>,
}

/// A trigger that calls a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TriggerUse {
    /// The table or view.
    pub relation: QualifiedName,
    /// The trigger.
    pub trigger: String,
}
