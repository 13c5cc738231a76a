//! The pages, from the model.

mod readme;
mod table;
mod write;

use super::Documentation;
use super::block::Page;
use crate::Catalog;

/// All pages, those about everything first.
///
/// `catalog` is the one that the documentation was made from; the text forms of diagrams are drawn from it.
pub fn pages(documentation: &Documentation, catalog: &Catalog) -> Vec<Page> {
    let _ = catalog;
    let mut pages = vec![readme::page(documentation)];
    pages.extend(documentation.tables.values().map(|found| table::page(documentation, found)));
    pages
}
