//! Operators, their families and classes, and casts.

use super::keyed::Keyed;
use super::{Comment, Signature};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Schema and name.
    pub name: QualifiedName,
    /// The left operand's type as SQL; `None` of a prefix operator.
    pub left: Option<String>,
    /// The right operand's type as SQL; `None` of a postfix operator, which none can be made as any more.
    pub right: Option<String>,
    /// Its owner.
    pub owner: String,
    /// What it calls, with the operands as arguments.
    pub function: QualifiedName,
    /// The operator that does the same with the operands swapped. May be itself.
    pub commutator: Option<QualifiedName>,
    /// The operator on the same operands with the opposite result.
    pub negator: Option<QualifiedName>,
    /// RESTRICT: estimates how many rows it selects.
    pub restrict: Option<QualifiedName>,
    /// JOIN: estimates how many pairs it joins.
    pub join: Option<QualifiedName>,
    /// HASHES: can be used for a hash join.
    pub hashes: bool,
    /// MERGES: can be used for a merge join.
    pub merges: bool,
    /// Its comment.
    pub comment: Comment,
}

impl Keyed for Operator {
    type Key = (QualifiedName, String, String);

    fn key(&self) -> Self::Key {
        let operand = |side: &Option<String>| side.clone().unwrap_or_else(|| "NONE".to_owned());
        (self.name.clone(), operand(&self.left), operand(&self.right))
    }
}

/// An operator family. One that CREATE OPERATOR CLASS made by itself is an object like any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorFamily {
    /// Schema and name.
    pub name: QualifiedName,
    /// Access method.
    pub method: String,
    /// Its owner.
    pub owner: String,
    /// Those that belong to none of its classes, by strategy and operands.
    pub operators: Vec<FamilyOperator>,
    /// Those that belong to none of its classes, by number and types.
    pub functions: Vec<FamilyFunction>,
    /// Its comment.
    pub comment: Comment,
}

impl Keyed for OperatorFamily {
    type Key = (QualifiedName, String);

    fn key(&self) -> Self::Key {
        (self.name.clone(), self.method.clone())
    }
}

/// An operator class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorClass {
    /// Schema and name.
    pub name: QualifiedName,
    /// Access method.
    pub method: String,
    /// Its owner.
    pub owner: String,
    /// Used when an index names none.
    pub default: bool,
    /// FOR TYPE, as SQL.
    pub data_type: String,
    /// FAMILY; of the same access method.
    pub family: QualifiedName,
    /// STORAGE, as SQL, if it is not the type itself.
    pub storage: Option<String>,
    /// By strategy and operands.
    pub operators: Vec<FamilyOperator>,
    /// By number and types.
    pub functions: Vec<FamilyFunction>,
    /// Its comment.
    pub comment: Comment,
}

impl Keyed for OperatorClass {
    type Key = (QualifiedName, String);

    fn key(&self) -> Self::Key {
        (self.name.clone(), self.method.clone())
    }
}

/// An operator in a class or family.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FamilyOperator {
    /// Strategy number.
    pub strategy: i16,
    /// Left operand's type as SQL, `NONE` where there is none.
    pub left: String,
    /// Right operand's type as SQL.
    pub right: String,
    /// Which.
    pub operator: QualifiedName,
    /// FOR ORDER BY this sort family of B-trees, rather than FOR SEARCH.
    pub order_by: Option<QualifiedName>,
}

/// A support function in a class or family.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FamilyFunction {
    /// Support number.
    pub support: i16,
    /// The left type it is for, as SQL.
    pub left: String,
    /// The right type it is for, as SQL.
    pub right: String,
    /// Which.
    pub function: Signature,
}

/// A cast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// From this type, as SQL.
    pub source: String,
    /// To this type, as SQL.
    pub target: String,
    /// How.
    pub method: CastMethod,
    /// When.
    pub context: CastContext,
    /// Its comment.
    pub comment: Comment,
}

impl Keyed for Cast {
    type Key = (String, String);

    fn key(&self) -> Self::Key {
        (self.source.clone(), self.target.clone())
    }
}

/// How a cast is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastMethod {
    /// WITH FUNCTION.
    Function(Signature),
    /// WITH INOUT: through text.
    Inout,
    /// WITHOUT FUNCTION: the bytes are the same.
    Binary,
}

/// When a cast is done without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastContext {
    /// Never.
    Explicit,
    /// AS ASSIGNMENT.
    Assignment,
    /// AS IMPLICIT: in expressions, too.
    Implicit,
}
