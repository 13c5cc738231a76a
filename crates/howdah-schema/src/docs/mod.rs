//! Documentation from the catalog: one model, one set of pages, several formats.

pub mod block;
mod build;
mod coverage;
pub mod facts;
pub mod model;
mod reading;
pub mod slug;

pub use block::{Block, Inline, NoteKind, Page, Sample};
pub use coverage::coverage;
pub use facts::{CommonQuery, Example, Facts, HistoryChange, HistoryEntry, Issue};
pub use model::{Coverage, Documentation};
pub use slug::{slug, table_path, view_path};
