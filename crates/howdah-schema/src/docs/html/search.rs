//! What search finds: pages, their headings, and what the rows of their tables define.

use super::contents::is_object;
use super::links::Links;
use super::outline::{Outline, defined, plain};
use super::script;
use crate::OutputFile;
use crate::docs::{Block, Page};
use serde::Serialize;

/// How much text of a page and of a row is searched, in characters. Most comments are shorter; a thousand tables have tens
/// of thousands of rows.
const MAX_TEXT: usize = 280;
const MAX_ROW: usize = 200;

/// A page that says again what the tables' own pages say.
const REPEATS: &str = "TABLE-REFERENCE";

/// One of what a part of a table's page lists.
const KINDS: [(&str, &str); 4] =
    [("columns", "Column"), ("indexes", "Index"), ("constraints", "Constraint"), ("triggers", "Trigger")];

/// In lists, not objects: their keys would be a third of the file.
#[derive(Default, Serialize)]
struct Index<'p> {
    /// File, title, section.
    pages: Vec<(&'p str, &'p str, &'p str)>,
    /// The page's place, anchor, name, what it is, text. A page itself has no anchor, and a heading in words no kind.
    entries: Vec<(usize, &'p str, &'p str, &'p str, String)>,
}

/// `data/search.js`, which is read when somebody searches.
pub(super) fn script(pages: &[Page], links: &Links) -> OutputFile {
    let mut index = Index::default();
    for (at, (page, outline)) in pages.iter().zip(links.outlines()).enumerate() {
        index.pages.push((&outline.file, &page.title, page.section.as_deref().unwrap_or("")));
        index.add(at, page, outline);
    }
    script::file("search", "howdahSearch", &index)
}

impl<'p> Index<'p> {
    fn add(&mut self, at: usize, page: &'p Page, outline: &'p Outline) {
        self.entries.push((at, "", &page.title, "", cut(&page.summary, MAX_TEXT)));
        if page.path == REPEATS {
            return;
        }
        let is_object = is_object(page);
        let mut described = self.entries.len() - 1;
        let mut headings = outline.headings.iter();
        let (mut part, mut below) = ("", "");
        for (place, block) in page.blocks.iter().enumerate() {
            let text = match block {
                Block::Heading { text, .. } => {
                    let Some(heading) = headings.next() else { continue };
                    (part, below) = (&heading.id, &heading.text);
                    // The parts of an object's page are the same on each.
                    if !is_object {
                        described = self.entries.len();
                        let kind = if defined(text).is_some() { page.title.as_str() } else { "" };
                        self.entries.push((at, &heading.id, &heading.text, kind, String::new()));
                    }
                    continue;
                }
                Block::Table { rows, .. } => {
                    for (row, cells) in rows.iter().enumerate() {
                        let Some(name) = cells.first().and_then(|cell| defined(cell)) else { continue };
                        let Some(anchor) = outline.row(place, row) else { continue };
                        let known = KINDS.iter().find(|(id, _)| *id == part).map(|(_, kind)| *kind);
                        let kind = known.unwrap_or(if is_object { below } else { &page.title });
                        let context = (!is_object).then(|| below.to_owned());
                        let texts = context.into_iter().chain(cells.iter().skip(1).map(|cell| plain(cell)));
                        let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
                        self.entries.push((at, anchor, name, kind, cut(&texts.join(" · "), MAX_ROW)));
                    }
                    continue;
                }
                Block::Paragraph { text } | Block::Note { text, .. } => plain(text),
                Block::List { items } => items.iter().map(|item| plain(item)).collect::<Vec<_>>().join(" · "),
                Block::Code { .. } | Block::Diagram { .. } => continue,
            };
            if let Some((.., found)) = self.entries.get_mut(described) {
                // A page's first paragraph often begins with its summary.
                let joined = if text.starts_with(found.as_str()) { text } else { format!("{found} {text}") };
                *found = cut(&joined, MAX_TEXT);
            }
        }
    }
}

/// The beginning, with runs of white space as one space.
fn cut(text: &str, length: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
