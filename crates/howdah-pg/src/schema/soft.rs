//! Dropping by renaming, so that the way back has the rows.
//!
//! A table goes into a schema `howdah_dropped_<migration>`, where nobody but its owner may look; a column stays in its table
//! as `howdah_dropped_<migration>_<name>` and need not be filled. What goes too and is needed by them (types, functions,
//! sequences) goes into that schema with them. None of this is part of any schema that Howdah reads: see [`strip`]. It is
//! dropped for good by hand, in a later migration.
//!
//! On the way back, what has taken an old name since steps aside under another one; the differ, which comes after, drops it.

use crate::migrate::checksum;
use crate::{Ident, QualifiedName};
use howdah_schema::Catalog;
use howdah_schema::catalog::{Column, ObjectId, Table, TypeKind};
use howdah_schema::diff::{Plan, Step, Verb};
use std::collections::BTreeSet;

/// What the names of dropped columns, and of the schemas of dropped tables, begin with.
const PREFIX: &str = "howdah_dropped_";

/// What the names of those begin with that make way on the way back.
const ASIDE: &str = "howdah_aside_";

/// Takes out of a catalog what was dropped by renaming.
pub(super) fn strip(catalog: &mut Catalog) {
    let gone = |name: &QualifiedName| name.schema.starts_with(PREFIX);
    catalog.schemas.retain(|name, _| !name.starts_with(PREFIX));
    catalog.tables.retain(|name, _| !gone(name));
    catalog.functions.retain(|signature, _| !gone(&signature.name));
    catalog.aggregates.retain(|signature, _| !gone(&signature.name));
    catalog.domains.retain(|name, _| !gone(name));
    catalog.enums.retain(|name, _| !gone(name));
    catalog.composites.retain(|name, _| !gone(name));
    catalog.ranges.retain(|name, _| !gone(name));
    catalog.collations.retain(|name, _| !gone(name));
    catalog.statistics.retain(|name, _| !gone(name));
    catalog.sequences.retain(|name, sequence| {
        let of_column = sequence.owned_by.as_ref().is_some_and(|owner| owner.column.starts_with(PREFIX));
        !gone(name) && !of_column
    });
    for table in catalog.tables.values_mut() {
        table.columns.retain(|column| !column.name.starts_with(PREFIX));
    }
}

/// Statements that drop by renaming, and those that undo it.
#[derive(Debug, Default)]
pub(super) struct Soft {
    pub(super) drop: Vec<Step>,
    pub(super) back: Vec<Step>,
}

/// What takes the place of the statements of `plan`, which leads from `from` to `to`, that drop tables and columns with
/// their rows. `tag` tells one migration from another, such as `0007`.
pub(super) fn soft(plan: &Plan, from: &Catalog, to: &Catalog, tag: &str) -> Soft {
    let mut hiding = Hiding {
        plan,
        from,
        to,
        tag,
        pairs: Vec::new(),
        needs_schema: false,
        hidden: BTreeSet::new(),
        moved: BTreeSet::new(),
    };
    for (step, _) in plan.losses().filter(|(step, _)| step.verb == Verb::Drop) {
        match &step.object {
            ObjectId::Table(name) => {
                let Some(table) = from.tables.get(name) else { continue };
                // A partition goes and comes with its parent.
                let parent = table.partition_of.as_ref().map(|of| ObjectId::Table(of.parent.clone()));
                if parent.is_none_or(|parent| !hiding.goes(&parent)) {
                    hiding.table(table);
                }
            }
            ObjectId::Column(name, column) => {
                let Some(table) = from.tables.get(name) else { continue };
                // A generated one is computed again.
                if let Some(column) = table.column(column).filter(|column| column.generated.is_none()) {
                    hiding.column(table, column);
                }
            }
            // Where it stands is kept, too.
            id @ ObjectId::Sequence(_) => hiding.along(id.clone()),
            _ => {}
        }
    }
    hiding.companions();
    hiding.finish()
}

struct Hiding<'a> {
    plan: &'a Plan,
    from: &'a Catalog,
    to: &'a Catalog,
    tag: &'a str,
    /// What hides something, and what brings it back.
    pairs: Vec<(Vec<Step>, Vec<Step>)>,
    needs_schema: bool,
    /// The tables and columns, with what they consist of.
    hidden: BTreeSet<ObjectId>,
    /// What went along with them.
    moved: BTreeSet<ObjectId>,
}

impl Hiding<'_> {
    /// Whether the plan takes it away, if only to make it anew.
    fn goes(&self, id: &ObjectId) -> bool {
        self.plan.steps.iter().any(|step| matches!(step.verb, Verb::Drop | Verb::Rename) && step.object == *id)
    }

    fn schema(&self) -> String {
        format!("{PREFIX}{}", self.tag)
    }

    fn table(&mut self, table: &Table) {
        let id = || ObjectId::Table(table.name.clone());
        let schema = self.schema();
        let mut drop = Vec::new();
        // Hidden rows must not keep others from being deleted.
        for (constraint, _) in table.foreign_keys().filter(|(_, key)| key.references != table.name) {
            let sql = format!("ALTER TABLE {} DROP CONSTRAINT {}", table.name, Ident::new(constraint.name.as_str()));
            drop.push(Step::new(Verb::Drop, ObjectId::Constraint(table.name.clone(), constraint.name.clone()), sql));
        }
        let mut moved: Vec<&Table> = vec![table];
        let mut next = 0;
        while let Some(&parent) = moved.get(next) {
            let part = |found: &&Table| found.partition_of.as_ref().is_some_and(|of| of.parent == parent.name);
            moved.extend(self.from.tables.values().filter(part));
            next += 1;
        }
        let mut back = Vec::new();
        for table in moved {
            let name = &table.name;
            let hidden = QualifiedName::new(schema.as_str(), name.name.as_str());
            // Its indexes and the sequences behind its columns come back with it, under their names.
            let own = |owner: &QualifiedName| owner == name;
            let sequences = self.from.sequences.values();
            let sequences = sequences.filter(|found| found.owned_by.as_ref().is_some_and(|owner| own(&owner.table)));
            back.extend(self.relation_aside(name));
            back.extend(self.type_aside(name));
            let indexes = table.indexes.keys().map(|index| QualifiedName::new(name.schema.as_str(), index.as_str()));
            back.extend(indexes.filter_map(|index| self.relation_aside(&index)));
            back.extend(sequences.filter_map(|sequence| self.relation_aside(&sequence.name)));
            let away = format!("ALTER TABLE {name} SET SCHEMA {}", Ident::new(schema.as_str()));
            let here = format!("ALTER TABLE {hidden} SET SCHEMA {}", Ident::new(name.schema.as_str()));
            drop.push(Step::new(Verb::Rename, id(), away));
            back.push(Step::new(Verb::Rename, id(), here));
            let parts = self.from.dependencies.iter().map(|(dependent, _)| dependent);
            let of_table = |id: &&ObjectId| match id {
                ObjectId::Index(index) => index.schema == name.schema && table.indexes.contains_key(&index.name),
                id => id.parent().is_some_and(|parent| parent == ObjectId::Table(name.clone())),
            };
            self.hidden.extend(parts.filter(of_table).cloned());
            self.hidden.insert(ObjectId::Table(name.clone()));
        }
        self.needs_schema = true;
        self.pairs.push((drop, back));
    }

    fn column(&mut self, table: &Table, column: &Column) {
        let id = || ObjectId::Column(table.name.clone(), column.name.clone());
        let old = Ident::new(column.name.as_str());
        let hidden = short(format!("{PREFIX}{}_{}", self.tag, column.name));
        let new = Ident::new(hidden.as_str());
        let name = &table.name;
        let mut drop = vec![Step::new(Verb::Rename, id(), format!("ALTER TABLE {name} RENAME COLUMN {old} TO {new}"))];
        let mut back = Vec::new();
        if self.to.tables.get(name).is_some_and(|table| table.column(&column.name).is_some()) {
            let aside = short(format!("{ASIDE}{}", column.name));
            let sql = format!("ALTER TABLE {name} RENAME COLUMN {old} TO {}", Ident::new(aside));
            back.push(Step::new(Verb::Rename, id(), sql));
        }
        back.push(Step::new(Verb::Rename, id(), format!("ALTER TABLE {name} RENAME COLUMN {new} TO {old}")));
        // Who inserts does not know of it any more; nor must that fail because its default calls what is gone.
        let default = ObjectId::Default(name.clone(), column.name.clone());
        let called = |id: &ObjectId| matches!(id, ObjectId::Function(_) | ObjectId::Aggregate(_)) && self.goes(id);
        let loses_default = column.default.is_some() && self.from.dependencies.of(&default).any(called);
        if loses_default {
            let sql = format!("ALTER TABLE {name} ALTER COLUMN {new} DROP DEFAULT");
            drop.push(Step::new(Verb::Alter, default.clone(), sql));
        }
        if column.not_null && column.identity.is_none() && (column.default.is_none() || loses_default) {
            let sql = format!("ALTER TABLE {name} ALTER COLUMN {new} DROP NOT NULL");
            drop.push(Step::new(Verb::Alter, id(), sql));
            if let Some(value) = column.default.clone().or_else(|| empty(column, self.from)) {
                let sql = format!("UPDATE {name} SET {old} = {value} WHERE {old} IS NULL");
                back.push(Step::new(Verb::Data, id(), sql));
            }
        }
        self.hidden.extend([id(), default]);
        self.pairs.push((drop, back));
    }

    /// Takes along what the plan drops although something hidden is made of it.
    fn companions(&mut self) {
        let mut seen = self.hidden.clone();
        let mut open: Vec<ObjectId> = self.hidden.iter().cloned().collect();
        let (mut routines, mut others) = (Vec::new(), Vec::new());
        while let Some(id) = open.pop() {
            let needed: Vec<ObjectId> =
                self.from.dependencies.of(&id).filter(|needed| self.goes(needed)).cloned().collect();
            for needed in needed {
                if seen.insert(needed.clone()) {
                    match &needed {
                        ObjectId::Function(_) | ObjectId::Aggregate(_) => routines.push(needed.clone()),
                        ObjectId::Type(_) | ObjectId::Sequence(_) | ObjectId::Collation(_) => {
                            others.push(needed.clone());
                        }
                        _ => {}
                    }
                    open.push(needed);
                }
            }
        }
        // A function is called by the types of its arguments, so they are in their place whenever it moves.
        for id in routines.into_iter().chain(others) {
            self.along(id);
        }
    }

    fn along(&mut self, id: ObjectId) {
        if let Some(pair) = self.companion(&id)
            && self.moved.insert(id)
        {
            self.pairs.push(pair);
            self.needs_schema = true;
        }
    }

    fn companion(&self, id: &ObjectId) -> Option<(Vec<Step>, Vec<Step>)> {
        let (word, name, arguments) = match id {
            ObjectId::Function(signature) | ObjectId::Aggregate(signature) => {
                ("ROUTINE", &signature.name, format!("({})", signature.arguments))
            }
            ObjectId::Type(name) => ("TYPE", name, String::new()),
            ObjectId::Sequence(name) => ("SEQUENCE", name, String::new()),
            ObjectId::Collation(name) => ("COLLATION", name, String::new()),
            _ => return None,
        };
        // It goes and comes with its column.
        let owned = self.from.sequences.get(name).is_some_and(|sequence| sequence.owned_by.is_some());
        if matches!(id, ObjectId::Sequence(_)) && owned {
            return None;
        }
        let schema = self.schema();
        let hidden = QualifiedName::new(schema.as_str(), name.name.as_str());
        let step = |sql| Step::new(Verb::Rename, id.clone(), sql);
        let away = step(format!("ALTER {word} {name}{arguments} SET SCHEMA {}", Ident::new(schema.as_str())));
        let here = step(format!("ALTER {word} {hidden}{arguments} SET SCHEMA {}", Ident::new(name.schema.as_str())));
        let aside = match id {
            ObjectId::Sequence(name) => self.relation_aside(name),
            ObjectId::Type(name) => self.type_aside(name),
            ObjectId::Function(signature) if !self.to.functions.contains_key(signature) => None,
            ObjectId::Aggregate(signature) if !self.to.aggregates.contains_key(signature) => None,
            ObjectId::Collation(name) if !self.to.collations.contains_key(name) => None,
            _ => Some(aside(word, name, &arguments, id.clone())),
        };
        Some((vec![away], aside.into_iter().chain([here]).collect()))
    }

    /// Renames the table, view, sequence or index that has this name in `to`.
    fn relation_aside(&self, name: &QualifiedName) -> Option<Step> {
        let to = self.to;
        if to.tables.contains_key(name) {
            return Some(aside("TABLE", name, "", ObjectId::Table(name.clone())));
        }
        if let Some(view) = to.views.get(name) {
            let word = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            return Some(aside(word, name, "", ObjectId::View(name.clone())));
        }
        if to.sequences.contains_key(name) {
            return Some(aside("SEQUENCE", name, "", ObjectId::Sequence(name.clone())));
        }
        let has_index = |table: &Table| table.name.schema == name.schema && table.indexes.contains_key(&name.name);
        let of_view = |view: &howdah_schema::catalog::View| {
            view.name.schema == name.schema && view.indexes.contains_key(&name.name)
        };
        let found = to.tables.values().any(has_index) || to.views.values().any(of_view);
        found.then(|| aside("INDEX", name, "", ObjectId::Index(name.clone())))
    }

    /// Renames the type that has this name in `to`. A table has one, too.
    fn type_aside(&self, name: &QualifiedName) -> Option<Step> {
        let to = self.to;
        let found = to.enums.contains_key(name)
            || to.domains.contains_key(name)
            || to.composites.contains_key(name)
            || to.ranges.contains_key(name);
        found.then(|| aside("TYPE", name, "", ObjectId::Type(name.clone())))
    }

    fn finish(self) -> Soft {
        let mut soft = Soft::default();
        let id = || ObjectId::Schema(self.schema());
        let schema = self.schema();
        let name = Ident::new(schema.as_str());
        if self.needs_schema {
            soft.drop.push(Step::new(Verb::Create, id(), format!("CREATE SCHEMA {name}")));
        }
        let (drop, back): (Vec<_>, Vec<_>) = self.pairs.iter().cloned().unzip();
        soft.drop.extend(drop.into_iter().flatten());
        // The last that went is the first to come back.
        soft.back.extend(back.into_iter().rev().flatten());
        if self.needs_schema {
            soft.back.push(Step::new(Verb::Drop, id(), format!("DROP SCHEMA {name}")));
        }
        soft
    }
}

fn aside(word: &str, name: &QualifiedName, arguments: &str, id: ObjectId) -> Step {
    let aside = short(format!("{ASIDE}{}", name.name));
    Step::new(Verb::Rename, id, format!("ALTER {word} {name}{arguments} RENAME TO {}", Ident::new(aside)))
}

/// At most 63 bytes, as names are, and no other's for that.
fn short(name: String) -> String {
    const LIMIT: usize = 63;
    if name.len() <= LIMIT {
        return name;
    }
    let mark = checksum(&name);
    let mark = &mark[..8];
    let mut short = name;
    while short.len() > LIMIT - 1 - mark.len() {
        short.pop();
    }
    format!("{short}_{mark}")
}

/// What rows get that were written while the column was away.
fn empty(column: &Column, from: &Catalog) -> Option<String> {
    let declared = &column.data_type;
    if declared.array {
        return Some("'{}'".to_owned());
    }
    if declared.kind == TypeKind::Enum {
        let label = from.enums.get(&declared.name)?.labels.first()?;
        return Some(crate::Literal::text(label.clone()).to_string());
    }
    let base = declared.base.as_deref().unwrap_or(&declared.sql);
    let plain = base.split('(').next().unwrap_or(base).trim();
    let value = match plain {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "0",
        "text" | "character varying" | "character" | "bytea" => "''",
        "boolean" => "false",
        "json" | "jsonb" => "'{}'",
        "date" | "timestamp without time zone" | "timestamp with time zone" => "now()",
        "interval" => "'0'",
        "uuid" => "gen_random_uuid()",
        _ => return None,
    };
    Some(value.to_owned())
}
