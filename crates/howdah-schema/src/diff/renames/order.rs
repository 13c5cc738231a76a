//! Renames in an order in which each finds its name free.

use super::forms::{CLASS, Move, Named, Place};
use crate::QualifiedName;
use crate::diff::step::{Step, Verb};
use crate::quote::MAX_IDENT_BYTES;
use std::collections::{BTreeMap, BTreeSet};

/// Renames that may be in each other's way, and every name that is taken where they happen.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub(super) moves: Vec<Move>,
    /// What can be moved aside when it is in the way, and what cannot.
    pub(super) taken: BTreeMap<Place, Option<Named>>,
}

/// What tables, views and types that are being renamed are called now: by their new name.
pub(super) type Current = BTreeMap<QualifiedName, QualifiedName>;

impl Stage {
    /// The statements, in their order.
    pub(super) fn order(self, current: &mut Current) -> Vec<Step> {
        let mut order = Order {
            reserved: self.moves.iter().map(|rename| rename.to.clone()).collect(),
            taken: self.taken,
            current,
            steps: Vec::new(),
        };
        for rename in &self.moves {
            order.note(rename, &rename.from);
        }
        let mut waiting = self.moves;
        while !waiting.is_empty() {
            let (blocked, before) = (std::mem::take(&mut waiting), order.steps.len());
            for rename in blocked {
                if order.taken.contains_key(&rename.to) { waiting.push(rename) } else { order.run(&rename, &rename.to) }
            }
            if order.steps.len() == before && !waiting.is_empty() {
                order.clear_the_way(&mut waiting);
            }
        }
        order.steps
    }
}

struct Order<'c> {
    taken: BTreeMap<Place, Option<Named>>,
    reserved: BTreeSet<Place>,
    current: &'c mut Current,
    steps: Vec<Step>,
}

impl Order<'_> {
    /// Every rename waits for another, or for what is not renamed at all.
    fn clear_the_way(&mut self, waiting: &mut Vec<Move>) {
        let moving: BTreeSet<Place> = waiting.iter().map(|rename| rename.from.clone()).collect();
        if let Some(at) = waiting.iter().position(|rename| !moving.contains(&rename.to)) {
            let place = waiting[at].to.clone();
            let blocker = self.taken.get(&place).cloned().flatten().filter(|_| waiting[at].declared);
            match blocker {
                // It cannot keep that name, so it is dropped later whatever it is called.
                Some(named) => {
                    let aside = self.spare(&place);
                    let rename = Move { named, from: place, to: aside.clone(), declared: true };
                    self.run(&rename, &aside);
                }
                None => {
                    waiting.remove(at);
                }
            }
            return;
        }
        // They go round in a circle: one steps out of it for a moment.
        let first = &mut waiting[0];
        let aside = self.spare(&first.from);
        self.run(first, &aside);
        first.from = aside;
    }

    fn spare(&self, place: &Place) -> Place {
        (0_usize..)
            .map(|number| {
                let end = if number == 0 { "__renaming".to_owned() } else { format!("__renaming{number}") };
                let mut length = place.name.len().min(MAX_IDENT_BYTES - end.len());
                while !place.name.is_char_boundary(length) {
                    length -= 1;
                }
                Place { name: format!("{}{end}", &place.name[..length]), ..place.clone() }
            })
            .find(|place| !self.taken.contains_key(place) && !self.reserved.contains(place))
            .unwrap_or_else(|| place.clone())
    }

    fn run(&mut self, rename: &Move, to: &Place) {
        let Move { named, from, .. } = rename;
        let occupant = self.taken.remove(from).flatten();
        let mut at = from.clone();
        let movable = named.container.is_none() && at.schema != to.schema;
        let rename_first = movable && at.name != to.name && {
            let moved = Place { schema: to.schema.clone(), ..at.clone() };
            self.taken.contains_key(&moved)
        };
        if rename_first {
            let renamed = Place { name: to.name.clone(), ..at.clone() };
            // Both ways are barred: a third name for a moment.
            let between = if self.taken.contains_key(&renamed) { self.spare(to).name } else { renamed.name };
            self.rename(rename, &mut at, &between);
        }
        if movable {
            let sql = named.form.set_schema(&at.qualified(), &to.schema);
            self.push(rename, sql);
            at.schema.clone_from(&to.schema);
        }
        self.rename(rename, &mut at, &to.name);
        self.note(rename, to);
        self.taken.insert(to.clone(), occupant);
    }

    /// Parts are found by what their container is called now.
    fn note(&mut self, rename: &Move, at: &Place) {
        if rename.named.container.is_none() && at.space == CLASS {
            self.current.insert(rename.to.qualified(), at.qualified());
        }
    }

    fn rename(&mut self, rename: &Move, at: &mut Place, name: &str) {
        if at.name == name {
            return;
        }
        let named = &rename.named;
        let container = named.container.as_ref().map(|new| self.current.get(new).unwrap_or(new));
        let schema = container.map_or(&at.schema, |container| &container.schema);
        let sql = named.form.rename(&QualifiedName::new(schema, &at.name), container, name);
        self.push(rename, sql);
        name.clone_into(&mut at.name);
    }

    fn push(&mut self, rename: &Move, sql: String) {
        self.steps.push(Step::new(Verb::Rename, rename.named.object.clone(), sql));
    }
}
