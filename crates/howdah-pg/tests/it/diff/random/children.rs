//! Tables that inherit from others.

use super::create::scalar;
use super::dice::Dice;
use super::model::{Id, Model, Name, Table, Type};
use super::render::{Sql, quote};

/// It has its parent's columns, all inherited, and some of its own.
#[derive(Debug, Clone)]
pub(super) struct Child {
    pub(super) name: Name,
    own: Vec<Type>,
    /// A default of its own for an inherited column that is NOT NULL or not.
    pub(super) default: Option<(Id, u16)>,
    indexed: bool,
}

pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    let parents: Vec<usize> = (0..model.tables.len()).filter(|at| model.tables[*at].partitions.is_none()).collect();
    let name = model.name("h");
    if let Some(at) = dice.pick(&parents) {
        add(&mut model.tables[*at], name, dice);
    }
}

fn add(table: &mut Table, name: Name, dice: &mut Dice<'_>) {
    let own = (0..dice.below(3)).map(|_| scalar(dice)).collect();
    table.children.push(Child { name, own, default: None, indexed: dice.once_in(2) });
}

/// One more, or one that changes.
pub(super) fn change(table: &mut Table, name: Name, dice: &mut Dice<'_>) {
    if table.partitions.is_some() {
        return;
    }
    let columns: Vec<Id> =
        table.columns.iter().filter(|c| c.default.is_some() && c.generated.is_none()).map(|c| c.name.id).collect();
    match dice.pick_mut(&mut table.children) {
        None => add(table, name, dice),
        Some(child) => match dice.below(3) {
            0 => child.own.push(scalar(dice)),
            1 => drop(child.own.pop()),
            _ => {
                child.indexed = !child.indexed;
                child.default = dice.pick(&columns).map(|column| (*column, dice.number()));
            }
        },
    }
}

impl Sql<'_> {
    pub(super) fn children(&mut self, table: &Table, parent: &str) {
        for child in &table.children {
            self.moved(&child.name, table.object.schema);
            let own: Vec<_> =
                child.own.iter().enumerate().map(|(at, kind)| format!("own{at} {}", self.type_name(*kind))).collect();
            let name = format!("{}.{}", self.schema(table.object.schema), quote(&child.name.name));
            self.line(&format!("create table {name} ({}) inherits ({parent});", own.join(", ")));
            if let Some((column, number)) = child.default
                && let Some(column) = table.column(column).filter(|column| column.generated.is_none())
            {
                let value = self.value(column.kind, number);
                self.line(&format!("alter table {name} alter {} set default {value};", quote(&column.name.name)));
            }
            if child.indexed {
                let key = quote(&table.columns[0].name.name);
                self.line(&format!("create index child_{} on {name} ({key});", child.name.id));
            }
        }
    }
}
