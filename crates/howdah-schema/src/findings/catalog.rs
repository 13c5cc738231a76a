//! Rules that look at a catalog, and what their findings point at in the SQL that made it.

use super::directive::directives;
use super::places::Places;
use super::suppress::{self, Judged};
use super::text::Text;
use super::{Finding, Level, Place, Report, Rule, Source};
use crate::Ident;
use crate::catalog::ObjectId;

/// Where a rule reports.
pub(crate) struct Out<'s> {
    places: &'s Places<'s>,
    rule: &'s Rule,
    found: &'s mut Vec<Finding>,
}

impl Out<'_> {
    /// A finding about an object, at what makes it.
    pub(crate) fn at(&mut self, id: ObjectId, message: impl Into<String>, fix: impl Into<String>) {
        self.at_level(self.rule.level, id, message, fix);
    }

    /// The same of another weight, which is never above the rule's own.
    pub(crate) fn at_level(&mut self, level: Level, id: ObjectId, message: impl Into<String>, fix: impl Into<String>) {
        let place = self.places.of(&id);
        self.push(level, path(&id), Some(id), place, message.into(), fix.into());
    }

    /// A finding about a word in an object's comment, at the comment.
    pub(crate) fn in_comment(&mut self, id: ObjectId, word: &str, message: impl Into<String>, fix: impl Into<String>) {
        let place = self.places.of_comment(&id, word).or_else(|| self.places.of(&id));
        self.push(self.rule.level, path(&id), Some(id), place, message.into(), fix.into());
    }

    /// A finding about something that the catalog has no type for.
    pub(crate) fn about(&mut self, object: &str, message: impl Into<String>, fix: impl Into<String>) {
        self.push(self.rule.level, object.to_owned(), None, None, message.into(), fix.into());
    }

    fn push(
        &mut self,
        level: Level,
        object: String,
        id: Option<ObjectId>,
        place: Option<Place>,
        message: String,
        fix: String,
    ) {
        let Rule { id: rule, level: most, class, .. } = *self.rule;
        let (level, object) = (level.min(most), Some(object));
        self.found.push(Finding { rule, level, class, place, object, id, rows: None, message, fix });
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
        | ObjectId::Column(parent, name) => format!("{parent}.{}", Ident::new(name.as_str())),
        other => {
            let text = other.to_string();
            text.strip_prefix(other.kind()).unwrap_or(&text).trim_start().to_owned()
        }
    }
}

/// What rules find, as they report it.
pub(crate) struct Findings<'s> {
    places: &'s Places<'s>,
    found: Vec<Finding>,
}

impl Findings<'_> {
    /// Where this rule reports.
    pub(crate) fn of<'o>(&'o mut self, rule: &'o Rule) -> Out<'o> {
        Out { places: self.places, rule, found: &mut self.found }
    }
}

/// Runs `rules` over a catalog by `look`. `files` are the SQL files that made it, in their order, to point at and to read
/// suppressions from; none for a live database.
pub(crate) fn judge(files: &[Source<'_>], rules: &[Rule], look: impl FnOnce(&mut Findings<'_>)) -> Report {
    let texts: Vec<Text<'_>> = files.iter().map(Text::new).collect();
    let places = Places::read(&texts);
    let mut findings = Findings { places: &places, found: Vec::new() };
    look(&mut findings);
    let found = findings.found;
    let comments: Vec<_> = files.iter().map(|file| directives(file.text, 0..file.text.len())).collect();
    let judged: Vec<Judged<'_>> = texts
        .iter()
        .zip(places.statements())
        .zip(&comments)
        .map(|((text, statements), directives)| Judged { text, statements: statements.clone(), directives })
        .collect();
    let mut report = suppress::apply(&judged, rules, found);
    report.sort(files);
    report
}
