//! The acts that every object gives.

use super::{Act, Graph, rename_aside, replica_index, waiting_name};
use crate::catalog::{ObjectId, Range, Sequence, Table};
use crate::diff::Context;
use crate::diff::classify::State;
use crate::diff::kinds::{column, facets, identity, sequence, table};
use crate::diff::object::Object;
use crate::diff::step::{Operation, Step, Verb};
use crate::{Ident, QualifiedName};

impl<'a> Graph<'_, 'a> {
    pub(super) fn add(&mut self, act: Act, id: &ObjectId, steps: Vec<Step>) {
        self.nodes.entry((act, id.clone())).or_default().extend(steps);
    }

    pub(super) fn add_nodes(&mut self, context: &Context<'_>) {
        for (id, state) in self.states {
            let from = self.before.get(id).copied();
            let to = self.after.get(id).copied();
            if let Some(from) = from.filter(|_| state.goes()) {
                self.add_departure(id, state, from, context);
            }
            if let Some(to) = to.filter(|_| state.comes()) {
                self.add_arrival(id, to, context);
            }
            if let (Some(Object::Column(from)), true) = (from, context.detoured.contains(id)) {
                self.add(Act::Aside, id, vec![from.as_text()]);
            }
            if let (State::Same | State::Alter(_), Some(from), Some(to)) = (state, from, to) {
                let mut steps = match state {
                    State::Alter(steps) => steps.clone(),
                    _ => Vec::new(),
                };
                steps.extend(facets::steps(Some(&from.facets()), &to.facets(), id, context));
                if !steps.is_empty() {
                    self.add(Act::Alter, id, steps);
                }
            }
            self.add_membership(id);
        }
        self.add_finishing(context);
    }

    pub(super) fn add_departure(&mut self, id: &ObjectId, state: &State, from: Object<'_>, context: &Context<'_>) {
        let host = self.gone_with.get(id).cloned();
        match (state, from) {
            (State::Rewrite, Object::Table(table)) => {
                let mut steps = self.release_sequences(table);
                let parent = table.partition_of.as_ref().map(|part| ObjectId::Table(part.parent.clone()));
                let with_parent = parent.is_some_and(|parent| self.is(&parent, &State::Rewrite));
                if !with_parent {
                    // Its place must be free for its successor.
                    steps.extend(table.detach_step().map(|step| step.operation(Operation::Other)));
                }
                steps.push(Step::new(
                    Verb::Alter,
                    id.clone(),
                    format!("ALTER TABLE {} SET SCHEMA {}", table.name, table::ASIDE),
                ));
                self.add(Act::Aside, id, steps);
                let discard = Step::new(Verb::Drop, id.clone(), format!("DROP TABLE {}", table::aside(&table.name)));
                self.add(Act::Discard, id, if with_parent { Vec::new() } else { vec![discard] });
            }
            // Its rows are carried over with its parent's.
            (State::Drop, Object::Table(table)) if matches!(host, Some((Act::Discard, _))) => {
                let sql = format!("ALTER TABLE {} SET SCHEMA {}", table.name, table::ASIDE);
                self.add(Act::Aside, id, vec![Step::new(Verb::Alter, id.clone(), sql)]);
            }
            (State::Rewrite, Object::Collation(_)) => {
                let ObjectId::Collation(name) = id else { return };
                let (aside, discard) = rename_aside("COLLATION", name, id);
                self.add(Act::Aside, id, vec![aside]);
                self.add(Act::Discard, id, vec![discard]);
            }
            (State::Rewrite, object) => {
                let ObjectId::Type(name) = id else { return };
                let (aside, discard) = rename_aside("TYPE", name, id);
                let mut steps = vec![aside];
                if let Object::Range(range) = object {
                    let (multirange, _) = rename_aside("TYPE", &range.multirange_name, id);
                    steps.push(multirange);
                    steps.extend(constructors_aside(range, id));
                }
                self.add(Act::Aside, id, steps);
                self.add(Act::Discard, id, vec![discard]);
            }
            _ if host.is_some() => {}
            _ => self.add(Act::Drop, id, from.drop(context)),
        }
        if let (Object::View(view), true) = (from, self.apart_drop.contains(id)) {
            let stand_in = view.stand_in();
            let sql = stand_in.sql.replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1);
            self.add(Act::Hollow, id, vec![Step { sql, verb: Verb::Alter, ..stand_in }]);
        }
    }

    pub(super) fn add_arrival(&mut self, id: &ObjectId, to: Object<'_>, context: &Context<'_>) {
        let facet_steps = facets::steps(None, &to.facets(), id, context);
        if self.comes_with.contains_key(id) {
            // It is there; what is said of it beside is not.
            let mut steps = match to {
                Object::ViewColumn(_) | Object::Index(_) => to.create(context),
                _ => Vec::new(),
            };
            steps.extend(facet_steps);
            if !steps.is_empty() {
                self.add(Act::Create, id, steps);
            }
            return;
        }
        match to {
            Object::View(view) if context.apart.contains(id) => {
                self.add(Act::Create, id, vec![view.stand_in()]);
                let mut steps = vec![view.replace(Verb::Create)];
                steps.extend(facet_steps);
                self.add(Act::Complete, id, steps);
            }
            _ => {
                let mut steps = to.create(context);
                steps.extend(facet_steps);
                self.add(Act::Create, id, steps);
            }
        }
        if let (Object::Table(table), true) = (to, self.is(id, &State::Rewrite)) {
            let steps = self.fill(table, context);
            self.add(Act::Fill, id, steps);
        }
    }

    /// Sequences that outlive the table they belong to.
    pub(super) fn release_sequences(&self, table: &Table) -> Vec<Step> {
        let owned = self.before.iter().filter_map(|(id, object)| match object {
            Object::Sequence(sequence) if !self.goes(id) => {
                let owner = sequence.owned_by.as_ref()?;
                (owner.table == table.name).then_some((id, sequence))
            }
            _ => None,
        });
        let release = |(id, sequence): (&ObjectId, &&Sequence)| {
            Step::new(Verb::Alter, id.clone(), format!("ALTER SEQUENCE {} OWNED BY NONE", sequence.name))
        };
        owned.map(|(id, sequence)| release((id, sequence))).collect()
    }

    /// The rows of a table that stepped aside.
    pub(super) fn fill(&self, to: &Table, context: &Context<'_>) -> Vec<Step> {
        let id = to.id();
        let Some(Object::Table(from)) = self.before.get(&id) else { return Vec::new() };
        // Those of a partition come by way of its parent.
        for part in [&from.partition_of, &to.partition_of].into_iter().flatten() {
            if self.is(&ObjectId::Table(part.parent.clone()), &State::Rewrite) {
                return Vec::new();
            }
        }
        let common = to.columns.iter().filter_map(|column| Some((from.column(&column.name)?, column)));
        let common: Vec<_> = common.filter(|(_, column)| column.generated.is_none()).collect();
        if common.is_empty() {
            return Vec::new();
        }
        let names: Vec<String> = common.iter().map(|(_, column)| Ident::new(&column.name).to_string()).collect();
        let values = common.iter().map(|(from, column)| {
            let converted = column::conversion(from, column, context);
            converted.unwrap_or_else(|| Ident::new(&column.name).to_string())
        });
        let values: Vec<String> = values.collect();
        let always = to.columns.iter().any(|column| column.identity.as_ref().is_some_and(|identity| identity.always));
        let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
        let sql = format!(
            "INSERT INTO {} ({}){overriding}\nSELECT {}\nFROM {}",
            to.name,
            names.join(", "),
            values.join(", "),
            table::aside(&to.name),
        );
        let mut steps = vec![Step::new(Verb::Data, id, sql)];
        for column in &to.columns {
            if let Some(sequence) = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref()) {
                steps.push(identity::set_position(to, column, sequence));
            }
        }
        steps
    }

    /// Partitions that leave and join.
    pub(super) fn add_membership(&mut self, id: &ObjectId) {
        let (Some(Object::Table(from)), Some(Object::Table(to))) = (self.before.get(id), self.after.get(id)) else {
            return;
        };
        if self.goes(id) || self.comes(id) || from.partition_of == to.partition_of {
            return;
        }
        if let Some(step) = from.detach_step() {
            self.add(Act::Detach, id, vec![step]);
        }
        if let Some(step) = to.attach_step() {
            self.add(Act::Attach, id, vec![step]);
        }
    }

    /// What can be said only when the parts are there.
    pub(super) fn add_finishing(&mut self, context: &Context<'_>) {
        for (id, object) in self.after {
            match object {
                Object::Table(table) => {
                    if context.attached.contains(id)
                        && let Some(step) = table.attach_step()
                    {
                        self.add(Act::Attach, id, vec![step]);
                    }
                    let before = match self.before.get(id) {
                        Some(Object::Table(before)) if !self.comes(id) => Some(before.replica_identity.clone()),
                        _ => None,
                    };
                    let index = replica_index(table);
                    let rebuilt = index.as_ref().is_some_and(|index| self.comes(index));
                    if before.unwrap_or_default() != table.replica_identity || rebuilt {
                        self.add(Act::Finish, id, vec![table.replica_identity_step()]);
                    }
                }
                Object::Sequence(wanted) => {
                    let from = match self.before.get(id) {
                        Some(Object::Sequence(from)) if !self.comes(id) => Some(*from),
                        _ => None,
                    };
                    // It was let go of with the table that steps aside, or it went with the column that was made anew.
                    let released = wanted.owned_by.as_ref().is_some_and(|owner| {
                        let column = ObjectId::Column(owner.table.clone(), owner.column.clone());
                        self.is(&ObjectId::Table(owner.table.clone()), &State::Rewrite) || self.comes(&column)
                    });
                    let from = from.filter(|_| !released);
                    if let Some(step) = sequence::ownership(from, wanted) {
                        self.add(Act::Finish, id, vec![step]);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A range's constructors keep their names when it is renamed, and its successor's would be the same where the subtype is, or
/// where there is no argument. They go with it.
fn constructors_aside(range: &Range, id: &ObjectId) -> Vec<Step> {
    let subtype = &range.subtype.sql;
    let range_name = &range.name;
    let signatures = [
        (range_name, format!("{subtype}, {subtype}")),
        (range_name, format!("{subtype}, {subtype}, text")),
        (&range.multirange_name, String::new()),
    ];
    let aside = |(name, arguments): (&QualifiedName, String)| {
        let sql = format!("ALTER FUNCTION {name}({arguments}) RENAME TO {}", Ident::new(waiting_name(&name.name)));
        Step::new(Verb::Rename, id.clone(), sql)
    };
    signatures.into_iter().map(aside).collect()
}
