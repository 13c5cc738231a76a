//! The project's data architecture, filled in from facts.

mod access;
mod protection;
mod strategy;
mod validation;

use super::links::Links;
use super::write::{Line, Writer};
use crate::docs::block::Page;
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

fn issues(writer: &mut Writer, links: &Links<'_>) {
    writer.part("known-issues", "Known issues");
    let issues = &links.documentation.issues;
    if issues.is_empty() {
        writer.say("The checks of the schema found nothing.");
        return;
    }
    let rows = issues.iter().map(|issue| {
        [
            issue.level.as_str().into(),
            Line::new().code(issue.object.as_str()),
            issue.message.as_str().into(),
            issue.fix.as_str().into(),
            Line::new().code(issue.rule.as_str()),
        ]
    });
    writer.table(["Level", "Object", "What is wrong", "What to do", "Rule"], rows);
}
