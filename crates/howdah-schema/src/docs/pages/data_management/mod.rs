//! The project's data architecture, filled in from facts.

mod access;
mod protection;
mod strategy;
mod validation;

use super::links::Links;
use super::write::{Line, Writer};
use crate::docs::Issue;
use crate::docs::block::{Inline, Page};
use crate::docs::model::{TableDoc, TableKind};

/// More tables than this are counted rather than named.
const MAX_NAMES: usize = 20;

/// One part a question that a reviewer of a data architecture asks. What the schema does not know, the part says.
pub(super) fn page(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    writer.say("How this database is built and how its data is looked after, as far as the schema knows. What it cannot know, such as where backups lie, is named as such.");
    strategy::strategy(&mut writer, links);
    strategy::entities(&mut writer, links);
    strategy::patterns(&mut writer, links);
    validation::validation(&mut writer, links);
    access::access(&mut writer, links);
    protection::encryption(&mut writer, links);
    protection::retention(&mut writer, links);
    protection::audit(&mut writer, links);
    protection::consent(&mut writer, links);
    protection::backups(&mut writer, links);
    protection::replication(&mut writer, links);
    issues(&mut writer, links);
    writer.page("DATA-MANAGEMENT", "Data management", "How data is validated, protected, kept and removed.")
}

/// All but partitions.
fn tables<'a>(links: &Links<'a>) -> impl Iterator<Item = &'a TableDoc> + use<'a> {
    links.documentation.tables.values().filter(|table| table.kind != TableKind::Partition)
}

/// `number` of something with the tables it is true of, or how many it is not true of, whichever says more with less.
fn which(links: &Links<'_>, what: &str, all: &[&TableDoc], fits: impl Fn(&TableDoc) -> bool) -> Line {
    let (yes, no): (Vec<&TableDoc>, Vec<&TableDoc>) = all.iter().partition(|table| fits(table));
    let names = |tables: &[&TableDoc]| links.relations(tables.iter().map(|table| &table.name));
    let line = Line::from(format!("{what}: {} of {}", yes.len(), all.len()));
    if yes.is_empty() || no.is_empty() || yes.len().min(no.len()) > MAX_NAMES {
        line
    } else if no.len() < yes.len() {
        line.text("; all but ").and(names(&no))
    } else {
        line.text(": ").and(names(&yes))
    }
}

/// Who finds issues, what they are asked, and what is said where they found nothing.
const SETS: [(&str, &str, &str, &str); 3] = [
    (
        "advisor",
        "Found by the advisor",
        "What the schema lets others see and do, and what it costs.",
        "The advisor found nothing.",
    ),
    (
        "standards",
        "Found by the schema standards",
        "What a well-kept schema looks like.",
        "The schema keeps the standards.",
    ),
    ("queries", "Found by running queries", "What could not be read.", ""),
];

fn issues(writer: &mut Writer, links: &Links<'_>) {
    writer.part("known-issues", "Known issues");
    let issues = &links.documentation.issues;
    if issues.is_empty() {
        writer.say("The advisor and the checks of the schema found nothing.");
        return;
    }
    for (set, title, about, nothing) in SETS {
        let found: Vec<&Issue> = issues.iter().filter(|issue| issue.set == set).collect();
        if found.is_empty() && nothing.is_empty() {
            continue;
        }
        writer.heading(3, &format!("known-issues-{set}"), Inline::text(title));
        if found.is_empty() {
            writer.say(nothing);
            continue;
        }
        writer.say(about);
        let rows = found.into_iter().map(|issue| {
            [
                issue.level.as_str().into(),
                Line::new().code(issue.object.as_str()),
                with_code(&issue.message),
                with_code(&issue.fix),
                Line::new().code(issue.rule.as_str()),
            ]
        });
        writer.table(["Level", "Object", "What is wrong", "What to do", "Rule"], rows);
    }
}

/// A text in which SQL stands between backticks.
fn with_code(text: &str) -> Line {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // One of them belongs to a name.
        return text.into();
    }
    let pieces = parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty());
    pieces.fold(Line::new(), |line, (at, part)| if at.is_multiple_of(2) { line.text(part) } else { line.code(part) })
}
