//! The statements that lead from one catalog to another.
//!
//! [`diff`] compares what each object is, decides for each whether it stays, is changed in place, or must be dropped and made
//! again, carries that decision on to what depends on it, and puts the statements into an order in which each finds what it
//! needs. It knows nothing but the two catalogs: it does not guess (a rename is declared, see [`renames`]), it does not ask,
//! and of an object whose kind it does not know it says so by name.
//!
//! Expressions are compared in their normalised form and written in the form the server gave, so a migrated database is dumped
//! to the same text as one that was built from nothing. The catalogs must be read with `IntrospectOptions::raw` for that.
//!
//! What it does not do: run anything, know how many rows there are, or judge what a statement costs (that is
//! [`crate::hazards`]).

mod classify;
mod error;
mod graph;
mod inventory;
mod kinds;
mod lineage;
mod object;
mod objects;
pub mod online;
pub mod renames;
pub mod render;
mod step;
mod unresolved;

pub use error::DiffError;
pub(crate) use kinds::table::ASIDE;
pub use step::{Loss, Operation, Plan, Step, Verb};
pub use unresolved::{Unresolved, unresolved};

use crate::Catalog;
use crate::catalog::ObjectId;
use crate::sql::normalise;
use classify::needs;
use inventory::{Inventory, Side};
use object::IndexOf;
use std::collections::BTreeSet;

/// How to plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiffOptions {
    /// Only objects of these kinds, as [`ObjectId::kind`] names them; all when empty.
    pub only: Vec<String>,
    /// A required column that comes back without a default gets the empty value of its type in the rows that are there: for
    /// the way back from a migration that dropped it, whose values are gone.
    pub fill_required: bool,
}

/// What the kinds of objects are told.
#[derive(Debug)]
pub(in crate::diff) struct Context<'a> {
    pub(in crate::diff) from: &'a Catalog,
    pub(in crate::diff) to: &'a Catalog,
    pub(in crate::diff) options: &'a DiffOptions,
    /// Parts of new tables that cannot stand within CREATE TABLE, because what they need needs the table.
    pub(in crate::diff) apart: BTreeSet<ObjectId>,
    /// Objects that are made beside themselves: see [`object::Change::Rewrite`].
    pub(in crate::diff) rewritten: BTreeSet<ObjectId>,
    /// Partitions that are made by themselves and attached when their indexes are there, so that these keep their names.
    pub(in crate::diff) attached: BTreeSet<ObjectId>,
    /// Columns of a table's row type that changes: they are text meanwhile.
    pub(in crate::diff) detoured: BTreeSet<ObjectId>,
    /// Partitions that are made with PARTITION OF.
    pub(in crate::diff) parted: BTreeSet<ObjectId>,
}

impl Context<'_> {
    /// Whether two deparsed texts mean the same.
    #[expect(clippy::unused_self, reason = "callers have the context at hand, not this module")]
    pub(in crate::diff) fn same_sql(&self, left: &str, right: &str) -> bool {
        same_sql(left, right)
    }

    /// Whether a part is made apart from its table; its id is only made up where that can be.
    pub(in crate::diff) fn is_apart(&self, id: impl FnOnce() -> ObjectId) -> bool {
        !self.apart.is_empty() && self.apart.contains(&id())
    }

    /// Whether the server makes an index together with the partition that it is on.
    pub(in crate::diff) fn comes_with_parent(&self, index: IndexOf<'_>) -> bool {
        index.index.parent.is_some() && self.parted.contains(&ObjectId::Table(index.on.name().clone()))
    }

    /// The major version of the server that the plan is for.
    pub(in crate::diff) fn major(&self) -> u32 {
        if self.from.postgres_major > 0 { self.from.postgres_major } else { self.to.postgres_major }
    }
}

/// Whether two deparsed texts mean the same.
pub(in crate::diff) fn same_sql(left: &str, right: &str) -> bool {
    left == right || normalise(left.to_owned()) == normalise(right.to_owned())
}

/// The statements that lead from `from` to `to`; none when the two are the same.
///
/// # Errors
/// An object of a kind that is not modelled stands in one of them; or objects need each other in a circle that cannot be broken.
pub fn diff(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Result<Plan, DiffError> {
    error::refuse_unmodelled(from, to)?;
    let mut context = Context {
        from,
        to,
        options,
        apart: BTreeSet::new(),
        rewritten: BTreeSet::new(),
        attached: BTreeSet::new(),
        detoured: BTreeSet::new(),
        parted: BTreeSet::new(),
    };
    let (ids, pairs) = inventory::pair(objects::objects(from, to), objects::objects(to, from));
    let inventory = Inventory::new(&ids, &pairs);
    let needed_before = needs(&inventory, Side::Before, &context);
    let states = classify::classify(&inventory, &needed_before, &mut context);
    let steps = graph::steps(&inventory, &needed_before, &states, &mut context)?;
    let wanted = |step: &Step| options.only.is_empty() || options.only.iter().any(|kind| *kind == step.object.kind());
    Ok(Plan { steps: steps.into_iter().filter(wanted).collect() })
}
