//! What stands in a table or at it. Of each a name, a column and one number say all.

mod collated_index;
mod column_setting;
mod exclusion;
mod loose_check;
mod operator_check;
mod rule;
mod search_index;
mod trigram_index;
mod unique_index;

use super::dice::Dice;
use super::model::{Family, Id, Model, Name, Table, Type};
use super::render::{Sql, quote};
use super::things;

/// What all of one kind have in common.
#[derive(Debug)]
pub(super) struct Kind {
    prefix: &'static str,
    place: Place,
    /// Columns it can stand on; all without.
    family: Option<Family>,
    /// A thing it needs.
    needs: Option<&'static things::Kind>,
    /// In partitioned tables as well.
    partitioned: bool,
    /// The constraint, or the statements.
    sql: fn(&Ground<'_>) -> Vec<String>,
}

/// Where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// As a constraint within CREATE TABLE.
    Within,
    /// As statements after it, the first of which names it.
    After,
    /// The same, but it has no name.
    Nameless,
}

#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: Name,
    kind: &'static Kind,
    pub(super) column: Id,
    pub(super) thing: Option<Id>,
    form: u16,
}

/// What is needed to write it. Names are quoted, and qualified where they can be.
struct Ground<'a> {
    table: &'a str,
    name: &'a str,
    column: &'a str,
    /// The columns of the primary key, and the first of them.
    keys: &'a str,
    key: &'a str,
    thing: &'a str,
    thing_schema: &'a str,
    form: u16,
    major: u32,
}

const KINDS: [&Kind; 10] = [
    &collated_index::COLLATED_INDEX,
    &column_setting::COLUMN_SETTING,
    &exclusion::EXCLUSION,
    &loose_check::LOOSE_CHECK,
    &operator_check::OPERATOR_CHECK,
    &rule::RULE,
    &rule::RULE,
    &search_index::SEARCH_INDEX,
    &trigram_index::TRIGRAM_INDEX,
    &unique_index::UNIQUE_INDEX,
];

pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    let kind = KINDS[dice.below(KINDS.len())];
    if model.tables.is_empty() {
        return;
    }
    let at = dice.below(model.tables.len());
    let table = &model.tables[at];
    let columns: Vec<Id> = table.columns.iter().filter(|c| kind.fits(model, c)).map(|column| column.name.id).collect();
    let thing = kind.needs.and_then(|needed| model.any_thing(needed, dice));
    let Some(column) = dice.pick(&columns).copied() else { return };
    if kind.needs.is_some() != thing.is_some() {
        return;
    }
    let name = model.name(kind.prefix);
    let form = dice.number() % 60;
    model.tables[at].parts.push(Part { name, kind, column, thing, form });
}

pub(super) fn change(table: &mut Table, dice: &mut Dice<'_>) {
    if let Some(part) = dice.pick_mut(&mut table.parts) {
        part.form = dice.number() % 60;
    }
}

impl Kind {
    fn fits(&self, model: &Model, column: &super::model::Column) -> bool {
        let kind = if column.generated.is_some() { Type::Boolean } else { column.kind };
        self.family.is_none_or(|family| family == model.family(kind))
    }
}

impl Part {
    pub(super) fn can_be_renamed(&self) -> bool {
        self.kind.place != Place::Nameless
    }

    /// Whether it is a unique index that rows can be known by.
    pub(super) fn identifies(&self) -> bool {
        self.kind.prefix == unique_index::UNIQUE_INDEX.prefix
    }

    /// Whether it can still stand where it stands: its column may have another type now.
    pub(super) fn stands(&self, model: &Model, table: &Table) -> bool {
        table.column(self.column).is_some_and(|column| self.kind.fits(model, column))
            && (self.kind.partitioned || table.partitions.is_none())
            && self.thing.is_none_or(|id| model.thing(id).is_some())
    }
}

impl Sql<'_> {
    /// The parts of a table that are written in this place or that.
    pub(super) fn parts(&mut self, table: &Table, within: bool) {
        for part in table.parts.iter().filter(|part| (part.kind.place == Place::Within) == within) {
            let Some(column) = table.column(part.column) else { continue };
            let thing = part.thing.and_then(|id| self.model.thing(id));
            let keys: Vec<_> = table.columns.iter().take(1 + usize::from(table.partitions.is_some())).collect();
            let keys: Vec<_> = keys.iter().map(|column| quote(&column.name.name)).collect();
            let ground = Ground {
                table: &self.qualified(&table.object),
                name: &quote(&part.name.name),
                column: &quote(&column.name.name),
                keys: &keys.join(", "),
                key: &keys[0],
                thing: &thing.map(|thing| self.thing_name(thing)).unwrap_or_default(),
                thing_schema: &thing.map(|thing| self.schema(thing.object.schema)).unwrap_or_default(),
                form: part.form,
                major: self.model.major,
            };
            let statements = (part.kind.sql)(&ground);
            if part.kind.place != Place::Nameless {
                self.was(&part.name);
            }
            for statement in statements {
                self.line(&if within { format!("  {statement},") } else { format!("{statement};") });
            }
        }
    }
}
