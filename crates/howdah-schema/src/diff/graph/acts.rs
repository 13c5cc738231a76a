//! The acts that every object gives.

use super::{Act, Graph, rename_aside, replica_index, waiting_name};
use crate::catalog::{ObjectId, Range, Sequence, Table};
use crate::diff::Context;
use crate::diff::classify::State;
use crate::diff::inventory::Handle;
use crate::diff::kinds::{column, facets, identity, sequence, table};
use crate::diff::object::Object;
use crate::diff::step::{Operation, Step, Verb};
use crate::{Ident, QualifiedName};

impl Graph<'_, '_, '_> {
    fn add(&mut self, act: Act, handle: Handle, steps: Vec<Step>) {
        self.acts[handle.index()] |= act.bit();
        self.nodes.entry((act, handle)).or_default().extend(steps);
    }

    pub(super) fn add_nodes(&mut self, context: &Context<'_>) {
        let (inventory, states) = (self.inventory, self.states);
        for handle in inventory.handles() {
            let state = &states[handle];
            let id = inventory.id(handle);
            if *state == State::Same && inventory.is_untouched(handle) && !context.detoured.contains(id) {
                continue;
            }
            let (from, to) = (inventory.before(handle), inventory.after(handle));
            if let Some(from) = from.filter(|_| state.goes()) {
                self.add_departure(handle, from, context);
            }
            if let Some(to) = to.filter(|_| state.comes()) {
                self.add_arrival(handle, to, context);
            }
            if let (Some(Object::Column(from)), true) = (from, context.detoured.contains(id)) {
                self.add(Act::Aside, handle, vec![from.as_text()]);
            }
            if let (State::Same | State::Alter(_), Some(from), Some(to)) = (state, from, to) {
                let mut steps = match state {
                    State::Alter(steps) => steps.clone(),
                    _ => Vec::new(),
                };
                steps.extend(facets::steps(Some(&from.facets()), &to.facets(), id, context));
                if !steps.is_empty() {
                    self.add(Act::Alter, handle, steps);
                }
            }
            self.add_membership(handle, context);
        }
        self.add_finishing(context);
    }

    fn add_departure(&mut self, handle: Handle, from: Object<'_>, context: &Context<'_>) {
        let id = self.inventory.id(handle);
        let host = self.gone_with.get(&handle).copied();
        match (&self.states[handle], from) {
            (State::Rewrite, Object::Table(table)) => {
                let mut steps = self.release_sequences(table);
                let parent = table.partition_of.as_ref().and_then(|part| self.inventory.table(&part.parent));
                let with_parent = parent.is_some_and(|parent| self.is(parent, &State::Rewrite));
                if !with_parent {
                    // Its place must be free for its successor.
                    steps.extend(table.detach_step().map(|step| step.operation(Operation::Other)));
                }
                steps.push(Step::new(
                    Verb::Alter,
                    id.clone(),
                    format!("ALTER TABLE {} SET SCHEMA {}", table.name, table::ASIDE),
                ));
                self.add(Act::Aside, handle, steps);
                let discard = Step::new(Verb::Drop, id.clone(), format!("DROP TABLE {}", table::aside(&table.name)));
                self.add(Act::Discard, handle, if with_parent { Vec::new() } else { vec![discard] });
            }
            // Its rows are carried over with its parent's.
            (State::Drop, Object::Table(table)) if matches!(host, Some((Act::Discard, _))) => {
                let sql = format!("ALTER TABLE {} SET SCHEMA {}", table.name, table::ASIDE);
                self.add(Act::Aside, handle, vec![Step::new(Verb::Alter, id.clone(), sql)]);
            }
            (State::Rewrite, Object::Collation(_)) => {
                let ObjectId::Collation(name) = id else { return };
                let (aside, discard) = rename_aside("COLLATION", name, id);
                self.add(Act::Aside, handle, vec![aside]);
                self.add(Act::Discard, handle, vec![discard]);
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
                self.add(Act::Aside, handle, steps);
                self.add(Act::Discard, handle, vec![discard]);
            }
            _ if host.is_some() => {}
            _ => self.add(Act::Drop, handle, from.drop(context)),
        }
        if let (Object::View(view), true) = (from, self.apart_drop.contains(&handle)) {
            let stand_in = view.stand_in();
            let sql = stand_in.sql.replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1);
            self.add(Act::Hollow, handle, vec![Step { sql, verb: Verb::Alter, ..stand_in }]);
        }
    }

    fn add_arrival(&mut self, handle: Handle, to: Object<'_>, context: &Context<'_>) {
        let id = self.inventory.id(handle);
        let facet_steps = facets::steps(None, &to.facets(), id, context);
        if self.comes_with.contains_key(&handle) {
            // It is there; what is said of it beside is not.
            let mut steps = match to {
                Object::ViewColumn(_) | Object::Index(_) => to.create(context),
                _ => Vec::new(),
            };
            steps.extend(facet_steps);
            if !steps.is_empty() {
                self.add(Act::Create, handle, steps);
            }
            return;
        }
        match to {
            Object::View(view) if context.apart.contains(id) => {
                self.add(Act::Create, handle, vec![view.stand_in()]);
                let mut steps = vec![view.replace(Verb::Create)];
                steps.extend(facet_steps);
                self.add(Act::Complete, handle, steps);
            }
            _ => {
                let mut steps = to.create(context);
                steps.extend(facet_steps);
                self.add(Act::Create, handle, steps);
            }
        }
        if let (Object::Table(table), true) = (to, self.is(handle, &State::Rewrite)) {
            let steps = self.fill(handle, table, context);
            self.add(Act::Fill, handle, steps);
        }
    }

    /// Sequences that outlive the table they belong to.
    fn release_sequences(&self, table: &Table) -> Vec<Step> {
        let owned = self.inventory.handles().filter_map(|handle| match self.inventory.before(handle) {
            Some(Object::Sequence(sequence)) if !self.goes(handle) => {
                let owner = sequence.owned_by.as_ref()?;
                (owner.table == table.name).then_some((self.inventory.id(handle), sequence))
            }
            _ => None,
        });
        let release = |(id, sequence): (&ObjectId, &Sequence)| {
            Step::new(Verb::Alter, id.clone(), format!("ALTER SEQUENCE {} OWNED BY NONE", sequence.name))
        };
        owned.map(release).collect()
    }

    /// The rows of a table that stepped aside.
    fn fill(&self, handle: Handle, to: &Table, context: &Context<'_>) -> Vec<Step> {
        let Some(Object::Table(from)) = self.inventory.before(handle) else { return Vec::new() };
        // Those of a partition come by way of its parent.
        for part in [&from.partition_of, &to.partition_of].into_iter().flatten() {
            if self.inventory.table(&part.parent).is_some_and(|parent| self.is(parent, &State::Rewrite)) {
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
        let kept = |name: &str| common.iter().any(|(from, _)| from.name == name);
        let lost = from.columns.iter().filter(|column| column.generated.is_none() && !kept(&column.name));
        let lost: Vec<String> =
            lost.map(|column| format!("column {}.{} and its values", to.name, column.name)).collect();
        let filling = Step::new(Verb::Data, to.id(), sql);
        let mut steps = vec![if lost.is_empty() { filling } else { filling.losing(lost.join(", "), Some(&to.name)) }];
        for column in &to.columns {
            if let Some(sequence) = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref()) {
                steps.push(identity::set_position(to, column, sequence));
            }
        }
        steps
    }

    /// Tables that leave parents and join others.
    fn add_membership(&mut self, handle: Handle, context: &Context<'_>) {
        let ObjectId::Table(name) = self.inventory.id(handle) else { return };
        let Some(moved) = context.moves(name).filter(|_| !self.goes(handle) && !self.comes(handle)) else { return };
        let (from, to) = (moved.from, moved.to);
        let repartitioned = from.partition_of != to.partition_of;
        let mut leaving: Vec<Step> = from.detach_step().filter(|_| repartitioned).into_iter().collect();
        leaving.extend(moved.left().map(|parent| to.alter(format!("NO INHERIT {parent}"))));
        if !leaving.is_empty() {
            self.add(Act::Detach, handle, leaving);
        }
        let mut joining: Vec<Step> = to.attach_step().filter(|_| repartitioned).into_iter().collect();
        joining.extend(moved.joined().map(|parent| to.alter(format!("INHERIT {parent}"))));
        if !joining.is_empty() {
            self.add(Act::Attach, handle, joining);
        }
    }

    /// What can be said only when the parts are there.
    fn add_finishing(&mut self, context: &Context<'_>) {
        for handle in self.inventory.handles() {
            match self.inventory.after(handle) {
                Some(Object::Table(table)) => self.finish_table(handle, table, context),
                Some(Object::Sequence(sequence)) => self.finish_sequence(handle, sequence),
                _ => {}
            }
        }
    }

    fn finish_table(&mut self, handle: Handle, table: &Table, context: &Context<'_>) {
        if context.attached.contains(self.inventory.id(handle))
            && let Some(step) = table.attach_step()
        {
            self.add(Act::Attach, handle, vec![step]);
        }
        let before = match self.inventory.before(handle) {
            Some(Object::Table(before)) if !self.comes(handle) => Some(before.replica_identity.clone()),
            _ => None,
        };
        let index = replica_index(table).and_then(|index| self.inventory.find(&index));
        let rebuilt = index.is_some_and(|index| self.comes(index));
        if before.unwrap_or_default() != table.replica_identity || rebuilt {
            self.add(Act::Finish, handle, vec![table.replica_identity_step()]);
        }
    }

    fn finish_sequence(&mut self, handle: Handle, wanted: &Sequence) {
        let from = match self.inventory.before(handle) {
            Some(Object::Sequence(from)) if !self.comes(handle) => Some(from),
            _ => None,
        };
        // It was let go of with the table that steps aside, or it went with the column that was made anew.
        let released = wanted.owned_by.as_ref().is_some_and(|owner| {
            let table = self.inventory.table(&owner.table);
            let column = self.inventory.column(&owner.table, &owner.column);
            table.is_some_and(|table| self.is(table, &State::Rewrite))
                || column.is_some_and(|column| self.comes(column))
        });
        if let Some(step) = sequence::ownership(from.filter(|_| !released), wanted) {
            self.add(Act::Finish, handle, vec![step]);
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
