//! Writing a page.

use crate::docs::block::{Block, Inline, NoteKind, Page, Sample};

/// A page under construction.
#[derive(Default)]
pub(super) struct Writer {
    blocks: Vec<Block>,
}

impl Writer {
    /// A heading that links can name.
    pub(super) fn heading(&mut self, level: u8, id: &str, text: Inline) {
        self.blocks.push(Block::Heading { level, id: id.to_owned(), text: vec![text] });
    }

    /// A heading of the page's own words.
    pub(super) fn part(&mut self, id: &str, text: &str) {
        self.heading(2, id, Inline::text(text));
    }

    pub(super) fn paragraph(&mut self, text: Line) {
        self.blocks.push(Block::Paragraph { text: text.0 });
    }

    /// A paragraph of plain text.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.paragraph(Line::new().text(text));
    }

    /// Items, if there are any.
    pub(super) fn list(&mut self, items: impl IntoIterator<Item = Line>) {
        let items: Vec<Vec<Inline>> = items.into_iter().map(|item| item.0).collect();
        if !items.is_empty() {
            self.blocks.push(Block::List { items });
        }
    }

    pub(super) fn table<const N: usize>(&mut self, columns: [&str; N], rows: impl IntoIterator<Item = [Line; N]>) {
        let cells = |row: [Line; N]| row.into_iter().map(|cell| cell.0).collect();
        self.blocks.push(Block::Table {
            columns: columns.into_iter().map(str::to_owned).collect(),
            rows: rows.into_iter().map(cells).collect(),
        });
    }

    pub(super) fn wide_table(&mut self, columns: Vec<String>, rows: Vec<Vec<Line>>) {
        let cells = |row: Vec<Line>| row.into_iter().map(|cell| cell.0).collect();
        self.blocks.push(Block::Table { columns, rows: rows.into_iter().map(cells).collect() });
    }

    pub(super) fn code(&mut self, samples: Vec<Sample>) {
        if !samples.is_empty() {
            self.blocks.push(Block::Code { samples });
        }
    }

    pub(super) fn sql(&mut self, code: impl Into<String>) {
        self.code(vec![Sample { language: "sql".to_owned(), label: "SQL".to_owned(), code: code.into() }]);
    }

    pub(super) fn note(&mut self, kind: NoteKind, text: Line) {
        self.blocks.push(Block::Note { kind, text: text.0 });
    }

    pub(super) fn block(&mut self, block: Block) {
        self.blocks.push(block);
    }

    pub(super) fn page(self, path: impl Into<String>, title: impl Into<String>, summary: impl Into<String>) -> Page {
        Page { path: path.into(), title: title.into(), section: None, summary: summary.into(), blocks: self.blocks }
    }
}

/// Inlines in a row.
#[derive(Default, Clone)]
pub(super) struct Line(Vec<Inline>);

impl Line {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { self } else { self.with(Inline::text(text)) }
    }

    pub(super) fn code(self, text: impl Into<String>) -> Self {
        self.with(Inline::code(text))
    }

    pub(super) fn strong(self, text: impl Into<String>) -> Self {
        self.with(Inline::Strong { text: text.into() })
    }

    pub(super) fn badge(self, text: impl Into<String>) -> Self {
        let spaced = match self.0.last() {
            None | Some(Inline::Break) => self,
            Some(Inline::Text { text }) if text.ends_with(' ') => self,
            Some(_) => self.text(" "),
        };
        spaced.with(Inline::Badge { text: text.into() })
    }

    pub(super) fn with(mut self, inline: Inline) -> Self {
        self.0.push(inline);
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// On a line of its own, if anything stands before it.
    pub(super) fn next_line(self) -> Self {
        if self.is_empty() { self } else { self.with(Inline::Break) }
    }

    /// Several, with something between them.
    pub(super) fn joined(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        parts.into_iter().fold(
            Self::new(),
            |line, part| {
                if line.is_empty() { part } else { line.text(between).and(part) }
            },
        )
    }

    /// Names as code, with commas.
    pub(super) fn codes<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::joined(names.into_iter().map(|name| Self::new().code(name.as_ref())), ", ")
    }
}

impl From<Inline> for Line {
    fn from(inline: Inline) -> Self {
        Self(vec![inline])
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new().text(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::new().text(text)
    }
}

/// With a full stop at its end. It may begin with a name, whose first letter is not to be changed.
pub(super) fn sentence(text: &str) -> String {
    let mut sentence = text.trim_end().to_owned();
    if !sentence.ends_with(['.', '!', '?', ':', '…']) {
        sentence.push('.');
    }
    sentence
}

/// `1 table`, `2 tables`
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
