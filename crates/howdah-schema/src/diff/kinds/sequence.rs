//! Sequences, but for those behind identity columns.
//!
//! Where one stands is data and kept. That has one limit: when the first number it may give is raised, the next one it gives
//! must be within its bounds again.

use crate::catalog::{ObjectId, Sequence, SequenceOwner};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, Literal};

/// Says whose column the sequence is, when that is another than in `from`. Both must have the same owner by then, or the
/// sequence must be about to get its owner together with the table.
pub(in crate::diff) fn ownership(from: Option<&Sequence>, to: &Sequence) -> Option<Step> {
    if from.and_then(|from| from.owned_by.as_ref()) == to.owned_by.as_ref() {
        return None;
    }
    let owner = to
        .owned_by
        .as_ref()
        .map_or_else(|| "NONE".to_owned(), |SequenceOwner { table, column }| format!("{table}.{}", Ident::new(column)));
    Some(to.alter(&format!("OWNED BY {owner}")))
}

/// The least and the greatest value of a type.
fn limits(data_type: &str) -> (i64, i64) {
    match data_type {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

/// The bounds of a sequence that is told none.
pub(in crate::diff) fn usual_bounds(data_type: &str, increment: i64) -> (i64, i64) {
    let (least, greatest) = limits(data_type);
    if increment > 0 { (1, greatest) } else { (least, -1) }
}

impl Sequence {
    fn id(&self) -> ObjectId {
        ObjectId::Sequence(self.name.clone())
    }

    fn alter(&self, action: &str) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER SEQUENCE {} {action}", self.name))
    }

    /// The value that it begins with, when it is told none.
    fn first(&self) -> i64 {
        if self.increment > 0 { self.min } else { self.max }
    }

    /// A sequence made by CREATE SEQUENCE with this type and increment and not a word more.
    fn plain(&self, data_type: &str, increment: i64) -> Self {
        let (min, max) = usual_bounds(data_type, increment);
        let start = if increment > 0 { min } else { max };
        let data_type = data_type.to_owned();
        Self { data_type, increment, min, max, start, cache: 1, cycle: false, ..self.clone() }
    }

    /// The options that differ from `from`'s, in the order of the manual.
    fn options(&self, from: &Self) -> Vec<String> {
        let mut options = Vec::new();
        if self.data_type != from.data_type {
            options.push(format!("AS {}", self.data_type));
        }
        if self.increment != from.increment {
            options.push(format!("INCREMENT BY {}", self.increment));
        }
        let (min, max) = from.bounds_as(&self.data_type);
        if self.min != min {
            options.push(format!("MINVALUE {}", self.min));
        }
        if self.max != max {
            options.push(format!("MAXVALUE {}", self.max));
        }
        if self.start != from.start {
            options.push(format!("START WITH {}", self.start));
        }
        if self.cache != from.cache {
            options.push(format!("CACHE {}", self.cache));
        }
        if self.cycle != from.cycle {
            options.push(if self.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
        }
        options
    }

    /// Its bounds after ALTER SEQUENCE … AS: those that are the old type's limits become the new type's.
    fn bounds_as(&self, data_type: &str) -> (i64, i64) {
        if self.data_type == data_type {
            return (self.min, self.max);
        }
        let (least, greatest) = limits(&self.data_type);
        let (min, max) = limits(data_type);
        (if self.min == least { min } else { self.min }, if self.max == greatest { max } else { self.max })
    }

    /// What becomes of it when the column that it numbers gets another type.
    pub(in crate::diff) fn following(&self, data_type: &str) -> Self {
        let (min, max) = self.bounds_as(data_type);
        Self { data_type: data_type.to_owned(), min, max, ..self.clone() }
    }

    fn alter_options(&self, from: &Self) -> Option<Step> {
        let options = self.options(from);
        (!options.is_empty()).then(|| self.alter(&options.join(" ")))
    }

    /// Steps on to the first value of `to`, if it stands before it.
    fn catch_up(&self, to: &Self) -> Step {
        let (first, before) = if to.increment > 0 { (to.min, "<") } else { (to.max, ">") };
        let sql = format!(
            "SELECT pg_catalog.setval({}, {first}, false) FROM {} WHERE last_value {before} {first}",
            Literal::text(to.name.to_string()),
            to.name,
        );
        Step::new(Verb::Data, to.id(), sql)
    }

    /// A sequence within whose bounds those of both are.
    fn with_room_for(&self, to: &Self) -> Self {
        let size = |sequence: &Self| limits(&sequence.data_type).1;
        let wider = if size(to) > size(self) { to } else { self };
        Self {
            data_type: wider.data_type.clone(),
            min: self.min.min(to.min),
            max: self.max.max(to.max),
            ..self.clone()
        }
    }
}

impl Kind for &Sequence {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let mut options = Vec::new();
        if self.data_type != "bigint" {
            options.push(format!("AS {}", self.data_type));
        }
        if self.increment != 1 {
            options.push(format!("INCREMENT BY {}", self.increment));
        }
        let plain = Sequence { start: self.first(), ..self.plain(&self.data_type, self.increment) };
        options.extend(self.options(&plain));
        let options = match options.as_slice() {
            [] => String::new(),
            [option] => format!(" {option}"),
            options => format!("\n    {}", options.join("\n    ")),
        };
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        vec![Step::new(Verb::Create, self.id(), format!("CREATE {unlogged}SEQUENCE {}{options}", self.name))]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        let step = Step::new(Verb::Drop, self.id(), format!("DROP SEQUENCE {}", self.name));
        vec![step.losing(format!("sequence {} and where it stands", self.name), None)]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let mut steps = Vec::new();
        // While it belongs to a table's column, it has the table's owner.
        if self.owned_by.is_some() && to.owned_by.is_none() && self.owner != to.owner {
            steps.extend(ownership(Some(self), to));
        }
        if self.unlogged != to.unlogged {
            steps.push(to.alter(if to.unlogged { "SET UNLOGGED" } else { "SET LOGGED" }));
        }
        let raised = if to.increment > 0 { to.min > self.min } else { to.max < self.max };
        let within = (self.min..=self.max).contains(&to.first());
        if raised && !within {
            let between = self.with_room_for(to);
            steps.extend(between.alter_options(self));
            steps.push(between.catch_up(to));
            steps.extend(to.alter_options(&between));
        } else {
            steps.extend(raised.then(|| self.catch_up(to)));
            steps.extend(to.alter_options(self));
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        let noun = format!("SEQUENCE {}", self.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.comment.clone(),
            owner: Some((noun.clone(), self.owner.clone())),
            privileges: Some((noun, self.acl.clone())),
            ..Facets::default()
        }
    }
}

#[cfg(test)]
mod tests;
