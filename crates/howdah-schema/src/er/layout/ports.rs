//! At which height of its row each line leaves or arrives.
//!
//! Usually in the middle, or rather 2 pixels above it in even columns and below it in odd ones (see [`super`]). Where a row
//! is both the end of a net and the start of another line on the same side, the second is 10 pixels away.

use super::grid::Grid;
use super::route::Path;
use super::{Input, LANE, Port};
use std::collections::BTreeMap;

/// What ends at a row's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    /// All lines of a net arrive together.
    Net(usize),
    Link(usize),
}

/// From the top of the box: where each link leaves and where it arrives.
pub(super) fn heights(input: &Input, grid: &Grid, paths: &[Path]) -> Vec<(i32, i32)> {
    let mut rows: BTreeMap<(Port, bool), Vec<Line>> = BTreeMap::new();
    for (number, (link, path)) in input.links.iter().zip(paths).enumerate() {
        rows.entry((link.to, path.right.1)).or_default().push(Line::Net(path.net));
        rows.entry((link.from, path.right.0)).or_default().push(Line::Link(number));
    }
    for lines in rows.values_mut() {
        lines.sort_unstable();
        lines.dedup();
    }
    let height = |port: Port, right: bool, line: Line| {
        let place = rows.get(&(port, right)).and_then(|lines| lines.iter().position(|&other| other == line));
        let offset = side_step(grid.column_of[port.node]);
        // A row has room for two; more than that, of one column on one side, share the second place.
        match place {
            Some(0) | None => port.y + offset,
            Some(_) => port.y + offset - offset.signum() * LANE,
        }
    };
    let both = input.links.iter().zip(paths).enumerate().map(|(number, (link, path))| {
        (height(link.from, path.right.0, Line::Link(number)), height(link.to, path.right.1, Line::Net(path.net)))
    });
    both.collect()
}

/// What keeps even and odd columns, or shelves, apart.
pub(super) fn side_step(number: usize) -> i32 {
    if number.is_multiple_of(2) { -2 } else { 2 }
}
