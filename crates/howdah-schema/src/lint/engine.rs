//! Runs the rules over a catalog.

use super::facts::Facts;
use super::places::Places;
use super::rules;
use crate::Catalog;
use crate::catalog::ObjectId;
use crate::findings::directive::directives;
use crate::findings::suppress::{self, Judged};
use crate::findings::text::Text;
use crate::findings::{Finding, Place, Report, Rule, Source};

/// A rule, and how it looks at a catalog.
pub(super) struct Check {
    pub(super) rule: Rule,
    pub(super) check: fn(&Facts<'_>, &mut Out<'_>),
}

/// Where a rule reports.
pub(super) struct Out<'s> {
    places: &'s Places<'s>,
    rule: &'s Rule,
    found: &'s mut Vec<Finding>,
}

impl Out<'_> {
    /// A finding about an object, at what makes it.
    pub(super) fn at(&mut self, id: ObjectId, message: impl Into<String>, fix: impl Into<String>) {
        let place = self.places.of(&id);
        self.push(id, place, message.into(), fix.into());
    }

    /// A finding about a word in an object's comment, at the comment.
    pub(super) fn in_comment(&mut self, id: ObjectId, word: &str, message: impl Into<String>, fix: impl Into<String>) {
        let place = self.places.of_comment(&id, word).or_else(|| self.places.of(&id));
        self.push(id, place, message.into(), fix.into());
    }

    fn push(&mut self, id: ObjectId, place: Option<Place>, message: String, fix: String) {
        let Rule { id: rule, level, class, .. } = *self.rule;
        let object = Some(path(&id));
        self.found.push(Finding { rule, level, class, place, object, id: Some(id), rows: None, message, fix });
    }
}

/// An object as findings call it: with all that it is in, and without its kind.
fn path(id: &ObjectId) -> String {
    match id {
        ObjectId::Constraint(parent, name)
        | ObjectId::DomainConstraint(parent, name)
        | ObjectId::Trigger(parent, name)
        | ObjectId::Policy(parent, name)
        | ObjectId::Rule(parent, name)
        | ObjectId::Column(parent, name) => format!("{parent}.{}", crate::Ident::new(name.as_str())),
        other => {
            let text = other.to_string();
            text.strip_prefix(other.kind()).unwrap_or(&text).trim_start().to_owned()
        }
    }
}

/// Judges a catalog. `files` are the SQL files that made it, in their order, to point at and to read suppressions from; none
/// for a live database.
pub fn check(catalog: &Catalog, files: &[Source<'_>]) -> Report {
    let texts: Vec<Text<'_>> = files.iter().map(Text::new).collect();
    let places = Places::read(&texts);
    let facts = Facts::new(catalog);
    let mut found = Vec::new();
    for check in rules::ALL {
        (check.check)(&facts, &mut Out { places: &places, rule: &check.rule, found: &mut found });
    }
    let comments: Vec<_> = files.iter().map(|file| directives(file.text, 0..file.text.len())).collect();
    let judged: Vec<Judged<'_>> = texts
        .iter()
        .zip(places.statements())
        .zip(&comments)
        .map(|((text, statements), directives)| Judged { text, statements: statements.clone(), directives })
        .collect();
    let mut report = suppress::apply(&judged, rules(), found);
    report.sort(files);
    report
}
