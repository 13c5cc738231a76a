//! Entity-relationship diagrams: layout, drawing and text forms.
//!
//! One scene for documentation, studio and command line: [`svg()`] draws it, [`mermaid()`] and [`dbml()`] say the same in words
//! for other tools. A selection of tables goes in; views in it are drawn too, without lines. What is left out of a large
//! diagram, and why, stands in `graph`.

mod dbml;
mod graph;
mod layout;
mod mermaid;
mod metrics;
mod shape;
mod svg;

pub use dbml::dbml;
pub use mermaid::mermaid;
pub use svg::SvgOptions;

use crate::{Catalog, QualifiedName};
use std::collections::BTreeSet;

/// The diagram of a selection as an SVG document of its own, in light and dark.
///
/// Partitions are their parent; names that the catalog does not hold are passed over.
pub fn svg(catalog: &Catalog, tables: &BTreeSet<QualifiedName>, options: &SvgOptions<'_>) -> String {
    svg::draw(&graph::Graph::new(catalog, tables), options)
}
