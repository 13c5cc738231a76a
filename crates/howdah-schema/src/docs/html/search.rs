//! What search finds: pages, their headings, and what the rows of their tables define.

use super::links::Links;
use super::outline::{defined, plain};
use super::script;
use crate::OutputFile;
use crate::docs::{Block, Page};
use serde::Serialize;

/// How much text of an entry is searched, in characters: most comments are shorter, and a thousand tables have 20,000.
const MAX_TEXT: usize = 280;

/// In lists, not objects: their keys would be a third of the file.
#[derive(Serialize)]
struct Index<'p> {
    /// File, title, section.
    pages: Vec<(&'p str, &'p str, &'p str)>,
    /// The page's place, anchor, name, what it is, text.
    entries: Vec<(usize, &'p str, &'p str, &'p str, String)>,
}

/// `data/search.js`, which is read when somebody searches.
pub(super) fn script(pages: &[Page], links: &Links) -> OutputFile {
    let mut index = Index { pages: Vec::new(), entries: Vec::new() };
    for (at, (page, outline)) in pages.iter().zip(links.outlines()).enumerate() {
        index.pages.push((&outline.file, &page.title, page.section.as_deref().unwrap_or("")));
        index.entries.push((at, "", &page.title, "", cut(&page.summary)));
        let mut headings = outline.headings.iter();
        let mut below = "";
        for (place, block) in page.blocks.iter().enumerate() {
            let text = match block {
                Block::Heading { .. } => {
                    if let Some(heading) = headings.next() {
                        below = &heading.text;
                        index.entries.push((at, &heading.id, &heading.text, "", String::new()));
                    }
                    continue;
                }
                Block::Table { rows, .. } => {
                    for (row, cells) in rows.iter().enumerate() {
                        let Some(name) = cells.first().and_then(|cell| defined(cell)) else { continue };
                        let Some(anchor) = outline.row(place, row) else { continue };
                        let texts: Vec<_> =
                            cells.iter().skip(1).map(|cell| plain(cell)).filter(|text| !text.is_empty()).collect();
                        index.entries.push((at, anchor, name, below, cut(&texts.join(" · "))));
                    }
                    continue;
                }
                Block::Paragraph { text } | Block::Note { text, .. } => plain(text),
                Block::List { items } => items.iter().map(|item| plain(item)).collect::<Vec<_>>().join(" · "),
                Block::Code { .. } | Block::Diagram { .. } => continue,
            };
            // Running text belongs to the heading above it, or to the page.
            if let Some((_, _, _, _, found)) = index.entries.iter_mut().rev().find(|(.., kind, _)| kind.is_empty()) {
                let joined = if found.is_empty() { text } else { format!("{found} {text}") };
                *found = cut(&joined);
            }
        }
    }
    script::file("search", "howdahSearch", &index)
}

/// The beginning, with runs of white space as one space.
fn cut(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
