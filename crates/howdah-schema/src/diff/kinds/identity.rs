//! Identity columns and the sequences behind them.

use super::sequence::usual_bounds;
use crate::catalog::{Column, Identity, ObjectId, Sequence, Table};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, IdentityOf, Kind};
use crate::diff::step::{Step, Verb};
use crate::{Ident, Literal};

/// The options that are not the usual ones.
fn options(sequence: &Sequence) -> Vec<String> {
    let (min, max) = usual_bounds(&sequence.data_type, sequence.increment);
    let start = if sequence.increment > 0 { sequence.min } else { sequence.max };
    let mut options = Vec::new();
    if sequence.start != start {
        options.push(format!("START WITH {}", sequence.start));
    }
    if sequence.increment != 1 {
        options.push(format!("INCREMENT BY {}", sequence.increment));
    }
    if sequence.min != min {
        options.push(format!("MINVALUE {}", sequence.min));
    }
    if sequence.max != max {
        options.push(format!("MAXVALUE {}", sequence.max));
    }
    if sequence.cache != 1 {
        options.push(format!("CACHE {}", sequence.cache));
    }
    if sequence.cycle {
        options.push("CYCLE".to_owned());
    }
    options
}

/// `GENERATED … AS IDENTITY (…)`.
pub(super) fn definition(table: &Table, column: &Column, identity: &Identity) -> String {
    let when = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
    let mut sql = format!("GENERATED {when} AS IDENTITY");
    if let Some(sequence) = &identity.sequence {
        let mut options = options(sequence);
        let usual = format!("{}_{}_seq", table.name.name, column.name);
        if sequence.name.name != usual || sequence.name.schema != table.name.schema {
            options.insert(0, format!("SEQUENCE NAME {}", sequence.name));
        }
        if !options.is_empty() {
            sql += &format!(" ({})", options.join(" "));
        }
    }
    sql
}

/// The statements that lead from one identity of a column to the other.
pub(super) fn steps(table: &Table, from: &Column, to: &Column, context: &Context<'_>) -> Vec<Step> {
    let id = ObjectId::Column(table.name.clone(), to.name.clone());
    let name = Ident::new(&to.name);
    let alter = |action: String| {
        Step::new(Verb::Alter, id.clone(), format!("ALTER TABLE {} ALTER COLUMN {name} {action}", table.name))
    };
    match (&from.identity, &to.identity) {
        (None, None) => Vec::new(),
        (Some(_), None) => vec![alter("DROP IDENTITY".to_owned())],
        (None, Some(identity)) => {
            let mut steps = vec![alter(format!("ADD {}", definition(table, to, identity)))];
            steps.extend(identity.sequence.as_ref().map(|sequence| set_position(table, to, sequence)));
            steps
        }
        (Some(from), Some(to)) => {
            let mut actions = Vec::new();
            if from.always != to.always {
                actions.push(format!("SET GENERATED {}", if to.always { "ALWAYS" } else { "BY DEFAULT" }));
            }
            let mut steps = Vec::new();
            if let (Some(from), Some(to)) = (&from.sequence, &to.sequence) {
                if from.name != to.name {
                    let sql = format!("ALTER SEQUENCE {} RENAME TO {}", from.name, Ident::new(&to.name.name));
                    steps.push(Step::new(Verb::Rename, id.clone(), sql));
                }
                // Its type has followed the column's.
                if let Change::Alter(options) = from.following(&to.data_type).change(to, context) {
                    steps.extend(options);
                }
            }
            if !actions.is_empty() {
                steps.push(alter(actions.join(" ")));
            }
            steps
        }
    }
}

/// A sequence that begins on a table with rows goes on after the last of them.
pub(in crate::diff) fn set_position(table: &Table, column: &Column, sequence: &Sequence) -> Step {
    let name = Ident::new(&column.name);
    let (last, next) = if sequence.increment > 0 { ("max", "+") } else { ("min", "-") };
    let sql = format!(
        "SELECT pg_catalog.setval({}, {last}({name}) {next} {}, false) FROM {} HAVING {last}({name}) IS NOT NULL",
        Literal::text(sequence.name.to_string()),
        sequence.increment.unsigned_abs(),
        table.name,
    );
    Step::new(Verb::Data, ObjectId::Column(table.name.clone(), column.name.clone()), sql)
}

impl Kind for IdentityOf<'_> {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        Vec::new()
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        Vec::new()
    }

    /// Its options are its column's.
    fn change(self, _: Self, _: &Context<'_>) -> Change {
        Change::Same
    }

    fn facets(self) -> Facets {
        let noun = format!("SEQUENCE {}", self.sequence.name);
        Facets {
            comment_on: noun.clone(),
            comment: self.sequence.comment.clone(),
            privileges: Some((noun, self.sequence.acl.clone())),
            // Its owner is its table's.
            owner: None,
            ..Facets::default()
        }
    }
}
