//! What must be done in one transaction.
//!
//! A view that is dropped and made again, a table and the row-level security that comes after it, policies of which one takes
//! another's place: between the first and the last of these steps nothing may be committed, or others see what was never meant
//! to be seen.

use crate::QualifiedName;
use crate::catalog::ObjectId;
use crate::diff::step::{Step, Verb};
use std::collections::BTreeMap;

/// For each such group, where it begins and ends.
#[derive(Debug, Default)]
pub(super) struct Together {
    groups: BTreeMap<Group, Extent>,
    /// From the first rename to the last thing that may stand in for what had the old name.
    renames: Option<Extent>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// Tables, views, sequences and types.
    Name(QualifiedName),
    /// Functions of that name.
    Routine(QualifiedName),
    /// Which rows who may see.
    Policies(QualifiedName),
    /// What is done when rows are written.
    Triggers(QualifiedName),
    Object(ObjectId),
}

#[derive(Debug, Clone, Copy)]
struct Extent {
    first: usize,
    last: usize,
    /// Something comes or goes within it.
    matters: bool,
    drops: bool,
}

impl Together {
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut together = Self::default();
        for (at, step) in steps.iter().enumerate() {
            if let Some(group) = group(&step.object) {
                let fresh = Extent { first: at, last: at, matters: false, drops: false };
                let extent = together.groups.entry(group).or_insert(fresh);
                extent.last = at;
                extent.matters |= matches!(step.verb, Verb::Create | Verb::Drop);
                extent.drops |= step.verb == Verb::Drop;
            }
        }
        let renames = |step: &Step| step.verb == Verb::Rename && group(&step.object).is_some();
        let stands_in =
            |step: &Step| step.verb == Verb::Create && matches!(step.object, ObjectId::View(_) | ObjectId::Function(_));
        together.renames = steps.iter().position(renames).and_then(|first| {
            let last = steps.iter().rposition(stands_in)?;
            Some(Extent { first, last, matters: true, drops: false })
        });
        together
    }

    /// Whether a commit at step `at`, which is about `object`, comes between the steps of some other group.
    pub(super) fn is_parted(&self, at: usize, object: &ObjectId) -> bool {
        let own = group(object);
        let others = self.groups.iter().filter(|(group, _)| Some(*group) != own.as_ref()).map(|(_, extent)| extent);
        others.chain(&self.renames).any(|extent| extent.matters && extent.first < at && at < extent.last)
    }

    /// Whether `object` has been dropped or changed before step `at`, and is made by it.
    pub(super) fn has_begun(&self, at: usize, object: &ObjectId) -> bool {
        self.extent(object).is_some_and(|extent| extent.matters && extent.first < at)
    }

    /// Whether an object is dropped, be it only to be made again.
    pub(super) fn is_replaced(&self, object: &ObjectId) -> bool {
        self.extent(object).is_some_and(|extent| extent.drops)
    }

    fn extent(&self, object: &ObjectId) -> Option<&Extent> {
        group(object).and_then(|group| self.groups.get(&group))
    }
}

/// None for an index: a query that misses it is slow, no more.
fn group(object: &ObjectId) -> Option<Group> {
    Some(match object {
        ObjectId::Index(_) | ObjectId::Statistics(_) => return None,
        ObjectId::Table(name) | ObjectId::View(name) | ObjectId::Sequence(name) | ObjectId::Type(name) => {
            Group::Name(name.clone())
        }
        ObjectId::Function(signature) | ObjectId::Aggregate(signature) => Group::Routine(signature.name.clone()),
        ObjectId::Policy(table, _) => Group::Policies(table.clone()),
        ObjectId::Trigger(table, _) | ObjectId::Rule(table, _) => Group::Triggers(table.clone()),
        object => Group::Object(object.clone()),
    })
}
