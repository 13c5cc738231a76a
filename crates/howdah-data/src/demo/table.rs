//! What a template says about one of its tables: how many rows, under which role, and where they come from.

use super::world::{Someone, World};
use crate::copy::RowWriter;

/// The role the rows are inserted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `service_role`: everything the API serves.
    Service,
    /// `howdah_auth`: the accounts.
    Auth,
}

impl Role {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Service => "service_role",
            Self::Auth => "howdah_auth",
        }
    }
}

/// Whose rows they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    /// Each person has their own: the source runs once for each.
    Person,
    /// They belong to the set as a whole: the source runs once, under the first person's name.
    Set,
}

/// How many rows each person, or the set, gets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Share {
    /// The same however many rows are asked for.
    Fixed(u64),
    /// So many thousandths of its rows, within limits. The upper one keeps a large demo believable: nobody has
    /// sixty thousand contacts.
    PerMille { weight: u64, least: u64, most: u64 },
    /// So many a day at most, over the whole history; else like `PerMille`.
    PerDay { weight: u64, least: u64, most_a_day: u64 },
    /// As many as another table has, in thousandths of it.
    Of { table: &'static str, per_mille: u64, least: u64 },
    /// What the other tables leave.
    Rest { least: u64 },
}

/// A table and its rows.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) schema: &'static str,
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    pub(crate) per: Per,
    pub(crate) share: Share,
    /// The columns its rows set. Those that are not here keep their defaults.
    pub(crate) columns: &'static [&'static str],
    /// Whether a trigger makes these rows along with a new account: then they give way to the ones here.
    pub(crate) replaces: bool,
    pub(crate) rows: for<'w> fn(&'w World, &'w Someone) -> Box<dyn Source + 'w>,
}

/// A template the demo knows.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: &'static str,
    /// Tables of schema public that tell the template from the others.
    pub(crate) marks: &'static [&'static str],
    /// In the order of loading: what is referenced comes first.
    pub(crate) tables: &'static [&'static [Table]],
}

impl Template {
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'static Table> + use<> {
        let groups: &'static [&'static [Table]] = self.tables;
        groups.iter().flat_map(|group| group.iter())
    }
}

/// Rows in order. Each step writes one or a few that belong together, so that a source holds little.
pub(crate) trait Source: Send {
    /// Writes the next rows; false when there are none left.
    fn step(&mut self, out: &mut RowWriter) -> bool;
}

/// Rows that know each other by their number alone.
struct Numbered<F> {
    next: u64,
    count: u64,
    write: F,
}

impl<F: FnMut(u64, &mut RowWriter) + Send> Source for Numbered<F> {
    fn step(&mut self, out: &mut RowWriter) -> bool {
        if self.next >= self.count {
            return false;
        }
        (self.write)(self.next, out);
        self.next += 1;
        true
    }
}

/// A source that calls `write` with 0 to `count` − 1.
pub(crate) fn numbered<'w>(count: u64, write: impl FnMut(u64, &mut RowWriter) + Send + 'w) -> Box<dyn Source + 'w> {
    Box::new(Numbered { next: 0, count, write })
}
