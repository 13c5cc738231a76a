//! Makes a plan gentle to a database in use.
//!
//! Statements that hold a lock for as long as it takes to read or write a whole table are put into others that do the long part
//! under a lock that lets reads and writes pass:
//!
//! | instead of | this |
//! |---|---|
//! | CREATE INDEX, DROP INDEX | the same CONCURRENTLY; a changed index is built beside the old one, which then makes way |
//! | ADD CHECK, ADD FOREIGN KEY | NOT VALID, then VALIDATE |
//! | ADD UNIQUE, ADD PRIMARY KEY | a unique index CONCURRENTLY, then the constraint USING it |
//! | SET NOT NULL | a check that is NOT VALID, VALIDATE, SET NOT NULL (which then reads nothing), and the check goes |
//! | ADD COLUMN with a default for each row | the column, its default for new rows, the old rows in batches, NOT NULL |
//! | ADD VALUE of an enum amid the rest | the same before the rest |
//! | DETACH PARTITION | the same CONCURRENTLY, unless the rows come back elsewhere in the same plan |
//!
//! What takes long is put off until the rest is done, so that the rest is one transaction: nobody sees a table without its
//! policies, or no view where one is dropped and made again. Where something waits for it, it stays in its place and parts
//! what is before from what is after; unless that would be seen (see the module `together`), for then it is done the plain way, under
//! its lock.
//!
//! Left as they are: tables that the plan itself makes, tables that are known to be small, and what PostgreSQL cannot do
//! otherwise: a change of type that rewrites the table, a foreign key of a partitioned table before PostgreSQL 18.

mod detach;
mod swap;
#[cfg(test)]
mod tests;
mod together;
mod values;

use super::step::{Operation, Plan, Step, Verb};
use crate::catalog::{Catalog, Constraint, ConstraintKind, ObjectId};
use crate::sql::reproducible;
use crate::sql::split::tokens;
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};
use together::Together;

/// Rows below which no lock is worth a detour.
pub const SMALL_TABLE_ROWS: u64 = 1_000;

/// Live rows of tables, as far as they are known.
pub type LiveRows = BTreeMap<QualifiedName, u64>;

/// Rows that a backfill changes at once.
const BATCH: u32 = 5_000;

/// Rewrites a plan that leads from `from` to `to`. Without sizes every table counts as large.
pub fn rewrite(plan: &Plan, from: &Catalog, to: &Catalog, sizes: &LiveRows) -> Plan {
    let mut pass = Pass {
        from,
        to,
        sizes,
        together: Together::default(),
        made: BTreeSet::new(),
        steps: Vec::new(),
        late_objects: BTreeSet::new(),
        late: Vec::new(),
        at_the_end: Vec::new(),
    };
    let steps = values::first(plan.steps.clone(), from);
    let steps = swap::indexes(&steps, &pass);
    let (early, steps) = swap::keys(steps, &pass);
    pass.together = Together::of(&steps);
    for at in 0..steps.len() {
        pass.step(&steps, at);
    }
    let all = [early, pass.steps, pass.late, pass.at_the_end].into_iter().flatten();
    Plan { steps: all.map(|step| Step { sql: reproducible(step.sql), ..step }).collect() }
}

struct Pass<'a> {
    from: &'a Catalog,
    to: &'a Catalog,
    sizes: &'a LiveRows,
    together: Together,
    /// Relations that the plan has made so far: nobody waits for them.
    made: BTreeSet<QualifiedName>,
    steps: Vec<Step>,
    /// What is put off until the rest is done.
    late_objects: BTreeSet<ObjectId>,
    late: Vec<Step>,
    /// What nothing else waits for.
    at_the_end: Vec<Step>,
}

/// Where statements go that cannot be in a transaction with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After the others.
    Late,
    /// Where the plain one stood.
    Here,
    /// Nowhere.
    Plain,
}

impl Pass<'_> {
    /// Whether somebody may be waiting for this relation.
    fn is_live(&self, relation: &QualifiedName) -> bool {
        let known = self.from.tables.contains_key(relation) || self.from.views.contains_key(relation);
        let small = self.sizes.get(relation).is_some_and(|rows| *rows < SMALL_TABLE_ROWS);
        known && !small && !self.made.contains(relation)
    }

    fn is_partitioned(&self, table: &QualifiedName) -> bool {
        self.from.tables.get(table).is_some_and(|table| table.partition_key.is_some())
    }

    fn step(&mut self, steps: &[Step], at: usize) {
        let Some((step, rest)) = steps.get(at..).and_then(<[Step]>::split_first) else { return };
        let step = step.clone();
        if self.late_objects.contains(&step.object) {
            let step = match &step.operation {
                Operation::DropIndex { partitioned: false, .. } => concurrently(step),
                _ => step,
            };
            self.late.push(step);
            return;
        }
        if step.verb == Verb::Create
            && let ObjectId::Table(name) | ObjectId::View(name) = &step.object
        {
            self.made.insert(name.clone());
        }
        match step.operation.clone() {
            Operation::CreateIndex { relation, name, partitioned: false } if self.is_live(&relation) => {
                // What is to be a partition needs its own before, and an index that this one replaces must go before what it
                // stands on.
                let is_awaited = self.is_part(&relation)
                    || is_to_join(&relation, rest)
                    || self.is_index_awaited(&step, &relation, &name, rest)
                    || swap::is_urgent(&step, &relation, rest);
                let place = self.place(at, &step, is_awaited);
                self.put(place, step.clone(), vec![concurrently(step)]);
            }
            Operation::DropIndex { relation, name, partitioned: false } if self.is_live(&relation) => {
                let is_awaited =
                    rest.iter().any(|later| !swap::is_foreign(later, &relation) || speaks_of(later, &name));
                let place = self.place(at, &step, is_awaited);
                self.put(place, step.clone(), vec![concurrently(step)]);
            }
            Operation::AddConstraint { table, constraint, index } if self.is_live(&table) => {
                self.add_constraint(step, &table, &constraint, index, (at, rest));
            }
            Operation::SetNotNull { table, column } if self.is_live(&table) => {
                // An identity wants it first, and so does a primary key.
                let is_awaited = is_to_join(&table, rest)
                    || self.is_changed_again(&step, rest)
                    || self.is_key_awaited(&table, &column, rest);
                let place = self.place(at, &step, is_awaited);
                let detour = set_not_null(step.clone(), &table, &column);
                self.put(place, step, detour);
            }
            Operation::AddVolatileColumn { table, column, bare, default, not_null } if self.is_live(&table) => {
                let is_awaited = self.is_part(&table)
                    || is_to_join(&table, rest)
                    || self.is_changed_again(&step, rest)
                    || self.is_key_awaited(&table, &column, rest);
                let place = self.place(at, &step, is_awaited);
                if !self.keeps_key(&table) || self.is_partitioned(&table) || place == Place::Plain {
                    self.steps.push(step);
                    return;
                }
                let make = |verb, sql: String| Step::new(verb, step.object.clone(), sql);
                let set = format!("ALTER TABLE {table} ALTER COLUMN {} SET DEFAULT {default}", Ident::new(&column));
                self.steps.push(make(Verb::Create, bare));
                self.steps.push(make(Verb::Alter, set));
                let filled = fill(&step, &table, &column, &default, not_null);
                match place {
                    // Its comment and the like need not wait.
                    Place::Late => self.late.extend(filled),
                    Place::Here | Place::Plain => self.steps.extend(filled),
                }
            }
            Operation::DetachPartition { parent, partition } if self.is_live(&partition) => {
                self.detach(step, &parent, &partition, (at, rest));
            }
            _ => self.steps.push(step),
        }
    }

    /// `is_awaited`: a later step needs what the step does.
    fn place(&self, at: usize, step: &Step, is_awaited: bool) -> Place {
        if self.together.has_begun(at, &step.object) {
            Place::Plain
        } else if !is_awaited {
            Place::Late
        } else if self.together.is_parted(at, &step.object) {
            Place::Plain
        } else {
            Place::Here
        }
    }

    fn put(&mut self, place: Place, plain: Step, detour: Vec<Step>) {
        match place {
            Place::Late => {
                // Not of a column, whose other steps have nothing to do with this one.
                if !matches!(plain.object, ObjectId::Column(..)) {
                    self.late_objects.insert(plain.object);
                }
                self.late.extend(detour);
            }
            Place::Here => self.steps.extend(detour),
            Place::Plain => self.steps.push(plain),
        }
    }

    fn is_part(&self, table: &QualifiedName) -> bool {
        self.from.tables.get(table).is_some_and(|table| table.partition_of.is_some())
    }

    /// Whether the table has a primary key all the time: batches go by it.
    fn keeps_key(&self, table: &QualifiedName) -> bool {
        let key = |catalog: &Catalog| {
            let constraints = catalog.tables.get(table).map(|table| table.constraints.values());
            let mut keys = constraints.into_iter().flatten().filter(|it| matches!(it.kind, ConstraintKind::PrimaryKey));
            keys.next().map(|key| key.name.clone())
        };
        key(self.from).is_some_and(|name| key(self.to) == Some(name))
    }

    fn is_changed_again(&self, step: &Step, rest: &[Step]) -> bool {
        rest.iter().any(|later| later.object == step.object && matches!(later.verb, Verb::Alter | Verb::Data))
    }

    /// Whether something leans on an index, or on the constraint that it serves.
    fn is_index_awaited(&self, step: &Step, relation: &QualifiedName, name: &str, rest: &[Step]) -> bool {
        let index = ObjectId::Index(QualifiedName::new(relation.schema.clone(), name));
        let refers = |constraint: &Constraint| constraint.foreign_key().is_some_and(|key| key.references == *relation);
        let needs = |later: &Step| {
            let refers = match (&later.operation, &later.object) {
                (Operation::AddConstraint { constraint, .. }, _) => refers(constraint),
                (_, ObjectId::Table(name)) if later.verb == Verb::Create => {
                    self.to.tables.get(name).is_some_and(|table| table.constraints.values().any(refers))
                }
                _ => false,
            };
            refers
                || self.to.dependencies.of(&later.object).any(|needed| *needed == index || *needed == step.object)
                || speaks_of(later, name)
        };
        rest.iter().any(|later| later.object != step.object && needs(later))
    }

    /// Whether a primary key with this column is made, and not put off.
    fn is_key_awaited(&self, table: &QualifiedName, column: &str, rest: &[Step]) -> bool {
        rest.iter().enumerate().any(|(at, later)| match &later.operation {
            Operation::AddConstraint { table: other, constraint, index } => {
                let of_column = other == table
                    && matches!(constraint.kind, ConstraintKind::PrimaryKey)
                    && constraint.columns.iter().any(|of| of == column);
                let rest = rest.get(at + 1..).unwrap_or_default();
                of_column
                    && (index.is_none()
                        || self.together.is_replaced(&later.object)
                        || self.is_index_awaited(later, table, &constraint.name, rest))
            }
            _ => false,
        })
    }

    fn add_constraint(
        &mut self,
        step: Step,
        table: &QualifiedName,
        constraint: &Constraint,
        index: Option<String>,
        (at, rest): (usize, &[Step]),
    ) {
        let name = Ident::new(&constraint.name);
        match (&constraint.kind, index) {
            (ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_), _)
                if constraint.validated && constraint.enforced =>
            {
                let foreign = constraint.foreign_key().is_some();
                let refused = foreign && self.is_partitioned(table) && self.from.postgres_major < 18;
                if refused || is_to_join(table, rest) {
                    self.steps.push(step);
                    return;
                }
                let object = step.object.clone();
                let sql = format!("{} NOT VALID", step.sql);
                self.steps.push(Step { sql, ..step });
                let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
                self.at_the_end.push(Step::new(Verb::Alter, object, validate).alone());
            }
            (ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. }, Some(index)) => {
                let is_awaited = is_to_join(table, rest) || self.is_index_awaited(&step, table, &constraint.name, rest);
                let place = self.place(at, &step, is_awaited);
                let build = Step::new(Verb::Create, step.object.clone(), index).alone();
                let adopt = Step { sql: using_index(table, constraint, &constraint.name), ..step.clone() };
                self.put(place, step, vec![build, adopt]);
            }
            _ => self.steps.push(step),
        }
    }
}

/// Whether the table becomes a partition or a child, and so must have what its parent has, for all of its rows.
fn is_to_join(table: &QualifiedName, rest: &[Step]) -> bool {
    let inherits = format!("ALTER TABLE {table} INHERIT ");
    rest.iter().any(|later| match &later.operation {
        Operation::AttachPartition { partition } => partition == table,
        _ => later.sql.starts_with(&inherits),
    })
}

/// Whether the statement holds this name.
fn speaks_of(step: &Step, name: &str) -> bool {
    let quoted = Ident::new(name).to_string();
    step.sql.contains(&quoted) && tokens(&step.sql).any(|token| step.sql[token.span] == quoted)
}

/// Takes an index for the constraint's own, and gives it the constraint's name.
fn using_index(table: &QualifiedName, constraint: &Constraint, index: &str) -> String {
    let kind = if matches!(constraint.kind, ConstraintKind::PrimaryKey) { "PRIMARY KEY" } else { "UNIQUE" };
    let deferrable = constraint.definition.find(" DEFERRABLE").map_or("", |at| &constraint.definition[at..]);
    let (name, index) = (Ident::new(&constraint.name), Ident::new(index));
    format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {index}{deferrable}")
}

/// SET NOT NULL that finds it proven.
fn set_not_null(step: Step, table: &QualifiedName, column: &str) -> Vec<Step> {
    let check = Ident::new(check_name(column)).to_string();
    let quoted = Ident::new(column);
    let make = |sql: String| Step::new(Verb::Alter, step.object.clone(), sql);
    let add = make(format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({quoted} IS NOT NULL) NOT VALID"));
    let validate = make(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}")).alone();
    let gone = make(format!("ALTER TABLE {table} DROP CONSTRAINT {check}"));
    vec![add, validate, step, gone]
}

/// Gives the rows that are there a new column's default.
fn fill(step: &Step, table: &QualifiedName, column: &str, default: &str, not_null: bool) -> Vec<Step> {
    let quoted = Ident::new(column);
    let make = |verb, sql: String| Step::new(verb, step.object.clone(), sql);
    let update = format!("UPDATE {table} SET {quoted} = {default} WHERE {quoted} IS NULL");
    let backfill = Operation::Backfill { table: table.clone(), batch: BATCH };
    let mut steps = vec![make(Verb::Data, update).operation(backfill).alone()];
    if not_null {
        let set = make(Verb::Alter, format!("ALTER TABLE {table} ALTER COLUMN {quoted} SET NOT NULL"));
        steps.extend(set_not_null(set, table, column));
    }
    steps
}

/// A name that no check of anybody's has.
fn check_name(column: &str) -> String {
    let mut name = format!("howdah_not_null_{column}");
    while name.len() > 63 {
        name.pop();
    }
    name
}

fn concurrently(step: Step) -> Step {
    let sql = if step.verb == Verb::Drop {
        step.sql.replacen("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1)
    } else {
        step.sql.replacen("INDEX ", "INDEX CONCURRENTLY ", 1)
    };
    Step { sql, ..step }.alone()
}
