//! Names of constants for whatever the database calls its objects.

use crate::QualifiedName;
use std::collections::BTreeSet;

/// Names that are given out.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name of its own. It holds a `_`, so that no helper has it, and no `$`, which parts of it are set off by.
    pub(super) fn give(&mut self, name: &QualifiedName) -> String {
        let plain = |text: &str| -> String {
            text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
        };
        let schema = plain(&name.schema);
        let start = if schema.starts_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
        let wanted = format!("{start}{schema}_{}", plain(&name.name));
        let mut given = wanted.clone();
        let mut number = 1;
        while !self.taken.insert(given.clone()) {
            number += 1;
            given = format!("{wanted}_{number}");
        }
        given
    }
}
