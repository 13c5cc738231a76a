//! The site as a browser reads it: parsed by a real parser.

mod dom;
mod escaping;
mod highlighting;
mod links;
mod random;
mod search;

use super::{Site, site};
use crate::docs::{Block, Inline, Page};
use std::collections::BTreeMap;

/// A page without a section.
fn page(path: &str, blocks: Vec<Block>) -> Page {
    Page { path: path.to_owned(), title: path.to_owned(), section: None, summary: String::new(), blocks }
}

fn heading(id: &str) -> Block {
    Block::Heading { level: 2, id: id.to_owned(), text: vec![Inline::text(id)] }
}

/// The site's files by path.
fn files(pages: &[Page]) -> BTreeMap<String, String> {
    files_of(pages, &Site { title: "Project".to_owned(), diagrams: BTreeMap::new() })
}

fn files_of(pages: &[Page], of: &Site) -> BTreeMap<String, String> {
    let files = site(pages, of);
    let count = files.len();
    let by_path: BTreeMap<_, _> = files.into_iter().map(|file| (file.path, file.text)).collect();
    assert_eq!(by_path.len(), count, "two files of one path");
    by_path
}
