//! What the database refuses.

use super::tables;
use crate::docs::model::{ConstraintDoc, ConstraintSort, TableDoc};
use crate::docs::pages::links::{Links, anchored};
use crate::docs::pages::write::{Line, Writer};
use crate::docs::paths::qualified_slug;

pub(super) fn validation(writer: &mut Writer, links: &Links<'_>) {
    let documentation = links.documentation;
    writer.part("validation", "Validation");
    writer.say("What the database refuses, whoever writes:");
    let constraints: Vec<(&TableDoc, &ConstraintDoc)> =
        tables(links).flat_map(|table| table.constraints.iter().map(move |found| (table, found))).collect();
    let number = |kind| constraints.iter().filter(|(_, found)| found.kind == kind).count();
    let columns = || tables(links).flat_map(|table| &table.columns);
    let unique_indexes = tables(links)
        .flat_map(|table| &table.indexes)
        .filter(|index| index.unique && index.constraint.is_none())
        .count();
    let rows = [
        ("not null", columns().filter(|column| !column.nullable).count(), "A column that must have a value."),
        ("primary key", number(ConstraintSort::PrimaryKey), "No two rows with the same key."),
        (
            "unique",
            number(ConstraintSort::Unique) + unique_indexes,
            "No two rows with the same values, unique indexes included.",
        ),
        ("foreign key", number(ConstraintSort::ForeignKey), "A value must be the key of a row elsewhere."),
        ("check", number(ConstraintSort::Check), "A condition on each row."),
        ("exclusion", number(ConstraintSort::Exclusion), "No two rows that conflict."),
    ];
    let rows = rows.into_iter().map(|(name, number, about)| [name.into(), number.to_string().into(), about.into()]);
    writer.table(["Rule", "How many", "Meaning"], rows);
    if !documentation.domains.is_empty() {
        writer.say("Domains carry their rules to every column of theirs:");
        let rows = documentation.domains.iter().map(|domain| {
            let demands = domain.checks.iter().map(|check| Line::from(check.reason.as_str()));
            [
                anchored("DOMAINS", qualified_slug(&domain.name), &domain.name.to_string()).into(),
                Line::joined(demands, "; "),
                domain.used_by.len().to_string().into(),
            ]
        });
        writer.table(["Domain", "Demands", "Columns"], rows);
    }
    if !documentation.enums.is_empty() {
        let enums = documentation
            .enums
            .iter()
            .map(|found| Line::from(anchored("ENUMS", qualified_slug(&found.name), &found.name.to_string())));
        writer.paragraph(
            Line::from("Enums allow their labels and nothing else: ").and(Line::joined(enums, ", ")).text("."),
        );
    }
    let doubtful: Vec<Line> = constraints
        .iter()
        .filter(|(_, found)| !found.validated || !found.enforced)
        .map(|(table, found)| Line::new().code(found.name.as_str()).text(" of ").with(links.relation(&table.name)))
        .collect();
    if doubtful.is_empty() {
        writer.say("All of them hold for all rows: none is NOT VALID or NOT ENFORCED.");
    } else {
        writer.paragraph(
            Line::from("Not certain for every row (NOT VALID or NOT ENFORCED): ")
                .and(Line::joined(doubtful, ", "))
                .text("."),
        );
    }
}
