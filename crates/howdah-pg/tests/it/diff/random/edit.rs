//! Changing a model in a way that rows survive where types allow.

use super::create::{self, meta};
use super::dice::Dice;
use super::model::{Default_, Family, Id, Model, Name, Object, Type};
use super::partitions::Partitions;
use super::{children, default_privileges, parts, publications, things};

/// Adds, changes, renames, moves or drops something.
pub(super) fn edit(model: &mut Model, dice: &mut Dice<'_>) {
    match dice.below(13) {
        0 | 1 => create::create(model, dice),
        2 => create::part(model, dice),
        10 => things::change(model, dice),
        11 => change_parts(model, dice),
        12 => default_privileges::change(model, dice),
        3 => rename(model, dice),
        4 => drop_something(model, dice),
        5 => change_meta(model, dice),
        6 | 7 => change_table(model, dice),
        8 => change_type(model, dice),
        _ => change_other(model, dice),
    }
    model.prune();
}

fn renamed(model: &mut Model, name: &mut Name) {
    let next = model.id();
    name.name = if next.is_multiple_of(7) { format!("renamed {}", name.id) } else { format!("r{next}_{}", name.id) };
}

/// Every object, by a number.
fn object<'a>(model: &'a mut Model, dice: &mut Dice<'_>) -> Option<&'a mut Object> {
    let mut objects: Vec<&mut Object> = Vec::new();
    objects.extend(model.enums.iter_mut().map(|item| &mut item.object));
    objects.extend(model.domains.iter_mut().map(|item| &mut item.object));
    objects.extend(model.composites.iter_mut().map(|item| &mut item.object));
    objects.extend(model.sequences.iter_mut().map(|item| &mut item.object));
    objects.extend(model.functions.iter_mut().map(|item| &mut item.object));
    objects.extend(model.tables.iter_mut().map(|item| &mut item.object));
    objects.extend(model.views.iter_mut().map(|item| &mut item.object));
    objects.extend(model.things.iter_mut().map(|item| &mut item.object));
    if objects.is_empty() {
        return None;
    }
    let at = dice.below(objects.len());
    objects.into_iter().nth(at)
}

fn rename(model: &mut Model, dice: &mut Dice<'_>) {
    let mut scratch = model.clone();
    let which = dice.below(10);
    let table = if model.tables.is_empty() { None } else { Some(dice.below(model.tables.len())) };
    match (which, table) {
        (0, _) => {
            if let Some(schema) = dice.pick_mut(&mut model.schemas).filter(|schema| !schema.renamed) {
                renamed(&mut scratch, &mut schema.name);
                schema.renamed = true;
            }
        }
        (1, _) => {
            // To where nothing has two old names for one thing.
            let fixed: Vec<Id> = model.schemas.iter().filter(|schema| !schema.renamed).map(|s| s.name.id).collect();
            if let Some(to) = dice.pick(&fixed).copied()
                && let Some(object) = object(model, dice)
                && fixed.contains(&object.schema)
                && object.schema != to
            {
                let from = std::mem::replace(&mut object.schema, to);
                for schema in model.schemas.iter_mut().filter(|schema| [from, to].contains(&schema.name.id)) {
                    schema.renamed = true;
                }
            }
        }
        (2, Some(table)) => {
            if let Some(column) = dice.pick_mut(&mut model.tables[table].columns) {
                renamed(&mut scratch, &mut column.name);
            }
        }
        (3, Some(table)) => {
            let table = &mut model.tables[table];
            let mut names: Vec<&mut Name> = table.checks.iter_mut().map(|(name, ..)| name).collect();
            names.extend(table.uniques.iter_mut().map(|(name, ..)| name));
            names.extend(table.indexes.iter_mut().map(|index| &mut index.name));
            names.extend(table.policies.iter_mut().map(|policy| &mut policy.name));
            names.extend(table.triggers.iter_mut().map(|trigger| &mut trigger.name));
            names.extend(table.statistics.iter_mut().map(|(name, ..)| name));
            names.extend(table.parts.iter_mut().filter(|part| part.can_be_renamed()).map(|part| &mut part.name));
            names.extend(table.partitions.iter_mut().flat_map(Partitions::names_mut));
            names.extend(table.children.iter_mut().map(|child| &mut child.name));
            if let Some(name) = dice.pick_mut(&mut names) {
                renamed(&mut scratch, name);
            }
        }
        (4, _) => {
            if let Some(item) = dice.pick_mut(&mut model.enums)
                && let Some(value) = dice.pick_mut(&mut item.values).filter(|value| !value.name.contains(' '))
            {
                // One word, which the check follows through the rows.
                renamed(&mut scratch, value);
                value.name = value.name.replace(' ', "_");
            }
        }
        (5, _) => {
            if let Some(item) = dice.pick_mut(&mut model.composites)
                && let Some((attribute, _)) = dice.pick_mut(&mut item.attributes)
            {
                renamed(&mut scratch, attribute);
            }
        }
        (6, _) => {
            if let Some(publication) = dice.pick_mut(&mut model.publications) {
                renamed(&mut scratch, &mut publication.name);
            }
        }
        (7, _) => {
            let mut views: Vec<&mut Name> =
                model.views.iter_mut().flat_map(|view| view.indexes.iter_mut().map(|(name, _)| name)).collect();
            if let Some(name) = dice.pick_mut(&mut views) {
                renamed(&mut scratch, name);
            }
        }
        _ => {
            let fixed: Vec<Id> =
                model.things.iter().filter(|thing| !thing.can_be_renamed()).map(|thing| thing.object.name.id).collect();
            if let Some(object) = object(model, dice).filter(|object| !fixed.contains(&object.name.id)) {
                renamed(&mut scratch, &mut object.name);
            }
        }
    }
    model.next = scratch.next;
}

fn drop_something(model: &mut Model, dice: &mut Dice<'_>) {
    fn any<T>(items: &mut Vec<T>, dice: &mut Dice<'_>) {
        if !items.is_empty() {
            items.remove(dice.below(items.len()));
        }
    }
    let table = if model.tables.is_empty() { None } else { Some(dice.below(model.tables.len())) };
    match (dice.below(22), table) {
        (0, _) if model.schemas.len() > 1 => any(&mut model.schemas, dice),
        (1, _) => any(&mut model.enums, dice),
        (2, _) => any(&mut model.domains, dice),
        (3, _) => any(&mut model.composites, dice),
        (4, _) => any(&mut model.sequences, dice),
        (5, _) => any(&mut model.functions, dice),
        (6, _) => any(&mut model.tables, dice),
        (7, _) => any(&mut model.views, dice),
        (8, _) => any(&mut model.publications, dice),
        (9, Some(table)) => any(&mut model.tables[table].checks, dice),
        (10, Some(table)) => any(&mut model.tables[table].indexes, dice),
        (11, Some(table)) => any(&mut model.tables[table].policies, dice),
        (12, Some(table)) => any(&mut model.tables[table].triggers, dice),
        (13, Some(table)) => any(&mut model.tables[table].uniques, dice),
        (14, _) => any(&mut model.things, dice),
        (15, _) => any(&mut model.default_privileges, dice),
        (16 | 17, Some(table)) => any(&mut model.tables[table].parts, dice),
        (18, Some(table)) => any(&mut model.tables[table].children, dice),
        (19, Some(table)) => drop(model.tables[table].column_grants.pop_first()),
        (_, Some(table)) => {
            let table = &mut model.tables[table];
            let fixed = 1 + usize::from(table.partitions.is_some());
            if table.columns.len() > fixed {
                table.columns.remove(fixed + dice.below(table.columns.len() - fixed));
            }
        }
        _ => {}
    }
}

fn change_meta(model: &mut Model, dice: &mut Dice<'_>) {
    if dice.once_in(6)
        && let Some(schema) = dice.pick_mut(&mut model.schemas)
    {
        schema.meta = meta(dice);
    } else if let Some(object) = object(model, dice) {
        object.meta = meta(dice);
    }
}

fn change_table(model: &mut Model, dice: &mut Dice<'_>) {
    if model.tables.is_empty() {
        return;
    }
    let at = dice.below(model.tables.len());
    let families: Vec<Family> = model.tables[at].columns.iter().map(|column| model.family(column.kind)).collect();
    let [partition, child] = [model.name("p"), model.name("h")];
    let table = &mut model.tables[at];
    let fixed = 1 + usize::from(table.partitions.is_some());
    let unique = |table: &super::model::Table, id: Id| table.uniques.iter().any(|(_, column)| *column == id);
    match dice.below(11) {
        0 | 9 => table.settings.change(table.partitions.is_some(), dice),
        10 => children::change(table, child, dice),
        1 if table.partitions.is_none() => table.unlogged = !table.unlogged,
        2 if table.partitions.is_none() => table.columns[0].identity = [None, Some(true), Some(false)][dice.below(3)],
        3 => {
            if let Some(partitions) = &mut table.partitions {
                partitions.change(partition, dice);
            }
        }
        4 => {
            if let Some(index) = dice.pick_mut(&mut table.indexes) {
                index.form = dice.number() % 100;
                index.comment = dice.once_in(2).then(|| dice.number());
            } else if let Some(policy) = dice.pick_mut(&mut table.policies) {
                policy.form = dice.number() % 100;
            }
        }
        5 => {
            if let Some((_, _, number)) = dice.pick_mut(&mut table.checks) {
                *number = dice.number() % 100;
            } else if let Some((.., form)) = dice.pick_mut(&mut table.statistics) {
                *form = dice.number() % 100;
            } else if let Some(trigger) = dice.pick_mut(&mut table.triggers) {
                trigger.form = dice.number() % 100;
            }
        }
        _ if table.columns.len() > fixed => {
            let column = fixed + dice.below(table.columns.len() - fixed);
            let is_unique = unique(table, table.columns[column].name.id);
            let is_source = table.columns.iter().any(|other| other.generated == Some(table.columns[column].name.id));
            let column_kind = &mut table.columns[column];
            let is_key = matches!(column_kind.kind, Type::Key(_));
            match (dice.below(4), column_kind.generated) {
                (0, None) if !is_unique && !is_key => {
                    column_kind.default = Some(Default_::Value(dice.number()));
                }
                // What must be there and has no default could not come back.
                (1, None) if !column_kind.not_null => column_kind.default = None,
                (2, None)
                    if matches!(column_kind.default, Some(Default_::Value(_)))
                        && !column_kind.name.id.is_multiple_of(3) =>
                {
                    column_kind.not_null = !column_kind.not_null;
                }
                // From a column of its own to one that follows from another.
                (3, None)
                    if !column_kind.not_null
                        && !is_unique
                        && column_kind.default.is_none()
                        && !is_key
                        && !is_source =>
                {
                    let from = dice.below(table.columns.len());
                    let source = &table.columns[from];
                    let id = source.name.id;
                    // What follows from the other can be read as what it was before.
                    let alike = families[from] == families[column]
                        && matches!(families[column], Family::Number | Family::Text)
                        && source.generated.is_none();
                    if alike && from != column {
                        let column = &mut table.columns[column];
                        (column.generated, column.kind) = (Some(id), Type::Boolean);
                    }
                }
                _ => column_kind.comment = dice.once_in(2).then(|| dice.number()),
            }
        }
        _ => {}
    }
}

fn change_parts(model: &mut Model, dice: &mut Dice<'_>) {
    let with: Vec<usize> = (0..model.tables.len()).filter(|at| !model.tables[*at].parts.is_empty()).collect();
    match dice.pick(&with) {
        Some(at) => parts::change(&mut model.tables[*at], dice),
        None => parts::create(model, dice),
    }
}

fn change_type(model: &mut Model, dice: &mut Dice<'_>) {
    if model.tables.is_empty() {
        return;
    }
    let table = dice.below(model.tables.len());
    let partitioned = model.tables[table].partitions.is_some();
    let at = dice.below(model.tables[table].columns.len());
    let column = &model.tables[table].columns[at];
    let number = dice.number();
    let family = model.family(column.kind);
    let fixed = (partitioned && at == 1) || column.generated.is_some() || matches!(column.kind, Type::Key(_));
    let numbers = [Type::Integer, Type::Bigint, Type::Numeric(number), Type::Smallint];
    let kind = match (at, family) {
        (0, _) => [Type::Integer, Type::Bigint][dice.below(2)],
        (_, Family::Number) if dice.once_in(4) => Type::Text,
        (_, Family::Number) => numbers[dice.below(4)],
        (_, Family::Text) => [Type::Text, Type::Varchar(number)][dice.below(2)],
        // The text of these changes with the type, and no text follows.
        _ if matches!(column.kind, Type::Composite(_) | Type::Enum(_) | Type::Enums(_) | Type::Thing(_)) => column.kind,
        _ => Type::Text,
    };
    if fixed {
        return;
    }
    let column = &mut model.tables[table].columns[at];
    column.kind = kind;
    // A sequence's or function's number is no text.
    if model.family(kind) == Family::Text || matches!(kind, Type::Smallint | Type::Integer) {
        let column = &mut model.tables[table].columns[at];
        column.default = column.default.filter(|default| matches!(default, Default_::Value(_)));
    }
}

fn change_other(model: &mut Model, dice: &mut Dice<'_>) {
    let name = model.name("n");
    match dice.below(8) {
        0 => {
            if let Some(item) = dice.pick_mut(&mut model.enums) {
                let used = item.values.iter().map(|value| value.id).min().unwrap_or(0) + 1;
                match dice.below(4) {
                    0 => item.values.reverse(),
                    // Rows hold the first two.
                    1 if item.values.len() > 2 => {
                        let at = dice.below(item.values.len());
                        if item.values[at].id > used {
                            item.values.remove(at);
                        }
                    }
                    _ => item.values.insert(dice.below(item.values.len() + 1), name),
                }
            }
        }
        1 => {
            if let Some(domain) = dice.pick_mut(&mut model.domains) {
                match dice.below(5) {
                    0 => domain.checks.push((name, dice.number() % 50)),
                    1 => drop(domain.checks.pop()),
                    2 if !domain.not_null => domain.default = dice.once_in(2).then(|| dice.number()),
                    3 => {
                        domain.base = match domain.base {
                            Type::Integer => Type::Bigint,
                            Type::Bigint => Type::Integer,
                            Type::Text => Type::Varchar(5),
                            _ => Type::Text,
                        }
                    }
                    _ => {
                        if let Some((_, number)) = domain.checks.first_mut() {
                            *number = dice.number() % 50;
                        }
                    }
                }
            }
        }
        2 => {
            if let Some(item) = dice.pick_mut(&mut model.composites) {
                match dice.below(3) {
                    0 => item.attributes.push((name, Type::Text)),
                    1 if item.attributes.len() > 1 => drop(item.attributes.pop()),
                    _ => {
                        if let Some((_, kind)) = item.attributes.first_mut().filter(|(_, kind)| *kind == Type::Integer)
                        {
                            *kind = Type::Bigint;
                        }
                    }
                }
            }
        }
        3 | 4 => {
            if let Some(function) = dice.pick_mut(&mut model.functions) {
                match dice.below(5) {
                    0 => function.variant = dice.number(),
                    1 => function.big = !function.big,
                    2 => function.further = dice.once_in(2).then(|| dice.number() % 100),
                    3 => function.definer = !function.definer,
                    _ => function.revoked = !function.revoked,
                }
            }
        }
        5 | 6 => {
            if let Some(view) = dice.pick_mut(&mut model.views) {
                match dice.below(8) {
                    0 => drop(view.columns.pop()),
                    1 => view.columns.reverse(),
                    2 => view.options = dice.number() % 6,
                    5 if dice.once_in(2) => match view.indexes.is_empty() {
                        true => view.indexes.push((name, dice.number() % 20)),
                        false => drop(view.indexes.pop()),
                    },
                    3 => view.materialized = !view.materialized,
                    4 => {
                        if let Some(column) = dice.pick_mut(&mut view.columns) {
                            column.alias = Some(name.name);
                        }
                    }
                    _ => view.filter = dice.number() % 100,
                }
            }
        }
        _ => {
            if let Some(sequence) = dice.pick_mut(&mut model.sequences) {
                (sequence.increment, sequence.cache) = (dice.number(), dice.number());
                sequence.cycle = !sequence.cycle;
            } else {
                publications::change(model, dice);
            }
        }
    }
}
