//! The objects of both catalogs side by side, each with a number.
//!
//! A plan asks for the same objects over and over, by what needs what and by what is part of what. Names are looked up once,
//! here; from then on an object is its [`Handle`], which is cheap to copy, to compare and to look up.

use super::classify::relation;
use super::object::Object;
use super::objects::Found;
use crate::QualifiedName;
use crate::catalog::ObjectId;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter::Peekable;

/// The number of an object. Handles are ordered as the ids that they stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Handle(u32);

impl Handle {
    /// Where it stands in a list of all objects.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which of the two catalogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// That which is there.
    Before,
    /// That which is wanted.
    After,
}

/// An object as it is in either catalog.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    before: Option<Object<'a>>,
    after: Option<Object<'a>>,
    /// Whether it is known to be the same in both: what it is part of is the same to the last letter.
    untouched: bool,
}

/// What both catalogs have, in the order of the ids.
pub(super) fn pair<'a>(before: Vec<Found<'a>>, after: Vec<Found<'a>>) -> (Vec<ObjectId>, Vec<Pair<'a>>) {
    let (mut before, mut after) = (sorted(before), sorted(after));
    let mut paired = (Vec::new(), Vec::new());
    loop {
        let order = match (before.peek(), after.peek()) {
            (Some(left), Some(right)) => left.id.cmp(&right.id),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return paired,
        };
        let left = if order.is_le() { before.next() } else { None };
        let right = if order.is_ge() { after.next() } else { None };
        let untouched =
            left.as_ref().zip(right.as_ref()).is_some_and(|(left, right)| left.untouched && right.untouched);
        let objects = (left.as_ref().map(|found| found.object), right.as_ref().map(|found| found.object));
        paired.0.extend(left.or(right).map(|found| found.id));
        paired.1.push(Pair { before: objects.0, after: objects.1, untouched });
    }
}

/// In the order of the ids, each once. They come in long runs that are in order already, which the sort makes use of.
fn sorted(mut found: Vec<Found<'_>>) -> Peekable<impl Iterator<Item = Found<'_>>> {
    found.sort_by(|left, right| left.id.cmp(&right.id));
    found.dedup_by(|left, right| left.id == right.id);
    found.into_iter().peekable()
}

/// All objects of two catalogs.
#[derive(Debug)]
pub(super) struct Inventory<'i, 'a> {
    ids: &'i [ObjectId],
    pairs: &'i [Pair<'a>],
    handles: HashMap<&'i ObjectId, Handle>,
    /// Of each object the table and the view that it is a part of: one may have become the other.
    relations: Vec<[Option<Handle>; 2]>,
    /// What an index or sequence was a part of, where that is another relation now.
    left: HashMap<Handle, [Option<Handle>; 2]>,
    /// Of each object the schema that it is in.
    schemas: Vec<Option<Handle>>,
}

impl<'i, 'a> Inventory<'i, 'a> {
    pub(super) fn new(ids: &'i [ObjectId], pairs: &'i [Pair<'a>]) -> Self {
        let handles = ids.iter().zip(0..).map(|(id, number)| (id, Handle(number))).collect();
        let mut inventory =
            Self { ids, pairs, handles, relations: Vec::new(), left: HashMap::new(), schemas: Vec::new() };
        // Neighbours are mostly parts of one table, and nearly always in one schema.
        let mut last_relation: Option<(&QualifiedName, [Option<Handle>; 2])> = None;
        let mut last_schema: Option<(&str, Option<Handle>)> = None;
        for ((id, pair), number) in ids.iter().zip(pairs).zip(0..) {
            let relations = pair.after.or(pair.before).as_ref().and_then(|object| relation(id, object)).map(|name| {
                let known = last_relation.filter(|(last, _)| *last == name).map(|(_, relations)| relations);
                let relations = known.unwrap_or_else(|| inventory.called(name));
                last_relation = Some((name, relations));
                relations
            });
            let schema = id.schema().and_then(|name| {
                let known = last_schema.filter(|(last, _)| *last == name).map(|(_, schema)| schema);
                let schema = known.unwrap_or_else(|| inventory.find(&ObjectId::Schema(name.to_owned())));
                last_schema = Some((name, schema));
                schema
            });
            if let (Some(before), Some(after)) = (&pair.before, &pair.after)
                && let (before, after) = (relation(id, before), relation(id, after))
                && before != after
            {
                let left = before.map(|name| inventory.called(name)).unwrap_or_default();
                inventory.left.insert(Handle(number), left);
            }
            inventory.relations.push(relations.unwrap_or_default());
            inventory.schemas.push(schema);
        }
        inventory
    }

    /// Every object, in the order of the ids.
    pub(super) fn handles(&self) -> impl DoubleEndedIterator<Item = Handle> + use<> {
        (0..u32::try_from(self.ids.len()).unwrap_or(u32::MAX)).map(Handle)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// What a handle stands for.
    pub(super) fn id(&self, handle: Handle) -> &'i ObjectId {
        &self.ids[handle.index()]
    }

    /// The handle of an object that is in one of the catalogs.
    pub(super) fn find(&self, id: &ObjectId) -> Option<Handle> {
        self.handles.get(id).copied()
    }

    /// The table and the view of that name.
    fn called(&self, name: &QualifiedName) -> [Option<Handle>; 2] {
        [ObjectId::Table(name.clone()), ObjectId::View(name.clone())].map(|id| self.find(&id))
    }

    /// The table of that name.
    pub(super) fn table(&self, name: &QualifiedName) -> Option<Handle> {
        self.find(&ObjectId::Table(name.clone()))
    }

    /// A column of that table or view.
    pub(super) fn column(&self, relation: &QualifiedName, name: &str) -> Option<Handle> {
        self.find(&ObjectId::Column(relation.clone(), name.to_owned()))
    }

    /// The object as it was.
    pub(super) fn before(&self, handle: Handle) -> Option<Object<'a>> {
        self.pairs[handle.index()].before
    }

    /// The object as it is wanted.
    pub(super) fn after(&self, handle: Handle) -> Option<Object<'a>> {
        self.pairs[handle.index()].after
    }

    /// The object as it is in one of the catalogs.
    pub(super) fn get(&self, side: Side, handle: Handle) -> Option<Object<'a>> {
        match side {
            Side::Before => self.before(handle),
            Side::After => self.after(handle),
        }
    }

    /// Whether it is known to be the same in both catalogs.
    pub(super) fn is_untouched(&self, handle: Handle) -> bool {
        self.pairs[handle.index()].untouched
    }

    /// The table or view, or both where one became the other, that it is a part of in one of the catalogs.
    pub(super) fn relations(&self, side: Side, handle: Handle) -> impl Iterator<Item = Handle> + use<> {
        let left = if side == Side::Before { self.left.get(&handle) } else { None };
        left.copied().unwrap_or(self.relations[handle.index()]).into_iter().flatten()
    }

    /// The schema that it is in.
    pub(super) fn schema(&self, handle: Handle) -> Option<Handle> {
        self.schemas[handle.index()]
    }

    /// Those whose ids follow each other from `first` on for as long as `belongs`.
    pub(super) fn run<'s, F>(
        &'s self,
        first: &ObjectId,
        belongs: F,
    ) -> impl Iterator<Item = Handle> + use<'s, 'i, 'a, F>
    where
        F: Fn(&ObjectId) -> bool,
    {
        let start = self.ids.partition_point(|id| id < first);
        self.handles().skip(start).take_while(move |handle| belongs(self.id(*handle)))
    }

    /// The columns of a table in either catalog.
    pub(super) fn columns_of<'s>(&'s self, table: &'s QualifiedName) -> impl Iterator<Item = Handle> + 's {
        let first = ObjectId::Column(table.clone(), String::new());
        self.run(&first, move |id| matches!(id, ObjectId::Column(name, _) if name == table))
    }
}
