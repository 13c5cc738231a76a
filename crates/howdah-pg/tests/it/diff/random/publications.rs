//! Publications of tables: of all their columns or of some, of all their rows or of some.

use super::dice::Dice;
use super::model::{Id, Model, Name};
use super::render::{Sql, quote};
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
pub(super) struct Publication {
    pub(super) name: Name,
    pub(super) tables: BTreeSet<Id>,
    form: u16,
}

pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    let name = model.name("b");
    let tables = model.tables.iter().filter(|_| dice.once_in(2)).map(|table| table.object.name.id).collect();
    model.publications.push(Publication { name, tables, form: dice.number() % 60 });
}

/// A table joins or leaves, or another form.
pub(super) fn change(model: &mut Model, dice: &mut Dice<'_>) {
    let Some(publication) = dice.pick_mut(&mut model.publications) else { return };
    if dice.once_in(3) {
        publication.form = dice.number() % 60;
    } else if let Some(table) = dice.pick(&model.tables)
        && !publication.tables.remove(&table.object.name.id)
    {
        publication.tables.insert(table.object.name.id);
    }
}

impl Sql<'_> {
    pub(super) fn publications(&mut self) {
        for Publication { name, tables, form } in &self.model.publications {
            let published = self.model.tables.iter().filter(|table| !table.unlogged);
            let published = published.filter(|table| tables.contains(&table.object.name.id));
            let list = published.map(|table| {
                let key = quote(&table.columns[0].name.name);
                let rest = match form % 4 {
                    // Each partition is sent by itself, so there is no filter for the whole.
                    _ if self.model.major < 15 || table.partitions.is_some() => String::new(),
                    1 => format!(" ({key})"),
                    2 => format!(" where ({key} > {form})"),
                    _ => String::new(),
                };
                self.qualified(&table.object) + &rest
            });
            let list = list.collect::<Vec<_>>().join(", ");
            let list = if list.is_empty() { String::new() } else { format!(" for table {list}") };
            let with = ["", "", " with (publish = 'insert')", " with (publish_via_partition_root = true)"];
            let with = with[usize::from(form / 4 % 4)];
            self.was(name);
            self.line(&format!("create publication {}{list}{with};", quote(&name.name)));
        }
    }
}
