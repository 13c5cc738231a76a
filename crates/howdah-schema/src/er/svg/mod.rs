//! The drawing: one SVG that needs nothing else, for documentation, studio and command line.
//!
//! It may also stand inside an HTML page, next to others of its kind: so it has no ids, and every rule of its style sheet
//! begins with its own class. Colours are variables; they follow `prefers-color-scheme`, and `data-theme="light"` or
//! `"dark"` on an element around it. What a program may want to find:
//!
//! | class | attributes |
//! |---|---|
//! | `table` | `data-table`: the qualified name |
//! | `edge` | `data-from`, `data-to`: qualified names; `data-constraint` |
//! | `area` | `data-group` |
//!
//! A line under the pointer stands out and what is unrelated fades; the same for a table under the pointer in diagrams of
//! up to [`HOVER_TABLES`] tables.

mod legend;
mod line;
mod markup;
mod style;
mod table;

use super::graph::Graph;
use super::layout::{self, AREA_HEADER, Input, Layout, Link, Port, Size};
use super::metrics::Font;
use super::shape::{Label, Shape};
use crate::QualifiedName;
use markup::{Markup, text};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// In larger diagrams only lines react to the pointer: one rule a table would make a large file larger.
const HOVER_TABLES: usize = 120;

/// What a caller may choose.
#[derive(Clone, Default)]
pub struct SvgOptions<'a> {
    /// What the diagram is of, for those who hear it read.
    pub title: String,
    /// The address of a table's page, seen from where the diagram is shown; without it nothing is a link.
    pub link: Option<&'a dyn Fn(&QualifiedName) -> String>,
}

impl std::fmt::Debug for SvgOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SvgOptions").field("title", &self.title).field("link", &self.link.is_some()).finish()
    }
}

/// Draws a graph.
pub(super) fn draw(graph: &Graph, options: &SvgOptions<'_>) -> String {
    let shapes: Vec<Shape> = graph.entities.iter().map(|entity| Shape::new(graph, entity)).collect();
    let layout = layout::layout(&input(graph, &shapes));
    Drawing { graph, shapes, layout, options }.draw()
}

/// What the layout needs to know.
pub(super) fn input(graph: &Graph, shapes: &[Shape]) -> Input {
    let size = |(entity, shape): (&super::graph::Entity, &Shape)| Size {
        width: shape.width,
        height: shape.height,
        group: entity.group,
    };
    let port = |(node, row): (usize, usize)| Port { node, y: Shape::row_middle(row) };
    Input {
        boxes: graph.entities.iter().zip(shapes).map(size).collect(),
        links: graph
            .relations
            .iter()
            .map(|relation| Link { from: port(relation.from), to: port(relation.to) })
            .collect(),
        areas: graph.groups.len() > 1,
    }
}

struct Drawing<'a> {
    graph: &'a Graph,
    shapes: Vec<Shape>,
    layout: Layout,
    options: &'a SvgOptions<'a>,
}

impl Drawing<'_> {
    fn draw(&self) -> String {
        let legend = legend::Legend::new(self.layout.width, self.graph);
        let width = self.layout.width.max(legend.width);
        let height = self.layout.height + legend.height;
        let mut out = Markup::default();
        let role = if self.options.link.is_some() { "group" } else { "img" };
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"howdah-er\" role=\"{role}\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\">"
        );
        let _ = writeln!(out, "<title>{}</title>", text(&self.options.title));
        let _ = writeln!(out, "<desc>{}</desc>", text(&self.description()));
        style::write(&mut out, if self.graph.entities.len() <= HOVER_TABLES { self.graph.entities.len() } else { 0 });
        let _ = writeln!(out, "<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>");
        self.areas(&mut out);
        line::write(&mut out, self.graph, &self.layout);
        let boxes = self.shapes.iter().zip(&self.layout.boxes).zip(self.neighbours());
        for (number, ((shape, place), neighbours)) in boxes.enumerate() {
            table::write(&mut out, self.graph, number, shape, *place, &neighbours, self.options);
        }
        legend.write(&mut out, self.layout.height);
        out.push_str("</svg>\n");
        out.finish()
    }

    /// For each table: itself and those that a foreign key joins it with, with or without a line.
    fn neighbours(&self) -> Vec<BTreeSet<usize>> {
        let mut neighbours: Vec<BTreeSet<usize>> =
            (0..self.shapes.len()).map(|number| BTreeSet::from([number])).collect();
        let lines = self.graph.relations.iter().map(|relation| (relation.from.0, relation.to.0));
        for (from, to) in lines.chain(self.graph.unlined.iter().copied()) {
            neighbours[from].insert(to);
            neighbours[to].insert(from);
        }
        neighbours
    }

    fn description(&self) -> String {
        let count = |number: usize, one: &str, more: &str| match number {
            1 => format!("1 {one}"),
            number => format!("{number} {more}"),
        };
        let names: BTreeSet<String> = self.graph.entities.iter().map(|entity| entity.name.to_string()).collect();
        let names: Vec<&str> = names.iter().take(60).map(String::as_str).collect();
        let more = if self.graph.entities.len() > names.len() { " …" } else { "" };
        format!(
            "Entity-relationship diagram: {}, {}. {}{more}",
            count(self.graph.entities.len(), "table", "tables"),
            count(self.graph.relations.len(), "line for a foreign key", "lines for foreign keys"),
            names.join(", "),
        )
    }

    fn areas(&self, out: &mut Markup) {
        for area in &self.layout.areas {
            let Some(name) = self.graph.groups.get(area.group) else { continue };
            let label = Label::new(name, Font::Sans, 13, area.label);
            let _ = writeln!(
                out,
                "<g class=\"area c{}\" data-group=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
                area.group % style::COLOURS,
                text(name),
                area.x,
                area.y,
                area.width,
                area.height,
            );
            out.label("group", area.x + 10, area.y + AREA_HEADER - 11, &label, Font::Sans, 13);
            out.push_str("</g>\n");
        }
    }
}

#[cfg(test)]
mod tests;
