//! The pages, from the model.

mod access;
mod columns;
mod data_management;
mod er_diagram;
mod functions;
mod indexes;
mod links;
mod parts;
mod readme;
mod reference;
mod relationships;
mod table;
mod types;
mod view;
mod write;

use self::links::Links;
use super::Documentation;
use super::block::Page;
use crate::{Catalog, cores};

/// All pages, those about everything first.
///
/// `catalog` is the one that the documentation was made from; the text forms of diagrams are drawn from it.
pub fn pages(documentation: &Documentation, catalog: &Catalog) -> Vec<Page> {
    let links = Links::new(documentation, catalog);
    let mut pages = vec![
        readme::page(&links),
        data_management::page(&links),
        reference::page(&links),
        relationships::page(&links),
        er_diagram::page(&links),
        types::enums(&links),
        types::domains(&links),
        functions::page(&links),
        view::overview(&links),
    ];
    // Group by group, as they stand in the navigation; partitions come with their parents' groups.
    let mut tables: Vec<_> = documentation.tables.values().collect();
    tables.sort_by_key(|table| (&table.group, &table.name));
    pages.extend(cores::map(&tables, |found| table::page(&links, found)));
    pages.extend(documentation.views.values().map(|found| view::page(&links, found)));
    pages
}
