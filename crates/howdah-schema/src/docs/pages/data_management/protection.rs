//! Personal data, how long data is kept, and what the schema knows of keeping it safe.

use super::{tables, which};
use crate::docs::model::{ColumnDoc, TableDoc, TableKind};
use crate::docs::pages::links::Links;
use crate::docs::pages::write::{Line, Writer, count};

pub(super) fn encryption(writer: &mut Writer, links: &Links<'_>) {
    writer.part("encryption", "Personal data and encryption");
    let columns: Vec<(&TableDoc, &ColumnDoc)> =
        tables(links).flat_map(|table| table.columns.iter().map(move |column| (table, column))).collect();
    let tagged: Vec<&(&TableDoc, &ColumnDoc)> = columns
        .iter()
        .filter(|(_, column)| column.pii.is_some() || column.mask.is_some() || column.encrypted || column.blind_index)
        .collect();
    if tagged.is_empty() {
        writer.say("No column is tagged as personal (@pii), masked (@mask) or encrypted (@encrypt, @blind-index).");
    } else {
        let number = |fits: fn(&ColumnDoc) -> bool| columns.iter().filter(|(_, column)| fits(column)).count();
        writer.say(format!(
            "{} personal data (@pii). Of all columns, {} masked for those who may not see them (@mask), {} encrypted under the owner's key (@encrypt), {} of these searchable by equality (@blind-index).",
            count(number(|column| column.pii.is_some()), "column holds", "columns hold"),
            count(number(|column| column.mask.is_some()), "is", "are"),
            count(number(|column| column.encrypted || column.blind_index), "is", "are"),
            number(|column| column.blind_index),
        ));
        let rows = tagged.iter().map(|(table, column)| {
            let pii = match column.pii.as_deref() {
                None => "",
                Some("") => "yes",
                Some(kind) => kind,
            };
            let encrypted = match (column.encrypted, column.blind_index) {
                (_, true) => "yes, searchable",
                (true, false) => "yes",
                (false, false) => "",
            };
            [
                links.relation(&table.name).into(),
                Line::new().code(column.name.as_str()),
                pii.into(),
                column.mask.as_deref().unwrap_or_default().into(),
                encrypted.into(),
            ]
        });
        writer.table(["Table", "Column", "Personal", "Masked as", "Encrypted"], rows);
        let open: Vec<Line> = tagged
            .iter()
            .filter(|(_, column)| {
                column.pii.is_some() && column.mask.is_none() && !column.encrypted && !column.blind_index
            })
            .map(|(table, column)| {
                Line::new().code(format!("{}.{}", table.name, crate::Ident::new(column.name.as_str())))
            })
            .collect();
        if open.is_empty() {
            writer.say("Every personal column is masked or encrypted.");
        } else {
            writer.paragraph(
                Line::from("Personal, and neither masked nor encrypted: ").and(Line::joined(open, ", ")).text("."),
            );
        }
    }
    writer.say("Whether disks and connections are encrypted is a matter of the server and not known here.");
}

pub(super) fn retention(writer: &mut Writer, links: &Links<'_>) {
    writer.part("retention", "Retention and deletion");
    let all: Vec<&TableDoc> = tables(links).collect();
    let kept: Vec<&&TableDoc> = all.iter().filter(|table| table.retain.is_some()).collect();
    if kept.is_empty() {
        writer.say("No table says how long its rows are kept (@retain): they stay until somebody deletes them.");
    } else {
        let rows = kept
            .iter()
            .map(|table| [links.relation(&table.name).into(), table.retain.clone().unwrap_or_default().into()]);
        writer.table(["Table", "Rows are kept for"], rows);
        let rest = all.len() - kept.len();
        writer.say(format!(
            "The other {} no such rule: rows stay until somebody deletes them.",
            count(rest, "table has", "tables have")
        ));
    }
    let soft =
        which(links, "Deleting marks a row, and it can be brought back", &all, |table| table.soft_delete.is_some());
    writer.list([soft]);
    let partitioned: Vec<&&TableDoc> = all.iter().filter(|table| table.kind == TableKind::Partitioned).collect();
    if partitioned.is_empty() {
        writer.say("No table is partitioned.");
    } else {
        writer.say("In a partitioned table, old rows can go as a whole partition:");
        let rows = partitioned.iter().map(|table| {
            let comes_and_goes = table.tags.iter().any(|tag| tag == "@partitions");
            [
                links.relation(&table.name).into(),
                Line::new().code(table.partition_key.clone().unwrap_or_default()),
                links.relations(&table.partitions).text(if comes_and_goes {
                    " and those made at run time"
                } else {
                    ""
                }),
            ]
        });
        writer.table(["Table", "Partitioned by", "Partitions"], rows);
    }
}

pub(super) fn audit(writer: &mut Writer, links: &Links<'_>) {
    writer.part("audit", "Audit");
    let all: Vec<&TableDoc> = tables(links).filter(|table| table.audit.is_some()).collect();
    if all.is_empty() {
        writer.say("No table is tagged for the audit trail (@audit).");
        return;
    }
    let rows =
        all.iter().map(|table| [links.relation(&table.name).into(), table.audit.clone().unwrap_or_default().into()]);
    writer.table(["Table", "Goes to the audit trail"], rows);
}

pub(super) fn consent(writer: &mut Writer, links: &Links<'_>) {
    writer.part("consent", "Consent");
    let all: Vec<&TableDoc> = tables(links).filter(|table| table.consent.is_some()).collect();
    if all.is_empty() {
        writer.say("No table is tagged as needing consent (@consent).");
        return;
    }
    let rows = all
        .iter()
        .map(|table| [links.relation(&table.name).into(), Line::new().code(table.consent.clone().unwrap_or_default())]);
    writer.table(["Writing to", "Needs a live consent for"], rows);
}

pub(super) fn backups(writer: &mut Writer, links: &Links<'_>) {
    let documentation = links.documentation;
    writer.part("backups", "Backups");
    writer.say("The schema does not know whether backups are made, where they lie, or whether anybody has restored one: that has to be written down elsewhere. It does know what a backup of this database must hold:");
    let mut facts = vec![Line::from(format!(
        "{} with their data.",
        count(documentation.counts.tables + documentation.counts.partitions, "table", "tables")
    ))];
    let unlogged: Vec<&TableDoc> = documentation.tables.values().filter(|table| table.unlogged).collect();
    if !unlogged.is_empty() {
        let names = links.relations(unlogged.iter().map(|table| &table.name));
        facts.push(
            Line::from("Unlogged tables are empty after a crash, on replicas and in physical backups: ")
                .and(names)
                .text("."),
        );
    }
    if !documentation.roles.is_empty() {
        let names = Line::codes(documentation.roles.iter().map(|role| &role.name));
        facts.push(
            Line::from("Roles, which belong to the server and are not in a dump of the database: ")
                .and(names)
                .text("."),
        );
    }
    if !documentation.extensions.is_empty() {
        let names = Line::codes(documentation.extensions.iter().map(|extension| &extension.name));
        facts.push(Line::from("Extensions, which the server that it is restored to must offer: ").and(names).text("."));
    }
    if documentation
        .tables
        .values()
        .flat_map(|table| &table.columns)
        .any(|column| column.encrypted || column.blind_index)
    {
        facts.push(
            "The keys of encrypted columns, kept apart from the backup: without them, these columns are lost.".into(),
        );
    }
    let materialized = documentation.views.values().filter(|view| view.materialized).count();
    if materialized > 0 {
        facts.push(
            format!(
                "{}, refreshed after a restore from a dump.",
                count(materialized, "materialized view", "materialized views")
            )
            .into(),
        );
    }
    writer.list(facts);
}

pub(super) fn replication(writer: &mut Writer, links: &Links<'_>) {
    writer.part("replication", "Replication");
    let publications = &links.documentation.publications;
    if publications.is_empty() {
        writer.say("There is no publication: nothing is sent by logical replication.");
        return;
    }
    let rows = publications.iter().map(|publication| {
        let tables = publication.tables.iter().map(|published| {
            let mut line = Line::from(links.relation(&published.table));
            if let Some(columns) = &published.columns {
                line = line.text(", only ").and(Line::codes(columns));
            }
            match &published.filter {
                Some(filter) => line.text(", only where ").code(filter.as_str()),
                None => line,
            }
        });
        let schemas = publication.schemas.iter().map(|schema| Line::from("all of ").code(schema.as_str()));
        let what = if publication.all_tables { "all tables".into() } else { Line::joined(schemas.chain(tables), "; ") };
        [
            Line::new().code(publication.name.as_str()),
            what,
            publication.operations.join(", ").into(),
            publication.purpose.clone().unwrap_or_default().into(),
        ]
    });
    writer.table(["Publication", "Sends", "Operations", "Purpose"], rows);
}
