//! What can be linked to on a page: its headings, and the rows of its tables.

use crate::docs::{Block, Inline, Page};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of a table's page whose rows mention what is defined elsewhere, or are data.
const MENTIONS: [&str; 4] = ["access", "examples", "history", "performance"];

/// A page's file and its anchors.
pub(super) struct Outline {
    /// Below the site's folder.
    pub(super) file: String,
    /// In order.
    pub(super) headings: Vec<Heading>,
    /// The id of each row, by the block's place in the page and the row's in the table.
    rows: BTreeMap<(usize, usize), String>,
    ids: BTreeSet<String>,
}

/// A heading as text.
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) id: String,
    pub(super) text: String,
}

impl Outline {
    pub(super) fn new(page: &Page, file: String) -> Self {
        let mut outline = Self { file, headings: Vec::new(), rows: BTreeMap::new(), ids: BTreeSet::new() };
        for block in &page.blocks {
            if let Block::Heading { level, id, text } = block {
                outline.ids.insert(id.clone());
                outline.headings.push(Heading { level: *level, id: id.clone(), text: plain(text) });
            }
        }
        let (mut part, mut below) = ("", "");
        for (at, block) in page.blocks.iter().enumerate() {
            match block {
                Block::Heading { level, id, .. } => {
                    below = id;
                    if *level <= 2 {
                        part = id;
                    }
                }
                Block::Table { rows, .. } if !MENTIONS.contains(&part) => {
                    for (row, cells) in rows.iter().enumerate() {
                        if let Some(name) = cells.first().and_then(|cell| defined(cell)) {
                            let id = outline.free(below, name);
                            outline.rows.insert((at, row), id);
                        }
                    }
                }
                _ => {}
            }
        }
        outline
    }

    /// The id of a row that defines something, such as a column.
    pub(super) fn row(&self, block: usize, row: usize) -> Option<&str> {
        self.rows.get(&(block, row)).map(String::as_str)
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// `columns:title`; a colon is in no heading's id. Names of other letters, and a second row of a name, are numbered.
    fn free(&mut self, below: &str, name: &str) -> String {
        let is_plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'));
        let wanted = format!("{below}:{name}");
        if is_plain && self.ids.insert(wanted.clone()) {
            return wanted;
        }
        let mut number = 1;
        loop {
            let id = format!("{below}::{number}");
            if self.ids.insert(id.clone()) {
                return id;
            }
            number += 1;
        }
    }
}

/// The name that a row is about: its first cell shows it as code, and is no link to where it really is defined.
pub(super) fn defined(cell: &[Inline]) -> Option<&str> {
    if cell.iter().any(|inline| matches!(inline, Inline::Link { .. })) {
        return None;
    }
    cell.iter().find_map(|inline| match inline {
        Inline::Code { text } if !text.is_empty() => Some(text.as_str()),
        _ => None,
    })
}

/// What a line says, without how it looks.
pub(super) fn plain(line: &[Inline]) -> String {
    let mut text = String::new();
    for inline in line {
        match inline {
            Inline::Text { text: part }
            | Inline::Code { text: part }
            | Inline::Strong { text: part }
            | Inline::Badge { text: part }
            | Inline::Link { text: part, .. } => text.push_str(part),
            Inline::Break => text.push(' '),
        }
    }
    text
}
