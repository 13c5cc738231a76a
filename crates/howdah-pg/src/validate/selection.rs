//! Which tables and checks.

use super::Check;
use crate::QualifiedName;
use howdah_schema::{Catalog, nearest};
use std::collections::BTreeSet;

/// What to validate, and how much to tell.
#[derive(Debug, Clone)]
pub struct ValidateOptions {
    /// Tables, as [`matches_pattern`] reads them; empty for all. A partition also goes by its partitioned table's name.
    pub tables: Vec<String>,
    /// Checks; empty for all.
    pub checks: BTreeSet<Check>,
    /// How many offending rows are named for each finding.
    pub limit: u32,
    /// How long to wait for a table that another session has locked, in milliseconds.
    pub lock_timeout_ms: u32,
    /// Larger tables are scanned in pieces of so many pages, each with a snapshot of its own.
    pub pages_at_once: u32,
}

impl Default for ValidateOptions {
    fn default() -> Self {
        // 131,072 pages are 1 GiB.
        Self { tables: Vec::new(), checks: BTreeSet::new(), limit: 10, lock_timeout_ms: 5_000, pages_at_once: 131_072 }
    }
}

impl ValidateOptions {
    pub(super) fn wants(&self, check: Check) -> bool {
        self.checks.is_empty() || self.checks.contains(&check)
    }
}

/// Whether a name fits a pattern: `*` stands for any characters, `?` for one; a pattern without a dot fits the name in
/// whatever schema.
pub fn matches_pattern(pattern: &str, name: &QualifiedName) -> bool {
    let fits = |text: &str| {
        let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        glob(&pattern, &text)
    };
    // A dot may be part of a table's name, and then stands in a pattern that means no schema.
    fits(&name.name) || (pattern.contains('.') && fits(&format!("{}.{}", name.schema, name.name)))
}

fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where to go on when what came after the last star does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || text.get(from) == Some(wanted) => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                Some((after, eaten)) => {
                    retry = Some((after, eaten + 1));
                    (at, from) = (after, eaten + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

/// The tables and materialized views that were chosen; `Err` with the pattern that fits none and the nearest name.
pub(super) fn chosen(
    catalog: &Catalog,
    patterns: &[String],
) -> Result<BTreeSet<QualifiedName>, (String, Option<String>)> {
    let names = || {
        let views = catalog.views.values().filter(|view| view.materialized).map(|view| &view.name);
        catalog.tables.keys().chain(views)
    };
    if patterns.is_empty() {
        return Ok(names().cloned().collect());
    }
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        let before = chosen.len();
        let mut any = false;
        for name in names().filter(|name| lineage(catalog, name).any(|name| matches_pattern(pattern, name))) {
            any = true;
            chosen.insert(name.clone());
        }
        if !any && chosen.len() == before {
            let bare = pattern.rsplit_once('.').map_or(pattern.as_str(), |(_, name)| name);
            let near = nearest(bare, names().map(|name| name.name.as_str())).map(str::to_owned);
            return Err((pattern.clone(), near));
        }
    }
    Ok(chosen)
}

/// A table and the partitioned tables that it is a part of, upwards.
pub(super) fn lineage<'a>(catalog: &'a Catalog, name: &'a QualifiedName) -> impl Iterator<Item = &'a QualifiedName> {
    let parent = |name: &&'a QualifiedName| {
        catalog.tables.get(*name).and_then(|table| table.partition_of.as_ref()).map(|part| &part.parent)
    };
    std::iter::successors(Some(name), parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let name = QualifiedName::new("shop", "order_lines");
        for (pattern, fits) in [
            ("order_lines", true),
            ("order_*", true),
            ("*lines", true),
            ("*_*s", true),
            ("order?lines", true),
            ("shop.*", true),
            ("*.order_lines", true),
            ("shop", false),
            ("order", false),
            ("public.*", false),
            ("order_line", false),
            ("*x*", false),
            ("", false),
            ("*", true),
        ] {
            assert_eq!(matches_pattern(pattern, &name), fits, "{pattern}");
        }
        assert!(matches_pattern("v1.2", &QualifiedName::new("public", "v1.2")));
        assert!(matches_pattern("na*😀", &QualifiedName::new("public", "naïve 😀")));
    }
}
