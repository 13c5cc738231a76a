//! Directives and two catalogs to statements.

use super::choose::{Wish, choose};
use super::directive::{Directive, OldName, RenameError, Target};
use super::forms::{CLASS, Form, Move, Named, Place};
use super::kinds::{Key, global_likeness, global_names, method, object, object_likeness, object_names, space};
use super::names::Names;
use super::occupied;
use super::order::{Current, Stage};
use super::rewrite::Columns;
use crate::catalog::{Catalog, ObjectId, Signature};
use crate::diff::step::{Step, Verb};
use crate::{Ident, QualifiedName, nearest};
use std::collections::{BTreeMap, BTreeSet};

/// The statements that give what is in `from` the names that it has in `to`, as far as directives say so or names follow
/// (see the module). None changes or loses anything but names. A schema that something moves to is made if it is not there.
///
/// A directive says nothing where the old name is not in `from`, or the new one is there and the old one is still wanted in `to`.
/// Names that change places, each renamed from the other, are exchanged only where what stands under them shows that they have
/// not been yet.
///
/// # Errors
/// A directive stands beside what is not in `to`; it is at odds with another, or with what is in `from`; or it can mean several
/// functions.
pub fn plan(from: &Catalog, to: &Catalog, directives: &[Directive]) -> Result<Vec<Step>, RenameError> {
    Ok(Renames::new(from, to, directives)?.steps())
}

/// The directives that lead back: of those that have something to do between `from` and `to`, each the other way round, with the
/// old names of what they are parts of. To be planned from `to` to `from`.
///
/// # Errors
/// As for [`plan`].
pub fn invert(from: &Catalog, to: &Catalog, directives: &[Directive]) -> Result<Vec<Directive>, RenameError> {
    Ok(Renames::new(from, to, directives)?.inverse)
}

/// What is renamed, in the order of its resolution: parts are found only when their container's old name is known.
pub(super) struct Renames<'c> {
    pub(super) from: &'c Catalog,
    pub(super) to: &'c Catalog,
    pub(super) names: Names,
    /// By the table's new name.
    pub(super) columns: BTreeMap<QualifiedName, Columns>,
    pub(super) stages: Stages,
    inverse: Vec<Directive>,
}

/// Names that cannot be in each other's way are in different stages; a later one finds the names of the ones before.
#[derive(Default)]
pub(super) struct Stages {
    schemas: Stage,
    /// Tables, types and all that shares names with them.
    pub(super) classes: Stage,
    pub(super) parts: Stage,
    pub(super) routines: Stage,
    pub(super) others: Stage,
}

impl<'c> Renames<'c> {
    fn new(from: &'c Catalog, to: &'c Catalog, directives: &[Directive]) -> Result<Self, RenameError> {
        let mut renames = Self {
            from,
            to,
            names: Names::default(),
            columns: BTreeMap::new(),
            stages: Stages::default(),
            inverse: Vec::new(),
        };
        renames.globals(directives)?;
        // Sequences last: their place is where their table goes.
        for kind in ["type", "table", "view", "sequence"] {
            renames.objects(kind, directives)?;
        }
        renames.routines(directives, false)?;
        renames.routines(directives, true)?;
        for kind in [
            "statistics",
            "collation",
            "text search configuration",
            "text search dictionary",
            "operator family",
            "operator class",
        ] {
            renames.objects(kind, directives)?;
        }
        renames.parts(directives)?;
        renames.drop_inherited();
        renames.follow();
        Ok(renames)
    }

    fn steps(mut self) -> Vec<Step> {
        if !self.stages.classes.moves.is_empty() {
            self.stages.classes.taken = occupied::classes(self.from, &self.names);
        }
        let places = self.from.statistics.keys().map(|name| (Place::of("statistics", &self.names.place(name)), None));
        self.stages.others.taken.extend(places);
        let make = self.missing_schemas();
        let mut current = Current::new();
        let mut steps = self.stages.schemas.order(&mut current);
        steps.extend(make);
        for stage in [self.stages.classes, self.stages.parts, self.stages.routines, self.stages.others] {
            steps.extend(stage.order(&mut current));
        }
        steps
    }

    /// Everything else about them is a matter of comparison afterwards.
    fn missing_schemas(&self) -> Vec<Step> {
        let there: BTreeSet<String> = self.from.schemas.keys().map(|name| self.names.new_schema(name)).collect();
        let stages = [&self.stages.classes, &self.stages.routines, &self.stages.others];
        let moves = stages.into_iter().flat_map(|stage| &stage.moves).filter(|rename| rename.declared);
        let wanted: BTreeSet<&String> = moves.map(|rename| &rename.to.schema).collect();
        let missing = wanted.into_iter().filter(|name| self.to.schemas.contains_key(*name) && !there.contains(*name));
        missing
            .map(|name| {
                let sql = format!("CREATE SCHEMA {}", Ident::new(name));
                Step::new(Verb::Create, ObjectId::Schema(name.clone()), sql)
            })
            .collect()
    }

    /// What is in no schema.
    fn globals(&mut self, directives: &[Directive]) -> Result<(), RenameError> {
        for kind in ["schema", "publication", "event trigger"] {
            let ours: Vec<&Directive> = directives.iter().filter(|found| found.target.kind() == kind).collect();
            let Some(sample) = ours.first().map(|directive| &directive.target) else { continue };
            let (before, after) = (global_names(sample, self.from), global_names(sample, self.to));
            for directive in &ours {
                if !after.contains(directive.target.name()) {
                    return Err(missing(directive, after.iter().map(|name| format!("{kind} {name}"))));
                }
            }
            let alike = |old: &String, new: &String| global_likeness(sample, (self.from, old), (self.to, new));
            for wish in choose(ours.into_iter().map(Wish::of).collect(), &before, &after, alike)? {
                let (form, object) = match wish.directive.target {
                    Target::Publication(_) => (Form::Global("PUBLICATION"), ObjectId::Publication(wish.new.clone())),
                    Target::EventTrigger(_) => {
                        (Form::Global("EVENT TRIGGER"), ObjectId::EventTrigger(wish.new.clone()))
                    }
                    _ => {
                        self.names.rename_schema(wish.old.clone(), wish.new.clone());
                        (Form::Global("SCHEMA"), ObjectId::Schema(wish.new.clone()))
                    }
                };
                self.note_inverse(wish.directive, QualifiedName::new("", ""), "", &wish.old, None);
                let named = Named { form, object, container: None };
                let (from, to) = (Place::new(kind, "", &wish.old), Place::new(kind, "", &wish.new));
                self.stages.schemas.moves.push(Move { named, from, to, declared: true });
            }
            self.stages.schemas.taken.extend(before.iter().map(|name| (Place::new(kind, "", name), None)));
        }
        Ok(())
    }

    /// What is in a schema, but functions.
    fn objects(&mut self, kind: &str, directives: &[Directive]) -> Result<(), RenameError> {
        let ours: Vec<&Directive> = directives.iter().filter(|found| found.target.kind() == kind).collect();
        let Some(sample) = ours.first().map(|directive| &directive.target) else { return Ok(()) };
        let places: BTreeMap<Key, QualifiedName> = object_names(sample, self.from)
            .into_iter()
            .map(|(name, method)| ((self.place(sample, &name), method), name))
            .collect();
        let (before, after): (BTreeSet<Key>, BTreeSet<Key>) =
            (places.keys().cloned().collect(), object_names(sample, self.to));
        let mut wishes = Vec::new();
        for directive in ours {
            let (Some(name), method) = (directive.target.qualified(), method(&directive.target)) else { continue };
            let new = (name.clone(), method.clone());
            if !after.contains(&new) {
                return Err(missing(directive, after.iter().map(|(name, _)| format!("{kind} {name}"))));
            }
            let schemas = self.old_schemas(directive, &name.schema);
            let names = schemas.into_iter().map(|schema| QualifiedName::new(schema, directive.old.name.clone()));
            let found = names.map(|old| (self.place(sample, &old), method.clone())).find(|key| before.contains(key));
            wishes.extend(found.map(|old| Wish { directive, old, new }));
        }
        let alike = |old: &Key, new: &Key| match places.get(old) {
            Some(name) => object_likeness(sample, (self.from, name), (self.to, &new.0)),
            None => 0,
        };
        let chosen = choose(wishes, &before, &after, alike)?;
        for wish in &chosen {
            let Some(old) = places.get(&wish.old) else { continue };
            self.object(wish, old);
        }
        if space(sample) != CLASS {
            let taken = before.iter().map(|(name, method)| (Place::of(format!("{kind}{method}"), name), None));
            self.stages.others.taken.extend(taken);
        }
        Ok(())
    }

    fn object(&mut self, wish: &Wish<'_, Key>, old: &QualifiedName) {
        let target = &wish.directive.target;
        let (place, new) = (&wish.old.0, &wish.new.0);
        self.note_inverse(wish.directive, QualifiedName::new("", ""), &old.schema, &old.name, None);
        let named = Named {
            form: self.form(target, old),
            object: object(target, new),
            container: self.from.sequences.get(old).and_then(|sequence| occupied::owner(sequence, &self.names)),
        };
        let container = named.container.clone().filter(|_| matches!(target, Target::Sequence(_)));
        let named = Named { container, ..named };
        let space = format!("{}{}", space(target), wish.new.1);
        let rename = Move { named, from: Place::of(&space, place), to: Place::of(&space, new), declared: true };
        if space == CLASS {
            self.names.rename_object(place.clone(), new.clone());
            self.stages.classes.moves.push(rename);
        } else {
            self.stages.others.moves.push(rename);
        }
        if let (Target::Type(_), Some(range)) = (target, self.from.ranges.get(old)) {
            self.constructors(range, old, new, false);
        }
    }

    fn form(&self, target: &Target, old: &QualifiedName) -> Form {
        match target {
            Target::Table(_) => Form::Object("TABLE"),
            Target::View(_) => occupied::view_form(self.from.views.get(old).is_some_and(|view| view.materialized)),
            Target::Sequence(_) => Form::Object("SEQUENCE"),
            Target::Type(_) if self.from.domains.contains_key(old) => Form::Object("DOMAIN"),
            Target::Statistics(_) => Form::Object("STATISTICS"),
            Target::Collation(_) => Form::Object("COLLATION"),
            Target::TextSearchConfiguration(_) => Form::Object("TEXT SEARCH CONFIGURATION"),
            Target::TextSearchDictionary(_) => Form::Object("TEXT SEARCH DICTIONARY"),
            Target::OperatorClass(_, method) => Form::OfMethod("OPERATOR CLASS", method.clone()),
            Target::OperatorFamily(_, method) => Form::OfMethod("OPERATOR FAMILY", method.clone()),
            _ => Form::Object("TYPE"),
        }
    }

    fn place(&self, sample: &Target, old: &QualifiedName) -> QualifiedName {
        match (sample, self.from.sequences.get(old)) {
            (Target::Sequence(_), Some(sequence)) => occupied::sequence_place(sequence, &self.names),
            _ => self.names.place(old),
        }
    }

    /// The schemas that an old name may be in: the one it says, be it by its old or its new name; else the one where the new
    /// name is.
    pub(super) fn old_schemas(&self, directive: &Directive, new: &str) -> Vec<String> {
        match &directive.old.schema {
            Some(said) => std::iter::once(said.clone()).chain(self.names.old_schema(said)).collect(),
            None => self.names.old_schema(new).into_iter().collect(),
        }
    }

    /// Of a function: its signature before and after.
    pub(super) fn note_inverse(
        &mut self,
        directive: &Directive,
        container: QualifiedName,
        schema: &str,
        name: &str,
        signatures: Option<(&Signature, &Signature)>,
    ) {
        let arguments = signatures.map(|(old, _)| old.arguments.clone());
        self.inverse.push(Directive {
            file: directive.file.clone(),
            line: directive.line,
            target: directive.target.renamed(container, schema, name.to_owned(), arguments),
            old: OldName {
                schema: directive.target.qualified().map(|name| name.schema.clone()),
                name: directive.target.name().to_owned(),
                arguments: signatures.map(|(_, new)| new.arguments.clone()),
            },
        });
    }
}

pub(super) fn missing(directive: &Directive, there: impl Iterator<Item = String>) -> RenameError {
    let there: Vec<String> = there.collect();
    let wanted = match &directive.target {
        Target::Function(name, _) | Target::Aggregate(name, _) => format!("{} {name}", directive.target.kind()),
        target => target.to_string(),
    };
    RenameError::Missing {
        file: directive.file.clone(),
        line: directive.line,
        nearest: nearest(&wanted, there.iter().map(String::as_str)).map(str::to_owned),
        target: wanted,
    }
}
