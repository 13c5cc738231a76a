//! Lines with the marks at their ends.

use super::super::graph::{Children, Graph, Parent};
use super::super::layout::Layout;
use super::markup::{Markup, text};
use super::style::COLOURS;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Of a corner.
const RADIUS: i32 = 6;
/// Nets that are closer than this should not have the same colour.
const NEAR: i32 = 40;
/// In larger diagrams a line itself must be met by the pointer: a broad invisible one would double the file.
const BROAD_LINES: usize = 300;

/// Writes all lines, net by net, so that lines of a net lie flat on one another and cross other nets as one.
pub(super) fn write(out: &mut Markup, graph: &Graph, layout: &Layout) {
    let mut nets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, route) in layout.routes.iter().enumerate() {
        nets.entry(route.net).or_default().push(number);
    }
    let colours = colours(layout, &nets);
    let mut joints: BTreeMap<usize, Vec<(i32, i32)>> = BTreeMap::new();
    for &(net, point) in &layout.joints {
        joints.entry(net).or_default().push(point);
    }
    for (net, links) in &nets {
        let mixed = links.iter().any(|&link| parent(graph, link) != parent(graph, links[0]));
        let _ = writeln!(out, "<g class=\"net c{}\">", colours.get(net).copied().unwrap_or_default());
        for &link in links {
            let _ = writeln!(out, "<path class=\"halo\" d=\"{}\"/>", rounded(&layout.routes[link].points));
        }
        for &link in links {
            edge(out, graph, layout, link, mixed);
        }
        for (x, y) in joints.get(net).into_iter().flatten() {
            let _ = writeln!(out, "<circle class=\"joint\" cx=\"{x}\" cy=\"{y}\" r=\"3\"/>");
        }
        out.push_str("</g>\n");
    }
}

fn parent(graph: &Graph, link: usize) -> Option<Parent> {
    graph.relations.get(link).map(|relation| relation.parent)
}

/// A colour for each net: the one that is rarest among the nets that it may run beside or cross.
fn colours(layout: &Layout, nets: &BTreeMap<usize, Vec<usize>>) -> BTreeMap<usize, usize> {
    let extent = |links: &[usize]| {
        let points = || links.iter().filter_map(|&link| layout.routes.get(link)).flat_map(|route| &route.points);
        let (x, y) = (|| points().map(|point| point.0), || points().map(|point| point.1));
        Some([x().min()?, y().min()?, x().max()?, y().max()?])
    };
    let mut coloured: Vec<([i32; 4], usize)> = Vec::with_capacity(nets.len());
    let mut colours = BTreeMap::new();
    for (&net, links) in nets {
        let Some(own) = extent(links) else { continue };
        let mut near = [0; COLOURS];
        for (other, colour) in &coloured {
            let apart = own[2] + NEAR < other[0]
                || other[2] + NEAR < own[0]
                || own[3] + NEAR < other[1]
                || other[3] + NEAR < own[1];
            near[*colour] += usize::from(!apart);
        }
        // Of equals the next one, so that all are used.
        let colour =
            (0..COLOURS).map(|step| (net + step) % COLOURS).min_by_key(|&colour| near[colour]).unwrap_or_default();
        coloured.push((own, colour));
        colours.insert(net, colour);
    }
    colours
}

fn edge(out: &mut Markup, graph: &Graph, layout: &Layout, link: usize, mixed: bool) {
    let (Some(relation), Some(route)) = (graph.relations.get(link), layout.routes.get(link)) else { return };
    let name =
        |entity: usize| graph.entities.get(entity).map_or_else(String::new, |entity| text(&entity.name.to_string()));
    let _ = write!(
        out,
        "<g class=\"edge n{} n{}\" data-from=\"{}\" data-to=\"{}\" data-constraint=\"{}\"><title>{}</title>",
        relation.from.0,
        relation.to.0,
        name(relation.from.0),
        name(relation.to.0),
        text(&relation.constraint),
        text(&relation.title),
    );
    let path = rounded(&route.points);
    let _ = write!(out, "<path class=\"line\" d=\"{path}\"/>");
    if let ([start, after, ..], [.., before, end]) = (route.points.as_slice(), route.points.as_slice()) {
        let children = match relation.children {
            Children::Many => End::Many,
            Children::ZeroOrOne => End::ZeroOrOne,
        };
        mark(out, *start, (after.0 - start.0).signum(), children);
        let parent = match relation.parent {
            _ if mixed => End::AtMostOne,
            Parent::One => End::One,
            Parent::ZeroOrOne => End::ZeroOrOne,
        };
        mark(out, *end, (before.0 - end.0).signum(), parent);
    }
    if layout.routes.len() <= BROAD_LINES {
        let _ = write!(out, "<path class=\"hit\" d=\"{path}\"/>");
    }
    out.push_str("</g>\n");
}

/// What the end of a line says: how many rows there are at that end for one at the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Any number: a crow's foot and a circle.
    Many,
    /// A circle and a bar.
    ZeroOrOne,
    /// Two bars.
    One,
    /// One bar: lines that join here differ in whether they need one.
    AtMostOne,
}

/// Draws a mark at a box's side; the line goes on to the left (-1) or right (1).
pub(super) fn mark(out: &mut Markup, (x, y): (i32, i32), to: i32, end: End) {
    let at = |distance: i32| x + to * distance;
    let bar = |distance: i32| format!("M{} {}v10", at(distance), y - 5);
    let circle = |distance: i32| format!("<circle class=\"hole\" cx=\"{}\" cy=\"{y}\" r=\"3\"/>", at(distance));
    let (path, circle) = match end {
        End::Many => (format!("M{x} {}L{} {y}L{x} {}", y - 5, at(9), y + 5), circle(12)),
        End::ZeroOrOne => (bar(5), circle(11)),
        End::One => (format!("{}{}", bar(5), bar(9)), String::new()),
        End::AtMostOne => (bar(5), String::new()),
    };
    let _ = write!(out, "<g class=\"mark\"><path d=\"{path}\"/>{circle}</g>");
}

/// The path with round corners.
pub(super) fn rounded(points: &[(i32, i32)]) -> String {
    let mut path = String::new();
    let Some((first, last)) = points.first().zip(points.last()) else { return path };
    let _ = write!(path, "M{} {}", first.0, first.1);
    for corner in points.windows(3) {
        let [a, b, c] = corner else { continue };
        let distance = |p: &(i32, i32), q: &(i32, i32)| (p.0 - q.0).abs() + (p.1 - q.1).abs();
        let radius = RADIUS.min(distance(a, b) / 2).min(distance(b, c) / 2);
        let towards = |p: &(i32, i32)| (b.0 + (p.0 - b.0).signum() * radius, b.1 + (p.1 - b.1).signum() * radius);
        let (before, after) = (towards(a), towards(c));
        let _ = write!(path, "L{} {}Q{} {} {} {}", before.0, before.1, b.0, b.1, after.0, after.1);
    }
    let _ = write!(path, "L{} {}", last.0, last.1);
    path
}
