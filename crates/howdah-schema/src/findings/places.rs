//! Where a catalog's objects are written.

use crate::QualifiedName;
use crate::catalog::{ObjectId, Signature};
use crate::diff::renames::Target;
use crate::diff::renames::definitions::{Definition, definitions};
use crate::findings::Place;
use crate::findings::text::Text;
use std::collections::BTreeMap;
use std::ops::Range;

/// What the files define, by what it is.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    texts: &'a [Text<'a>],
    /// Of each text.
    statements: Vec<Vec<Range<usize>>>,
    made: BTreeMap<ObjectId, Spot>,
    comments: BTreeMap<ObjectId, Spot>,
    /// What a constraint without a name of its own may stand in.
    columns: BTreeMap<QualifiedName, Vec<(String, Spot)>>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
struct Spot {
    text: usize,
    definition: Definition,
}

impl<'a> Places<'a> {
    pub(crate) fn read(texts: &'a [Text<'a>]) -> Self {
        let mut places = Self {
            texts,
            statements: Vec::new(),
            made: BTreeMap::new(),
            comments: BTreeMap::new(),
            columns: BTreeMap::new(),
        };
        for (text, source) in texts.iter().enumerate() {
            let (statements, found) = definitions(source.source.text);
            places.statements.push(statements);
            for definition in found {
                let Some(id) = id(&definition.target) else { continue };
                let spot = Spot { text, definition };
                if spot.definition.is_comment {
                    places.comments.insert(id, spot);
                } else {
                    if let ObjectId::Column(table, column) = &id {
                        places.columns.entry(table.clone()).or_default().push((column.clone(), spot.clone()));
                    }
                    // What is made twice (IF NOT EXISTS, OR REPLACE) was made by the first.
                    places.made.entry(id).or_insert(spot);
                }
            }
        }
        places
    }

    /// The statements of each text.
    pub(crate) fn statements(&self) -> &[Vec<Range<usize>>] {
        &self.statements
    }

    /// Where an object is made; of a part without a name of its own, what it is part of.
    pub(crate) fn of(&self, id: &ObjectId) -> Option<Place> {
        let spot = self.made.get(&known(id)).or_else(|| self.nearby(id))?;
        self.place(spot, spot.definition.span.clone())
    }

    /// Where a word of an object's comment stands; where the comment does, if the word is written in another way there, or
    /// for no word.
    pub(crate) fn of_comment(&self, id: &ObjectId, word: &str) -> Option<Place> {
        let spot = self.comments.get(&known(id))?;
        let whole = spot.definition.span.clone();
        let text = self.texts.get(spot.text)?.source.text.get(whole.clone())?;
        let at = Some(word).filter(|word| !word.is_empty()).and_then(|word| text.rfind(word));
        let span = at.map_or(whole.clone(), |at| whole.start + at..whole.start + at + word.len());
        self.place(spot, span)
    }

    /// A constraint that PostgreSQL named stands in its column or table.
    fn nearby(&self, id: &ObjectId) -> Option<&Spot> {
        match id {
            ObjectId::Constraint(table, name) => {
                let base = name.strip_prefix(&format!("{}_", table.name)).unwrap_or(name);
                let within = self.columns.get(table).into_iter().flatten();
                let named = within
                    .filter(|(column, _)| base.strip_prefix(column.as_str()).is_some_and(|rest| rest.starts_with('_')));
                let column = named.max_by_key(|(column, _)| column.len()).map(|(_, spot)| spot);
                column.or_else(|| self.made.get(&ObjectId::Table(table.clone())))
            }
            ObjectId::Column(relation, _) => {
                let made = self.made.get(&ObjectId::Table(relation.clone()));
                made.or_else(|| self.made.get(&ObjectId::View(relation.clone())))
            }
            other => self.made.get(&other.parent()?),
        }
    }

    fn place(&self, spot: &Spot, span: Range<usize>) -> Option<Place> {
        Some(self.texts.get(spot.text)?.place(span))
    }
}

/// A function is looked up by its name alone: its types are written in other words than the catalog has.
fn known(id: &ObjectId) -> ObjectId {
    match id {
        ObjectId::Function(signature) | ObjectId::Aggregate(signature) => routine(&signature.name),
        other => other.clone(),
    }
}

fn routine(name: &QualifiedName) -> ObjectId {
    ObjectId::Function(Signature { name: name.clone(), arguments: String::new() })
}

/// What the catalog calls it.
fn id(target: &Target) -> Option<ObjectId> {
    Some(match target {
        Target::Schema(name) => ObjectId::Schema(name.clone()),
        Target::Table(name) => ObjectId::Table(name.clone()),
        Target::View(name) => ObjectId::View(name.clone()),
        Target::Sequence(name) => ObjectId::Sequence(name.clone()),
        Target::Type(name) => ObjectId::Type(name.clone()),
        Target::Index(name) => ObjectId::Index(name.clone()),
        Target::Column(relation, name) => ObjectId::Column(relation.clone(), name.clone()),
        Target::Constraint(table, name) => ObjectId::Constraint(table.clone(), name.clone()),
        Target::DomainConstraint(domain, name) => ObjectId::DomainConstraint(domain.clone(), name.clone()),
        Target::Function(name, _) | Target::Aggregate(name, _) => routine(name),
        Target::Policy(table, name) => ObjectId::Policy(table.clone(), name.clone()),
        Target::Trigger(table, name) => ObjectId::Trigger(table.clone(), name.clone()),
        Target::Rule(table, name) => ObjectId::Rule(table.clone(), name.clone()),
        _ => return None,
    })
}
