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
//! | DETACH PARTITION | the same CONCURRENTLY |
//!
//! Left as they are: tables that the plan itself makes, tables that are known to be small, and what PostgreSQL cannot do
//! otherwise: a change of type that rewrites the table, a foreign key of a partitioned table before PostgreSQL 18.

use super::step::{Operation, Plan, Step, Verb};
use crate::catalog::{Catalog, Constraint, ConstraintKind, ObjectId};
use crate::sql::reproducible;
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

/// Rows below which no lock is worth a detour.
pub const SMALL_TABLE_ROWS: u64 = 1_000;

/// Live rows of tables, as far as they are known.
pub type LiveRows = BTreeMap<QualifiedName, u64>;

/// Rows that a backfill changes at once.
const BATCH: u32 = 5_000;

/// Rewrites a plan that leads away from `from`. Without sizes every table counts as large.
pub fn rewrite(plan: &Plan, from: &Catalog, sizes: &LiveRows) -> Plan {
    let mut pass = Pass {
        from,
        sizes,
        made: BTreeSet::new(),
        steps: Vec::new(),
        late_objects: BTreeSet::new(),
        late: Vec::new(),
        at_the_end: Vec::new(),
    };
    let steps = swap_indexes(&plan.steps, &pass);
    for (index, step) in steps.iter().enumerate() {
        pass.step(step.clone(), &steps[index + 1..]);
    }
    pass.steps.append(&mut pass.late);
    pass.steps.append(&mut pass.at_the_end);
    let steps = pass.steps.into_iter().map(|step| Step { sql: reproducible(step.sql), ..step });
    Plan { steps: steps.collect() }
}

struct Pass<'a> {
    from: &'a Catalog,
    sizes: &'a LiveRows,
    /// Relations that the plan has made so far: nobody waits for them.
    made: BTreeSet<QualifiedName>,
    steps: Vec<Step>,
    /// What is put off until the rest is done, so that what takes long does not stand between a view that is dropped and the
    /// same view made again.
    late_objects: BTreeSet<ObjectId>,
    late: Vec<Step>,
    /// What nothing else waits for.
    at_the_end: Vec<Step>,
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

    fn step(&mut self, step: Step, rest: &[Step]) {
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
            Operation::CreateIndex { relation, partitioned: false, .. } if self.is_live(&relation) => {
                // Foreign keys lean on unique ones, and a partition needs its own before it is attached.
                let is_part = self.from.tables.get(&relation).is_some_and(|table| table.partition_of.is_some());
                if step.sql.starts_with("CREATE UNIQUE") || is_part {
                    self.steps.push(concurrently(step));
                } else {
                    self.late_objects.insert(step.object.clone());
                    self.late.push(concurrently(step));
                }
            }
            Operation::DropIndex { relation, partitioned: false, .. } if self.is_live(&relation) => {
                self.steps.push(concurrently(step));
            }
            Operation::AddConstraint { table, constraint, index } if self.is_live(&table) => {
                self.add_constraint(step, &table, &constraint, index);
            }
            Operation::SetNotNull { table, column } if self.is_live(&table) => {
                // A key and an identity want it first.
                let is_awaited = rest.iter().any(|later| match &later.operation {
                    Operation::AddConstraint { table: other, constraint, .. } => {
                        *other == table && matches!(constraint.kind, ConstraintKind::PrimaryKey)
                    }
                    _ => later.object == step.object && matches!(later.verb, Verb::Alter | Verb::Data),
                });
                let before = self.steps.len();
                self.set_not_null(step, &table, &column);
                if !is_awaited {
                    let put_off = self.steps.split_off(before);
                    self.late.extend(put_off);
                }
            }
            Operation::AddVolatileColumn { table, column, bare, default, not_null } if self.is_live(&table) => {
                let keyed = self.from.tables.get(&table).is_some_and(|table| !table.primary_key().is_empty());
                // Batches go by the primary key.
                if !keyed || self.is_partitioned(&table) {
                    self.steps.push(step);
                    return;
                }
                self.add_column(&step, &table, &column, bare, &default, not_null);
            }
            Operation::DetachPartition { parent, partition } if self.is_live(&partition) => {
                let is_default = |name: &QualifiedName| {
                    self.from
                        .tables
                        .get(name)
                        .and_then(|table| table.partition_of.as_ref())
                        .is_some_and(|part| part.parent == parent && part.bounds == "DEFAULT")
                };
                // PostgreSQL refuses it where there is a default partition.
                if self.from.tables.keys().any(is_default) {
                    self.steps.push(step);
                } else {
                    let sql = format!("{} CONCURRENTLY", step.sql);
                    self.steps.push(Step { sql, ..step }.alone());
                }
            }
            _ => self.steps.push(step),
        }
    }

    fn add_constraint(&mut self, step: Step, table: &QualifiedName, constraint: &Constraint, index: Option<String>) {
        let name = Ident::new(&constraint.name);
        match &constraint.kind {
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey(_)
                if constraint.validated && constraint.enforced =>
            {
                let foreign = constraint.foreign_key().is_some();
                if foreign && self.is_partitioned(table) && self.from.postgres_major < 18 {
                    self.steps.push(step);
                    return;
                }
                let object = step.object.clone();
                let sql = format!("{} NOT VALID", step.sql);
                self.steps.push(Step { sql, ..step });
                let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
                self.at_the_end.push(Step::new(Verb::Alter, object, validate).alone());
            }
            ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. } => {
                let Some(index) = index else {
                    self.steps.push(step);
                    return;
                };
                let kind = if matches!(constraint.kind, ConstraintKind::PrimaryKey) { "PRIMARY KEY" } else { "UNIQUE" };
                let deferrable =
                    constraint.definition.find(" DEFERRABLE").map_or("", |at| &constraint.definition[at..]);
                let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name}{deferrable}");
                self.steps.push(Step::new(Verb::Create, step.object.clone(), index).alone());
                self.steps.push(Step { sql, ..step });
            }
            _ => self.steps.push(step),
        }
    }

    fn set_not_null(&mut self, step: Step, table: &QualifiedName, column: &str) {
        let check = Ident::new(check_name(column)).to_string();
        let quoted = Ident::new(column);
        let make = |sql: String| Step::new(Verb::Alter, step.object.clone(), sql);
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({quoted} IS NOT NULL) NOT VALID");
        self.steps.push(make(add));
        self.steps.push(make(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}")).alone());
        let gone = make(format!("ALTER TABLE {table} DROP CONSTRAINT {check}"));
        self.steps.push(step);
        self.steps.push(gone);
    }

    fn add_column(
        &mut self,
        step: &Step,
        table: &QualifiedName,
        column: &str,
        bare: String,
        default: &str,
        not_null: bool,
    ) {
        let quoted = Ident::new(column);
        let make = |verb, sql: String| Step::new(verb, step.object.clone(), sql);
        self.steps.push(make(Verb::Create, bare));
        self.steps.push(make(Verb::Alter, format!("ALTER TABLE {table} ALTER COLUMN {quoted} SET DEFAULT {default}")));
        let update = format!("UPDATE {table} SET {quoted} = {default} WHERE {quoted} IS NULL");
        let backfill = Operation::Backfill { table: table.clone(), batch: BATCH };
        self.steps.push(make(Verb::Data, update).operation(backfill).alone());
        if not_null {
            let set = make(Verb::Alter, format!("ALTER TABLE {table} ALTER COLUMN {quoted} SET NOT NULL"));
            self.set_not_null(set, table, column);
        }
    }
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

/// An index that is dropped and made again with the same name: the new one is built first, under another name.
fn swap_indexes(steps: &[Step], pass: &Pass<'_>) -> Vec<Step> {
    let mut dropped: BTreeMap<QualifiedName, usize> = BTreeMap::new();
    let mut swaps: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        match (&step.operation, &step.object) {
            (Operation::DropIndex { relation, partitioned: false, .. }, ObjectId::Index(name))
                if pass.is_live(relation) =>
            {
                dropped.insert(name.clone(), index);
            }
            (Operation::CreateIndex { relation, partitioned: false, .. }, ObjectId::Index(name)) => {
                let Some(&drop) = dropped.get(name) else { continue };
                // What happens to the table meanwhile may be why the old one had to go first.
                let touched = steps[drop + 1..index].iter().any(|step| match &step.object {
                    ObjectId::Table(table) | ObjectId::Column(table, _) => table == relation,
                    ObjectId::View(view) => view == relation,
                    ObjectId::Type(_) | ObjectId::Function(_) | ObjectId::Collation(_) => true,
                    _ => false,
                });
                if !touched && pass.is_live(relation) {
                    swaps.insert(index, drop);
                }
            }
            _ => {}
        }
    }
    let moved: BTreeSet<usize> = swaps.values().copied().collect();
    let mut result = Vec::with_capacity(steps.len() + swaps.len());
    for (index, step) in steps.iter().enumerate() {
        if moved.contains(&index) {
            continue;
        }
        let (Some(&drop), ObjectId::Index(name)) = (swaps.get(&index), &step.object) else {
            result.push(step.clone());
            continue;
        };
        let mut beside = format!("{}__new", name.name);
        while beside.len() > 63 {
            beside.remove(0);
        }
        let quoted = Ident::new(&name.name).to_string();
        let new = Ident::new(&beside).to_string();
        let sql = step.sql.replacen(&format!("INDEX {quoted} ON"), &format!("INDEX {new} ON"), 1);
        result.push(Step { sql, ..step.clone() });
        result.push(steps[drop].clone());
        let rename = format!("ALTER INDEX {} RENAME TO {quoted}", QualifiedName::new(&name.schema, &beside));
        result.push(Step::new(Verb::Rename, step.object.clone(), rename));
    }
    result
}
