//! Adding something to a model.

use super::dice::Dice;
use super::model::{
    Body, Column, Composite, Default_, Domain, Enum, Family, Function, Id, Index, Meta, Model, Object, Policy, Schema,
    Sequence, Table, Trigger, Type, View, ViewColumn,
};
use super::partitions::Partitions;
use super::settings::Settings;
use super::{children, default_privileges, parts, publications, things};

/// Adds an object of a kind and form that the dice say, or a part of one.
pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    if model.schemas.is_empty() {
        schema(model);
    }
    match dice.below(26) {
        0 => schema(model),
        1 => enumeration(model, dice),
        2 => domain(model, dice),
        3 => composite(model, dice),
        4 => sequence(model, dice),
        5..=7 => function(model, dice),
        8..=12 => table(model, dice),
        13..=15 => view(model, dice),
        16 => publications::create(model, dice),
        17..=19 => part(model, dice),
        20 | 21 => things::create(model, dice),
        22 | 23 => parts::create(model, dice),
        24 => children::create(model, dice),
        _ => default_privileges::create(model, dice),
    }
}

fn schema(model: &mut Model) {
    let name = model.name("s");
    model.schemas.push(Schema { name, meta: Meta::default(), renamed: false });
}

pub(super) fn object(model: &mut Model, prefix: &str, dice: &mut Dice<'_>) -> Object {
    let schema = dice.pick(&model.schemas).map_or(0, |schema| schema.name.id);
    Object { name: model.name(prefix), schema, meta: meta(dice) }
}

pub(super) fn meta(dice: &mut Dice<'_>) -> Meta {
    let mut meta = Meta::default();
    if dice.once_in(3) {
        meta.comment = Some(dice.number());
    }
    if dice.once_in(6) {
        meta.owner = Some(dice.below(3));
    }
    if dice.once_in(3) {
        meta.grants.insert((dice.below(4), dice.below(4), dice.once_in(4)));
    }
    meta
}

fn enumeration(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "e", dice);
    let values = (0..2 + dice.below(4)).map(|_| model.name("v")).collect();
    model.enums.push(Enum { object, values });
}

fn domain(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "d", dice);
    let base = [Type::Integer, Type::Text, Type::Bigint, Type::Varchar(3)][dice.below(4)];
    let checks = (0..dice.below(3)).map(|_| (model.name("k"), dice.number() % 50)).collect();
    let default = dice.once_in(2).then(|| dice.number());
    let not_null = default.is_some() && dice.once_in(3);
    model.domains.push(Domain { object, base, checks, default, not_null });
}

fn composite(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "c", dice);
    let attributes = (0..1 + dice.below(3)).map(|_| (model.name("a"), scalar(dice))).collect();
    model.composites.push(Composite { object, attributes });
}

pub(super) fn scalar(dice: &mut Dice<'_>) -> Type {
    let number = dice.number();
    [
        Type::Integer,
        Type::Text,
        Type::Bigint,
        Type::Varchar(number),
        Type::Numeric(number),
        Type::Boolean,
        Type::Smallint,
        Type::Date,
        Type::Timestamp,
        Type::Uuid,
        Type::Json,
        Type::Integers,
        Type::Texts,
        Type::Bytes,
    ][dice.below(14)]
}

fn kind(model: &Model, dice: &mut Dice<'_>) -> Type {
    let keyed: Vec<Id> =
        model.tables.iter().filter(|table| table.partitions.is_none()).map(|t| t.object.name.id).collect();
    let defined = match dice.below(11) {
        0 => dice.pick(&model.enums).map(|item| Type::Enum(item.object.name.id)),
        1 => dice.pick(&model.enums).map(|item| Type::Enums(item.object.name.id)),
        2 => dice.pick(&model.domains).map(|item| Type::Domain(item.object.name.id)),
        3 => dice.pick(&model.composites).map(|item| Type::Composite(item.object.name.id)),
        4 => dice.pick(&keyed).map(|id| Type::Key(*id)),
        5 => model.any_type(dice).map(Type::Thing),
        _ => None,
    };
    defined.unwrap_or_else(|| scalar(dice))
}

fn sequence(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "q", dice);
    let (increment, cache, cycle) = (dice.number(), dice.number(), dice.once_in(2));
    model.sequences.push(Sequence { object, increment, cache, cycle });
}

fn function(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "f", dice);
    let table = dice.pick(&model.tables);
    let body = match (dice.below(7), table) {
        (0, _) => Body::Trigger,
        (1, _) => Body::Plpgsql,
        (2, Some(table)) => Body::Reads(table.object.name.id),
        (3, Some(table)) => Body::TakesRow(table.object.name.id),
        (4, Some(table)) => Body::ReturnsRows(table.object.name.id),
        (5, Some(table)) => {
            let column = dice.below(table.columns.len());
            Body::Atomic(table.object.name.id, table.columns[column].name.id)
        }
        _ => Body::Immutable,
    };
    let further = (body != Body::Trigger && dice.once_in(3)).then(|| dice.number() % 100);
    let (variant, big) = (dice.number(), dice.once_in(2));
    model.functions.push(Function {
        object,
        body,
        variant,
        big,
        further,
        definer: dice.once_in(5),
        revoked: dice.once_in(4),
    });
}

fn table(model: &mut Model, dice: &mut Dice<'_>) {
    let object = object(model, "t", dice);
    let partitioned = dice.once_in(6);
    let mut key = column(model, "id", [Type::Integer, Type::Bigint][dice.below(2)]);
    key.not_null = true;
    key.identity = if partitioned { None } else { [None, Some(true), Some(false)][dice.below(3)] };
    let mut columns = vec![key];
    if partitioned {
        let mut part = column(model, "part", Type::Integer);
        part.not_null = true;
        columns.push(part);
    }
    let partitions = partitioned.then(|| Partitions::create(model, dice));
    model.tables.push(Table {
        object,
        columns,
        checks: Vec::new(),
        uniques: Vec::new(),
        indexes: Vec::new(),
        policies: Vec::new(),
        triggers: Vec::new(),
        statistics: Vec::new(),
        parts: Vec::new(),
        settings: Settings::create(partitioned, dice),
        unlogged: !partitioned && dice.once_in(9),
        partitions,
        children: Vec::new(),
        column_grants: std::collections::BTreeSet::new(),
    });
    let at = model.tables.len() - 1;
    for _ in 0..1 + dice.below(4) {
        add_column(model, at, dice);
    }
}

fn column(model: &mut Model, prefix: &str, kind: Type) -> Column {
    let name = model.name(prefix);
    Column { name, kind, not_null: false, default: None, generated: None, identity: None, comment: None }
}

/// A column that can be added to a table with rows.
pub(super) fn add_column(model: &mut Model, table: usize, dice: &mut Dice<'_>) {
    let kind = kind(model, dice);
    let mut added = column(model, "c", kind);
    let is_key = matches!(kind, Type::Key(_));
    if !is_key && dice.once_in(3) {
        added.default = Some(Default_::Value(dice.number()));
    } else if matches!(kind, Type::Bigint | Type::Numeric(_)) && dice.once_in(2) {
        let immutable: Vec<Id> =
            model.functions.iter().filter(|f| f.body == Body::Immutable).map(|f| f.object.name.id).collect();
        let function = dice.pick(&immutable).map(|id| Default_::Function(*id));
        let sequence = dice.pick(&model.sequences).map(|sequence| Default_::Sequence(sequence.object.name.id));
        added.default = if dice.once_in(2) { sequence.or(function) } else { function.or(sequence) };
    }
    added.not_null = matches!(added.default, Some(Default_::Value(_))) && dice.once_in(2);
    if dice.once_in(8) {
        let sources: Vec<Id> =
            model.tables[table].columns.iter().filter(|c| c.generated.is_none()).map(|c| c.name.id).collect();
        added.generated = dice.pick(&sources).copied();
        (added.default, added.not_null) = (None, false);
        // What it is called to be does not count; but no foreign key.
        added.kind = Type::Boolean;
    }
    if dice.once_in(4) {
        added.comment = Some(dice.number());
    }
    model.tables[table].columns.push(added);
}

fn view(model: &mut Model, dice: &mut Dice<'_>) {
    let bases: Vec<(Id, Vec<Id>)> = model
        .tables
        .iter()
        .map(|table| (table.object.name.id, table.columns.iter().map(|column| column.name.id).collect()))
        .chain(model.views.iter().map(|view| (view.object.name.id, view.columns.iter().map(|c| c.id).collect())))
        .collect();
    let Some((base, outputs)) = dice.pick(&bases).cloned() else { return };
    let object = object(model, "w", dice);
    let mut columns = Vec::new();
    for of in outputs {
        if dice.once_in(4) {
            continue;
        }
        let alias = dice.once_in(4).then(|| model.name("o").name);
        columns.push(ViewColumn { id: model.id(), of, alias });
    }
    let immutable: Vec<Id> =
        model.functions.iter().filter(|f| f.body == Body::Immutable).map(|f| f.object.name.id).collect();
    let function = if dice.once_in(4) { dice.pick(&immutable).copied() } else { None };
    let (materialized, filter, options) = (dice.once_in(4), dice.number() % 100, dice.number() % 6);
    let indexes = (0..dice.below(3)).map(|_| (model.name("vi"), dice.number() % 20)).collect();
    model.views.push(View { object, materialized, base, columns, filter, options, indexes, function });
}

/// Something in or at a table.
pub(super) fn part(model: &mut Model, dice: &mut Dice<'_>) {
    if model.tables.is_empty() {
        return;
    }
    let at = dice.below(model.tables.len());
    let table = &model.tables[at];
    let column = table.columns[dice.below(table.columns.len())].clone();
    let second = table.columns[dice.below(table.columns.len())].name.id;
    let number = dice.number() % 100;
    let comment = dice.once_in(3).then(|| dice.number());
    match dice.below(9) {
        0 => {
            let name = model.name("chk");
            model.tables[at].checks.push((name, column.name.id, number));
        }
        1 if is_distinct(model, at, &column) => {
            let name = model.name("uq");
            model.tables[at].uniques.push((name, column.name.id));
        }
        2 | 3 => {
            let immutable: Vec<Id> =
                model.functions.iter().filter(|f| f.body == Body::Immutable).map(|f| f.object.name.id).collect();
            let function = if dice.once_in(5) { dice.pick(&immutable).copied() } else { None };
            let second = dice.once_in(3).then_some(second);
            let name = model.name("i");
            model.tables[at].indexes.push(Index {
                name,
                column: column.name.id,
                second,
                form: number,
                function,
                comment,
            });
        }
        4 => {
            let name = model.name("r");
            model.tables[at].policies.push(Policy { name, column: column.name.id, form: number, comment });
        }
        5 => {
            let triggers: Vec<Id> =
                model.functions.iter().filter(|f| f.body == Body::Trigger).map(|f| f.object.name.id).collect();
            if let Some(function) = dice.pick(&triggers).copied() {
                let name = model.name("g");
                model.tables[at].triggers.push(Trigger { name, function, column: column.name.id, form: number });
            }
        }
        6 => {
            let name = model.name("x");
            model.tables[at].statistics.push((name, column.name.id, second, number));
        }
        7 => drop(model.tables[at].column_grants.insert((column.name.id, dice.below(4), dice.below(3)))),
        _ => add_column(model, at, dice),
    }
}

/// Whether all rows differ in it, also when it goes and comes back.
fn is_distinct(model: &Model, table: usize, column: &Column) -> bool {
    let varied =
        matches!(model.family(column.kind), Family::Number | Family::Text) && !matches!(column.kind, Type::Key(_));
    let filled = column.not_null || column.default.is_some() || column.generated.is_some() || column.identity.is_some();
    varied && !filled && model.tables[table].partitions.is_none()
}
