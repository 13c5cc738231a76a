//! Documentation from the catalog: one model, one set of pages, several formats.

pub mod block;
pub mod facts;
pub mod queries;

pub use block::{Block, Inline, NoteKind, Page, Sample};
pub use facts::{CommonQuery, Example, Facts, HistoryChange, HistoryEntry, Issue};
