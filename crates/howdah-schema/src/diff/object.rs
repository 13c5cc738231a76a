//! One object of a catalog, whatever its kind, and what every kind must know to do.

use super::Context;
use super::step::Step;
use crate::QualifiedName;
use crate::catalog::{
    Acl, Aggregate, Cast, Collation, Column, Comment, Composite, Constraint, DefaultPrivilege, Domain, DomainCheck,
    Enum, EventTrigger, Extension, Function, Grant, Index, Operator, OperatorClass, OperatorFamily, Policy,
    Publication, Range, Role, Rule, Schema, Sequence, Statistics, Table, TextSearchConfiguration, TextSearchDictionary,
    Trigger, View,
};

/// What became of an object that both catalogs have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing, or only its owner, its privileges or its comment.
    Same,
    /// These statements change it in place.
    Alter(Vec<Step>),
    /// It must be dropped and made again, and so must what depends on it.
    Replace,
    /// It holds rows, or columns are made of it: it must be made beside itself, the rows carried over.
    Rewrite,
}

impl Change {
    /// `Same` without statements.
    pub(super) fn from_steps(steps: Vec<Step>) -> Self {
        if steps.is_empty() { Self::Same } else { Self::Alter(steps) }
    }
}

/// What every kind of object must know to do. Owner, privileges and comment are not its business: see [`Facets`].
pub(super) trait Kind: Copy {
    /// Makes it, as it is in the catalog that `self` comes from. Everything it needs is there.
    fn create(self, context: &Context<'_>) -> Vec<Step>;

    /// Takes it away. Everything that needs it is gone.
    fn drop(self, context: &Context<'_>) -> Vec<Step>;

    /// What leads from `self` to `to`, which has the same identity.
    fn change(self, to: Self, context: &Context<'_>) -> Change;

    /// What all kinds have in common.
    fn facets(self) -> Facets;
}

/// Owner, privileges and comment of an object, and how SQL calls it there.
#[derive(Debug, Clone, Default)]
pub(super) struct Facets {
    /// As after COMMENT ON: `TABLE public.tasks`, `CONSTRAINT c ON public.tasks`. Empty: it can have no comment.
    pub(super) comment_on: String,
    /// Its comment.
    pub(super) comment: Comment,
    /// As between ALTER and OWNER TO: `TABLE public.tasks`; and the owner. `None` where there is no owner of its own.
    pub(super) owner: Option<(String, String)>,
    /// As after GRANT … ON: `TABLE public.tasks`, `FUNCTION f(integer)`; and the privileges. `None` where there are none.
    pub(super) privileges: Option<(String, Acl)>,
    /// Of a column: the relation as after GRANT … ON, the column, its grants, and the relation's owner.
    pub(super) column_grants: Option<(String, String, Vec<Grant>, String)>,
}

/// A table or materialized view, or a view: what indexes, triggers and rules stand on.
#[derive(Debug, Clone, Copy)]
pub(super) enum On<'a> {
    Table(&'a Table),
    View(&'a View),
}

impl<'a> On<'a> {
    pub(super) fn name(self) -> &'a QualifiedName {
        match self {
            Self::Table(table) => &table.name,
            Self::View(view) => &view.name,
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnOf<'a> {
    pub(super) table: &'a Table,
    pub(super) column: &'a Column,
}

/// A column's default or generation expression, which comes and goes by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct DefaultOf<'a> {
    pub(super) table: &'a Table,
    pub(super) column: &'a Column,
}

/// What can be said of a column of a view: its default, its comment, its grants.
#[derive(Debug, Clone, Copy)]
pub(super) struct ViewColumnOf<'a> {
    pub(super) view: &'a View,
    pub(super) column: &'a Column,
}

/// A constraint of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConstraintOf<'a> {
    pub(super) table: &'a Table,
    pub(super) constraint: &'a Constraint,
}

/// A check of a domain.
#[derive(Debug, Clone, Copy)]
pub(super) struct DomainCheckOf<'a> {
    pub(super) domain: &'a Domain,
    pub(super) check: &'a DomainCheck,
}

/// The sequence behind an identity column. It comes and goes with the column; of its own it has grants and a comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct IdentityOf<'a> {
    pub(super) table: &'a Table,
    pub(super) sequence: &'a Sequence,
}

/// An index. That behind a constraint comes and goes with it; of its own it has settings and a comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexOf<'a> {
    pub(super) on: On<'a>,
    pub(super) index: &'a Index,
}

/// A trigger.
#[derive(Debug, Clone, Copy)]
pub(super) struct TriggerOf<'a> {
    pub(super) on: On<'a>,
    pub(super) trigger: &'a Trigger,
}

/// A rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleOf<'a> {
    pub(super) on: On<'a>,
    pub(super) rule: &'a Rule,
}

/// A policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct PolicyOf<'a> {
    pub(super) table: &'a Table,
    pub(super) policy: &'a Policy,
}

/// All default privileges of one role in one schema or in all: one entry for each kind of object.
#[derive(Debug, Clone, Copy)]
pub(super) struct DefaultPrivilegesOf<'a> {
    pub(super) settings: &'a [DefaultPrivilege],
}

macro_rules! objects {
    ($($variant:ident($kind:ty)),* $(,)?) => {
        /// One object of a catalog.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Object<'a> {
            $($variant($kind)),*
        }

        impl<'a> Object<'a> {
            pub(super) fn create(self, context: &Context<'_>) -> Vec<Step> {
                match self { $(Self::$variant(object) => object.create(context)),* }
            }

            pub(super) fn drop(self, context: &Context<'_>) -> Vec<Step> {
                match self { $(Self::$variant(object) => object.drop(context)),* }
            }

            /// Objects of different kinds, such as a domain that became an enum, stand for each other only by name.
            pub(super) fn change(self, to: Object<'a>, context: &Context<'_>) -> Change {
                match (self, to) {
                    $((Self::$variant(from), Self::$variant(to)) => from.change(to, context),)*
                    // A serial column that became an identity column, and back.
                    (Self::Sequence(_), Self::IdentitySequence(_)) | (Self::IdentitySequence(_), Self::Sequence(_)) => {
                        Change::Replace
                    }
                    _ => Change::Rewrite,
                }
            }

            pub(super) fn facets(self) -> Facets {
                match self { $(Self::$variant(object) => object.facets()),* }
            }
        }
    };
}

objects! {
    Role(&'a Role),
    Schema(&'a Schema),
    Extension(&'a Extension),
    DefaultPrivileges(DefaultPrivilegesOf<'a>),
    Collation(&'a Collation),
    Enum(&'a Enum),
    Domain(&'a Domain),
    Composite(&'a Composite),
    Range(&'a Range),
    DomainCheck(DomainCheckOf<'a>),
    Function(&'a Function),
    Operator(&'a Operator),
    OperatorFamily(&'a OperatorFamily),
    OperatorClass(&'a OperatorClass),
    Aggregate(&'a Aggregate),
    Cast(&'a Cast),
    TextSearchDictionary(&'a TextSearchDictionary),
    TextSearchConfiguration(&'a TextSearchConfiguration),
    Sequence(&'a Sequence),
    IdentitySequence(IdentityOf<'a>),
    Table(&'a Table),
    Column(ColumnOf<'a>),
    ViewColumn(ViewColumnOf<'a>),
    Default(DefaultOf<'a>),
    Constraint(ConstraintOf<'a>),
    Index(IndexOf<'a>),
    Statistics(&'a Statistics),
    View(&'a View),
    Rule(RuleOf<'a>),
    Trigger(TriggerOf<'a>),
    Policy(PolicyOf<'a>),
    Publication(&'a Publication),
    EventTrigger(&'a EventTrigger),
}
