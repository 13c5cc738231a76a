//! Writing pages with links to whatever is described.
use crate::docs::block::{Block, Inline, Page};
use crate::docs::model::Documentation;
use crate::docs::slug::slug;

/// A page under construction.
pub(super) struct Writer<'a> {
    pub(super) documentation: &'a Documentation,
    blocks: Vec<Block>,
}

/// A group's heading on the first page.
pub(super) fn group_anchor(group: &str) -> String {
    format!("group-{}", slug(group))
}

impl<'a> Writer<'a> {
    pub(super) fn new(documentation: &'a Documentation) -> Self {
        Self { documentation, blocks: Vec::new() }
    }

    pub(super) fn heading(&mut self, level: u8, id: &str, text: &str) {
        self.blocks.push(Block::Heading { level, id: id.to_owned(), text: vec![Inline::text(text)] });
    }

    pub(super) fn paragraph(&mut self, text: impl IntoIterator<Item = Inline>) {
        self.blocks.push(Block::Paragraph { text: text.into_iter().collect() });
    }

    pub(super) fn page(self, path: &str, title: &str, section: Option<String>, summary: &str) -> Page {
        Page {
            path: path.to_owned(),
            title: title.to_owned(),
            section,
            summary: summary.to_owned(),
            blocks: self.blocks,
        }
    }
}
