//! How large a table's box is, and what stands where in it. All lengths are pixels.

use super::graph::{Entity, EntityKind, Graph, Row};
use super::metrics::{Font, fit, width};

/// The part with the table's name.
pub(super) const HEADER: i32 = 30;
/// A column.
pub(super) const ROW: i32 = 20;
/// Between a box's side and what is in it.
pub(super) const PAD: i32 = 10;
/// Between a name and what stands to the right of it.
const GAP: i32 = 14;
/// Size of tables' names.
pub(super) const TITLE_SIZE: u32 = 13;
/// Size of columns and types.
pub(super) const TEXT_SIZE: u32 = 12;
/// Size of what is said besides.
pub(super) const SMALL_SIZE: u32 = 11;

const NAME_ROOM: i32 = 200;
const RIGHT_ROOM: i32 = 150;
const TITLE_ROOM: i32 = 240;
const NARROWEST: i32 = 120;

/// A text that fits, and the whole of it if it had to be cut.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) whole: Option<String>,
}

impl Label {
    pub(super) fn new(text: &str, font: Font, size: u32, room: i32) -> Self {
        let clean = printable(text);
        let (short, cut) = fit(&clean, font, size, room);
        Self { whole: cut.then_some(clean), text: short }
    }
}

/// A table's box.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) width: i32,
    pub(super) height: i32,
    /// The schema with its dot, where schemas are shown.
    pub(super) schema: Label,
    pub(super) title: Label,
    /// What kind of relation it is, if it is no ordinary table; how many tables point at it.
    pub(super) badge: String,
    /// Where names of columns begin.
    pub(super) name_x: i32,
    pub(super) rows: Vec<RowShape>,
    pub(super) footer: String,
}

/// A column's texts.
#[derive(Debug)]
pub(super) struct RowShape {
    pub(super) name: Label,
    /// Its type; empty where only the stub is shown.
    pub(super) data_type: Label,
    /// Where the foreign key that is not drawn points.
    pub(super) stub: Option<Label>,
}

impl Shape {
    pub(super) fn new(graph: &Graph, entity: &Entity) -> Self {
        let schema_text = if graph.with_schema { format!("{}.", entity.name.schema) } else { String::new() };
        let schema = Label::new(&schema_text, Font::Sans, TITLE_SIZE, TITLE_ROOM / 2);
        let title = Label::new(&entity.name.name, Font::Sans, TITLE_SIZE, TITLE_ROOM);
        let badge = badge(entity);
        let badge_width = if badge.is_empty() { 0 } else { GAP + width(&badge, Font::Sans, SMALL_SIZE) };
        let title_width =
            width(&schema.text, Font::Sans, TITLE_SIZE) + width(&title.text, Font::Sans, TITLE_SIZE) + badge_width;

        // A mark for the key, and a second one where a column is both.
        let marks = if entity.rows.iter().any(|row| row.foreign && (row.primary || row.unique)) { 2 } else { 1 };
        let name_x = PAD + 12 + marks * 14;
        let rows: Vec<RowShape> = entity.rows.iter().map(|row| RowShape::new(row, graph.keys_only)).collect();
        let footer = match entity.hidden {
            0 => String::new(),
            1 => "1 more column".to_owned(),
            more => format!("{more} more columns"),
        };
        let row_widths = rows.iter().map(|row| name_x + row.width() + PAD);
        let footer_width = name_x + width(&footer, Font::Sans, SMALL_SIZE) + PAD;
        let widest = row_widths.chain([PAD * 2 + title_width, footer_width, NARROWEST]).max().unwrap_or(NARROWEST);
        let lines = i32::try_from(rows.len()).unwrap_or(i32::MAX / 100) + i32::from(!footer.is_empty());
        Self {
            width: (widest + 9) / 10 * 10,
            height: HEADER + ROW * lines.min(i32::MAX / 100),
            schema,
            title,
            badge,
            name_x,
            rows,
            footer,
        }
    }

    /// The middle of a row, from the top of the box.
    pub(super) fn row_middle(row: usize) -> i32 {
        HEADER + ROW / 2 + ROW * i32::try_from(row).unwrap_or_default()
    }
}

impl RowShape {
    fn new(row: &Row, keys_only: bool) -> Self {
        let name = Label::new(&row.column, Font::Mono, TEXT_SIZE, NAME_ROOM);
        let stub = row.stubs.first().map(|first| {
            let more = row.stubs.len() - 1;
            let target = if more == 0 { first.to.name.clone() } else { format!("{} +{more}", first.to.name) };
            Label::new(&format!("→ {target}"), Font::Mono, TEXT_SIZE, RIGHT_ROOM)
        });
        let data_type = if keys_only && stub.is_some() { "" } else { &row.data_type };
        Self { name, data_type: Label::new(data_type, Font::Mono, TEXT_SIZE, RIGHT_ROOM), stub }
    }

    fn width(&self) -> i32 {
        let of = |label: &Label| match label.text.as_str() {
            "" => 0,
            text => GAP + width(text, Font::Mono, TEXT_SIZE),
        };
        width(&self.name.text, Font::Mono, TEXT_SIZE) + of(&self.data_type) + self.stub.as_ref().map_or(0, of)
    }
}

fn badge(entity: &Entity) -> String {
    let kind = match entity.kind {
        EntityKind::Table => "",
        EntityKind::Partitioned => "partitioned",
        EntityKind::View => "view",
        EntityKind::MaterializedView => "materialized view",
    };
    match (kind, entity.pointed_at_by) {
        (kind, 0) => kind.to_owned(),
        ("", count) => format!("← {count}"),
        (kind, count) => format!("{kind} · ← {count}"),
    }
}

/// Text without what XML cannot hold or what would move other text: control characters, and those that turn the
/// direction of writing.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(printable_char).collect()
}

/// The character, or a sign that there is one.
pub(super) fn printable_char(c: char) -> char {
    match c {
        c if c.is_control() => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' => {
            '\u{fffd}'
        }
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    }
}
