//! Indexes, and what they are good for.

use super::write::{Line, Writer, sentence};
use crate::docs::model::{IndexDoc, IndexUse, Performance};

/// What each index is for.
pub(super) fn indexes(writer: &mut Writer, indexes: &[IndexDoc]) {
    if indexes.is_empty() {
        writer.say("There are no indexes.");
        return;
    }
    let rows = indexes.iter().map(|index| [Line::new().code(index.name.as_str()), on(index), purpose(index)]);
    writer.table(["Index", "On", "Purpose"], rows);
}

fn on(index: &IndexDoc) -> Line {
    let mut line = Line::codes(&index.keys);
    if !index.include.is_empty() {
        line = line.text(", with ").and(Line::codes(&index.include));
    }
    if index.unique {
        line = line.badge("unique");
    }
    if index.method != "btree" {
        line = line.badge(index.method.as_str());
    }
    line
}

fn purpose(index: &IndexDoc) -> Line {
    let line = Line::from(sentence(&index.purpose));
    match &index.predicate {
        Some(predicate) => line.text(" Only rows where ").code(predicate.as_str()).text("."),
        None => line,
    }
}

/// What is served and what would scan.
pub(super) fn performance(writer: &mut Writer, performance: &Performance) {
    if performance.served.is_empty() {
        writer.say("There is no index: every search reads the whole table.");
    } else {
        let mut served: Vec<&IndexUse> = performance.served.iter().collect();
        served.sort_by(|a, b| a.searches.cmp(&b.searches));
        let rows = served.iter().map(|served| {
            [
                searches(served),
                Line::new().code(served.index.as_str()),
                served.only_where.as_ref().map(|sql| Line::new().code(sql.as_str())).unwrap_or_default(),
            ]
        });
        writer.table(["Searches by", "Index", "Only rows where"], rows);
        let partial = served.iter().any(|served| served.only_where.is_some());
        let several = served.iter().any(|served| served.searches.len() > 1 && served.order.is_some());
        let mut line = Line::new();
        if several {
            line = line.text("An index of several columns serves a search that fixes the first, and narrows it further by each next one; rows come in its order. ");
        }
        if partial {
            line = line.text("An index on some rows serves only queries that repeat its condition. ");
        }
        writer.paragraph(line.code("EXPLAIN (ANALYZE, BUFFERS)").text(" shows what a query does."));
    }
    if performance.scans.is_empty() {
        writer.say("Nothing stands out that would read the whole table: foreign keys are covered by indexes.");
    } else {
        writer.paragraph("What would scan, as far as the schema tells:".into());
        writer.list(performance.scans.iter().map(|scan| {
            let object = match scan.columns.as_slice() {
                columns if scan.on_delete.is_none() && !columns.is_empty() && scan.object != columns.join(", ") => {
                    Line::codes(columns)
                }
                _ => Line::new().code(scan.object.as_str()),
            };
            object.text(format!(": {}", scan.why))
        }));
    }
    for statistics in &performance.statistics {
        let line = Line::from("Extended statistics ").code(statistics.name.to_string()).text(" tell the planner how ");
        let line = line.and(Line::codes(&statistics.of)).text(" hang together");
        let kinds =
            if statistics.kinds.is_empty() { String::new() } else { format!(" ({})", statistics.kinds.join(", ")) };
        let purpose = statistics.purpose.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        writer.paragraph(line.text(format!("{kinds}.{purpose}")));
    }
}

fn searches(served: &IndexUse) -> Line {
    match &served.order {
        Some(order) => Line::new().code(order.as_str()),
        None => Line::codes(&served.searches),
    }
}
