//! What a page of documentation says, before it is Markdown or HTML.
//!
//! Pages are built once, from these blocks, and each format writes them in its own way: so the formats say the same, and
//! each escapes in one place. Everything that came from a catalog (names, comments, SQL) is plain text here and never
//! markup, whatever it looks like.

use serde::Serialize;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Below the documentation's folder, with `/` and without an extension: `tables/public.tasks`. Unique even where
    /// file systems ignore case; only `a-z`, `0-9`, `.`, `_`, `-`, `~` and `/` ([`super::slug`]), and upper case for the
    /// fixed pages (`README`, `TABLE-REFERENCE`).
    pub path: String,
    /// Plain text.
    pub title: String,
    /// Where it stands in the navigation: a heading such as `Tables: media`; `None` for the pages about everything.
    pub section: Option<String>,
    /// One sentence for search results and lists.
    pub summary: String,
    /// In order. The title is not repeated in them.
    pub blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A heading; the page's title has level 1.
    Heading {
        /// 2 to 4.
        level: u8,
        /// Unique on the page, of the same letters as a path: what links name after `#`.
        id: String,
        /// What it says.
        text: Vec<Inline>,
    },
    /// Running text.
    Paragraph {
        /// What it says.
        text: Vec<Inline>,
    },
    /// Items.
    List {
        /// Each is one paragraph.
        items: Vec<Vec<Inline>>,
    },
    /// Rows under named columns.
    Table {
        /// Their names, plain text.
        columns: Vec<String>,
        /// As many cells as there are columns; a cell may be empty.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Code to copy. Several stand beside each other, as alternatives that say the same in different languages.
    Code {
        /// At least one.
        samples: Vec<Sample>,
    },
    /// A picture drawn by [`crate::er`].
    Diagram {
        /// The drawing's file below the documentation's folder: `diagrams/media.svg`.
        svg: String,
        /// The same for those who do not see it.
        alt: String,
        /// The same as Mermaid source, which Markdown shows where it is rendered.
        mermaid: String,
    },
    /// Something that must not be overlooked.
    Note {
        /// How it is meant.
        kind: NoteKind,
        /// What it says.
        text: Vec<Inline>,
    },
}

/// Code in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// `sql`, `http`, `typescript`, `json`, `sh`, `rust` …
    pub language: String,
    /// What a tab for it says: `SQL`, `REST`, `supabase-js` …
    pub label: String,
    /// Whole lines.
    pub code: String,
}

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Good to know.
    Info,
    /// Something is wrong or will surprise.
    Warning,
    /// Not for new use.
    Deprecated,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Plain text; line breaks in it are white space.
    Text {
        /// What it says.
        text: String,
    },
    /// A name or a piece of code.
    Code {
        /// As it is.
        text: String,
    },
    /// What stands out.
    Strong {
        /// What it says.
        text: String,
    },
    /// A tag or property as a small label: `primary key`, `@pii email`.
    Badge {
        /// What it says.
        text: String,
    },
    /// A link within the documentation.
    Link {
        /// The page's path.
        page: String,
        /// A heading's id there.
        anchor: Option<String>,
        /// What it says; shown as code if it is a name.
        text: String,
        /// Whether it is a name or code.
        code: bool,
    },
    /// Ends the line.
    Break,
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A name or a piece of code.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code { text: text.into() }
    }

    /// A link to a page, shown as code.
    pub fn name_link(page: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Link { page: page.into(), anchor: None, text: text.into(), code: true }
    }
}
