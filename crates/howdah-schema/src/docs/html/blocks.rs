//! Blocks of a page as HTML.

use super::drawing;
use super::highlight;
use super::inline;
use super::links::Links;
use super::markup::Html;
use super::outline::{Outline, defined, plain};
use crate::docs::{Block, Inline, NoteKind, Sample};
use std::collections::BTreeMap;

/// Writes the blocks of one page.
pub(super) struct Blocks<'s> {
    pub(super) links: &'s Links,
    pub(super) outline: &'s Outline,
    pub(super) diagrams: &'s BTreeMap<String, String>,
}

impl Blocks<'_> {
    pub(super) fn write(&self, html: &mut Html, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            match block {
                Block::Heading { level, id, text } => self.heading(html, *level, id, text),
                Block::Paragraph { text } => {
                    html.raw("<p>");
                    self.line(html, text);
                    html.raw("</p>\n");
                }
                Block::List { items } => {
                    html.raw("<ul>\n");
                    for item in items {
                        html.raw("<li>");
                        self.line(html, item);
                        html.raw("</li>\n");
                    }
                    html.raw("</ul>\n");
                }
                Block::Table { columns, rows } => self.table(html, at, columns, rows),
                Block::Code { samples } => code(html, samples),
                Block::Diagram { svg, alt, mermaid } => match self.diagrams.get(svg) {
                    Some(drawn) => drawing::figure(html, svg, drawn, alt, &self.outline.file, self.links),
                    // Without the drawing, what it was to be drawn from says the same.
                    None => sample(html, &drawing::source(alt, mermaid)),
                },
                Block::Note { kind, text } => self.note(html, *kind, text),
            }
        }
    }

    fn line(&self, html: &mut Html, line: &[Inline]) {
        inline::line(html, line, self.links, &self.outline.file);
    }

    fn heading(&self, html: &mut Html, level: u8, id: &str, text: &[Inline]) {
        let (open, close) = match level {
            ..=2 => ("<h2", "</h2>\n"),
            3 => ("<h3", "</h3>\n"),
            4.. => ("<h4", "</h4>\n"),
        };
        html.raw(open).attribute("id", id).raw(">");
        self.line(html, text);
        // For the mouse only: the list of headings has the same links for everybody.
        let mut url = "#".to_owned();
        super::links::push_encoded(&mut url, id);
        html.raw("<a class=\"anchor\" aria-hidden=\"true\" tabindex=\"-1\"").attribute("href", &url).raw(">#</a>");
        html.raw(close);
    }

    fn table(&self, html: &mut Html, at: usize, columns: &[String], rows: &[Vec<Vec<Inline>>]) {
        html.raw("<div class=\"table\"><table>\n<thead><tr>");
        for (at, column) in columns.iter().enumerate() {
            // A header that says nothing is none.
            if column.is_empty() {
                html.raw("<td></td>");
            } else {
                html.raw(width(rows.iter().filter_map(|row| row.get(at)))).text(column).raw("</th>");
            }
        }
        html.raw("</tr></thead>\n<tbody>\n");
        for (row, cells) in rows.iter().enumerate() {
            html.raw("<tr");
            if let Some(id) = self.outline.row(at, row) {
                html.attribute("id", id);
            }
            html.raw(">");
            for (column, cell) in cells.iter().enumerate() {
                let is_name =
                    column == 0 && (defined(cell).is_some() || matches!(cell.as_slice(), [Inline::Link { .. }]));
                html.raw(if is_name { "<th scope=\"row\">" } else { "<td>" });
                self.line(html, cell);
                html.raw(if is_name { "</th>" } else { "</td>" });
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody>\n</table></div>\n");
    }

    fn note(&self, html: &mut Html, kind: NoteKind, text: &[Inline]) {
        let (open, label) = match kind {
            NoteKind::Info => ("<div class=\"note info\" role=\"note\"><p>", "Note"),
            NoteKind::Warning => ("<div class=\"note warning\" role=\"note\"><p>", "Warning"),
            NoteKind::Deprecated => ("<div class=\"note deprecated\" role=\"note\"><p>", "Deprecated"),
        };
        html.raw(open);
        // Colour alone says nothing to many; a note that begins with a strong word of its own has said it.
        if !matches!(text.first(), Some(Inline::Strong { .. })) {
            html.raw("<strong>").raw(label).raw("</strong> ");
        }
        self.line(html, text);
        html.raw("</p></div>\n");
    }
}

/// The opening of a column's header. A browser gives a column of text as little room as its longest word takes when
/// others hold code, so one with sentences asks for some.
fn width<'c>(cells: impl Iterator<Item = &'c Vec<Inline>>) -> &'static str {
    let longest = cells.map(|cell| plain(cell).chars().take(61).count()).max().unwrap_or(0);
    match longest {
        ..=24 => "<th scope=\"col\">",
        25..=60 => "<th scope=\"col\" class=\"some\">",
        61.. => "<th scope=\"col\" class=\"much\">",
    }
}

/// Alternatives stand one below the other; a script makes them tabs.
fn code(html: &mut Html, samples: &[Sample]) {
    html.raw("<div class=\"samples\">\n");
    for alternative in samples {
        sample(html, alternative);
    }
    html.raw("</div>\n");
}

fn sample(html: &mut Html, sample: &Sample) {
    html.raw("<div class=\"sample\"><p class=\"label\">").text(&sample.label).raw("</p><pre><code>");
    highlight::write(html, &sample.language, sample.code.trim_end_matches('\n'));
    html.raw("</code></pre></div>\n");
}
