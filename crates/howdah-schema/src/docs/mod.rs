//! Documentation from the catalog: one model, one set of pages, several formats.

pub mod block;
mod build;
mod coverage;
mod diagrams;
pub mod facts;
pub mod html;
mod json;
mod markdown;
pub mod model;
mod pages;
mod paths;
pub mod queries;
mod reading;

pub use block::{Block, Inline, NoteKind, Page, Sample};
pub use build::{Right, rights, roles};
pub use coverage::coverage;
pub use diagrams::{DiagramSpec, diagrams};
pub use facts::{CommonQuery, Example, Facts, HistoryChange, HistoryEntry, Issue};
pub use json::{json, json_schema};
pub use markdown::markdown;
pub use model::{Coverage, Documentation};
pub use pages::pages;
pub use paths::{slug, table_path, view_path};

#[cfg(test)]
mod tests;
