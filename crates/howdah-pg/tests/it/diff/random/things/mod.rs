//! Objects that stand by themselves in a schema. Of each a name and one number say all.

mod aggregate;
mod collation;
mod event_trigger;
mod extension;
mod operator;
mod range;
mod search;

use super::create::object;
use super::dice::Dice;
use super::model::{Id, Model, Name, Object};
use super::render::{Sql, quote};

pub(super) use collation::COLLATION;
pub(super) use extension::TRIGRAMS;
pub(super) use operator::OPERATOR;
pub(super) use search::CONFIGURATION;

/// What all of one kind have in common.
#[derive(Debug)]
pub(super) struct Kind {
    /// As in COMMENT ON and in ALTER … OWNER TO.
    pub(super) noun: &'static str,
    prefix: &'static str,
    pub(super) naming: Naming,
    has_owner: bool,
    privileges: &'static [&'static str],
    /// How it is called where only its name does not say which.
    signature: fn(&str) -> String,
    /// A statement for what it stands on, such as a function.
    ground: Option<fn(&Made<'_>) -> String>,
    /// The statement that makes it, and those that say more.
    create: fn(&Made<'_>) -> Vec<String>,
    /// A value, for those that columns are made of: another for each number from 1 to 3, and the same in every form.
    pub(super) value: Option<fn(u16) -> String>,
}

/// How it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// In its schema, by a name that can be changed.
    Local,
    /// The same, but the name stays.
    Fixed,
    /// In no schema; the name can be changed.
    Global,
    /// In no schema, and there is only one of it.
    Single(&'static str),
}

#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) object: Object,
    pub(super) kind: &'static Kind,
    pub(super) form: u16,
}

/// What is needed to write it.
struct Made<'a> {
    /// Quoted.
    schema: &'a str,
    /// Qualified and quoted.
    name: &'a str,
    id: Id,
    form: u16,
}

const KINDS: [&Kind; 11] = [
    &aggregate::AGGREGATE,
    &COLLATION,
    &event_trigger::EVENT_TRIGGER,
    &extension::CITEXT,
    &extension::HSTORE,
    &TRIGRAMS,
    &OPERATOR,
    &range::RANGE,
    &range::RANGE,
    &CONFIGURATION,
    &search::DICTIONARY,
];

pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    let kind = KINDS[dice.below(KINDS.len())];
    let mut object = object(model, kind.prefix, dice);
    match kind.naming {
        Naming::Single(name) if model.things.iter().any(|thing| thing.object.name.name == name) => return,
        Naming::Single(name) => name.clone_into(&mut object.name.name),
        Naming::Fixed => object.name.name = operator::symbol(object.name.id),
        Naming::Local | Naming::Global => {}
    }
    model.things.push(Thing { object, kind, form: dice.number() % 60 });
}

pub(super) fn change(model: &mut Model, dice: &mut Dice<'_>) {
    if let Some(thing) = dice.pick_mut(&mut model.things) {
        thing.form = dice.number() % 60;
    }
}

impl Thing {
    pub(super) fn can_be_renamed(&self) -> bool {
        matches!(self.kind.naming, Naming::Local | Naming::Global)
    }

    /// Whether its schema is a part of its name.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.kind.naming, Naming::Local | Naming::Fixed)
    }
}

impl Model {
    pub(super) fn thing(&self, id: Id) -> Option<&Thing> {
        self.things.iter().find(|thing| thing.object.name.id == id)
    }

    /// One of this kind.
    pub(super) fn any_thing(&self, kind: &Kind, dice: &mut Dice<'_>) -> Option<Id> {
        let ids: Vec<Id> =
            self.things.iter().filter(|thing| thing.kind.prefix == kind.prefix).map(|t| t.object.name.id).collect();
        dice.pick(&ids).copied()
    }

    /// One that columns can be made of.
    pub(super) fn any_type(&self, dice: &mut Dice<'_>) -> Option<Id> {
        let ids: Vec<Id> =
            self.things.iter().filter(|thing| thing.kind.value.is_some()).map(|thing| thing.object.name.id).collect();
        dice.pick(&ids).copied()
    }
}

impl Sql<'_> {
    pub(super) fn things(&mut self) {
        for thing in &self.model.things {
            let (schema, name) = (self.schema(thing.object.schema), self.thing_name(thing));
            let made = Made { schema: &schema, name: &name, id: thing.object.name.id, form: thing.form };
            if let Some(ground) = thing.kind.ground {
                self.line(&ground(&made));
            }
            match thing.kind.naming {
                Naming::Local => self.object_was(&thing.object),
                Naming::Global => self.was(&thing.object.name),
                Naming::Fixed | Naming::Single(_) => {}
            }
            for statement in (thing.kind.create)(&made) {
                self.line(&statement);
            }
            let mut meta = thing.object.meta.clone();
            meta.owner = meta.owner.filter(|_| thing.kind.has_owner);
            if thing.kind.privileges.is_empty() {
                meta.grants.clear();
            }
            self.meta(thing.kind.noun, &(thing.kind.signature)(&name), &meta, thing.kind.privileges);
        }
    }

    pub(super) fn thing_name(&self, thing: &Thing) -> String {
        match thing.kind.naming {
            Naming::Local => self.qualified(&thing.object),
            Naming::Fixed => format!("{}.{}", self.schema(thing.object.schema), thing.object.name.name),
            Naming::Global | Naming::Single(_) => quote(&thing.object.name.name),
        }
    }

    /// A type that a column is made of.
    pub(super) fn thing_type(&self, thing: &Thing) -> String {
        let Name { name, .. } = &thing.object.name;
        format!("{}.{}", self.schema(thing.object.schema), quote(name))
    }
}

/// For those that the name alone tells.
fn plain(name: &str) -> String {
    name.to_owned()
}
