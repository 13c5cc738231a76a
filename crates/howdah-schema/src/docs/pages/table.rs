//! A table's page.

use super::access::access;
use super::columns::columns;
use super::links::{Links, anchored};
use super::write::{Line, Writer, sentence};
use super::{indexes, parts, relationships};
use crate::catalog::{Deferral, TriggerEnabled, TriggerLevel, TriggerTiming};
use crate::docs::block::{NoteKind, Page};
use crate::docs::model::{ConstraintDoc, RuleDoc, TableDoc, TableKind, TriggerDoc};
use crate::docs::paths::table_path;

/// The twelve parts, each there even if it has nothing to say.
pub(super) fn page(links: &Links<'_>, table: &TableDoc) -> Page {
    let mut writer = Writer::default();
    if let Some(why) = table.deprecations.iter().find(|found| found.kind == "table").map(|found| &found.why) {
        writer.note(NoteKind::Deprecated, Line::new().strong("Deprecated").text(format!(": {}", sentence(why))));
    }
    writer.part("purpose", "Purpose");
    purpose(&mut writer, links, table);
    writer.part("columns", "Columns");
    columns(&mut writer, links, &table.columns);
    writer.part("relationships", "Relationships");
    relationships::of_table(&mut writer, links, table);
    writer.part("indexes", "Indexes");
    indexes::indexes(&mut writer, &table.indexes);
    writer.part("constraints", "Constraints");
    constraints(&mut writer, &table.constraints);
    writer.part("access", "Access");
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    access(&mut writer, &table.access, &names, false);
    writer.part("triggers", "Triggers");
    triggers(&mut writer, links, &table.triggers);
    rules(&mut writer, &table.rules);
    writer.part("common-queries", "Common queries");
    parts::queries(&mut writer, links.documentation, &table.queries);
    writer.part("performance", "Performance");
    indexes::performance(&mut writer, &table.performance);
    writer.part("examples", "Examples");
    parts::examples(&mut writer, links.documentation, table.example.as_ref());
    writer.part("history", "History");
    parts::history(&mut writer, links.documentation, &table.history);
    writer.part("deprecations", "Deprecations");
    deprecations(&mut writer, table);

    let summary = table.purpose.as_deref().map_or_else(|| format!("A table of {}.", table.group), first_sentence);
    let mut page = writer.page(table_path(&table.name), table.name.to_string(), summary);
    page.section = Some(format!("Tables: {}", table.group));
    page
}

/// Up to the first full stop that ends a sentence.
pub(super) fn first_sentence(text: &str) -> String {
    let line = text.split('\n').next().unwrap_or(text);
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    line.get(..end).unwrap_or(line).trim().to_owned()
}

fn purpose(writer: &mut Writer, links: &Links<'_>, table: &TableDoc) {
    match &table.purpose {
        Some(text) => parts::prose(writer, text),
        None => writer.say("Nobody has said what this table is for: it has no comment."),
    }
    let mut facts = vec![Line::from("Group: ").with(links.group(&table.group))];
    if !table.primary_key.is_empty() {
        facts.push(Line::from("Primary key: ").and(Line::codes(&table.primary_key)));
    }
    if !table.joins.is_empty() {
        facts.push(Line::from("Joins ").and(links.relations(&table.joins)));
    }
    let code = |before: &str, name: &str, after: &str| Line::from(before).code(name).text(after);
    if let Some(column) = &table.owner_column {
        facts.push(code("A row belongs to the account in ", column, ""));
    }
    if let Some(column) = &table.version_column {
        facts.push(code("", column, " counts a row's changes: an update may demand the version it has read"));
    }
    if let Some(column) = &table.soft_delete {
        facts.push(code("Deleting marks: ", column, " says when, and is null while a row is live"));
    }
    if let Some(retain) = &table.retain {
        facts.push(format!("Rows are kept for {retain}").into());
    }
    if let Some(audit) = &table.audit {
        facts.push(format!("Goes to the audit trail: {audit}").into());
    }
    if let Some(purpose) = &table.consent {
        facts.push(code("Writing needs a live consent for ", purpose, ""));
    }
    facts.extend(inheritance(links, table));
    if table.unlogged {
        facts.push("Unlogged: empty after a crash, and not on replicas".into());
    }
    if !table.read_by.is_empty() {
        facts.push(Line::from("Read by ").and(links.relations(&table.read_by)));
    }
    if !table.published_by.is_empty() {
        let names = table.published_by.iter().map(|name| anchored("DATA-MANAGEMENT", "replication", name).into());
        facts.push(Line::from("Published by ").and(Line::joined(names, ", ")));
    }
    writer.list(facts);
}

fn inheritance(links: &Links<'_>, table: &TableDoc) -> Vec<Line> {
    let mut facts = Vec::new();
    if let Some(key) = &table.partition_key {
        facts.push(Line::from("Partitioned by ").code(key.as_str()));
    }
    if let Some(parent) = &table.partition_of {
        let bounds = table.partition_bounds.clone().unwrap_or_default();
        facts.push(Line::from("A partition of ").with(links.relation(parent)).text(": ").code(bounds));
    }
    if !table.partitions.is_empty() {
        facts.push(Line::from("Partitions: ").and(links.relations(&table.partitions)));
    } else if table.kind == TableKind::Partitioned {
        facts.push("No partitions in the schema".into());
    }
    if !table.inherits.is_empty() {
        facts.push(Line::from("Inherits from ").and(links.relations(&table.inherits)));
    }
    if !table.inherited_by.is_empty() {
        facts.push(Line::from("Inherited by ").and(links.relations(&table.inherited_by)));
    }
    facts
}

fn constraints(writer: &mut Writer, constraints: &[ConstraintDoc]) {
    if constraints.is_empty() {
        writer.say("There are no constraints.");
        return;
    }
    let rows = constraints.iter().map(|constraint| {
        let mut reason = Line::from(sentence(&constraint.reason));
        for remark in remarks(constraint) {
            reason = reason.text(" ").text(remark);
        }
        [
            Line::new().code(constraint.name.as_str()),
            constraint.kind.as_str().into(),
            reason,
            Line::new().code(constraint.definition.as_str()),
        ]
    });
    writer.table(["Constraint", "Kind", "Reason", "Definition"], rows);
}

fn remarks(constraint: &ConstraintDoc) -> impl Iterator<Item = &'static str> {
    let deferral = match constraint.deferral {
        Deferral::NotDeferrable => None,
        Deferral::InitiallyImmediate => Some("A transaction may ask to have it checked at commit."),
        Deferral::InitiallyDeferred => Some("Checked at commit."),
    };
    let validated = (!constraint.validated).then_some("NOT VALID: rows from before it was added may break it.");
    let enforced = (!constraint.enforced).then_some("NOT ENFORCED: no row is checked.");
    let inherited = constraint.inherited.then_some("Comes from the parent table.");
    [deferral, validated, enforced, inherited].into_iter().flatten()
}

/// Triggers, of tables and views.
pub(super) fn triggers(writer: &mut Writer, links: &Links<'_>, triggers: &[TriggerDoc]) {
    if triggers.is_empty() {
        writer.say("There are no triggers.");
        return;
    }
    let rows = triggers.iter().map(|trigger| {
        [
            Line::new().code(trigger.name.as_str()),
            moment(trigger),
            links.function(&trigger.function).into(),
            trigger.purpose.clone().unwrap_or_default().into(),
        ]
    });
    writer.table(["Trigger", "Fires", "Calls", "Purpose"], rows);
}

fn moment(trigger: &TriggerDoc) -> Line {
    let timing = match trigger.timing {
        TriggerTiming::Before => "before",
        TriggerTiming::After => "after",
        TriggerTiming::InsteadOf => "instead of",
    };
    let level = match trigger.level {
        TriggerLevel::Row => "for each row",
        TriggerLevel::Statement => "once a statement",
    };
    let mut line = Line::from(format!("{timing} {}", trigger.events.join(" or ")));
    if !trigger.update_columns.is_empty() {
        line = line.text(" of ").and(Line::codes(&trigger.update_columns));
    }
    line = line.text(format!(", {level}"));
    if let Some(condition) = &trigger.condition {
        line = line.text(", when ").code(condition.as_str());
    }
    match trigger.enabled {
        TriggerEnabled::Origin => line,
        TriggerEnabled::Disabled => line.text("; disabled"),
        TriggerEnabled::Replica => line.text("; only where replicated changes are applied"),
        TriggerEnabled::Always => line.text("; also where replicated changes are applied"),
    }
}

fn rules(writer: &mut Writer, rules: &[RuleDoc]) {
    for rule in rules {
        let mut line = Line::from("Rule ").code(rule.name.as_str());
        if let Some(purpose) = &rule.purpose {
            line = line.text(format!(": {purpose}"));
        }
        writer.paragraph(line);
        writer.sql(rule.definition.as_str());
    }
}

fn deprecations(writer: &mut Writer, table: &TableDoc) {
    if table.deprecations.is_empty() {
        writer.say("Nothing here is deprecated.");
        return;
    }
    writer.list(table.deprecations.iter().map(|found| {
        let what = if found.kind == "table" {
            "The table itself".into()
        } else {
            Line::from(format!("{} ", found.kind)).code(found.name.as_str())
        };
        what.text(format!(": {}", sentence(&found.why)))
    }));
}
