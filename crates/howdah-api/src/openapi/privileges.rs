//! What the caller's role may do, as the description sees it.

use std::collections::{BTreeMap, BTreeSet};

use howdah_schema::catalog::{DataType, Function};
use howdah_schema::{QualifiedName, catalog};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// Reads the privileges of the current role on the objects of the schemas `$1`: one row, one column of text for
/// [`Privileges::read`]. To be run under the caller's role.
pub(crate) const PRIVILEGES_SQL: &str = include_str!("sql/privileges.sql");

/// What the description is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Privileges {
    /// Nothing: all that is exposed is described. `openapi-mode = ignore-privileges`
    Unlimited,
    /// What a role may do. `openapi-mode = follow-privileges`
    Of(Held),
}

/// The privileges that a role holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Held {
    relations: BTreeMap<QualifiedName, OnRelation>,
    functions: BTreeSet<(QualifiedName, Vec<ArgumentType>)>,
}

/// What can be granted on single columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnColumn {
    Select,
    Insert,
    Update,
}

impl Privileges {
    /// Reads what [`PRIVILEGES_SQL`] answers.
    ///
    /// # Errors
    /// The text is not what that query writes.
    pub(crate) fn read(text: &str) -> Result<Self, serde_json::Error> {
        let answer: Answer = serde_json::from_str(text)?;
        Ok(Self::Of(Held {
            relations: answer.relations.into_iter().map(|relation| (relation.name, relation.held)).collect(),
            functions: answer.functions.into_iter().map(|function| (function.name, function.arguments)).collect(),
        }))
    }

    pub(super) fn column(&self, relation: &QualifiedName, column: &str, privilege: OnColumn) -> bool {
        let Self::Of(held) = self else { return true };
        held.relations.get(relation).is_some_and(|on| {
            let columns = match privilege {
                OnColumn::Select => &on.select,
                OnColumn::Insert => &on.insert,
                OnColumn::Update => &on.update,
            };
            match columns {
                Columns::Whole(all) => *all,
                Columns::Named(names) => names.contains(column),
            }
        })
    }

    pub(super) fn delete(&self, relation: &QualifiedName) -> bool {
        let Self::Of(held) = self else { return true };
        held.relations.get(relation).is_some_and(|on| on.delete)
    }

    pub(super) fn execute(&self, function: &Function) -> bool {
        let Self::Of(held) = self else { return true };
        let inputs = function.arguments.iter().filter(|argument| argument.mode.is_input());
        let arguments = inputs.map(|argument: &catalog::Argument| ArgumentType::of(&argument.data_type)).collect();
        held.functions.contains(&(function.signature.name.clone(), arguments))
    }
}

#[derive(Deserialize)]
struct Answer {
    relations: Vec<RelationAnswer>,
    functions: Vec<FunctionAnswer>,
}

#[derive(Deserialize)]
struct RelationAnswer {
    name: QualifiedName,
    #[serde(flatten)]
    held: OnRelation,
}

#[derive(Deserialize)]
struct FunctionAnswer {
    name: QualifiedName,
    arguments: Vec<ArgumentType>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct OnRelation {
    select: Columns,
    insert: Columns,
    update: Columns,
    delete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Columns {
    Whole(bool),
    Named(BTreeSet<String>),
}

/// A type by its name and not by its SQL, which depends on the session's `search_path`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ArgumentType {
    name: QualifiedName,
    array: bool,
}

impl ArgumentType {
    fn of(data_type: &DataType) -> Self {
        Self { name: data_type.name.clone(), array: data_type.array }
    }
}

impl<'de> Deserialize<'de> for ArgumentType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // A name that ends in brackets of its own ends in a quote.
        let (name, array) = text.strip_suffix("[]").map_or((text.as_str(), false), |element| (element, true));
        Ok(Self { name: name.parse().map_err(D::Error::custom)?, array })
    }
}
