//! A table's box.

use super::super::graph::{EntityKind, Graph, Row};
use super::super::layout::Place;
use super::super::metrics::{Font, width};
use super::super::shape::{HEADER, PAD, ROW, RowShape, Shape, TEXT_SIZE, TITLE_SIZE};
use super::SvgOptions;
use super::markup::{Markup, text};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Writes one box; where there are links, all of it is one.
pub(super) fn write(
    out: &mut Markup,
    graph: &Graph,
    number: usize,
    shape: &Shape,
    place: Place,
    neighbours: &BTreeSet<usize>,
    options: &SvgOptions<'_>,
) {
    let Some(entity) = graph.entities.get(number) else { return };
    let kind = match entity.kind {
        EntityKind::Table | EntityKind::Partitioned => "",
        EntityKind::View | EntityKind::MaterializedView => " view",
    };
    let mut classes = format!("table t{number}{kind}");
    for neighbour in neighbours {
        let _ = write!(classes, " n{neighbour}");
    }
    let name = entity.name.to_string();
    let _ = write!(out, "<g class=\"{classes}\" data-table=\"{}\">", text(&name));
    if let Some(link) = options.link {
        let _ = write!(out, "<a href=\"{}\">", text(&link(&entity.name)));
    }
    let about = if entity.comment.is_empty() { name } else { format!("{name}: {}", entity.comment) };
    let _ = write!(out, "<title>{}</title>", text(&about));
    let Place { x, y, width: w, height: h } = place;
    let _ = write!(out, "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"6\"/>");
    let top = HEADER;
    // Round above, straight below: the same corners as the box.
    let _ = write!(
        out,
        "<path class=\"head\" d=\"M{} {}v-{}a5.5 5.5 0 0 1 5.5 -5.5h{}a5.5 5.5 0 0 1 5.5 5.5v{}z\"/>",
        f64::from(x) + 0.5,
        y + top,
        f64::from(top) - 6.0,
        w - 12,
        f64::from(top) - 6.0,
    );
    let _ = write!(out, "<path class=\"rule\" d=\"M{x} {}h{w}\"/>", y + top);
    let _ = write!(out, "<text x=\"{}\" y=\"{}\">", x + PAD, y + 20);
    out.span("schema", &shape.schema, Font::Sans, TITLE_SIZE);
    out.span("name", &shape.title, Font::Sans, TITLE_SIZE);
    out.push_str("</text>");
    if !shape.badge.is_empty() {
        let _ = write!(out, "<text class=\"badge\" x=\"{}\" y=\"{}\" text-anchor=\"end\">", x + w - PAD, y + 20);
        if entity.pointed_at_by > 0 {
            let _ = write!(out, "<title>{} tables point at it; each says so in its row</title>", entity.pointed_at_by);
        }
        let _ = write!(out, "{}</text>", text(&shape.badge));
    }
    for (place, (row, row_shape)) in entity.rows.iter().zip(&shape.rows).enumerate() {
        write_row(out, row, row_shape, shape, (x, y + Shape::row_middle(place), w));
    }
    if !shape.footer.is_empty() {
        let baseline = y + HEADER + ROW * i32::try_from(shape.rows.len()).unwrap_or_default() + 14;
        let _ = write!(
            out,
            "<text class=\"more\" x=\"{}\" y=\"{baseline}\">{}</text>",
            x + shape.name_x,
            text(&shape.footer)
        );
    }
    out.push_str(if options.link.is_some() { "</a></g>\n" } else { "</g>\n" });
}

fn write_row(out: &mut Markup, row: &Row, shape: &RowShape, table: &Shape, (x, middle, w): (i32, i32, i32)) {
    let baseline = middle + 4;
    let required = if row.not_null { " required" } else { "" };
    let _ = write!(out, "<circle class=\"dot{required}\" cx=\"{}\" cy=\"{middle}\" r=\"2.5\"/>", x + PAD + 2);
    let mut icon_x = x + PAD + 10;
    if row.primary || row.unique {
        key(out, icon_x, middle, row.primary);
        icon_x += 14;
    }
    if row.foreign {
        arrow(out, icon_x, middle);
    }
    out.label("column", x + table.name_x, baseline, &shape.name, Font::Mono, TEXT_SIZE);
    let mut right = x + w - PAD;
    if let Some(stub) = &shape.stub {
        let whole: Vec<&str> = row.stubs.iter().map(|stub| stub.title.as_str()).collect();
        let _ = write!(out, "<g class=\"stubs\"><title>{}</title>", text(&whole.join("; ")));
        out.label_before("stub", right, baseline, stub, Font::Mono, TEXT_SIZE);
        out.push_str("</g>");
        right -= width(&stub.text, Font::Mono, TEXT_SIZE) + 10;
    }
    out.label_before("type", right, baseline, &shape.data_type, Font::Mono, TEXT_SIZE);
}

/// A key lying down: full for the primary key, hollow for another unique column.
pub(super) fn key(out: &mut Markup, x: i32, middle: i32, primary: bool) {
    let class = if primary { "icon primary" } else { "icon" };
    let _ = write!(
        out,
        "<path class=\"{class}\" d=\"M{} {middle}a2.7 2.7 0 1 1 0 -.1zM{} {middle}h5v2.4m-2 -2.4v1.8\"/>",
        f64::from(x) + 5.4,
        f64::from(x) + 5.4,
    );
}

/// Part of a foreign key.
pub(super) fn arrow(out: &mut Markup, x: i32, middle: i32) {
    let _ =
        write!(out, "<path class=\"icon\" d=\"M{x} {}v3.5h8m-2.8 -2.8l2.8 2.8l-2.8 2.8\"/>", f64::from(middle) - 3.5);
}
