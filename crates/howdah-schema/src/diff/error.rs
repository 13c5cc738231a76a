//! Why there is no plan.

use crate::Catalog;
use crate::catalog::Unmodelled;

/// Why two catalogs cannot be compared, or no order of statements leads from one to the other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// Objects of kinds that Howdah does not know, in either catalog.
    #[error("{} cannot be compared: {}. Howdah does not know objects of this kind; take them out of what is compared, or manage them by hand-written migrations in a schema of their own",
        if objects.len() == 1 { "an object" } else { "objects" },
        list(objects.iter().map(|object| format!("{} {}", object.kind, object.name))))]
    Unmodelled {
        /// Which.
        objects: Vec<Unmodelled>,
    },
    /// Objects that need each other.
    #[error("these objects need each other in a circle, so none can be made first: {}. Break it: let one of them do without the other", list(objects.iter().cloned()))]
    Circular {
        /// Which, in SQL's words.
        objects: Vec<String>,
    },
}

impl DiffError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unmodelled { .. } => "diff-unmodelled",
            Self::Circular { .. } => "diff-circular",
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// What is the same on both sides is refused too: whether it is the same cannot be known.
pub(super) fn refuse_unmodelled(from: &Catalog, to: &Catalog) -> Result<(), DiffError> {
    let mut objects: Vec<Unmodelled> = from.unmodelled.iter().chain(&to.unmodelled).cloned().collect();
    objects.sort();
    objects.dedup();
    if objects.is_empty() { Ok(()) } else { Err(DiffError::Unmodelled { objects }) }
}
