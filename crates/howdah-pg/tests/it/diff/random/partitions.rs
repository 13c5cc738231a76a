//! Partitions by list, range or hash, and one for the rest.

use super::dice::Dice;
use super::model::{Model, Name, Table};
use super::render::{Sql, quote};

#[derive(Debug, Clone)]
pub(super) struct Partitions {
    by: By,
    /// Each with its value, or the lower end of its range, or its remainder.
    parts: Vec<(Name, u16)>,
    rest: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    List,
    Range,
    Hash,
}

/// The modulus of hashes.
const PARTS: u16 = 2;

impl Partitions {
    pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) -> Self {
        let by = [By::List, By::Range, By::Hash, By::Range][dice.below(4)];
        let first = u16::from(by != By::Hash);
        let parts = (first..first + PARTS).map(|value| (model.name("p"), value)).collect();
        let rest = (by != By::Hash && dice.once_in(3)).then(|| model.name("p"));
        Self { by, parts, rest }
    }

    /// One comes or goes, never the last.
    pub(super) fn change(&mut self, name: Name, dice: &mut Dice<'_>) {
        match (dice.below(3), self.by) {
            (0, _) if self.parts.len() > 1 => drop(self.parts.pop()),
            (1, By::List | By::Range) => {
                self.rest = match self.rest {
                    Some(_) => None,
                    None => Some(name),
                }
            }
            _ => {
                let value = self.parts.iter().map(|(_, value)| *value + 1).max().unwrap_or(1);
                if self.by != By::Hash || value < PARTS {
                    self.parts.push((name, value));
                }
            }
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().map(|(name, _)| name).chain(&self.rest)
    }

    pub(super) fn names_mut(&mut self) -> impl Iterator<Item = &mut Name> {
        self.parts.iter_mut().map(|(name, _)| name).chain(&mut self.rest)
    }

    /// What a row holds that has its place here.
    pub(super) fn value(&self, row: u16) -> u16 {
        if row == 3 && self.rest.is_some() {
            return 999;
        }
        let (_, value) = self.parts[usize::from(row) % self.parts.len()];
        if self.by == By::Range { value * 10 + row } else { value }
    }

    pub(super) fn by(&self, column: &str) -> String {
        let by = match self.by {
            By::List => "list",
            By::Range => "range",
            By::Hash => "hash",
        };
        format!(" partition by {by} ({column})")
    }

    fn bounds(&self, value: u16) -> String {
        match self.by {
            By::List => format!("in ({value})"),
            By::Range => format!("from ({}) to ({})", value * 10, value * 10 + 10),
            By::Hash => format!("with (modulus {PARTS}, remainder {value})"),
        }
    }
}

impl Sql<'_> {
    pub(super) fn partitions(&mut self, table: &Table, parent: &str) {
        let Some(partitions) = &table.partitions else { return };
        let schema = self.schema(table.object.schema);
        let bounds =
            partitions.parts.iter().map(|(name, value)| (name, format!("for values {}", partitions.bounds(*value))));
        for (name, bounds) in bounds.chain(partitions.rest.iter().map(|name| (name, "default".to_owned()))) {
            self.moved(name, table.object.schema);
            self.line(&format!("create table {schema}.{} partition of {parent} {bounds};", quote(&name.name)));
        }
    }
}
